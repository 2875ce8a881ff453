"""The scripts of the hand-off queue: each transition is one Lua script over queue, hand-off and conversation.

All take the same first arguments: 1 key prefix, 2 time, 3 end of a lease, 4 when a first reply is due, 5 the same
for a crisis; times in ms. A transition answers with the hand-off as it is now, or with the name of a refusal.
"""

from __future__ import annotations

from bot.adapters.redis_audit import NOTE

COMMON = (
    "local P, now = ARGV[1], ARGV[2]\n"
    + NOTE
    + """
local function row(id) return P .. 'handoff:' .. id end
local function get(id, name) return redis.call('HGET', row(id), name) or '' end
local function found(id) return redis.call('HGETALL', row(id)) end
local function later(time) return tonumber(time) > tonumber(now) end
local function stale(id, version) return version ~= '0' and get(id, 'version') ~= version end
local function crisis(id) return get(id, 'priority') == '0' end
local function full(operator, capacity)
  return capacity ~= '0' and redis.call('SCARD', P .. 'held:' .. operator) >= tonumber(capacity)
end
-- The conversation changes hands: a worker that decided before must decide again.
local function turn(id, state, operator)
  redis.call('HSET', row(id), 'version', redis.call('INCR', P .. 'turns'))
  redis.call('HSET', P .. 'conversation:' .. id, 'state', state, 'operator', operator)
  redis.call('HINCRBY', P .. 'conversation:' .. id, 'version', 1)
  redis.call('DEL', P .. 'draft:' .. id)
  if state == 'operator' then redis.call('HSET', P .. 'conversation:' .. id, 'claim', now) end
end
local function leave_queue(id)
  redis.call('ZREM', P .. 'queue:' .. get(id, 'language'), id)
  redis.call('ZREM', P .. 'reserved', id)
  redis.call('HSET', row(id), 'reserved_for', '', 'reserved_until', '0')
end
local function to_all(id)
  leave_queue(id)
  redis.call('ZADD', P .. 'queue:' .. get(id, 'language'), get(id, 'score'), id)
end
local function claim(id, operator, what, by, detail)
  local due = crisis(id) and ARGV[5] or ARGV[4]
  leave_queue(id)
  redis.call('HSET', row(id), 'stage', 'claimed', 'operator', operator, 'lease', ARGV[3], 'answer_by', due,
    'warned', '0')
  redis.call('ZADD', P .. 'leases', ARGV[3], id)
  redis.call('ZADD', P .. 'answer_by', due, id)
  redis.call('SADD', P .. 'held:' .. operator, id)
  turn(id, 'operator', operator)
  note(what, id, by, detail)
end
local function end_offer(id)
  redis.call('ZREM', P .. 'offers', id)
  redis.call('HSET', row(id), 'offered_to', '', 'offer_until', '0')
end
-- The holder has it no longer; returns who that was.
local function let_go(id)
  local operator = get(id, 'operator')
  redis.call('ZREM', P .. 'leases', id)
  redis.call('ZREM', P .. 'answer_by', id)
  redis.call('SREM', P .. 'held:' .. operator, id)
  end_offer(id)
  redis.call('HSET', row(id), 'answer_by', '0')
  return operator
end
local function requeue(id, what, by, detail)
  let_go(id)
  redis.call('HSET', row(id), 'stage', 'waiting', 'operator', '', 'lease', '0')
  to_all(id)
  turn(id, 'waiting', '')
  note(what, id, by, detail)
end
local function refusal(id, operator, version)
  if get(id, 'operator') ~= operator then return 'not_yours' end
  if stale(id, version) then return 'conflict' end
end
local function open_reserved()
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. 'reserved', '-inf', now)) do to_all(id) end
end
"""
)

# ARGV from 6: operator, conversation, version, capacity.
CLAIM = """
local operator, id = ARGV[6], ARGV[7]
if get(id, 'stage') ~= 'waiting' or stale(id, ARGV[8]) then return 'conflict' end
local kept = get(id, 'reserved_for')
if kept ~= '' and kept ~= operator and later(get(id, 'reserved_until')) then return 'reserved' end
if not crisis(id) and full(operator, ARGV[9]) then return 'full' end
claim(id, operator, 'claimed', operator, '')
return found(id)
"""

# ARGV from 6: operator, capacity, handicap of foreign languages (ms), number of own languages, all languages….
CLAIM_NEXT = """
local operator, own = ARGV[6], tonumber(ARGV[9])
open_reserved()
local best, place
local function weigh(id, score)
  if id and (not place or score < place) then best, place = id, score end
end
for i = 10, #ARGV do
  local head = redis.call('ZRANGE', P .. 'queue:' .. ARGV[i], 0, 0, 'WITHSCORES')
  if head[1] then weigh(head[1], tonumber(head[2]) + (i - 9 > own and tonumber(ARGV[8]) or 0)) end
end
for _, id in ipairs(redis.call('ZRANGE', P .. 'reserved', 0, -1)) do
  if get(id, 'reserved_for') == operator then weigh(id, tonumber(get(id, 'score'))) end
end
if not best then return 'none' end
if full(operator, ARGV[7]) then return 'full' end
claim(best, operator, 'claimed', operator, '')
return found(best)
"""

# ARGV from 6: operator.
BEAT = """
local held = redis.call('SMEMBERS', P .. 'held:' .. ARGV[6])
for _, id in ipairs(held) do
  redis.call('ZADD', P .. 'leases', ARGV[3], id)
  redis.call('HSET', row(id), 'lease', ARGV[3])
end
return #held
"""

# ARGV from 6: operator, conversation, version.
GIVE_BACK = """
local no = refusal(ARGV[7], ARGV[6], ARGV[8])
if no then return no end
requeue(ARGV[7], 'returned', ARGV[6], '')
return found(ARGV[7])
"""

# ARGV from 6: operator, conversation, version, to, until, capacity of `to`. The giver goes on holding it.
OFFER = """
local operator, id, to = ARGV[6], ARGV[7], ARGV[9]
local no = refusal(id, operator, ARGV[8])
if no then return no end
if to == operator or (get(id, 'offered_to') ~= '' and later(get(id, 'offer_until'))) then return 'conflict' end
if not crisis(id) and full(to, ARGV[11]) then return 'full' end
redis.call('HSET', row(id), 'offered_to', to, 'offer_until', ARGV[10])
redis.call('ZADD', P .. 'offers', ARGV[10], id)
note('offered', id, operator, to)
return found(id)
"""

# ARGV from 6: operator, conversation, version, capacity.
ACCEPT = """
local operator, id = ARGV[6], ARGV[7]
if get(id, 'offered_to') ~= operator or stale(id, ARGV[8]) or not later(get(id, 'offer_until')) then
  return 'conflict'
end
if not crisis(id) and full(operator, ARGV[9]) then return 'full' end
local giver = let_go(id)
claim(id, operator, 'accepted', operator, giver)
return found(id)
"""

# ARGV from 6: operator, conversation, version. Whom it is offered to refuses; who offers takes it back.
REFUSE = """
local operator, id = ARGV[6], ARGV[7]
local to, giver = get(id, 'offered_to'), get(id, 'operator')
if operator ~= giver and operator ~= to then return to == '' and 'conflict' or 'not_yours' end
if to == '' or stale(id, ARGV[8]) then return 'conflict' end
end_offer(id)
note(operator == to and 'refused' or 'recalled', id, operator, operator == to and giver or to)
return found(id)
"""

# ARGV from 6: supervisor, conversation, version, to ('' is the queue).
REASSIGN = """
local id, to = ARGV[7], ARGV[9]
local stage, holder = get(id, 'stage'), get(id, 'operator')
if stage == '' or stale(id, ARGV[8]) or to == holder then return 'conflict' end
if to == '' then
  requeue(id, 'reassigned', ARGV[6], '')
else
  if stage == 'claimed' then let_go(id) end
  claim(id, to, 'reassigned', ARGV[6], to)
end
return found(id)
"""

# ARGV from 6: operator, conversation, version, state after, what, reason, follow-up (ms, 0: none).
FINISH = """
local operator, id = ARGV[6], ARGV[7]
local no = refusal(id, operator, ARGV[8])
if no then return no end
local was, conversation, later_on = found(id), P .. 'conversation:' .. id, P .. 'followup:' .. id
redis.call('DEL', later_on)
redis.call('ZREM', P .. 'followups', id)
if ARGV[12] ~= '0' then
  redis.call('HSET', later_on, 'at', ARGV[12], 'operator', operator, 'language', get(id, 'language'),
    'country', get(id, 'country'))
  redis.call('ZADD', P .. 'followups', ARGV[12], id)
end
let_go(id)
turn(id, ARGV[9], '')
redis.call('DEL', row(id))
-- Who wrote last and when it ended: a person who comes back soon comes back to them.
local known = ARGV[9] == 'closed'
redis.call('HSET', conversation, 'helper', known and operator or '', 'ended', known and now or '0')
note(ARGV[10], id, operator, ARGV[11])
return was
"""

# ARGV from 6: how long before it is due a first reply is warned of. Answers with four lists of hand-offs.
REAP = """
local function due(key, from, to) return redis.call('ZRANGEBYSCORE', P .. key, from, to) end
local function taken_back(key, what)
  local back = {}
  for _, id in ipairs(due(key, '-inf', now)) do
    local operator = get(id, 'operator')
    if operator == '' then redis.call('ZREM', P .. key, id)
    else
      requeue(id, what, operator, '')
      back[#back + 1] = {id, found(id)}
    end
  end
  return back
end
local lost, unanswered = taken_back('leases', 'lost'), taken_back('answer_by', 'unanswered')
local lapsed, warned = {}, {}
for _, id in ipairs(due('offers', '-inf', now)) do
  local giver, to = get(id, 'operator'), get(id, 'offered_to')
  end_offer(id)
  note('lapsed', id, giver, to)
  lapsed[#lapsed + 1] = {id, found(id)}
end
open_reserved()
for _, id in ipairs(due('answer_by', '(' .. now, now + ARGV[6])) do
  if get(id, 'warned') == '0' then
    redis.call('HSET', row(id), 'warned', '1')
    warned[#warned + 1] = {id, found(id)}
  end
end
return {lost, unanswered, lapsed, warned}
"""

# ARGV from 6: operator. What is reserved for somebody who left may be taken by all.
UNRESERVE = """
for _, id in ipairs(redis.call('ZRANGE', P .. 'reserved', 0, -1)) do
  if get(id, 'reserved_for') == ARGV[6] then to_all(id) end
end
"""

# ARGV from 6: operator, conversation.
FOLLOWED = """
redis.call('ZREM', P .. 'followups', ARGV[7])
if redis.call('DEL', P .. 'followup:' .. ARGV[7]) == 0 then return 0 end
note('followed_up', ARGV[7], ARGV[6], '')
return 1
"""
