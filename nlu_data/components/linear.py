"""One linear classifier: multinomial logistic regression over the features of features.py, calibrated.

Learning needs scikit-learn and takes seconds; answering needs a sum over a few hundred rows of a matrix and takes
well under a millisecond. A temperature, found on predictions for sentences the model had not seen, makes the
confidence honest: of a hundred answers with confidence 0.8 about eighty are right.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .features import Weights

Floats = NDArray[np.float32]

_STRENGTH = 10.0  # inverse of the regularisation
_ROUNDS = 40  # of the optimiser; more change nothing on unseen sentences
_FOLDS = 3
_SURE = 0.85  # share of answers that must be right on unseen sentences
_ANSWER_BOUNDS = (0.35, 0.75)
_OFFER_SHARE = 0.4  # of the answer threshold: below it three guesses hardly ever hold the right one


class BadModel(Exception):
    """A saved model is missing, broken or of another version; the text says which file."""


class Linear:
    """Labels, weights and thresholds of one language.

    `coef` has a row a feature and a column a label; `bias` one number a label. A confidence of at least `answer`
    answers, of at least `offer` offers the likeliest meanings; both lie between 0 and 1.
    """

    def __init__(self, labels: tuple[str, ...], weights: Weights, coef: Floats, bias: Floats,
                 temperature: float = 1.0, answer: float = 0.5, offer: float = 0.2) -> None:
        self.labels, self.weights, self.coef, self.bias = labels, weights, coef, bias
        self.temperature, self.answer, self.offer = temperature, answer, offer

    def known(self, features: Sequence[str]) -> bool:
        """Whether a word or a run of three letters was ever seen; single letters prove nothing."""
        return any((feature[0] == "\t" or len(feature) > 2) and feature in self.weights.places for feature in features)

    def probabilities(self, features: list[str]) -> Floats:
        """P(label | text), one number a label, summing to one."""
        columns, values = self.weights.vector(features)
        return _softmax((values @ self.coef[columns] + self.bias) / np.float32(self.temperature))

    def ranking(self, features: list[str], count: int = 3) -> tuple[tuple[str, float], ...]:
        """The likeliest labels with their probability, likeliest first."""
        chances = self.probabilities(features)
        return tuple((self.labels[place], float(chances[place])) for place in np.argsort(-chances)[:count])

    def save(self, folder: Path, name: str) -> None:
        """Write `<name>.npz` (arrays) and `<name>.json` (everything else)."""
        np.savez(folder / f"{name}.npz", coef=self.coef.astype(np.float16), bias=self.bias, idf=self.weights.idf)
        places = self.weights.places
        content = {"labels": self.labels, "features": sorted(places, key=lambda feature: places[feature]),
                   "temperature": self.temperature, "answer": self.answer, "offer": self.offer}
        (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, folder: Path, name: str) -> Linear:
        """What `save` wrote; raises BadModel."""
        try:
            content = json.loads((folder / f"{name}.json").read_text("utf-8"))
            with np.load(folder / f"{name}.npz", allow_pickle=False) as arrays:
                coef, bias, idf = (arrays[key].astype(np.float32) for key in ("coef", "bias", "idf"))
            places = {feature: place for place, feature in enumerate(content["features"])}
            loaded = cls(tuple(content["labels"]), Weights(places, idf), coef, bias,
                         float(content["temperature"]), float(content["answer"]), float(content["offer"]))
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise BadModel(f"{name}: {type(exc).__name__}: {exc}") from exc
        loaded._check(name)
        return loaded

    def _check(self, name: str) -> None:
        shape = (len(self.weights.places), len(self.labels))
        if min(shape) < 2 or self.coef.shape != shape or self.bias.shape != shape[1:]:
            raise BadModel(f"{name}: its parts do not fit together")
        if not np.isfinite(self.coef).all() or not 0 < self.offer <= self.answer <= 1 or self.temperature <= 0:
            raise BadModel(f"{name}: it holds numbers that make no sense")


def _softmax(scores: Floats) -> Floats:
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    chances: Floats = weights / weights.sum(axis=-1, keepdims=True)
    return chances


def fit(texts: list[list[str]], labels: list[str]) -> Linear:
    """Learn from the `grams` of each text and its label; at least two labels. Deterministic."""
    weights = Weights.fit(texts, at_least=2)
    matrix, truth = _matrix(weights, texts), np.asarray(labels)
    model = _regress(matrix, truth, weights)
    scores, right = _unseen(matrix, truth, weights, model.labels)
    model.temperature = _temperature(scores, right)
    model.answer = _answer_threshold(_softmax(scores / np.float32(model.temperature)), right)
    model.offer = model.answer * _OFFER_SHARE
    return model


# Any: scipy ships no types.
def _matrix(weights: Weights, texts: list[list[str]]) -> Any:
    from scipy.sparse import csr_matrix

    vectors = [weights.vector(text) for text in texts]
    ends = np.cumsum([0] + [len(columns) for columns, _ in vectors])
    columns, values = (np.concatenate([vector[part] for vector in vectors]) for part in (0, 1))
    return csr_matrix((values, columns, ends), shape=(len(texts), len(weights.places)))


def _regress(matrix: Any, truth: NDArray[Any], weights: Weights) -> Linear:
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    learner = LogisticRegression(C=_STRENGTH, max_iter=_ROUNDS, tol=1e-3, multi_class="multinomial")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopped on purpose, see _ROUNDS
        learner.fit(matrix, truth)
    coef, bias = learner.coef_.T, learner.intercept_
    if len(learner.classes_) == 2:  # scikit-learn gives two classes one column
        coef, bias = np.hstack([-coef, coef]), np.hstack([-bias, bias])
    return Linear(tuple(map(str, learner.classes_)), weights, coef.astype(np.float32), bias.astype(np.float32))


def _unseen(matrix: Any, truth: NDArray[Any], weights: Weights,
            labels: tuple[str, ...]) -> tuple[Floats, NDArray[np.int64]]:
    """Scores for every sentence by a model that had not seen it, and the place of each true label."""
    places = {label: place for place, label in enumerate(labels)}
    right = np.asarray([places[label] for label in truth])
    scores = np.full((len(truth), len(labels)), -20.0, np.float32)
    folds = np.random.default_rng(0).permutation(len(truth)) % _FOLDS
    for fold in range(_FOLDS):
        seen, hidden = folds != fold, folds == fold
        if len(set(truth[seen])) < 2:
            continue
        part = _regress(matrix[seen], truth[seen], weights)
        columns = [places[label] for label in part.labels]
        scores[np.ix_(hidden, columns)] = matrix[hidden] @ part.coef + part.bias
    return scores, right


def _temperature(scores: Floats, right: NDArray[np.int64]) -> float:
    """The divisor of the scores under which the true labels are likeliest."""
    rows = np.arange(len(right))
    candidates = np.geomspace(0.2, 5.0, 60)
    losses = [-np.log(_softmax(scores / np.float32(t))[rows, right] + 1e-9).mean() for t in candidates]
    return float(candidates[int(np.argmin(losses))])


def _answer_threshold(chances: Floats, right: NDArray[np.int64]) -> float:
    """The lowest confidence from which on `_SURE` of the answers are right, within bounds."""
    low, high = _ANSWER_BOUNDS
    best, hit = chances.max(axis=1), chances.argmax(axis=1) == right
    for threshold in np.arange(low, high, 0.01):
        answered = best >= threshold
        if answered.any() and hit[answered].mean() >= _SURE:
            return float(threshold)
    return high
