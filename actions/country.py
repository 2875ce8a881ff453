"""A person says where they are: the question that waited for it is answered now."""

from __future__ import annotations

from itertools import islice
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.directory import say_numbers
from actions.history import Exchange, answer, exchanges

# So many messages back a question is still what the person waits for.
_RECENT = 3
# Further screens of the list of places.
SCREENS = ("more", "east")
_CHOOSE = "/inform_country"


# Any: the domain as rasa sends it, decoded JSON.
def waits_for_country(domain: dict[str, Any], phrase: str) -> bool:
    """Whether an answer is another one once the country is known: it offers the choice, or has variations."""
    variations = (domain.get("responses") or {}).get(phrase) or []
    buttons = (button.get("payload") for v in variations for button in v.get("buttons") or ())
    conditions = (condition.get("name") for v in variations for condition in v.get("condition") or ())
    return _CHOOSE in buttons or "country" in conditions


def _named_now(tracker: Tracker) -> bool:
    """Whether the newest message or button names a country, rather than the product knowing it from before."""
    entities = tracker.latest_message.get("entities") or ()
    return any(e.get("entity") == "country" and e.get("extractor") == "message" for e in entities)


def _waiting(tracker: Tracker) -> list[Exchange]:
    """What was asked last, without the choice of a place itself."""
    asked = (exchange for exchange in exchanges(tracker) if exchange.intent not in ("", "inform_country"))
    return list(islice(asked, _RECENT))


class ActionCountry(Action):
    """Answers again, now that the country is known, what was asked before; asks for the country where none is."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_country"

    # Any: rasa_sdk's events are plain dicts.
    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """The waiting answer, or thanks."""
        country, screen = tracker.get_slot("country"), answer(tracker)
        if screen in SCREENS or not country or not _named_now(tracker):
            dispatcher.utter_message(response="utter_ask_country" + (f"_{screen}" if screen in SCREENS else ""))
            return []
        for exchange in _waiting(tracker):
            if exchange.intent == "ask_hotline":
                say_numbers(dispatcher, tracker)
                return []
            again = [phrase for phrase in exchange.said if waits_for_country(domain, phrase)]
            for phrase in again:
                dispatcher.utter_message(response=phrase)
            if again:
                return []
        dispatcher.utter_message(response="utter_inform_country", args={"country": country})
        return []
