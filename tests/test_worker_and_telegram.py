"""The processes together, without the assistant: what a person sends on Telegram, and what an operator does with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis.asyncio as redis

from bot import parts
from bot.bootstrap import Product
from bot.core.media import Keeping
from bot.core.message import Channel, Kind, Line
from bot.flow.handoff import Operator
from bot.settings import Secret, Settings
from bot.supervisor import make_keys
from tests.conftest import free_port
from tests.standin import Limits, Standin, in_thread

JPEG = b"\xff\xd8\xff" + bytes(2000)
DARA = Operator("dara", "Dara", ("en",))


@dataclass
class Running:
    """Worker and Telegram, running, and the stand-in people write to."""

    product: Product
    api: Standin
    id: str

    async def until[T](self, look: Callable[[], Awaitable[T]]) -> T:
        """Look until something true is there."""
        async with asyncio.timeout(20):
            while not (found := await look()):
                await asyncio.sleep(0.05)
        return found

    async def lines(self, kind: Kind) -> list[Line]:
        """Lines of a kind."""
        return [line for line in await self.product.conversations.transcript(self.id) if line.kind is kind]


@pytest.fixture
async def running(valkey: str, client: redis.Redis, tmp_path: Path) -> AsyncIterator[Running]:
    make_keys(tmp_path)
    with in_thread(Standin(limits=Limits(per_chat_seconds=0, overall_per_second=0))) as api:
        settings = Settings(
            redis_url=valkey, keyring_url=valkey, keys=tmp_path, telegram_token=Secret(api.token),
            telegram_api=api.url, hold=1.0, assistant_url=f"http://127.0.0.1:{free_port()}",
        )  # fmt: skip
        stop = asyncio.Event()
        product, *others = [Product(settings) for _ in range(3)]
        works = zip((parts.run_worker, parts.run_telegram), others, strict=True)
        tasks = [asyncio.create_task(part(own, stop)) for part, own in works]
        yield Running(product, api, product.identify(Channel.TELEGRAM)("42"))
        stop.set()
        api.person_writes(42, "wakes the long poll")
        await asyncio.gather(*tasks)
        for one in (product, *others):
            await one.redis.aclose()
            await one.vault._keyring._client.aclose()  # type: ignore[attr-defined]  # the one over Redis


async def test_a_photo_is_fetched_sealed_and_gone_with_its_conversation(running: Running) -> None:
    product, api = running.product, running.api
    api.drop("getFile", "before")
    api.person_sends_photo(42, JPEG, "look")
    (line,) = await running.until(lambda: running.lines(Kind.PHOTO))
    assert line.media is not None and line.words == "look"
    key = line.media.key

    async def kept() -> bool:
        return (await product.files.index(running.id)).of(key).state is Keeping.KEPT

    await running.until(kept)
    found = await product.files.open(running.id, key)
    assert found is not None and (found[0].type, found[1]) == ("image/jpeg", JPEG)
    rows = [await product.redis.dump(name) for name in await product.redis.keys("*")]
    assert all(JPEG not in row for row in rows if row)
    api.person_writes(42, "/delete")

    async def gone() -> bool:
        return await product.files.open(running.id, key) is None

    await running.until(gone)
    assert (await product.files.index(running.id)).files == {}


async def test_the_person_sees_the_operator_writing_and_never_the_line_taken_back(running: Running) -> None:
    product, api = running.product, running.api
    api.person_writes(42, "/person")

    async def waits() -> bool:
        return await product.queue.find(running.id) is not None

    await running.until(waits)
    await product.desk.claim(DARA, running.id)

    async def shown() -> bool:
        await product.desk.typing(DARA, running.id)
        return bool(api.calls("sendChatAction", 42))

    await running.until(shown)
    mistaken = await product.desk.reply(DARA, running.id, "to the wrong person")
    await product.desk.reply(DARA, running.id, "to this one")
    assert await product.desk.withdraw(DARA, running.id, mistaken)
    await asyncio.to_thread(api.wait_for, 42, lambda message: message.get("text") == "to this one", 20)
    assert "to the wrong person" not in [message.get("text") for message in api.messages(42, "bot")]
