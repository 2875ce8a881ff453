"""The file of legal facts: refused by line, placeholders, dates; and the one the product ships."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.adapters.facts_file import load_facts, read_facts, report_facts
from bot.core.errors import ContentError

SHIPPED = Path(__file__).parents[2] / "nlu_data" / "facts.yml"
SMALL = """\
defaults: {checked: 2026-11-01, valid_months: 6}
facts:
  th_wage:
    place: TH
    subject: ask_minimum_wage
    value: THB 400
    year: 2025
    confidence: B
    sources: [S]
    note: a day
  th_act: {place: TH, subject: ask_contract, value: 1998, confidence: A, sources: [S, R], valid_until: 2027-01-31}
sources:
  S: example.org/page
  R: example.org/other
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "facts.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_fact_fills_its_placeholder_and_that_of_its_year(tmp_path: Path) -> None:
    assert load_facts(write(tmp_path, SMALL)) == {
        "fact_th_wage": "THB 400",
        "fact_th_wage_year": "2025",
        "fact_th_act": "1998",
    }


def test_a_fact_holds_for_the_usual_time_unless_it_says_otherwise(tmp_path: Path) -> None:
    facts = read_facts(write(tmp_path, SMALL))
    assert [fact.valid_until for fact in facts] == [date(2027, 5, 1), date(2027, 1, 31)]


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [
        ("  th_wage:", "  th_wage_year:", 3),
        ("  th_wage:", "  TH-wage:", 3),
        ("place: TH\n", "place: Thailand\n", 4),
        ("subject: ask_minimum_wage", "subject: wages", 5),
        ("value: THB 400", "value: about 400 baht", 6),
        ("value: THB 400", "value: ''", 6),
        ("year: 2025", "year: last year", 7),
        ("confidence: B", "confidence: C", 8),
        ("confidence: B", "confidence: A", 8),  # one source is not two
        ("sources: [S]", "sources: [T]", 9),
        ("note: a day", "notes: a day", 10),
        ("valid_until: 2027-01-31", "valid_until: 2026-01-31", 11),
        ("valid_until: 2027-01-31", "valid_until: 2029-01-31", 11),
        ("valid_until: 2027-01-31", "checked: 2026-02-30", 11),
        ("  R: example.org/other", "  R: example.org/other\n  Q: example.org/unused", 15),
        ("facts:\n", "facts: [\n", 4),
    ],
)
def test_a_bad_entry_is_refused_by_file_and_line(tmp_path: Path, right: str, wrong: str, line: int) -> None:
    assert right in SMALL
    path = write(tmp_path, SMALL.replace(right, wrong))
    with pytest.raises(ContentError, match=rf"^{path}:{line}: "):
        read_facts(path)


@pytest.mark.parametrize("value", ["HK$4,990", "10%", "1.5", "THB 337–400", "69/2020", "LAK 2,500,000", "S$30,000"])
def test_values_are_numbers_with_their_signs(tmp_path: Path, value: str) -> None:
    assert load_facts(write(tmp_path, SMALL.replace("THB 400", value)))["fact_th_wage"] == value


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ContentError):
        load_facts(tmp_path / "none.yml")


def test_content_staff_hear_of_what_is_out_of_date(tmp_path: Path) -> None:
    facts = read_facts(write(tmp_path, SMALL))
    assert report_facts(facts, date(2026, 12, 1)) == ["facts: 2, confidence A: 1, B: 1"]
    assert report_facts(facts, date(2027, 2, 1))[:1] == [
        "overdue: th_act (TH, 1998) was to be checked again by 2027-01-31"
    ]
    assert "wrong date: th_wage" in report_facts(facts, date(2026, 1, 1))[0]


def test_the_shipped_facts_are_sound_and_wages_end_in_january() -> None:
    facts = read_facts(SHIPPED)
    assert all(fact.confidence in "AB" for fact in facts)
    wages = [fact for fact in facts if fact.subject == "ask_minimum_wage"]
    assert wages and all(fact.valid_until <= date(2027, 1, 31) for fact in wages)
    assert {fact.place for fact in facts} >= {"TH", "MY", "HK", "TW", "SG", "KH", "VN", "LA", "JP", "KR"}


def test_no_fact_is_of_a_place_without_good_sources() -> None:
    assert {fact.place for fact in read_facts(SHIPPED)}.isdisjoint({"MM", "CN"})
