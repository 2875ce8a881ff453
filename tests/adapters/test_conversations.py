"""The exam of conversations: one atomic change at a time, and erased is erased."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.conversation import Conversation, State
from bot.core.errors import Conflict
from bot.core.handoff import HandoffRequest, Priority, Reason
from bot.core.message import Author, Channel, Gloss, Kind, Line, Media, Note, Outbound
from bot.core.ports import Change
from tests.conftest import NOON, Ports, inbound

NEW = Conversation("c1", Channel.TELEGRAM)
LINE = Line(
    1,
    NOON,
    Author.PERSON,
    Kind.PHOTO,
    "ຊ່ວຍແດ່",
    gloss=Gloss("self_check", 0.5, "lo", "danger"),
    media=Media("f", "image/jpeg", 9),
)
REQUEST = HandoffRequest("c1", "lo", Priority.NORMAL, Reason.ASKED, NOON, "TH")


async def test_conversation_begins_at_version_nought(ports: Ports) -> None:
    assert await ports.conversations.load("c1", Channel.TELEGRAM) == NEW


async def test_conversation_remembers_everything_it_was_told(ports: Ports) -> None:
    after = replace(
        NEW,
        chosen="lo",
        detected="th",
        hint="en",
        country="TH",
        lines=1,
        applied="5-1",
        misses=2,
        introduced=True,
        last=NOON,
    )
    await ports.conversations.commit(Change(NEW, after, (LINE,)))
    assert await ports.conversations.load("c1", Channel.TELEGRAM) == replace(after, version=1)
    assert await ports.conversations.transcript("c1") == [LINE]


async def test_conversation_refuses_a_stale_change(ports: Ports) -> None:
    await ports.conversations.commit(Change(NEW, replace(NEW, country="TH")))
    with pytest.raises(Conflict):
        await ports.conversations.commit(Change(NEW, replace(NEW, country="VN"), (LINE,)))
    assert (await ports.conversations.load("c1", Channel.TELEGRAM)).country == "TH"
    assert await ports.conversations.transcript("c1") == []


async def test_conversation_change_enqueues_in_the_same_step(ports: Ports) -> None:
    await ports.conversations.commit(Change(NEW, replace(NEW, state=State.WAITING), enqueue=REQUEST))
    assert await ports.queue.waiting() == [replace(REQUEST, version=1)]


async def test_conversation_change_takes_out_of_the_queue(ports: Ports) -> None:
    waiting = await ports.conversations.commit(Change(NEW, replace(NEW, state=State.WAITING), enqueue=REQUEST))
    await ports.conversations.commit(Change(waiting, replace(waiting, state=State.ASSISTANT), cancel=True))
    assert await ports.queue.waiting() == []
    assert await ports.queue.find("c1") is None


async def test_conversation_shows_lines_after_a_number(ports: Ports) -> None:
    await ports.conversations.commit(Change(NEW, NEW, (LINE, replace(LINE, number=2, words="two"))))
    assert [line.words for line in await ports.conversations.transcript("c1", after=1)] == ["two"]


async def test_conversation_keeps_notes_apart(ports: Ports) -> None:
    note = Note(NOON, "dara", "speak slowly")
    await ports.conversations.note("c1", note)
    assert await ports.conversations.notes("c1") == [note]
    assert await ports.conversations.transcript("c1") == []


async def test_conversation_erased_leaves_nothing_but_the_last_words(ports: Ports) -> None:
    await ports.inbox.put(inbound("secret"), "42")
    changed = await ports.conversations.commit(
        Change(NEW, replace(NEW, country="TH", applied="1-1"), (LINE,), enqueue=REQUEST)
    )
    await ports.conversations.note("c1", Note(NOON, "dara", "x"))
    last = Outbound("e1", "c1", Channel.TELEGRAM, NOON, "lo", phrase="erased")
    await ports.conversations.erase(changed, [last])
    assert await ports.conversations.transcript("c1") == []
    assert await ports.conversations.notes("c1") == []
    assert await ports.queue.waiting() == []
    assert (await ports.conversations.load("c1", Channel.TELEGRAM)).country == ""
    assert [t.outbound for t in await ports.outbox.take(Channel.TELEGRAM, "s", 50)] == [last]
    assert await ports.inbox.take("w", 20) == []


async def test_conversation_knows_its_address(ports: Ports) -> None:
    assert await ports.conversations.address("c1") == ""
    await ports.inbox.put(inbound(), "4242")
    assert await ports.conversations.address("c1") == "4242"
