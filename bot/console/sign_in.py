"""The way in and out: by passkey, or by password and code; and showing again who one is before what is dangerous."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from bot.console.auth import Door, Visit
from bot.console.caller import caller
from bot.console.factors import SecondMissing
from bot.console.gates import Refusal, confirming, from_address
from bot.console.pages import Pages, go, json
from bot.console.passkeys import SIGN_IN
from bot.flow.handoff import Desk


@dataclass(frozen=True)
class SignIn:
    """Sign-in, sign-out, confirmation."""

    door: Door
    desk: Desk
    pages: Pages

    async def form(self, request: Request) -> Response:
        """The sign-in page; who is in already goes on."""
        visit = await self.door.visit(request.cookies.get(self.door.cookie, ""))
        if visit is not None:
            return go(request, visit.home)
        return self.pages.show(request, "sign_in.html", code="", wait=0, name="")

    async def enter(self, request: Request) -> Response:
        """Sign in by password. A wrong name, a wrong password and a wrong code read the same."""
        name, password, code = await fields(request, "name", "password", "code")
        try:
            secret, visit = await self.door.sign_in(name, password, code, caller(request))
        except (Refusal, SecondMissing) as exc:
            return self._refuse(request, "sign_in.html", exc, name=name)
        return await self.admit(request, secret, visit)

    async def passkey_options(self, request: Request) -> Response:
        """What the browser needs for a passkey. Asking counts as a try of this address, for each answer is kept."""
        try:
            await self.door.gates.enter(from_address(caller(request).address))
        except Refusal as exc:
            return json("{}", 429, {"Retry-After": str(exc.seconds)})
        return json(await self.door.passkeys.ask(SIGN_IN))

    async def passkey(self, request: Request) -> Response:
        """Sign in by passkey."""
        (credential,) = await fields(request, "credential")
        try:
            secret, visit = await self.door.sign_in_by_passkey(credential, caller(request))
        except Refusal as exc:
            return self._refuse(request, "sign_in.html", exc, "passkey_wrong", name="")
        return await self.admit(request, secret, visit)

    async def leave(self, request: Request) -> Response:
        """Sign out; who is on duty nowhere else goes off duty, and what they hold goes back to the queue."""
        visit = await self.door.enter(request)
        if await self.door.sign_out(visit):
            await self.desk.leave(visit.operator)
        return self.door.take(go(request, "/sign-in"))

    async def confirm_form(self, request: Request) -> Response:
        """The page that asks again."""
        await self.door.enter(request)
        return self.pages.show(request, "confirm.html", code="", wait=0, back=request.query_params.get("back", ""))

    async def confirm(self, request: Request) -> Response:
        """Confirm by password and code, or by passkey, and go back to where one was."""
        visit = await self.door.enter(request)
        password, code, credential, back = await fields(request, "password", "code", "credential", "back")
        try:
            if credential:
                await self.door.confirm_by_passkey(visit, credential)
            else:
                await self.door.confirm(visit, password, code, caller(request))
        except (Refusal, SecondMissing) as exc:
            wrong = "passkey_wrong" if credential else "confirm_wrong"
            return self._refuse(request, "confirm.html", exc, wrong, back=back)
        return go(request, local(back) or visit.home)

    async def confirm_options(self, request: Request) -> Response:
        """What the browser needs to confirm by passkey."""
        visit = await self.door.enter(request)
        try:
            await self.door.gates.enter(confirming(visit.digest))
        except Refusal as exc:
            return json("{}", 429, {"Retry-After": str(exc.seconds)})
        return json(await self.door.passkeys.ask(f"confirm:{visit.digest}"))

    async def admit(self, request: Request, secret: str, visit: Visit, shown: Response | None = None) -> Response:
        """Put the new session into the browser; one it had before ends."""
        before = await self.door.visit(request.cookies.get(self.door.cookie, ""))
        if before is not None and await self.door.sign_out(before):
            await self.desk.leave(before.operator)
        return self.door.give(shown or go(request, visit.home), secret)

    def _refuse(
        self,
        request: Request,
        template: str,
        exc: Refusal | SecondMissing,
        wrong: str = "sign_in_wrong",
        **values: object,
    ) -> Response:
        wait = exc.seconds if isinstance(exc, Refusal) else 0
        status, code = (429, "throttled") if wait else (401, wrong)
        if isinstance(exc, SecondMissing):
            status, code = 403, "second_missing"
        headers = {"Retry-After": str(wait)} if wait else {}
        return self.pages.show(request, template, status, headers, code=code, wait=wait, **values)


def local(back: str) -> str:
    """An address of this console, or "": nobody is led elsewhere by what stands in an address."""
    inside = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    return back if inside else ""


async def fields(request: Request, *names: str) -> tuple[str, ...]:
    """Texts of a form, "" for those it lacks."""
    form = await request.form()
    return tuple(str(form.get(name, "")) for name in names)
