"""What belongs to the one request being answered: its key, and what came of it.

Rasa hands neither a request nor its headers to tracker store and components. A context variable does, and so the
key never becomes part of an event, a log line or a stored record; it is gone when the request is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rasa.shared.core.trackers import DialogueStateTracker

KEY_BYTES = 32


class NoTurn(RuntimeError):
    """The tracker store was used outside of a request, or for another conversation than the request's."""


@dataclass
class Turn:
    """One request. `key` seals the conversation's events; `stored` counts those read from the store.

    `tracker` is what the store was last given to save: after the turn, the state that holds from now on.
    """

    conversation: str
    key: bytes = field(repr=False)
    stored: int = 0
    tracker: DialogueStateTracker | None = field(default=None, repr=False)


_CURRENT: ContextVar[Turn] = ContextVar("turn")


@contextmanager
def begin(turn: Turn) -> Iterator[Turn]:
    """Make `turn` the current one while the block runs, in this task and those it starts."""
    token = _CURRENT.set(turn)
    try:
        yield turn
    finally:
        _CURRENT.reset(token)


def current(conversation: str) -> Turn:
    """The turn of this conversation; raises NoTurn."""
    turn = _CURRENT.get(None)
    if turn is None or turn.conversation != conversation:
        raise NoTurn("no request of this conversation is being answered")
    return turn
