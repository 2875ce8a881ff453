"""Reads content files strictly: whatever is not expected is refused with file and line, never repaired."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.errors import ContentError

# The keys and indexes that lead to a value, and where that place is: ``nlu_data/directory.yml:12``.
Path = tuple[str | int, ...]
LineOf = Callable[[Path], str]

# Characters that turn the direction of what follows: a number could read backwards.
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Checked:
    """A value of a content file together with its place."""

    value: object
    line_of: LineOf
    path: Path = ()

    def refuse(self, why: str) -> ContentError:
        """The error to raise about this value."""
        return ContentError(f"{self.line_of(self.path)}: {'.'.join(map(str, self.path)) or 'the file'}: {why}")

    def items(self) -> dict[str, Checked]:
        """A mapping's values by key."""
        if not isinstance(self.value, Mapping):
            raise self.refuse("must be a mapping of keys to values")
        if not all(isinstance(key, str) for key in self.value):
            raise self.refuse("every key must be text; put it in quotes")
        return {key: Checked(value, self.line_of, (*self.path, key)) for key, value in self.value.items()}

    def fields(self, *known: str) -> Fields:
        """A mapping in which only known keys may stand."""
        found = self.items()
        for key, value in found.items():
            if key not in known:
                raise value.refuse(f"is not known here; known are: {', '.join(known)}")
        return Fields(self, found)

    def list(self, most: int = 20) -> tuple[Checked, ...]:
        """The values of a list that is not empty."""
        value = self.value
        if not isinstance(value, Sequence) or isinstance(value, str | bytes):
            raise self.refuse("must be a list")
        if not 1 <= len(value) <= most:
            raise self.refuse(f"must hold 1 to {most} values")
        return tuple(Checked(item, self.line_of, (*self.path, n)) for n, item in enumerate(value))

    def text(self, pattern: str = "", hint: str = "", most: int = 90) -> str:
        """A text on one line; `pattern` must match the whole of it, `hint` says what it should look like."""
        value = self.value
        if not isinstance(value, str):
            raise self.refuse("must be text; put it in quotes")
        if not value or value != value.strip() or len(value) > most:
            raise self.refuse(f"must be 1 to {most} characters without space around them")
        if any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or char in _TURNING for char in value):
            raise self.refuse("has characters that cannot be seen")
        if pattern and not re.fullmatch(pattern, value):
            raise self.refuse(f"must be {hint}")
        return value

    def choice(self, allowed: Collection[str]) -> str:
        """One of the allowed texts."""
        value = self.text()
        if value not in allowed:
            raise self.refuse(f"must be one of: {', '.join(allowed)}")
        return value

    def choices(self, allowed: Collection[str]) -> tuple[str, ...]:
        """A list of allowed texts, none of them twice."""
        found: list[str] = []
        for item in self.list():
            found.append(item.choice(allowed))
            if found.count(found[-1]) > 1:
                raise item.refuse("stands here twice")
        return tuple(found)

    def date(self) -> date:
        """A date such as 2026-11-01."""
        value = self.text("20[0-9]{2}-[0-9]{2}-[0-9]{2}", "a date such as 2026-11-01")
        try:
            return date.fromisoformat(value)
        except ValueError as exc:
            raise self.refuse("is no day of the calendar") from exc


@dataclass(frozen=True)
class Fields:
    """The fields of a mapping."""

    whole: Checked
    found: Mapping[str, Checked]

    def need(self, key: str) -> Checked:
        """A field that must be there."""
        if key not in self.found:
            raise self.whole.refuse(f"{key} is missing")
        return self.found[key]

    def get(self, key: str) -> Checked | None:
        """A field that may be left out."""
        return self.found.get(key)

    def text(self, key: str, pattern: str = "", hint: str = "", most: int = 90) -> str:
        """A text that may be left out, then ""."""
        return self.found[key].text(pattern, hint, most) if key in self.found else ""

    def choice(self, key: str, allowed: Collection[str]) -> str:
        """One of the allowed texts, or "" where it is left out."""
        return self.found[key].choice(allowed) if key in self.found else ""

    def choices(self, key: str, allowed: Collection[str]) -> tuple[str, ...]:
        """Some of the allowed texts; none where it is left out."""
        return self.found[key].choices(allowed) if key in self.found else ()
