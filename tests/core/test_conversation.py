"""Every rule of the house, on the pure function."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.conversation import (
    Ask,
    AssistantReply,
    Cancel,
    Conversation,
    Decision,
    Enqueue,
    Erase,
    Facts,
    Forget,
    Outcome,
    Reply,
    Say,
    State,
    language_buttons,
)
from bot.core.decide import assistant_down, decide, fold, gloss
from bot.core.handoff import Priority, Reason
from bot.core.message import Button, Channel, Kind
from tests.conftest import NOON, inbound

KNOWN = Conversation("c1", Channel.TELEGRAM, introduced=True, last=NOON)
ON_DUTY = Facts(on_duty=True, anyone=True)
ANSWER = AssistantReply("km", "passport_withheld", 0.93, replies=(Reply("utter_passport_withheld", "th"),))


def said(decision: Decision) -> list[str]:
    return [effect.phrase for effect in decision.effects if isinstance(effect, Say)]


def command(name: str) -> Decision:
    return decide(KNOWN, inbound(name, kind=Kind.COMMAND), ON_DUTY)


def press(data: str) -> Decision:
    return decide(KNOWN, inbound(data, kind=Kind.BUTTON), ON_DUTY)


def test_words_go_to_the_assistant() -> None:
    assert decide(KNOWN, inbound("help"), ON_DUTY).effects == (Ask(text="help"),)


def test_the_first_answer_comes_after_the_safety_line_and_only_once() -> None:
    first = decide(replace(KNOWN, introduced=False), inbound("help"), ON_DUTY)
    assert said(first) == ["welcome.safety"]
    assert first.conversation.introduced
    assert said(decide(first.conversation, inbound("help"), ON_DUTY)) == []


@pytest.mark.parametrize("reason", [Reason.DANGER, Reason.SUICIDE, Reason.CHILD])
def test_a_crisis_reaches_a_human_first_of_all_without_the_assistant(reason: Reason) -> None:
    decision = decide(KNOWN, inbound("…"), Facts(crisis=reason))
    assert Enqueue(reason, Priority.CRISIS) in decision.effects
    assert not any(isinstance(effect, Ask) for effect in decision.effects)
    assert said(decision) == [f"crisis.{reason.value}", "waiting.nobody"]
    assert decision.conversation.state is State.WAITING


def test_a_crisis_phrase_carries_emergency_numbers() -> None:
    crisis = next(e for e in decide(KNOWN, inbound("…"), Facts(crisis=Reason.DANGER)).effects if isinstance(e, Say))
    assert crisis.numbers[0] == "emergency"
    assert crisis.urgent


def test_a_crisis_while_waiting_raises_the_priority() -> None:
    waiting = replace(KNOWN, state=State.WAITING)
    assert Enqueue(Reason.DANGER, Priority.CRISIS) in decide(waiting, inbound("…"), Facts(Reason.DANGER)).effects


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.EDITED, Kind.PHOTO, Kind.VOICE, Kind.LOCATION, Kind.UNSUPPORTED])
def test_the_assistant_is_silent_while_an_operator_has_the_conversation(kind: Kind) -> None:
    held = replace(KNOWN, state=State.OPERATOR, operator="dara")
    assert decide(held, inbound("help", kind=kind), Facts(Reason.DANGER)).effects == ()


@pytest.mark.parametrize("text", ["help", "person", "cancel", "nonsense", "start"])
def test_commands_that_would_speak_are_silent_while_an_operator_has_the_conversation(text: str) -> None:
    held = replace(KNOWN, state=State.OPERATOR, operator="dara")
    assert decide(held, inbound(text, kind=Kind.COMMAND), ON_DUTY).effects == ()


@pytest.mark.parametrize("data", ["intent:greet", "nonsense", "language:km", "command:person"])
def test_buttons_are_silent_while_an_operator_has_the_conversation(data: str) -> None:
    held = replace(KNOWN, state=State.OPERATOR, operator="dara")
    assert decide(held, inbound(data, kind=Kind.BUTTON), ON_DUTY).effects == ()


def test_delete_erases_whoever_has_the_conversation() -> None:
    held = replace(KNOWN, state=State.OPERATOR, operator="dara")
    assert decide(held, inbound("delete", kind=Kind.COMMAND), ON_DUTY).effects == (Erase(),)


def test_stop_takes_back_what_was_said_and_says_something_harmless() -> None:
    assert command("stop").effects == (Forget(), Say("quick_exit"))


@pytest.mark.parametrize(
    ("facts", "phrase"),
    [
        (ON_DUTY, "waiting.on_duty"),
        (Facts(anyone=True), "waiting.other_language"),
        (Facts(), "waiting.nobody"),
    ],
)
def test_asking_for_a_person_tells_the_honest_wait(facts: Facts, phrase: str) -> None:
    decision = decide(KNOWN, inbound("person", kind=Kind.COMMAND), facts)
    assert said(decision) == ["handoff.privacy", phrase]
    assert Enqueue(Reason.ASKED, Priority.NORMAL) in decision.effects


def test_asking_for_a_person_again_does_not_queue_again() -> None:
    waiting = replace(KNOWN, state=State.WAITING)
    decision = decide(waiting, inbound("person", kind=Kind.COMMAND), ON_DUTY)
    assert decision.effects == (Say("waiting.on_duty", buttons=decision.effects[0].buttons),)  # type: ignore[union-attr]


def test_the_web_chat_is_not_told_of_telegram() -> None:
    web = replace(KNOWN, channel=Channel.WEB)
    assert said(decide(web, inbound("person", kind=Kind.COMMAND), ON_DUTY))[0] == "handoff.privacy.web"


def test_cancel_leaves_the_queue_and_only_from_the_queue() -> None:
    waiting = replace(KNOWN, state=State.WAITING)
    decision = decide(waiting, inbound("command:cancel", kind=Kind.BUTTON), ON_DUTY)
    assert Cancel() in decision.effects
    assert decision.conversation.state is State.ASSISTANT
    assert command("cancel").effects == ()


def test_start_takes_the_language_of_a_deep_link() -> None:
    decision = command("start km")
    assert decision.conversation.locale == "km"
    assert said(decision) == ["welcome", "welcome.safety"]


def test_start_ignores_a_parameter_it_does_not_know() -> None:
    assert command("start poster7").conversation.chosen == ""


def test_a_chosen_language_stays_against_a_detected_one() -> None:
    chosen = press("language:my").conversation
    assert fold(chosen, ANSWER, ON_DUTY).conversation.locale == "my"


def test_an_unknown_language_button_shows_the_languages() -> None:
    assert press("language:xx").effects == (Say("language.choose", buttons=language_buttons()),)


def test_a_button_names_an_intent_directly() -> None:
    assert press("intent:inform_country:TH").effects == (Ask(intent="inform_country", value="TH"),)


@pytest.mark.parametrize("data", ["", "intent", "intent:", "rm:-rf", "intent:a:b:c", "intent:é", "x" * 64])
def test_a_button_nobody_can_read_is_answered_with_the_menu(data: str) -> None:
    assert said(press(data)) == ["button.stale"]


def test_blocking_closes_and_leaves_the_queue() -> None:
    decision = decide(replace(KNOWN, state=State.WAITING), inbound(kind=Kind.BLOCKED), ON_DUTY)
    assert decision.effects == (Cancel(),)
    assert decision.conversation.state is State.CLOSED


def test_a_closed_conversation_begins_anew() -> None:
    closed = replace(KNOWN, state=State.CLOSED)
    assert decide(closed, inbound("hello again"), ON_DUTY).conversation.state is State.ASSISTANT


def test_a_photo_is_answered_and_while_waiting_kept_for_the_operator() -> None:
    assert said(decide(KNOWN, inbound(kind=Kind.PHOTO), ON_DUTY)) == ["media.not_read"]
    waiting = replace(KNOWN, state=State.WAITING)
    assert said(decide(waiting, inbound(kind=Kind.PHOTO), ON_DUTY)) == ["waiting.kept"]


def test_an_edited_message_is_not_answered_twice_but_its_crisis_is_heard() -> None:
    edited = inbound("x", kind=Kind.EDITED)
    assert decide(KNOWN, edited, ON_DUTY).effects == ()
    assert said(decide(KNOWN, edited, Facts(Reason.SUICIDE)))[0] == "crisis.suicide"


def test_an_answer_always_offers_a_person() -> None:
    say = fold(KNOWN, ANSWER, ON_DUTY).effects[0]
    assert isinstance(say, Say)
    assert say.buttons[-1] == Button("button.person", "command:person")


def test_an_answer_teaches_language_and_country() -> None:
    after = fold(replace(KNOWN, misses=1), replace(ANSWER, country="MY"), ON_DUTY).conversation
    assert (after.detected, after.country, after.misses) == ("km", "MY", 0)


def test_an_answer_in_an_unknown_language_teaches_nothing() -> None:
    known = replace(KNOWN, detected="lo")
    assert fold(known, replace(ANSWER, language="fr"), ON_DUTY).conversation.detected == "lo"


@pytest.mark.parametrize("outcome", [Outcome.ANSWER, Outcome.OFFER])
def test_a_classified_crisis_is_a_crisis(outcome: Outcome) -> None:
    reply = AssistantReply("en", "self_harm", 0.5, outcome, (("self_harm", 0.5),))
    assert Enqueue(Reason.SUICIDE, Priority.CRISIS) in fold(KNOWN, reply, ON_DUTY).effects


def test_a_classified_quick_exit_hides() -> None:
    assert fold(KNOWN, AssistantReply("en", "quick_exit", 0.9), ON_DUTY).effects == (Forget(), Say("quick_exit"))


def test_doubt_offers_the_likeliest_meanings() -> None:
    reply = AssistantReply("en", "greet", 0.4, Outcome.OFFER, (("greet", 0.4), ("thank", 0.3), ("made_up", 0.1)))
    say = fold(KNOWN, reply, ON_DUTY).effects[0]
    assert isinstance(say, Say)
    assert [b.data for b in say.buttons] == ["intent:greet", "intent:thank", "command:help", "command:person"]


def test_not_understood_twice_shows_the_menu_and_a_person() -> None:
    refused = AssistantReply("", "nlu_fallback", 0.1, Outcome.REFUSE)
    once = fold(KNOWN, refused, ON_DUTY)
    twice = fold(once.conversation, refused, ON_DUTY)
    assert said(once) + said(twice) == ["not_understood", "not_understood.again"]


def test_not_understood_while_waiting_is_kept_for_the_operator() -> None:
    refused = AssistantReply("", "nlu_fallback", 0.1, Outcome.REFUSE)
    assert said(fold(replace(KNOWN, state=State.WAITING), refused, ON_DUTY)) == ["waiting.kept"]


def test_a_hand_off_of_the_assistant_queues_with_its_indicators() -> None:
    reply = replace(ANSWER, handoff=(Reason.SELF_CHECK, Priority.HIGH), indicators=("debt",))
    assert Enqueue(Reason.SELF_CHECK, Priority.HIGH, ("debt",)) in fold(KNOWN, reply, ON_DUTY).effects


def test_an_assistant_that_is_down_leads_to_numbers_and_a_human() -> None:
    decision = assistant_down(KNOWN, Facts())
    assert said(decision) == ["safety.assistant_down", "waiting.nobody"]
    assert Enqueue(Reason.ASSISTANT_DOWN, Priority.HIGH) in decision.effects


def test_an_assistant_that_is_down_keeps_the_place_of_who_waits() -> None:
    decision = assistant_down(replace(KNOWN, state=State.WAITING), Facts())
    assert said(decision) == ["safety.assistant_down"]


def test_the_gloss_tells_intent_and_crisis_and_no_words() -> None:
    seen = gloss(inbound("secret"), AssistantReply("en", "self_harm", 0.91234), Facts())
    assert seen is not None
    assert (seen.intent, seen.confidence, seen.crisis) == ("self_harm", 0.912, "suicide")
    assert gloss(inbound("secret"), None, Facts()) is None
