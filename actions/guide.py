"""Short guided answers: an answer asks one thing by buttons, and each button has an answer of its own."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.history import answer

# Intent → the answers its buttons carry; utter_<intent>_<answer> in domain.yml is said for each.
BRANCHES = {
    "help_menu": ("pay", "papers", "trouble", "check", "help"),
    "scam_compound": ("me", "friend"),
    "fishing_vessel": ("me", "friend"),
    "worried_about_other": ("missing", "trapped"),
}


def branch(intent: str, value: str) -> str:
    """The phrase for a button; the one that asks where the button is not known."""
    return f"utter_{intent}_{value}" if value in BRANCHES.get(intent, ()) else f"utter_{intent}"


class ActionGuide(Action):
    """Asks, or gives the answer of the pressed button."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_guide"

    # Any: rasa_sdk's events are plain dicts.
    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """One phrase."""
        intent = str((tracker.latest_message.get("intent") or {}).get("name") or "help_menu")
        dispatcher.utter_message(response=branch(intent, answer(tracker)))
        return []
