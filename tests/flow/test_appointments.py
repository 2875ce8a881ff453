"""Who asked to be written to later is in line in their hours alone, and hears their own first words, then nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.conversation import Conversation, State
from bot.core.errors import Conflict, Quiet
from bot.core.handoff import HOUR, HandoffRequest, Priority, Reason
from bot.core.later import LASTS, Appointment
from bot.core.message import Channel
from bot.core.ports import Change
from bot.flow.appointments import Keeper
from bot.flow.handoff import Desk, Operator
from tests.conftest import Ports

NOON = int(datetime(2026, 11, 24, 5, tzinfo=UTC).timestamp() * 1000)  # in Bangkok
EVENING = NOON + 6 * HOUR
DARA = Operator("dara", "Dara", ("km",))


def keeper(ports: Ports) -> Keeper:
    return Keeper(ports.conversations, ports.queue, ports.appointments, ports.signals, ports.clock)


def desk(ports: Ports) -> Desk:
    return Desk(ports.conversations, ports.queue, ports.outbox, ports.duty, ports.signals, ports.clock)


async def load(ports: Ports) -> Conversation:
    return await ports.conversations.load("c1", Channel.TELEGRAM)


async def asked(ports: Ports) -> None:
    """A person asked for the evening; the entry is looked at now."""
    wish = Appointment("evening", "family", "Asia/Bangkok", NOON + LASTS)
    before = await load(ports)
    await ports.conversations.commit(Change(before, replace(before, later=wish.text(), country="TH", detected="km")))
    await ports.appointments.put("c1", NOON)


async def at(ports: Ports, now: int) -> list[tuple[str, Reason]]:
    """Who waits after a round of the keeper."""
    ports.clock.time = now
    await keeper(ports).keep()
    return [(request.conversation, request.reason) for request in await ports.queue.waiting()]


async def said(ports: Ports) -> list[str]:
    found = [taken for _ in range(3) for taken in await ports.outbox.take(Channel.TELEGRAM, "s", 20)]
    return [taken.outbound.phrase or taken.outbound.words for taken in found]


async def test_one_is_in_line_within_the_hours_and_only_then(ports: Ports) -> None:
    await asked(ports)
    assert await at(ports, NOON) == []
    assert await at(ports, EVENING) == [("c1", Reason.CONTACT)]
    assert await at(ports, EVENING + 3 * HOUR) == []
    assert (await load(ports)).state is State.ASSISTANT
    assert await at(ports, EVENING + 24 * HOUR) == [("c1", Reason.CONTACT)]
    assert await said(ports) == []


async def test_after_seven_days_the_wish_is_gone(ports: Ports) -> None:
    await asked(ports)
    await at(ports, EVENING)
    assert await at(ports, NOON + LASTS) == []
    assert (await load(ports)).later == ""
    assert await ports.appointments.due(NOON + 2 * LASTS) == []


async def test_the_first_words_are_the_persons_choice_and_nothing_follows_before_they_answer(ports: Ports) -> None:
    await asked(ports)
    await at(ports, EVENING)
    await desk(ports).claim(DARA, "c1")
    with pytest.raises(Quiet):
        await desk(ports).reply(DARA, "c1", "I am from the helpline")
    await desk(ports).close(DARA, "c1", "silent")
    assert await said(ports) == ["later.line.family"]


async def test_a_lost_operator_is_not_told_of_before_the_person_answers(ports: Ports) -> None:
    await asked(ports)
    await at(ports, EVENING)
    await desk(ports).claim(DARA, "c1")
    await desk(ports).give_back(DARA, "c1")
    await desk(ports).claim(replace(DARA, id="mya"), "c1")
    assert await said(ports) == ["later.line.family"]


async def test_once_the_person_answered_the_talk_is_as_any_other(ports: Ports) -> None:
    await asked(ports)
    await at(ports, EVENING)
    await desk(ports).claim(DARA, "c1")
    before = await load(ports)
    await ports.conversations.commit(Change(before, replace(before, quiet=False)))
    await desk(ports).reply(DARA, "c1", "hello")
    assert await said(ports) == ["later.line.family", "hello"]


async def test_who_is_taken_just_after_the_hours_goes_back_unwritten(ports: Ports) -> None:
    await asked(ports)
    await at(ports, EVENING)
    ports.clock.time = EVENING + 3 * HOUR
    with pytest.raises(Conflict):
        await desk(ports).claim(DARA, "c1")
    assert await said(ports) == []
    assert await at(ports, ports.clock.time) == []


async def test_who_waits_for_a_person_by_themselves_keeps_their_place(ports: Ports) -> None:
    await asked(ports)
    before = await load(ports)
    request = HandoffRequest("c1", "km", Priority.NORMAL, Reason.ASKED, NOON)
    await ports.conversations.commit(Change(before, replace(before, state=State.WAITING), enqueue=request))
    assert await at(ports, EVENING) == [("c1", Reason.ASKED)]
    assert await at(ports, EVENING + 3 * HOUR) == [("c1", Reason.ASKED)]


async def test_an_entry_without_a_wish_is_dropped(ports: Ports) -> None:
    await ports.appointments.put("gone", NOON)
    assert await at(ports, NOON) == []
    assert await ports.appointments.due(NOON + LASTS) == []


async def test_entries_come_in_the_order_of_their_time(ports: Ports) -> None:
    for id, time in (("b", 2), ("a", 1), ("c", 9), ("b", 3)):
        await ports.appointments.put(id, time)
    assert await ports.appointments.due(5) == ["a", "b"]
    assert await ports.appointments.due(9, 1) == ["a"]
