"""Why: an event loop and test threads share the state; one lock guards it, one bell tells of its changes."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress


class Bell:
    """Whoever changes the state holds `lock` and rings; whoever waits is woken at once instead of polling."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._condition = threading.Condition(self.lock)
        self._listeners: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def ring(self) -> None:
        with self._condition:
            self._condition.notify_all()
            for loop, event in self._listeners:
                with suppress(RuntimeError):  # a closed loop has nobody left to wake
                    loop.call_soon_threadsafe(event.set)

    def wait[T](self, check: Callable[[], T | None], timeout: float) -> T | None:
        """Blocks the calling thread; never to be used on the loop that serves the stand-in."""
        with self._condition:
            self._condition.wait_for(lambda: check() is not None, timeout)
            return check()

    async def until[T](self, check: Callable[[], T | None], within: float | None) -> T | None:
        listener = (asyncio.get_running_loop(), asyncio.Event())
        with self.lock:
            self._listeners.add(listener)
        try:
            async with asyncio.timeout(within):
                return await self._listen(check, listener[1])
        except TimeoutError:
            return None
        finally:
            with self.lock:
                self._listeners.discard(listener)

    async def _listen[T](self, check: Callable[[], T | None], event: asyncio.Event) -> T:
        while True:
            event.clear()
            with self.lock:
                found = check()
            if found is not None:
                return found
            await event.wait()
