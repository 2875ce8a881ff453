"""Facts of a conversation in the two forms Rasa keeps them: parse data of a message, and entities that fill slots."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .classify import Understanding

if TYPE_CHECKING:
    from rasa.shared.core.trackers import DialogueStateTracker

SECTORS = ("fishing", "domestic", "factory", "construction", "farm", "entertainment", "scam_compound", "other")
COUNTRY = re.compile("[A-Z]{2}")
# What a button can say beside a country or sector, such as 3-yes: the answer to the question it names.
ANSWER = re.compile("(?=.{1,32}$)[a-z0-9]+(?:[_-][a-z0-9]+)*")
# Where an entity is from: the message itself, or what the product knew before.
SAID, KNOWN = "message", "conversation"

# A country these name is where somebody else is, or where the person is not.
_ELSEWHERE = frozenset({"worried_about_other", "ask_go_home", "change_language", "out_of_scope"})

# Any: JSON values, as Rasa keeps parse data and entities.
Fields = dict[str, Any]


def locale_of(language: str | None, script: str | None, before: str) -> str:
    """The product's locale of a language: zh needs a script, else the one spoken before; "" where unsure."""
    if language != "zh":
        return language or ""
    if script is not None:
        return f"zh_{script}"
    return before if before.startswith("zh") else "zh_Hans"


def language_before(tracker: DialogueStateTracker | None, locale: str) -> str | None:
    """The language the conversation had: what was understood last, else the locale the product speaks.

    The product's default is English also where nobody chose it, so English counts only once it was understood.
    """
    for event in reversed(tracker.events) if tracker is not None else ():
        understood = (getattr(event, "parse_data", None) or {}).get("understanding") or {}
        if understood.get("language"):
            return str(understood["language"])
    return None if locale in ("", "en") else locale.partition("_")[0]


def parsed(understood: Understanding) -> Fields:
    """An understanding as parse data. The text is left out: Rasa keeps the message's own beside it."""
    return {
        "language": understood.language,
        "script": understood.script,
        "intent": understood.intent,
        "confidence": round(understood.confidence, 4),
        "outcome": understood.outcome.value,
        "ranking": [[name, round(chance, 4)] for name, chance in understood.ranking],
        "countries": list(understood.countries),
    }


def pressed(intent: str) -> Fields:
    """The parse data of a button: no doubt, and no language."""
    return {
        "language": None,
        "script": None,
        "intent": intent,
        "confidence": 1.0,
        "outcome": "answer",
        "ranking": [[intent, 1.0]],
        "countries": [],
    }


def entities(understanding: Mapping[str, Any], told: Mapping[str, Any]) -> list[Fields]:
    """Entities for the slots: from the message or its button, else from what the product knows.

    `told` holds `locale`, `country` and the button's `value`. The extractor tells the two sources apart, so that an
    action can see whether the person named a country just now.
    """
    value, named = str(told.get("value") or ""), country_named(understanding)
    known = {"country": str(told.get("country") or ""), "locale": str(told.get("locale") or "")}
    sector = value if value in SECTORS else ""
    reply = value if ANSWER.fullmatch(value) and not sector else ""
    said = {"country": value if COUNTRY.fullmatch(value) else named, "sector": sector, "answer": reply}
    found = {name: (text, SAID) for name, text in said.items() if text}
    found |= {name: (text, KNOWN) for name, text in known.items() if text and name not in found}
    return [{"entity": name, "value": text, "extractor": source} for name, (text, source) in found.items()]


def country_named(understanding: Mapping[str, Any]) -> str:
    """The country a message is about; none where it names several, or is about somewhere else."""
    countries = set(understanding.get("countries") or ())
    if len(countries) != 1 or understanding.get("intent") in _ELSEWHERE:
        return ""
    return str(countries.pop())
