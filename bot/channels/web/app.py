"""The web chat's application: a page, messages in, events out, and a way to leave.

A message is answered with 2xx only after it is in the inbox. Nothing here logs a word, a cookie or an address.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.channels.web.guard import (
    HEADERS,
    LEFT,
    Cookie,
    Pace,
    SafeHeaders,
    address_of,
    is_own_page,
    neighbourhood,
    new_token,
    read_body,
)
from bot.channels.web.inbound import MAX_BODY, TOO_LARGE, Heard, Refusal, hear, update_of
from bot.channels.web.outbound import hide
from bot.channels.web.page import HERE, Page, locale_of
from bot.channels.web.stream import Streams
from bot.core.errors import StoreUnavailable
from bot.core.message import Author, Channel, Inbound, Kind
from bot.core.ports import Clock, Inbox, Mail, Mailbox, Signals
from bot.i18n import Book

log = structlog.get_logger(__name__)

WAIT = 5  # seconds after which the page tries again when the store is away


def create(
    inbox: Inbox,
    mailbox: Mailbox,
    book: Book,
    clock: Clock,
    identify: Callable[[str], str],
    *,
    name: str,
    exit_url: str,
    retention_days: int,
    secure: bool,
    hours: str = "",
    stop: asyncio.Event | None = None,
    streams: Streams | None = None,
    signals: Signals | None = None,
) -> Starlette:
    """The application. `identify` turns an address into its conversation; `stop` ends open event streams, which are
    `streams` where others must reach them; `signals` carry it to operators that a person is writing.
    """
    # It writes whole events, and with them a person's words, at debug level.
    logging.getLogger("sse_starlette").setLevel(logging.INFO)
    page = Page(book, name, exit_url, retention_days, hours)
    streams = streams or Streams(mailbox, stop or asyncio.Event())
    web = Web(inbox, mailbox, clock, identify, page, Cookie(secure), streams, signals)
    return Starlette(
        routes=routes(web),
        middleware=[Middleware(SafeHeaders)],
        exception_handlers={HTTPException: not_served, Exception: failed},
    )


def routes(web: Web) -> list[BaseRoute]:
    """Everything there is to ask for."""
    return [
        Route("/", web.show),
        Route("/messages", web.write, methods=["POST"]),
        Route("/typing", web.typing, methods=["POST"]),
        Route("/events", web.follow),
        Route("/leave", web.leave, methods=["POST"]),
        Route("/health", healthy),
        Route("/favicon.ico", no_icon),
        Route("/audio/{locale}/{name}", web.play),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]


@dataclass(frozen=True)
class Web:
    """What the routes need. A dormitory may share one address, so that one may write much more than one person."""

    inbox: Inbox
    mailbox: Mailbox
    clock: Clock
    identify: Callable[[str], str]
    page: Page
    cookie: Cookie
    streams: Streams
    signals: Signals | None = None
    each: Pace = field(default_factory=lambda: Pace(size=20, rate=0.5))
    together: Pace = field(default_factory=lambda: Pace(size=300, rate=5))
    keys: Pace = field(default_factory=lambda: Pace(size=5, rate=0.5))

    async def show(self, request: Request) -> Response:
        """The page. It sets no cookie; where the person left while we were out of reach, it completes that."""
        token = self.cookie.read(request)
        left = LEFT in request.cookies
        locale = locale_of(request.query_params, request.headers)
        response = HTMLResponse(self.page.render(locale, resumes=token is not None and not left))
        if left:
            await self._stop(token)
            self.cookie.expire(response)
        return response

    async def write(self, request: Request) -> Response:
        """One message: 202 when it is in the inbox."""
        token = self.cookie.read(request) or new_token()
        heard = await self._hear(request, self.identify(address_of(token)))
        if isinstance(heard, Response):
            return heard
        try:
            await self._keep(heard, address_of(token))
        except StoreUnavailable as exc:
            log.warning("message_not_kept", error=type(exc).__name__)
            return _later("unavailable", 503, WAIT)
        response = JSONResponse({"id": heard.about}, 202)
        if self.cookie.read(request) is None:
            self.cookie.set(response, token)
        return response

    async def typing(self, request: Request) -> Response:
        """The person is at the keys: said to the operator's open page, kept nowhere, and never an error."""
        token = self.cookie.read(request)
        if not is_own_page(request):
            return _refuse(Refusal("foreign", 403))
        if self.signals is not None and token is not None and LEFT not in request.cookies:
            conversation = self.identify(address_of(token))
            if not self.keys.wait(conversation):
                with suppress(StoreUnavailable):
                    await self.signals.tell(f"writing:{conversation}")
        return Response(status_code=204)

    async def follow(self, request: Request) -> Response:
        """The events of the conversation; 204 tells a browser that there is none and to stop asking."""
        token = self.cookie.read(request)
        if token is None or LEFT in request.cookies:
            return Response(status_code=204)
        return self.streams.open(request, self.identify(address_of(token)))

    async def play(self, request: Request) -> Response:
        """A recording of an answer; nothing else of that folder is served."""
        locale, name = request.path_params["locale"], request.path_params["name"]
        about = name.removesuffix(".ogg").replace(".", "/")
        found = self.page.book.recordings.get((locale, about))
        return FileResponse(found, media_type="audio/ogg") if found and found.name == name else _nothing()

    async def leave(self, request: Request) -> Response:
        """Quick exit: nothing stays in the browser, whether or not the store answers."""
        if not is_own_page(request):
            return _refuse(Refusal("foreign", 403))
        slow = self.together.wait(neighbourhood(request))
        kept = not slow and await self._stop(self.cookie.read(request))
        response = Response(status_code=204) if kept else _later("unavailable", 503, slow or WAIT)
        self.cookie.expire(response)
        return response

    async def _hear(self, request: Request, conversation: str) -> Heard | Response:
        """Read a message, or say why not; cheap reasons first."""
        if not is_own_page(request):
            return _refuse(Refusal("foreign", 403))
        slow = self.together.wait(neighbourhood(request)) or self.each.wait(conversation)
        if slow:
            return _later("too_fast", 429, slow)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return _refuse(Refusal("not_json", 415))
        body = await read_body(request, MAX_BODY)
        if body is None:
            return _refuse(TOO_LARGE)
        heard = hear(body, conversation, self.clock.now(), request.headers.get("accept-language", ""))
        return _refuse(heard) if isinstance(heard, Refusal) else heard

    async def _keep(self, heard: Heard, address: str) -> None:
        """Into the inbox, then onto the person's own page.

        Where the second step failed, the message comes again as one already kept, and the step is made up for.
        """
        new = await self.inbox.put(heard.inbound, address)
        conversation = heard.inbound.conversation
        if heard.shown and (new or not await self._shows(conversation, heard.about)):
            await self.mailbox.post(conversation, Mail(Author.PERSON, heard.shown, about=heard.about))

    async def _shows(self, conversation: str, about: str) -> bool:
        mails = await self.mailbox.read(conversation, "", 0)
        return any(mail.about == about for _, mail in mails)

    async def _stop(self, token: str | None) -> bool:
        """As if the person had typed /stop, and every open page is emptied at once; False if the store is away."""
        if token is None:
            return True
        address = address_of(token)
        conversation = self.identify(address)
        about = uuid.uuid4()
        stop = Inbound(
            conversation, Channel.WEB, update_of(about, conversation), self.clock.now(), Kind.COMMAND, "stop"
        )
        try:
            await self.inbox.put(stop, address)
            await hide(self.mailbox, conversation)
        except StoreUnavailable as exc:
            log.warning("leave_not_kept", error=type(exc).__name__)
            return False
        return True


async def healthy(_: Request) -> Response:
    """For whoever watches the process."""
    return JSONResponse({"ok": True})


async def no_icon(_: Request) -> Response:
    """An icon would stand in the tab and in histories."""
    return Response(status_code=204)


async def not_served(_: Request, exc: Exception) -> Response:
    """No such page, or not in this way."""
    status = exc.status_code if isinstance(exc, HTTPException) else 404
    headers = exc.headers if isinstance(exc, HTTPException) else None
    return JSONResponse({"code": "not_allowed" if status == 405 else "not_found"}, status, headers)


async def failed(_: Request, exc: Exception) -> Response:
    """A fault of ours; this answer passes no middleware, so it brings its own headers."""
    log.error("web_failed", error=type(exc).__name__)
    return JSONResponse({"code": "failed"}, 500, HEADERS)


def _nothing() -> Response:
    return JSONResponse({"code": "not_found"}, 404)


def _refuse(refusal: Refusal) -> Response:
    return JSONResponse({"code": refusal.code}, refusal.status)


def _later(code: str, status: int, seconds: int) -> Response:
    return JSONResponse({"code": code}, status, {"retry-after": str(seconds)})
