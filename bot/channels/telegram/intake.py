"""Telegram's updates into the inbox, durable before acknowledged: by long polling or by webhook.

python-telegram-bot's own updater acknowledges an update before it is handled (a kill then loses it), so the
loop here stores each update first and raises the offset after.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from telegram import Bot
from telegram.error import Conflict, RetryAfter, TelegramError
from telegram.warnings import PTBUserWarning

from bot.channels.telegram.inbound import ALLOWED, hear
from bot.core.errors import StoreUnavailable
from bot.core.ports import Inbox, Leases

log = structlog.get_logger(__name__)

LEAD = 60_000  # how long a poller leads without renewing, ms; longer than one long poll
POLL = 20  # seconds Telegram may hold a getUpdates call
MAX_BODY = 1024 * 1024


@dataclass
class Intake:
    """Stores updates; `dropped` counts those that were malformed or not for us."""

    bot: Bot
    inbox: Inbox
    identify: Callable[[str], str]
    dropped: int = 0
    _answers: set[asyncio.Task[None]] = field(default_factory=set)

    # Any: one decoded JSON update.
    async def store(self, payload: Any) -> None:
        """Store one update; raises StoreUnavailable, and then it must not be acknowledged."""
        heard = hear(payload, self.identify)
        if heard is None:
            self.dropped += 1
            log.info("update_dropped", dropped=self.dropped)
            return
        await self.inbox.put(heard.inbound, heard.address)
        if heard.callback:
            task = asyncio.create_task(self._stop_spinner(heard.callback))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)

    async def _stop_spinner(self, callback: str) -> None:
        """Tell the person's app that the press arrived; if that fails the spinner ends by itself."""
        try:
            await self.bot.answer_callback_query(callback)
        except TelegramError as exc:
            log.info("callback_not_answered", error=type(exc).__name__)


@dataclass
class Poller:
    """The long-polling loop; only the process that holds the lead polls."""

    bot: Bot
    intake: Intake
    leases: Leases

    async def run(self, name: str, stop: asyncio.Event) -> None:
        """Poll until `stop`."""
        # The library warns of the raw call below; Bot.get_updates would stop at the first update it can't read.
        warnings.filterwarnings("ignore", message="Please use 'Bot.getUpdates'", category=PTBUserWarning)
        offset = 0
        while not stop.is_set():
            try:
                if not await self.leases.hold("poller:telegram", name, LEAD):
                    await asyncio.sleep(1)
                    continue
                offset = await self._round(offset)
            except StoreUnavailable as exc:
                log.warning("updates_wait", error=str(exc))
                await asyncio.sleep(0.5)
            except (TelegramError, OSError) as exc:
                await asyncio.sleep(_pause(exc))
        await self.leases.drop("poller:telegram", name)

    async def _round(self, offset: int) -> int:
        """One call: what came is stored one by one, and only then the offset moves."""
        # Any: raw updates.
        updates: Any = await self.bot.do_api_request(
            "getUpdates",
            api_kwargs={"offset": offset, "timeout": POLL, "allowed_updates": list(ALLOWED)},
            read_timeout=POLL + 10,
        )
        for payload in updates:
            await self.intake.store(payload)
            number = payload.get("update_id") if isinstance(payload, dict) else None
            if isinstance(number, int):
                offset = max(offset, number + 1)
        return offset


def _pause(exc: Exception) -> float:
    """How long to wait after a failed poll; a Conflict means that another program polls with this token."""
    log.warning("poll_failed", error=type(exc).__name__)
    if isinstance(exc, RetryAfter):
        wait = exc.retry_after
        return wait if isinstance(wait, int) else wait.total_seconds()
    return 5.0 if isinstance(exc, Conflict) else 1.0


def webhook(intake: Intake, secret: str) -> Starlette:
    """The webhook's own small application: 200 only when the update is in the inbox."""

    async def take(request: Request) -> Response:
        given = request.headers.get("x-telegram-bot-api-secret-token", "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return JSONResponse({"code": "forbidden"}, 403)
        body = await _body(request)
        if body is None:
            return JSONResponse({"code": "too_large"}, 413)
        try:
            payload = json.loads(body)
        except ValueError:
            # Acknowledged: Telegram would repeat it for a day, and it would never become readable.
            intake.dropped += 1
            return JSONResponse({"code": "malformed"})
        try:
            await intake.store(payload)
        except StoreUnavailable:
            return JSONResponse({"code": "unavailable"}, 503)
        return JSONResponse({})

    async def health(_: Request) -> Response:
        return JSONResponse({"ok": True})

    return Starlette(routes=[Route("/telegram", take, methods=["POST"]), Route("/health", health)])


async def _body(request: Request) -> bytes | None:
    """The body, None if it is larger than any update."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY:
            return None
        chunks.append(chunk)
    return b"".join(chunks)
