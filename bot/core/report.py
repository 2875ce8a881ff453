"""What a supervisor reads of some days: sheets of numbers, each already safe to show (bot.core.disclosure).

Page, plot and CSV show these and nothing else, so that none of them can show more than another.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.disclosure import Cell, Grid, Hidden, Margin, protect, protect_grid
from bot.core.statistics import OPERATOR, Counts, Ended, Helped, Tally, What, quantile, together


class Unit(str, enum.Enum):
    """What a number is: how many, how many in a hundred, or milliseconds."""

    COUNT = "count"
    PERCENT = "percent"
    WAIT = "wait"


@dataclass(frozen=True)
class Value:
    """One number of a sheet; hidden, or None where there is nothing to reckon it from."""

    unit: Unit
    number: Cell | None


@dataclass(frozen=True)
class Row:
    """A line of a sheet: an intent, a language, a country, a reason, an hour or a day, by our name for it."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Sheet:
    """One table; without rows where nothing was counted, or too little to be broken down."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Report:
    """Days from `first` to `last`, both included, as the desk's days."""

    first: str
    last: str
    least: int
    sheets: tuple[Sheet, ...]

    def sheet(self, name: str) -> Sheet:
        """The sheet of a name."""
        return next(sheet for sheet in self.sheets if sheet.name == name)


def last_days(today: str, count: int) -> list[str]:
    """The days before today, oldest first. Today is left out: two looks at it would differ by one person."""
    end = date.fromisoformat(today)
    return [(end - timedelta(days=back)).isoformat() for back in range(count, 0, -1)]


WAITS = ("claim_50", "claim_90", "reply_50", "reply_90")
# What is shown with the largest number first.
_RANKED = frozenset({"language", "country", "reason", "intent"})
_PLACES = ("conversations", "handoffs", "handoff_rate", *WAITS, "not_understood", "helped")


def report(days: Sequence[str], counted: Sequence[Mapping[Tally, int]], least: int) -> Report:
    """The report of some days and what was counted on each."""
    look = _Look(together(counted), least)
    each = [together([day]) for day in counted]
    sheets = (
        look.totals(),
        _by_day(days, each, least),
        look.place("language"),
        look.place("country"),
        look.reasons(),
        look.hours(),
        look.intents(),
        look.spread("language"),
        look.spread("country"),
    )
    return Report(days[0], days[-1], least, sheets)


def _by_day(days: Sequence[str], each: Sequence[Counts], least: int) -> Sheet:
    margins = [
        protect({day: counts.total(what) for day, counts in zip(days, each, strict=True)}, least)
        for what in (What.CONVERSATION, What.HANDOFF)
    ]
    rows = tuple(Row(day, tuple(_count(_in(margin, day)) for margin in margins)) for day in days)
    return Sheet("day", ("conversations", "handoffs"), rows)


@dataclass(frozen=True)
class _Look:
    """All counters of the days, and below what a number is small."""

    counts: Counts
    least: int

    def totals(self) -> Sheet:
        """One line for everything."""
        ended = protect(_columns(self.counts.table(What.QUESTION, "intent", "ended")), self.least)
        conversations, handoffs = (self._margin(w, "language").total for w in (What.CONVERSATION, What.HANDOFF))
        helped = self._grid(What.HELPED, "about", "helped")
        values = (
            _count(conversations),
            _count(handoffs),
            _share(handoffs, conversations),
            *self._waits("", ""),
            self._unanswered(),
            _share(_in(ended, Ended.REFUSED.value), ended.total),
            _helped(helped, OPERATOR),
            _helped(helped, "answer"),
        )
        columns = ("conversations", "handoffs", "handoff_rate", *WAITS, "unanswered", "not_understood")
        return Sheet("total", (*columns, "helped_operator", "helped_answer"), (Row("", values),))

    def place(self, name: str) -> Sheet:
        """By language or country."""
        conversations, handoffs = (self._margin(what, name) for what in (What.CONVERSATION, What.HANDOFF))
        asked = self._grid(What.QUESTION, name, "ended")
        helped = self._grid(What.HELPED, name, "helped")

        def row(one: str) -> Row:
            had, handed = _in(conversations, one), _in(handoffs, one)
            refused = _share(asked.at(one, Ended.REFUSED.value), _in(asked.rows, one))
            rest = (*self._waits(name, one), refused, _helped(helped, one))
            return Row(one, (_count(had), _count(handed), _share(handed, had), *rest))

        return _sheet(name, _PLACES, map(row, _names(conversations, handoffs)))

    def reasons(self) -> Sheet:
        """Hand-offs by reason."""
        handoffs = self._margin(What.HANDOFF, "reason")
        rows = (Row(one, (_count(_in(handoffs, one)), *self._waits("reason", one))) for one in _names(handoffs))
        return _sheet("reason", ("handoffs", *WAITS), rows)

    def hours(self) -> Sheet:
        """By the hour of the desk's day."""
        margins = [self._margin(what, "hour") for what in (What.CONVERSATION, What.HANDOFF)]
        hours = [f"{hour:02}" for hour in range(24)] if any(margin.cells for margin in margins) else []
        rows = (Row(one, (*(_count(_in(m, one)) for m in margins), *self._waits("hour", one))) for one in hours)
        return Sheet("hour", ("conversations", "handoffs", *WAITS), tuple(rows))

    def intents(self) -> Sheet:
        """What was asked, how it ended, and whether it helped."""
        asked = self._grid(What.QUESTION, "intent", "ended")
        helped = self._grid(What.HELPED, "intent", "helped")

        def row(one: str) -> Row:
            ended = tuple(_count(asked.at(one, ended.value)) for ended in Ended)
            return Row(one, (_count(_in(asked.rows, one)), *ended, _helped(helped, one) if one else _share(0, 0)))

        columns = ("asked", *(ended.value for ended in Ended), "helped")
        return _sheet("intent", columns, map(row, _names(asked.rows)))

    def spread(self, name: str) -> Sheet:
        """What was asked, by language or country."""
        asked = self._grid(What.QUESTION, "intent", name)
        columns = tuple(sorted(_names(asked.columns)))
        rows = (Row(one, tuple(_count(asked.at(one, column)) for column in columns)) for one in _names(asked.rows))
        return _sheet(f"intent_{name}", columns, rows if columns else ())

    def _margin(self, what: What, name: str) -> Margin:
        return protect(self.counts.margin(what, name), self.least)

    def _grid(self, what: What, row: str, column: str) -> Grid:
        """A table whose rows and columns are protected as they are wherever else they stand."""
        table = self.counts.table(what, row, column)
        rows, columns = _columns({(c, r): n for (r, c), n in table.items()}), _columns(table)
        return protect_grid(table, protect(rows, self.least), protect(columns, self.least), self.least)

    def _waits(self, name: str, one: str) -> tuple[Value, ...]:
        """p50 and p90 to the claim and to the reply, where enough people waited; nothing says whether anybody did."""
        found = []
        for what in (What.CLAIM, What.REPLY):
            table = self.counts.table(what, name, "wait") if name else {}
            texts = {w: n for (o, w), n in table.items() if o == one} if name else self.counts.margin(what, "wait")
            buckets = {int(bucket): count for bucket, count in texts.items()}
            enough = sum(buckets.values()) >= self.least
            found += [Value(Unit.WAIT, quantile(buckets, share) if enough else None) for share in (0.5, 0.9)]
        return tuple(found)

    def _unanswered(self) -> Value:
        """Hand-offs no operator wrote in."""
        handoffs = self.counts.total(What.HANDOFF)
        replied = min(sum(self.counts.margin(What.REPLY, "wait").values()), handoffs)
        parts = protect({"replied": replied, "open": handoffs - replied}, self.least)
        return _share(_in(parts, "open"), parts.total)


def _sheet(name: str, columns: tuple[str, ...], rows: Iterable[Row]) -> Sheet:
    """A sheet with the largest shown number first; what is hidden is in order of its name, which says nothing."""

    def order(row: Row) -> tuple[int, str]:
        number = row.values[0].number
        return (-number if isinstance(number, int) else 1, row.name)

    whole = tuple(rows)
    return Sheet(name, columns, tuple(sorted(whole, key=order)) if name in _RANKED else whole)


def _names(*margins: Margin) -> list[str]:
    """Every name of which something was counted, where that may be said."""
    return sorted({name for margin in margins for name, cell in margin.cells.items() if cell != 0})


def _columns(table: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """A table's sums by column."""
    sums: dict[str, int] = {}
    for (_, column), count in table.items():
        sums[column] = sums.get(column, 0) + count
    return sums


def _in(margin: Margin, name: str) -> Cell:
    """A number of a margin; 0 where nothing was counted, withheld where nothing is broken down."""
    if not margin.cells:
        return Hidden.WITHHELD if margin.total else 0
    return margin.cells.get(name, 0)


def _count(cell: Cell) -> Value:
    return Value(Unit.COUNT, cell)


def _share(part: Cell, whole: Cell) -> Value:
    """A part in a hundred, where both may be known."""
    if whole == 0:
        return Value(Unit.PERCENT, None)
    if not isinstance(part, int) or not isinstance(whole, int):
        return Value(Unit.PERCENT, Hidden.WITHHELD)
    return Value(Unit.PERCENT, round(100 * part / whole))


def _helped(grid: Grid, one: str) -> Value:
    """How many in a hundred who answered said yes."""
    return _share(grid.at(one, Helped.YES.value), _in(grid.rows, one))
