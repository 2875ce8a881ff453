"""What the directory holds: a line one can call, with everything a person must know before dialling."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from types import MappingProxyType

from bot.core.hours import Hours

KINDS = ("emergency", "trafficking", "labour", "women", "child", "health", "consular", "ngo", "police", "seafarers")
CHANNELS = ("call", "sms", "whatsapp", "viber", "line", "telegram", "facebook", "tty", "email", "chat", "app")
WORLD = "world"
EU = "EU"
# A language of `languages` that stands for several, not all of them named.
MANY = "mul"


@dataclass(frozen=True)
class Number:
    """A number or address exactly as its source prints it.

    `reach` is "inside" where it works only inside the country, "abroad" where it is the form for callers from
    abroad, else "". `letters` is the number as a word. `language` names the speakers it is for, "" for everyone.
    """

    number: str
    via: tuple[str, ...] = ("call",)
    reach: str = ""
    label: str = ""
    letters: str = ""
    extension: str = ""
    language: str = ""

    @property
    def from_abroad(self) -> bool:
        """Whether the source gives it in a form that can be dialled from another country."""
        return self.reach == "abroad" or self.number.startswith(("+", "(+", "00"))


@dataclass(frozen=True)
class Source:
    """A page a number was read on; `short` is what a person sees of it."""

    page: str
    short: str
    date: str = ""


@dataclass(frozen=True)
class Misprint:
    """A wrong or retired number in circulation, and the entry that has the right one."""

    number: str
    instead: str
    why: str


@dataclass(frozen=True)
class Entry:
    """A line one can call. `hours` is None where no good source gives them; `country` may be EU or world."""

    id: str
    country: str
    kinds: tuple[str, ...]
    name: str
    numbers: tuple[Number, ...]
    confidence: str
    sources: tuple[Source, ...]
    checked: date
    valid_until: date
    own: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    hours: Hours | None = None
    languages: tuple[str, ...] = ()
    interpreted: tuple[str, ...] = ()
    interpreters: Hours | None = None
    channels: tuple[str, ...] = ()
    cost: str = ""
    nationals: str = ""
    note: str = ""

    def overdue(self, now: int) -> bool:
        """Whether its check is out of date."""
        return self.valid_until < today(now)

    def speaks(self, language: str, now: int) -> bool:
        """Whether somebody there speaks the language now."""
        if language in self.languages:
            return True
        return language in self.interpreted and self.interpreters is not None and self.interpreters.open_at(now)


def today(now: int) -> date:
    """The day (UTC) of a time in ms since 1970."""
    return datetime.fromtimestamp(now / 1000, timezone.utc).date()


def digits(number: str) -> str:
    """A number without its punctuation."""
    return re.sub("[^0-9]", "", number)
