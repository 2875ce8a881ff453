"""The phrase book: prepared sentences an operator can send in a language they don't write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.conversation import Conversation
from bot.core.desk_phrases import DESK_PHRASES, SUBJECT_NUMBERS
from bot.core.errors import CatalogError
from bot.core.intents import INTENTS
from bot.core.language import speech
from bot.core.message import NO_ARGS, Arg, Channel
from bot.core.ports import Clock, Lookup
from bot.i18n import Answer, Book

# Which of the product's own phrases an operator may say; the others announce what the product itself does.
_OPEN = ("welcome.safety",)
_PRIVACY = {Channel.TELEGRAM: "handoff.privacy", Channel.WEB: "handoff.privacy.web"}
_SHOWN = 40
# Intents whose answers are steps of the assistant's own talk: said by an operator they would claim what did not
# happen ("it is erased", "you agreed"), or lead nowhere.
_TALK = frozenset({
    "greet", "goodbye", "thank", "affirm", "deny", "unsure", "bot_challenge", "help_menu", "change_language",
    "inform_country", "out_of_scope", "emergency_danger", "self_harm", "quick_exit", "delete_my_data", "ask_privacy",
    "talk_to_person", "job_offer_check", "self_check",
})  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One sentence: what the person will read, and the same in the operator's language; `subject` too.

    `country` is where it holds, "" for everywhere.
    """

    phrase: str
    variation: str
    theirs: str
    yours: str
    subject: str = ""
    country: str = ""


@dataclass(frozen=True)
class Found:
    """What a search found; `hidden` counts what does not fit the list."""

    entries: tuple[Entry, ...]
    hidden: int = 0


@dataclass(frozen=True)
class _Offer:
    phrase: str
    variation: str
    subject: str
    numbers: tuple[str, ...] = ()

    @property
    def country(self) -> str:
        """Where it holds: the variation's country, if it is one's."""
        return self.variation if len(self.variation) == 2 and self.variation.isupper() else ""


@dataclass(frozen=True)
class PhraseBook:
    """Everything an operator may send as a phrase: sentences of the desk, the assistant's answers, and a few more."""

    book: Book
    directory: Lookup
    clock: Clock
    answers: Sequence[Answer] = ()

    def search(self, words: str, locale: str, person: Conversation, subject: str = "") -> Found:
        """Entries that hold all the words in either language, in their subject or in their name.

        What holds in another country than the person's comes last.
        """
        wanted = words.casefold().split()
        entries = [
            entry
            for offer in self._all(person)
            if subject in ("", offer.subject)
            and (entry := self._entry(offer, locale, person)) is not None
            and _holds(entry, wanted)
        ]
        entries.sort(key=lambda entry: person.country not in ("", entry.country) and entry.country != "")
        return Found(tuple(entries[:_SHOWN]), max(0, len(entries) - _SHOWN))

    def subjects(self, locale: str, person: Conversation) -> list[tuple[str, str]]:
        """(id, title) of every subject there is."""
        found = dict.fromkeys(offer.subject for offer in self._all(person))
        return [(subject, self._title(locale, subject)) for subject in found]

    def args(self, phrase: str, variation: str, person: Conversation) -> Mapping[str, Arg] | None:
        """What the phrase is filled with for a person; None for one that may not be sent."""
        for offer in self._all(person):
            if (offer.phrase, offer.variation) == (phrase, variation):
                whole = self._entry(offer, person.locale, person) is not None
                return self._args(offer, person) if whole else None
        return None

    def _entry(self, offer: _Offer, locale: str, person: Conversation) -> Entry | None:
        """One entry; None where the phrase can't be said with what is known."""
        args = self._args(offer, person)
        try:
            shown = self.book.text(person.locale, offer.phrase, offer.variation, args)
            yours = self.book.text(locale, offer.phrase, offer.variation, args)
        except (CatalogError, KeyError, ValueError, IndexError):
            return None
        return Entry(offer.phrase, offer.variation, shown, yours, self._title(locale, offer.subject), offer.country)

    def _args(self, offer: _Offer, person: Conversation) -> Mapping[str, Arg]:
        """The directory's entries for the country it is about and the person's language."""
        if not offer.numbers:
            return NO_ARGS
        now = self.clock.now()
        return {
            "numbers": self.directory.pick(offer.numbers, offer.country or person.country, speech(person.locale), now)
        }

    def _title(self, locale: str, subject: str) -> str:
        for phrase in (f"subject.{subject}", f"intent.{subject}"):
            if self.book.has(phrase):
                return self.book.text(locale, phrase)
        return subject

    def _all(self, person: Conversation) -> Iterator[_Offer]:
        for phrase in DESK_PHRASES:
            yield _Offer(phrase.id, "", phrase.id.split(".")[1], SUBJECT_NUMBERS.get(phrase.id, ()))
        for id in (*_OPEN, _PRIVACY[person.channel]):
            yield _Offer(id, "", "product")
        for answer in self.answers:
            subject = _subject(answer.phrase)
            if subject and subject not in _TALK:
                yield _Offer(answer.phrase, answer.variation, subject, answer.numbers)


def _subject(answer: str) -> str:
    """The intent an answer belongs to: its own, or that which a later step of it begins with; "" for none."""
    name = answer.removeprefix("utter_")
    return max((i for i in INTENTS if name == i or name.startswith(f"{i}_")), key=len, default="")


def _holds(entry: Entry, wanted: Iterable[str]) -> bool:
    text = f"{entry.phrase} {entry.variation} {entry.subject} {entry.theirs} {entry.yours}".casefold()
    return all(word in text for word in wanted)
