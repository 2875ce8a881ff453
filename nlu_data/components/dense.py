"""Intents from embeddings: a small neural network with one hidden layer, trained on all languages together.

Two networks from different seeds, averaged. Learning needs scikit-learn; answering is two products of small
matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .features import Floats
from .linear import BadModel

_SEEDS = (0, 1)
_HIDDEN = 512
_ROUNDS = 15
_DECAY = 1e-2
_SPREAD = np.float32(0.5)  # standard deviation of an input
_LANGUAGE = np.float32(0.3)  # the input that says the language is on


@dataclass(frozen=True)
class Dense:
    """`first[n]`: (inputs, hidden), `second[n]`: (hidden, labels), of the n-th network, with their biases.

    Inputs are the embedding, centred and scaled, then one number a language.
    """

    languages: tuple[str, ...]
    centre: Floats
    scale: float
    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats

    def scores(self, vectors: Floats, spoken: Sequence[str | None]) -> Floats:
        """(texts, labels) from (texts, size): log probabilities, averaged over the networks."""
        inputs = _inputs(vectors, spoken, self.languages, self.centre, self.scale)
        total = np.zeros((len(inputs), self.second.shape[2]), np.float32)
        for first, first_bias, second, second_bias in zip(self.first, self.first_bias, self.second, self.second_bias):
            raw = np.maximum(inputs @ first + first_bias, 0) @ second + second_bias
            raw -= raw.max(axis=1, keepdims=True)
            total += raw - np.log(np.exp(raw).sum(axis=1, keepdims=True))
        mean: Floats = total / len(self.first)
        return mean

    def save(self, folder: Path) -> None:
        """Write `dense.npz`."""
        np.savez(
            folder / "dense.npz",
            languages=np.asarray(self.languages),
            centre=self.centre,
            scale=self.scale,
            first=self.first,
            first_bias=self.first_bias,
            second=self.second,
            second_bias=self.second_bias,
        )

    @classmethod
    def load(cls, folder: Path) -> Dense:
        """What `save` wrote; raises BadModel."""
        try:
            with np.load(folder / "dense.npz", allow_pickle=False) as a:
                found = cls(
                    tuple(map(str, a["languages"])),
                    a["centre"],
                    float(a["scale"]),
                    a["first"],
                    a["first_bias"],
                    a["second"],
                    a["second_bias"],
                )
        except (OSError, ValueError, KeyError) as exc:
            raise BadModel(f"dense: {type(exc).__name__}: {exc}") from exc
        width = len(found.centre) + len(found.languages)
        if found.first.ndim != 3 or found.first.shape[1] != width or found.first.shape[2] != found.second.shape[1]:
            raise BadModel("dense: its parts do not fit together")
        return found


def _inputs(
    vectors: Floats, spoken: Sequence[str | None], languages: Sequence[str], centre: Floats, scale: float
) -> Floats:
    flags = np.asarray([[one == language for language in languages] for one in spoken], np.float32) * _LANGUAGE
    return np.hstack([(vectors - centre) * np.float32(scale), flags]).astype(np.float32)


def fit(vectors: Floats, spoken: Sequence[str], truth: Sequence[str], labels: tuple[str, ...]) -> Dense:
    """Learn; the columns of `scores` follow `labels`, which must be sorted and all occur in `truth`."""
    languages = tuple(sorted(set(spoken)))
    centre = vectors.mean(axis=0)
    scale = float(_SPREAD / (vectors - centre).std())
    inputs = _inputs(vectors, spoken, languages, centre, scale)
    numbers = [labels.index(label) for label in truth]
    networks = [_network(inputs, np.asarray(numbers), seed) for seed in _SEEDS]
    pairs = [_two_outputs(n.coefs_[1], n.intercepts_[1]) for n in networks]
    return Dense(
        languages,
        centre,
        scale,
        _stack([n.coefs_[0] for n in networks]),
        _stack([n.intercepts_[0] for n in networks]),
        _stack([w for w, _ in pairs]),
        _stack([b for _, b in pairs]),
    )


# Any: scikit-learn ships no types.
def _network(inputs: Floats, numbers: NDArray[np.int64], seed: int) -> Any:
    """A network after _ROUNDS passes over the inputs: more would learn them by heart."""
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier(
        (_HIDDEN,),
        alpha=_DECAY,
        batch_size=min(128, len(numbers)),
        learning_rate_init=1e-3,
        # An instance: from a number every pass would begin anew and meet the inputs in the same order.
        random_state=np.random.RandomState(seed),
    )
    for _ in range(_ROUNDS):
        network.partial_fit(inputs, numbers, np.unique(numbers))
    return network


def _two_outputs(weights: Floats, bias: Floats) -> tuple[Floats, Floats]:
    """With two labels scikit-learn has one output, for the second of them."""
    if weights.shape[1] > 1:
        return weights, bias
    return np.hstack([np.zeros_like(weights), weights]), np.concatenate([np.zeros_like(bias), bias])


def _stack(parts: Sequence[Floats]) -> Floats:
    return np.stack(parts).astype(np.float32)
