"""Answers read aloud, for people who don't read: recorded by a speaker, offered by a button where they exist.

Beside each ``locales/<language>/audio/<phrase>.ogg`` (OGG with Opus, as Telegram plays voice) stands the text that was
read, ``<phrase>.txt``. A recording is offered only while that text is what the phrase says, so that nobody hears last
year's wage. A variation's file is called ``<phrase>.<variation>``.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.core.errors import CatalogError
from bot.core.language import LOCALES
from bot.i18n import Book, context

# Bot API, sendVoice: an OGG file with Opus; below 1 MB it is shown as a voice message with its wave.
MAGIC, LARGEST = b"OggS", 1024 * 1024
FOLDER = "audio"


class State(str, enum.Enum):
    """How a phrase stands in a language."""

    RECORDED = "recorded"
    OUTDATED = "outdated"
    MISSING = "missing"


@dataclass(frozen=True)
class Recording:
    """One phrase that can be read aloud: its name without ending, the text to read, and how it stands."""

    name: str
    about: str
    text: str
    state: State


def load(locales: Path, book: Book) -> dict[tuple[str, str], Path]:
    """(language, context) → the recording that may be offered; raises CatalogError for a file that is no recording."""
    return {
        (locale, found.about): locales / locale / FOLDER / f"{found.name}.ogg"
        for locale in LOCALES
        for found in survey(locales, locale, book)
        if found.state is State.RECORDED
    }


def survey(locales: Path, locale: str, book: Book) -> list[Recording]:
    """Every phrase that can be read aloud in a language; raises CatalogError for a file that belongs to none."""
    folder = locales / locale / FOLDER
    files = {path.stem: path for path in sorted(folder.glob("*.ogg"))}
    found = []
    for phrase, variation in book.answers():
        name = f"{phrase}.{variation}" if variation else phrase
        text = book.spoken(locale, phrase, variation)
        found.append(Recording(name, context(phrase, variation), text, _state(files.pop(name, None), text)))
    for path in files.values():
        raise CatalogError(f"{path}: there is no such answer; name it as domain.yml names the response")
    return found


def _state(path: Path | None, text: str) -> State:
    if path is None:
        return State.MISSING
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise CatalogError(f"{path} is no OGG file; record it as OGG with Opus")
    if path.stat().st_size > LARGEST:
        raise CatalogError(f"{path} has {path.stat().st_size} bytes, at most {LARGEST}; read it in fewer words")
    read = path.with_suffix(".txt")
    return State.RECORDED if read.exists() and read.read_text("utf-8").strip() == text else State.OUTDATED


def write_texts(locales: Path, locale: str, book: Book) -> Iterator[Path]:
    """Write what is to be read for all that is missing or outdated; an outdated recording has to be made anew."""
    for found in survey(locales, locale, book):
        if found.state is State.RECORDED:
            continue
        path = locales / locale / FOLDER / f"{found.name}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{found.text}\n", "utf-8")
        path.with_suffix(".ogg").unlink(missing_ok=True)
        yield path
