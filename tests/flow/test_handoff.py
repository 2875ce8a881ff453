"""The operators' side over every store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.adapters.redis_handoff import LEASE
from bot.core.conversation import Conversation, State
from bot.core.errors import Conflict, NotYours, Stale
from bot.core.handoff import HandoffRequest, Priority, Reason
from bot.core.message import Author, Channel, Outbound
from bot.core.ports import Change
from bot.flow.handoff import Desk, Operator
from tests.conftest import NOON, Ports

DARA = Operator("dara", "Dara", ("km", "en"))
MYA = Operator("mya", "Mya", ("my",))


def desk(ports: Ports) -> Desk:
    return Desk(ports.conversations, ports.queue, ports.outbox, ports.duty, ports.signals, ports.clock)


async def waiting(ports: Ports, id: str = "c1") -> None:
    before = await ports.conversations.load(id, Channel.TELEGRAM)
    request = HandoffRequest(id, "km", Priority.NORMAL, Reason.ASKED, NOON)
    after = replace(before, state=State.WAITING, detected="km")
    await ports.conversations.commit(Change(before, after, enqueue=request))


async def outbounds(ports: Ports) -> list[Outbound]:
    return [t.outbound for _ in range(2) for t in await ports.outbox.take(Channel.TELEGRAM, "s", 20)]


async def load(ports: Ports) -> Conversation:
    return await ports.conversations.load("c1", Channel.TELEGRAM)


async def test_claim_tells_the_person_who_is_here(ports: Ports) -> None:
    await waiting(ports)
    await desk(ports).claim(DARA, "c1")
    assert [(o.phrase, o.args, o.locale) for o in await outbounds(ports)] == [
        ("operator.joined", {"name": "Dara"}, "km")
    ]


async def test_reply_goes_out_with_the_operators_words_and_into_the_transcript(ports: Ports) -> None:
    await waiting(ports)
    await desk(ports).claim(DARA, "c1")
    id = await desk(ports).reply(DARA, "c1", "  សួស្តី  ")
    assert [(o.id, o.words) for o in await outbounds(ports)][1:] == [(id, "សួស្តី")]
    line = (await ports.conversations.transcript("c1"))[-1]
    assert (line.author, line.operator, line.words, line.outbound) == (Author.OPERATOR, "dara", "សួស្តី", id)


@pytest.mark.parametrize("words", ["", "   ", "x" * 4097])
async def test_reply_refuses_nothing_and_too_much(memory: Ports, words: str) -> None:
    await waiting(memory)
    await desk(memory).claim(DARA, "c1")
    with pytest.raises(ValueError, match="1 to 4096"):
        await desk(memory).reply(DARA, "c1", words)


async def test_reply_of_an_operator_who_lost_the_conversation_is_refused(ports: Ports) -> None:
    await waiting(ports)
    await desk(ports).claim(DARA, "c1")
    ports.clock.time += LEASE
    await desk(ports).reap()
    with pytest.raises(NotYours):
        await desk(ports).reply(DARA, "c1", "too late")
    assert "too late" not in [o.words for o in await outbounds(ports)]


async def test_reply_into_somebody_elses_conversation_is_refused(ports: Ports) -> None:
    await waiting(ports)
    await desk(ports).claim(DARA, "c1")
    with pytest.raises(NotYours):
        await desk(ports).reply(MYA, "c1", "wrong person")


async def test_a_note_never_reaches_the_outbox(ports: Ports) -> None:
    await waiting(ports)
    await desk(ports).claim(DARA, "c1")
    await outbounds(ports)
    await desk(ports).note(DARA, "c1", "she may be watched")
    assert await outbounds(ports) == []
    assert [note.words for note in await ports.conversations.notes("c1")] == ["she may be watched"]


async def test_release_hands_over_to_the_assistant(ports: Ports) -> None:
    await waiting(ports)
    await desk(ports).claim(DARA, "c1")
    await desk(ports).release(DARA, "c1")
    assert (await load(ports)).state is State.ASSISTANT
    assert [o.phrase for o in await outbounds(ports)] == ["operator.joined", "operator.released"]


async def test_close_ends_the_hand_off_and_says_so(ports: Ports) -> None:
    await waiting(ports)
    await desk(ports).claim(DARA, "c1")
    await desk(ports).close(DARA, "c1", "solved")
    assert (await load(ports)).state is State.CLOSED
    assert [o.phrase for o in await outbounds(ports)][-1] == "operator.closed"
    assert (await ports.queue.audit())[0].detail == "solved"


async def test_a_lost_operators_person_is_told(ports: Ports) -> None:
    await waiting(ports)
    await desk(ports).claim(DARA, "c1")
    ports.clock.time += LEASE
    assert len((await desk(ports).reap()).lost) == 1
    assert [o.phrase for o in await outbounds(ports)][-1] == "operator.lost"
    assert [r.conversation for r in await ports.queue.waiting()] == ["c1"]


async def test_an_operator_who_is_here_keeps_the_conversation(ports: Ports) -> None:
    await waiting(ports)
    await desk(ports).claim(DARA, "c1")
    ports.clock.time += LEASE - 1
    assert await desk(ports).arrive(DARA) == 1
    ports.clock.time += LEASE - 1
    assert (await desk(ports).reap()).lost == ()


async def test_leaving_gives_everything_back(ports: Ports) -> None:
    await waiting(ports)
    await desk(ports).arrive(DARA)
    await desk(ports).claim(DARA, "c1")
    await desk(ports).leave(DARA)
    assert await ports.duty.present(ports.clock.now()) == []
    assert [r.conversation for r in await ports.queue.waiting()] == ["c1"]


async def test_claim_next_takes_the_operators_language(ports: Ports) -> None:
    await waiting(ports)
    request = await desk(ports).claim_next(DARA)
    assert request is not None and request.conversation == "c1"
    assert await desk(ports).claim_next(MYA) is None


async def test_two_claims_one_winner(ports: Ports) -> None:
    await waiting(ports)
    await desk(ports).claim(DARA, "c1")
    with pytest.raises(Conflict):
        await desk(ports).claim(MYA, "c1")


async def test_withdraw_takes_a_line_back_before_it_left(ports: Ports) -> None:
    await waiting(ports)
    await desk(ports).claim(DARA, "c1")
    id = await desk(ports).reply(DARA, "c1", "oops")
    assert await desk(ports).withdraw(DARA, "c1", id)
    taken = [t for t in await ports.outbox.take(Channel.TELEGRAM, "s", 50) if t.outbound.id == id]
    assert not await ports.outbox.begin(taken[0])


async def test_an_operators_line_is_held_a_moment_and_an_announcement_is_not(ports: Ports) -> None:
    await waiting(ports)
    held = replace(desk(ports), hold=4000)
    await held.claim(DARA, "c1")
    await held.reply(DARA, "c1", "hello")
    await held.say(DARA, "c1", "welcome.safety")
    assert [out.due - out.at if out.due else 0 for out in await outbounds(ports)] == [0, 4000, 4000]


async def test_what_was_written_under_an_earlier_claim_is_refused(ports: Ports) -> None:
    await waiting(ports)
    await desk(ports).claim(DARA, "c1")
    old = (await load(ports)).claim
    await desk(ports).give_back(DARA, "c1")
    ports.clock.time += 1
    await desk(ports).claim(DARA, "c1")
    with pytest.raises(Stale):
        await desk(ports).reply(DARA, "c1", "for the first time", old)
    await desk(ports).reply(DARA, "c1", "for now", (await load(ports)).claim)
    assert [o.words for o in await outbounds(ports) if o.words] == ["for now"]
