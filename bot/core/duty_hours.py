"""When people who speak a language are at the desk, and what a person who waits can be told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.checked import Checked, LineOf
from bot.core.handoff import HOUR, MINUTE
from bot.core.hours import Span, parse_spans, parse_zone
from bot.core.language import LOCALES, speech

# How many days ahead an opening is looked for; who waits is told nothing that is further away.
AHEAD = 14
# A wait is told from at least so many first replies; the share of people it shall be true for.
ENOUGH, MOST = 5, 0.8
# Waits are told in these steps, in minutes, rounded up; then in whole hours, up to a limit.
_STEPS = (5, 10, 15, 20, 30, 45, 60)
_LONGEST = 12 * HOUR

# The clock of a country that has one clock (tz database, zone.tab). Others are told the desk's, with its offset.
ZONES = {
    "TH": "Asia/Bangkok", "VN": "Asia/Ho_Chi_Minh", "KH": "Asia/Phnom_Penh", "MM": "Asia/Yangon",
    "LA": "Asia/Vientiane", "CN": "Asia/Shanghai", "HK": "Asia/Hong_Kong", "MO": "Asia/Macau", "TW": "Asia/Taipei",
    "SG": "Asia/Singapore", "MY": "Asia/Kuala_Lumpur", "BN": "Asia/Brunei", "PH": "Asia/Manila", "JP": "Asia/Tokyo",
    "KR": "Asia/Seoul", "IN": "Asia/Kolkata", "BD": "Asia/Dhaka", "LK": "Asia/Colombo", "NP": "Asia/Kathmandu",
    "PK": "Asia/Karachi", "AE": "Asia/Dubai", "QA": "Asia/Qatar", "SA": "Asia/Riyadh", "KW": "Asia/Kuwait",
    "BH": "Asia/Bahrain", "OM": "Asia/Muscat", "JO": "Asia/Amman", "LB": "Asia/Beirut", "IL": "Asia/Jerusalem",
    "TR": "Europe/Istanbul", "GB": "Europe/London", "IE": "Europe/Dublin", "DE": "Europe/Berlin",
    "FR": "Europe/Paris", "IT": "Europe/Rome", "PL": "Europe/Warsaw", "CZ": "Europe/Prague", "RO": "Europe/Bucharest",
}  # fmt: skip


@dataclass(frozen=True)
class Opening:
    """When somebody is at the desk next (`at`), and when somebody who speaks the person's language is (`speaker`,
    0 if never or unknown), in ms; `zone` is the desk's clock.
    """

    at: int
    speaker: int
    zone: str


@dataclass(frozen=True)
class Prospect:
    """What is known of a wait: how long most people waited of late (ms) and when the desk opens; 0, None: unknown."""

    usual: int = 0
    opening: Opening | None = None


@dataclass(frozen=True)
class Rota:
    """When speakers of one language are at the desk: spans of a zone's week, but not on closed days."""

    zone: str
    spans: tuple[Span, ...]
    closed: frozenset[date] = frozenset()

    def opens(self, now: int) -> int:
        """When it opens next (ms), `now` while it is open, 0 if not within the days looked ahead."""
        local = datetime.fromtimestamp(now / 1000, ZoneInfo(self.zone))
        minute = local.hour * 60 + local.minute
        if local.date() not in self.closed and any(span.holds(local.weekday(), minute) for span in self.spans):
            return now
        found = (self._first(local.date() + timedelta(days), now) for days in range(AHEAD + 1))
        return next(filter(None, found), 0)

    def _first(self, day: date, now: int) -> int:
        """The first opening of a day that is still to come."""
        if day in self.closed:
            return 0
        begins = (span.begins for span in self.spans if span.holds(day.weekday(), span.begins))
        return min((at for begin in begins if (at := _ms(day, begin, self.zone)) > now), default=0)


@dataclass(frozen=True)
class DutyHours:
    """The rotas by language as `bot.core.language.speech` says; none where no hours are set."""

    rotas: Mapping[str, Rota] = field(default_factory=dict)

    def opening(self, language: str, now: int) -> Opening | None:
        """What to tell who waits while nobody is here; None where somebody should be, or nothing is known."""
        own = self.rotas.get(language)
        speaker = own.opens(now) if own else 0
        times = sorted((at, rota.zone) for rota in self.rotas.values() if (at := rota.opens(now)))
        if not times or speaker == now:
            return None
        if times[0][0] == now:
            return Opening(speaker, speaker, own.zone) if own and speaker else None
        return Opening(times[0][0], speaker, times[0][1])


def usual_wait(waits: Sequence[int]) -> int:
    """A wait (ms) most people did not exceed, rounded up to a plain number; 0 where too little is known."""
    if len(waits) < ENOUGH:
        return 0
    most = sorted(waits)[min(len(waits) - 1, int(len(waits) * MOST))]
    step = next((step * MINUTE for step in _STEPS if most <= step * MINUTE), 0)
    wait = step or -(-most // HOUR) * HOUR
    return wait if wait <= _LONGEST else 0


def clock_of(country: str, zone: str, at: int) -> tuple[str, str]:
    """(zone, what to call it) for a person: their country's code, or the desk's clock as UTC+7."""
    if country in ZONES:
        return ZONES[country], country
    offset = datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).strftime("%z")
    hours, minutes = offset[:3].replace("+0", "+").replace("-0", "-"), offset[3:]
    return zone, f"UTC{hours}" + (f":{minutes}" if minutes != "00" else "")


def local(at: int, zone: str) -> str:
    """A time as a clock shows it there, such as 2026-11-24T09:00."""
    return datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def parse_duty_hours(data: object, line_of: LineOf) -> DutyHours:
    """Read the hours from plain mappings; raises ContentError naming file and line (`line_of`)."""
    top = Checked(data, line_of).fields("languages")
    known = tuple(dict.fromkeys(map(speech, LOCALES)))
    rotas: dict[str, Rota] = {}
    for code, item in top.need("languages").items().items():
        if code not in known:
            raise item.refuse(f"is no language of the desk; known are: {', '.join(known)}")
        fields = item.fields("zone", "open", "closed")
        closed = fields.get("closed")
        days = frozenset(day.date() for day in closed.list(100)) if closed else frozenset()
        rotas[code] = Rota(parse_zone(fields.need("zone")), parse_spans(fields.need("open")), days)
    return DutyHours(rotas)


def _ms(day: date, minute: int, zone: str) -> int:
    at = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=ZoneInfo(zone))
    return int(at.timestamp() * 1000)
