"""Say what the outbox holds: render at the last moment, keep the channel's pace, retry, and be honest after.

An outbound whose call may have taken effect is made once more, because silence is worse than an echo, and is
marked uncertain for the operator. One whose call surely did not take effect is retried until it does.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

import structlog

from bot.core.conversation import State
from bot.core.errors import (
    BlockedByPerson,
    CatalogError,
    ChannelDown,
    Conflict,
    Refused,
    StoreUnavailable,
    Throttled,
    Uncertain,
)
from bot.core.message import Channel, Deed, Delivery, Outbound
from bot.core.ports import Change, Clock, Conversations, Leases, Outbox, Signals, TakenOut
from bot.flow.chains import Chains
from bot.i18n import Book, Rendered

log = structlog.get_logger(__name__)

LEAD = 10_000  # how long a sender leads without renewing, ms
BACKOFF = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
MAX_HOLD = 10_000  # ms; a clock that is wrong elsewhere can't keep a message longer than this
TAKE_BACK = 48 * 60 * 60 * 1000  # Bot API, deleteMessage: a message can be deleted for 48 hours


class Sender(Protocol):
    """A channel's way out; raises the DeliveryErrors."""

    async def say(self, address: str, out: Outbound, rendered: Rendered) -> str:
        """Say it; returns the channel's message id."""
        ...

    async def forget(self, address: str, messages: list[str]) -> None:
        """Take messages back, as far as the channel can."""
        ...


@dataclass
class Pace:
    """The channel's limits: seconds between two messages to one conversation, and messages a second in all.

    Waiters go by urgency, then by order. Zero means no limit.
    """

    each: float = 0.0
    overall: float = 0.0
    now: Callable[[], float] = time.monotonic
    _last: dict[str, float] = field(default_factory=dict)
    _free: float = 0.0
    _heap: list[tuple[bool, int, asyncio.Future[None]]] = field(default_factory=list)
    _count: itertools.count[int] = field(default_factory=itertools.count)
    _pump: asyncio.Task[None] | None = None

    async def wait(self, conversation: str, urgent: bool) -> None:
        """Wait until this conversation may be written to."""
        pause = self._last.get(conversation, 0.0) + self.each - self.now()
        if pause > 0:
            await asyncio.sleep(pause)
        if self.overall:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            heapq.heappush(self._heap, (not urgent, next(self._count), turn))
            if self._pump is None or self._pump.done():
                self._pump = asyncio.create_task(self._give_turns())
            await turn
        self._last[conversation] = self.now()
        if len(self._last) > 10_000:
            self._last = {c: t for c, t in self._last.items() if t > self.now() - self.each}

    async def _give_turns(self) -> None:
        while self._heap:
            pause = self._free - self.now()
            if pause > 0:
                await asyncio.sleep(pause)
            _, _, turn = heapq.heappop(self._heap)
            if not turn.cancelled():
                self._free = self.now() + 1 / self.overall
                turn.set_result(None)


@dataclass
class Deliverer:
    """The sender's loop for one channel; only the process that holds the lead sends."""

    channel: Channel
    outbox: Outbox
    conversations: Conversations
    leases: Leases
    signals: Signals
    sender: Sender
    book: Book
    pace: Pace
    clock: Clock
    # Outbounds whose call may have taken effect, with how often that was so.
    _doubts: dict[str, int] = field(default_factory=dict)
    _chains: Chains = field(default_factory=Chains)

    async def run(self, name: str, stop: asyncio.Event) -> None:
        """Send until `stop`; finish the calls that were begun, then give up the lead."""
        lead = f"sender:{self.channel.value}"
        while not stop.is_set():
            try:
                if not await self.leases.hold(lead, name, LEAD):
                    self.outbox.lost(self.channel)
                    await asyncio.sleep(1)
                    continue
                batch = await self.outbox.take(self.channel, name, 1000)
            except StoreUnavailable as exc:
                log.warning("outbox_unavailable", channel=self.channel.value, error=str(exc))
                await asyncio.sleep(0.5)
                continue
            for taken in batch:
                self._chains.add(taken.outbound.conversation, partial(self._until_settled, taken, stop))
        await self._chains.finish()
        await self.leases.drop(lead, name)

    async def _until_settled(self, taken: TakenOut, stop: asyncio.Event) -> None:
        for attempt in itertools.count():
            if stop.is_set():
                return  # not begun or surely not sent: whoever leads next takes it
            try:
                await self.deliver(taken)
                return
            except (ChannelDown, Throttled, StoreUnavailable) as exc:
                if isinstance(exc, ChannelDown) and exc.doubtful:
                    self._doubts.setdefault(taken.outbound.id, 1)
                pause = exc.seconds if isinstance(exc, Throttled) else BACKOFF[min(attempt, len(BACKOFF) - 1)]
                log.warning("delivery_waits", outbound=taken.outbound.id, error=type(exc).__name__, seconds=pause)
                await asyncio.sleep(pause)
            except Exception as exc:
                # The one net of this loop: an outbound nobody can send is marked failed, for the operator to see.
                log.error("delivery_failed", outbound=taken.outbound.id, error=type(exc).__name__)
                await self.outbox.done(taken, Delivery.FAILED)
                return

    async def deliver(self, taken: TakenOut) -> None:
        """Make the call and record what became of it; raises ChannelDown or Throttled when nothing was sent."""
        out = taken.outbound
        await self._until_due(out)
        await self.pace.wait(out.conversation, out.urgent)
        if not await self.outbox.begin(taken):
            return
        address = await self.conversations.address(out.conversation)
        if not address:
            await self._end(taken, Delivery.FAILED)
            return
        if out.deed is Deed.FORGET:
            await self._forget(address, taken)
            return
        await self._say(address, taken)

    async def _until_due(self, out: Outbound) -> None:
        """Leave the operator a moment to take a line back; what comes after it in the conversation waits with it."""
        pause = min(out.due - self.clock.now(), MAX_HOLD) if out.due else 0
        if pause > 0:
            await asyncio.sleep(pause / 1000)

    async def _say(self, address: str, taken: TakenOut) -> None:
        """Make the call; what may have taken effect twice is marked uncertain, whatever comes of it."""
        out = taken.outbound
        if taken.began:
            self._doubts.setdefault(out.id, 1)
        try:
            message = await self._call(address, out)
        except Refused as exc:
            log.error("refused", outbound=out.id, phrase=out.phrase, error=str(exc))
            await self._end(taken, Delivery.FAILED)
        except BlockedByPerson:
            await self._end(taken, Delivery.BLOCKED)
            await self._close(out)
        except Uncertain as exc:
            await self._doubt(taken, exc)
        else:
            await self._end(taken, Delivery.UNCERTAIN if out.id in self._doubts else Delivery.SENT, message)

    async def _doubt(self, taken: TakenOut, exc: Uncertain) -> None:
        """Once more after an uncertain call; after the second the line stays uncertain and the echo stops."""
        id = taken.outbound.id
        self._doubts[id] = self._doubts.get(id, 0) + 1
        if self._doubts[id] > 1:
            await self._end(taken, Delivery.UNCERTAIN)
            return
        raise ChannelDown("uncertain", doubtful=True) from exc

    async def _call(self, address: str, out: Outbound) -> str:
        return await self.sender.say(address, out, self._render(out))

    def _render(self, out: Outbound) -> Rendered:
        """Render; where a translation is broken the English source is said rather than nothing."""
        try:
            return self.book.render(out)
        except (CatalogError, KeyError, ValueError, IndexError) as exc:
            log.error("translation_broken", phrase=out.phrase, locale=out.locale, error=str(exc))
            return self.book.render(replace(out, locale="en"))

    async def _forget(self, address: str, taken: TakenOut) -> None:
        since = self.clock.now() - TAKE_BACK
        messages = await self.outbox.said(taken.outbound.conversation, since)
        try:
            await self.sender.forget(address, messages)
        except (Refused, Uncertain, BlockedByPerson) as exc:
            log.warning("not_taken_back", outbound=taken.outbound.id, error=type(exc).__name__)
        await self._end(taken, Delivery.SENT)

    async def _end(self, taken: TakenOut, delivery: Delivery, message: str = "") -> None:
        """Record what became of a call; the call is over, so only the recording waits for a store that is away."""
        out = taken.outbound
        for attempt in itertools.count():
            try:
                await self.outbox.done(taken, delivery, message)
                break
            except StoreUnavailable as exc:
                log.warning("recording_waits", outbound=out.id, error=str(exc))
                await asyncio.sleep(BACKOFF[min(attempt, len(BACKOFF) - 1)])
        self._doubts.pop(out.id, None)
        log.info("outbound", outbound=out.id, phrase=out.phrase, delivery=delivery.value, channel=out.channel.value)
        await self.signals.tell(f"conversation:{out.conversation}")

    async def _close(self, out: Outbound) -> None:
        """The person blocked us: nobody waits for an answer that can't arrive."""
        for _ in range(5):
            before = await self.conversations.load(out.conversation, out.channel)
            closed = replace(before, state=State.CLOSED, operator="")
            try:
                await self.conversations.commit(Change(before, closed, cancel=True))
                return
            except Conflict:
                continue
