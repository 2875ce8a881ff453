"""The order of the queue: nobody starves, whatever comes after them."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.core.handoff import FOREIGN, HOUR, HandoffRequest, Priority, Reason, place

LONGEST = 7 * 24 * HOUR + 2 * HOUR + FOREIGN
PRIORITIES = st.sampled_from(Priority)
TIMES = st.integers(0, 60 * 24 * HOUR)


def request(id: str, priority: Priority, since: int, language: str = "km") -> HandoffRequest:
    return HandoffRequest(id, language, priority, Reason.ASKED, since)


def first(waiting: Sequence[HandoffRequest]) -> HandoffRequest:
    return min(waiting, key=lambda r: place(r, ["km"]))


@given(TIMES, PRIORITIES, PRIORITIES, st.sampled_from(["km", "my"]), st.sampled_from(["km", "my"]))
def test_nothing_that_comes_long_after_goes_before(
    since: int, old: Priority, new: Priority, language: str, other: str
) -> None:
    patient = request("patient", old, since, language)
    late = request("late", new, since + LONGEST + 1, other)
    assert first([late, patient]) is patient


def test_an_operator_who_can_never_keep_up_still_reaches_everyone() -> None:
    """Every hour somebody in danger and somebody else come, and one is taken: the first of all is not forgotten."""
    waiting = [request("patient", Priority.NORMAL, 0, "my")]
    for hour in range(1, LONGEST // HOUR + 2):
        waiting += [
            request(f"d{hour}", Priority.CRISIS, hour * HOUR),
            request(f"n{hour}", Priority.NORMAL, hour * HOUR),
        ]
        chosen = first(waiting)
        waiting.remove(chosen)
        if chosen.conversation == "patient":
            return
    raise AssertionError("the first of all was never taken")


@given(TIMES, st.integers(0, 7 * 24 * HOUR - 1))
def test_a_crisis_of_the_week_goes_first_in_any_language(since: int, later: int) -> None:
    danger = request("danger", Priority.CRISIS, since + max(later - FOREIGN, 0), "my")
    assert first([request("normal", Priority.NORMAL, since), danger]) is danger


@given(TIMES, st.integers(1, HOUR), PRIORITIES)
def test_among_equals_who_came_first_goes_first(since: int, later: int, priority: Priority) -> None:
    early, late = request("early", priority, since), request("late", priority, since + later)
    assert first([late, early]) is early
