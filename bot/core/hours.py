"""Opening hours of a line, in the line's own time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.checked import Checked

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_DAY = "|".join(DAYS)
_RANGE = f"(?:{_DAY})(?:-(?:{_DAY}))?"
_SPAN = f"(?P<days>{_RANGE}(?:,{_RANGE})*) (?P<begins>[0-9]{{2}}:[0-9]{{2}})-(?P<ends>[0-9]{{2}}:[0-9]{{2}})"
_LIKE = "days and times such as Mon-Fri 09:00-12:30 or Mon,Wed 11:00-19:00, within one day"


@dataclass(frozen=True)
class Span:
    """Ranges of days (0 is Monday; first and last) with the minutes of the day between which the line is open."""

    days: tuple[tuple[int, int], ...]
    begins: int
    ends: int

    def holds(self, day: int, minute: int) -> bool:
        """Whether the line is open on this day of the week at this minute."""
        on = any((day - first) % 7 <= (last - first) % 7 for first, last in self.days)
        return on and self.begins <= minute < self.ends


@dataclass(frozen=True)
class Hours:
    """When a line is open: always, or in spans of its zone's week. Public holidays can't be reckoned, only told."""

    zone: str = ""
    spans: tuple[Span, ...] = ()
    closed_on_holidays: bool = False

    @property
    def always(self) -> bool:
        """Whether it is open day and night."""
        return not self.spans

    def open_at(self, now: int) -> bool:
        """Whether it is open now (ms since 1970)."""
        if self.always:
            return True
        local = datetime.fromtimestamp(now / 1000, ZoneInfo(self.zone))
        return any(span.holds(local.weekday(), local.hour * 60 + local.minute) for span in self.spans)

    def offset(self, now: int) -> str:
        """The zone as people write it: UTC+9, UTC+5:30."""
        behind = datetime.fromtimestamp(now / 1000, ZoneInfo(self.zone)).utcoffset() or timedelta()
        minutes = int(behind.total_seconds()) // 60
        hours, rest = divmod(abs(minutes), 60)
        return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def parse_hours(given: Checked) -> Hours:
    """Read hours: ``always``, or zone, open and holidays; raises ContentError."""
    if isinstance(given.value, str):
        given.choice(("always",))
        return Hours()
    fields = given.fields("zone", "open", "holidays")
    zone, spans = parse_zone(fields.need("zone")), parse_spans(fields.need("open"))
    return Hours(zone, spans, fields.choice("holidays", ("closed",)) == "closed")


def parse_zone(given: Checked) -> str:
    """Read a time zone; raises ContentError."""
    zone = given.text("[A-Za-z_]+(/[A-Za-z_]+)+", "a time zone such as Asia/Bangkok")
    try:
        ZoneInfo(zone)
    except (LookupError, OSError, ValueError) as exc:
        raise given.refuse("is no time zone; write it as in Asia/Bangkok") from exc
    return zone


def parse_spans(given: Checked) -> tuple[Span, ...]:
    """Read days and times; raises ContentError."""
    return tuple(_span(item) for item in given.list())


def _span(given: Checked) -> Span:
    match = re.fullmatch(_SPAN, given.text(_SPAN, _LIKE))
    if match is None:  # text() has just matched it
        raise given.refuse(f"must be {_LIKE}")
    begins, ends = _minutes(match["begins"]), _minutes(match["ends"])
    if not begins < ends <= 24 * 60:
        raise given.refuse("must end after it begins, on the same day; write hours over midnight as two")
    return Span(tuple(_days(part) for part in match["days"].split(",")), begins, ends)


def _minutes(time: str) -> int:
    hours, minutes = int(time[:2]), int(time[3:])
    return hours * 60 + minutes if minutes < 60 else 24 * 60 + 1


def _days(part: str) -> tuple[int, int]:
    first, _, last = part.partition("-")
    return DAYS.index(first), DAYS.index(last or first)
