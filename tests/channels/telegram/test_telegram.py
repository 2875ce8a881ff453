"""Intake and sender against a stand-in of the Bot API: durable before acknowledged, and every error ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import httpx
import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.channels.telegram.intake import Intake, Poller, webhook
from bot.channels.telegram.sender import TelegramSender, introduce
from bot.core.errors import BlockedByPerson, ChannelDown, Refused, StoreUnavailable, Throttled, Uncertain
from bot.core.message import Channel, Inbound, Outbound
from bot.i18n import Rendered
from tests.conftest import NOON, Ports
from tests.flow.fakes import english_book
from tests.standin import Limits, Standin, in_thread

OUT = Outbound("o1", "c1", Channel.TELEGRAM, NOON, "en", words="hello")
HELLO = Rendered("hello", (("Talk to a person", "command:person"),))


@pytest.fixture
async def api() -> AsyncIterator[Standin]:
    with in_thread(Standin(limits=Limits(per_chat_seconds=0, overall_per_second=0))) as found:
        yield found


@pytest.fixture
async def bot(api: Standin) -> AsyncIterator[Bot]:
    request = partial(HTTPXRequest, read_timeout=1, httpx_kwargs={"trust_env": False})
    async with Bot(api.token, api.base_url, api.base_file_url, request(), request()) as found:
        yield found


def intake(bot: Bot, ports: Ports) -> Intake:
    return Intake(bot, ports.inbox, lambda address: f"id-{address}")


async def test_polled_updates_are_stored_then_confirmed(api: Standin, bot: Bot, memory: Ports) -> None:
    stop = asyncio.Event()
    loop = asyncio.create_task(Poller(bot, intake(bot, memory), memory.leases).run("p", stop))
    update = api.person_writes(42, "ជួយ").update_id
    await asyncio.to_thread(api.wait_confirmed, update, 10)
    stop.set()
    api.person_writes(42, "again")
    await loop
    assert [t.inbound.text for t in await memory.inbox.take("w", 10)][0] == "ជួយ"


async def test_an_update_that_could_not_be_stored_is_not_confirmed(api: Standin, bot: Bot, memory: Ports) -> None:
    real, failures = memory.inbox.put, [True, True]

    async def put(inbound: Inbound, address: str) -> bool:
        if failures:
            failures.pop()
            raise StoreUnavailable
        return await real(inbound, address)

    memory.inbox.put = put  # type: ignore[method-assign]
    stop = asyncio.Event()
    loop = asyncio.create_task(Poller(bot, intake(bot, memory), memory.leases).run("p", stop))
    update = api.person_writes(42, "kept").update_id
    await asyncio.to_thread(api.wait_confirmed, update, 10)
    stop.set()
    api.person_writes(42, "x")
    await loop
    assert failures == []
    assert "kept" in [t.inbound.text for t in await memory.inbox.take("w", 10)]


async def test_a_malformed_update_stops_nothing(api: Standin, bot: Bot, memory: Ports) -> None:
    stop = asyncio.Event()
    taker = intake(bot, memory)
    loop = asyncio.create_task(Poller(bot, taker, memory.leases).run("p", stop))
    api.raw_update({"message": {"text": 7}})
    api.raw_update({"something_new": {}})
    await asyncio.to_thread(api.wait_confirmed, api.person_writes(42, "after").update_id, 10)
    stop.set()
    api.person_writes(42, "x")
    await loop
    assert taker.dropped == 2


async def test_webhook_refuses_a_wrong_secret_and_stores_with_the_right_one(
    api: Standin, bot: Bot, memory: Ports
) -> None:
    app = webhook(intake(bot, memory), "s3cret")
    payload = {
        "update_id": 1,
        "message": {"message_id": 1, "date": 1_790_000_000, "chat": {"id": 42, "type": "private"}, "text": "hi"},
    }
    header = "X-Telegram-Bot-Api-Secret-Token"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        assert (await client.post("/telegram", json=payload)).status_code == 403
        assert (await client.post("/telegram", json=payload, headers={header: "wrong"})).status_code == 403
        assert (await client.post("/telegram", json=payload, headers={header: "s3cret"})).status_code == 200
        huge = await client.post("/telegram", content=b"x" * 2_000_000, headers={header: "s3cret"})
        malformed = await client.post("/telegram", content=b"{", headers={header: "s3cret"})
    assert (huge.status_code, malformed.status_code) == (413, 200)
    assert [t.inbound.text for t in await memory.inbox.take("w", 10)] == ["hi"]


async def test_webhook_asks_for_the_update_again_while_the_store_is_away(api: Standin, bot: Bot, memory: Ports) -> None:
    async def put(inbound: Inbound, address: str) -> bool:
        raise StoreUnavailable

    memory.inbox.put = put  # type: ignore[method-assign]
    app = webhook(intake(bot, memory), "s")
    payload = {
        "update_id": 1,
        "message": {"message_id": 1, "date": 1, "chat": {"id": 4, "type": "private"}, "text": "a"},
    }
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        answer = await client.post("/telegram", json=payload, headers={"X-Telegram-Bot-Api-Secret-Token": "s"})
    assert answer.status_code == 503


async def test_sender_says_with_buttons_and_protection(api: Standin, bot: Bot) -> None:
    api.person_writes(42, "hi")
    id = await TelegramSender(bot).say("42", OUT, HELLO)
    message = api.messages(42, "bot")[0]
    assert (str(message["message_id"]), message["text"]) == (id, "hello")
    assert message["has_protected_content"] is True
    assert message["reply_markup"]["inline_keyboard"] == [
        [{"text": "Talk to a person", "callback_data": "command:person"}]
    ]


async def test_sender_cuts_a_long_text(api: Standin, bot: Bot) -> None:
    api.person_writes(42, "hi")
    id = await TelegramSender(bot).say("42", OUT, Rendered("word " * 1500))
    assert id.count(",") == 1
    assert len(api.messages(42, "bot")) == 2


async def test_sender_lets_a_recording_be_heard(api: Standin, bot: Bot, tmp_path: Path) -> None:
    api.person_writes(42, "hi")
    sound = tmp_path / "utter_x.ogg"
    sound.write_bytes(b"OggS" + bytes(50))
    id = await TelegramSender(bot).say("42", OUT, Rendered("", recording=sound))
    (message,) = api.messages(42, "bot")
    assert (str(message["message_id"]), message["voice"]["file_size"]) == (id, 54)
    assert message["has_protected_content"] is True


async def test_sender_takes_back(api: Standin, bot: Bot) -> None:
    api.person_writes(42, "hi")
    id = await TelegramSender(bot).say("42", OUT, HELLO)
    await TelegramSender(bot).forget("42", [id])
    assert api.messages(42, "bot") == []


async def test_sender_tells_errors_apart(api: Standin, bot: Bot) -> None:
    sender = TelegramSender(bot)
    api.person_writes(42, "hi")
    api.fail_with_retry_after("sendMessage", 3, 1)
    with pytest.raises(Throttled) as throttled:
        await sender.say("42", OUT, HELLO)
    assert throttled.value.seconds == 3
    api.fail_with_status("sendMessage", 502, 1)
    with pytest.raises(ChannelDown) as down:
        await sender.say("42", OUT, HELLO)
    assert down.value.doubtful
    api.drop("sendMessage", "after", 1)
    with pytest.raises(Uncertain):
        await sender.say("42", OUT, HELLO)
    with pytest.raises(Refused):
        await sender.say("42", OUT, Rendered("x", (("t", "d" * 65),)))
    api.person_blocks(42)
    with pytest.raises(BlockedByPerson):
        await sender.say("42", OUT, HELLO)
    with pytest.raises(BlockedByPerson):
        await sender.say("777", OUT, HELLO)


async def test_sender_knows_that_nothing_was_sent_where_nobody_listens() -> None:
    request = partial(HTTPXRequest, httpx_kwargs={"trust_env": False})
    bot = Bot("1:a", "http://127.0.0.1:9/bot", "http://127.0.0.1:9/file", request(), request())
    with pytest.raises(ChannelDown) as down:
        await TelegramSender(bot).say("42", OUT, HELLO)
    assert not down.value.doubtful


async def test_introduce_shows_the_commands_in_every_language(api: Standin, bot: Bot) -> None:
    await introduce(bot, english_book())
    codes = {call.params.get("language_code") for call in api.calls("setMyCommands")}
    assert codes == {None, "th", "vi", "km", "my", "lo", "zh"}
