"""What every answer in nlu_data/domain.yml must keep to; the reasons are in docs/content.md.

A person may act on an answer alone and in danger, and somebody may read over the shoulder: so no number from
nowhere, no promise, nothing long, and nothing in the first line that says what the chat is about.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.adapters.answer_file import Variation, read_variations
from bot.adapters.facts_file import Fact, placeholders, read_facts
from bot.core.entry import KINDS, WORLD
from bot.core.intents import INTENTS
from bot.core.language import LOCALES
from bot.core.phrase import messages

# Telegram takes more; a frightened person on a small screen does not. A blank line begins a new message.
LONGEST = 450
MESSAGES = 3
BUTTONS = 6
DATA = 64  # bytes of a button's data, Bot API
# How much of a message a locked telephone shows, in characters, where the first line is shorter.
PREVIEW = 60
# Placeholders that are no fact: filled by the product, or by the action that says the phrase.
FILLED = frozenset({"numbers", "days", "hours", "country", "signs", "number", "total"})
SECTORS = ("fishing", "domestic", "factory", "construction", "farm", "entertainment", "scam_compound", "other")
COMMANDS = ("start", "language", "help", "person", "delete", "stop", "cancel")

TELLING = re.compile(
    r"traffick|slave|police|victim|exploit|forced|escape|rescue|helpline|liberty (?:shared|asia)", re.IGNORECASE
)
_PROMISES = re.compile(
    r"\b(?:we|they|i) (?:will|can|shall) (?:rescue|save|free|protect)\b|\brescue\b|\bguarante|\bi promise\b"
    r"|\byou (?:are|are not|were) (?:a |no )?(?:victim|slave|trafficked)|\byou must\b"
    r"|\byou will (?:be safe|win|get (?:money|your|a visa)|not be (?:arrested|sent|punished))"
    r"|\b(?:is|it's) safe to call\b|\brun away\b|\bcollect (?:evidence|proof)\b|\btake (?:photos|pictures)\b",
    re.IGNORECASE,
)
_PAYLOAD = re.compile(r'/(?P<intent>[a-z_]+)(?:\{"(?P<name>[a-z]+)":\s*"(?P<value>[A-Za-z0-9_-]+)"\})?')
_VALUES = {
    "country": re.compile("[A-Z]{2}"),
    "sector": re.compile("|".join(SECTORS)),
    "answer": re.compile("[a-z0-9]+(?:[_-][a-z0-9]+)*"),
}


def check_answers(domain: Path, facts: Path) -> list[str]:
    """What is wrong with the answers, each line naming file, line and answer; raises ContentError."""
    known = {name: fact for fact in read_facts(facts) for name in placeholders([fact])}
    variations = read_variations(domain)
    problems = [f"{domain}:{v.line}: {v.about}: {why}" for v in variations for why in _Checked(v, known).problems()]
    problems += [f"{domain}: {why}" for why in _whole(variations)]
    used = {name for v in variations for name in _names(v.text)}
    idle = sorted({fact.id for fact in known.values()} - {known[name].id for name in used if name in known})
    return problems + [f"{facts}: no answer names the fact {id}; remove it or use it" for id in idle]


def wrong_variation(variation: Variation, facts: Path) -> list[str]:
    """What is wrong with one variation by itself; raises ContentError."""
    known = {name: fact for fact in read_facts(facts) for name in placeholders([fact])}
    return list(_Checked(variation, known).problems())


def _whole(variations: tuple[Variation, ...]) -> Iterator[str]:
    """What only all variations together show."""
    responses = Counter(v.response for v in variations)
    general = Counter(v.response for v in variations if not v.conditions)
    yield from (f"no answer utter_{intent}" for intent in INTENTS if f"utter_{intent}" not in responses)
    for response in responses:
        if general[response] != 1:
            yield f"{response}: needs exactly one variation without condition, has {general[response]}"
    for about, times in Counter(v.about for v in variations if v.conditions).items():
        if times > 1:
            yield f"{about}: {times} variations have this id"


@dataclass(frozen=True)
class _Checked:
    """One variation under all rules."""

    variation: Variation
    facts: Mapping[str, Fact] = field(repr=False)

    def problems(self) -> Iterator[str]:
        """Everything that is wrong."""
        yield from self._names()
        yield from self._size()
        yield from self._words()
        yield from self._numbers()
        for payload in self.variation.payloads:
            if why := wrong_payload(payload):
                yield f"button {payload}: {why}"

    def _names(self) -> Iterator[str]:
        named = {name: value for name, value in self.variation.conditions}
        if bool(named) != bool(self.variation.id):
            yield "a variation with a condition needs an id, and the general one has none"
        for name in _names(self.variation.text):
            fact = self.facts.get(name)
            if fact is None and name not in FILLED:
                yield f"nothing fills {{{name}}}"
            elif fact is not None and fact.place not in (named.get("country"), WORLD):
                yield f"{{{name}}} holds in {fact.place}, but the answer is not only for it"

    def _size(self) -> Iterator[str]:
        said = messages(self.variation.text)
        if len(said) > MESSAGES:
            yield f"{len(said)} messages, at most {MESSAGES}"
        for number, message in enumerate(said, 1):
            if len(message) > LONGEST:
                yield f"message {number} has {len(message)} characters, at most {LONGEST}"
        if len(self.variation.payloads) > BUTTONS:
            yield f"{len(self.variation.payloads)} buttons, at most {BUTTONS}"

    def _words(self) -> Iterator[str]:
        text = self.variation.text
        for number, message in enumerate(messages(text), 1):
            if found := TELLING.search(shown_locked(message)):
                yield f"message {number} begins with {found[0]!r}, which a locked telephone shows"
        if found := _PROMISES.search(text):
            yield f"says {found[0]!r}, which nobody can promise, order or judge here"
        for title in self.variation.titles:
            if len(title) > DATA or TELLING.search(title):
                yield f"the button {title!r} is too long or says too much"

    def _numbers(self) -> Iterator[str]:
        bare = re.sub(r"\{\w*\}", "", self.variation.text)
        if found := re.search(r"\d[\d.,]*", bare):
            yield f"the number {found[0]} stands in the text; numbers come from facts.yml or the directory"
        for kind in self.variation.numbers:
            if kind not in KINDS:
                yield f"the directory knows no kind {kind!r}"
        if self.variation.numbers and "{numbers}" not in self.variation.text:
            yield "has kinds of numbers, but {numbers} is not in the text"
        if "{numbers}" in self.variation.text and not self.variation.numbers:
            yield "has {numbers}, but metadata.numbers names no kinds"


def shown_locked(message: str) -> str:
    """The beginning of a message that may show on a locked telephone."""
    return max(message.partition("\n")[0], message[:PREVIEW], key=len)


def wrong_payload(payload: str) -> str:
    """Why a button's payload can't be read on either side; "" where it can."""
    kind, _, name = payload.partition(":")
    if kind in ("command", "language"):
        return "" if name in (COMMANDS if kind == "command" else LOCALES) else f"no such {kind}"
    found = _PAYLOAD.fullmatch(payload)
    if found is None:
        return 'is neither /intent, /intent{"name":"value"} nor command:…'
    if found["intent"] not in INTENTS:
        return f"there is no intent {found['intent']}"
    if found["name"] and (found["name"] not in _VALUES or not _VALUES[found["name"]].fullmatch(found["value"])):
        return f"{found['name']} can't be {found['value']!r}"
    if found["name"] == "answer" and found["value"] in SECTORS:
        return "this answer would be taken for a sector"
    data = ":".join(filter(None, ("intent", found["intent"], found["value"])))
    return f"{len(data)} bytes as data, at most {DATA}" if len(data.encode()) > DATA else ""


def _names(text: str) -> list[str]:
    try:
        return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name is not None})
    except ValueError:
        return ["a brace that belongs to nothing"]
