"""Conversations, their transcripts and notes on Redis; every change is one atomic step guarded by a version."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import redis.asyncio as redis

from bot.adapters import keys, wire
from bot.adapters.redis_audit import NOTE
from bot.adapters.redis_client import Reply, Script, ours
from bot.adapters.vault import AddressSeal
from bot.core.conversation import Conversation, State
from bot.core.errors import Conflict, KeyErased
from bot.core.handoff import HandoffRequest, score
from bot.core.message import Channel, Line, Note, Outbound
from bot.core.ports import Change, Vault

# Writes a change. KEYS: conversation, transcript, outbox, delivery, address, media, files.
# ARGV: key prefix, now (ms), id, version before, state, operator, helper, ended, data, kept for (ms),
#       when its operator wrote (ms, 0: not),
#       number of lines, lines…, number of outbounds, (id, record)…,
#       "" | "enqueue", then: language, priority, reason, since, country, score, indicators, reserved for,
#       reserved until; or "cancel".
# A conversation whose hand-off was finished or claimed meanwhile has another version, so nothing here races it.
_COMMIT = (
    "local P, now = ARGV[1], ARGV[2]\n"
    + NOTE
    + """
local id = ARGV[3]
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
if version ~= tonumber(ARGV[4]) then return -1 end
redis.call('HSET', KEYS[1], 'version', version + 1, 'state', ARGV[5], 'operator', ARGV[6], 'helper', ARGV[7],
  'ended', ARGV[8], 'data', ARGV[9])
local at = 12
local lines = tonumber(ARGV[at])
for i = 1, lines do redis.call('RPUSH', KEYS[2], ARGV[at + i]) end
at = at + lines + 1
local outs = tonumber(ARGV[at])
for i = 1, outs do
  redis.call('HSET', KEYS[4], ARGV[at + 2 * i - 1], 'waiting')
  redis.call('XADD', KEYS[3], '*', 'c', id, 'r', ARGV[at + 2 * i])
end
at = at + 2 * outs + 1
local row = P .. 'handoff:' .. id
local queue = P .. 'queue:' .. (redis.call('HGET', row, 'language') or ARGV[at + 1] or '')
local function to_all()
  redis.call('ZREM', P .. 'reserved', id)
  redis.call('HSET', row, 'reserved_for', '', 'reserved_until', '0')
  redis.call('ZADD', queue, redis.call('HGET', row, 'score'), id)
end
local function enqueue(old)
  if not old then
    redis.call('HSET', row, 'id', id, 'language', ARGV[at + 1], 'since', ARGV[at + 4],
      'version', redis.call('INCR', P .. 'turns'))
  end
  -- One that is raised keeps the time it came.
  local score = ARGV[at + 6] - ARGV[at + 4] + redis.call('HGET', row, 'since')
  redis.call('HSET', row, 'priority', ARGV[at + 2], 'reason', ARGV[at + 3], 'country', ARGV[at + 5],
    'score', score, 'stage', 'waiting', 'operator', '', 'lease', '0')
  to_all()
  if not old and ARGV[at + 8] ~= '' then
    redis.call('ZREM', queue, id)
    redis.call('ZADD', P .. 'reserved', ARGV[at + 9], id)
    redis.call('HSET', row, 'reserved_for', ARGV[at + 8], 'reserved_until', ARGV[at + 9])
  end
  note(old and 'raised' or 'enqueued', id, '', ARGV[at + 3])
end
local function cancel()
  local operator = redis.call('HGET', row, 'operator')
  if redis.call('DEL', row) == 0 then return end
  for _, key in ipairs({queue, P .. 'reserved', P .. 'leases', P .. 'answer_by', P .. 'offers'}) do
    redis.call('ZREM', key, id)
  end
  redis.call('SREM', P .. 'held:' .. (operator or ''), id)
  note('cancelled', id, '', '')
end
if ARGV[at] == 'enqueue' then
  local old = redis.call('HGET', row, 'priority')
  if not old or tonumber(ARGV[at + 2]) < tonumber(old) then enqueue(old) end
  if ARGV[at + 7] ~= '' then redis.call('HSET', row, 'indicators', ARGV[at + 7]) end
elseif ARGV[at] == 'cancel' then
  cancel()
end
-- The first reply of this hand-off: the operator keeps it, and how long it took tells others how long a wait is.
if ARGV[11] ~= '0' and redis.call('EXISTS', row) == 1 then
  redis.call('HSET', row, 'answer_by', '0')
  redis.call('ZREM', P .. 'answer_by', id)
  if redis.call('HSETNX', row, 'answered', ARGV[11]) == 1 then
    local waits = P .. 'waits:' .. redis.call('HGET', row, 'language')
    redis.call('LPUSH', waits, ARGV[11] .. ':' .. (ARGV[11] - redis.call('HGET', row, 'since')))
    redis.call('LTRIM', waits, 0, 49)
  end
end
for i, key in ipairs(KEYS) do
  if i ~= 3 then redis.call('PEXPIRE', key, ARGV[10]) end
end
return version + 1
"""
)

# Fields of a conversation kept as JSON; id, channel, version, state and operator stand beside them.
_DATA = (
    "chosen", "detected", "hint", "country", "lines", "applied", "misses", "introduced", "last", "later", "quiet",
    "asked_about", "asked_day", "claimed", "replied",
)  # fmt: skip

# What is kept of a conversation under its id, and goes with it.
_KEPT_BY_ID = (
    keys.conversation,
    keys.transcript,
    keys.notes,
    keys.media,
    keys.files,
    keys.draft,
    keys.delivery,
    keys.mailbox,
    keys.tracker,
    keys.handoff,
    keys.follow_up,
)

# Takes a conversation out of everything. KEYS: what is kept under its id. ARGV: key prefix, now (ms), id.
_FORGET = (
    "local P, now, id = ARGV[1], ARGV[2], ARGV[3]\n"
    + NOTE
    + """
local row = P .. 'handoff:' .. id
local queue = 'queue:' .. (redis.call('HGET', row, 'language') or '')
redis.call('SREM', P .. 'held:' .. (redis.call('HGET', row, 'operator') or ''), id)
for _, key in ipairs({queue, 'reserved', 'leases', 'answer_by', 'offers', 'followups'}) do
  redis.call('ZREM', P .. key, id)
end
for _, key in ipairs(KEYS) do redis.call('DEL', key) end
note('erased', id, '', '')
"""
)


class RedisConversations:
    """Conversations on Redis. `kept` is the retention in milliseconds, renewed by every change."""

    def __init__(self, client: redis.Redis, vault: Vault, addresses: AddressSeal, kept: int) -> None:
        self._client = client
        self._vault = vault
        self._addresses = addresses
        self._kept = kept
        self._commit = Script(client, _COMMIT)
        self._forgotten = Script(client, _FORGET)

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
            helper=row.get(b"helper", b"").decode(),
            ended=int(row.get(b"ended", 0)),
            claim=int(row.get(b"claim", 0)),
            **known,
        )

    async def commit(self, change: Change) -> Conversation:
        """Write a change; raises Conflict if somebody else wrote first."""
        after = change.after
        version = await self._commit(
            [
                keys.conversation(after.id),
                keys.transcript(after.id),
                keys.outbox(after.channel.value),
                keys.delivery(after.id),
                keys.address(after.id),
                keys.media(after.id),
                keys.files(after.id),
            ],
            await self._args(change),
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
        kept = [key(conversation.id) for key in _KEPT_BY_ID]
        await self._forgotten(kept, [keys.PREFIX, conversation.last, conversation.id])

    async def _args(self, change: Change) -> list[str | bytes | int]:
        after = change.after
        data = {"channel": after.channel.value, **{name: getattr(after, name) for name in _DATA}}
        args: list[str | bytes | int] = [keys.PREFIX, after.last, after.id, change.before.version]
        args += [after.state.value, after.operator, after.helper, after.ended, json.dumps(data), self._kept]
        args += [change.answered, len(change.lines)]
        for line in change.lines:
            args.append(await self._vault.seal(after.id, "transcript", wire.line_out(line)))
        args.append(len(change.outbounds))
        for out in change.outbounds:
            args += [out.id, await self._vault.seal(after.id, "outbox", wire.outbound_out(out))]
        return args + _request(change)


def _request(change: Change) -> list[str | bytes | int]:
    """The queue part of a commit's arguments."""
    if change.cancel:
        return ["cancel"]
    if change.enqueue is None:
        return [""]
    ask: HandoffRequest = change.enqueue
    place = score(ask.priority, ask.since)
    return [
        "enqueue", ask.language, int(ask.priority), ask.reason.value, ask.since, ask.country, place,
        ",".join(ask.indicators), ask.reserved_for, ask.reserved_until,
    ]  # fmt: skip
