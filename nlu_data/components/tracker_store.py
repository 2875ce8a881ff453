"""The assistant's memory of a conversation: sealed events in a Redis list, appended to, never rewritten.

Each turn adds one record with its new events, sealed with the key the request brought (AES-256-GCM, NIST SP
800-38D, 96-bit random nonces). Key and list are the product's (bot/adapters/keys.py): `{helpline}:tracker:<id>`.
Errors of Redis are raised: a conversation that can't be read or saved must not look like a new one.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker
from redis.asyncio import Redis

from .settings import Settings
from .turn import current

PREFIX = "{helpline}:tracker:"
LIFETIME = 48 * 60 * 60  # seconds after the last turn
KEPT = 30  # records, one a turn of about seven events: some two hundred events
TIMEOUT = 2.0  # seconds to connect, and for every command

_FORMAT = b"1"
_NONCE = 12


def seal(key: bytes, conversation: str, events: list[dict[str, Any]]) -> bytes:
    """Seal events for one conversation: format (1) · nonce (12) · ciphertext of deflated JSON."""
    nonce = os.urandom(_NONCE)
    plain = zlib.compress(json.dumps(events, ensure_ascii=False, separators=(",", ":")).encode())
    return _FORMAT + nonce + AESGCM(key).encrypt(nonce, plain, conversation.encode())


def unseal(key: bytes, conversation: str, record: bytes) -> list[dict[str, Any]]:
    """Open what `seal` made; raises InvalidTag for another key, another conversation or an altered record."""
    head = len(_FORMAT) + _NONCE
    if record[:1] != _FORMAT:
        raise InvalidTag
    plain = AESGCM(key).decrypt(record[1:head], record[head:], conversation.encode())
    events: list[dict[str, Any]] = json.loads(zlib.decompress(plain))
    return events


class HelplineTrackerStore(TrackerStore):  # type: ignore[misc]  # rasa ships no types
    """Reads and appends a conversation's events with the key of the current turn."""

    def __init__(
        self,
        domain: Domain | None,
        event_broker: None = None,
        host: str | None = None,
        redis: Redis | None = None,
    ) -> None:
        """`host` is unused: the URL comes from the settings, so that no file holds a password."""
        super().__init__(domain, event_broker)
        self._redis = redis or Redis.from_url(
            Settings.read().redis_url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT
        )

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation so far; None if it is new or its words were erased. Raises redis.RedisError."""
        turn = current(sender_id)
        records = cast("list[bytes]", await self._redis.lrange(PREFIX + sender_id, 0, -1))
        try:
            events = [event for record in records for event in unseal(turn.key, sender_id, record)]
        except InvalidTag:
            # The conversation was erased: its old key is gone for good, so these records are noise.
            await self._redis.delete(PREFIX + sender_id)
            events = []
        turn.stored = len(events)
        return self._rebuild(sender_id, deserialise_events(events)) if events else None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append what the turn added, in one step with the lifetime and the cap. Raises redis.RedisError."""
        turn = current(tracker.sender_id)
        turn.tracker = tracker
        fresh = [event.as_dict() for event in list(tracker.events)[turn.stored :]]
        if not fresh:
            return
        key = PREFIX + tracker.sender_id
        async with self._redis.pipeline(transaction=True) as steps:
            steps.rpush(key, seal(turn.key, tracker.sender_id, fresh))
            steps.ltrim(key, -KEPT, -1)
            steps.expire(key, LIFETIME)
            await steps.execute()
        turn.stored += len(fresh)

    async def keys(self) -> Iterable[str]:
        """Nobody may list the conversations from here."""
        return []

    async def ping(self) -> None:
        """Raises redis.RedisError where the store does not answer."""
        await self._redis.ping()

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.close(close_connection_pool=True)

    def _rebuild(self, sender_id: str, events: list[Event]) -> DialogueStateTracker:
        return DialogueStateTracker.from_events(sender_id, events, self.domain.slots, domain=self.domain)
