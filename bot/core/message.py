"""The plain values that travel between floors: what came in, what goes out, what is remembered.

No message carries a client, a bot or a channel object; everything here can be written to a queue,
read back by another process of another version, and compared with ``==``.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

# What a phrase may be filled with: plain text and numbers, or a list of directory entry ids.
Arg = str | int | tuple[str, ...]
NO_ARGS: Mapping[str, Arg] = MappingProxyType({})

# The longest text of a person the product reads, in characters; Telegram's own limit for a message.
MAX_TEXT = 4096


class Channel(str, enum.Enum):
    """Where a person comes in."""

    TELEGRAM = "telegram"
    WEB = "web"


class Kind(str, enum.Enum):
    """What a person did."""

    TEXT = "text"
    BUTTON = "button"
    COMMAND = "command"
    EDITED = "edited"
    PHOTO = "photo"
    VOICE = "voice"
    DOCUMENT = "document"
    LOCATION = "location"
    UNSUPPORTED = "unsupported"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"


MEDIA_KINDS = frozenset({Kind.PHOTO, Kind.VOICE, Kind.DOCUMENT, Kind.LOCATION})


@dataclass(frozen=True)
class Media:
    """A file or place a person sent; `ref` is the channel's own handle, `size` in bytes, degrees as decimals.

    `mime`, `size` and `name` are what the person's app says, not what is known.
    """

    ref: str = ""
    mime: str = ""
    size: int = 0
    latitude: float = 0.0
    longitude: float = 0.0
    name: str = ""

    @property
    def key(self) -> str:
        """What the file is kept under: 32 hex digits, whatever the channel's handle holds; "" for a place."""
        return hashlib.sha256(self.ref.encode()).hexdigest()[:32] if self.ref else ""


@dataclass(frozen=True)
class Inbound:
    """One thing a person did, as one channel told it.

    `conversation` is the HMAC of the channel's address; `update` is unique within the channel;
    `at` is milliseconds since 1970; `text` holds words, caption, command with argument, or button data;
    `hint` is the language tag of the person's client; `message` the channel's message id.
    """

    conversation: str
    channel: Channel
    update: str
    at: int
    kind: Kind
    text: str = ""
    hint: str = ""
    message: str = ""
    media: Media | None = None


class Author(str, enum.Enum):
    """Who says a line."""

    PERSON = "person"
    ASSISTANT = "assistant"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Button:
    """A button below a message: `title` is a phrase id, `data` what comes back when it is pressed.

    `data` is at most 64 bytes (Bot API, InlineKeyboardButton.callback_data). `args` fills the title.
    """

    title: str
    data: str
    args: Mapping[str, Arg] = field(default_factory=lambda: NO_ARGS)


class Deed(str, enum.Enum):
    """What an outbound does: say something, read a phrase aloud, or take back what was said in the last 48 hours."""

    SAY = "say"
    LISTEN = "listen"
    FORGET = "forget"


@dataclass(frozen=True)
class Outbound:
    """One thing said to a person: a phrase with arguments, or an operator's own words.

    It is rendered into `locale` when it is sent. `urgent` goes before other conversations' chatter.
    `line` is the number of its transcript line, 0 where it has none. `part` is which of the phrase's messages it
    is, counted from 1; 0 is all of it. `due` is when it may leave at the earliest, in milliseconds since 1970.
    """

    id: str
    conversation: str
    channel: Channel
    at: int
    locale: str
    author: Author = Author.ASSISTANT
    deed: Deed = Deed.SAY
    phrase: str = ""
    variation: str = ""
    args: Mapping[str, Arg] = field(default_factory=lambda: NO_ARGS)
    words: str = ""
    buttons: tuple[Button, ...] = ()
    urgent: bool = False
    line: int = 0
    part: int = 0
    due: int = 0


class Delivery(str, enum.Enum):
    """What became of an outbound."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    BLOCKED = "blocked"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Gloss:
    """How the assistant understood a line: intent, confidence 0–1, language; and the crisis found, if any."""

    intent: str = ""
    confidence: float = 0.0
    language: str = ""
    crisis: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a transcript, language-neutral: words of a person or operator, or a phrase.

    `number` counts from 1 within the conversation; `outbound` is the id to look the delivery up by; `message` the
    channel's id of a person's message, by which an edited one is known again.
    """

    number: int
    at: int
    author: Author
    kind: Kind = Kind.TEXT
    words: str = ""
    phrase: str = ""
    variation: str = ""
    args: Mapping[str, Arg] = field(default_factory=lambda: NO_ARGS)
    buttons: tuple[Button, ...] = ()
    locale: str = ""
    operator: str = ""
    outbound: str = ""
    gloss: Gloss | None = None
    media: Media | None = None
    part: int = 0
    message: str = ""


def line_of(out: Outbound, operator: str = "") -> Line:
    """What was said to the person, as a transcript line."""
    return Line(
        number=out.line,
        at=out.at,
        author=out.author,
        words=out.words,
        phrase=out.phrase,
        variation=out.variation,
        args=out.args,
        buttons=out.buttons,
        locale=out.locale,
        operator=operator,
        outbound=out.id,
        part=out.part,
    )


@dataclass(frozen=True)
class Note:
    """What one operator writes for another. It is not an Outbound, and nothing turns it into one."""

    at: int
    operator: str
    words: str


class PressKind(str, enum.Enum):
    """What a button can ask for."""

    INTENT = "intent"
    COMMAND = "command"
    LANGUAGE = "language"


@dataclass(frozen=True)
class Press:
    """A pressed button, read: an intent (with a country or an answer as `value`), a command, or a language."""

    kind: PressKind
    name: str
    value: str = ""


def read_press(data: str) -> Press | None:
    """Read button data such as ``intent:inform_country:TH``, ``command:person`` or ``language:km``.

    Returns None for anything else: a stale, forged or foreign button, which the caller treats as unknown.
    """
    parts = data.split(":")
    if not 2 <= len(parts) <= 3 or not all(parts):
        return None
    try:
        kind = PressKind(parts[0])
    except ValueError:
        return None
    if not all(part.replace("_", "").replace("-", "").isalnum() and part.isascii() for part in parts[1:]):
        return None
    return Press(kind, parts[1], parts[2] if len(parts) == 3 else "")
