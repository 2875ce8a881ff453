"""What a sheet (CSV or XLSX) is to us: rows of text by column, and what is wrong with one by sheet, row and column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.core.errors import ContentError


@dataclass(frozen=True)
class Problem:
    """What is wrong in a sheet. `row` counts from 1 as programs show it; 0 and "" mean the whole sheet or file."""

    sheet: str
    row: int
    column: str
    why: str

    def __str__(self) -> str:
        place = [self.sheet, f"row {self.row}" if self.row else "", self.column]
        return f"{', '.join(filter(None, place))}: {self.why}"


class SheetError(ContentError):
    """A sheet can't be taken in; `problems` says all of it, nothing was changed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Row:
    """One line of a sheet: text by column."""

    sheet: str
    number: int
    cells: Mapping[str, str]

    def problem(self, column: str, why: str) -> Problem:
        """Something wrong in this row."""
        return Problem(self.sheet, self.number, column, why)
