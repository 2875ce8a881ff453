"""From scores to honest confidence, and from confidence to what may be done with it.

Everything here is set on sentences the classifiers had not seen. A blend a language and part (a sparse classifier)
turns the sparse and the dense scores into one probability (their weighted sum is also the temperature); thresholds
turn probabilities into an answer, an offer of likely meanings or a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .features import Floats

OUTSIDE = "out_of_scope"
CRISIS = ("emergency_danger", "self_harm")

_TRUST = 60.0  # sentences a language needs before its own blend counts as much as that of all
_RIGHT = 0.85  # share of the answers that must be right
_ANSWER_BOUNDS = (0.3, 0.7)
_REFUSED = 0.015  # share of in-scope sentences that may be refused for lack of any likely meaning
_SENT_OUTSIDE = 0.035  # share of in-scope sentences that may be taken for out of scope
_FALSE_ALARMS = 0.012  # share of other sentences that may be taken for a crisis
_CHEAP_RIGHT = 0.96  # how often the sparse classifier must be right where the embedding is skipped
_ASKED = 0.45  # share of the messages that may wait for the embedding


@dataclass(frozen=True)
class Blend:
    """`sparse` and `dense` weigh the two classifiers' scores; `alone` the sparse ones where there is no embedding."""

    sparse: float
    dense: float
    alone: float

    def probabilities(self, sparse: Floats, dense: Floats | None) -> Floats:
        """P(label | text) from scores of shape (labels,) or (texts, labels)."""
        if dense is None:
            return softmax(np.float32(self.alone) * sparse)
        return softmax(np.float32(self.sparse) * sparse + np.float32(self.dense) * dense)


_START = Blend(4.0, 0.7, 4.0)


@dataclass(frozen=True)
class Thresholds:
    """Probabilities: from which on the likeliest meaning is answered, or offered; from which on a text is taken for
    out of scope or for a crisis; and from which on the sparse classifier needs no embedding."""

    answer: float = 0.5
    offer: float = 0.15
    outside: float = 0.4
    crisis: float = 0.4
    cheap: float = 0.9


@dataclass(frozen=True)
class Calibration:
    """`blends` by "part/language", by "part" for a language not seen, and by "" for a part not seen."""

    blends: Mapping[str, Blend]
    thresholds: Thresholds

    @classmethod
    def unfitted(cls) -> Calibration:
        """For sets too small to keep anything back."""
        return cls({"": _START}, Thresholds())

    def blend(self, part: str, language: str | None) -> Blend:
        """The blend for a text: of its part and language, else of its part, else of all."""
        return self.blends.get(f"{part}/{language}") or self.blends.get(part) or self.blends[""]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "blends": {key: asdict(blend) for key, blend in self.blends.items()},
            "thresholds": asdict(self.thresholds),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Calibration:
        """What `to_json` made; raises KeyError, TypeError or ValueError."""
        blends = {
            key: Blend(**{name: float(number) for name, number in blend.items()})
            for key, blend in content["blends"].items()
        }
        return cls(blends, Thresholds(**{name: float(number) for name, number in content["thresholds"].items()}))


@dataclass(frozen=True)
class Unseen:
    """Scores of sentences no classifier had seen: (texts, labels) each, the place of each true label, parts and
    languages. `dense` is None where there is no embedding."""

    labels: tuple[str, ...]
    sparse: Floats
    dense: Floats | None
    truth: NDArray[np.int64]
    parts: Sequence[str]
    languages: Sequence[str]

    def only(self, mask: NDArray[np.bool_]) -> Unseen:
        """Only the masked sentences."""
        places = np.flatnonzero(mask)
        return Unseen(
            self.labels,
            self.sparse[mask],
            None if self.dense is None else self.dense[mask],
            self.truth[mask],
            [self.parts[n] for n in places],
            [self.languages[n] for n in places],
        )


def softmax(scores: Floats) -> Floats:
    """Probabilities along the last axis."""
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    chances: Floats = weights / weights.sum(axis=-1, keepdims=True)
    return chances


def fit(unseen: Unseen) -> Calibration:
    """Blends of all, of every part, and of every language of it, drawn towards the part's; then the thresholds."""
    blends = {"": _blend(unseen, None)}
    parts, languages = np.asarray(unseen.parts), np.asarray(unseen.languages)
    for part in sorted(set(unseen.parts)):
        here = parts == part
        blends[part] = _blend(unseen.only(here), None)
        for language in sorted(set(languages[here])):
            blends[f"{part}/{language}"] = _blend(unseen.only(here & (languages == language)), blends[part])
    keys = [f"{part}/{language}" for part, language in zip(unseen.parts, unseen.languages)]
    return Calibration(blends, _thresholds(unseen, [blends[key] for key in keys]))


def _blend(unseen: Unseen, near: Blend | None) -> Blend:
    """The weights under which the true labels are likeliest; few sentences stay close to `near`."""
    start = near or _START
    count = len(unseen.truth)
    pull = 0.0 if near is None else _TRUST / count
    alone = _fitted(unseen.truth, [unseen.sparse], [start.alone], pull)
    if unseen.dense is None:
        return Blend(start.sparse, start.dense, alone[0])
    both = _fitted(unseen.truth, [unseen.sparse, unseen.dense], [start.sparse, start.dense], pull)
    return Blend(both[0], both[1], alone[0])


def _fitted(truth: NDArray[np.int64], scores: Sequence[Floats], start: Sequence[float], pull: float) -> list[float]:
    from scipy.optimize import minimize

    rows, origin = np.arange(len(truth)), np.log(start)

    def loss(logs: NDArray[np.float64]) -> float:
        chances = softmax(sum(np.float32(np.exp(log)) * part for log, part in zip(logs, scores)))
        fit = -float(np.log(chances[rows, truth] + 1e-9).mean())
        return fit + pull * float(((logs - origin) ** 2).sum())

    found = minimize(loss, origin, method="Nelder-Mead", options={"maxiter": 120, "xatol": 0.01, "fatol": 1e-4})
    return [float(number) for number in np.exp(found.x)]


def _thresholds(unseen: Unseen, blends: Sequence[Blend]) -> Thresholds:
    alone = np.stack([blend.probabilities(row, None) for blend, row in zip(blends, unseen.sparse)])
    best = alone
    if unseen.dense is not None:
        best = np.stack(
            [blend.probabilities(row, other) for blend, row, other in zip(blends, unseen.sparse, unseen.dense)]
        )
    right = best.argmax(axis=1) == unseen.truth
    top = best.max(axis=1)
    outside = _is(unseen, (OUTSIDE,))
    crisis = _is(unseen, CRISIS)
    answer = _lowest(top, right, _RIGHT, _ANSWER_BOUNDS)
    sure = _lowest(alone.max(axis=1), alone.argmax(axis=1) == unseen.truth, _CHEAP_RIGHT, (0.6, 0.98))
    offer = float(np.quantile(top[~outside], _REFUSED)) if (~outside).any() else 0.1
    return Thresholds(
        answer=answer,
        offer=min(offer, answer),
        outside=_above(_chance(best, unseen.labels, (OUTSIDE,))[~outside], _SENT_OUTSIDE, 0.05),
        crisis=_above(_chance(best, unseen.labels, CRISIS)[~crisis], _FALSE_ALARMS, 0.15),
        cheap=min(sure, float(np.quantile(alone.max(axis=1), _ASKED))),
    )


def _is(unseen: Unseen, names: Sequence[str]) -> NDArray[np.bool_]:
    return np.isin(unseen.truth, [place for place, label in enumerate(unseen.labels) if label in names])


def _chance(chances: Floats, labels: Sequence[str], names: Sequence[str]) -> Floats:
    """The chance of any of the named labels, for each text."""
    total: Floats = chances[:, [place for place, label in enumerate(labels) if label in names]].sum(axis=1)
    return total


def _above(chances: Floats, share: float, floor: float) -> float:
    """The threshold that no more than `share` of the chances pass, at least `floor`."""
    return max(floor, float(np.quantile(chances, 1 - share))) if len(chances) else floor


def _lowest(sure: Floats, right: NDArray[np.bool_], wanted: float, bounds: tuple[float, float]) -> float:
    """The lowest confidence from which on `wanted` of the answers are right, within bounds."""
    for threshold in np.arange(*bounds, 0.01):
        passed = sure >= threshold
        if passed.any() and right[passed].mean() >= wanted:
            return float(threshold)
    return bounds[1]
