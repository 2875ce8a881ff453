"""What the answers of the self check can mean; it counts signs and judges nobody."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

# Slot of a question → what an operator sees of a yes. The ILO's indicators of forced labour (2012) in one word each.
QUESTIONS = {
    "check_papers": "papers",
    "check_leave": "movement",
    "check_pay": "wages",
    "check_debt": "debt",
    "check_threat": "threats",
}
# So many signs, and a human should look sooner.
MANY = 2


def signs(tracker: Tracker) -> list[str]:
    """The signs the person said yes to, in the order of the questions."""
    return [sign for slot, sign in QUESTIONS.items() if tracker.get_slot(slot) == "yes"]


class ActionSelfCheck(Action):
    """Says after the last question what the answers can mean."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_self_check"

    # Any: rasa_sdk's events are plain dicts.
    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """A doubt counts as a reason to look closer, for those most controlled know least."""
        unsure = any(tracker.get_slot(slot) == "unsure" for slot in QUESTIONS)
        few = not signs(tracker) and not unsure
        dispatcher.utter_message(response="utter_self_check_few" if few else "utter_self_check_signs")
        return []


class ActionForgetCheck(Action):
    """Empties the answers, so that a second self check asks again."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_forget_check"

    # Any: rasa_sdk's events are plain dicts.
    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Nothing is said."""
        return [SlotSet(slot, None) for slot in QUESTIONS]
