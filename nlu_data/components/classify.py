"""What a message means: language, intent, how sure, and the places it names. The whole of understanding in one call.

One linear classifier a language, each trained with that language's Latin-letter lines too, and one over all
Latin-letter lines for when the language is unsure. A message with nothing known in it, or in a script or language
we do not speak, is refused rather than given the nearest intent. No Rasa here: tools and tests use it directly.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import linear
from .examples import Example
from .features import grams
from .gazetteer import find_countries
from .identify import LANGUAGES, Guess, LatinModel, identify, train
from .linear import BadModel, Linear
from .normalise import normalise

__all__ = ["BadModel", "Model", "Outcome", "Progress", "Understanding"]

VERSION = 1
# Called with what is being done and the share of the whole that is done, 0 to 1.
Progress = Callable[[str, float], None]

_JOINT = "joint"
_UNSURE = 0.6  # a language guessed with less than this is not relied on
_RANKED = 3
_NATIVE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3400-\u9fff]")


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

    def __init__(self, parts: dict[str, Linear], latin: LatinModel) -> None:
        """`parts` holds a Linear a language, and the joint one."""
        self._parts, self._latin = parts, latin

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it was trained for."""
        return tuple(name for name in self._parts if name != _JOINT)

    @classmethod
    def fit(cls, examples: Iterable[Example], progress: Progress = lambda what, share: None) -> Model:
        """Learn; raises BadModel where there is nothing to learn from."""
        groups = _groups(list(examples))
        if not groups:
            raise BadModel("no training sentences: every language needs at least two intents")
        whole, done = sum(map(len, groups.values())), 0
        parts = {}
        for name, members in groups.items():
            progress(name, done / whole)
            texts = [grams(normalise(example.text)) for example in members]
            parts[name] = linear.fit(texts, [example.intent for example in members])
            done += len(members)
        progress("done", 1.0)
        return cls(parts, train(_latin_lines(groups)))

    def save(self, folder: Path) -> None:
        """Write arrays and JSON into an existing folder; nothing in it can run when it is loaded."""
        for name, part in self._parts.items():
            part.save(folder, name)
        self._latin.save(folder / "latin.json")
        content = {"version": VERSION, "parts": list(self._parts)}
        (folder / "model.json").write_text(json.dumps(content), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> Model:
        """What `save` wrote; raises BadModel for a missing, broken or older model."""
        try:
            content = json.loads((folder / "model.json").read_text("utf-8"))
            if content["version"] != VERSION:
                raise BadModel(f"the model is of version {content['version']}, not {VERSION}: train it again")
            latin = LatinModel.load(folder / "latin.json")
            return cls({name: Linear.load(folder, name) for name in content["parts"]}, latin)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
            raise BadModel(f"the model can't be read: {type(exc).__name__}: {exc}") from exc

    def understand(self, text: str, prior: str | None = None, hint: str | None = None) -> Understanding:
        """Understand a message. `prior` is the conversation's language so far, `hint` that of the telephone."""
        normalised = normalise(text)
        guess = identify(normalised, prior, hint, self._latin)
        countries = tuple(found.code for found in find_countries(normalised))
        about = Understanding(normalised, guess.language, guess.script, countries=countries)
        part = self._choose(guess)
        if part is None:
            return about
        features = grams(normalised)
        if not part.known(features):
            return about
        ranking = part.ranking(features, _RANKED)
        intent, confidence = ranking[0]
        outcome = _outcome(confidence, part)
        return Understanding(normalised, guess.language, guess.script, intent, confidence, outcome, ranking, countries)

    def _choose(self, guess: Guess) -> Linear | None:
        """The classifier for a guessed language; None where the text is in a language we do not speak."""
        if guess.other:
            return None
        if guess.language is not None and guess.confidence >= _UNSURE and guess.language in self._parts:
            return self._parts[guess.language]
        return self._parts.get(_JOINT)


def _outcome(confidence: float, part: Linear) -> Outcome:
    if confidence >= part.answer:
        return Outcome.ANSWER
    return Outcome.OFFER if confidence >= part.offer else Outcome.REFUSE


def _groups(examples: Sequence[Example]) -> dict[str, list[Example]]:
    """Which sentences each classifier learns: by language, and jointly those a Latin-letter message can look like."""
    groups = {language: [e for e in examples if e.language == language] for language in LANGUAGES}
    groups[_JOINT] = [e for e in examples if not _NATIVE.search(e.text)]
    return {name: members for name, members in groups.items() if len({e.intent for e in members}) > 1}


def _latin_lines(groups: dict[str, list[Example]]) -> dict[str, list[str]]:
    """Latin-letter sentences by label, as identify.train wants them."""
    lines: dict[str, list[str]] = {}
    for language, members in groups.items():
        if language in ("en", "vi"):
            lines[language] = [e.text for e in members if e.kind != "mixed"]
        elif language != _JOINT:
            lines[f"{language}-Latn"] = [e.text for e in members if e.kind == "latin"]
    return lines
