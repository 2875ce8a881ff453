"""The conversation and what can follow from a message: plain values. The rules are in bot.core.decide."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.duty_hours import Prospect
from bot.core.handoff import Priority, Reason
from bot.core.language import LOCALES, pick_locale
from bot.core.message import (
    NO_ARGS,
    Arg,
    Author,
    Button,
    Channel,
)
from bot.core.statistics import Helped


class State(str, enum.Enum):
    """Who has the conversation."""

    ASSISTANT = "assistant"
    WAITING = "waiting"
    OPERATOR = "operator"
    CLOSED = "closed"


@dataclass(frozen=True)
class Conversation:
    """What is remembered of a conversation between two messages; no words.

    `version` is raised by every change and guards every write. `lines` counts the transcript.
    `applied` is the inbox id of the last inbound whose effects were written, so that none has two.
    `misses` counts what was not understood in a row. `helper` is the operator who closed it at `ended`, until the
    person is put back in line or wants nobody any more. `later` is the person's wish to be written to, as
    bot.core.later reads it; `quiet` holds from those first words until they answer. `claim` is when the operator took
    it: a page that was loaded under another claim is out of date. `asked_about` is what the open "did
    this help" is about, `asked_day` when it was asked last, in days since 1970. `claimed` and `replied` say that an
    operator took the newest hand-off, and wrote. Times are milliseconds since 1970.
    """

    id: str
    channel: Channel
    version: int = 0
    state: State = State.ASSISTANT
    operator: str = ""
    chosen: str = ""
    detected: str = ""
    hint: str = ""
    country: str = ""
    lines: int = 0
    applied: str = ""
    misses: int = 0
    introduced: bool = False
    last: int = 0
    helper: str = ""
    ended: int = 0
    later: str = ""
    quiet: bool = False
    claim: int = 0
    asked_about: str = ""
    asked_day: int = 0
    claimed: bool = False
    replied: bool = False

    @property
    def locale(self) -> str:
        """The locale to speak: chosen, else detected, else the channel's hint, else the default."""
        return pick_locale(self.chosen, self.detected, self.hint)


@dataclass(frozen=True)
class Facts:
    """What a decision needs to know of the world: the crisis found in the text, and who is on duty.

    `on_duty` is whether an operator who speaks the person's language is present, `anyone` whether any is.
    `again` says that the person writes soon after an operator closed; `helper_here`, that this one is present.
    """

    crisis: Reason | None = None
    on_duty: bool = False
    anyone: bool = False
    prospect: Prospect = Prospect()
    again: bool = False
    helper_here: bool = False


@dataclass(frozen=True)
class Say:
    """Say a phrase. `numbers` names the kinds of directory entries to fill ``{numbers}`` with."""

    phrase: str
    variation: str = ""
    args: Mapping[str, Arg] = field(default_factory=lambda: NO_ARGS)
    buttons: tuple[Button, ...] = ()
    numbers: tuple[str, ...] = ()
    urgent: bool = False
    author: Author = Author.ASSISTANT


@dataclass(frozen=True)
class Ask:
    """Ask the assistant: with the person's words, or with an intent a button named."""

    text: str = ""
    intent: str = ""
    value: str = ""


@dataclass(frozen=True)
class Enqueue:
    """Put the conversation into the hand-off queue, or raise its priority there.

    For some minutes only `reserved_for` may take it, "" for anyone.
    """

    reason: Reason
    priority: Priority
    indicators: tuple[str, ...] = ()
    reserved_for: str = ""


@dataclass(frozen=True)
class Cancel:
    """Take the conversation out of the queue."""


@dataclass(frozen=True)
class Erase:
    """Destroy the conversation's key and everything kept of it."""


@dataclass(frozen=True)
class Forget:
    """Take the assistant's own messages back where the channel can."""


@dataclass(frozen=True)
class Appoint:
    """Look at the person's wish to be written to at a time (ms)."""

    at: int


@dataclass(frozen=True)
class Listen:
    """Let the person hear a phrase, if it is recorded in their language."""

    phrase: str
    variation: str = ""


@dataclass(frozen=True)
class Rated:
    """The person said whether this helped: an intent's answer, or an operator."""

    about: str
    said: Helped


Effect = Say | Ask | Enqueue | Cancel | Erase | Forget | Listen | Appoint | Rated


@dataclass(frozen=True)
class Decision:
    """What the conversation becomes and what shall happen, in order."""

    conversation: Conversation
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Reply:
    """One answer of the assistant: a phrase id of the domain with its variation, arguments and buttons.

    `numbers` names the kinds of directory entries to fill ``{numbers}`` with.
    """

    phrase: str
    variation: str = ""
    args: Mapping[str, Arg] = field(default_factory=lambda: NO_ARGS)
    buttons: tuple[Button, ...] = ()
    numbers: tuple[str, ...] = ()


class Outcome(str, enum.Enum):
    """How sure the assistant was."""

    ANSWER = "answer"
    OFFER = "offer"
    REFUSE = "refuse"


@dataclass(frozen=True)
class AssistantReply:
    """What the assistant understood and answers; the contract of docs/architecture.md as a value.

    `ranking` holds up to three (intent, confidence 0–1), likeliest first; `language` is empty when unsure.
    """

    language: str
    intent: str
    confidence: float
    outcome: Outcome = Outcome.ANSWER
    ranking: tuple[tuple[str, float], ...] = ()
    replies: tuple[Reply, ...] = ()
    country: str = ""
    handoff: tuple[Reason, Priority] | None = None
    indicators: tuple[str, ...] = ()


PERSON = Button("button.person", "command:person")
MENU = Button("button.menu", "command:help")
LANGUAGE = Button("button.language", "command:language")
CANCEL = Button("button.cancel_waiting", "command:cancel")
ERASE = Button("button.erase", "command:delete")
COUNTRY = Button("button.country", "intent:inform_country")
LATER = Button("button.later", "command:later")
NOT_LATER = Button("button.not_later", "command:later:off")


def listen_button(phrase: str, variation: str) -> Button:
    """Reads an answer aloud; ids of phrases and variations hold no hyphen."""
    return Button("button.listen", "command:listen:" + "-".join(filter(None, (phrase, variation))))


def language_buttons() -> tuple[Button, ...]:
    """One button a language, titled with its own name; never a flag."""
    return tuple(Button("language.name", f"language:{locale}", {"locale": locale}) for locale in LOCALES)
