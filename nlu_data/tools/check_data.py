"""Check the training sentences: counts, duplicates, wrong script, Zawgyi, personal data. Names file and line.

    python tools/check_data.py

Prints a table of coverage and every problem; exits with 1 if there is one.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from components.zawgyi import is_zawgyi

from bot.core.intents import INTENTS

LANGUAGES = ("th", "vi", "km", "my", "lo", "zh", "en")
KINDS = ("plain", "colloquial", "misspelt", "latin", "story", "mixed")
SCRIPTS = {"th": "THAI", "km": "KHMER", "my": "MYANMAR", "lo": "LAO", "zh": "CJK"}
# The least per intent: in all, then by kind; out of scope and the crisis intents need more in all.
LEAST, LEAST_BY_KIND = 30, {"colloquial": 5, "misspelt": 4, "latin": 4, "story": 4, "mixed": 2}
LEAST_IN_ALL = {"out_of_scope": 120, "emergency_danger": 60, "self_harm": 60, "quick_exit": 60}
LEAST_TRADITIONAL = 12
# Two lines of different intents this alike (Jaccard over character trigrams) contradict each other.
ALIKE = 0.9

_PERSONAL = re.compile(r"[\w.]+@[\w.]+\.\w+|https?://|www\.|\+\d{6,}|(?<!\d)\d[\d -]{8,}\d(?!\d)")
_BLOCK = re.compile(r"^- intent: (\w+)\s*$")
_META = re.compile(r"^\s+(kind|script): (\w+)\s*$")
_LINE = re.compile(r"^\s+- (.+)$")


@dataclass(frozen=True)
class Sentence:
    """One training sentence and where it stands."""

    text: str
    intent: str
    language: str
    kind: str
    script: str
    place: str


def read(folder: Path) -> Iterator[Sentence]:
    """Every sentence with its file and line. The form itself is checked by components.examples when training."""
    for path in sorted(folder.glob("*/*.yml")):
        intent, meta = "", {}
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if found := _BLOCK.match(line):
                intent, meta = found[1], {}
            elif found := _META.match(line):
                meta[found[1]] = found[2]
            elif (found := _LINE.match(line)) and intent:
                kind = {"learner": "latin"}.get(meta.get("kind", ""), meta.get("kind", ""))
                place = f"{path.relative_to(HERE.parent)}:{number}"
                yield Sentence(found[1].strip(), intent, path.parent.name, kind, meta.get("script", ""), place)


def key(text: str) -> str:
    """A sentence without case, punctuation and spaces; marks that make other words of it stay."""
    plain = unicodedata.normalize("NFC", text).casefold()
    return "".join(c for c in plain if unicodedata.category(c)[0] in "LMN") or plain


def counts(sentences: list[Sentence]) -> Iterator[str]:
    """Intents and kinds with too few sentences."""
    total = Counter((s.language, s.intent) for s in sentences if s.script != "Hant")
    by_kind = Counter((s.language, s.intent, s.kind) for s in sentences)
    traditional = Counter(s.intent for s in sentences if s.script == "Hant")
    for language in LANGUAGES:
        for intent in INTENTS:
            least = LEAST_IN_ALL.get(intent, LEAST)
            if total[language, intent] < least:
                yield f"{language}: {intent} has {total[language, intent]} sentences, it needs {least}"
            for kind, few in LEAST_BY_KIND.items():
                if by_kind[language, intent, kind] < few:
                    yield f"{language}: {intent} has {by_kind[language, intent, kind]} of kind {kind}, it needs {few}"
            if language == "zh" and traditional[intent] < LEAST_TRADITIONAL:
                yield f"zh: {intent} has {traditional[intent]} in traditional script, it needs {LEAST_TRADITIONAL}"


def single(sentence: Sentence) -> Iterator[str]:
    """What is wrong with one sentence by itself."""
    if sentence.intent not in INTENTS:
        yield f"{sentence.place}: unknown intent {sentence.intent}"
    if sentence.kind not in KINDS:
        yield f"{sentence.place}: unknown kind {sentence.kind!r}; one of {', '.join(KINDS)} (learner in English)"
    if _PERSONAL.search(sentence.text):
        yield f"{sentence.place}: looks like personal data (an address, a link or a phone number)"
    if sentence.language == "my" and is_zawgyi(sentence.text):
        yield f"{sentence.place}: is in Zawgyi; write it in Unicode"
    if unicodedata.normalize("NFC", sentence.text) != sentence.text:
        yield f"{sentence.place}: is not in Unicode's composed form (NFC)"
    yield from _script(sentence)


def _script(sentence: Sentence) -> Iterator[str]:
    wanted = SCRIPTS.get(sentence.language)
    letters = [c for c in sentence.text if c.isalpha()]
    if wanted is None or not letters:
        return
    share = sum(wanted in unicodedata.name(c, "") for c in letters) / len(letters)
    if sentence.kind == "latin" and share > 0:
        yield f"{sentence.place}: of kind latin, but has {wanted.title()} letters"
    if sentence.kind in ("plain", "colloquial", "misspelt", "story") and share < 0.5:
        yield f"{sentence.place}: of kind {sentence.kind}, but most letters are not {wanted.title()}"


def duplicates(sentences: list[Sentence]) -> Iterator[str]:
    """The same sentence twice, and nearly the same in two intents."""
    seen: dict[tuple[str, str], Sentence] = {}
    for sentence in sentences:
        first = seen.setdefault((sentence.language, key(sentence.text)), sentence)
        if first is not sentence:
            yield f"{sentence.place}: the same as {first.place} ({first.intent}, here {sentence.intent})"
    for language in LANGUAGES:
        yield from _alike([s for s in sentences if s.language == language])


def _alike(sentences: list[Sentence]) -> Iterator[str]:
    """Pairs of different intents that share nearly all character trigrams; candidates by their rarest trigrams."""
    grams = [frozenset(key(s.text)[i : i + 3] for i in range(max(1, len(key(s.text)) - 2))) for s in sentences]
    common = Counter(gram for one in grams for gram in one)
    by_gram: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(grams):
        if len(one) < 6:
            continue
        met: set[int] = set()
        for gram in sorted(one, key=lambda g: common[g])[:3]:
            met.update(by_gram[gram])
            by_gram[gram].append(number)
        for other in met:
            if sentences[other].intent != sentences[number].intent:
                share = len(one & grams[other]) / len(one | grams[other])
                if share >= ALIKE:
                    yield f"{sentences[number].place}: nearly the same as {sentences[other].place}, another intent"


def table(sentences: list[Sentence]) -> str:
    """Sentences by language and kind."""
    found = Counter((s.language, s.kind) for s in sentences)
    rows = [f"{'':8}" + "".join(f"{kind:>12}" for kind in KINDS) + f"{'all':>12}{'least':>8}"]
    for language in LANGUAGES:
        by_intent = Counter(s.intent for s in sentences if s.language == language)
        numbers = [found[language, kind] for kind in KINDS]
        least = min(by_intent[intent] for intent in INTENTS)
        rows.append(f"{language:8}" + "".join(f"{n:12}" for n in (*numbers, sum(numbers))) + f"{least:8}")
    return "\n".join(rows)


def main() -> int:
    """Check everything; returns the exit status."""
    sentences = list(read(HERE / "nlu"))
    problems = list(counts(sentences)) + [why for s in sentences for why in single(s)] + list(duplicates(sentences))
    print(table(sentences))
    for problem in problems:
        print(problem)
    print(f"{len(sentences)} sentences, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
