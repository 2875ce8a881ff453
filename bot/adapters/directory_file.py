"""Reads nlu_data/directory.yml, and knows for every value on which line it stands.

Everything in the file is text: YAML would make a number of 1300 and lose the zero of 0800.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from babel import Locale

from bot.core.checked import Path as Place
from bot.core.directory import Directory, parse
from bot.core.directory import report as report
from bot.core.entry import EU, MANY, WORLD, Entry
from bot.core.errors import ContentError

MAX_BYTES = 256 * 1024
_STRING, _LIST, _MAPPING = (f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map"))


@dataclass
class _Lines:
    """Turns YAML nodes into plain values and notes the line of each."""

    file: Path
    lines: dict[Place, int] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    def refuse(self, line: int, why: str) -> ContentError:
        return ContentError(f"{self.file}:{line}: {why}")

    def of(self, place: Place) -> str:
        """File and line of a place, or of what encloses it."""
        while place and place not in self.lines:
            place = place[:-1]
        return f"{self.file}:{self.lines.get(place, 1)}"

    def plain(self, node: yaml.Node, place: Place = ()) -> object:
        line = node.start_mark.line + 1
        self.lines.setdefault(place, line)
        if id(node) in self.seen:
            raise self.refuse(line, "an alias repeats this value; write it again instead")
        self.seen.add(id(node))
        if isinstance(node, yaml.ScalarNode) and node.tag == _STRING:
            return str(node.value)
        if isinstance(node, yaml.SequenceNode) and node.tag == _LIST:
            return [self.plain(item, (*place, number)) for number, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode) and node.tag == _MAPPING:
            return self._mapping(node, place)
        raise self.refuse(line, f"the tag {node.tag} is not allowed here")

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or key.tag != _STRING:
                raise self.refuse(line, "a key must be plain text")
            if key.value in found:
                raise self.refuse(line, f"the key {key.value!r} stands here twice")
            self.lines[(*place, key.value)] = line
            found[key.value] = self.plain(value, (*place, key.value))
        return found


def load_directory(path: Path) -> Directory:
    """Load the directory; raises ContentError naming file and line."""
    return parse_directory(path)


def parse_directory(path: Path, text: str | None = None) -> Directory:
    """The directory of a text that is not written yet, or of the file; raises ContentError naming file and line."""
    data, lines = _read(path, text)
    directory = parse(data, lines.of)
    for entry in directory.entries:
        for field_name, code in _unknown_codes(entry):
            place = ("entries", entry.id, field_name)
            raise ContentError(f"{lines.of(place)}: {'.'.join(place)}: CLDR knows no {code!r}")
    return directory


def names(path: Path) -> list[tuple[int, str, str]]:
    """(line, English text, note to the translator) of every name and label, for the extractor."""
    data, lines = _read(path)
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


def _read(path: Path, given: str | None = None) -> tuple[object, _Lines]:
    lines = _Lines(path)
    text = _text(path, lines) if given is None else given
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
        if node is None:
            raise lines.refuse(1, "the file is empty")
        return lines.plain(node), lines
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        raise lines.refuse(mark.line + 1 if mark else 1, f"is no YAML: {exc.problem}") from exc
    except yaml.reader.ReaderError as exc:
        raise lines.refuse(text.count("\n", 0, exc.position) + 1, "has a character YAML does not allow") from exc
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as exc:
        # Nesting without end, or an escape such as "\UFFFFFFFF", which PyYAML does not report in its own words.
        raise lines.refuse(1, f"cannot be read as YAML ({type(exc).__name__})") from exc


def _text(path: Path, lines: _Lines) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as exc:
        raise lines.refuse(1, f"cannot be opened: {exc.strerror}") from exc
    if len(raw) > MAX_BYTES:
        raise lines.refuse(1, f"is longer than {MAX_BYTES} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise lines.refuse(raw.count(b"\n", 0, exc.start) + 1, "is not UTF-8") from exc


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
