"""The hand-off: a person needs a human. What a request says, and in which order requests are taken."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass

MINUTE = 60 * 1000
HOUR = 60 * MINUTE


class Priority(enum.IntEnum):
    """How soon a human must look; smaller is sooner."""

    CRISIS = 0
    HIGH = 1
    NORMAL = 2


class Reason(str, enum.Enum):
    """Why a human is needed."""

    ASKED = "asked"
    DANGER = "danger"
    SUICIDE = "suicide"
    CHILD = "child"
    ASSISTANT_DOWN = "assistant_down"
    NOT_UNDERSTOOD = "not_understood"
    SELF_CHECK = "self_check"
    RETURNED = "returned"
    REOPENED = "reopened"
    CONTACT = "contact"


class Stage(str, enum.Enum):
    """Where a hand-off stands."""

    WAITING = "waiting"
    CLAIMED = "claimed"


@dataclass(frozen=True)
class HandoffRequest:
    """A conversation in the queue or in an operator's hands. Times are in milliseconds, 0 where there is none.

    `since` is when it first entered the queue; it keeps this place when a lost operator's conversation returns.
    `lease` is until when the operator's claim holds. `version` is raised whenever the conversation changes hands,
    and no other hand-off ever has the same. `answer_by` is when it returns unless the operator wrote a first
    reply. `offered_to` may accept it until `offer_until`, while the operator still holds it. While it waits,
    only `reserved_for` may take it until `reserved_until`.
    """

    conversation: str
    language: str
    priority: Priority
    reason: Reason
    since: int
    country: str = ""
    stage: Stage = Stage.WAITING
    operator: str = ""
    lease: int = 0
    version: int = 0
    indicators: tuple[str, ...] = ()
    answer_by: int = 0
    offered_to: str = ""
    offer_until: int = 0
    reserved_for: str = ""
    reserved_until: int = 0

    def kept_from(self, operator: str, now: int) -> bool:
        """Whether it is reserved for somebody else."""
        return self.reserved_until > now and self.reserved_for != operator

    def offered(self, now: int) -> bool:
        """Whether an offer to a colleague is open."""
        return bool(self.offered_to) and self.offer_until > now


@dataclass(frozen=True)
class FollowUp:
    """A closed conversation to be looked at again at a time (ms); nothing is written to the person."""

    conversation: str
    at: int
    operator: str
    language: str
    country: str = ""


@dataclass(frozen=True)
class Reaped:
    """What ran out: claims of lost operators, claims without a first reply, offers; and who was newly warned."""

    lost: tuple[HandoffRequest, ...] = ()
    unanswered: tuple[HandoffRequest, ...] = ()
    lapsed: tuple[HandoffRequest, ...] = ()
    warned: tuple[HandoffRequest, ...] = ()


@dataclass(frozen=True)
class Rules:
    """What the desk is set to. Times in milliseconds.

    `capacity` is how many conversations an operator holds whose account says nothing else; 0 is without limit.
    A first reply is due `first_reply` after a claim, `first_reply_crisis` where somebody is in danger; the
    operator is warned `warning` before. An offer to a colleague stands for `offer`. A person who writes again
    within `reopen` after a close comes back to the same operator, for whom the place is kept for `reserve`.
    """

    capacity: int = 6
    first_reply: int = 5 * MINUTE
    first_reply_crisis: int = 2 * MINUTE
    warning: int = MINUTE
    offer: int = 2 * MINUTE
    reopen: int = 24 * HOUR
    reserve: int = 10 * MINUTE

    def patience(self, priority: Priority) -> int:
        """How long after a claim the first reply is due."""
        return self.first_reply_crisis if priority is Priority.CRISIS else self.first_reply


# How much later than a crisis a request counts as having come, in milliseconds. A crisis goes first whatever
# waits; a normal request that has waited two hours more than a high one goes before it, so nobody starves.
_HANDICAP = {Priority.CRISIS: 0, Priority.HIGH: 7 * 24 * HOUR, Priority.NORMAL: 7 * 24 * HOUR + 2 * HOUR}


def score(priority: Priority, since: int) -> int:
    """Place in the queue, smaller first: the time of entry, set back by the weight of its priority.

    The number never changes while a request waits, so ageing costs nothing and a request that comes back
    from a lost operator finds its old place again.
    """
    return since + _HANDICAP[priority]


# How much later a request counts as having come for an operator who doesn't speak its language. Nobody starves
# for their language: a crisis goes first in any language, and who has waited two hours more goes first too.
FOREIGN = 2 * HOUR


def place(request: HandoffRequest, languages: Collection[str]) -> int:
    """Place in the queue for an operator who speaks `languages`, smaller first."""
    return score(request.priority, request.since) + (0 if request.language in languages else FOREIGN)
