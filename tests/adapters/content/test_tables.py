"""Sheets: every text comes back as it went, and whatever is wrong is said by sheet, row and column."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from bot.adapters.content.tables import MOST_BYTES, Columns, csv_bytes, read_table, xlsx_bytes
from bot.adapters.content.xlsx import _SPELT
from bot.core.content.sheets import SheetError
from tests.adapters.content.writing import text

COLUMNS = Columns(("id", "text"), ("note",))
HEAD = ("id", "text", "note")


def rows(data: bytes) -> list[tuple[str, ...]]:
    return [tuple(row.cells[name] for name in HEAD) for row in read_table("s", data, COLUMNS)]


def refused(data: bytes) -> list[str]:
    with pytest.raises(SheetError) as caught:
        read_table("s.file", data, COLUMNS)
    return [str(problem) for problem in caught.value.problems]


cell = st.one_of(text(), st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30), st.sampled_from("=+-@'"))
table = st.lists(st.tuples(text(), cell, cell), max_size=6)


@settings(max_examples=200)
@given(table)
def test_csv_comes_back_as_it_went(cells: list[tuple[str, str, str]]) -> None:
    assert rows(csv_bytes(HEAD, cells)) == cells


@settings(max_examples=60, deadline=None)
@given(table.filter(lambda cells: not _SPELT.search(repr(cells)) and "\ufffe" not in repr(cells)))
def test_xlsx_comes_back_as_it_went(cells: list[tuple[str, str, str]]) -> None:
    if any(c in value for row in cells for value in row for c in "\ufffe\uffff"):
        return
    assert rows(xlsx_bytes({"s": (HEAD, cells)})) == cells


@settings(max_examples=200)
@given(st.lists(cell, min_size=1))
def test_no_cell_of_a_csv_begins_as_a_formula_does(cells: list[str]) -> None:
    shown = csv.reader(io.StringIO(csv_bytes(("id",), [[c] for c in cells]).decode("utf-8-sig"), newline=""))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in shown for cell in row)


def test_no_cell_of_an_xlsx_is_a_formula() -> None:
    data = xlsx_bytes({"s": (HEAD, [("1", '=HYPERLINK("x")', "#N/A"), ("2", "+66", "-1")])})
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}


def test_a_column_may_be_missing_and_the_order_is_free() -> None:
    assert [dict(row.cells) for row in read_table("s", b"Text,ID\nb,1\n", COLUMNS)] == [{"text": "b", "id": "1"}]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_whatever_parts_the_columns_is_understood(mark: str) -> None:
    assert rows(f"id{mark}text{mark}note\n1{mark}a{mark}b\n".encode()) == [("1", "a", "b")]


def workbook(*cells: tuple[str | float | None, ...]) -> bytes:
    book = Workbook()
    for row in cells:
        book.worksheets[0].append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_numbers_somebody_typed_are_text() -> None:
    assert rows(workbook(HEAD, (1, 1300, 2.5))) == [("1", "1300", "2.5")]


def test_everything_wrong_is_said_at_once_with_its_place() -> None:
    assert refused(
        workbook(HEAD, ("1", "=1+1", True), ("2", "ok", None), (None, None, None), ("3", "#REF!", "_x000D_"))
    ) == [
        "Sheet, row 2, text: holds a formula; write it as text",
        "Sheet, row 2, note: holds true or false; write it as text",
        "Sheet, row 5, text: holds an error value; write it as text",
        "Sheet, row 5, note: has a character spelt out as _x000D_ is; type the text again",
    ]


@pytest.mark.parametrize("sign", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"])
def test_a_formula_in_a_csv_is_refused(sign: str) -> None:
    assert "row 2, text: begins with" in refused(f'id,text\n1,"{sign}"\n'.encode())[0]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"id,note\n", "row 1, text: this column is missing"),
        (b"id,text,colour\n", "row 1, colour: no such column"),
        (b"id,text,text\n", "row 1, text: stands here twice"),
        (b"id,text\n1,a,b\n", "row 2, column 3: stands outside the table"),
        (b"id,text\n1,\xff\n", "row 2: is not UTF-8"),
        ("id,text\n1,ก\n".encode("utf-16"), "is not UTF-8"),
        ("id,text\n1,ก\n".encode("cp874"), "row 2: is not UTF-8"),
        (b"id,text\n1,\0\n", "row 2: is no CSV"),
        (b'id,text\n1,"a\n', "is no CSV"),
        (b'id,text\n1,"a"b\n', "row 2: is no CSV"),
        (b"id,text\n1," + b"a" * 200_000 + b"\n", "row 2: is no CSV"),
        (b"id,text\n1," + b"a" * 9_000 + b"\n", "row 2, text: is longer than 8000"),
        (b"id,text\n" + b"1,a\n" * 100_001, "more than 100000 rows"),
        (b"a" * (MOST_BYTES + 1), "is larger than 10 MB"),
        (b"a" * (100 * 1024 * 1024), "is larger than 10 MB"),
        (b"PK\x03\x04 nothing", "is no XLSX file"),
        (b"\xd0\xcf\x11\xe0 an old xls", "is not UTF-8"),
    ],
    ids=range(18),
)
def test_a_hostile_or_broken_file_is_refused(data: bytes, said: str) -> None:
    problems = refused(data)
    assert said in problems[0] and len(problems) == 1


def archive(**parts: bytes) -> bytes:
    """A sound workbook with some of its parts replaced or added."""
    sound = zipfile.ZipFile(io.BytesIO(workbook(HEAD, ("1", "a", "b"))))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name in {*sound.namelist(), *parts}:
            made.writestr(name, parts.get(name, sound.read(name) if name in sound.namelist() else b""))
    return buffer.getvalue()


SOUND = xlsx_bytes({"s": (HEAD, [("1", "ກ", "b")])})
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&b;</t></si></sst>"""
SHARED = {
    "[Content_Types].xml": zipfile.ZipFile(io.BytesIO(SOUND))
    .read("[Content_Types].xml")
    .replace(
        b"</Types>",
        b'<Override PartName="/xl/sharedStrings.xml" ContentType='
        b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
    )
}
STRINGS = """<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>id</t></si><si><t>text</t></si>
<si><r><t>ສະ</t></r><r><t xml:space="preserve">ບາຍ ດີ</t></r></si></sst>"""
SHEET = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>
<row r="2"><c r="A2"><v>7</v></c><c r="B2" t="s"><v>2</v></c></row></sheetData></worksheet>"""
FAR = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row></sheetData></worksheet>"""


def test_a_workbook_as_spreadsheet_programs_write_it_is_read() -> None:
    data = archive(**SHARED, **{"xl/sharedStrings.xml": STRINGS.encode(), "xl/worksheets/sheet1.xml": SHEET})
    assert [dict(row.cells) for row in read_table("s", data, COLUMNS)] == [{"id": "7", "text": "ສະບາຍ ດີ"}]


@pytest.mark.parametrize(
    "data",
    [
        archive(**{"xl/bomb.bin": b"\0" * 70 * 1024 * 1024}),
        archive(**{f"xl/{n}.bin": b"" for n in range(300)}),
        archive(**SHARED, **{"xl/sharedStrings.xml": LAUGHS}),
        archive(**{"xl/workbook.xml": LAUGHS}),
        archive(**{"xl/worksheets/sheet1.xml": LAUGHS}),
        archive(**{"xl/worksheets/sheet1.xml": FAR}),
        archive(**{"xl/worksheets/sheet1.xml": b"<"}),
        archive(**{"[Content_Types].xml": b""}),
        xlsx_bytes({"s": (HEAD, [("1", "a", "b")])})[:-30],
    ],
    ids=[
        "bomb",
        "parts",
        "laughs",
        "laughs in the book",
        "laughs in a sheet",
        "far away",
        "cut xml",
        "no types",
        "cut",
    ],
)
def test_a_hostile_workbook_is_refused(data: bytes) -> None:
    assert refused(data)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(SOUND)))
    junk = data.draw(st.binary(max_size=20))
    try:
        read_table("s", SOUND[:at] + junk + SOUND[at + len(junk) :], COLUMNS)
    except SheetError as exc:
        assert exc.problems
