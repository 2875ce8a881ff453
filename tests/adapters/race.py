"""One operator of the race, as a process of its own."""

from __future__ import annotations

import asyncio
from multiprocessing.synchronize import Barrier
from pathlib import Path

from bot.adapters.redis_client import connect
from bot.adapters.redis_handoff import RedisHandoff
from tests.conftest import NOON

LANGUAGES = ("km", "my", "lo", "th", "vi")


def operator(url: str, number: int, start: Barrier, folder: Path) -> None:
    """Claim the next until nobody waits; write down whom."""
    taken = asyncio.run(_work(url, number, start))
    (folder / f"o{number}").write_text("\n".join(taken))


async def _work(url: str, number: int, start: Barrier) -> list[str]:
    async with connect(url) as client:
        await client.ping()
        queue = RedisHandoff(client)
        start.wait()
        taken = []
        while (request := await queue.claim_next(f"o{number}", [LANGUAGES[number % 5]], NOON)) is not None:
            taken.append(request.conversation)
        return taken
