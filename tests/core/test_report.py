"""Reports: right where numbers are large, silent where they are small, also for whoever subtracts."""

from __future__ import annotations

import random

from bot.core import statistics as st
from bot.core.disclosure import Hidden
from bot.core.report import Report, Unit, Value, last_days, report
from bot.core.statistics import Ended, Helped, Tally, What

DAYS = last_days("2026-12-01", 7)
Day = dict[Tally, int]


def add(day: Day, *tallies: Tally, times: int = 1) -> None:
    for tally in tallies:
        day[tally] = day.get(tally, 0) + times


def desk_of(languages: dict[str, int], seed: int = 1) -> list[Day]:
    """A week in which so many people of each language write, ask, wait, and say what helped."""
    chance = random.Random(seed)
    days: list[Day] = [{} for _ in DAYS]
    for language, people in languages.items():
        for number in range(people):
            day = days[number % len(days)]
            where = st.place(language, "TH" if number % 3 else "MY", 8 + number % 4)
            intent = ("ask_injury", "ask_shelter", "wages_withheld")[number % 3]
            ended = (Ended.ANSWERED, Ended.ANSWERED, Ended.REFUSED, Ended.HANDED)[number % 4]
            add(day, *st.conversation(where), *st.question(where, intent, ended))
            if ended is Ended.HANDED:
                add(
                    day,
                    *st.handoff(where, "asked"),
                    *st.wait(What.CLAIM, where, "asked", chance.randint(30_000, 90_000)),
                )
                add(day, *st.wait(What.REPLY, where, "asked", 120_000), *st.helped(where, "operator", Helped.YES))
            if ended is Ended.ANSWERED:
                add(day, *st.helped(where, intent, Helped.YES if number % 8 else Helped.NO))
    return days


def week(languages: dict[str, int]) -> Report:
    return report(DAYS, desk_of(languages), 5)


def numbers(found: Report, sheet: str, name: str) -> dict[str, Value]:
    one = found.sheet(sheet)
    row = next(row for row in one.rows if row.name == name)
    return dict(zip(one.columns, row.values, strict=True))


def test_the_last_days_end_yesterday() -> None:
    assert last_days("2026-03-02", 3) == ["2026-02-27", "2026-02-28", "2026-03-01"]


def test_large_numbers_are_right() -> None:
    found = week({"km": 400, "my": 200})
    total = numbers(found, "total", "")
    assert (total["conversations"].number, total["handoffs"].number, total["handoff_rate"].number) == (600, 150, 25)
    assert (total["not_understood"].number, total["unanswered"].number, total["helped_operator"].number) == (25, 0, 100)
    khmer = numbers(found, "language", "km")
    assert (khmer["conversations"].number, khmer["handoffs"].number, khmer["not_understood"].number) == (400, 100, 25)
    asked = numbers(found, "intent", "ask_injury")
    assert sum(n.number for n in (asked[e.value] for e in Ended) if isinstance(n.number, int)) == asked["asked"].number
    assert numbers(found, "hour", "08")["conversations"].number == 150


def test_waits_are_near_the_true_ones() -> None:
    total = numbers(week({"km": 400}), "total", "")
    assert total["claim_50"].unit is Unit.WAIT
    assert isinstance(total["claim_50"].number, int) and abs(total["claim_50"].number - 60_000) < 12_000
    assert isinstance(total["reply_90"].number, int) and abs(total["reply_90"].number - 120_000) < 16_000


def test_a_small_language_is_few_and_another_is_withheld_for_it() -> None:
    found = week({"km": 400, "my": 200, "lo": 3})
    shown = {row.name: row.values[0].number for row in found.sheet("language").rows}
    assert shown == {"km": 400, "my": Hidden.WITHHELD, "lo": Hidden.FEW}


def test_no_total_minus_what_is_shown_is_small_in_any_sheet() -> None:
    for small in range(1, 5):
        found = week({"km": 400, "my": 90, "vi": 23, "lo": small})
        for sheet in found.sheets:
            for at, column in enumerate(sheet.columns):
                counts = [row.values[at].number for row in sheet.rows if row.values[at].unit is Unit.COUNT]
                total = numbers(found, "total", "").get(column)
                if total is None or not isinstance(total.number, int) or sheet.name == "total" or not counts:
                    continue
                left = total.number - sum(n for n in counts if isinstance(n, int))
                assert left == 0 or left >= 5, (small, sheet.name, column)


def test_no_subject_minus_its_shown_ends_is_small() -> None:
    found = week({"km": 150, "my": 31, "lo": 2})
    for row in found.sheet("intent").rows:
        asked, *ends = (value.number for value in row.values[:-1])
        if isinstance(asked, int):
            left = asked - sum(n for n in ends if isinstance(n, int))
            assert left == 0 or left >= 5


def test_a_quiet_week_says_that_there_were_few_and_nothing_else() -> None:
    found = week({"km": 2, "lo": 1})
    assert numbers(found, "total", "")["conversations"].number is Hidden.FEW
    assert [sheet.name for sheet in found.sheets if sheet.rows] == ["total", "day"]
    assert {value.number for row in found.sheet("day").rows for value in row.values} <= {Hidden.WITHHELD, 0}
    assert not [v for v in numbers(found, "total", "").values() if isinstance(v.number, int) and v.number]


def test_hidden_rows_stand_in_the_order_of_their_names() -> None:
    rows = [row.name for row in week({"km": 400, "my": 90, "lo": 4, "vi": 1, "th": 2}).sheet("language").rows]
    assert rows[:1] == ["km"]
    assert rows[-3:] == sorted(rows[-3:])


def test_nothing_counted_is_nothing_shown() -> None:
    found = report(DAYS, [{} for _ in DAYS], 5)
    assert numbers(found, "total", "")["conversations"].number == 0
    assert [sheet.name for sheet in found.sheets if sheet.rows] == ["total", "day"]
