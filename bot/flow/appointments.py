"""Keeps appointments: who asked to be written to later waits in line within their hours, and only then.

Nothing is said here; the first words go out when an operator takes the conversation (bot.flow.handoff).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.core.conversation import Conversation, State
from bot.core.errors import Conflict
from bot.core.handoff import HandoffRequest, Priority, Reason
from bot.core.language import speech
from bot.core.later import read_appointment
from bot.core.message import Channel
from bot.core.ports import Appointments, Change, Clock, Conversations, HandoffQueue, Signals
from bot.flow.counting import Counting


@dataclass(frozen=True)
class Keeper:
    """Looks at each appointment when its window opens, closes or ends."""

    conversations: Conversations
    queue: HandoffQueue
    appointments: Appointments
    signals: Signals
    clock: Clock
    counting: Counting | None = None

    async def keep(self) -> None:
        """One round; what changed meanwhile is looked at again in the next."""
        for id in await self.appointments.due(self.clock.now()):
            try:
                await self._keep(await self.conversations.load(id, Channel.TELEGRAM))
            except Conflict:
                continue

    async def _keep(self, found: Conversation) -> None:
        now = self.clock.now()
        wish = read_appointment(found.later)
        opens = wish.opens(now) if wish else 0
        if opens == now and wish is not None:
            await self._wait_in_line(found, now)
            await self.appointments.put(found.id, wish.closes(now))
            return
        await self._leave_the_line(found, ended=not opens)
        if opens:
            await self.appointments.put(found.id, opens)
        else:
            await self.appointments.drop(found.id)

    async def _wait_in_line(self, found: Conversation, now: int) -> None:
        if found.state not in (State.ASSISTANT, State.CLOSED):
            return
        request = HandoffRequest(
            found.id, speech(found.locale), Priority.NORMAL, Reason.CONTACT, now, country=found.country
        )
        waiting = replace(found, state=State.WAITING, claimed=False, replied=False)
        await self._commit(Change(found, waiting, enqueue=request))
        if self.counting is not None:
            await self.counting.entered(request)

    async def _leave_the_line(self, found: Conversation, *, ended: bool) -> None:
        request = await self.queue.find(found.id)
        waits = found.state is State.WAITING and request is not None and request.reason is Reason.CONTACT
        after = replace(found, later="" if ended else found.later, state=State.ASSISTANT if waits else found.state)
        if after != found:
            await self._commit(Change(found, after, cancel=waits))

    async def _commit(self, change: Change) -> None:
        await self.conversations.commit(change)
        await self.signals.tell("queue")
