"""One's own account: language of the console, ways to sign in, sessions. What opens doors is confirmed first."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from bot.console.accounts import Register, weakness
from bot.console.auth import Door, Visit
from bot.console.caller import caller
from bot.console.factors import renew
from bot.console.pages import Pages, go, json
from bot.console.passkeys import BadPasskey
from bot.console.sign_in import fields
from bot.core.account import Account
from bot.core.language import LOCALES

HOME = "/account"


class OwnAccount:
    """The pages and actions of one's own account."""

    def __init__(self, door: Door, register: Register, pages: Pages) -> None:
        self._door = door
        self._register = register
        self._pages = pages

    async def page(self, request: Request) -> Response:
        """What the account says."""
        return await self._page(request, await self._door.enter(request))

    async def locale(self, request: Request) -> Response:
        """Change the language of the console."""
        visit = await self._door.enter(request)
        (locale,) = await fields(request, "locale")
        if locale in LOCALES:
            await self._door.accounts.save(visit.account, replace(visit.account, locale=locale))
        return go(request, HOME)

    async def password_form(self, request: Request) -> Response:
        """The page to choose a password."""
        await self._door.step_up(request)
        return self._pages.show(request, "password.html", code="")

    async def password(self, request: Request) -> Response:
        """Choose a password; every session made with the old one ends."""
        visit = await self._door.step_up(request, back="/password")
        new, again = await fields(request, "password", "again")
        code = "password_differs" if new != again else weakness(visit.account, new)
        passwords = self._door.factors.passwords
        if not code and visit.account.digest and await passwords.match(visit.account, new):
            code = "password_same"
        if code:
            return self._pages.show(request, "password.html", 422, code=code)
        changed = replace(visit.account, digest=await passwords.hash(new))
        onward = go(request, HOME if changed.totp or not self._door.factors.demanded else "/account/codes")
        return await self._kept(visit, changed, "digest", "password_changed", onward)

    async def codes_form(self, request: Request) -> Response:
        """The page to set up one-time codes."""
        visit = await self._door.step_up(request)
        return self._codes(request, visit, "")

    async def codes(self, request: Request) -> Response:
        """Set up one-time codes anew; the recovery codes are new too, and shown this once."""
        visit = await self._door.step_up(request, back="/account/codes")
        code, sealed = await fields(request, "code", "offer")
        factors = self._door.factors
        accepted = factors.accept(visit.account, factors.offer(visit.account.name, sealed), code)
        if accepted is None:
            return self._codes(request, visit, sealed, 422, "code_wrong")
        changed, codes = accepted
        shown = self._pages.show(request, "codes.html", codes=codes, onward=HOME)
        return await self._kept(visit, changed, "totp", "codes_set_up", shown)

    async def recovery(self, request: Request) -> Response:
        """New recovery codes in place of the old."""
        visit = await self._door.step_up(request, back=HOME)
        changed, codes = renew(visit.account)
        await self._door.accounts.save(visit.account, changed)
        await self._door.record(visit.account.name, "recovery_codes_renewed")
        return self._pages.show(request, "codes.html", codes=codes, onward=HOME)

    async def passkey_form(self, request: Request) -> Response:
        """The page to add a passkey."""
        await self._door.step_up(request)
        return self._passkey(request)

    async def passkey_options(self, request: Request) -> Response:
        """What the browser needs to make a passkey."""
        visit = await self._door.step_up(request, back="/account/passkey")
        return json(await self._door.passkeys.offer(visit.account))

    async def add_passkey(self, request: Request) -> Response:
        """Add the passkey the browser made."""
        visit = await self._door.step_up(request, back="/account/passkey")
        credential, label = await fields(request, "credential", "label")
        try:
            label = label or caller(request).browser
            changed = await self._door.passkeys.register(visit.account, credential, label)
        except BadPasskey:
            return self._passkey(request, 422, "passkey_wrong")
        return await self._kept(visit, changed, "passkeys", "passkey_added", go(request, HOME))

    async def remove_passkey(self, request: Request) -> Response:
        """Remove a passkey, unless it is the only way in; sessions begun with it end."""
        visit = await self._door.step_up(request, back=HOME)
        (id,) = await fields(request, "passkey")
        left = tuple(key for key in visit.account.passkeys if key.id != id)
        changed = replace(visit.account, passkeys=left)
        if not left and not self._enough(changed):
            return await self._page(request, visit, 409, "last_way")
        return await self._kept(visit, changed, "passkeys", "passkey_removed", go(request, HOME))

    async def end_session(self, request: Request) -> Response:
        """End one of one's own sessions."""
        visit = await self._door.enter(request)
        (digest,) = await fields(request, "session")
        await self._register.end_session(visit.account.name, digest, visit.account.name)
        return go(request, HOME)

    def _enough(self, account: Account) -> bool:
        """Whether one can sign in without a passkey."""
        return bool(account.digest and (account.totp or not self._door.factors.demanded))

    async def _kept(self, visit: Visit, changed: Account, guard: str, what: str, shown: Response) -> Response:
        """Store a changed way to sign in, if nobody changed it meanwhile; other sessions end."""
        if changed != visit.account and not await self._door.accounts.swap(visit.account, changed, guard):
            return go_back()
        await self._door.record(visit.account.name, what)
        return self._door.give(shown, await self._door.renew(visit))

    async def _page(self, request: Request, visit: Visit, status: int = 200, code: str = "") -> Response:
        sessions = await self._door.sessions.of(visit.account.name)
        ordered = sorted(sessions.items(), key=lambda pair: -pair[1].seen)
        return self._pages.show(request, "account.html", status, code=code, sessions=ordered)

    def _codes(self, request: Request, visit: Visit, sealed: str, status: int = 200, code: str = "") -> Response:
        offer = self._door.factors.offer(visit.account.name, sealed)
        return self._pages.show(request, "codes_form.html", status, code=code, offer=offer)

    def _passkey(self, request: Request, status: int = 200, code: str = "") -> Response:
        return self._pages.show(request, "passkey.html", status, code=code)


def go_back() -> Response:
    """The account was changed elsewhere in this moment: look at it again."""
    return Response(status_code=303, headers={"Location": HOME})
