"""Golden crises and near misses (bench/golden): what the crisis words and the trained model find may never fall."""

from __future__ import annotations

import sys
from collections import Counter

import pytest
from components.archive import load_classifier
from components.calibrate import CRISIS
from components.classify import Model, Outcome
from components.examples import Example
from components.identify import LANGUAGES
from helpers import HOME, ROOT

from bot.core.intents import INTENTS
from bot.core.safety import find

sys.path[:0] = [str(ROOT / "bench"), str(HOME / "tools")]

import sets  # noqa: E402  the path comes first
from parse import find_model  # noqa: E402

GOLDEN = sets.golden()
CRISES = [one for one in GOLDEN if one.intent in CRISIS]
NEAR_MISSES = [one for one in GOLDEN if one.intent not in CRISIS]
# Raise these when a better model is published; never lower them.
LEAST_RIGHT, MOST_ALARMS, MOST_ALARMS_BY_WORDS = 0.75, 0.15, 0.03


@pytest.fixture(scope="module")
def trained() -> Model:
    """The model that would be published."""
    return load_classifier(find_model(HOME / "models"))


def alarm(model: Model, one: Example) -> bool:
    """Whether a human would be called, as the product decides it."""
    understood = model.understand(one.text, one.language)
    return find(one.text) is not None or (understood.intent in CRISIS and understood.outcome is not Outcome.REFUSE)


def test_every_language_has_golden_crises_and_near_misses() -> None:
    assert {one.intent for one in GOLDEN} <= set(INTENTS)
    for part in (CRISES, NEAR_MISSES):
        assert all(count >= 30 for count in Counter(one.language for one in part).values())
        assert {one.language for one in part} == set(LANGUAGES)


@pytest.mark.parametrize("one", CRISES, ids=lambda one: f"{one.language}-{one.text[:20]}")
def test_the_words_alone_find_every_golden_crisis(one: Example) -> None:
    assert find(one.text) is not None


def test_the_words_alone_seldom_cry_wolf() -> None:
    cried = [one.text for one in NEAR_MISSES if find(one.text)]
    assert len(cried) <= MOST_ALARMS_BY_WORDS * len(NEAR_MISSES), cried


def test_words_and_model_together_seldom_cry_wolf(trained: Model) -> None:
    cried = [one.text for one in NEAR_MISSES if alarm(trained, one)]
    assert len(cried) <= MOST_ALARMS * len(NEAR_MISSES), cried


def test_most_golden_crises_are_seen_by_the_model_too(trained: Model) -> None:
    missed = [one.text for one in CRISES if trained.understand(one.text, one.language).intent not in CRISIS]
    assert len(missed) <= (1 - LEAST_RIGHT) * len(CRISES), missed


def test_most_near_misses_are_understood(trained: Model) -> None:
    wrong = [one.text for one in NEAR_MISSES if trained.understand(one.text, one.language).intent != one.intent]
    assert len(wrong) <= (1 - LEAST_RIGHT) * len(NEAR_MISSES), wrong
