"""Asks the assistant over HTTP; the contract is in docs/architecture.md, and anything outside it is a failure."""

from __future__ import annotations

import base64
from typing import Any

import httpx

from bot.adapters.wire import args_from
from bot.core.conversation import AssistantReply, Outcome, Reply
from bot.core.errors import AssistantUnavailable
from bot.core.handoff import Priority, Reason
from bot.core.message import Button
from bot.core.ports import Question

PATH = "/webhooks/helpline/ask"


class RasaAssistant:
    """The assistant behind its HTTP contract. `timeout` in seconds bounds one question."""

    def __init__(self, url: str, token: str, timeout: float = 8.0) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.AsyncClient(base_url=url, timeout=timeout, headers=headers, trust_env=False)

    async def ask(self, question: Question) -> AssistantReply:
        """Ask; raises AssistantUnavailable."""
        body = {
            "conversation": question.conversation,
            "locale": question.locale,
            "country": question.country,
            "metadata": {"value": question.value} if question.value else {},
        }
        body |= {"intent": question.intent} if question.intent else {"text": question.text}
        key = base64.b64encode(question.key).decode()
        try:
            response = await self._client.post(PATH, json=body, headers={"X-Conversation-Key": key})
        except httpx.TimeoutException as exc:
            raise AssistantUnavailable("timeout") from exc
        except httpx.HTTPError as exc:
            raise AssistantUnavailable("unreachable") from exc
        if response.status_code != httpx.codes.OK:
            raise AssistantUnavailable(f"http_{response.status_code}")
        try:
            return read_reply(response.json())
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            raise AssistantUnavailable("malformed") from exc

    async def healthy(self) -> bool:
        """Whether the assistant answers at all."""
        try:
            return (await self._client.get("/webhooks/helpline/health")).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


# Any: decoded JSON, narrowed here and nowhere else.
def read_reply(data: Any) -> AssistantReply:
    """Read the assistant's JSON; raises ValueError, KeyError, TypeError or AttributeError where it breaks the contract.

    An answer without a reply, a hand-off or a refusal is a breach: nobody may be left without an answer.
    """
    handoff = data.get("handoff")
    reply = AssistantReply(
        language=str(data["language"] or ""),
        intent=str(data["intent"]),
        confidence=float(data["confidence"]),
        outcome=Outcome(data.get("outcome", "answer")),
        ranking=tuple((str(r["intent"]), float(r["confidence"])) for r in data.get("ranking", [])[:3]),
        replies=tuple(_reply(item) for item in data["replies"]),
        country=str(data.get("slots", {}).get("country") or ""),
        handoff=(Reason(handoff["reason"]), Priority(int(handoff["priority"]))) if handoff else None,
        indicators=tuple(map(str, (handoff or {}).get("indicators", []))),
    )
    if not reply.replies and reply.handoff is None and reply.outcome is Outcome.ANSWER:
        raise ValueError("an answer without a reply")
    return reply


def _reply(item: Any) -> Reply:
    return Reply(
        phrase=str(item["phrase"]),
        variation=str(item.get("variation") or ""),
        args=args_from(item.get("args", {})),
        buttons=tuple(_button(button) for button in item.get("buttons", [])),
        numbers=tuple(map(str, item.get("numbers", []))),
    )


def _button(item: Any) -> Button:
    return Button(str(item["title"]), str(item["data"]), args_from(item.get("args", {})))
