"""The way in and out, and what operators choose for themselves: password, language of the console."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from bot.console.accounts import weakness
from bot.console.auth import Door, Refusal
from bot.console.pages import Pages, go
from bot.core.language import LOCALES
from bot.flow.handoff import Desk


@dataclass(frozen=True)
class SignIn:
    """Sign-in, sign-out, password, account."""

    door: Door
    desk: Desk
    pages: Pages

    async def form(self, request: Request) -> Response:
        """The sign-in page; who is in already goes to the desk."""
        if await self.door.visit(request.cookies.get(self.door.cookie, "")) is not None:
            return go(request, "/")
        return self.pages.show(request, "sign_in.html", code="", wait=0, name="")

    async def enter(self, request: Request) -> Response:
        """Sign in. A wrong name and a wrong password read the same."""
        form = await request.form()
        name, password = str(form.get("name", "")), str(form.get("password", ""))
        address = request.client.host if request.client else ""
        before = await self.door.visit(request.cookies.get(self.door.cookie, ""))
        try:
            secret, visit = await self.door.sign_in(name, password, address)
        except Refusal as exc:
            code, status = ("throttled", 429) if exc.wait else ("sign_in_wrong", 401)
            headers = {"Retry-After": str(exc.seconds)} if exc.wait else {}
            return self.pages.show(request, "sign_in.html", status, headers, code=code, wait=exc.seconds, name=name)
        if before is not None and await self.door.sign_out(before):
            await self.desk.leave(before.operator)
        return self.door.give(go(request, "/password" if visit.account.one_time else "/"), secret)

    async def leave(self, request: Request) -> Response:
        """Sign out; who is on duty nowhere else goes off duty, and what they hold goes back to the queue."""
        visit = await self.door.enter(request)
        if await self.door.sign_out(visit):
            await self.desk.leave(visit.operator)
        return self.door.take(go(request, "/sign-in"))

    async def password_form(self, request: Request) -> Response:
        """The page to choose a password."""
        await self.door.enter(request)
        return self.pages.show(request, "password.html", code="", wait=0)

    async def password(self, request: Request) -> Response:
        """Choose a password; the current one is asked again, for a screen may have been left open."""
        visit = await self.door.enter(request)
        form = await request.form()
        now, new, again = (str(form.get(name, "")) for name in ("current", "new", "again"))
        code = "password_differs" if new != again else "password_same" if new == now else ""
        code = code or weakness(visit.account, new)
        try:
            if not code and not await self.door.confirm(visit, now):
                code = "password_wrong"
        except Refusal as exc:
            return self.pages.show(request, "password.html", 429, code="throttled", wait=exc.seconds)
        if code:
            return self.pages.show(request, "password.html", 422, code=code, wait=0)
        secret = await self.door.choose_password(visit, new)
        return self.door.give(go(request, "/"), secret)

    async def account_form(self, request: Request) -> Response:
        """What the account says, and the language of the console."""
        await self.door.enter(request)
        return self.pages.show(request, "account.html")

    async def account(self, request: Request) -> Response:
        """Change the language of the console."""
        visit = await self.door.enter(request)
        locale = str((await request.form()).get("locale", ""))
        if locale in LOCALES:
            await self.door.accounts.save(visit.account, replace(visit.account, locale=locale))
        return go(request, "/account")
