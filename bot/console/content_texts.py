"""The pages of answers and phrases: coverage, English and translation side by side, one text with its review."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.auth import NotAllowed, Visit
from bot.console.content_desk import ContentDesk, Declined, ask
from bot.console.content_ports import English, Translation
from bot.console.gates import hashed
from bot.console.pages import go, is_part
from bot.console.sign_in import fields
from bot.core.content.difference import difference
from bot.core.language import DEFAULT_LOCALE, LOCALES, speech

PAGE = 40
# Where a text may stand, by the name of its standing.
STANDINGS = ("MISSING", "DRAFT", "CHANGED", "REVIEWED")
_HOLES = re.compile(r"\{\w+\}")


@dataclass(frozen=True)
class Text:
    """One text as the pages show it. `one` is what the door gave, None in English."""

    context: str
    english: str
    text: str
    standing: str
    notes: tuple[str, ...]
    one: Translation | None = None
    conditions: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        """What addresses name it by."""
        return hashed(self.context, self.english if self.one else "")[:16]

    @property
    def holes(self) -> list[str]:
        """The placeholders that must stay."""
        return list(dict.fromkeys(_HOLES.findall(self.english)))

    @property
    def answer(self) -> bool:
        """Whether the assistant says it, so that it can be previewed."""
        return self.context.startswith("utter_")

    def has(self, wanted: str) -> bool:
        """Whether a search finds it."""
        return any(wanted in part.casefold() for part in (self.context, self.english, self.text))


@dataclass(frozen=True)
class TextPages:
    """Answers and phrases."""

    desk: ContentDesk

    async def coverage(self, request: Request) -> Response:
        """How far each language is."""
        _, draft = await self.desk.enter(request)
        rows = {}
        for locale in LOCALES:
            found = await self._texts(draft, locale)
            rows[locale] = (len(found), Counter(one.standing for one in found))
        return self.desk.show(request, "content_coverage.html", at="texts", rows=rows, standings=STANDINGS)

    async def list(self, request: Request) -> Response:
        """The texts of a language, English beside translation, filtered."""
        _, draft = await self.desk.enter(request)
        locale = _locale(request)
        query = request.query_params
        standing, wanted = query.get("standing", ""), query.get("q", "").strip()
        every = await self._texts(draft, locale)
        found = [one for one in every if standing in ("", one.standing) and (not wanted or one.has(wanted.casefold()))]
        found.sort(key=lambda one: not (one.one and one.one.first))
        page = int(query["page"]) if query.get("page", "").isdecimal() and len(query["page"]) < 6 else 1
        return self.desk.show(
            request, "content_texts.html", at="texts", target=locale, found=found[PAGE * (page - 1) : PAGE * page],
            count=len(found), page=page, more=len(found) > PAGE * page, standing=standing, q=wanted,
            standings=STANDINGS,
        )  # fmt: skip

    async def one(self, request: Request) -> Response:
        """One text: to word, to approve, as a person sees it."""
        await self.desk.enter(request)
        return await self._one(request)

    async def save(self, request: Request) -> Response:
        """Word it anew; what was typed stays on the page where it is refused."""
        visit, draft = await self.desk.enter(request)
        locale, found = _locale(request), await self._find(request)
        typed, before = (part.replace("\r\n", "\n").strip() for part in await fields(request, "text", "before"))
        texts, author = self.desk.doors.texts, visit.account.name
        try:
            if found.one is None:
                await ask(texts.word_english, draft, author, found.context, typed, before)
            else:
                await ask(texts.word, draft, author, locale, found.one, typed, _as_kept(before, found.text))
        except Declined as exc:
            return await self._one(request, 422, typed, why=str(exc))
        await self.desk.door.record(author, "text_changed", f"{draft} {locale} {found.context}")
        return go(request, f"{request.url.path}?ok=saved")

    async def approve(self, request: Request) -> Response:
        """A reader of the language says that the text as shown is right."""
        visit, draft = await self.desk.enter(request)
        locale, found = _locale(request), await self._find(request)
        if found.one is None or not _may_review(visit, locale):
            raise NotAllowed
        (before,) = await fields(request, "before")
        seen = _as_kept(before.replace("\r\n", "\n").strip(), found.text)
        try:
            await ask(self.desk.doors.texts.approve, draft, visit.account.name, locale, found.one, seen)
        except Declined as exc:
            return await self._one(request, 422, why=str(exc))
        await self.desk.door.record(visit.account.name, "text_approved", f"{draft} {locale} {found.context}")
        return go(request, f"/content/{draft}/texts/{locale}/{found.id}?ok=approved")

    async def preview(self, request: Request) -> Response:
        """An answer as the message a person sees, in Telegram and in the web chat."""
        _, draft = await self.desk.enter(request)
        locale, found = _locale(request), await self._find(request)
        if not found.answer:
            raise HTTPException(404)
        country = request.query_params.get("country", "")
        english = await ask(self.desk.doors.texts.english, draft)
        countries = sorted({value for one in english for name, value in one.conditions if name == "country"})
        country = country if country in countries else ""
        shown = await ask(self.desk.doors.texts.preview, draft, found.context, locale, country)
        template = "_content_preview.html" if is_part(request) else "content_preview.html"
        return self.desk.show(
            request,
            template,
            at="texts",
            target=locale,
            one=found,
            shown=shown,
            countries=countries,
            chosen=country,
            heading="h3" if is_part(request) else "h2",
        )

    async def _texts(self, draft: str, locale: str) -> Sequence[Text]:
        if locale == DEFAULT_LOCALE:
            return [_english(one) for one in await ask(self.desk.doors.texts.english, draft)]
        return [_text(one) for one in await ask(self.desk.doors.texts.translations, draft, locale)]

    async def _find(self, request: Request) -> Text:
        draft, id = str(request.path_params["draft"]), str(request.path_params["id"])
        found = next((one for one in await self._texts(draft, _locale(request)) if one.id == id), None)
        if found is None:
            raise HTTPException(404)
        return found

    async def _one(self, request: Request, status: int = 200, typed: str | None = None, why: str = "") -> Response:
        visit, draft = request.state.visit, str(request.path_params["draft"])
        locale, found = _locale(request), await self._find(request)
        since = None
        if found.one is not None and found.standing == "CHANGED":
            was = await ask(self.desk.doors.texts.reviewed, draft, found.one)
            since = was and (difference(was[0], found.english), difference(was[1], found.text))
        ok = request.query_params.get("ok", "")
        return self.desk.show(
            request, "content_text.html", status, "texts", target=locale, one=found, why=why, since=since,
            typed=found.text if typed is None else typed, may_review=_may_review(visit, locale),
            problems=found.one.problems() if found.one and found.text else (),
            ok=ok if ok in ("saved", "approved") else "",
        )  # fmt: skip


def _locale(request: Request) -> str:
    locale = str(request.path_params["locale"])
    if locale not in LOCALES:
        raise HTTPException(404)
    return locale


def _may_review(visit: Visit, locale: str) -> bool:
    """Only who reads a language can say that a text in it is right."""
    return speech(locale) in visit.account.languages


def _as_kept(before: str, kept: str) -> str:
    """What the writer saw, with the space around it that a form does not carry."""
    return kept if before == kept.strip() else before


def _text(one: Translation) -> Text:
    return Text(one.context, one.english, one.text, one.standing.name, tuple(one.hints), one)


def _english(one: English) -> Text:
    notes = (one.note,) if one.note else ()
    return Text(one.about, one.text, one.text, "REVIEWED", notes, None, tuple(one.conditions))
