"""Why: cut connections and a killed product can only be tried over a real socket."""

import asyncio
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import httpx
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from .app import create_app
from .standin import Standin

ROOT = Path(__file__).parents[2]


class _CuttableProtocol(H11Protocol):
    """Hands the application the means to cut its own connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: uvicorn's own arguments, passed on
        super().__init__(*args, **kwargs)
        app: Any = self.app  # Any: uvicorn's and Starlette's types of the same protocol differ

        async def cuttable(scope: Scope, receive: Receive, send: Send) -> None:
            scope["extensions"] = scope.get("extensions", {}) | {"standin.cut": self.transport.abort}
            await app(scope, receive, send)

        self.app = cuttable


class StandinServer(uvicorn.Server):
    """Knows when it serves, and lets go of waiting calls before it stops."""

    def __init__(self, standin: Standin, on_ready: Callable[[], None] = lambda: None) -> None:
        config = uvicorn.Config(
            create_app(standin), http=_CuttableProtocol, ws="none", access_log=False, log_level="error",
            timeout_graceful_shutdown=2,
        )  # fmt: skip
        super().__init__(config)
        self._standin, self._on_ready = standin, on_ready

    async def main_loop(self) -> None:
        """Looks ten times as often as uvicorn whether to stop: a stand-in is started for every test."""
        tick = 0
        while not await self.on_tick(tick):
            tick += 1
            await asyncio.sleep(0.01)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._standin.close()
        super().handle_exit(sig, frame)

    def stop(self) -> None:
        self._standin.close()
        self.should_exit = True


def listen(standin: Standin, port: int = 0) -> socket.socket:
    """Takes the port before the server runs, so that nobody needs to guess a free one."""
    listener = socket.create_server(("127.0.0.1", port))
    # asyncio sets this only on sockets made with an explicit protocol; without it each answer takes 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    standin.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    return listener


@contextmanager
def in_thread(standin: Standin | None = None, port: int = 0) -> Iterator[Standin]:
    standin = standin or Standin()
    server, listener = StandinServer(standin), listen(standin, port)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), name="stand-in", daemon=True)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the stand-in did not start")
            time.sleep(0.002)
        yield standin
    finally:
        server.stop()
        thread.join(10)


@dataclass(frozen=True, slots=True)
class Remote:
    """The control of a stand-in that runs as a process."""

    url: str
    token: str
    control_token: str

    @property
    def base_url(self) -> str:
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.url}/file/bot"

    def control(self, name: str, **arguments: object) -> Any:  # Any: the named method's result as JSON
        """Bytes travel as base64 under `content`; a hold is named by the id that `hold` returns."""
        address, headers = f"{self.url}/control/{name}", {"X-Control-Token": self.control_token}
        answer = httpx.post(address, json=arguments, headers=headers, timeout=60, trust_env=False)
        body = answer.json()
        if answer.status_code == httpx.codes.REQUEST_TIMEOUT:
            raise TimeoutError(body["error"])
        if not body["ok"]:
            raise ValueError(body["error"])
        return body["result"]


@contextmanager
def as_process(*options: str) -> Iterator[Remote]:
    """`options` are those of the command line; ready with its first line, and printing nothing after it."""
    line = [sys.executable, "-m", "tests.standin", *options]
    with subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Remote(**json.loads(process.stdout.readline()))
        finally:
            process.terminate()
        if process.stdout.read():
            raise RuntimeError("the stand-in printed more than its first line")
