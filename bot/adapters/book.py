"""The book of phrases with the directory's numbers in it."""

from __future__ import annotations

import gettext
from collections.abc import Mapping, Sequence

from bot import i18n
from bot.core.directory import Directory
from bot.core.message import Arg
from bot.core.numbers import numbers_text
from bot.core.ports import Clock


def make_book(
    catalogs: Mapping[str, gettext.NullTranslations],
    answers: Sequence[i18n.Answer],
    directory: Directory,
    clock: Clock,
    standing: Mapping[str, Arg],
) -> i18n.Book:
    """Every phrase in every language; `standing` fills what is the same for everyone."""
    book: i18n.Book

    def text(locale: str, phrase: str, args: dict[str, Arg]) -> str:
        return book.text(locale, phrase, "", args)

    def name(locale: str, english: str) -> str:
        return book.translate(locale, "directory", english)

    book = i18n.Book(catalogs, answers, numbers_text(directory, clock, text, name), standing)
    return book
