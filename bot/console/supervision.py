"""The supervisor's board: who is on duty and how loaded, who waits in which language and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from bot.console.auth import Door
from bot.console.board import code
from bot.console.pages import Pages
from bot.core.account import OVERSEERS
from bot.core.handoff import HandoffRequest, Priority
from bot.core.ports import Presence
from bot.flow.handoff import Desk


@dataclass(frozen=True)
class Load:
    """An operator and what they hold. `here` is False for one whose console fell silent."""

    operator: str
    name: str
    languages: tuple[str, ...]
    here: bool
    held: tuple[HandoffRequest, ...]

    @property
    def crises(self) -> int:
        """How many of those they hold are in danger."""
        return _crises(self.held)


@dataclass(frozen=True)
class Line:
    """Who waits in one language: how many, how many in danger, since when the longest (ms), who here speaks it."""

    language: str
    count: int
    crises: int
    oldest: int
    speakers: int


@dataclass(frozen=True)
class Overview:
    """The desk at this moment."""

    loads: tuple[Load, ...]
    lines: tuple[Line, ...]

    @property
    def count(self) -> int:
        """How many wait."""
        return sum(line.count for line in self.lines)

    @property
    def crises(self) -> int:
        """How many of them are in danger."""
        return sum(line.crises for line in self.lines)

    @property
    def oldest(self) -> int:
        """Since when somebody waits, in ms; 0 if nobody does."""
        return min((line.oldest for line in self.lines), default=0)


def overview(
    present: Sequence[Presence], waiting: Sequence[HandoffRequest], held: Sequence[HandoffRequest]
) -> Overview:
    """Those who hold most first, the language whose longest wait is longest first, danger before all."""
    here = {presence.operator: presence for presence in present}
    operators = sorted(here.keys() | {request.operator for request in held})
    loads = [_load(name, here.get(name), [r for r in held if r.operator == name]) for name in operators]
    languages = sorted({request.language for request in waiting})
    lines = [_line(language, [r for r in waiting if r.language == language], present) for language in languages]
    return Overview(
        tuple(sorted(loads, key=lambda load: -len(load.held))),
        tuple(sorted(lines, key=lambda line: (not line.crises, line.oldest))),
    )


def _load(operator: str, presence: Presence | None, held: Sequence[HandoffRequest]) -> Load:
    name, languages = (presence.name, presence.languages) if presence else (operator, ())
    return Load(operator, name, languages, presence is not None, tuple(held))


def _line(language: str, requests: Sequence[HandoffRequest], present: Sequence[Presence]) -> Line:
    oldest = min(request.since for request in requests)
    speakers = sum(language in presence.languages for presence in present)
    return Line(language, len(requests), _crises(requests), oldest, speakers)


def _crises(requests: Iterable[HandoffRequest]) -> int:
    return sum(request.priority is Priority.CRISIS for request in requests)


@dataclass(frozen=True)
class Supervision:
    """The board's page and its live part."""

    door: Door
    desk: Desk
    pages: Pages

    async def page(self, request: Request) -> Response:
        """The whole page."""
        await self.door.enter_as(request, OVERSEERS)
        return self.pages.show(request, "supervision.html", view=await self._view(), code=code)

    async def now(self, request: Request) -> Response:
        """The board alone, for a page that heard something changed."""
        await self.door.enter_as(request, OVERSEERS, touch=False)
        return self.pages.show(request, "_supervision.html", view=await self._view(), code=code)

    async def _view(self) -> Overview:
        present, waiting, held = await asyncio.gather(
            self.desk.duty.present(self.desk.clock.now()), self.desk.queue.waiting(), self.desk.queue.held()
        )
        return overview(present, waiting, held)
