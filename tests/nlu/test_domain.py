"""The content of the assistant fits together: intents, sentences, rules, answers and actions."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Any

import pytest
import yaml
from components.examples import read
from components.identify import LANGUAGES
from helpers import HOME, ROOT
from rasa_sdk.executor import ActionExecutor

from actions.country import SCREENS
from actions.guide import BRANCHES
from actions.job_offer_check import JOB_OFFER_CHECK
from actions.self_check import SELF_CHECK
from bot.core.intents import INTENTS


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
    known = {*domain()["actions"], *domain()["responses"]}
    assert set(steps("action")) <= known
    assert set(steps("intent")) <= set(domain()["intents"])


def test_actions_say_only_what_there_is() -> None:
    said = set(re.findall(r'"(utter_[a-z_]+)"', _actions()))
    assert said and said <= set(domain()["responses"])


def test_every_answer_is_said_by_something() -> None:
    said = set(steps("action")) | set(re.findall(r'"(utter_[a-z_]+)"', _actions()))
    said |= {f"utter_{intent}_{branch}" for intent, branches in BRANCHES.items() for branch in branches}
    said |= {f"utter_ask_country_{screen}" for screen in SCREENS}
    for check in (SELF_CHECK, JOB_OFFER_CHECK):
        said |= {f"utter_{check.intent}", *(f"utter_{check.intent}_q{number}" for number in check.signs)}
        said |= {f"utter_sign_{sign}" for sign in check.signs.values()}
        said |= {f"utter_{check.intent}_{end}" for end in re.findall(r"utter_{check.intent}_([a-z]+)\"", _actions())}
    # Those whose rule is an action instead; `rasa shell` and the product's catalog still want them.
    said |= {f"utter_{intent}" for intent in INTENTS}
    assert set(domain()["responses"]) <= said


def _actions() -> str:
    return "".join(path.read_text("utf-8") for path in (ROOT / "actions").glob("*.py"))


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
