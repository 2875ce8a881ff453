"""The memory twins of redis_accounts; for tests and trials."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from bot.adapters.memory import World
from bot.core.account import Account, Session
from bot.core.ports import Audit


class MemoryAccounts:
    """Accounts in memory."""

    def __init__(self) -> None:
        self._rows: dict[str, Account] = {}

    async def add(self, account: Account) -> bool:
        """Add, unless the name is taken."""
        return self._rows.setdefault(account.name, account) is account

    async def find(self, name: str) -> Account | None:
        """The account of a name."""
        return self._rows.get(name)

    async def save(self, before: Account, after: Account) -> None:
        """Write what differs."""
        stored = self._rows.get(before.name)
        if stored is not None:
            self._rows[before.name] = replace(stored, **_changes(before, after))

    async def swap(self, before: Account, after: Account, guard: str) -> bool:
        """Write what differs, if `guard` still is what it was."""
        stored, changes = self._rows.get(before.name), _changes(before, after)
        if stored is None or not changes or getattr(stored, guard) != getattr(before, guard):
            return False
        self._rows[before.name] = replace(stored, **changes)
        return True

    async def everyone(self) -> list[Account]:
        """All accounts, by name."""
        return [self._rows[name] for name in sorted(self._rows)]


class MemorySessions:
    """Sessions in memory."""

    def __init__(self) -> None:
        self._rows: dict[str, Session] = {}

    async def begin(self, digest: str, session: Session) -> None:
        """Keep a new session."""
        self._rows[digest] = session

    async def find(self, digest: str) -> Session | None:
        """The session."""
        return self._rows.get(digest)

    async def save(self, digest: str, before: Session, after: Session) -> None:
        """Write what differs, if it has not ended."""
        stored = self._rows.get(digest)
        if stored is not None:
            self._rows[digest] = replace(stored, **_changes(before, after))

    async def end(self, digest: str) -> None:
        """End one session."""
        self._rows.pop(digest, None)

    async def of(self, account: str) -> dict[str, Session]:
        """All sessions of an account."""
        return {digest: session for digest, session in self._rows.items() if session.account == account}


class MemoryChallenges:
    """Challenges of passkeys in memory; nothing is forgotten by time."""

    def __init__(self) -> None:
        self._about: dict[str, str] = {}

    async def keep(self, digest: str, about: str) -> None:
        """Remember a challenge."""
        self._about[digest] = about

    async def take(self, digest: str) -> str:
        """What it was for; it is gone with this."""
        return self._about.pop(digest, "")


class MemoryThrottle:
    """Failed sign-ins in memory; nothing is forgotten by time."""

    def __init__(self) -> None:
        self._gates: dict[str, tuple[int, int]] = {}
        self._known: set[str] = set()

    async def enter(self, gate: str, now: int, *, free: int, cap: int) -> int:
        """Count a try, or say how long to wait."""
        count, last = self._gates.get(gate, (0, 0))
        pause = min(cap, 1000 * 2 ** (count - free)) if count >= free else 0
        left = last + pause - now
        if left > 0:
            return left
        self._gates[gate] = (count + 1, now)
        return 0

    async def clear(self, gate: str) -> None:
        """Forget the tries."""
        self._gates.pop(gate, None)

    async def know(self, pair: str) -> None:
        """Remember a pair."""
        self._known.add(pair)

    async def knows(self, pair: str) -> bool:
        """Whether the pair is remembered."""
        return pair in self._known


class MemoryJournal:
    """The audit in memory."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def record(self, entry: Audit) -> None:
        """Keep an entry."""
        self._world.audit.append(entry)


def _changes(before: Account | Session, after: Account | Session) -> dict[str, Any]:
    # Any: the values of fields, each of its own type.
    names = (field.name for field in fields(before))
    return {name: getattr(after, name) for name in names if getattr(after, name) != getattr(before, name)}
