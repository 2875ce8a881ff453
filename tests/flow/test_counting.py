"""What is counted of a day at the desk, over every store; and that it never holds a word or a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.core.conversation import AssistantReply, Outcome, Reply
from bot.core.errors import StoreUnavailable
from bot.core.handoff import Reason
from bot.core.message import Channel, Kind
from bot.core.statistics import Counts, Tally, What, moment, quantile, together
from bot.flow.appointments import Keeper
from bot.flow.counting import Counting
from bot.flow.handoff import Desk, Operator
from tests.conftest import NOON, Ports
from tests.flow.fakes import ScriptedAssistant
from tests.flow.test_appointments import EVENING, asked
from tests.flow.test_receive import outbounds, receiver, write

DARA = Operator("dara", "Dara", ("km",))
KHMER = AssistantReply("km", "ask_injury", 0.9, replies=(Reply("utter_ask_injury"),), country="TH")


def counting(ports: Ports) -> Counting:
    return Counting(ports.statistics, ports.clock)


def desk(ports: Ports) -> Desk:
    return Desk(
        ports.conversations, ports.queue, ports.outbox, ports.duty, ports.signals, ports.clock,
        counting=counting(ports),
    )  # fmt: skip


async def counted(ports: Ports) -> Counts:
    """What was counted since the clock stood still, and today."""
    days = {"2026-09-21", "2026-09-22", moment(ports.clock.now(), ZoneInfo("UTC"))[0]}
    return together(await ports.statistics.read(sorted(days)))


async def says(
    ports: Ports, update: str, reply: AssistantReply | None = KHMER, kind: Kind = Kind.TEXT, text: str = "",
    crisis: Reason | None = None,
) -> None:  # fmt: skip
    """A person does something, and it is served."""
    worker = replace(receiver(ports, ScriptedAssistant(reply), crisis), counting=counting(ports))
    taken = await write(ports, text or "my name is Sokha", update, kind)
    await worker.serve(replace(taken, inbound=replace(taken.inbound, at=ports.clock.now())))


async def test_questions_are_counted_by_how_they_ended(ports: Ports) -> None:
    await says(ports, "1")
    await says(ports, "2", replace(KHMER, outcome=Outcome.OFFER, ranking=(("ask_health", 0.5),)))
    await says(ports, "3", replace(KHMER, outcome=Outcome.REFUSE))
    await says(ports, "4", None)
    counts = await counted(ports)
    assert counts.table(What.QUESTION, "language", "ended") == {
        ("km", "answered"): 1, ("km", "offered"): 1, ("km", "refused"): 1, ("km", "handed"): 1,
    }  # fmt: skip
    assert counts.table(What.QUESTION, "intent", "country") == {("ask_injury", "TH"): 3, ("", "TH"): 1}
    assert counts.margin(What.HANDOFF, "reason") == {"assistant_down": 1}


async def test_a_conversation_is_counted_once_a_day(ports: Ports) -> None:
    for update in ("1", "2"):
        await says(ports, update)
    ports.clock.time += 24 * 3600_000
    await says(ports, "3")
    assert (await counted(ports)).total(What.CONVERSATION) == 2


async def test_the_same_message_served_twice_is_counted_once(ports: Ports) -> None:
    worker = replace(receiver(ports, ScriptedAssistant(KHMER)), counting=counting(ports))
    taken = await write(ports, "x")
    for tries in (0, 1):
        await worker.serve(replace(taken, tries=tries))
    assert (await counted(ports)).total(What.QUESTION) == 1


async def test_a_crisis_is_counted_as_handed_off_and_a_step_is_no_question(ports: Ports) -> None:
    await says(ports, "1", crisis=Reason.DANGER)
    await says(ports, "2", replace(KHMER, intent="affirm"))
    counts = await counted(ports)
    assert counts.table(What.QUESTION, "intent", "ended") == {("emergency_danger", "handed"): 1}
    assert counts.margin(What.HANDOFF, "reason") == {"danger": 1}


async def test_what_is_written_to_an_operator_is_no_question(ports: Ports) -> None:
    await says(ports, "1", kind=Kind.COMMAND, text="person")
    await desk(ports).claim(DARA, "c1")
    await says(ports, "2", crisis=Reason.DANGER)
    assert (await counted(ports)).total(What.QUESTION) == 0


async def test_the_first_claim_and_the_first_reply_are_counted_from_the_entry_into_the_queue(ports: Ports) -> None:
    await says(ports, "1", kind=Kind.COMMAND, text="person")
    ports.clock.time += 60_000
    await desk(ports).claim(DARA, "c1")
    ports.clock.time += 60_000
    await desk(ports).reply(DARA, "c1", "hello")
    await desk(ports).reply(DARA, "c1", "again")
    await desk(ports).give_back(DARA, "c1")
    await desk(ports).claim(DARA, "c1")
    counts = await counted(ports)
    for what, passed in ((What.CLAIM, 60_000), (What.REPLY, 120_000)):
        buckets = {int(name): count for name, count in counts.margin(what, "wait").items()}
        assert sum(buckets.values()) == 1
        assert abs(quantile(buckets, 0.5) - passed) < 0.13 * passed


async def test_the_next_hand_off_is_counted_anew(ports: Ports) -> None:
    for update in ("1", "2"):
        await says(ports, update, kind=Kind.COMMAND, text="person")
        await desk(ports).claim(DARA, "c1")
        await desk(ports).reply(DARA, "c1", "hello")
        await desk(ports).close(DARA, "c1", "answered")
    counts = await counted(ports)
    assert sum(counts.margin(What.CLAIM, "wait").values()) == sum(counts.margin(What.REPLY, "wait").values()) == 2


async def test_an_appointment_is_a_hand_off_too(ports: Ports) -> None:
    await asked(ports)
    ports.clock.time = EVENING
    await Keeper(
        ports.conversations, ports.queue, ports.appointments, ports.signals, ports.clock, counting(ports)
    ).keep()
    await desk(ports).claim(DARA, "c1")
    counts = await counted(ports)
    assert counts.margin(What.HANDOFF, "reason") == {"contact": 1}
    assert [sum(counts.margin(what, "wait").values()) for what in (What.CLAIM, What.REPLY)] == [1, 1]


async def test_closing_asks_and_a_tap_answers_once(ports: Ports) -> None:
    await says(ports, "1", kind=Kind.COMMAND, text="person")
    await desk(ports).claim(DARA, "c1")
    await desk(ports).close(DARA, "c1", "answered")
    last = (await outbounds(ports))[-1]
    assert [b.title for b in last.buttons[:3]] == ["button.helped_yes", "button.helped_little", "button.helped_no"]
    for update in ("2", "3"):
        await says(ports, update, kind=Kind.BUTTON, text=last.buttons[1].data)
    assert [o.phrase for o in await outbounds(ports)] == ["helped.not_yet"]
    counts = await counted(ports)
    assert counts.table(What.HELPED, "about", "helped") == {("operator", "little"): 1}
    assert counts.total(What.CONVERSATION) == 1
    assert (await ports.conversations.load("c1", Channel.TELEGRAM)).state.value == "closed"


async def test_no_count_holds_a_word_a_name_or_a_conversation(ports: Ports) -> None:
    await says(ports, "1", replace(KHMER, intent="my name is Sokha", country="Sokha"))
    await says(ports, "2", kind=Kind.BUTTON, text="command:helped:yes-Sokha")
    await says(ports, "3", kind=Kind.COMMAND, text="person")
    await desk(ports).claim(DARA, "c1")
    text = repr(list((await counted(ports)).by))
    assert not [found for found in ("Sokha", "c1", "dara", "Dara") if found in text]


class Gone:
    """Counters that can't be reached."""

    async def add(self, day: str, tallies: object) -> None:
        """Fail."""
        raise StoreUnavailable("gone")

    async def read(self, days: object) -> list[Mapping[Tally, int]]:
        """Fail."""
        raise StoreUnavailable("gone")


async def test_nobody_waits_for_a_count(memory: Ports) -> None:
    memory.statistics = Gone()
    await says(memory, "1", kind=Kind.COMMAND, text="person")
    await desk(memory).claim(DARA, "c1")
    assert await desk(memory).reply(DARA, "c1", "hello")
    assert memory.clock.now() == NOON
    assert [o.phrase for o in await outbounds(memory)][-2:] == ["operator.joined", ""]
