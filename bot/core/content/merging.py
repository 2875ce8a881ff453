"""Two who changed the same content: what differs, unit by unit, and what both changed for somebody to choose.

A unit is what a person would call one thing: a sentence, a translation with its review, an entry of the directory.
A unit is never mixed from both sides: a review of one text must not end up on another.
"""

from __future__ import annotations

import difflib
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.content.sentences import Edit, Sentence
from bot.core.errors import ContentError

LIVE, DRAFT, BOTH = "live", "draft", "both"


@dataclass(frozen=True)
class Clash:
    """What both sides changed. `about` names it; a text is "" where that side took it away."""

    about: str
    base: str
    live: str
    draft: str
    # Whether both can stay: two sentences can, two numbers of one line can't.
    both: bool = False

    @property
    def id(self) -> str:
        """Follows from the clash itself, so that a choice never goes to another one."""
        whole = "\0".join((self.about, self.base, self.live, self.draft))
        return hashlib.sha256(whole.encode()).hexdigest()[:12]

    def chosen(self, choices: Mapping[str, str]) -> str:
        """What was chosen: LIVE, DRAFT, BOTH, or "" for nothing yet; raises ContentError for no such choice."""
        choice = choices.get(self.id, "")
        if choice not in ("", LIVE, DRAFT, *((BOTH,) if self.both else ())):
            raise ContentError(f"{self.id}: {choice!r} can't be chosen for {self.about}")
        return choice


def sentence_edits(before: Sequence[Sentence], after: Sequence[Sentence]) -> list[Edit]:
    """From one state of sentences to another: what was edited, moved, deleted and added."""
    gone = _missing(before, after)
    new = _missing(after, before)
    found: list[Edit] = []
    for old in list(gone):
        moved = next((s for s in new if s.text == old.text and s.language == old.language), None)
        if moved is not None:
            found.append(Edit(old, moved))
            gone.remove(old)
            new.remove(moved)
    for old, other in _reworded(before, after, gone, new):
        found.append(Edit(old, other))
        gone.remove(old)
        new.remove(other)
    return [*found, *(Edit(s, None) for s in gone), *(Edit(None, s) for s in new)]


def _missing(these: Sequence[Sentence], those: Sequence[Sentence]) -> list[Sentence]:
    """The sentences of `these` that `those` have not, or not as often."""
    left = Counter((s.slot, s.text) for s in those)
    found = []
    for sentence in these:
        left[sentence.slot, sentence.text] -= 1
        if left[sentence.slot, sentence.text] < 0:
            found.append(sentence)
    return found


def _reworded(
    before: Sequence[Sentence], after: Sequence[Sentence], gone: Sequence[Sentence], new: Sequence[Sentence]
) -> Iterator[tuple[Sentence, Sentence]]:
    """Sentences that went where as many came, in the same place: an edit of each."""
    slots = {s.slot for s in gone} & {s.slot for s in new}
    old_by, new_by = _by_slot(before, slots), _by_slot(after, slots)
    for slot in sorted(slots):
        olds, news = old_by[slot], new_by[slot]
        matcher = difflib.SequenceMatcher(None, [s.text for s in olds], [s.text for s in news], autojunk=False)
        for tag, a, b, c, d in matcher.get_opcodes():
            if tag == "replace":
                pairs = zip(
                    [s for s in olds[a:b] if s in gone], [s for s in news[c:d] if s in new], strict=False
                )  # fmt: skip
                yield from pairs


def _by_slot(
    sentences: Iterable[Sentence], slots: Iterable[tuple[str, ...]]
) -> Mapping[tuple[str, ...], list[Sentence]]:
    wanted = set(slots)
    found: dict[tuple[str, ...], list[Sentence]] = defaultdict(list)
    for sentence in sentences:
        if sentence.slot in wanted:
            found[sentence.slot].append(sentence)
    return found


def merge_sentences(
    base: Sequence[Sentence], live: Sequence[Sentence], draft: Sequence[Sentence], choices: Mapping[str, str]
) -> tuple[list[Edit], list[Clash]]:
    """The edits that bring the draft's changes into the live sentences, and what is still to be chosen."""
    theirs = sentence_edits(base, live)
    taken = {(e.before.slot, e.before.text): e for e in theirs if e.before}
    added = {e.after.text: e for e in theirs if e.after and not e.before}
    edits: list[Edit] = []
    open_: list[Clash] = []
    for edit in sentence_edits(base, draft):
        other = taken.get((edit.before.slot, edit.before.text)) if edit.before else None
        if edit.before is None and edit.after is not None:
            other = added.get(edit.after.text)
        if other is None:
            edits.append(edit)
        elif _outcome(other) != _outcome(edit):
            clash = Clash(_about(edit), _shown(edit.before), _shown(other.after), _shown(edit.after), both=True)
            choice = clash.chosen(choices)
            open_ += [] if choice else [clash]
            edits += _resolved(choice, other.after, edit.after)
    return [replace(e, before=_located(e.before, live)) for e in edits], open_


def _resolved(choice: str, live: Sentence | None, draft: Sentence | None) -> list[Edit]:
    if choice == DRAFT and (live or draft):
        return [Edit(live, draft)]
    return [Edit(None, draft)] if choice == BOTH and draft else []


def _located(wanted: Sentence | None, live: Sequence[Sentence]) -> Sentence | None:
    """The sentence as it stands in the live files."""
    if wanted is None:
        return None
    return next((s for s in live if (s.slot, s.text) == (wanted.slot, wanted.text)), wanted)


def _outcome(edit: Edit) -> tuple[object, ...] | None:
    return (edit.after.slot, edit.after.text) if edit.after else None


def _about(edit: Edit) -> str:
    sentence = edit.before or edit.after
    return slot_name(sentence) if sentence else ""


def slot_name(sentence: Sentence) -> str:
    """Where a sentence stands, in words: ``lo wages_withheld plain``."""
    return " ".join(filter(None, sentence.slot))


def _shown(sentence: Sentence | None) -> str:
    return f"{slot_name(sentence)}: {sentence.text}" if sentence else ""


# A file as units: what is one thing → its text; all texts in order are the file.
Units = dict[tuple[str, ...], str]


def merge_units(
    path: str, base: Units, live: Units, draft: Units, choices: Mapping[str, str]
) -> tuple[str, list[Clash]]:
    """The live text with the draft's changes, and what is still to be chosen (the live side stands there)."""
    open_: list[Clash] = []
    merged: Units = {}
    for key in _order(live, draft):
        was, here, there = base.get(key, ""), live.get(key, ""), draft.get(key, "")
        if here == there or was == there:
            merged[key] = here
        elif was == here:
            merged[key] = there
        else:
            clash = Clash(" ".join((path, *filter(None, key))), was, here, there)
            choice = clash.chosen(choices)
            open_ += [] if choice else [clash]
            merged[key] = there if choice == DRAFT else here
    return "".join(merged.values()), open_


def _order(live: Units, draft: Units) -> list[tuple[str, ...]]:
    """The keys as live has them, each one that only the draft has behind its neighbour there."""
    order = list(live)
    previous: tuple[str, ...] | None = None
    for key in draft:
        if key not in live:
            order.insert(order.index(previous) + 1 if previous is not None else 0, key)
        previous = key
    return order
