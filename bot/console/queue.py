"""The desk's first page: who waits, what one holds, being on duty."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from bot.console.accounts import LANGUAGES
from bot.console.auth import Door, Visit
from bot.console.board import Board, look
from bot.console.pages import Pages, go
from bot.core.errors import HelplineError
from bot.flow.handoff import Desk
from bot.i18n import Book

# What a page may be told by its address; anything else is not shown.
_TOLD = frozenset({"nobody_waits", "released", "closed", "given_back", "refused"})


class OffDuty(HelplineError):
    """Only who is on duty takes conversations: nobody would keep the claim alive."""


@dataclass(frozen=True)
class Queue:
    """The queue and the operator's presence."""

    door: Door
    desk: Desk
    pages: Pages
    book: Book

    async def page(self, request: Request) -> Response:
        """Everything at a glance; who has no business with conversations is told so."""
        visit = await self.door.enter_desk(request)
        told = request.query_params.get("told", "")
        return self.pages.show(
            request,
            "queue.html",
            board=await self._board(visit),
            present=await self.desk.duty.present(self.desk.clock.now()),
            languages=LANGUAGES,
            told=told if told in _TOLD else "",
        )

    async def rows(self, request: Request) -> Response:
        """The rows alone, for a page that heard something changed."""
        visit = await self.door.enter_desk(request, touch=False)
        present = await self.desk.duty.present(self.desk.clock.now())
        return self.pages.show(request, "_rows.html", board=await self._board(visit), present=present)

    async def strip(self, request: Request) -> Response:
        """The line on top of a conversation: how many wait, and what else one holds."""
        visit = await self.door.enter_desk(request, touch=False)
        return self.pages.show(request, "_strip.html", board=await self._board(visit))

    async def duty(self, request: Request) -> Response:
        """Go on duty or off; off duty, everything held goes back to the queue."""
        visit = await self.door.enter_desk(request)
        on_duty = (await request.form()).get("on_duty") == "yes"
        await self.door.duty(visit, on_duty)
        await (self.desk.arrive if on_duty else self.desk.leave)(visit.operator)
        return go(request, "/")

    async def languages(self, request: Request) -> Response:
        """Change the languages one speaks; the queue offers those first."""
        visit = await self.door.enter_desk(request)
        chosen = {str(value) for value in (await request.form()).getlist("language")}
        account = replace(visit.account, languages=tuple(code for code in LANGUAGES if code in chosen))
        await self.door.accounts.save(visit.account, account)
        if visit.session.on_duty:
            await self.desk.arrive(replace(visit, account=account).operator)
        return go(request, "/")

    async def next(self, request: Request) -> Response:
        """Take whoever is first."""
        visit = on_duty(await self.door.enter_desk(request))
        taken = await self.desk.claim_next(visit.operator)
        return go(request, f"/conversations/{taken.conversation}" if taken else "/?told=nobody_waits")

    async def _board(self, visit: Visit) -> Board:
        return await look(self.desk, self.book, visit.account)


def on_duty(visit: Visit) -> Visit:
    """The visit, if its operator is on duty here; raises OffDuty."""
    if not visit.session.on_duty:
        raise OffDuty
    return visit
