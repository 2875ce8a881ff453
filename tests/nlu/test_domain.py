"""The content of the assistant fits together: intents, sentences, rules, answers, actions, and how answers speak."""

from __future__ import annotations

import re
import string
from collections import Counter
from functools import lru_cache
from typing import Any

import pytest
import yaml
from components.contract import button
from components.examples import read
from components.identify import LANGUAGES
from helpers import HOME, ROOT
from rasa_sdk.executor import ActionExecutor

from bot.core.entry import KINDS
from bot.core.intents import INTENTS

COMMANDS = {"command:person", "command:language", "command:help", "command:delete", "command:stop"}
# What must not stand in the first words of an answer, for they show in the telephone's notification.
TELLING = re.compile("traffick|slave|police|victim|exploit|forced|escape|rescue|helpline", re.IGNORECASE)
NEVER = re.compile(r"\byou must\b|\bvictim|\bguarantee|\bI promise|\bwe promise|\byou are safe\b", re.IGNORECASE)
LONGEST, SHOWN = 450, 40


# Any: decoded YAML, throughout this file.
@lru_cache
def domain() -> dict[str, Any]:
    return dict(yaml.safe_load((HOME / "domain.yml").read_text("utf-8")))


@lru_cache
def rules() -> list[dict[str, Any]]:
    files = sorted((HOME / "rules").glob("*.yml"))
    return [rule for file in files for rule in yaml.safe_load(file.read_text("utf-8"))["rules"]]


def variations() -> list[tuple[str, dict[str, Any]]]:
    return [(name, one) for name, several in domain()["responses"].items() for one in several]


def steps(key: str) -> list[str]:
    return [step[key] for rule in rules() for step in rule["steps"] if key in step]


def action_classes() -> set[str]:
    executor = ActionExecutor()
    executor.register_package("actions")
    return set(executor.actions)


def test_the_intents_are_those_of_the_product() -> None:
    assert domain()["intents"] == [*INTENTS, "nlu_fallback"]


def test_every_intent_has_one_plain_rule() -> None:
    plain = Counter(rule["steps"][0].get("intent") for rule in rules() if "condition" not in rule)
    assert plain == Counter(domain()["intents"])


def test_every_intent_has_an_answer() -> None:
    assert {f"utter_{intent}" for intent in domain()["intents"]} <= set(domain()["responses"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_has_sentences(language: str) -> None:
    told = {example.intent for example in read(HOME / "nlu") if example.language == language}
    assert told == set(INTENTS)


def test_every_action_has_a_class_and_the_reverse() -> None:
    assert action_classes() == set(domain()["actions"])


def test_rules_name_only_what_there_is() -> None:
    known = {*domain()["actions"], *domain()["responses"], *domain()["forms"], "action_deactivate_loop"}
    assert set(steps("action")) <= known
    assert set(steps("intent")) <= set(domain()["intents"])


def test_actions_say_only_what_there_is() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "actions").glob("*.py"))
    said = set(re.findall(r'"(utter_[a-z_]+)"', source))
    assert said and said <= set(domain()["responses"])


def test_every_answer_is_said_by_something() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "actions").glob("*.py"))
    asked = {f"utter_ask_{slot}" for form in domain()["forms"].values() for slot in form["required_slots"]}
    said = set(steps("action")) | asked | set(re.findall(r'"(utter_[a-z_]+)"', source))
    # Those whose rule is an action instead; `rasa shell` and the product's catalog still want them.
    said |= {"utter_ask_hotline", "utter_inform_country"}
    assert set(domain()["responses"]) <= said


@pytest.mark.parametrize(("name", "one"), variations(), ids=lambda value: value if isinstance(value, str) else "")
def test_an_answer_speaks_as_we_speak(name: str, one: dict[str, Any]) -> None:
    text = one["text"].strip()
    assert len(text) <= LONGEST
    assert not re.search(r"\d", text)
    assert not NEVER.search(text)
    assert not TELLING.search(text[:SHOWN])


@pytest.mark.parametrize(("name", "one"), variations(), ids=lambda value: value if isinstance(value, str) else "")
def test_an_answers_gaps_are_filled(name: str, one: dict[str, Any]) -> None:
    gaps = {gap for _, gap, _, _ in string.Formatter().parse(one["text"]) if gap}
    kinds = (one.get("metadata") or {}).get("numbers", [])
    assert gaps <= {"numbers", "country"}
    assert ("numbers" in gaps) == bool(kinds) or name == "utter_numbers"
    assert set(kinds) <= set(KINDS)


@pytest.mark.parametrize(("name", "one"), variations(), ids=lambda value: value if isinstance(value, str) else "")
def test_an_answers_buttons_lead_somewhere(name: str, one: dict[str, Any]) -> None:
    most = 12 if name == "utter_ask_country" else 5
    assert 2 <= len(one["buttons"]) <= most
    for pressed in one["buttons"]:
        data = button(pressed["payload"])
        assert len(pressed["title"]) <= 30
        assert data in COMMANDS or data.split(":")[1] in INTENTS


def test_variations_have_ids_of_their_own_and_one_without_condition() -> None:
    for name, several in domain()["responses"].items():
        ids = [one.get("id") for one in several]
        assert len(ids) == len(set(ids)), name
        assert [one for one in several if "condition" not in one], f"{name} has nothing to say where no condition holds"
        assert all(one.get("id") for one in several if "condition" in one), name


def test_conditions_are_on_slots_there_are() -> None:
    for _, one in variations():
        for condition in one.get("condition") or ():
            assert condition["type"] == "slot" and condition["name"] in {"country", "sector"}
