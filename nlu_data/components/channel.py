"""The assistant's only door: HTTP with a token, one question in, one answer out, every failure said as such.

Rasa's own REST channel answers 200 and an empty list when something breaks, and logs the words; this one does
neither. The product takes any other status than 200 as "the assistant is down" and calls a human.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import redis
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.constants import DEFAULT_INTENTS, USER_INTENT_OUT_OF_SCOPE
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from .contract import LARGEST, Ask, Refusal, read_ask, write_answer
from .facts import Fields, entities, pressed
from .logs import event
from .settings import Settings
from .turn import Turn, begin

PATIENCE = 7.0  # seconds for one answer; the product waits eight

# Intents that restart, go back or fall back; no button may. (Rasa counts out_of_scope among them, we don't.)
_RASAS_OWN = set(DEFAULT_INTENTS) - {USER_INTENT_OUT_OF_SCOPE}

Handler = Callable[[UserMessage], Awaitable[Any]]


class Collector(OutputChannel):  # type: ignore[misc]  # rasa ships no types
    """Keeps what was said in one turn, in order."""

    def __init__(self) -> None:
        self.messages: list[Fields] = []

    @classmethod
    def name(cls) -> str:
        """Rasa picks channel-specific responses by it; we have none."""
        return "helpline"

    async def send_response(self, recipient_id: str, message: Fields) -> None:
        """Keep it as it is."""
        self.messages.append(message)


class Queue:
    """One conversation's requests go one after the other, those of different conversations side by side."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn_of(self, conversation: str) -> AsyncIterator[None]:
        """Wait until it is this request's turn."""
        lock, waiting = self._locks.get(conversation) or (asyncio.Lock(), 0)
        self._locks[conversation] = lock, waiting + 1
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks[conversation]
            if waiting == 1:
                del self._locks[conversation]
            else:
                self._locks[conversation] = lock, waiting - 1


class HelplineInput(InputChannel):  # type: ignore[misc]  # rasa ships no types
    """`POST /webhooks/helpline/ask` and `GET /webhooks/helpline/health`."""

    def __init__(self, token: str) -> None:
        self._token = _bytes(token)
        self._queue = Queue()

    @classmethod
    def name(cls) -> str:
        """Part of the path, and the channel's name in events."""
        return "helpline"

    @classmethod
    def from_credentials(cls, credentials: Fields | None) -> HelplineInput:
        """The token comes from the environment, never from a file in the repository; raises BadSettings."""
        return cls(Settings.read().token)

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The two routes."""
        routes = Blueprint("helpline_input")

        async def ask(request: Request) -> HTTPResponse:
            return await self._respond(request, on_new_message)

        routes.add_route(ask, "/ask", methods=["POST"], stream=True)
        routes.add_route(health, "/health", methods=["GET"])
        return routes

    async def _respond(self, request: Request, on_new_message: Handler) -> HTTPResponse:
        """The net of this door: whatever happens inside becomes a status and a code."""
        began = time.monotonic()
        try:
            answer = await self._ask(request, on_new_message)
            event(
                "answered",
                ms=_ms(began),
                intent=answer["intent"],
                outcome=answer["outcome"],
                language=answer["language"],
                replies=len(answer["replies"]),
            )
            return json(answer)
        except Refusal as exc:
            refusal = exc
        except redis.RedisError as exc:
            refusal = Refusal(503, "store_unavailable")
            event("failed", error=exc)
        except (asyncio.TimeoutError, TimeoutError):  # noqa: UP041  two kinds on this interpreter
            refusal = Refusal(503, "timeout")
        except Exception as exc:  # the one net: a failure is told, never hidden
            refusal = Refusal(500, "internal")
            event("failed", error=exc)
        event("refused", ms=_ms(began), status=refusal.status, code=refusal.code)
        return json({"code": refusal.code}, status=refusal.status)

    async def _ask(self, request: Request, on_new_message: Handler) -> Fields:
        self._authorise(request.headers.get("authorization", ""))
        body = await read_body(request)
        agent = getattr(request.app.ctx, "agent", None)
        if agent is None or not agent.is_ready():
            raise Refusal(503, "not_ready")
        known = set(agent.domain.intents) - _RASAS_OWN
        ask = read_ask(body, request.headers.get("x-conversation-key", ""), known)
        async with self._queue.turn_of(ask.conversation):
            return await asyncio.wait_for(answer(ask, on_new_message), PATIENCE)

    def _authorise(self, header: str) -> None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(_bytes(token.strip()), self._token):
            raise Refusal(401, "unauthorised")


async def answer(ask: Ask, on_new_message: Handler) -> Fields:
    """Let Rasa handle one question and say what came of it; raises whatever goes wrong."""
    collector, turn = Collector(), Turn(ask.conversation, ask.key)
    with begin(turn):
        await on_new_message(message_of(ask, collector))
    if turn.tracker is None or turn.tracker.latest_message is None:
        raise Refusal(503, "not_saved")
    understanding = turn.tracker.latest_message.parse_data["understanding"]
    return write_answer(understanding, turn.tracker.current_slot_values(), collector.messages, ask.locale)


def message_of(ask: Ask, collector: Collector) -> UserMessage:
    """The question as Rasa's message; a button's intent comes ready parsed and never meets the classifier."""
    told = ask.told()
    if not ask.intent:
        return UserMessage(ask.text, collector, ask.conversation, input_channel="helpline", metadata=told)
    understanding = pressed(ask.intent)
    parsed = {
        "text": "",
        "intent": {"name": ask.intent, "confidence": 1.0},
        "entities": entities(understanding, told),
        "understanding": understanding,
    }
    return UserMessage(
        f"/{ask.intent}", collector, ask.conversation, parse_data=parsed, input_channel="helpline", metadata=told
    )


async def read_body(request: Request) -> bytes:
    """The body, as far as it may be; raises Refusal before a huge one is in memory."""
    body = b""
    while (part := await request.stream.read()) is not None:
        body += part
        if len(body) > LARGEST:
            raise Refusal(413, "too_large")
    return body


async def health(request: Request) -> HTTPResponse:
    """200 once a model is loaded and the store answers."""
    agent = getattr(request.app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        return json({"code": "not_ready"}, status=503)
    try:
        await agent.tracker_store.ping()
    except redis.RedisError:
        return json({"code": "store_unavailable"}, status=503)
    return json({"code": "ok"})


def _bytes(text: str) -> bytes:
    """For comparing; a header may hold what can't be encoded."""
    return text.encode("utf-8", "replace")


def _ms(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
