"""Slows down who guesses, without shutting the desk out: each kind of guess passes gates of its own.

An account, and an address, may fail so often for nothing; then every try costs a wait, up to the cap. An address is
forgiving, for a whole desk may share one. From an address an account knows, it has gates of its own, so that a
stranger who keeps failing on its name can't shut its operator out.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import structlog

from bot.console.ports import Throttle
from bot.core.errors import HelplineError
from bot.core.ports import Clock

log = structlog.get_logger(__name__)

MINUTE = 60 * 1000


class Refusal(HelplineError):
    """No entry: something was wrong, or there were too many tries; `wait` is in ms, 0 for a plain wrong one."""

    def __init__(self, wait: int = 0) -> None:
        super().__init__("refused")
        self.wait = wait

    @property
    def seconds(self) -> int:
        """The wait in whole seconds, rounded up."""
        return -(-self.wait // 1000)


@dataclass(frozen=True)
class Gate:
    """What a try must pass: `free` tries cost nothing, a wait is `cap` ms at most."""

    name: str
    free: int
    cap: int


@dataclass(frozen=True)
class Gates:
    """The gates of the console."""

    throttle: Throttle
    clock: Clock

    async def enter(self, *gates: Gate) -> None:
        """Count a try at each gate before it is made; raises Refusal while one asks to wait."""
        for gate in gates:
            wait = await self.throttle.enter(gate.name, self.clock.now(), free=gate.free, cap=gate.cap)
            if wait:
                log.warning("throttled", gate=gate.name.partition(":")[0], wait=wait)
                raise Refusal(wait)

    async def clear(self, *gates: Gate) -> None:
        """It was the right one."""
        for gate in gates:
            await self.throttle.clear(gate.name)

    async def know(self, name: str, address: str) -> None:
        """An account got in from here."""
        await self.throttle.know(hashed(name, address))

    async def password(self, name: str, address: str) -> Gate:
        """Passwords of an account."""
        return Gate(await self._own("account", name, address), 5, MINUTE)

    async def code(self, name: str, address: str) -> Gate:
        """One-time and recovery codes of an account whose password is known. At an hour for each try, who has
        stolen a password needs decades for one code of six digits.
        """
        return Gate(await self._own("code", name, address), 5, 60 * MINUTE)

    async def _own(self, kind: str, name: str, address: str) -> str:
        pair = hashed(name, address)
        return f"{kind}-here:{pair}" if await self.throttle.knows(pair) else f"{kind}:{hashed(name)}"


def from_address(address: str) -> Gate:
    """Any sign-in from an address."""
    return Gate(f"address:{hashed(address)}", 20, 15 * 1000)


def link(address: str) -> Gate:
    """Invite links tried from an address."""
    return Gate(f"link:{hashed(address)}", 20, 15 * 1000)


def confirming(session: str) -> Gate:
    """Confirmations within a session."""
    return Gate(f"confirm:{session}", 5, MINUTE)


def hashed(*parts: str) -> str:
    """SHA-256 of these parts together."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
