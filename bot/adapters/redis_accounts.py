"""Accounts, sessions and the throttle of the console on Redis; see bot.console.ports for what they promise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import astuple

import redis.asyncio as redis

from bot.adapters import keys
from bot.adapters.redis_audit import RedisJournal as RedisJournal
from bot.adapters.redis_client import Reply, Script, ours
from bot.core.account import Account, Passkey, Role, Session

# KEYS: row, index. ARGV: member of the index, name, value, name, value…. 0: the name is taken.
_ADD = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('SADD', KEYS[2], ARGV[1])
return 1
"""

# KEYS: row. ARGV: name, value…. What is gone stays gone.
_SAVE = """
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], unpack(ARGV)) end
"""

# KEYS: row. ARGV: guarding name, its value as it was read, name, value…. 0: another was faster, or the row is gone.
_SWAP = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
return 1
"""

# KEYS: gate. ARGV: now, free, cap, lifetime. Returns how long to wait; counts the try if that is 0.
_ENTER = """
local now, free, cap = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local count = tonumber(redis.call('HGET', KEYS[1], 'count') or '0')
local last = tonumber(redis.call('HGET', KEYS[1], 'last') or '0')
local pause = 0
if count >= free then pause = math.min(cap, 1000 * 2 ^ (count - free)) end
if last + pause > now then return last + pause - now end
redis.call('HSET', KEYS[1], 'count', count + 1, 'last', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 0
"""


class RedisAccounts:
    """Accounts on Redis."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._add = Script(client, _ADD)
        self._save = Script(client, _SAVE)
        self._swap = Script(client, _SWAP)

    async def add(self, account: Account) -> bool:
        """Add, unless the name is taken."""
        row = _flat(_account_row(account))
        return bool(await self._add([keys.operator(account.name), keys.OPERATORS], [account.name, *row]))

    async def find(self, name: str) -> Account | None:
        """The account of a name."""
        async with ours():
            row: Reply = await self._client.hgetall(keys.operator(name))
        return _account(name, _texts(row)) if row else None

    async def save(self, before: Account, after: Account) -> None:
        """Write what differs."""
        changed = _changed(_account_row(before), _account_row(after))
        if changed:
            await self._save([keys.operator(before.name)], changed)

    async def swap(self, before: Account, after: Account, guard: str) -> bool:
        """Write what differs, if `guard` still is what it was."""
        old, new = _account_row(before), _account_row(after)
        changed = _changed(old, new)
        return bool(changed) and bool(await self._swap([keys.operator(before.name)], [guard, old[guard], *changed]))

    async def everyone(self) -> list[Account]:
        """All accounts, by name."""
        async with ours():
            names: Reply = await self._client.smembers(keys.OPERATORS)
        found = [await self.find(name.decode()) for name in sorted(names)]
        return [account for account in found if account is not None]


class RedisSessions:
    """Sessions on Redis; each dies of age by itself, whatever the console does."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._save = Script(client, _SAVE)

    async def begin(self, digest: str, session: Session) -> None:
        """Keep a new session."""
        index = keys.sessions(session.account)
        row: Reply = _session_row(session)
        async with ours(), self._client.pipeline(transaction=True) as pipe:
            pipe.hset(keys.session(digest), mapping=row)
            pipe.pexpire(keys.session(digest), keys.SESSION_WHOLE)
            pipe.sadd(index, digest)
            pipe.pexpire(index, keys.SESSION_WHOLE)
            await pipe.execute()

    async def find(self, digest: str) -> Session | None:
        """The session."""
        async with ours():
            row: Reply = await self._client.hgetall(keys.session(digest))
        return _session(_texts(row)) if row else None

    async def save(self, digest: str, before: Session, after: Session) -> None:
        """Write what differs, if it has not ended."""
        changed = _changed(_session_row(before), _session_row(after))
        if changed:
            await self._save([keys.session(digest)], changed)

    async def end(self, digest: str) -> None:
        """End one session; its place in the index goes with the next look."""
        async with ours():
            await self._client.delete(keys.session(digest))

    async def of(self, account: str) -> dict[str, Session]:
        """All sessions of an account; forgets those that died of age."""
        async with ours():
            digests: Reply = await self._client.smembers(keys.sessions(account))
        found: dict[str, Session] = {}
        for digest in (name.decode() for name in digests):
            session = await self.find(digest)
            if session is not None:
                found[digest] = session
                continue
            async with ours():
                await self._client.srem(keys.sessions(account), digest)
        return found


class RedisChallenges:
    """Challenges of passkeys on Redis."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    async def keep(self, digest: str, about: str) -> None:
        """Remember a challenge."""
        async with ours():
            await self._client.set(keys.challenge(digest), about, px=keys.CHALLENGE_FOR)

    async def take(self, digest: str) -> str:
        """What it was for; it is gone with this."""
        async with ours():
            about: Reply = await self._client.getdel(keys.challenge(digest))
        return about.decode() if about else ""


class RedisThrottle:
    """Failed sign-ins on Redis; counting and refusing are one step, so a burst gets no free tries."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._enter = Script(client, _ENTER)

    async def enter(self, gate: str, now: int, *, free: int, cap: int) -> int:
        """Count a try, or say how long to wait."""
        return int(await self._enter([keys.throttle(gate)], [now, free, cap, keys.THROTTLE_FOR]))

    async def clear(self, gate: str) -> None:
        """Forget the tries."""
        async with ours():
            await self._client.delete(keys.throttle(gate))

    async def know(self, pair: str) -> None:
        """Remember a pair."""
        async with ours():
            await self._client.set(keys.known(pair), "1", px=keys.KNOWN_FOR)

    async def knows(self, pair: str) -> bool:
        """Whether the pair is remembered."""
        async with ours():
            return bool(await self._client.exists(keys.known(pair)))


def _account_row(account: Account) -> dict[str, str]:
    return {
        "display": account.display,
        "languages": ",".join(account.languages),
        "role": account.role.value,
        "locale": account.locale,
        "digest": account.digest,
        "disabled": _yes(account.disabled),
        "totp": account.totp,
        "totp_step": str(account.totp_step or ""),
        "recovery": ",".join(account.recovery),
        "passkeys": json.dumps([astuple(key) for key in account.passkeys]) if account.passkeys else "",
        "invite": account.invite,
        "invite_until": str(account.invite_until or ""),
        "capacity": str(account.capacity),
    }


def _account(name: str, row: Mapping[str, str]) -> Account:
    return Account(
        name=name,
        display=row["display"],
        languages=tuple(filter(None, row["languages"].split(","))),
        role=Role(row["role"]),
        locale=row["locale"],
        digest=row["digest"],
        disabled=row["disabled"] == "1",
        totp=row.get("totp", ""),
        totp_step=int(row.get("totp_step") or 0),
        recovery=tuple(filter(None, row.get("recovery", "").split(","))),
        passkeys=tuple(Passkey(*key) for key in json.loads(row.get("passkeys") or "[]")),
        invite=row.get("invite", ""),
        invite_until=int(row.get("invite_until") or 0),
        capacity=int(row.get("capacity") or 0),
    )


def _session_row(session: Session) -> dict[str, str]:
    return {
        "account": session.account,
        "token": session.token,
        "began": str(session.began),
        "seen": str(session.seen),
        "on_duty": _yes(session.on_duty),
        "confirmed": str(session.confirmed),
        "browser": session.browser,
    }


def _session(row: Mapping[str, str]) -> Session:
    return Session(
        account=row["account"],
        token=row["token"],
        began=int(row["began"]),
        seen=int(row["seen"]),
        on_duty=row["on_duty"] == "1",
        confirmed=int(row.get("confirmed") or 0),
        browser=row.get("browser", ""),
    )


def _yes(flag: bool) -> str:
    return "1" if flag else "0"


def _texts(row: Reply) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in row.items()}


def _flat(row: Mapping[str, str]) -> list[str]:
    return [part for pair in row.items() for part in pair]


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return _flat({name: value for name, value in after.items() if value != before[name]})
