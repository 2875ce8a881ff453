"""Crisis words, found before and without the classifier, so that a human is reached even while it is down.

The rules are data: `crisis/<language>.txt`, all languages at once, because frightened people mix them. This
module must never raise on a text, wait for anything, or keep or show a word of it.

A line of a rule file is one of

    window: 40                       how near the groups of a rule must be, in characters, from here on
    let NAME = one|two               words to be used as $NAME in later lines
    fold: marked > plain             spellings made one, in texts and rules alike; nothing after > removes
    danger: $A|$B + c|d - e          a or b, with c or d near it, without e near it
    suicide 20: a > b                b after a, at most 20 characters away
    harmless: a                      an idiom: no word inside it counts

and `danger`, `suicide` and `child` raise. In words, {o,oo} stands for either spelling, * at an end for any
letters, ^ for the beginning or end of the text, ~ before a Latin word for its usual slips too. Letters written
twice count once. A Latin word with marks is also found where it was typed without; after = it is not, and after %
any marks will do.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from bot.core.errors import ContentError
from bot.core.handoff import Reason
from bot.core.spelling import UNMARKED, Folds, slips, spaced, typed_with_marks, variants

# Channels refuse longer messages; of what comes all the same, the beginning and the end are read.
LONGEST = 8192
# More than this for one word makes loading slow, and is better said with groups.
MOST_SPELLINGS = 256

_RAISES = {"child": Reason.CHILD, "suicide": Reason.SUICIDE, "danger": Reason.DANGER}  # the first wins
_RULES = Path(__file__).with_name("crisis")

_LINE = re.compile(r"(child|suicide|danger|harmless)(?: +(\d+))?: *(.+)$")

Span = tuple[int, int]


@dataclass(frozen=True)
class Near:
    """A group of words, by number, and how it must stand to the first group of its rule: + > or -."""

    how: str
    group: int


@dataclass(frozen=True)
class Rule:
    """Raises, or excuses, where a word of the first group meets all conditions."""

    kind: str
    first: int
    near: tuple[Near, ...]
    window: int


@dataclass(slots=True)
class Word:
    """One spelling: whether other marks forbid it (=), never matter (%) or neither, and the groups it stands in."""

    spelling: str
    marks: str
    groups: list[int]


@dataclass(slots=True)
class Node:
    """A letter in the tree of all words, and the words that end with it."""

    next: dict[str, Node] = field(default_factory=dict)
    words: list[Word] = field(default_factory=list)

    def add(self, spelling: str, marks: str, group: int) -> None:
        """A word ends here."""
        for word in self.words:
            if (word.spelling, word.marks) == (spelling, marks):
                word.groups += [group] if group not in word.groups else []
                return
        self.words.append(Word(spelling, marks, [group]))


class Lexicon:
    """All rule files together."""

    def __init__(self) -> None:
        self._folds = Folds()
        self._root = Node()
        self._groups: dict[str, int] = {}
        self._rules: dict[int, list[Rule]] = {}

    # --- reading ---------------------------------------------------------------------------------------------

    def read(self, files: Mapping[str, str]) -> None:
        """Add rule files, by name; all folds come first, since they hold for every line of every file."""
        lines = [
            (name, number, line.strip())
            for name, text in files.items()
            for number, line in enumerate(text.splitlines(), start=1)
            if line.strip() and line[0] != "#"
        ]
        lines.sort(key=lambda placed: not placed[2].startswith("fold:"))
        names: dict[str, dict[str, str]] = {}
        for name, number, line in lines:
            try:
                self._read_line(line, names.setdefault(name, {"window": "40"}))
            except ValueError as exc:
                raise ContentError(f"{name}, line {number}: {exc}") from exc

    def _read_line(self, line: str, names: dict[str, str]) -> None:
        if line.startswith("window:"):
            names["window"] = str(int(line[7:]))
        elif line.startswith("fold:"):
            written, arrow, meant = line[5:].partition(">")
            if not (arrow and written.strip()):
                raise ValueError("a fold is: written > meant")
            self._folds.add(written.strip(), meant.strip())
        elif line.startswith("let "):
            key, equals, words = line[4:].partition("=")
            if not (equals and re.fullmatch("[A-Z]+", key.strip())):
                raise ValueError("a definition is: let NAME = one|two, the name in capitals A to Z")
            names[key.strip()] = self._resolved(words, names)
        else:
            found = _LINE.match(line)
            if found is None:
                raise ValueError("neither a rule nor window, let, fold or a comment")
            self._add_rule(found[1], int(found[2] or names["window"]), self._resolved(found[3], names))

    def _resolved(self, words: str, names: dict[str, str]) -> str:
        def value(found: re.Match[str]) -> str:
            if found[1] not in names:
                raise ValueError(f"${found[1]} is not defined above")
            return names[found[1]]

        return re.sub(r"\$([A-Z]+)", value, words).strip()

    def _add_rule(self, kind: str, window: int, body: str) -> None:
        first, *rest = re.split(r" ([-+>]) ", body)
        near = tuple(Near(how, self._group(words)) for how, words in zip(rest[::2], rest[1::2], strict=True))
        rule = Rule(kind, self._group(first), near, window)
        self._rules.setdefault(rule.first, []).append(rule)

    def _group(self, words: str) -> int:
        if words not in self._groups:
            self._groups[words] = len(self._groups)
            for word in words.split("|"):
                self._add_word(word.strip(), self._groups[words])
        return self._groups[words]

    def _add_word(self, word: str, group: int) -> None:
        if word.count("{") != word.count("}"):
            raise ValueError(f"{word!r} has an odd brace")
        marks = word[:1] if word[:1] in ("=", "%") else ""
        spellings = variants(word.removeprefix(marks))
        if len(spellings) > MOST_SPELLINGS:
            raise ValueError(f"{word!r} stands for {len(spellings)} spellings; use a group with + or >")
        for spelling in chain.from_iterable(slips(one[1:]) if one[:1] == "~" else [one] for one in spellings):
            shown = self._spelt(spelling)
            node = self._root
            for char in shown.translate(UNMARKED):
                node = node.next.setdefault(char, Node())
            node.add(shown, marks, group)

    def _spelt(self, spelling: str) -> str:
        """A word of a rule as it stands in a prepared text."""
        shown = spaced(self._folds(spelling.replace("^", " ").replace("*", " ")))
        if not shown.strip():
            raise ValueError(f"the word {spelling!r} is empty")
        shown = shown[1:] if spelling.startswith("*") else shown
        shown = shown[:-1] if spelling.endswith("*") and shown.endswith(" ") else shown
        return "^" * spelling.startswith("^") + shown + "^" * spelling.endswith("^")

    # --- finding ---------------------------------------------------------------------------------------------

    def find(self, text: str) -> Reason | None:
        """The gravest reason any rule gives."""
        if len(text) > LONGEST:
            text = text[: LONGEST // 2] + " " + text[-LONGEST // 2 :]
        hits = self._search(f"^{spaced(self._folds(text)[:LONGEST])}^")
        excused = self._matches(hits, "harmless")
        if excused:
            hits = _without(hits, excused)
        return next((reason for kind, reason in _RAISES.items() if self._matches(hits, kind)), None)

    def _search(self, shown: str) -> dict[int, list[Span]]:
        """Where the words of each group stand, in order of the text."""
        bare, full = shown.translate(UNMARKED) + "\n", typed_with_marks(shown)
        hits: dict[int, list[Span]] = {}
        for start, letter in enumerate(bare):
            node, end = self._root.next.get(letter), start + 1
            while node is not None:
                for word in node.words:
                    if word.marks == "%" or _agrees(shown[start:end], word, full):
                        for group in word.groups:
                            hits.setdefault(group, []).append((start, end))
                node, end = node.next.get(bare[end]), end + 1
        return hits

    def _matches(self, hits: dict[int, list[Span]], kind: str) -> list[Span]:
        """Where the first words of the rules of a kind stand that match."""
        rules = [rule for group in hits for rule in self._rules.get(group, ()) if rule.kind == kind]
        return [
            span
            for rule in rules
            for span in hits[rule.first]
            if all(_meets(near, span, hits.get(near.group, []), rule.window) for near in rule.near)
        ]


def _agrees(seen: str, word: Word, full: bool) -> bool:
    """Whether the marks in a text are the word's; in a text not `full` of marks, none agree with all."""
    if seen == word.spelling or full or word.marks:
        return seen == word.spelling
    return all(one == other or one.isascii() for one, other in zip(seen.split(), word.spelling.split(), strict=True))


def _meets(near: Near, span: Span, hits: list[Span], window: int) -> bool:
    start, end = span
    lowest = end - 1 if near.how == ">" else start - window  # two Latin words share the space between them
    place = bisect_left(hits, (lowest, 0))
    return (place < len(hits) and hits[place][0] <= end + window) != (near.how == "-")


def _without(hits: dict[int, list[Span]], excused: list[Span]) -> dict[int, list[Span]]:
    """The hits that do not touch an excused place."""
    taken = bytearray(max(end for _, end in excused))
    for start, end in excused:
        taken[start:end] = b"x" * (end - start)
    return {group: [(start, end) for start, end in spans if not any(taken[start:end])] for group, spans in hits.items()}


def load(folder: Path = _RULES) -> Lexicon:
    """Read every rule file of a folder; ContentError names the file and line that breaks the rules."""
    lexicon = Lexicon()
    lexicon.read({path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))})
    return lexicon


_LEXICON = load()


def find(text: str) -> Reason | None:
    """Why a human must be reached at once, from the words alone; None if no crisis word was found."""
    return _LEXICON.find(text)
