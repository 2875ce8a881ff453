"""What operators do: claim, reply, note, give back, release, close; and what happens when one is lost."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bot.core import helped
from bot.core.conversation import Conversation, Say, State
from bot.core.errors import Conflict, NotYours, Quiet, Stale, StoreUnavailable
from bot.core.handoff import HandoffRequest, Reaped, Reason, Rules
from bot.core.later import read_appointment
from bot.core.message import NO_ARGS, Arg, Author, Button, Channel, Note, Outbound, line_of
from bot.core.ports import Change, Clock, Conversations, Duty, HandoffQueue, Outbox, Presence, Signals
from bot.core.statistics import What
from bot.flow.counting import Counting

# The longest reply an operator can send, in characters: Telegram's limit for one message.
MAX_REPLY = 4096


@dataclass(frozen=True)
class Operator:
    """Who acts: account id, the name the person is told, spoken languages, how many conversations they hold at
    most (0: what the desk is set to).
    """

    id: str
    name: str
    languages: tuple[str, ...]
    capacity: int = 0


@dataclass(frozen=True)
class Desk:
    """The operators' side. Every action checks on the server who holds the conversation, and that it did not
    change hands since the `version` the operator saw (0: not compared).

    An operator's line stays `hold` ms in the outbox before it leaves, and can be taken back that long.
    """

    conversations: Conversations
    queue: HandoffQueue
    outbox: Outbox
    duty: Duty
    signals: Signals
    clock: Clock
    rules: Rules = field(default_factory=Rules)
    hold: int = 0
    counting: Counting | None = None

    def room(self, operator: Operator) -> int:
        """How many conversations an operator may hold; 0 for any number."""
        return operator.capacity or self.rules.capacity

    async def arrive(self, operator: Operator) -> int:
        """The operator's console is open: on duty, leases extended; returns how many conversations are held."""
        now = self.clock.now()
        await self.duty.arrive(Presence(operator.id, operator.name, operator.languages, now, self.room(operator)))
        return await self.queue.beat(operator.id, now)

    async def leave(self, operator: Operator) -> None:
        """The operator goes off duty: what they hold and what is kept or offered for them goes back."""
        await self.duty.leave(operator.id)
        now = self.clock.now()
        await self.queue.unreserve(operator.id)
        for request in await self.queue.offers(operator.id, now):
            await self.queue.refuse(operator.id, request.conversation, now)
        for request in await self.queue.held(operator.id):
            await self.give_back(operator, request.conversation)
        await self.signals.tell("queue")

    async def claim(self, operator: Operator, conversation: str, version: int = 0) -> HandoffRequest:
        """Take one conversation; raises Conflict if somebody else was faster, Full for who has enough."""
        capacity = self.room(operator)
        request = await self.queue.claim(operator.id, conversation, self.clock.now(), version, capacity)
        await self.joined(operator, conversation)
        return request

    async def claim_next(self, operator: Operator) -> HandoffRequest | None:
        """Take the first that waits, with the operator's languages before others; raises Full."""
        now, capacity = self.clock.now(), self.room(operator)
        request = await self.queue.claim_next(operator.id, operator.languages, now, capacity)
        if request is not None:
            await self.joined(operator, request.conversation)
        return request

    async def reply(self, operator: Operator, conversation: str, words: str, claim: int = 0) -> str:
        """Send the operator's own words; returns the outbound's id. Raises NotYours, or ValueError for no text.

        `claim` names the claim they were written under, 0 for the one that holds now; raises Stale for another.
        """
        text = words.strip()
        if not text or len(text) > MAX_REPLY:
            raise ValueError(f"a reply has 1 to {MAX_REPLY} characters, this one has {len(text)}")
        return await self._speak(operator, conversation, claim, lambda out: replace(out, words=text))

    async def say(
        self,
        operator: Operator,
        conversation: str,
        phrase: str,
        variation: str = "",
        args: Mapping[str, Arg] = NO_ARGS,
        claim: int = 0,
    ) -> str:
        """Send a phrase in the person's language; returns the outbound's id. Raises NotYours or Stale."""
        return await self._speak(
            operator, conversation, claim, lambda out: replace(out, phrase=phrase, variation=variation, args=args)
        )

    async def typing(self, operator: Operator, conversation: str) -> None:
        """The operator is at the keys; raises NotYours."""
        await self._mine(operator, conversation)
        await self.signals.tell(f"typing:{conversation}")

    async def withdraw(self, operator: Operator, conversation: str, outbound: str) -> bool:
        """Take a line back that has not left the outbox; False if it is too late."""
        await self._mine(operator, conversation)
        return await self.outbox.withdraw(conversation, outbound)

    async def note(self, operator: Operator, conversation: str, words: str) -> None:
        """Keep a note for other operators; nothing carries it to the person."""
        await self._mine(operator, conversation)
        await self.conversations.note(conversation, Note(self.clock.now(), operator.id, words.strip()))
        await self.signals.tell(f"conversation:{conversation}")

    async def give_back(self, operator: Operator, conversation: str, version: int = 0, note: str = "") -> None:
        """Back to the queue, with a note for who takes it next; the person is told they wait again."""
        if note.strip():
            await self.note(operator, conversation, note)
        await self.queue.give_back(operator.id, conversation, self.clock.now(), version)
        await self.passed_on(conversation)

    async def release(self, operator: Operator, conversation: str, version: int = 0) -> None:
        """Back to the assistant."""
        await self.queue.finish(operator.id, conversation, self.clock.now(), closed=False, version=version)
        await self._announce(conversation, Say("operator.released", buttons=helped.LEAVING), State.ASSISTANT)

    async def close(
        self, operator: Operator, conversation: str, reason: str = "", version: int = 0, follow_up: int = 0
    ) -> None:
        """End the conversation, to be looked at again at `follow_up` (ms, 0: not).

        Nothing is written to the person then; what they write themselves leads on (bot.core.waiting.reopen).
        """
        now = self.clock.now()
        await self.queue.finish(
            operator.id, conversation, now, closed=True, reason=reason, version=version, follow_up=follow_up
        )
        await self._announce(conversation, Say("operator.closed", buttons=helped.LEAVING), State.CLOSED)

    async def reap(self) -> Reaped:
        """Return what ran out; each person is told, and the pages of who is warned."""
        reaped = await self.queue.reap(self.clock.now())
        for phrase, requests in (("operator.lost", reaped.lost), ("operator.unanswered", reaped.unanswered)):
            for request in requests:
                await self._announce(request.conversation, Say(phrase), State.WAITING)
        for request in (*reaped.lapsed, *reaped.warned):
            await self.signals.tell(f"conversation:{request.conversation}")
        if reaped.lapsed or reaped.warned:
            await self.signals.tell("queue")
        return reaped

    async def joined(self, operator: Operator, conversation: str) -> None:
        """Tell the person who is here now; or, if they asked to be written to, say the first words they chose."""
        request = await self.queue.find(conversation)
        if request is not None and request.reason is Reason.CONTACT:
            await self._write_first(operator, conversation)
        await self._announce(conversation, Say("operator.joined", args={"name": operator.name}), State.OPERATOR)

    async def _write_first(self, operator: Operator, conversation: str) -> None:
        """Raises Conflict where the hours the person gave have just ended; the conversation goes back then."""
        before = await self.conversations.load(conversation, Channel.TELEGRAM)
        wish = read_appointment(before.later)
        if wish is None or before.state is not State.OPERATOR:
            return
        now = self.clock.now()
        if wish.opens(now) != now:
            await self.queue.give_back(operator.id, conversation, now)
            raise Conflict
        out = self._out(before, Author.ASSISTANT, f"later.line.{wish.line}", NO_ARGS)
        await self._commit(before, out, after=replace(before, later="", quiet=True))
        await self._count(What.CLAIM, before, not before.claimed)
        await self._count(What.REPLY, before, not before.replied)

    async def passed_on(self, conversation: str) -> None:
        """Tell the person that they wait again."""
        await self._announce(conversation, Say("operator.returned"), State.WAITING)

    async def _mine(self, operator: Operator, conversation: str, claim: int = 0) -> Conversation:
        """The conversation, if this operator holds it; raises NotYours, or Stale where the claim is another."""
        found = await self.conversations.load(conversation, Channel.TELEGRAM)
        if found.state is not State.OPERATOR or found.operator != operator.id:
            raise NotYours
        if claim and claim != found.claim:
            raise Stale
        return found

    async def _speak(
        self, operator: Operator, conversation: str, claim: int, fill: Callable[[Outbound], Outbound]
    ) -> str:
        """One line of the operator, written with its outbound in one step; holds only while the claim does."""
        while True:
            before = await self._mine(operator, conversation, claim)
            if before.quiet:
                raise Quiet
            out = fill(self._out(before, Author.OPERATOR, "", NO_ARGS))
            out = replace(out, due=out.at + self.hold if self.hold else 0)
            try:
                await self._commit(before, out, operator.id)
            except Conflict:
                continue
            await self._count(What.REPLY, before, not before.replied)
            return out.id

    async def _announce(self, conversation: str, say: Say, state: State) -> None:
        """Tell the person what changed, unless it changed again meanwhile."""
        while True:
            before = await self.conversations.load(conversation, Channel.TELEGRAM)
            if before.state is not state or before.quiet:
                break
            try:
                await self._commit(before, self._out(before, Author.ASSISTANT, say.phrase, say.args, say.buttons))
            except Conflict:
                continue
            await self._count(What.CLAIM, before, state is State.OPERATOR and not before.claimed)
            break
        await self.signals.tell("queue")

    def _out(
        self,
        conversation: Conversation,
        author: Author,
        phrase: str,
        args: Mapping[str, Arg],
        buttons: tuple[Button, ...] = (),
    ) -> Outbound:
        return Outbound(
            id=uuid.uuid4().hex,
            conversation=conversation.id,
            channel=conversation.channel,
            at=self.clock.now(),
            locale=conversation.locale,
            author=author,
            phrase=phrase,
            args=args,
            buttons=buttons,
            urgent=True,
            line=conversation.lines + 1,
        )

    async def _commit(
        self, before: Conversation, out: Outbound, operator: str = "", after: Conversation | None = None
    ) -> None:
        """Write one line with its outbound. An operator's words, and the first ones said for them, are an answer."""
        answered = out.at if operator or after else 0
        changed = replace(
            after or before,
            lines=out.line,
            claimed=before.claimed or before.state is State.OPERATOR,
            replied=before.replied or bool(answered),
        )
        if out.buttons == helped.LEAVING:
            changed = helped.left(changed, out.at)
        await self.conversations.commit(Change(before, changed, (line_of(out, operator),), (out,), answered=answered))
        await self.signals.tell(f"conversation:{before.id}")

    async def _count(self, what: What, before: Conversation, first: bool) -> None:
        """Count the wait of a hand-off that was taken, or answered, for the first time; what was said is said."""
        if self.counting is None or not first:
            return
        try:
            request = await self.queue.find(before.id)
        except StoreUnavailable:
            return
        if request is not None:
            await self.counting.waited(what, request)
