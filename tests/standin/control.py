"""Why: a test in another process, or another language, drives the stand-in by the same methods over HTTP."""

import asyncio
from base64 import b64decode
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from typing import Any

from .faults import Hold
from .limits import Json
from .standin import Standin

SAME = [
    "person_writes",
    "person_edits",
    "person_presses",
    "person_sends_photo",
    "person_sends_voice",
    "person_sends_document",
    "person_sends_location",
    "person_sends_sticker",
    "person_blocks",
    "person_unblocks",
    "raw_update",
    "redeliver",
    "messages",
    "calls",
    "profile",
    "unconfirmed",
    "wait_for_calls",
    "wait_confirmed",
    "advance_clock",
    "fail_with_retry_after",
    "fail_with_status",
    "drop",
    "delay",
    "clear_faults",
]


def wait_for(standin: Standin, chat_id: int, text: str | None = None, contains: str = "", timeout: float = 5.0) -> Json:
    """A predicate can't travel as JSON: the text as a whole, or a part of it."""

    def fits(message: Json) -> bool:
        shown = message.get("text") or message.get("caption", "")
        return text in (None, shown) and contains in shown

    return standin.wait_for(chat_id, fits, timeout)


def hold(standin: Standin, **arguments: Any) -> int:
    return standin.hold(**arguments).hold_id


def wait_held(standin: Standin, hold_id: int, timeout: float = 5.0, calls: int = 1) -> None:
    _hold(standin, hold_id).wait_reached(timeout, calls)


def release(standin: Standin, hold_id: int) -> None:
    _hold(standin, hold_id).release()


def abandon(standin: Standin, hold_id: int) -> None:
    _hold(standin, hold_id).abandon()


def _hold(standin: Standin, hold_id: int) -> Hold:
    if hold_id not in standin.faults.holds:
        raise ValueError(f"no hold {hold_id}")
    return standin.faults.holds[hold_id]


# Any: the arguments and results are those of the methods named
CONTROL: dict[str, Callable[..., Any]] = {name: getattr(Standin, name) for name in SAME} | {
    "wait_for": wait_for,
    "hold": hold,
    "wait_held": wait_held,
    "release": release,
    "abandon": abandon,
}


async def command(standin: Standin, name: str, arguments: Json) -> Any:
    """In a thread of its own, since some of them wait."""
    if name not in CONTROL:
        raise ValueError(f"no control named {name}")
    if "content" in arguments:
        arguments = arguments | {"content": b64decode(arguments["content"])}
    return plain(await asyncio.to_thread(CONTROL[name], standin, **arguments))


def plain(result: Any) -> Any:
    if isinstance(result, list):
        return [plain(item) for item in result]
    return asdict(result) if is_dataclass(result) and not isinstance(result, type) else result
