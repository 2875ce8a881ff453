"""What can honestly be said of a wait: from the first replies of the last hours, and from the desk's hours."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.conversation import Conversation
from bot.core.duty_hours import DutyHours, Prospect, usual_wait
from bot.core.handoff import HOUR
from bot.core.language import speech
from bot.core.ports import HandoffQueue

# Waits older than this say nothing about now.
RECENT = 3 * HOUR


@dataclass(frozen=True)
class Prospects:
    """Looks up what a person who waits can be told."""

    queue: HandoffQueue
    hours: DutyHours

    async def of(self, conversation: Conversation, now: int, *, anyone: bool) -> Prospect:
        """The usual wait while anyone is on duty, else when the desk opens."""
        language = speech(conversation.locale)
        if anyone:
            return Prospect(usual=usual_wait(await self.queue.waits(language, now - RECENT)))
        return Prospect(opening=self.hours.opening(language, now))
