"""Counts what happened, after it happened. A count that can't be kept is lost: nobody waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from zoneinfo import ZoneInfo

import structlog

from bot.core import statistics as st
from bot.core.conversation import AssistantReply, Conversation, Enqueue, Rated, State
from bot.core.conversation import Outcome as Sure
from bot.core.errors import StoreUnavailable
from bot.core.handoff import HandoffRequest, Reason
from bot.core.message import Inbound, Kind
from bot.core.ports import Clock
from bot.core.statistics import Ended, Statistics, Tally, What
from bot.flow.answer import Outcome

log = structlog.get_logger(__name__)

# What is asked by a crisis the rules found, before the assistant was.
_CRISES = {Reason.DANGER: "emergency_danger", Reason.SUICIDE: "self_harm"}
# Steps of an answer that was asked for before, not questions.
_STEPS = frozenset({"affirm", "deny", "unsure", "inform_country"})
_ENDED = {Sure.ANSWER: Ended.ANSWERED, Sure.OFFER: Ended.OFFERED, Sure.REFUSE: Ended.REFUSED}
# What is no sign of a person who writes.
_SILENT = frozenset({Kind.BLOCKED, Kind.UNBLOCKED})


@dataclass(frozen=True)
class Counting:
    """Where it is counted, and by whose day and hour: those of `zone`."""

    statistics: Statistics
    clock: Clock
    zone: tzinfo = ZoneInfo("UTC")

    async def heard(self, before: Conversation, inbound: Inbound, outcome: Outcome) -> None:
        """What followed from one inbound, when it was written."""
        day, hour = st.moment(self.clock.now(), self.zone)
        after = outcome.conversation
        where = st.place(after.locale, after.country, hour)
        tallies: list[Tally] = []
        for effect in outcome.effects:
            if isinstance(effect, Rated):
                tallies += st.helped(where, effect.about, effect.said)
        if not tallies and inbound.kind not in _SILENT:
            if not before.last or st.moment(before.last, self.zone)[0] != day:
                tallies += st.conversation(where)
            tallies += _asked(where, before, outcome)
        await self._add(day, tallies)

    async def entered(self, request: HandoffRequest) -> None:
        """A hand-off came into the queue by itself, as an appointment does."""
        day, where = self._of(request)
        await self._add(day, st.handoff(where, request.reason.value))

    async def waited(self, what: What, request: HandoffRequest) -> None:
        """An operator took a hand-off, or wrote in it, for the first time."""
        day, where = self._of(request)
        await self._add(day, st.wait(what, where, request.reason.value, self.clock.now() - request.since))

    def _of(self, request: HandoffRequest) -> tuple[str, st.Place]:
        """The day it is, and what may be counted of a hand-off."""
        day, hour = st.moment(self.clock.now(), self.zone)
        return day, st.place(request.language, request.country, hour)

    async def _add(self, day: str, tallies: Sequence[Tally]) -> None:
        try:
            await self.statistics.add(day, tallies)
        except StoreUnavailable as exc:
            log.warning("not_counted", error=str(exc))


def _asked(where: st.Place, before: Conversation, outcome: Outcome) -> tuple[Tally, ...]:
    """The question, and the hand-off that came of it."""
    requests = sorted((e for e in outcome.effects if isinstance(e, Enqueue)), key=lambda e: e.priority)
    new = bool(requests) and before.state is not State.WAITING
    tallies = st.handoff(where, requests[0].reason.value) if new else ()
    intent = _meant(outcome)
    if intent is None or intent in _STEPS:
        return tallies
    ended = Ended.HANDED if requests else _ENDED[outcome.reply.outcome] if outcome.reply else Ended.REFUSED
    return (*tallies, *st.question(where, intent, ended))


def _meant(outcome: Outcome) -> str | None:
    """What was asked, "" if nobody knows; None where nothing was."""
    if outcome.reply is not None:
        return _likely(outcome.reply)
    if outcome.facts.crisis is not None and outcome.effects:
        return _CRISES.get(outcome.facts.crisis, "")
    return "" if outcome.asked else None


def _likely(reply: AssistantReply) -> str:
    return reply.intent or (reply.ranking[0][0] if reply.ranking else "")
