"""Take what people wrote, one at a time per conversation: load, decide, write, acknowledge."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Protocol

import structlog

from bot.core.conversation import (
    MENU,
    PERSON,
    Appoint,
    AssistantReply,
    Cancel,
    Conversation,
    Decision,
    Effect,
    Enqueue,
    Erase,
    Facts,
    Forget,
    Listen,
    Say,
    State,
    listen_button,
)
from bot.core.decide import assistant_down, gloss
from bot.core.errors import Conflict, StoreUnavailable
from bot.core.handoff import HandoffRequest, Rules
from bot.core.language import speech
from bot.core.media import MediaFiles
from bot.core.message import NO_ARGS, Arg, Author, Deed, Inbound, Kind, Line, Outbound, line_of
from bot.core.ports import Appointments, Change, Clock, Conversations, Inbox, Lookup, Signals, Taken
from bot.flow.answer import Answerer, Outcome
from bot.flow.chains import Chains
from bot.flow.counting import Counting
from bot.flow.erase import erase

log = structlog.get_logger(__name__)


class Phrases(Protocol):
    """What is known of a phrase; bot.i18n.Book knows it."""

    def parts(self, phrase: str, variation: str) -> int:
        """In how many messages it is said."""
        ...

    def recorded(self, locale: str, phrase: str, variation: str) -> bool:
        """Whether it can be listened to in a language."""
        ...


# After so many failed tries an inbound is buried, and the person hears the safety phrase.
MAX_TRIES = 5
# How many conversations one worker serves at the same time.
AT_ONCE = 32


@dataclass(frozen=True)
class Writer:
    """Turns effects into lines, outbounds and a queue entry, in one atomic change."""

    conversations: Conversations
    directory: Lookup
    clock: Clock
    phrases: Phrases
    appointments: Appointments
    reserve: int = Rules().reserve

    async def write(self, before: Conversation, outcome: Outcome, inbound: Inbound | None, entry: str) -> Conversation:
        """Write everything that follows from one inbound; raises Conflict if the conversation changed."""
        after = replace(outcome.conversation, applied=entry or before.applied)
        if any(isinstance(effect, Erase) for effect in outcome.effects):
            return await erase(self.conversations, after, entry, self.clock.now())
        lines = [] if inbound is None else [_line(before.lines + 1, inbound, outcome)]
        outbounds: list[Outbound] = []
        for out in chain.from_iterable(self._outbounds(after, effect) for effect in outcome.effects):
            out = replace(out, id=f"{entry}.{len(outbounds)}")
            if out.deed is Deed.SAY:
                out = replace(out, line=before.lines + len(lines) + 1)
                lines.append(line_of(out))
            outbounds.append(out)
        after = replace(after, lines=before.lines + len(lines))
        # Before the wish itself: an entry without a wish is dropped, a wish without an entry would be forgotten.
        for effect in outcome.effects:
            if isinstance(effect, Appoint):
                await self.appointments.put(after.id, effect.at)
        request = self._request(after, outcome.effects)
        cancel = any(isinstance(effect, Cancel) for effect in outcome.effects)
        return await self.conversations.commit(
            Change(before, after, tuple(lines), tuple(outbounds), None if cancel else request, cancel)
        )

    def _outbounds(self, conversation: Conversation, effect: Effect) -> Iterator[Outbound]:
        """What an effect sends, without id and line."""
        base = Outbound("", conversation.id, conversation.channel, self.clock.now(), conversation.locale)
        if isinstance(effect, Forget):
            yield replace(base, deed=Deed.FORGET)
        elif isinstance(effect, Listen):
            yield self._aloud(base, effect)
        elif isinstance(effect, Say):
            yield from self._said(base, conversation, effect)

    def _aloud(self, base: Outbound, effect: Listen) -> Outbound:
        """The recording, if it is still there and still true; a button may be old."""
        if not self.phrases.recorded(base.locale, effect.phrase, effect.variation):
            return replace(base, phrase="button.stale", buttons=(MENU, PERSON))
        return replace(base, deed=Deed.LISTEN, phrase=effect.phrase, variation=effect.variation)

    def _said(self, base: Outbound, conversation: Conversation, effect: Say) -> Iterator[Outbound]:
        """An answer goes out a message at a time, buttons below the last."""
        said = replace(
            base,
            author=effect.author,
            phrase=effect.phrase,
            variation=effect.variation,
            args=self._args(conversation, effect),
            urgent=effect.urgent,
        )
        parts = self.phrases.parts(effect.phrase, effect.variation)
        yield from (replace(said, part=number) for number in range(1, parts))
        buttons = effect.buttons
        if self.phrases.recorded(base.locale, effect.phrase, effect.variation):
            buttons = (listen_button(effect.phrase, effect.variation), *buttons)
        yield replace(said, part=parts if parts > 1 else 0, buttons=buttons)

    def _args(self, conversation: Conversation, say: Say) -> dict[str, Arg]:
        """The phrase's arguments, with the directory entries that fit this person."""
        args = dict(say.args or NO_ARGS)
        if say.numbers:
            language = speech(conversation.locale)
            now = self.clock.now()
            args["numbers"] = self.directory.pick(say.numbers, conversation.country, language, now)
        return args

    def _request(self, conversation: Conversation, effects: Iterable[Effect]) -> HandoffRequest | None:
        """The most urgent hand-off among the effects."""
        asks = sorted((e for e in effects if isinstance(e, Enqueue)), key=lambda e: e.priority)
        if not asks:
            return None
        return HandoffRequest(
            conversation=conversation.id,
            language=speech(conversation.locale),
            priority=asks[0].priority,
            reason=asks[0].reason,
            since=self.clock.now(),
            country=conversation.country,
            indicators=asks[0].indicators,
            reserved_for=asks[0].reserved_for,
            reserved_until=self.clock.now() + self.reserve if asks[0].reserved_for else 0,
        )


@dataclass
class Receiver:
    """The worker's loop."""

    inbox: Inbox
    conversations: Conversations
    answerer: Answerer
    writer: Writer
    signals: Signals
    files: MediaFiles
    counting: Counting | None = None
    _chains: Chains = field(default_factory=Chains)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def run(self, worker: str, stop: asyncio.Event) -> None:
        """Serve until `stop`; finish what was begun, then leave."""
        while not stop.is_set():
            try:
                batch = await self.inbox.take(worker, 1000)
            except StoreUnavailable as exc:
                log.warning("inbox_unavailable", error=str(exc))
                await asyncio.sleep(0.5)
                continue
            for taken in batch:
                self._chains.add(taken.inbound.conversation, partial(self._in_turn, taken))
        await self._chains.finish()
        await self.inbox.leave(worker)

    async def _in_turn(self, taken: Taken) -> None:
        async with self._room:
            await self.serve(taken)

    async def serve(self, taken: Taken) -> None:
        """Serve one inbound to the end, whatever happens: effects once, an answer always, nothing lost."""
        tries = taken.tries
        while True:
            try:
                await self._serve(taken)
                return
            except StoreUnavailable:
                await asyncio.sleep(0.5)  # nothing was acknowledged; the entry waits for Redis with us
            except Exception as exc:
                # The one net of this loop: log without words, try again, in the end bury and still answer.
                tries += 1
                log.error("inbound_failed", entry=taken.entry, tries=tries, error=type(exc).__name__)
                if tries >= MAX_TRIES:
                    await self._give_up(taken, type(exc).__name__)
                    return
                await asyncio.sleep(0.05 * 2**tries)

    async def _serve(self, taken: Taken) -> None:
        inbound = taken.inbound
        answerer = replace(self.answerer, asked={})
        for _ in range(20):
            before = await self.conversations.load(inbound.conversation, inbound.channel)
            if was_applied(before.applied, taken.entry):
                break
            outcome = await answerer.answer(before, inbound)
            try:
                after = await self.writer.write(before, outcome, inbound, taken.entry)
            except Conflict:
                continue  # an operator claimed or left meanwhile: decide again with what is true now
            await self._count(before, inbound, outcome)
            await self._tell(inbound.conversation)
            log.info("inbound", conversation=after.id, kind=inbound.kind.value, state=after.state.value,
                     intent=outcome.reply.intent if outcome.reply else "",
                     crisis=outcome.facts.crisis.value if outcome.facts.crisis else "")  # fmt: skip
            break
        else:
            raise Conflict
        await self._want(inbound)
        await self.inbox.done(taken)

    async def _want(self, inbound: Inbound) -> None:
        """Have a file fetched, once its line is written: before that nobody could see it, nor erase it."""
        if (
            inbound.media is not None
            and inbound.media.ref
            and not await self.files.want(inbound.conversation, inbound.media)
        ):
            log.warning("file_refused", conversation=inbound.conversation)

    async def _give_up(self, taken: Taken, why: str) -> None:
        """Bury an inbound nobody could serve, and tell the person whom to call."""
        inbound = taken.inbound
        try:
            before = await self.conversations.load(inbound.conversation, inbound.channel)
            if before.state is not State.OPERATOR and not was_applied(before.applied, taken.entry):
                down: Decision = assistant_down(before, Facts())
                outcome = Outcome(down.conversation, down.effects, Facts(), asked=True)
                await self.writer.write(before, outcome, inbound, taken.entry)
                await self._count(before, inbound, outcome)
        finally:
            await self.inbox.bury(taken, why)

    async def _count(self, before: Conversation, inbound: Inbound, outcome: Outcome) -> None:
        if self.counting is not None:
            await self.counting.heard(before, inbound, outcome)

    async def _tell(self, conversation: str) -> None:
        await self.signals.tell(f"conversation:{conversation}")
        await self.signals.tell("queue")


def was_applied(applied: str, entry: str) -> bool:
    """Whether an inbox entry's effects were written: entry ids grow within a conversation."""
    return bool(applied) and _order(entry) <= _order(applied)


def _order(entry: str) -> tuple[int, int]:
    time, _, number = entry.partition("-")
    return int(time), int(number or 0)


def _line(number: int, inbound: Inbound, outcome: Outcome) -> Line:
    """What the person did, as a transcript line with its gloss."""
    reply: AssistantReply | None = outcome.reply
    return Line(
        number=number,
        at=inbound.at,
        author=Author.PERSON,
        kind=inbound.kind,
        words=inbound.text,
        gloss=gloss(inbound, reply, outcome.facts) if inbound.kind in (Kind.TEXT, Kind.EDITED) else None,
        media=inbound.media,
        message=inbound.message,
    )
