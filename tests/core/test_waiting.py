"""What a person who waits is told, and what follows when they come back after a close."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.conversation import (
    Ask,
    AssistantReply,
    Conversation,
    Decision,
    Enqueue,
    Facts,
    Forget,
    Outcome,
    Reply,
    Say,
    State,
)
from bot.core.decide import decide, fold
from bot.core.duty_hours import Opening, Prospect
from bot.core.handoff import HOUR, MINUTE, Priority, Reason
from bot.core.message import Channel, Kind
from bot.core.waiting import wait_said, writes_again
from tests.conftest import NOON, inbound

# A Tuesday at seven in the morning in Bangkok.
SEVEN = 1_795_478_400_000
KNOWN = Conversation("c1", Channel.TELEGRAM, introduced=True, last=NOON)
CLOSED = replace(KNOWN, state=State.CLOSED, helper="dara", ended=NOON)
AGAIN = Facts(anyone=True, on_duty=True, again=True, helper_here=True)
AWAY = replace(AGAIN, helper_here=False)
ANSWER = AssistantReply("km", "wages_withheld", 0.93, replies=(Reply("utter_wages_withheld"),))


def said(decision: Decision) -> list[str]:
    return [effect.phrase for effect in decision.effects if isinstance(effect, Say)]


def asked(decision: Decision) -> list[Enqueue]:
    return [effect for effect in decision.effects if isinstance(effect, Enqueue)]


@pytest.mark.parametrize(
    ("usual", "phrase", "args"),
    [
        (0, "waiting.on_duty", {}),
        (15 * MINUTE, "waiting.on_duty.minutes", {"count": 15}),
        (HOUR, "waiting.on_duty.minutes", {"count": 60}),
        (3 * HOUR, "waiting.on_duty.hours", {"count": 3}),
    ],
)
def test_the_usual_wait_is_told_where_it_is_known(usual: int, phrase: str, args: dict[str, int]) -> None:
    say = wait_said(KNOWN, Facts(on_duty=True, anyone=True, prospect=Prospect(usual)))
    assert (say.phrase, say.args) == (phrase, args)
    other = wait_said(KNOWN, Facts(anyone=True, prospect=Prospect(usual)))
    assert other.phrase == phrase.replace("on_duty", "other_language")


@pytest.mark.parametrize(
    ("opening", "country", "phrase", "args"),
    [
        (None, "TH", "waiting.nobody", {}),
        (
            Opening(SEVEN, SEVEN, "Asia/Bangkok"),
            "MM",
            "waiting.nobody.speaker",
            {"when": "2026-11-24T06:30", "country": "MM"},
        ),
        (
            Opening(SEVEN, SEVEN + HOUR, "Asia/Bangkok"),
            "",
            "waiting.nobody.later",
            {"when": "2026-11-24T07:00", "later": "2026-11-24T08:00", "country": "UTC+7"},
        ),
        (
            Opening(SEVEN, 0, "Asia/Bangkok"),
            "TH",
            "waiting.nobody.other",
            {"when": "2026-11-24T07:00", "country": "TH"},
        ),
    ],
)
def test_while_nobody_is_here_the_next_hours_are_told_on_the_persons_clock(
    opening: Opening | None, country: str, phrase: str, args: dict[str, str]
) -> None:
    say = wait_said(replace(KNOWN, country=country), Facts(prospect=Prospect(opening=opening)))
    assert (say.phrase, say.args) == (phrase, args)
    assert say.numbers == ("trafficking", "labour")


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.PHOTO, Kind.VOICE])
@pytest.mark.parametrize("state", [State.CLOSED, State.ASSISTANT])
def test_own_words_soon_after_a_close_are_writing_again(kind: Kind, state: State) -> None:
    conversation = replace(CLOSED, state=state)
    assert writes_again(conversation, inbound(kind=kind), NOON + HOUR, HOUR)
    assert not writes_again(conversation, inbound(kind=kind), NOON + HOUR + 1, HOUR)


@pytest.mark.parametrize("kind", [Kind.BUTTON, Kind.COMMAND, Kind.EDITED, Kind.BLOCKED])
def test_a_button_or_a_command_is_not(kind: Kind) -> None:
    assert not writes_again(CLOSED, inbound(kind=kind), NOON, HOUR)


@pytest.mark.parametrize("changed", [{"helper": ""}, {"state": State.WAITING}, {"state": State.OPERATOR}])
def test_nor_is_it_where_nobody_closed_or_somebody_is_coming(changed: dict[str, object]) -> None:
    assert not writes_again(replace(CLOSED, **changed), inbound(), NOON, HOUR)  # type: ignore[arg-type]


def test_writing_again_goes_back_to_the_same_operator_and_is_answered_meanwhile() -> None:
    first = decide(CLOSED, inbound("and my pay?"), AGAIN)
    assert first.effects == (Ask(text="and my pay?"),)
    decision = fold(first.conversation, ANSWER, AGAIN)
    assert asked(decision) == [Enqueue(Reason.REOPENED, Priority.NORMAL, reserved_for="dara")]
    assert said(decision) == ["waiting.again.same", "utter_wages_withheld"]
    assert (decision.conversation.state, decision.conversation.helper) == (State.WAITING, "")


def test_writing_again_while_that_operator_is_away_waits_for_anyone_and_hears_the_honest_wait() -> None:
    decision = fold(replace(CLOSED, state=State.ASSISTANT), ANSWER, AWAY)
    assert asked(decision) == [Enqueue(Reason.REOPENED, Priority.NORMAL)]
    assert said(decision) == ["waiting.again", "waiting.on_duty", "utter_wages_withheld"]


@pytest.mark.parametrize("intent", ["thank", "goodbye", "affirm", "greet"])
def test_good_manners_call_nobody_and_what_comes_after_them_does(intent: str) -> None:
    decision = fold(replace(CLOSED, state=State.ASSISTANT), replace(ANSWER, intent=intent), AGAIN)
    assert asked(decision) == []
    assert decision.conversation.helper == "dara"


def test_what_is_not_understood_after_a_close_is_kept_for_the_operator() -> None:
    refused = AssistantReply("", "nlu_fallback", 0.1, Outcome.REFUSE)
    decision = fold(replace(CLOSED, state=State.ASSISTANT), refused, AGAIN)
    assert len(asked(decision)) == 1
    assert said(decision) == ["waiting.again.same", "waiting.kept"]


def test_a_photo_after_a_close_is_kept_for_the_operator() -> None:
    decision = decide(CLOSED, inbound(kind=Kind.PHOTO), AGAIN)
    assert [request.reserved_for for request in asked(decision)] == ["dara"]
    assert said(decision) == ["waiting.again.same"]


def test_who_must_hide_after_a_close_is_told_nothing_of_a_line() -> None:
    decision = fold(replace(CLOSED, state=State.ASSISTANT), AssistantReply("en", "quick_exit", 0.9), AGAIN)
    assert decision.effects == (Forget(), Say("quick_exit"))


def test_a_crisis_after_a_close_is_a_crisis_and_is_kept_for_nobody() -> None:
    decision = decide(CLOSED, inbound("…"), replace(AGAIN, crisis=Reason.DANGER))
    assert asked(decision) == [Enqueue(Reason.DANGER, Priority.CRISIS)]
    assert (decision.conversation.state, decision.conversation.helper) == (State.WAITING, "")


def test_the_assistant_is_silent_while_an_operator_has_it_whatever_was_closed_before() -> None:
    held = replace(CLOSED, state=State.OPERATOR, operator="mya")
    assert decide(held, inbound("…"), Facts(on_duty=True, anyone=True)).effects == ()
