"""The audit as supervisors and administrators read it: what was done, by whom, when; nothing can be changed here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from bot.console.auth import Door
from bot.console.board import code
from bot.console.pages import Pages
from bot.core.account import OVERSEERS
from bot.core.ports import Audit, AuditTrail, Sealed

# What can be looked for, in the order of the list.
DEEDS = (
    "enqueued", "raised", "claimed", "returned", "lost", "unanswered", "offered", "accepted", "refused", "lapsed",
    "transferred", "reassigned", "released", "closed", "followed_up", "cancelled", "erased", "read", "exported",
    "signed_in", "signed_out", "confirmed", "code_refused", "invited", "invite_accepted", "account_changed",
    "account_disabled", "account_enabled", "account_reset", "session_ended",
)  # fmt: skip
# Entries on one page, and how many are looked through at a time for those that fit.
PAGE = 50
_LOOK = 500


@dataclass(frozen=True)
class Filter:
    """What a reader looks for; "" and None for anything. Days are the desk's, both included."""

    operator: str = ""
    what: str = ""
    first: date | None = None
    last: date | None = None

    def fits(self, entry: Audit, zone: tzinfo) -> bool:
        """Whether an entry is looked for."""
        if self.operator and entry.operator != self.operator or self.what and entry.what != self.what:
            return False
        day = datetime.fromtimestamp(entry.at / 1000, zone).date()
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)

    def over(self, entry: Audit, zone: tzinfo) -> bool:
        """Whether all that is older than this entry is too old; a day's grace, for clocks differ."""
        if self.first is None:
            return False
        begins = datetime.combine(self.first - timedelta(days=1), time(), zone)
        return entry.at < begins.timestamp() * 1000

    def query(self, **more: int) -> str:
        """As the address of a page has it."""
        known = {"operator": self.operator, "what": self.what, "first": self.first, "last": self.last, **more}
        return urlencode({name: str(value) for name, value in known.items() if value})


@dataclass(frozen=True)
class AuditPages:
    """The page."""

    door: Door
    pages: Pages
    trail: AuditTrail
    zone: tzinfo

    async def page(self, request: Request) -> Response:
        """The newest first; older ones a page at a time."""
        await self.door.enter_as(request, OVERSEERS)
        query = request.query_params
        wanted = Filter(
            query.get("operator", "").strip()[:64], query.get("what", "").strip()[:32],
            _day(query.get("first", "")), _day(query.get("last", "")),
        )  # fmt: skip
        below = query.get("below", "")
        found = await self._find(wanted, int(below) if below.isascii() and below.isdigit() and len(below) < 16 else 0)
        more = wanted.query(below=found[PAGE - 1].number) if len(found) > PAGE else ""
        return self.pages.show(
            request,
            "audit.html",
            entries=found[:PAGE],
            wanted=wanted,
            deeds=DEEDS,
            more=more,
            newest=not below,
            # The whole chain is read for it, so once, and not for each page that follows.
            verdict=None if below else await self.trail.verify(self.door.clock.now()),
            code=code,
        )

    async def _find(self, wanted: Filter, below: int) -> list[Sealed]:
        """A page of entries that fit, and one more if there are more."""
        found: list[Sealed] = []
        while len(found) <= PAGE:
            batch = await self.trail.entries(below, _LOOK)
            found += [entry for entry in batch if wanted.fits(entry.audit, self.zone)]
            if len(batch) < _LOOK or wanted.over(batch[-1].audit, self.zone):
                break
            below = batch[-1].number
        return found


def _day(text: str) -> date | None:
    """A day as a date field sends it; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
