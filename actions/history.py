"""What was asked and said, by intent and phrase; read from the events Rasa sends along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from rasa_sdk import Tracker


@dataclass
class Exchange:
    """One message of the person by its intent, "" where unsure, and the phrases it was answered with."""

    intent: str
    said: list[str] = field(default_factory=list)


def exchanges(tracker: Tracker) -> Iterator[Exchange]:
    """What was asked and answered, the newest first; the message being answered now has no phrases yet."""
    phrases: list[str] = []
    for event in reversed(tracker.events):
        if event.get("event") == "bot":
            phrases.insert(0, str(event.get("text") or ""))
        elif event.get("event") == "user":
            name = ((event.get("parse_data") or {}).get("intent") or {}).get("name")
            yield Exchange("" if name in (None, "nlu_fallback") else str(name), phrases)
            phrases = []


def intents(tracker: Tracker) -> Iterator[str]:
    """The intents of the person's messages, the newest first; unsure ones are left out."""
    return (exchange.intent for exchange in exchanges(tracker) if exchange.intent)


def last_said(tracker: Tracker) -> str:
    """The last phrase before the message being answered now."""
    before = list(exchanges(tracker))[1:2]
    return before[0].said[-1] if before and before[0].said else ""


def answer(tracker: Tracker) -> str:
    """The answer a pressed button carries; "" for words and for other buttons."""
    return str(next(tracker.get_latest_entity_values("answer"), None) or "")
