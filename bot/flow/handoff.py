"""What operators do: claim, reply, note, give back, release, close; and what happens when one is lost."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

import structlog

from bot.core.conversation import MENU, PERSON, Conversation, Say, State
from bot.core.errors import Conflict, NotYours, StoreUnavailable
from bot.core.handoff import HandoffRequest
from bot.core.message import NO_ARGS, Arg, Author, Button, Channel, Note, Outbound, line_of
from bot.core.ports import Change, Clock, Conversations, Duty, HandoffQueue, Outbox, Presence, Signals

log = structlog.get_logger(__name__)

# The longest reply an operator can send, in characters: Telegram's limit for one message.
MAX_REPLY = 4096


@dataclass(frozen=True)
class Operator:
    """Who acts: account id, the name the person is told, spoken languages."""

    id: str
    name: str
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Desk:
    """The operators' side. Every action checks on the server who holds the conversation."""

    conversations: Conversations
    queue: HandoffQueue
    outbox: Outbox
    duty: Duty
    signals: Signals
    clock: Clock

    async def arrive(self, operator: Operator) -> int:
        """The operator's console is open: on duty, leases extended; returns how many conversations are held."""
        now = self.clock.now()
        await self.duty.arrive(Presence(operator.id, operator.name, operator.languages, now))
        return await self.queue.beat(operator.id, now)

    async def leave(self, operator: Operator) -> None:
        """The operator goes off duty; what they hold goes back to the queue."""
        await self.duty.leave(operator.id)
        for request in await self.queue.held(operator.id):
            await self.give_back(operator, request.conversation)

    async def claim(self, operator: Operator, conversation: str) -> HandoffRequest:
        """Take one conversation; raises Conflict if somebody else was faster."""
        request = await self.queue.claim(operator.id, conversation, self.clock.now())
        await self._joined(operator, conversation)
        return request

    async def claim_next(self, operator: Operator, capacity: int = 0) -> HandoffRequest | None:
        """Take the first that waits in the operator's languages, else any."""
        request = await self.queue.claim_next(operator.id, operator.languages, self.clock.now(), capacity)
        if request is not None:
            await self._joined(operator, request.conversation)
        return request

    async def reply(self, operator: Operator, conversation: str, words: str) -> str:
        """Send the operator's own words; returns the outbound's id. Raises NotYours, or ValueError for no text."""
        text = words.strip()
        if not text or len(text) > MAX_REPLY:
            raise ValueError(f"a reply has 1 to {MAX_REPLY} characters, this one has {len(text)}")
        return await self._speak(operator, conversation, words=text)

    async def say(self, operator: Operator, conversation: str, phrase: str, variation: str = "") -> str:
        """Send a phrase in the person's language; returns the outbound's id. Raises NotYours."""
        return await self._speak(operator, conversation, phrase=phrase, variation=variation)

    async def withdraw(self, operator: Operator, conversation: str, outbound: str) -> bool:
        """Take a line back that has not left the outbox; False if it is too late."""
        await self._mine(operator, conversation)
        return await self.outbox.withdraw(conversation, outbound)

    async def note(self, operator: Operator, conversation: str, words: str) -> None:
        """Keep a note for other operators; nothing carries it to the person."""
        await self._mine(operator, conversation)
        await self.conversations.note(conversation, Note(self.clock.now(), operator.id, words.strip()))
        await self.signals.tell(f"conversation:{conversation}")

    async def give_back(self, operator: Operator, conversation: str) -> None:
        """Back to the queue; the person is told they wait again."""
        await self.queue.give_back(operator.id, conversation, self.clock.now())
        await self._announce(conversation, Say("operator.lost"), State.WAITING)

    async def transfer(self, operator: Operator, conversation: str, to: Operator) -> None:
        """Hand to another operator."""
        await self.queue.transfer(operator.id, conversation, to.id, self.clock.now())
        await self._joined(to, conversation)

    async def release(self, operator: Operator, conversation: str) -> None:
        """Back to the assistant."""
        await self.queue.finish(operator.id, conversation, self.clock.now(), closed=False)
        await self._announce(conversation, Say("operator.released", buttons=(MENU, PERSON)), State.ASSISTANT)

    async def close(self, operator: Operator, conversation: str, reason: str = "") -> None:
        """End the conversation; it begins anew when the person writes again."""
        await self.queue.finish(operator.id, conversation, self.clock.now(), closed=True, reason=reason)
        await self._announce(conversation, Say("operator.closed", buttons=(MENU, PERSON)), State.CLOSED)

    async def reap(self) -> int:
        """Return what lost operators held; each person is told. Returns how many."""
        lost = await self.queue.reap(self.clock.now())
        for request in lost:
            await self._announce(request.conversation, Say("operator.lost"), State.WAITING)
        return len(lost)

    async def run(self, stop: asyncio.Event) -> None:
        """The janitor's loop."""
        while not stop.is_set():
            try:
                lost = await self.reap()
                if lost:
                    log.info("operators_lost", conversations=lost)
            except StoreUnavailable as exc:
                log.warning("janitor_waits", error=str(exc))
            await asyncio.sleep(2)

    async def _joined(self, operator: Operator, conversation: str) -> None:
        await self._announce(conversation, Say("operator.joined", args={"name": operator.name}), State.OPERATOR)

    async def _mine(self, operator: Operator, conversation: str) -> Conversation:
        """The conversation, if this operator holds it; raises NotYours."""
        found = await self.conversations.load(conversation, Channel.TELEGRAM)
        if found.state is not State.OPERATOR or found.operator != operator.id:
            raise NotYours
        return found

    async def _speak(
        self, operator: Operator, conversation: str, words: str = "", phrase: str = "", variation: str = ""
    ) -> str:
        """One line of the operator, written with its outbound in one step; holds only while the claim does."""
        while True:
            before = await self._mine(operator, conversation)
            out = self._out(before, Author.OPERATOR, phrase, NO_ARGS)
            out = replace(out, words=words, variation=variation)
            try:
                await self._commit(before, out, operator.id)
            except Conflict:
                continue
            return out.id

    async def _announce(self, conversation: str, say: Say, state: State) -> None:
        """Tell the person what changed, unless it changed again meanwhile."""
        while True:
            before = await self.conversations.load(conversation, Channel.TELEGRAM)
            if before.state is not state:
                break
            try:
                await self._commit(before, self._out(before, Author.ASSISTANT, say.phrase, say.args, say.buttons))
                break
            except Conflict:
                continue
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

    async def _commit(self, before: Conversation, out: Outbound, operator: str = "") -> None:
        after = replace(before, lines=out.line)
        await self.conversations.commit(Change(before, after, (line_of(out, operator),), (out,)))
        await self.signals.tell(f"conversation:{before.id}")
