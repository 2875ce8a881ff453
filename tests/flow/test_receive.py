"""The worker's loop over every store: effects once, nothing lost, nobody left without an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.core.conversation import AssistantReply, Conversation, Reply, State
from bot.core.duty_hours import DutyHours
from bot.core.errors import StoreUnavailable
from bot.core.handoff import HandoffRequest, Priority, Reason, Rules
from bot.core.message import Author, Button, Channel, Deed, Delivery, Inbound, Kind, Outbound
from bot.core.ports import Change, Presence, Taken
from bot.flow.answer import Answerer
from bot.flow.prospects import Prospects
from bot.flow.receive import MAX_TRIES, Receiver, Writer, was_applied
from tests.conftest import NOON, Ports, inbound
from tests.flow.fakes import ANSWER, NoDirectory, OnePart, ScriptedAssistant


def receiver(ports: Ports, assistant: ScriptedAssistant, crisis: Reason | None = None) -> Receiver:
    prospects = Prospects(ports.queue, DutyHours())
    answerer = Answerer(assistant, ports.duty, ports.vault, ports.clock, lambda text: crisis, prospects)
    return Receiver(
        ports.inbox,
        ports.conversations,
        answerer,
        Writer(ports.conversations, NoDirectory(), ports.clock, OnePart(), ports.appointments),
        ports.signals,
        ports.files,
    )


async def write(ports: Ports, text: str, update: str = "1", kind: Kind = Kind.TEXT) -> Taken:
    await ports.inbox.put(inbound(text, update, kind=kind), "42")
    for _ in range(10):
        taken = await ports.inbox.take("w", 50)
        if taken:
            return taken[0]
    raise AssertionError("nothing arrived")


async def outbounds(ports: Ports) -> list[Outbound]:
    found = []
    for _ in range(3):
        found += [t.outbound for t in await ports.outbox.take(Channel.TELEGRAM, "s", 20)]
    return found


async def load(ports: Ports) -> Conversation:
    return await ports.conversations.load("c1", Channel.TELEGRAM)


async def test_receive_answers_and_acknowledges(ports: Ports) -> None:
    await receiver(ports, ScriptedAssistant()).serve(await write(ports, "hello"))
    assert [o.phrase for o in await outbounds(ports)] == ["welcome.safety", "welcome"]
    assert (await ports.inbox.counts())["waiting"] == 0


async def test_receive_writes_the_transcript_in_order(ports: Ports) -> None:
    await receiver(ports, ScriptedAssistant()).serve(await write(ports, "hello"))
    lines = await ports.conversations.transcript("c1")
    assert [(line.number, line.author, line.words or line.phrase) for line in lines] == [
        (1, Author.PERSON, "hello"),
        (2, Author.ASSISTANT, "welcome.safety"),
        (3, Author.ASSISTANT, "welcome"),
    ]
    assert lines[0].gloss is not None and lines[0].gloss.intent == "greet"


async def test_receive_served_again_has_no_second_effect(ports: Ports) -> None:
    worker = receiver(ports, ScriptedAssistant())
    taken = await write(ports, "hello")
    await worker.serve(taken)
    await worker.serve(replace(taken, tries=1))
    assert len(await outbounds(ports)) == 2
    assert len(await ports.conversations.transcript("c1")) == 3


async def test_receive_with_the_assistant_down_says_whom_to_call_and_queues(ports: Ports) -> None:
    await receiver(ports, ScriptedAssistant(None)).serve(await write(ports, "hello"))
    phrases = {o.phrase: o for o in await outbounds(ports)}
    assert phrases["safety.assistant_down"].args["numbers"] == ("world-emergency",)
    assert [(r.reason, r.priority) for r in await ports.queue.waiting()] == [(Reason.ASSISTANT_DOWN, Priority.HIGH)]


async def test_receive_of_a_crisis_does_not_need_the_assistant(ports: Ports) -> None:
    assistant = ScriptedAssistant(None)
    await receiver(ports, assistant, Reason.SUICIDE).serve(await write(ports, "…"))
    assert assistant.asked == []
    assert [(r.reason, r.priority) for r in await ports.queue.waiting()] == [(Reason.SUICIDE, Priority.CRISIS)]
    assert "crisis.suicide" in [o.phrase for o in await outbounds(ports)]


async def test_receive_is_silent_when_an_operator_claims_while_the_assistant_thinks(ports: Ports) -> None:
    before = await load(ports)
    request = HandoffRequest("c1", "en", Priority.NORMAL, Reason.ASKED, NOON)
    await ports.conversations.commit(Change(before, replace(before, state=State.WAITING), enqueue=request))

    async def claim() -> None:
        await ports.queue.claim("dara", "c1", NOON)

    await receiver(ports, ScriptedAssistant(meanwhile=claim)).serve(await write(ports, "are you there"))
    assert await outbounds(ports) == []
    assert [line.words for line in await ports.conversations.transcript("c1")] == ["are you there"]
    assert (await load(ports)).operator == "dara"


async def test_receive_asks_the_assistant_once_though_it_decides_again(ports: Ports) -> None:
    async def disturb() -> None:
        before = await load(ports)
        await ports.conversations.commit(Change(before, replace(before, country="TH")))

    assistant = ScriptedAssistant(meanwhile=disturb)
    await receiver(ports, assistant).serve(await write(ports, "hello"))
    assert len(assistant.asked) == 1
    assert (await load(ports)).country == "TH"


async def test_receive_learns_the_language_of_the_script_though_the_assistant_is_down(ports: Ports) -> None:
    await receiver(ports, ScriptedAssistant(None)).serve(await write(ports, "ជួយខ្ញុំផង"))
    assert {o.locale for o in await outbounds(ports)} == {"km"}


async def test_receive_tells_who_is_on_duty(ports: Ports) -> None:
    await ports.duty.arrive(Presence("dara", "Dara", ("en",), NOON))
    await receiver(ports, ScriptedAssistant()).serve(await write(ports, "person", kind=Kind.COMMAND))
    assert [o.phrase for o in await outbounds(ports)] == ["handoff.privacy", "waiting.on_duty"]


async def test_receive_of_delete_erases_and_says_so(ports: Ports) -> None:
    worker = receiver(ports, ScriptedAssistant())
    await worker.serve(await write(ports, "secret", "1"))
    await outbounds(ports)
    await worker.serve(await write(ports, "delete", "2", Kind.COMMAND))
    assert await ports.conversations.transcript("c1") == []
    assert [(o.deed.value, o.phrase) for o in await outbounds(ports)] == [("forget", ""), ("say", "erased")]


async def test_receive_of_a_hand_off_carries_language_and_country(ports: Ports) -> None:
    reply = AssistantReply(
        "km", "talk_to_person", 0.9, replies=(Reply("welcome"),), country="MY", handoff=(Reason.ASKED, Priority.NORMAL)
    )
    await receiver(ports, ScriptedAssistant(reply)).serve(await write(ports, "x"))
    request = (await ports.queue.waiting())[0]
    assert (request.language, request.country) == ("km", "MY")


class Broken:
    """A directory that fails, as a fault nobody foresaw does."""

    def pick(self, kinds: Sequence[str], country: str, language: str, now: int, limit: int = 4) -> tuple[str, ...]:
        """Fail."""
        raise RuntimeError("with a person's words in it")


async def test_receive_buries_what_always_fails_and_keeps_it_countable(
    memory: Ports, capsys: pytest.CaptureFixture[str]
) -> None:
    worker = receiver(memory, ScriptedAssistant(None))
    worker.writer = Writer(memory.conversations, Broken(), memory.clock, OnePart(), memory.appointments)
    taken = await write(memory, "the words")
    with pytest.raises(RuntimeError):
        await worker.serve(replace(taken, tries=MAX_TRIES - 1))
    assert (await memory.inbox.counts())["dead"] == 1
    assert "the words" not in capsys.readouterr().out


async def test_receive_waits_for_a_store_that_is_away(memory: Ports) -> None:
    worker = receiver(memory, ScriptedAssistant())
    real, away = worker.conversations.load, [True, True]

    async def load_late(conversation: str, channel: Channel) -> Conversation:
        if away:
            away.pop()
            raise StoreUnavailable
        return await real(conversation, channel)

    worker.conversations.load = load_late  # type: ignore[method-assign]
    await asyncio.wait_for(worker.serve(await write(memory, "hello")), 5)
    assert (await memory.inbox.counts()) == {"waiting": 0, "dead": 0}
    assert (await memory.outbox.deliveries("c1")) != {"": (Delivery.SENT, "")}


async def test_run_serves_many_conversations_in_order_and_stops(memory: Ports) -> None:
    worker, stop = receiver(memory, ScriptedAssistant()), asyncio.Event()
    for number in range(60):
        await memory.inbox.put(replace(inbound(str(number), str(number)), conversation=f"c{number % 6}"), "42")
    running = asyncio.create_task(worker.run("w", stop))
    while (await memory.inbox.counts())["waiting"]:
        await asyncio.sleep(0.01)
    stop.set()
    await asyncio.wait_for(running, 5)
    for number in range(6):
        words = [int(line.words) for line in await memory.conversations.transcript(f"c{number}") if line.words]
        assert words == sorted(words) and len(words) == 10


@pytest.mark.parametrize(
    ("applied", "entry", "result"),
    [("", "5-0", False), ("5-0", "5-0", True), ("5-1", "5-0", True), ("5-0", "5-1", False), ("9-0", "10-0", False)],
)
def test_entries_are_applied_in_their_order(applied: str, entry: str, result: bool) -> None:
    assert was_applied(applied, entry) is result


def test_inbound_is_a_plain_value() -> None:
    assert inbound("a") == Inbound("c1", Channel.TELEGRAM, "1", NOON, Kind.TEXT, "a")


async def test_an_answer_of_three_messages_goes_out_one_at_a_time_with_its_buttons_below_the_last(ports: Ports) -> None:
    buttons = (Button("Next", "intent:greet"),)
    assistant = ScriptedAssistant(AssistantReply("en", "greet", 0.9, replies=(Reply("utter_x", buttons=buttons),)))
    worker = receiver(ports, assistant)
    worker.writer = replace(worker.writer, phrases=OnePart({"utter_x": 3}))
    await worker.serve(await write(ports, "hello"))
    said = (await outbounds(ports))[1:]
    assert [(out.phrase, out.part, out.line) for out in said] == [("utter_x", n, n + 2) for n in (1, 2, 3)]
    assert [len(out.buttons) for out in said] == [0, 0, 2]
    lines = await ports.conversations.transcript("c1")
    assert [(line.number, line.part, line.outbound) for line in lines[2:]] == [(o.line, o.part, o.id) for o in said]


async def test_an_answer_with_a_recording_can_be_listened_to(ports: Ports) -> None:
    assistant = ScriptedAssistant(AssistantReply("en", "greet", 0.9, replies=(Reply("utter_x", "TH"),)))
    worker = receiver(ports, assistant)
    worker.writer = replace(worker.writer, phrases=OnePart(recordings=frozenset({("en", "utter_x", "TH")})))
    await worker.serve(await write(ports, "hello"))
    button = (await outbounds(ports))[-1].buttons[0]
    assert button == Button("button.listen", "command:listen:utter_x-TH")
    await worker.serve(await write(ports, button.data, "2", Kind.BUTTON))
    (heard,) = await outbounds(ports)
    assert (heard.deed, heard.phrase, heard.variation) == (Deed.LISTEN, "utter_x", "TH")


async def test_an_old_listen_button_without_a_recording_is_answered(ports: Ports) -> None:
    worker = receiver(ports, ScriptedAssistant())
    await worker.serve(await write(ports, "command:listen:utter_x-TH", kind=Kind.BUTTON))
    assert [out.phrase for out in await outbounds(ports)] == ["button.stale"]


async def closed_by_dara(ports: Ports, *, on_duty: bool) -> None:
    """An operator had the conversation and closed it."""
    before = await load(ports)
    request = HandoffRequest("c1", "en", Priority.NORMAL, Reason.ASKED, NOON)
    await ports.conversations.commit(Change(before, replace(before, state=State.WAITING), enqueue=request))
    await ports.queue.claim("dara", "c1", NOON)
    await ports.queue.finish("dara", "c1", NOON, closed=True)
    if on_duty:
        await ports.duty.arrive(Presence("dara", "Dara", ("en",), NOON))


@pytest.mark.parametrize("on_duty", [True, False])
async def test_receive_puts_who_writes_again_back_in_line_and_says_so(ports: Ports, on_duty: bool) -> None:
    await closed_by_dara(ports, on_duty=on_duty)
    assistant = ScriptedAssistant(replace(ANSWER, intent="wages_withheld"))
    await receiver(ports, assistant).serve(await write(ports, "he still does not pay"))
    kept = ("dara", NOON + Rules().reserve) if on_duty else ("", 0)
    assert [(r.reason, r.reserved_for, r.reserved_until) for r in await ports.queue.waiting()] == [
        (Reason.REOPENED, *kept)
    ]
    phrases = [o.phrase for o in await outbounds(ports)]
    assert ("waiting.again.same" if on_duty else "waiting.nobody") in phrases
    assert (await load(ports)).state is State.WAITING


async def test_receive_lets_who_leaves_the_line_after_a_close_alone(ports: Ports) -> None:
    await closed_by_dara(ports, on_duty=True)
    worker = receiver(ports, ScriptedAssistant(replace(ANSWER, intent="wages_withheld")))
    for number, (text, kind) in enumerate(
        [("and my pay?", Kind.TEXT), ("cancel", Kind.COMMAND), ("or my papers?", Kind.TEXT)]
    ):
        await worker.serve(await write(ports, text, str(number), kind))
    assert await ports.queue.waiting() == []
    assert (await load(ports)).state is State.ASSISTANT
