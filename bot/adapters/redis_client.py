"""One way to reach Redis: errors become ours, scripts are loaded once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import redis.asyncio as redis
from redis.exceptions import RedisError

from bot.core.errors import StoreUnavailable

# Any: redis-py's replies are untyped; every caller narrows at once.
Reply = Any


def connect(url: str) -> redis.Redis:
    """A client for a URL (``redis://``, ``rediss://`` or ``unix://``), bytes in and out; connects on first use."""
    return redis.Redis.from_url(url, decode_responses=False, socket_connect_timeout=5, health_check_interval=30)


@asynccontextmanager
async def ours() -> AsyncIterator[None]:
    """Turn redis-py's errors into StoreUnavailable. The text of the error may hold data, so it is left out."""
    try:
        yield
    except (RedisError, OSError) as exc:
        raise StoreUnavailable(f"Redis does not answer as it should: {type(exc).__name__}") from exc


class Script:
    """A Lua script, run by its digest and sent once where the server does not know it."""

    def __init__(self, client: redis.Redis, text: str) -> None:
        self._script = client.register_script(text)

    async def __call__(self, keys: Sequence[str], args: Sequence[str | bytes | int]) -> Reply:
        """Run the script; raises StoreUnavailable."""
        async with ours():
            return await self._script(keys=list(keys), args=list(args))
