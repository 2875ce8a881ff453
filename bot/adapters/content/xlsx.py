"""XLSX through openpyxl (which reads XML by defusedxml): text in, text out, hostile files refused."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import IllegalCharacterError

from bot.core.content.sheets import Problem, SheetError
from bot.core.errors import ContentError

# A sheet of ours is far smaller; what unpacks to more is a bomb.
MOST_UNPACKED = 64 * 1024 * 1024
MOST_PARTS = 200
MOST_SHEETS = 20
MOST_COLUMNS = 30
LAST_ROW = 100_001
# How XLSX spells characters XML has not; kept out both ways, for programs read it differently.
_SPELT = re.compile("_x[0-9A-Fa-f]{4}_")
# What zipfile and openpyxl raise on files that are not what they say; openpyxl has no error of its own for them.
# Each but AttributeError came up among twenty thousand damaged sheets.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError,  # the archive, or what is packed in it
    RuntimeError,  # encrypted, packed in a way nobody reads (NotImplementedError), nested without end (RecursionError)
    ParseError,  # no XML
    ValueError,  # a number or name that is none; entities, which defusedxml refuses
    LookupError,  # a part or style that is named and not there
    TypeError, AttributeError,  # an attribute or element that is missing
)  # fmt: skip
Cells = tuple[int, list[str], list[str]]


def xlsx_bytes(sheets: Mapping[str, tuple[Sequence[str], Iterable[Sequence[str]]]]) -> bytes:
    """Sheets by name (columns, rows), every cell as text; raises ContentError for what XLSX can't hold."""
    book = Workbook(write_only=True)
    for name, (columns, rows) in sheets.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for row in (columns, *rows):
            sheet.append([_text(sheet, name, cell) for cell in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


# Any: what openpyxl makes of a sheet and a value has no type of its own.
def _text(sheet: Any, name: str, value: str) -> Any:
    if _SPELT.search(value) or "\r" in value or len(value) > 32_000:
        raise ContentError(f"{name}: {value[:40]!r} can't stand in an XLSX file; use CSV")
    try:
        cell = WriteOnlyCell(sheet, value)
    except IllegalCharacterError as exc:
        raise ContentError(f"{name}: {value[:40]!r} can't stand in an XLSX file; use CSV") from exc
    # Text, whatever it looks like: neither a formula now nor a number when somebody touches it.
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def read_xlsx(name: str, data: bytes) -> dict[str, list[Cells]]:
    """Sheets by name: for each row its number, its cells as text, and what is wrong with each cell, "" for nothing.

    Raises SheetError for a file that is no XLSX, or too much of one.
    """
    try:
        _refuse_bombs(name, data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        if len(book.worksheets) > MOST_SHEETS:
            raise SheetError([Problem(name, 0, "", f"more than {MOST_SHEETS} sheets")])
        found: dict[str, list[Cells]] = {}
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            if rows := list(_rows(sheet.title, sheet.iter_rows(max_row=LAST_ROW + 1, max_col=MOST_COLUMNS + 1))):
                found[sheet.title] = rows
        if not found:
            raise SheetError([Problem(name, 0, "", "is empty")])
        return found
    except _BROKEN as exc:
        raise SheetError([Problem(name, 0, "", f"is no XLSX file that can be read ({type(exc).__name__})")]) from exc


def _refuse_bombs(name: str, data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    size = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or size > MOST_UNPACKED:
        raise SheetError([Problem(name, 0, "", f"unpacks to {len(parts)} parts of {size // 2**20} MB, too much")])


def _rows(name: str, rows: Iterator[tuple[object, ...]]) -> Iterator[Cells]:
    for number, row in enumerate(rows, 1):
        cells = [_cell(cell) for cell in row]
        while cells and cells[-1] == ("", ""):
            cells.pop()
        if number > LAST_ROW or len(cells) > MOST_COLUMNS:
            raise SheetError([Problem(name, number, "", f"more than {LAST_ROW} rows or {MOST_COLUMNS} columns")])
        if cells or number == 1:
            yield number, [text for text, _ in cells], [why for _, why in cells]


def _cell(cell: object) -> tuple[str, str]:
    """A cell's text, and what is wrong with it."""
    value, kind = getattr(cell, "value", None), getattr(cell, "data_type", "n")
    if value is None:
        return "", ""
    if kind == "f" or not isinstance(value, str | int | float) or kind == "e" or isinstance(value, bool):
        what = {"f": "a formula", "e": "an error value", "b": "true or false", "d": "a date"}.get(kind, "no text")
        return "", f"holds {what}; write it as text"
    # A number too large for XLSX is read as infinite, which is no whole one.
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if _SPELT.search(text):
        return text, "has a character spelt out as _x000D_ is; type the text again"
    return text, ""
