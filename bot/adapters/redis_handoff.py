"""The hand-off queue on Redis; its transitions are the scripts of bot.adapters.handoff_scripts.

Queues are sorted sets by language, scored once (bot.core.handoff.score), so a conversation that comes back
finds its old place. A claim is a lease the operator's open console renews.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import redis.asyncio as redis

from bot.adapters import handoff_scripts as scripts
from bot.adapters import keys
from bot.adapters.redis_audit import newest
from bot.adapters.redis_client import Reply, Script, ours
from bot.core.errors import Conflict, Full, HelplineError, NotYours, Reserved
from bot.core.handoff import (
    FOREIGN,
    FollowUp,
    HandoffRequest,
    Priority,
    Reaped,
    Reason,
    Rules,
    Stage,
    score,
)
from bot.core.language import LOCALES, speech
from bot.core.ports import Audit

# How long a claim holds without a sign of the operator's console, in milliseconds.
LEASE = 60 * keys.SECOND
LANGUAGES = tuple(dict.fromkeys(speech(locale) for locale in LOCALES))

_REFUSALS: dict[bytes, type[HelplineError]] = {
    b"conflict": Conflict,
    b"reserved": Reserved,
    b"full": Full,
    b"not_yours": NotYours,
}
_BATCH = 500


class RedisHandoff:
    """The hand-off queue; see bot.core.ports.HandoffQueue."""

    def __init__(self, client: redis.Redis, rules: Rules | None = None, lease: int = LEASE) -> None:
        self._client = client
        self._rules = rules or Rules()
        self._lease = lease
        self._claim = self._script(scripts.CLAIM)
        self._claim_next = self._script(scripts.CLAIM_NEXT)
        self._beat = self._script(scripts.BEAT)
        self._give_back = self._script(scripts.GIVE_BACK)
        self._offer = self._script(scripts.OFFER)
        self._accept = self._script(scripts.ACCEPT)
        self._refuse = self._script(scripts.REFUSE)
        self._reassign = self._script(scripts.REASSIGN)
        self._finish = self._script(scripts.FINISH)
        self._reap = self._script(scripts.REAP)
        self._unreserve = self._script(scripts.UNRESERVE)
        self._followed = self._script(scripts.FOLLOWED)

    async def waiting(self) -> list[HandoffRequest]:
        """All waiting requests, first to be taken first."""
        async with ours(), self._client.pipeline(transaction=False) as pipe:
            for key in (*map(keys.queue, LANGUAGES), keys.RESERVED):
                pipe.zrange(key, 0, -1)
            rows: Reply = await pipe.execute()
        found = await self._rows(id for ids in rows for id in ids)
        found = [request for request in found if request.stage is Stage.WAITING]
        return sorted(found, key=lambda r: (score(r.priority, r.since), r.conversation))

    async def held(self, operator: str = "") -> list[HandoffRequest]:
        """What an operator holds, or anyone."""
        async with ours():
            ids: Reply = await (
                self._client.smembers(keys.held(operator)) if operator else self._client.zrange(keys.LEASES, 0, -1)
            )
        found = [request for request in await self._rows(ids) if request.stage is Stage.CLAIMED]
        return sorted(found, key=lambda r: (r.priority, r.since))

    async def offers(self, operator: str, now: int) -> list[HandoffRequest]:
        """What colleagues offer."""
        async with ours():
            ids: Reply = await self._client.zrange(keys.OFFERS, 0, -1)
        return [r for r in await self._rows(ids) if r.offered_to == operator and r.offered(now)]

    async def find(self, conversation: str) -> HandoffRequest | None:
        """The open request of a conversation."""
        found = await self._rows([conversation.encode()])
        return found[0] if found else None

    async def claim(
        self, operator: str, conversation: str, now: int, version: int = 0, capacity: int = 0
    ) -> HandoffRequest:
        """Claim this one."""
        return _read(conversation, await self._claim([], [*self._head(now), operator, conversation, version, capacity]))

    async def claim_next(
        self, operator: str, languages: Sequence[str], now: int, capacity: int = 0
    ) -> HandoffRequest | None:
        """Claim the first."""
        own = [language for language in LANGUAGES if language in languages]
        others = [language for language in LANGUAGES if language not in languages]
        reply: Reply = await self._claim_next(
            [], [*self._head(now), operator, capacity, FOREIGN, len(own), *own, *others]
        )
        return None if reply == b"none" else _read("", reply)

    async def beat(self, operator: str, now: int) -> int:
        """Extend the operator's leases."""
        return int(await self._beat([], [*self._head(now), operator]))

    async def give_back(self, operator: str, conversation: str, now: int, version: int = 0) -> None:
        """Back to the queue, at the old place."""
        _read(conversation, await self._give_back([], [*self._head(now), operator, conversation, version]))

    async def offer(
        self, operator: str, conversation: str, to: str, now: int, version: int = 0, capacity: int = 0
    ) -> HandoffRequest:
        """Offer to a colleague."""
        until = now + self._rules.offer
        args = [*self._head(now), operator, conversation, version, to, until, capacity]
        return _read(conversation, await self._offer([], args))

    async def accept(
        self, operator: str, conversation: str, now: int, version: int = 0, capacity: int = 0
    ) -> HandoffRequest:
        """Take what is offered."""
        args = [*self._head(now), operator, conversation, version, capacity]
        return _read(conversation, await self._accept([], args))

    async def refuse(self, operator: str, conversation: str, now: int, version: int = 0) -> None:
        """Refuse an offer, or take one's own back."""
        _read(conversation, await self._refuse([], [*self._head(now), operator, conversation, version]))

    async def reassign(self, supervisor: str, conversation: str, to: str, now: int, version: int = 0) -> HandoffRequest:
        """To an operator, or to the queue."""
        args = [*self._head(now), supervisor, conversation, version, to]
        return _read(conversation, await self._reassign([], args))

    async def finish(
        self, operator: str, conversation: str, now: int, *, closed: bool, reason: str = "", version: int = 0,
        follow_up: int = 0,
    ) -> None:  # fmt: skip
        """End the hand-off."""
        ends = ("closed", "closed") if closed else ("assistant", "released")
        args = [*self._head(now), operator, conversation, version, *ends, reason, follow_up]
        _read(conversation, await self._finish([], args))

    async def reap(self, now: int) -> Reaped:
        """Return what ran out."""
        reply: Reply = await self._reap([], [*self._head(now), self._rules.warning])
        return Reaped(*(tuple(_read(id.decode(), row) for id, row in rows) for rows in reply))

    async def unreserve(self, operator: str) -> None:
        """What waits for this operator may be taken by all."""
        await self._unreserve([], [*self._head(0), operator])

    async def follow_ups(self, until: int) -> list[FollowUp]:
        """Closed conversations to be looked at again."""
        async with ours():
            ids: Reply = await self._client.zrangebyscore(keys.FOLLOW_UPS, "-inf", until)
            async with self._client.pipeline(transaction=False) as pipe:
                for id in ids:
                    pipe.hgetall(keys.follow_up(id.decode()))
                rows: Reply = await pipe.execute()
        texts = ((id.decode(), _texts(row)) for id, row in zip(ids, rows, strict=True) if row)
        return [FollowUp(id, int(t["at"]), t["operator"], t["language"], t["country"]) for id, t in texts]

    async def followed(self, operator: str, conversation: str, now: int) -> bool:
        """It was looked at."""
        return bool(await self._followed([], [*self._head(now), operator, conversation]))

    async def waits(self, language: str, since: int) -> list[int]:
        """How long people waited of late."""
        async with ours():
            rows: Reply = await self._client.lrange(keys.waits(language), 0, -1)
        pairs = (row.decode().split(":") for row in rows)
        return [int(waited) for at, waited in pairs if int(at) > since]

    async def audit(self, count: int = 100) -> list[Audit]:
        """The newest transitions, newest first."""
        return await newest(self._client, count)

    def _script(self, text: str) -> Script:
        return Script(self._client, scripts.COMMON + text)

    def _head(self, now: int) -> list[str | bytes | int]:
        """The arguments all scripts begin with."""
        rules = self._rules
        return [keys.PREFIX, now, now + self._lease, now + rules.first_reply, now + rules.first_reply_crisis]

    async def _rows(self, ids: Iterable[bytes]) -> list[HandoffRequest]:
        """The hand-offs of some conversations, in few round trips; those that are gone are left out."""
        names = [id.decode() for id in ids]
        found: list[HandoffRequest] = []
        for start in range(0, len(names), _BATCH):
            batch = names[start : start + _BATCH]
            async with ours(), self._client.pipeline(transaction=False) as pipe:
                for id in batch:
                    pipe.hgetall(keys.handoff(id))
                rows: Reply = await pipe.execute()
            found += [_request(id, _texts(row)) for id, row in zip(batch, rows, strict=True) if row]
        return found


def _read(conversation: str, reply: Reply) -> HandoffRequest:
    """A script's answer: the hand-off, as names and values; raises what it refused with."""
    if isinstance(reply, bytes):
        raise _REFUSALS[reply]
    row = _texts(dict(zip(reply[::2], reply[1::2], strict=True)))
    return _request(conversation or row["id"], row)


def _texts(row: Reply) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in row.items()}


def _request(conversation: str, row: dict[str, str]) -> HandoffRequest:
    def number(name: str) -> int:
        return int(row.get(name) or 0)

    return HandoffRequest(
        conversation=conversation,
        language=row["language"],
        priority=Priority(int(row["priority"])),
        reason=Reason(row["reason"]),
        since=number("since"),
        country=row["country"],
        stage=Stage(row["stage"]),
        operator=row["operator"],
        lease=number("lease"),
        version=number("version"),
        indicators=tuple(filter(None, row.get("indicators", "").split(","))),
        answer_by=number("answer_by"),
        offered_to=row.get("offered_to", ""),
        offer_until=number("offer_until"),
        reserved_for=row.get("reserved_for", ""),
        reserved_until=number("reserved_until"),
    )
