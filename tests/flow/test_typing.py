"""Who is writing: shown while an operator holds the conversation, not too often, and never otherwise."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.core.conversation import State
from bot.core.errors import NotYours, Uncertain
from bot.core.message import Channel
from bot.core.ports import Change
from bot.flow.typing import EVERY, Ears, Typing
from tests.conftest import Ports
from tests.flow.test_handoff import DARA, MYA, desk, waiting


def typing(ports: Ports, shown: list[str], channel: Channel = Channel.TELEGRAM) -> Typing:
    async def show(conversation: str) -> None:
        shown.append(conversation)

    ears = ports.signals
    return Typing(channel, ears, ports.conversations, ports.clock, show)  # type: ignore[arg-type]  # both can be heard


async def test_it_is_shown_while_an_operator_holds_the_conversation(ports: Ports) -> None:
    shown: list[str] = []
    signs = typing(ports, shown)
    await waiting(ports)
    await signs.hear("c1")
    assert shown == []
    await desk(ports).claim(DARA, "c1")
    await signs.hear("c1")
    assert shown == ["c1"]
    await desk(ports).release(DARA, "c1")
    ports.clock.time += EVERY
    await signs.hear("c1")
    assert shown == ["c1"]


async def test_it_is_shown_now_and_then_only(memory: Ports) -> None:
    shown: list[str] = []
    signs = typing(memory, shown)
    await waiting(memory)
    await desk(memory).claim(DARA, "c1")
    for _ in range(5):
        await signs.hear("c1")
    assert shown == ["c1"]
    memory.clock.time += EVERY
    await signs.hear("c1")
    assert shown == ["c1", "c1"]


async def test_nothing_shows_to_a_person_who_must_answer_first(memory: Ports) -> None:
    shown: list[str] = []
    await waiting(memory)
    await desk(memory).claim(DARA, "c1")
    before = await memory.conversations.load("c1", Channel.TELEGRAM)
    await memory.conversations.commit(Change(before, replace(before, quiet=True)))
    await typing(memory, shown).hear("c1")
    assert shown == []


async def test_it_is_shown_on_the_persons_own_channel_alone(memory: Ports) -> None:
    shown: list[str] = []
    await waiting(memory)
    await desk(memory).claim(DARA, "c1")
    await typing(memory, shown, Channel.WEB).hear("c1")
    await typing(memory, shown).hear("unknown")
    assert shown == []


async def test_only_who_holds_the_conversation_is_seen_writing(ports: Ports) -> None:
    await waiting(ports)
    with pytest.raises(NotYours):
        await desk(ports).typing(DARA, "c1")
    await desk(ports).claim(DARA, "c1")
    with pytest.raises(NotYours):
        await desk(ports).typing(MYA, "c1")
    await desk(ports).typing(DARA, "c1")


async def test_it_travels_by_signal_and_outlives_a_channel_that_is_down(ports: Ports) -> None:
    await waiting(ports)
    await desk(ports).claim(DARA, "c1")
    seen: list[str] = []

    async def show(conversation: str) -> None:
        seen.append(conversation)
        if len(seen) == 1:
            raise Uncertain("x")

    ears: Ears = ports.signals  # type: ignore[assignment]  # both can be heard
    stop = asyncio.Event()
    loop = asyncio.create_task(Typing(Channel.TELEGRAM, ears, ports.conversations, ports.clock, show).run(stop))
    async with asyncio.timeout(20):
        while len(seen) < 2:
            ports.clock.time += EVERY
            await desk(ports).typing(DARA, "c1")
            await asyncio.sleep(0.02)
    stop.set()
    await loop


async def test_a_state_without_operator_is_not_typed_into(memory: Ports) -> None:
    before = await memory.conversations.load("c9", Channel.TELEGRAM)
    await memory.conversations.commit(Change(before, replace(before, state=State.ASSISTANT)))
    with pytest.raises(NotYours):
        await desk(memory).typing(DARA, "c9")
