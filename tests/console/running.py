"""The console behind a real socket, in a thread, over memory; and what its pages are judged by."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

from tests.conftest import free_port
from tests.console.conftest import House

WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 360, "height": 740}
# WCAG 2.2 A and AA, and what axe calls good practice.
RULES = {"resultTypes": ["violations"]}


@dataclass
class Running:
    """A console somebody can open at `url`. Passkeys work there, for browsers trust localhost."""

    port: int = field(default_factory=free_port)
    content: Path = Path("/nowhere")
    house: House = field(init=False)
    _loop: asyncio.AbstractEventLoop = field(init=False)
    _up: threading.Event = field(default_factory=threading.Event)
    _server: uvicorn.Server = field(init=False)

    def __post_init__(self) -> None:
        self.house = House(AsyncExitStack(), strict=True, address=self.url, content=self.content)
        self._server = uvicorn.Server(uvicorn.Config(self.house.app, "127.0.0.1", self.port, log_config=None))

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://localhost:{self.port}"

    def do[T](self, deed: Coroutine[Any, Any, T]) -> T:  # Any: what a coroutine yields and is sent is its own
        """Do something in the console's own loop."""
        return asyncio.run_coroutine_threadsafe(deed, self._loop).result(10)

    def serve(self) -> None:
        """Serve until told to stop; leaves nothing running."""
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        serving = asyncio.create_task(self._server.serve())
        while not self._server.started and not serving.done():
            await asyncio.sleep(0.01)
        self._up.set()
        await serving

    def wait(self) -> None:
        """Wait until it serves."""
        assert self._up.wait(10), "the console did not start"

    def stop(self) -> None:
        """Stop serving."""
        self._server.should_exit = True


@contextmanager
def in_thread(content: Path = Path("/nowhere")) -> Iterator[Running]:
    """A running console; `content` is the repository its content pages change."""
    running = Running(content=content)
    thread = threading.Thread(target=running.serve, daemon=True)
    thread.start()
    running.wait()
    try:
        yield running
    finally:
        running.stop()
        thread.join(10)


def flaws(page: Page) -> list[str]:
    """What axe finds on the page as it is, and whether it is wider than the screen, at 1280 and at 360 px."""
    found: list[str] = []
    before = page.viewport_size
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        results = Axe().run(page, options=RULES)
        found += [
            f"{size['width']}: {v['id']} {[n['html'][:120] for n in v['nodes']]}"
            for v in results.response["violations"]
        ]
        if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
            found.append(f"{size['width']}: the page is wider than the screen")
    if before:
        page.set_viewport_size(before)
    return found
