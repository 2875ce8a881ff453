"""Reads and writes content files whole: never half a file, and one writer at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot.core.errors import ContentError

# More than any content file has; a longer one is no content.
MOST = 8 * 1024 * 1024
# What YAML and Python take for the end of a line, but editors and git don't.
_BREAKS = ("\r\n", "\u0085", "\u2028", "\u2029", "\v", "\f", "\x1c", "\x1d", "\x1e")


def read(path: Path) -> str:
    """The text of a file as it stands, line ends included; raises ContentError."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST + 1)
    except OSError as exc:
        raise ContentError(f"{path}:1: cannot be opened: {exc.strerror}") from exc
    if len(raw) > MOST:
        raise ContentError(f"{path}:1: is longer than {MOST} bytes")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise ContentError(f"{path}:{raw.count(b'\n', 0, exc.start) + 1}: is not UTF-8") from exc


def lines_of(text: str, path: Path) -> list[str]:
    """The lines of a text with their ends; raises ContentError for an end that is not a plain line feed."""
    for mark in _BREAKS:
        if mark in text:
            line = text.count("\n", 0, text.index(mark)) + 1
            raise ContentError(f"{path}:{line}: has a line end that is not a plain line feed; save it with Unix ones")
    return text.splitlines(keepends=True)


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all; an unchanged one is left alone."""
    raw = text.encode()
    if path.exists() and path.read_bytes() == raw:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextlib.contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Hold a lock file, so that two who write at once write one after the other."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
