"""An answer as a person sees it: its messages in a language, filled for a country, and the buttons below."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.adapters import catalogs
from bot.adapters.answer_file import Variation
from bot.adapters.answers import read_answers
from bot.adapters.book import make_book
from bot.adapters.catalog_rules import LONGEST_MESSAGE
from bot.adapters.content.english import DOMAIN, FACTS, read_english
from bot.adapters.directory_file import load_directory
from bot.adapters.facts_file import load_facts
from bot.core.conversation import PERSON, listen_button
from bot.core.errors import ContentError
from bot.core.language import LOCALES, speech
from bot.core.message import Arg, Button, Channel, Outbound
from bot.core.ports import Clock
from bot.i18n import Book, Rendered


@dataclass(frozen=True)
class Bubble:
    """One message: its text, and how long it is of how long it may be, in characters."""

    text: str
    length: int
    most: int


@dataclass(frozen=True)
class Preview:
    """What a person sees of an answer. Telegram lays buttons in rows; the web chat wraps the same titles."""

    locale: str
    country: str
    bubbles: tuple[Bubble, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def titles(self) -> tuple[str, ...]:
        """The buttons' titles in order."""
        return tuple(title for row in self.rows for title in row)


class Previews:
    """Shows answers of one tree; built once for many."""

    def __init__(self, root: Path, clock: Clock, standing: dict[str, Arg]) -> None:
        """`standing` fills days and hours. Raises ContentError, CatalogError for a broken tree."""
        self._variations = read_english(root)
        self._directory = load_directory(root / "nlu_data" / "directory.yml")
        self._clock = clock
        answers = read_answers(root / DOMAIN)
        texts = {locale: catalogs.translations(root, locale) for locale in LOCALES}
        self._book: Book = make_book(texts, answers, self._directory, clock, standing | load_facts(root / FACTS))

    def variations(self, response: str) -> tuple[Variation, ...]:
        """The variations of an answer, the general one too."""
        return tuple(v for v in self._variations if v.response == response)

    def show(self, about: str, locale: str, country: str = "", *, recorded: bool = False) -> Preview:
        """An answer (response or response/variation); raises ContentError for one that is none."""
        found = next((v for v in self._variations if v.about == about), None)
        if found is None or locale not in LOCALES:
            raise ContentError(f"there is no answer {about!r} in {locale!r}")
        country = country or dict(found.conditions).get("country", "")
        parts = range(1, self._book.parts(found.response, found.id) + 1)
        args = self._args(found, locale, country)
        texts = [self._book.text(locale, found.response, found.id, args, part) for part in parts]
        buttons = tuple(Button(t, p) for t, p in zip(found.titles, found.payloads, strict=True))
        if all(button.data != PERSON.data for button in buttons):
            buttons = (*buttons, PERSON)
        if recorded:
            buttons = (*buttons, listen_button(found.response, found.id))
        out = Outbound("preview", "preview", Channel.WEB, 0, locale, words=texts[-1], buttons=buttons)
        rows = Rendered(texts[-1], self._book.render(out).buttons).rows()
        return Preview(
            locale, country, tuple(Bubble(text, len(text), LONGEST_MESSAGE) for text in texts),
            tuple(tuple(title for title, _ in row) for row in rows),
        )  # fmt: skip

    def _args(self, variation: Variation, locale: str, country: str) -> dict[str, Arg]:
        """What would fill the answer: the numbers of the country, and something for what a conversation gives."""
        numbers = self._directory.pick(variation.numbers, country, speech(locale), self._clock.now())
        return {"numbers": numbers, "country": country or "TH", "signs": (), "number": 1, "total": 10}
