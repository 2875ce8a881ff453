"""The phrase book: found in the operator's language, sent in the person's, with numbers that fit the person."""

from __future__ import annotations

import re

import pytest

from bot.console.phrasebook import PhraseBook
from bot.core.conversation import Conversation
from bot.core.desk_phrases import DESK_PHRASES, SUBJECT_NUMBERS, SUBJECT_TITLES
from bot.core.entry import KINDS
from bot.core.message import Channel
from bot.i18n import Answer, Book
from tests.conftest import StillClock
from tests.console.conftest import ANSWERS, Browser, House, Khmer, OneLine

WHERE = "/conversations/c1"
PERSON = Conversation("c1", Channel.TELEGRAM, chosen="km", country="TH")
CALL = Answer("utter_ask_hotline", "", "Call:\n{numbers}", ("labour",))


def phrases() -> PhraseBook:
    book = Book({"km": Khmer()}, (*ANSWERS, CALL), lambda ids, locale: ", ".join(ids), {"days": 30})
    return PhraseBook(book, OneLine(), StillClock(), (*ANSWERS, CALL))


async def held(house: House) -> Browser:
    await house.waits("c1")
    browser = await house.operator("dara")
    await browser.post(f"{WHERE}/claim")
    return browser


def test_every_sentence_of_the_desk_is_offered_under_a_subject() -> None:
    book = phrases()
    titled = {phrase.id for phrase in SUBJECT_TITLES}
    for phrase in DESK_PHRASES:
        assert f"subject.{phrase.id.split('.')[1]}" in titled
        assert book.args(phrase.id, "", PERSON) is not None
    assert {kind for kinds in SUBJECT_NUMBERS.values() for kind in kinds} <= set(KINDS)
    assert len({phrase.id for phrase in DESK_PHRASES}) == len(DESK_PHRASES) >= 40


@pytest.mark.parametrize("phrase", DESK_PHRASES, ids=lambda phrase: phrase.id)
def test_a_sentence_of_the_desk_keeps_to_the_voice(phrase: object) -> None:
    english = phrase.english  # type: ignore[attr-defined]  # a Phrase, which the decorator does not know
    assert len(english) <= 450
    assert re.search(r"\d", english) is None
    for word in ("must", "victim", "traffick", "slave", "police", "promise", "rescue", "session", "agent", "user"):
        assert word not in english.casefold()


@pytest.mark.parametrize("words", ["numbers to call", "labour", "work, pay and papers"])
def test_a_sentence_is_found_by_subject_name_or_words(words: str) -> None:
    found = [entry.phrase for entry in phrases().search(words, "en", PERSON).entries]
    assert "desk.numbers.labour" in found


def test_a_subject_holds_its_own_sentences_alone() -> None:
    book = phrases()
    assert ("wait", "Please wait") in book.subjects("en", PERSON)
    assert ("ask_hotline", "A phone number") in book.subjects("en", PERSON)
    found = book.search("", "en", PERSON, "wait").entries
    assert found
    assert {entry.subject for entry in found} == {"Please wait"}


@pytest.mark.parametrize(("phrase", "kind"), [("desk.numbers.child", "child"), ("utter_ask_hotline", "labour")])
def test_numbers_are_those_of_the_persons_country_and_language(phrase: str, kind: str) -> None:
    args = phrases().args(phrase, "", PERSON)
    assert args == {"numbers": (f"{kind}-TH-km",)}


THERE = Answer("utter_wages_withheld", "MY", "In Malaysia:\n{numbers}", ("labour",))
HERE_TOO = Answer("utter_wages_withheld", "TH", "In Thailand:\n{numbers}", ("labour",))
STEPS = [Answer(f"utter_{name}", "", "x") for name in ("self_check_shared", "delete_my_data", "sign_threats", "affirm")]


def wider() -> PhraseBook:
    known = (THERE, HERE_TOO, *STEPS)
    return PhraseBook(Book({}, known, lambda ids, locale: ", ".join(ids), {"days": 30}), OneLine(), StillClock(), known)


def test_what_holds_elsewhere_comes_last_is_marked_and_has_the_numbers_of_its_own_country() -> None:
    found = wider().search("wages", "en", PERSON).entries
    assert [(entry.country, entry.yours.splitlines()[-1]) for entry in found] == [
        ("TH", "labour-TH-km"),
        ("MY", "labour-MY-km"),
    ]


def test_steps_of_the_assistants_own_talk_are_not_offered() -> None:
    book = wider()
    for answer in STEPS:
        assert book.args(answer.phrase, "", PERSON) is None


def test_what_cannot_be_filled_is_not_offered() -> None:
    book = phrases()
    for phrase in ("utter_ask_contract", "operator.closed", "desk.none", ""):
        assert book.args(phrase, "", PERSON) is None
    assert "utter_ask_contract" not in {entry.phrase for entry in book.search("", "en", PERSON).entries}


def test_privacy_is_told_as_it_is_on_the_persons_channel() -> None:
    book = phrases()
    assert book.args("handoff.privacy", "", PERSON) is not None
    assert book.args("handoff.privacy.web", "", PERSON) is None


async def test_numbers_go_out_with_the_phrase(house: House) -> None:
    browser = await held(house)
    found = house.world.conversations["c1"]
    text = (await browser.get(f"{WHERE}/phrases?q=child&subject=numbers")).text
    assert f"child-{found.country}-km" in text
    assert "Please wait a moment" not in text
    await browser.post(f"{WHERE}/say", phrase="desk.numbers.child")
    out = house.outbox()[0]
    assert (out.phrase, out.args, out.words) == ("desk.numbers.child", {"numbers": (f"child-{found.country}-km",)}, "")
