"""From the page's JSON to an Inbound: pure, and every refusal has a code the page can act on.

The body is ``{"id": uuid, "kind": "text" | "button" | "command", "text": …}``; ``title`` is what stood on the button,
``locale`` the language the page is in. What is not named here is ignored, so that an old page and a new server agree.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from bot.core.language import LOCALES, read_tag
from bot.core.message import MAX_TEXT, Channel, Inbound, Kind

COMMANDS = ("start", "language", "help", "person", "delete", "stop", "cancel")
# The longest text, each of its characters written as two escapes of six bytes, and room for the rest.
MAX_BODY = 64 * 1024
# Bot API, InlineKeyboardButton.callback_data; the same buttons serve every channel.
MAX_DATA = 64
MAX_TITLE = 200
# RFC 9110 sets no limit; browsers send less than this.
_MAX_LANGUAGES = 500
# Invisible characters that no keyboard writes; line breaks and tabs stay.
_CONTROLS = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}


@dataclass(frozen=True)
class Refusal:
    """Why a message can't be taken, as the answer says it; `status` is HTTP's."""

    code: str
    status: int = 400


@dataclass(frozen=True)
class Heard:
    """An inbound; `about` is the page's own id of it, `shown` what the person sees of it, "" for nothing."""

    inbound: Inbound
    about: str
    shown: str = ""


MALFORMED = Refusal("malformed")
TOO_LARGE = Refusal("too_large", 413)


def hear(body: bytes, conversation: str, at: int, languages: str) -> Heard | Refusal:
    """Read one message; `languages` is the Accept-Language header."""
    fields = _decode(body)
    if isinstance(fields, Refusal):
        return fields
    about = _uuid(fields.get("id"))
    said = _content(fields)
    if about is None:
        return Refusal("bad_id")
    if isinstance(said, Refusal):
        return said
    kind, text, shown = said
    inbound = Inbound(
        conversation=conversation,
        channel=Channel.WEB,
        update=update_of(about, conversation),
        at=at,
        kind=kind,
        text=text,
        hint=_hint(fields.get("locale"), languages),
        message=str(about),
    )
    return Heard(inbound, str(about), shown)


def update_of(about: uuid.UUID, conversation: str) -> str:
    """The update id: the page's UUID, bound to its conversation.

    If the first answer is lost on the way, its cookie is lost too; the page then sends the same id from what is a
    new conversation, and must be heard there.
    """
    return str(uuid.uuid5(about, conversation))


def spoken(languages: str) -> str:
    """The first tag of an Accept-Language header that we speak, by the person's own ranking; "" if none."""
    ranked = []
    for place, item in enumerate(languages[:_MAX_LANGUAGES].split(",")):
        tag, _, weight = item.partition(";")
        ranked.append((-_weight(weight), place, tag.strip()))
    return next((tag for weight, _, tag in sorted(ranked) if weight < 0 and read_tag(tag)), "")


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if not name:
        return 1.0
    try:
        weight = float(value) if name == "q" else 0.0
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0


# Any: decoded JSON; every field is checked below before it is used.
def _decode(body: bytes) -> dict[str, Any] | Refusal:
    if len(body) > MAX_BODY:
        return TOO_LARGE
    try:
        fields = json.loads(body.decode())
    except (ValueError, RecursionError):
        return MALFORMED
    return fields if isinstance(fields, dict) else MALFORMED


def _uuid(value: object) -> uuid.UUID | None:
    if not isinstance(value, str) or len(value) != 36:
        return None
    try:
        return uuid.UUID(value)
    except ValueError:
        return None


def _hint(locale: object, languages: str) -> str:
    """The language the person reads the page in, else the browser's."""
    return locale if isinstance(locale, str) and locale in LOCALES else spoken(languages)[:35]


def _content(fields: dict[str, Any]) -> tuple[Kind, str, str] | Refusal:
    """Kind, text, and what the person sees of it."""
    text, title = fields.get("text"), fields.get("title", "")
    if not isinstance(text, str) or not isinstance(title, str):
        return MALFORMED
    if not (_encodable(text) and _encodable(title)):
        return Refusal("bad_text")
    match fields.get("kind"):
        case "text":
            return _text(text)
        case "button":
            return _button(text, title)
        case "command":
            return _command(text) or Refusal("unknown_command")
        case _:
            return Refusal("bad_kind")


def _text(text: str) -> tuple[Kind, str, str] | Refusal:
    words = text.translate(_CONTROLS).strip()
    if not words:
        return Refusal("empty")
    if len(words) > MAX_TEXT:
        return Refusal("too_long", 413)
    return (_command(words[1:]) if words.startswith("/") else None) or (Kind.TEXT, words, words)


def _button(data: str, title: str) -> tuple[Kind, str, str] | Refusal:
    if not 0 < len(data.encode()) <= MAX_DATA:
        return Refusal("bad_button")
    return Kind.BUTTON, data, title.translate(_CONTROLS).strip()[:MAX_TITLE]


def _command(text: str) -> tuple[Kind, str, str] | None:
    """A command of ours with its argument; None for any other word behind a slash."""
    name, _, argument = text.partition(" ")
    if name.lower() not in COMMANDS:
        return None
    command = f"{name.lower()} {argument.strip()[:MAX_DATA]}".strip()
    return Kind.COMMAND, command, f"/{command}"


def _encodable(text: str) -> bool:
    """False for half a character (a lone surrogate), which JSON can carry and no store can keep."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
