"""What the console alone needs from the world; each port has a Redis version and a memory version.

They match by shape, for console and adapters don't know each other (tests/adapters/test_accounts.py is their exam).
"""

from __future__ import annotations

from typing import Protocol

from bot.core.account import Account, Session
from bot.core.ports import Audit


class Accounts(Protocol):
    """Who may sign in."""

    async def add(self, account: Account) -> bool:
        """Add an account; False if the name is taken."""
        ...

    async def find(self, name: str) -> Account | None:
        """The account of a name."""
        ...

    async def save(self, before: Account, after: Account) -> None:
        """Write what differs and nothing else, so that a change of language can't undo a disabling."""
        ...

    async def swap(self, before: Account, after: Account, guard: str) -> bool:
        """As `save`, but only while the stored field named `guard` is as in `before`: what works once works once."""
        ...

    async def everyone(self) -> list[Account]:
        """All accounts, by name."""
        ...


class Sessions(Protocol):
    """Signed-in browsers, each known by the SHA-256 of its secret alone."""

    async def begin(self, digest: str, session: Session) -> None:
        """Keep a new session."""
        ...

    async def find(self, digest: str) -> Session | None:
        """The session, unless it ended."""
        ...

    async def save(self, digest: str, before: Session, after: Session) -> None:
        """Write what differs; one that ended meanwhile does not come back."""
        ...

    async def end(self, digest: str) -> None:
        """End one session."""
        ...

    async def of(self, account: str) -> dict[str, Session]:
        """All sessions of an account, by digest."""
        ...


class Challenges(Protocol):
    """What passkeys were asked to sign, each by its SHA-256; good for five minutes, and once."""

    async def keep(self, digest: str, about: str) -> None:
        """Remember a challenge with what it is for."""
        ...

    async def take(self, digest: str) -> str:
        """What it was for, and forget it; "" for one nobody gave."""
        ...


class Seal(Protocol):
    """Encrypts what an account must keep secret, such as the secret of its one-time codes."""

    def seal(self, name: str, secret: str) -> str:
        """Encrypt for the account of this name."""
        ...

    def open(self, name: str, sealed: str) -> str:
        """Decrypt; raises WireError for what was altered or belongs to another account."""
        ...


class Throttle(Protocol):
    """Slows down who guesses; a gate is an account or an address, hashed."""

    async def enter(self, gate: str, now: int, *, free: int, cap: int) -> int:
        """Count a try before it is made, and return 0; or return how many ms to wait, and count nothing.

        The first `free` tries cost nothing; then one waits 1, 2, 4 … seconds since the last, at most `cap` ms.
        """
        ...

    async def clear(self, gate: str) -> None:
        """The right password came: forget the tries."""
        ...

    async def know(self, pair: str) -> None:
        """Remember an account with the address it signed in from, for 30 days."""
        ...

    async def knows(self, pair: str) -> bool:
        """Whether the account signed in from this address of late."""
        ...


class Journal(Protocol):
    """Adds to the audit what the hand-off queue doesn't see, such as a supervisor's reading."""

    async def record(self, entry: Audit) -> None:
        """Keep an entry; it holds no words."""
        ...


class Drafts(Protocol):
    """What an operator has written and not sent, sealed with the conversation's key; gone when its claim ends."""

    async def keep(self, conversation: str, operator: str, field: str, claim: int, words: str) -> None:
        """Keep the words of a field ("" forgets them), for the claim they were written under."""
        ...

    async def read(self, conversation: str, operator: str, claim: int) -> dict[str, str]:
        """Words by field, of this claim alone."""
        ...

    async def drop(self, conversation: str, operator: str) -> None:
        """Forget all of them."""
        ...
