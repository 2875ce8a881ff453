"""The memory twins of the operators' side: duty, leads, signals, mailboxes, keyring; and, by name, the queue's."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator

from bot.adapters.memory_handoff import MemoryHandoff as MemoryHandoff
from bot.adapters.redis_duty import PRESENT_FOR
from bot.core.ports import Mail, Presence


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


class MemoryAppointments:
    """Appointments in memory."""

    def __init__(self) -> None:
        self._at: dict[str, int] = {}

    async def put(self, conversation: str, at: int) -> None:
        """Look at it at this time."""
        self._at[conversation] = at

    async def due(self, now: int, count: int = 100) -> list[str]:
        """Conversations whose time has come."""
        return sorted((id for id, at in self._at.items() if at <= now), key=lambda id: (self._at[id], id))[:count]

    async def drop(self, conversation: str) -> None:
        """There is no wish any more."""
        self._at.pop(conversation, None)


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
