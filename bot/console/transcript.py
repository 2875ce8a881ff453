"""A transcript for an operator's eye: what was said, twice.

What the product says is kept as a phrase, so it can stand in the operator's language beside what the person saw.
The person's own words are never translated; each carries how the assistant understood it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core import helped
from bot.core.errors import CatalogError
from bot.core.language import LOCALES, guess_by_script
from bot.core.message import MEDIA_KINDS, Author, Button, Delivery, Kind, Line, Media, PressKind, read_press
from bot.i18n import Book, country_name

# How delivery reads on the page: between two looks nobody needs to tell waiting from being sent.
_SHOWN_DELIVERY = {Delivery.SENDING: Delivery.WAITING}


@dataclass(frozen=True)
class Shown:
    """One line as the page shows it.

    `text` is what the person saw or wrote, in `locale` ("" if unknown); `yours` the same in the operator's
    language, "" where that is no other text. `meaning` is the title of the recognised intent, `sure` in percent.
    `before` is what an edited message said until then, `edited` whether a later line says this one anew.
    """

    number: int
    at: int
    author: str
    kind: str
    text: str
    locale: str
    yours: str = ""
    meaning: str = ""
    sure: int = 0
    crisis: str = ""
    delivery: str = ""
    outbound: str = ""
    operator: str = ""
    buttons: tuple[str, ...] = ()
    media: Media | None = None
    before: str = ""
    edited: bool = False


def shown(
    lines: Sequence[Line], deliveries: Mapping[str, tuple[Delivery, str]], book: Book, locale: str, theirs: str
) -> list[Shown]:
    """The lines for an operator who reads `locale`, of a person who reads `theirs`."""
    rows: list[Shown] = []
    latest: dict[str, int] = {}  # a message of the person → its newest row
    for line in lines:
        if line.author is not Author.PERSON:
            rows.append(_said(line, deliveries, book, locale))
            continue
        row = _person(line, book, locale, theirs)
        old = latest.get(line.message) if line.kind is Kind.EDITED else None
        if old is not None:
            row = replace(row, before=rows[old].text)
            rows[old] = replace(rows[old], edited=True)
        if line.message and line.kind is not Kind.BUTTON:
            latest[line.message] = len(rows)
        rows.append(row)
    return rows


def meaning(book: Book, locale: str, intent: str) -> str:
    """The title of an intent in the operator's language; its name where the book has none."""
    return _careful(lambda: book.text(locale, f"intent.{intent}"), intent) if intent else ""


def sign(book: Book, locale: str, name: str) -> str:
    """A sign the person ticked, in the operator's language: its sentence, else the title of the intent."""
    phrase = f"utter_sign_{name}"
    if not book.has(phrase):
        return meaning(book, locale, name)
    return _careful(lambda: book.text(locale, phrase).lstrip("– "), name)


def _person(line: Line, book: Book, locale: str, theirs: str) -> Shown:
    gloss = line.gloss
    pressed = line.kind is Kind.BUTTON
    return Shown(
        number=line.number,
        at=line.at,
        author=line.author.value,
        kind=line.kind.value,
        text=_press(book, locale, line.words) if pressed else line.words,
        locale=locale if pressed else _tongue(line.words, theirs),
        meaning=meaning(book, locale, gloss.intent) if gloss else "",
        sure=round(gloss.confidence * 100) if gloss else 0,
        crisis=gloss.crisis if gloss else "",
        media=line.media if line.kind in MEDIA_KINDS else None,
    )


def _said(line: Line, deliveries: Mapping[str, tuple[Delivery, str]], book: Book, locale: str) -> Shown:
    text = line.words or _phrase(book, line.locale, line)
    yours = "" if line.words else _phrase(book, locale, line)
    found = deliveries.get(line.outbound)
    return Shown(
        number=line.number,
        at=line.at,
        author=line.author.value,
        kind=line.kind.value,
        text=text,
        locale=guess_by_script(text) if line.words else line.locale,
        yours="" if yours == text else yours,
        delivery=_SHOWN_DELIVERY.get(found[0], found[0]).value if found else "",
        outbound=line.outbound,
        operator=line.operator,
        buttons=tuple(_title(book, locale, button) for button in line.buttons),
    )


def _phrase(book: Book, locale: str, line: Line) -> str:
    about = f"{line.phrase}/{line.variation}" if line.variation else line.phrase
    return _careful(lambda: book.text(locale, line.phrase, line.variation, line.args, line.part), about)


def _title(book: Book, locale: str, button: Button) -> str:
    return _careful(lambda: book.title(locale, button), button.title)


def _press(book: Book, locale: str, data: str) -> str:
    """A pressed button in plain words."""
    press = read_press(data)
    if press is None:
        return data
    if press.kind is PressKind.LANGUAGE:
        return LOCALES.get(press.name, press.name)
    if press.kind is PressKind.COMMAND and press.name == "helped":
        return _careful(lambda: book.text(locale, helped.title(press.value)), press.value)
    if press.kind is PressKind.COMMAND:
        return _careful(lambda: book.text(locale, f"command.{press.name}"), f"/{press.name}")
    title = meaning(book, locale, press.name)
    value = country_name(press.value, locale) if press.name == "inform_country" else press.value
    return f"{title}: {value}" if value else title


def _tongue(words: str, theirs: str) -> str:
    """The language to mark a person's words with: by their script, else what the person reads."""
    found = guess_by_script(words)
    return theirs if not found or found[:2] == theirs[:2] else found


def _careful(text: Callable[[], str], fallback: str) -> str:
    """The text; where a translation or the book is broken the id, for one bad line must not hide the others."""
    try:
        return text()
    except (CatalogError, KeyError, ValueError, IndexError):
        return fallback
