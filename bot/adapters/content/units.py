"""Content files as units: the entries of a catalog, the answers, the lines of the directory, the facts."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from bot.adapters.content.example_text import ExampleText
from bot.adapters.content.po_text import PoText
from bot.adapters.content.sentences import FOLDER
from bot.core.content.merging import Units

# A key at the margin, or one step in: what the files call an entry, an answer, a source.
_KEY = re.compile(r"^( {2})?([A-Za-z][\w-]*):(?:\s|$)")
# What follows from other files and is made anew.
DERIVED = ("docs/review/", "locales/messages.pot", "locales/en/")


def is_sentences(path: str) -> bool:
    """Whether a path is a file of training sentences."""
    return Path(path).match(f"{FOLDER.as_posix()}/*/*.yml")


def is_derived(path: str) -> bool:
    """Whether a file is made from others."""
    return path.startswith(DERIVED)


def units(path: str, text: str) -> Units:
    """A file's units in order; a file of no known kind is one. Raises ContentError for a broken catalog."""
    if path.endswith(".po"):
        return _entries(path, text)
    return _blocks(text) if path.endswith(".yml") else {(): text}


def examples(path: str, text: str) -> ExampleText:
    """A file of training sentences; raises ContentError."""
    return ExampleText.parse(Path(path), text)


def _entries(path: str, text: str) -> Units:
    """Each entry with the blank lines below it; the head is the first unit."""
    lines = text.splitlines(keepends=True)
    entries = PoText.parse(Path(path), text).entries
    starts = [entry.line for entry in entries]
    found: Units = {("",): "".join(lines[: starts[0] if starts else len(lines)])}
    for entry, end in zip(entries, [*starts[1:], len(lines)], strict=True):
        found[entry.context, entry.english] = "".join(lines[entry.line : end])
    return found


def _blocks(text: str) -> Units:
    """Each block from its key to the next; comments above a key belong to it."""
    found: Units = {}
    times: Counter[tuple[str, ...]] = Counter()
    key: tuple[str, ...] = ("",)
    waiting = ""
    for line in text.splitlines(keepends=True):
        named = _KEY.match(line)
        if named:
            key = (key[0], named[2]) if named[1] else (named[2],)
            times[key] += 1
            key = key if times[key] == 1 else (*key, str(times[key]))
        elif line.lstrip().startswith("#") or not line.strip():
            waiting += line
            continue
        found[key] = found.get(key, "") + waiting + line
        waiting = ""
    if waiting:
        found[key] = found.get(key, "") + waiting
    return found
