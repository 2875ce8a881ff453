"""The phrase book: prepared sentences an operator can send in a language they don't write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.core.errors import CatalogError
from bot.core.phrases import PHRASES
from bot.i18n import Answer, Book

# Which of the product's own phrases an operator may say; the others announce what the product itself does.
_OPEN = ("welcome.safety", "handoff.privacy", "handoff.privacy.web")
_OPEN_PREFIX = "desk."
_SHOWN = 12


@dataclass(frozen=True)
class Entry:
    """One sentence: what the person will read, and the same in the operator's language."""

    phrase: str
    variation: str
    theirs: str
    yours: str


@dataclass(frozen=True)
class PhraseBook:
    """Everything an operator may send as a phrase: the assistant's answers and a few of the product's own."""

    book: Book
    answers: Sequence[Answer] = ()

    def search(self, words: str, locale: str, theirs: str) -> list[Entry]:
        """Entries that hold all the words in either language or in their name, a handful of them."""
        wanted = words.casefold().split()
        found = []
        for phrase, variation in self._all():
            entry = self.entry(phrase, variation, locale, theirs)
            if entry is not None and _holds(entry, wanted):
                found.append(entry)
                if len(found) == _SHOWN:
                    break
        return found

    def has(self, phrase: str, variation: str, theirs: str) -> bool:
        """Whether this may be sent: it is on offer, and whole without anything to fill in."""
        on_offer = (phrase, variation) in set(self._all())
        return on_offer and self.entry(phrase, variation, theirs, theirs) is not None

    def entry(self, phrase: str, variation: str, locale: str, theirs: str) -> Entry | None:
        """One entry; None where the phrase can't be said without arguments."""
        try:
            shown = self.book.text(theirs, phrase, variation)
            yours = self.book.text(locale, phrase, variation)
        except (CatalogError, KeyError, ValueError, IndexError):
            return None
        return Entry(phrase, variation, shown, yours)

    def _all(self) -> Iterable[tuple[str, str]]:
        for id in PHRASES:
            if id in _OPEN or id.startswith(_OPEN_PREFIX):
                yield id, ""
        for answer in self.answers:
            yield answer.phrase, answer.variation


def _holds(entry: Entry, wanted: Sequence[str]) -> bool:
    text = f"{entry.phrase} {entry.variation} {entry.theirs} {entry.yours}".casefold()
    return all(word in text for word in wanted)
