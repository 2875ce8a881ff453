"""The content functions as one asks them of a named draft: the tree is found, and each change kept as a commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.adapters.answer_file import Variation
from bot.adapters.content import directory_text, sentence_sheet, translation_sheet
from bot.adapters.content.checks import check_tree
from bot.adapters.content.draft_tree import Change
from bot.adapters.content.drafts import Draft, Drafts
from bot.adapters.content.english import read_english, set_english
from bot.adapters.content.po_text import PoText
from bot.adapters.content.preview import Preview, Previews
from bot.adapters.content.sentences import Cell, change, grid, read_sentences, weigh
from bot.adapters.content.translations import Wording, approve, read_translations, set_translations, since_review
from bot.core.content.merging import Clash
from bot.core.content.ports import Reader, Reading, ZawgyiTest
from bot.core.content.sentences import Edit, Finding, Neighbours, Sentence
from bot.core.entry import Entry, today
from bot.core.errors import AssistantUnavailable, ContentError
from bot.core.message import Arg
from bot.core.ports import Clock

# More days than any check is good for.
ALL = 20_000


@dataclass(frozen=True)
class DraftDoor:
    """Drafts."""

    drafts: Drafts
    zawgyi: ZawgyiTest

    def all(self) -> list[Draft]:
        """Every draft, by name."""
        return self.drafts.all()

    def find(self, name: str) -> Draft:
        """One."""
        return self.drafts.find(name)

    def open(self, name: str, author: str) -> None:
        """Begin one."""
        self.drafts.open(name, author)

    def changes(self, name: str) -> list[Change]:
        """What it changes; a translation without the marks of its file, and none that only got another place."""
        found = [_plain(one) for one in self.drafts.changes(name)]
        return [one for one in found if not one.path.endswith(".po") or one.before != one.after]

    def check(self, name: str) -> list[str]:
        """What the checks find."""
        return check_tree(self.drafts.tree(name), self.zawgyi)

    def refresh(self, name: str, author: str, choices: Mapping[str, str]) -> list[Clash]:
        """Bring the live content into it."""
        return self.drafts.refresh(name, author, choices)

    def land(self, name: str, author: str) -> list[str]:
        """Check it, and take it into the live content if nothing is wrong."""
        problems = self.check(name)
        if not problems:
            self.drafts.land(name, author, f"Take in the draft {name}")
        return problems

    def discard(self, name: str) -> None:
        """End it unused."""
        self.drafts.discard(name)


def _plain(one: Change) -> Change:
    if not one.path.endswith(".po"):
        return one
    return replace(one, about=one.about.partition(" ")[0], before=_texts(one.before), after=_texts(one.after))


def _texts(unit: str) -> str:
    """The translation of an entry's lines with who reviewed it; the lines themselves where they are something else."""
    try:
        entries = PoText.parse(Path("messages.po"), unit).entries
    except ContentError:
        return unit
    parts = [part for e in entries for part in (e.text, *e.notes, "(not reviewed)" if e.fuzzy else "")]
    return "\n".join(filter(None, parts)) if entries else unit


@dataclass(frozen=True)
class SentenceDoor:
    """Training sentences."""

    drafts: Drafts
    zawgyi: ZawgyiTest
    reader: Reader

    def grid(self, draft: str) -> tuple[Cell, ...]:
        """Intent × language."""
        return grid(self.drafts.tree(draft))

    def of(self, draft: str, language: str, intent: str) -> list[Sentence]:
        """The sentences of an intent in a language."""
        return [s for s in read_sentences(self.drafts.tree(draft), language) if s.intent == intent]

    def at(self, draft: str, place: str) -> Sentence | None:
        """The sentence of a place."""
        return next((s for s in read_sentences(self.drafts.tree(draft)) if s.place == place), None)

    def weigh(self, draft: str, edits: Sequence[Edit]) -> list[tuple[Edit, Finding]]:
        """What is wrong with new or changed sentences."""
        return weigh(self.drafts.tree(draft), edits, self.zawgyi)

    def change(self, draft: str, author: str, edits: Sequence[Edit], message: str) -> None:
        """Make all edits or none."""
        with self.drafts.editing(draft, author, message) as root:
            change(root, edits, self.zawgyi)

    def nearest(self, draft: str, sentence: Sentence) -> tuple[float, Sentence] | None:
        """The most alike sentence of another intent."""
        return Neighbours(read_sentences(self.drafts.tree(draft), sentence.language)).nearest(sentence)

    def readings(self, texts: Sequence[str]) -> list[Reading]:
        """How the live model reads these; nothing where it can't be asked."""
        try:
            return [self.reader.read(text) for text in texts]
        except AssistantUnavailable:
            return []

    def sheet(self, draft: str, kind: str, languages: Sequence[str]) -> bytes:
        """Sentences as csv or xlsx."""
        write = sentence_sheet.to_xlsx if kind == "xlsx" else sentence_sheet.to_csv
        return write(self.drafts.tree(draft), languages)

    def count(self, draft: str, name: str, data: bytes) -> int:
        """How many sentences a sheet would change."""
        return len(sentence_sheet.read_edits(self.drafts.tree(draft), name, data))

    def take_in(self, draft: str, author: str, name: str, data: bytes) -> Counter[str]:
        """Make a sheet's changes."""
        with self.drafts.editing(draft, author, "Take in a sheet of sentences") as root:
            return sentence_sheet.take_in(root, name, data, self.zawgyi)


@dataclass(frozen=True)
class TextDoor:
    """Answers and phrases. `standing` fills days and hours of a preview."""

    drafts: Drafts
    clock: Clock
    standing: dict[str, Arg]

    def translations(self, draft: str, locale: str) -> tuple[Any, ...]:
        """Every text of a language."""
        return read_translations(self.drafts.tree(draft), locale)

    def english(self, draft: str) -> tuple[Variation, ...]:
        """Every English answer."""
        return read_english(self.drafts.tree(draft))

    # Any: what the console hands back is a Translation it was given; only its names are read.
    def word(self, draft: str, author: str, locale: str, one: Any, text: str, before: str) -> None:
        """Give a text another translation."""
        with self.drafts.editing(draft, author, f"Translate {one.context} into {locale}") as root:
            set_translations(root, locale, [Wording(one.context, one.english, text, before)])

    def word_english(self, draft: str, author: str, about: str, text: str, before: str) -> None:
        """Word an English answer anew."""
        with self.drafts.editing(draft, author, f"Word {about} anew") as root:
            set_english(root, about, text, before)

    def approve(self, draft: str, author: str, locale: str, one: Any, seen: str) -> None:
        """Clear the mark of a text as it was read."""
        with self.drafts.editing(draft, author, f"Review {one.context} in {locale}") as root:
            approve(root, locale, [Wording(one.context, one.english, seen)], author, today(self.clock.now()))

    def reviewed(self, draft: str, one: Any) -> tuple[str, str] | None:
        """The texts as they were last reviewed."""
        return since_review(self.drafts.tree(draft), one)

    def preview(self, draft: str, about: str, locale: str, country: str) -> Preview:
        """An answer as a person sees it."""
        return Previews(self.drafts.tree(draft), self.clock, self.standing).show(about, locale, country)

    def sheet(self, draft: str, kind: str, locale: str) -> bytes:
        """Texts as csv or xlsx."""
        write = translation_sheet.to_xlsx if kind == "xlsx" else translation_sheet.to_csv
        return write(self.drafts.tree(draft), locale)

    def take_in(self, draft: str, author: str, locale: str, name: str, data: bytes, reviewer: str) -> Counter[str]:
        """Take a sheet in."""
        with self.drafts.editing(draft, author, f"Take in a sheet of texts in {locale}") as root:
            return translation_sheet.take_in(root, locale, name, data, reviewer, today(self.clock.now()))


@dataclass(frozen=True)
class NumberDoor:
    """The directory."""

    drafts: Drafts
    clock: Clock

    def all(self, draft: str) -> list[Entry]:
        """Every entry, the one whose check ends first before the others."""
        return directory_text.overdue(self.drafts.tree(draft), self.clock.now(), ALL)

    def fields(self, draft: str, id: str) -> dict[str, Any]:
        """An entry's fields."""
        return directory_text.read_fields(self.drafts.tree(draft), id)

    def change(self, draft: str, author: str, id: str, changes: Mapping[str, Any]) -> None:
        """Give an entry other fields."""
        with self.drafts.editing(draft, author, f"Change {id} of the directory") as root:
            directory_text.change_entry(root, id, changes)

    def add(self, draft: str, author: str, id: str, fields: Mapping[str, Any]) -> None:
        """A new entry."""
        with self.drafts.editing(draft, author, f"Add {id} to the directory") as root:
            directory_text.add_entry(root, id, fields)

    def checked(self, draft: str, author: str, id: str, source: str) -> None:
        """It was checked today."""
        with self.drafts.editing(draft, author, f"Check {id} of the directory") as root:
            directory_text.checked(root, id, today(self.clock.now()), source)
