"""The memory twin of the hand-off queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.adapters.memory import World
from bot.adapters.redis_handoff import LEASE
from bot.core.conversation import State
from bot.core.errors import Conflict, Full, NotYours, Reserved
from bot.core.handoff import FollowUp, HandoffRequest, Priority, Reaped, Rules, Stage, place, score
from bot.core.ports import Audit


class MemoryHandoff:
    """The hand-off queue in memory."""

    def __init__(self, world: World, rules: Rules | None = None, lease: int = LEASE) -> None:
        self._world = world
        self._rules = rules or Rules()
        self._lease = lease

    async def waiting(self) -> list[HandoffRequest]:
        """All waiting requests, first to be taken first."""
        found = self._all(lambda r: r.stage is Stage.WAITING)
        return sorted(found, key=lambda r: (score(r.priority, r.since), r.conversation))

    async def held(self, operator: str = "") -> list[HandoffRequest]:
        """What an operator holds, or anyone."""
        found = self._all(lambda r: r.stage is Stage.CLAIMED and operator in ("", r.operator))
        return sorted(found, key=lambda r: (r.priority, r.since))

    async def offers(self, operator: str, now: int) -> list[HandoffRequest]:
        """What colleagues offer."""
        return self._all(lambda r: r.offered_to == operator and r.offered(now))

    async def find(self, conversation: str) -> HandoffRequest | None:
        """The open request."""
        return self._world.handoffs.get(conversation)

    async def claim(
        self, operator: str, conversation: str, now: int, version: int = 0, capacity: int = 0
    ) -> HandoffRequest:
        """Claim this one."""
        request = self._at(conversation, version)
        if request.stage is not Stage.WAITING:
            raise Conflict
        if request.kept_from(operator, now):
            raise Reserved
        self._room(operator, capacity, request)
        return self._take(request, operator, now, "claimed", operator)

    async def claim_next(
        self, operator: str, languages: Sequence[str], now: int, capacity: int = 0
    ) -> HandoffRequest | None:
        """Claim the first."""
        self._open_reserved(now)
        free = [r for r in await self.waiting() if not r.kept_from(operator, now)]
        if not free:
            return None
        # What is kept for the operator counts as in their language: they know the person.
        first = min(
            free,
            key=lambda r: (place(r, [*languages, r.language] if r.reserved_for else languages), r.conversation),
        )
        self._room(operator, capacity, None)
        return self._take(first, operator, now, "claimed", operator)

    async def beat(self, operator: str, now: int) -> int:
        """Extend the operator's leases."""
        mine = await self.held(operator)
        for request in mine:
            self._put(replace(request, lease=now + self._lease))
        return len(mine)

    async def give_back(self, operator: str, conversation: str, now: int, version: int = 0) -> None:
        """Back to the queue."""
        self._requeue(self._held_by(operator, conversation, version), now, "returned", operator)

    async def offer(
        self, operator: str, conversation: str, to: str, now: int, version: int = 0, capacity: int = 0
    ) -> HandoffRequest:
        """Offer to a colleague."""
        request = self._held_by(operator, conversation, version)
        if to == operator or request.offered(now):
            raise Conflict
        self._room(to, capacity, request)
        self._world.log(now, "offered", conversation, operator, to)
        return self._put(replace(request, offered_to=to, offer_until=now + self._rules.offer))

    async def accept(
        self, operator: str, conversation: str, now: int, version: int = 0, capacity: int = 0
    ) -> HandoffRequest:
        """Take what is offered."""
        request = self._at(conversation, version)
        if request.offered_to != operator or not request.offered(now):
            raise Conflict
        self._room(operator, capacity, request)
        return self._take(request, operator, now, "accepted", operator, request.operator)

    async def refuse(self, operator: str, conversation: str, now: int, version: int = 0) -> None:
        """Refuse an offer, or take one's own back."""
        request = self._world.handoffs.get(conversation)
        if request is None or not request.offered_to and operator != request.operator:
            raise Conflict
        if operator not in (request.operator, request.offered_to):
            raise NotYours
        if not request.offered_to or version not in (0, request.version):
            raise Conflict
        self._put(replace(request, offered_to="", offer_until=0))
        what, other = ("recalled", request.offered_to)
        if operator == request.offered_to:
            what, other = ("refused", request.operator)
        self._world.log(now, what, conversation, operator, other)

    async def reassign(self, supervisor: str, conversation: str, to: str, now: int, version: int = 0) -> HandoffRequest:
        """To an operator, or to the queue."""
        request = self._at(conversation, version)
        if to == request.operator:
            raise Conflict
        if not to:
            return self._requeue(request, now, "reassigned", supervisor)
        return self._take(request, to, now, "reassigned", supervisor, to)

    async def finish(
        self, operator: str, conversation: str, now: int, *, closed: bool, reason: str = "", version: int = 0,
        follow_up: int = 0,
    ) -> None:  # fmt: skip
        """End the hand-off."""
        request = self._held_by(operator, conversation, version)
        world = self._world
        world.follow_ups.pop(conversation, None)
        if follow_up:
            after = FollowUp(conversation, follow_up, operator, request.language, request.country)
            world.follow_ups[conversation] = after
        world.end(conversation)
        world.turn(conversation, State.CLOSED if closed else State.ASSISTANT)
        known = {"helper": operator, "ended": now} if closed else {"helper": "", "ended": 0}
        world.conversations[conversation] = replace(world.conversations[conversation], **known)  # type: ignore[arg-type]
        world.log(now, "closed" if closed else "released", conversation, operator, reason)

    async def reap(self, now: int) -> Reaped:
        """Return what ran out."""
        claimed = Stage.CLAIMED
        lost = [
            self._requeue(r, now, "lost", r.operator)
            for r in self._all(lambda r: r.stage is claimed and r.lease <= now)
        ]
        unanswered = [
            self._requeue(r, now, "unanswered", r.operator) for r in self._all(lambda r: 0 < r.answer_by <= now)
        ]
        lapsed = []
        for request in self._all(lambda r: bool(r.offered_to) and r.offer_until <= now):
            self._world.log(now, "lapsed", request.conversation, request.operator, request.offered_to)
            lapsed.append(self._put(replace(request, offered_to="", offer_until=0)))
        self._open_reserved(now)
        warned = self._all(
            lambda r: now < r.answer_by <= now + self._rules.warning and r.version not in self._world.warned
        )
        self._world.warned.update(r.version for r in warned)
        return Reaped(tuple(lost), tuple(unanswered), tuple(lapsed), tuple(warned))

    async def unreserve(self, operator: str) -> None:
        """What waits for this operator may be taken by all."""
        for request in self._all(lambda r: r.reserved_for == operator):
            self._put(replace(request, reserved_for="", reserved_until=0))

    async def follow_ups(self, until: int) -> list[FollowUp]:
        """Closed conversations to be looked at again."""
        found = [f for f in self._world.follow_ups.values() if f.at <= until]
        return sorted(found, key=lambda f: (f.at, f.conversation))

    async def followed(self, operator: str, conversation: str, now: int) -> bool:
        """It was looked at."""
        if self._world.follow_ups.pop(conversation, None) is None:
            return False
        self._world.log(now, "followed_up", conversation, operator)
        return True

    async def waits(self, language: str, since: int) -> list[int]:
        """How long people waited of late."""
        return [waited for at, waited in reversed(self._world.waits.get(language, [])) if at > since]

    async def audit(self, count: int = 100) -> list[Audit]:
        """The newest transitions, newest first."""
        return list(reversed(self._world.audit))[:count]

    def _all(self, wanted: Callable[[HandoffRequest], bool]) -> list[HandoffRequest]:
        return [request for request in self._world.handoffs.values() if wanted(request)]

    def _at(self, conversation: str, version: int) -> HandoffRequest:
        """The open hand-off as the operator saw it; raises Conflict."""
        request = self._world.handoffs.get(conversation)
        if request is None or version not in (0, request.version):
            raise Conflict
        return request

    def _held_by(self, operator: str, conversation: str, version: int) -> HandoffRequest:
        request = self._world.handoffs.get(conversation)
        if request is None or request.operator != operator:
            raise NotYours
        return self._at(conversation, version)

    def _room(self, operator: str, capacity: int, request: HandoffRequest | None) -> None:
        """Whether the operator may hold one more; a crisis goes over it. Raises Full."""
        crisis = request is not None and request.priority is Priority.CRISIS
        if capacity and not crisis and len(self._all(lambda r: r.operator == operator)) >= capacity:
            raise Full

    def _open_reserved(self, now: int) -> None:
        for request in self._all(lambda r: bool(r.reserved_for) and r.reserved_until <= now):
            self._put(replace(request, reserved_for="", reserved_until=0))

    def _put(self, request: HandoffRequest) -> HandoffRequest:
        self._world.handoffs[request.conversation] = request
        return request

    def _take(
        self, request: HandoffRequest, operator: str, now: int, what: str, by: str, detail: str = ""
    ) -> HandoffRequest:
        taken = replace(
            request, stage=Stage.CLAIMED, operator=operator, lease=now + self._lease,
            answer_by=now + self._rules.patience(request.priority), version=next(self._world.turns),
            offered_to="", offer_until=0, reserved_for="", reserved_until=0,
        )  # fmt: skip
        self._world.turn(request.conversation, State.OPERATOR, operator, now)
        self._world.log(now, what, request.conversation, by, detail)
        return self._put(taken)

    def _requeue(self, request: HandoffRequest, now: int, what: str, by: str) -> HandoffRequest:
        self._world.turn(request.conversation, State.WAITING)
        self._world.log(now, what, request.conversation, by)
        return self._put(
            replace(
                request,
                stage=Stage.WAITING,
                operator="",
                lease=0,
                answer_by=0,
                version=next(self._world.turns),
                offered_to="",
                offer_until=0,
            )  # fmt: skip
        )
