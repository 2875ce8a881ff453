"""A person says where they are: the question that waited for it is answered now."""

from __future__ import annotations

from itertools import islice
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.directory import say_numbers
from actions.history import intents

# So many messages back a question is still what the person waits for.
_RECENT = 3


# Any: the domain as rasa sends it, decoded JSON.
def depends_on_country(domain: dict[str, Any], intent: str) -> bool:
    """Whether the answer to an intent has variations by country."""
    variations = (domain.get("responses") or {}).get(f"utter_{intent}") or []
    return any(condition.get("name") == "country" for v in variations for condition in v.get("condition") or ())


def _named_now(tracker: Tracker) -> bool:
    """Whether the newest message or button names a country, rather than the product knowing it from before."""
    entities = tracker.latest_message.get("entities") or ()
    return any(e.get("entity") == "country" and e.get("extractor") == "message" for e in entities)


class ActionCountry(Action):
    """Answers again, now that the country is known, what was asked before; asks for the country where none is."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_country"

    # Any: rasa_sdk's events are plain dicts.
    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """The waiting answer, or thanks."""
        country = tracker.get_slot("country")
        if not country or not _named_now(tracker):
            dispatcher.utter_message(response="utter_ask_country")
            return []
        for intent in islice((i for i in intents(tracker) if i != "inform_country"), _RECENT):
            if intent == "ask_hotline":
                say_numbers(dispatcher, tracker)
                return []
            if depends_on_country(domain, intent):
                dispatcher.utter_message(response=f"utter_{intent}")
                return []
        dispatcher.utter_message(response="utter_inform_country", args={"country": country})
        return []
