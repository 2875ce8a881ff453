"""What the content desk asks of the assistant's own tools; each port has a process version and a memory version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Reading:
    """How a model reads a sentence. `outcome` is answer, offer or refuse; `crisis` a reason, or "".

    `ranking` holds up to three (intent, confidence 0 to 1), likeliest first.
    """

    text: str
    language: str
    intent: str
    confidence: float
    outcome: str
    crisis: str = ""
    ranking: tuple[tuple[str, float], ...] = ()

    def other(self, intent: str) -> tuple[str, float] | None:
        """The likeliest intent that is not this one."""
        return next((pair for pair in self.ranking if pair[0] != intent), None)


class Reader(Protocol):
    """Reads sentences as the trained assistant would. Calls block; a web page makes them in a thread."""

    def read(self, text: str) -> Reading:
        """Raises AssistantUnavailable where there is no model, or it is down or slow."""
        ...

    def close(self) -> None:
        """Let go of what was started."""
        ...


class ZawgyiTest(Protocol):
    """Tells Burmese typed for the Zawgyi font."""

    def __call__(self, text: str) -> bool:
        """Raises AssistantUnavailable where the tool is down."""
        ...

    def close(self) -> None:
        """Let go of what was started."""
        ...
