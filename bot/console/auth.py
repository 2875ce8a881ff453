"""The door: who comes in, how long they stay, and how they leave.

A browser holds a random secret; the store holds its SHA-256 alone, so a stolen store opens no door. Every request
asks the store anew, so an ended session or a disabled account is out at once.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, replace

import structlog
from starlette.requests import Request
from starlette.responses import Response

from bot.console.accounts import end_sessions, plain_name
from bot.console.caller import Caller
from bot.console.factors import Factors
from bot.console.gates import MINUTE, Gates, Refusal, confirming, from_address, hashed
from bot.console.passkeys import SIGN_IN, BadPasskey, Passkeys
from bot.console.ports import Accounts, Journal, Sessions
from bot.core.account import ADMINISTRATORS, DESK_ROLES, Account, Role, Session
from bot.core.errors import HelplineError
from bot.core.ports import Audit, Clock
from bot.flow.handoff import Operator

log = structlog.get_logger(__name__)

IDLE = 120 * MINUTE
WHOLE = 12 * 60 * MINUTE
# How long a confirmation opens what is dangerous.
FRESH = 5 * MINUTE


class SignInNeeded(HelplineError):
    """Nobody is signed in here."""


class ConfirmNeeded(HelplineError):
    """Who is signed in must show again that it is them; `back` is where they were going."""

    def __init__(self, back: str) -> None:
        super().__init__("confirmation needed")
        self.back = back


class NotAllowed(HelplineError):
    """The account's role does not reach this far."""


class Forged(HelplineError):
    """The request does not come from our own page."""


@dataclass(frozen=True)
class Visit:
    """Who is asking: the account with the session it came through."""

    account: Account
    session: Session
    digest: str

    @property
    def operator(self) -> Operator:
        """The one who acts at the desk."""
        account = self.account
        return Operator(account.name, account.display, account.languages, account.capacity)

    @property
    def home(self) -> str:
        """The page this account begins with."""
        if self.account.role in DESK_ROLES:
            return "/"
        return "/accounts" if self.account.role in ADMINISTRATORS else "/content"


@dataclass(frozen=True)
class Door:
    """Lets in, looks up and sees out. `secure` is False on plain-http loopback alone."""

    accounts: Accounts
    sessions: Sessions
    gates: Gates
    factors: Factors
    passkeys: Passkeys
    journal: Journal
    clock: Clock
    secure: bool = True

    @property
    def cookie(self) -> str:
        """The cookie's name; the prefix makes browsers refuse one set by a sibling host or without TLS."""
        return "__Host-helpline" if self.secure else "helpline"

    async def sign_in(self, name: str, password: str, code: str, caller: Caller) -> tuple[str, Visit]:
        """Let in by password and code; returns the secret for the cookie. Raises Refusal or SecondMissing."""
        clean = plain_name(name)
        gates = (from_address(caller.address), await self.gates.password(clean, caller.address))
        await self.gates.enter(*gates)
        account = await self.factors.by_password(clean, password)
        if account is None:
            log.warning("sign_in_refused")
            raise Refusal
        await self._second(account, code, caller.address)
        await self.gates.clear(*gates)
        return await self.begin(account, caller)

    async def sign_in_by_passkey(self, credential: str, caller: Caller) -> tuple[str, Visit]:
        """Let in by passkey. Its tries were counted when the challenge was asked for; raises Refusal."""
        try:
            account = await self.passkeys.check(SIGN_IN, credential)
        except BadPasskey as exc:
            log.warning("sign_in_refused")
            raise Refusal from exc
        await self.gates.clear(from_address(caller.address))
        return await self.begin(account, caller)

    async def visit(self, secret: str) -> Visit | None:
        """Who holds this secret, if the session and the account still live."""
        if not secret:
            return None
        digest = hashed(secret)
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
        abandoned screen stays signed in. Raises SignInNeeded or Forged.
        """
        visit = await self.visit(request.cookies.get(self.cookie, ""))
        if visit is None:
            raise SignInNeeded
        request.state.visit = visit
        if request.method == "POST":
            token = (await request.form()).get("token")
            if not isinstance(token, str) or not hmac.compare_digest(token.encode(), visit.session.token.encode()):
                raise Forged
        now = self.clock.now()
        if touch and now - visit.session.seen > MINUTE:
            await self.sessions.save(visit.digest, visit.session, replace(visit.session, seen=now))
        return visit

    async def enter_desk(self, request: Request, *, touch: bool = True) -> Visit:
        """As `enter`, for what shows a person's words or acts on a conversation; raises NotAllowed."""
        return await self.enter_as(request, DESK_ROLES, touch=touch)

    async def enter_as(self, request: Request, roles: frozenset[Role], *, touch: bool = True) -> Visit:
        """As `enter`, for some roles; raises NotAllowed."""
        visit = await self.enter(request, touch=touch)
        if visit.account.role not in roles:
            raise NotAllowed
        return visit

    async def step_up(self, request: Request, roles: frozenset[Role] = frozenset(Role), back: str = "") -> Visit:
        """As `enter`, for what is dangerous: one of these roles, and confirmed within the last five minutes.
        Raises NotAllowed, or ConfirmNeeded, which leads to a page that asks and comes back to `back`; without it
        to the page itself, so an action must name the page its form stands on.
        """
        visit = await self.enter(request)
        if visit.account.role not in roles:
            raise NotAllowed
        if self.clock.now() - visit.session.confirmed > FRESH:
            raise ConfirmNeeded(back or str(request.url.path))
        return visit

    async def confirm(self, visit: Visit, password: str, code: str, caller: Caller) -> None:
        """It is the account's owner, by password and code; raises Refusal or SecondMissing."""
        gate = confirming(visit.digest)
        await self.gates.enter(gate)
        if not await self.factors.passwords.match(visit.account, password):
            raise Refusal
        await self._second(visit.account, code, caller.address)
        await self._confirmed(visit)

    async def confirm_by_passkey(self, visit: Visit, credential: str) -> None:
        """It is the account's owner, by passkey; raises Refusal."""
        gate = confirming(visit.digest)
        await self.gates.enter(gate)
        try:
            account = await self.passkeys.check(f"confirm:{visit.digest}", credential)
        except BadPasskey as exc:
            raise Refusal from exc
        if account.name != visit.account.name:
            raise Refusal
        await self._confirmed(visit)

    async def renew(self, visit: Visit) -> str:
        """A way to sign in was changed: end all sessions of the account, begin a new one; returns its secret."""
        await end_sessions(self.sessions, visit.account.name)
        now = self.clock.now()
        session = replace(visit.session, token=secrets.token_urlsafe(32), began=now, seen=now, confirmed=now)
        return await self._keep(session)

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
        await self.record(visit.account.name, "signed_out")
        others = (await self.sessions.of(visit.account.name)).values()
        return visit.session.on_duty and not any(session.on_duty for session in others)

    async def begin(self, account: Account, caller: Caller) -> tuple[str, Visit]:
        """Begin a session of somebody who has shown who they are. Raises Refusal where the account was disabled or
        reset in this moment: all its sessions were ended then, and this would be one more.
        """
        now = self.clock.now()
        session = Session(account.name, secrets.token_urlsafe(32), now, now, confirmed=now, browser=caller.browser)
        secret = await self._keep(session)
        found = await self.accounts.find(account.name)
        if found is None or found.disabled or found.ways != account.ways:
            await self.sessions.end(hashed(secret))
            raise Refusal
        await self.gates.know(account.name, caller.address)
        await self.record(account.name, "signed_in")
        return secret, Visit(account, session, hashed(secret))

    async def record(self, name: str, what: str, detail: str = "") -> None:
        """Write what an account did for itself into the audit and the log."""
        log.info(what, operator=name)
        await self.journal.record(Audit(self.clock.now(), what, "", name, detail))

    def give(self, response: Response, secret: str) -> Response:
        """Put the secret into the browser, until it closes."""
        response.set_cookie(self.cookie, secret, path="/", secure=self.secure, httponly=True, samesite="strict")
        return response

    def take(self, response: Response) -> Response:
        """Take the secret out of the browser, and what the page kept."""
        response.delete_cookie(self.cookie, path="/", secure=self.secure, httponly=True, samesite="strict")
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    async def _keep(self, session: Session) -> str:
        secret = secrets.token_urlsafe(32)
        await self.sessions.begin(hashed(secret), session)
        return secret

    async def _second(self, account: Account, code: str, address: str) -> None:
        """The code, where one is needed. A wrong one after a right password is worth a look: somebody has it."""
        if not self.factors.needs_code(account):
            return
        gate = await self.gates.code(account.name, address)
        await self.gates.enter(gate)
        if not await self.factors.spend(account, code):
            await self.record(account.name, "code_refused")
            raise Refusal
        await self.gates.clear(gate)

    async def _confirmed(self, visit: Visit) -> None:
        await self.gates.clear(confirming(visit.digest))
        await self.sessions.save(visit.digest, visit.session, replace(visit.session, confirmed=self.clock.now()))
        await self.record(visit.account.name, "confirmed")
