"""Turns values into pages, in the operator's language; everything shown is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from babel.dates import format_timedelta
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.console.auth import Visit
from bot.console.texts import count_out, fill, speaker
from bot.core.language import DEFAULT_LOCALE, LOCALES, read_tag
from bot.core.ports import Clock
from bot.i18n import Book, country_name, language_name

TEMPLATES = Path(__file__).parent / "templates"


class Pages:
    """Renders templates."""

    def __init__(self, book: Book, clock: Clock, standing: Mapping[str, object] | None = None) -> None:
        """`standing` is what templates may read on every page."""
        self._book = book
        self._clock = clock
        self._standing = dict(standing or {})
        self._env = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def show(
        self,
        request: Request,
        template: str,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> HTMLResponse:
        """A page or a part of one."""
        visit: Visit | None = getattr(request.state, "visit", None)
        locale = visit.account.locale if visit else getattr(request.state, "locale", "") or _asked(request)
        known = self._known(locale) | self._standing | {"visit": visit, "locale": locale, "locales": LOCALES} | values
        return HTMLResponse(self._env.get_template(template).render(known), status, headers)

    def tell(self, request: Request, code: str, status: int, **values: object) -> Response:
        """A message in place of what was asked for; where htmx asked, into the page's alert."""
        if is_part(request):
            into = {"HX-Retarget": "#alert", "HX-Reswap": "innerHTML"}
            return self.show(request, "_alert.html", status, into, code=code, values=values)
        return self.show(request, "told.html", status, code=code, values=values)

    def _known(self, locale: str) -> dict[str, object]:
        """What every template may call."""
        return {
            "_": speaker(self._book, locale),
            "_n": count_out,
            "fill": fill,
            "tag": lambda code: code.replace("_", "-"),
            "language": lambda code: language_name(code, locale),
            "tongues": lambda codes: ", ".join(language_name(code, locale) for code in codes),
            "country": lambda code: country_name(code, locale),
            "left": lambda until: _left(until - self._clock.now(), locale),
            "ago": lambda since: _ago(self._clock.now() - since, locale),
            "lasting": lambda passed: _lasting(passed, locale),
            "stamp": lambda at: datetime.fromtimestamp(at / 1000, UTC),
        }


def is_part(request: Request) -> bool:
    """Whether htmx asks for a part of a page."""
    return request.headers.get("hx-request") == "true"


def go(request: Request, url: str) -> Response:
    """Send the browser elsewhere, also from within a part."""
    if is_part(request):
        return Response(status_code=204, headers={"HX-Redirect": url})
    return RedirectResponse(url, 303)


def json(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON for our own script."""
    return Response(text, status, headers, "application/json")


def _asked(request: Request) -> str:
    """The locale of a browser nobody signed in with."""
    tags = (part.partition(";")[0].strip() for part in request.headers.get("accept-language", "").split(","))
    return next(filter(None, map(read_tag, tags)), DEFAULT_LOCALE)


def _left(ms: int, locale: str) -> str:
    """How long is left: in seconds while it is little."""
    seconds = max(ms // 1000, 0)
    if seconds > 120:
        seconds -= seconds % 60
    return format_timedelta(timedelta(seconds=seconds), granularity="second", threshold=2, locale=locale)


def _lasting(passed: int, locale: str) -> str:
    """How long something took, in one unit."""
    return format_timedelta(timedelta(milliseconds=passed), threshold=1.5, locale=locale)


def _ago(passed: int, locale: str) -> str:
    """How long, in one unit a person can compare at a glance."""
    minutes = max(passed // 60_000, 0)
    return format_timedelta(timedelta(minutes=minutes), granularity="minute", threshold=2, locale=locale)
