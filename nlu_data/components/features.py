"""What the classifier counts in a message: letters in runs of one to four, and words alone and in pairs.

Runs never cross a space; words are ICU's. Nothing here uses the standard library's idea of a word, which breaks
Thai, Lao, Khmer and Burmese words at every vowel sign.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from .tokenise import tokenise

LONGEST = 4
_MAX_LETTERS = 1000  # of a message; longer ones say nothing new and would cost time


def grams(text: str) -> list[str]:
    """All features of a normalised text, repeated as often as they occur; words carry a mark letters can't have."""
    text = text[:_MAX_LETTERS].casefold()
    found: list[str] = []
    for span in text.split():
        for size in range(1, LONGEST + 1):
            found.extend(span[at:at + size] for at in range(len(span) - size + 1))
    words = [token for token, _ in tokenise(text)]
    found.extend("\t" + word for word in words)
    found.extend(f"\t{first} {second}" for first, second in zip(words, words[1:]))
    return found


class Weights:
    """The features a set of texts has, with the weight of each: how seldom it is (inverse document frequency)."""

    def __init__(self, places: Mapping[str, int], idf: NDArray[np.float32]) -> None:
        """`places` gives each feature its column; `idf` is one number a column."""
        self.places, self.idf = places, idf

    @classmethod
    def fit(cls, texts: Iterable[list[str]], at_least: int = 2) -> Weights:
        """Learn from the `grams` of each text; a feature must occur in `at_least` texts."""
        frequency: Counter[str] = Counter()
        count = 0
        for features in texts:
            frequency.update(set(features))
            count += 1
        kept = sorted(feature for feature, times in frequency.items() if times >= at_least)
        idf = [math.log((1 + count) / (1 + frequency[feature])) + 1 for feature in kept]
        return cls({feature: place for place, feature in enumerate(kept)}, np.asarray(idf, np.float32))

    def vector(self, features: list[str]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Columns and values of a text: (1 + log count) times idf, of length one; both empty where nothing is known."""
        counts = Counter(place for feature in features if (place := self.places.get(feature)) is not None)
        columns = np.fromiter(counts.keys(), np.int32, len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.idf[columns]
        norm = float(np.linalg.norm(values))
        return columns, values / np.float32(norm or 1.0)
