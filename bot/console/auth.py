"""The door: who comes in, how long they stay, and how they leave.

A browser holds a random secret; the store holds its SHA-256 alone, so a stolen store opens no door. Every request
asks the store anew, so an ended session or a disabled account is out at once.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace

import structlog
from starlette.requests import Request
from starlette.responses import Response

from bot.console.accounts import Passwords, plain_name, set_password, verify
from bot.console.ports import Accounts, Sessions, Throttle
from bot.core.account import DESK_ROLES, Account, Session
from bot.core.errors import HelplineError
from bot.core.ports import Clock
from bot.flow.handoff import Operator

log = structlog.get_logger(__name__)

MINUTE = 60 * 1000
IDLE = 120 * MINUTE
WHOLE = 12 * 60 * MINUTE

# An account, and an address, may fail so often for nothing; then every try costs a wait, up to the cap. The
# address is forgiving, for a whole desk may share one.
ACCOUNT_FREE, ACCOUNT_CAP = 5, MINUTE
ADDRESS_FREE, ADDRESS_CAP = 20, 15 * 1000

# Where an account that must choose its password first may go.
_BEFORE_PASSWORD = ("/password", "/sign-out")


class SignInNeeded(HelplineError):
    """Nobody is signed in here."""


class PasswordNeeded(HelplineError):
    """A one-time password was used: choose another first."""


class NotAllowed(HelplineError):
    """The account's role does not reach this far."""


class Forged(HelplineError):
    """The request does not come from our own page."""


class Refusal(HelplineError):
    """No entry: wrong name or password, or too many tries; `wait` is in ms, 0 for a plain wrong one."""

    def __init__(self, wait: int = 0) -> None:
        super().__init__("sign-in refused")
        self.wait = wait

    @property
    def seconds(self) -> int:
        """The wait in whole seconds, rounded up."""
        return -(-self.wait // 1000)


@dataclass(frozen=True)
class Visit:
    """Who is asking: the account with the session it came through."""

    account: Account
    session: Session
    digest: str

    @property
    def operator(self) -> Operator:
        """The one who acts at the desk."""
        return Operator(self.account.name, self.account.display, self.account.languages)


@dataclass(frozen=True)
class Door:
    """Lets in, looks up and sees out. `secure` is False on plain-http loopback alone."""

    accounts: Accounts
    sessions: Sessions
    throttle: Throttle
    passwords: Passwords
    clock: Clock
    secure: bool = True

    @property
    def cookie(self) -> str:
        """The cookie's name; the prefix makes browsers refuse one set by a sibling host or without TLS."""
        return "__Host-helpline" if self.secure else "helpline"

    async def sign_in(self, name: str, password: str, address: str) -> tuple[str, Visit]:
        """Let in; returns the secret for the cookie. Raises Refusal."""
        gates = await self._gates(plain_name(name), address)
        for gate, free, cap in gates:
            wait = await self.throttle.enter(gate, self.clock.now(), free=free, cap=cap)
            if wait:
                log.warning("sign_in_throttled", wait=wait)
                raise Refusal(wait)
        account = await verify(self.accounts, self.passwords, name, password)
        if account is None:
            log.warning("sign_in_refused")
            raise Refusal
        for gate, _, _ in gates:
            await self.throttle.clear(gate)
        await self.throttle.know(_digest(account.name, address))
        log.info("signed_in", operator=account.name)
        return await self._begin(account)

    async def visit(self, secret: str) -> Visit | None:
        """Who holds this secret, if the session and the account still live."""
        if not secret:
            return None
        digest = _digest(secret)
        session = await self.sessions.find(digest)
        if session is None:
            return None
        now = self.clock.now()
        account = await self.accounts.find(session.account)
        if account is None or account.disabled or now - session.seen > IDLE or now - session.began > WHOLE:
            await self.sessions.end(digest)
            return None
        return Visit(account, session, digest)

    async def enter(self, request: Request, *, touch: bool = True) -> Visit:
        """Who asks, checked for this request. `touch` is False for what a page fetches by itself, lest an
        abandoned screen stays signed in. Raises SignInNeeded, PasswordNeeded or Forged.
        """
        visit = await self.visit(request.cookies.get(self.cookie, ""))
        if visit is None:
            raise SignInNeeded
        request.state.visit = visit
        if request.method == "POST":
            token = (await request.form()).get("token")
            if not isinstance(token, str) or not hmac.compare_digest(token.encode(), visit.session.token.encode()):
                raise Forged
        if visit.account.one_time and request.url.path not in _BEFORE_PASSWORD:
            raise PasswordNeeded
        now = self.clock.now()
        if touch and now - visit.session.seen > MINUTE:
            await self.sessions.save(visit.digest, visit.session, replace(visit.session, seen=now))
        return visit

    async def enter_desk(self, request: Request, *, touch: bool = True) -> Visit:
        """As `enter`, for what shows a person's words or acts on a conversation; raises NotAllowed."""
        visit = await self.enter(request, touch=touch)
        if visit.account.role not in DESK_ROLES:
            raise NotAllowed
        return visit

    async def confirm(self, visit: Visit, password: str) -> bool:
        """Whether it is really the account's owner, asked again within a session; raises Refusal after many tries."""
        gate = f"confirm:{visit.digest}"
        wait = await self.throttle.enter(gate, self.clock.now(), free=ACCOUNT_FREE, cap=ACCOUNT_CAP)
        if wait:
            raise Refusal(wait)
        return await self.passwords.match(visit.account, password)

    async def choose_password(self, visit: Visit, password: str) -> str:
        """Store the chosen password, end all sessions, begin a new one; returns its secret."""
        await set_password(self.accounts, self.sessions, self.passwords, visit.account, password)
        log.info("password_chosen", operator=visit.account.name)
        secret, _ = await self._begin(visit.account, on_duty=visit.session.on_duty)
        return secret

    async def duty(self, visit: Visit, on_duty: bool) -> None:
        """Note duty on this session; going off duty holds for all sessions of the account."""
        if on_duty:
            await self.sessions.save(visit.digest, visit.session, replace(visit.session, on_duty=True))
            return
        for digest, session in (await self.sessions.of(visit.account.name)).items():
            await self.sessions.save(digest, session, replace(session, on_duty=False))

    async def sign_out(self, visit: Visit) -> bool:
        """End this session; returns whether the operator was on duty here and is nowhere else."""
        await self.sessions.end(visit.digest)
        log.info("signed_out", operator=visit.account.name)
        others = (await self.sessions.of(visit.account.name)).values()
        return visit.session.on_duty and not any(session.on_duty for session in others)

    def give(self, response: Response, secret: str) -> Response:
        """Put the secret into the browser, until it closes."""
        response.set_cookie(self.cookie, secret, path="/", secure=self.secure, httponly=True, samesite="strict")
        return response

    def take(self, response: Response) -> Response:
        """Take the secret out of the browser, and what the page kept."""
        response.delete_cookie(self.cookie, path="/", secure=self.secure, httponly=True, samesite="strict")
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    async def _begin(self, account: Account, *, on_duty: bool = False) -> tuple[str, Visit]:
        secret = secrets.token_urlsafe(32)
        now = self.clock.now()
        session = Session(account.name, secrets.token_urlsafe(32), now, now, on_duty)
        visit = Visit(account, session, _digest(secret))
        await self.sessions.begin(visit.digest, session)
        return secret, visit

    async def _gates(self, name: str, address: str) -> tuple[tuple[str, int, int], ...]:
        """What a try must pass. From an address the account knows it has a gate of its own, so that a stranger
        who keeps failing on its name can't shut the operator out.
        """
        pair = _digest(name, address)
        account = f"pair:{pair}" if await self.throttle.knows(pair) else f"account:{_digest(name)}"
        return (
            (f"address:{_digest(address)}", ADDRESS_FREE, ADDRESS_CAP),
            (account, ACCOUNT_FREE, ACCOUNT_CAP),
        )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
