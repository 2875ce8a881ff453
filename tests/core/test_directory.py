"""Whom to call, in which order, and how a person reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.checked import Path
from bot.core.directory import Directory, parse, report
from bot.core.entry import KINDS
from bot.core.numbers import numbers_text
from bot.i18n import Book

Plain = dict[str, Any]  # what a content file holds before it is checked


def at(text: str) -> int:
    """Milliseconds of a UTC time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp() * 1000)


NOON = at("2026-11-02 03:00")  # Monday 12:00 in Tokyo, 10:00 in Bangkok


@dataclass
class Stopped:
    """A clock that stands still."""

    time: int = NOON

    def now(self) -> int:
        return self.time


def line_of(path: Path) -> str:
    return f"directory.yml:{len(path) + 1}"


def entry(country: str, kinds: list[str], number: str, **more: object) -> Plain:
    base: Plain = {"country": country, "kinds": kinds, "name": "Helpline", "numbers": [{"number": number}]}
    return base | {"confidence": "B", "sources": ["S"]} | more


def content(entries: Mapping[str, Plain]) -> Plain:
    return {
        "defaults": {"checked": "2026-11-01", "valid_months": "6"},
        "entries": dict(entries),
        "sources": {"S": {"page": "example.org/page", "date": "2025"}},
        "misprints": [{"number": "555 0100", "instead": next(iter(entries)), "why": "a digit off"}],
    }


def directory(**entries: Plain) -> Directory:
    return parse(content({id.replace("_", "-"): value for id, value in entries.items()}), line_of)


def shown(whole: Directory, locale: str = "en", now: int = NOON) -> str:
    """All entries as the book shows them."""
    book: Book
    render = numbers_text(
        whole,
        Stopped(now),
        lambda locale, phrase, args: book.text(locale, phrase, "", args),
        lambda locale, english: book.translate(locale, "directory", english),
    )
    book = Book({}, [], render, {})
    return render([item.id for item in whole.entries], locale)


RICH = entry(
    "TH", ["ngo", "consular"], "1300", nationals="TH", own={"th": "ศูนย์"}, languages=["th"], channels=["line"],
    hours={"zone": "Asia/Tokyo", "open": ["Mon 09:00-17:00"]}, checked="2026-11-01", valid_until="2027-01-01",
    interpreters={"languages": ["vi"], "hours": "always"}, cost="free", note="A note.",
)  # fmt: skip


def test_the_language_of_the_person_comes_first_then_who_is_open_then_who_is_surer() -> None:
    night = {"zone": "Asia/Tokyo", "open": ["Mon-Fri 18:00-23:00"]}
    day = {"zone": "Asia/Tokyo", "open": ["Mon-Fri 09:00-17:00"]}
    whole = directory(
        closed=entry("JP", ["labour"], "1001", hours=night, confidence="A"),
        unknown=entry("JP", ["labour"], "1002"),
        open_b=entry("JP", ["labour"], "1003", hours=day),
        open_a=entry("JP", ["labour"], "1004", hours="always", confidence="A"),
        many=entry("JP", ["labour"], "1005", languages=["mul"]),
        speaks=entry("JP", ["labour"], "1006", languages=["vi"], hours=night),
    )
    order = ("speaks", "many", "open-a", "open-b", "unknown", "closed")
    assert whole.pick(("labour",), "JP", "vi", NOON, 6) == order


def test_the_country_comes_before_its_region_and_the_world() -> None:
    whole = directory(
        world=entry("world", ["ngo"], "1001"),
        eu=entry("EU", ["ngo"], "1002"),
        de=entry("DE", ["ngo"], "1003"),
        fr=entry("FR", ["ngo"], "1004"),
    )
    assert whole.pick(("ngo",), "DE", "vi", NOON) == ("de", "world", "eu")
    assert whole.pick(("ngo",), "TH", "vi", NOON) == ("world",)


def test_without_a_country_only_world_wide_entries_are_said() -> None:
    whole = directory(world=entry("world", ["ngo"], "1001"), th=entry("TH", ["ngo", "emergency"], "1002"))
    assert whole.pick(("ngo",), "", "th", NOON) == ("world",)
    assert whole.pick(("emergency",), "", "th", NOON) == ()


def test_a_country_without_a_checked_number_gets_none() -> None:
    whole = directory(th=entry("TH", ["emergency"], "1001"))
    assert whole.pick(("emergency",), "LA", "lo", NOON) == ()
    assert (whole.has("TH", ("emergency",)), whole.has("LA", ("emergency",))) == (True, False)


def consular() -> Directory:
    return directory(
        tw=entry("TW", ["trafficking"], "1001"),
        abroad=entry("TH", ["consular", "trafficking"], "+66 1002", nationals="TH"),
        inside=entry("VN", ["consular"], "1003", nationals="VN"),
    )


def test_a_line_for_people_abroad_follows_the_country_and_is_for_its_nationals() -> None:
    whole = consular()
    assert whole.pick(("trafficking",), "TW", "th", NOON) == ("tw", "abroad")
    assert whole.pick(("trafficking",), "TW", "my", NOON) == ("tw",)
    assert whole.pick(("consular",), "TH", "my", NOON) == ()


def test_a_line_that_cannot_be_dialled_from_abroad_is_not_said_abroad() -> None:
    whole = consular()
    assert whole.pick(("consular",), "JP", "vi", NOON) == ()
    assert whole.pick(("consular",), "VN", "vi", NOON) == ("inside",)


def test_every_kind_gives_its_best_before_any_gives_its_second() -> None:
    whole = directory(
        police=entry("TH", ["emergency"], "1001", confidence="A"),
        tourist=entry("TH", ["emergency"], "1002", confidence="A"),
        fire=entry("TH", ["emergency"], "1003", confidence="A"),
        khmer=entry("TH", ["trafficking"], "1004", languages=["km"]),
        both=entry("TH", ["trafficking", "emergency"], "1005"),
    )
    assert whole.pick(("emergency", "trafficking"), "TH", "km", NOON, 2) == ("police", "khmer")
    assert whole.pick(("emergency", "trafficking"), "th", "km", NOON) == ("police", "tourist", "khmer", "both")


def test_interpreters_speak_in_their_hours_only() -> None:
    hours = {"zone": "Asia/Hong_Kong", "open": ["Mon-Sun 08:00-22:00"], "holidays": "closed"}
    item = entry("HK", ["labour"], "1001", hours="always", interpreters={"languages": ["th"], "hours": hours})
    line = directory(hk=item).entries[0]
    assert [line.speaks("th", at(f"2026-11-02 {time}")) for time in ("00:00", "13:59", "14:00")] == [True, True, False]


@pytest.mark.parametrize(
    ("spans", "time", "is_open"),
    [
        (["Mon-Fri 09:00-12:30", "Mon-Fri 13:30-17:00"], "2026-11-02 03:29", True),  # Monday 12:29 in Tokyo
        (["Mon-Fri 09:00-12:30", "Mon-Fri 13:30-17:00"], "2026-11-02 03:30", False),
        (["Mon-Fri 09:00-12:30"], "2026-11-01 03:00", False),  # Sunday
        (["Sun-Thu 09:00-18:00"], "2026-11-01 03:00", True),
        (["Sun-Thu 09:00-18:00"], "2026-11-06 03:00", False),  # Friday
        (["Mon,Wed,Fri 11:00-19:00"], "2026-11-04 03:00", True),
        (["Mon,Wed,Fri 11:00-19:00"], "2026-11-03 03:00", False),
        (["Sun 22:00-24:00", "Mon 00:00-02:00"], "2026-11-01 15:30", True),  # Monday 00:30 in Tokyo
    ],
)
def test_hours_are_those_of_the_lines_own_zone(spans: list[str], time: str, is_open: bool) -> None:
    item = entry("JP", ["labour"], "1001", hours={"zone": "Asia/Tokyo", "open": spans})
    hours = directory(jp=item).entries[0].hours
    assert hours is not None and hours.open_at(at(time)) == is_open


def test_a_check_lasts_six_months_unless_the_entry_says_otherwise() -> None:
    whole = directory(
        usual=entry("TH", ["ngo"], "1001"),
        again=entry("TH", ["ngo"], "1002", checked="2027-02-01"),
        short=entry("TH", ["ngo"], "1003", valid_until="2026-12-01"),
    )
    assert [str(item.valid_until) for item in whole.entries] == ["2027-05-01", "2027-08-01", "2026-12-01"]
    assert [item.id for item in whole.overdue(at("2027-05-01 12:00"))] == ["short"]
    assert [item.id for item in whole.overdue(at("2027-05-02 12:00"))] == ["usual", "short"]


def test_the_report_names_what_is_overdue_and_what_a_country_lacks() -> None:
    lines = report(directory(th=entry("TH", list(KINDS[:8]), "1001")), at("2027-06-01"))
    assert lines[0] == "overdue: th was to be checked again by 2027-05-01"
    assert lines[1] == "entries: 1, confidence A: 0, B: 1"
    assert [line.split(":")[0] for line in lines[2:]] == ["CN", "KH", "LA", "MM", "VN"]


def test_a_line_is_shown_with_number_hours_and_date() -> None:
    item = entry("TH", ["ngo"], "1300", hours="always", cost="free", languages=["en"], own={"th": "ศูนย์"})
    assert shown(directory(th=item)) == (
        "Helpline (ศูนย์): 1300\n"
        "day and night · free of charge · they speak your language (checked 2026-11-01, example.org)"
    )


def test_hours_are_shown_in_the_readers_words_with_the_zone() -> None:
    hours = {"zone": "Asia/Tokyo", "open": ["Mon,Wed-Fri 11:00-19:00"], "holidays": "closed"}
    whole = directory(jp=entry("JP", ["labour"], "1001", hours=hours))
    about = "11:00–19:00 (Japan, UTC+9) · closed on public holidays (checked 2026-11-01, example.org)"
    assert shown(whole) == f"Helpline: 1001\nMon, Wed–Fri {about}"
    assert "Th 2, Th 4–Th 6 11:00–19:00 (Nhật Bản, UTC+9)" in shown(whole, "vi")


def test_an_overdue_number_says_check_first_and_unknown_hours_say_nothing() -> None:
    whole = directory(th=entry("TH", ["ngo"], "1300"))
    assert shown(whole) == "Helpline: 1300\n(checked 2026-11-01, example.org)"
    late = "Helpline: 1300 (check this number first)\n(checked 2026-11-01, example.org)"
    assert shown(whole, now=at("2027-05-02")) == late


def test_every_way_to_reach_a_line_is_shown_as_its_source_prints_it() -> None:
    numbers = [
        {"number": "1800-797 7977", "reach": "inside"},
        {"number": "0086+10+12308", "reach": "abroad"},
        {"number": "+65 9787 3122", "via": ["whatsapp", "viber"]},
        {"number": "08000 73728", "letters": "08000-RESCU"},
        {"number": "02-23381600", "ext": "4223", "language": "vi"},
        {"number": "02-23381600", "ext": "4221", "language": "th"},
    ]
    line = shown(directory(xx=entry("SG", ["ngo"], "0") | {"numbers": numbers}), "th").splitlines()[0]
    assert line == (
        "Helpline: 1800-797 7977, from another country: 0086+10+12308, WhatsApp, Viber +65 9787 3122, "
        "08000 73728 (08000-RESCU), 02-23381600, extension 4221"
    )


def test_an_entry_that_was_taken_out_is_left_out() -> None:
    render = numbers_text(directory(th=entry("TH", ["ngo"], "1300")), Stopped(), lambda *_: "", lambda _, name: name)
    assert render(["gone"], "en") == ""


@given(
    st.lists(st.sampled_from(KINDS)), st.sampled_from(["", "TH", "DE", "XX"]), st.text(max_size=3), st.integers(0, 9)
)
def test_a_pick_never_repeats_and_keeps_its_limit(kinds: list[str], country: str, language: str, limit: int) -> None:
    whole = directory(
        rich=RICH, eu=entry("EU", ["emergency", "health"], "112"), world=entry("world", ["ngo", "seafarers"], "1001")
    )
    picked = whole.pick(kinds, country, language, NOON, limit)
    assert len(picked) == len(set(picked)) <= limit
