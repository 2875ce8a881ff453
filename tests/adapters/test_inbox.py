"""The exam of the inbox: once, in order, nothing lost."""

from __future__ import annotations

import asyncio

from bot.adapters.redis_client import connect
from tests.conftest import Ports, inbound, redis_ports


async def take_all(ports: Ports, worker: str = "w") -> list[str]:
    found: list[str] = []
    for _ in range(5):
        found += [t.inbound.text for t in await ports.inbox.take(worker, 20)]
    return found


async def test_inbox_gives_back_what_was_put(ports: Ports) -> None:
    assert await ports.inbox.put(inbound("សួស្តី"), "42")
    taken = (await ports.inbox.take("w", 50))[0]
    assert taken.inbound == inbound("សួស្តី")


async def test_inbox_drops_a_repeated_update(ports: Ports) -> None:
    assert await ports.inbox.put(inbound("one", "7"), "42")
    assert not await ports.inbox.put(inbound("one", "7"), "42")
    assert await take_all(ports) == ["one"]


async def test_inbox_keeps_order_within_a_conversation(ports: Ports) -> None:
    for number in range(20):
        await ports.inbox.put(inbound(str(number), str(number)), "42")
    assert await take_all(ports) == [str(number) for number in range(20)]


async def test_inbox_forgets_what_is_done(ports: Ports) -> None:
    await ports.inbox.put(inbound(), "42")
    await ports.inbox.done((await ports.inbox.take("w", 50))[0])
    assert await ports.inbox.counts() == {"waiting": 0, "dead": 0}


async def test_inbox_gives_unfinished_work_to_the_next_worker(ports: Ports) -> None:
    await ports.inbox.put(inbound("unfinished"), "42")
    await ports.inbox.take("w1", 50)
    await ports.inbox.leave("w1")
    assert await take_all(ports, "w2") == ["unfinished"]


async def test_inbox_counts_the_buried(ports: Ports) -> None:
    await ports.inbox.put(inbound(), "42")
    await ports.inbox.bury((await ports.inbox.take("w", 50))[0], "ValueError")
    assert await ports.inbox.counts() == {"waiting": 0, "dead": 1}


async def test_inbox_gives_a_conversation_to_one_worker_at_a_time(ports: Ports) -> None:
    for number in range(40):
        await ports.inbox.put(inbound(str(number), str(number), f"c{number % 8}"), "42")
    first = await ports.inbox.take("w1", 50)
    await ports.inbox.put(inbound("late", "99", first[0].inbound.conversation), "42")
    second = [t.inbound.text for t in await ports.inbox.take("w2", 50)]
    assert "late" not in second


async def test_redis_inbox_returns_what_a_killed_worker_held(valkey: str) -> None:
    async with connect(valkey) as client:
        await client.flushall()
        killed, restarted = redis_ports(client), redis_ports(client)
        restarted.inbox = type(killed.inbox)(client, killed.vault, killed.inbox._addresses)  # type: ignore[attr-defined,call-arg]
        await killed.inbox.put(inbound("held"), "42")
        assert await take_all(killed, "worker-1") == ["held"]
        again = await restarted.inbox.take("worker-1", 50)
        assert [(t.inbound.text, t.tries) for t in again] == [("held", 1)]


async def test_redis_inbox_shares_the_work_between_workers(valkey: str) -> None:
    async with connect(valkey) as client:
        await client.flushall()
        one, two = redis_ports(client), redis_ports(client)
        two.inbox = type(one.inbox)(client, one.vault, one.inbox._addresses)  # type: ignore[attr-defined,call-arg]
        await one.inbox.take("w1", 10)
        await two.inbox.take("w2", 10)
        await one.inbox.take("w1", 10)  # gives up what exceeds its share
        await two.inbox.take("w2", 10)
        for number in range(64):
            await one.inbox.put(inbound(str(number), str(number), f"c{number}"), "42")
        mine, yours = await asyncio.gather(one.inbox.take("w1", 50), two.inbox.take("w2", 50))
        assert len(mine) + len(yours) == 64
        assert min(len(mine), len(yours)) > 10
