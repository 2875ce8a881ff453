"""Hides small numbers, and as many others as it takes so that nobody can reckon the small ones out.

A number from 1 to below `least` is shown as few. Where a total or a neighbour would narrow it down further, another
number is withheld. What holds afterwards: whoever knows every number that is shown, and every total, still finds
each of 1 … `least` - 1 possible for each few (tests/core/test_disclosure.py tries it by listing every table).
Zero is shown: it tells of nobody.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


class Hidden(enum.Enum):
    """Why a number is not shown: it is small, or it would give a small one away."""

    FEW = "few"
    WITHHELD = "withheld"


Cell = int | Hidden


@dataclass(frozen=True)
class Margin:
    """Numbers that add up to a total. No cells though the total is not 0: any of them would say too much."""

    total: Cell
    cells: Mapping[str, Cell] = field(default_factory=dict)

    def shown(self, name: str) -> bool:
        """Whether a number is shown."""
        return isinstance(self.cells.get(name), int)


def one(count: int, least: int) -> Cell:
    """A number on its own."""
    return Hidden.FEW if 0 < count < least else count


def protect(counts: Mapping[str, int], least: int) -> Margin:
    """Numbers with their total."""
    total = sum(counts.values())
    if one(total, least) is Hidden.FEW:
        return Margin(Hidden.FEW)
    cells: dict[str, Cell] = {name: one(count, least) for name, count in counts.items()}
    few = [counts[name] for name, cell in cells.items() if cell is Hidden.FEW]
    # By name where numbers are equal, for the same numbers must be hidden wherever they stand.
    others = sorted((n for n, cell in cells.items() if isinstance(cell, int) and cell), key=lambda n: (counts[n], n))
    withheld: list[int] = []
    while few and not _loose(few, withheld, least):
        if not others:
            return Margin(total)
        name = others.pop(0)
        cells[name] = Hidden.WITHHELD
        withheld.append(counts[name])
    return Margin(total, cells)


def _loose(few: list[int], withheld: list[int], least: int) -> bool:
    """Whether each of the few can still be anything from 1 to `least` - 1, their sum with the withheld known."""
    known, others, most = sum(few) + sum(withheld), len(few) - 1, least - 1
    highest = known - others - least * len(withheld)
    lowest = 1 if withheld else known - others * most
    return highest >= most and lowest <= 1


# A row or column that stands for all those whose own numbers are hidden; it is never shown.
_REST = "\0rest"


@dataclass(frozen=True)
class Grid:
    """Numbers by row and column, with the numbers by row alone and by column alone. Hidden rows have no cells."""

    rows: Margin
    columns: Margin
    cells: Mapping[tuple[str, str], Cell] = field(default_factory=dict)

    def at(self, row: str, column: str) -> Cell:
        """One number; 0 where both row and column are shown and nothing was counted."""
        if not self.cells or not self.rows.shown(row) or not self.columns.shown(column):
            return Hidden.WITHHELD
        return self.cells.get((row, column), 0)


def protect_grid(counts: Mapping[tuple[str, str], int], rows: Margin, columns: Margin, least: int) -> Grid:
    """Numbers by row and column, where the numbers by row and by column are shown as they are in `rows` and `columns`.

    Rows and columns that are hidden there are taken together, so that what can be reckoned of them is protected too.
    """
    cells: dict[tuple[str, str], int] = {}
    for (row, column), count in counts.items():
        place = (row if rows.shown(row) else _REST, column if columns.shown(column) else _REST)
        cells[place] = cells.get(place, 0) + count
    hiding = _Hiding(cells, least)
    if not hiding.work():
        return Grid(rows, columns)
    shown: dict[tuple[str, str], Cell] = {place: hiding.hidden.get(place, count) for place, count in cells.items()}
    return Grid(rows, columns, {place: cell for place, cell in shown.items() if _REST not in place})


class _Hiding:
    """Looks for what else must be withheld. A hidden number can change if a ring of hidden numbers can: one in the
    same row the other way, one in that one's column back, and so on until the ring closes, for all sums stand.
    """

    def __init__(self, counts: Mapping[tuple[str, str], int], least: int) -> None:
        self._counts = counts
        self._least = least
        self.hidden = {place: Hidden.FEW for place, count in counts.items() if one(count, least) is Hidden.FEW}
        self._rest = {place for place in counts if _REST in place}

    def work(self) -> bool:
        """Withhold until every few is safe; False if even all of it together would not do."""
        for place in sorted(self.hidden):
            while not self._safe(place):
                found = self._next(place)
                if found is None:
                    return False
                self.hidden[found] = Hidden.WITHHELD
        return True

    def _safe(self, place: tuple[str, str]) -> bool:
        return self._reach(place, 1) >= self._least - 1 and self._reach(place, -1) <= 1

    def _reach(self, place: tuple[str, str], step: int) -> int:
        """How far a number can go up (1) or down (-1), the sums and all shown numbers standing, within few."""
        now = {p: self._counts[p] for p in self.hidden.keys() | self._rest}
        goal = self._least - 1 if step > 0 else 1
        while now[place] != goal and (ring := self._ring(now, place, step)):
            for number, other in enumerate([place, *ring]):
                now[other] += step if number % 2 == 0 else -step
        return now[place]

    def _ring(self, now: Mapping[tuple[str, str], int], place: tuple[str, str], step: int) -> list[tuple[str, str]]:
        """The places of a ring after `place`, which change the other way and back by turns; [] if there is none."""
        paths: list[list[tuple[str, str]]] = [[]]
        seen = {place[0]}
        while paths:
            path = paths.pop(0)
            row = path[-1][0] if path else place[0]
            for other in self._free(now, -step, row=row, but=place):
                if other[1] == place[1]:
                    return [*path, other]
                for back in self._free(now, step, column=other[1], but=place):
                    if back[0] not in seen:
                        seen.add(back[0])
                        paths.append([*path, other, back])
        return []

    def _free(
        self, now: Mapping[tuple[str, str], int], step: int, but: tuple[str, str], row: str = "", column: str = ""
    ) -> Iterable[tuple[str, str]]:
        """Hidden places in a row or a column that can go a step up or down."""
        for place, count in now.items():
            if place != but and (place[0] == row if row else place[1] == column) and self._may(place, count + step):
                yield place

    def _may(self, place: tuple[str, str], count: int) -> bool:
        """Whether a reader must think this number possible."""
        if place in self._rest:
            return count >= 0
        if self.hidden[place] is Hidden.FEW:
            return 1 <= count < self._least
        return count >= self._least

    def _next(self, place: tuple[str, str]) -> tuple[str, str] | None:
        """What to withhold next: the smallest that may close a ring, in the row, then the column, then anywhere."""
        free = [p for p, n in self._counts.items() if n and p not in self.hidden and p not in self._rest]
        hidden = self.hidden.keys() | self._rest
        rows, columns = {p[0] for p in hidden}, {p[1] for p in hidden}
        alone = sum(p[0] == place[0] for p in hidden) < 2, sum(p[1] == place[1] for p in hidden) < 2
        pools = (
            [p for p in free if p[0] == place[0]] if alone[0] else [],
            [p for p in free if p[1] == place[1]] if alone[1] else [],
            [p for p in free if p[0] in rows and p[1] in columns],
            free,
        )
        pool = next(filter(None, pools), [])
        return min(pool, key=lambda p: (p[1] not in columns and p[0] == place[0], self._counts[p], p), default=None)
