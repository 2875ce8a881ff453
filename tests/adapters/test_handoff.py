"""The exam of the hand-off queue: one conversation has one operator, and a place in line is kept."""

from __future__ import annotations

import asyncio

import pytest

from bot.adapters.redis_handoff import LEASE
from bot.core.conversation import Conversation, State
from bot.core.errors import Conflict, Full, NotYours
from bot.core.handoff import HOUR, HandoffRequest, Priority, Reaped, Reason, Stage
from bot.core.message import Channel
from bot.core.ports import Change
from tests.conftest import NOON, Ports


async def enqueue(
    ports: Ports, id: str, language: str = "km", priority: Priority = Priority.NORMAL, since: int = NOON,
    reserved: str = "", until: int = 0,
) -> None:  # fmt: skip
    before = await ports.conversations.load(id, Channel.TELEGRAM)
    after = Conversation(id, Channel.TELEGRAM, state=State.WAITING, version=before.version)
    request = HandoffRequest(id, language, priority, Reason.ASKED, since, reserved_for=reserved, reserved_until=until)
    await ports.conversations.commit(Change(before, after, enqueue=request))


async def replies(ports: Ports, id: str, at: int) -> None:
    """The operator writes to the person."""
    before = await ports.conversations.load(id, Channel.TELEGRAM)
    await ports.conversations.commit(Change(before, before, answered=at))


async def state(ports: Ports, id: str) -> tuple[State, str]:
    found = await ports.conversations.load(id, Channel.TELEGRAM)
    return found.state, found.operator


async def test_queue_takes_a_crisis_first(ports: Ports) -> None:
    await enqueue(ports, "old", since=NOON - 3 * 24 * HOUR)
    await enqueue(ports, "high", priority=Priority.HIGH)
    await enqueue(ports, "crisis", priority=Priority.CRISIS, since=NOON + 1)
    assert [r.conversation for r in await ports.queue.waiting()] == ["crisis", "old", "high"]


async def test_queue_lets_a_normal_request_age_past_a_high_one(ports: Ports) -> None:
    await enqueue(ports, "high", priority=Priority.HIGH, since=NOON)
    await enqueue(ports, "patient", since=NOON - 2 * HOUR - 1)
    await enqueue(ports, "fresh", since=NOON - HOUR)
    assert [r.conversation for r in await ports.queue.waiting()] == ["patient", "high", "fresh"]


async def test_claim_gives_the_conversation_to_the_operator(ports: Ports) -> None:
    await enqueue(ports, "c1")
    request = await ports.queue.claim("dara", "c1", NOON)
    assert (request.stage, request.operator, request.lease) == (Stage.CLAIMED, "dara", NOON + LEASE)
    assert await state(ports, "c1") == (State.OPERATOR, "dara")
    assert await ports.queue.waiting() == []
    assert [r.conversation for r in await ports.queue.held("dara")] == ["c1"]


async def test_claim_refuses_the_second(ports: Ports) -> None:
    await enqueue(ports, "c1")
    await ports.queue.claim("dara", "c1", NOON)
    with pytest.raises(Conflict):
        await ports.queue.claim("mya", "c1", NOON)


async def test_claim_changes_the_version_so_that_a_slow_worker_decides_again(ports: Ports) -> None:
    await enqueue(ports, "c1")
    before = await ports.conversations.load("c1", Channel.TELEGRAM)
    await ports.queue.claim("dara", "c1", NOON)
    with pytest.raises(Conflict):
        await ports.conversations.commit(Change(before, before))


async def test_claim_next_prefers_the_operators_languages(ports: Ports) -> None:
    await enqueue(ports, "lao", "lo", since=NOON - HOUR)
    await enqueue(ports, "khmer", "km")
    first = await ports.queue.claim_next("dara", ["km", "en"], NOON)
    second = await ports.queue.claim_next("dara", ["km", "en"], NOON)
    assert [r.conversation for r in (first, second) if r] == ["khmer", "lao"]
    assert await ports.queue.claim_next("dara", ["km"], NOON) is None


async def test_claim_next_keeps_within_capacity(ports: Ports) -> None:
    await enqueue(ports, "c1")
    await enqueue(ports, "c2")
    await ports.queue.claim_next("dara", ["km"], NOON, capacity=1)
    with pytest.raises(Full):
        await ports.queue.claim_next("dara", ["km"], NOON, capacity=1)


async def test_twelve_operators_claim_two_hundred_conversations_once_each(ports: Ports) -> None:
    for number in range(200):
        await enqueue(ports, f"c{number}", ["km", "my", "lo", "th"][number % 4])

    async def work(name: str) -> list[str]:
        mine = []
        while (request := await ports.queue.claim_next(name, ["km"], NOON)) is not None:
            mine.append(request.conversation)
        return mine

    taken = [id for mine in await asyncio.gather(*(work(f"o{n}") for n in range(12))) for id in mine]
    assert len(taken) == 200
    assert len(set(taken)) == 200


async def test_a_lost_operators_conversation_returns_to_its_old_place(ports: Ports) -> None:
    await enqueue(ports, "first", since=NOON)
    await enqueue(ports, "second", since=NOON + 1)
    await ports.queue.claim("dara", "first", NOON)
    assert await ports.queue.reap(NOON + LEASE - 1) == Reaped()
    assert [r.conversation for r in (await ports.queue.reap(NOON + LEASE)).lost] == ["first"]
    assert [r.conversation for r in await ports.queue.waiting()] == ["first", "second"]
    assert await state(ports, "first") == (State.WAITING, "")
    assert await ports.queue.held("dara") == []


async def test_a_heartbeat_keeps_the_claim(ports: Ports) -> None:
    await enqueue(ports, "c1")
    await ports.queue.claim("dara", "c1", NOON)
    assert await ports.queue.beat("dara", NOON + 1000) == 1
    assert await ports.queue.reap(NOON + LEASE) == Reaped()


async def test_give_back_keeps_the_old_place(ports: Ports) -> None:
    await enqueue(ports, "first", since=NOON)
    await enqueue(ports, "second", since=NOON + 1)
    await ports.queue.claim("dara", "first", NOON)
    await ports.queue.give_back("dara", "first", NOON + 5)
    assert [r.conversation for r in await ports.queue.waiting()] == ["first", "second"]


async def test_finish_hands_over_to_the_assistant_or_closes(ports: Ports) -> None:
    for id, closed, after in (("c1", False, State.ASSISTANT), ("c2", True, State.CLOSED)):
        await enqueue(ports, id)
        await ports.queue.claim("dara", id, NOON)
        await ports.queue.finish("dara", id, NOON, closed=closed, reason="solved")
        assert await state(ports, id) == (after, "")
        assert await ports.queue.find(id) is None


async def test_only_the_holder_may_act(ports: Ports) -> None:
    await enqueue(ports, "c1")
    await ports.queue.claim("dara", "c1", NOON)
    with pytest.raises(NotYours):
        await ports.queue.give_back("mya", "c1", NOON)
    with pytest.raises(NotYours):
        await ports.queue.finish("mya", "c1", NOON, closed=True)
    with pytest.raises(NotYours):
        await ports.queue.offer("mya", "c1", "bopha", NOON)


async def test_a_higher_priority_raises_a_waiting_request_and_a_lower_does_not(ports: Ports) -> None:
    await enqueue(ports, "c1", since=NOON)
    await enqueue(ports, "c1", priority=Priority.CRISIS, since=NOON + 9)
    await enqueue(ports, "c1", priority=Priority.NORMAL, since=NOON + 10)
    request = await ports.queue.find("c1")
    assert request is not None
    assert (request.priority, request.since) == (Priority.CRISIS, NOON)


async def test_every_transition_leaves_an_audit_entry_without_words(ports: Ports) -> None:
    await enqueue(ports, "c1")
    await ports.queue.claim("dara", "c1", NOON)
    await ports.queue.finish("dara", "c1", NOON, closed=True, reason="solved")
    audit = await ports.queue.audit()
    assert [(a.what, a.operator) for a in reversed(audit)] == [
        ("enqueued", ""),
        ("claimed", "dara"),
        ("closed", "dara"),
    ]
