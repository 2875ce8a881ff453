"""Conversations, their transcripts and notes on Redis; every change is one atomic step guarded by a version."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import redis.asyncio as redis

from bot.adapters import keys, wire
from bot.adapters.redis_client import Reply, Script, ours
from bot.adapters.vault import AddressSeal
from bot.core.conversation import Conversation, State
from bot.core.errors import Conflict, KeyErased
from bot.core.handoff import HandoffRequest, score
from bot.core.message import Channel, Line, Note, Outbound
from bot.core.ports import Change, Vault

# Writes a change. KEYS: conversation, transcript, outbox, delivery, handoff, queue, audit, address.
# ARGV: version before, state, operator, data, kept for (ms), id, now (ms),
#       number of lines, lines…, number of outbounds, (id, record)…,
#       "" | "enqueue", then: language, priority, reason, since, country, score, indicators; or "cancel".
# A conversation whose hand-off was finished or claimed meanwhile has another version, so nothing here races it.
_COMMIT = """
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
if version ~= tonumber(ARGV[1]) then return -1 end
local id, now, kept = ARGV[6], ARGV[7], ARGV[5]
redis.call('HSET', KEYS[1], 'version', version + 1, 'state', ARGV[2], 'operator', ARGV[3], 'data', ARGV[4])
local at = 8
local lines = tonumber(ARGV[at])
for i = 1, lines do redis.call('RPUSH', KEYS[2], ARGV[at + i]) end
at = at + lines + 1
local outs = tonumber(ARGV[at])
for i = 1, outs do
  redis.call('HSET', KEYS[4], ARGV[at + 2 * i - 1], 'waiting')
  redis.call('XADD', KEYS[3], '*', 'c', id, 'r', ARGV[at + 2 * i])
end
at = at + 2 * outs + 1
if ARGV[at] == 'enqueue' then
  local old = redis.call('HGET', KEYS[5], 'score')
  if not old or tonumber(ARGV[at + 6]) < tonumber(old) then
    redis.call('HSET', KEYS[5], 'language', ARGV[at + 1], 'priority', ARGV[at + 2], 'reason', ARGV[at + 3],
      'country', ARGV[at + 5], 'score', ARGV[at + 6], 'stage', 'waiting', 'operator', '', 'lease', '0')
    redis.call('HSETNX', KEYS[5], 'since', ARGV[at + 4])
    redis.call('ZADD', KEYS[6], ARGV[at + 6], id)
    redis.call('XADD', KEYS[7], 'MAXLEN', '~', '100000', '*', 'at', now, 'what', old and 'raised' or 'enqueued',
      'c', id, 'o', '', 'd', ARGV[at + 3])
  end
  if ARGV[at + 7] ~= '' then redis.call('HSET', KEYS[5], 'indicators', ARGV[at + 7]) end
elseif ARGV[at] == 'cancel' then
  local operator = redis.call('HGET', KEYS[5], 'operator')
  if redis.call('DEL', KEYS[5]) == 1 then
    redis.call('ZREM', KEYS[6], id)
    if operator and operator ~= '' then
      redis.call('SREM', string.gsub(KEYS[5], 'handoff:' .. id, 'held:' .. operator), id)
      redis.call('ZREM', string.gsub(KEYS[5], 'handoff:' .. id, 'leases'), id)
    end
    redis.call('XADD', KEYS[7], 'MAXLEN', '~', '100000', '*', 'at', now, 'what', 'cancelled', 'c', id, 'o', '', 'd', '')
  end
end
for _, key in ipairs({KEYS[1], KEYS[2], KEYS[4], KEYS[8]}) do redis.call('PEXPIRE', key, kept) end
return version + 1
"""

# Fields of a conversation kept as JSON; id, channel, version, state and operator stand beside them.
_DATA = ("chosen", "detected", "hint", "country", "lines", "applied", "misses", "introduced", "last")

# What is kept of a conversation under its id, and goes with it.
_KEPT_BY_ID = (
    keys.conversation,
    keys.transcript,
    keys.notes,
    keys.delivery,
    keys.mailbox,
    keys.tracker,
    keys.handoff,
)


class RedisConversations:
    """Conversations on Redis. `kept` is the retention in milliseconds, renewed by every change."""

    def __init__(self, client: redis.Redis, vault: Vault, addresses: AddressSeal, kept: int) -> None:
        self._client = client
        self._vault = vault
        self._addresses = addresses
        self._kept = kept
        self._commit = Script(client, _COMMIT)

    async def load(self, conversation: str, channel: Channel) -> Conversation:
        """The conversation, or a new one of version 0."""
        async with ours():
            row: Reply = await self._client.hgetall(keys.conversation(conversation))
        if not row:
            return Conversation(conversation, channel)
        data: dict[str, Any] = json.loads(row[b"data"])
        known = {name: data[name] for name in _DATA if name in data}
        return Conversation(
            id=conversation,
            channel=Channel(data.get("channel", channel.value)),
            version=int(row[b"version"]),
            state=State(row[b"state"].decode()),
            operator=row[b"operator"].decode(),
            **known,
        )

    async def commit(self, change: Change) -> Conversation:
        """Write a change; raises Conflict if somebody else wrote first."""
        after = change.after
        # Asked of the queue itself: the language may have changed since the request was made.
        language = await self._queued_language(after.id) or (change.enqueue.language if change.enqueue else "en")
        version = await self._commit(
            [
                keys.conversation(after.id),
                keys.transcript(after.id),
                keys.outbox(after.channel.value),
                keys.delivery(after.id),
                keys.handoff(after.id),
                keys.queue(language),
                keys.AUDIT,
                keys.address(after.id),
            ],
            await self._args(change, language),
        )
        if version == -1:
            raise Conflict
        return Conversation(**{**after.__dict__, "version": int(version)})

    async def transcript(self, conversation: str, after: int = 0) -> list[Line]:
        """Lines numbered above `after`."""
        async with ours():
            rows: Reply = await self._client.lrange(keys.transcript(conversation), 0, -1)
        lines = []
        for row in rows:
            try:
                line = wire.line_in(await self._vault.open(conversation, "transcript", row))
            except KeyErased:
                continue
            if line.number > after:
                lines.append(line)
        return lines

    async def note(self, conversation: str, note: Note) -> None:
        """Keep a note."""
        sealed = await self._vault.seal(conversation, "note", wire.note_out(note))
        async with ours(), self._client.pipeline(transaction=True) as pipe:
            pipe.rpush(keys.notes(conversation), sealed)
            pipe.pexpire(keys.notes(conversation), self._kept)
            await pipe.execute()

    async def notes(self, conversation: str) -> list[Note]:
        """All notes, oldest first."""
        async with ours():
            rows: Reply = await self._client.lrange(keys.notes(conversation), 0, -1)
        return [wire.note_in(await self._vault.open(conversation, "note", row)) for row in rows]

    async def erase(self, conversation: Conversation, last: Sequence[Outbound]) -> None:
        """Destroy the key first, then what it sealed; then emit `last` under a new key."""
        id = conversation.id
        await self._vault.erase(id)
        await self._forget(conversation)
        fresh = Conversation(id, conversation.channel, chosen=conversation.chosen, applied=conversation.applied)
        await self.commit(Change(Conversation(id, conversation.channel), fresh, outbounds=tuple(last)))
        async with ours():
            await self._client.pexpire(keys.address(id), keys.ADDRESS_AFTER_ERASE)

    async def address(self, conversation: str) -> str:
        """The channel's address, for the sender alone."""
        async with ours():
            sealed: Reply = await self._client.get(keys.address(conversation))
        return self._addresses.open(conversation, sealed) if sealed else ""

    async def _forget(self, conversation: Conversation) -> None:
        id = conversation.id
        language = await self._queued_language(id) or "en"
        async with ours():
            owner: Reply = await self._client.hget(keys.handoff(id), "operator")
            async with self._client.pipeline(transaction=True) as pipe:
                for key in _KEPT_BY_ID:
                    pipe.delete(key(id))
                pipe.zrem(keys.queue(language), id)
                pipe.zrem(keys.LEASES, id)
                if owner:
                    pipe.srem(keys.held(owner.decode()), id)
                await pipe.execute()

    async def _queued_language(self, conversation: str) -> str:
        async with ours():
            language: Reply = await self._client.hget(keys.handoff(conversation), "language")
        return language.decode() if language else ""

    async def _args(self, change: Change, language: str) -> list[str | bytes | int]:
        after = change.after
        data = {"channel": after.channel.value, **{name: getattr(after, name) for name in _DATA}}
        args: list[str | bytes | int] = [change.before.version, after.state.value, after.operator, json.dumps(data)]
        args += [self._kept, after.id, after.last, len(change.lines)]
        for line in change.lines:
            args.append(await self._vault.seal(after.id, "transcript", wire.line_out(line)))
        args.append(len(change.outbounds))
        for out in change.outbounds:
            args += [out.id, await self._vault.seal(after.id, "outbox", wire.outbound_out(out))]
        return args + _request(change, language)


def _request(change: Change, language: str) -> list[str | bytes | int]:
    """The queue part of a commit's arguments."""
    if change.cancel:
        return ["cancel"]
    if change.enqueue is None:
        return [""]
    ask: HandoffRequest = change.enqueue
    place = score(ask.priority, ask.since)
    return [
        "enqueue", language, int(ask.priority), ask.reason.value, ask.since, ask.country, place,
        ",".join(ask.indicators),
    ]  # fmt: skip
