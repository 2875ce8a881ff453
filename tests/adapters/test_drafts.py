"""The exam of drafts: kept for their operator and claim, sealed, gone when the claim ends."""

from __future__ import annotations

import pytest
import redis.asyncio as redis

from bot.adapters import keys
from bot.adapters.redis_handoff import LEASE
from bot.core.conversation import Conversation, State
from bot.core.handoff import HandoffRequest, Priority, Reason
from bot.core.message import Channel
from bot.core.ports import Change
from tests.conftest import NOON, Ports, redis_ports


async def claimed(ports: Ports) -> None:
    """Dara holds c1 and has a draft there."""
    before = await ports.conversations.load("c1", Channel.TELEGRAM)
    after = Conversation("c1", Channel.TELEGRAM, state=State.WAITING)
    request = HandoffRequest("c1", "km", Priority.NORMAL, Reason.ASKED, NOON)
    await ports.conversations.commit(Change(before, after, enqueue=request))
    await ports.queue.claim("dara", "c1", NOON)
    await ports.drafts.keep("c1", "dara", "reply", NOON, "half a sen")


async def test_a_draft_is_read_by_its_operator_under_its_claim_alone(ports: Ports) -> None:
    await claimed(ports)
    await ports.drafts.keep("c1", "dara", "note", NOON, "a note")
    assert await ports.drafts.read("c1", "dara", NOON) == {"reply": "half a sen", "note": "a note"}
    assert await ports.drafts.read("c1", "dara", NOON + 1) == {}
    assert await ports.drafts.read("c1", "bopha", NOON) == {}
    assert await ports.drafts.read("c2", "dara", NOON) == {}


async def test_an_empty_draft_is_none(ports: Ports) -> None:
    await claimed(ports)
    await ports.drafts.keep("c1", "dara", "reply", NOON, "")
    assert await ports.drafts.read("c1", "dara", NOON) == {}


@pytest.mark.parametrize("end", ["give_back", "transfer", "finish", "reap", "erase", "drop"])
async def test_a_draft_ends_with_its_claim(ports: Ports, end: str) -> None:
    await claimed(ports)
    match end:
        case "give_back":
            await ports.queue.give_back("dara", "c1", NOON)
        case "transfer":
            await ports.queue.offer("dara", "c1", "bopha", NOON)
            await ports.queue.accept("bopha", "c1", NOON)
        case "finish":
            await ports.queue.finish("dara", "c1", NOON, closed=True)
        case "reap":
            await ports.queue.reap(NOON + LEASE)
        case "erase":
            await ports.conversations.erase(await ports.conversations.load("c1", Channel.TELEGRAM), ())
        case _:
            await ports.drafts.drop("c1", "dara")
    assert await ports.drafts.read("c1", "dara", NOON) == {}


async def test_a_draft_is_sealed_and_does_not_stay(client: redis.Redis) -> None:
    ports = redis_ports(client)
    await claimed(ports)
    row = await client.dump(keys.draft("c1"))
    assert row is not None and b"half a sen" not in row
    assert 0 < await client.pttl(keys.draft("c1")) <= keys.DRAFT_FOR


async def test_a_claim_is_known_by_its_time(ports: Ports) -> None:
    await claimed(ports)
    assert (await ports.conversations.load("c1", Channel.TELEGRAM)).claim == NOON
    await ports.queue.give_back("dara", "c1", NOON + 1)
    await ports.queue.claim("dara", "c1", NOON + 2)
    assert (await ports.conversations.load("c1", Channel.TELEGRAM)).claim == NOON + 2
