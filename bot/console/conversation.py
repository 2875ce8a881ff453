"""One conversation on the page: reading it, and everything its operator does. Each action asks the desk, which
checks who holds it; a page left open too long can only be refused.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.auth import Door, Visit
from bot.console.board import code, concerns, look
from bot.console.forms import version_of, words_of
from bot.console.pages import Pages, go, is_part
from bot.console.phrasebook import PhraseBook
from bot.console.ports import Drafts, Journal
from bot.console.queue import on_duty
from bot.console.transcript import Shown, shown, sign
from bot.core.account import Role
from bot.core.conversation import Conversation, State
from bot.core.errors import HelplineError, Stale, StoreUnavailable
from bot.core.handoff import HOUR, HandoffRequest
from bot.core.media import MediaFiles
from bot.core.message import Author, Channel, Line
from bot.core.ports import Audit
from bot.flow.handoff import MAX_REPLY, Desk

# How many lines a page shows before somebody asks for the rest.
RECENT = 100
MAX_NOTE = 4096
DAY = 24 * HOUR
# Why a conversation was closed; goes to the audit, so it is a word of ours, never the operator's own.
REASONS = ("answered", "referred", "silent", "other")
# In how many days a closed conversation can be looked at again.
FOLLOW_UPS = (1, 3, 7, 14)


class NotOpen(HelplineError):
    """Neither waiting nor the operator's own: not theirs to read."""


class BadText(HelplineError):
    """Nothing was written, or too much."""


@dataclass(frozen=True)
class Sight:
    """What an operator may see of a conversation, and whether it is theirs to act on."""

    conversation: Conversation
    request: HandoffRequest | None
    mine: bool

    @property
    def id(self) -> str:
        """The conversation's id."""
        return self.conversation.id

    @property
    def code(self) -> str:
        """What operators call it."""
        return code(self.conversation.id)


@dataclass(frozen=True)
class Conversing:
    """The pages and actions of one conversation."""

    door: Door
    desk: Desk
    pages: Pages
    phrases: PhraseBook
    journal: Journal
    files: MediaFiles
    drafts: Drafts

    async def page(self, request: Request) -> Response:
        """The whole page. A supervisor's look at another's conversation is audited."""
        visit, sight = await self._open(request)
        await self.note_look(visit, sight)
        present = await self.desk.duty.present(self.desk.clock.now())
        values = {**await self._lines(request, visit, sight), **await self._term(visit, sight)}
        board = await look(self.desk, self.phrases.book, visit.account)
        return self.pages.show(
            request,
            "conversation.html",
            **values,
            board=board,
            notes=await self.desk.conversations.notes(sight.id),
            **self._phrases(visit, sight, "", ""),
            drafts=await self._drafts(visit, sight),
            signs=self._signs(visit, sight),
            colleagues=[p for p in present if p.operator != visit.account.name],
            reasons=REASONS,
            follow_ups=FOLLOW_UPS,
            gone=False,
            max_reply=MAX_REPLY,
            max_note=MAX_NOTE,
        )

    async def lines(self, request: Request) -> Response:
        """The transcript alone."""
        visit, sight = await self._open(request, touch=False)
        return self.pages.show(request, "_lines.html", **await self._lines(request, visit, sight))

    async def term(self, request: Request) -> Response:
        """How the hand-off stands: a first reply that is due, an open offer, or that it was lost meanwhile."""
        visit, sight = await self._open(request, touch=False)
        gone = request.query_params.get("mine") == "1" and not sight.mine
        return self.pages.show(request, "_term.html", sight=sight, **await self._term(visit, sight), gone=gone)

    async def notes(self, request: Request) -> Response:
        """The notes alone."""
        _, sight = await self._open(request, touch=False)
        return self.pages.show(request, "_notes.html", notes=await self.desk.conversations.notes(sight.id))

    async def phrase_list(self, request: Request) -> Response:
        """The phrase book, searched; previews are in the person's language."""
        visit, sight = await self._open(request)
        words, subject = request.query_params.get("q", ""), request.query_params.get("subject", "")
        return self.pages.show(request, "_phrases.html", sight=sight, **self._phrases(visit, sight, words, subject))

    async def claim(self, request: Request) -> Response:
        """Take it; raises Conflict where somebody was faster."""
        visit = on_duty(await self.door.enter_desk(request))
        await self.desk.claim(visit.operator, _id(request), await version_of(request))
        return go(request, f"/conversations/{_id(request)}")

    async def reply(self, request: Request) -> Response:
        """Send the operator's own words."""
        visit = await self.door.enter_desk(request)
        await self.desk.reply(visit.operator, _id(request), await _words(request, MAX_REPLY), await claim_of(request))
        await self._forget_draft(visit, _id(request), "reply")
        return await self._after(request, visit)

    async def say(self, request: Request) -> Response:
        """Send a phrase of the book, in the person's language."""
        visit, sight = await self._open(request)
        form = await request.form()
        phrase, variation = str(form.get("phrase", "")), str(form.get("variation", ""))
        args = self.phrases.args(phrase, variation, sight.conversation)
        if args is None:
            raise BadText
        await self.desk.say(visit.operator, sight.id, phrase, variation, args, await claim_of(request))
        return await self._after(request, visit)

    async def withdraw(self, request: Request) -> Response:
        """Take a line back that has not left yet."""
        visit = await self.door.enter_desk(request)
        outbound = str((await request.form()).get("outbound", ""))
        if not await self.desk.withdraw(visit.operator, _id(request), outbound):
            return self.pages.tell(request, "too_late", 409)
        return await self._after(request, visit)

    async def note(self, request: Request) -> Response:
        """Keep a note for colleagues."""
        visit = await self.door.enter_desk(request)
        id = _id(request)
        await self.desk.note(visit.operator, id, await _words(request, MAX_NOTE))
        await self._forget_draft(visit, id, "note")
        if not is_part(request):
            return go(request, f"/conversations/{id}")
        sent = {"HX-Trigger": "sent"}
        return self.pages.show(request, "_notes.html", 200, sent, notes=await self.desk.conversations.notes(id))

    async def give_back(self, request: Request) -> Response:
        """Back to the queue, at its old place."""
        visit = await self.door.enter_desk(request)
        note = await words_of(request, "note", MAX_NOTE)
        await self.desk.give_back(visit.operator, _id(request), await version_of(request), note)
        return go(request, "/?told=given_back")

    async def release(self, request: Request) -> Response:
        """Back to the assistant."""
        visit = await self.door.enter_desk(request)
        await self.desk.release(visit.operator, _id(request), await version_of(request))
        return go(request, "/?told=released")

    async def close(self, request: Request) -> Response:
        """End it, perhaps to be looked at again."""
        visit = await self.door.enter_desk(request)
        form = await request.form()
        reason, days = str(form.get("reason", "")), str(form.get("follow_up", ""))
        await self.desk.close(
            visit.operator,
            _id(request),
            reason if reason in REASONS else "other",
            await version_of(request),
            self.desk.clock.now() + int(days) * DAY if days in map(str, FOLLOW_UPS) else 0,
        )
        return go(request, "/?told=closed")

    async def may_hear(self, visit: Visit, id: str) -> bool:
        """Whether a page of this operator may follow a conversation."""
        try:
            await self._see(visit, id)
        except (NotOpen, HTTPException):
            return False
        return True

    async def sight(self, request: Request) -> tuple[Visit, Sight]:
        """Who asks, and the conversation if they may read it; raises NotOpen. For what a page fetches by itself."""
        return await self._open(request, touch=False)

    async def note_look(self, visit: Visit, sight: Sight) -> None:
        """A supervisor's look at what is not theirs is audited."""
        if not sight.mine and sight.conversation.state is not State.WAITING:
            await self.journal.record(Audit(self.desk.clock.now(), "read", sight.id, visit.account.name))

    async def _open(self, request: Request, *, touch: bool = True) -> tuple[Visit, Sight]:
        visit = await self.door.enter_desk(request, touch=touch)
        return visit, await self._see(visit, _id(request))

    async def _see(self, visit: Visit, id: str) -> Sight:
        """The conversation, if it waits, is the operator's, or a supervisor looks; raises NotOpen."""
        found = await self.desk.conversations.load(id, Channel.TELEGRAM)
        if found.version == 0:
            raise HTTPException(404)
        mine = found.state is State.OPERATOR and found.operator == visit.account.name
        request = await self.desk.queue.find(id)
        if not mine and found.state is not State.WAITING and not await self._may_look(visit, id, request):
            raise NotOpen
        return Sight(found, request, mine)

    async def _may_look(self, visit: Visit, id: str, request: HandoffRequest | None) -> bool:
        """Whether what is neither waiting nor theirs is shown all the same; such a look is audited."""
        now = self.desk.clock.now()
        if visit.account.role is Role.SUPERVISOR:
            return True
        if request is not None:
            return request.offered_to == visit.account.name and request.offered(now)
        due = await self.desk.queue.follow_ups(now)
        return any(f.conversation == id and concerns(visit.account, f) for f in due)

    async def _term(self, visit: Visit, sight: Sight) -> dict[str, Any]:
        # Any: what a template is given, each of its own type.
        now, request = self.desk.clock.now(), sight.request
        present = {p.operator: p.name for p in await self.desk.duty.present(now)}
        offered = request is not None and request.offered(now)
        due = sight.mine and request is not None and request.answer_by > 0
        return {
            "colleague": present.get(request.offered_to, request.offered_to) if request and offered else "",
            "to_me": bool(offered and request and request.offered_to == visit.account.name),
            "answer_by": request.answer_by if request and due else 0,
            "soon": bool(request and due and request.answer_by <= now + self.desk.rules.warning),
        }

    async def _lines(self, request: Request, visit: Visit, sight: Sight) -> dict[str, Any]:
        # Any: what a template is given, each of its own type.
        every = request.query_params.get("all") == "1"
        after = 0 if every else max(0, sight.conversation.lines - RECENT)
        lines: list[Line] = await self.desk.conversations.transcript(sight.id, after)
        deliveries = await self.desk.outbox.deliveries(sight.id)
        rows: list[Shown] = shown(lines, deliveries, self.phrases.book, visit.account.locale, sight.conversation.locale)
        heard = max((line.number for line in lines if line.author is Author.PERSON), default=0)
        return {
            "sight": sight,
            "lines": rows,
            "earlier": after > 0,
            "every": every,
            "heard": heard,
            "files": await self.files.index(sight.id),
            "left": lambda at: max(0, at + self.desk.hold - self.desk.clock.now()),
        }

    def _phrases(self, visit: Visit, sight: Sight, words: str, subject: str) -> dict[str, Any]:
        """What the phrase book shows. Any: what a template is given, each of its own type."""
        if not sight.mine:
            return {"found": None, "subjects": []}
        locale, person = visit.account.locale, sight.conversation
        return {
            "found": self.phrases.search(words, locale, person, subject),
            "subjects": self.phrases.subjects(locale, person),
        }

    async def _drafts(self, visit: Visit, sight: Sight) -> dict[str, str]:
        """What this operator wrote here and has not sent."""
        if not sight.mine:
            return {}
        return await self.drafts.read(sight.id, visit.account.name, sight.conversation.claim)

    async def _forget_draft(self, visit: Visit, id: str, field: str) -> None:
        """The words are on their way; a store that goes away now must not make it look as if they were not."""
        with suppress(StoreUnavailable):
            await self.drafts.keep(id, visit.account.name, field, 0, "")

    def _signs(self, visit: Visit, sight: Sight) -> list[str]:
        """What the person ticked in the self-check; it came with their consent, when they asked for a person."""
        ticked = sight.request.indicators if sight.request else ()
        return [sign(self.phrases.book, visit.account.locale, name) for name in ticked]

    async def _after(self, request: Request, visit: Visit) -> Response:
        """What the page shows after something was said."""
        id = _id(request)
        if not is_part(request):
            return go(request, f"/conversations/{id}")
        sight = await self._see(visit, id)
        values = await self._lines(request, visit, sight)
        return self.pages.show(request, "_lines.html", 200, {"HX-Trigger": "sent"}, **values)


def _id(request: Request) -> str:
    return str(request.path_params["id"])


async def claim_of(request: Request) -> int:
    """The claim a page was loaded under; raises Stale where it names none."""
    claim = str((await request.form()).get("claim", ""))
    if not (claim.isascii() and claim.isdigit()):
        raise Stale
    return int(claim[:20])


async def _words(request: Request, most: int) -> str:
    """What was written; raises BadText for nothing or too much. Browsers send line ends as CR LF."""
    words = str((await request.form()).get("words", "")).replace("\r\n", "\n").strip()
    if not 0 < len(words) <= most:
        raise BadText
    return words
