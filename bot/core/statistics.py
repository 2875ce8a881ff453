"""What is counted, so that a supervisor sees how the desk does: numbers by day, and never a word or a name.

A counter is named by what happened and by one or two properties of it, each from a list of ours. No counter names a
conversation, and none has all properties of one at once, so that nobody can be followed through them.
"""

from __future__ import annotations

import enum
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from bot.core.intents import INTENTS
from bot.core.language import LOCALES, speech

# What a property says where nothing is known of it, or nothing that is on our lists.
UNKNOWN = ""
# What "did this help" was about, where it was not an answer to one intent.
OPERATOR = "operator"


class What(str, enum.Enum):
    """What is counted. A conversation is a person who writes on a day; a claim and a reply are the first ones."""

    CONVERSATION = "conversation"
    QUESTION = "question"
    HANDOFF = "handoff"
    CLAIM = "claim"
    REPLY = "reply"
    HELPED = "helped"


class Ended(str, enum.Enum):
    """How a question ended; exactly one holds."""

    ANSWERED = "answered"
    OFFERED = "offered"
    REFUSED = "refused"
    HANDED = "handed"


class Helped(str, enum.Enum):
    """What a person said to "did this help you"."""

    YES = "yes"
    LITTLE = "little"
    NO = "no"


_LANGUAGES = frozenset(map(speech, LOCALES))

# By which properties each is counted; () is in all.
_BY: Mapping[What, tuple[tuple[str, ...], ...]] = {
    What.CONVERSATION: ((), ("language",), ("country",), ("hour",)),
    What.QUESTION: (
        (),
        ("intent", "ended"),
        ("language", "ended"),
        ("country", "ended"),
        ("intent", "language"),
        ("intent", "country"),
    ),
    What.HANDOFF: ((), ("language",), ("country",), ("hour",), ("reason",)),
    What.CLAIM: (("wait",), ("language", "wait"), ("country", "wait"), ("hour", "wait"), ("reason", "wait")),
    What.REPLY: (("wait",), ("language", "wait"), ("country", "wait"), ("hour", "wait"), ("reason", "wait")),
    What.HELPED: ((), ("about", "helped"), ("intent", "helped"), ("language", "helped"), ("country", "helped")),
}


@dataclass(frozen=True)
class Tally:
    """One counter: what, and by which properties, as (property, value)."""

    what: What
    by: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Place:
    """Whose: a language that is spoken, a country, and the hour of the day at the desk."""

    language: str
    country: str
    hour: int


def place(locale: str, country: str, hour: int) -> Place:
    """What may be counted of where a person is: only what is on a list, for a button can be forged."""
    language = speech(locale)
    return Place(
        language if language in _LANGUAGES else UNKNOWN, country if re.fullmatch("[A-Z]{2}", country) else UNKNOWN, hour
    )


def moment(now: int, zone: tzinfo) -> tuple[str, int]:
    """The day (``2026-11-30``) and the hour at the desk of a time in ms since 1970."""
    at = datetime.fromtimestamp(now / 1000, zone)
    return at.date().isoformat(), at.hour


def conversation(where: Place) -> tuple[Tally, ...]:
    """Somebody wrote, for the first time on this day."""
    return _tallies(What.CONVERSATION, where)


def question(where: Place, intent: str, ended: Ended) -> tuple[Tally, ...]:
    """Somebody asked something, and how it ended."""
    return _tallies(What.QUESTION, where, intent=_intent(intent), ended=ended.value)


def handoff(where: Place, reason: str) -> tuple[Tally, ...]:
    """Somebody came into the queue."""
    return _tallies(What.HANDOFF, where, reason=reason)


def wait(what: What, where: Place, reason: str, passed: int) -> tuple[Tally, ...]:
    """Somebody waited `passed` ms from entering the queue to the first claim or the first reply."""
    return _tallies(what, where, reason=reason, wait=str(bucket(passed)))


def helped(where: Place, about: str, said: Helped) -> tuple[Tally, ...]:
    """Somebody said whether an operator, or the answer to an intent, helped."""
    intent = UNKNOWN if about == OPERATOR else _intent(about)
    kind = OPERATOR if about == OPERATOR else "answer"
    return _tallies(What.HELPED, where, about=kind, intent=intent, helped=said.value)


def _intent(name: str) -> str:
    return name if name in INTENTS else UNKNOWN


def _tallies(what: What, where: Place, **values: str) -> tuple[Tally, ...]:
    known = {"language": where.language, "country": where.country, "hour": f"{where.hour:02}", **values}
    return tuple(Tally(what, tuple((name, known[name]) for name in names)) for names in _BY[what])


# Waits are kept as counts of buckets, each a quarter wider than the one before: exact enough for p50 and p90.
_FIRST, _STEP, _BUCKETS = 5000, 1.25, 64


def bucket(passed: int) -> int:
    """The bucket of a wait in ms; 0 is up to five seconds, the last holds all that is longer."""
    if passed <= _FIRST:
        return 0
    return min(math.ceil(math.log(passed / _FIRST, _STEP) - 1e-9), _BUCKETS - 1)


def quantile(buckets: Mapping[int, int], share: float) -> int:
    """The wait in ms that `share` (0–1) of all did not exceed, to about a tenth; 0 where nobody waited."""
    left = math.ceil(sum(buckets.values()) * share)
    for number in sorted(buckets):
        left -= buckets[number]
        if left <= 0:
            return round(_FIRST * math.pow(_STEP, number - 0.5))
    return 0


@dataclass(frozen=True)
class Counts:
    """Counters of some days together."""

    by: Mapping[Tally, int]

    def total(self, what: What) -> int:
        """All of it."""
        return self.by.get(Tally(what), 0)

    def margin(self, what: What, name: str, other: str = "") -> dict[str, int]:
        """By one property; where it is counted by pairs alone, from those with `other`."""
        if not other:
            return {t.by[0][1]: n for t, n in self._of(what) if [p for p, _ in t.by] == [name]}
        summed: dict[str, int] = {}
        for (one, _), count in self.table(what, name, other).items():
            summed[one] = summed.get(one, 0) + count
        return summed

    def table(self, what: What, row: str, column: str) -> dict[tuple[str, str], int]:
        """By two properties."""
        return {(t.by[0][1], t.by[1][1]): n for t, n in self._of(what) if [p for p, _ in t.by] == [row, column]}

    def _of(self, what: What) -> Iterable[tuple[Tally, int]]:
        return ((tally, count) for tally, count in self.by.items() if tally.what is what)


def together(days: Iterable[Mapping[Tally, int]]) -> Counts:
    """The counters of several days as one."""
    summed: dict[Tally, int] = {}
    for day in days:
        for tally, count in day.items():
            summed[tally] = summed.get(tally, 0) + count
    return Counts(summed)


class Statistics(Protocol):
    """Counters by day, without words, names and conversations; gone after the days they are kept."""

    async def add(self, day: str, tallies: Sequence[Tally]) -> None:
        """Raise each counter of a day (``2026-11-30``) by one."""
        ...

    async def read(self, days: Sequence[str]) -> list[Mapping[Tally, int]]:
        """The counters of each day, in the order asked; empty for a day without any."""
        ...
