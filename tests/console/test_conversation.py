"""One conversation over HTTP: who may read it, what reaches the person, and what never does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.account import Role
from bot.core.conversation import State
from bot.core.message import Author, Channel, Delivery, Gloss, Kind, Line, Media
from tests.conftest import NOON
from tests.console.conftest import Browser, House, wrote

WHERE = "/conversations/c1"
ATTACK = "<script>alert(1)</script><img src=x onerror=alert(1)>"


async def held(house: House, *lines: Line) -> Browser:
    """Dara, who holds c1."""
    await house.waits("c1", *lines)
    browser = await house.operator("dara")
    await browser.post(f"{WHERE}/claim")
    return browser


async def state(house: House) -> tuple[State, str]:
    found = await house.desk.conversations.load("c1", Channel.TELEGRAM)
    return found.state, found.operator


async def test_page_shows_the_assistants_part_in_both_languages(house: House) -> None:
    kept = Line(0, NOON, Author.ASSISTANT, phrase="waiting.kept", locale="km")
    text = (await (await held(house, wrote("ជួយ"), kept)).get(WHERE)).text
    assert '<p class="words" dir="auto" lang="km">ខ្ញុំបានរក្សាទុក</p>' in text
    assert "I have kept this for the person who will answer you." in text


async def test_page_shows_how_the_assistant_understood(house: House) -> None:
    gloss = Gloss("emergency_danger", 0.97, "km", "danger")
    text = (await (await held(house, wrote("ជួយ", gloss))).get(WHERE)).text
    assert "Understood as: I am in danger now, 97 %" in text
    assert '<span class="badge crisis">In danger now</span>' in text


async def test_page_marks_what_is_not_plain_writing(house: House) -> None:
    photo = replace(wrote("", kind=Kind.PHOTO), media=Media("ref", "image/jpeg", 2048))
    place = replace(wrote("", kind=Kind.LOCATION), media=Media(latitude=12.5, longitude=101.25))
    lines = (photo, place, wrote("new words", kind=Kind.EDITED), wrote("command:person", kind=Kind.BUTTON))
    text = (await (await held(house, *lines)).get(WHERE)).text
    place_shown = "Latitude 12.50000, longitude 101.25000"
    for shown in ("Sent a photo", place_shown, "Edited a message", "Pressed a button", "Talk to a person"):
        assert shown in text


async def test_page_escapes_every_word_of_person_operator_and_note(house: House) -> None:
    browser = await held(house, wrote(ATTACK), wrote(ATTACK, kind=Kind.BUTTON))
    await browser.post(f"{WHERE}/reply", words=ATTACK)
    await browser.post(f"{WHERE}/note", words=ATTACK)
    text = (await browser.get(WHERE)).text
    assert "<script>alert" not in text
    assert "<img" not in text
    assert text.count("&lt;script&gt;") == 4


async def test_page_shows_the_end_first_and_all_on_demand(house: House) -> None:
    browser = await held(house, *(wrote(f"line {n}.") for n in range(130)))
    assert "line 3." not in (await browser.get(WHERE)).text
    assert "line 3." in (await browser.get(f"{WHERE}?all=1")).text


@pytest.mark.parametrize(
    ("delivery", "shown"),
    [
        (Delivery.WAITING, "Being sent"),
        (Delivery.SENDING, "Being sent"),
        (Delivery.UNCERTAIN, "Perhaps sent twice, perhaps not at all"),
        (Delivery.FAILED, "Not sent: the channel refused it"),
        (Delivery.BLOCKED, "Not sent: the person has blocked us"),
    ],
)
async def test_page_shows_what_became_of_a_line(house: House, delivery: Delivery, shown: str) -> None:
    browser = await held(house)
    await browser.post(f"{WHERE}/reply", words="hello")
    house.delivered(house.outbox()[0], delivery)
    assert shown in (await browser.get(f"{WHERE}/lines")).text


async def test_waiting_conversation_can_be_read_before_the_claim(house: House) -> None:
    await house.waits("c1", wrote("hello there"))
    response = await (await house.operator("dara")).get(WHERE)
    assert "hello there" in response.text
    assert "Take this conversation" in response.text
    assert f'action="{WHERE}/reply"' not in response.text


async def test_anothers_conversation_cannot_be_opened(house: House) -> None:
    await held(house, wrote("a secret"))
    bopha = await house.operator("bopha")
    for path in (WHERE, f"{WHERE}/lines", f"{WHERE}/notes", f"{WHERE}/phrases"):
        response = await bopha.get(path)
        assert response.status_code == 403
        assert "a secret" not in response.text


async def test_supervisor_may_look_and_the_look_is_in_the_audit(house: House) -> None:
    await held(house, wrote("a secret"))
    boss = await house.operator("boss", Role.SUPERVISOR)
    assert "a secret" in (await boss.get(WHERE)).text
    newest = (await house.desk.queue.audit())[0]
    assert (newest.what, newest.conversation, newest.operator) == ("read", "c1", "boss")


async def test_unknown_conversation_is_not_found(house: House) -> None:
    assert (await (await house.operator("dara")).get("/conversations/none")).status_code == 404


async def test_reply_reaches_the_outbox_as_written(house: House) -> None:
    browser = await held(house)
    response = await browser.post(f"{WHERE}/reply", words=" សួស្តី\r\nDara ")
    assert response.headers["location"] == WHERE
    assert [(out.words, out.author) for out in house.outbox()] == [("សួស្តី\nDara", Author.OPERATOR)]


async def test_reply_answers_htmx_with_the_lines(house: House) -> None:
    response = await (await held(house)).post(f"{WHERE}/reply", htmx=True, words="hello")
    assert (response.status_code, response.headers["hx-trigger"]) == (200, "sent")
    assert "hello" in response.text
    assert "<html" not in response.text


@pytest.mark.parametrize("words", ["", "  \n ", "x" * 4097])
async def test_reply_refuses_nothing_and_too_much(house: House, words: str) -> None:
    browser = await held(house)
    response = await browser.post(f"{WHERE}/reply", htmx=True, words=words)
    assert (response.status_code, response.headers["hx-retarget"]) == (422, "#alert")
    assert house.outbox() == []


async def test_reply_to_anothers_conversation_is_refused(house: House) -> None:
    await held(house)
    bopha = await house.operator("bopha")
    response = await bopha.post(f"{WHERE}/reply", words="hello")
    assert response.status_code == 409
    assert "You no longer hold this conversation" in response.text
    assert house.outbox() == []


@pytest.mark.parametrize("action", ["say", "note", "withdraw", "give-back", "release", "close"])
async def test_actions_on_anothers_conversation_are_refused(house: House, action: str) -> None:
    await held(house)
    boss = await house.operator("boss", Role.SUPERVISOR)
    response = await boss.post(f"{WHERE}/{action}", words="x", phrase="utter_passport_withheld", outbound="x")
    assert response.status_code == 409
    assert await state(house) == (State.OPERATOR, "dara")
    assert house.outbox() == []


async def test_note_is_kept_for_operators_and_reaches_no_outbox(house: House) -> None:
    browser = await held(house)
    before = dict(house.world.outbox)
    response = await browser.post(f"{WHERE}/note", htmx=True, words="calls only at night")
    assert "calls only at night" in response.text
    assert house.world.outbox == before
    assert "calls only at night" not in (await browser.get(f"{WHERE}/lines")).text


async def test_phrases_are_found_in_either_language_with_a_preview(house: House) -> None:
    browser = await held(house)
    for words in ("papers", "ឯកសារ"):
        text = (await browser.get(f"{WHERE}/phrases?q={words}")).text
        assert "Nobody may keep your papers." in text
        assert 'lang="km">គ្មានអ្នកណា' in text
    assert "No prepared sentence" in (await browser.get(f"{WHERE}/phrases?q=zebra")).text


async def test_say_sends_a_phrase_and_not_its_words(house: House) -> None:
    browser = await held(house)
    await browser.post(f"{WHERE}/say", phrase="utter_passport_withheld", variation="")
    assert [(out.phrase, out.words, out.locale) for out in house.outbox()] == [("utter_passport_withheld", "", "km")]


@pytest.mark.parametrize("phrase", ["utter_ask_contract", "operator.closed", "none", ""])
async def test_say_refuses_what_is_not_on_offer_or_not_whole(house: House, phrase: str) -> None:
    browser = await held(house)
    assert (await browser.post(f"{WHERE}/say", phrase=phrase)).status_code == 422
    assert house.outbox() == []


async def test_withdraw_takes_back_what_has_not_left(house: House) -> None:
    browser = await held(house)
    await browser.post(f"{WHERE}/reply", words="hello")
    out = house.outbox()[0]
    response = await browser.post(f"{WHERE}/withdraw", htmx=True, outbound=out.id)
    assert "Taken back, never sent" in response.text
    assert house.world.delivery["c1"][out.id][0] is Delivery.WITHDRAWN


async def test_withdraw_too_late_is_said(house: House) -> None:
    browser = await held(house)
    await browser.post(f"{WHERE}/reply", words="hello")
    house.delivered(house.outbox()[0], Delivery.SENT)
    response = await browser.post(f"{WHERE}/withdraw", htmx=True, outbound=house.outbox()[0].id)
    assert response.status_code == 409
    assert "Too late" in response.text


@pytest.mark.parametrize(
    ("action", "after", "told", "phrase"),
    [
        ("release", State.ASSISTANT, "released", "operator.released"),
        ("close", State.CLOSED, "closed", "operator.closed"),
        ("give-back", State.WAITING, "given_back", "operator.returned"),
    ],
)
async def test_ends_change_the_state_and_tell_the_person(
    house: House, action: str, after: State, told: str, phrase: str
) -> None:
    browser = await held(house)
    response = await browser.post(f"{WHERE}/{action}", reason="answered")
    assert response.headers["location"] == f"/?told={told}"
    assert await state(house) == (after, "")
    assert [out.phrase for out in house.world.outbox.values()][-1] == phrase


async def test_close_writes_only_a_known_reason_to_the_audit(house: House) -> None:
    browser = await held(house)
    await browser.post(f"{WHERE}/close", reason="her name is …")
    assert (await house.desk.queue.audit())[0].detail == "other"


async def test_console_in_burmese_falls_back_to_english(house: House) -> None:
    await house.waits("c1", wrote("hello"))
    text = (await (await house.operator("thiri", locale="my")).get(WHERE)).text
    assert '<html lang="my">' in text
    assert "ထွက်မည်" in text
    assert "Take this conversation" in text
