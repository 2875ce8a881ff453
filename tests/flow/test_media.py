"""Fetching files: in time, again and again, and never in the way of an answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from bot.core.errors import ChannelDown, DeliveryError, Refused, StoreUnavailable, TooLarge
from bot.core.media import MAX_FILE, Keeping, Kept, sniff
from bot.core.message import Inbound, Kind, Media
from bot.core.ports import Taken
from bot.flow.media import Fetcher
from tests.conftest import Ports, inbound
from tests.flow.fakes import ScriptedAssistant
from tests.flow.test_receive import receiver

PHOTO = Media("file-id", "image/jpeg", 7)
JPEG = b"\xff\xd8\xffpicture"


@dataclass
class Shelf:
    """Gives one file; raises what is next in `faults` instead."""

    data: bytes = JPEG
    faults: list[Exception] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def fetch(self, ref: str, most: int) -> bytes:
        """Give it, or fail."""
        self.asked.append(ref)
        if self.faults:
            raise self.faults.pop(0)
        return self.data


async def run(ports: Ports, shelf: Shelf, media: Media = PHOTO, tries: int = 3) -> Kept:
    """Want a file, and fetch until its fate is settled."""
    await ports.files.want("c1", media)
    stop = asyncio.Event()
    fetcher = Fetcher(ports.files, ports.leases, ports.signals, shelf, [0.0] * tries)
    loop = asyncio.create_task(fetcher.run("f", stop))
    async with asyncio.timeout(10):
        while (kept := (await ports.files.index("c1")).of(media.key)).state is Keeping.WAITING:
            await asyncio.sleep(0.01)
    stop.set()
    await loop
    return kept


async def test_a_file_is_kept_as_what_its_bytes_are(ports: Ports) -> None:
    assert await run(ports, Shelf()) == Kept(Keeping.KEPT, "image/jpeg", len(JPEG))
    found = await ports.files.open("c1", PHOTO.key)
    assert found is not None and found[1] == JPEG


async def test_what_its_sender_calls_it_is_not_believed(memory: Ports) -> None:
    page = b"<html><script>alert(1)</script>"
    assert (await run(memory, Shelf(page))).type == "application/octet-stream"


@pytest.mark.parametrize("fault", [ChannelDown("x"), StoreUnavailable()])
async def test_a_fault_that_passes_costs_a_try_and_nothing_else(memory: Ports, fault: Exception) -> None:
    shelf = Shelf(faults=[fault, fault])
    assert (await run(memory, shelf)).state is Keeping.KEPT
    assert len(shelf.asked) == 3


async def test_a_file_that_never_comes_is_not_available(memory: Ports) -> None:
    shelf = Shelf(faults=[ChannelDown("x")] * 9)
    assert (await run(memory, shelf)).state is Keeping.GONE
    assert len(shelf.asked) == 4


@pytest.mark.parametrize(
    ("fault", "state"),
    [(Refused("x"), Keeping.GONE), (TooLarge("x"), Keeping.TOO_LARGE), (ValueError("x"), Keeping.GONE)],
)
async def test_what_another_try_would_not_mend_is_settled_at_once(
    memory: Ports, fault: DeliveryError | ValueError, state: Keeping
) -> None:
    shelf = Shelf(faults=[fault])
    assert (await run(memory, shelf)).state is state
    assert len(shelf.asked) == 1


async def test_a_file_said_to_be_too_large_is_not_even_asked_for(memory: Ports) -> None:
    shelf = Shelf()
    assert (await run(memory, shelf, replace(PHOTO, size=MAX_FILE + 1))).state is Keeping.TOO_LARGE
    assert shelf.asked == []


async def test_stopping_leaves_what_was_not_fetched_on_the_list(ports: Ports) -> None:
    shelf = Shelf(faults=[ChannelDown("x")] * 9)
    await ports.files.want("c1", PHOTO)
    stop = asyncio.Event()
    loop = asyncio.create_task(Fetcher(ports.files, ports.leases, ports.signals, shelf, [60.0]).run("f", stop))
    async with asyncio.timeout(10):
        while not shelf.asked:
            await asyncio.sleep(0.01)
    stop.set()
    await loop
    shelf.faults.clear()
    ports.files.lost()
    assert (await run(ports, shelf)).state is Keeping.KEPT


def sent(kind: Kind = Kind.PHOTO, media: Media | None = PHOTO) -> Inbound:
    return replace(inbound("", "1", kind=kind), media=media)


async def served(ports: Ports, what: Inbound) -> Taken:
    await ports.inbox.put(what, "42")
    taken = [t for _ in range(10) for t in await ports.inbox.take("w", 50)][0]
    await receiver(ports, ScriptedAssistant()).serve(taken)
    return taken


async def test_a_file_goes_on_the_list_once_its_line_is_written(ports: Ports) -> None:
    taken = await served(ports, sent())
    assert (await ports.files.index("c1")).of(PHOTO.key) == Kept(Keeping.WAITING)
    assert [line.media for line in await ports.conversations.transcript("c1") if line.media] == [PHOTO]
    await receiver(ports, ScriptedAssistant()).serve(taken)
    assert len([w for _ in range(3) for w in await ports.files.take("f", 20)]) == 1


async def test_a_place_is_no_file(memory: Ports) -> None:
    await served(memory, sent(Kind.LOCATION, Media(latitude=1.0)))
    assert (await memory.files.index("c1")).files == {}


async def test_a_worker_that_dies_before_the_list_was_written_does_it_next_time(memory: Ports) -> None:
    real, faults = memory.files.want, [StoreUnavailable()]

    async def want(conversation: str, media: Media) -> bool:
        if faults:
            raise faults.pop()
        return await real(conversation, media)

    memory.files.want = want  # type: ignore[method-assign]
    await served(memory, sent())
    assert (await memory.files.index("c1")).of(PHOTO.key).state is Keeping.WAITING
    assert len([line for line in await memory.conversations.transcript("c1") if line.media]) == 1


@pytest.mark.parametrize(
    ("data", "type"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", "application/octet-stream"),
        (b"OggS\0", "audio/ogg"),
        (b"ID3\4", "audio/mpeg"),
        (b"\xff\xfb\x90", "audio/mpeg"),
        (b"\0\0\0\x18ftypisom", "video/mp4"),
        (b"\0\0\0\x18ftypheic", "application/octet-stream"),
        (b"%PDF-1.7", "application/pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "application/octet-stream"),
        (b"<!doctype html>", "application/octet-stream"),
        (b"GIF89a", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_first_bytes_say(data: bytes, type: str) -> None:
    assert sniff(data) == type
