"""Training sentences as sheets: there and back, and refused by row and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.content.sentence_sheet import COLUMNS, HEAD, take_in, to_csv, to_xlsx
from bot.adapters.content.sentences import read_sentences
from bot.adapters.content.tables import csv_bytes, read_table
from bot.core.content.sheets import SheetError
from tests.adapters.content.test_sentences import SMALL, held, lines_that_differ, named, nobody
from tests.adapters.content.test_sentences import root as root

ROOT = Path(__file__).parents[3]


def rows(root: Path) -> list[list[str]]:
    return [[row.cells[name] for name in HEAD] for row in read_table("s", to_csv(root), COLUMNS)]


def test_a_sheet_that_nobody_touched_changes_nothing(root: Path) -> None:
    for data in (to_csv(root), to_xlsx(root)):
        assert not take_in(root, "s", data, nobody)
    assert held(root) == SMALL


def test_every_shipped_sentence_goes_out_and_comes_back() -> None:
    for data in (to_csv(ROOT), to_xlsx(ROOT, ("my", "zh", "en"))):
        found = [row.cells["text"] for row in read_table("s", data, COLUMNS)]
        languages = ("th", "vi", "km", "my", "lo", "zh", "en") if data == to_csv(ROOT) else ("my", "zh", "en")
        assert found == [s.text for language in languages for s in read_sentences(ROOT, language)]
    assert not take_in(ROOT, "s", to_csv(ROOT), nobody)


def test_a_sheet_adds_edits_moves_and_deletes(root: Path) -> None:
    cells = rows(root)
    cells[1][5] = "ສະບາຍດີອ້າຍ"
    cells[2][6] = "yes"
    cells[4][2] = "goodbye"
    cells.append(["", "lo", "thank", "plain", "", "ຊ່ວຍຂ້ອຍແດ່", ""])
    cells.append(["", "en", "thank", "learner", "", "tank you sir", ""])
    assert take_in(root, "s", csv_bytes(HEAD, cells), nobody) == {"added": 2, "changed": 2, "deleted": 1}
    assert {(s.text, s.intent) for s in read_sentences(root)} == {
        ("ສະບາຍດີ", "greet"), ("ສະບາຍດີອ້າຍ", "greet"), ("ຂອບໃຈ", "thank"), ("ຊ່ວຍຂ້ອຍແດ່", "thank"),
        ("ຂອບໃຈຫຼາຍໆ", "goodbye"), ("tank you sir", "thank"),
    }  # fmt: skip


def test_a_sheet_without_ids_only_adds(root: Path) -> None:
    data = "language,intent,kind,text\nlo,thank,plain,ຊ່ວຍຂ້ອຍແດ່\n".encode()
    assert take_in(root, "s", data, nobody) == {"added": 1}
    assert lines_that_differ(SMALL, held(root)) == ([], ["    - ຊ່ວຍຂ້ອຍແດ່"])


def test_everything_wrong_is_said_by_row_and_column_and_nothing_changes(root: Path) -> None:
    cells = rows(root)
    cells[1][0] = cells[0][0]
    cells[2][2] = "hello"
    cells[3][3], cells[3][4], cells[3][6] = "loud", "Hans", "no"
    cells.append(["s000000000000", "xx", "thank", "plain", "", "a", ""])
    with pytest.raises(SheetError) as caught:
        take_in(root, "s.csv", csv_bytes(HEAD, cells), nobody)
    assert [(p.row, p.column) for p in caught.value.problems] == [
        (2, "id"), (3, "id"), (4, "intent"), (5, "kind"), (5, "script"), (5, "delete"), (6 + 1, "language"), (7, "id"),
    ]  # fmt: skip
    assert held(root) == SMALL


def test_a_sentence_that_may_not_be_is_refused_by_row(root: Path) -> None:
    cells = [
        ["", "lo", "thank", "plain", "", "ໂທ 020 5555 1234", ""],
        ["", "lo", "thank", "plain", "", "ສະບາຍດີ", ""],
        ["", "lo", "thank", "plain", "", "", ""],
    ]
    with pytest.raises(SheetError) as caught:
        take_in(root, "s.csv", csv_bytes(HEAD, cells), nobody)
    assert {(p.row, p.column) for p in caught.value.problems} == {(2, "text"), (3, "text"), (4, "text")}
    assert held(root) == SMALL


def test_a_sheet_out_of_date_is_refused(root: Path) -> None:
    old = to_csv(root)
    cells = rows(root)
    cells[0][5] = "ສະບາຍດີອ້າຍ"
    take_in(root, "s", csv_bytes(HEAD, cells), nobody)
    with pytest.raises(SheetError, match="row 2, id: .* changed since the sheet was written"):
        take_in(root, "s", old, nobody)
    assert named(root, "ສະບາຍດີອ້າຍ")
