"""The console's own sentences: written whole in the templates as ``_("…")``, looked up in the book.

They stand in the catalogs under one context, so that "Close" of the console and a word of the assistant never mix.
``_`` takes the sentence and nothing else, so that Babel's extractor for Jinja finds every one; names and numbers
are filled in around it: ``fill(_("asked {time} ago"), time=…)``, ``_n(_("One waits."), _("{count} wait."), count)``.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.i18n import Book

CONTEXT = "console"


def speaker(book: Book, locale: str) -> Callable[[str], str]:
    """``_`` for a language."""

    def speak(english: str) -> str:
        return book.translate(locale, CONTEXT, english)

    return speak


def fill(text: str, **values: object) -> str:
    """Fill ``{names}`` in; a broken translation is shown as it stands, for it must not cost the page."""
    try:
        return text.format(**{name: str(value) for name, value in values.items()})
    except (KeyError, IndexError, ValueError, AttributeError):
        return text


def count_out(one: str, many: str, count: int) -> str:
    """``_n``: one sentence for one, another for any other number, as ``{count}``."""
    return fill(one if count == 1 else many, count=count)
