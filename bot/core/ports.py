"""What the flows need from the world, as protocols; each has a Redis version and a memory version.

Both sit the same exam (tests/adapters). Times are milliseconds since 1970. The operators' side stands in
bot.core.desk_ports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.conversation import AssistantReply, Conversation
from bot.core.desk_ports import Audit as Audit
from bot.core.desk_ports import AuditTrail as AuditTrail
from bot.core.desk_ports import Duty as Duty
from bot.core.desk_ports import HandoffQueue as HandoffQueue
from bot.core.desk_ports import Presence as Presence
from bot.core.desk_ports import Sealed as Sealed
from bot.core.desk_ports import Verdict as Verdict
from bot.core.handoff import HandoffRequest
from bot.core.message import Author, Channel, Deed, Delivery, Inbound, Line, Note, Outbound


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> int:
        """Milliseconds since 1970."""
        ...


@dataclass(frozen=True)
class Taken:
    """An inbound taken from the inbox: `entry` is its place, `tries` how often it was taken before."""

    entry: str
    inbound: Inbound
    tries: int = 0


@dataclass(frozen=True)
class TakenOut:
    """An outbound taken from the outbox. `tries` counts earlier takes; `began` whether a call may have been made."""

    entry: str
    outbound: Outbound
    tries: int = 0
    began: bool = False


class Inbox(Protocol):
    """What people wrote, durable before it is acknowledged."""

    async def put(self, inbound: Inbound, address: str) -> bool:
        """Store durably with the channel's address of the conversation; False if this update was stored before."""
        ...

    async def take(self, worker: str, wait: int) -> list[Taken]:
        """Take what is next for this worker, waiting up to `wait` ms.

        A conversation's messages come in order and to one worker at a time; what a dead worker took and did
        not finish comes again, first.
        """
        ...

    async def done(self, taken: Taken) -> None:
        """The work is done; forget the entry."""
        ...

    async def bury(self, taken: Taken, why: str) -> None:
        """Give up on an entry: keep it, countable, among the dead letters. `why` holds no words of a person."""
        ...

    async def leave(self, worker: str) -> None:
        """The worker stops; what it held is free for others at once."""
        ...

    async def counts(self) -> dict[str, int]:
        """How many entries are ``waiting`` (taken ones included) and ``dead``."""
        ...


class Outbox(Protocol):
    """What shall be said, durable, in order per conversation, per channel."""

    async def take(self, channel: Channel, sender: str, wait: int) -> list[TakenOut]:
        """Take what is next to send, waiting up to `wait` ms; unfinished entries of a dead sender come first."""
        ...

    def lost(self, channel: Channel) -> None:
        """The lead was lost: what is unfinished must be read again when it is won back."""
        ...

    async def begin(self, taken: TakenOut) -> bool:
        """Note durably that the call is about to be made; False if the outbound was withdrawn meanwhile."""
        ...

    async def done(self, taken: TakenOut, delivery: Delivery, message: str = "") -> None:
        """Record what became of it and the channel's message id, and forget the entry, in one step."""
        ...

    async def withdraw(self, conversation: str, outbound: str) -> bool:
        """Take a line back before its call was begun; False if it is too late."""
        ...

    async def deliveries(self, conversation: str) -> dict[str, tuple[Delivery, str]]:
        """Outbound id → what became of it and the channel's message id."""
        ...

    async def said(self, conversation: str, since: int) -> list[str]:
        """The channel's message ids of what was sent since `since`, for taking back."""
        ...

    async def counts(self) -> dict[str, int]:
        """How many entries wait, by channel."""
        ...


@dataclass(frozen=True)
class Change:
    """One atomic change of a conversation: all of it is written, or none.

    `before` is what was loaded (its version guards the write); `after` what it becomes (version is raised by
    the store). `enqueue` puts the conversation into the queue or raises its priority; `cancel` takes it out.
    `answered` is when its operator wrote to the person (ms), 0 where nobody did: a first reply has come.
    """

    before: Conversation
    after: Conversation
    lines: tuple[Line, ...] = ()
    outbounds: tuple[Outbound, ...] = ()
    enqueue: HandoffRequest | None = None
    cancel: bool = False
    answered: int = 0


class Conversations(Protocol):
    """Conversations with their transcripts and notes."""

    async def load(self, conversation: str, channel: Channel) -> Conversation:
        """The conversation, or a new one of version 0."""
        ...

    async def commit(self, change: Change) -> Conversation:
        """Write a change and return the conversation as it is now; raises Conflict if `before` is stale."""
        ...

    async def transcript(self, conversation: str, after: int = 0) -> list[Line]:
        """The lines numbered above `after`; a line whose key was erased is left out."""
        ...

    async def note(self, conversation: str, note: Note) -> None:
        """Keep an operator's note."""
        ...

    async def notes(self, conversation: str) -> list[Note]:
        """All notes, oldest first."""
        ...

    async def erase(self, conversation: Conversation, last: Sequence[Outbound]) -> None:
        """Destroy the key, transcript, notes, queue place and state; then emit `last` under a new key."""
        ...

    async def address(self, conversation: str) -> str:
        """The channel's address, for the sender alone; "" if unknown."""
        ...


class Leases(Protocol):
    """Who leads: one poller and one sender per token, whatever the number of processes."""

    async def hold(self, name: str, owner: str, lifetime: int) -> bool:
        """Take or extend the lease for `lifetime` ms; False while another owner has it."""
        ...

    async def drop(self, name: str, owner: str) -> None:
        """Give the lease up, if it is ours."""
        ...


class Signals(Protocol):
    """Tells live pages that something changed; carries ids only, never words, and may be lost."""

    async def tell(self, topic: str) -> None:
        """Wake whoever listens: ``queue``, ``conversation:<id>``; who writes: ``typing:<id>``, ``writing:<id>``."""
        ...


class Assistant(Protocol):
    """Understands and answers."""

    async def ask(self, question: Question) -> AssistantReply:
        """Raises AssistantUnavailable on any failure, a slow or malformed answer included."""
        ...


@dataclass(frozen=True)
class Question:
    """What the assistant is asked: words, or an intent with its value from a button."""

    conversation: str
    locale: str
    country: str = ""
    text: str = ""
    intent: str = ""
    value: str = ""
    key: bytes = b""


@dataclass(frozen=True)
class Mail:
    """What a web page shows: words of the person, or a rendered message with (title, data) of its buttons.

    `deed` is ``say`` or ``forget`` (clear the page). `about` is the person's own id of a message, so that the
    page knows its own words again. `audio` is the address of a recording to play, "" where there is none.
    """

    author: Author
    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    locale: str = ""
    deed: Deed = Deed.SAY
    about: str = ""
    audio: str = ""


class Mailbox(Protocol):
    """What an open web page has to show, for two days; sealed as everything else."""

    async def post(self, conversation: str, mail: Mail) -> str:
        """Keep a mail; returns its id, which grows."""
        ...

    async def read(self, conversation: str, after: str, wait: int) -> list[tuple[str, Mail]]:
        """Mails after an id ("" for all), waiting up to `wait` ms for one."""
        ...

    async def clear(self, conversation: str) -> None:
        """Forget all mails."""
        ...


class Appointments(Protocol):
    """When to look at whose wish to be written to later; the wish itself is the conversation's."""

    async def put(self, conversation: str, at: int) -> None:
        """Look at it at this time (ms); an earlier entry of the conversation is replaced."""
        ...

    async def due(self, now: int, count: int = 100) -> list[str]:
        """Conversations whose time has come, the earliest first."""
        ...

    async def drop(self, conversation: str) -> None:
        """There is no wish any more."""
        ...


class Lookup(Protocol):
    """Chooses directory entries for a person; bot.core.directory.Directory does."""

    def pick(self, kinds: Sequence[str], country: str, language: str, now: int, limit: int = 4) -> tuple[str, ...]:
        """Entry ids that fit: the person's country, their language, open now, kinds in order."""
        ...


class Vault(Protocol):
    """Encryption with one key per conversation. `purpose` binds a record to its place."""

    async def seal(self, conversation: str, purpose: str, plain: bytes) -> bytes:
        """Encrypt; makes the conversation's key on first use."""
        ...

    async def open(self, conversation: str, purpose: str, sealed: bytes) -> bytes:
        """Decrypt; raises KeyErased if the key it was sealed with is gone, WireError if it was tampered with."""
        ...

    async def derive(self, conversation: str, purpose: str) -> bytes:
        """A key of 32 bytes for another part of the product, derived from the conversation's own."""
        ...

    async def erase(self, conversation: str) -> bool:
        """Destroy the key; False if there was none."""
        ...
