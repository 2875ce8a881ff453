"""The queue against a simple model of it: whatever is done in whatever order, both say the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.adapters.redis_client import connect
from bot.adapters.redis_handoff import LEASE
from bot.core.conversation import State
from bot.core.errors import Conflict, Full, HelplineError, NotYours, Reserved
from bot.core.handoff import FOREIGN, HOUR, MINUTE, Priority, Rules, Stage
from bot.core.message import Channel
from bot.core.ports import Audit
from tests.adapters.test_handoff import enqueue, replies
from tests.conftest import NOON, Ports, memory_ports, redis_ports

OPERATORS = ("dara", "mya", "bopha")
SPEAKS = {"dara": ("km", "en"), "mya": ("my",), "bopha": ()}
LANGUAGES = ("km", "my", "lo")
CONVERSATIONS = tuple(f"c{number}" for number in range(6))
CAPACITY = 2
RULES = Rules()
WEIGHT = {Priority.CRISIS: 0, Priority.HIGH: 168 * HOUR, Priority.NORMAL: 170 * HOUR}

who = st.sampled_from(OPERATORS)
what = st.sampled_from(CONVERSATIONS)


@dataclass
class Entry:
    """One open hand-off as anybody would note it on paper."""

    language: str
    priority: Priority
    since: int
    holder: str = ""
    lease: int = 0
    answer_by: int = 0
    warned: bool = False
    offered: str = ""
    offer_until: int = 0
    kept: str = ""
    kept_until: int = 0
    version: int = 0


@dataclass
class Paper:
    """The reference: a sheet of paper, one line a conversation, and a clock."""

    now: int = NOON
    rows: dict[str, Entry] = field(default_factory=dict)

    def held(self, operator: str) -> list[str]:
        """What an operator holds."""
        return sorted(id for id, row in self.rows.items() if row.holder == operator)

    def full(self, operator: str) -> bool:
        """Whether they hold enough."""
        return len(self.held(operator)) >= CAPACITY

    def order(self) -> list[str]:
        """Who waits, first to be taken first."""
        waiting = [id for id, row in self.rows.items() if not row.holder]
        return sorted(waiting, key=lambda id: WEIGHT[self.rows[id].priority] + self.rows[id].since)

    def next_for(self, operator: str) -> str:
        """Whom an operator would be given."""

        def place(id: str) -> int:
            row = self.rows[id]
            foreign = row.language not in SPEAKS[operator] and row.kept != operator
            return WEIGHT[row.priority] + row.since + (FOREIGN if foreign else 0)

        for row in self.rows.values():
            if row.kept_until <= self.now:
                row.kept = ""
        free = [id for id in self.order() if self.rows[id].kept in ("", operator)]
        return min(free, key=place, default="")

    def take(self, id: str, operator: str) -> None:
        """Into an operator's hands."""
        row = self.rows[id]
        row.holder, row.lease, row.warned = operator, self.now + LEASE, False
        row.answer_by = self.now + RULES.patience(row.priority)
        row.offered = row.kept = ""

    def put_back(self, id: str) -> None:
        """Back at the old place."""
        row = self.rows[id]
        row.holder = row.offered = ""
        row.answer_by = row.lease = 0


class Machine(RuleBasedStateMachine):
    """Does the same to both and compares. `ports` is set by the test."""

    ports: Ports
    loop: asyncio.AbstractEventLoop
    fresh: Callable[[], Ports]

    @initialize()
    def begin(self) -> None:
        """An empty desk."""
        self.ports = type(self).fresh()
        self.paper = Paper()
        self.since = 0

    def see[T](self, action: Awaitable[T]) -> T:
        """Wait for it."""
        return self.loop.run_until_complete(action)

    def do(self, action: Awaitable[object], refused: type[HelplineError] | None) -> None:
        """Do it to the queue; it must be refused exactly where the paper says so."""
        if refused is None:
            self.see(action)
            return
        with pytest.raises(refused) as caught:
            self.see(action)
        assert caught.type is refused

    @rule(
        id=what,
        language=st.sampled_from(LANGUAGES),
        priority=st.sampled_from(Priority),
        kept=st.sampled_from([*OPERATORS, "", "", ""]),
    )
    def comes(self, id: str, language: str, priority: Priority, kept: str) -> None:
        """A person asks for a human, or asks again more urgently."""
        self.since += 1
        since, until = self.paper.now + self.since, self.paper.now + RULES.reserve
        row = self.paper.rows.get(id)
        if row is not None and row.holder:
            return
        kept = "" if row or priority is Priority.CRISIS else kept
        self.see(enqueue(self.ports, id, language, priority, since, kept, until if kept else 0))
        if row is None:
            self.paper.rows[id] = Entry(language, priority, since, kept=kept, kept_until=until if kept else 0)
        elif priority < row.priority:
            row.priority, row.kept = priority, ""

    @rule(operator=who, id=what)
    def claims(self, operator: str, id: str) -> None:
        """An operator takes one by choice."""
        row = self.paper.rows.get(id)
        refused: type[HelplineError] | None = None
        if row is None or row.holder:
            refused = Conflict
        elif row.kept not in ("", operator) and row.kept_until > self.paper.now:
            refused = Reserved
        elif row.priority is not Priority.CRISIS and self.paper.full(operator):
            refused = Full
        self.do(self.ports.queue.claim(operator, id, self.paper.now, 0, CAPACITY), refused)
        if refused is None:
            self.paper.take(id, operator)

    @rule(operator=who)
    def takes_the_first(self, operator: str) -> None:
        """An operator takes whoever is first."""
        id = self.paper.next_for(operator)
        action = self.ports.queue.claim_next(operator, SPEAKS[operator], self.paper.now, CAPACITY)
        if id and self.paper.full(operator):
            self.do(action, Full)
            return
        got = self.see(action)
        assert (got.conversation if got else "") == id
        if id:
            self.paper.take(id, operator)

    @rule(operator=who, id=what, stale=st.booleans())
    def gives_back(self, operator: str, id: str, stale: bool) -> None:
        """Back to the queue; a page from another term is refused."""
        row = self.paper.rows.get(id)
        refused: type[HelplineError] | None = None
        if row is None or row.holder != operator:
            refused = NotYours
        elif stale:
            refused = Conflict
        version = 10**9 if stale else self.version(id)
        self.do(self.ports.queue.give_back(operator, id, self.paper.now, version), refused)
        if refused is None:
            self.paper.put_back(id)

    @rule(operator=who, id=what, closed=st.booleans())
    def finishes(self, operator: str, id: str, closed: bool) -> None:
        """Closed, or released to the assistant."""
        row = self.paper.rows.get(id)
        refused = None if row is not None and row.holder == operator else NotYours
        self.do(self.ports.queue.finish(operator, id, self.paper.now, closed=closed), refused)
        if refused is None:
            del self.paper.rows[id]
            state = State.CLOSED if closed else State.ASSISTANT
            assert self.conversation(id) == (state, "")

    @rule(operator=who, id=what, to=who)
    def offers(self, operator: str, id: str, to: str) -> None:
        """Offered to a colleague."""
        row = self.paper.rows.get(id)
        refused: type[HelplineError] | None = None
        if row is None or row.holder != operator:
            refused = NotYours
        elif to == operator or (row.offered and row.offer_until > self.paper.now):
            refused = Conflict
        elif row.priority is not Priority.CRISIS and self.paper.full(to):
            refused = Full
        self.do(self.ports.queue.offer(operator, id, to, self.paper.now, 0, CAPACITY), refused)
        if refused is None and row is not None:
            row.offered, row.offer_until = to, self.paper.now + RULES.offer

    @rule(operator=who, id=what)
    def accepts(self, operator: str, id: str) -> None:
        """An offer is accepted."""
        row = self.paper.rows.get(id)
        refused: type[HelplineError] | None = None
        if row is None or row.offered != operator or row.offer_until <= self.paper.now:
            refused = Conflict
        elif row.priority is not Priority.CRISIS and self.paper.full(operator):
            refused = Full
        self.do(self.ports.queue.accept(operator, id, self.paper.now, 0, CAPACITY), refused)
        if refused is None:
            self.paper.take(id, operator)

    @rule(operator=who, id=what)
    def refuses(self, operator: str, id: str) -> None:
        """An offer is refused, or taken back."""
        row = self.paper.rows.get(id)
        refused: type[HelplineError] | None = None
        if row is None or not row.offered:
            refused = Conflict
        elif operator not in (row.holder, row.offered):
            refused = NotYours
        self.do(self.ports.queue.refuse(operator, id, self.paper.now), refused)
        if refused is None and row is not None:
            row.offered = ""

    @rule(id=what, to=st.sampled_from([*OPERATORS, ""]))
    def reassigns(self, id: str, to: str) -> None:
        """A supervisor decides."""
        row = self.paper.rows.get(id)
        refused = Conflict if row is None or row.holder == to else None
        self.do(self.ports.queue.reassign("boss", id, to, self.paper.now), refused)
        if refused is None and to:
            self.paper.take(id, to)
        elif refused is None:
            self.paper.put_back(id)

    @rule(id=what)
    def answers(self, id: str) -> None:
        """The operator writes a reply."""
        row = self.paper.rows.get(id)
        if row is not None and row.holder:
            self.see(replies(self.ports, id, self.paper.now))
            row.answer_by = 0

    @rule(operator=who)
    def is_alive(self, operator: str) -> None:
        """The operator's console gives a sign of life."""
        assert self.see(self.ports.queue.beat(operator, self.paper.now)) == len(self.paper.held(operator))
        for id in self.paper.held(operator):
            self.paper.rows[id].lease = self.paper.now + LEASE

    @rule(operator=who)
    def leaves(self, operator: str) -> None:
        """What is kept for somebody who left may be taken by all."""
        self.see(self.ports.queue.unreserve(operator))
        for row in self.paper.rows.values():
            row.kept = "" if row.kept == operator else row.kept

    @rule(pass_by=st.sampled_from([1000, 50_000, MINUTE, 2 * MINUTE, 5 * MINUTE, 11 * MINUTE, -MINUTE]))
    def time_passes(self, pass_by: int) -> None:
        """The clock moves, now and then backwards."""
        self.paper.now += pass_by

    @rule()
    def janitor_comes(self) -> None:
        """What ran out goes back, once."""
        paper, now = self.paper, self.paper.now
        lost = [id for id, row in paper.rows.items() if row.holder and row.lease <= now]
        for id in lost:
            paper.put_back(id)
        late = [id for id, row in paper.rows.items() if 0 < row.answer_by <= now]
        for id in late:
            paper.put_back(id)
        lapsed = [id for id, row in paper.rows.items() if row.offered and row.offer_until <= now]
        soon = [id for id, row in paper.rows.items() if now < row.answer_by <= now + RULES.warning and not row.warned]
        for id in lapsed:
            paper.rows[id].offered = ""
        for id in soon:
            paper.rows[id].warned = True
        for row in paper.rows.values():
            row.kept = "" if row.kept_until <= now else row.kept
        found = self.see(self.ports.queue.reap(now))
        told = [
            sorted(r.conversation for r in rows) for rows in (found.lost, found.unanswered, found.lapsed, found.warned)
        ]
        assert told == [sorted(ids) for ids in (lost, late, lapsed, soon)]

    @invariant()
    def both_say_the_same(self) -> None:
        """Who waits in which order, who holds what, what the conversation says of it."""
        queue, paper = self.ports.queue, self.paper
        waiting = self.see(queue.waiting())
        assert [r.conversation for r in waiting] == paper.order()
        for operator in OPERATORS:
            held = self.see(queue.held(operator))
            assert sorted(r.conversation for r in held) == paper.held(operator)
            assert all(r.stage is Stage.CLAIMED and r.operator == operator for r in held)
        for id, row in paper.rows.items():
            expected = (State.OPERATOR, row.holder) if row.holder else (State.WAITING, "")
            assert self.conversation(id) == expected

    def teardown(self) -> None:
        """The audit alone tells the same story: nobody ever had it while somebody else did."""
        if hasattr(self, "ports"):
            entries = self.see(self.ports.queue.audit(10_000))
            assert owners(list(reversed(entries))) == {
                id: row.holder for id, row in self.paper.rows.items() if row.holder
            }

    def version(self, id: str) -> int:
        """What a page of now would carry."""
        request = self.see(self.ports.queue.find(id))
        return int(request.version) if request else 0

    def conversation(self, id: str) -> tuple[State, str]:
        """What the conversation itself says."""
        found = self.see(self.ports.conversations.load(id, Channel.TELEGRAM))
        return found.state, found.operator


def owners(entries: list[Audit]) -> dict[str, str]:
    """Who has what after these entries, oldest first; a second owner beside the first is an error."""
    has: dict[str, str] = {}
    for entry in entries:
        id, before = entry.conversation, has.get(entry.conversation, "")
        if entry.what == "claimed":
            assert not before, f"{id} was {before}'s when {entry.operator} claimed it"
            has[id] = entry.operator
        elif entry.what == "accepted":
            assert before == entry.detail, f"{id} was {before}'s when {entry.operator} accepted it from {entry.detail}"
            has[id] = entry.operator
        elif entry.what == "reassigned":
            has.pop(id, None)
            if entry.detail:
                has[id] = entry.detail
        elif entry.what in ("returned", "lost", "unanswered", "closed", "released"):
            assert before == entry.operator, f"{id} was {before}'s when {entry.operator} let it go"
            del has[id]
    return has


@contextmanager
def machine(kind: str, valkey: str) -> Iterator[type[Machine]]:
    """The machine over memory or over Valkey, with a loop of its own."""
    loop = asyncio.new_event_loop()
    client = connect(valkey) if kind == "valkey" else None

    def fresh() -> Ports:
        if client is None:
            return memory_ports()
        loop.run_until_complete(client.flushall())
        return redis_ports(client)

    class Over(Machine):
        """One kind."""

    Over.fresh = staticmethod(fresh)
    Over.loop = loop
    try:
        yield Over
    finally:
        if client is not None:
            loop.run_until_complete(client.aclose())
        loop.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["memory", "valkey"])
def test_the_queue_and_the_paper_never_differ(kind: str, valkey: str) -> None:
    examples = 60 if kind == "memory" else 25
    with machine(kind, valkey) as over:
        run_state_machine_as_test(
            over,
            settings=settings(
                max_examples=examples, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
