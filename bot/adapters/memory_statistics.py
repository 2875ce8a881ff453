"""The memory twin of the counters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from bot.core.statistics import Tally


class MemoryStatistics:
    """Counters in memory; nothing here outlives the process."""

    def __init__(self) -> None:
        self.days: dict[str, Counter[Tally]] = {}

    async def add(self, day: str, tallies: Sequence[Tally]) -> None:
        """Raise each counter of a day by one."""
        self.days.setdefault(day, Counter()).update(tallies)

    async def read(self, days: Sequence[str]) -> list[Mapping[Tally, int]]:
        """The counters of each day."""
        return [dict(self.days.get(day, {})) for day in days]
