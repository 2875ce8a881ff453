"""Files people sent, on Redis: a stream of what is to be fetched, and two hashes a conversation.

A file is kept only while the conversation's index still waits for it, so one that arrives after its conversation
was erased is thrown away.
"""

from __future__ import annotations

import redis.asyncio as redis

from bot.adapters import keys, wire
from bot.adapters.redis_client import Reply, Script, ours
from bot.adapters.redis_streams import drop_entry, make_group, read_new, read_pending
from bot.core.errors import KeyErased, WireError
from bot.core.media import MAX_BYTES, MAX_FILES, Index, Keeping, Kept, Wanted
from bot.core.message import Media
from bot.core.ports import Vault

# Above so many bytes in the store no more files are taken in: words must always find room.
ROOM = 1024 * 1024 * 1024
# The field that counts files that were one too many; no file's key has this form.
_REFUSED = "refused"
_AT_ONCE = 8

# Puts a file on the list, once. KEYS: media, wanted. ARGV: file, id, record, most, kept for (ms).
_WANT = """
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 1 end
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then
  redis.call('HINCRBY', KEYS[1], 'refused', 1)
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], 'waiting')
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('XADD', KEYS[2], '*', 'c', ARGV[2], 'r', ARGV[3])
return 1
"""

# Ends a fetch. KEYS: media, files, wanted.
# ARGV: file, state, type, size, sealed bytes or "", most bytes, kept for (ms), group, entry.
_END = """
redis.call('XACK', KEYS[3], ARGV[8], ARGV[9])
redis.call('XDEL', KEYS[3], ARGV[9])
if redis.call('HGET', KEYS[1], ARGV[1]) ~= 'waiting' then return 0 end
local state = ARGV[2]
if state == 'kept' then
  local sum = tonumber(ARGV[4])
  for _, value in ipairs(redis.call('HVALS', KEYS[1])) do
    sum = sum + tonumber(string.match(value, '^kept:.*:(%d+)$') or '0')
  end
  if sum > tonumber(ARGV[6]) then state = 'full' end
end
if state ~= 'kept' then
  redis.call('HSET', KEYS[1], ARGV[1], state)
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], 'kept:' .. ARGV[3] .. ':' .. ARGV[4])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[7])
redis.call('PEXPIRE', KEYS[2], ARGV[7])
return 1
"""


class RedisMedia:
    """Files on Redis. `kept` is the retention in milliseconds; `room` the bytes above which none is taken in."""

    def __init__(self, client: redis.Redis, vault: Vault, kept: int, room: int = ROOM) -> None:
        self._client = client
        self._vault = vault
        self._kept = kept
        self._room = room
        self._want = Script(client, _WANT)
        self._end = Script(client, _END)
        self._ready = False

    async def want(self, conversation: str, media: Media) -> bool:
        """Put a file on the list, once; False for one too many."""
        record = await self._vault.seal(conversation, "wanted", wire.media_out(media))
        args: list[str | bytes | int] = [media.key, conversation, record, MAX_FILES, self._kept]
        return bool(await self._want([keys.media(conversation), keys.WANTED], args))

    async def take(self, fetcher: str, wait: int) -> list[Wanted]:
        """Take what is next to fetch; on the first call what an earlier fetcher left unfinished."""
        if not self._ready:
            await make_group(self._client, keys.WANTED)
            self._ready = True
            pending = await read_pending(self._client, keys.WANTED, fetcher)
            if pending:
                return [wanted for e, f, _ in pending for wanted in await self._read(e, f)]
        fresh = await read_new(self._client, keys.WANTED, fetcher, wait, _AT_ONCE)
        return [wanted for e, f, _ in fresh for wanted in await self._read(e, f)]

    def lost(self) -> None:
        """The lead was lost."""
        self._ready = False

    async def keep(self, wanted: Wanted, type: str, data: bytes) -> bool:
        """Seal and keep a file; False if there is no room, or nobody wants it any more."""
        if await self._crowded(len(data)):
            await self.lack(wanted, Kept(Keeping.FULL))
            return False
        sealed = await self._vault.seal(wanted.conversation, _purpose(wanted.media.key), data)
        return await self._finish(wanted, Kept(Keeping.KEPT, type, len(data)), sealed)

    async def lack(self, wanted: Wanted, kept: Kept) -> None:
        """Note that a file will not come."""
        await self._finish(wanted, kept, b"")

    async def index(self, conversation: str) -> Index:
        """What became of each file."""
        async with ours():
            rows: Reply = await self._client.hgetall(keys.media(conversation))
        found = {name.decode(): value.decode() for name, value in rows.items()}
        refused = int(found.pop(_REFUSED, 0))
        return Index({key: _kept(value) for key, value in found.items()}, refused)

    async def open(self, conversation: str, key: str) -> tuple[Kept, bytes] | None:
        """A file of this conversation, opened."""
        async with ours():
            value: Reply = await self._client.hget(keys.media(conversation), key)
            sealed: Reply = await self._client.hget(keys.files(conversation), key)
        if value is None or sealed is None:
            return None
        try:
            return _kept(value.decode()), await self._vault.open(conversation, _purpose(key), sealed)
        except (KeyErased, WireError):  # erased, or not this file's own bytes: either way not to be shown
            return None

    async def _crowded(self, more: int) -> bool:
        async with ours():
            info: Reply = await self._client.info("memory")
        return int(info["used_memory"]) + more > self._room

    async def _finish(self, wanted: Wanted, kept: Kept, sealed: bytes) -> bool:
        id = wanted.conversation
        return bool(
            await self._end(
                [keys.media(id), keys.files(id), keys.WANTED],
                [wanted.media.key, kept.state.value, kept.type, kept.size, sealed, MAX_BYTES, self._kept]
                + [keys.GROUP, wanted.entry],
            )
        )

    async def _read(self, entry: str, fields: dict[bytes, bytes]) -> list[Wanted]:
        """Open an entry; one whose conversation was erased is dropped."""
        id = fields.get(b"c", b"").decode("ascii", "replace")
        try:
            media = wire.media_in(await self._vault.open(id, "wanted", fields.get(b"r", b"")))
        except (KeyErased, WireError):
            await drop_entry(self._client, keys.WANTED, entry)
            return []
        return [Wanted(entry, id, media)]


def _purpose(key: str) -> str:
    """Binds the sealed bytes to their file."""
    return f"media:{key}"


def _kept(value: str) -> Kept:
    state, _, rest = value.partition(":")
    type, _, size = rest.rpartition(":")
    return Kept(Keeping(state), type, int(size or 0))
