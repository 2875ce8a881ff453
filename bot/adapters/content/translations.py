"""Translations of a tree: side by side with the English, changed under the rules, approved by a named reviewer.

A review is a translator's comment that Poedit and Weblate keep: ``# reviewed: <name>, <day>, <digest>``. The digest
is of the texts that were read, so a later change shows whoever made it.
"""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.adapters.catalog_rules import wrong
from bot.adapters.content.files import read, write
from bot.adapters.content.git import Git
from bot.adapters.content.po_text import Entry, PoText, marked
from bot.core.errors import Conflict, ContentError
from bot.core.language import LOCALES

SOURCE = "en"
# Babel breaks comments after 76 characters, and a broken one could not be read any more.
LONGEST_NAME = 40
_REVIEW = re.compile(r"reviewed: (?P<by>.{1,60}), (?P<on>\d{4}-\d\d-\d\d), (?P<digest>[0-9a-f]{8})")
# Read first by reviewers: crisis, privacy, consent.
FIRST = ("crisis.", "handoff.", "utter_emergency_danger", "utter_self_harm", "utter_ask_privacy", "utter_self_check_")


class Standing(enum.Enum):
    """Where a translation stands."""

    MISSING = "missing"
    DRAFT = "draft"
    CHANGED = "changed since its review"
    REVIEWED = "reviewed"


@dataclass(frozen=True)
class Review:
    """Who read a text, on which day, and the digest of what was read."""

    by: str
    on: date
    digest: str


@dataclass(frozen=True)
class Translation:
    """One text in one language. `review` is the last one, of this text or of an earlier one; `hints` are for whoever
    translates.
    """

    locale: str
    context: str
    english: str
    text: str
    standing: Standing
    review: Review | None = None
    place: str = ""
    hints: tuple[str, ...] = ()

    @property
    def first(self) -> bool:
        """Whether reviewers read it before the others."""
        return self.context.startswith(FIRST)

    def problems(self) -> list[str]:
        """What is wrong with it: placeholders, digits, script, length, telling first words."""
        return list(wrong(self.locale, self.context, self.english, self.text))


def catalog_path(locale: str) -> Path:
    """Where a language's catalog is below the root."""
    if locale not in LOCALES or locale == SOURCE:
        raise ContentError(f"{locale!r} is no language to translate into")
    return Path("locales") / locale / "LC_MESSAGES" / "messages.po"


def read_translations(root: Path, locale: str) -> tuple[Translation, ...]:
    """Every text of a language in the order of its catalog; raises ContentError."""
    catalog = _catalog(root, locale)
    return tuple(_translation(locale, catalog, entry) for entry in catalog.entries)


def side_by_side(root: Path, context: str, english: str) -> dict[str, Translation]:
    """A text in every language that has it, by locale; raises ContentError."""
    found = {}
    for locale in LOCALES:
        for one in read_translations(root, locale) if locale != SOURCE else ():
            if (one.context, one.english) == (context, english):
                found[locale] = one
    return found


@dataclass(frozen=True)
class Wording:
    """A translation to be kept. `before` is the text the writer saw; None takes whatever is there."""

    context: str
    english: str
    text: str
    before: str | None = None


def set_translations(root: Path, locale: str, wordings: Iterable[Wording]) -> int:
    """Keep translations, as drafts; returns how many differ. Raises ContentError for what breaks a rule, Conflict."""
    catalog = _catalog(root, locale)
    changed = []
    for wording in wordings:
        entry = catalog.find(wording.context, wording.english)
        if wording.before not in (None, entry.text):
            raise Conflict(f"{locale}: {wording.context}: somebody changed the text meanwhile; load the page again")
        text = wording.text.strip()
        if text == entry.text:
            continue
        if problems := list(wrong(locale, entry.context, entry.english, text)):
            raise ContentError(f"{locale}: {entry.context}: {'; '.join(problems)}")
        review = _review(entry.notes)
        again = review is not None and review.digest == digest(entry.english, text)
        changed.append(marked(replace(entry, text=text), fuzzy=not again))
    _write(root, locale, catalog, changed)
    return len(changed)


def approve(root: Path, locale: str, seen: Sequence[Wording], reviewer: str, day: date) -> int:
    """Clear the mark of texts as the reviewer saw them, with name and day; returns how many stood otherwise before.

    Raises Conflict where a text is another one by now, ContentError for one that breaks a rule.
    """
    catalog, name = _catalog(root, locale), _name(reviewer)
    changed = []
    for wording in seen:
        entry = catalog.find(wording.context, wording.english)
        if entry.text != wording.text:
            raise Conflict(f"{locale}: {wording.context}: somebody changed the text meanwhile; read it again")
        if problems := list(wrong(locale, entry.context, entry.english, entry.text)):
            raise ContentError(f"{locale}: {entry.context}: {'; '.join(problems)}")
        if _standing(entry) is Standing.REVIEWED and _review(entry.notes):
            continue
        note = f"reviewed: {name}, {day.isoformat()}, {digest(entry.english, entry.text)}"
        notes = (*(n for n in entry.notes if not _REVIEW.search(n)), note)
        changed.append(marked(replace(entry, notes=notes), fuzzy=False))
    _write(root, locale, catalog, changed)
    return len(changed)


def since_review(root: Path, translation: Translation) -> tuple[str, str] | None:
    """(English, translation) as they were last reviewed, from git; None where nobody knows."""
    review, git = translation.review, Git(root)
    if review is None or not git.works():
        return None
    path = catalog_path(translation.locale).as_posix()
    needle = f"{review.on.isoformat()}, {review.digest}"
    for commit in git.text("log", "--format=%H", f"-S{needle}", "--", path).splitlines():
        text = git.file(commit, f"./{path}")
        for entry in PoText.parse(Path(path), text).entries if text is not None else ():
            if entry.context == translation.context and digest(entry.english, entry.text) == review.digest:
                return entry.english, entry.text
    return None


def standings(translations: Iterable[Translation]) -> Mapping[Standing, int]:
    """How many texts stand where."""
    counts = dict.fromkeys(Standing, 0)
    for one in translations:
        counts[one.standing] += 1
    return counts


def digest(english: str, text: str) -> str:
    """8 hex digits over an English text and its translation."""
    return hashlib.sha256(f"{english}\0{text}".encode()).hexdigest()[:8]


def _catalog(root: Path, locale: str) -> PoText:
    path = catalog_path(locale)
    return PoText.parse(path, read(root / path))


def _write(root: Path, locale: str, catalog: PoText, changed: Sequence[Entry]) -> None:
    if changed:
        write(root / catalog_path(locale), catalog.put(changed).text)


def _translation(locale: str, catalog: PoText, entry: Entry) -> Translation:
    place = f"{catalog.path.as_posix()}:{entry.line + 1}"
    return Translation(
        locale, entry.context, entry.english, entry.text, _standing(entry), _review(entry.notes), place, entry.hints
    )


def _standing(entry: Entry) -> Standing:
    review = _review(entry.notes)
    if not entry.text:
        return Standing.MISSING
    if review is not None and review.digest != digest(entry.english, entry.text):
        return Standing.CHANGED
    return Standing.DRAFT if entry.fuzzy else Standing.REVIEWED


def _review(notes: Sequence[str]) -> Review | None:
    """The last review in a translator's comments, which other tools may have wrapped."""
    found = list(_REVIEW.finditer(" ".join(notes)))
    if not found:
        return None
    try:
        return Review(found[-1]["by"], date.fromisoformat(found[-1]["on"]), found[-1]["digest"])
    except ValueError:
        return None


def _name(reviewer: str) -> str:
    name = " ".join(reviewer.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise ContentError(f"a review needs the reviewer's name, at most {LONGEST_NAME} characters")
    return name
