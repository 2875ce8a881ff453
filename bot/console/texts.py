"""The console's own sentences: written whole in the templates as ``_("…")``, looked up in the book.

They stand in the catalogs under one context, so that "Close" of the console and a word of the assistant never mix.
``babel.cfg`` reads the templates through `extract`:

    [extractors]
    console = bot.console.texts:extract
    [console: bot/console/templates/**.html]
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import BinaryIO

from jinja2.ext import babel_extract

from bot.i18n import Book

CONTEXT = "console"
Speak = Callable[..., str]


def speaker(book: Book, locale: str) -> Speak:
    """``_`` for a language: the sentence translated, its ``{names}`` filled."""

    def speak(english: str, **values: object) -> str:
        text = book.translate(locale, CONTEXT, english)
        filling = {name: str(value) for name, value in values.items()}
        try:
            return text.format(**filling) if filling else text
        except (KeyError, IndexError, ValueError):
            return english.format(**filling)  # a broken translation costs its language, not the page

    return speak


def counter(speak: Speak) -> Speak:
    """``_n``: one sentence for one, another for any other number, as ``{count}``."""

    def count_out(one: str, many: str, count: int) -> str:
        return speak(one if count == 1 else many, count=count)

    return count_out


def extract(
    fileobj: BinaryIO,
    keywords: Mapping[str, object],
    comment_tags: Collection[str],
    options: Mapping[str, str],
) -> Iterator[tuple[int, str, tuple[str, str], list[str]]]:
    """Babel's extractor: each sentence of a template as ``pgettext`` with the console's context."""
    found = babel_extract(fileobj, ("_", "_n"), list(comment_tags), {"silent": "false", **options})
    for line, _, message, comments in found:
        parts = message if isinstance(message, tuple) else (message,)
        for text in filter(None, parts):
            yield line, "pgettext", (CONTEXT, text), comments
