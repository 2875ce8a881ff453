"""Open pages: server-sent events out of the mailbox, resumed where the page was, ended when the server stops.

A waiting read would hold one of the store's connections for each open page, and a hundred pages would take them
all. So a page is looked after in short reads: often while something happens, once a second when nothing does.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

import anyio
import structlog
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.web.outbound import write
from bot.core.errors import StoreUnavailable
from bot.core.ports import Mailbox

log = structlog.get_logger(__name__)

PING = 15  # seconds; proxies and mobile networks cut what is silent for longer
QUICK, SLOW, SLOWER = 0.1, 1.0, 1.1  # seconds between two reads: first, at most, and by what it grows
RETRY = 2000  # ms after which a browser connects again
GRACE = 2.0  # seconds a stream may take to end by itself; more than SLOW
STALLED = 30.0  # seconds without a byte taken after which a page is given up
PAGES = 2000  # open at the same time
PAGES_EACH = 4  # of one conversation: a browser opens six connections to a host, and words must get out too
AT_ONCE = 16  # reads at the same time

# An id of a mail: digits, as the store makes them. Anything else is a foreign one.
_PLACE = re.compile(r"\d{1,20}(-\d{1,20})?")


@dataclass
class Streams:
    """The open pages of this process. `stop` ends them all."""

    mailbox: Mailbox
    stop: asyncio.Event
    _open: dict[str, int] = field(default_factory=dict)
    _typed: dict[str, int] = field(default_factory=dict)
    _reads: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def open(self, request: Request, conversation: str) -> Response:
        """Stream from where the page was; refuse when there are too many."""
        if self._open.get(conversation, 0) >= PAGES_EACH or sum(self._open.values()) >= PAGES:
            return JSONResponse({"code": "too_many"}, 429, {"retry-after": "30"})
        ending = anyio.Event()
        return EventSourceResponse(
            self._counted(conversation, _place(request), ending),
            ping=PING,
            send_timeout=STALLED,
            shutdown_event=ending,
            shutdown_grace_period=GRACE,
        )

    async def typing(self, conversation: str) -> None:
        """Show on this conversation's open pages that somebody is writing."""
        if conversation in self._open:
            self._typed[conversation] = self._typed.get(conversation, 0) + 1

    async def _counted(self, conversation: str, after: str, ending: anyio.Event) -> AsyncIterator[ServerSentEvent]:
        self._open[conversation] = self._open.get(conversation, 0) + 1
        try:
            async for event in self._events(conversation, after, ending):
                yield event
        except StoreUnavailable as exc:
            log.warning("mailbox_unavailable", error=type(exc).__name__)  # the page connects again
        finally:
            self._open[conversation] -= 1
            if not self._open[conversation]:
                del self._open[conversation]
                self._typed.pop(conversation, None)

    async def _events(self, conversation: str, after: str, ending: anyio.Event) -> AsyncIterator[ServerSentEvent]:
        yield ServerSentEvent(comment="open", retry=RETRY)
        pause, typed = QUICK, self._typed.get(conversation, 0)
        while True:
            async with self._reads:
                mails = await self.mailbox.read(conversation, after, 0)
            for after, mail in mails:
                yield ServerSentEvent(write(mail), id=after)
            if typed != (typed := self._typed.get(conversation, 0)) and not mails:
                yield ServerSentEvent("", event="typing")
            if self.stop.is_set() or ending.is_set():
                return
            pause = QUICK if mails else min(SLOW, pause * SLOWER)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stop.wait(), pause)


def _place(request: Request) -> str:
    """The last mail the page has: the browser's own header, or what the page says after a new start."""
    place = request.headers.get("last-event-id") or request.query_params.get("after", "")
    return place if _PLACE.fullmatch(place) else ""
