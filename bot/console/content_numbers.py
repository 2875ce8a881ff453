"""The pages of the directory: overdue first, one form for an entry, "checked today" with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.console.content_desk import ContentDesk, Declined, ask
from bot.console.content_entry import entry_fields, shown
from bot.console.pages import go
from bot.console.sign_in import fields
from bot.core.entry import CHANNELS, KINDS, Entry, today


@dataclass(frozen=True)
class NumberPages:
    """The directory of a draft."""

    desk: ContentDesk

    async def list(self, request: Request) -> Response:
        """Every entry, overdue ones first."""
        _, draft = await self.desk.enter(request)
        entries = await ask(self.desk.doors.numbers.all, draft)
        now = self.desk.door.clock.now()
        wanted = request.query_params.get("country", "")
        countries = sorted({entry.country for entry in entries})
        listed = [entry for entry in entries if wanted in ("", entry.country)]
        return self.desk.show(
            request, "content_numbers.html", at="numbers", entries=listed, now=now, countries=countries, chosen=wanted,
            overdue=sum(entry.overdue(now) for entry in entries),
        )  # fmt: skip

    async def one(self, request: Request) -> Response:
        """The form of one entry."""
        _, draft = await self.desk.enter(request)
        id = str(request.path_params["id"])
        found = await ask(self.desk.doors.numbers.fields, draft, id)
        entries = await ask(self.desk.doors.numbers.all, draft)
        return self._form(request, found, known=next((entry for entry in entries if entry.id == id), None))

    async def new(self, request: Request) -> Response:
        """The form of a new entry."""
        await self.desk.enter(request)
        return self._form(request, {})

    async def save(self, request: Request) -> Response:
        """Keep what the form says, as far as the schema takes it."""
        visit, draft = await self.desk.enter(request)
        id = str(request.path_params["id"])
        before = await ask(self.desk.doors.numbers.fields, draft, id)
        changes = {
            name: value
            for name, value in entry_fields(await request.form(), before).items()
            if value != before.get(name)
        }
        if not changes:
            return go(request, f"/content/{draft}/numbers/{id}?ok=saved")
        try:
            await ask(self.desk.doors.numbers.change, draft, visit.account.name, id, changes)
        except Declined as exc:
            return self._form(request, _said({**before, **changes}), 422, str(exc))
        await self.desk.door.record(visit.account.name, "entry_changed", f"{draft} {id}")
        return go(request, f"/content/{draft}/numbers/{id}?ok=saved")

    async def add(self, request: Request) -> Response:
        """A new entry."""
        visit, draft = await self.desk.enter(request)
        (id,) = await fields(request, "id")
        given = _said(entry_fields(await request.form(), {}))
        try:
            await ask(self.desk.doors.numbers.add, draft, visit.account.name, id.strip(), given)
        except Declined as exc:
            return self._form(request, given, 422, str(exc), id)
        await self.desk.door.record(visit.account.name, "entry_added", f"{draft} {id.strip()}")
        return go(request, f"/content/{draft}/numbers/{id.strip()}?ok=saved")

    async def checked(self, request: Request) -> Response:
        """The number was checked today, on the page that is named."""
        visit, draft = await self.desk.enter(request)
        id = str(request.path_params["id"])
        (source,) = await fields(request, "source")
        try:
            await ask(self.desk.doors.numbers.checked, draft, visit.account.name, id, _page(source))
        except Declined as exc:
            return self._form(request, await ask(self.desk.doors.numbers.fields, draft, id), 422, str(exc))
        await self.desk.door.record(visit.account.name, "entry_checked", f"{draft} {id}")
        return go(request, f"/content/{draft}/numbers/{id}?ok=checked")

    def _form(
        self, request: Request, given: Mapping[str, Any], status: int = 200, why: str = "", id: str = "",
        known: Entry | None = None,
    ) -> Response:  # fmt: skip
        ok = request.query_params.get("ok", "")
        return self.desk.show(
            request, "content_entry.html", status, "numbers", entry=shown(given), why=why, all_kinds=KINDS,
            channels=CHANNELS, known=known, now=self.desk.door.clock.now(),
            id=str(request.path_params.get("id", "")), typed_id=id, today=today(self.desk.door.clock.now()),
            ok=ok if ok in ("saved", "checked") else "",
        )  # fmt: skip


def _said(changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in changes.items() if value is not None}


def _page(source: str) -> str:
    """A source as it was pasted from a browser's address, without what the directory leaves out."""
    return source.strip().removeprefix("https://").removeprefix("http://").rstrip("/")
