"""Accounts and what happens to them: invited by a one-time link, changed, reset, disabled. Each deed is audited.

A link holds a secret whose SHA-256 alone is stored. Passwords are hashed with Argon2id.
"""

from __future__ import annotations

import asyncio
import hmac
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.console.gates import hashed
from bot.console.ports import Accounts, Journal, Sessions
from bot.core.account import Account, Role
from bot.core.errors import HelplineError
from bot.core.language import LOCALES, speech
from bot.core.ports import Audit
from bot.flow.handoff import Desk, Operator

MIN_PASSWORD = 12
MAX_PASSWORD = 256
MAX_DISPLAY = 40
MAX_CAPACITY = 100
LANGUAGES = tuple(dict.fromkeys(speech(locale) for locale in LOCALES))

# Letters and digits nobody mistakes for another when reading them off a screen.
PLAIN = "abcdefghjkmnpqrstuvwxyz23456789"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


class BadAccount(HelplineError):
    """An account can't be so; the text says why, `code` names the page's message."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


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


@dataclass(frozen=True)
class Register:
    """The book of accounts, for the command line and the administrator's page. `address` is the console's public
    address, `lifetime` how long a link is good, in ms.
    """

    accounts: Accounts
    sessions: Sessions
    journal: Journal
    desk: Desk
    address: str
    lifetime: int

    async def invite(self, account: Account, by: str = "") -> str:
        """Add an account; returns its link, to be shown once. Raises BadAccount, which says what is wrong."""
        clean = replace(account, name=plain_name(account.name), display=account.display.strip())
        check(clean)
        secret, invited = self._invited(clean)
        if not await self.accounts.add(invited):
            raise BadAccount("name_taken", f"the name {clean.name!r} is taken")
        await self.record("invited", by, clean.name)
        return self._link(clean.name, secret)

    async def reset(self, name: str, by: str = "") -> str:
        """Void every way to sign in, end the sessions; returns a link to choose anew."""
        account = await self.existing(name)
        bare = replace(account, digest="", totp="", totp_step=0, recovery=(), passkeys=())
        secret, invited = self._invited(bare)
        await self.accounts.save(account, invited)
        await self.record("account_reset", by, account.name)
        await self._shut_out(account)
        return self._link(account.name, secret)

    async def find_invited(self, name: str, secret: str) -> Account | None:
        """Whose link this is, if it is still good."""
        account = await self.accounts.find(plain_name(name))
        if account is None or account.disabled or not account.invite or self._now() > account.invite_until:
            return None
        return account if hmac.compare_digest(account.invite, hashed(secret)) else None

    async def accept(self, invited: Account, chosen: Account) -> bool:
        """Keep what the invited chose; False if the link was used meanwhile."""
        bare = replace(chosen, invite="", invite_until=0)
        if not await self.accounts.swap(invited, bare, "invite"):
            return False
        await end_sessions(self.sessions, bare.name)
        await self.record("invite_accepted", bare.name, bare.name)
        return True

    async def change(self, name: str, role: Role, languages: Sequence[str], by: str = "") -> None:
        """Give another role or other languages. A change of role ends the sessions."""
        account = await self.existing(name)
        changed = replace(account, role=role, languages=tuple(languages))
        check(changed)
        await self.accounts.save(account, changed)
        await self.record("account_changed", by, f"{account.name} {role.value}")
        if role is not account.role:
            await self._shut_out(account)

    async def set_capacity(self, name: str, capacity: int, by: str = "") -> None:
        """Say how many conversations the operator holds at once, 0 for what the desk is set to."""
        account = await self.existing(name)
        changed = replace(account, capacity=capacity)
        check(changed)
        await self.accounts.save(account, changed)
        await self.record("account_changed", by, f"{account.name} capacity {capacity}")

    async def disable(self, name: str, by: str = "") -> None:
        """Shut an account out at once, its open link too; what its operator holds goes back to the queue."""
        account = await self.existing(name)
        await self.accounts.save(account, replace(account, disabled=True, invite="", invite_until=0))
        await self.record("account_disabled", by, account.name)
        await self._shut_out(account)

    async def enable(self, name: str, by: str = "") -> None:
        """Let a disabled account sign in again."""
        account = await self.existing(name)
        await self.accounts.save(account, replace(account, disabled=False))
        await self.record("account_enabled", by, account.name)

    async def end_session(self, name: str, digest: str, by: str) -> None:
        """End one session of an account; if it was the one on duty, its operator goes off duty."""
        ended = (await self.sessions.of(name)).get(digest)
        if ended is None:
            return
        await self.sessions.end(digest)
        await self.record("session_ended", by, name)
        rest = (await self.sessions.of(name)).values()
        if ended.on_duty and not any(session.on_duty for session in rest):
            await self._off_duty(await self.existing(name))

    async def record(self, what: str, by: str, detail: str = "") -> None:
        """Write a deed into the audit; the command line is nobody's account."""
        await self.journal.record(Audit(self._now(), what, "", by or "command line", detail))

    async def existing(self, name: str) -> Account:
        """The account of a name; raises BadAccount."""
        account = await self.accounts.find(plain_name(name))
        if account is None:
            raise BadAccount("not_found", f"there is no account {plain_name(name)!r}")
        return account

    def _now(self) -> int:
        return self.desk.clock.now()

    def _invited(self, account: Account) -> tuple[str, Account]:
        secret = secrets.token_urlsafe(32)
        return secret, replace(account, invite=hashed(secret), invite_until=self._now() + self.lifetime)

    def _link(self, name: str, secret: str) -> str:
        return f"{self.address}/invite/{name}/{secret}"

    async def _shut_out(self, account: Account) -> None:
        await end_sessions(self.sessions, account.name)
        await self._off_duty(account)

    async def _off_duty(self, account: Account) -> None:
        await self.desk.leave(Operator(account.name, account.display, account.languages))


def check(account: Account) -> None:
    """Raise BadAccount for a name, display name, language or locale that can't be."""
    if not _NAME.fullmatch(account.name):
        raise BadAccount("name_bad", "a sign-in name has 2 to 32 of a-z, 0-9, dot, hyphen and underscore")
    if not 0 < len(account.display) <= MAX_DISPLAY or not account.display.isprintable():
        raise BadAccount("display_bad", "a display name of 1 to 40 characters is needed: it is what the person is told")
    unknown = sorted(set(account.languages) - set(LANGUAGES))
    if unknown:
        raise BadAccount("bad_request", f"unknown languages {unknown}; known are {', '.join(LANGUAGES)}")
    if not 0 <= account.capacity <= MAX_CAPACITY:
        raise BadAccount("bad_request", f"an operator holds 1 to {MAX_CAPACITY} conversations; 0 is the desk's number")
    if account.locale not in LOCALES:
        raise BadAccount("bad_request", f"unknown locale {account.locale!r}; known are {', '.join(LOCALES)}")


async def end_sessions(sessions: Sessions, name: str) -> None:
    """End all sessions of an account."""
    for digest in await sessions.of(name):
        await sessions.end(digest)


def plain_name(name: str) -> str:
    """A sign-in name as it is stored, however it was typed."""
    return unicodedata.normalize("NFKC", name).strip().lower()


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
