"""Every Redis key with its lifetime, in one place; nothing else builds a key.

All keys of the product share one hash tag, so that one script may touch several of them in a cluster too.
The keyring lives in a Redis of its own, which no backup touches (docs/architecture.md, decision 3).

| key | type | holds | lives |
| --- | --- | --- | --- |
| seen:<channel>:<update> | string | an update that was stored | 7 days |
| inbox:<shard> | stream | sealed inbounds | until done |
| inbox:<shard>:owner | string | the worker that owns the shard | 10 s, renewed |
| workers | sorted set | workers by last sign of life | for ever |
| dead | stream | buried inbounds, sealed | 30 days, by count |
| outbox:<channel> | stream | sealed outbounds | until done |
| delivery:<conversation> | hash | outbound id → state, message id | as the conversation |
| said:<conversation> | sorted set | message ids by time, to take back | 48 hours |
| conversation:<id> | hash | state and settings, no words | retention |
| transcript:<id>, notes:<id> | list | sealed lines, sealed notes | retention |
| media:<id> | hash | file → what became of it, without its name | as the conversation |
| files:<id> | hash | file → its sealed bytes | as the conversation |
| wanted | stream | sealed handles of files to fetch | until done |
| draft:<id> | hash | operator and field → sealed words not sent yet | 12 hours |
| address:<id> | string | the channel's address, sealed for the sender | retention |
| mailbox:<id> | stream | sealed messages for an open web page | 2 days |
| tracker:<id> | list | the assistant's sealed events (written by the assistant) | 48 hours |
| handoff:<id> | hash | the open hand-off | until finished |
| queue:<language> | sorted set | waiting conversations by score | until claimed |
| leases | sorted set | claimed conversations by end of lease | until finished |
| held:<operator> | set | conversations an operator holds | until finished |
| reserved | sorted set | waiting conversations kept for one operator, by end | until claimed |
| answer_by | sorted set | claimed conversations by when a first reply is due | until answered |
| offers | sorted set | claimed conversations offered to a colleague, by end | until accepted |
| turns | string | counts how often any conversation changed hands | for ever |
| waits:<language> | list | the last waits for a first reply, as time:ms | by count |
| followups, followup:<id> | sorted set, hash | closed conversations to be looked at again | until looked at |
| audit:entries | stream | transitions, without words, numbered | HELPLINE_AUDIT_DAYS |
| audit:seals | stream | number → the entry's seal, which chains it to the one before | with the entries |
| audit:count, audit:floor | string | how many entries were written; where the chain begins | for ever |
| statistics:<day> | hash | counters of a day, without words | HELPLINE_STATISTICS_DAYS |
| duty | hash | operator → presence | by last sign |
| lease:<name> | string | who leads | seconds, renewed |
| signals | channel | ids for live pages | not kept |
| operators, operator:<name> | hash | accounts | for ever |
| session:<hash> | hash | a console session | 12 hours at most |
| sessions:<operator> | set | hashes of an account's sessions | 12 hours after the last sign-in |
| throttle:<gate> | hash | failed sign-ins by account or address, hashed | a day |
| challenge:<hash> | string | what a passkey was asked for | 5 minutes, once |
| known:<pair> | string | an account signed in from an address, hashed | 30 days |
| helpline:key:<conversation> (keyring) | string | the wrapped key of a conversation | retention |
"""

from __future__ import annotations

import zlib

PREFIX = "{helpline}:"
SHARDS = 8

SECOND = 1000
HOUR = 60 * 60 * SECOND
DAY = 24 * HOUR

SEEN_FOR = 7 * DAY
SAID_FOR = 2 * DAY
MAILBOX_FOR = 2 * DAY
DRAFT_FOR = DAY // 2
# An erased conversation is still told so; then its address goes too.
ADDRESS_AFTER_ERASE = DAY // 24
SHARD_LEASE = 10 * SECOND
DEAD_KEPT = 10_000
SESSION_IDLE = 2 * 60 * 60 * SECOND
SESSION_WHOLE = 12 * 60 * 60 * SECOND
# Longer than the longest wait a throttle knows, or waiting would wipe the slate clean.
THROTTLE_FOR = DAY
CHALLENGE_FOR = 5 * 60 * SECOND
KNOWN_FOR = 30 * DAY

GROUP = "workers"
WORKERS = PREFIX + "workers"
DEAD = PREFIX + "dead"
LEASES = PREFIX + "leases"
AUDIT = PREFIX + "audit:entries"
AUDIT_SEALS = PREFIX + "audit:seals"
AUDIT_COUNT = PREFIX + "audit:count"
AUDIT_FLOOR = PREFIX + "audit:floor"
RESERVED = PREFIX + "reserved"
OFFERS = PREFIX + "offers"
FOLLOW_UPS = PREFIX + "followups"
APPOINTMENTS = PREFIX + "appointments"
DUTY = PREFIX + "duty"
WANTED = PREFIX + "wanted"
SIGNALS = PREFIX + "signals"
OPERATORS = PREFIX + "operators"


def seen(channel: str, update: str) -> str:
    """An update that was stored."""
    return f"{PREFIX}seen:{channel}:{update}"


def shard_of(conversation: str) -> int:
    """The shard of a conversation, the same in every process."""
    return zlib.crc32(conversation.encode()) % SHARDS


def inbox(shard: int) -> str:
    """The stream of a shard."""
    return f"{PREFIX}inbox:{shard}"


def shard_owner(shard: int) -> str:
    """Which worker owns a shard."""
    return f"{PREFIX}inbox:{shard}:owner"


def outbox(channel: str) -> str:
    """The stream of what shall be said on a channel."""
    return f"{PREFIX}outbox:{channel}"


def delivery(conversation: str) -> str:
    """What became of each outbound."""
    return f"{PREFIX}delivery:{conversation}"


def said(conversation: str) -> str:
    """Message ids that can be taken back."""
    return f"{PREFIX}said:{conversation}"


def conversation(id: str) -> str:
    """State and settings."""
    return f"{PREFIX}conversation:{id}"


def transcript(id: str) -> str:
    """Sealed lines."""
    return f"{PREFIX}transcript:{id}"


def notes(id: str) -> str:
    """Sealed notes."""
    return f"{PREFIX}notes:{id}"


def media(id: str) -> str:
    """What became of each file."""
    return f"{PREFIX}media:{id}"


def files(id: str) -> str:
    """Sealed files."""
    return f"{PREFIX}files:{id}"


def draft(id: str) -> str:
    """Words not sent yet."""
    return f"{PREFIX}draft:{id}"


def address(id: str) -> str:
    """The channel's address."""
    return f"{PREFIX}address:{id}"


def mailbox(id: str) -> str:
    """Messages for an open web page."""
    return f"{PREFIX}mailbox:{id}"


def tracker(id: str) -> str:
    """The assistant's own memory of a conversation."""
    return f"{PREFIX}tracker:{id}"


def handoff(id: str) -> str:
    """The open hand-off of a conversation."""
    return f"{PREFIX}handoff:{id}"


def queue(language: str) -> str:
    """Who waits for an operator with this language."""
    return f"{PREFIX}queue:{language}"


def waits(language: str) -> str:
    """How long people waited of late."""
    return f"{PREFIX}waits:{language}"


def follow_up(id: str) -> str:
    """When a closed conversation is to be looked at again."""
    return f"{PREFIX}followup:{id}"


def held(operator: str) -> str:
    """What an operator holds."""
    return f"{PREFIX}held:{operator}"


def statistics(day: str) -> str:
    """Counters of a day."""
    return f"{PREFIX}statistics:{day}"


def lease(name: str) -> str:
    """Who leads."""
    return f"{PREFIX}lease:{name}"


def operator(name: str) -> str:
    """An account of the console."""
    return f"{PREFIX}operator:{name}"


def session(digest: str) -> str:
    """A session of the console, by the hash of its secret."""
    return f"{PREFIX}session:{digest}"


def sessions(operator: str) -> str:
    """The hashes of an account's sessions."""
    return f"{PREFIX}sessions:{operator}"


def throttle(what: str) -> str:
    """Failed sign-ins."""
    return f"{PREFIX}throttle:{what}"


def challenge(digest: str) -> str:
    """What a passkey was asked for."""
    return f"{PREFIX}challenge:{digest}"


def known(pair: str) -> str:
    """An account that signed in from an address."""
    return f"{PREFIX}known:{pair}"


def data_key(id: str) -> str:
    """The wrapped key of a conversation, in the keyring."""
    return f"helpline:key:{id}"
