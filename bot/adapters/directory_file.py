"""Reads nlu_data/directory.yml, and knows for every value on which line it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from babel import Locale

from bot.adapters.checked_file import read_lines
from bot.core.checked import Path as Place
from bot.core.directory import Directory, parse
from bot.core.directory import report as report
from bot.core.entry import EU, MANY, WORLD, Entry
from bot.core.errors import ContentError


def load_directory(path: Path) -> Directory:
    """Load the directory; raises ContentError naming file and line."""
    return parse_directory(path)


def parse_directory(path: Path, text: str | None = None) -> Directory:
    """The directory of a text that is not written yet, or of the file; raises ContentError naming file and line."""
    data, lines = read_lines(path, text)
    directory = parse(data, lines.of)
    for entry in directory.entries:
        for field_name, code in _unknown_codes(entry):
            place = ("entries", entry.id, field_name)
            raise ContentError(f"{lines.of(place)}: {'.'.join(place)}: CLDR knows no {code!r}")
    return directory


def names(path: Path) -> list[tuple[int, str, str]]:
    """(line, English text, note to the translator) of every name and label, for the extractor."""
    data, lines = read_lines(path)
    found: list[tuple[int, str, str]] = []
    for entry in parse(data, lines.of).entries:
        here: Place = ("entries", entry.id)
        own = "; ".join(f"{locale}: {name}" for locale, name in entry.own.items())
        about = f"Name of a line to call in {entry.country}." + (f" Its own name, {own}." if own else "")
        found.append((lines.lines[(*here, "name")], entry.name, f"{about} {entry.note}".strip()))
        for number, given in enumerate(entry.numbers):
            if given.label:
                line = lines.lines[(*here, "numbers", number, "label")]
                found.append((line, given.label, f"Stands behind a number of: {entry.name}."))
    return found


def _unknown_codes(entry: Entry) -> Iterator[tuple[str, str]]:
    """Codes that look right and mean nothing, such as UK or JA."""
    english = Locale("en")
    countries: Mapping[str, str] = english.territories
    languages: Mapping[str, str] = english.languages
    if entry.country not in (EU, WORLD) and entry.country not in countries:
        yield "country", entry.country
    if entry.nationals and entry.nationals not in countries:
        yield "nationals", entry.nationals
    for code in entry.languages:
        if code != MANY and code not in languages:
            yield "languages", code
    for code in entry.interpreted:
        if code not in languages:
            yield "interpreters", code
