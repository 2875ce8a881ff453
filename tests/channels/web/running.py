"""The web chat as people meet it: the whole product over memory, behind a real socket, in a thread."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import uvicorn
from starlette.applications import Starlette

from bot.adapters.vault import conversation_id
from bot.channels.web.app import create
from bot.channels.web.outbound import WebSender
from bot.channels.web.stream import Streams
from bot.core.conversation import PERSON, AssistantReply, Reply
from bot.core.directory import Directory
from bot.core.duty_hours import DutyHours
from bot.core.message import Button, Channel, Inbound
from bot.core.ports import Inbox, Question, Signals
from bot.flow.answer import Answerer
from bot.flow.deliver import Deliverer, Pace
from bot.flow.prospects import Prospects
from bot.flow.receive import Receiver, Writer
from bot.i18n import Answer, Book
from tests.conftest import Ports, free_port, memory_ports

HOST = "http://chat.test"
OWN = {"origin": HOST, "accept-language": "km-KH,en;q=0.5"}
ANSWER = Answer("utter_passport", "any", "In Thailand an employer may not keep your passport.")


def identify(address: str) -> str:
    """An address's conversation."""
    return conversation_id(b"pepper", "web", address)


def book() -> Book:
    """The product's phrases in English, and one answer of the assistant."""
    return Book({}, [ANSWER], lambda ids, locale: "", {"days": 30, "hours": "09:00–21:00"})


def application(
    ports: Ports,
    inbox: Inbox | None = None,
    *,
    secure: bool = False,
    stop: bool = True,
    signals: Signals | None = None,
) -> Starlette:
    """The application; with `stop` an event stream says what there is and ends."""
    ended = asyncio.Event()
    if stop:
        ended.set()
    return create(
        inbox or ports.inbox, ports.mailbox, book(), ports.clock, identify,
        name="Chat", exit_url="https://www.wikipedia.org/", retention_days=30, secure=secure, hours="09:00–21:00",
        stop=ended, signals=signals,
    )  # fmt: skip


@asynccontextmanager
async def browser(app: Starlette, address: str = "10.0.0.1") -> AsyncIterator[httpx.AsyncClient]:
    """Keeps cookies and sends what our own page sends."""
    way = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 1))
    async with httpx.AsyncClient(transport=way, base_url=HOST, headers=OWN) as found:
        yield found


# Any: whatever JSON can say.
def message(text: str = "hello", **fields: Any) -> dict[str, Any]:
    """A message of the page."""
    return {"id": str(uuid4()), "kind": "text", "text": text} | fields


def stored(ports: Ports) -> list[Inbound]:
    """What is in the inbox, in order; nothing is taken."""
    return list(ports.inbox._world.inbox.values())  # type: ignore[attr-defined]  # the memory twin's own


class OneAnswer:
    """An assistant that knows one subject."""

    async def ask(self, question: Question) -> AssistantReply:
        """Answer about the passport, whatever was asked."""
        more = Button("intent.ask_hotline", "intent:ask_hotline")
        reply = Reply(ANSWER.phrase, ANSWER.variation, buttons=(more, PERSON))
        return AssistantReply("km", "passport_withheld", 0.9, replies=(reply,))


@dataclass
class Running:
    """The product in a thread; it can be stopped and started again with what it stored."""

    ports: Ports = field(default_factory=memory_ports)
    port: int = field(default_factory=free_port)
    exit_url: str = ""
    book: Book = field(default_factory=book)
    _streams: Streams | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve; returns when it does."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as found:
                if found.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError("the web chat did not start")

    def stop(self) -> None:
        """Stop as the product does; fails if open pages hold it."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive()
        self._server = None

    def typing(self, conversation: str) -> None:
        """Somebody answers this conversation."""
        assert self._loop is not None and self._streams is not None
        asyncio.run_coroutine_threadsafe(self._streams.typing(conversation), self._loop).result(5)

    async def _serve(self) -> None:
        stop = asyncio.Event()
        self._loop, self._streams = asyncio.get_running_loop(), Streams(self.ports.mailbox, stop)
        app = create(
            self.ports.inbox, self.ports.mailbox, self.book, self.ports.clock, identify,
            name="Chat", exit_url=self.exit_url or f"{self.url}/health", retention_days=30, secure=False, stop=stop,
            streams=self._streams, signals=self.ports.signals,
        )  # fmt: skip
        config = uvicorn.Config(app, "127.0.0.1", self.port, log_config=None, access_log=False, lifespan="off")
        self._server = server = uvicorn.Server(config)
        async with asyncio.TaskGroup() as group:
            group.create_task(_receiver(self.ports, self.book).run("worker", stop))
            group.create_task(_deliverer(self.ports, self.book).run("sender", stop))
            group.create_task(server.serve())
            while not server.should_exit:
                await asyncio.sleep(0.02)
            stop.set()


def _receiver(ports: Ports, book: Book) -> Receiver:
    prospects = Prospects(ports.queue, DutyHours())
    answerer = Answerer(OneAnswer(), ports.duty, ports.vault, ports.clock, lambda text: None, prospects)
    writer = Writer(ports.conversations, Directory(()), ports.clock, book, ports.appointments)
    return Receiver(ports.inbox, ports.conversations, answerer, writer, ports.signals, ports.files)


def _deliverer(ports: Ports, book: Book) -> Deliverer:
    return Deliverer(
        Channel.WEB, ports.outbox, ports.conversations, ports.leases, ports.signals,
        WebSender(ports.mailbox, identify), book, Pace(), ports.clock,
    )  # fmt: skip


@contextmanager
def in_thread(exit_url: str = "") -> Iterator[Running]:
    """The product, running."""
    running = Running(exit_url=exit_url)
    running.start()
    try:
        yield running
    finally:
        running.stop()
