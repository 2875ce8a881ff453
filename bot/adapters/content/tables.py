"""CSV and XLSX, in and out, without loss; what a spreadsheet program would run as a formula never passes.

On the way out a CSV cell that begins as a formula does gets an apostrophe before it, which the way in takes off.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.adapters.content.xlsx import read_xlsx, xlsx_bytes
from bot.core.content.sheets import Problem, Row, SheetError

__all__ = ["Columns", "csv_bytes", "read_table", "xlsx_bytes"]

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 100_000
LONGEST_CELL = 8_000
# Signs a spreadsheet program may take for the beginning of a formula.
_FORMULA = "=+\\-@\t\r＝＋－＠"
_GUARDED = re.compile(f"'*[{_FORMULA}]")
_BARE = re.compile(f"[{_FORMULA}]")


class Columns:
    """The columns of a sheet: those it must have, and those it may have."""

    def __init__(self, need: Sequence[str], may: Sequence[str] = ()) -> None:
        self.need, self.may = tuple(need), tuple(may)

    def head(self, sheet: str, cells: Sequence[str]) -> tuple[str, ...]:
        """The names of the columns as the first row has them; raises SheetError."""
        names = [cell.strip().lower() for cell in cells]
        while names and not names[-1]:
            names.pop()
        known = (*self.need, *self.may)
        problems = [Problem(sheet, 1, name, "this column is missing") for name in self.need if name not in names]
        problems += [
            Problem(sheet, 1, name or "(empty)", f"no such column; known are: {', '.join(known)}")
            for name in names
            if name not in known
        ]
        problems += [Problem(sheet, 1, name, "stands here twice") for name in known if names.count(name) > 1]
        if problems:
            raise SheetError(problems)
        return tuple(names)


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table as CSV: UTF-8 with its mark, so that spreadsheet programs know."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([f"'{cell}" if _GUARDED.match(cell) else cell for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def read_table(name: str, data: bytes, columns: Columns) -> list[Row]:
    """The rows of a file, of all its sheets; `name` is for errors. Raises SheetError with everything wrong."""
    if len(data) > MOST_BYTES:
        raise SheetError([Problem(name, 0, "", f"is larger than {MOST_BYTES // 2**20} MB")])
    tables: Mapping[str, Iterable[tuple[int, Sequence[str], Sequence[str]]]]
    tables = read_xlsx(name, data) if data.startswith(b"PK") else {name: _csv_rows(name, data, columns)}
    problems: list[Problem] = []
    rows: list[Row] = []
    for sheet, table in tables.items():
        _take(sheet, table, columns, rows, problems)
    if problems:
        raise SheetError(problems)
    return rows


def _take(
    sheet: str,
    table: Iterable[tuple[int, Sequence[str], Sequence[str]]],
    columns: Columns,
    rows: list[Row],
    problems: list[Problem],
) -> None:
    """Add a sheet's rows and what is wrong with them; a row comes with a fault of each cell, "" for none."""
    head: tuple[str, ...] | None = None
    for number, cells, faults in table:
        if number > MOST_ROWS:
            problems.append(Problem(sheet, number, "", f"more than {MOST_ROWS} rows"))
            return
        if head is None:
            head = columns.head(sheet, cells)
            continue
        names = [*head, *(f"column {n + 1}" for n in range(len(head), len(cells)))]
        found = [Problem(sheet, number, n, f) for n, f in zip(names, faults, strict=False) if f]
        found += [
            Problem(sheet, number, n, f"is longer than {LONGEST_CELL} characters")
            for n, cell in zip(names, cells, strict=False)
            if len(cell) > LONGEST_CELL
        ]
        found += [Problem(sheet, number, n, "stands outside the table") for n in _outside(names, cells, len(head))]
        problems += found
        if not found and any(cell.strip() for cell in cells):
            filled = [*cells, *[""] * (len(head) - len(cells))]
            rows.append(Row(sheet, number, dict(zip(head, filled, strict=False))))


def _outside(names: Sequence[str], cells: Sequence[str], width: int) -> list[str]:
    return [n for n, cell in list(zip(names, cells, strict=False))[width:] if cell.strip()]


def _csv_rows(name: str, data: bytes, columns: Columns) -> Iterator[tuple[int, list[str], list[str]]]:
    text = _decoded(name, data)
    mark = _delimiter(text, columns)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            yield number, [_unguarded(cell) for cell in cells], [_bare(cell) for cell in cells]
    except csv.Error as exc:
        raise SheetError([Problem(name, number + 1, "", f"is no CSV: {exc}")]) from exc
    if not number:
        raise SheetError([Problem(name, 0, "", "is empty")])


def _decoded(name: str, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        row = data.count(b"\n", 0, exc.start) + 1
        raise SheetError([Problem(name, row, "", "is not UTF-8; save it as CSV UTF-8, or as XLSX")]) from exc
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise SheetError([Problem(name, row, "", "is no CSV: it has a null character")])
    return text


def _delimiter(text: str, columns: Columns) -> str:
    """What parts the columns: programs write a comma, a semicolon or a tab, as the country has it."""
    head = text.partition("\n")[0].strip().replace('"', "").lower()
    return next((mark for mark in ",;\t" if set(columns.need) <= {n.strip() for n in head.split(mark)}), ",")


def _bare(cell: str) -> str:
    return f"begins with {cell[0]!r} as a formula does; put an apostrophe (') before it" if _BARE.match(cell) else ""


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _GUARDED.match(cell) else cell
