"""Why: the promises that matter are kept or broken in the moment before or after a call takes effect."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from .bell import Bell

type When = Literal["before", "after"]
type Kind = Literal["retry_after", "status", "drop", "delay", "hold"]


@dataclass(eq=False, slots=True)
class Hold:
    """Stops calls at an exact point, so that a test can kill the product there."""

    bell: Bell
    hold_id: int
    reached: int = 0
    ending: Literal["", "release", "abandon"] = ""

    def wait_reached(self, timeout: float = 5.0, calls: int = 1) -> None:
        """Blocks until so many calls stand at this point."""
        if self.bell.wait(lambda: self.reached >= calls or None, timeout) is None:
            raise TimeoutError(f"{self.reached} of {calls} calls reached the hold within {timeout} s")

    def release(self) -> None:
        """The held calls go on, even of a caller that died meanwhile; later ones are not stopped."""
        self._end("release")

    def abandon(self) -> None:
        """The held calls end here: no further effect, no answer."""
        self._end("abandon")

    def _end(self, ending: Literal["release", "abandon"]) -> None:
        with self.bell.lock:
            self.ending = self.ending or ending
        self.bell.ring()

    async def stay(self) -> bool:
        """True when the call may go on."""
        with self.bell.lock:
            self.reached += 1
        self.bell.ring()
        return await self.bell.until(lambda: self.ending or None, None) == "release"


@dataclass(eq=False, slots=True)
class Fault:
    kind: Kind
    method: str
    when: When
    left: int
    chat_id: int | None = None
    value: float = 0  # seconds, or the status
    hold: Hold | None = None

    def hits(self, method: str, chat_id: int | None, when: When) -> bool:
        here = self.method in ("*", method) and self.chat_id in (None, chat_id)
        return here and self.when == when and self.left > 0


@dataclass(slots=True)
class Faults:
    bell: Bell
    planned: list[Fault] = field(default_factory=list)
    holds: dict[int, Hold] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def plan(self, fault: Fault) -> None:
        with self.bell.lock:
            self.planned.append(fault)

    def plan_hold(self, fault: Fault) -> Hold:
        hold = fault.hold = Hold(self.bell, next(self._ids))
        self.holds[hold.hold_id] = hold
        self.plan(fault)
        return hold

    def strike(self, method: str, chat_id: int | None, when: When) -> Iterator[Fault]:
        """In the order they were planned; one that ends the call leaves the later ones for the next call."""
        for fault in list(self.planned):
            with self.bell.lock:
                hit = fault.hits(method, chat_id, when)
                fault.left -= hit
            if hit:
                yield fault

    def clear(self) -> None:
        """Plans nothing more and lets every held call go on."""
        with self.bell.lock:
            self.planned.clear()
            for hold in self.holds.values():
                hold.release()
