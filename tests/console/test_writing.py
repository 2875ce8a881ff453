"""What happens while an operator writes: drafts, the claim a reply belongs to, taking back, the sign of writing."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from bot.core.message import Delivery, Gloss, Kind, Line
from tests.console.conftest import HERE, PAPERS, Browser, House, wrote

WHERE = "/conversations/c1"


async def held(house: House, *lines: Line) -> Browser:
    """Dara, who holds c1."""
    await house.waits("c1", *lines)
    browser = await house.operator("dara")
    await browser.post(f"{WHERE}/claim")
    return browser


async def taken_again(house: House, browser: Browser) -> str:
    """Give back and claim once more; returns what pages of the first claim carry."""
    old = browser.claim("c1")
    await browser.post(f"{WHERE}/give-back")
    house.clock.time += 1
    await browser.post(f"{WHERE}/claim")
    return old


async def test_a_draft_outlives_the_tab_and_goes_when_it_is_sent(house: House) -> None:
    browser = await held(house)
    for field, words in (("reply", "half a <sentence>"), ("note", "half a note")):
        assert (await browser.post(f"{WHERE}/draft", field=field, words=words)).status_code == 204
    text = (await browser.get(WHERE)).text
    assert "half a &lt;sentence&gt;</textarea>" in text
    assert "half a note</textarea>" in text
    await browser.post(f"{WHERE}/reply", words="a whole sentence")
    text = (await browser.get(WHERE)).text
    assert "half a &lt;sentence&gt;" not in text
    assert "half a note</textarea>" in text
    await browser.post(f"{WHERE}/note", words="a whole note")
    assert "half a note" not in (await browser.get(WHERE)).text


async def test_a_draft_goes_with_the_claim(house: House) -> None:
    browser = await held(house)
    await browser.post(f"{WHERE}/draft", field="reply", words="half a sentence")
    await taken_again(house, browser)
    assert "half a sentence" not in (await browser.get(WHERE)).text
    assert house.world.drafts == {}


async def test_a_draft_is_nobody_elses(house: House) -> None:
    browser = await held(house)
    await browser.post(f"{WHERE}/draft", field="reply", words="half a sentence")
    boss = await house.operator("boss")
    assert (await boss.post(f"{WHERE}/draft", field="reply", words="x")).status_code == 403
    await house.waits("c2")
    assert (await boss.post("/conversations/c2/draft", field="reply", words="x")).status_code == 409
    assert (await browser.get(WHERE)).text.count("half a sentence") == 1


@pytest.mark.parametrize(("field", "words"), [("reply", "x" * 4097), ("other", "x"), ("", "")])
async def test_a_draft_has_its_bounds(house: House, field: str, words: str) -> None:
    browser = await held(house)
    assert (await browser.post(f"{WHERE}/draft", field=field, words=words)).status_code == 422


@pytest.mark.parametrize(("action", "form"), [("reply", {"words": "late"}), ("say", {"phrase": PAPERS})])
async def test_what_was_written_under_an_earlier_claim_is_not_sent(
    house: House, action: str, form: dict[str, str]
) -> None:
    browser = await held(house)
    old = await taken_again(house, browser)
    response = await browser.post(f"{WHERE}/{action}", htmx=True, claim=old, **form)
    assert (response.status_code, response.headers["hx-retarget"]) == (409, "#alert")
    assert "your words are still in the box" in response.text
    assert "hx-trigger" not in response.headers
    assert house.outbox() == []


@pytest.mark.parametrize("claim", ["", "x", "-1", "²"])
async def test_a_reply_that_names_no_claim_is_not_sent(house: House, claim: str) -> None:
    browser = await held(house)
    assert (await browser.post(f"{WHERE}/reply", words="hello", claim=claim)).status_code == 409
    assert house.outbox() == []


async def test_a_late_draft_of_an_earlier_claim_is_not_kept(house: House) -> None:
    browser = await held(house)
    old = await taken_again(house, browser)
    assert (await browser.post(f"{WHERE}/draft", claim=old, field="reply", words="late")).status_code == 409
    assert house.world.drafts == {}


async def test_a_line_shows_how_long_it_can_be_taken_back(house: House) -> None:
    house.desk = replace(house.desk, hold=4000)
    house.build()
    browser = await held(house)
    await browser.post(f"{WHERE}/reply", words="hello")
    house.clock.time += 1500
    text = (await browser.get(f"{WHERE}/lines")).text
    assert 'data-left="2500"' in text
    assert "Take back" in text
    house.clock.time += 3000
    assert "data-left" not in (await browser.get(f"{WHERE}/lines")).text
    house.delivered(house.outbox()[0], Delivery.SENT)
    assert "Take back" not in (await browser.get(f"{WHERE}/lines")).text


async def heard(house: House, *posts: tuple[Browser, str]) -> list[str]:
    """What is signalled while these are posted."""
    topics: list[str] = []

    async def listen() -> None:
        async for topic in house.signals.listen():
            topics.append(topic)

    task = asyncio.create_task(listen())
    await asyncio.sleep(0)
    for browser, path in posts:
        await browser.post(path)
    await asyncio.sleep(0.02)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    return topics


async def test_only_who_holds_the_conversation_is_told_to_be_writing(house: House) -> None:
    browser = await held(house)
    bopha = await house.operator("bopha")
    assert "typing:c1" in await heard(house, (browser, f"{WHERE}/typing"))
    assert "typing:c1" not in await heard(house, (bopha, f"{WHERE}/typing"))
    await browser.post(f"{WHERE}/release")
    assert "typing:c1" not in await heard(house, (browser, f"{WHERE}/typing"))


@pytest.mark.parametrize("action", ["draft", "typing"])
async def test_a_forged_sign_is_refused(house: House, action: str) -> None:
    browser = await held(house)
    form = {"token": "x", "claim": browser.claim("c1"), "field": "reply", "words": "x"}
    assert (await browser.http.post(f"{WHERE}/{action}", data=form, headers=HERE)).status_code == 403


async def test_an_edited_message_shows_what_it_said_before(house: House) -> None:
    first = replace(wrote("I am well", Gloss("greet", 0.9)), message="7")
    again = replace(wrote("I am not well", kind=Kind.EDITED), message="7")
    last = replace(wrote("help me", kind=Kind.EDITED), message="7")
    other = replace(wrote("something else"), message="8")
    text = (await (await held(house, first, other, again, last)).get(f"{WHERE}/lines")).text
    assert text.count("Was changed later") == 2
    assert text.count("Edited a message") == 2
    before = [part.partition("</del>")[0].rpartition(">")[2] for part in text.split("<del")[1:]]
    assert before == ["I am well", "I am not well"]


async def test_an_edit_whose_first_words_are_far_back_stands_alone(house: House) -> None:
    text = (await (await held(house, replace(wrote("x", kind=Kind.EDITED), message="7"))).get(f"{WHERE}/lines")).text
    assert "<del" not in text


async def test_signs_that_were_ticked_stand_on_the_page(house: House) -> None:
    browser = await held(house)
    assert "Ticked in the self-check" not in (await browser.get(WHERE)).text
    house.world.handoffs["c1"] = replace(house.world.handoffs["c1"], indicators=("passport_withheld",))
    text = (await browser.get(WHERE)).text
    assert "Ticked in the self-check. The person agreed that you see it:" in text
    assert "<li>They keep my papers</li>" in text
