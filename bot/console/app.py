"""The operator console as one ASGI application: what it needs comes in, every address it answers stands below."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from urllib.parse import quote

import anyio
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.console.accounts import BadAccount, Register
from bot.console.audit import AuditPages
from bot.console.auth import ConfirmNeeded, Door, Forged, NotAllowed, SignInNeeded
from bot.console.content_desk import Declined, NotContent
from bot.console.content_ports import ContentDoors
from bot.console.content_routes import content_routes
from bot.console.conversation import BadText, Conversing, NotOpen
from bot.console.drafts import Writing
from bot.console.entrance import Entrance
from bot.console.fonts import Fonts, find
from bot.console.gates import Refusal
from bot.console.guard import Guard
from bot.console.invitation import DeadLink, Invitation
from bot.console.live import GRACE, PING, Hub, Live
from bot.console.media import Media
from bot.console.own_account import OwnAccount
from bot.console.pages import Pages, go
from bot.console.phrasebook import PhraseBook
from bot.console.ports import Drafts
from bot.console.queue import OffDuty, Queue
from bot.console.reports import Counted, Reports
from bot.console.roster import Roster
from bot.console.sign_in import SignIn
from bot.console.supervision import Supervision
from bot.console.transfer import Handing
from bot.core.account import DESK_ROLES, OVERSEERS
from bot.core.errors import AssistantUnavailable, Conflict, Full, NotYours, Quiet, Reserved, Stale, StoreUnavailable
from bot.core.media import MediaFiles
from bot.core.ports import AuditTrail, Lookup
from bot.flow.handoff import Desk
from bot.flow.typing import Ears
from bot.i18n import Answer, Book

STATIC = Path(__file__).parent / "static"
# The longest reply, three bytes a character and percent-encoded, with room for the other fields.
MAX_BODY = 64 * 1024

# What went wrong → (status, message); the messages stand in templates/_words.html.
TOLD: dict[type[Exception], tuple[int, str]] = {
    Forged: (403, "forged"),
    NotAllowed: (403, "not_allowed"),
    NotContent: (403, "not_content"),
    DeadLink: (410, "link_dead"),
    NotOpen: (403, "not_open"),
    NotYours: (409, "not_yours"),
    Stale: (409, "stale"),
    Conflict: (409, "taken"),
    Quiet: (409, "quiet"),
    Reserved: (409, "reserved"),
    Full: (409, "full"),
    OffDuty: (409, "off_duty"),
    BadText: (422, "bad_text"),
    StoreUnavailable: (503, "store_down"),
    AssistantUnavailable: (503, "tool_down"),
}


def create(
    desk: Desk,
    ears: Ears,
    entrance: Entrance,
    book: Book,
    files: MediaFiles,
    drafts: Drafts,
    directory: Lookup,
    *,
    content: ContentDoors,
    counted: Counted,
    trail: AuditTrail,
    answers: Sequence[Answer] = (),
    hosts: Sequence[str] = ("*",),
) -> Starlette:
    """The console. `content` is what its content pages ask; `counted` is what reports are made of; `trail` the
    chained audit; `answers` are what the phrase book offers; `hosts` the names it answers to.
    """
    pages = Pages(book, desk.clock, {"origin": entrance.address, "demanded": entrance.second_factor})
    door, register = entrance.door(desk.clock), entrance.register(desk)
    hub = Hub(ears)
    reports = Reports(door, pages, book, counted, entrance.journal)
    phrases = PhraseBook(book, directory, desk.clock, answers)
    conversing = Conversing(door, desk, pages, phrases, entrance.journal, files, drafts)
    routes = [
        Route("/health", _health(desk)),
        Mount("/static", StaticFiles(directory=STATIC)),
        Route("/fonts/{script:str}", Fonts(find()).show),
        *_account_routes(SignIn(door, desk, pages), door, register, pages),
        *_queue_routes(Queue(door, desk, pages, book)),
        *_conversation_routes(conversing),
        *_handing_routes(Handing(door, desk, pages, book)),
        *_beside_routes(Media(conversing), Writing(conversing)),
        *_overseer_routes(reports, Supervision(door, desk, pages), AuditPages(door, pages, trail, counted.zone)),
        *content_routes(door, pages, content),
        Route("/events", _events(door, conversing, Live(hub, door, desk))),
    ]
    return Starlette(False, routes, _walls(entrance.secure, hosts), _handlers(pages), lifespan=_listening(hub))


def _walls(secure: bool, hosts: Sequence[str]) -> list[Middleware]:
    return [
        Middleware(Guard, secure=secure),
        Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts)),
        Middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY),
    ]


def _account_routes(sign_in: SignIn, door: Door, register: Register, pages: Pages) -> list[Route]:
    return [
        *_sign_in_routes(sign_in),
        *_invitation_routes(Invitation(door, register, pages, sign_in)),
        *_own_routes(OwnAccount(door, register, pages)),
        *_roster_routes(Roster(door, register, pages)),
    ]


def _sign_in_routes(view: SignIn) -> list[Route]:
    return [
        Route("/sign-in", view.form),
        Route("/sign-in", view.enter, methods=["POST"]),
        Route("/sign-in/passkey", view.passkey, methods=["POST"]),
        Route("/sign-in/passkey/options", view.passkey_options, methods=["POST"]),
        Route("/sign-out", view.leave, methods=["POST"]),
        Route("/confirm", view.confirm_form),
        Route("/confirm", view.confirm, methods=["POST"]),
        Route("/confirm/options", view.confirm_options, methods=["POST"]),
    ]


def _invitation_routes(view: Invitation) -> list[Route]:
    one = "/invite/{name:str}/{secret:str}"
    return [
        Route(one, view.form),
        Route(one, view.accept, methods=["POST"]),
        Route(f"{one}/options", view.options, methods=["POST"]),
    ]


def _own_routes(view: OwnAccount) -> list[Route]:
    return [
        Route("/account", view.page),
        Route("/account", view.locale, methods=["POST"]),
        Route("/password", view.password_form),
        Route("/password", view.password, methods=["POST"]),
        Route("/account/codes", view.codes_form),
        Route("/account/codes", view.codes, methods=["POST"]),
        Route("/account/recovery", view.recovery, methods=["POST"]),
        Route("/account/passkey", view.passkey_form),
        Route("/account/passkey", view.add_passkey, methods=["POST"]),
        Route("/account/passkey/options", view.passkey_options, methods=["POST"]),
        Route("/account/passkey/remove", view.remove_passkey, methods=["POST"]),
        Route("/account/session/end", view.end_session, methods=["POST"]),
    ]


def _roster_routes(view: Roster) -> list[Route]:
    one = "/accounts/{name:str}"
    return [
        Route("/accounts", view.page),
        Route("/accounts", view.invite, methods=["POST"]),
        Route(one, view.one),
        Route(one, view.change, methods=["POST"]),
        Route(f"{one}/disable", view.disable, methods=["POST"]),
        Route(f"{one}/enable", view.enable, methods=["POST"]),
        Route(f"{one}/reset", view.reset, methods=["POST"]),
        Route(f"{one}/session/end", view.end_session, methods=["POST"]),
    ]


def _queue_routes(view: Queue) -> list[Route]:
    return [
        Route("/", view.page),
        Route("/queue", view.rows),
        Route("/strip", view.strip),
        Route("/duty", view.duty, methods=["POST"]),
        Route("/languages", view.languages, methods=["POST"]),
        Route("/next", view.next, methods=["POST"]),
    ]


def _conversation_routes(view: Conversing) -> list[Route]:
    one = "/conversations/{id:str}"
    return [
        Route(one, view.page),
        Route(f"{one}/lines", view.lines),
        Route(f"{one}/notes", view.notes),
        Route(f"{one}/term", view.term),
        Route(f"{one}/phrases", view.phrase_list),
        Route(f"{one}/claim", view.claim, methods=["POST"]),
        Route(f"{one}/reply", view.reply, methods=["POST"]),
        Route(f"{one}/say", view.say, methods=["POST"]),
        Route(f"{one}/withdraw", view.withdraw, methods=["POST"]),
        Route(f"{one}/note", view.note, methods=["POST"]),
        Route(f"{one}/give-back", view.give_back, methods=["POST"]),
        Route(f"{one}/release", view.release, methods=["POST"]),
        Route(f"{one}/close", view.close, methods=["POST"]),
    ]


def _overseer_routes(reports: Reports, supervision: Supervision, audit: AuditPages) -> list[Route]:
    return [
        Route("/reports", reports.page),
        Route("/reports.csv", reports.download),
        Route("/supervision", supervision.page),
        Route("/supervision/now", supervision.now),
        Route("/audit", audit.page),
    ]


def _handing_routes(view: Handing) -> list[Route]:
    one = "/conversations/{id:str}"
    return [
        Route("/hands", view.hands),
        Route(f"{one}/transfer", view.offer, methods=["POST"]),
        Route(f"{one}/accept", view.accept, methods=["POST"]),
        Route(f"{one}/refuse", view.refuse, methods=["POST"]),
        Route(f"{one}/recall", view.recall, methods=["POST"]),
        Route(f"{one}/reassign", view.reassign, methods=["POST"]),
        Route(f"{one}/followed", view.followed, methods=["POST"]),
    ]


def _beside_routes(media: Media, writing: Writing) -> list[Route]:
    """What a conversation's page fetches and tells by itself."""
    one = "/conversations/{id:str}"
    return [
        Route(f"{one}/media/{{key:str}}", media.show),
        Route(f"{one}/draft", writing.keep, methods=["POST"]),
        Route(f"{one}/typing", writing.typing, methods=["POST"]),
    ]


def _health(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    async def health(request: Request) -> Response:
        """Whether the console can do its work; says nothing else, for anyone may ask."""
        try:
            await desk.duty.present(desk.clock.now())
        except StoreUnavailable:
            return JSONResponse({"status": "store unavailable"}, 503)
        return JSONResponse({"status": "ok"})

    return health


def _events(door: Door, conversing: Conversing, live: Live) -> Callable[[Request], Awaitable[Response]]:
    async def events(request: Request) -> Response:
        """The stream of one page: the queue, and the conversation it shows if it may be followed."""
        visit = await door.enter_as(request, DESK_ROLES | OVERSEERS, touch=False)
        id = request.query_params.get("conversation", "")
        wanted = {"queue"}
        if id and visit.account.role in DESK_ROLES and await conversing.may_hear(visit, id):
            wanted |= {f"conversation:{id}", f"writing:{id}"}
        stop = anyio.Event()
        stream = live.stream(request.cookies[door.cookie], frozenset(wanted), stop)
        return EventSourceResponse(stream, ping=PING, shutdown_event=stop, shutdown_grace_period=GRACE)

    return events


def _handlers(pages: Pages) -> dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]]:
    async def to_sign_in(request: Request, exc: Exception) -> Response:
        return go(request, "/sign-in")

    async def to_confirm(request: Request, exc: Exception) -> Response:
        return go(request, f"/confirm?back={quote(exc.back)}" if isinstance(exc, ConfirmNeeded) else "/confirm")

    async def wait(request: Request, exc: Exception) -> Response:
        seconds = exc.seconds if isinstance(exc, Refusal) else 0
        answer = pages.tell(request, "throttled", 429, wait=seconds)
        answer.headers["Retry-After"] = str(seconds)
        return answer

    async def bad_account(request: Request, exc: Exception) -> Response:
        return pages.tell(request, exc.code if isinstance(exc, BadAccount) else "bad_request", 422)

    async def tell(request: Request, exc: Exception) -> Response:
        status, code = TOLD[type(exc)]
        return pages.tell(request, code, status)

    async def missing(request: Request, exc: Exception) -> Response:
        status = exc.status_code if isinstance(exc, HTTPException) else 500
        return pages.tell(request, {404: "not_found", 413: "too_large"}.get(status, "bad_request"), status)

    async def declined(request: Request, exc: Exception) -> Response:
        return pages.tell(request, "declined", 422, why=str(exc))

    return {
        SignInNeeded: to_sign_in,
        ConfirmNeeded: to_confirm,
        Refusal: wait,
        BadAccount: bad_account,
        Declined: declined,
        HTTPException: missing,
        **dict.fromkeys(TOLD, tell),
    }


def _listening(hub: Hub) -> Callable[[Starlette], contextlib.AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        listening = asyncio.create_task(hub.run())
        yield
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening

    return lifespan
