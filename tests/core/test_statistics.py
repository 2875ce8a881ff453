"""What is counted, and that it says nothing of anybody."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import statistics
from bot.core.statistics import Ended, Helped, Tally, What, bucket, moment, place, quantile, together
from tests.conftest import NOON

KHMER = place("km", "TH", 9)


def test_a_question_is_counted_by_pairs_and_never_by_all_at_once() -> None:
    tallies = statistics.question(KHMER, "ask_injury", Ended.ANSWERED)
    assert Tally(What.QUESTION, (("intent", "ask_injury"), ("ended", "answered"))) in tallies
    assert max(len(tally.by) for tally in tallies) == 2


@pytest.mark.parametrize("wrong", ["my name is", "012 345 678", "thai", "TH=x language=km", "c" * 64])
def test_nothing_that_is_not_on_a_list_is_counted(wrong: str) -> None:
    tallies = statistics.question(place(wrong, wrong, 0), wrong, Ended.REFUSED)
    assert wrong not in repr((*tallies, *statistics.helped(place(wrong, wrong, 0), wrong, Helped.NO)))


def test_both_chinese_scripts_are_one_language() -> None:
    assert place("zh_Hant", "", 0).language == place("zh_Hans", "", 0).language == place("zh", "", 0).language == "zh"


def test_the_day_is_the_desks() -> None:
    assert moment(NOON, ZoneInfo("UTC")) == ("2026-09-21", 14)
    assert moment(NOON + 4 * 3600_000, ZoneInfo("Asia/Bangkok")) == ("2026-09-22", 1)


@given(st.lists(st.integers(1000, 3 * 24 * 3600_000), min_size=1, max_size=60), st.sampled_from([0.5, 0.9]))
def test_quantiles_of_buckets_are_near_the_true_ones(waits: list[int], share: float) -> None:
    buckets: dict[int, int] = {}
    for wait in waits:
        buckets[bucket(wait)] = buckets.get(bucket(wait), 0) + 1
    true = sorted(waits)[-(-len(waits) * round(share * 10) // 10) - 1]
    assert abs(quantile(buckets, share) - true) <= max(0.13 * true, 4500)


def test_a_wait_that_runs_backwards_is_the_shortest() -> None:
    assert bucket(-5) == bucket(0) == 0
    assert quantile({}, 0.5) == 0


def test_days_add_up_by_what_is_asked() -> None:
    day = dict.fromkeys(statistics.question(KHMER, "ask_injury", Ended.ANSWERED), 2)
    counts = together([day, day])
    assert counts.total(What.QUESTION) == 4
    assert counts.table(What.QUESTION, "intent", "language") == {("ask_injury", "km"): 4}
    assert counts.margin(What.QUESTION, "country", "ended") == {"TH": 4}
    assert together([dict.fromkeys(statistics.handoff(KHMER, "asked"), 3)]).margin(What.HANDOFF, "reason") == {
        "asked": 3
    }
