"""Who is on duty, and the signals that wake live pages."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import redis.asyncio as redis

from bot.adapters import keys
from bot.adapters.redis_client import Reply, ours
from bot.core.ports import Presence

# An operator whose console was silent for longer is not on duty; milliseconds.
PRESENT_FOR = 60 * keys.SECOND


class RedisDuty:
    """Presence on Redis."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    async def arrive(self, presence: Presence) -> None:
        """The operator is here."""
        row = {
            "name": presence.name,
            "languages": list(presence.languages),
            "seen": presence.seen,
            "capacity": presence.capacity,
        }
        async with ours():
            await self._client.hset(keys.DUTY, presence.operator, json.dumps(row))

    async def leave(self, operator: str) -> None:
        """The operator left."""
        async with ours():
            await self._client.hdel(keys.DUTY, operator)

    async def present(self, now: int) -> list[Presence]:
        """Everyone seen within the last minute."""
        async with ours():
            rows: Reply = await self._client.hgetall(keys.DUTY)
        found = []
        for operator, value in rows.items():
            row = json.loads(value)
            if row["seen"] > now - PRESENT_FOR:
                languages, capacity = tuple(row["languages"]), row.get("capacity", 0)
                found.append(Presence(operator.decode(), row["name"], languages, row["seen"], capacity))
        return sorted(found, key=lambda presence: presence.operator)


class RedisSignals:
    """Signals by publish and subscribe: ids only, and a lost one costs a page no more than a moment."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    async def tell(self, topic: str) -> None:
        """Wake whoever listens."""
        async with ours():
            await self._client.publish(keys.SIGNALS, topic)

    async def listen(self) -> AsyncIterator[str]:
        """Topics as they come, "" at least every 15 seconds; ends with StoreUnavailable when Redis goes."""
        async with ours(), contextlib.aclosing(self._client.pubsub()) as pubsub:
            await pubsub.subscribe(keys.SIGNALS)
            while True:
                with contextlib.suppress(asyncio.TimeoutError):
                    message: Reply = await pubsub.get_message(ignore_subscribe_messages=True, timeout=15)
                    yield message["data"].decode() if message else ""


class RedisKeyring:
    """Wrapped data keys, in a Redis of their own.

    After a removal the append-only file is rewritten, for it would go on holding the key until then.
    """

    def __init__(self, client: redis.Redis, kept: int) -> None:
        self._client = client
        self._kept = kept

    async def get(self, conversation: str) -> bytes | None:
        """The wrapped key; reading it extends its life, as the conversation's own."""
        async with ours():
            value: Reply = await self._client.getex(keys.data_key(conversation), px=self._kept)
        return bytes(value) if value is not None else None

    async def add(self, conversation: str, wrapped: bytes) -> bytes:
        """Store a key if there is none."""
        async with ours():
            key = keys.data_key(conversation)
            await self._client.set(key, wrapped, nx=True, px=self._kept)
            stored: Reply = await self._client.get(key)
        return bytes(stored)

    async def replace(self, conversation: str, before: bytes, after: bytes) -> bool:
        """Put another wrapping in place, if it is still the same."""
        key = keys.data_key(conversation)
        async with ours(), self._client.pipeline(transaction=True) as pipe:
            await pipe.watch(key)
            if await pipe.get(key) != before:
                return False
            pipe.multi()  # type: ignore[no-untyped-call]  # redis-py has no annotation there
            pipe.set(key, after, px=self._kept)
            return bool(await pipe.execute())

    async def remove(self, conversation: str) -> bool:
        """Destroy the key, and soon its last trace in the append-only file."""
        async with ours():
            gone = bool(await self._client.delete(keys.data_key(conversation)))
            with contextlib.suppress(redis.ResponseError):  # a rewrite is already under way, or there is no file
                await self._client.bgrewriteaof()
        return gone

    async def everyone(self) -> list[str]:
        """All conversations that have a key."""
        start = len(keys.data_key(""))
        async with ours():
            return [key.decode()[start:] async for key in self._client.scan_iter(match=keys.data_key("*"), count=500)]
