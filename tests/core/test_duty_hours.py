"""The desk's hours: when somebody comes, on whose clock, and how long a wait is said to be."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.duty_hours import AHEAD, ENOUGH, ZONES, DutyHours, Opening, clock_of, local, parse_duty_hours, usual_wait
from bot.core.errors import ContentError
from bot.core.handoff import HOUR, MINUTE

BANGKOK = "Asia/Bangkok"
HOURS = parse_duty_hours(
    {
        "languages": {
            "km": {"zone": "Asia/Phnom_Penh", "open": ["Mon-Fri 09:00-12:00", "Mon-Fri 13:00-18:00"]},
            "my": {"zone": "Asia/Yangon", "open": ["Sat 09:00-12:00"], "closed": ["2026-11-28"]},
            "en": {"zone": BANGKOK, "open": ["Mon-Sun 00:00-06:00"]},
        }
    },
    lambda place: "hours.yml:1",
)


def at(text: str, zone: str = BANGKOK) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


TUESDAY = "2026-11-24"


@pytest.mark.parametrize(
    ("language", "now", "opens", "speaker"),
    [
        ("km", f"{TUESDAY}T07:00", f"{TUESDAY}T09:00", f"{TUESDAY}T09:00"),
        ("km", f"{TUESDAY}T12:30", f"{TUESDAY}T13:00", f"{TUESDAY}T13:00"),
        ("km", f"{TUESDAY}T18:00", "2026-11-25T00:00", "2026-11-25T09:00"),
        ("km", "2026-11-27T20:00", "2026-11-28T00:00", "2026-11-30T09:00"),
        ("my", f"{TUESDAY}T07:00", f"{TUESDAY}T09:00", "2026-12-05T09:30"),
        ("vi", f"{TUESDAY}T07:00", f"{TUESDAY}T09:00", ""),
    ],
)
def test_opening_is_the_next_of_anyone_and_of_who_speaks_the_language(
    language: str, now: str, opens: str, speaker: str
) -> None:
    found = HOURS.opening(language, at(now))
    assert found is not None
    assert (found.at, found.speaker) == (at(opens), at(speaker) if speaker else 0)


def test_opening_is_unknown_while_somebody_should_be_here() -> None:
    assert HOURS.opening("km", at(f"{TUESDAY}T10:00")) is None
    assert HOURS.opening("vi", at(f"{TUESDAY}T10:00")) is None


def test_opening_of_the_language_is_told_while_only_others_should_be_here() -> None:
    found = HOURS.opening("km", at(f"{TUESDAY}T03:00"))
    assert found == Opening(at(f"{TUESDAY}T09:00"), at(f"{TUESDAY}T09:00"), "Asia/Phnom_Penh")


def test_without_hours_nothing_is_said() -> None:
    assert DutyHours().opening("km", at(f"{TUESDAY}T10:00")) is None


def test_who_is_closed_too_long_is_not_promised() -> None:
    closed = [f"2026-12-{day:02}" for day in range(1, 32)]
    hours = parse_duty_hours(
        {"languages": {"km": {"zone": BANGKOK, "open": ["Mon-Sun 09:00-10:00"], "closed": closed}}}, lambda p: "f:1"
    )
    assert hours.opening("km", at("2026-12-01T08:00")) is None


@given(st.integers(at("2026-01-01T00:00"), at("2027-01-01T00:00")), st.sampled_from(["km", "my", "en", "vi"]))
def test_an_opening_is_to_come_and_not_far_away(now: int, language: str) -> None:
    found = HOURS.opening(language, now)
    for time in (found.at, found.speaker) if found else ():
        assert time == 0 or now < time <= now + (AHEAD + 1) * 24 * HOUR


@given(st.lists(st.integers(0, 11 * HOUR), min_size=ENOUGH, max_size=50))
def test_a_usual_wait_holds_for_most(waits: list[int]) -> None:
    usual = usual_wait(waits)
    assert sum(wait <= usual for wait in waits) >= 0.8 * len(waits)


@pytest.mark.parametrize(
    ("waits", "usual"),
    [
        ([], 0),
        ([MINUTE] * (ENOUGH - 1), 0),
        ([MINUTE] * ENOUGH, 5 * MINUTE),
        ([MINUTE] * 4 + [7 * MINUTE] * 4, 10 * MINUTE),
        ([61 * MINUTE] * 5, 2 * HOUR),
        ([20 * HOUR] * 5, 0),
    ],
)
def test_a_usual_wait_is_a_plain_number_or_unknown(waits: list[int], usual: int) -> None:
    assert usual_wait(waits) == usual


def test_a_person_reads_their_own_clock() -> None:
    nine = at(f"{TUESDAY}T09:00")
    assert clock_of("MM", BANGKOK, nine) == ("Asia/Yangon", "MM")
    assert local(nine, "Asia/Yangon") == f"{TUESDAY}T08:30"
    assert clock_of("", BANGKOK, nine) == (BANGKOK, "UTC+7")
    assert clock_of("US", "Asia/Yangon", nine) == ("Asia/Yangon", "UTC+6:30")


def test_every_clock_is_known() -> None:
    assert all(ZoneInfo(zone) for zone in ZONES.values())


@pytest.mark.parametrize(
    ("language", "rota", "why"),
    [
        ("xx", {}, "no language"),
        ("km", {"open": ["Mon 09:00-10:00"]}, "zone is missing"),
        ("km", {"zone": "Mars/Base", "open": ["Mon 09:00-10:00"]}, "no time zone"),
        ("km", {"zone": BANGKOK}, "open is missing"),
        ("km", {"zone": BANGKOK, "open": []}, "1 to"),
        ("km", {"zone": BANGKOK, "open": ["Mon 10:00-09:00"]}, "end after"),
        ("km", {"zone": BANGKOK, "open": ["Mon 09:00-10:00"], "closed": ["2026-02-30"]}, "no day"),
        ("km", {"zone": BANGKOK, "open": ["Mon 09:00-10:00"], "holidays": "closed"}, "not known"),
    ],
)
def test_a_bad_entry_is_refused_with_its_place(language: str, rota: dict[str, object], why: str) -> None:
    with pytest.raises(ContentError, match=f"hours.yml:7.*{why}"):
        parse_duty_hours({"languages": {language: rota}}, lambda place: "hours.yml:7")
