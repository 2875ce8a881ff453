"""The vault: words are sealed with one key per conversation, and erasing the key erases the words.

Envelope encryption: a data key of 32 random bytes per conversation, wrapped by a master key from a file that
never enters Redis. Sealed record = format (1) · data key id (8) · nonce (12) · AES-256-GCM ciphertext, with
conversation and purpose as associated data, so a record moved to another place does not open.
AES-GCM as in NIST SP 800-38D; 96-bit random nonces, far below 2^32 records per key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.core.chain import Seals
from bot.core.errors import KeyErased, SettingsError, WireError

FORMAT = b"1"
_ID, _NONCE, _KEY = 8, 12, 32
_HEAD = len(FORMAT) + _ID + _NONCE


@dataclass(frozen=True)
class MasterKeys:
    """Master keys by id, and which of them wraps new data keys. Prints as stars."""

    current: str
    keys: dict[str, bytes]

    def __repr__(self) -> str:
        return f"MasterKeys(current={self.current!r}, keys=***)"


def new_master(before: MasterKeys | None = None) -> MasterKeys:
    """Make a master key, current from now on; the old ones stay to open what they wrapped."""
    known = dict(before.keys) if before else {}
    name = f"k{len(known) + 1}"
    return MasterKeys(name, {**known, name: os.urandom(_KEY)})


def audit_seals(master: MasterKeys) -> Seals:
    """Keys for the chain of the audit, one from each master key, so that a rotation leaves old seals good."""
    return Seals(master.current, {name: _derived(key, b"audit chain") for name, key in master.keys.items()})


def _derived(key: bytes, purpose: bytes, salt: bytes | None = None) -> bytes:
    return HKDF(SHA256(), _KEY, salt=salt, info=purpose).derive(key)


def write_master(path: Path, keys: MasterKeys) -> None:
    """Write a key file, readable by its owner alone, never half."""
    data = {"current": keys.current, "keys": {k: base64.b64encode(v).decode() for k, v in keys.keys.items()}}
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(data, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_master(path: Path, *, private: bool = True) -> MasterKeys:
    """Read a key file; raises SettingsError that names the file and what to do.

    `private` refuses a file others can read; secrets mounted by a container engine are not private.
    """
    try:
        mode = path.stat().st_mode
        data = json.loads(path.read_text())
        keys = {name: base64.b64decode(value, validate=True) for name, value in data["keys"].items()}
        master = MasterKeys(data["current"], keys)
    except FileNotFoundError as exc:
        raise SettingsError(f"key file {path} does not exist; make one with: python -m bot keys new {path}") from exc
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as exc:
        raise SettingsError(f"key file {path} is not a key file of this product; restore it from its backup") from exc
    if private and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError(f"key file {path} can be read by others; mend it with: chmod 600 {path}")
    if master.current not in keys or any(len(key) != _KEY for key in keys.values()):
        raise SettingsError(f"key file {path} names no current key of 32 bytes; restore it from its backup")
    return master


class Keyring(Protocol):
    """Where wrapped data keys live: apart from the words, and outside every backup."""

    async def get(self, conversation: str) -> bytes | None:
        """The wrapped key."""
        ...

    async def add(self, conversation: str, wrapped: bytes) -> bytes:
        """Store a wrapped key if there is none; returns the one that is stored now."""
        ...

    async def replace(self, conversation: str, before: bytes, after: bytes) -> bool:
        """Put another wrapping in place, if it is still the same."""
        ...

    async def remove(self, conversation: str) -> bool:
        """Destroy the key for good."""
        ...

    async def everyone(self) -> list[str]:
        """All conversations that have a key."""
        ...


def _seal(key: bytes, id: bytes, about: bytes, plain: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return FORMAT + id + nonce + AESGCM(key).encrypt(nonce, plain, about)


def _open(key: bytes, about: bytes, sealed: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[_HEAD - _NONCE : _HEAD], sealed[_HEAD:], about)
    except InvalidTag as exc:
        raise WireError("a sealed record was altered or belongs elsewhere") from exc


def _about(conversation: str, purpose: str) -> bytes:
    return f"{conversation}|{purpose}".encode()


def _key_id(sealed: bytes) -> bytes:
    if len(sealed) < _HEAD or sealed[:1] != FORMAT:
        raise WireError("a sealed record has an unknown format")
    return sealed[1 : 1 + _ID]


class EnvelopeVault:
    """The vault over a keyring and a master key."""

    def __init__(self, master: MasterKeys, keyring: Keyring, reread: Callable[[], MasterKeys] | None = None) -> None:
        self._master = master
        self._keyring = keyring
        self._reread = reread

    async def seal(self, conversation: str, purpose: str, plain: bytes) -> bytes:
        """Encrypt; makes the conversation's key on first use."""
        id, key = await self._data_key(conversation)
        return _seal(key, id, _about(conversation, purpose), plain)

    async def open(self, conversation: str, purpose: str, sealed: bytes) -> bytes:
        """Decrypt; raises KeyErased where the key is gone or was replaced after an erasure."""
        wanted = _key_id(sealed)
        wrapped = await self._keyring.get(conversation)
        if wrapped is None:
            raise KeyErased
        id, key = self._unwrap(conversation, wrapped)
        if id != wanted:
            raise KeyErased
        return _open(key, _about(conversation, purpose), sealed)

    async def derive(self, conversation: str, purpose: str) -> bytes:
        """A key for another part of the product (HKDF-SHA256, RFC 5869)."""
        id, key = await self._data_key(conversation)
        return _derived(key, purpose.encode(), id)

    async def erase(self, conversation: str) -> bool:
        """Destroy the conversation's key."""
        return await self._keyring.remove(conversation)

    async def rewrap(self) -> int:
        """Wrap every data key with the current master key; returns how many were changed."""
        changed = 0
        for conversation in await self._keyring.everyone():
            wrapped = await self._keyring.get(conversation)
            if wrapped is None or self._wrapped_by(wrapped) == self._master.current:
                continue
            id, key = self._unwrap(conversation, wrapped)
            changed += await self._keyring.replace(conversation, wrapped, self._wrap(conversation, id, key))
        return changed

    async def _data_key(self, conversation: str) -> tuple[bytes, bytes]:
        wrapped = await self._keyring.get(conversation)
        if wrapped is None:
            fresh = self._wrap(conversation, os.urandom(_ID), os.urandom(_KEY))
            wrapped = await self._keyring.add(conversation, fresh)
        return self._unwrap(conversation, wrapped)

    def _wrap(self, conversation: str, id: bytes, key: bytes) -> bytes:
        kid = self._master.current
        return kid.encode() + b":" + _seal(self._master.keys[kid], id, _about(conversation, "key"), key)

    def _wrapped_by(self, wrapped: bytes) -> str:
        return wrapped.partition(b":")[0].decode()

    def _unwrap(self, conversation: str, wrapped: bytes) -> tuple[bytes, bytes]:
        kid, sealed = self._wrapped_by(wrapped), wrapped.partition(b":")[2]
        if kid not in self._master.keys and self._reread is not None:
            self._master = self._reread()  # the master key was rotated while this process ran
        if kid not in self._master.keys:
            raise WireError(f"a data key is wrapped by master key {kid}, which the key file does not hold")
        return _key_id(sealed), _open(self._master.keys[kid], _about(conversation, "key"), sealed)


class AddressSeal:
    """Seals a channel's address with a master key of its own, which only intake and sender are given."""

    def __init__(self, master: MasterKeys) -> None:
        self._master = _MasterSeal(master, "address")

    def seal(self, conversation: str, address: str) -> bytes:
        """Encrypt an address."""
        return self._master.seal(conversation, address)

    def open(self, conversation: str, sealed: bytes) -> str:
        """Decrypt an address; raises WireError."""
        return self._master.open(conversation, sealed)


class AccountSeal:
    """Seals the secret of an account's one-time codes with the master key; what is stored is base64 text."""

    def __init__(self, master: MasterKeys, reread: Callable[[], MasterKeys] | None = None) -> None:
        self._master = _MasterSeal(master, "account", reread)

    def seal(self, name: str, secret: str) -> str:
        """Encrypt for the account of this name."""
        return base64.b64encode(self._master.seal(name, secret)).decode()

    def open(self, name: str, sealed: str) -> str:
        """Decrypt; raises WireError."""
        try:
            return self._master.open(name, base64.b64decode(sealed, validate=True))
        except ValueError as exc:
            raise WireError("a sealed secret is no base64") from exc


class _MasterSeal:
    """Seals short texts with the master key itself, each bound to whose it is and to its purpose."""

    def __init__(self, master: MasterKeys, purpose: str, reread: Callable[[], MasterKeys] | None = None) -> None:
        self._master = master
        self._purpose = purpose
        self._reread = reread

    def seal(self, whose: str, text: str) -> bytes:
        kid = self._master.current
        sealed = _seal(self._master.keys[kid], bytes(_ID), _about(whose, self._purpose), text.encode())
        return kid.encode() + b":" + sealed

    def open(self, whose: str, sealed: bytes) -> str:
        kid, rest = sealed.partition(b":")[0].decode(), sealed.partition(b":")[2]
        _key_id(rest)
        if kid not in self._master.keys and self._reread is not None:
            self._master = self._reread()
        if kid not in self._master.keys:
            raise WireError(f"an {self._purpose} is sealed by key {kid}, which the key file does not hold")
        return _open(self._master.keys[kid], _about(whose, self._purpose), rest).decode()


def conversation_id(pepper: bytes, channel: str, address: str) -> str:
    """The pseudonym of an address: HMAC-SHA256 with the product's pepper, 32 hex digits."""
    return hmac.new(pepper, f"{channel}:{address}".encode(), hashlib.sha256).hexdigest()[:32]
