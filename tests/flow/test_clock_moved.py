"""The clock jumps while operators work: nobody has two owners, none is lost, every place is kept."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace

from bot.core.conversation import State
from bot.core.errors import HelplineError
from bot.core.handoff import HOUR, MINUTE, HandoffRequest, Priority, Reason
from bot.core.message import Channel
from bot.core.ports import Change, Presence
from bot.flow.handoff import Desk, Operator
from bot.flow.transfer import Transfers
from tests.adapters.test_handoff_model import owners
from tests.conftest import NOON, Ports
from tests.flow.test_handoff import desk

PEOPLE = 60
JUMPS = (-10 * MINUTE, -MINUTE, 1000, 50_000, 3 * MINUTE, HOUR)


async def comes(ports: Ports, number: int) -> None:
    """Somebody waits."""
    id = f"c{number}"
    before = await ports.conversations.load(id, Channel.TELEGRAM)
    request = HandoffRequest(id, ("km", "my")[number % 2], Priority(number % 3), Reason.ASKED, NOON + number)
    await ports.conversations.commit(Change(before, replace(before, state=State.WAITING), enqueue=request))


async def works(one: Desk, name: str, dice: random.Random) -> None:
    """Take, answer, hand on and end until nobody waits and nothing is held; what is refused is tried anew."""
    operator, colleague = Operator(name, name, ("km",), 3), Presence(f"o{dice.randrange(6)}", "x", (), 0, 3)
    while await one.queue.waiting() or await one.queue.held():
        await asyncio.sleep(0)
        try:
            await one.arrive(operator)
            for request in await one.queue.offers(name, one.clock.now()):
                await Transfers(one).accept(operator, request.conversation, request.version)
            taken = await one.claim_next(operator)
            for request in [taken] if taken else await one.queue.held(name):
                await one.reply(operator, request.conversation, "hello")
                await ends(one, operator, request, colleague, dice)
        except HelplineError:
            continue


async def ends(
    one: Desk, operator: Operator, request: HandoffRequest, colleague: Presence, dice: random.Random
) -> None:
    """Mostly closed; now and then given back or offered."""
    way = dice.randrange(6)
    if way == 0:
        await one.give_back(operator, request.conversation, request.version)
    elif way == 1:
        await Transfers(one).offer(operator, request.conversation, colleague, request.version)
    else:
        await one.close(operator, request.conversation, "answered", request.version)


async def jumps(ports: Ports, dice: random.Random, busy: list[asyncio.Task[None]]) -> None:
    """The clock moves and the janitor comes, until everybody is done; every place stays what it was."""
    while not all(task.done() for task in busy):
        ports.clock.time += dice.choice(JUMPS)
        await desk(ports).reap()
        for request in (*await ports.queue.waiting(), *await ports.queue.held()):
            assert request.since == NOON + int(request.conversation[1:])
        await asyncio.sleep(0)


async def test_the_clock_jumps_while_operators_work(ports: Ports) -> None:
    for number in range(PEOPLE):
        await comes(ports, number)
    busy = [asyncio.create_task(works(desk(ports), f"o{n}", random.Random(n))) for n in range(6)]
    await asyncio.gather(jumps(ports, random.Random(9), busy), *busy)
    states = {(await ports.conversations.load(f"c{n}", Channel.TELEGRAM)).state for n in range(PEOPLE)}
    assert states == {State.CLOSED}
    entries = list(reversed(await ports.queue.audit(100_000)))
    assert owners(entries) == {}
    assert sorted(e.conversation for e in entries if e.what == "closed") == sorted(f"c{n}" for n in range(PEOPLE))
