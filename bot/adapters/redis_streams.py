"""What inbox, outbox and leads share: consumer groups, unfinished entries, leases.

Commands are in the common subset of Redis 7.2 and Valkey 8. Groups start at "0", so that what was written
before a group existed is read too, and entries are deleted when done, so that a stream's length is its backlog.
"""

from __future__ import annotations

from collections.abc import Iterable

import redis.asyncio as redis
from redis.exceptions import ResponseError

from bot.adapters import keys
from bot.adapters.redis_client import Reply, Script, ours

BATCH = 64

# Takes or extends an owner's lease. KEYS: lease. ARGV: owner, lifetime (ms).
HOLD = """
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""

# Drops a lease that is ours. KEYS: lease. ARGV: owner.
DROP = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


async def make_group(client: redis.Redis, stream: str) -> None:
    """Make the consumer group of a stream, and the stream, if they are not there."""
    async with ours():
        try:
            await client.xgroup_create(stream, keys.GROUP, id="0", mkstream=True)
        except ResponseError as exc:
            if "BUSYGROUP" not in str(exc):
                raise


async def read_pending(client: redis.Redis, stream: str, consumer: str) -> list[tuple[str, dict[bytes, bytes], int]]:
    """Take over everything a stream's earlier consumers left unfinished: entry, fields, earlier takes."""
    found: list[tuple[str, dict[bytes, bytes], int]] = []
    cursor: str | bytes = "0-0"
    async with ours():
        while True:
            reply: Reply = await client.xautoclaim(stream, keys.GROUP, consumer, 0, cursor, count=BATCH)
            cursor, entries = reply[0], reply[1]
            for entry, fields in entries:
                tries = await _tries(client, stream, entry)
                found.append((entry.decode(), fields, tries))
            if cursor == b"0-0":
                return found


async def _tries(client: redis.Redis, stream: str, entry: bytes) -> int:
    """How often an entry was taken before this time."""
    rows: Reply = await client.xpending_range(stream, keys.GROUP, min=entry, max=entry, count=1)
    return max(0, int(rows[0]["times_delivered"]) - 1) if rows else 0


async def read_new(
    client: redis.Redis, stream: str, consumer: str, wait: int, count: int = BATCH
) -> list[tuple[str, dict[bytes, bytes], int]]:
    """Take what nobody took yet, waiting up to `wait` ms; as `read_pending` gives it."""
    async with ours():
        reply: Reply = await client.xreadgroup(keys.GROUP, consumer, {stream: ">"}, count=count, block=max(1, wait))
    return [(entry.decode(), fields, 0) for _, entries in streams_of(reply) for entry, fields in entries]


async def drop_entry(client: redis.Redis, stream: str, entry: str) -> None:
    """Acknowledge and delete an entry in one step."""
    async with ours(), client.pipeline(transaction=True) as pipe:
        pipe.xack(stream, keys.GROUP, entry)
        pipe.xdel(stream, entry)
        await pipe.execute()


class RedisLeases:
    """Leads by a key with an owner and a lifetime."""

    def __init__(self, client: redis.Redis) -> None:
        self._hold = Script(client, HOLD)
        self._drop = Script(client, DROP)

    async def hold(self, name: str, owner: str, lifetime: int) -> bool:
        """Take or extend the lease; False while another has it."""
        return bool(await self._hold([keys.lease(name)], [owner, lifetime]))

    async def drop(self, name: str, owner: str) -> None:
        """Give the lease up."""
        await self._drop([keys.lease(name)], [owner])


def streams_of(reply: Reply) -> Iterable[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]:
    """The streams of an XREADGROUP reply, which is a mapping in RESP3 and a list of pairs in RESP2."""
    if not reply:
        return []
    pairs = reply.items() if isinstance(reply, dict) else reply
    return [(stream, entries[0] if isinstance(reply, dict) and entries and isinstance(entries[0], list) else entries)
            for stream, entries in pairs]  # fmt: skip
