"""One name for everything a model is made from: the same name means there is nothing to train."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
_SOURCES = ("config.yml", "domain.yml", "uv.lock", "rules/*.yml", "stories/*.yml", "nlu/*/*.yml", "components/*")
_SUFFIXES = {".py", ".yml", ".tsv", ".lock", ".json"}


def sources(home: Path = HOME) -> list[Path]:
    """The files a model depends on, in order of name."""
    return sorted(path for pattern in _SOURCES for path in home.glob(pattern) if path.suffix in _SUFFIXES)


def fingerprint(home: Path = HOME) -> str:
    """32 hex digits over names and contents of the sources; the same on every machine."""
    whole = hashlib.sha256()
    for path in sources(home):
        name = path.relative_to(home).as_posix()
        whole.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()[:32]


def digest(path: Path) -> str:
    """SHA-256 of a file, 64 hex digits."""
    whole = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            whole.update(block)
    return whole.hexdigest()


def digest_file(model: Path) -> Path:
    """Where the digest of a model archive is written, in the form of sha256sum."""
    return model.with_name(model.name + ".sha256")


def write_digest(model: Path) -> None:
    """Write the digest beside the archive."""
    digest_file(model).write_text(f"{digest(model)}  {model.name}\n")


def digest_fits(model: Path) -> bool:
    """Whether the archive is the one train.py wrote; raises FileNotFoundError without a digest file."""
    return digest_file(model).read_text().split()[:1] == [digest(model)]


def newest(folder: Path) -> list[Path]:
    """The model archives of a folder, newest first."""
    return sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)


def remove(models: Iterable[Path]) -> None:
    """Remove archives with their digest files."""
    for model in models:
        model.unlink()
        digest_file(model).unlink(missing_ok=True)
