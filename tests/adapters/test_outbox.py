"""The exam of the outbox: in order, honest about what may have been sent."""

from __future__ import annotations

from dataclasses import replace

from bot.core.conversation import Conversation
from bot.core.message import Button, Channel, Delivery, Outbound
from bot.core.ports import Change
from tests.conftest import NOON, Ports

OUT = Outbound(
    "o1", "c1", Channel.TELEGRAM, NOON, "km", phrase="welcome", buttons=(Button("button.menu", "command:help"),)
)


async def emit(ports: Ports, *outs: Outbound) -> None:
    before = await ports.conversations.load("c1", Channel.TELEGRAM)
    await ports.conversations.commit(Change(before, before, outbounds=outs))


async def test_outbox_gives_what_was_emitted_in_order(ports: Ports) -> None:
    await emit(ports, OUT, replace(OUT, id="o2", args={"numbers": ("a", "b"), "n": 3}))
    taken = await ports.outbox.take(Channel.TELEGRAM, "s", 50)
    assert [t.outbound for t in taken] == [OUT, replace(OUT, id="o2", args={"numbers": ("a", "b"), "n": 3})]


async def test_outbox_keeps_channels_apart(ports: Ports) -> None:
    await emit(ports, OUT)
    assert await ports.outbox.take(Channel.WEB, "s", 10) == []


async def test_outbox_records_the_end_of_a_delivery(ports: Ports) -> None:
    await emit(ports, OUT)
    taken = (await ports.outbox.take(Channel.TELEGRAM, "s", 50))[0]
    assert await ports.outbox.begin(taken)
    await ports.outbox.done(taken, Delivery.SENT, "77")
    assert await ports.outbox.deliveries("c1") == {"o1": (Delivery.SENT, "77")}
    assert await ports.outbox.said("c1", 0) == ["77"]
    assert (await ports.outbox.counts())["telegram"] == 0


async def test_outbox_says_that_a_dead_sender_had_begun(ports: Ports) -> None:
    await emit(ports, OUT)
    taken = (await ports.outbox.take(Channel.TELEGRAM, "s1", 50))[0]
    await ports.outbox.begin(taken)
    ports.outbox.lost(Channel.TELEGRAM)
    again = (await ports.outbox.take(Channel.TELEGRAM, "s2", 50))[0]
    assert (again.outbound, again.began) == (OUT, True)


async def test_outbox_withdraws_what_nobody_began_to_send(ports: Ports) -> None:
    await emit(ports, OUT)
    assert await ports.outbox.withdraw("c1", "o1")
    taken = (await ports.outbox.take(Channel.TELEGRAM, "s", 50))[0]
    assert not await ports.outbox.begin(taken)
    assert (await ports.outbox.counts())["telegram"] == 0


async def test_outbox_refuses_to_withdraw_what_was_begun(ports: Ports) -> None:
    await emit(ports, OUT)
    await ports.outbox.begin((await ports.outbox.take(Channel.TELEGRAM, "s", 50))[0])
    assert not await ports.outbox.withdraw("c1", "o1")


async def test_outbox_is_silent_about_unknown_lines(ports: Ports) -> None:
    assert not await ports.outbox.withdraw("c1", "nothing")
    assert await ports.outbox.deliveries("c1") == {}


def test_outbound_names_its_conversation() -> None:
    assert Conversation(OUT.conversation, OUT.channel).id == "c1"
