"""The exam of the audit: entries are only added, and one that was changed or removed shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
import redis.asyncio as redis

from bot.adapters import keys
from bot.adapters.memory import World
from bot.adapters.memory_audit import MemoryAudit
from bot.adapters.redis_audit import RedisAudit
from bot.adapters.redis_client import connect
from bot.adapters.vault import audit_seals, new_master
from bot.core.chain import CHAINED_WITHIN
from bot.core.ports import Audit, AuditTrail, Sealed
from tests.conftest import NOON

KEPT = 1000
MASTER = new_master()


@dataclass
class Trail:
    """A trail, and what somebody with the store in their hands can do to it."""

    port: AuditTrail
    client: redis.Redis | None
    world: World

    async def rewrite(self, entries: list[Sealed]) -> None:
        """Put these entries in place of all, with the seals they carry."""
        if self.client is None:
            self.world.audit[:] = [entry.audit for entry in entries]
            self.world.seals[:] = [entry.seal for entry in entries if entry.seal]
            return
        await self.client.delete(keys.AUDIT, keys.AUDIT_SEALS)
        for entry in entries:
            audit = entry.audit
            row = {"n": entry.number, "at": audit.at, "what": audit.what, "c": audit.conversation,
                   "o": audit.operator, "d": audit.detail}  # fmt: skip
            id = await self.client.xadd(keys.AUDIT, row)  # type: ignore[arg-type]
            if entry.seal:
                await self.client.xadd(keys.AUDIT_SEALS, {"e": id, "s": entry.seal}, id=f"{entry.number}-0")


@pytest.fixture(params=["memory", "valkey"])
async def trail(request: pytest.FixtureRequest, valkey: str) -> AsyncIterator[Trail]:
    """A trail of five chained entries."""
    world = World()
    if request.param == "memory":
        yield await filled(Trail(MemoryAudit(world, audit_seals(MASTER)), None, world))
        return
    async with connect(valkey) as client:
        await client.flushall()
        yield await filled(Trail(RedisAudit(client, audit_seals(MASTER), KEPT), client, world))


async def filled(trail: Trail) -> Trail:
    for number in range(1, 6):
        await trail.port.record(entry(number))
    await trail.port.seal(NOON)
    return trail


def entry(number: int) -> Audit:
    return Audit(NOON + number, "claimed", f"c{number}", "dara", "why")


async def oldest_first(trail: Trail) -> list[Sealed]:
    return list(reversed(await trail.port.entries()))


async def flaws(trail: Trail, head: str = "") -> tuple[str, ...]:
    return (await trail.port.verify(NOON, head)).flaws


async def test_entries_come_newest_first_and_in_pages(trail: Trail) -> None:
    assert [(e.number, e.audit) for e in await trail.port.entries()] == [(n, entry(n)) for n in (5, 4, 3, 2, 1)]
    assert [e.number for e in await trail.port.entries(below=4, count=2)] == [3, 2]
    assert len({e.seal for e in await trail.port.entries()}) == 5


async def test_a_whole_chain_has_no_flaw_and_a_head(trail: Trail) -> None:
    verdict = await trail.port.verify(NOON)
    last = (await trail.port.entries())[0]
    assert (verdict.entries, verdict.unsealed, verdict.head, verdict.flaws) == (5, 0, f"5:{last.seal}", ())


async def test_what_is_new_is_chained_later_and_is_no_flaw_until_then(trail: Trail) -> None:
    await trail.port.record(entry(6))
    verdict = await trail.port.verify(NOON)
    assert (verdict.entries, verdict.unsealed, verdict.flaws) == (6, 1, ())
    assert (await trail.port.verify(NOON + CHAINED_WITHIN + 100)).flaws
    assert (await trail.port.seal(NOON)).startswith("6:")
    assert await trail.port.seal(NOON) == ""
    assert (await trail.port.verify(NOON)).unsealed == 0


@pytest.mark.parametrize("number", [1, 3])
async def test_a_removed_entry_shows(trail: Trail, number: int) -> None:
    await trail.rewrite([e for e in await oldest_first(trail) if e.number != number])
    assert await flaws(trail)


@pytest.mark.parametrize(
    "change", [{"what": "read"}, {"operator": "mya"}, {"at": NOON}, {"conversation": "c9"}, {"detail": ""}]
)
async def test_a_changed_entry_shows(trail: Trail, change: dict[str, str]) -> None:
    entries = await oldest_first(trail)
    entries[2] = replace(entries[2], audit=replace(entries[2].audit, **change))  # type: ignore[arg-type]
    await trail.rewrite(entries)
    assert any("entry 3" in flaw for flaw in await flaws(trail))


async def test_two_entries_that_changed_places_show(trail: Trail) -> None:
    entries = await oldest_first(trail)
    entries[1], entries[2] = replace(entries[1], audit=entries[2].audit), replace(entries[2], audit=entries[1].audit)
    await trail.rewrite(entries)
    assert await flaws(trail)


async def test_a_chain_made_without_the_key_shows(trail: Trail) -> None:
    forger = audit_seals(new_master())
    entries, seal = [], ""
    for e in await oldest_first(trail):
        audit = replace(e.audit, operator="nobody")
        seal = forger.make(seal, e.number, audit)
        entries.append(Sealed(e.number, audit, seal))
    await trail.rewrite(entries)
    assert await flaws(trail)


async def test_an_end_cut_off_shows_by_the_counter_or_by_a_noted_head(trail: Trail) -> None:
    head = (await trail.port.verify(NOON)).head
    await trail.rewrite((await oldest_first(trail))[:3])
    if trail.client is not None:
        assert await flaws(trail)
        await trail.client.set(keys.AUDIT_COUNT, 3)
    assert await flaws(trail) == ()
    assert await flaws(trail, head) == ("the noted head is not in the chain",)


async def test_a_noted_head_stays_in_the_chain(trail: Trail) -> None:
    head = (await trail.port.verify(NOON)).head
    await trail.port.record(entry(6))
    await trail.port.seal(NOON)
    assert await flaws(trail, head) == ()


async def test_a_new_master_key_leaves_old_seals_good(trail: Trail) -> None:
    newer = audit_seals(new_master(MASTER))
    port = RedisAudit(trail.client, newer, KEPT) if trail.client else MemoryAudit(trail.world, newer)
    await port.record(entry(6))
    await port.seal(NOON)
    assert (await port.verify(NOON)).flaws == ()
    assert [e.seal.split(":")[0] for e in await port.entries(count=2)] == ["k2", "k1"]


async def test_what_is_let_go_of_leaves_a_sealed_beginning(client: redis.Redis) -> None:
    trail = await filled(Trail(RedisAudit(client, audit_seals(MASTER), KEPT), client, World()))
    await trail.port.seal(NOON + KEPT + 4)
    assert [e.number for e in await trail.port.entries()] == [5, 4]
    assert await flaws(trail) == ()
    await trail.rewrite([e for e in await oldest_first(trail) if e.number == 5])
    assert await flaws(trail)


@pytest.mark.parametrize("change", ["remove", "move"])
async def test_a_beginning_that_was_tampered_with_shows(client: redis.Redis, change: str) -> None:
    trail = await filled(Trail(RedisAudit(client, audit_seals(MASTER), KEPT), client, World()))
    await trail.port.seal(NOON + KEPT + 3)
    floor = await client.get(keys.AUDIT_FLOOR)
    if change == "remove":
        await client.delete(keys.AUDIT_FLOOR)
    else:
        await trail.port.seal(NOON + KEPT + 5)
        await client.set(keys.AUDIT_FLOOR, floor or b"")
    assert await flaws(trail)


async def test_two_who_chain_at_once_make_one_chain(client: redis.Redis) -> None:
    trail = await filled(Trail(RedisAudit(client, audit_seals(MASTER), KEPT), client, World()))
    for number in range(6, 1500):
        await trail.port.record(entry(number))
    await asyncio.gather(*(RedisAudit(client, audit_seals(MASTER), KEPT * 100).seal(NOON) for _ in range(4)))
    verdict = await trail.port.verify(NOON)
    assert (verdict.entries, verdict.unsealed, verdict.flaws) == (1499, 0, ())
