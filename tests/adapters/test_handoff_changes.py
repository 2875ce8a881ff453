"""The exam of what changes hands: versions, capacity, offers, a supervisor's word, first replies, reservations."""

from __future__ import annotations

import pytest

from bot.adapters.redis_handoff import LEASE
from bot.core.conversation import State
from bot.core.errors import Conflict, Full, NotYours, Reserved
from bot.core.handoff import FOREIGN, HOUR, Priority, Reaped, Rules
from bot.core.message import Channel
from tests.adapters.test_handoff import enqueue, replies, state
from tests.conftest import NOON, Ports

RULES = Rules()


async def held(ports: Ports, id: str = "c1", priority: Priority = Priority.NORMAL, by: str = "dara") -> int:
    """Claimed by dara; returns the version."""
    await enqueue(ports, id, priority=priority)
    return (await ports.queue.claim(by, id, NOON)).version


async def test_version_is_raised_whenever_the_conversation_changes_hands(ports: Ports) -> None:
    versions = [await held(ports)]
    await ports.queue.give_back("dara", "c1", NOON)
    for request in await ports.queue.waiting():
        versions.append(request.version)
    await ports.queue.claim("dara", "c1", NOON)
    await ports.queue.finish("dara", "c1", NOON, closed=True)
    versions.append(await held(ports))
    assert sorted(set(versions)) == versions


async def test_a_transition_on_a_stale_version_is_refused(ports: Ports) -> None:
    old = await held(ports)
    await ports.queue.give_back("dara", "c1", NOON)
    with pytest.raises(Conflict):
        await ports.queue.claim("dara", "c1", NOON, version=old)
    await ports.queue.claim("dara", "c1", NOON)
    for act in (ports.queue.give_back, ports.queue.refuse):
        with pytest.raises(Conflict):
            await act("dara", "c1", NOON, version=old)
    with pytest.raises(Conflict):
        await ports.queue.offer("dara", "c1", "mya", NOON, version=old)
    with pytest.raises(Conflict):
        await ports.queue.reassign("boss", "c1", "mya", NOON, version=old)
    with pytest.raises(Conflict):
        await ports.queue.finish("dara", "c1", NOON, closed=True, version=old)
    assert await state(ports, "c1") == (State.OPERATOR, "dara")


async def test_capacity_holds_for_a_claim_by_choice_but_not_for_a_crisis(ports: Ports) -> None:
    await held(ports)
    await enqueue(ports, "c2")
    await enqueue(ports, "danger", priority=Priority.CRISIS)
    with pytest.raises(Full):
        await ports.queue.claim("dara", "c2", NOON, capacity=1)
    assert (await ports.queue.claim("dara", "danger", NOON, capacity=1)).operator == "dara"


async def test_capacity_is_no_matter_where_nobody_waits(ports: Ports) -> None:
    await held(ports)
    assert await ports.queue.claim_next("dara", ["km"], NOON, capacity=1) is None


async def test_claim_next_takes_a_crisis_first_in_any_language(ports: Ports) -> None:
    await enqueue(ports, "mine", "km", since=NOON - HOUR)
    await enqueue(ports, "danger", "my", Priority.CRISIS)
    request = await ports.queue.claim_next("dara", ["km"], NOON)
    assert request is not None and request.conversation == "danger"


async def test_nobody_starves_for_their_language(ports: Ports) -> None:
    await enqueue(ports, "lao", "lo", since=NOON - FOREIGN - 1)
    await enqueue(ports, "khmer", "km", since=NOON)
    request = await ports.queue.claim_next("dara", ["km"], NOON)
    assert request is not None and request.conversation == "lao"


async def test_while_it_is_offered_the_giver_holds_it(ports: Ports) -> None:
    await held(ports)
    before = await ports.conversations.load("c1", Channel.TELEGRAM)
    await ports.queue.offer("dara", "c1", "mya", NOON)
    assert await ports.conversations.load("c1", Channel.TELEGRAM) == before
    assert [r.conversation for r in await ports.queue.offers("mya", NOON)] == ["c1"]
    assert await ports.queue.offers("bopha", NOON) == []
    assert await ports.queue.offers("mya", NOON + RULES.offer) == []


async def test_accept_moves_it_and_starts_a_term_of_its_own(ports: Ports) -> None:
    version = await held(ports)
    await ports.queue.offer("dara", "c1", "mya", NOON)
    request = await ports.queue.accept("mya", "c1", NOON + 5, version)
    assert await state(ports, "c1") == (State.OPERATOR, "mya")
    assert (request.offered_to, request.answer_by) == ("", NOON + 5 + RULES.first_reply)
    assert request.version > version
    assert await ports.queue.held("dara") == []
    assert await ports.queue.offers("mya", NOON + 5) == []


async def test_accept_of_what_is_not_offered_is_refused(ports: Ports) -> None:
    await held(ports)
    with pytest.raises(Conflict):
        await ports.queue.accept("mya", "c1", NOON)
    await ports.queue.offer("dara", "c1", "mya", NOON)
    with pytest.raises(Conflict):
        await ports.queue.accept("bopha", "c1", NOON)
    with pytest.raises(Conflict):
        await ports.queue.accept("mya", "c1", NOON + RULES.offer)
    assert await state(ports, "c1") == (State.OPERATOR, "dara")


@pytest.mark.parametrize("who", ["mya", "dara"])
async def test_refuse_leaves_it_with_the_giver(ports: Ports, who: str) -> None:
    await held(ports)
    await ports.queue.offer("dara", "c1", "mya", NOON)
    await ports.queue.refuse(who, "c1", NOON)
    with pytest.raises(Conflict):
        await ports.queue.accept("mya", "c1", NOON)
    assert await state(ports, "c1") == (State.OPERATOR, "dara")
    assert (await ports.queue.audit())[0].what == ("refused" if who == "mya" else "recalled")


async def test_refuse_is_for_those_it_concerns(ports: Ports) -> None:
    await held(ports)
    with pytest.raises(Conflict):
        await ports.queue.refuse("dara", "c1", NOON)
    await ports.queue.offer("dara", "c1", "mya", NOON)
    with pytest.raises(NotYours):
        await ports.queue.refuse("bopha", "c1", NOON)


async def test_an_offer_lapses_and_may_be_made_again(ports: Ports) -> None:
    await held(ports)
    await ports.queue.offer("dara", "c1", "mya", NOON)
    with pytest.raises(Conflict):
        await ports.queue.offer("dara", "c1", "bopha", NOON)
    await ports.queue.beat("dara", NOON + RULES.offer)
    await replies(ports, "c1", NOON)
    assert [r.conversation for r in (await ports.queue.reap(NOON + RULES.offer)).lapsed] == ["c1"]
    assert (await ports.queue.offer("dara", "c1", "bopha", NOON + RULES.offer)).offered_to == "bopha"


async def test_an_offer_to_who_has_enough_is_refused_at_once_and_at_the_end(ports: Ports) -> None:
    await held(ports, "own", by="mya")
    await held(ports)
    with pytest.raises(Full):
        await ports.queue.offer("dara", "c1", "mya", NOON, capacity=1)
    await ports.queue.offer("dara", "c1", "mya", NOON, capacity=2)
    await held(ports, "more", by="mya")
    with pytest.raises(Full):
        await ports.queue.accept("mya", "c1", NOON, capacity=2)


async def test_a_lost_givers_offer_is_gone(ports: Ports) -> None:
    await held(ports)
    await ports.queue.offer("dara", "c1", "mya", NOON)
    await ports.queue.reap(NOON + LEASE)
    with pytest.raises(Conflict):
        await ports.queue.accept("mya", "c1", NOON + LEASE)
    assert await state(ports, "c1") == (State.WAITING, "")


async def test_reassign_takes_it_from_anyone_to_anyone_or_to_the_queue(ports: Ports) -> None:
    await held(ports)
    assert (await ports.queue.reassign("boss", "c1", "mya", NOON)).operator == "mya"
    assert [len(await ports.queue.held(who)) for who in ("dara", "mya")] == [0, 1]
    await ports.queue.reassign("boss", "c1", "", NOON)
    assert [r.conversation for r in await ports.queue.waiting()] == ["c1"]
    assert (await ports.queue.reassign("boss", "c1", "dara", NOON)).operator == "dara"
    told = [(a.what, a.operator, a.detail) for a in await ports.queue.audit(3)]
    assert told == [("reassigned", "boss", "dara"), ("reassigned", "boss", ""), ("reassigned", "boss", "mya")]


async def test_reassign_to_where_it_is_changes_nothing(ports: Ports) -> None:
    await held(ports)
    await enqueue(ports, "c2")
    for id, to in (("c1", "dara"), ("c2", ""), ("none", "mya")):
        with pytest.raises(Conflict):
            await ports.queue.reassign("boss", id, to, NOON)


async def test_without_a_first_reply_it_returns_to_its_old_place_with_a_warning_before(ports: Ports) -> None:
    await held(ports)
    due = NOON + RULES.first_reply
    await ports.queue.beat("dara", due)
    assert (await ports.queue.reap(due - RULES.warning - 1)).warned == ()
    assert [r.conversation for r in (await ports.queue.reap(due - RULES.warning)).warned] == ["c1"]
    assert await ports.queue.reap(due - 1) == Reaped()
    returned = (await ports.queue.reap(due)).unanswered
    assert [(r.conversation, r.since, r.operator) for r in returned] == [("c1", NOON, "")]
    assert await state(ports, "c1") == (State.WAITING, "")
    assert (await ports.queue.audit())[0].what == "unanswered"


async def test_a_crisis_returns_sooner(ports: Ports) -> None:
    await held(ports, priority=Priority.CRISIS)
    await ports.queue.beat("dara", NOON + RULES.first_reply_crisis)
    assert len((await ports.queue.reap(NOON + RULES.first_reply_crisis)).unanswered) == 1


async def test_a_first_reply_keeps_it(ports: Ports) -> None:
    await held(ports)
    await replies(ports, "c1", NOON + 1)
    await ports.queue.beat("dara", NOON + HOUR)
    assert await ports.queue.reap(NOON + HOUR) == Reaped()


async def test_waits_are_measured_once_a_hand_off_from_the_first_asking(ports: Ports) -> None:
    await enqueue(ports, "c1", since=NOON - 60_000)
    await ports.queue.claim("dara", "c1", NOON)
    await replies(ports, "c1", NOON + 1000)
    await replies(ports, "c1", NOON + 9000)
    assert await ports.queue.waits("km", NOON) == [61_000]
    assert await ports.queue.waits("km", NOON + 1000) == []
    assert await ports.queue.waits("my", NOON) == []


async def test_what_is_reserved_waits_for_one_and_then_for_all(ports: Ports) -> None:
    until = NOON + RULES.reserve
    await enqueue(ports, "c1", reserved="dara", until=until)
    assert [r.reserved_for for r in await ports.queue.waiting()] == ["dara"]
    with pytest.raises(Reserved):
        await ports.queue.claim("mya", "c1", NOON)
    assert await ports.queue.claim_next("mya", ["km"], NOON) is None
    assert (await ports.queue.claim("mya", "c1", until)).operator == "mya"


@pytest.mark.parametrize("way", ["claim", "next"])
async def test_what_is_reserved_is_taken_by_whom_it_waits_for(ports: Ports, way: str) -> None:
    await enqueue(ports, "c1", "my", reserved="dara", until=NOON + 1000)
    await enqueue(ports, "c2", "km", since=NOON + 1)
    if way == "claim":
        await ports.queue.claim("dara", "c1", NOON)
    else:
        await ports.queue.claim_next("dara", ["km"], NOON)
    assert await state(ports, "c1") == (State.OPERATOR, "dara")


async def test_what_is_reserved_may_be_taken_by_all_when_its_operator_leaves_or_its_time_ends(ports: Ports) -> None:
    await enqueue(ports, "c1", reserved="dara", until=NOON + HOUR)
    await enqueue(ports, "c2", reserved="bopha", until=NOON + 1000, since=NOON + 1)
    await ports.queue.unreserve("dara")
    await ports.queue.reap(NOON + 1000)
    assert [r.reserved_for for r in await ports.queue.waiting()] == ["", ""]
    for id in ("c1", "c2"):
        request = await ports.queue.claim_next("mya", ["km"], NOON + 1000)
        assert request is not None and request.conversation == id


async def test_a_crisis_is_never_reserved_for_long(ports: Ports) -> None:
    await enqueue(ports, "c1", reserved="dara", until=NOON + HOUR)
    await enqueue(ports, "c1", priority=Priority.CRISIS)
    assert (await ports.queue.claim("mya", "c1", NOON)).operator == "mya"


async def test_close_remembers_who_helped_and_release_does_not(ports: Ports) -> None:
    for id, closed, known in (("c1", True, ("dara", NOON)), ("c2", False, ("", 0))):
        await held(ports, id)
        await ports.queue.finish("dara", id, NOON, closed=closed)
        found = await ports.conversations.load(id, Channel.TELEGRAM)
        assert (found.helper, found.ended) == known


async def test_a_follow_up_is_shown_when_it_is_due_until_it_was_looked_at(ports: Ports) -> None:
    await held(ports)
    await ports.queue.finish("dara", "c1", NOON, closed=True, follow_up=NOON + HOUR)
    assert await ports.queue.follow_ups(NOON + HOUR - 1) == []
    found = await ports.queue.follow_ups(NOON + HOUR)
    assert [(f.conversation, f.at, f.operator, f.language) for f in found] == [("c1", NOON + HOUR, "dara", "km")]
    assert await ports.queue.followed("mya", "c1", NOON + HOUR)
    assert not await ports.queue.followed("mya", "c1", NOON + HOUR)
    assert await ports.queue.follow_ups(NOON + HOUR) == []


async def test_erasing_leaves_no_place_in_any_list(ports: Ports) -> None:
    await held(ports)
    await ports.queue.finish("dara", "c1", NOON, closed=True, follow_up=NOON)
    await held(ports)
    await ports.queue.offer("dara", "c1", "mya", NOON)
    await ports.conversations.erase(await ports.conversations.load("c1", Channel.TELEGRAM), ())
    assert await ports.queue.find("c1") is None
    assert await ports.queue.held("dara") == await ports.queue.offers("mya", NOON) == []
    assert await ports.queue.follow_ups(NOON) == []
    assert await ports.queue.reap(NOON + HOUR) == Reaped()
    assert (await ports.queue.audit())[0].what == "erased"
