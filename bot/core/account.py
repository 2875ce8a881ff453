"""Accounts of the console: who may sign in, and as what. Plain values, known to console and adapters alike."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Role(str, enum.Enum):
    """What an account is for."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    CONTENT = "content"
    ADMINISTRATOR = "administrator"


# Who may read and take conversations; the others see no person's words.
DESK_ROLES = frozenset({Role.OPERATOR, Role.SUPERVISOR})
# Who sees how the desk does: reports, the board, the audit.
OVERSEERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
# Who manages accounts, and sees no person's words.
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
# Who changes what the assistant understands and says.
CONTENT_ROLES = frozenset({Role.CONTENT, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Passkey:
    """One authenticator's public key. `id` and `key` are base64url, `count` is its signature counter, `label` what
    its owner calls it, `made` milliseconds since 1970.
    """

    id: str
    key: str
    count: int
    made: int
    label: str = ""


@dataclass(frozen=True)
class Account:
    """One who may sign in. `name` is for signing in and names the operator everywhere; `display` is what the
    person is told. `languages` are as `bot.core.language.speech` says. `digest` is the password's Argon2id hash,
    `totp` the sealed secret of the one-time codes and `totp_step` the last step a code was used of; `recovery` are
    SHA-256 of the recovery codes that are left. `invite` is the SHA-256 of the secret of an open one-time link,
    which lives until `invite_until`, milliseconds since 1970. `capacity` is how many conversations they hold at
    once, 0 for what the desk is set to.
    """

    name: str
    display: str
    languages: tuple[str, ...] = ()
    role: Role = Role.OPERATOR
    locale: str = "en"
    digest: str = ""
    disabled: bool = False
    totp: str = ""
    totp_step: int = 0
    recovery: tuple[str, ...] = ()
    passkeys: tuple[Passkey, ...] = ()
    invite: str = ""
    invite_until: int = 0
    capacity: int = 0

    @property
    def arrived(self) -> bool:
        """Whether its owner has chosen a way to sign in."""
        return bool(self.digest or self.passkeys)

    @property
    def ways(self) -> tuple[str, ...]:
        """What opens the door to it; another after a reset."""
        return (self.digest, self.totp, *(key.id for key in self.passkeys))


@dataclass(frozen=True)
class Session:
    """One signed-in browser. `token` must come with every POST. Times are milliseconds since 1970; `confirmed` is
    when its owner last showed that it is them. `browser` is a word or two to tell sessions apart by.
    """

    account: str
    token: str
    began: int
    seen: int
    on_duty: bool = False
    confirmed: int = 0
    browser: str = ""
