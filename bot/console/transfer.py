"""Handing on: offers between colleagues, the supervisor's view of all hands, and what is to be looked at again."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from bot.console.auth import Door, NotAllowed, Visit
from bot.console.board import rows_of
from bot.console.forms import conversation_of, version_of, words_of
from bot.console.pages import Pages, go
from bot.console.queue import on_duty
from bot.core.account import Role
from bot.core.ports import Presence
from bot.flow.handoff import Desk
from bot.flow.transfer import Transfers
from bot.i18n import Book

MAX_NOTE = 4096


@dataclass(frozen=True)
class Handing:
    """What changes hands."""

    door: Door
    desk: Desk
    pages: Pages
    book: Book

    @property
    def transfers(self) -> Transfers:
        """What the actions do."""
        return Transfers(self.desk)

    async def offer(self, request: Request) -> Response:
        """Offer to a colleague who is on duty now; it stays here until they accept."""
        visit = await self.door.enter_desk(request)
        to = await self._present(request)
        if to is None or to.operator == visit.account.name:
            return self.pages.tell(request, "not_here", 409)
        id, note = conversation_of(request), await words_of(request, "note", MAX_NOTE)
        await self.transfers.offer(visit.operator, id, to, await version_of(request), note)
        return go(request, f"/conversations/{id}")

    async def accept(self, request: Request) -> Response:
        """Take what a colleague offers."""
        visit = on_duty(await self.door.enter_desk(request))
        id = conversation_of(request)
        await self.transfers.accept(visit.operator, id, await version_of(request))
        return go(request, f"/conversations/{id}")

    async def refuse(self, request: Request) -> Response:
        """Refuse what a colleague offers."""
        visit = await self.door.enter_desk(request)
        await self.transfers.refuse(visit.operator, conversation_of(request), await version_of(request))
        return go(request, "/?told=refused")

    async def recall(self, request: Request) -> Response:
        """Take one's own offer back."""
        visit = await self.door.enter_desk(request)
        id = conversation_of(request)
        await self.transfers.refuse(visit.operator, id, await version_of(request))
        return go(request, f"/conversations/{id}")

    async def hands(self, request: Request) -> Response:
        """For supervisors: who is on duty, what each holds, who waits; to be given to somebody else."""
        visit = await self._supervisor(request)
        held = await self.desk.queue.held()
        waiting = (await self.desk.queue.waiting())[:60]
        return self.pages.show(
            request,
            "hands.html",
            present=await self.desk.duty.present(self.desk.clock.now()),
            loads={name: sum(r.operator == name for r in held) for name in {r.operator for r in held}},
            held=await rows_of(self.desk, self.book, visit.account, held),
            waiting=await rows_of(self.desk, self.book, visit.account, waiting),
            told="reassigned" if request.query_params.get("told") == "reassigned" else "",
        )

    async def reassign(self, request: Request) -> Response:
        """From wherever it is to somebody on duty, or to the queue."""
        visit = await self._supervisor(request)
        to = await self._present(request)
        if to is None and (await request.form()).get("to", "") != "":
            return self.pages.tell(request, "not_here", 409)
        await self.transfers.reassign(visit.operator, conversation_of(request), to, await version_of(request))
        return go(request, "/hands?told=reassigned")

    async def followed(self, request: Request) -> Response:
        """A closed conversation was looked at again."""
        visit = await self.door.enter_desk(request)
        await self.desk.queue.followed(visit.account.name, conversation_of(request), self.desk.clock.now())
        return go(request, "/")

    async def _supervisor(self, request: Request) -> Visit:
        visit = await self.door.enter_desk(request)
        if visit.account.role is not Role.SUPERVISOR:
            raise NotAllowed
        return visit

    async def _present(self, request: Request) -> Presence | None:
        """Whom the form names, if they are on duty."""
        name = str((await request.form()).get("to", ""))
        present = await self.desk.duty.present(self.desk.clock.now())
        return next((presence for presence in present if presence.operator == name), None)
