"""What operators have written and not sent, on Redis: one hash a conversation, sealed with its key."""

from __future__ import annotations

import json

import redis.asyncio as redis

from bot.adapters import keys
from bot.adapters.redis_client import Reply, ours
from bot.core.errors import KeyErased, WireError
from bot.core.ports import Vault

FIELDS = ("reply", "note")


class RedisDrafts:
    """Drafts on Redis; each is bound to its operator and field by its seal."""

    def __init__(self, client: redis.Redis, vault: Vault) -> None:
        self._client = client
        self._vault = vault

    async def keep(self, conversation: str, operator: str, field: str, claim: int, words: str) -> None:
        """Keep the words of a field, for the claim they were written under."""
        place, key = _place(operator, field), keys.draft(conversation)
        if not words:
            async with ours():
                await self._client.hdel(key, place)
            return
        plain = json.dumps({"claim": claim, "words": words}).encode()
        sealed = await self._vault.seal(conversation, f"draft:{place}", plain)
        async with ours(), self._client.pipeline(transaction=True) as pipe:
            pipe.hset(key, place, sealed)
            pipe.pexpire(key, keys.DRAFT_FOR)
            await pipe.execute()

    async def read(self, conversation: str, operator: str, claim: int) -> dict[str, str]:
        """Words by field, of this claim alone."""
        places = {field: _place(operator, field) for field in FIELDS}
        async with ours():
            rows: Reply = await self._client.hmget(keys.draft(conversation), list(places.values()))
        found = {}
        for (field, place), sealed in zip(places.items(), rows, strict=True):
            if sealed is None:
                continue
            try:
                row = json.loads(await self._vault.open(conversation, f"draft:{place}", sealed))
            except (KeyErased, WireError):
                continue
            if row["claim"] == claim:
                found[field] = str(row["words"])
        return found

    async def drop(self, conversation: str, operator: str) -> None:
        """Forget all of them."""
        async with ours():
            await self._client.hdel(keys.draft(conversation), *(_place(operator, field) for field in FIELDS))


def _place(operator: str, field: str) -> str:
    return f"{operator}:{field}"
