"""Why: what the product meets on the wire (bodies, status codes, broken connections) is made in one place."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from secrets import compare_digest
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from .control import command
from .faults import Fault, When
from .fields import Upload, printable, read_params, refuse_unknown_method
from .limits import Json, RefusalError, bad
from .methods import perform
from .standin import Standin
from .webhook import deliver_forever
from .world import Call

LOG = logging.getLogger(__name__)


class _Dropped(Response):
    """No answer: the connection ends as if the network had."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        cut = scope.get("extensions", {}).get("standin.cut")
        if cut is None:
            raise ConnectionResetError
        cut()
        await _gone(receive)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class Api:
    """The routes; everything they know is in the Standin they were given."""

    def __init__(self, standin: Standin) -> None:
        self._standin = standin

    async def method(self, request: Request) -> Response:
        """The one net: a failure of the stand-in itself is told without a word of the request."""
        try:
            return await self._answer(request)
        except RefusalError as refusal:
            return _refused(refusal)
        except Exception as error:
            LOG.error("stand-in failed in %s: %s", request.path_params["method"], type(error).__name__)
            return _refused(RefusalError(500, f"Internal Server Error: stand-in: {type(error).__name__}"))

    async def _answer(self, request: Request) -> Response:
        method = request.path_params["method"]
        self._admit(request)
        refuse_unknown_method(method)
        params, problem = _read(method, await _body(request))
        call = self._standin.world.begin(method, printable(params))
        spoiled = await self._suffer(call, "before")
        if spoiled is not None:
            return spoiled
        try:
            answer = await self._effect(request, method, params, problem)
        except RefusalError as refusal:
            call.error = refusal.description
            raise
        call.took_effect = True
        return await self._suffer(call, "after") or answer

    async def _effect(self, request: Request, method: str, params: Json, problem: RefusalError | None) -> Response:
        if problem is not None:
            raise problem
        effect = perform(self._standin.world, method, params)
        return await (_unless_gone(request, effect) if method == "getUpdates" else _answered(effect))

    def _admit(self, request: Request) -> None:
        if not compare_digest(request.path_params["token"].encode(), self._standin.token.encode()):
            raise RefusalError(401, "Unauthorized")

    async def _suffer(self, call: Call, when: When) -> Response | None:
        for fault in self._standin.faults.strike(call.method, call.chat_id, when):
            ending = await self._apply(fault)
            if ending is not None:
                call.error = f"fault: {fault.kind} {when}"
                return ending
        return None

    async def _apply(self, fault: Fault) -> Response | None:
        if fault.hold is not None:
            return None if await fault.hold.stay() else _Dropped()
        if fault.kind == "delay":
            world = self._standin.world
            await world.bell.until(lambda: world.updates.closing or None, fault.value)
            return None
        if fault.kind == "retry_after":
            seconds = int(fault.value)
            return _refused(RefusalError(429, f"Too Many Requests: retry after {seconds}", seconds))
        return _Dropped() if fault.kind == "drop" else _broken(int(fault.value))

    async def file(self, request: Request) -> Response:
        world = self._standin.world
        try:
            self._admit(request)
            return Response(world.files.download(request.path_params["path"], world.now()))
        except RefusalError as refusal:
            return _refused(refusal)

    async def control(self, request: Request) -> Response:
        given = request.headers.get("X-Control-Token", "")
        if not compare_digest(given.encode(), self._standin.control_token.encode()):
            return JSONResponse({"ok": False, "error": "wrong control token"}, 401)
        try:
            arguments = await request.json()
            return JSONResponse(
                {"ok": True, "result": await command(self._standin, request.path_params["name"], arguments)}
            )
        except (ValueError, TypeError, KeyError, TimeoutError, RefusalError) as error:
            status = 408 if isinstance(error, TimeoutError) else 400
            return JSONResponse({"ok": False, "error": f"{type(error).__name__}: {error}"}, status)


def _read(method: str, raw: Json) -> tuple[Json, RefusalError | None]:
    """A request that is refused is logged too, as it came."""
    try:
        return read_params(method, raw), None
    except RefusalError as refusal:
        return raw, refusal


async def _body(request: Request) -> Json:
    """Telegram takes the query, JSON, forms and multipart alike."""
    raw: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind == "application/json":
        return raw | await _json_body(request)
    if not kind:
        await request.body()
    async with request.form() as form:
        for name, value in form.items():
            raw[name] = await _upload(value) if isinstance(value, UploadFile) else value
    return raw


async def _json_body(request: Request) -> Json:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise bad("can't parse JSON object")
    return body


async def _upload(part: UploadFile) -> Upload:
    return Upload(part.filename or "", part.content_type or "", await part.read())


async def _answered(effect: Coroutine[Any, Any, Any]) -> Response:  # Any: a method's result
    return JSONResponse({"ok": True, "result": await effect})


async def _unless_gone(request: Request, effect: Coroutine[Any, Any, Any]) -> Response:
    """A poller that was killed must not use up what only a living one may be handed."""
    work = asyncio.create_task(_answered(effect))
    gone = asyncio.create_task(_gone(request.receive))
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        return work.result() if work.done() else _Dropped()
    finally:
        work.cancel()
        gone.cancel()
        await asyncio.gather(work, gone, return_exceptions=True)


def _refused(refusal: RefusalError) -> Response:
    return JSONResponse(refusal.body(), refusal.code)


def _broken(status: int) -> Response:
    """The gateways in front of Telegram answer in HTML, not in JSON."""
    if status in (502, 503, 504):
        return HTMLResponse(f"<html><body><h1>{status}</h1></body></html>", status)
    return _refused(RefusalError(status, "Internal Server Error"))


def create_app(standin: Standin) -> Starlette:
    api = Api(standin)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        delivery = asyncio.create_task(deliver_forever(standin.world))
        yield
        delivery.cancel()
        await asyncio.gather(delivery, return_exceptions=True)

    routes = [
        Route("/bot{token}/{method}", api.method, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", api.file),
        Route("/control/{name}", api.control, methods=["POST"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan)
