"""Reads the classifier out of a trained archive without Rasa, for tools that must be quick."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from .classify import BadModel, Model

_MARK = "model.json"


def load_classifier(archive: Path) -> Model:
    """The classifier of an archive made by tools/train.py; raises BadModel or FileNotFoundError."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _unpack(archive, folder)
        return Model.load(folder)


def _unpack(archive: Path, folder: Path) -> None:
    """The files beside model.json, by their last name only, so that no path in an archive leads elsewhere."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            members = [member for member in tar.getmembers() if member.isfile()]
            homes = [PurePosixPath(m.name).parent for m in members if PurePosixPath(m.name).name == _MARK]
            if len(homes) != 1:
                raise BadModel(f"{archive}: holds no classifier; run: make train")
            for member in members:
                path, content = PurePosixPath(member.name), tar.extractfile(member)
                if path.parent == homes[0] and content is not None:
                    with (folder / path.name).open("wb") as target:
                        shutil.copyfileobj(content, target)
    except tarfile.TarError as exc:
        raise BadModel(f"{archive}: not an archive: {exc}") from exc
