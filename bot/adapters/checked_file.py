"""Reads a content file in YAML strictly, and knows for every value on which line it stands.

Everything in the file is text: YAML would make a number of 1300 and lose the zero of 0800.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bot.core.checked import Path as Place
from bot.core.errors import ContentError

MAX_BYTES = 256 * 1024
_STRING, _LIST, _MAPPING = (f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map"))


@dataclass
class Lines:
    """Turns YAML nodes into plain values and notes the line of each."""

    file: Path
    lines: dict[Place, int] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    def refuse(self, line: int, why: str) -> ContentError:
        """The error to raise about a line."""
        return ContentError(f"{self.file}:{line}: {why}")

    def of(self, place: Place) -> str:
        """File and line of a place, or of what encloses it."""
        while place and place not in self.lines:
            place = place[:-1]
        return f"{self.file}:{self.lines.get(place, 1)}"

    def plain(self, node: yaml.Node, place: Place = ()) -> object:
        """A node's plain value."""
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


def read_lines(path: Path, given: str | None = None) -> tuple[object, Lines]:
    """The plain values of a file, or of a text meant for it, and where each stands; raises ContentError by line."""
    lines = Lines(path)
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


def _text(path: Path, lines: Lines) -> str:
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
