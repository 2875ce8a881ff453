"""The assistant's answers as the domain file holds them: English text by phrase and variation, and button titles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.answer_file import read_variations
from bot.i18n import Answer


@dataclass(frozen=True)
class Source:
    """One text to translate: an answer (``about`` is phrase or phrase/variation) or a button, with a note."""

    about: str
    english: str
    note: str = ""


def read_answers(path: Path) -> list[Answer]:
    """All answers; raises ContentError naming file and line."""
    return [Answer(found.response, found.id, found.text, found.numbers) for found in read_variations(path)]


def read_sources(path: Path) -> list[Source]:
    """All texts to translate, buttons included, once each; raises ContentError."""
    found: dict[tuple[str, str], Source] = {}
    for source in _sources(path):
        found.setdefault((source.about, source.english), source)
    return list(found.values())


def _sources(path: Path) -> Iterator[Source]:
    for variation in read_variations(path):
        yield Source(variation.about, variation.text, variation.note)
        yield from (Source("button", title) for title in variation.titles)
