"""Which language a text in Latin letters is: English, Vietnamese, or one of five others written in Latin
letters.

A word is scored by each language as a mixture of how often that word was seen and how likely its letters are
(interpolated letter n-grams, Witten-Bell smoothing; Chen & Goodman 1998). Unlike a bag of overlapping n-grams
this is a proper probability, so two short words give a soft answer. Trained from sentences in seconds, saved
as JSON.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from .normalise import normalise

LABELS = ("en", "vi", "km-Latn", "my-Latn", "th-Latn", "lo-Latn", "zh-Latn", "other")
_SEED = Path(__file__).with_name("latin_seed.tsv")
_ORDER = 5
_ALPHABET = 60  # letters of Latin script the seven languages use, roughly: the floor under the n-grams
_WORD_SHARE = 0.6  # of a language's probability mass given to words it has seen
_MAX_WORDS = 60  # the first words decide; more cost time and change nothing
_MAX_LETTERS = 24  # of a word
_ONE_WORD = 7.0  # nats by which a single word may favour a language: a name must not decide alone
_VERSION = 1
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_LATIN = re.compile("[a-z\u00c0-\u024f\u1e00-\u1eff]")
_NOT_WORDS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|[@#/]\w+")


def words(text: str) -> list[str]:
    """The Latin-letter words of a text in lower case, without addresses, mentions and commands."""
    found = _WORD.findall(_NOT_WORDS.sub(" ", unicodedata.normalize("NFC", text.lower())))
    return [word[:_MAX_LETTERS] for word in found if _LATIN.match(word)]


def plain(text: str) -> str:
    """Without diacritics, as Vietnamese is typed on a keyboard that has none."""
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(char for char in apart if not unicodedata.combining(char))


def _grams(word: str) -> Iterator[tuple[str, str]]:
    """(context, letter) of the longest order for each letter and for the end of a word."""
    padded = f"^{word}$"
    for at in range(1, len(padded)):
        yield padded[max(0, at - _ORDER + 1) : at], padded[at]


def _count(texts: Iterable[str]) -> tuple[Counter[str], Counter[str]]:
    vocabulary = Counter(word for text in texts for word in words(text))
    letters: Counter[str] = Counter()
    for word, times in vocabulary.items():
        # Types, not tokens, mostly: the letters of a language are learnt from its words, frequent
        # ones a bit more.
        weight = 1 + int(math.log2(times))
        for context, letter in _grams(word):
            for start in range(len(context) + 1):
                letters[context[start:] + letter] += weight
    return vocabulary, letters


class LatinModel:
    """Word and letter counts of each label, and what follows from them."""

    def __init__(self, vocabulary: dict[str, dict[str, int]], letters: dict[str, dict[str, int]]) -> None:
        """`vocabulary[label][word]` and `letters[label][context + letter]` are counts."""
        self.vocabulary, self.letters = vocabulary, letters
        self._totals = {label: max(sum(counts.values()), 1) for label, counts in vocabulary.items()}
        self._contexts = {label: _contexts(counts) for label, counts in letters.items()}
        self._cached = lru_cache(maxsize=20_000)(self._word_scores)

    def _spelling(self, label: str, word: str) -> float:
        """P(letters of the word | label), from the shortest context with evidence to the longest."""
        counts, contexts, product = self.letters[label], self._contexts[label], 1.0
        for context, letter in _grams(word):
            chance = 1 / _ALPHABET
            for start in range(len(context), -1, -1):
                seen = contexts.get(context[start:])
                if seen is None:
                    break
                chance = (counts.get(context[start:] + letter, 0) + seen[1] * chance) / (seen[0] + seen[1])
            product *= chance
        return product

    def _word_scores(self, word: str) -> dict[str, float]:
        scores = {}
        for label, counts in self.vocabulary.items():
            share = counts.get(word, 0) / self._totals[label]
            chance = _WORD_SHARE * share + (1 - _WORD_SHARE) * self._spelling(label, word)
            scores[label] = math.log(chance + 1e-45)
        best = max(scores.values())
        return {label: max(score, best - _ONE_WORD) for label, score in scores.items()}

    def posterior(self, found: list[str], prior: dict[str, float] | None = None) -> dict[str, float]:
        """P(label | words), summing to one; `prior` adds log-odds to labels."""
        sums = {label: (prior or {}).get(label, 0.0) for label in self.vocabulary}
        for word in found[:_MAX_WORDS]:
            for label, score in self._cached(word).items():
                sums[label] += score
        best = max(sums.values())
        weights = {label: math.exp(score - best) for label, score in sums.items()}
        total = sum(weights.values())
        return {label: weight / total for label, weight in weights.items()}

    def known(self, label: str, found: list[str]) -> int:
        """How many of the words the label's training sentences contain."""
        return sum(word in self.vocabulary[label] for word in found[:_MAX_WORDS])

    def save(self, path: Path) -> None:
        """JSON, keys sorted: two trainings on the same sentences give the same bytes."""
        content = {"version": _VERSION, "vocabulary": self.vocabulary, "letters": self.letters}
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        path.write_text(text, "utf-8")

    @classmethod
    def load(cls, path: Path) -> LatinModel:
        """What `save` wrote; a file of another version is refused."""
        content = json.loads(path.read_text("utf-8"))
        if content.get("version") != _VERSION:
            raise ValueError(f"{path.name}: not a language model of version {_VERSION}; train it again")
        return cls(content["vocabulary"], content["letters"])


def _contexts(counts: dict[str, int]) -> dict[str, tuple[int, int]]:
    """For each context: how many letters followed it, and how many different ones."""
    sums: dict[str, tuple[int, int]] = {}
    for gram, times in counts.items():
        total, kinds = sums.get(gram[:-1], (0, 0))
        sums[gram[:-1]] = (total + times, kinds + 1)
    return sums


def seed_examples() -> dict[str, list[str]]:
    """The sentences that ship with the code, by label."""
    examples: dict[str, list[str]] = {label: [] for label in LABELS}
    for line in _SEED.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            label, sentence = line.split("\t")
            examples[label].append(sentence)
    return examples


_INTENT = re.compile(r"\s*- intent:")
_KIND = re.compile(r"\s*kind:\s*(\w+)")
_EXAMPLE = re.compile(r"\s+- (.+)")
_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


def read_examples(folder: Path) -> dict[str, list[str]]:
    """Training sentences in Latin letters from `<folder>/<language>/*.yml` (Rasa NLU data), by label.

    English and Vietnamese give every kind but `mixed`; the others their `latin` lines.
    """
    examples: dict[str, list[str]] = {label: [] for label in LABELS}
    for path in sorted(folder.glob("*/*.yml")):
        language = path.parent.name
        label = language if language in ("en", "vi") else f"{language}-Latn"
        if label not in examples:
            continue
        kind, whole = "", language in ("en", "vi")
        for line in path.read_text("utf-8").splitlines():
            if _INTENT.match(line):
                kind = ""
            elif found := _KIND.match(line):
                kind = found[1]
            elif (found := _EXAMPLE.match(line)) and (kind == "latin" or (whole and kind != "mixed")):
                examples[label].append(_ENTITY.sub(r"\1", found[1]))
    return examples


def train(examples: dict[str, list[str]]) -> LatinModel:
    """A model of the examples and the seed sentences; Vietnamese is also learnt without its diacritics."""
    vocabulary: dict[str, dict[str, int]] = {}
    letters: dict[str, dict[str, int]] = {}
    for label, seeds in seed_examples().items():
        texts = [normalise(text) for text in seeds + examples.get(label, [])]
        if label == "vi":
            texts += [plain(text) for text in texts]
        vocabulary[label], letters[label] = (dict(counts) for counts in _count(texts))
    return LatinModel(vocabulary, letters)


@lru_cache(maxsize=1)
def seed_model() -> LatinModel:
    """The model of the seed sentences alone, for a checkout that was not trained yet."""
    return train({})
