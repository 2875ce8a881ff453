"""The desk: who waits, being on duty, and the race for a conversation."""

from __future__ import annotations

import asyncio

from bot.core.handoff import Priority
from bot.core.message import Gloss
from tests.console.conftest import House, wrote


async def test_queue_shows_a_crisis_first_with_what_is_worth_knowing(house: House) -> None:
    await house.waits("aaaaaa1", wrote("ជួយ", Gloss("passport_withheld", 0.913, "km")))
    await house.waits("bbbbbb2", priority=Priority.CRISIS)
    text = (await (await house.operator("dara")).get("/")).text
    assert text.index("BBBBBB") < text.index("AAAAAA")
    for shown in ("Crisis", "Khmer", "Thailand", "Asked for a person", "They keep my papers, 91 %", "0 minutes"):
        assert shown in text
    assert "ជួយ" not in text


async def test_queue_part_is_the_rows_alone(house: House) -> None:
    await house.waits("aaaaaa1")
    text = (await (await house.operator("dara")).get("/queue")).text
    assert "AAAAAA" in text
    assert "<html" not in text


async def test_duty_makes_the_operator_present_and_absent(house: House) -> None:
    browser = await house.operator("dara")
    assert [(p.operator, p.name, p.languages) for p in await house.desk.duty.present(house.clock.now())] == [
        ("dara", "Dara", ("km",))
    ]
    await browser.post("/duty", on_duty="no")
    assert await house.desk.duty.present(house.clock.now()) == []


async def test_off_duty_gives_back_what_is_held(house: House) -> None:
    await house.waits("c1")
    browser = await house.operator("dara")
    await browser.post("/conversations/c1/claim")
    await browser.post("/duty", on_duty="no")
    assert [request.conversation for request in await house.desk.queue.waiting()] == ["c1"]


async def test_languages_are_stored_and_told_at_once(house: House) -> None:
    browser = await house.operator("dara")
    form = {"token": await browser.token(), "language": ["my", "th", "tlh"]}
    await browser.http.post("/languages", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    account = await house.accounts.find("dara")
    assert account is not None
    assert account.languages == ("th", "my")
    assert [p.languages for p in await house.desk.duty.present(house.clock.now())] == [("th", "my")]


async def test_claim_needs_duty(house: House) -> None:
    await house.waits("c1")
    browser = await house.operator("dara", duty=False)
    response = await browser.post("/conversations/c1/claim")
    assert response.status_code == 409
    assert "Go on duty first" in response.text
    assert len(await house.desk.queue.waiting()) == 1


async def test_claim_race_has_one_winner_and_tells_the_other(house: House) -> None:
    await house.waits("c1")
    dara, bopha = await house.operator("dara"), await house.operator("bopha")
    answers = await asyncio.gather(dara.post("/conversations/c1/claim"), bopha.post("/conversations/c1/claim"))
    won, lost = sorted(answers, key=lambda response: response.status_code)
    assert (won.status_code, won.headers["location"]) == (303, "/conversations/c1")
    assert lost.status_code == 409
    assert "Somebody else was faster" in lost.text
    joined = [out.phrase for out in house.world.outbox.values()]
    assert joined == ["operator.joined"]


async def test_next_takes_the_first(house: House) -> None:
    await house.waits("c1")
    await house.waits("c2", priority=Priority.CRISIS)
    browser = await house.operator("dara")
    assert (await browser.post("/next")).headers["location"] == "/conversations/c2"
    assert (await browser.post("/next")).headers["location"] == "/conversations/c1"
    assert (await browser.post("/next")).headers["location"] == "/?told=nobody_waits"


async def test_told_shows_only_what_we_say(house: House) -> None:
    browser = await house.operator("dara")
    assert "Nobody is waiting." in (await browser.get("/?told=released")).text
    assert "evil" not in (await browser.get("/?told=evil")).text


async def test_strip_shows_what_one_holds(house: House) -> None:
    await house.waits("aaaaaa1", wrote("hello"))
    await house.waits("bbbbbb2")
    browser = await house.operator("dara")
    await browser.post("/conversations/aaaaaa1/claim")
    text = (await browser.get("/strip")).text
    assert "One person is waiting." in text
    assert "AAAAAA" in text
    assert "BBBBBB" not in text
