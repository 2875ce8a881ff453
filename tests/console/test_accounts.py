"""Accounts as the command line makes them."""

from __future__ import annotations

import re

import pytest

from bot.adapters.memory_accounts import MemoryAccounts, MemorySessions
from bot.console.accounts import Passwords, add_operator, disable, verify
from bot.core.account import Role
from tests.console.conftest import QUICK


async def test_add_operator_returns_a_password_that_is_stored_as_argon2id() -> None:
    accounts = MemoryAccounts()
    password = await add_operator(accounts, "Dara", "Dara S.", ["km", "en"], Role.SUPERVISOR, "km")
    account = await accounts.find("dara")
    assert account is not None
    assert re.fullmatch(r"([a-z2-9]{5}-){3}[a-z2-9]{5}", password)
    assert account.digest.startswith("$argon2id$")
    assert (account.role, account.locale, account.one_time) == (Role.SUPERVISOR, "km", True)
    assert await verify(accounts, Passwords(), "dara", password) == account


@pytest.mark.parametrize(
    ("name", "display", "languages", "locale", "wrong"),
    [
        ("d", "Dara", ["km"], "en", "sign-in name"),
        ("da ra", "Dara", ["km"], "en", "sign-in name"),
        ("dara", " ", ["km"], "en", "display name"),
        ("dara", "Dara", ["tlh"], "en", "unknown languages"),
        ("dara", "Dara", ["km"], "tlh", "unknown locale"),
        ("taken", "Dara", ["km"], "en", "is taken"),
    ],
)
async def test_add_operator_says_what_is_wrong(
    name: str, display: str, languages: list[str], locale: str, wrong: str
) -> None:
    accounts = MemoryAccounts()
    await add_operator(accounts, "taken", "Somebody", [], passwords=QUICK)
    with pytest.raises(ValueError, match=wrong):
        await add_operator(accounts, name, display, languages, Role.OPERATOR, locale, QUICK)


async def test_disable_says_who_is_unknown() -> None:
    with pytest.raises(ValueError, match="no account 'nobody'"):
        await disable(MemoryAccounts(), MemorySessions(), "nobody")


async def test_verify_refuses_a_disabled_account() -> None:
    accounts = MemoryAccounts()
    password = await add_operator(accounts, "dara", "Dara", [], passwords=QUICK)
    await disable(accounts, MemorySessions(), "dara")
    assert await verify(accounts, QUICK, "dara", password) is None
