"""From a Telegram update to an Inbound: pure, and deaf to what the product does not serve.

Only private chats are heard. An update that can't be read is a `None`, never an exception: the caller counts it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.core.message import MAX_TEXT, Channel, Inbound, Kind, Media

COMMANDS = ("start", "language", "help", "person", "delete", "stop", "cancel")
# The longest name of a file or place that is kept, in characters.
MAX_NAME = 200
# What Telegram is asked to send; everything else stays with it.
ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")


@dataclass(frozen=True)
class Heard:
    """An inbound, with the chat id as address, and the callback to answer if a button was pressed."""

    inbound: Inbound
    address: str
    callback: str = ""


# Any: a decoded JSON object, as Telegram sent it.
def hear(payload: Any, identify: Callable[[str], str]) -> Heard | None:
    """Read one update; None for what is malformed, foreign or not for a private chat."""
    try:
        update = Update.de_json(payload, None)
        return _hear(update, identify)
    except (TelegramError, TypeError, ValueError, KeyError, AttributeError, OverflowError, OSError):
        return None


def _hear(update: Update, identify: Callable[[str], str]) -> Heard | None:
    if update.message:
        return _message(update, update.message, identify)
    if update.edited_message:
        return _edited(update, update.edited_message, identify)
    if update.callback_query:
        return _pressed(update, update.callback_query, identify)
    if update.my_chat_member:
        return _member(update, update.my_chat_member, identify)
    return None


def _base(
    update: Update, chat: int, at: float, kind: Kind, hint: str | None, identify: Callable[[str], str], **more: Any
) -> Heard:
    """An inbound of a private chat. Any: the remaining fields of Inbound."""
    address = str(chat)
    inbound = Inbound(
        conversation=identify(address),
        channel=Channel.TELEGRAM,
        update=str(update.update_id),
        at=int(at * 1000),
        kind=kind,
        hint=(hint or "")[:35],
        **more,
    )
    return Heard(inbound, address)


def _message(update: Update, message: Message, identify: Callable[[str], str]) -> Heard | None:
    if message.chat.type != ChatType.PRIVATE:
        return None
    kind, text, media = _content(message)
    hint = message.from_user.language_code if message.from_user else None
    return _base(
        update, message.chat.id, message.date.timestamp(), kind, hint, identify,
        text=text[:MAX_TEXT], message=str(message.message_id), media=media,
    )  # fmt: skip


def _edited(update: Update, message: Message, identify: Callable[[str], str]) -> Heard | None:
    if message.chat.type != ChatType.PRIVATE:
        return None
    when = message.edit_date or message.date
    hint = message.from_user.language_code if message.from_user else None
    text = message.text or message.caption or ""
    return _base(
        update, message.chat.id, when.timestamp(), Kind.EDITED, hint, identify,
        text=text[:MAX_TEXT], message=str(message.message_id),
    )  # fmt: skip


def _pressed(update: Update, query: CallbackQuery, identify: Callable[[str], str]) -> Heard | None:
    if query.message is None or query.message.chat.type != ChatType.PRIVATE or not query.data:
        return None
    heard = _base(
        update, query.message.chat.id, 0, Kind.BUTTON, query.from_user.language_code, identify,
        text=query.data[:64], message=str(query.message.message_id),
    )  # fmt: skip
    return Heard(heard.inbound, heard.address, query.id)


def _member(update: Update, change: ChatMemberUpdated, identify: Callable[[str], str]) -> Heard | None:
    if change.chat.type != ChatType.PRIVATE:
        return None
    kind = Kind.BLOCKED if change.new_chat_member.status in ("kicked", "left") else Kind.UNBLOCKED
    hint = change.from_user.language_code
    return _base(update, change.chat.id, change.date.timestamp(), kind, hint, identify)


def _content(message: Message) -> tuple[Kind, str, Media | None]:
    """What a message holds: kind, words, and the file or place."""
    if message.text:
        return _text(message.text)
    caption = message.caption or ""
    if message.photo:
        photo = message.photo[-1]
        return Kind.PHOTO, caption, Media(photo.file_id, "image/jpeg", photo.file_size or 0)
    if message.voice:
        voice = message.voice
        return Kind.VOICE, caption, Media(voice.file_id, voice.mime_type or "audio/ogg", voice.file_size or 0)
    if message.location:
        place = message.location
        title = message.venue.title if message.venue else ""
        return Kind.LOCATION, "", Media(latitude=place.latitude, longitude=place.longitude, name=title[:MAX_NAME])
    file = message.document or message.audio or message.video or message.video_note or message.animation
    if file:
        name = getattr(file, "file_name", None) or ""
        mime = getattr(file, "mime_type", None) or ""
        return Kind.DOCUMENT, caption, Media(file.file_id, mime[:MAX_NAME], file.file_size or 0, name=name[:MAX_NAME])
    if message.sticker and message.sticker.emoji:
        return Kind.TEXT, message.sticker.emoji, None
    return Kind.UNSUPPORTED, caption, None


def _text(text: str) -> tuple[Kind, str, Media | None]:
    """A command of ours, with its argument, or words; ``/person@name`` is a command too."""
    if text.startswith("/"):
        head, _, argument = text[1:].partition(" ")
        name = head.partition("@")[0].lower()
        if name in COMMANDS:
            return Kind.COMMAND, f"{name} {argument.strip()[:64]}".strip(), None
    return Kind.TEXT, text, None
