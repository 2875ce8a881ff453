"""The race: 32 operators, each a process, for 5,000 conversations; each is claimed exactly once."""

from __future__ import annotations

import asyncio
import multiprocessing
from pathlib import Path

import pytest
import redis.asyncio as redis

from bot.core.handoff import Priority
from tests.adapters.race import LANGUAGES, operator
from tests.adapters.test_handoff import enqueue
from tests.adapters.test_handoff_model import owners
from tests.conftest import NOON, Ports, redis_ports

OPERATORS, CONVERSATIONS = 32, 5000


async def seed(ports: Ports) -> None:
    """Everybody waits."""
    room = asyncio.Semaphore(64)

    async def one(number: int) -> None:
        async with room:
            await enqueue(ports, f"c{number}", LANGUAGES[number % 5], Priority(number % 3), NOON + number)

    await asyncio.gather(*(one(number) for number in range(CONVERSATIONS)))


def race(url: str, folder: Path) -> list[list[str]]:
    """Let them all begin at once; what each of them took, in order."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.adapters.race"])
    start = processes.Barrier(OPERATORS)
    running = [processes.Process(target=operator, args=(url, n, start, folder)) for n in range(OPERATORS)]
    for process in running:
        process.start()
    for process in running:
        process.join(120)
    assert [process.exitcode for process in running] == [0] * OPERATORS
    return [(folder / f"o{n}").read_text().split() for n in range(OPERATORS)]


@pytest.mark.timeout(180)
async def test_32_processes_claim_5000_conversations_once_each(
    client: redis.Redis, valkey: str, tmp_path: Path
) -> None:
    ports = redis_ports(client)
    await seed(ports)
    taken = await asyncio.to_thread(race, valkey, tmp_path)
    every = [id for mine in taken for id in mine]
    assert len(every) == CONVERSATIONS
    assert len(set(every)) == CONVERSATIONS
    assert await ports.queue.waiting() == []
    # Every process had its part, and the store tells the same story.
    assert all(taken)
    audit = list(reversed(await ports.queue.audit(3 * CONVERSATIONS)))
    assert owners(audit) == {id: f"o{n}" for n, mine in enumerate(taken) for id in mine}
    # Each took people in danger before others, and among equals in their language who came first.
    for mine in taken:
        numbers = [int(id[1:]) for id in mine]
        priorities = [number % 3 for number in numbers]
        assert priorities == sorted(priorities)
