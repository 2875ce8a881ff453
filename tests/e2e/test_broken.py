"""Parts are killed on the way: nothing is lost, and nothing is answered twice but what is marked uncertain."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.e2e.desk import Operator
from tests.e2e.product import Product, running, until
from tests.e2e.test_story import conversation_of, reads, seen
from tests.standin import Limits

HELLO = ("hello", "thank you so much")


@pytest.fixture(scope="module")
def broken() -> Iterator[Product]:
    """A product of our own to break, without Telegram's slow pace."""
    with running(Limits(per_chat_seconds=0, overall_per_second=0)) as found:
        yield found


@pytest.fixture(scope="module")
def operator(broken: Product) -> Operator:
    return Operator.arrives(broken, "dara", "en,km")


def test_killing_the_worker_between_taking_and_answering_loses_nothing(broken: Product) -> None:
    chat = 2001
    with broken.frozen("assistant"):
        broken.telegram.person_writes(chat, "hello", language_code="en")
        main = broken.redis()
        until(lambda: any(main.xpending(f"{{helpline}}:inbox:{n}", "workers")["pending"] for n in range(8)))
        broken.kill("worker")
    found = reads(broken, chat, 2, within=60)
    time.sleep(2)
    assert len(seen(broken, chat)) == len(found) == 2


def test_killing_the_sender_between_sending_and_recording_marks_the_line(broken: Product, operator: Operator) -> None:
    chat = 2002
    broken.telegram.person_writes(chat, "/person", language_code="en")
    conversation = conversation_of(broken, chat)
    reads(broken, chat, 2)
    assert operator.sees_waiting(conversation)
    operator.act(conversation, "claim")
    reads(broken, chat, 3)
    held = broken.telegram.hold("sendMessage", "after", 1, chat_id=chat)
    operator.act(conversation, "reply", words="are you safe")
    held.wait_reached(20, 1)
    broken.kill("telegram")
    held.release()
    until(lambda: seen(broken, chat).count("are you safe") == 2, 60)
    until(lambda: "uncertain" in operator.client.get(f"/conversations/{conversation}").text.lower())
    operator.act(conversation, "close", reason="answered")
    assert seen(broken, chat).count("are you safe") == 2


def test_killing_the_console_loses_no_reply(broken: Product, operator: Operator) -> None:
    chat = 2003
    broken.telegram.person_writes(chat, "/person", language_code="en")
    conversation = conversation_of(broken, chat)
    assert operator.sees_waiting(conversation)
    operator.act(conversation, "claim")
    operator.act(conversation, "reply", words="before the cut")
    broken.kill("console")
    until(lambda: _answers(operator), 40)
    operator.signs_in_again()
    assert "before the cut" in operator.page(conversation)
    operator.act(conversation, "reply", words="after the cut")
    until(lambda: [t for t in seen(broken, chat) if "cut" in t] == ["before the cut", "after the cut"])
    operator.act(conversation, "close", reason="answered")


def starts(product: Product) -> int:
    """How often the assistant began to listen."""
    return sum(event.get("event") == "listening" for event in product.log("assistant"))


def _answers(operator: Operator) -> bool:
    import httpx

    try:
        return operator.client.get("/health").status_code == 200
    except httpx.HTTPError:
        return False


def test_while_the_assistant_is_down_a_crisis_reaches_an_operator(broken: Product, operator: Operator) -> None:
    plain, danger = 2004, 2005
    before_the_kill = starts(broken)
    broken.kill("assistant")
    broken.telegram.person_writes(danger, "he is beating me right now, he has a knife, help", language_code="en")
    broken.telegram.person_writes(plain, "my boss did not pay me", language_code="en")
    assert operator.sees_waiting(conversation_of(broken, danger))
    assert operator.sees_waiting(conversation_of(broken, plain))
    assert operator.waiting()[0] == conversation_of(broken, danger)
    assert any("called first of all" in text for text in reads(broken, danger, 2))
    assert any("cannot answer well right now" in text for text in reads(broken, plain, 2))
    for chat in (danger, plain):
        operator.act(conversation_of(broken, chat), "claim")
        operator.act(conversation_of(broken, chat), "release")
    before = len(reads(broken, plain, 3))
    until(lambda: starts(broken) > before_the_kill, 90)
    broken.telegram.person_writes(plain, "thank you so much", language_code="en")
    reads(broken, plain, before + 1)


def test_killing_valkey_loses_nothing(broken: Product, operator: Operator) -> None:
    chats = range(2010, 2020)
    for chat in chats:
        broken.telegram.person_writes(chat, "hello", language_code="en")
    broken.kill("redis")
    for chat in chats:
        broken.telegram.person_writes(chat, "thank you so much", language_code="en")
    for chat in chats:
        assert len(reads(broken, chat, 3, within=90)) == 3, chat
    time.sleep(2)
    assert [seen(broken, chat) for chat in chats if len(seen(broken, chat)) != 3] == []


def test_a_lost_operators_conversation_returns(broken: Product, operator: Operator) -> None:
    chat = 2030
    lost = Operator.arrives(broken, "lost", "en")
    broken.telegram.person_writes(chat, "/person", language_code="en")
    conversation = conversation_of(broken, chat)
    assert operator.sees_waiting(conversation)
    lost.act(conversation, "claim")  # and then the laptop is closed: no sign of life from here on
    assert operator.sees_waiting(conversation, within=90)
    assert any("back in line" in text for text in seen(broken, chat))


def test_stopping_leaves_no_process(broken: Product) -> None:
    from pathlib import Path

    pids = [
        broken.pid(part)
        for part in ("redis", "keyring", "assistant", "actions", "worker", "web", "console", "telegram")
    ]
    assert broken.stop() == 0
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
