"""The vault: sealed, bound to its place, rotated, and erased for good."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis.asyncio as redis

from bot.adapters.memory_desk import MemoryKeyring
from bot.adapters.redis_duty import RedisKeyring
from bot.adapters.vault import (
    AccountSeal,
    AddressSeal,
    EnvelopeVault,
    Keyring,
    conversation_id,
    new_master,
    read_master,
    write_master,
)
from bot.core.errors import KeyErased, SettingsError, WireError
from tests.conftest import KEPT


@pytest.fixture(params=["memory", "valkey"])
def keyring(request: pytest.FixtureRequest, client: redis.Redis) -> Keyring:
    return MemoryKeyring() if request.param == "memory" else RedisKeyring(client, KEPT)


async def test_what_was_sealed_opens(keyring: Keyring) -> None:
    vault = EnvelopeVault(new_master(), keyring)
    sealed = await vault.seal("c1", "inbox", "ជួយ".encode())
    assert "ជួយ".encode() not in sealed
    assert await vault.open("c1", "inbox", sealed) == "ជួយ".encode()


async def test_the_same_words_never_look_the_same(keyring: Keyring) -> None:
    vault = EnvelopeVault(new_master(), keyring)
    assert await vault.seal("c1", "inbox", b"x") != await vault.seal("c1", "inbox", b"x")


@pytest.mark.parametrize(("conversation", "purpose"), [("c2", "inbox"), ("c1", "outbox")])
async def test_a_record_moved_elsewhere_does_not_open(keyring: Keyring, conversation: str, purpose: str) -> None:
    vault = EnvelopeVault(new_master(), keyring)
    await vault.seal("c2", "inbox", b"y")
    sealed = await vault.seal("c1", "inbox", b"x")
    with pytest.raises((WireError, KeyErased)):
        await vault.open(conversation, purpose, sealed)


@pytest.mark.parametrize("broken", [b"", b"1", b"9" * 60, b"1" + b"\0" * 60])
async def test_a_broken_record_is_refused(keyring: Keyring, broken: bytes) -> None:
    vault = EnvelopeVault(new_master(), keyring)
    await vault.seal("c1", "inbox", b"x")
    with pytest.raises((WireError, KeyErased)):
        await vault.open("c1", "inbox", broken)


async def test_an_altered_record_is_refused(keyring: Keyring) -> None:
    vault = EnvelopeVault(new_master(), keyring)
    sealed = bytearray(await vault.seal("c1", "inbox", b"x"))
    sealed[-1] ^= 1
    with pytest.raises(WireError):
        await vault.open("c1", "inbox", bytes(sealed))


async def test_erased_words_stay_erased_though_the_person_writes_again(keyring: Keyring) -> None:
    vault = EnvelopeVault(new_master(), keyring)
    before = await vault.seal("c1", "inbox", b"before")
    assert await vault.erase("c1")
    after = await vault.seal("c1", "inbox", b"after")
    with pytest.raises(KeyErased):
        await vault.open("c1", "inbox", before)
    assert await vault.open("c1", "inbox", after) == b"after"


async def test_rotation_wraps_every_key_again_and_nothing_is_lost(keyring: Keyring) -> None:
    old = new_master()
    sealed = await EnvelopeVault(old, keyring).seal("c1", "inbox", b"x")
    new = new_master(old)
    assert await EnvelopeVault(new, keyring).rewrap() == 1
    assert await EnvelopeVault(new, keyring).rewrap() == 0
    alone = type(new)(new.current, {new.current: new.keys[new.current]})
    assert await EnvelopeVault(alone, keyring).open("c1", "inbox", sealed) == b"x"


async def test_a_running_part_reads_the_new_key_file_when_it_needs_it(keyring: Keyring) -> None:
    old = new_master()
    new = new_master(old)
    running = EnvelopeVault(old, keyring, lambda: new)
    sealed = await running.seal("c1", "inbox", b"x")
    await EnvelopeVault(new, keyring).rewrap()
    assert await running.open("c1", "inbox", sealed) == b"x"


async def test_a_derived_key_belongs_to_its_conversation_and_dies_with_it(keyring: Keyring) -> None:
    vault = EnvelopeVault(new_master(), keyring)
    first = await vault.derive("c1", "tracker")
    assert first == await vault.derive("c1", "tracker")
    assert first not in (await vault.derive("c2", "tracker"), await vault.derive("c1", "other"))
    await vault.erase("c1")
    assert first != await vault.derive("c1", "tracker")


async def test_an_address_opens_with_its_own_key_only() -> None:
    seal = AddressSeal(new_master())
    sealed = seal.seal("c1", "42")
    assert seal.open("c1", sealed) == "42"
    with pytest.raises(WireError):
        seal.open("c2", sealed)
    with pytest.raises(WireError):
        AddressSeal(new_master()).open("c1", sealed)


def test_a_key_file_is_private_and_comes_back(tmp_path: Path) -> None:
    keys = new_master()
    write_master(tmp_path / "data.keys", keys)
    assert (tmp_path / "data.keys").stat().st_mode & 0o077 == 0
    assert read_master(tmp_path / "data.keys") == keys
    assert "***" in repr(keys)


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"current": "k1", "keys": {"k1": "short"}}', '{"current": "k2", "keys": {}}']
)
def test_a_wrong_key_file_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "data.keys"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(SettingsError, match=r"data\.keys"):
        read_master(path)


def test_a_missing_or_open_key_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="python -m bot keys new"):
        read_master(tmp_path / "none.keys")
    write_master(tmp_path / "open.keys", new_master())
    (tmp_path / "open.keys").chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        read_master(tmp_path / "open.keys")
    assert read_master(tmp_path / "open.keys", private=False)


def test_a_pseudonym_is_the_same_everywhere_and_tells_nothing() -> None:
    one = conversation_id(b"p" * 32, "telegram", "42")
    assert one == conversation_id(b"p" * 32, "telegram", "42")
    assert one not in (conversation_id(b"q" * 32, "telegram", "42"), conversation_id(b"p" * 32, "web", "42"))
    assert "42" not in one or len(one) == 32


def test_account_seal_opens_for_its_account_alone() -> None:
    seal = AccountSeal(new_master())
    sealed = seal.seal("dara", "secret")
    assert seal.open("dara", sealed) == "secret"
    assert "secret" not in sealed
    for name, text in (("bopha", sealed), ("dara", sealed[:-8]), ("dara", "ក"), ("dara", ""), ("dara", "/////w==")):
        with pytest.raises(WireError):
            seal.open(name, text)


def test_account_seal_reads_a_rotated_key_file() -> None:
    old = new_master()
    new = new_master(old)
    sealed = AccountSeal(new).seal("dara", "secret")
    assert AccountSeal(old, lambda: new).open("dara", sealed) == "secret"
    with pytest.raises(WireError):
        AccountSeal(old).open("dara", sealed)
