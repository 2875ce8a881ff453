"""Hand a conversation over to a human."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.core.handoff import Priority, Reason


def hand_off(
    dispatcher: CollectingDispatcher, reason: Reason, priority: Priority, indicators: Sequence[str] = ()
) -> None:
    """Ask the product for a hand-off; it tells the person the honest wait itself."""
    request = {"reason": reason.value, "priority": int(priority), "indicators": list(indicators)}
    dispatcher.utter_message(json_message={"handoff": request})


class ActionHandoff(Action):  # type: ignore[misc]  # rasa_sdk ships no types
    """The person asked for a human."""

    def name(self) -> str:
        """As the domain calls it."""
        return "action_handoff"

    # Any: rasa_sdk's domain and events are untyped.
    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Ask for the hand-off; nothing to say here."""
        dispatcher.utter_message(response="utter_talk_to_person")
        hand_off(dispatcher, Reason.ASKED, Priority.NORMAL)
        return []
