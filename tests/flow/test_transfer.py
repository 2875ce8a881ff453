"""Handing on between operators, and what the janitor returns, over every store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.adapters.memory import World
from bot.adapters.memory_audit import MemoryAudit
from bot.adapters.vault import audit_seals, new_master
from bot.core.conversation import State
from bot.core.duty_hours import DutyHours, Prospect, parse_duty_hours
from bot.core.errors import Conflict, Full, NotYours
from bot.core.handoff import HOUR, Priority, Rules
from bot.core.message import Channel
from bot.core.ports import Audit, Change, Presence
from bot.flow.handoff import Operator
from bot.flow.janitor import Janitor
from bot.flow.prospects import Prospects
from bot.flow.transfer import Transfers
from tests.conftest import Ports
from tests.flow.test_appointments import keeper
from tests.flow.test_handoff import DARA, MYA, desk, load, outbounds, waiting

RULES = Rules()
BOSS = Operator("boss", "Boss", ("en",))


def presence(operator: Operator, capacity: int = 0) -> Presence:
    return Presence(operator.id, operator.name, operator.languages, 0, capacity)


async def told(ports: Ports) -> list[str]:
    return [out.phrase for out in await outbounds(ports)]


async def offered(ports: Ports) -> Transfers:
    """Dara holds c1 and offers it to Mya; the person was told of Dara alone."""
    await waiting(ports)
    await desk(ports).claim(DARA, "c1")
    transfers = Transfers(desk(ports))
    await transfers.offer(DARA, "c1", presence(MYA), note="she speaks Mon")
    assert await told(ports) == ["operator.joined"]
    return transfers


async def test_an_offer_leaves_everything_as_it_is_but_for_the_note(ports: Ports) -> None:
    await offered(ports)
    assert (await load(ports)).operator == "dara"
    assert [note.words for note in await ports.conversations.notes("c1")] == ["she speaks Mon"]
    await desk(ports).reply(DARA, "c1", "still here")
    with pytest.raises(NotYours):
        await desk(ports).reply(MYA, "c1", "not yet")


async def test_accept_tells_the_person_who_is_here_now(ports: Ports) -> None:
    transfers = await offered(ports)
    await transfers.accept(MYA, "c1")
    assert (await load(ports)).operator == "mya"
    assert [out.args.get("name") for out in await outbounds(ports)] == ["Mya"]
    with pytest.raises(NotYours):
        await desk(ports).reply(DARA, "c1", "too late")


async def test_refused_or_lapsed_it_stays_with_the_giver_and_the_person_hears_nothing(ports: Ports) -> None:
    transfers = await offered(ports)
    await transfers.refuse(MYA, "c1")
    await transfers.offer(DARA, "c1", presence(MYA))
    await desk(ports).reply(DARA, "c1", "hello")
    ports.clock.time += RULES.offer
    await desk(ports).arrive(DARA)
    assert len((await desk(ports).reap()).lapsed) == 1
    assert (await load(ports)).operator == "dara"
    assert [out.words for out in await outbounds(ports)] == ["hello"]


async def test_an_offer_by_who_does_not_hold_it_is_refused_and_keeps_no_note(ports: Ports) -> None:
    await waiting(ports)
    await desk(ports).claim(DARA, "c1")
    with pytest.raises(NotYours):
        await Transfers(desk(ports)).offer(MYA, "c1", presence(DARA), note="x")
    assert await ports.conversations.notes("c1") == []


async def test_leaving_refuses_what_is_offered(ports: Ports) -> None:
    transfers = await offered(ports)
    await desk(ports).leave(MYA)
    with pytest.raises(Conflict):
        await transfers.accept(MYA, "c1")


async def test_capacity_of_the_account_goes_before_the_desks(ports: Ports) -> None:
    one = replace(DARA, capacity=1)
    await waiting(ports, "c1")
    await waiting(ports, "c2")
    await desk(ports).claim_next(one)
    with pytest.raises(Full):
        await desk(ports).claim(one, "c2")
    assert (await desk(ports).claim(DARA, "c2")).operator == "dara"
    await desk(ports).arrive(one)
    assert [p.capacity for p in await ports.duty.present(ports.clock.now())] == [1]


async def test_reassign_tells_the_person_whoever_has_it_now(ports: Ports) -> None:
    await waiting(ports)
    await desk(ports).claim(DARA, "c1")
    await outbounds(ports)
    transfers = Transfers(desk(ports))
    await transfers.reassign(BOSS, "c1", presence(MYA))
    await transfers.reassign(BOSS, "c1", None)
    assert await told(ports) == ["operator.joined", "operator.returned"]
    assert (await load(ports)).state is State.WAITING
    assert [(a.what, a.operator, a.detail) for a in await ports.queue.audit(2)] == [
        ("reassigned", "boss", ""),
        ("reassigned", "boss", "mya"),
    ]


async def test_give_back_with_a_note_tells_the_person_the_truth(ports: Ports) -> None:
    await waiting(ports)
    await desk(ports).claim(DARA, "c1")
    await desk(ports).give_back(DARA, "c1", note="needs Mon")
    assert await told(ports) == ["operator.joined", "operator.returned"]
    assert [note.words for note in await ports.conversations.notes("c1")] == ["needs Mon"]


async def test_without_a_first_reply_the_person_is_told_and_waits_at_the_old_place(ports: Ports) -> None:
    await waiting(ports)
    await desk(ports).claim(DARA, "c1")
    ports.clock.time += RULES.first_reply
    await desk(ports).arrive(DARA)
    assert len((await desk(ports).reap()).unanswered) == 1
    assert await told(ports) == ["operator.joined", "operator.unanswered"]
    with pytest.raises(NotYours):
        await desk(ports).reply(DARA, "c1", "too late")


async def test_a_phrase_of_the_book_is_a_first_reply_too(ports: Ports) -> None:
    await waiting(ports)
    await desk(ports).claim(DARA, "c1")
    await desk(ports).say(DARA, "c1", "waiting.kept")
    ports.clock.time += RULES.first_reply
    await desk(ports).arrive(DARA)
    assert (await desk(ports).reap()).unanswered == ()


async def test_the_usual_wait_comes_from_first_replies_of_late(ports: Ports) -> None:
    prospects = Prospects(ports.queue, DutyHours())
    for number in range(5):
        await waiting(ports, f"c{number}")
    ports.clock.time += 7 * 60_000
    for number in range(5):
        await desk(ports).claim(DARA, f"c{number}")
        await desk(ports).reply(DARA, f"c{number}", "hello")
    khmer = replace(await ports.conversations.load("c1", Channel.TELEGRAM), detected="km")
    now = ports.clock.now()
    assert await prospects.of(khmer, now, anyone=True) == Prospect(usual=10 * 60_000)
    assert await prospects.of(replace(khmer, detected="my"), now, anyone=True) == Prospect()
    assert await prospects.of(khmer, now + 4 * HOUR, anyone=True) == Prospect()


async def test_while_nobody_is_here_the_opening_is_looked_up(ports: Ports) -> None:
    rota = {"zone": "Asia/Bangkok", "open": ["Mon-Sun 23:00-24:00"]}
    prospects = Prospects(ports.queue, parse_duty_hours({"languages": {"km": rota}}, lambda place: "f:1"))
    khmer = replace(await load(ports), detected="km")
    found = (await prospects.of(khmer, ports.clock.now(), anyone=False)).opening
    assert found is not None and found.at == found.speaker > ports.clock.now()


async def test_the_janitor_returns_and_chains(memory: Ports) -> None:
    world = World()
    trail = MemoryAudit(world, audit_seals(new_master()))
    await trail.record(Audit(1, "read", "c1", "boss"))
    await waiting(memory)
    await desk(memory).claim(DARA, "c1")
    memory.clock.time += RULES.first_reply
    await Janitor(desk(memory), trail, keeper(memory)).tidy()
    assert [r.conversation for r in await memory.queue.waiting()] == ["c1"]
    assert (await trail.verify(memory.clock.now())).unsealed == 0


async def test_a_crisis_is_taken_beyond_the_capacity(ports: Ports) -> None:
    one = replace(DARA, capacity=1)
    await waiting(ports, "c1")
    await waiting(ports, "c2")
    await desk(ports).claim(one, "c1")
    request = await ports.queue.find("c2")
    assert request is not None
    before = await ports.conversations.load("c2", Channel.TELEGRAM)
    await ports.conversations.commit(Change(before, before, enqueue=replace(request, priority=Priority.CRISIS)))
    assert (await desk(ports).claim(one, "c2")).operator == "dara"
