"""Did this help: asked once a day and quietly, answered once, and never in the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.conversation import AssistantReply, Conversation, Decision, Facts, Outcome, Rated, Reply, Say, State
from bot.core.decide import decide, fold
from bot.core.handoff import Priority, Reason
from bot.core.helped import DAY, LEAVING, MOST_BUTTONS, left, title
from bot.core.message import Button, Channel, Kind
from bot.core.phrases import PHRASES
from bot.core.statistics import Helped
from tests.conftest import NOON, inbound

KNOWN = Conversation("c1", Channel.TELEGRAM, introduced=True, last=NOON)
MORE = tuple(Button(f"intent.{name}", f"intent:{name}") for name in ("ask_shelter", "ask_health", "ask_injury"))
ANSWER = AssistantReply("km", "passport_withheld", 0.9, replies=(Reply("utter_a"), Reply("utter_b", buttons=MORE)))


def buttons(decision: Decision) -> list[str]:
    return [b.data for effect in decision.effects if isinstance(effect, Say) for b in effect.buttons]


def asked(reply: AssistantReply = ANSWER, conversation: Conversation = KNOWN) -> bool:
    return any(data.startswith("command:helped:") for data in buttons(fold(conversation, reply, Facts())))


def tap(conversation: Conversation, data: str) -> Decision:
    return decide(conversation, inbound(f"command:helped:{data}", kind=Kind.BUTTON), Facts())


QUIET = ["command:helped:yes-passport_withheld", "command:helped:no-passport_withheld", "command:person"]


def test_an_answer_with_room_is_followed_by_the_quiet_pair_and_a_person() -> None:
    short = replace(ANSWER, replies=(Reply("utter_a"), Reply("utter_b", buttons=MORE[:2])))
    says = [effect for effect in fold(KNOWN, short, Facts()).effects if isinstance(effect, Say)]
    assert [say.phrase for say in says] == ["utter_a", "utter_b"]
    assert [b.data for b in says[-1].buttons] == [*(b.data for b in MORE[:2]), *QUIET]


def test_an_answer_without_room_keeps_its_buttons_and_is_followed_by_a_short_question() -> None:
    says = [effect for effect in fold(KNOWN, ANSWER, Facts()).effects if isinstance(effect, Say)]
    assert [say.phrase for say in says] == ["utter_a", "utter_b", "helped.ask"]
    assert [b for b in says[1].buttons if b in MORE] == list(MORE)
    assert [b.data for b in says[2].buttons] == QUIET
    assert all(len(say.buttons) <= MOST_BUTTONS for say in says)


def test_it_is_asked_once_a_day() -> None:
    after = fold(KNOWN, ANSWER, Facts()).conversation
    assert not asked(conversation=after)
    assert asked(conversation=replace(after, last=NOON + DAY))


@pytest.mark.parametrize("intent", ["self_check", "job_offer_check", "affirm", "greet", "sexual_abuse", "self_harm"])
def test_it_is_not_asked_in_a_check_or_near_danger(intent: str) -> None:
    assert not asked(replace(ANSWER, intent=intent))


def test_it_is_not_asked_where_nothing_was_answered_or_a_person_is_called() -> None:
    assert not asked(replace(ANSWER, outcome=Outcome.OFFER, ranking=(("ask_health", 0.4),)))
    assert not asked(replace(ANSWER, handoff=(Reason.ASKED, Priority.NORMAL)))
    assert not asked(conversation=replace(KNOWN, state=State.WAITING))


@pytest.mark.parametrize(("said", "phrase"), [("yes", "helped.thanks"), ("no", "helped.not_yet")])
def test_a_tap_is_thanked_and_counted_once(said: str, phrase: str) -> None:
    first = tap(fold(KNOWN, ANSWER, Facts()).conversation, f"{said}-passport_withheld")
    assert first.effects[0] == Rated("passport_withheld", Helped(said))
    assert [e.phrase for e in first.effects if isinstance(e, Say)] == [phrase]
    assert "command:person" in buttons(first)
    assert tap(first.conversation, f"{said}-passport_withheld").effects == ()


@pytest.mark.parametrize("data", ["yes-ask_injury", "yes", "maybe-passport_withheld", "yes-operator", "no-x-y"])
def test_a_stale_or_forged_tap_changes_nothing(data: str) -> None:
    before = fold(KNOWN, ANSWER, Facts()).conversation
    assert tap(before, data) == Decision(before)


def test_a_tap_after_an_operator_wakes_no_closed_conversation() -> None:
    closed = left(replace(KNOWN, state=State.CLOSED), NOON)
    decision = tap(closed, "little-operator")
    assert decision.conversation.state is State.CLOSED
    assert Rated("operator", Helped.LITTLE) in decision.effects


def test_a_tap_while_an_operator_has_the_conversation_is_counted_in_silence() -> None:
    held = replace(KNOWN, state=State.OPERATOR, operator="dara", asked_about="ask_injury")
    assert tap(held, "no-ask_injury").effects == (Rated("ask_injury", Helped.NO),)


def test_no_quiet_question_follows_an_operators_on_the_same_day() -> None:
    assert not asked(conversation=left(KNOWN, NOON))


def test_leaving_offers_three_answers_and_a_person() -> None:
    assert [b.data.rpartition(":")[2] for b in LEAVING] == [
        "yes-operator",
        "little-operator",
        "no-operator",
        "help",
        "person",
    ]
    assert all(button.title in PHRASES and len(button.data) <= 64 for button in LEAVING)


def test_a_tap_is_named_by_its_button() -> None:
    taps = ("little-operator", "yes-ask_injury", "no-ask_injury")
    assert [title(tap) for tap in taps] == ["button.helped_little", "button.this_helped", "button.not_needed"]
    assert title("maybe-operator") == ""
