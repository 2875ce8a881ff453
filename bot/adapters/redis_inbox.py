"""The inbox on Redis streams: durable, once, in order per conversation, acknowledged after the work."""

from __future__ import annotations

import asyncio
import time

import redis.asyncio as redis

from bot.adapters import keys, wire
from bot.adapters.redis_client import Reply, Script, ours
from bot.adapters.redis_streams import BATCH, DROP, HOLD, drop_entry, make_group, read_pending, streams_of
from bot.adapters.vault import AddressSeal
from bot.core.errors import KeyErased, WireError
from bot.core.message import Inbound
from bot.core.ports import Taken, Vault

# Stores an update once. KEYS: seen, inbox shard, address. ARGV: seen for (ms), conversation, record, address.
_PUT = """
if not redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[1]) then return 0 end
redis.call('XADD', KEYS[2], '*', 'c', ARGV[2], 'r', ARGV[3])
redis.call('SET', KEYS[3], ARGV[4])
return 1
"""

# Buries an entry. KEYS: stream, dead. ARGV: group, entry, conversation, record, why, kept.
_BURY = """
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[6], '*', 'c', ARGV[3], 'r', ARGV[4], 'why', ARGV[5])
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
redis.call('XDEL', KEYS[1], ARGV[2])
return 1
"""


class RedisInbox:
    """The inbox: one stream a shard, one owner a shard at a time, so a conversation is never in two hands."""

    def __init__(self, client: redis.Redis, vault: Vault, addresses: AddressSeal) -> None:
        self._client = client
        self._vault = vault
        self._addresses = addresses
        self._put = Script(client, _PUT)
        self._hold = Script(client, HOLD)
        self._drop = Script(client, DROP)
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
