"""The one page: its language, its texts, and the template they go into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels.web.inbound import spoken
from bot.channels.web.outbound import tag
from bot.core.language import LOCALES, pick_locale, read_tag
from bot.core.message import MAX_TEXT
from bot.i18n import Book

HERE = Path(__file__).parent


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )


@dataclass(frozen=True)
class Page:
    """What is the same for everyone who opens the page. `name` is neutral: it stands in the tab and in histories."""

    book: Book
    name: str
    exit_url: str
    retention_days: int
    hours: str = ""
    _templates: Environment = field(default_factory=_environment)

    def render(self, locale: str, *, resumes: bool) -> str:
        """The page in a language; `resumes` whether there is a conversation to show."""
        template = self._templates.get_template("page.html")
        return template.render(
            text=partial(self._text, locale),
            name=self.name,
            exit_url=self.exit_url,
            hours=self.hours,
            locale=locale,
            locales=LOCALES,
            tag=tag,
            resumes=resumes,
            max_text=MAX_TEXT,
        )

    def _text(self, locale: str, phrase: str) -> str:
        return self.book.text(locale, phrase, "", {"days": self.retention_days, "hours": self.hours})


def locale_of(query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """The page's language: asked for by ``?lang=``, else the browser's."""
    return pick_locale(read_tag(query.get("lang", "")), "", spoken(headers.get("accept-language", "")))
