"""Honest confidence: fitted on what was not seen, and still there where nothing could be kept back."""

from __future__ import annotations

import numpy as np
import pytest
from components.calibrate import OUTSIDE, Blend, Calibration, Unseen, fit
from components.examples import Example
from components.holdout import hold_out

LABELS = ("greet", OUTSIDE, "thank")


def unseen(parts: list[str], languages: list[str]) -> Unseen:
    """Scores that name the true label, a bit less surely each time."""
    truth = np.asarray([place % len(LABELS) for place in range(len(parts))])
    scores = np.eye(len(LABELS), dtype=np.float32)[truth] * np.linspace(2, 0.5, len(parts), dtype=np.float32)[:, None]
    return Unseen(LABELS, scores, scores, truth, parts, languages)


def test_probabilities_add_up_and_keep_the_order() -> None:
    chances = Blend(1, 1, 1).probabilities(np.asarray([0.1, 2, -1], np.float32), None)
    assert chances.sum() == pytest.approx(1)
    assert chances.argsort().tolist() == [2, 0, 1]


def test_a_part_or_language_not_seen_is_answered_by_the_nearest() -> None:
    calibration = fit(unseen(["native"] * 12, ["th", "lo"] * 6))
    assert calibration.blend("native", "th") is calibration.blends["native/th"]
    assert calibration.blend("native", "km") is calibration.blends["native"]
    assert calibration.blend("latin", "en") is calibration.blends[""]


def test_thresholds_lie_in_order() -> None:
    limits = fit(unseen(["native"] * 30, ["th"] * 30)).thresholds
    assert 0 <= limits.offer <= limits.answer <= 1 and 0 < limits.cheap <= 1


def test_a_calibration_is_the_same_after_saving() -> None:
    calibration = fit(unseen(["native"] * 12, ["th", "lo"] * 6))
    assert Calibration.from_json(calibration.to_json()) == calibration


def test_without_anything_kept_back_there_are_plain_values() -> None:
    assert Calibration.unfitted().blend("native", "th").alone > 0


def test_near_copies_are_kept_back_together_or_not_at_all() -> None:
    texts = [f"{word} money from my boss please{end}" for word in ("take", "send", "lend") for end in ("", "!", "!!")]
    back = hold_out([Example(text, "greet", "en", "plain") for text in texts], texts, 0.4)
    assert all(len(set(back[start : start + 3].tolist())) == 1 for start in (0, 3, 6))


def test_of_single_sentences_most_are_learnt_from() -> None:
    examples = [Example(str(n) * 9, f"intent{n}", "en", "plain") for n in range(60)]
    back = hold_out(examples, [one.text for one in examples], 0.2)
    assert 0 < back.sum() < 30
