"""The text of a gettext catalog, changed by entries: every other entry stays byte for byte as it was.

Babel would write the whole file anew, and wrap what Poedit or Weblate wrote in their own way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from babel.messages.pofile import denormalize, normalize

from bot.adapters.content.files import lines_of
from bot.core.errors import Conflict, ContentError

FUZZY = "fuzzy"
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_KEYWORD = re.compile(r"(msgctxt|msgid|msgid_plural|msgstr(?:\[\d+\])?)\s+(?=\")")


@dataclass(frozen=True)
class Entry:
    """One text of a catalog. `line` counts from 0, `block` are its lines.

    `notes` are the translator's comments, `hints` what the source says to the translator.
    """

    line: int
    block: tuple[str, ...] = field(repr=False)
    context: str
    english: str
    text: str
    flags: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    plural: bool = False
    hints: tuple[str, ...] = ()

    @property
    def fuzzy(self) -> bool:
        """Whether it waits for a reviewer."""
        return FUZZY in self.flags


@dataclass(frozen=True)
class PoText:
    """One catalog."""

    path: Path
    text: str = field(repr=False)
    entries: tuple[Entry, ...] = field(repr=False)

    @classmethod
    def parse(cls, path: Path, text: str) -> PoText:
        """Read a catalog's text; raises ContentError naming file and line."""
        found = tuple(_entries(path, lines_of(text, path)))
        seen: set[tuple[str, str]] = set()
        for entry in found:
            if (entry.context, entry.english) in seen:
                raise ContentError(f"{path}:{entry.line + 1}: {entry.context}: stands in the catalog twice")
            seen.add((entry.context, entry.english))
        return cls(path, text, found)

    def find(self, context: str, english: str) -> Entry:
        """The entry of a text; raises Conflict where the English is another one now."""
        for entry in self.entries:
            if (entry.context, entry.english) == (context, english):
                return entry
        raise Conflict(f"{self.path}: {context}: the English text has changed; load the page again")

    def put(self, changed: Sequence[Entry]) -> PoText:
        """With entries whose text, flags or notes are other ones; raises ContentError."""
        lines = lines_of(self.text, self.path)
        wanted = {(e.context, e.english): e for e in (*self.entries, *changed)}
        for entry in reversed(self.entries):
            other = wanted[entry.context, entry.english]
            if _what(other) == _what(entry):
                continue
            if entry.plural:
                raise ContentError(f"{self.path}:{entry.line + 1}: has plural forms; change it in Poedit")
            lines[entry.line : entry.line + len(entry.block)] = _rewritten(entry, other)
        after = PoText.parse(self.path, "".join(lines))
        if [_what(entry) for entry in after.entries] != [_what(wanted[e.context, e.english]) for e in self.entries]:
            raise ContentError(f"{self.path}: can't be changed safely; change it in Poedit")
        return after


def _what(entry: Entry) -> tuple[object, ...]:
    return entry.context, entry.english, entry.text, entry.flags, entry.notes


def _entries(path: Path, lines: list[str]) -> Iterator[Entry]:
    """Entries are parted by blank lines; the head and obsolete ones are passed over."""
    start = 0
    for number in range(len(lines) + 1):
        if number < len(lines) and lines[number].strip():
            continue
        block = tuple(lines[start:number])
        if any(not line.startswith("#") for line in block):
            entry = _entry(path, start, block)
            if entry.english:
                yield entry
        start = number + 1


def _entry(path: Path, start: int, block: tuple[str, ...]) -> Entry:
    strings: dict[str, list[str]] = {}
    current = ""
    flags: set[str] = set()
    notes: list[str] = []
    for number, line in enumerate(map(str.strip, block), start + 1):
        if line.startswith("#"):
            flags |= {flag.strip() for flag in line[2:].split(",")} if line.startswith("#,") else set()
            notes += [line[2:]] if line.startswith("# ") else []
            continue
        if found := _KEYWORD.match(line):
            current, line = found[1], line[found.end() :]
            if current in strings:
                raise ContentError(f"{path}:{number}: a second {current}; a blank line must part two entries")
            strings[current] = []
        if not current or not _STRING.fullmatch(line):
            raise ContentError(f"{path}:{number}: is no line of a catalog: {line[:40]}")
        strings[current].append(line)
    if "msgid" not in strings or not any(name.startswith("msgstr") for name in strings):
        raise ContentError(f"{path}:{start + 1}: an entry without msgid or msgstr")
    read = {name: denormalize("\n".join(parts)) for name, parts in strings.items()}
    return Entry(
        start, block, read.get("msgctxt", ""), read["msgid"], read.get("msgstr", ""), frozenset(flags - {""}),
        tuple(notes), "msgid_plural" in strings, tuple(line[2:].strip() for line in block if line.startswith("#.")),
    )  # fmt: skip


def _rewritten(before: Entry, entry: Entry) -> list[str]:
    """An entry's lines with the text, flags and notes of the other; what did not change stays as it stands."""
    lines = list(before.block)
    if not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    if entry.text != before.text:
        at = next(n for n, line in enumerate(lines) if line.startswith("msgstr"))
        lines[at:] = [f"{line}\n" for line in f"msgstr {normalize(entry.text, width=0)}".split("\n")]
    if entry.flags != before.flags:
        lines = [line for line in lines if not line.startswith("#,")]
        at = next(n for n, line in enumerate(lines) if not line.startswith("#") or line.startswith("#|"))
        lines[at:at] = [f"#, {', '.join(sorted(entry.flags))}\n"] if entry.flags else []
    if entry.notes != before.notes:
        lines = [*(f"# {note}\n" for note in entry.notes), *(line for line in lines if not line.startswith("# "))]
    return lines


def marked(entry: Entry, fuzzy: bool) -> Entry:
    """An entry with or without the mark of a machine's draft."""
    return replace(entry, flags=entry.flags | {FUZZY} if fuzzy else entry.flags - {FUZZY})
