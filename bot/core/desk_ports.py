"""What the operators' side needs from the world, as protocols; see bot.core.ports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.handoff import FollowUp, HandoffRequest, Reaped


@dataclass(frozen=True)
class Audit:
    """One transition, without words: `what` happened to a conversation, by whom."""

    at: int
    what: str
    conversation: str
    operator: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Sealed:
    """An entry of the audit with its place in the chain; `seal` is "" until it is chained, seconds later."""

    number: int
    audit: Audit
    seal: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a check of the audit found: how many entries, how many not chained yet, the newest chained one
    (``number:seal``), and what is wrong, in English.
    """

    entries: int
    unsealed: int
    head: str
    flaws: tuple[str, ...] = ()


class AuditTrail(Protocol):
    """The audit: entries are only added, and each is chained to the one before (bot.core.chain)."""

    async def record(self, entry: Audit) -> None:
        """Add an entry; it holds no words."""
        ...

    async def seal(self, now: int) -> str:
        """Chain what is new, and let go of what is older than it is kept; returns the head, "" if nothing is new."""
        ...

    async def entries(self, below: int = 0, count: int = 100) -> list[Sealed]:
        """Entries numbered below `below` (0: all), newest first."""
        ...

    async def verify(self, now: int, head: str = "") -> Verdict:
        """Check the whole chain; a `head` noted before must still be in it."""
        ...


class HandoffQueue(Protocol):
    """The queue for humans. Every transition is atomic with the conversation's state, and audited.

    Operators are named by their id; `languages` are as `bot.core.language.speech` says. `version` is what the
    operator saw: a transition raises Conflict if the conversation changed hands since; 0 is not compared.
    `capacity` is how many conversations an operator may hold, 0 for any number: beyond it Full is raised, save
    for a crisis that is taken by name.
    """

    async def waiting(self) -> list[HandoffRequest]:
        """All waiting requests, first to be taken first."""
        ...

    async def held(self, operator: str = "") -> list[HandoffRequest]:
        """What an operator holds; what anyone holds if no operator is named."""
        ...

    async def offers(self, operator: str, now: int) -> list[HandoffRequest]:
        """What colleagues offer to an operator."""
        ...

    async def find(self, conversation: str) -> HandoffRequest | None:
        """The open request of a conversation."""
        ...

    async def claim(
        self, operator: str, conversation: str, now: int, version: int = 0, capacity: int = 0
    ) -> HandoffRequest:
        """Claim this one; raises Conflict if it is not waiting any more, Reserved if it waits for another."""
        ...

    async def claim_next(
        self, operator: str, languages: Sequence[str], now: int, capacity: int = 0
    ) -> HandoffRequest | None:
        """Claim the first by `bot.core.handoff.place`; None if none waits. Raises Full."""
        ...

    async def beat(self, operator: str, now: int) -> int:
        """Extend the operator's leases; returns how many conversations are held."""
        ...

    async def give_back(self, operator: str, conversation: str, now: int, version: int = 0) -> None:
        """Back to the queue, at the old place; raises NotYours."""
        ...

    async def offer(
        self, operator: str, conversation: str, to: str, now: int, version: int = 0, capacity: int = 0
    ) -> HandoffRequest:
        """Offer to a colleague with this `capacity`; raises NotYours, or Conflict while another offer is open."""
        ...

    async def accept(
        self, operator: str, conversation: str, now: int, version: int = 0, capacity: int = 0
    ) -> HandoffRequest:
        """Take what is offered to the operator; raises Conflict if it is not any more."""
        ...

    async def refuse(self, operator: str, conversation: str, now: int, version: int = 0) -> None:
        """Refuse an offer, or take one's own back; raises Conflict if there is none, NotYours for others."""
        ...

    async def reassign(self, supervisor: str, conversation: str, to: str, now: int, version: int = 0) -> HandoffRequest:
        """From wherever it is to an operator, or to the queue if `to` is "", whatever the capacity."""
        ...

    async def finish(
        self,
        operator: str,
        conversation: str,
        now: int,
        *,
        closed: bool,
        reason: str = "",
        version: int = 0,
        follow_up: int = 0,
    ) -> None:
        """End the hand-off: closed, to be looked at again at `follow_up` (ms, 0: not), or released to the
        assistant; raises NotYours.
        """
        ...

    async def reap(self, now: int) -> Reaped:
        """Return what ran out to the old places; each is told once."""
        ...

    async def unreserve(self, operator: str) -> None:
        """The operator left: what waits for them may be taken by all."""
        ...

    async def follow_ups(self, until: int) -> list[FollowUp]:
        """Closed conversations that are to be looked at again by `until`, oldest first."""
        ...

    async def followed(self, operator: str, conversation: str, now: int) -> bool:
        """It was looked at; False if there is no follow-up."""
        ...

    async def waits(self, language: str, since: int) -> list[int]:
        """How long people who speak this language waited for a first reply that came after `since`, in ms."""
        ...

    async def audit(self, count: int = 100) -> list[Audit]:
        """The newest transitions, newest first."""
        ...


@dataclass(frozen=True)
class Presence:
    """An operator on duty: id, name, spoken languages, seen last, how many conversations they hold at most."""

    operator: str
    name: str
    languages: tuple[str, ...]
    seen: int
    capacity: int = 0


class Duty(Protocol):
    """Who is on duty."""

    async def arrive(self, presence: Presence) -> None:
        """The operator is here; repeated as a heartbeat."""
        ...

    async def leave(self, operator: str) -> None:
        """The operator left."""
        ...

    async def present(self, now: int) -> list[Presence]:
        """Everyone seen within the last minute."""
        ...
