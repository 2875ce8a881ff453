"""Reports for supervisors and administrators: how the desk does, in numbers that tell of nobody."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import tzinfo
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from bot.console import plot
from bot.console.auth import Door
from bot.console.pages import Pages
from bot.console.ports import Journal
from bot.console.transcript import meaning
from bot.core.account import OVERSEERS
from bot.core.disclosure import Hidden
from bot.core.ports import Audit
from bot.core.report import Report, Unit, Value, last_days, report
from bot.core.statistics import Statistics, moment
from bot.i18n import Book

# The ranges one can choose, in days.
RANGES = (7, 30, 90)
# The most bars of a plot; the table beside it has every number.
BARS = 12


@dataclass(frozen=True)
class Counted:
    """Where reports come from: the counters, the desk's time zone, and below what a number is small."""

    statistics: Statistics
    zone: tzinfo = ZoneInfo("UTC")
    least: int = 5

    async def report(self, now: int, days: int) -> Report:
        """The last whole days."""
        wanted = last_days(moment(now, self.zone)[0], days)
        return report(wanted, await self.statistics.read(wanted), self.least)


@dataclass(frozen=True)
class Reports:
    """The page, and the same numbers to take away."""

    door: Door
    pages: Pages
    book: Book
    counted: Counted
    journal: Journal

    async def page(self, request: Request) -> Response:
        """Every sheet, with plots."""
        visit = await self.door.enter_as(request, OVERSEERS)
        days = _days(request)
        return self.pages.show(
            request,
            "reports.html",
            report=await self.counted.report(self.door.clock.now(), days),
            days=days,
            ranges=RANGES,
            bars=BARS,
            plot=plot,
            few=Hidden.FEW,
            withheld=Hidden.WITHHELD,
            intent=lambda name: meaning(self.book, visit.account.locale, name),
        )

    async def download(self, request: Request) -> Response:
        """One CSV with every sheet, for who has just confirmed who they are; it is in the audit."""
        days = _days(request)
        visit = await self.door.step_up(request, OVERSEERS, back=f"/reports?days={days}")
        now = self.door.clock.now()
        found = await self.counted.report(now, days)
        await self.journal.record(Audit(now, "exported", "", visit.account.name, f"{found.first} {found.last}"))
        headers = {"Content-Disposition": f'attachment; filename="report-{found.first}-{found.last}.csv"'}
        return Response(as_csv(found), media_type="text/csv; charset=utf-8", headers=headers)


def as_csv(found: Report) -> str:
    """A report as CSV, a number a line. Names are codes, the same in all languages."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(("sheet", "name", "measure", "unit", "value"))
    for sheet in found.sheets:
        for row in sheet.rows:
            for column, value in zip(sheet.columns, row.values, strict=True):
                unit = "seconds" if value.unit is Unit.WAIT else value.unit.value
                line = (sheet.name, row.name or "unknown", column or "unknown", unit, _plain(value, found.least))
                writer.writerow(line if sheet.name != "total" else (line[0], "", *line[2:]))
    return file.getvalue()


def _plain(value: Value, least: int) -> str:
    """A number, or why there is none."""
    if value.number is None:
        return ""
    if isinstance(value.number, Hidden):
        return f"fewer than {least}" if value.number is Hidden.FEW else "not shown"
    return str(round(value.number / 1000) if value.unit is Unit.WAIT else value.number)


def _days(request: Request) -> int:
    """The range asked for; a month where nothing sensible is."""
    text = request.query_params.get("days", "")
    return int(text) if text in map(str, RANGES) else RANGES[1]
