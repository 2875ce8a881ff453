"""The exam of the console's ports: accounts, sessions, throttle and journal, in memory and on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
import redis.asyncio as redis

from bot.adapters import keys
from bot.adapters.memory import World
from bot.adapters.memory_accounts import MemoryAccounts, MemoryJournal, MemorySessions, MemoryThrottle
from bot.adapters.memory_desk import MemoryHandoff
from bot.adapters.redis_accounts import RedisAccounts, RedisJournal, RedisSessions, RedisThrottle
from bot.adapters.redis_client import connect
from bot.adapters.redis_handoff import RedisHandoff
from bot.console.ports import Accounts, Journal, Sessions, Throttle
from bot.core.account import Account, Role, Session
from bot.core.ports import Audit, HandoffQueue
from tests.conftest import NOON

DARA = Account("dara", "Dara", ("km", "en"), Role.SUPERVISOR, "km", "digest", one_time=True)
SESSION = Session("dara", "token", NOON, NOON)


@dataclass
class Candidates:
    """The four ports over one store, and the queue whose audit the journal adds to."""

    accounts: Accounts
    sessions: Sessions
    throttle: Throttle
    journal: Journal
    queue: HandoffQueue


@pytest.fixture(params=["memory", "valkey"])
async def store(request: pytest.FixtureRequest, valkey: str) -> AsyncIterator[Candidates]:
    if request.param == "memory":
        world = World()
        yield Candidates(
            MemoryAccounts(), MemorySessions(), MemoryThrottle(), MemoryJournal(world), MemoryHandoff(world)
        )
        return
    async with connect(valkey) as found:
        await found.flushall()
        yield Candidates(
            RedisAccounts(found), RedisSessions(found), RedisThrottle(found), RedisJournal(found), RedisHandoff(found)
        )


async def test_accounts_come_back_as_they_were(store: Candidates) -> None:
    assert await store.accounts.add(DARA)
    assert await store.accounts.find("dara") == DARA


async def test_accounts_keep_the_first_of_a_name(store: Candidates) -> None:
    await store.accounts.add(DARA)
    assert not await store.accounts.add(replace(DARA, display="Somebody else"))
    assert await store.accounts.find("dara") == DARA


async def test_accounts_know_no_stranger(store: Candidates) -> None:
    assert await store.accounts.find("nobody") is None


async def test_accounts_list_everyone_by_name(store: Candidates) -> None:
    await store.accounts.add(DARA)
    await store.accounts.add(replace(DARA, name="bopha"))
    assert [account.name for account in await store.accounts.everyone()] == ["bopha", "dara"]


async def test_accounts_write_only_what_differs(store: Candidates) -> None:
    await store.accounts.add(DARA)
    await store.accounts.save(DARA, replace(DARA, disabled=True))
    await store.accounts.save(DARA, replace(DARA, locale="en"))
    assert await store.accounts.find("dara") == replace(DARA, disabled=True, locale="en")


async def test_accounts_are_not_made_by_saving(store: Candidates) -> None:
    await store.accounts.save(DARA, replace(DARA, locale="en"))
    assert await store.accounts.find("dara") is None


async def test_sessions_come_back_until_ended(store: Candidates) -> None:
    await store.sessions.begin("d1", SESSION)
    assert await store.sessions.find("d1") == SESSION
    await store.sessions.end("d1")
    assert await store.sessions.find("d1") is None


async def test_sessions_do_not_rise_again_by_saving(store: Candidates) -> None:
    await store.sessions.begin("d1", SESSION)
    await store.sessions.end("d1")
    await store.sessions.save("d1", SESSION, replace(SESSION, seen=NOON + 1))
    assert await store.sessions.find("d1") is None


async def test_sessions_write_only_what_differs(store: Candidates) -> None:
    await store.sessions.begin("d1", SESSION)
    await store.sessions.save("d1", SESSION, replace(SESSION, on_duty=True))
    await store.sessions.save("d1", SESSION, replace(SESSION, seen=NOON + 1))
    assert await store.sessions.find("d1") == replace(SESSION, on_duty=True, seen=NOON + 1)


async def test_sessions_are_listed_by_account(store: Candidates) -> None:
    for digest, account in (("d1", "dara"), ("d2", "dara"), ("d3", "bopha")):
        await store.sessions.begin(digest, replace(SESSION, account=account))
    await store.sessions.end("d2")
    assert await store.sessions.of("dara") == {"d1": SESSION}


async def test_sessions_die_of_age_on_the_server(client: redis.Redis) -> None:
    await RedisSessions(client).begin("d1", SESSION)
    assert 0 < await client.pttl(keys.session("d1")) <= keys.SESSION_WHOLE


async def test_throttle_lets_the_first_pass_then_doubles_the_wait(store: Candidates) -> None:
    now = NOON
    waits: list[int] = []
    for _ in range(6):
        wait = await store.throttle.enter("g", now, free=2, cap=3000)
        now += wait
        waits.append(wait)
        if wait:
            assert await store.throttle.enter("g", now, free=2, cap=3000) == 0
    assert waits == [0, 0, 1000, 2000, 3000, 3000]


async def test_throttle_does_not_count_what_it_refuses(store: Candidates) -> None:
    assert await store.throttle.enter("g", NOON, free=1, cap=60_000) == 0
    assert [await store.throttle.enter("g", NOON, free=1, cap=60_000) for _ in range(3)] == [1000] * 3
    assert await store.throttle.enter("g", NOON + 1000, free=1, cap=60_000) == 0


async def test_throttle_gives_a_burst_no_free_tries(store: Candidates) -> None:
    waits = await asyncio.gather(*(store.throttle.enter("g", NOON, free=3, cap=60_000) for _ in range(20)))
    assert sorted(waits) == [0] * 3 + [1000] * 17


async def test_throttle_forgets_after_the_right_password(store: Candidates) -> None:
    await store.throttle.enter("g", NOON, free=1, cap=60_000)
    await store.throttle.clear("g")
    assert await store.throttle.enter("g", NOON, free=1, cap=60_000) == 0


async def test_throttle_remembers_pairs(store: Candidates) -> None:
    assert not await store.throttle.knows("p")
    await store.throttle.know("p")
    assert await store.throttle.knows("p")


async def test_journal_adds_to_the_audit(store: Candidates) -> None:
    entry = Audit(NOON, "read", "c1", "dara", "why")
    await store.journal.record(entry)
    assert await store.queue.audit() == [entry]
