"""The pages of drafts: begun, seen sentence by sentence, checked, brought up to date, taken in, discarded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from bot.console.content_desk import ContentDesk, Declined, ask
from bot.console.pages import go
from bot.console.sign_in import fields
from bot.core.account import CONTENT_ROLES
from bot.core.content.difference import difference

# More changes than this are not shown at once.
MOST = 300
_SENTENCE = re.compile(r"(nlu_data/nlu/\S+\.yml:\d+): ")
_TEXT = re.compile(r"locales/(\w+)/LC_MESSAGES/messages\.po(?::\d+)?: ([\w.-]+(?:/[\w.-]+)?)")
_ENTRY = re.compile(r"nlu_data/directory\.yml:\d+: entries\.([a-z0-9-]+)")
_ANSWER = re.compile(r"nlu_data/domain\.yml:\d+: (utter_\w+)")


@dataclass(frozen=True)
class DraftPages:
    """Drafts."""

    desk: ContentDesk

    async def list(self, request: Request) -> Response:
        """All drafts, and the form to begin one."""
        await self.desk.enter(request)
        return await self._list(request)

    async def open(self, request: Request) -> Response:
        """Begin a draft."""
        visit, _ = await self.desk.enter(request)
        (name,) = await fields(request, "name")
        try:
            await ask(self.desk.doors.drafts.open, name.strip(), visit.account.name)
        except Declined as exc:
            return await self._list(request, 422, str(exc), name)
        await self.desk.door.record(visit.account.name, "draft_opened", name.strip())
        return go(request, f"/content/{name.strip()}")

    async def show(self, request: Request) -> Response:
        """One draft: what it changes, sentence by sentence."""
        _, name = await self.desk.enter(request)
        return await self._show(request, name)

    async def check(self, request: Request) -> Response:
        """What every content check finds."""
        _, name = await self.desk.enter(request)
        found = await ask(self.desk.doors.drafts.check, name)
        return self._findings(request, name, found)

    async def merge_form(self, request: Request) -> Response:
        """What bringing up to date would ask."""
        _, name = await self.desk.enter(request)
        draft = await ask(self.desk.doors.drafts.find, name)
        return self.desk.show(request, "content_merge.html", at="merge", one=draft, clashes=())

    async def merge(self, request: Request) -> Response:
        """Bring the live content in, as it was chosen."""
        visit, name = await self.desk.enter(request)
        form = await request.form()
        choices = {key[7:]: str(value) for key, value in form.items() if key.startswith("choose-") and value}
        clashes = await ask(self.desk.doors.drafts.refresh, name, visit.account.name, choices)
        draft = await ask(self.desk.doors.drafts.find, name)
        if clashes:
            return self.desk.show(request, "content_merge.html", 409, "merge", one=draft, clashes=clashes)
        await self.desk.door.record(visit.account.name, "draft_refreshed", name)
        return self.desk.show(request, "content_merge.html", at="merge", one=draft, clashes=(), ok="merged")

    async def land(self, request: Request) -> Response:
        """Take a draft into the content, if every check passes."""
        page = f"/content/{request.path_params['draft']}/merge"
        await self.desk.enter(request)
        visit = await self.desk.door.step_up(request, CONTENT_ROLES, page)
        name = str(request.path_params["draft"])
        found = await ask(self.desk.doors.drafts.land, name, visit.account.name)
        if found:
            return self._findings(request, name, found, 409)
        await self.desk.door.record(visit.account.name, "draft_landed", name)
        return go(request, "/content?ok=landed")

    async def discard(self, request: Request) -> Response:
        """End a draft unused, where its name was typed again."""
        visit, name = await self.desk.enter(request)
        (again,) = await fields(request, "again")
        if again.strip() != name:
            return await self._show(request, name, 422, "name_differs")
        await ask(self.desk.doors.drafts.discard, name)
        await self.desk.door.record(visit.account.name, "draft_discarded", name)
        return go(request, "/content?ok=discarded")

    async def publish(self, request: Request) -> Response:
        """How the draft gets to the people who write."""
        _, name = await self.desk.enter(request)
        draft = await ask(self.desk.doors.drafts.find, name)
        return self.desk.show(request, "content_publish.html", at="publish", one=draft)

    async def _list(self, request: Request, status: int = 200, why: str = "", name: str = "") -> Response:
        drafts = await ask(self.desk.doors.drafts.all)
        ok = request.query_params.get("ok", "")
        return self.desk.show(
            request, "content_drafts.html", status, drafts=drafts, why=why, name=name,
            ok=ok if ok in ("landed", "discarded") else "",
        )  # fmt: skip

    async def _show(self, request: Request, name: str, status: int = 200, code: str = "") -> Response:
        draft = await ask(self.desk.doors.drafts.find, name)
        changes = await ask(self.desk.doors.drafts.changes, name)
        shown = [(one, difference(one.before, one.after)) for one in changes[:MOST]]
        return self.desk.show(
            request, "content_draft.html", status, "changes", one=draft, changes=shown, count=len(changes), code=code
        )

    def _findings(self, request: Request, name: str, found: object, status: int = 200) -> Response:
        lines = [str(line) for line in found] if isinstance(found, list | tuple) else []
        linked = [(line, link(name, line)) for line in lines[:MOST]]
        return self.desk.show(request, "content_check.html", status, "check", found=linked, count=len(lines))


def link(draft: str, problem: str) -> str:
    """The page to mend a problem on; "" for a file no page changes."""
    where = f"/content/{draft}"
    if found := _SENTENCE.match(problem):
        return f"{where}/sentence?place={quote(found[1])}"
    if found := _TEXT.match(problem):
        return f"{where}/texts/{found[1]}?q={quote(found[2].rstrip(':'))}"
    if found := _ENTRY.match(problem):
        return f"{where}/numbers/{found[1]}"
    if found := _ANSWER.match(problem):
        return f"{where}/texts/en?q={quote(found[1])}"
    return ""
