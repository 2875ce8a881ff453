"""What was talked about, by intent; read from the events Rasa sends along."""

from __future__ import annotations

from collections.abc import Iterator

from rasa_sdk import Tracker


def intents(tracker: Tracker) -> Iterator[str]:
    """The intents of the person's messages, the newest first; unsure ones are left out."""
    for event in reversed(tracker.events):
        if event.get("event") != "user":
            continue
        name = ((event.get("parse_data") or {}).get("intent") or {}).get("name")
        if name and name != "nlu_fallback":
            yield str(name)
