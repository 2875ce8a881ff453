"""A person asks for a human: the hand-off the product then makes."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.self_check import shown
from bot.core.handoff import Priority, Reason


class ActionHandoff(Action):
    """Asks the product for a human; with the signs of a self check, if the person agreed to show them."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_handoff"

    # Any: rasa_sdk's events are plain dicts.
    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Say what will happen and hand off."""
        found = shown(tracker)
        reason = Reason.SELF_CHECK if found else Reason.ASKED
        priority = Priority.HIGH if found else Priority.NORMAL
        dispatcher.utter_message(response="utter_talk_to_person")
        handoff = {"reason": reason.value, "priority": int(priority), "indicators": found}
        dispatcher.utter_message(json_message={"handoff": handoff})
        return []
