"""The memory twins of the Redis adapters: one `World` holds what Redis would, each class is one port.

They sit the same exam as the real ones and serve tests and trials; nothing here survives the process.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.core.conversation import Conversation, State
from bot.core.errors import Conflict
from bot.core.handoff import FollowUp, HandoffRequest
from bot.core.media import Kept
from bot.core.message import Channel, Delivery, Inbound, Line, Note, Outbound
from bot.core.ports import Audit, Change, Taken, TakenOut


@dataclass
class World:
    """Everything the memory twins share."""

    seen: set[tuple[str, str]] = field(default_factory=set)
    inbox: dict[str, Inbound] = field(default_factory=dict)
    holder: dict[str, str] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)
    dead: list[tuple[Inbound, str]] = field(default_factory=list)
    outbox: dict[str, Outbound] = field(default_factory=dict)
    sender: dict[str, str] = field(default_factory=dict)
    delivery: dict[str, dict[str, tuple[Delivery, str]]] = field(default_factory=dict)
    said: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    transcripts: dict[str, list[Line]] = field(default_factory=dict)
    notes: dict[str, list[Note]] = field(default_factory=dict)
    media: dict[str, dict[str, Kept]] = field(default_factory=dict)
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    drafts: dict[str, dict[tuple[str, str], tuple[int, str]]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    handoffs: dict[str, HandoffRequest] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    warned: set[int] = field(default_factory=set)
    waits: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    follow_ups: dict[str, FollowUp] = field(default_factory=dict)
    audit: list[Audit] = field(default_factory=list)
    seals: list[str] = field(default_factory=list)
    turns: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def entry(self) -> str:
        """The next entry id, growing as a stream's does."""
        return f"{next(self.count)}-0"

    def log(self, now: int, what: str, conversation: str, operator: str = "", detail: str = "") -> None:
        """Note a transition."""
        self.audit.append(Audit(now, what, conversation, operator, detail))

    def end(self, conversation: str) -> None:
        """There is no hand-off any more."""
        self.handoffs.pop(conversation, None)
        self.answered.discard(conversation)

    def turn(self, conversation: str, state: State, operator: str = "", claim: int = 0) -> None:
        """Change who has a conversation, as the hand-off scripts do."""
        self.drafts.pop(conversation, None)
        before = self.conversations.get(conversation) or Conversation(conversation, Channel.TELEGRAM)
        self.conversations[conversation] = replace(
            before, state=state, operator=operator, version=before.version + 1, claim=claim or before.claim
        )


class MemoryInbox:
    """The inbox in memory; a worker that left or died is one whose name no longer takes."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: set[str] = set()

    async def put(self, inbound: Inbound, address: str) -> bool:
        """Store once by update."""
        key = (inbound.channel.value, inbound.update)
        if key in self._world.seen:
            return False
        self._world.seen.add(key)
        self._world.addresses[inbound.conversation] = address
        self._world.inbox[self._world.entry()] = inbound
        return True

    async def take(self, worker: str, wait: int) -> list[Taken]:
        """Take everything nobody holds; on a worker's first call also what a namesake left."""
        if worker not in self._known:
            self._known.add(worker)
            self._free(worker)
        world = self._world
        held = {world.inbox[e].conversation for e, w in world.holder.items() if e in world.inbox and w != worker}
        found = []
        for entry, inbound in list(world.inbox.items()):
            if entry in world.holder or inbound.conversation in held:
                continue
            world.holder[entry] = worker
            found.append(Taken(entry, inbound, world.tries.get(entry, 0)))
            world.tries[entry] = world.tries.get(entry, 0) + 1
        if not found:
            await asyncio.sleep(min(wait, 5) / 1000)
        return found

    async def done(self, taken: Taken) -> None:
        """Forget the entry."""
        self._world.inbox.pop(taken.entry, None)
        self._world.holder.pop(taken.entry, None)

    async def bury(self, taken: Taken, why: str) -> None:
        """Keep among the dead letters."""
        self._world.dead.append((taken.inbound, why))
        await self.done(taken)

    async def leave(self, worker: str) -> None:
        """Free what the worker held."""
        self._known.discard(worker)
        self._free(worker)

    async def counts(self) -> dict[str, int]:
        """Backlog and dead letters."""
        return {"waiting": len(self._world.inbox), "dead": len(self._world.dead)}

    def _free(self, worker: str) -> None:
        self._world.holder = {e: w for e, w in self._world.holder.items() if w != worker}


class MemoryOutbox:
    """The outbox in memory."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ready: set[Channel] = set()

    async def take(self, channel: Channel, sender: str, wait: int) -> list[TakenOut]:
        """Take what nobody holds; on the first call what an earlier sender left."""
        world = self._world
        if channel not in self._ready:
            self._ready.add(channel)
            world.sender = {e: s for e, s in world.sender.items() if world.outbox[e].channel is not channel}
        found = []
        for entry, out in list(world.outbox.items()):
            if out.channel is channel and entry not in world.sender:
                world.sender[entry] = sender
                state = world.delivery[out.conversation][out.id][0]
                found.append(TakenOut(entry, out, world.tries.get(entry, 0), began=state is Delivery.SENDING))
                world.tries[entry] = world.tries.get(entry, 0) + 1
        if not found:
            await asyncio.sleep(min(wait, 5) / 1000)
        return found

    def lost(self, channel: Channel) -> None:
        """The lead was lost."""
        self._ready.discard(channel)

    async def begin(self, taken: TakenOut) -> bool:
        """Note that the call is about to be made."""
        states = self._world.delivery.setdefault(taken.outbound.conversation, {})
        if states.get(taken.outbound.id, (Delivery.WAITING, ""))[0] is Delivery.WITHDRAWN:
            self._drop(taken.entry)
            return False
        states[taken.outbound.id] = (Delivery.SENDING, "")
        return True

    async def done(self, taken: TakenOut, delivery: Delivery, message: str = "") -> None:
        """Record the end of a delivery."""
        out = taken.outbound
        self._world.delivery.setdefault(out.conversation, {})[out.id] = (delivery, message)
        if message:
            self._world.said.setdefault(out.conversation, []).append((out.at, message))
        self._drop(taken.entry)

    async def withdraw(self, conversation: str, outbound: str) -> bool:
        """Take a line back before its call was begun."""
        states = self._world.delivery.get(conversation, {})
        if states.get(outbound, (None, ""))[0] is not Delivery.WAITING:
            return False
        states[outbound] = (Delivery.WITHDRAWN, "")
        return True

    async def deliveries(self, conversation: str) -> dict[str, tuple[Delivery, str]]:
        """What became of each outbound."""
        return dict(self._world.delivery.get(conversation, {}))

    async def said(self, conversation: str, since: int) -> list[str]:
        """Message ids sent since a time."""
        return [message for at, message in self._world.said.get(conversation, []) if at >= since]

    async def counts(self) -> dict[str, int]:
        """Backlog by channel."""
        return {c.value: sum(o.channel is c for o in self._world.outbox.values()) for c in Channel}

    def _drop(self, entry: str) -> None:
        self._world.outbox.pop(entry, None)
        self._world.sender.pop(entry, None)


class MemoryConversations:
    """Conversations in memory."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def load(self, conversation: str, channel: Channel) -> Conversation:
        """The conversation, or a new one."""
        return self._world.conversations.get(conversation) or Conversation(conversation, channel)

    async def commit(self, change: Change) -> Conversation:
        """Write a change, or raise Conflict."""
        world, after = self._world, change.after
        current = world.conversations.get(after.id)
        if (current.version if current else 0) != change.before.version:
            raise Conflict
        written = replace(after, version=change.before.version + 1)
        world.conversations[after.id] = written
        world.transcripts.setdefault(after.id, []).extend(change.lines)
        for out in change.outbounds:
            world.outbox[world.entry()] = out
            world.delivery.setdefault(out.conversation, {})[out.id] = (Delivery.WAITING, "")
        if change.cancel and after.id in world.handoffs:
            world.end(after.id)
            world.log(after.last, "cancelled", after.id)
        elif change.enqueue:
            self._enqueue(change.enqueue, after.last)
        if change.answered:
            self._answered(after.id, change.answered)
        return written

    async def transcript(self, conversation: str, after: int = 0) -> list[Line]:
        """Lines numbered above `after`."""
        return [line for line in self._world.transcripts.get(conversation, []) if line.number > after]

    async def note(self, conversation: str, note: Note) -> None:
        """Keep a note."""
        self._world.notes.setdefault(conversation, []).append(note)

    async def notes(self, conversation: str) -> list[Note]:
        """All notes."""
        return list(self._world.notes.get(conversation, []))

    async def erase(self, conversation: Conversation, last: Sequence[Outbound]) -> None:
        """Forget everything, then emit `last`."""
        world, id = self._world, conversation.id
        world.conversations.pop(id, None)
        world.transcripts.pop(id, None)
        world.notes.pop(id, None)
        world.delivery.pop(id, None)
        world.media.pop(id, None)
        world.files = {place: data for place, data in world.files.items() if place[0] != id}
        world.drafts.pop(id, None)
        world.follow_ups.pop(id, None)
        world.end(id)
        world.log(conversation.last, "erased", id)
        world.inbox = {e: i for e, i in world.inbox.items() if i.conversation != id or e in world.holder}
        world.outbox = {e: o for e, o in world.outbox.items() if o.conversation != id}
        fresh = Conversation(id, conversation.channel, chosen=conversation.chosen, applied=conversation.applied)
        await self.commit(Change(Conversation(id, conversation.channel), fresh, outbounds=tuple(last)))

    async def address(self, conversation: str) -> str:
        """The channel's address."""
        return self._world.addresses.get(conversation, "")

    def _enqueue(self, request: HandoffRequest, now: int) -> None:
        old = self._world.handoffs.get(request.conversation)
        if old is None:
            self._world.handoffs[request.conversation] = replace(request, version=next(self._world.turns))
            self._world.log(now, "enqueued", request.conversation, "", request.reason.value)
            return
        if request.indicators:
            old = replace(old, indicators=request.indicators)
        if request.priority < old.priority:
            old = replace(old, priority=request.priority, reason=request.reason, country=request.country,
                          reserved_for="", reserved_until=0)  # fmt: skip
            self._world.log(now, "raised", request.conversation, "", request.reason.value)
        self._world.handoffs[request.conversation] = old

    def _answered(self, conversation: str, at: int) -> None:
        request = self._world.handoffs.get(conversation)
        if request is None:
            return
        self._world.handoffs[conversation] = replace(request, answer_by=0)
        if conversation not in self._world.answered:
            self._world.answered.add(conversation)
            self._world.waits.setdefault(request.language, []).append((at, at - request.since))
