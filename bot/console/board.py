"""The board: who waits, crisis first, and what this operator holds, with what is worth knowing before a claim."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.console.transcript import meaning, sign
from bot.core.account import Account, Role
from bot.core.handoff import FollowUp, HandoffRequest, Priority
from bot.core.message import Author, Channel, Line
from bot.core.ports import Conversations
from bot.flow.handoff import Desk
from bot.i18n import Book

# How far back the last understood line is looked for, and for how many rows; a board is read, not searched.
_BACK = 8
_ROWS = 60


@dataclass(frozen=True)
class Row:
    """One conversation on the board. `fresh` says the person wrote last; `spoken` that the operator speaks it;
    `answer_by` when it goes back without a first reply (ms, 0: it had one), `due` that this is soon. `kept_for`
    names the only operator who may take it now, `offered_to` to whom it is offered.
    """

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
    version: int
    operator: str
    answer_by: int
    due: bool
    kept_for: str
    offered_to: str


@dataclass(frozen=True)
class Board:
    """What an operator sees first. `hidden` counts those who wait below the last row; `offers` are what colleagues
    offer, `follow_ups` closed conversations to be looked at again.
    """

    waiting: tuple[Row, ...]
    held: tuple[Row, ...]
    hidden: int
    offers: tuple[Row, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()

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


async def look(desk: Desk, book: Book, account: Account) -> Board:
    """The board of one operator."""
    now = desk.clock.now()
    waiting, held, offers, after = await asyncio.gather(
        desk.queue.waiting(),
        desk.queue.held(account.name),
        desk.queue.offers(account.name, now),
        desk.queue.follow_ups(now),
    )
    first = await rows_of(desk, book, account, waiting[:_ROWS])
    mine, offered = await rows_of(desk, book, account, held), await rows_of(desk, book, account, offers)
    due = tuple(follow_up for follow_up in after if concerns(account, follow_up))
    return Board(first, mine, len(waiting) - len(first), offered, due)


def concerns(account: Account, follow_up: FollowUp) -> bool:
    """Whether a closed conversation is this operator's to look at: their own, in their languages, or a supervisor's."""
    known = follow_up.language in account.languages or follow_up.operator == account.name
    return known or account.role is Role.SUPERVISOR


async def rows_of(desk: Desk, book: Book, account: Account, requests: Sequence[HandoffRequest]) -> tuple[Row, ...]:
    """Hand-offs as rows, each with the last understood line."""
    lasts = await asyncio.gather(*(_recent(desk.conversations, request.conversation) for request in requests))
    now = desk.clock.now()
    return tuple(
        _row(request, lines, book, account, now, desk.rules.warning)
        for request, lines in zip(requests, lasts, strict=True)
    )


async def _recent(conversations: Conversations, id: str) -> list[Line]:
    found = await conversations.load(id, Channel.TELEGRAM)
    return await conversations.transcript(id, max(0, found.lines - _BACK))


def _row(request: HandoffRequest, lines: Sequence[Line], book: Book, account: Account, now: int, warning: int) -> Row:
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
        version=request.version,
        operator=request.operator,
        answer_by=request.answer_by,
        due=0 < request.answer_by <= now + warning,
        kept_for=request.reserved_for if request.kept_from(account.name, now) else "",
        offered_to=request.offered_to if request.offered(now) else "",
    )
