"""The janitor: returns what ran out, and chains the audit. Any number of them may run at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog

from bot.core.errors import StoreUnavailable
from bot.core.ports import AuditTrail
from bot.flow.appointments import Keeper
from bot.flow.handoff import Desk

log = structlog.get_logger(__name__)

PAUSE = 2.0  # seconds between two rounds


@dataclass(frozen=True)
class Janitor:
    """Looks after the desk."""

    desk: Desk
    trail: AuditTrail
    keeper: Keeper

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`."""
        while not stop.is_set():
            try:
                await self.tidy()
            except StoreUnavailable as exc:
                log.warning("janitor_waits", error=str(exc))
            await asyncio.sleep(PAUSE)

    async def tidy(self) -> None:
        """One round. The head of the audit goes to the log, so that it is noted outside the store too."""
        reaped = await self.desk.reap()
        if reaped.lost or reaped.unanswered:
            log.info("conversations_returned", lost=len(reaped.lost), unanswered=len(reaped.unanswered))
        await self.keeper.keep()
        head = await self.trail.seal(self.desk.clock.now())
        if head:
            log.info("audit_chained", head=head)
