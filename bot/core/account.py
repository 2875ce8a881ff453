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


@dataclass(frozen=True)
class Account:
    """One who may sign in. `name` is for signing in and names the operator everywhere; `display` is what the
    person is told. `languages` are as `bot.core.language.speech` says. `digest` is the password's Argon2id hash;
    while `one_time` holds, the password is good for nothing but choosing another.
    """

    name: str
    display: str
    languages: tuple[str, ...] = ()
    role: Role = Role.OPERATOR
    locale: str = "en"
    digest: str = ""
    one_time: bool = False
    disabled: bool = False


@dataclass(frozen=True)
class Session:
    """One signed-in browser. `token` must come with every POST. Times are milliseconds since 1970."""

    account: str
    token: str
    began: int
    seen: int
    on_duty: bool = False
