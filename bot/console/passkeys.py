"""Passkeys (WebAuthn): the checks are py_webauthn's; here stands what it can't know, the challenges and the accounts.

A passkey is discoverable, so signing in needs no name, and asking for one tells nobody which accounts there are.
User verification is required, so a passkey is two factors: the device, and its owner's finger or PIN.
A challenge is given by the server for one purpose, lives five minutes and works once.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bot.console.gates import hashed
from bot.console.ports import Accounts, Challenges
from bot.core.account import Account, Passkey
from bot.core.errors import HelplineError
from bot.core.ports import Clock

SIGN_IN = "sign-in"
MAX_LABEL = 40


class BadPasskey(HelplineError):
    """The browser's answer is not one to a challenge of ours, or its signature is wrong."""


@dataclass(frozen=True)
class Passkeys:
    """Registers and checks passkeys. `origin` is the console's public address, to which they are bound."""

    accounts: Accounts
    challenges: Challenges
    clock: Clock
    origin: str

    @property
    def site(self) -> str:
        """The relying party's id: the host name alone."""
        return urlsplit(self.origin).hostname or ""

    async def offer(self, account: Account) -> str:
        """What a browser needs to make a passkey for this account, as JSON."""
        return options_to_json(
            generate_registration_options(
                rp_id=self.site,
                rp_name="Desk",
                user_id=_handle(account.name),
                user_name=account.name,
                user_display_name=account.display,
                challenge=await self._challenge(f"new:{account.name}"),
                authenticator_selection=AuthenticatorSelectionCriteria(
                    resident_key=ResidentKeyRequirement.REQUIRED,
                    user_verification=UserVerificationRequirement.REQUIRED,
                ),
                exclude_credentials=[
                    PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.id)) for key in account.passkeys
                ],
            )
        )

    async def register(self, account: Account, credential: str, label: str) -> Account:
        """The account with the passkey the browser made, not stored yet; raises BadPasskey."""
        try:
            answer = parse_registration_credential_json(credential)
            made = verify_registration_response(
                credential=answer,
                expected_challenge=await self._given(answer.response.client_data_json, f"new:{account.name}"),
                expected_rp_id=self.site,
                expected_origin=self.origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError) as exc:
            raise BadPasskey from exc
        id, key = bytes_to_base64url(made.credential_id), bytes_to_base64url(made.credential_public_key)
        passkey = Passkey(id, key, made.sign_count, self.clock.now(), label.strip()[:MAX_LABEL])
        return replace(account, passkeys=(*account.passkeys, passkey))

    async def ask(self, about: str) -> str:
        """What a browser needs to use a passkey for this purpose, as JSON."""
        options = generate_authentication_options(
            rp_id=self.site,
            challenge=await self._challenge(about),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json(options)

    async def check(self, about: str, credential: str) -> Account:
        """Whose passkey signed the challenge for this purpose; its counter is kept. Raises BadPasskey."""
        try:
            answer = parse_authentication_credential_json(credential)
            challenge = await self._given(answer.response.client_data_json, about)
            account, passkey = await self._owner(answer.id, answer.response.user_handle)
            signed = verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self.site,
                expected_origin=self.origin,
                credential_public_key=base64url_to_bytes(passkey.key),
                credential_current_sign_count=passkey.count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError) as exc:
            raise BadPasskey from exc
        return await self._counted(account, passkey, signed.new_sign_count)

    async def _owner(self, id: str, handle: bytes | None) -> tuple[Account, Passkey]:
        """A desk has dozens of accounts, and a challenge was paid for: looking through them is cheap enough."""
        for account in await self.accounts.everyone():
            for passkey in account.passkeys:
                if passkey.id == id and handle == _handle(account.name) and not account.disabled:
                    return account, passkey
        raise BadPasskey

    async def _counted(self, account: Account, passkey: Passkey, count: int) -> Account:
        """Keep the counter; of two answers at once with the same one, a copied authenticator's is refused."""
        if count == passkey.count:
            return account  # it has none, as those a phone shares between devices
        keys = tuple(replace(key, count=count) if key == passkey else key for key in account.passkeys)
        counted = replace(account, passkeys=keys)
        if not await self.accounts.swap(account, counted, "passkeys"):
            raise BadPasskey
        return counted

    async def _challenge(self, about: str) -> bytes:
        challenge = secrets.token_bytes(32)
        await self.challenges.keep(hashed(challenge.hex()), about)
        return challenge

    async def _given(self, client_data: bytes, about: str) -> bytes:
        """The challenge in the browser's answer, if we gave it for this purpose and it was not used."""
        challenge = parse_client_data_json(client_data).challenge
        if await self.challenges.take(hashed(challenge.hex())) != about:
            raise BadPasskey
        return challenge


def _handle(name: str) -> bytes:
    """What an authenticator knows an account by: says nothing, and stays the same when the account gets another."""
    return bytes.fromhex(hashed("passkey", name))
