"""What the content pages need of the content functions: values by their shape, and four doors to a draft.

Every call reads files and may wait for git, so a page makes it in a thread. All raise ContentError for what may not
be, and Conflict for what somebody changed meanwhile; the adapters of these are in bot/adapters/content/doors.py.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from bot.core.content.merging import Clash
from bot.core.content.ports import Reading
from bot.core.content.sentences import Edit, Finding, Sentence
from bot.core.entry import Entry


class Commit(Protocol):
    """One change of a draft."""

    @property
    def author(self) -> str:
        """The account."""

    @property
    def day(self) -> date:
        """A day of the author's calendar."""

    @property
    def subject(self) -> str:
        """What was done."""


class Draft(Protocol):
    """A draft; `commits` newest first, `behind` how many live changes it has not yet."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def author(self) -> str:
        """Who opened it."""

    @property
    def opened(self) -> date:
        """When."""

    @property
    def commits(self) -> Sequence[Commit]:
        """Its changes."""

    @property
    def behind(self) -> int:
        """Live changes it has not yet."""


class Change(Protocol):
    """One sentence, text or entry that differs; "" where it was not there."""

    @property
    def path(self) -> str:
        """The file."""

    @property
    def about(self) -> str:
        """What it is."""

    @property
    def before(self) -> str:
        """As the live content has it."""

    @property
    def after(self) -> str:
        """As the draft has it."""


class Cell(Protocol):
    """What a language has of an intent."""

    @property
    def intent(self) -> str:
        """The intent."""

    @property
    def language(self) -> str:
        """The language."""

    @property
    def kinds(self) -> Mapping[str, int]:
        """Sentences by kind."""

    @property
    def total(self) -> int:
        """All of them."""

    @property
    def changed(self) -> date | None:
        """The day its files last changed."""


class Review(Protocol):
    """Who read a text, and when."""

    @property
    def by(self) -> str:
        """The reviewer."""

    @property
    def on(self) -> date:
        """The day."""


class Translation(Protocol):
    """One text in one language."""

    @property
    def context(self) -> str:
        """Which text."""

    @property
    def english(self) -> str:
        """The English."""

    @property
    def text(self) -> str:
        """The translation; "" for none."""

    @property
    def standing(self) -> enum.Enum:
        """Where it stands; its name is MISSING, DRAFT, CHANGED or REVIEWED."""

    @property
    def review(self) -> Review | None:
        """The last review, of this text or of an earlier one."""

    @property
    def hints(self) -> Sequence[str]:
        """For whoever translates."""

    @property
    def first(self) -> bool:
        """Whether reviewers read it before the others."""

    def problems(self) -> Sequence[str]:
        """What is wrong with it."""


class English(Protocol):
    """An English answer, or a variation of one."""

    @property
    def about(self) -> str:
        """Which."""

    @property
    def text(self) -> str:
        """Its text."""

    @property
    def note(self) -> str:
        """For whoever translates."""

    @property
    def conditions(self) -> Sequence[tuple[str, str]]:
        """When it is said: (slot, value)."""


class Bubble(Protocol):
    """One message as a person sees it."""

    @property
    def text(self) -> str:
        """Its words."""

    @property
    def length(self) -> int:
        """Characters."""

    @property
    def most(self) -> int:
        """The most it may have."""


class Preview(Protocol):
    """An answer as a person sees it."""

    @property
    def bubbles(self) -> Sequence[Bubble]:
        """Its messages."""

    @property
    def rows(self) -> Sequence[Sequence[str]]:
        """The buttons as Telegram lays them."""

    @property
    def titles(self) -> Sequence[str]:
        """The buttons in order."""


class DraftDoor(Protocol):
    """Drafts."""

    def all(self) -> Sequence[Draft]:
        """Every draft, by name."""

    def find(self, name: str) -> Draft:
        """One."""

    def open(self, name: str, author: str) -> None:
        """Begin one at the live content."""

    def changes(self, name: str) -> Sequence[Change]:
        """What it changes."""

    def check(self, name: str) -> Sequence[str]:
        """What every content check finds, each line naming a file; raises AssistantUnavailable too."""

    def refresh(self, name: str, author: str, choices: Mapping[str, str]) -> Sequence[Clash]:
        """Bring the live content into it; returns what must be chosen first, and then changes nothing."""

    def land(self, name: str, author: str) -> Sequence[str]:
        """Check it and take it into the live content; returns what the checks found, and then changes nothing."""

    def discard(self, name: str) -> None:
        """End it unused; git keeps it."""


class SentenceDoor(Protocol):
    """Training sentences of a draft."""

    def grid(self, draft: str) -> Sequence[Cell]:
        """Intent × language, all cells."""

    def of(self, draft: str, language: str, intent: str) -> Sequence[Sentence]:
        """The sentences of an intent in a language."""

    def at(self, draft: str, place: str) -> Sentence | None:
        """The sentence of a file and line."""

    def weigh(self, draft: str, edits: Sequence[Edit]) -> Sequence[tuple[Edit, Finding]]:
        """What is wrong with each new or changed sentence."""

    def change(self, draft: str, author: str, edits: Sequence[Edit], message: str) -> None:
        """Make all edits or none."""

    def nearest(self, draft: str, sentence: Sentence) -> tuple[float, Sentence] | None:
        """The most alike sentence of another intent, 0 to 1."""

    def readings(self, texts: Sequence[str]) -> Sequence[Reading]:
        """How the live model reads these; nothing where it can't be asked."""

    def sheet(self, draft: str, kind: str, languages: Sequence[str]) -> bytes:
        """All sentences of the languages as csv or xlsx."""

    def count(self, draft: str, name: str, data: bytes) -> int:
        """How many sentences a sheet would change; raises SheetError."""

    def take_in(self, draft: str, author: str, name: str, data: bytes) -> Counter[str]:
        """Make a sheet's changes: how many were added, changed, deleted. Raises SheetError."""


class TextDoor(Protocol):
    """Answers and phrases of a draft."""

    def translations(self, draft: str, locale: str) -> Sequence[Translation]:
        """Every text of a language."""

    def english(self, draft: str) -> Sequence[English]:
        """Every English answer."""

    def word(self, draft: str, author: str, locale: str, one: Translation, text: str, before: str) -> None:
        """Give a text another translation; `before` is what the writer saw."""

    def word_english(self, draft: str, author: str, about: str, text: str, before: str) -> None:
        """Word an English answer anew."""

    def approve(self, draft: str, author: str, locale: str, one: Translation, seen: str) -> None:
        """Clear the mark of a text as it was read."""

    def reviewed(self, draft: str, one: Translation) -> tuple[str, str] | None:
        """(English, translation) as they were last reviewed; None where nobody knows."""

    def preview(self, draft: str, about: str, locale: str, country: str) -> Preview:
        """An answer as a person of a country sees it."""

    def sheet(self, draft: str, kind: str, locale: str) -> bytes:
        """All texts of a language as csv or xlsx."""

    def take_in(self, draft: str, author: str, locale: str, name: str, data: bytes, reviewer: str) -> Counter[str]:
        """Take a sheet in: how many were changed, reviewed. Raises SheetError."""


# Any: a field's value is text, list or mapping; what it must be, the directory's schema says.
Fields = Mapping[str, Any]


class NumberDoor(Protocol):
    """The directory of a draft."""

    def all(self, draft: str) -> Sequence[Entry]:
        """Every entry, the one whose check ends first before the others."""

    def fields(self, draft: str, id: str) -> Fields:
        """An entry's fields as the file has them."""

    def change(self, draft: str, author: str, id: str, changes: Fields) -> None:
        """Give an entry other fields; None takes one away."""

    def add(self, draft: str, author: str, id: str, fields: Fields) -> None:
        """A new entry."""

    def checked(self, draft: str, author: str, id: str, source: str) -> None:
        """It was checked today, on a source."""


@dataclass(frozen=True)
class ContentDoors:
    """All the content pages are given."""

    drafts: DraftDoor
    sentences: SentenceDoor
    texts: TextDoor
    numbers: NumberDoor
