"""The memory twins of the operators' side: hand-off queue, duty, leads, signals, mailboxes, keyring."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from bot.adapters.memory import World
from bot.adapters.redis_duty import PRESENT_FOR
from bot.adapters.redis_handoff import LEASE
from bot.core.conversation import State
from bot.core.errors import Conflict, NotYours
from bot.core.handoff import HandoffRequest, Stage, score
from bot.core.ports import Audit, Mail, Presence


class MemoryHandoff:
    """The hand-off queue in memory."""

    def __init__(self, world: World, lease: int = LEASE) -> None:
        self._world = world
        self._lease = lease

    async def waiting(self) -> list[HandoffRequest]:
        """All waiting requests, first to be taken first."""
        found = [self._shown(r) for r in self._world.handoffs.values() if r.stage is Stage.WAITING]
        return sorted(found, key=lambda r: (score(r.priority, r.since), r.conversation))

    async def held(self, operator: str = "") -> list[HandoffRequest]:
        """What an operator holds, or anyone."""
        claimed = (r for r in self._world.handoffs.values() if r.stage is Stage.CLAIMED)
        found = [self._shown(r) for r in claimed if operator in ("", r.operator)]
        return sorted(found, key=lambda r: (r.priority, r.since))

    async def find(self, conversation: str) -> HandoffRequest | None:
        """The open request."""
        request = self._world.handoffs.get(conversation)
        return self._shown(request) if request else None

    async def claim(self, operator: str, conversation: str, now: int) -> HandoffRequest:
        """Claim this one; raises Conflict."""
        request = self._world.handoffs.get(conversation)
        if request is None or request.stage is not Stage.WAITING:
            raise Conflict
        return self._take(request, operator, now)

    async def claim_next(
        self, operator: str, languages: Sequence[str], now: int, capacity: int = 0
    ) -> HandoffRequest | None:
        """Claim the first of the operator's languages, else of any."""
        if capacity and len(await self.held(operator)) >= capacity:
            return None
        waiting = await self.waiting()
        own = [r for r in waiting if r.language in languages]
        for request in own or waiting:
            return self._take(request, operator, now)
        return None

    async def beat(self, operator: str, now: int) -> int:
        """Extend the operator's leases."""
        mine = await self.held(operator)
        for request in mine:
            self._world.handoffs[request.conversation] = replace(request, lease=now + self._lease)
        return len(mine)

    async def give_back(self, operator: str, conversation: str, now: int) -> None:
        """Back to the queue."""
        self._requeue(self._held_by(operator, conversation), now, "returned")

    async def transfer(self, operator: str, conversation: str, to: str, now: int) -> None:
        """Hand to another operator."""
        request = self._held_by(operator, conversation)
        self._take(request, to, now)
        self._world.log(now, "transferred", conversation, operator, to)

    async def finish(self, operator: str, conversation: str, now: int, *, closed: bool, reason: str = "") -> None:
        """End the hand-off."""
        self._held_by(operator, conversation)
        del self._world.handoffs[conversation]
        self._world.turn(conversation, State.CLOSED if closed else State.ASSISTANT)
        self._world.log(now, "closed" if closed else "released", conversation, operator, reason)

    async def reap(self, now: int) -> list[HandoffRequest]:
        """Return what lost operators held."""
        lost = [r for r in self._world.handoffs.values() if r.stage is Stage.CLAIMED and r.lease <= now]
        for request in lost:
            self._requeue(request, now, "lost")
        return [self._shown(self._world.handoffs[request.conversation]) for request in lost]

    async def audit(self, count: int = 100) -> list[Audit]:
        """The newest transitions, newest first."""
        return list(reversed(self._world.audit))[:count]

    def _shown(self, request: HandoffRequest) -> HandoffRequest:
        conversation = self._world.conversations.get(request.conversation)
        return replace(request, version=conversation.version if conversation else 0)

    def _held_by(self, operator: str, conversation: str) -> HandoffRequest:
        request = self._world.handoffs.get(conversation)
        if request is None or request.operator != operator:
            raise NotYours
        return request

    def _take(self, request: HandoffRequest, operator: str, now: int) -> HandoffRequest:
        taken = replace(request, stage=Stage.CLAIMED, operator=operator, lease=now + self._lease)
        self._world.handoffs[request.conversation] = taken
        self._world.turn(request.conversation, State.OPERATOR, operator)
        self._world.log(now, "claimed", request.conversation, operator)
        return self._shown(taken)

    def _requeue(self, request: HandoffRequest, now: int, what: str) -> None:
        self._world.handoffs[request.conversation] = replace(request, stage=Stage.WAITING, operator="", lease=0)
        self._world.turn(request.conversation, State.WAITING)
        self._world.log(now, what, request.conversation, request.operator)


class MemoryDuty:
    """Presence in memory."""

    def __init__(self) -> None:
        self._here: dict[str, Presence] = {}

    async def arrive(self, presence: Presence) -> None:
        """The operator is here."""
        self._here[presence.operator] = presence

    async def leave(self, operator: str) -> None:
        """The operator left."""
        self._here.pop(operator, None)

    async def present(self, now: int) -> list[Presence]:
        """Everyone seen within the last minute."""
        found = (p for p in self._here.values() if p.seen > now - PRESENT_FOR)
        return sorted(found, key=lambda presence: presence.operator)


class MemoryLeases:
    """Leads in memory; a lease here never runs out, for a process that died took the memory with it."""

    def __init__(self) -> None:
        self._owner: dict[str, str] = {}

    async def hold(self, name: str, owner: str, lifetime: int) -> bool:
        """Take or extend the lease."""
        return self._owner.setdefault(name, owner) == owner

    async def drop(self, name: str, owner: str) -> None:
        """Give the lease up."""
        if self._owner.get(name) == owner:
            del self._owner[name]


class MemorySignals:
    """Signals in memory."""

    def __init__(self) -> None:
        self._ears: list[asyncio.Queue[str]] = []

    async def tell(self, topic: str) -> None:
        """Wake whoever listens."""
        for ear in self._ears:
            ear.put_nowait(topic)

    async def listen(self) -> AsyncIterator[str]:
        """Topics as they come."""
        ear: asyncio.Queue[str] = asyncio.Queue()
        self._ears.append(ear)
        try:
            while True:
                yield await ear.get()
        finally:
            self._ears.remove(ear)


class MemoryKeyring:
    """Wrapped keys in memory."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}

    async def get(self, conversation: str) -> bytes | None:
        """The wrapped key."""
        return self._keys.get(conversation)

    async def add(self, conversation: str, wrapped: bytes) -> bytes:
        """Store a key if there is none."""
        return self._keys.setdefault(conversation, wrapped)

    async def replace(self, conversation: str, before: bytes, after: bytes) -> bool:
        """Put another wrapping in place."""
        if self._keys.get(conversation) != before:
            return False
        self._keys[conversation] = after
        return True

    async def remove(self, conversation: str) -> bool:
        """Destroy the key."""
        return self._keys.pop(conversation, None) is not None

    async def everyone(self) -> list[str]:
        """All conversations that have a key."""
        return list(self._keys)


class MemoryMailbox:
    """Mailboxes in memory."""

    def __init__(self) -> None:
        self._mails: dict[str, list[tuple[str, Mail]]] = {}
        self._count = itertools.count(1)
        self._news = asyncio.Event()

    async def post(self, conversation: str, mail: Mail) -> str:
        """Keep a mail; returns its id."""
        id = f"{next(self._count)}-0"
        self._mails.setdefault(conversation, []).append((id, mail))
        self._news.set()
        self._news = asyncio.Event()
        return id

    async def read(self, conversation: str, after: str, wait: int) -> list[tuple[str, Mail]]:
        """Mails after an id, waiting up to `wait` ms for one."""
        start = int(after.partition("-")[0]) if after else 0
        found = [(i, m) for i, m in self._mails.get(conversation, []) if int(i.partition("-")[0]) > start]
        if not found and wait > 0:
            try:
                await asyncio.wait_for(self._news.wait(), wait / 1000)
            except TimeoutError:
                return []
            return await self.read(conversation, after, 0)
        return found

    async def clear(self, conversation: str) -> None:
        """Forget all mails."""
        self._mails.pop(conversation, None)
