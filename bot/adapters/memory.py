"""The memory twins of the Redis adapters: one `World` holds what Redis would, each class is one port.

They sit the same exam as the real ones and serve tests and trials; nothing here survives the process.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace

from bot.adapters.redis_duty import PRESENT_FOR
from bot.adapters.redis_handoff import LEASE
from bot.core.conversation import Conversation, State
from bot.core.errors import Conflict, NotYours
from bot.core.handoff import HandoffRequest, Stage, score
from bot.core.message import Channel, Delivery, Inbound, Line, Note, Outbound
from bot.core.ports import Audit, Change, Mail, Presence, Taken, TakenOut


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
    addresses: dict[str, str] = field(default_factory=dict)
    handoffs: dict[str, HandoffRequest] = field(default_factory=dict)
    audit: list[Audit] = field(default_factory=list)
    count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def entry(self) -> str:
        """The next entry id, growing as a stream's does."""
        return f"{next(self.count)}-0"

    def log(self, now: int, what: str, conversation: str, operator: str = "", detail: str = "") -> None:
        """Note a transition."""
        self.audit.append(Audit(now, what, conversation, operator, detail))

    def turn(self, conversation: str, state: State, operator: str = "") -> None:
        """Change who has a conversation, as the hand-off scripts do."""
        before = self.conversations.get(conversation) or Conversation(conversation, Channel.TELEGRAM)
        self.conversations[conversation] = replace(before, state=state, operator=operator, version=before.version + 1)


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
            del world.handoffs[after.id]
            world.log(after.last, "cancelled", after.id)
        elif change.enqueue:
            self._enqueue(change.enqueue, after.last)
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
        world.handoffs.pop(id, None)
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
            self._world.handoffs[request.conversation] = request
            self._world.log(now, "enqueued", request.conversation, "", request.reason.value)
            return
        if request.indicators:
            old = replace(old, indicators=request.indicators)
        if score(request.priority, request.since) < score(old.priority, old.since):
            old = replace(old, priority=request.priority, reason=request.reason, country=request.country)
            self._world.log(now, "raised", request.conversation, "", request.reason.value)
        self._world.handoffs[request.conversation] = old


class MemoryHandoff:
    """The hand-off queue in memory."""

    def __init__(self, world: World, lease: int = LEASE) -> None:
        self._world = world
        self._lease = lease

    async def waiting(self) -> list[HandoffRequest]:
        """All waiting requests, first to be taken first."""
        found = [self._shown(r) for r in self._world.handoffs.values() if r.stage is Stage.WAITING]
        return sorted(found, key=lambda r: (score(r.priority, r.since), r.conversation))

    async def held(self, operator: str = "") -> list[HandoffRequest]:
        """What an operator holds, or anyone."""
        claimed = (r for r in self._world.handoffs.values() if r.stage is Stage.CLAIMED)
        found = [self._shown(r) for r in claimed if operator in ("", r.operator)]
        return sorted(found, key=lambda r: (r.priority, r.since))

    async def find(self, conversation: str) -> HandoffRequest | None:
        """The open request."""
        request = self._world.handoffs.get(conversation)
        return self._shown(request) if request else None

    async def claim(self, operator: str, conversation: str, now: int) -> HandoffRequest:
        """Claim this one; raises Conflict."""
        request = self._world.handoffs.get(conversation)
        if request is None or request.stage is not Stage.WAITING:
            raise Conflict
        return self._take(request, operator, now)

    async def claim_next(
        self, operator: str, languages: Sequence[str], now: int, capacity: int = 0
    ) -> HandoffRequest | None:
        """Claim the first of the operator's languages, else of any."""
        if capacity and len(await self.held(operator)) >= capacity:
            return None
        waiting = await self.waiting()
        own = [r for r in waiting if r.language in languages]
        for request in own or waiting:
            return self._take(request, operator, now)
        return None

    async def beat(self, operator: str, now: int) -> int:
        """Extend the operator's leases."""
        mine = await self.held(operator)
        for request in mine:
            self._world.handoffs[request.conversation] = replace(request, lease=now + self._lease)
        return len(mine)

    async def give_back(self, operator: str, conversation: str, now: int) -> None:
        """Back to the queue."""
        self._requeue(self._held_by(operator, conversation), now, "returned")

    async def transfer(self, operator: str, conversation: str, to: str, now: int) -> None:
        """Hand to another operator."""
        request = self._held_by(operator, conversation)
        self._take(request, to, now)
        self._world.log(now, "transferred", conversation, operator, to)

    async def finish(self, operator: str, conversation: str, now: int, *, closed: bool, reason: str = "") -> None:
        """End the hand-off."""
        self._held_by(operator, conversation)
        del self._world.handoffs[conversation]
        self._world.turn(conversation, State.CLOSED if closed else State.ASSISTANT)
        self._world.log(now, "closed" if closed else "released", conversation, operator, reason)

    async def reap(self, now: int) -> list[HandoffRequest]:
        """Return what lost operators held."""
        lost = [r for r in self._world.handoffs.values() if r.stage is Stage.CLAIMED and r.lease <= now]
        for request in lost:
            self._requeue(request, now, "lost")
        return [self._shown(self._world.handoffs[request.conversation]) for request in lost]

    async def audit(self, count: int = 100) -> list[Audit]:
        """The newest transitions, newest first."""
        return list(reversed(self._world.audit))[:count]

    def _shown(self, request: HandoffRequest) -> HandoffRequest:
        conversation = self._world.conversations.get(request.conversation)
        return replace(request, version=conversation.version if conversation else 0)

    def _held_by(self, operator: str, conversation: str) -> HandoffRequest:
        request = self._world.handoffs.get(conversation)
        if request is None or request.operator != operator:
            raise NotYours
        return request

    def _take(self, request: HandoffRequest, operator: str, now: int) -> HandoffRequest:
        taken = replace(request, stage=Stage.CLAIMED, operator=operator, lease=now + self._lease)
        self._world.handoffs[request.conversation] = taken
        self._world.turn(request.conversation, State.OPERATOR, operator)
        self._world.log(now, "claimed", request.conversation, operator)
        return self._shown(taken)

    def _requeue(self, request: HandoffRequest, now: int, what: str) -> None:
        self._world.handoffs[request.conversation] = replace(request, stage=Stage.WAITING, operator="", lease=0)
        self._world.turn(request.conversation, State.WAITING)
        self._world.log(now, what, request.conversation, request.operator)


class MemoryDuty:
    """Presence in memory."""

    def __init__(self) -> None:
        self._here: dict[str, Presence] = {}

    async def arrive(self, presence: Presence) -> None:
        """The operator is here."""
        self._here[presence.operator] = presence

    async def leave(self, operator: str) -> None:
        """The operator left."""
        self._here.pop(operator, None)

    async def present(self, now: int) -> list[Presence]:
        """Everyone seen within the last minute."""
        found = (p for p in self._here.values() if p.seen > now - PRESENT_FOR)
        return sorted(found, key=lambda presence: presence.operator)


class MemoryLeases:
    """Leads in memory; a lease here never runs out, for a process that died took the memory with it."""

    def __init__(self) -> None:
        self._owner: dict[str, str] = {}

    async def hold(self, name: str, owner: str, lifetime: int) -> bool:
        """Take or extend the lease."""
        return self._owner.setdefault(name, owner) == owner

    async def drop(self, name: str, owner: str) -> None:
        """Give the lease up."""
        if self._owner.get(name) == owner:
            del self._owner[name]


class MemorySignals:
    """Signals in memory."""

    def __init__(self) -> None:
        self._ears: list[asyncio.Queue[str]] = []

    async def tell(self, topic: str) -> None:
        """Wake whoever listens."""
        for ear in self._ears:
            ear.put_nowait(topic)

    async def listen(self) -> AsyncIterator[str]:
        """Topics as they come."""
        ear: asyncio.Queue[str] = asyncio.Queue()
        self._ears.append(ear)
        try:
            while True:
                yield await ear.get()
        finally:
            self._ears.remove(ear)


class MemoryKeyring:
    """Wrapped keys in memory."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}

    async def get(self, conversation: str) -> bytes | None:
        """The wrapped key."""
        return self._keys.get(conversation)

    async def add(self, conversation: str, wrapped: bytes) -> bytes:
        """Store a key if there is none."""
        return self._keys.setdefault(conversation, wrapped)

    async def replace(self, conversation: str, before: bytes, after: bytes) -> bool:
        """Put another wrapping in place."""
        if self._keys.get(conversation) != before:
            return False
        self._keys[conversation] = after
        return True

    async def remove(self, conversation: str) -> bool:
        """Destroy the key."""
        return self._keys.pop(conversation, None) is not None

    async def everyone(self) -> list[str]:
        """All conversations that have a key."""
        return list(self._keys)


class MemoryMailbox:
    """Mailboxes in memory."""

    def __init__(self) -> None:
        self._mails: dict[str, list[tuple[str, Mail]]] = {}
        self._count = itertools.count(1)
        self._news = asyncio.Event()

    async def post(self, conversation: str, mail: Mail) -> str:
        """Keep a mail; returns its id."""
        id = f"{next(self._count)}-0"
        self._mails.setdefault(conversation, []).append((id, mail))
        self._news.set()
        self._news = asyncio.Event()
        return id

    async def read(self, conversation: str, after: str, wait: int) -> list[tuple[str, Mail]]:
        """Mails after an id, waiting up to `wait` ms for one."""
        start = int(after.partition("-")[0]) if after else 0
        found = [(i, m) for i, m in self._mails.get(conversation, []) if int(i.partition("-")[0]) > start]
        if not found and wait > 0:
            try:
                await asyncio.wait_for(self._news.wait(), wait / 1000)
            except TimeoutError:
                return []
            return await self.read(conversation, after, 0)
        return found

    async def clear(self, conversation: str) -> None:
        """Forget all mails."""
        self._mails.pop(conversation, None)
