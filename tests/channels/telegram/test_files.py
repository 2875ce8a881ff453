"""Files out of a stand-in of the Bot API, and the sign that somebody writes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import httpx
import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.channels.telegram.files import TelegramFiles
from bot.channels.telegram.inbound import hear
from bot.channels.telegram.sender import TelegramSender
from bot.core.errors import BlockedByPerson, ChannelDown, DeliveryError, Refused, TooLarge
from bot.core.message import Kind, Media
from tests.standin import Limits, Standin, in_thread

JPEG = b"\xff\xd8\xff" + bytes(500)


@pytest.fixture
async def api() -> AsyncIterator[Standin]:
    with in_thread(Standin(limits=Limits(per_chat_seconds=0, overall_per_second=0, download_bytes=4000))) as found:
        yield found


@pytest.fixture
async def bot(api: Standin) -> AsyncIterator[Bot]:
    request = partial(HTTPXRequest, read_timeout=1, httpx_kwargs={"trust_env": False})
    async with Bot(api.token, api.base_url, api.base_file_url, request(), request()) as found:
        yield found


@pytest.fixture
async def files(bot: Bot) -> AsyncIterator[TelegramFiles]:
    async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
        yield TelegramFiles(bot, client)


async def media(api: Standin, bot: Bot) -> Media:
    """What the newest update carries, as the product hears it."""
    heard = hear((await bot.get_updates())[-1].to_dict(), str)
    assert heard is not None and heard.inbound.media is not None
    return heard.inbound.media


async def test_a_photo_comes_in_its_full_size(api: Standin, bot: Bot, files: TelegramFiles) -> None:
    api.person_sends_photo(42, JPEG)
    assert await files.fetch((await media(api, bot)).ref, 1000) == JPEG


async def test_voice_and_file_come_with_what_they_are_called(api: Standin, bot: Bot, files: TelegramFiles) -> None:
    api.person_sends_voice(42, b"OggS1")
    assert await files.fetch((await media(api, bot)).ref, 1000) == b"OggS1"
    api.person_sends_document(42, b"%PDF-1", "../../a.pdf", "application/pdf")
    found = await media(api, bot)
    assert (found.name, await files.fetch(found.ref, 1000)) == ("../../a.pdf", b"%PDF-1")


@pytest.mark.parametrize("size", [1500, 5000])
async def test_a_file_above_a_limit_is_too_large(api: Standin, bot: Bot, files: TelegramFiles, size: int) -> None:
    api.person_sends_document(42, bytes(size), "a.bin", "")
    with pytest.raises(TooLarge):
        await files.fetch((await media(api, bot)).ref, 1000)


async def test_a_download_ends_at_the_limit_whatever_was_said_of_its_size(files: TelegramFiles, api: Standin) -> None:
    stored = api.world.files.keep("document", bytes(3000), "a.bin", "")
    api.world.files.link(stored.file_id, api.world.now())
    with pytest.raises(TooLarge):
        await files._download(f"{api.base_file_url}{api.token}/{stored.path}", 1000)


async def test_an_id_telegram_does_not_know_is_refused(files: TelegramFiles, api: Standin) -> None:
    with pytest.raises(Refused):
        await files.fetch("nothing", 1000)


async def test_a_fault_of_telegram_is_ours_and_names_no_address(api: Standin, bot: Bot, files: TelegramFiles) -> None:
    api.person_sends_photo(42, JPEG)
    ref = (await media(api, bot)).ref
    api.fail_with_status("getFile", 502)
    with pytest.raises(DeliveryError) as failed:
        await files.fetch(ref, 1000)
    assert api.token not in str(failed.value)
    with pytest.raises(ChannelDown) as gone:
        await files._download(f"{api.base_file_url}{api.token}/photos/none.jpg", 1000)
    assert api.token not in str(gone.value)


@pytest.mark.parametrize(
    ("what", "kind", "name"),
    [
        ({"audio": {"duration": 3, "file_name": "<b>.mp3", "mime_type": "audio/mpeg"}}, Kind.DOCUMENT, "<b>.mp3"),
        ({"video": {"duration": 3, "width": 1, "height": 1}}, Kind.DOCUMENT, ""),
        ({"video_note": {"duration": 3, "length": 1}}, Kind.DOCUMENT, ""),
    ],
)
async def test_sound_and_film_are_files(what: dict[str, dict[str, object]], kind: Kind, name: str) -> None:
    found = {key: fields | {"file_id": "f", "file_unique_id": "u"} for key, fields in what.items()}
    message = {"message_id": 1, "date": 1_790_000_000, "chat": {"id": 4, "type": "private"}} | found
    heard = hear({"update_id": 1, "message": message}, str)
    assert heard is not None and heard.inbound.media == Media("f", heard.inbound.media.mime, 0, name=name)  # type: ignore[union-attr]
    assert heard.inbound.kind is kind


async def test_a_place_keeps_its_title_within_bounds() -> None:
    place = {"latitude": 13.5, "longitude": 100.2}
    venue = {"location": place, "title": "x" * 5000, "address": ""}
    message = {
        "message_id": 1, "date": 1_790_000_000, "chat": {"id": 4, "type": "private"}, "location": place, "venue": venue,
    }  # fmt: skip
    heard = hear({"update_id": 1, "message": message}, str)
    assert heard is not None
    assert heard.inbound.media == Media(latitude=13.5, longitude=100.2, name="x" * 200)


async def test_the_sign_of_writing_reaches_the_chat(api: Standin, bot: Bot) -> None:
    api.person_writes(42, "hi")
    await TelegramSender(bot).typing("42")
    assert [(call.chat_id, call.params["action"]) for call in api.calls("sendChatAction")] == [(42, "typing")]
    api.person_blocks(42)
    with pytest.raises(BlockedByPerson):
        await TelegramSender(bot).typing("42")
