"""Counters by day on Redis: one hash a day, a field a counter. A day goes whole, some days after its last count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import redis.asyncio as redis

from bot.adapters import keys
from bot.adapters.redis_client import Reply, ours
from bot.core.statistics import Tally, What


class RedisStatistics:
    """Counters on Redis; `kept` is how long after its last count a day is kept, in milliseconds."""

    def __init__(self, client: redis.Redis, kept: int) -> None:
        self._client = client
        self._kept = kept

    async def add(self, day: str, tallies: Sequence[Tally]) -> None:
        """Raise each counter of a day by one, all of them or none."""
        if not tallies:
            return
        key = keys.statistics(day)
        async with ours(), self._client.pipeline(transaction=True) as pipe:
            for tally in tallies:
                pipe.hincrby(key, _field(tally), 1)
            pipe.pexpire(key, self._kept)
            await pipe.execute()

    async def read(self, days: Sequence[str]) -> list[Mapping[Tally, int]]:
        """The counters of each day."""
        async with ours(), self._client.pipeline(transaction=False) as pipe:
            for day in days:
                pipe.hgetall(keys.statistics(day))
            rows: Reply = await pipe.execute()
        return [{_tally(name.decode()): int(value) for name, value in row.items()} for row in rows]


def _field(tally: Tally) -> str:
    """A counter's name in a hash, such as ``question ended=answered language=km``."""
    return " ".join((tally.what.value, *(f"{name}={value}" for name, value in tally.by)))


def _tally(text: str) -> Tally:
    what, *pairs = text.split(" ")
    split = (pair.partition("=") for pair in pairs)
    return Tally(What(what), tuple((name, value) for name, _, value in split))
