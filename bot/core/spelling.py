"""How a frightened person's words are spelt, made one: for the crisis words, in a text and in their rules alike.

It must be the same for both, cheap, and never raise on a text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# What nobody sees, and heaps of accents, which are no language and cost time.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]|[\u0300-\u036f]{4,}"
)
_LATIN = "0-9a-z\u00df-\u024f\u1e00-\u1eff"
_LATIN_LETTERS = frozenset(chr(code) for code in range(0x1F00) if re.match(f"[{_LATIN}]", chr(code)))
_RUN = re.compile(f"[{_LATIN}]+|[^ {_LATIN}]+")
_REPEATED = re.compile(r"([^\d])\1+")
_BRACES = re.compile(r"\{([^{}]*)\}")
UNMARKED = {mark: unicodedata.normalize("NFD", chr(mark))[0] for mark in (*range(0xDF, 0x250), *range(0x1E00, 0x1F00))}
UNMARKED |= {ord("đ"): "d", ord("ø"): "o", ord("ł"): "l", ord("ı"): "i"}


@lru_cache(maxsize=4096)
def _letter(char: str) -> str:
    kind = unicodedata.category(char)
    if kind == "Nd":
        return str(unicodedata.digit(char))
    if kind[0] == "L":
        return char
    return ("" if "\u0300" <= char <= "\u036f" else char) if kind[0] == "M" else " "


def _one_of(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of the words, the longest where several begin; by first letters, for speed."""
    tails: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        tails.setdefault(re.escape(word[0]), []).append(re.escape(word[1:]))
    return re.compile("|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in tails.items()) or r"(?!)")


class Folds:
    """Spellings made one; a rule file adds to them, and every text and rule passes through them."""

    def __init__(self) -> None:
        self._single: dict[int, str] = {}
        self._longer: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None

    def add(self, written: str, meant: str) -> None:
        """Read `written` as `meant` from now on."""
        written = unicodedata.normalize("NFKC", written).casefold()
        if len(written) == 1:
            self._single[ord(written)] = meant
        else:
            self._longer[written] = meant
            self._pattern = None

    def __call__(self, text: str) -> str:
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
        if self._pattern is None:
            self._pattern = _one_of(self._longer)
        text = self._pattern.sub(lambda found: self._longer[found[0]], text)
        table = {ord(char): "".join(map(_letter, self._single.get(ord(char), char))) for char in set(text)}
        return _REPEATED.sub(r"\1", text.translate(table))


def spaced(text: str) -> str:
    """Latin words and numbers each between two spaces, other scripts without any: they are searched inside."""
    runs = [f" {run} " if run[0] in _LATIN_LETTERS else run for run in _RUN.findall(text)]
    return "".join(runs).replace("  ", " ")


def variants(word: str) -> list[str]:
    """All spellings of a word with {a,b} in it."""
    found = _BRACES.search(word)
    if found is None:
        return [word]
    rest = variants(word[found.end() :])
    return [word[: found.start()] + part + tail for part in found[1].split(",") for tail in rest]


def slips(word: str) -> list[str]:
    """A Latin word as it is often mistyped: a letter left out or swapped inside, another vowel."""
    inner = range(1, len(word) - 1)
    dropped = [word[:i] + word[i + 1 :] for i in inner]
    swapped = [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]
    vowels = [word[:i] + other + word[i + 1 :] for i in range(len(word)) if word[i] in "aeiou" for other in "aeiou"]
    return [word, *dropped, *swapped, *vowels]


def typed_with_marks(text: str) -> bool:
    """Whether the absence of a mark says something: of Vietnamese words written in full most bear one."""
    words = [word for word in text.split() if word[0] in _LATIN_LETTERS]
    return 5 * sum(not word.isascii() for word in words) > 3 * len(words)
