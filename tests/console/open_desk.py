"""The console as operators meet it: over memory, behind a real socket, in a thread, with every text there is."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache

import uvicorn

from bot import bootstrap, i18n
from bot.adapters.answers import read_answers
from bot.adapters.memory_desk import MemoryLeases
from bot.core.message import Arg, Channel
from bot.flow.deliver import Deliverer, Pace
from bot.i18n import Answer, Book
from tests.conftest import StillClock
from tests.console.conftest import House
from tests.console.running import Running
from tests.flow.fakes import RecordingSender


class TrueClock(StillClock):
    """A clock that goes."""

    def now(self) -> int:
        """The time now."""
        return int(time.time() * 1000)


@cache
def answers() -> tuple[Answer, ...]:
    """What the assistant can say."""
    return tuple(read_answers(bootstrap.DOMAIN))


@cache
def whole_book() -> Book:
    """Every text in every language; a number is called by its entry's id."""
    standing: dict[str, Arg] = {"days": 30, "hours": "09:00–21:00"}
    return Book(i18n.load(bootstrap.LOCALES), answers(), lambda ids, locale: "\n".join(ids), standing)


@dataclass
class OpenDesk(Running):
    """A running console without second factors; operators' lines are held `hold` ms, and `sender` says them."""

    hold: int = 0
    sender: RecordingSender = field(default_factory=RecordingSender)

    def __post_init__(self) -> None:
        """Build what hangs together."""
        self.house = House(
            AsyncExitStack(), address=self.url, clock=TrueClock(), hold=self.hold, book=whole_book(), answers=answers()
        )
        self._server = uvicorn.Server(uvicorn.Config(self.house.app, "127.0.0.1", self.port, log_config=None))

    @property
    def said(self) -> list[str]:
        """What reached people, in order."""
        return [text for _, text in self.sender.said]

    async def _serve(self) -> None:
        house, stop = self.house, asyncio.Event()
        deliverer = Deliverer(
            Channel.TELEGRAM, house.desk.outbox, house.desk.conversations, MemoryLeases(), house.signals, self.sender,
            house.book, Pace(), house.clock,
        )  # fmt: skip
        delivering = asyncio.create_task(deliverer.run("sender", stop))
        await super()._serve()
        stop.set()
        await delivering


@contextmanager
def opened(hold: int = 0) -> Iterator[OpenDesk]:
    """A console that runs."""
    desk = OpenDesk(hold=hold)
    thread = threading.Thread(target=desk.serve, daemon=True)
    thread.start()
    desk.wait()
    try:
        yield desk
    finally:
        desk.stop()
        thread.join(10)
