"""What differs between two texts, as pieces a person can read, in scripts with and without spaces."""

from __future__ import annotations

import difflib
import enum
import re
import unicodedata
from dataclasses import dataclass


class Fate(enum.Enum):
    """What became of a piece."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    """A stretch of text that stayed, went or came."""

    fate: Fate
    text: str


# A word of a script with spaces, or one letter of the others; what joins to it is added below.
_WORD = re.compile(r"[A-Za-z0-9\u00c0-\u024f\u1e00-\u1eff]+|\s+|.", re.DOTALL)


def difference(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces in order; those that stayed and went make `before`, those that stayed and came make `after`."""
    old, new = _words(before), _words(after)
    found: list[Piece] = []
    for _, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, came = "".join(old[a:b]), "".join(new[c:d])
        if gone == came:
            found.append(Piece(Fate.SAME, gone))
            continue
        found += [Piece(Fate.GONE, gone)] if gone else []
        found += [Piece(Fate.NEW, came)] if came else []
    return tuple(found)


def _words(text: str) -> list[str]:
    """Words, and letters with the marks that belong to them: a mark alone can't be read."""
    found: list[str] = []
    for part in _WORD.findall(text):
        joined = unicodedata.category(part[0])[0] == "M" or part in "\u200c\u200d" or found and _stacks(found[-1])
        if joined and found and not found[-1].isspace():
            found[-1] += part
        else:
            found.append(part)
    return found


def _stacks(word: str) -> bool:
    """Whether the next letter stands below this one: Khmer coeng, Burmese virama, or a joiner."""
    return word[-1] in "\u17d2\u1039\u200d"
