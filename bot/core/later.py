"""Being written to later: only who asks for it, in hours they gave on their own clock, with first words they chose.

The product never writes first but here. Until the person answers those first words, nothing else is said to them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.conversation import (
    COUNTRY,
    LATER,
    MENU,
    NOT_LATER,
    PERSON,
    Appoint,
    Cancel,
    Conversation,
    Decision,
    Say,
    State,
)
from bot.core.duty_hours import ZONES
from bot.core.handoff import HOUR
from bot.core.message import Button, Channel

# Hours of the person's own day, the last one not included.
WINDOWS = {"morning": (7, 11), "midday": (11, 14), "afternoon": (14, 18), "evening": (18, 21)}
# First words that tell nothing to whoever looks on.
LINES = ("friend", "family", "errand")
# A wish ends by itself, so that nobody is written to whose life has changed.
LASTS = 7 * 24 * HOUR


@dataclass(frozen=True)
class Appointment:
    """`window` and `line` name what the person chose; `zone` is their clock; it ends at `until` (ms)."""

    window: str
    line: str
    zone: str
    until: int

    def opens(self, now: int) -> int:
        """When the window is open next (ms), `now` while it is; 0 where that is after the end."""
        begins, ends = self._span(now)
        if now >= ends:
            begins, ends = self._span(now, days=1)
        at = max(now, begins)
        return at if at < self.until else 0

    def closes(self, now: int) -> int:
        """When the window that is open now closes (ms)."""
        return min(self._span(now)[1], self.until)

    def _span(self, now: int, days: int = 0) -> tuple[int, int]:
        day = datetime.fromtimestamp(now / 1000, ZoneInfo(self.zone)) + timedelta(days)
        first, last = (
            day.replace(hour=hour, minute=0, second=0, microsecond=0).timestamp() for hour in WINDOWS[self.window]
        )
        return int(first * 1000), int(last * 1000)

    def text(self) -> str:
        """As a conversation keeps it."""
        return f"{self.window} {self.line} {self.zone} {self.until}"


def read_appointment(text: str) -> Appointment | None:
    """What a conversation keeps; None where it keeps none."""
    if not text:
        return None
    window, line, zone, until = text.split(" ")
    return Appointment(window, line, zone, int(until))


def arrange(conversation: Conversation, wish: str) -> Decision:
    """What follows from a wish: nothing yet, a window, a window and a line, or ``off``. It is asked for step by step.

    Who waits leaves the line: from then on the hours they gave count.
    """
    if wish == "off":
        return Decision(replace(conversation, later=""), (Say("later.off", buttons=(MENU, PERSON)),))
    if conversation.state is State.OPERATOR or conversation.channel is not Channel.TELEGRAM:
        return Decision(conversation)
    if conversation.country not in ZONES:
        return Decision(conversation, (Say("later.where", buttons=(COUNTRY, LATER, PERSON)),))
    window, _, line = wish.partition("-")
    if window not in WINDOWS:
        return Decision(conversation, (Say("later.when", buttons=(*_windows(), NOT_LATER)),))
    if line not in LINES:
        return Decision(conversation, (Say("later.which", buttons=(*_lines(window), NOT_LATER)),))
    return _arranged(conversation, Appointment(window, line, ZONES[conversation.country], conversation.last + LASTS))


def _arranged(conversation: Conversation, wish: Appointment) -> Decision:
    waiting = conversation.state is State.WAITING
    kept = replace(conversation, later=wish.text(), state=State.ASSISTANT if waiting else conversation.state)
    said = Say("later.noted", args={**_hours(wish.window), "count": LASTS // (24 * HOUR)}, buttons=(NOT_LATER, MENU))
    leave = (Cancel(),) if waiting else ()
    return Decision(kept, (*leave, Appoint(wish.opens(conversation.last)), said))


def _windows() -> tuple[Button, ...]:
    return tuple(Button(f"later.window.{name}", f"command:later:{name}", _hours(name)) for name in WINDOWS)


def _hours(window: str) -> dict[str, int | str | tuple[str, ...]]:
    begins, ends = WINDOWS[window]
    return {"begins": begins, "ends": ends}


def _lines(window: str) -> tuple[Button, ...]:
    return tuple(Button(f"later.line.{line}", f"command:later:{window}-{line}") for line in LINES)
