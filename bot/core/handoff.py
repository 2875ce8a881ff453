"""The hand-off: a person needs a human. What a request says, and in which order requests are taken."""

from __future__ import annotations

import enum
from dataclasses import dataclass

HOUR = 60 * 60 * 1000


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


class Stage(str, enum.Enum):
    """Where a hand-off stands."""

    WAITING = "waiting"
    CLAIMED = "claimed"


@dataclass(frozen=True)
class HandoffRequest:
    """A conversation in the queue or in an operator's hands.

    `since` is when it first entered the queue, in milliseconds; it keeps this place when a lost operator's
    conversation returns. `lease` is until when the operator's claim holds, 0 while waiting.
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


# How much later than a crisis a request counts as having come, in milliseconds. A crisis goes first whatever
# waits; a normal request that has waited two hours more than a high one goes before it, so nobody starves.
_HANDICAP = {Priority.CRISIS: 0, Priority.HIGH: 7 * 24 * HOUR, Priority.NORMAL: 7 * 24 * HOUR + 2 * HOUR}


def score(priority: Priority, since: int) -> int:
    """Place in the queue, smaller first: the time of entry, set back by the weight of its priority.

    The number never changes while a request waits, so ageing costs nothing and a request that comes back
    from a lost operator finds its old place again.
    """
    return since + _HANDICAP[priority]
