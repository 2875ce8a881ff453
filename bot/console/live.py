"""What makes pages live: a stream of ids, never of words; the page fetches what changed, with authorisation.

The stream is also the operator's sign of life: while it is open and they are on duty, their leases hold.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import anyio
import structlog
from sse_starlette.event import ServerSentEvent

from bot.console.auth import Door, Visit
from bot.core.errors import StoreUnavailable
from bot.flow.handoff import Desk
from bot.flow.typing import Ears

log = structlog.get_logger(__name__)

# A sign of life every so often, ms; a look whether the operator may still listen, s; the least pause between
# two events, s, so that a storm of signals stays a breeze.
BEAT = 20_000
LOOK = 2.0
BREATH = 0.2
# The browser tries again after so many ms.
RETRY = 2_000
PING = 15
# At shutdown a stream has so many seconds to end by itself; more than one look.
GRACE = 3.0


@dataclass
class Bell:
    """What one page wants to hear and has not yet; the same topic twice is one."""

    wanted: frozenset[str]
    topics: set[str] = field(default_factory=set)
    rung: asyncio.Event = field(default_factory=asyncio.Event)

    def ring(self, topic: str) -> None:
        """Something changed; a bell that wants other things stays still."""
        if topic in self.wanted:
            self.topics.add(topic)
            self.rung.set()

    async def wait(self, seconds: float) -> set[str]:
        """What changed since the last look; empty after `seconds` of silence."""
        try:
            async with asyncio.timeout(seconds):
                await self.rung.wait()
        except TimeoutError:
            return set()
        self.rung.clear()
        heard, self.topics = self.topics, set()
        return heard


@dataclass
class Hub:
    """One ear on the signals for all open pages of this process."""

    ears: Ears
    _bells: list[Bell] = field(default_factory=list)

    async def run(self) -> None:
        """Listen until cancelled. After a break every page looks again, for signals were lost."""
        while True:
            try:
                async for topic in self.ears.listen():
                    self._ring(topic)
            except StoreUnavailable as exc:
                log.warning("signals_unavailable", error=str(exc))
            await asyncio.sleep(1)
            self._ring("all")

    @contextmanager
    def bell(self, wanted: frozenset[str]) -> Iterator[Bell]:
        """A bell for one page."""
        bell = Bell(wanted | {"all"})
        self._bells.append(bell)
        try:
            yield bell
        finally:
            self._bells.remove(bell)

    def _ring(self, topic: str) -> None:
        for bell in self._bells:
            bell.ring(topic)


@dataclass(frozen=True)
class Live:
    """The streams."""

    hub: Hub
    door: Door
    desk: Desk
    look: float = LOOK
    breath: float = BREATH

    async def stream(self, secret: str, wanted: frozenset[str], stop: anyio.Event) -> AsyncGenerator[ServerSentEvent]:
        """Events for one page until its session ends; the browser comes back by itself after any other end."""
        due = 0
        yield ServerSentEvent(event="change", data="all", retry=RETRY)
        with self.hub.bell(wanted) as bell:
            try:
                while (visit := await self.door.visit(secret)) is not None:
                    due = await self._beat(visit, due)
                    for topic in sorted(await bell.wait(self.look)):
                        yield ServerSentEvent(event="change", data=topic)
                    if stop.is_set():
                        return
                    await asyncio.sleep(self.breath)
            except StoreUnavailable as exc:
                log.warning("stream_ends", error=str(exc))
                return
        yield ServerSentEvent(event="out", data="")

    async def _beat(self, visit: Visit, due: int) -> int:
        """Tell the desk the operator is here, when it is time; returns when it is next."""
        now = self.desk.clock.now()
        if now < due or not visit.session.on_duty:
            return due
        await self.desk.arrive(visit.operator)
        return now + BEAT
