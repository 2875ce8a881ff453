"""Handing a conversation on: to a colleague who may accept or refuse, and by a supervisor who decides."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.handoff import HandoffRequest
from bot.core.ports import Presence
from bot.flow.handoff import Desk, Operator


@dataclass(frozen=True)
class Transfers:
    """What changes hands between operators; `version` is what they saw, 0 for whatever it is now."""

    desk: Desk

    async def offer(
        self, operator: Operator, conversation: str, to: Presence, version: int = 0, note: str = ""
    ) -> HandoffRequest:
        """Offer to a colleague. The operator holds it until the colleague accepts, and the person hears nothing.

        Raises NotYours, Conflict while another offer is open, Full if the colleague can take no more.
        """
        desk = self.desk
        if note.strip():
            await desk.note(operator, conversation, note)
        now, capacity = desk.clock.now(), to.capacity
        request = await desk.queue.offer(operator.id, conversation, to.operator, now, version, capacity)
        await self._tell(conversation)
        return request

    async def accept(self, operator: Operator, conversation: str, version: int = 0) -> HandoffRequest:
        """Take what is offered; the person is told who is here now. Raises Conflict if it is not offered any more."""
        desk = self.desk
        capacity = desk.room(operator)
        request = await desk.queue.accept(operator.id, conversation, desk.clock.now(), version, capacity)
        await desk.joined(operator, conversation)
        return request

    async def refuse(self, operator: Operator, conversation: str, version: int = 0) -> None:
        """Refuse an offer, or take one's own back; the giver goes on."""
        await self.desk.queue.refuse(operator.id, conversation, self.desk.clock.now(), version)
        await self._tell(conversation)

    async def reassign(
        self, supervisor: Operator, conversation: str, to: Presence | None, version: int = 0
    ) -> HandoffRequest:
        """From wherever it is to an operator, or to the queue; the person is told. Raises Conflict."""
        desk, now = self.desk, self.desk.clock.now()
        target = to.operator if to else ""
        request = await desk.queue.reassign(supervisor.id, conversation, target, now, version)
        if to is None:
            await desk.passed_on(conversation)
        else:
            await desk.joined(Operator(to.operator, to.name, to.languages), conversation)
        return request

    async def _tell(self, conversation: str) -> None:
        await self.desk.signals.tell(f"conversation:{conversation}")
        await self.desk.signals.tell("queue")
