"""The sealed memory of conversations, on a real Redis."""

from __future__ import annotations

import asyncio
import json
import socket
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis as redis_client
from components.tracker_store import KEPT, LIFETIME, PREFIX, HelplineTrackerStore, seal, unseal
from components.turn import NoTurn, Turn, begin
from cryptography.exceptions import InvalidTag
from helpers import Redis
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from redis.asyncio import Redis as Client

KEY, OTHER = b"k" * 32, b"o" * 32
DOMAIN = Domain.from_dict(
    {
        "version": "3.1",
        "intents": ["greet"],
        "entities": ["country"],
        "slots": {"country": {"type": "text", "mappings": [{"type": "from_entity", "entity": "country"}]}},
    }
)

Work = Callable[[HelplineTrackerStore], Awaitable[Any]]  # Any: whatever a test wants to look at


def with_store(url: str, work: Work) -> Any:
    """Run something with a store of its own."""

    async def run() -> Any:
        store = HelplineTrackerStore(DOMAIN, redis=Client.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5))
        try:
            return await work(store)
        finally:
            await store.close()
            await asyncio.sleep(0)  # the transport closes in the loop's next round

    return asyncio.run(run())


def say(url: str, conversation: str, text: str, key: bytes = KEY) -> list[str]:
    """One turn: read, add a message, save; returns the texts known before it."""

    async def turn(store: HelplineTrackerStore) -> list[str]:
        with begin(Turn(conversation, key)):
            tracker = await store.get_or_create_tracker(conversation, append_action_listen=False)
            before = [event.text for event in tracker.events if isinstance(event, UserUttered)]
            tracker.update_with_events([UserUttered(text), ActionExecuted("action_listen")], DOMAIN)
            await store.save(tracker)
            return before

    result: list[str] = with_store(url, turn)
    return result


@pytest.fixture
def raw(redis: Redis) -> Iterator[redis_client.Redis]:
    """A plain client."""
    with redis_client.Redis.from_url(redis.url) as client:
        yield client


def anyone() -> str:
    return uuid.uuid4().hex


def test_a_conversation_is_read_back(redis: Redis) -> None:
    conversation = anyone()
    assert [say(redis.url, conversation, text) for text in ("one", "two", "three")] == [[], ["one"], ["one", "two"]]


def test_turns_are_appended_and_old_records_stay_as_they_are(redis: Redis, raw: redis_client.Redis) -> None:
    conversation = anyone()
    say(redis.url, conversation, "one")
    first = raw.lrange(PREFIX + conversation, 0, -1)
    say(redis.url, conversation, "two")
    both = raw.lrange(PREFIX + conversation, 0, -1)
    assert (len(both), both[:1]) == (2, first)


def test_a_record_holds_its_own_turn_only(redis: Redis, raw: redis_client.Redis) -> None:
    conversation = anyone()
    for text in ("one", "two"):
        say(redis.url, conversation, text)
    newest = unseal(KEY, conversation, raw.lindex(PREFIX + conversation, -1))
    assert [event["event"] for event in newest] == ["user", "action"]
    assert newest[0]["text"] == "two"


def test_slots_come_back(redis: Redis) -> None:
    conversation = anyone()

    async def turn(store: HelplineTrackerStore, set_it: bool) -> Any:
        with begin(Turn(conversation, KEY)):
            tracker = await store.get_or_create_tracker(conversation, append_action_listen=False)
            if set_it:
                tracker.update(SlotSet("country", "TH"), DOMAIN)
                await store.save(tracker)
            return tracker.get_slot("country")

    with_store(redis.url, lambda store: turn(store, True))
    assert with_store(redis.url, lambda store: turn(store, False)) == "TH"


def test_nothing_readable_is_stored(redis: Redis, raw: redis_client.Redis) -> None:
    conversation = anyone()
    say(redis.url, conversation, "bluebird bluebird bluebird")
    kept = b"".join(raw.lrange(PREFIX + conversation, 0, -1))
    assert b"bluebird" not in kept and b"event" not in kept and KEY not in kept


def test_under_another_key_it_begins_anew(redis: Redis, raw: redis_client.Redis) -> None:
    conversation = anyone()
    say(redis.url, conversation, "one")
    assert say(redis.url, conversation, "two", OTHER) == []
    assert raw.llen(PREFIX + conversation) == 1
    assert say(redis.url, conversation, "three", OTHER) == ["two"]


def test_a_record_does_not_open_elsewhere() -> None:
    record = seal(KEY, "here", [{"event": "restart"}])
    assert unseal(KEY, "here", record) == [{"event": "restart"}]
    for key, conversation, changed in ((KEY, "there", record), (OTHER, "here", record), (KEY, "here", record[:-1]),
                                       (KEY, "here", b""), (KEY, "here", b"2" + record[1:])):  # fmt: skip
        with pytest.raises(InvalidTag):
            unseal(key, conversation, changed)


def test_two_seals_of_the_same_differ() -> None:
    assert seal(KEY, "here", []) != seal(KEY, "here", [])


def test_a_conversation_is_forgotten_after_two_days(redis: Redis, raw: redis_client.Redis) -> None:
    conversation = anyone()
    say(redis.url, conversation, "one")
    assert LIFETIME - 5 <= raw.ttl(PREFIX + conversation) <= LIFETIME == 48 * 60 * 60


def test_only_the_last_turns_are_kept(redis: Redis, raw: redis_client.Redis) -> None:
    conversation = anyone()
    for number in range(KEPT + 3):
        known = say(redis.url, conversation, f"{number}")
    assert raw.llen(PREFIX + conversation) == KEPT
    assert known[0] == "2"


def test_a_store_that_is_down_is_an_error(folder: Path) -> None:
    with pytest.raises(redis_client.RedisError):
        say(f"unix://{folder}/nobody.sock", anyone(), "one")


def test_a_store_that_hangs_is_an_error_soon(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(f"{folder}/deaf.sock")
        deaf.listen()
        began = time.monotonic()
        with pytest.raises(redis_client.RedisError):
            say(f"unix://{folder}/deaf.sock", anyone(), "one")
    assert time.monotonic() - began < 5


def test_without_a_turn_nothing_is_read(redis: Redis) -> None:
    with pytest.raises(NoTurn):
        with_store(redis.url, lambda store: store.retrieve("somebody"))

    async def anothers(store: HelplineTrackerStore) -> None:
        with begin(Turn("one", KEY)):
            await store.retrieve("two")

    with pytest.raises(NoTurn):
        with_store(redis.url, anothers)


def test_a_turn_does_not_show_its_key() -> None:
    assert "kkk" not in repr(Turn("one", KEY))


def test_events_of_a_real_turn_are_plain_json() -> None:
    event = UserUttered("hi", {"name": "greet", "confidence": 1.0}, parse_data={"understanding": {"language": "th"}})
    assert json.loads(json.dumps(event.as_dict()))["parse_data"]["understanding"] == {"language": "th"}
