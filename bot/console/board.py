"""The board: who waits, crisis first, and what this operator holds, with what is worth knowing before a claim."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.console.transcript import meaning, sign
from bot.core.account import Account
from bot.core.handoff import HandoffRequest, Priority
from bot.core.message import Author, Channel, Line
from bot.core.ports import Conversations, HandoffQueue
from bot.i18n import Book

# How far back the last understood line is looked for, and for how many rows; a board is read, not searched.
_BACK = 8
_ROWS = 60


@dataclass(frozen=True)
class Row:
    """One conversation on the board. `fresh` says the person wrote last; `spoken` that the operator speaks it."""

    id: str
    code: str
    crisis: bool
    high: bool
    reason: str
    since: int
    language: str
    country: str
    spoken: bool
    fresh: bool
    meaning: str
    sure: int
    signs: tuple[str, ...]


@dataclass(frozen=True)
class Board:
    """What an operator sees first. `hidden` counts those who wait below the last row."""

    waiting: tuple[Row, ...]
    held: tuple[Row, ...]
    hidden: int

    @property
    def count(self) -> int:
        """How many wait."""
        return len(self.waiting) + self.hidden

    @property
    def crises(self) -> int:
        """How many of those who wait are in danger."""
        return sum(row.crisis for row in self.waiting)


def code(conversation: str) -> str:
    """What operators call a conversation among themselves: short, and says nothing of the person."""
    return conversation[:6].upper()


async def look(queue: HandoffQueue, conversations: Conversations, book: Book, account: Account) -> Board:
    """The board of one operator."""
    waiting, held = await asyncio.gather(queue.waiting(), queue.held(account.name))
    first = waiting[:_ROWS]
    lasts = await asyncio.gather(*(_recent(conversations, request.conversation) for request in (*first, *held)))
    rows = [_row(request, lines, book, account) for request, lines in zip((*first, *held), lasts, strict=True)]
    return Board(tuple(rows[: len(first)]), tuple(rows[len(first) :]), len(waiting) - len(first))


async def _recent(conversations: Conversations, id: str) -> list[Line]:
    found = await conversations.load(id, Channel.TELEGRAM)
    return await conversations.transcript(id, max(0, found.lines - _BACK))


def _row(request: HandoffRequest, lines: Sequence[Line], book: Book, account: Account) -> Row:
    understood = next((line.gloss for line in reversed(lines) if line.gloss and line.gloss.intent), None)
    return Row(
        id=request.conversation,
        code=code(request.conversation),
        crisis=request.priority is Priority.CRISIS,
        high=request.priority is Priority.HIGH,
        reason=request.reason.value,
        since=request.since,
        language=request.language,
        country=request.country,
        spoken=request.language in account.languages,
        fresh=bool(lines) and lines[-1].author is Author.PERSON,
        meaning=meaning(book, account.locale, understood.intent) if understood else "",
        sure=round(understood.confidence * 100) if understood else 0,
        signs=tuple(sign(book, account.locale, name) for name in request.indicators),
    )
