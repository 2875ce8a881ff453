"""What is answered where, and how easy it is to read: the tables of `make check-content`."""

from __future__ import annotations

import re
import statistics
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.answer_file import Variation, read_variations
from bot.core.intents import INTENTS

# The places the answers are written for.
PLACES = ("TH", "MY", "HK", "TW", "SG", "KH", "VN", "LA", "MM", "CN", "JP", "KR")
FACT, GENERAL, MISSING = "fact", "general", "missing"
# The school grade that half of the answers must not be above.
GRADE = 6.0

_MARKED = r"[.?!။។。？！]+(?:\s|$)?|\n"
_SPACED = rf"{_MARKED}| "


@dataclass(frozen=True)
class Reading:
    """How easy an English text is: Flesch–Kincaid grade, and words in its longest sentence."""

    about: str
    grade: float
    longest: int


def coverage(domain: Path, known: Container[str] | None = None) -> dict[str, dict[str, str]]:
    """Intent → place → fact (a variation for the place), general, or missing; raises ContentError.

    `known` are the contexts a language has translations for; without it, the English is meant.
    """
    places: dict[str, set[str]] = {}
    for variation in read_variations(domain):
        if known is not None and variation.about not in known:
            continue
        named = dict(variation.conditions).get("country", "")
        if named or not variation.conditions:
            places.setdefault(_intent(variation.response), set()).add(named)
    return {intent: {place: _state(places.get(intent, set()), place) for place in PLACES} for intent in INTENTS}


def _intent(response: str) -> str:
    """The intent a response answers; a branch such as utter_scam_compound_me counts for its intent."""
    name = response.removeprefix("utter_")
    return max((intent for intent in INTENTS if f"{name}_".startswith(f"{intent}_")), key=len, default=name)


def _state(known: set[str], place: str) -> str:
    return FACT if place in known else GENERAL if "" in known else MISSING


def coverage_table(covered: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The table as lines: F from a fact of the place, g in general, ! missing."""
    marks = {FACT: "F", GENERAL: "g", MISSING: "!"}
    lines = [f"{'intent':26}" + "".join(f"{place:>4}" for place in PLACES)]
    for intent, row in covered.items():
        lines.append(f"{intent:26}" + "".join(f"{marks[row[place]]:>4}" for place in PLACES))
    return [*lines, _counts(covered)]


def language_lines(domain: Path, translated: Mapping[str, Mapping[str, str]]) -> list[str]:
    """For each language, how many of intent × place are answered from a fact, in general, or not at all."""
    return [f"{locale:10} {_counts(coverage(domain, known))}" for locale, known in translated.items()]


def _counts(covered: Mapping[str, Mapping[str, str]]) -> str:
    states = [state for row in covered.values() for state in row.values()]
    return ", ".join(f"{states.count(state)} {state}" for state in (FACT, GENERAL, MISSING))


def length_lines(domain: Path, translated: Mapping[str, Mapping[str, str]]) -> list[str]:
    """For each language, how long the sentences of its answers are, in characters: half of them, and the longest.

    Thai and Lao end a sentence with a space, so each stretch between spaces, line breaks or marks counts there.
    """
    names = {variation.about for variation in read_variations(domain)}
    lines = []
    for locale, known in translated.items():
        marks = _SPACED if locale in ("th", "lo") else _MARKED
        lengths = [
            len(part.strip())
            for about, text in known.items() if about in names
            for part in re.split(marks, re.sub(r"\{\w+\}", "", text)) if part.strip(" –")
        ]  # fmt: skip
        median = statistics.median(lengths or [0])
        lines.append(f"  {locale:8} sentence: median {median:g} characters, longest {max(lengths, default=0)}")
    return lines


def readings(domain: Path) -> list[Reading]:
    """Every English text of two sentences or more, the hardest first; raises ContentError."""
    found = [reading(v) for v in read_variations(domain) if len(sentences(v.text)) > 1]
    return sorted(found, key=lambda one: -one.grade)


def reading(variation: Variation) -> Reading:
    """How easy one answer is."""
    parts = sentences(variation.text)
    return Reading(variation.about, round(grade(parts), 1), max((len(_words(part)) for part in parts), default=0))


def reading_lines(found: Iterable[Reading], hardest: int = 10) -> list[str]:
    """Median grade and sentence length, and the hardest texts."""
    all_ = list(found)
    median = statistics.median([one.grade for one in all_] or [0.0])
    longest = statistics.median([one.longest for one in all_] or [0])
    first = f"reading level: median grade {median:.1f} (at most {GRADE:g}); longest sentence, median: {longest:g} words"
    return [first] + [f"  grade {one.grade:4.1f}, longest {one.longest:2} words: {one.about}" for one in all_[:hardest]]


def sentences(text: str) -> list[str]:
    """The sentences of a text; a line of a list is one too, a number filled in later counts as a short word."""
    plain = re.sub(r"\{(?:numbers|signs)\}", "", text)
    plain = re.sub(r"\{\w+\}", "ten", plain)
    return [part for part in re.split(r"[.?!]+(?:\s|$)|\n", plain) if _words(part)]


def grade(parts: Iterable[str]) -> float:
    """Flesch–Kincaid grade (Kincaid 1975): 0.39 words a sentence + 11.8 syllables a word − 15.59."""
    listed = list(parts)
    words = [word for part in listed for word in _words(part)]
    if not words:
        return 0.0
    return 0.39 * len(words) / len(listed) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    """About how many syllables: groups of vowels, without a silent e or ed at the end."""
    plain = word.lower().removesuffix("'s")
    plain = re.sub(r"(?<=[^aeiouyl])e$|(?<=[^aeiouydt])ed$|(?<=[^aeiouycgsxz])es$", "", plain)
    # A y before a vowel is a consonant: em-plo-yer.
    return max(1, len(re.findall(r"[aeiouy]+", re.sub(r"y(?=[aeiou])", " ", plain))))


def _words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z][A-Za-z'’-]*", text)
