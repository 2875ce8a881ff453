"""What a message means: language, intent, how sure, and the places it names. The whole of understanding in one call.

The sparse classifier of the message's letters answers first; the embedding is asked only where it is unsure, so the
common message costs about a millisecond. A message with nothing known in it, or in a script or language we do not
speak, is refused rather than given the nearest intent. No Rasa here: tools and tests use it directly.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from .calibrate import CRISIS, OUTSIDE, Calibration
from .dense import Dense
from .embedding import Embedder, load_embedder
from .examples import Example
from .features import Floats
from .gazetteer import find_countries
from .identify import LANGUAGES, LatinModel, identify, train
from .learn import NATIVE, Learnt, Progress, learn, views_of
from .linear import BadModel, Linear
from .normalise import normalise

__all__ = ["BadModel", "Model", "Outcome", "Progress", "Understanding"]

VERSION = 3
_RANKED = 3


class Outcome(str, enum.Enum):
    """What may be done with a guess: answer it, offer it among others, or refuse to guess."""

    ANSWER = "answer"
    OFFER = "offer"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Understanding:
    """What a message means.

    `language` is one of LANGUAGES or None where unsure or not ours; `script` is Hans or Hant for Chinese, else None.
    `intent` is "" only in a refusal without any guess. `ranking` holds up to three (intent, confidence 0–1),
    likeliest first. `countries` are the ISO 3166-1 alpha-2 codes of the places named, in order.
    """

    normalised: str
    language: str | None = None
    script: str | None = None
    intent: str = ""
    confidence: float = 0.0
    outcome: Outcome = Outcome.REFUSE
    ranking: tuple[tuple[str, float], ...] = ()
    countries: tuple[str, ...] = ()


class Model:
    """The trained classifier; made by `fit` or `load`, asked by `understand`."""

    def __init__(self, learnt: Learnt, latin: LatinModel, embedder: Embedder | None) -> None:
        """`embedder` None: the sparse classifiers work alone."""
        self._learnt, self._latin, self._embedder = learnt, latin, embedder

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it was trained for."""
        return tuple(language for language in LANGUAGES if language in self._learnt.sparse[NATIVE].own)

    @classmethod
    def fit(
        cls, examples: Iterable[Example], progress: Progress = lambda what, share: None, use_embedding: bool = True
    ) -> Model:
        """Learn; raises BadModel where there is nothing to learn from."""
        sentences = list(examples)
        learnt = learn(sentences, progress, use_embedding)
        return cls(learnt, train(_latin_lines(sentences)), load_embedder() if learnt.dense else None)

    def save(self, folder: Path) -> None:
        """Write arrays and JSON into an existing folder; nothing in it can run when it is loaded."""
        for name, part in self._learnt.sparse.items():
            part.save(folder, f"sparse_{name}")
        if self._learnt.dense is not None:
            self._learnt.dense.save(folder)
        self._latin.save(folder / "latin.json")
        content = {
            "version": VERSION,
            "sparse": sorted(self._learnt.sparse),
            "dense": self._learnt.dense is not None,
            "calibration": self._learnt.calibration.to_json(),
        }
        (folder / "model.json").write_text(json.dumps(content), "utf-8")

    @classmethod
    def load(cls, folder: Path, use_embedding: bool = True) -> Model:
        """What `save` wrote; raises BadModel for a missing, broken or older model."""
        try:
            content = json.loads((folder / "model.json").read_text("utf-8"))
            if content["version"] != VERSION:
                raise BadModel(f"the model is of version {content['version']}, not {VERSION}: train it again")
            sparse = {name: Linear.load(folder, f"sparse_{name}") for name in content["sparse"]}
            network = Dense.load(folder) if content["dense"] else None
            learnt = Learnt(sparse, network, Calibration.from_json(content["calibration"]))
            latin = LatinModel.load(folder / "latin.json")
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
            raise BadModel(f"the model can't be read: {type(exc).__name__}: {exc}") from exc
        return cls(learnt, latin, load_embedder() if network is not None and use_embedding else None)

    def understand(self, text: str, prior: str | None = None, hint: str | None = None) -> Understanding:
        """Understand a message. `prior` is the conversation's language so far, `hint` that of the telephone."""
        normalised = normalise(text)
        guess = identify(normalised, prior, hint, self._latin)
        countries = tuple(found.code for found in find_countries(normalised))
        about = Understanding(normalised, guess.language, guess.script, countries=countries)
        if guess.other:
            return about
        name, views = self._learnt.part(normalised, guess.language), views_of(normalised)
        part = self._learnt.sparse[name]
        if not part.known(views):
            return about
        chances = self._chances(normalised, name, part.scores(views, guess.language), guess.language)
        return self._decided(about, part.labels, chances)

    def _chances(self, text: str, part: str, sparse: Floats, language: str | None) -> Floats:
        """P(label | text), by the sparse scores alone where they are sure."""
        calibration = self._learnt.calibration
        blend = calibration.blend(part, language)
        chances = blend.probabilities(sparse, None)
        if self._learnt.dense is None or self._embedder is None or chances.max() >= calibration.thresholds.cheap:
            return chances
        return blend.probabilities(sparse, self._learnt.dense.scores(self._embedder.embed([text]), [language])[0])

    def _decided(self, about: Understanding, labels: tuple[str, ...], chances: Floats) -> Understanding:
        """A crisis is believed early, then what is out of scope; else the likeliest meaning stands."""
        limits = self._learnt.calibration.thresholds
        order = np.argsort(-chances)
        for names, limit in ((CRISIS, limits.crisis), ((OUTSIDE,), limits.outside)):
            believed = [place for place in order if labels[place] in names]
            if believed and chances[believed].sum() >= limit:
                order = np.concatenate([believed[:1], order[order != believed[0]]])
                break
        ranking = tuple((labels[place], float(chances[place])) for place in order[:_RANKED])
        intent, confidence = ranking[0]
        urgent = intent in CRISIS and confidence >= limits.crisis / 2
        outcome = Outcome.REFUSE
        if confidence >= limits.answer:
            outcome = Outcome.ANSWER
        elif confidence >= limits.offer or urgent:
            outcome = Outcome.OFFER
        return replace(about, intent=intent, confidence=confidence, outcome=outcome, ranking=ranking)


def _latin_lines(examples: Iterable[Example]) -> dict[str, list[str]]:
    """Latin-letter sentences by label, as identify.train wants them."""
    lines: dict[str, list[str]] = {}
    for example in examples:
        if example.language in ("en", "vi") and example.kind != "mixed":
            lines.setdefault(example.language, []).append(example.text)
        elif example.language not in ("en", "vi") and example.kind == "latin":
            lines.setdefault(f"{example.language}-Latn", []).append(example.text)
    return lines
