"""Fonts for scripts an operator's own machine may lack, from the folders where systems keep theirs.

None is shipped: a font is a binary of its own licence. Where this machine has one (Debian: fonts-noto-core), the
console lends it to browsers that have none; where it has none, the next name in the style sheet serves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

FOLDERS = (
    Path("/usr/share/fonts/truetype/noto"),  # Debian, Ubuntu
    Path("/usr/share/fonts/noto"),  # Arch, Alpine
    Path("/usr/share/fonts/google-noto-vf"),  # Fedora
    Path("/usr/share/fonts/google-noto"),
    Path("/Library/Fonts"),  # macOS
)
# What is asked for → how the font's file begins.
SCRIPTS = {"khmer": "NotoSansKhmer", "myanmar": "NotoSansMyanmar", "lao": "NotoSansLao", "thai": "NotoSansThai"}
_ENDINGS = ("-Regular.ttf", "-Regular.otf", "[wdth,wght].ttf", "-VF.ttf", "[wght].ttf")


def find(folders: Iterable[Path] = FOLDERS) -> dict[str, Path]:
    """The font of each script that this machine has."""
    found: dict[str, Path] = {}
    for folder in folders:
        for script, name in SCRIPTS.items():
            paths = (folder / f"{name}{ending}" for ending in _ENDINGS)
            path = next((path for path in paths if path.is_file()), None)
            if path is not None:
                found.setdefault(script, path)
    return found


@dataclass(frozen=True)
class Fonts:
    """Serves the fonts that were found at the start, by script and nothing else."""

    found: Mapping[str, Path]

    async def show(self, request: Request) -> Response:
        """One font."""
        path = self.found.get(str(request.path_params["script"]))
        if path is None:
            raise HTTPException(404)
        return FileResponse(path, media_type="font/otf" if path.suffix == ".otf" else "font/ttf")
