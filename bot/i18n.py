"""The book: every phrase in every language, rendered at the last moment.

Catalogs are ordinary gettext; the phrase's id is the context, the English text the message, so that Poedit
and Weblate show both. Start-up fails where a language is shipped but not compiled.
"""

from __future__ import annotations

import gettext
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from babel import Locale
from babel.dates import format_skeleton

from bot.core.errors import CatalogError
from bot.core.language import DEFAULT_LOCALE, LOCALES
from bot.core.message import Arg, Button, Deed, Outbound
from bot.core.phrase import messages
from bot.core.phrases import PHRASES

DOMAIN = "messages"

# Fills ``{numbers}``: (entry ids, locale) → lines.
Numbers = Callable[[Sequence[str], str], str]


@dataclass(frozen=True)
class Answer:
    """An answer of the assistant as the domain file holds it: English text by variation.

    `numbers` are the kinds of directory entries it is filled with.
    """

    phrase: str
    variation: str
    english: str
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rendered:
    """What a person sees: the text, and (title, data) of each button; or what they hear, a file of OGG."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    recording: Path | None = None

    def rows(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """The buttons as a chat program lays them out: short ones two in a row."""
        wide = len(self.buttons) < 4 or max(len(title) for title, _ in self.buttons) > 18
        step = 1 if wide else 2
        return tuple(self.buttons[i : i + step] for i in range(0, len(self.buttons), step))


def context(phrase: str, variation: str = "") -> str:
    """The catalog's context of a phrase."""
    return f"{phrase}/{variation}" if variation else phrase


class Book:
    """Looks phrases up and fills them."""

    def __init__(
        self,
        catalogs: Mapping[str, gettext.NullTranslations],
        answers: Sequence[Answer],
        numbers: Numbers,
        standing: Mapping[str, Arg],
    ) -> None:
        self._catalogs = catalogs
        self._english = {context(id): phrase.english for id, phrase in PHRASES.items()}
        self._english |= {context(a.phrase, a.variation): a.english for a in answers}
        self._numbers = numbers
        self._standing = standing
        self._answers = tuple((a.phrase, a.variation) for a in answers)
        # (locale, context) → a recording that says what the phrase says; see bot.adapters.recordings.
        self.recordings: Mapping[tuple[str, str], Path] = {}

    def has(self, phrase: str, variation: str = "") -> bool:
        """Whether the book knows a phrase."""
        return context(phrase, variation) in self._english

    def text(
        self, locale: str, phrase: str, variation: str = "", args: Mapping[str, Arg] | None = None, part: int = 0
    ) -> str:
        """A phrase in a language, filled: the whole, or one of its messages counted from 1.

        Raises CatalogError for an unknown phrase or a missing argument.
        """
        about = context(phrase, variation)
        text = self.translate(locale, about, self._source(about))
        return self._fill(locale, about, messages(text)[part - 1] if part else text, args or {})

    def parts(self, phrase: str, variation: str = "") -> int:
        """How many messages a phrase is said in: a blank line begins a new one. Raises CatalogError."""
        return len(messages(self._source(context(phrase, variation))))

    def answers(self) -> tuple[tuple[str, str], ...]:
        """Every answer of the assistant, by phrase and variation."""
        return self._answers

    def recorded(self, locale: str, phrase: str, variation: str = "") -> bool:
        """Whether a phrase can be listened to in a language."""
        return (locale, context(phrase, variation)) in self.recordings

    def spoken(self, locale: str, phrase: str, variation: str = "") -> str:
        """What a recording of a phrase says: without the lines that are other ones for each person, as numbers are."""
        about = context(phrase, variation)
        lines = self.translate(locale, about, self._source(about)).splitlines()
        lasting = [line for line in lines if _wanted(line) <= self._standing.keys()]
        return self._fill(locale, about, "\n".join(lasting), {}).strip()

    def _source(self, about: str) -> str:
        english = self._english.get(about)
        if english is None:
            raise CatalogError(f"no phrase {about!r}; is it in bot/core/phrases.py or in nlu_data/domain.yml?")
        return english

    def translate(self, locale: str, about: str, english: str) -> str:
        """The catalog's text, or the English where it has none."""
        catalog = self._catalogs.get(locale)
        return catalog.pgettext(about, english) if catalog else english

    def render(self, out: Outbound) -> Rendered:
        """Render an outbound into its locale; raises CatalogError for what is not recorded any more."""
        if out.deed is Deed.LISTEN:
            return Rendered("", recording=self._recording(out))
        text = out.words or self.text(out.locale, out.phrase, out.variation, out.args, out.part)
        return Rendered(text, tuple((self.title(out.locale, b), b.data) for b in out.buttons))

    def _recording(self, out: Outbound) -> Path:
        about = context(out.phrase, out.variation)
        found = self.recordings.get((out.locale, about))
        if found is None:
            raise CatalogError(f"no recording of {about!r} in {out.locale}")
        return found

    def title(self, locale: str, button: Button) -> str:
        """A button's title: a phrase id, or the English title of a button of the domain."""
        if button.title in self._english:
            return self.text(locale, button.title, "", button.args)
        return self.translate(locale, "button", button.title)

    def _fill(self, locale: str, about: str, text: str, args: Mapping[str, Arg]) -> str:
        wanted = _wanted(text)
        if not wanted:
            return text
        known: dict[str, Arg] = {**self._standing, **args}
        missing = wanted - known.keys()
        if missing:
            raise CatalogError(f"phrase {about!r} in {locale} wants {sorted(missing)}, which nobody gave")
        return text.format(**{name: self._shown(locale, name, known[name]) for name in wanted})

    def _shown(self, locale: str, name: str, value: Arg) -> str:
        """An argument as a person reads it: names and days from CLDR, numbers from the directory, signs a line each."""
        if name == "signs" and isinstance(value, tuple):
            return "\n".join(self.text(locale, sign) for sign in value if self.has(sign))
        if isinstance(value, tuple):
            lines = self._numbers(value, locale) if value else ""
            return lines or self.text(locale, "numbers.none")
        if name == "locale":
            return LOCALES.get(str(value), str(value))
        if name == "country":
            return country_name(str(value), locale)
        if name == "day":
            return day_name(int(value), locale)
        if name in ("when", "later"):
            return moment(str(value), locale)
        return str(value)


def _wanted(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def country_name(code: str, locale: str) -> str:
    """The name of a country in a language (CLDR); the code where CLDR has none."""
    return str(Locale.parse(locale).territories.get(code, code))


def language_name(code: str, locale: str) -> str:
    """The name of a language in a language (CLDR)."""
    return str(Locale.parse(locale).languages.get(code.split("_")[0], code))


def day_name(day: int, locale: str) -> str:
    """The short name of a day of the week in a language (CLDR); 0 is Monday."""
    return str(Locale.parse(locale).days["stand-alone"]["abbreviated"][day])


def moment(clock: str, locale: str) -> str:
    """A day and a time such as 2026-11-24T09:00 in a language (CLDR), with a clock of 24 hours."""
    at = datetime.fromisoformat(clock)
    return f"{format_skeleton('MMMEd', at, locale=locale)}, {at:%H:%M}"


def load(locales: Path) -> dict[str, gettext.NullTranslations]:
    """Load the compiled catalogs of all languages; raises CatalogError for one that is missing or broken."""
    found: dict[str, gettext.NullTranslations] = {}
    for locale in LOCALES:
        source = locales / locale / "LC_MESSAGES" / f"{DOMAIN}.po"
        compiled = source.with_suffix(".mo")
        if not compiled.exists():
            if locale == DEFAULT_LOCALE and not source.exists():
                found[locale] = gettext.NullTranslations()
                continue
            raise CatalogError(f"catalog {compiled} is not compiled; run: make locales")
        try:
            with compiled.open("rb") as file:
                found[locale] = gettext.GNUTranslations(file)
        except (OSError, UnicodeDecodeError, ValueError) as exc:
            raise CatalogError(f"catalog {compiled} is broken; run: make locales") from exc
    return found
