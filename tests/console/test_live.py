"""The stream: ids only, to whom they concern; and the operator's sign of life."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress

import anyio

from bot.console.live import BEAT, Hub, Live
from tests.console.conftest import Browser, House

BEGUN = ("change", "all")


@asynccontextmanager
async def stream(house: House, browser: Browser, *wanted: str) -> AsyncIterator[list[tuple[str | None, object]]]:
    """What the open page of a browser hears, as it comes; a hub listens behind it."""
    hub = Hub(house.signals)
    door = house.door
    live = Live(hub, door, house.desk, look=0.02, breath=0.0)
    heard: list[tuple[str | None, object]] = []

    async def page() -> None:
        async with aclosing(live.stream(browser.http.cookies[door.cookie], frozenset(wanted), anyio.Event())) as events:
            async for event in events:
                heard.append((event.event, event.data))

    tasks = [asyncio.create_task(hub.run()), asyncio.create_task(page())]
    await asyncio.sleep(0.05)
    try:
        yield heard
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def seen(house: House) -> list[int]:
    """When those on duty were seen last."""
    await asyncio.sleep(0.1)
    return [presence.seen for presence in await house.desk.duty.present(house.clock.now())]


async def test_stream_begins_with_a_look_at_everything(house: House) -> None:
    async with stream(house, await house.operator("dara"), "queue") as heard:
        assert heard == [BEGUN]


async def test_stream_tells_what_the_page_wants_and_nothing_else(house: House) -> None:
    async with stream(house, await house.operator("dara"), "queue", "conversation:c1") as heard:
        for topic in ("conversation:c2", "conversation:c1"):
            await house.signals.tell(topic)
        await asyncio.sleep(0.1)
        assert heard == [BEGUN, ("change", "conversation:c1")]


async def test_stream_is_the_sign_of_life(house: House) -> None:
    browser = await house.operator("dara")
    house.clock.time += 2 * 60_000
    assert await seen(house) == []
    async with stream(house, browser, "queue"):
        assert await seen(house) == [house.clock.now()]
        house.clock.time += BEAT
        assert await seen(house) == [house.clock.now()]


async def test_stream_of_who_is_off_duty_is_no_sign_of_life(house: House) -> None:
    async with stream(house, await house.operator("dara", duty=False), "queue"):
        assert await seen(house) == []


async def test_stream_extends_the_lease_of_what_is_held(house: House) -> None:
    await house.waits("c1")
    browser = await house.operator("dara")
    await browser.post("/conversations/c1/claim")
    house.clock.time += BEAT
    async with stream(house, browser, "queue"):
        house.clock.time += BEAT * 2
        await asyncio.sleep(0.1)
        assert (await house.desk.reap()).lost == ()


async def test_stream_ends_when_the_account_is_disabled(house: House) -> None:
    async with stream(house, await house.operator("dara"), "queue") as heard:
        await house.register.disable("dara")
        await asyncio.sleep(0.1)
        assert (heard[0], heard[-1]) == (BEGUN, ("out", ""))


async def test_hub_tells_all_to_look_again_after_a_break(house: House) -> None:
    hub = Hub(house.signals)
    with hub.bell(frozenset({"queue"})) as bell:
        hub._ring("all")
        hub._ring("conversation:c9")
        assert await bell.wait(0.1) == {"all"}
        assert await bell.wait(0.01) == set()
