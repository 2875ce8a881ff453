"""The rules every answer keeps to: each is broken once here; and the answers the product ships."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.adapters.answer_file import Variation, read_variations
from bot.adapters.answer_report import (
    PLACES,
    coverage,
    coverage_table,
    grade,
    reading,
    sentences,
    syllables,
)
from bot.adapters.answer_rules import check_answers, shown_locked, wrong_payload
from bot.core.errors import ContentError
from bot.core.intents import INTENTS

HOME = Path(__file__).parents[2] / "nlu_data"
FACTS = """\
defaults: {checked: 2026-11-01, valid_months: 6}
facts:
  th_wage: {place: TH, subject: ask_minimum_wage, value: THB 400, confidence: B, sources: [S]}
sources: {S: example.org}
"""
HELLO = {"text": "Hello."}
THAI = {
    "id": "TH",
    "condition": [{"type": "slot", "name": "country", "value": "TH"}],
    "text": "The lowest pay is {fact_th_wage} a day.",
}


# Any of JSON's values: the domain is written as JSON, which is YAML too.
def problems(folder: Path, *variations: Mapping[str, object], facts: str = FACTS) -> list[str]:
    """What is wrong with a domain in which utter_greet has these variations and all else is sound."""
    responses: dict[str, object] = {f"utter_{intent}": [HELLO] for intent in INTENTS}
    responses |= {"utter_ask_minimum_wage": [HELLO, THAI], "utter_greet": list(variations)}
    domain, legal = folder / "domain.yml", folder / "facts.yml"
    domain.write_text(json.dumps({"responses": responses}), encoding="utf-8")
    legal.write_text(facts, encoding="utf-8")
    return check_answers(domain, legal)


def button(payload: str, title: str = "Title") -> dict[str, str]:
    return {"title": title, "payload": payload}


def test_a_sound_answer_has_no_problem(tmp_path: Path) -> None:
    sound = {
        "text": "You can ask here:\n{numbers}\n\nThis can change.",
        "buttons": [
            button("/ask_hotline"),
            button('/inform_country{"country":"TH"}'),
            button("command:stop"),
        ],
        "metadata": {"numbers": ["labour", "ngo"]},
    }
    assert problems(tmp_path, sound) == []


@pytest.mark.parametrize(
    ("variation", "why"),
    [
        ({"text": "Call 1300 now."}, "the number 1300 stands in the text"),
        ({"text": "โทร ๑๓๐๐"}, "stands in the text"),
        ({"text": "a" * 451}, "message 1 has 451 characters"),
        ({"text": "a\n\nb\n\nc\n\nd"}, "4 messages"),
        ({"text": "Hello {name}."}, "nothing fills {name}"),
        ({"text": "Hello {fact_kh_wage}."}, "nothing fills {fact_kh_wage}"),
        ({"text": "Hello {."}, "brace"),
        ({"text": "Hello {fact_th_wage}."}, "holds in TH"),
        ({"text": "Call:\n{numbers}"}, "names no kinds"),
        ({"text": "Call.", "metadata": {"numbers": ["labour"]}}, "{numbers} is not in the text"),
        ({"text": "Call {numbers}", "metadata": {"numbers": ["rescue"]}}, "knows no kind 'rescue'"),
        ({"text": "Hello.", "buttons": [button("/greet")] * 7}, "7 buttons"),
        ({"text": "Hello.", "buttons": [button("/nothing")]}, "there is no intent nothing"),
        ({"text": "Hello.", "buttons": [button("/greet", "Police")]}, "says too much"),
        ({"text": "Trafficking is a crime."}, "which a locked telephone shows"),
        ({"text": "Hello.\n\nThe police can help."}, "message 2 begins with 'police'"),
        (
            {"text": "Hi.\nSlavery is wrong."},
            "which a locked telephone shows",
        ),  # a short first line shows the next
        (
            {"text": "Hello. It is good that you wrote to us, here and today.\nNow we will rescue you."},
            "we will rescue",
        ),
        ({"text": "Hello. We guarantee it."}, "guarante"),
        (
            {"text": "Hello. It is good that you wrote to us, here and today.\nI think you are a victim."},
            "you are a victim",
        ),
        ({"text": "Hello. You must go."}, "You must"),
        ({"text": "Hello. You will not be arrested."}, "You will not be arrested"),
        ({"text": "Hello. Run away now."}, "Run away"),
        ({"text": "Hello. Take photos of it."}, "Take photos"),
        ({"text": "Hello.", "id": "general"}, "the general one has none"),
    ],
)
def test_each_rule_is_held(tmp_path: Path, variation: Mapping[str, object], why: str) -> None:
    found = problems(tmp_path, variation)
    assert len(found) == 1 and why in found[0]
    assert found[0].startswith(f"{tmp_path}/domain.yml:1: utter_greet")


def test_a_long_word_may_stand_where_no_notification_shows_it(tmp_path: Path) -> None:
    text = "People use these words in different ways. Here is how we use them in this chat.\nSlavery is one."
    assert problems(tmp_path, {"text": text}) == []
    assert shown_locked(text).endswith("in this chat.")
    assert len(shown_locked("a\n" * 100)) == 60


def test_an_answer_needs_one_general_variation_and_ids_of_its_own(tmp_path: Path) -> None:
    thai = {**THAI, "text": "Hello."}
    assert any("exactly one variation without condition, has 0" in why for why in problems(tmp_path, thai))
    assert any("has 2" in why for why in problems(tmp_path, HELLO, HELLO))
    assert any("utter_greet/TH: 2 variations have this id" in why for why in problems(tmp_path, HELLO, thai, thai))
    anonymous = {key: value for key, value in thai.items() if key != "id"}
    assert any("needs an id" in why for why in problems(tmp_path, HELLO, anonymous))


def test_an_intent_without_answer_and_an_idle_fact_are_told(tmp_path: Path) -> None:
    idle = FACTS.replace(
        "sources: {S",
        "  my_wage: {place: MY, subject: greet, value: RM 1, confidence: B, sources: [S]}\nsources: {S",
    )
    assert problems(tmp_path, HELLO, facts=idle) == [
        f"{tmp_path}/facts.yml: no answer names the fact my_wage; remove it or use it"
    ]
    (tmp_path / "domain.yml").write_text('{"responses": {"utter_greet": [{"text": "{fact_th_wage}"}]}}')
    found = check_answers(tmp_path / "domain.yml", tmp_path / "facts.yml")
    assert f"{tmp_path}/domain.yml: no answer utter_goodbye" in found


@pytest.mark.parametrize(
    "payload",
    ["/greet", '/inform_country{"country":"TH"}', '/warning_signs{"sector":"fishing"}', '/self_check{"answer":"3-yes"}',
     "command:delete", "language:km"],
)  # fmt: skip
def test_these_payloads_are_read(payload: str) -> None:
    assert wrong_payload(payload) == ""


@pytest.mark.parametrize(
    "payload",
    ["greet", "/greet{}", '/greet{"country":"th"}', '/greet{"sector":"mining"}', '/greet{"answer":"Yes"}',
     '/greet{"name":"x"}', '/scam_compound{"answer":"other"}', "command:erase", "language:xx", "intent:greet",
     f'/self_check{{"answer":"{"a" * 60}"}}'],
)  # fmt: skip
def test_these_payloads_are_refused(payload: str) -> None:
    assert wrong_payload(payload)


@pytest.mark.parametrize(
    ("text", "line"),
    [("intents: []\n", 1), ("responses:\n  utter_greet:\n    - id: x\n", 3), ("responses: {\n  a: [\n", 3)],
)
def test_a_broken_domain_is_refused_by_line(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "domain.yml"
    path.write_text(text)
    with pytest.raises(ContentError, match=rf"^{path}:{line}: "):
        read_variations(path)


def test_coverage_tells_fact_from_general_from_missing(tmp_path: Path) -> None:
    problems(tmp_path, HELLO)
    covered = coverage(tmp_path / "domain.yml")
    assert covered["ask_minimum_wage"]["TH"] == "fact" and covered["ask_minimum_wage"]["MY"] == "general"
    (tmp_path / "domain.yml").write_text('{"responses": {"utter_greet": [{"text": "Hello."}]}}')
    covered = coverage(tmp_path / "domain.yml")
    assert covered["thank"]["TH"] == "missing"
    assert coverage_table(covered)[-1] == f"0 fact, {len(PLACES)} general, {50 * len(PLACES)} missing"


@pytest.mark.parametrize(
    ("word", "count"), [("work", 1), ("passport", 2), ("employer", 3), ("made", 1), ("people", 2), ("asked", 1),
                        ("wages", 2), ("hours", 1), ("embassy", 3), ("a", 1)]
)  # fmt: skip
def test_syllables_are_counted_about_right(word: str, count: int) -> None:
    assert syllables(word) == count


def test_a_hard_text_has_a_higher_grade_than_a_plain_one() -> None:
    plain = Variation("utter_x", "", "They keep your papers. You can ask for them.\n{numbers}", 1)
    hard = "The retention of identity documentation constitutes an administrative infringement of regulations."
    assert reading(plain).grade < 3 < 12 < grade(sentences(hard))
    assert reading(plain).longest == 5
    assert len(sentences("One:\n– two\n– three")) == 3
