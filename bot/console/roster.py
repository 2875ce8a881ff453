"""The administrator's pages: everybody's accounts. Each look and each deed asks for a fresh confirmation."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.accounts import LANGUAGES, BadAccount, Register
from bot.console.auth import Door, Visit
from bot.console.pages import Pages, go
from bot.console.sign_in import fields
from bot.core.account import ADMINISTRATORS, Account, Role
from bot.core.language import DEFAULT_LOCALE


@dataclass(frozen=True)
class Roster:
    """All accounts, and one."""

    door: Door
    register: Register
    pages: Pages

    async def page(self, request: Request) -> Response:
        """Everybody, and the form to invite."""
        await self.door.step_up(request, ADMINISTRATORS)
        return await self._list(request)

    async def invite(self, request: Request) -> Response:
        """Invite; the link is shown this once."""
        visit = await self.door.step_up(request, ADMINISTRATORS, "/accounts")
        name, display, role, locale = await fields(request, "name", "display", "role", "locale")
        account = Account(name, display or name, await _languages(request), _role(role), locale or DEFAULT_LOCALE)
        try:
            link = await self.register.invite(account, visit.account.name)
        except BadAccount as exc:
            return await self._list(request, 422, exc.code)
        return self._link(request, account, link)

    async def one(self, request: Request) -> Response:
        """One account."""
        await self.door.step_up(request, ADMINISTRATORS)
        return await self._one(request)

    async def change(self, request: Request) -> Response:
        """Change role and languages; one's own role is for another administrator to change."""
        visit, name = await self._about(request)
        (role,) = await fields(request, "role")
        if name == visit.account.name and _role(role) is not visit.account.role:
            return await self._one(request, 409, "not_yourself")
        await self.register.change(name, _role(role), await _languages(request), visit.account.name)
        return go(request, f"/accounts/{name}")

    async def disable(self, request: Request) -> Response:
        """Shut an account out at once; nobody does this to themselves, so one administrator always stays."""
        visit, name = await self._about(request)
        if name == visit.account.name:
            return await self._one(request, 409, "not_yourself")
        await self.register.disable(name, visit.account.name)
        return go(request, f"/accounts/{name}")

    async def enable(self, request: Request) -> Response:
        """Let a disabled account in again."""
        visit, name = await self._about(request)
        await self.register.enable(name, visit.account.name)
        return go(request, f"/accounts/{name}")

    async def reset(self, request: Request) -> Response:
        """Void all ways to sign in and show a new link: for a lost phone, a forgotten password, a lapsed link."""
        visit, name = await self._about(request)
        if name == visit.account.name:
            return await self._one(request, 409, "not_yourself")
        link = await self.register.reset(name, visit.account.name)
        return self._link(request, await self.register.existing(name), link)

    async def end_session(self, request: Request) -> Response:
        """End one session of an account."""
        visit, name = await self._about(request)
        (digest,) = await fields(request, "session")
        await self.register.end_session(name, digest, visit.account.name)
        return go(request, f"/accounts/{name}")

    async def _about(self, request: Request) -> tuple[Visit, str]:
        """Who acts, and on which account."""
        name = str(request.path_params["name"])
        visit = await self.door.step_up(request, ADMINISTRATORS, f"/accounts/{name}")
        return visit, (await self._existing(name)).name

    async def _existing(self, name: str) -> Account:
        try:
            return await self.register.existing(name)
        except BadAccount as exc:
            raise HTTPException(404) from exc

    async def _list(self, request: Request, status: int = 200, code: str = "") -> Response:
        everyone = await self.door.accounts.everyone()
        return self.pages.show(
            request,
            "accounts.html",
            status,
            code=code,
            everyone=everyone,
            roles=list(Role),
            languages=LANGUAGES,
            now=self.door.clock.now(),
        )

    async def _one(self, request: Request, status: int = 200, code: str = "") -> Response:
        account = await self._existing(str(request.path_params["name"]))
        sessions = await self.door.sessions.of(account.name)
        return self.pages.show(
            request,
            "one_account.html",
            status,
            code=code,
            account=account,
            sessions=sorted(sessions.items(), key=lambda pair: -pair[1].seen),
            roles=list(Role),
            languages=LANGUAGES,
            now=self.door.clock.now(),
        )

    def _link(self, request: Request, account: Account, link: str) -> Response:
        hours = self.register.lifetime // 3_600_000
        return self.pages.show(request, "link.html", account=account, link=link, hours=hours)


async def _languages(request: Request) -> tuple[str, ...]:
    chosen = {str(value) for value in (await request.form()).getlist("language")}
    return tuple(code for code in LANGUAGES if code in chosen)


def _role(value: str) -> Role:
    """The role a form names; for one we don't know, the one that can do least to accounts."""
    return Role(value) if value in {role.value for role in Role} else Role.OPERATOR
