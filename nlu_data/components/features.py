"""What the classifier counts in a message: how it is written (`letters`) and how it sounds (`heard`).

Letters are runs of one to four and ICU's words alone and in pairs. Nothing here uses the standard library's idea of
a word, which breaks Thai, Lao, Khmer and Burmese words at every vowel sign. Sounds join spellings: they carry what
is misspelt, and what is written in Latin letters.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from .han import simplified
from .sounds import bones, sounds
from .tokenise import tokenise

Floats = NDArray[np.float32]
# Columns and values of one text, both of one dimension and the same length.
Sparse = tuple[NDArray[np.int64], Floats]

LONGEST = 4
_SOUND_RUNS = (2, 5)
_BONE_RUNS = (3, 6)
_MAX_LETTERS = 1000  # of a message; longer ones say nothing new and would cost time


def _runs(text: str, sizes: tuple[int, int], mark: str = "") -> list[str]:
    """Every run of `sizes[0]` to `sizes[1]` letters, each with a mark in front."""
    return [mark + text[at : at + size] for size in range(sizes[0], sizes[1] + 1) for at in range(len(text) - size + 1)]


def letters(text: str) -> list[str]:
    """Runs of letters, which never cross a space, and words; words carry a mark letters can't have."""
    text = simplified(text[:_MAX_LETTERS].casefold())
    found: list[str] = []
    for span in text.split():
        found.extend(_runs(span, (1, LONGEST)))
    words = [token for token, _ in tokenise(text)]
    found.extend("\t" + word for word in words)
    found.extend(f"\t{first} {second}" for first, second in zip(words, words[1:]))
    return found


def heard(text: str) -> list[str]:
    """Runs of sounds and of consonants across spaces (syllables are parted at will), and whole words as they sound."""
    spoken = sounds(text[:_MAX_LETTERS])
    joined = spoken.replace(" ", "")
    return _runs(joined, _SOUND_RUNS, "~") + _runs(bones(spoken), _BONE_RUNS, "=") + ["\t" + w for w in spoken.split()]


class Weights:
    """The features a set of texts has, with the weight of each: how seldom it is (inverse document frequency)."""

    def __init__(self, places: Mapping[str, int], idf: Floats) -> None:
        """`places` gives each feature its column; `idf` is one number a column."""
        self.places, self.idf = places, idf

    @classmethod
    def fit(cls, texts: Iterable[list[str]], at_least: int = 2) -> Weights:
        """Learn from the features of each text; a feature must occur in `at_least` texts."""
        frequency: Counter[str] = Counter()
        count = 0
        for features in texts:
            frequency.update(set(features))
            count += 1
        kept = sorted(feature for feature, times in frequency.items() if times >= at_least)
        idf = [math.log((1 + count) / (1 + frequency[feature])) + 1 for feature in kept]
        return cls({feature: place for place, feature in enumerate(kept)}, np.asarray(idf, np.float32))

    def vector(self, features: list[str]) -> Sparse:
        """Columns and values of a text: (1 + log count) times idf, of length one; both empty where nothing is known."""
        counts = Counter(place for feature in features if (place := self.places.get(feature)) is not None)
        columns = np.fromiter(counts.keys(), np.int64, len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.idf[columns]
        norm = float(np.linalg.norm(values))
        return columns, (values / np.float32(norm or 1.0)).astype(np.float32)

    def known(self, features: Iterable[str]) -> bool:
        """Whether a word or a run of three letters was ever seen; single letters prove nothing."""
        return any((feature[0] == "\t" or len(feature) > 2) and feature in self.places for feature in features)
