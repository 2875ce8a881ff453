"""Being written to later: asked step by step, in hours on the person's own clock, ending by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.conversation import Appoint, Cancel, Conversation, Facts, Say, State
from bot.core.decide import decide
from bot.core.handoff import HOUR
from bot.core.later import LASTS, WINDOWS, Appointment, arrange, read_appointment
from bot.core.message import Channel, Inbound, Kind
from bot.core.phrases import PHRASES

# Noon in Bangkok.
NOON = int(datetime(2026, 11, 24, 5, tzinfo=UTC).timestamp() * 1000)
WISH = Appointment("evening", "friend", "Asia/Bangkok", NOON + LASTS)
THERE = Conversation("c1", Channel.TELEGRAM, country="TH", introduced=True, last=NOON)


def press(conversation: Conversation, data: str) -> tuple[Conversation, list[str]]:
    inbound = Inbound("c1", conversation.channel, "1", NOON, Kind.BUTTON, data)
    decision = decide(conversation, inbound, Facts())
    return decision.conversation, [effect.phrase for effect in decision.effects if isinstance(effect, Say)]


def test_a_window_opens_on_the_persons_clock_and_the_next_day_after_it_closed() -> None:
    assert WISH.opens(NOON) == NOON + 6 * HOUR
    assert WISH.opens(NOON + 7 * HOUR) == NOON + 7 * HOUR
    assert WISH.closes(NOON + 7 * HOUR) == NOON + 9 * HOUR
    assert WISH.opens(NOON + 9 * HOUR) == NOON + 30 * HOUR


def test_a_wish_ends_by_itself() -> None:
    assert WISH.opens(NOON + LASTS) == 0
    assert WISH.opens(NOON + LASTS - HOUR) == 0  # the next window would be after the end
    assert replace(WISH, until=NOON + 7 * HOUR).closes(NOON + 6 * HOUR) == NOON + 7 * HOUR


def test_a_wish_is_kept_as_text() -> None:
    assert read_appointment(WISH.text()) == WISH
    assert read_appointment("") is None


def test_it_is_asked_for_in_three_steps() -> None:
    there, said = press(THERE, "command:later")
    assert (there, said) == (THERE, ["later.when"])
    there, said = press(THERE, "command:later:evening")
    assert (there, said) == (THERE, ["later.which"])
    there, said = press(THERE, "command:later:evening-friend")
    assert (read_appointment(there.later), said) == (WISH, ["later.noted"])
    assert press(there, "command:later:off") == (replace(there, later=""), ["later.off"])


def test_the_time_to_look_is_noted_and_who_waits_leaves_the_line() -> None:
    decision = arrange(replace(THERE, state=State.WAITING), "evening-family")
    assert decision.conversation.state is State.ASSISTANT
    assert [type(effect) for effect in decision.effects] == [Cancel, Appoint, Say]
    assert decision.effects[1] == Appoint(NOON + 6 * HOUR)


@pytest.mark.parametrize("country", ["", "US", "XX"])
def test_without_a_clock_the_country_is_asked_for(country: str) -> None:
    assert press(replace(THERE, country=country), "command:later:evening-friend")[1] == ["later.where"]


@pytest.mark.parametrize("changed", [{"state": State.OPERATOR, "operator": "dara"}, {"channel": Channel.WEB}])
def test_with_an_operator_or_on_a_page_that_may_be_closed_nothing_is_arranged(changed: dict[str, object]) -> None:
    there = replace(THERE, **changed)  # type: ignore[arg-type]  # fields of the conversation
    assert press(there, "command:later:evening-friend") == (there, [])


@pytest.mark.parametrize("wish", ["night", "evening-", "evening-x", "../x", "evening-friend-x"])
def test_a_forged_wish_asks_again(wish: str) -> None:
    there, said = press(THERE, f"command:later:{wish}")
    assert there.later == "" and said in (["later.when"], ["later.which"], ["button.stale"])


def test_every_window_and_line_has_its_phrase() -> None:
    assert {f"later.window.{name}" for name in WINDOWS} <= set(PHRASES)
    assert {f"later.line.{name}" for name in ("friend", "family", "errand")} <= set(PHRASES)
