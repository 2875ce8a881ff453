"""The page behind a one-time link: who was invited chooses a name for people, languages, and a way to sign in.

Looking at it uses nothing up, for messengers look at links by themselves; the link goes with the first form that is
right, together with everything chosen in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from bot.console.accounts import LANGUAGES, BadAccount, Register, check, weakness
from bot.console.auth import Door
from bot.console.caller import caller
from bot.console.gates import link
from bot.console.pages import Pages, json
from bot.console.passkeys import BadPasskey
from bot.console.sign_in import SignIn, fields
from bot.core.account import Account
from bot.core.errors import HelplineError


class DeadLink(HelplineError):
    """The link was used, is too old, or never was one."""


@dataclass(frozen=True)
class Invitation:
    """The pages of a link."""

    door: Door
    register: Register
    pages: Pages
    sign_in: SignIn

    async def form(self, request: Request) -> Response:
        """The page to choose on."""
        return self._page(request, await self._invited(request))

    async def options(self, request: Request) -> Response:
        """What the browser needs to make a passkey."""
        return json(await self.door.passkeys.offer(await self._invited(request)))

    async def accept(self, request: Request) -> Response:
        """Take what was chosen; what is wrong is said, and the link stays good."""
        invited = await self._invited(request)
        chosen = await self._chosen(request, invited)
        try:
            check(chosen)
            ready, codes = await self._way_in(request, chosen)
        except BadAccount as exc:
            (sealed,) = await fields(request, "offer")
            return self._page(request, chosen, 422, exc.code, sealed)
        except BadPasskey:
            return self._page(request, chosen, 422, "passkey_wrong")
        if not await self.register.accept(invited, ready):
            raise DeadLink
        secret, visit = await self.door.begin(replace(ready, invite="", invite_until=0), caller(request))
        shown = self.pages.show(request, "codes.html", codes=codes, onward=visit.home) if codes else None
        return await self.sign_in.admit(request, secret, visit, shown)

    async def _invited(self, request: Request) -> Account:
        """Whose link it is; raises DeadLink, or Refusal for who tries many."""
        gate = link(caller(request).address)
        await self.door.gates.enter(gate)
        account = await self.register.find_invited(request.path_params["name"], request.path_params["secret"])
        if account is None:
            raise DeadLink
        await self.door.gates.clear(gate)
        request.state.locale = account.locale
        return account

    async def _chosen(self, request: Request, invited: Account) -> Account:
        form = await request.form()
        spoken = {str(value) for value in form.getlist("language")}
        return replace(
            invited,
            display=str(form.get("display", "")).strip(),
            languages=tuple(code for code in LANGUAGES if code in spoken),
            locale=str(form.get("locale", invited.locale)),
        )

    async def _way_in(self, request: Request, chosen: Account) -> tuple[Account, tuple[str, ...]]:
        """The account with a passkey, or with password and codes, and the recovery codes to show."""
        credential, label, password, again, code, sealed = await fields(
            request, "credential", "label", "password", "again", "code", "offer"
        )
        if credential:
            return await self.door.passkeys.register(chosen, credential, label or caller(request).browser), ()
        wrong = weakness(chosen, password) or ("password_differs" if password != again else "")
        if wrong:
            raise BadAccount(wrong, wrong)
        factors = self.door.factors
        digest = await factors.passwords.hash(password)
        if not code and not factors.demanded:
            return replace(chosen, digest=digest), ()
        accepted = factors.accept(replace(chosen, digest=digest), factors.offer(chosen.name, sealed), code)
        if accepted is None:
            raise BadAccount("code_wrong", "code_wrong")
        return accepted

    def _page(
        self, request: Request, account: Account, status: int = 200, code: str = "", sealed: str = ""
    ) -> Response:
        return self.pages.show(
            request,
            "invitation.html",
            status,
            code=code,
            account=account,
            languages=LANGUAGES,
            offer=self.door.factors.offer(account.name, sealed),
            where=request.url.path,
        )
