"""The contract with the product, as pure functions: JSON in → Ask, what Rasa said → JSON out.

It is written down in docs/architecture.md and read on the other side by bot/adapters/rasa.py. Whatever breaks it is
a Refusal with a status and a code; a code is a fixed word and never holds anything a person wrote.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .facts import ANSWER, COUNTRY, SECTORS, Fields, locale_of
from .normalise import normalise
from .turn import KEY_BYTES

LARGEST = 32 * 1024  # bytes of a request
_CONVERSATION = re.compile(r"[A-Za-z0-9_-]{1,128}")
_INTENT = re.compile(r"[a-z_]{1,64}")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:_[A-Za-z]{2,4})?")
_PAYLOAD = re.compile(r'/(?P<intent>[a-z_]+)(?:\{"(?P<name>[a-z]+)":\s*"(?P<value>[A-Za-z0-9_-]+)"\})?')
_DATA = re.compile(r"(?:command|language|intent):[A-Za-z_-]+(?::[A-Za-z0-9_-]+)?")
_LONGEST_DATA = 64  # bytes, the limit of the Telegram Bot API for a button's data


class Refusal(Exception):
    """The request or the answer breaks the contract; `status` is the HTTP status, `code` a fixed word."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Ask:
    """One question of the product: words, or the intent of a pressed button with its value."""

    conversation: str
    key: bytes = field(repr=False)
    text: str = field(default="", repr=False)
    intent: str = ""
    value: str = ""
    locale: str = ""
    country: str = ""

    def told(self) -> dict[str, str]:
        """What goes along with the message as metadata: what the product knows, and the value of a button."""
        return {"locale": self.locale, "country": self.country, "value": self.value}


def read_ask(body: bytes, key: str, intents: Collection[str]) -> Ask:
    """Read a request's body and its X-Conversation-Key; raises Refusal."""
    if len(body) > LARGEST:
        raise Refusal(413, "too_large")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise Refusal(400, "not_json") from exc
    if not isinstance(data, dict):
        raise Refusal(400, "not_an_object")
    metadata = data.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise Refusal(400, "bad_metadata")
    ask = Ask(
        conversation=_string(data, "conversation"),
        key=_key(key),
        text=harmless(_string(data, "text")),
        intent=_string(data, "intent"),
        value=_string(metadata, "value"),
        locale=_string(data, "locale"),
        country=_string(data, "country"),
    )
    _check(ask, "text" in data, intents)
    return ask


def _string(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise Refusal(400, f"bad_{name}")
    return value or ""


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise Refusal(400, "bad_key") from exc
    if len(key) != KEY_BYTES:
        raise Refusal(400, "bad_key")
    return key


def _check(ask: Ask, has_text: bool, intents: Collection[str]) -> None:
    if not _CONVERSATION.fullmatch(ask.conversation):
        raise Refusal(400, "bad_conversation")
    if has_text == bool(ask.intent):
        raise Refusal(400, "text_or_intent")
    if ask.intent and (not _INTENT.fullmatch(ask.intent) or ask.intent not in intents):
        raise Refusal(400, "unknown_intent")
    if ask.value and not (COUNTRY.fullmatch(ask.value) or ask.value in SECTORS or ANSWER.fullmatch(ask.value)):
        raise Refusal(400, "bad_value")
    if ask.locale and not _LOCALE.fullmatch(ask.locale):
        raise Refusal(400, "bad_locale")
    if ask.country and not COUNTRY.fullmatch(ask.country):
        raise Refusal(400, "bad_country")


def harmless(text: str) -> str:
    """A person's words in normal form, without the slashes by which Rasa takes words for an intent and slots."""
    before = None
    while text != before:
        before, text = text, normalise(text).lstrip("/ ")
    return text


def button(payload: str) -> str:
    """A button's data in the contract for its payload in domain.yml; raises ValueError for what neither side reads."""
    found = _PAYLOAD.fullmatch(payload)
    if found is not None:
        parts = ["intent", found["intent"], *filter(None, [found["value"]])]
        payload = ":".join(parts)
    if not _DATA.fullmatch(payload) or len(payload.encode()) > _LONGEST_DATA:
        raise ValueError(f"no such button: {payload}")
    return payload


def write_reply(message: Mapping[str, Any]) -> Fields | None:
    """One utterance of Rasa, as phrases.py makes them, as a reply; None where it holds only an action's JSON."""
    if not message.get("phrase"):
        return None
    buttons = [{"title": b["title"], "data": button(b["payload"]), "args": {}} for b in message.get("buttons") or ()]
    return {
        "phrase": message["phrase"],
        "variation": message.get("variation") or "",
        "args": message.get("args") or {},
        "buttons": buttons,
        "numbers": list(message.get("numbers") or ()),
    }


def write_answer(
    understanding: Mapping[str, Any], slots: Mapping[str, Any], messages: Iterable[Mapping[str, Any]], locale: str
) -> Fields:
    """The whole answer; raises Refusal where a sure intent found nothing to say, as when an action failed."""
    said = list(messages)
    sure = understanding["outcome"] == "answer"
    replies = [reply for message in said if (reply := write_reply(message)) is not None] if sure else []
    handoffs = [message["custom"]["handoff"] for message in said if "handoff" in (message.get("custom") or {})]
    if sure and not replies and not handoffs:
        raise Refusal(503, "no_answer")
    return {
        "language": locale_of(understanding["language"], understanding["script"], locale),
        "intent": understanding["intent"],
        "confidence": understanding["confidence"],
        "outcome": understanding["outcome"],
        "ranking": [{"intent": name, "confidence": chance} for name, chance in understanding["ranking"]],
        "replies": replies,
        "slots": {"country": slots.get("country"), "sector": slots.get("sector")},
        "handoff": handoffs[-1] if handoffs and sure else None,
    }
