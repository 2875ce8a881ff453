"""Show a person that the operator who holds their conversation is writing. Nothing of it is stored or sent later."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from bot.core.conversation import State
from bot.core.errors import DeliveryError, StoreUnavailable
from bot.core.message import Channel
from bot.core.ports import Clock, Conversations, Signals

log = structlog.get_logger(__name__)

TOPIC = "typing:"
# The least time between two signs in one conversation, ms; Telegram shows one for five seconds.
EVERY = 4_000


class Ears(Signals, Protocol):
    """Signals that can be listened to."""

    def listen(self) -> AsyncIterator[str]:
        """Topics as they come, "" now and then; ends with StoreUnavailable when the store goes."""
        ...


@dataclass
class Typing:
    """Listens for operators at the keys and passes it on to one channel; `show` takes the conversation's id."""

    channel: Channel
    ears: Ears
    conversations: Conversations
    clock: Clock
    show: Callable[[str], Awaitable[None]]
    _last: dict[str, int] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until `stop`."""
        listening = asyncio.create_task(self._listen())
        await stop.wait()
        listening.cancel()
        await asyncio.wait([listening])

    async def _listen(self) -> None:
        while True:
            try:
                async for topic in self.ears.listen():
                    if topic.startswith(TOPIC):
                        await self.hear(topic.removeprefix(TOPIC))
            except (StoreUnavailable, DeliveryError) as exc:
                log.info("typing_not_shown", error=type(exc).__name__)
            await asyncio.sleep(1)

    async def hear(self, conversation: str) -> None:
        """An operator is at the keys: show it, if one holds this conversation, may write there, and it was not shown
        just now.
        """
        now = self.clock.now()
        if now - self._last.get(conversation, 0) < EVERY:
            return
        found = await self.conversations.load(conversation, self.channel)
        held = found.version > 0 and found.state is State.OPERATOR and not found.quiet
        if not held or found.channel is not self.channel:
            return
        self._last = {id: at for id, at in self._last.items() if now - at < EVERY} | {conversation: now}
        await self.show(conversation)
