"""Fetch the files people sent: after their message is safe in the inbox, apart from answering, again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import structlog

from bot.core.errors import DeliveryError, Refused, StoreUnavailable, Throttled, TooLarge
from bot.core.media import MAX_FILE, Keeping, Kept, MediaFiles, Wanted, sniff
from bot.core.ports import Leases, Signals
from bot.flow.chains import Chains

log = structlog.get_logger(__name__)

LEAD = 60_000  # how long a fetcher leads without renewing, ms
# Seconds before the second try, the third, …; after the last the file is not available. An hour in all.
PATIENCE = (1.0, 5.0, 30.0, 120.0, 600.0, 1200.0, 1800.0)
# How many files are under way at the same time; each is in memory as a whole.
AT_ONCE = 4


class Source(Protocol):
    """Where a channel keeps files; raises the DeliveryErrors, Refused for one that is gone for good."""

    async def fetch(self, ref: str, most: int) -> bytes:
        """The bytes behind a handle; raises TooLarge above `most`."""
        ...


@dataclass
class Fetcher:
    """The fetcher's loop; only the process that holds the lead fetches."""

    files: MediaFiles
    leases: Leases
    signals: Signals
    source: Source
    patience: Sequence[float] = PATIENCE
    _chains: Chains = field(default_factory=Chains)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def run(self, name: str, stop: asyncio.Event) -> None:
        """Fetch until `stop`; what was not fetched by then stays on the list."""
        lead = "fetcher"
        while not stop.is_set():
            try:
                if not await self.leases.hold(lead, name, LEAD):
                    self.files.lost()
                    await asyncio.sleep(1)
                    continue
                batch = await self.files.take(name, 1000)
            except StoreUnavailable as exc:
                log.warning("files_wait", error=str(exc))
                await asyncio.sleep(0.5)
                continue
            for wanted in batch:
                self._chains.add(wanted.entry, partial(self._until_settled, wanted, stop))
        await self._chains.finish()
        await self.leases.drop(lead, name)

    async def _until_settled(self, wanted: Wanted, stop: asyncio.Event) -> None:
        tries = 0
        while not stop.is_set():
            try:
                async with self._room:
                    await self.fetch(wanted, last=tries == len(self.patience))
                return
            except StoreUnavailable as exc:
                log.warning("file_waits", error=type(exc).__name__)
                await _pause(0.5, stop)
            except DeliveryError as exc:
                pause = exc.seconds if isinstance(exc, Throttled) else self.patience[tries]
                tries += 1
                log.warning("file_waits", error=type(exc).__name__, seconds=pause)
                await _pause(pause, stop)
            except Exception as exc:
                # The one net of this loop: a file nobody can fetch is shown as not available.
                log.error("file_failed", error=type(exc).__name__)
                await self._end(wanted, Kept(Keeping.GONE))
                return

    async def fetch(self, wanted: Wanted, *, last: bool = False) -> None:
        """Fetch one file and keep it; raises DeliveryError where another try may help and this is not the last."""
        if wanted.media.size > MAX_FILE:
            await self._end(wanted, Kept(Keeping.TOO_LARGE))
            return
        try:
            data = await self.source.fetch(wanted.media.ref, MAX_FILE)
        except TooLarge:
            await self._end(wanted, Kept(Keeping.TOO_LARGE))
        except Refused:
            await self._end(wanted, Kept(Keeping.GONE))
        except DeliveryError:
            if not last:
                raise
            await self._end(wanted, Kept(Keeping.GONE))
        else:
            kept = await self.files.keep(wanted, sniff(data), data)
            log.info("file", kept=kept, size=len(data), type=sniff(data))
            await self.signals.tell(f"conversation:{wanted.conversation}")

    async def _end(self, wanted: Wanted, kept: Kept) -> None:
        await self.files.lack(wanted, kept)
        log.info("file", kept=False, why=kept.state.value)
        await self.signals.tell(f"conversation:{wanted.conversation}")


async def _pause(seconds: float, stop: asyncio.Event) -> None:
    """Wait, but not beyond the end."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
