"""The sender's loop over every store: order, pace, and honesty about what may have been sent."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.core.conversation import State
from bot.core.errors import BlockedByPerson, ChannelDown, Refused, Throttled, Uncertain
from bot.core.message import Channel, Deed, Delivery, Outbound
from bot.core.ports import Change
from bot.flow import deliver
from bot.flow.deliver import Deliverer, Pace
from tests.conftest import NOON, Ports, inbound
from tests.flow.fakes import RecordingSender, english_book

OUT = Outbound("o1", "c1", Channel.TELEGRAM, NOON, "en", phrase="quick_exit")


def deliverer(ports: Ports, sender: RecordingSender) -> Deliverer:
    return Deliverer(
        Channel.TELEGRAM,
        ports.outbox,
        ports.conversations,
        ports.leases,
        ports.signals,
        sender,
        english_book(),
        Pace(),
        ports.clock,
    )


async def emit(ports: Ports, *outs: Outbound) -> None:
    await ports.inbox.put(inbound("x", outs[0].id), "42")
    before = await ports.conversations.load("c1", Channel.TELEGRAM)
    await ports.conversations.commit(Change(before, before, outbounds=outs))


async def run(ports: Ports, sender: RecordingSender, monkeypatch: pytest.MonkeyPatch, name: str = "s") -> None:
    """Run the loop until the outbox is empty."""
    monkeypatch.setattr(deliver, "BACKOFF", (0.01,))
    stop = asyncio.Event()
    loop = asyncio.create_task(deliverer(ports, sender).run(name, stop))
    async with asyncio.timeout(10):
        while (await ports.outbox.counts())["telegram"]:
            await asyncio.sleep(0.01)
    stop.set()
    await loop


async def state(ports: Ports, id: str = "o1") -> Delivery:
    return (await ports.outbox.deliveries("c1"))[id][0]


async def test_deliver_says_to_the_right_address(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = RecordingSender()
    await emit(ports, OUT)
    await run(ports, sender, monkeypatch)
    assert sender.said == [("42", "OK, see you later.")]
    assert await state(ports) is Delivery.SENT


async def test_deliver_keeps_the_order_though_one_must_wait(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = RecordingSender(faults=[Throttled(0.05), ChannelDown("x")])
    await emit(ports, *(replace(OUT, id=f"o{n}", phrase="", words=str(n)) for n in range(5)))
    await run(ports, sender, monkeypatch)
    assert [text for _, text in sender.said] == ["0", "1", "2", "3", "4"]
    assert await state(ports, "o0") is Delivery.SENT


async def test_deliver_says_an_uncertain_line_once_more_and_marks_it(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = RecordingSender(faults=[Uncertain()])
    await emit(ports, OUT)
    await run(ports, sender, monkeypatch)
    assert len(sender.said) == 1
    assert await state(ports) is Delivery.UNCERTAIN


async def test_deliver_stops_the_echo_after_two_uncertain_calls(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = RecordingSender(faults=[Uncertain(), Uncertain(), Uncertain()])
    await emit(ports, OUT)
    await run(ports, sender, monkeypatch)
    assert (sender.said, len(sender.faults)) == ([], 1)
    assert await state(ports) is Delivery.UNCERTAIN


async def test_deliver_keeps_trying_a_doubtful_channel_and_marks_the_line(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = RecordingSender(faults=[ChannelDown(doubtful=True)] * 4)
    await emit(ports, OUT)
    await run(ports, sender, monkeypatch)
    assert len(sender.said) == 1
    assert await state(ports) is Delivery.UNCERTAIN


async def test_deliver_after_a_killed_sender_marks_what_it_had_begun(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    await emit(ports, OUT, replace(OUT, id="o2"))
    first = (await ports.outbox.take(Channel.TELEGRAM, "killed", 50))[0]
    await ports.outbox.begin(first)
    ports.outbox.lost(Channel.TELEGRAM)
    sender = RecordingSender()
    await run(ports, sender, monkeypatch)
    assert len(sender.said) == 2
    assert (await state(ports, "o1"), await state(ports, "o2")) == (Delivery.UNCERTAIN, Delivery.SENT)


async def test_deliver_to_a_person_who_blocked_closes_the_conversation(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    await emit(ports, OUT)
    await run(ports, RecordingSender(faults=[BlockedByPerson()]), monkeypatch)
    assert await state(ports) is Delivery.BLOCKED
    assert (await ports.conversations.load("c1", Channel.TELEGRAM)).state is State.CLOSED


async def test_deliver_marks_what_the_channel_refuses_and_goes_on(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = RecordingSender(faults=[Refused("too long"), None])
    await emit(ports, OUT, replace(OUT, id="o2"))
    await run(ports, sender, monkeypatch)
    assert (await state(ports, "o1"), await state(ports, "o2")) == (Delivery.FAILED, Delivery.SENT)


async def test_deliver_says_the_english_where_a_translation_is_broken(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = RecordingSender()
    await emit(ports, replace(OUT, locale="km", phrase="no.such.phrase"), replace(OUT, id="o2", locale="km"))
    await run(ports, sender, monkeypatch)
    assert sender.said == [("42", "OK, see you later.")]
    assert await state(ports, "o1") is Delivery.FAILED


async def test_deliver_takes_back_what_was_said(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = RecordingSender()
    await emit(ports, OUT)
    await run(ports, sender, monkeypatch)
    await emit(ports, replace(OUT, id="o2", deed=Deed.FORGET, phrase=""))
    await run(ports, sender, monkeypatch, "s2")
    assert sender.forgotten == [["1"]]


async def test_only_the_leader_sends(ports: Ports) -> None:
    assert await ports.leases.hold("sender:telegram", "one", 10_000)
    assert not await ports.leases.hold("sender:telegram", "two", 10_000)
    await ports.leases.drop("sender:telegram", "one")
    assert await ports.leases.hold("sender:telegram", "two", 10_000)


async def test_pace_keeps_the_distance_within_a_conversation() -> None:
    now = 0.0
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(seconds)
        now += seconds

    pace = Pace(each=1.05, now=lambda: now)
    deliver_sleep, deliver.asyncio.sleep = deliver.asyncio.sleep, sleep  # type: ignore[attr-defined]
    try:
        now = 100.0
        for _ in range(3):
            await pace.wait("c1", urgent=False)
        await pace.wait("c2", urgent=False)
    finally:
        deliver.asyncio.sleep = deliver_sleep  # type: ignore[attr-defined]
    assert slept == pytest.approx([1.05, 1.05])


async def test_pace_lets_the_urgent_go_first() -> None:
    pace, order = Pace(overall=50), list[str]()

    async def go(name: str, urgent: bool) -> None:
        await pace.wait(name, urgent)
        order.append(name)

    await go("first", False)
    await asyncio.gather(*(go(f"chatter{n}", False) for n in range(5)), go("crisis", True))
    assert order[:2] == ["first", "crisis"]


async def test_a_held_line_can_be_taken_back_and_keeps_the_order(
    memory: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = replace(OUT, words="mistaken", due=memory.clock.now() + 200)
    kept = replace(OUT, id="o2", words="meant", due=memory.clock.now() + 200)
    await emit(memory, held, kept, replace(OUT, id="o3", words="after"))
    assert await memory.outbox.withdraw("c1", "o1")
    sender = RecordingSender()
    await run(memory, sender, monkeypatch)
    assert [text for _, text in sender.said] == ["meant", "after"]


async def test_a_clock_that_is_wrong_elsewhere_holds_nothing_for_long(
    memory: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "MAX_HOLD", 50)
    await emit(memory, replace(OUT, words="hello", due=memory.clock.now() + 3_600_000))
    sender = RecordingSender()
    await run(memory, sender, monkeypatch)
    assert [text for _, text in sender.said] == ["hello"]
