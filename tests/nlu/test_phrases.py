"""Which variation of an answer is said, and what is handed on instead of its text."""

from __future__ import annotations

import asyncio

import pytest
from components.phrases import PhraseGenerator, UnknownPhrase, choose
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker


def on(**slots: str) -> dict[str, object]:
    condition = [{"type": "slot", "name": name, "value": value} for name, value in slots.items()]
    return {"id": "-".join(slots.values()), "text": "x", "condition": condition}


PLAIN: dict[str, object] = {"text": "x", "metadata": {"numbers": ["labour"]},
                            "buttons": [{"title": "Yes", "payload": "/affirm"}]}  # fmt: skip
ALL = [PLAIN, on(country="TH"), on(country="TH", sector="fishing"), on(sector="fishing")]


@pytest.mark.parametrize(
    ("slots", "chosen"),
    [
        ({}, 0),
        ({"country": "MY"}, 0),
        ({"country": "TH"}, 1),
        ({"country": "TH", "sector": "fishing"}, 2),
        ({"country": "MY", "sector": "fishing"}, 3),
    ],
)
def test_the_variation_with_the_most_conditions_is_said(slots: dict[str, str], chosen: int) -> None:
    assert choose(ALL, slots) is ALL[chosen]


def test_nothing_fits_where_nothing_is_unconditional() -> None:
    assert choose(ALL[1:], {}) is None


def said(name: str, country: str | None = None, **given: object) -> dict[str, object]:
    tracker = DialogueStateTracker("c", [TextSlot("country", mappings=[{}], initial_value=country)])
    generator = PhraseGenerator()
    generator.responses = {"utter_x": ALL}
    return asyncio.run(generator.generate(name, tracker, "helpline", **given))


def test_ids_are_handed_on_and_no_text() -> None:
    assert said("utter_x") == {
        "text": "utter_x",
        "phrase": "utter_x",
        "variation": "",
        "args": {},
        "numbers": ["labour"],
        "buttons": [{"title": "Yes", "payload": "/affirm"}],
    }


def test_a_variation_is_named() -> None:
    assert said("utter_x", "TH")["variation"] == "TH"


def test_an_action_gives_arguments_and_numbers() -> None:
    utterance = said("utter_x", args={"country": "TH"}, numbers=["child"])
    assert (utterance["args"], utterance["numbers"]) == ({"country": "TH"}, ["child"])


def test_an_unknown_phrase_is_an_error() -> None:
    with pytest.raises(UnknownPhrase):
        said("utter_nothing")
