"""Accounts and their passwords: made from the command line, hashed with Argon2id, never shown again."""

from __future__ import annotations

import asyncio
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.console.ports import Accounts, Sessions
from bot.core.account import Account, Role
from bot.core.language import LOCALES, speech

MIN_PASSWORD = 12
MAX_PASSWORD = 256
LANGUAGES = tuple(dict.fromkeys(speech(locale) for locale in LOCALES))

# Letters and digits nobody mistakes for another when reading them off a screen.
_PLAIN = "abcdefghjkmnpqrstuvwxyz23456789"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


@dataclass(frozen=True)
class Passwords:
    """Hashes and checks, outside the loop and few at a time: each takes 64 MiB for a moment."""

    hasher: PasswordHasher = field(default_factory=PasswordHasher)
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(4))

    async def hash(self, password: str) -> str:
        """The Argon2id hash, with its salt and parameters."""
        async with self.room:
            return await asyncio.to_thread(self.hasher.hash, password)

    async def match(self, account: Account | None, password: str) -> bool:
        """Whether the password is the account's. No account takes as long as a wrong password."""
        if account is None:
            await self.hash(password)
            return False
        async with self.room:
            return await asyncio.to_thread(self._match, account.digest, password)

    def _match(self, digest: str, password: str) -> bool:
        try:
            return self.hasher.verify(digest, password)
        except (VerificationError, InvalidHashError):
            return False


async def add_operator(
    accounts: Accounts,
    name: str,
    display: str,
    languages: Sequence[str],
    role: Role = Role.OPERATOR,
    locale: str = "en",
    passwords: Passwords | None = None,
) -> str:
    """Add an account; returns its one-time password, to be shown once. Raises ValueError, which says what is wrong."""
    clean = plain_name(name)
    if not _NAME.fullmatch(clean):
        raise ValueError("a sign-in name has 2 to 32 of a-z, 0-9, dot, hyphen and underscore")
    if not display.strip():
        raise ValueError("a display name is needed: it is what the person is told")
    unknown = sorted(set(languages) - set(LANGUAGES))
    if unknown:
        raise ValueError(f"unknown languages {unknown}; known are {', '.join(LANGUAGES)}")
    if locale not in LOCALES:
        raise ValueError(f"unknown locale {locale!r}; known are {', '.join(LOCALES)}")
    password = one_time_password()
    digest = await (passwords or Passwords()).hash(password)
    account = Account(clean, display.strip(), tuple(languages), role, locale, digest, one_time=True)
    if not await accounts.add(account):
        raise ValueError(f"the name {clean!r} is taken")
    return password


async def reset_password(accounts: Accounts, sessions: Sessions, name: str) -> str:
    """Give an account a new one-time password and end its sessions; raises ValueError for an unknown name."""
    account = await _existing(accounts, name)
    password = one_time_password()
    digest = await Passwords().hash(password)
    await accounts.save(account, replace(account, digest=digest, one_time=True))
    await end_sessions(sessions, account.name)
    return password


async def set_password(
    accounts: Accounts, sessions: Sessions, passwords: Passwords, account: Account, password: str
) -> None:
    """Store a password the operator chose; every session made with the old one ends."""
    digest = await passwords.hash(password)
    await accounts.save(account, replace(account, digest=digest, one_time=False))
    await end_sessions(sessions, account.name)


async def disable(accounts: Accounts, sessions: Sessions, name: str) -> None:
    """Shut an account out at once; raises ValueError for an unknown name."""
    account = await _existing(accounts, name)
    await accounts.save(account, replace(account, disabled=True))
    await end_sessions(sessions, account.name)


async def enable(accounts: Accounts, name: str) -> None:
    """Let a disabled account sign in again; raises ValueError for an unknown name."""
    account = await _existing(accounts, name)
    await accounts.save(account, replace(account, disabled=False))


async def verify(accounts: Accounts, passwords: Passwords, name: str, password: str) -> Account | None:
    """The account, if the password is right and it is not disabled."""
    account = await accounts.find(plain_name(name))
    right = await passwords.match(account, password)
    return account if account is not None and right and not account.disabled else None


async def end_sessions(sessions: Sessions, name: str) -> None:
    """End all sessions of an account."""
    for digest in await sessions.of(name):
        await sessions.end(digest)


def plain_name(name: str) -> str:
    """A sign-in name as it is stored, however it was typed."""
    return unicodedata.normalize("NFKC", name).strip().lower()


def one_time_password() -> str:
    """Four groups of five plain letters, near 100 bits."""
    return "-".join("".join(secrets.choice(_PLAIN) for _ in range(5)) for _ in range(4))


def weakness(account: Account, password: str) -> str:
    """What is wrong with a chosen password, as a message code; "" if nothing is."""
    if len(password) < MIN_PASSWORD:
        return "password_short"
    if len(password) > MAX_PASSWORD:
        return "password_long"
    plain = plain_name(password)
    if len(set(plain)) < 5 or account.name in plain:
        return "password_easy"
    return ""


async def _existing(accounts: Accounts, name: str) -> Account:
    account = await accounts.find(plain_name(name))
    if account is None:
        raise ValueError(f"there is no account {plain_name(name)!r}")
    return account
