"""The exam of kept files: fetched once, sealed, capped, and gone with their conversation."""

from __future__ import annotations

from dataclasses import replace

import pytest
import redis.asyncio as redis

from bot.adapters import keys
from bot.adapters.redis_client import connect
from bot.adapters.redis_media import RedisMedia
from bot.core import media
from bot.core.conversation import Conversation
from bot.core.media import Keeping, Kept, Wanted
from bot.core.message import Channel, Media
from bot.core.ports import Change
from tests.conftest import KEPT, Ports, redis_ports

PHOTO = Media("file-id", "image/jpeg", 7, name="../../etc/passwd")


async def wanted(ports: Ports, media: Media = PHOTO, conversation: str = "c1") -> Wanted:
    """A file on the list, taken from it."""
    assert await ports.files.want(conversation, media)
    for _ in range(10):
        taken = await ports.files.take("f", 20)
        if taken:
            return taken[0]
    raise AssertionError("nothing on the list")


async def state(ports: Ports, conversation: str = "c1") -> Kept:
    return (await ports.files.index(conversation)).of(PHOTO.key)


async def test_a_file_is_wanted_once_and_comes_with_its_handle(ports: Ports) -> None:
    assert await ports.files.want("c1", PHOTO)
    assert await ports.files.want("c1", PHOTO)
    taken = [w for _ in range(2) for w in await ports.files.take("f", 20)]
    assert [(w.conversation, w.media) for w in taken] == [("c1", PHOTO)]
    assert await state(ports) == Kept(Keeping.WAITING)


async def test_a_kept_file_opens_in_its_conversation_alone(ports: Ports) -> None:
    assert await ports.files.keep(await wanted(ports), "image/jpeg", b"picture")
    assert await ports.files.open("c1", PHOTO.key) == (Kept(Keeping.KEPT, "image/jpeg", 7), b"picture")
    for conversation, key in (("c2", PHOTO.key), ("c1", "file-id"), ("c1", ""), ("c1", "../c1"), ("c1", "refused")):
        assert await ports.files.open(conversation, key) is None
    assert await ports.files.take("f", 10) == []


async def test_a_file_that_will_not_come_is_said_so(ports: Ports) -> None:
    await ports.files.lack(await wanted(ports), Kept(Keeping.TOO_LARGE))
    assert await state(ports) == Kept(Keeping.TOO_LARGE)
    assert await ports.files.open("c1", PHOTO.key) is None


async def test_what_a_dead_fetcher_took_comes_again(ports: Ports) -> None:
    first = await wanted(ports)
    ports.files.lost()
    again = [w for _ in range(2) for w in await ports.files.take("g", 20)]
    assert again == [first]


async def test_erasing_takes_the_files_along(ports: Ports) -> None:
    await ports.files.keep(await wanted(ports), "image/jpeg", b"picture")
    await ports.conversations.erase(Conversation("c1", Channel.TELEGRAM), ())
    assert await ports.files.open("c1", PHOTO.key) is None
    assert (await ports.files.index("c1")).files == {}


async def test_a_file_that_arrives_after_the_erasing_is_thrown_away(ports: Ports) -> None:
    late = await wanted(ports)
    await ports.conversations.erase(Conversation("c1", Channel.TELEGRAM), ())
    assert not await ports.files.keep(late, "image/jpeg", b"picture")
    assert await ports.files.open("c1", PHOTO.key) is None


async def test_one_file_too_many_is_refused_and_counted(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(media.MAX_FILES):
        assert await ports.files.want("c1", Media(f"f{number}"))
    assert not await ports.files.want("c1", PHOTO)
    assert not await ports.files.want("c1", Media("another"))
    assert (await ports.files.index("c1")).refused == 2
    assert await state(ports) == Kept(Keeping.FULL)
    assert await ports.files.want("c2", PHOTO)


async def test_more_bytes_than_a_conversation_may_keep_are_refused(ports: Ports) -> None:
    half = bytes(media.MAX_BYTES // 2)
    for number in range(2):
        assert await ports.files.keep(await wanted(ports, Media(f"f{number}")), "image/png", half)
    assert not await ports.files.keep(await wanted(ports), "image/jpeg", b"picture")
    assert await state(ports) == Kept(Keeping.FULL)


async def test_files_never_crowd_out_words(client: redis.Redis) -> None:
    ports = redis_ports(client)
    ports.files = RedisMedia(client, ports.vault, KEPT, room=1)
    assert not await ports.files.keep(await wanted(ports), "image/jpeg", b"picture")
    assert await state(ports) == Kept(Keeping.FULL)


async def test_nothing_of_a_file_is_readable_in_the_store(client: redis.Redis, valkey: str) -> None:
    ports = redis_ports(client)
    await ports.files.want("c2", replace(PHOTO, ref="other-id"))
    await ports.files.keep(await wanted(ports), "image/jpeg", b"picture")
    async with connect(valkey) as raw:
        rows = [await raw.dump(key) for key in await raw.keys("*")]
    for secret in (b"picture", b"passwd", b"file-id", b"other-id"):
        assert all(secret not in row for row in rows if row)


async def test_a_changed_conversation_keeps_its_files_longer(client: redis.Redis) -> None:
    ports = redis_ports(client)
    await ports.files.keep(await wanted(ports), "image/jpeg", b"picture")
    for key in (keys.media("c1"), keys.files("c1")):
        await client.pexpire(key, 1000)
    before = await ports.conversations.load("c1", Channel.TELEGRAM)
    await ports.conversations.commit(Change(before, before))
    assert min([await client.pttl(keys.media("c1")), await client.pttl(keys.files("c1"))]) > 1000


async def test_a_sealed_file_moved_to_another_name_does_not_open(client: redis.Redis) -> None:
    ports = redis_ports(client)
    await ports.files.keep(await wanted(ports), "image/jpeg", b"picture")
    other = replace(PHOTO, ref="other")
    await ports.files.keep(await wanted(ports, other), "image/jpeg", b"another")
    moved = await client.hget(keys.files("c1"), PHOTO.key)
    await client.hset(keys.files("c1"), other.key, moved)
    assert await ports.files.open("c1", other.key) is None
