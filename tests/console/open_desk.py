"""The console as operators meet it: over memory, behind a real socket, in a thread, with every text there is."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import uvicorn

from bot import bootstrap, i18n
from bot.adapters.answers import read_answers
from bot.core.message import Arg, Channel
from bot.flow.deliver import Deliverer, Pace
from bot.i18n import Answer, Book
from tests.conftest import StillClock, free_port
from tests.console.conftest import House
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
class OpenDesk:
    """A running console; `said` is what reached people."""

    house: House
    port: int
    sender: RecordingSender = field(default_factory=RecordingSender)
    _loop: asyncio.AbstractEventLoop | None = None
    _server: uvicorn.Server | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> list[str]:
        """What reached people, in order."""
        return [text for _, text in self.sender.said]

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Do something where the console lives. Any: what a coroutine is sent, which is nothing."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def serve(self) -> None:
        """Serve until told to stop."""
        self._loop, stop = asyncio.get_running_loop(), asyncio.Event()
        house = self.house
        config = uvicorn.Config(house.app, "127.0.0.1", self.port, log_config=None, access_log=False)
        self._server = server = uvicorn.Server(config)
        desk = house.desk
        deliverer = Deliverer(
            Channel.TELEGRAM, desk.outbox, desk.conversations, Leader(), house.signals, self.sender,
            house.book, Pace(), house.clock,
        )  # fmt: skip
        async with asyncio.TaskGroup() as group:
            group.create_task(deliverer.run("sender", stop))
            group.create_task(server.serve())
            while not server.should_exit:
                await asyncio.sleep(0.02)
            stop.set()

    def stop(self) -> None:
        """End it."""
        assert self._server is not None
        self._server.should_exit = True


class Leader:
    """There is one process."""

    async def hold(self, name: str, owner: str, lifetime: int) -> bool:
        """It leads."""
        return True

    async def drop(self, name: str, owner: str) -> None:
        """Nobody else would."""


@contextmanager
def opened(hold: int = 0) -> Iterator[OpenDesk]:
    """A console that runs; operators' lines are held `hold` ms."""
    house = House(
        AsyncExitStack(), clock=TrueClock(), hold=hold, secure=False, hosts=("127.0.0.1", "desk.test"),
        book=whole_book(), answers=answers(),
    )  # fmt: skip
    desk = OpenDesk(house, free_port())
    thread = threading.Thread(target=lambda: asyncio.run(desk.serve()), daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as found:
            if found.connect_ex(("127.0.0.1", desk.port)) == 0:
                break
        time.sleep(0.02)
    try:
        yield desk
    finally:
        desk.stop()
        thread.join(10)
        assert not thread.is_alive()
