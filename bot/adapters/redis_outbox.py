"""The outbox on Redis streams: durable, in order per conversation, and honest about what may have been sent."""

from __future__ import annotations

import time

import redis.asyncio as redis

from bot.adapters import keys, wire
from bot.adapters.redis_client import Reply, Script, ours
from bot.adapters.redis_streams import drop_entry, make_group, read_new, read_pending
from bot.core.errors import KeyErased, WireError
from bot.core.message import Channel, Delivery
from bot.core.ports import TakenOut, Vault

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
        fresh = await read_new(self._client, stream, sender, wait)
        return [out for e, f, n in fresh for out in await self._read(stream, e, f, n)]

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
