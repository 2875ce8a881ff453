"""What open web pages have to show, on a sealed stream per conversation."""

from __future__ import annotations

import redis.asyncio as redis

from bot.adapters import keys, wire
from bot.adapters.redis_client import Reply, ours
from bot.adapters.redis_streams import streams_of
from bot.core.errors import KeyErased
from bot.core.ports import Mail, Vault

# A page never needs more; older mails go first.
KEPT = 500


class RedisMailbox:
    """Mailboxes on Redis."""

    def __init__(self, client: redis.Redis, vault: Vault) -> None:
        self._client = client
        self._vault = vault

    async def post(self, conversation: str, mail: Mail) -> str:
        """Keep a mail; returns its id."""
        sealed = await self._vault.seal(conversation, "mailbox", wire.mail_out(mail))
        key = keys.mailbox(conversation)
        async with ours(), self._client.pipeline(transaction=True) as pipe:
            pipe.xadd(key, {"r": sealed}, maxlen=KEPT)
            pipe.pexpire(key, keys.MAILBOX_FOR)
            id: Reply = (await pipe.execute())[0]
        return str(id.decode())

    async def read(self, conversation: str, after: str, wait: int) -> list[tuple[str, Mail]]:
        """Mails after an id, waiting up to `wait` ms for one."""
        key = keys.mailbox(conversation)
        async with ours():
            reply: Reply = await self._client.xread({key: after or "0"}, block=max(1, wait))
        found = []
        for _, entries in streams_of(reply):
            for id, fields in entries:
                try:
                    plain = await self._vault.open(conversation, "mailbox", fields[b"r"])
                except KeyErased:
                    continue
                found.append((id.decode(), wire.mail_in(plain)))
        return found

    async def clear(self, conversation: str) -> None:
        """Forget all mails."""
        async with ours():
            await self._client.delete(keys.mailbox(conversation))
