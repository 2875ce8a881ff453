"""Look up whom to call."""

from __future__ import annotations

import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.core.directory import Directory, parse
from bot.core.language import speech

DIRECTORY = Path(__file__).resolve().parent.parent / "nlu_data" / "directory.yml"
# Who is offered when somebody asks for a number and says no more.
KINDS = ("trafficking", "labour", "emergency", "women", "ngo", "consular")


@lru_cache(maxsize=1)
def directory() -> Directory:
    """The directory, read once; raises ContentError."""
    data = yaml.load(DIRECTORY.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506, plain strings only
    return parse(data, lambda place: DIRECTORY.name)


class ActionDirectory(Action):  # type: ignore[misc]  # rasa_sdk ships no types
    """Numbers for the person's country; asks for the country where it is unknown."""

    def name(self) -> str:
        """As the domain calls it."""
        return "action_directory"

    # Any: rasa_sdk's domain and events are untyped.
    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Say the numbers, or ask where the person is."""
        country = tracker.get_slot("country")
        if not country:
            dispatcher.utter_message(response="utter_ask_country")
            return []
        language = speech(tracker.get_slot("locale") or "en")
        found = directory().pick(KINDS, country, language, int(time.time() * 1000), limit=5)
        dispatcher.utter_message(response="utter_numbers", args={"numbers": list(found), "country": country})
        return []
