"""Store, console and network fail while operators work: nobody has two owners, none is lost, every place is kept."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from bot.bootstrap import Product
from bot.core.conversation import State
from bot.core.handoff import HandoffRequest, Priority
from bot.core.message import Channel
from bot.settings import read
from tests.adapters.test_handoff import enqueue
from tests.adapters.test_handoff_model import owners
from tests.conftest import Ports, redis_ports
from tests.e2e import desk
from tests.e2e.product import until
from tests.e2e.rig import Rig, rigged

LANGUAGES = ("km", "my", "th")
PEOPLE = 80
# A page's whole way, in seconds; who gets no answer tries again.
PATIENCE = 8.0


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    """A desk of our own to break."""
    with rigged() as found:
        yield found


@dataclass
class AtWork:
    """One operator who takes, answers, hands on and ends, whatever fails; counts what was closed for sure."""

    operator: desk.Operator
    colleagues: list[str]
    stop: threading.Event
    closed: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Work until told to stop."""
        dice = random.Random(self.operator.name)
        while not self.stop.is_set():
            try:
                self.once(dice)
            except (httpx.HTTPError, AssertionError):
                time.sleep(0.2)

    def once(self, dice: random.Random) -> None:
        """One conversation, from the queue or from a colleague."""
        self.operator.go_on_duty()
        board = self.operator.client.get("/queue").text
        for id in offered(board):
            self.operator.post(f"/conversations/{id}/accept")
        held = [id for id in self.operator.waiting() if f"/conversations/{id}/claim" not in board]
        taken = self.operator.post("/next").headers.get("location", "")
        id = taken.rpartition("/")[2] if "/conversations/" in taken else next(iter(held), "")
        if not id:
            time.sleep(0.1)
            return
        self.operator.post(f"/conversations/{id}/reply", words="hello", claim=self.operator.claim(id))
        way = dice.choice(["close", "close", "close", "give-back", "transfer"])
        fields = {"to": dice.choice(self.colleagues)} if way == "transfer" else {"reason": "answered"}
        answer = self.operator.post(f"/conversations/{id}/{way}", **fields)
        if way == "close" and answer.headers.get("location") == "/?told=closed":
            self.closed.add(id)


def offered(board: str) -> list[str]:
    """What the board offers."""
    return [part.rpartition("/")[2] for part in board.split("/accept")[:-1]]


def ports(rig: Rig) -> tuple[Product, Ports]:
    """The store as the test reads it, past the wire."""
    url = rig.embedded.url
    product = Product(read({**rig.environment, "HELPLINE_REDIS_URL": url, "HELPLINE_KEYRING_URL": url}))
    found = redis_ports(product.redis)
    found.conversations, found.vault = product.conversations, product.vault
    return product, found


async def seed(rig: Rig) -> dict[str, int]:
    """People wait; returns when each asked."""
    product, found = ports(rig)
    since = int(time.time() * 1000)
    places = {f"{number:032x}": since + number for number in range(PEOPLE)}
    for number, (id, at) in enumerate(places.items()):
        await enqueue(found, id, LANGUAGES[number % 3], Priority(number % 3), at)
    await product.redis.aclose()
    return places


async def look(rig: Rig) -> tuple[list[HandoffRequest], list[HandoffRequest], dict[str, tuple[State, str]]]:
    """Who waits, who is held, and what each conversation says of itself, between two changes."""
    product, found = ports(rig)
    waiting, held = await found.queue.waiting(), await found.queue.held()
    states = {}
    for number in range(PEOPLE):
        conversation = await found.conversations.load(f"{number:032x}", Channel.TELEGRAM)
        states[conversation.id] = (conversation.state, conversation.operator)
    await product.redis.aclose()
    return waiting, held, states


async def story(rig: Rig) -> dict[str, str]:
    """Who has what by the audit alone; two owners at once are an error."""
    product, found = ports(rig)
    entries = list(reversed(await found.queue.audit(100_000)))
    await product.redis.aclose()
    return owners(entries)


def test_store_console_and_network_fail_while_operators_work(rig: Rig) -> None:
    names = [f"operator{number}" for number in range(4)]
    people = [desk.Operator.arrives(rig, name, ",".join(LANGUAGES)) for name in names]
    places = asyncio.run(seed(rig))
    stop = threading.Event()
    at_work = [AtWork(one, [n for n in names if n != one.name], stop) for one in people]
    for one in people:
        one.client.timeout = httpx.Timeout(PATIENCE)
    threads = [threading.Thread(target=one.run) for one in at_work]
    for thread in threads:
        thread.start()
    try:
        for fault in (rig.kill_store, lambda: rig.kill("console"), lambda: _cut(rig), lambda: rig.kill("worker")):
            before = sum(len(one.closed) for one in at_work)
            fault()
            until(lambda: sum(len(one.closed) for one in at_work) > before + 4, 90)  # noqa: B023
            _places_are_kept(rig, places)
        until(lambda: not asyncio.run(_open(rig)), 240, 1.0)
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    states = asyncio.run(look(rig))[2]
    assert set(states.values()) == {(State.CLOSED, "")}
    assert asyncio.run(story(rig)) == {}
    # What an operator was told is closed was closed, by one of them alone.
    sure = [id for one in at_work for id in one.closed]
    assert len(sure) == len(set(sure))
    until(lambda: ", 0 not chained yet" in rig.command("audit", "verify"), 60)
    assert "the chain is whole" in rig.command("audit", "verify")


def _cut(rig: Rig) -> None:
    with rig.wire.cut():
        time.sleep(5)


def _places_are_kept(rig: Rig, places: dict[str, int]) -> None:
    waiting, held, _ = asyncio.run(look(rig))
    for request in (*waiting, *held):
        assert request.since == places[request.conversation]
    order = [(request.priority, request.since) for request in waiting]
    assert order == sorted(order)


async def _open(rig: Rig) -> bool:
    waiting, held, _ = await look(rig)
    return bool(waiting or held)
