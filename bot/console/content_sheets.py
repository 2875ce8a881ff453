"""Sheets: sentences and texts out as CSV and XLSX, and back in, with errors by sheet, row and column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.auth import Visit
from bot.console.content_desk import ContentDesk, Declined, ask
from bot.core.account import CONTENT_ROLES
from bot.core.content.sentences import LANGUAGES
from bot.core.content.sheets import Problem, SheetError
from bot.core.language import DEFAULT_LOCALE, LOCALES, speech

# The largest body of an upload, and how many sentences one may change without a fresh confirmation.
MAX_UPLOAD = 5 * 1024 * 1024
MANY = 50
MOST_PROBLEMS = 200
SENTENCES = "sentences"
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class SheetPages:
    """Sheets of a draft."""

    desk: ContentDesk

    async def page(self, request: Request) -> Response:
        """What can be downloaded, and the form to upload."""
        await self.desk.enter(request)
        return self._page(request)

    async def download(self, request: Request) -> Response:
        """A sheet of sentences of one language or all, or of the texts of a language."""
        _, draft = await self.desk.enter(request)
        what, which, kind = (str(request.path_params[name]) for name in ("what", "which", "kind"))
        if kind not in KINDS:
            raise HTTPException(404)
        if what == SENTENCES and which in (*LANGUAGES, "all"):
            languages = LANGUAGES if which == "all" else (which,)
            data = await ask(self.desk.doors.sentences.sheet, draft, kind, languages)
        elif what == "texts" and which in LOCALES and which != DEFAULT_LOCALE:
            data = await ask(self.desk.doors.texts.sheet, draft, kind, which)
        else:
            raise HTTPException(404)
        name = f"{what}-{which}.{kind}"
        return Response(data, headers={"Content-Disposition": f'attachment; filename="{name}"'}, media_type=KINDS[kind])

    async def upload(self, request: Request) -> Response:
        """Take a sheet in, all of it or nothing."""
        visit, draft = await self.desk.enter(request)
        form = await request.form()
        sheet, what = form.get("sheet"), str(form.get("what", SENTENCES))
        if not isinstance(sheet, UploadFile) or not sheet.filename:
            return self._page(request, 422, what, "sheet_none")
        name, data = sheet.filename[:80], await sheet.read()
        await form.close()
        try:
            counts = await self._take_in(request, visit, draft, what, name, data)
        except SheetError as exc:
            return self._page(request, 422, what, "sheet_bad", problems=exc.problems)
        except Declined as exc:
            return self._page(request, 422, what, why=str(exc))
        detail = " ".join(f"{key} {count}" for key, count in sorted(counts.items()))
        await self.desk.door.record(visit.account.name, "sheet_taken_in", f"{draft} {what} {detail}")
        return self._page(request, what=what, counts=counts)

    async def _take_in(
        self, request: Request, visit: Visit, draft: str, what: str, name: str, data: bytes
    ) -> Counter[str]:
        page, author = f"/content/{draft}/sheets", visit.account.name
        if what == SENTENCES:
            if await ask(self.desk.doors.sentences.count, draft, name, data) > MANY:
                await self.desk.door.step_up(request, CONTENT_ROLES, page)
            return await ask(self.desk.doors.sentences.take_in, draft, author, name, data)
        if what not in LOCALES or what == DEFAULT_LOCALE:
            raise HTTPException(404)
        await self.desk.door.step_up(request, CONTENT_ROLES, page)
        reviewer = author if speech(what) in visit.account.languages else ""
        return await ask(self.desk.doors.texts.take_in, draft, author, what, name, data, reviewer)

    def _page(
        self, request: Request, status: int = 200, what: str = SENTENCES, code: str = "",
        problems: Sequence[Problem] = (), counts: Counter[str] | None = None, why: str = "",
    ) -> Response:  # fmt: skip
        return self.desk.show(
            request, "content_sheets.html", status, "sheets", what=what, code=code, counts=counts or {}, why=why,
            problems=problems[:MOST_PROBLEMS], count=len(problems), languages=LANGUAGES, many=MANY,
            targets=[locale for locale in LOCALES if locale != DEFAULT_LOCALE], took=counts is not None,
        )  # fmt: skip
