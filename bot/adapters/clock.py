"""The clock on the wall."""

from __future__ import annotations

import time


class SystemClock:
    """Milliseconds since 1970."""

    def now(self) -> int:
        """The time now."""
        return int(time.time() * 1000)
