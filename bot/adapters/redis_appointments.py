"""When to look at whose wish to be written to later: a sorted set of conversations by time."""

from __future__ import annotations

import redis.asyncio as redis

from bot.adapters import keys
from bot.adapters.redis_client import Reply, ours


class RedisAppointments:
    """Appointments on Redis."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    async def put(self, conversation: str, at: int) -> None:
        """Look at it at this time."""
        async with ours():
            await self._client.zadd(keys.APPOINTMENTS, {conversation: at})

    async def due(self, now: int, count: int = 100) -> list[str]:
        """Conversations whose time has come."""
        async with ours():
            found: Reply = await self._client.zrangebyscore(keys.APPOINTMENTS, "-inf", now, start=0, num=count)
        return [id.decode() for id in found]

    async def drop(self, conversation: str) -> None:
        """There is no wish any more."""
        async with ours():
            await self._client.zrem(keys.APPOINTMENTS, conversation)
