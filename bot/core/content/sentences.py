"""What every training sentence must keep to; `make check`, the command line and the console ask the same rules."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.core.intents import INTENTS

LANGUAGES = ("th", "vi", "km", "my", "lo", "zh", "en")
KINDS = ("plain", "colloquial", "misspelt", "latin", "story", "mixed")
# How a kind is called in the files of one language.
LEARNER = "learner"
HANT = "Hant"
LONGEST = 1000
# The least per intent: in all, then by kind; out of scope and the crisis intents need more in all.
LEAST, LEAST_BY_KIND = 30, {"colloquial": 5, "misspelt": 4, "latin": 4, "story": 4, "mixed": 2}
LEAST_IN_ALL = {"out_of_scope": 120, "emergency_danger": 60, "self_harm": 60, "quick_exit": 60}
LEAST_TRADITIONAL = 12
# Two lines of different intents this alike (Jaccard over character trigrams) contradict each other.
ALIKE = 0.9
# Fewer trigrams than this make everything alike.
FEW = 6

_SCRIPTS = {"th": "THAI", "km": "KHMER", "my": "MYANMAR", "lo": "LAO", "zh": "CJK"}
_PERSONAL = re.compile(r"[\w.]+@[\w.]+\.\w+|https?://|www\.|\+\d{6,}|(?<!\d)\d[\d -]{8,}\d(?!\d)")
# Rasa's marks of entities: the brackets would vanish from the sentence.
_MARKS = re.compile(r"\[[^\]]+\](?:\([^)]*\)|\{[^}]*\})")


@dataclass(frozen=True)
class Sentence:
    """One training sentence. `kind` is one of KINDS, `script` "Hant" or "", `place` file and line."""

    text: str
    intent: str
    language: str
    kind: str
    script: str = ""
    place: str = ""

    @property
    def slot(self) -> tuple[str, str, str, str]:
        """Language, intent, kind and script: the block it stands in."""
        return self.language, self.intent, self.kind, self.script


@dataclass(frozen=True)
class Edit:
    """One change: `before` None adds, `after` None deletes, both edit or move."""

    before: Sentence | None
    after: Sentence | None


class Fault(enum.Enum):
    """What can be wrong with a sentence, and the words for it."""

    EMPTY = "is empty"
    LONG = f"is longer than {LONGEST} characters"
    UNSEEN = "has characters that cannot be seen"
    MARKS = "has the brackets by which Rasa marks entities"
    INTENT = "has an unknown intent"
    LANGUAGE = "has an unknown language"
    KIND = f"has an unknown kind; one of {', '.join(KINDS)} (learner in English)"
    PERSONAL = "looks like personal data (an address, a link or a phone number)"
    ZAWGYI = "is in Zawgyi; write it in Unicode"
    COMPOSED = "is not in Unicode's composed form (NFC)"
    FOREIGN = "is of kind latin, but has letters of the language's own script"
    SCRIPT = "is of a kind in the language's own script, but most letters are not"
    SAME = "is the same as another sentence"
    CONTRADICTS = "is nearly the same as a sentence of another intent"
    ALIKE = "is nearly the same as another sentence of its intent"


# What is said, but does not stop a change.
HINTS = frozenset({Fault.ALIKE})


@dataclass(frozen=True)
class Finding:
    """A fault of a sentence, with the other sentence it is about."""

    fault: Fault
    other: Sentence | None = None

    @property
    def hint(self) -> bool:
        """Whether the sentence may be kept all the same."""
        return self.fault in HINTS

    @property
    def why(self) -> str:
        """The fault in words."""
        if self.other is None:
            return self.fault.value
        return f"{self.fault.value}: {self.other.place} ({self.other.intent}) {self.other.text!r}"


def tidy(text: str) -> str:
    """A typed sentence as it is kept: composed (NFC), without space around it."""
    return unicodedata.normalize("NFC", text).strip()


def key(text: str) -> str:
    """A sentence without case, punctuation and spaces; marks that make other words of it stay."""
    plain = unicodedata.normalize("NFC", text).casefold()
    return "".join(c for c in plain if unicodedata.category(c)[0] in "LMN") or plain


def alone(sentence: Sentence, zawgyi: Callable[[str], bool]) -> Iterator[Finding]:
    """What is wrong with one sentence by itself; `zawgyi` tells whether Burmese was typed for that font."""
    text = sentence.text
    faults = (
        (Fault.INTENT, sentence.intent not in INTENTS),
        (Fault.LANGUAGE, sentence.language not in LANGUAGES),
        (Fault.KIND, sentence.kind not in KINDS),
        (Fault.EMPTY, not text.strip()),
        (Fault.LONG, len(text) > LONGEST),
        (Fault.UNSEEN, unseen(text)),
        (Fault.MARKS, bool(_MARKS.search(text))),
        (Fault.PERSONAL, bool(_PERSONAL.search(text))),
        (Fault.ZAWGYI, sentence.language == "my" and zawgyi(text)),
        (Fault.COMPOSED, unicodedata.normalize("NFC", text) != text),
    )
    yield from (Finding(fault) for fault, found in faults if found)
    yield from _script(sentence)


# Joiners shape letters of these scripts and emoji, and a zero-width space parts Khmer and Burmese words.
_SHAPING = frozenset("\u200b\u200c\u200d\ufe0e\ufe0f")


def unseen(text: str) -> bool:
    """Whether a text has line breaks, controls or marks of direction: nothing a line of a file can keep."""
    kinds = ("Cc", "Cf", "Cs", "Zl", "Zp")
    tags = any("\U000e0020" <= char <= "\U000e007f" for char in text) and "\U0001f3f4" in text
    return any(
        unicodedata.category(char) in kinds and char not in _SHAPING and not (tags and char >= "\U000e0020")
        or char in "\ufeff\ufffe\uffff"
        for char in text
    )  # fmt: skip


def _script(sentence: Sentence) -> Iterator[Finding]:
    wanted = _SCRIPTS.get(sentence.language)
    letters = [c for c in sentence.text if c.isalpha()]
    if wanted is None or not letters:
        return
    share = sum(wanted in unicodedata.name(c, "") for c in letters) / len(letters)
    if sentence.kind == "latin" and share > 0:
        yield Finding(Fault.FOREIGN)
    if sentence.kind in ("plain", "colloquial", "misspelt", "story") and share < 0.5:
        yield Finding(Fault.SCRIPT)


class Neighbours:
    """The sentences of one language, to hold new ones against; build it once for many."""

    def __init__(self, sentences: Iterable[Sentence]) -> None:
        self._all = tuple((s, grams(s.text)) for s in sentences)
        self._same = {key(s.text): s for s, _ in reversed(self._all)}

    def findings(self, sentence: Sentence) -> Iterator[Finding]:
        """What is wrong with a sentence beside the others: the same, or nearly the same."""
        own, same = grams(sentence.text), self._same.get(key(sentence.text))
        if same is not None:
            yield Finding(Fault.SAME, same)
        for other, theirs in self._all if len(own) >= FEW else ():
            few, many = sorted((len(own), len(theirs)))
            if other is not same and few >= ALIKE * many and likeness(own, theirs) >= ALIKE:
                yield Finding(Fault.ALIKE if other.intent == sentence.intent else Fault.CONTRADICTS, other)

    def nearest(self, sentence: Sentence) -> tuple[float, Sentence] | None:
        """The most alike sentence of another intent, with how alike it is, 0 to 1."""
        own = grams(sentence.text)
        foreign = ((likeness(own, theirs), s) for s, theirs in self._all if s.intent != sentence.intent)
        return max(foreign, key=lambda pair: pair[0], default=None)


def grams(text: str) -> frozenset[str]:
    """The character trigrams of a sentence's key."""
    plain = key(text)
    return frozenset(plain[i : i + 3] for i in range(max(1, len(plain) - 2)))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of trigrams that both have (Jaccard)."""
    return len(one & other) / len(one | other)


def too_few(sentences: Sequence[Sentence]) -> Iterator[str]:
    """Intents and kinds with too few sentences, as lines."""
    total = Counter((s.language, s.intent) for s in sentences if s.script != HANT)
    by_kind = Counter((s.language, s.intent, s.kind) for s in sentences)
    traditional = Counter(s.intent for s in sentences if s.script == HANT)
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


def duplicates(sentences: Sequence[Sentence]) -> Iterator[tuple[Sentence, Finding]]:
    """The same sentence twice, and nearly the same in two intents."""
    seen: dict[tuple[str, str], Sentence] = {}
    for sentence in sentences:
        first = seen.setdefault((sentence.language, key(sentence.text)), sentence)
        if first is not sentence:
            yield sentence, Finding(Fault.SAME, first)
    for language in LANGUAGES:
        yield from _contradictions([s for s in sentences if s.language == language])


def _contradictions(sentences: Sequence[Sentence]) -> Iterator[tuple[Sentence, Finding]]:
    """Pairs of different intents that share nearly all character trigrams; candidates by their rarest trigrams."""
    found = [grams(s.text) for s in sentences]
    common = Counter(gram for one in found for gram in one)
    by_gram: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(found):
        if len(one) < FEW:
            continue
        met: set[int] = set()
        for gram in sorted(one, key=lambda g: common[g])[:3]:
            met.update(by_gram[gram])
            by_gram[gram].append(number)
        for other in sorted(met):
            if sentences[other].intent != sentences[number].intent and likeness(one, found[other]) >= ALIKE:
                yield sentences[number], Finding(Fault.CONTRADICTS, sentences[other])


def all_wrong(sentences: Sequence[Sentence], zawgyi: Callable[[str], bool]) -> list[str]:
    """Everything that is wrong with all sentences, each line naming what to mend."""
    problems = list(too_few(sentences))
    problems += [f"{s.place}: {found.why}" for s in sentences for found in alone(s, zawgyi)]
    return problems + [f"{s.place}: {found.why}" for s, found in duplicates(sentences)]
