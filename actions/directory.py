"""Whom to call: which kinds of numbers fit. The product picks the numbers themselves from the directory."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.history import intents
from bot.core.entry import KINDS

USUAL = ("trafficking", "labour", "emergency", "consular")
# What was talked about last → the kinds that help there, most fitting first.
FITTING = {
    "wages_withheld": ("labour", "trafficking", "ngo"),
    "excessive_hours": ("labour", "trafficking", "ngo"),
    "ask_minimum_wage": ("labour", "ngo"),
    "ask_working_hours": ("labour", "ngo"),
    "ask_rest_leave": ("labour", "ngo"),
    "ask_contract": ("labour", "ngo"),
    "ask_injury": ("labour", "health", "ngo"),
    "ask_legal_help": ("labour", "ngo", "trafficking"),
    "ask_health": ("health", "emergency"),
    "self_harm": ("health", "emergency"),
    "sexual_abuse": ("women", "trafficking", "health"),
    "forced_marriage": ("women", "trafficking", "consular"),
    "ask_pregnancy": ("women", "health", "labour"),
    "child_labour": ("child", "trafficking"),
    "passport_withheld": ("trafficking", "labour", "consular"),
    "document_renewal": ("consular", "labour"),
    "ask_go_home": ("consular", "trafficking", "ngo"),
    "worried_about_other": ("trafficking", "consular"),
    "emergency_danger": ("emergency", "trafficking"),
    "threats_violence": ("emergency", "trafficking", "women"),
    "fishing_vessel": ("seafarers", "labour", "trafficking"),
}
# Intents that say nothing about what the numbers are for.
_PASSING = frozenset({"ask_hotline", "inform_country", "affirm", "deny", "thank", "greet", "help_menu", "unsure"})


def kinds(tracker: Tracker) -> list[str]:
    """The kinds that fit what was talked about last; always ones the directory knows."""
    subject = next((intent for intent in intents(tracker) if intent not in _PASSING), "")
    fitting = list(FITTING.get(subject, USUAL))
    if tracker.get_slot("sector") == "fishing" and "seafarers" not in fitting:
        fitting.insert(0, "seafarers")
    return [kind for kind in fitting if kind in KINDS]


def say_numbers(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """Give numbers where the country is known, ask for it otherwise."""
    if tracker.get_slot("country"):
        dispatcher.utter_message(response="utter_numbers", numbers=kinds(tracker))
    else:
        dispatcher.utter_message(response="utter_ask_country")


class ActionDirectory(Action):
    """Answers "whom can I call?"."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_directory"

    # Any: rasa_sdk's events are plain dicts.
    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Numbers, or the question for the country."""
        say_numbers(dispatcher, tracker)
        return []
