"""The checks by buttons, and the guided answers: what each button does, pressed once, twice, late or never."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import yaml
from components.contract import button
from helpers import HOME
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.country import ActionCountry
from actions.guide import BRANCHES, ActionGuide
from actions.handoff import ActionHandoff
from actions.job_offer_check import JOB_OFFER_CHECK, ActionJobOfferCheck
from actions.questions import Check
from actions.said import ActionSaid
from actions.self_check import SELF_CHECK, ActionSelfCheck

CHECKS = {"self_check": (SELF_CHECK, ActionSelfCheck), "job_offer_check": (JOB_OFFER_CHECK, ActionJobOfferCheck)}
RESPONSES = yaml.safe_load((HOME / "domain.yml").read_text("utf-8"))["responses"]


class Talk:
    """A conversation with the actions alone: keeps slots and events as Rasa would."""

    # Any: events, messages and slots are rasa_sdk's plain values.
    def __init__(self) -> None:
        self.slots: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []
        self.said: list[dict[str, Any]] = []

    def press(self, action: Action, intent: str, value: str = "", **slots: Any) -> list[str]:
        """Press a button of an intent; returns the phrases."""
        self.slots.update(slots)
        entities = [{"entity": "answer", "value": value, "extractor": "message"}] if value else []
        if "country" in slots:
            entities.append({"entity": "country", "value": slots["country"], "extractor": "message"})
        latest = {"intent": {"name": intent}, "entities": entities}
        self.events.append({"event": "user", "parse_data": latest})
        tracker = Tracker("c", self.slots, latest, self.events, False, None, {}, None)
        dispatcher = CollectingDispatcher()
        for event in asyncio.run(action.run(dispatcher, tracker, {"responses": RESPONSES})):
            self.slots[event["name"]] = event["value"]
        self.said = dispatcher.messages
        phrases = [str(message["response"]) for message in self.said if message["response"]]
        self.events += [{"event": "bot", "text": phrase} for phrase in phrases]
        assert set(phrases) <= set(RESPONSES)
        return phrases

    @property
    def handoff(self) -> Any:
        """The hand-off the last action asked for."""
        return next((m["custom"]["handoff"] for m in self.said if m["custom"]), None)


def own(talk: Talk, value: str = "") -> list[str]:
    return talk.press(ActionSelfCheck(), "self_check", value)


def answered(said: str, **others: str) -> Talk:
    """A self-check with the same answer to every question, but for those named q3="yes"."""
    talk = Talk()
    for number in SELF_CHECK.signs:
        own(talk, f"{number}-{others.get(f'q{number}', said)}")
    return talk


def test_it_explains_before_it_asks() -> None:
    talk = Talk()
    assert own(talk) == ["utter_self_check"]
    assert own(talk, "go") == ["utter_self_check_q2"]
    assert talk.said[0]["args"] == {"number": 1, "total": 11}


@pytest.mark.parametrize(("check", "action"), CHECKS.values(), ids=CHECKS)
def test_every_question_is_asked_once_and_one_a_screen(check: Check, action: type[Action]) -> None:
    talk = Talk()
    said = talk.press(action(), check.intent, "go")
    asked = []
    while "_q" in said[0]:
        assert len(said) == 1
        asked.append(int(said[0].rpartition("_q")[2]))
        said = talk.press(action(), check.intent, f"{asked[-1]}-no")
    assert asked == list(check.signs)
    assert said == [f"utter_{check.intent}_none"]


def test_signs_are_named_in_plain_words_and_shown_to_nobody_without_consent() -> None:
    talk = answered("no", q7="yes", q9="yes", q1="unsure")
    assert own(talk, "end") == ["utter_self_check_signs", "utter_self_check_next"]
    assert talk.said[0]["args"] == {"signs": ["utter_sign_passport_withheld", "utter_sign_debt_bondage"]}
    assert talk.handoff is None
    assert own(talk, "ask") == ["utter_self_check_consent"] and talk.handoff is None
    assert own(talk, "keep") == ["utter_self_check_kept"] and talk.handoff is None
    assert own(talk, "share") == ["utter_self_check_shared"]
    assert talk.handoff == {"reason": "self_check", "priority": 1, "indicators": ["passport_withheld", "debt_bondage"]}


def test_a_person_is_told_the_signs_only_after_consent() -> None:
    talk = answered("yes")
    talk.press(ActionHandoff(), "talk_to_person")
    assert talk.handoff == {"reason": "asked", "priority": 2, "indicators": []}
    own(talk, "share")
    talk.press(ActionHandoff(), "talk_to_person")
    assert talk.handoff["reason"] == "self_check" and len(talk.handoff["indicators"]) == 11


@pytest.mark.parametrize("said", ["unsure", "skip"])
def test_a_doubt_is_no_all_clear(said: str) -> None:
    talk = answered("no", q3=said)
    assert own(talk, "end") == ["utter_self_check_unsure", "utter_self_check_next"]


def test_a_check_that_stopped_early_gives_no_all_clear() -> None:
    talk = Talk()
    own(talk, "2-no")
    assert own(talk, "end") == ["utter_self_check_unsure", "utter_self_check_next"]


@pytest.mark.parametrize("number", [3, 5])
def test_danger_now_leaves_the_questions_at_once(number: int) -> None:
    talk = Talk()
    own(talk, "7-yes")
    assert own(talk, f"{number}-now") == ["utter_self_check_danger"]
    signs = ["passport_withheld", SELF_CHECK.signs[number]]
    assert talk.handoff == {"reason": "danger", "priority": 0, "indicators": signs}
    assert own(talk, "go") == ["utter_self_check_q2"]  # and it can be taken up again


def test_the_same_button_twice_has_one_effect() -> None:
    talk = Talk()
    first = own(talk, "2-yes")
    kept = talk.slots["self_check_answers"]
    assert own(talk, "2-yes") == first
    assert talk.slots["self_check_answers"] == kept == ["2-yes"]


def test_a_button_pressed_late_answers_its_own_question() -> None:
    talk = answered("no")
    assert own(talk, "7-yes") == ["utter_self_check_signs", "utter_self_check_next"]
    assert talk.said[0]["args"] == {"signs": ["utter_sign_passport_withheld"]}


def test_it_stops_at_any_moment_and_goes_on_where_it_was() -> None:
    talk = Talk()
    own(talk, "2-no")
    own(talk, "7-yes")
    assert own(talk, "stop") == ["utter_self_check_stopped"]
    assert own(talk) == ["utter_self_check_resume"]
    assert own(talk, "go") == ["utter_self_check_q8"]
    assert talk.said[0]["args"] == {"number": 3, "total": 11}


@pytest.mark.parametrize(
    ("value", "phrase"), [("new", "utter_self_check_q2"), ("forget", "utter_self_check_forgotten")]
)
def test_answers_can_be_forgotten(value: str, phrase: str) -> None:
    talk = answered("yes")
    own(talk, "share")
    assert own(talk, value) == [phrase]
    assert talk.slots["self_check_answers"] is None
    assert own(talk) == ["utter_self_check"]


@pytest.mark.parametrize("value", ["share", "ask", "keep", "end", "0-yes", "12-yes", "3-maybe", "x", "shared"])
def test_a_button_that_means_nothing_here_begins_the_check_and_hands_nobody_off(value: str) -> None:
    talk = Talk()
    assert own(talk, value) == ["utter_self_check"]
    assert talk.handoff is None and not talk.slots.get("self_check_answers")


@pytest.mark.parametrize("values", ["2-yes", [None, 3, "2-yes-", "99-yes", "yes"], {"2": "yes"}])
def test_a_slot_with_strange_values_is_taken_for_empty(values: object) -> None:
    talk = Talk()
    talk.slots["self_check_answers"] = values
    assert own(talk) == ["utter_self_check"]


def test_the_check_of_an_offer_hands_nobody_off() -> None:
    talk = Talk()
    for number in JOB_OFFER_CHECK.signs:
        said = talk.press(ActionJobOfferCheck(), "job_offer_check", f"{number}-yes")
    assert said == ["utter_job_offer_check_signs", "utter_job_offer_check_next"]
    assert len(talk.said[0]["args"]["signs"]) == 8
    for value in ("share", "ask", "keep"):
        assert talk.press(ActionJobOfferCheck(), "job_offer_check", value) == ["utter_job_offer_check_resume"]
        assert talk.handoff is None


@pytest.mark.parametrize(("word", "kept"), [("affirm", "2-yes"), ("deny", "2-no"), ("unsure", "2-unsure")])
def test_a_written_word_answers_the_question(word: str, kept: str) -> None:
    talk = Talk()
    own(talk, "go")
    assert talk.press(ActionSaid(), word) == ["utter_self_check_q7"]
    assert talk.slots["self_check_answers"] == [kept]


def test_a_written_yes_begins_and_consents_and_a_no_does_neither() -> None:
    talk = Talk()
    own(talk)
    assert talk.press(ActionSaid(), "deny") == ["utter_deny"]
    own(talk)
    assert talk.press(ActionSaid(), "affirm") == ["utter_self_check_q2"]
    talk = answered("yes")
    own(talk, "ask")
    assert talk.press(ActionSaid(), "deny") == ["utter_self_check_kept"] and talk.handoff is None
    own(talk, "ask")
    assert talk.press(ActionSaid(), "affirm") == ["utter_self_check_shared"] and talk.handoff


def test_a_written_yes_after_anything_else_answers_no_question() -> None:
    talk = Talk()
    own(talk, "go")
    talk.press(ActionGuide(), "help_menu")
    assert talk.press(ActionSaid(), "affirm") == ["utter_affirm"]
    assert Talk().press(ActionSaid(), "unsure") == ["utter_unsure"]


@pytest.mark.parametrize(("intent", "value"), [(i, v) for i, values in BRANCHES.items() for v in values])
def test_each_button_of_a_guide_has_its_answer(intent: str, value: str) -> None:
    assert Talk().press(ActionGuide(), intent, value) == [f"utter_{intent}_{value}"]


@pytest.mark.parametrize("value", ["", "nothing", "3-yes"])
def test_a_guide_asks_where_no_button_fits(value: str) -> None:
    assert Talk().press(ActionGuide(), "scam_compound", value) == ["utter_scam_compound"]


def test_the_list_of_places_has_more_screens() -> None:
    talk = Talk()
    assert talk.press(ActionCountry(), "inform_country") == ["utter_ask_country"]
    assert talk.press(ActionCountry(), "inform_country", "more") == ["utter_ask_country_more"]
    assert talk.press(ActionCountry(), "inform_country", "east") == ["utter_ask_country_east"]


def test_the_branch_that_waits_for_the_country_is_said_again() -> None:
    talk = Talk()
    talk.press(ActionGuide(), "scam_compound", "friend")
    talk.press(ActionCountry(), "inform_country")
    assert talk.press(ActionCountry(), "inform_country", country="KH") == ["utter_scam_compound_friend"]
    assert talk.press(ActionCountry(), "inform_country", country="MM") == ["utter_scam_compound_friend"]


def test_every_button_of_a_check_names_a_question_there_is() -> None:
    for name, (check, action) in CHECKS.items():
        pressed = {
            button(b["payload"]) for several in RESPONSES.values() for v in several for b in v.get("buttons", ())
        }
        values = [data.split(":")[2] for data in pressed if data.startswith(f"intent:{name}:")]
        assert {f"{number}-{said}" for number in check.signs for said in ("yes", "no", "unsure", "skip")} <= set(values)
        for value in values:
            talk = Talk()
            talk.slots[check.slot] = [f"{number}-yes" for number in check.signs]
            assert talk.press(action(), name, value) != [f"utter_{name}"], value


def test_every_sector_variation_keeps_the_buttons_of_its_question() -> None:
    for name, several in RESPONSES.items():
        if "_check_q" in name:
            assert all(v["buttons"] == several[0]["buttons"] for v in several), name


def test_every_sign_has_a_sentence() -> None:
    for check, _ in CHECKS.values():
        assert {f"utter_sign_{sign}" for sign in check.signs.values()} <= set(RESPONSES)
