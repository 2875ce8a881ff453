"""What an account proves itself with beside a passkey: a password together with a one-time code (RFC 6238) or a
recovery code. A code works once: the last used step is remembered, a recovery code is forgotten.
"""

from __future__ import annotations

import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass, replace

import pyotp
import segno
from markupsafe import Markup

from bot.console.accounts import PLAIN, Passwords, plain_name
from bot.console.gates import hashed
from bot.console.ports import Accounts, Seal
from bot.core.account import Account
from bot.core.errors import HelplineError, WireError
from bot.core.ports import Clock

STEP = 30 * 1000
RECOVERY_CODES = 10
# What the authenticator app shows beside the code; neutral, for a phone is looked at by others.
ISSUER = "Desk"


class SecondMissing(HelplineError):
    """The password is right, but the account has no second factor, and one is demanded."""


@dataclass(frozen=True)
class Offer:
    """A secret for one-time codes that is not stored yet; `sealed` travels with the page that shows it."""

    name: str
    secret: str
    sealed: str

    @property
    def typed(self) -> str:
        """The secret as one types it, in groups of four."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))

    @property
    def picture(self) -> Markup:
        """What a phone scans, as SVG without style or script."""
        address = pyotp.TOTP(self.secret).provisioning_uri(name=self.name, issuer_name=ISSUER)
        # Markup: segno writes nothing but numbers into the paths of this SVG.
        return Markup(segno.make(address, error="m").svg_inline(scale=4, svgclass="qr", omitsize=True))  # noqa: S704


@dataclass(frozen=True)
class Factors:
    """Checks and sets passwords and codes. `demanded` is False on one's own machine alone."""

    accounts: Accounts
    passwords: Passwords
    seal: Seal
    clock: Clock
    demanded: bool = True

    async def by_password(self, name: str, password: str) -> Account | None:
        """The account, if the password is right and it is not disabled. No account takes as long as a wrong one."""
        account = await self.accounts.find(plain_name(name))
        right = await self.passwords.match(account, password)
        return account if account is not None and right and not account.disabled else None

    def needs_code(self, account: Account) -> bool:
        """Whether the password alone is not enough; raises SecondMissing where it can't ever be."""
        if not account.totp and self.demanded:
            raise SecondMissing
        return bool(account.totp)

    async def spend(self, account: Account, code: str) -> bool:
        """Whether the code is right; a right one is used up with this."""
        plain = plain_code(code)
        if re.fullmatch(r"[0-9]{6}", plain):
            step = self._step(self.seal.open(account.name, account.totp), plain, account.totp_step)
            return bool(step) and await self.accounts.swap(account, replace(account, totp_step=step), "totp_step")
        digest = hashed(account.name, plain)
        left = tuple(kept for kept in account.recovery if kept != digest)
        return left != account.recovery and await self.accounts.swap(
            account, replace(account, recovery=left), "recovery"
        )

    def offer(self, name: str, sealed: str = "") -> Offer:
        """A new secret for one-time codes, or the one a page came back with, if it is ours."""
        try:
            secret = self.seal.open(name, sealed)
        except WireError:
            secret = pyotp.random_base32()
            sealed = self.seal.seal(name, secret)
        return Offer(name, secret, sealed)

    def accept(self, account: Account, offer: Offer, code: str) -> tuple[Account, tuple[str, ...]] | None:
        """The account with the offered secret and new recovery codes, if the code shows that the app has it."""
        step = self._step(offer.secret, plain_code(code), 0)
        if not step:
            return None
        changed, codes = renew(replace(account, totp=offer.sealed, totp_step=step))
        return changed, codes

    def _step(self, secret: str, code: str, last: int) -> int:
        """Which step the code is of, one early or late allowed; 0 for a wrong code or one of a used step."""
        now = self.clock.now() // STEP
        found = 0
        for step in (now - 1, now, now + 1):
            right = hmac.compare_digest(pyotp.TOTP(secret).generate_otp(step).encode(), code.encode())
            found = step if right and step > last else found
        return found


def renew(account: Account) -> tuple[Account, tuple[str, ...]]:
    """The account with new recovery codes in place of the old, and the codes, to be shown once."""
    codes = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
    digests = tuple(hashed(account.name, plain_code(code)) for code in codes)
    return replace(account, recovery=digests), codes


async def reseal(accounts: Accounts, seal: Seal) -> None:
    """Seal every secret of one-time codes with the current master key."""
    for account in await accounts.everyone():
        if account.totp:
            sealed = seal.seal(account.name, seal.open(account.name, account.totp))
            await accounts.swap(account, replace(account, totp=sealed), "totp")


def plain_code(code: str) -> str:
    """A code as it is compared, however it was typed: digits of any script, with gaps or without."""
    bare = "".join(c for c in unicodedata.normalize("NFKC", code).lower() if c.isalnum())
    return "".join(str(unicodedata.digit(c, c)) for c in bare)


def _recovery_code() -> str:
    """Three groups of five plain letters, near 74 bits."""
    return "-".join("".join(secrets.choice(PLAIN) for _ in range(5)) for _ in range(3))
