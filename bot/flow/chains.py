"""Conversations side by side, and within a conversation one thing after the other: worker and sender both need it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass
class Chains:
    """One chain of tasks a conversation."""

    _last: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def add(self, conversation: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do this after everything that was added before for the same conversation."""
        task = asyncio.create_task(_after(self._last.get(conversation), work))
        self._last[conversation] = task
        task.add_done_callback(lambda ended: self._ended(conversation, ended))

    async def finish(self) -> None:
        """Wait until everything that was added is done."""
        await asyncio.gather(*self._last.values(), return_exceptions=True)

    def _ended(self, conversation: str, task: asyncio.Task[None]) -> None:
        """Forget a finished chain; an error in it was logged where it happened."""
        if self._last.get(conversation) is task:
            del self._last[conversation]
        if not task.cancelled():
            task.exception()


async def _after(before: asyncio.Task[None] | None, work: Callable[[], Awaitable[None]]) -> None:
    if before is not None:
        await asyncio.wait([before])
    await work()
