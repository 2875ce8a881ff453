"""The contract as pure functions: what is refused, what is made harmless, what an answer looks like."""

from __future__ import annotations

import base64
import json

import pytest
from components.contract import LARGEST, Ask, Refusal, button, harmless, read_ask, write_answer
from components.facts import KNOWN, SAID, entities, locale_of, pressed

KEY = base64.b64encode(b"k" * 32).decode()
INTENTS = ("greet", "inform_country")


def body(**fields: object) -> bytes:
    return json.dumps({"conversation": "c", **fields}).encode()


def test_words_and_buttons_are_read() -> None:
    assert read_ask(body(text="hi", locale="km"), KEY, INTENTS) == Ask("c", b"k" * 32, text="hi", locale="km")
    pressing = body(intent="inform_country", metadata={"value": "TH"})
    assert read_ask(pressing, KEY, INTENTS) == Ask("c", b"k" * 32, intent="inform_country", value="TH")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"{", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"[" * 20_000, "not_json"),
        (b"[]", "not_an_object"),
        (body(), "text_or_intent"),
        (body(text="hi", intent="greet"), "text_or_intent"),
        (body(text=5), "bad_text"),
        (body(text="hi", metadata="x"), "bad_metadata"),
        (body(text="hi", conversation="a b"), "bad_conversation"),
        (body(text="hi", conversation=""), "bad_conversation"),
        (body(text="hi", locale="<script>"), "bad_locale"),
        (body(text="hi", country="thailand"), "bad_country"),
        (body(intent="restart"), "unknown_intent"),
        (body(intent="greet", metadata={"value": "a b"}), "bad_value"),
        (body(intent="greet", metadata={"value": {}}), "bad_value"),
    ],
)
def test_malformed_is_refused_with_a_code(sent: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_ask(sent, KEY, INTENTS)
    assert (refused.value.status, refused.value.code) == (400, code)


@pytest.mark.parametrize("key", ["", "short", "!!!!", base64.b64encode(b"k" * 31).decode()])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_ask(body(text="hi"), key, INTENTS)
    assert (refused.value.status, refused.value.code) == (400, "bad_key")


def test_a_huge_body_is_refused_before_it_is_read() -> None:
    with pytest.raises(Refusal) as refused:
        read_ask(b"x" * (LARGEST + 1), KEY, INTENTS)
    assert (refused.value.status, refused.value.code) == (413, "too_large")


@pytest.mark.parametrize(
    "text",
    [
        "/greet",
        "//greet",
        "\uff0fgreet",
        " / greet",
        "\u200b/greet",
        "/\u200b/greet",
        "/\uff0f / greet",
        "\ufeff/greet",
    ],
)
def test_no_slash_stands_before_words(text: str) -> None:
    assert harmless(text) == "greet"


def test_nothing_but_slashes_is_nothing() -> None:
    assert harmless("/ \uff0f//") == ""


def test_key_and_words_are_not_shown() -> None:
    shown = repr(read_ask(body(text="secret words"), KEY, INTENTS))
    assert "secret" not in shown and "kkk" not in shown


@pytest.mark.parametrize(
    ("payload", "data"),
    [
        ("/greet", "intent:greet"),
        ('/inform_country{"country":"TH"}', "intent:inform_country:TH"),
        ('/inform_country{"country": "TH"}', "intent:inform_country:TH"),
        ("command:person", "command:person"),
        ("language:km", "language:km"),
    ],
)
def test_payloads_become_data(payload: str, data: str) -> None:
    assert button(payload) == data


@pytest.mark.parametrize("payload", ["", "greet", "/greet{", "/Greet", "https://example.org", "/" + "a" * 70])
def test_a_button_nobody_reads_is_refused(payload: str) -> None:
    with pytest.raises(ValueError, match="no such button"):
        button(payload)


def test_a_sure_intent_without_a_word_is_a_failure() -> None:
    with pytest.raises(Refusal) as refused:
        write_answer(pressed("greet"), {}, [], "en")
    assert (refused.value.status, refused.value.code) == (503, "no_answer")


def test_an_unsure_intent_says_nothing_itself() -> None:
    unsure = {**pressed("greet"), "outcome": "offer"}
    answer = write_answer(unsure, {}, [{"phrase": "utter_nlu_fallback"}], "en")
    assert (answer["outcome"], answer["replies"], answer["handoff"]) == ("offer", [], None)


def test_a_hand_off_travels_beside_the_replies() -> None:
    handoff = {"reason": "asked", "priority": 2, "indicators": []}
    answer = write_answer(pressed("greet"), {}, [{"phrase": "utter_x"}, {"custom": {"handoff": handoff}}], "en")
    assert (len(answer["replies"]), answer["handoff"]) == (1, handoff)


@pytest.mark.parametrize(
    ("language", "script", "before", "locale"),
    [
        ("km", None, "en", "km"),
        ("zh", "Hant", "en", "zh_Hant"),
        ("zh", None, "zh_Hant", "zh_Hant"),
        ("zh", None, "en", "zh_Hans"),
        (None, None, "km", ""),
    ],
)
def test_a_language_becomes_a_locale(language: str | None, script: str | None, before: str, locale: str) -> None:
    assert locale_of(language, script, before) == locale


def found(intent: str, countries: list[str], **told: str) -> dict[str, tuple[str, str]]:
    listed = entities({"intent": intent, "countries": countries}, told)
    return {entity["entity"]: (entity["value"], entity["extractor"]) for entity in listed}


def test_a_named_country_goes_before_the_known_one() -> None:
    assert found("inform_country", ["MY"], country="TH") == {"country": ("MY", SAID)}
    assert found("wages_withheld", [], country="TH") == {"country": ("TH", KNOWN)}


def test_several_countries_or_somebody_elses_are_none() -> None:
    assert found("inform_country", ["MY", "TH"]) == {}
    assert found("worried_about_other", ["KH"]) == {}


def test_a_buttons_value_is_a_country_or_a_sector() -> None:
    assert found("inform_country", [], value="TH", country="MY") == {"country": ("TH", SAID)}
    assert found("greet", [], value="fishing") == {"sector": ("fishing", SAID)}
