"""Why: a test that kills the product at an exact call is worth only as much as the exactness of the fault."""

import threading
import time
from contextlib import suppress

import httpx
import pytest

from . import Standin
from .conftest import PERSON, Ask


def seen(standin: Standin) -> list[str]:
    return [message["text"] for message in standin.messages(PERSON, "bot")]


def say(ask: Ask, text: str) -> bool:
    """Whether an answer came back at all, and said ok."""
    try:
        return bool(ask("sendMessage", chat_id=PERSON, text=text)["ok"])
    except (httpx.TransportError, ValueError):
        return False


def test_dropped_before_takes_no_effect(standin: Standin, ask: Ask) -> None:
    standin.drop("sendMessage", "before")
    assert [say(ask, "one"), say(ask, "two")] == [False, True]
    assert seen(standin) == ["two"]


def test_dropped_after_took_effect(standin: Standin, ask: Ask) -> None:
    standin.drop("sendMessage", "after", calls=2)
    assert [say(ask, "copy") for _ in range(3)] == [False, False, True]
    assert seen(standin) == ["copy"] * 3
    assert [call.error for call in standin.calls("sendMessage")] == ["fault: drop after"] * 2 + [None]


def test_dropped_connection_carries_no_answer(standin: Standin, ask: Ask) -> None:
    standin.drop("getMe", "before")
    with pytest.raises(httpx.TransportError):
        ask("getMe")


def test_retry_after_is_told(standin: Standin, ask: Ask) -> None:
    standin.fail_with_retry_after("sendMessage", 3, chat_id=PERSON)
    answer = ask("sendMessage", chat_id=PERSON, text="x")
    assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 3})
    assert seen(standin) == []


def test_5xx_after_the_effect(standin: Standin, ask: Ask) -> None:
    standin.fail_with_status("sendMessage", 502, when="after")
    assert say(ask, "sent") is False
    assert seen(standin) == ["sent"]


def test_fault_of_one_chat_leaves_the_others(standin: Standin, ask: Ask) -> None:
    standin.person_writes(502, "hello")
    standin.fail_with_status("sendMessage", chat_id=502)
    assert say(ask, "fine")
    assert not ask("sendMessage", chat_id=502, text="x")["ok"]


def test_delay_holds_the_answer(standin: Standin, ask: Ask) -> None:
    standin.delay("getMe", 0.1)
    start = time.monotonic()
    ask("getMe")
    assert time.monotonic() - start >= 0.1


@pytest.mark.parametrize(("when", "while_held"), [("before", []), ("after", ["x"])])
def test_hold_stops_at_the_exact_point(standin: Standin, ask: Ask, when: str, while_held: list[str]) -> None:
    hold = standin.hold("sendMessage", "before" if when == "before" else "after")
    caller = threading.Thread(target=say, args=(ask, "x"))
    caller.start()
    hold.wait_reached()
    held = seen(standin)
    hold.release()
    caller.join()
    assert (held, seen(standin)) == (while_held, ["x"])


def test_abandoned_call_takes_no_effect(standin: Standin, ask: Ask) -> None:
    hold = standin.hold("sendMessage", "before")
    caller = threading.Thread(target=say, args=(ask, "x"))
    caller.start()
    hold.wait_reached()
    hold.abandon()
    caller.join()
    assert seen(standin) == []


def test_waits_end_with_a_reason(standin: Standin) -> None:
    hold = standin.hold("sendMessage")
    for wait in (
        lambda: hold.wait_reached(0.01),
        lambda: standin.wait_for(PERSON, lambda _: True, 0.01),
        lambda: standin.wait_for_calls("sendMessage", timeout=0.01),
    ):
        with pytest.raises(TimeoutError, match="0"):
            wait()


async def test_await_for_leaves_the_loop_free(standin: Standin) -> None:
    address = f"{standin.base_url}{standin.token}/sendMessage"
    with suppress(TimeoutError):
        await standin.await_for(PERSON, lambda _: True, 0.01)
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.post(address, json={"chat_id": PERSON, "text": "x"})
    assert (await standin.await_for(PERSON, lambda message: message["text"] == "x"))["message_id"] == 2
