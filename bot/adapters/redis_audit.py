"""The audit on Redis: two streams, the entries as scripts write them and the seals that chain them.

An entry is numbered in the script that makes the transition, so none can be left out; it is sealed seconds later
by whoever runs the janitor, for the key must not be in the store.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import takewhile

import redis.asyncio as redis

from bot.adapters import keys
from bot.adapters.redis_client import Reply, Script, ours
from bot.core.chain import Checker, Seals, floor_of
from bot.core.ports import Audit, Sealed, Verdict

# Shared by every script that makes a transition; wants `P` (key prefix) and `now`.
NOTE = """
local function note(what, id, operator, detail)
  redis.call('XADD', P .. 'audit:entries', '*', 'n', redis.call('INCR', P .. 'audit:count'), 'at', now,
    'what', what, 'c', id, 'o', operator, 'd', detail)
end
"""

# ARGV: prefix, time, what, conversation, operator, detail.
_RECORD = "local P, now = ARGV[1], ARGV[2]\n" + NOTE + "note(ARGV[3], ARGV[4], ARGV[5], ARGV[6])"

# Adds seals, unless somebody else did meanwhile. KEYS: seals. ARGV: last number known, then (number, entry, seal)….
_CHAIN = """
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if (last and last[1] or '0-0') ~= ARGV[1] .. '-0' then return 0 end
for i = 2, #ARGV, 3 do redis.call('XADD', KEYS[1], ARGV[i] .. '-0', 'e', ARGV[i + 1], 's', ARGV[i + 2]) end
return 1
"""

# Lets go of all up to an entry. KEYS: entries, seals, floor. ARGV: floor, first entry to keep, first number to keep.
_LET_GO = """
redis.call('SET', KEYS[3], ARGV[1])
redis.call('XTRIM', KEYS[1], 'MINID', ARGV[2])
redis.call('XTRIM', KEYS[2], 'MINID', ARGV[3])
"""

_BATCH = 500


class RedisJournal:
    """Adds to the audit what the hand-off scripts don't see."""

    def __init__(self, client: redis.Redis) -> None:
        self._record = Script(client, _RECORD)

    async def record(self, entry: Audit) -> None:
        """Add an entry."""
        await self._record([], [keys.PREFIX, entry.at, entry.what, entry.conversation, entry.operator, entry.detail])


class RedisAudit(RedisJournal):
    """The audit trail; see bot.core.ports.AuditTrail. `kept` is how long entries stay, in ms."""

    def __init__(self, client: redis.Redis, seals: Seals, kept: int) -> None:
        super().__init__(client)
        self._client = client
        self._seals = seals
        self._kept = kept
        self._chain = Script(client, _CHAIN)
        self._let_go = Script(client, _LET_GO)

    async def seal(self, now: int) -> str:
        """Chain what is new; let go of what is old."""
        await self._forget(now - self._kept)
        head = ""
        while True:
            number, place, seal = await self._last()
            added: list[str | bytes | int] = []
            rows = await self._rows(f"({place}" if place else "-")
            for id, entry in rows:
                seal = self._seals.make(seal, entry.number, entry.audit)
                added += [entry.number, id, seal]
            if not added or not await self._chain([keys.AUDIT_SEALS], [number, *added]):
                return head
            head = f"{rows[-1][1].number}:{seal}"

    async def entries(self, below: int = 0, count: int = 100) -> list[Sealed]:
        """Entries below a number, newest first."""
        async with ours():
            mark: Reply = await self._client.xrange(keys.AUDIT_SEALS, f"{below}-0", f"{below}-0") if below else []
            start = f"({mark[0][1][b'e'].decode()}" if mark else "+"
            rows: Reply = await self._client.xrevrange(keys.AUDIT, start, "-", count=count)
        found = [entry for _, entry in await self._joined([_entry(row) for row in reversed(rows)])]
        return [entry for entry in reversed(found) if not below or entry.number < below]

    async def verify(self, now: int, head: str = "") -> Verdict:
        """Walk the whole chain."""
        checker = Checker(self._seals, now, head)
        # What is written or chained from here on is not part of this walk.
        chained = (await self._last())[0]
        async with ours():
            floor: Reply = await self._client.get(keys.AUDIT_FLOOR)
            count = int(await self._client.get(keys.AUDIT_COUNT) or 0)
        if floor:
            known = json.loads(floor)
            last = Sealed(known["number"], Audit(known["at"], "", ""), known["seal"])
            checker.begin(last, known["fits"])
        async for entry in self._walk():
            if entry.number <= count:
                checker.add(entry if entry.number <= chained else replace(entry, seal=""))
        return checker.end(count)

    async def _walk(self) -> AsyncIterator[Sealed]:
        start = "-"
        while rows := await self._rows(start):
            for _, entry in await self._joined(rows):
                yield entry
            start = f"({rows[-1][0]}"

    async def _rows(self, start: str, count: int = _BATCH) -> list[tuple[str, Sealed]]:
        async with ours():
            rows: Reply = await self._client.xrange(keys.AUDIT, start, "+", count=count)
        return [_entry(row) for row in rows]

    async def _joined(self, rows: list[tuple[str, Sealed]]) -> list[tuple[str, Sealed]]:
        """The entries with their seals; a seal counts only for the entry it was made for."""
        if not rows:
            return []
        numbers = [entry.number for _, entry in rows]
        async with ours():
            found: Reply = await self._client.xrange(keys.AUDIT_SEALS, f"{min(numbers)}-0", f"{max(numbers)}-0")
        seals = {int(id.split(b"-")[0]): fields[b"s"].decode() for id, fields in found}
        return [(id, Sealed(entry.number, entry.audit, seals.get(entry.number, ""))) for id, entry in rows]

    async def _last(self) -> tuple[int, str, str]:
        """The newest seal: number, place of its entry, seal."""
        async with ours():
            rows: Reply = await self._client.xrevrange(keys.AUDIT_SEALS, count=1)
            if not rows:
                floor: Reply = await self._client.get(keys.AUDIT_FLOOR)
                return (0, "", json.loads(floor)["seal"] if floor else "")
        id, fields = rows[0]
        return int(id.split(b"-")[0]), fields[b"e"].decode(), fields[b"s"].decode()

    async def _forget(self, before: int) -> None:
        """Let go of what is older, but for the newest chained entry, and seal where the chain begins now."""
        oldest = await self._rows("-", 1)
        if not oldest or oldest[0][1].audit.at >= before:
            return
        newest = (await self._last())[0]
        rows = await self._joined(await self._rows("-"))
        old = list(takewhile(lambda row: row[1].audit.at < before and row[1].number < newest, rows))
        if not old:
            return
        id, last = old[-1]
        fits = self._seals.make("", 0, floor_of(last))
        floor = {"number": last.number, "at": last.audit.at, "seal": last.seal, "fits": fits}
        time, _, order = id.partition("-")
        await self._let_go(
            [keys.AUDIT, keys.AUDIT_SEALS, keys.AUDIT_FLOOR],
            [json.dumps(floor), f"{time}-{int(order) + 1}", f"{last.number + 1}-0"],
        )


async def newest(client: redis.Redis, count: int) -> list[Audit]:
    """The newest entries, newest first."""
    async with ours():
        rows: Reply = await client.xrevrange(keys.AUDIT, count=count)
    return [_entry(row)[1].audit for row in rows]


def _entry(row: Reply) -> tuple[str, Sealed]:
    id, fields = row
    t = {name.decode(): value.decode() for name, value in fields.items()}
    return id.decode(), Sealed(int(t["n"]), Audit(int(t["at"]), t["what"], t["c"], t["o"], t["d"]))
