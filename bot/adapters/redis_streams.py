"""Inbox and outbox on Redis streams: durable, in order per conversation, acknowledged after the work.

Commands are in the common subset of Redis 7.2 and Valkey 8. Groups start at "0", so that what was written
before a group existed is read too, and entries are deleted when done, so that a stream's length is its backlog.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

import redis.asyncio as redis
from redis.exceptions import ResponseError

from bot.adapters import keys, wire
from bot.adapters.redis_client import Reply, Script, ours
from bot.adapters.vault import AddressSeal
from bot.core.errors import KeyErased, WireError
from bot.core.message import Channel, Delivery, Inbound
from bot.core.ports import Taken, TakenOut, Vault

BATCH = 64

# Stores an update once. KEYS: seen, inbox shard, address. ARGV: seen for (ms), conversation, record, address.
_PUT = """
if not redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[1]) then return 0 end
redis.call('XADD', KEYS[2], '*', 'c', ARGV[2], 'r', ARGV[3])
redis.call('SET', KEYS[3], ARGV[4])
return 1
"""

# Takes or extends an owner's lease. KEYS: lease. ARGV: owner, lifetime (ms).
_HOLD = """
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""

# Drops a lease that is ours. KEYS: lease. ARGV: owner.
_DROP = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""

# Buries an entry. KEYS: stream, dead. ARGV: group, entry, conversation, record, why, kept.
_BURY = """
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[6], '*', 'c', ARGV[3], 'r', ARGV[4], 'why', ARGV[5])
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
redis.call('XDEL', KEYS[1], ARGV[2])
return 1
"""

# Begins a delivery unless it was withdrawn. KEYS: delivery, stream. ARGV: outbound, group, entry.
_BEGIN = """
local state = redis.call('HGET', KEYS[1], ARGV[1])
if state == 'withdrawn' then
  redis.call('XACK', KEYS[2], ARGV[2], ARGV[3])
  redis.call('XDEL', KEYS[2], ARGV[3])
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], 'sending')
return 1
"""

# Ends a delivery. KEYS: delivery, said, stream.
# ARGV: outbound, state, message id, now (ms), said for (ms), group, entry, delivery kept for (ms).
_DONE = """
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ':' .. ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[8])
if ARGV[3] ~= '' then
  redis.call('ZADD', KEYS[2], ARGV[4], ARGV[3])
  redis.call('PEXPIRE', KEYS[2], ARGV[5])
end
redis.call('XACK', KEYS[3], ARGV[6], ARGV[7])
redis.call('XDEL', KEYS[3], ARGV[7])
return 1
"""

# Withdraws a line that nobody began to send. KEYS: delivery. ARGV: outbound.
_WITHDRAW = """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= 'waiting' then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], 'withdrawn')
return 1
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


async def drop_entry(client: redis.Redis, stream: str, entry: str) -> None:
    """Acknowledge and delete an entry in one step."""
    async with ours(), client.pipeline(transaction=True) as pipe:
        pipe.xack(stream, keys.GROUP, entry)
        pipe.xdel(stream, entry)
        await pipe.execute()


class RedisLeases:
    """Leads by a key with an owner and a lifetime."""

    def __init__(self, client: redis.Redis) -> None:
        self._hold = Script(client, _HOLD)
        self._drop = Script(client, _DROP)

    async def hold(self, name: str, owner: str, lifetime: int) -> bool:
        """Take or extend the lease; False while another has it."""
        return bool(await self._hold([keys.lease(name)], [owner, lifetime]))

    async def drop(self, name: str, owner: str) -> None:
        """Give the lease up."""
        await self._drop([keys.lease(name)], [owner])


class RedisInbox:
    """The inbox: one stream a shard, one owner a shard at a time, so a conversation is never in two hands."""

    def __init__(self, client: redis.Redis, vault: Vault, addresses: AddressSeal) -> None:
        self._client = client
        self._vault = vault
        self._addresses = addresses
        self._put = Script(client, _PUT)
        self._hold = Script(client, _HOLD)
        self._drop = Script(client, _DROP)
        self._bury = Script(client, _BURY)
        self._mine: set[int] = set()
        self._busy: dict[int, set[str]] = {}

    async def put(self, inbound: Inbound, address: str) -> bool:
        """Store an inbound durably; False if its update was stored before."""
        id = inbound.conversation
        record = await self._vault.seal(id, "inbox", wire.inbound_out(inbound))
        stored = await self._put(
            [keys.seen(inbound.channel.value, inbound.update), keys.inbox(keys.shard_of(id)), keys.address(id)],
            [keys.SEEN_FOR, id, record, self._addresses.seal(id, address)],
        )
        return bool(stored)

    async def take(self, worker: str, wait: int) -> list[Taken]:
        """Take what is next on the shards this worker owns; a newly owned shard's unfinished entries first."""
        fresh = await self._own(worker)
        found: list[Taken] = []
        for shard in fresh:
            for entry, fields, tries in await read_pending(self._client, keys.inbox(shard), worker):
                found += await self._read(shard, entry, fields, tries)
        if found:
            return found
        if not self._mine:
            await asyncio.sleep(min(wait, 500) / 1000)
            return []
        streams: dict[Reply, Reply] = {keys.inbox(shard): ">" for shard in sorted(self._mine)}
        async with ours():
            reply: Reply = await self._client.xreadgroup(keys.GROUP, worker, streams, count=BATCH, block=max(1, wait))
        for stream, entries in streams_of(reply):
            shard = int(stream.rsplit(b":", 1)[1])
            for name, fields in entries:
                found += await self._read(shard, name.decode(), fields, 0)
        return found

    async def done(self, taken: Taken) -> None:
        """Forget a finished entry."""
        shard = keys.shard_of(taken.inbound.conversation)
        await drop_entry(self._client, keys.inbox(shard), taken.entry)
        self._busy.get(shard, set()).discard(taken.entry)

    async def bury(self, taken: Taken, why: str) -> None:
        """Keep an entry among the dead letters."""
        id = taken.inbound.conversation
        shard = keys.shard_of(id)
        record = await self._vault.seal(id, "dead", wire.inbound_out(taken.inbound))
        await self._bury([keys.inbox(shard), keys.DEAD], [keys.GROUP, taken.entry, id, record, why, keys.DEAD_KEPT])
        self._busy.get(shard, set()).discard(taken.entry)

    async def leave(self, worker: str) -> None:
        """Free everything this worker owned."""
        for shard in sorted(self._mine):
            await self._drop([keys.shard_owner(shard)], [worker])
        self._mine.clear()
        async with ours():
            await self._client.zrem(keys.WORKERS, worker)

    async def counts(self) -> dict[str, int]:
        """Backlog and dead letters."""
        async with ours():
            waiting = [int(await self._client.xlen(keys.inbox(shard))) for shard in range(keys.SHARDS)]
            return {"waiting": sum(waiting), "dead": int(await self._client.xlen(keys.DEAD))}

    async def _own(self, worker: str) -> list[int]:
        """Renew what is owned, give up what exceeds a fair share, take what is free; returns what is new."""
        share = await self._share(worker)
        for shard in sorted(self._mine, reverse=True):
            surplus = len(self._mine) > share and not self._busy.get(shard)
            if surplus:
                await self._drop([keys.shard_owner(shard)], [worker])
            if surplus or not await self._hold([keys.shard_owner(shard)], [worker, keys.SHARD_LEASE]):
                self._mine.discard(shard)
                self._busy.pop(shard, None)
        fresh = []
        for shard in range(keys.SHARDS):
            if shard in self._mine or len(self._mine) >= share:
                continue
            if await self._hold([keys.shard_owner(shard)], [worker, keys.SHARD_LEASE]):
                await make_group(self._client, keys.inbox(shard))
                self._mine.add(shard)
                self._busy[shard] = set()
                fresh.append(shard)
        return fresh

    async def _share(self, worker: str) -> int:
        """How many shards are this worker's fair part among the living."""
        now = int(time.time() * 1000)
        async with ours():
            await self._client.zadd(keys.WORKERS, {worker: now})
            await self._client.zremrangebyscore(keys.WORKERS, "-inf", now - keys.SHARD_LEASE)
            living = int(await self._client.zcard(keys.WORKERS))
        return -(-keys.SHARDS // max(1, living))

    async def _read(self, shard: int, entry: str, fields: dict[bytes, bytes], tries: int) -> list[Taken]:
        """Open an entry; one whose key was erased is dropped, one that is broken is buried as it is."""
        id = fields.get(b"c", b"").decode("ascii", "replace")
        try:
            inbound = wire.inbound_in(await self._vault.open(id, "inbox", fields.get(b"r", b"")))
        except KeyErased:
            await drop_entry(self._client, keys.inbox(shard), entry)
            return []
        except WireError:
            await self._bury(
                [keys.inbox(shard), keys.DEAD],
                [keys.GROUP, entry, id, fields.get(b"r", b""), "unreadable", keys.DEAD_KEPT],
            )
            return []
        self._busy.setdefault(shard, set()).add(entry)
        return [Taken(entry, inbound, tries)]


class RedisOutbox:
    """The outbox: one stream a channel, read by the one process that leads its delivery."""

    def __init__(self, client: redis.Redis, vault: Vault, kept: int) -> None:
        self._client = client
        self._vault = vault
        self._kept = kept
        self._begin = Script(client, _BEGIN)
        self._done = Script(client, _DONE)
        self._withdraw = Script(client, _WITHDRAW)
        self._ready: set[Channel] = set()

    async def take(self, channel: Channel, sender: str, wait: int) -> list[TakenOut]:
        """Take what is next to send; on the first call what an earlier sender left unfinished."""
        stream = keys.outbox(channel.value)
        if channel not in self._ready:
            await make_group(self._client, stream)
            self._ready.add(channel)
            pending = await read_pending(self._client, stream, sender)
            if pending:
                return [out for e, f, n in pending for out in await self._read(stream, e, f, n)]
        async with ours():
            reply: Reply = await self._client.xreadgroup(
                keys.GROUP, sender, {stream: ">"}, count=BATCH, block=max(1, wait)
            )
        return [
            out
            for _, entries in streams_of(reply)
            for entry, fields in entries
            for out in await self._read(stream, entry.decode(), fields, 0)
        ]

    def lost(self, channel: Channel) -> None:
        """The lead was lost: what is unfinished must be read again when it is won back."""
        self._ready.discard(channel)

    async def begin(self, taken: TakenOut) -> bool:
        """Note durably that the call is about to be made."""
        out = taken.outbound
        begun = await self._begin(
            [keys.delivery(out.conversation), keys.outbox(out.channel.value)], [out.id, keys.GROUP, taken.entry]
        )
        return bool(begun)

    async def done(self, taken: TakenOut, delivery: Delivery, message: str = "") -> None:
        """Record the end of a delivery and forget the entry."""
        out = taken.outbound
        await self._done(
            [keys.delivery(out.conversation), keys.said(out.conversation), keys.outbox(out.channel.value)],
            [out.id, delivery.value, message, int(time.time() * 1000), keys.SAID_FOR]
            + [keys.GROUP, taken.entry, self._kept],
        )

    async def withdraw(self, conversation: str, outbound: str) -> bool:
        """Take a line back before its call was begun."""
        return bool(await self._withdraw([keys.delivery(conversation)], [outbound]))

    async def deliveries(self, conversation: str) -> dict[str, tuple[Delivery, str]]:
        """What became of each outbound."""
        async with ours():
            rows: Reply = await self._client.hgetall(keys.delivery(conversation))
        found = {}
        for id, value in rows.items():
            state, _, message = value.decode().partition(":")
            found[id.decode()] = (Delivery(state), message)
        return found

    async def said(self, conversation: str, since: int) -> list[str]:
        """Message ids sent since a time."""
        async with ours():
            rows: Reply = await self._client.zrangebyscore(keys.said(conversation), since, "+inf")
        return [row.decode() for row in rows]

    async def counts(self) -> dict[str, int]:
        """Backlog by channel."""
        async with ours():
            return {c.value: int(await self._client.xlen(keys.outbox(c.value))) for c in Channel}

    async def _read(self, stream: str, entry: str, fields: dict[bytes, bytes], tries: int) -> list[TakenOut]:
        """Open an entry; one that was erased or is broken is dropped, for nobody could send it."""
        id = fields.get(b"c", b"").decode("ascii", "replace")
        try:
            outbound = wire.outbound_in(await self._vault.open(id, "outbox", fields.get(b"r", b"")))
        except (KeyErased, WireError):
            await drop_entry(self._client, stream, entry)
            return []
        async with ours():
            state: Reply = await self._client.hget(keys.delivery(id), outbound.id)
        return [TakenOut(entry, outbound, tries, began=state == b"sending")]


def streams_of(reply: Reply) -> Iterable[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]:
    """The streams of an XREADGROUP reply, which is a mapping in RESP3 and a list of pairs in RESP2."""
    if not reply:
        return []
    pairs = reply.items() if isinstance(reply, dict) else reply
    return [(stream, entries[0] if isinstance(reply, dict) and entries and isinstance(entries[0], list) else entries)
            for stream, entries in pairs]  # fmt: skip
