"""The memory twin of the audit trail; nothing is let go of."""

from __future__ import annotations

from bot.adapters.memory import World
from bot.core.chain import Checker, Seals
from bot.core.ports import Audit, Sealed, Verdict


class MemoryAudit:
    """The audit in memory."""

    def __init__(self, world: World, seals: Seals) -> None:
        self._world = world
        self._seals = seals

    async def record(self, entry: Audit) -> None:
        """Add an entry."""
        self._world.audit.append(entry)

    async def seal(self, now: int) -> str:
        """Chain what is new."""
        made = self._world.seals
        if len(made) >= len(self._world.audit):
            return ""
        for number, audit in enumerate(self._world.audit[len(made) :], len(made) + 1):
            made.append(self._seals.make(made[-1] if made else "", number, audit))
        return f"{len(made)}:{made[-1]}"

    async def entries(self, below: int = 0, count: int = 100) -> list[Sealed]:
        """Entries below a number, newest first."""
        found = [entry for entry in reversed(self._all()) if not below or entry.number < below]
        return found[:count]

    async def verify(self, now: int, head: str = "") -> Verdict:
        """Walk the whole chain."""
        checker = Checker(self._seals, now, head)
        for entry in self._all():
            checker.add(entry)
        return checker.end(len(self._world.audit))

    def _all(self) -> list[Sealed]:
        made = self._world.seals
        seals = [*made, *[""] * (len(self._world.audit) - len(made))]
        return [Sealed(n, audit, seal) for n, (audit, seal) in enumerate(zip(self._world.audit, seals, strict=True), 1)]
