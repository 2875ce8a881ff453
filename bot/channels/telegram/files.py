"""Files out of Telegram: getFile, then a download that ends at the limit, whatever was said of the size."""

from __future__ import annotations

import httpx
from telegram import Bot

from bot.channels.telegram.sender import ours
from bot.core.errors import ChannelDown, Refused, TooLarge


class TelegramFiles:
    """The source of files. The address of a file holds the token, so no error carries its text."""

    def __init__(self, bot: Bot, client: httpx.AsyncClient) -> None:
        self._bot = bot
        self._client = client

    async def fetch(self, ref: str, most: int) -> bytes:
        """The bytes behind a file id; raises TooLarge, Refused for an id Telegram does not know, or ChannelDown."""
        try:
            async with ours():
                file = await self._bot.get_file(ref)
        except Refused as exc:
            raise TooLarge if "too big" in str(exc).lower() else Refused("file refused") from None
        if file.file_path is None:
            raise ChannelDown("no path")
        if (file.file_size or 0) > most:
            raise TooLarge
        try:
            return await self._download(file.file_path, most)
        except httpx.HTTPError as exc:
            raise ChannelDown(type(exc).__name__) from None

    async def _download(self, address: str, most: int) -> bytes:
        data = bytearray()
        async with self._client.stream("GET", address) as answer:
            if answer.status_code != httpx.codes.OK:
                raise ChannelDown(f"status {answer.status_code}")
            async for chunk in answer.aiter_bytes():
                data += chunk
                if len(data) > most:
                    raise TooLarge
        return bytes(data)
