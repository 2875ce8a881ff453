"""The exam of the console's ports (accounts, sessions, challenges, throttle, journal), in memory and on a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
import redis.asyncio as redis

from bot.adapters import keys
from bot.adapters.memory import World
from bot.adapters.memory_accounts import (
    MemoryAccounts,
    MemoryChallenges,
    MemoryJournal,
    MemorySessions,
    MemoryThrottle,
)
from bot.adapters.memory_desk import MemoryHandoff
from bot.adapters.redis_accounts import (
    RedisAccounts,
    RedisChallenges,
    RedisJournal,
    RedisSessions,
    RedisThrottle,
)
from bot.adapters.redis_client import Reply, connect
from bot.adapters.redis_handoff import RedisHandoff
from bot.console.ports import Accounts, Challenges, Journal, Sessions, Throttle
from bot.core.account import Account, Passkey, Role, Session
from bot.core.ports import Audit, HandoffQueue
from tests.conftest import NOON

PHONE = Passkey("id", "key", 3, NOON, "a phone, blue")
DARA = Account(
    "dara", "Dara", ("km", "en"), Role.SUPERVISOR, "km", "digest", totp="sealed", totp_step=7,
    recovery=("r1", "r2"), passkeys=(PHONE,), invite="hash", invite_until=NOON,
)  # fmt: skip
SESSION = Session("dara", "token", NOON, NOON, confirmed=NOON, browser="Firefox, Linux")


@dataclass
class Candidates:
    """The ports over one store, and the queue whose audit the journal adds to."""

    accounts: Accounts
    sessions: Sessions
    challenges: Challenges
    throttle: Throttle
    journal: Journal
    queue: HandoffQueue


@pytest.fixture(params=["memory", "valkey"])
async def store(request: pytest.FixtureRequest, valkey: str) -> AsyncIterator[Candidates]:
    if request.param == "memory":
        world = World()
        yield Candidates(
            MemoryAccounts(), MemorySessions(), MemoryChallenges(), MemoryThrottle(), MemoryJournal(world),
            MemoryHandoff(world),
        )  # fmt: skip
        return
    async with connect(valkey) as found:
        await found.flushall()
        yield Candidates(
            RedisAccounts(found), RedisSessions(found), RedisChallenges(found), RedisThrottle(found),
            RedisJournal(found), RedisHandoff(found),
        )  # fmt: skip


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


async def test_accounts_swap_only_what_nobody_changed_meanwhile(store: Candidates) -> None:
    await store.accounts.add(DARA)
    await store.accounts.save(DARA, replace(DARA, disabled=True))
    left = replace(DARA, recovery=("r2",))
    assert await store.accounts.swap(DARA, left, "recovery")
    assert not await store.accounts.swap(DARA, replace(DARA, recovery=()), "recovery")
    assert await store.accounts.find("dara") == replace(left, disabled=True)


@pytest.mark.parametrize(
    ("guard", "after"),
    [
        ("invite", replace(DARA, invite="", invite_until=0, digest="other")),
        ("totp_step", replace(DARA, totp_step=8)),
        ("passkeys", replace(DARA, passkeys=(replace(PHONE, count=4),))),
        ("totp", replace(DARA, totp="")),
    ],
)
async def test_accounts_let_one_of_many_swap(store: Candidates, guard: str, after: Account) -> None:
    await store.accounts.add(DARA)
    done = await asyncio.gather(*(store.accounts.swap(DARA, after, guard) for _ in range(8)))
    assert done.count(True) == 1
    assert await store.accounts.find("dara") == after


async def test_accounts_swap_from_nothing(store: Candidates) -> None:
    bare = Account("mya", "Mya")
    await store.accounts.add(bare)
    assert await store.accounts.swap(bare, replace(bare, passkeys=(PHONE,)), "passkeys")
    assert await store.accounts.swap(bare, replace(bare, totp_step=1), "totp_step")
    assert not await store.accounts.swap(Account("nobody", ""), Account("nobody", "x"), "invite")


async def test_challenges_are_taken_once(store: Candidates) -> None:
    await store.challenges.keep("c1", "sign-in")
    assert [await store.challenges.take("c1") for _ in range(2)] == ["sign-in", ""]
    assert await store.challenges.take("none") == ""


async def test_challenges_die_of_age_on_the_server(client: redis.Redis) -> None:
    await RedisChallenges(client).keep("c1", "sign-in")
    assert 0 < await client.pttl(keys.challenge("c1")) <= keys.CHALLENGE_FOR


async def test_accounts_of_before_there_were_codes_are_read(client: redis.Redis) -> None:
    row: Reply = {
        "display": "Dara",
        "languages": "km",
        "role": "operator",
        "locale": "en",
        "digest": "d",
        "disabled": "0",
    }
    await client.hset(keys.operator("dara"), mapping=row)
    assert await RedisAccounts(client).find("dara") == Account("dara", "Dara", ("km",), digest="d")


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
