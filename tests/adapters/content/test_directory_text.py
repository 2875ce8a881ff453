"""The directory's entries: changed by lines, under the schema's checks, checked today with a source."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.content.directory_text import (
    FILE,
    _changed,
    _flow,
    _plain,
    add_entry,
    change_entry,
    checked,
    overdue,
    read_fields,
)
from bot.adapters.directory_file import load_directory
from bot.core.errors import ContentError
from tests.adapters.content.test_sentences import lines_that_differ
from tests.adapters.content.writing import line
from tests.adapters.test_directory_file import SMALL

SHIPPED = (Path(__file__).parents[3] / FILE).read_text("utf-8")
DAY = date(2026, 12, 1)
NOW = 1_790_000_000_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "nlu_data").mkdir()
    (tmp_path / FILE).write_text(SHIPPED, "utf-8")
    return tmp_path


def differs(root: Path) -> tuple[list[str], list[str]]:
    return lines_that_differ(SHIPPED, (root / FILE).read_text("utf-8"))


def test_a_changed_field_is_a_changed_line_with_its_comment(root: Path) -> None:
    change_entry(root, "th-police", {"numbers": [{"number": "1911"}]})
    assert differs(root) == (
        ['    numbers: [{number: "191"}]  # another code was announced; old numbers are redirected'],
        ['    numbers: [{number: "1911"}]  # another code was announced; old numbers are redirected'],
    )


def test_what_does_not_change_is_left_alone(root: Path) -> None:
    for entry in load_directory(root / FILE).entries[::9]:
        assert _changed(SHIPPED, entry.id, read_fields(root, entry.id)) == SHIPPED
    change_entry(root, "th-police", read_fields(root, "th-police"))
    assert differs(root) == ([], [])


def test_a_new_field_has_its_usual_place_and_none_takes_one_away(root: Path) -> None:
    change_entry(root, "th-police", {"cost": "free", "own": None})
    assert differs(root) == (["    own: {th: ตำรวจ}"], ["    cost: free"])
    text = (root / FILE).read_text("utf-8").partition("  th-police:\n")[2]
    assert text.index("cost: free") < text.index("confidence")


def test_several_numbers_stand_a_line_each(root: Path) -> None:
    numbers = [{"number": "191", "label": "police, by day"}, {"number": "192", "via": ["call", "sms"]}]
    change_entry(root, "th-police", {"numbers": numbers})
    assert read_fields(root, "th-police")["numbers"] == numbers
    assert '      - {number: "191", label: "police, by day"}' in differs(root)[1]


@pytest.mark.parametrize(
    ("id", "changes", "why"),
    [
        ("th-police", {"country": "UK"}, "country"),
        ("th-police", {"kinds": ["rescue"]}, "kinds"),
        ("th-police", {"name": "Police 191"}, "digits"),
        ("th-police", {"numbers": [{"number": "19"}]}, "phone number"),
        ("th-police", {"numbers": [{"number": "1300"}]}, "second time"),
        ("th-police", {"numbers": []}, "1 to 6"),
        ("th-police", {"confidence": None}, "confidence is missing"),
        ("th-police", {"sources": ["TH999"]}, "no source"),
        ("th-police", {"checked": "2026-02-30"}, "calendar"),
        ("th-police", {"colour": "red"}, "colour"),
        ("th-police", {"note": "a\u202eb"}, "cannot be seen"),
        ("th-police", {"note": "a: b # c\n  evil: true"}, "cannot be seen"),
        ("gone", {"cost": "free"}, "no entry"),
    ],
)
def test_what_the_schema_refuses_is_not_written(root: Path, id: str, changes: dict[str, object], why: str) -> None:
    with pytest.raises(ContentError, match=why):
        change_entry(root, id, changes)
    assert differs(root) == ([], [])


def test_an_entry_is_added_behind_those_of_its_country(root: Path) -> None:
    fields = {
        "country": "TH", "kinds": ["ngo"], "name": "Made-up line", "numbers": [{"number": "0800-555-0199"}],
        "confidence": "B", "sources": ["TH3"], "checked": "2026-11-24",
    }  # fmt: skip
    add_entry(root, "th-made-up", fields)
    assert differs(root)[0] == [] and read_fields(root, "th-made-up") == fields
    ids = [entry.id for entry in load_directory(root / FILE).entries]
    assert ids[ids.index("th-made-up") - 1].startswith("th-")
    with pytest.raises(ContentError, match="already"):
        add_entry(root, "th-police", fields)


def test_checked_today_on_a_known_source(root: Path) -> None:
    checked(root, "th-police", DAY, "TH7")
    assert differs(root) == ([], ['    checked: "2026-12-01"'])
    entry = load_directory(root / FILE).entry("th-police")
    assert entry is not None and entry.checked == DAY


def test_checked_today_on_a_page_nobody_cited_yet(root: Path) -> None:
    checked(root, "th-police", DAY, "royalthaipolice.example/contact")
    gone, came = differs(root)
    assert gone == ["    sources: [TH7, TH6]"]
    assert [text for text in came if "royalthaipolice" in text or "sources" in text] == [
        "    sources: [TH33, TH7, TH6]".replace("TH33", read_fields(root, "th-police")["sources"][0]),
        f"  {read_fields(root, 'th-police')['sources'][0]}: {{page: royalthaipolice.example/contact}}",
    ]
    checked(root, "th-tourist-police", DAY, "royalthaipolice.example/contact")
    assert read_fields(root, "th-tourist-police")["sources"][0] == read_fields(root, "th-police")["sources"][0]


@pytest.mark.parametrize("source", ["", "https://x.example", "TH999", "nowhere", 'x.example/"}'])
def test_a_check_needs_a_source(root: Path, source: str) -> None:
    with pytest.raises(ContentError, match="source"):
        checked(root, "th-police", DAY, source)
    assert differs(root) == ([], [])


def test_an_end_that_is_past_goes_with_a_new_check(root: Path) -> None:
    change_entry(root, "th-police", {"valid_until": "2026-11-30"})
    checked(root, "th-police", DAY, "TH7")
    assert "valid_until" not in read_fields(root, "th-police")


def test_what_is_overdue_comes_oldest_first_and_what_soon_will_be(root: Path) -> None:
    assert overdue(root, NOW) == []
    change_entry(root, "th-police", {"valid_until": "2027-01-01"})
    soon = overdue(root, NOW, 365)
    assert soon[0].id == "th-police" and len(soon) > 20


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from("abc"), line() | st.lists(line(), max_size=3), max_size=3))
def test_any_value_in_any_script_comes_back(value: dict[str, object]) -> None:
    node = yaml.compose(f"x: {_flow(value)}\n", Loader=yaml.CBaseLoader)
    assert _plain(node) == {"x": value}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(line().filter(lambda text: not any("\u200b" <= c <= "\u200d" for c in text)))
def test_any_note_in_any_script_is_one_changed_line(root: Path, note: str) -> None:
    (root / FILE).write_text(SMALL, "utf-8")
    change_entry(root, "th-line", {"note": note})
    assert read_fields(root, "th-line")["note"] == note
    gone, came = lines_that_differ(SMALL, (root / FILE).read_text("utf-8"))
    assert (gone, len(came)) == (["    note: A note."], 1)
