"""The operators' side alone, as processes, with a store that can be killed and a network that can be cut."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from bot.adapters.embedded import Embedded
from bot.supervisor import make_keys
from tests.conftest import free_port
from tests.e2e.product import ROOT, until


class Wire:
    """A proxy between the parts and the store; while it is cut nothing passes and nobody is let in."""

    def __init__(self, path: Path, store: Path) -> None:
        self._path, self._store = path, store
        self._loop = asyncio.new_event_loop()
        self._whole = True
        self._open: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_unix_server(self._meet, str(path)), self._loop
        ).result()

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Cut the wire for a while."""
        self._whole = False
        self._loop.call_soon_threadsafe(self._drop)
        try:
            yield
        finally:
            self._whole = True

    def close(self) -> None:
        """Take it down."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        self._drop()
        me = asyncio.current_task()
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task is not me), return_exceptions=True)

    def _drop(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if self._whole:
                with contextlib.suppress(OSError):
                    back, forth = await asyncio.open_unix_connection(str(self._store))
                    self._open.add(forth)
                    await asyncio.gather(_pour(reader, forth), _pour(back, writer))
                    self._open.discard(forth)
        finally:
            self._open.discard(writer)
            writer.transport.abort()


async def _pour(source: asyncio.StreamReader, into: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            into.write(data)
            await into.drain()
    into.transport.abort()


@dataclass
class Rig:
    """Store, wire, worker and console."""

    folder: Path
    wire: Wire
    embedded: Embedded
    environment: dict[str, str]
    opened: ExitStack
    store: subprocess.Popen[bytes]
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def console(self) -> str:
        """The console's address."""
        return f"http://127.0.0.1:{self.environment['HELPLINE_CONSOLE_PORT']}"

    def invite(self, name: str, languages: str, role: str = "operator") -> str:
        """Add an account; returns the path of its link."""
        said = self.command("operators", "add", name, "--languages", languages, "--role", role)
        return urlsplit(said.strip().rpartition(" ")[2]).path

    def command(self, *arguments: str) -> str:
        """Run an administrator's command; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        return done.stdout

    def start(self, part: str) -> None:
        """Start a part; its log goes to the folder."""
        with (self.folder / f"{part}.log").open("ab") as log:
            self.parts[part] = subprocess.Popen(
                [sys.executable, "-m", "bot", part], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    def kill(self, part: str) -> None:
        """Kill a part as a power cut would, and start it anew."""
        self.parts[part].kill()
        self.parts[part].wait(10)
        self.start(part)

    def kill_store(self) -> None:
        """Kill the store as a power cut would, and start it anew."""
        self.store.kill()
        self.store.wait(10)
        self.store = self.embedded.start()

    def healthy(self) -> bool:
        """Whether the console answers and reaches the store."""
        try:
            return httpx.get(f"{self.console}/health", trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        """Stop everything."""
        self.opened.close()
        for part in self.parts.values():
            part.send_signal(signal.SIGTERM)
        for part in self.parts.values():
            part.wait(30)
        self.wire.close()
        self.store.terminate()
        self.store.wait(10)


@contextmanager
def rigged() -> Iterator[Rig]:
    """The rig, ready."""
    with tempfile.TemporaryDirectory(prefix="rig-") as name:
        folder = Path(name)
        embedded = Embedded(folder / "data", folder / "store")
        store = embedded.start()
        wire = Wire(folder / "wire", folder / "store")
        make_keys(folder / "keys")
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("HELPLINE_", "TELEGRAM_"))}
        url = f"unix://{folder / 'wire'}"
        settings = {
            "HELPLINE_REDIS_URL": url,
            "HELPLINE_KEYRING_URL": url,
            "HELPLINE_KEYS": str(folder / "keys"),
            "HELPLINE_SECURE": "0",
            "HELPLINE_CONSOLE_PORT": str(free_port()),
        }
        rig = Rig(folder, wire, embedded, inherited | settings, ExitStack(), store)
        try:
            for part in ("worker", "console"):
                rig.start(part)
            until(rig.healthy, 60)
            yield rig
        finally:
            rig.stop()
