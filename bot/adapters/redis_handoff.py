"""The hand-off queue on Redis: each transition is one Lua script over queue, hand-off and conversation.

Queues are sorted sets by language, scored once (bot.core.handoff.score), so a conversation that comes back
finds its old place. A claim is a lease the operator's open console renews.
"""

from __future__ import annotations

from collections.abc import Sequence

import redis.asyncio as redis

from bot.adapters import keys
from bot.adapters.redis_client import Reply, Script, ours
from bot.core.errors import Conflict, NotYours
from bot.core.handoff import HandoffRequest, Priority, Reason, Stage
from bot.core.language import LOCALES, speech
from bot.core.ports import Audit

# How long a claim holds without a sign of the operator's console, in milliseconds.
LEASE = 60 * keys.SECOND
LANGUAGES = tuple(dict.fromkeys(speech(locale) for locale in LOCALES))

# Shared by all scripts: where things are, and the audit entry. ARGV[1] is the key prefix, ARGV[2] the time.
_COMMON = """
local P, now = ARGV[1], ARGV[2]
local function audit(what, id, operator, detail)
  redis.call('XADD', P .. 'audit', 'MAXLEN', '~', '100000', '*', 'at', now, 'what', what, 'c', id, 'o', operator,
    'd', detail)
end
local function claim(id, operator, lease)
  local h = P .. 'handoff:' .. id
  redis.call('ZREM', P .. 'queue:' .. redis.call('HGET', h, 'language'), id)
  redis.call('HSET', h, 'stage', 'claimed', 'operator', operator, 'lease', lease)
  redis.call('ZADD', P .. 'leases', lease, id)
  redis.call('SADD', P .. 'held:' .. operator, id)
  redis.call('HSET', P .. 'conversation:' .. id, 'state', 'operator', 'operator', operator)
  redis.call('HINCRBY', P .. 'conversation:' .. id, 'version', 1)
  audit('claimed', id, operator, '')
end
local function let_go(id, operator)
  redis.call('ZREM', P .. 'leases', id)
  redis.call('SREM', P .. 'held:' .. operator, id)
end
local function requeue(id, what, operator)
  local h = P .. 'handoff:' .. id
  let_go(id, operator)
  redis.call('HSET', h, 'stage', 'waiting', 'operator', '', 'lease', '0')
  redis.call('ZADD', P .. 'queue:' .. redis.call('HGET', h, 'language'), redis.call('HGET', h, 'score'), id)
  redis.call('HSET', P .. 'conversation:' .. id, 'state', 'waiting', 'operator', '')
  redis.call('HINCRBY', P .. 'conversation:' .. id, 'version', 1)
  audit(what, id, operator, '')
end
local function holds(id, operator)
  return redis.call('HGET', P .. 'handoff:' .. id, 'operator') == operator
end
"""

# ARGV: prefix, now, operator, conversation, lease. 0: not waiting any more.
_CLAIM = """
if redis.call('HGET', P .. 'handoff:' .. ARGV[4], 'stage') ~= 'waiting' then return 0 end
claim(ARGV[4], ARGV[3], ARGV[5])
return 1
"""

# ARGV: prefix, now, operator, capacity, lease, number of own languages, own languages…, other languages….
_CLAIM_NEXT = """
local operator, capacity, own = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[6])
if capacity > 0 and redis.call('SCARD', P .. 'held:' .. operator) >= capacity then return false end
local function first(from, to)
  local best, place
  for i = from, to do
    local head = redis.call('ZRANGE', P .. 'queue:' .. ARGV[i], 0, 0, 'WITHSCORES')
    if head[1] and (not place or tonumber(head[2]) < place) then best, place = head[1], tonumber(head[2]) end
  end
  return best
end
local id = first(7, 6 + own) or first(7 + own, #ARGV)
if not id then return false end
claim(id, operator, ARGV[5])
return id
"""

# ARGV: prefix, now, operator, lease.
_BEAT = """
local held = redis.call('SMEMBERS', P .. 'held:' .. ARGV[3])
for _, id in ipairs(held) do
  redis.call('ZADD', P .. 'leases', ARGV[4], id)
  redis.call('HSET', P .. 'handoff:' .. id, 'lease', ARGV[4])
end
return #held
"""

# ARGV: prefix, now, operator, conversation.
_GIVE_BACK = """
if not holds(ARGV[4], ARGV[3]) then return 0 end
requeue(ARGV[4], 'returned', ARGV[3])
return 1
"""

# ARGV: prefix, now, operator, conversation, to, lease.
_TRANSFER = """
if not holds(ARGV[4], ARGV[3]) then return 0 end
let_go(ARGV[4], ARGV[3])
claim(ARGV[4], ARGV[5], ARGV[6])
audit('transferred', ARGV[4], ARGV[3], ARGV[5])
return 1
"""

# ARGV: prefix, now, operator, conversation, state after, what, reason.
_FINISH = """
if not holds(ARGV[4], ARGV[3]) then return 0 end
let_go(ARGV[4], ARGV[3])
redis.call('DEL', P .. 'handoff:' .. ARGV[4])
redis.call('HSET', P .. 'conversation:' .. ARGV[4], 'state', ARGV[5], 'operator', '')
redis.call('HINCRBY', P .. 'conversation:' .. ARGV[4], 'version', 1)
audit(ARGV[6], ARGV[4], ARGV[3], ARGV[7])
return 1
"""

# ARGV: prefix, now.
_REAP = """
local lost = redis.call('ZRANGEBYSCORE', P .. 'leases', '-inf', now)
for _, id in ipairs(lost) do
  local operator = redis.call('HGET', P .. 'handoff:' .. id, 'operator')
  if operator and operator ~= '' then requeue(id, 'lost', operator) else redis.call('ZREM', P .. 'leases', id) end
end
return lost
"""


class RedisHandoff:
    """The hand-off queue; see bot.core.ports.HandoffQueue."""

    def __init__(self, client: redis.Redis, lease: int = LEASE) -> None:
        self._client = client
        self._lease = lease
        self._claim = Script(client, _COMMON + _CLAIM)
        self._claim_next = Script(client, _COMMON + _CLAIM_NEXT)
        self._beat = Script(client, _COMMON + _BEAT)
        self._give_back = Script(client, _COMMON + _GIVE_BACK)
        self._transfer = Script(client, _COMMON + _TRANSFER)
        self._finish = Script(client, _COMMON + _FINISH)
        self._reap = Script(client, _COMMON + _REAP)

    async def waiting(self) -> list[HandoffRequest]:
        """All waiting requests, first to be taken first."""
        ids: list[tuple[float, str]] = []
        async with ours():
            for language in LANGUAGES:
                rows: Reply = await self._client.zrange(keys.queue(language), 0, -1, withscores=True)
                ids += [(float(place), id.decode()) for id, place in rows]
        found = [await self.find(id) for _, id in sorted(ids)]
        return [request for request in found if request is not None and request.stage is Stage.WAITING]

    async def held(self, operator: str = "") -> list[HandoffRequest]:
        """What an operator holds, or anyone."""
        async with ours():
            rows: Reply = await (
                self._client.smembers(keys.held(operator)) if operator else self._client.zrange(keys.LEASES, 0, -1)
            )
        found = [await self.find(id.decode()) for id in rows]
        return sorted((r for r in found if r is not None), key=lambda r: (r.priority, r.since))

    async def find(self, conversation: str) -> HandoffRequest | None:
        """The open request of a conversation."""
        async with ours():
            row: Reply = await self._client.hgetall(keys.handoff(conversation))
            version: Reply = await self._client.hget(keys.conversation(conversation), "version")
        if not row:
            return None
        text = {name.decode(): value.decode() for name, value in row.items()}
        return HandoffRequest(
            conversation=conversation,
            language=text["language"],
            priority=Priority(int(text["priority"])),
            reason=Reason(text["reason"]),
            since=int(text["since"]),
            country=text["country"],
            stage=Stage(text["stage"]),
            operator=text["operator"],
            lease=int(text["lease"]),
            version=int(version or 0),
            indicators=tuple(filter(None, text.get("indicators", "").split(","))),
        )

    async def claim(self, operator: str, conversation: str, now: int) -> HandoffRequest:
        """Claim this one; raises Conflict."""
        if not await self._claim([], [keys.PREFIX, now, operator, conversation, now + self._lease]):
            raise Conflict
        return await self._found(conversation)

    async def claim_next(
        self, operator: str, languages: Sequence[str], now: int, capacity: int = 0
    ) -> HandoffRequest | None:
        """Claim the first of the operator's languages, else of any."""
        own = [language for language in LANGUAGES if language in languages]
        others = [language for language in LANGUAGES if language not in languages]
        id: Reply = await self._claim_next(
            [], [keys.PREFIX, now, operator, capacity, now + self._lease, len(own), *own, *others]
        )
        return await self._found(id.decode()) if id else None

    async def beat(self, operator: str, now: int) -> int:
        """Extend the operator's leases."""
        return int(await self._beat([], [keys.PREFIX, now, operator, now + self._lease]))

    async def give_back(self, operator: str, conversation: str, now: int) -> None:
        """Back to the queue, at the old place."""
        if not await self._give_back([], [keys.PREFIX, now, operator, conversation]):
            raise NotYours

    async def transfer(self, operator: str, conversation: str, to: str, now: int) -> None:
        """Hand to another operator."""
        if not await self._transfer([], [keys.PREFIX, now, operator, conversation, to, now + self._lease]):
            raise NotYours

    async def finish(self, operator: str, conversation: str, now: int, *, closed: bool, reason: str = "") -> None:
        """End the hand-off."""
        state, what = ("closed", "closed") if closed else ("assistant", "released")
        if not await self._finish([], [keys.PREFIX, now, operator, conversation, state, what, reason]):
            raise NotYours

    async def reap(self, now: int) -> list[HandoffRequest]:
        """Return the conversations of lost operators to their old places."""
        lost: Reply = await self._reap([], [keys.PREFIX, now])
        found = [await self.find(id.decode()) for id in lost]
        return [request for request in found if request is not None]

    async def audit(self, count: int = 100) -> list[Audit]:
        """The newest transitions, newest first."""
        async with ours():
            rows: Reply = await self._client.xrevrange(keys.AUDIT, count=count)
        texts = ({name.decode(): value.decode() for name, value in fields.items()} for _, fields in rows)
        return [Audit(int(t["at"]), t["what"], t["c"], t["o"], t["d"]) for t in texts]

    async def _found(self, conversation: str) -> HandoffRequest:
        request = await self.find(conversation)
        if request is None:
            raise Conflict
        return request
