"""Handing on at the console: offers, a supervisor's word, first replies, follow-ups; and stale pages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.core.account import Role
from bot.core.conversation import State
from bot.core.handoff import HOUR, HandoffRequest, Priority, Reason, Rules
from bot.core.message import Channel
from bot.core.ports import Change
from tests.conftest import NOON
from tests.console.conftest import Browser, House, wrote

WHERE = "/conversations/c1"
RULES = Rules()
DAY = 24 * HOUR


async def held(house: House, id: str = "c1") -> Browser:
    await house.waits(id, wrote("hello"))
    browser = await house.operator("dara")
    await browser.post(f"/conversations/{id}/claim")
    return browser


async def owner(house: House, id: str = "c1") -> tuple[State, str]:
    found = await house.desk.conversations.load(id, Channel.TELEGRAM)
    return found.state, found.operator


def version(text: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', text)
    assert found is not None
    return found[1]


async def test_an_offer_is_shown_to_the_colleague_who_accepts(house: House) -> None:
    dara = await held(house)
    bopha = await house.operator("bopha")
    answer = await dara.post(f"{WHERE}/transfer", to="bopha", note="needs somebody at night")
    assert answer.headers["location"] == WHERE
    assert await owner(house) == (State.OPERATOR, "dara")
    assert "Offered to Bopha" in (await dara.get(WHERE)).text
    board = (await bopha.get("/queue")).text
    assert "Offered to you" in board
    assert "One conversation is offered to you." in (await bopha.get("/strip")).text
    answer = await bopha.post(f"{WHERE}/accept", version=version(board))
    assert answer.headers["location"] == WHERE
    assert await owner(house) == (State.OPERATOR, "bopha")
    assert "needs somebody at night" in (await bopha.get(WHERE)).text
    assert [out.args.get("name") for out in house.world.outbox.values()] == ["Dara", "Bopha"]


async def test_who_is_offered_it_may_read_it_and_others_may_not(house: House) -> None:
    dara = await held(house)
    bopha, chan = await house.operator("bopha"), await house.operator("chan")
    assert (await bopha.get(WHERE)).status_code == 403
    await dara.post(f"{WHERE}/transfer", to="bopha")
    page = await bopha.get(WHERE)
    assert page.status_code == 200
    assert "A colleague offers you this conversation." in page.text
    assert "This look is in the audit." in page.text
    assert (await house.desk.queue.audit())[0].what == "read"
    assert (await chan.get(WHERE)).status_code == 403


@pytest.mark.parametrize("way", ["refuse", "recall"])
async def test_refused_or_taken_back_it_stays_with_the_giver(house: House, way: str) -> None:
    dara = await held(house)
    bopha = await house.operator("bopha")
    await dara.post(f"{WHERE}/transfer", to="bopha")
    await (bopha if way == "refuse" else dara).post(f"{WHERE}/{way}")
    assert "Offered to you" not in (await bopha.get("/queue")).text
    assert (await bopha.post(f"{WHERE}/accept")).status_code == 409
    assert await owner(house) == (State.OPERATOR, "dara")


async def test_accept_needs_duty(house: House) -> None:
    dara = await held(house)
    bopha = await house.operator("bopha")
    await dara.post(f"{WHERE}/transfer", to="bopha")
    away = await house.browser()
    await away.sign_in("bopha")
    form = {"token": next(s.token for d, s in (await house.sessions.of("bopha")).items() if not s.on_duty)}
    answer = await away.http.post(f"{WHERE}/accept", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 409
    assert (await bopha.post(f"{WHERE}/accept")).status_code == 303


@pytest.mark.parametrize("action", ["claim", "give-back", "release", "close", "transfer"])
async def test_a_page_of_an_earlier_term_does_nothing(house: House, action: str) -> None:
    dara = await held(house)
    await house.operator("bopha")
    old = version((await dara.get(WHERE)).text)
    await dara.post(f"{WHERE}/give-back", version=old)
    if action != "claim":
        await dara.post(f"{WHERE}/claim")
    before = await owner(house)
    answer = await dara.post(f"{WHERE}/{action}", version=old, to="bopha", reason="answered")
    assert answer.status_code == 409
    assert "changed hands" in answer.text
    assert await owner(house) == before


@pytest.mark.parametrize("number", ["x", "-1", "9" * 30, "١"])
async def test_a_version_that_is_none_is_refused(house: House, number: str) -> None:
    dara = await held(house)
    assert (await dara.post(f"{WHERE}/close", version=number)).status_code == 409
    assert await owner(house) == (State.OPERATOR, "dara")


async def test_capacity_is_told_and_a_crisis_goes_over_it(house: House) -> None:
    dara = await held(house)
    account = await house.accounts.find("dara")
    assert account is not None
    await house.accounts.save(account, replace(account, capacity=1))
    await house.waits("c2")
    await house.waits("c3", priority=Priority.CRISIS)
    for path in ("/next", "/conversations/c2/claim"):
        answer = await dara.post(path)
        assert answer.status_code == 409
        assert "the limit is reached" in answer.text
    assert (await dara.post("/conversations/c3/claim")).status_code == 303


async def test_a_first_reply_that_is_due_is_warned_of_everywhere(house: House) -> None:
    dara = await held(house)
    assert "First reply within 5 minutes" in (await dara.get("/queue")).text
    house.clock.time += RULES.first_reply - RULES.warning
    board = (await dara.get("/queue")).text
    assert "or it goes back to the queue" in board
    assert 'class="alert" role="status">Write a first reply within 60 seconds' in (await dara.get(f"{WHERE}/term")).text
    assert "First reply due" in (await dara.get("/strip")).text
    await dara.post(f"{WHERE}/reply", words="hello")
    assert "First reply" not in (await dara.get("/queue")).text
    assert "first reply" not in (await dara.get(f"{WHERE}/term")).text


async def test_a_page_says_that_the_conversation_went_back(house: House) -> None:
    dara = await held(house)
    house.clock.time += RULES.first_reply
    await dara.post("/duty", on_duty="yes")
    await house.desk.reap()
    assert "You no longer hold this conversation" in (await dara.get(f"{WHERE}/term?mine=1")).text


async def test_a_supervisor_sees_all_hands_and_passes_on(house: House) -> None:
    await held(house)
    await house.operator("bopha")
    boss = await house.operator("boss", Role.SUPERVISOR)
    page = (await boss.get("/hands")).text
    assert "1 of 6 conversations" in page
    assert "held by dara" in page
    answer = await boss.post(f"{WHERE}/reassign", to="bopha", version=version(page))
    assert answer.headers["location"] == "/hands?told=reassigned"
    assert await owner(house) == (State.OPERATOR, "bopha")
    assert (await boss.post(f"{WHERE}/reassign", to="bopha", version=version(page))).status_code == 409
    await boss.post(f"{WHERE}/reassign", to="")
    assert await owner(house) == (State.WAITING, "")
    assert [(a.what, a.operator) for a in await house.desk.queue.audit(2)] == [("reassigned", "boss")] * 2


@pytest.mark.parametrize("to", ["nobody", "chan"])
async def test_passing_on_to_who_is_not_on_duty_is_refused(house: House, to: str) -> None:
    await held(house)
    await house.operator("chan", duty=False)
    boss = await house.operator("boss", Role.SUPERVISOR)
    assert (await boss.post(f"{WHERE}/reassign", to=to)).status_code == 409
    assert await owner(house) == (State.OPERATOR, "dara")


async def test_all_hands_are_for_supervisors(house: House) -> None:
    dara = await held(house)
    await house.operator("bopha")
    assert (await dara.get("/hands")).status_code == 403
    assert (await dara.post(f"{WHERE}/reassign", to="bopha")).status_code == 403
    assert await owner(house) == (State.OPERATOR, "dara")


async def test_a_follow_up_is_shown_when_due_opened_under_audit_and_done(house: House) -> None:
    dara = await held(house)
    await dara.post(f"{WHERE}/close", reason="referred", follow_up="3")
    assert "Follow up due" not in (await dara.get("/queue")).text
    assert (await dara.get(WHERE)).status_code == 403
    house.clock.time += 3 * DAY
    again = await house.operator("bopha")
    assert "Follow up due" in (await again.get("/queue")).text
    said = len(house.world.outbox)
    page = await again.get(WHERE)
    assert page.status_code == 200
    assert 'name="words"' not in page.text
    assert (await house.desk.queue.audit())[0].what == "read"
    await again.post(f"{WHERE}/followed")
    assert "Follow up due" not in (await again.get("/queue")).text
    assert len(house.world.outbox) == said


async def test_a_follow_up_is_for_who_speaks_the_language_or_closed_it(house: House) -> None:
    dara = await held(house)
    await dara.post(f"{WHERE}/close", reason="referred", follow_up="1")
    house.clock.time += DAY
    thiri = await house.operator("thiri")
    account = await house.accounts.find("thiri")
    assert account is not None
    await house.accounts.save(account, replace(account, languages=("my",)))
    assert "Follow up due" not in (await thiri.get("/queue")).text
    assert (await thiri.get(WHERE)).status_code == 403


@pytest.mark.parametrize("days", ["", "2", "-1", "999", "x"])
async def test_only_offered_days_make_a_follow_up(house: House, days: str) -> None:
    dara = await held(house)
    await dara.post(f"{WHERE}/close", reason="referred", follow_up=days)
    assert await house.desk.queue.follow_ups(NOON + 10_000 * DAY) == []


async def test_what_is_kept_for_another_is_shown_and_not_taken(house: House) -> None:
    before = await house.desk.conversations.load("c1", Channel.TELEGRAM)
    request = HandoffRequest(
        "c1", "km", Priority.NORMAL, Reason.REOPENED, NOON, reserved_for="dara", reserved_until=NOON + HOUR
    )
    await house.desk.conversations.commit(Change(before, replace(before, state=State.WAITING), enqueue=request))
    bopha, dara = await house.operator("bopha"), await house.operator("dara")
    board = (await bopha.get("/queue")).text
    assert "Kept for the operator the person knows" in board
    assert "Wrote again after the end" in board
    answer = await bopha.post(f"{WHERE}/claim")
    assert answer.status_code == 409
    assert "waits for the operator the person knows" in answer.text
    assert (await dara.post(f"{WHERE}/claim")).status_code == 303
