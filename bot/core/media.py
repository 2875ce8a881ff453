"""Files people send: what is kept of them, and what they really are, by their first bytes.

What a person's app says of a file is not believed; a file is shown on a page only if it begins as one of a few
harmless kinds does, and everything else is for downloading alone.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.core.message import Media

# The largest file that is kept, in bytes; Telegram gives none above 20 MB.
MAX_FILE = 10 * 1024 * 1024
# How many files, and how many bytes in all, are kept of one conversation.
MAX_FILES = 60
MAX_BYTES = 60 * 1024 * 1024

OTHER = "application/octet-stream"
# Content type → ending of the name it is downloaded under.
ENDINGS: Mapping[str, str] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "video/mp4": "mp4",
    "application/pdf": "pdf",
    OTHER: "bin",
}
# Brands of ISO base media files that are films; HEIC and AVIF pictures are such files too, and no browser's business.
_FILMS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V ")


class Keeping(str, enum.Enum):
    """Where a file stands."""

    WAITING = "waiting"
    KEPT = "kept"
    GONE = "gone"
    TOO_LARGE = "too_large"
    FULL = "full"


@dataclass(frozen=True)
class Kept:
    """What became of a file; content type and bytes are those that were found, once it is kept."""

    state: Keeping
    type: str = ""
    size: int = 0

    @property
    def look(self) -> str:
        """How a page shows it: ``image``, ``audio``, ``video``, or ``file`` to download."""
        kind = self.type.partition("/")[0]
        return kind if kind in ("image", "audio", "video") else "file"


@dataclass(frozen=True)
class Index:
    """The files of a conversation by key, and how many more were refused because there were too many."""

    files: Mapping[str, Kept]
    refused: int = 0

    def of(self, key: str) -> Kept:
        """What became of one; one that never came on the list was one too many."""
        return self.files.get(key, Kept(Keeping.FULL if self.refused else Keeping.GONE))


def sniff(data: bytes) -> str:
    """The content type by magic numbers: a key of ENDINGS."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith(b"OggS"):
        return "audio/ogg"
    if data.startswith(b"ID3") or data[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "audio/mpeg"
    if data[4:8] == b"ftyp" and data[8:12] in _FILMS:
        return "video/mp4"
    return "application/pdf" if data.startswith(b"%PDF-") else OTHER


@dataclass(frozen=True)
class Wanted:
    """A file to be fetched, taken from the list: `entry` is its place there."""

    entry: str
    conversation: str
    media: Media


class MediaFiles(Protocol):
    """Files people sent: what is still to be fetched, what became of each, and their sealed bytes.

    They are kept as long as their conversation and go with it; `Conversations.erase` takes them along. There is a
    Redis version and a memory version (tests/adapters/test_media.py is their exam).
    """

    async def want(self, conversation: str, media: Media) -> bool:
        """Put a file on the list, once; False if this conversation has too many, which is counted."""
        ...

    async def take(self, fetcher: str, wait: int) -> list[Wanted]:
        """Take what is next to fetch, waiting up to `wait` ms; unfinished entries of a dead fetcher come first."""
        ...

    def lost(self) -> None:
        """The lead was lost: what is unfinished must be read again when it is won back."""
        ...

    async def keep(self, wanted: Wanted, type: str, data: bytes) -> bool:
        """Seal and keep a file, and forget the entry; False if there is no room, or nobody wants it any more."""
        ...

    async def lack(self, wanted: Wanted, kept: Kept) -> None:
        """Note that a file will not come, and why; forget the entry."""
        ...

    async def index(self, conversation: str) -> Index:
        """What became of each file of a conversation."""
        ...

    async def open(self, conversation: str, key: str) -> tuple[Kept, bytes] | None:
        """A file of this conversation, opened; None for one that is not kept."""
        ...
