"""The way out to Telegram: one sender per token makes these calls; its errors become ours here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
from telegram import Bot, BotCommand, LinkPreviewOptions
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.channels.telegram.inbound import COMMANDS
from bot.channels.telegram.outbound import keyboard, split
from bot.core.errors import BlockedByPerson, ChannelDown, Refused, Throttled, Uncertain
from bot.core.language import LOCALES
from bot.core.message import Outbound
from bot.i18n import Book, Rendered

# Bot API, deleteMessages: 1 to 100 ids a call.
AT_ONCE = 100
# The httpx errors after which a request surely never left.
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
SHOWN_COMMANDS = tuple(name for name in COMMANDS if name != "cancel")


@asynccontextmanager
async def ours() -> AsyncIterator[None]:
    """Turn python-telegram-bot's errors into ours. A TimedOut may have taken effect; a lost connection may too."""
    try:
        yield
    except RetryAfter as exc:
        wait = exc.retry_after
        raise Throttled(wait.total_seconds() if isinstance(wait, timedelta) else float(wait)) from exc
    except Forbidden as exc:
        raise BlockedByPerson from exc
    except BadRequest as exc:
        if "chat not found" in exc.message.lower():
            raise BlockedByPerson from exc
        raise Refused(exc.message) from exc
    except (TimedOut, NetworkError) as exc:
        if isinstance(exc.__cause__, _NEVER_LEFT):
            raise ChannelDown(type(exc.__cause__).__name__) from exc
        if isinstance(exc, TimedOut) or isinstance(exc.__cause__, httpx.HTTPError):
            raise Uncertain(type(exc).__name__) from exc
        raise ChannelDown(exc.message, doubtful=True) from exc
    except InvalidToken as exc:
        raise ChannelDown("TELEGRAM_BOT_TOKEN is refused by Telegram") from exc
    except TelegramError as exc:
        raise ChannelDown(type(exc).__name__, doubtful=True) from exc


class TelegramSender:
    """Says and takes back."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def say(self, address: str, out: Outbound, rendered: Rendered) -> str:
        """Send; returns the message ids, joined by commas where the text needed more than one message."""
        if rendered.recording is not None:
            return await self._play(address, rendered.recording)
        parts = split(rendered.text)
        ids = []
        for number, part in enumerate(parts, 1):
            async with ours():
                message = await self._bot.send_message(
                    chat_id=int(address),
                    text=part,
                    reply_markup=keyboard(rendered) if number == len(parts) else None,
                    protect_content=True,
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                )
            ids.append(str(message.message_id))
        return ",".join(ids)

    async def _play(self, address: str, recording: Path) -> str:
        voice = await asyncio.to_thread(recording.read_bytes)
        async with ours():
            message = await self._bot.send_voice(chat_id=int(address), voice=voice, protect_content=True)
        return str(message.message_id)

    async def typing(self, address: str) -> None:
        """Show for five seconds that somebody is writing."""
        async with ours():
            await self._bot.send_chat_action(chat_id=int(address), action=ChatAction.TYPING)

    async def forget(self, address: str, messages: list[str]) -> None:
        """Delete messages; the ones Telegram no longer deletes stay, and the person is told so."""
        ids = [int(id) for joined in messages for id in joined.split(",")]
        for start in range(0, len(ids), AT_ONCE):
            async with ours():
                await self._bot.delete_messages(chat_id=int(address), message_ids=ids[start : start + AT_ONCE])


async def introduce(bot: Bot, book: Book) -> None:
    """Show the command list in every language Telegram can tell apart; harmless to repeat."""
    for locale in LOCALES:
        commands = [BotCommand(name, book.text(locale, f"command.{name}")[:256]) for name in SHOWN_COMMANDS]
        code = {"en": None, "zh_Hans": "zh"}.get(locale, locale)
        if code is None or len(code) == 2:  # Telegram knows two-letter codes only, so one Chinese
            async with ours():
                await bot.set_my_commands(commands, language_code=code)
