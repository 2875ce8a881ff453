"""Why: a product tried only against a lenient server learns Telegram's limits from the people it fails."""

import math
import re
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

type Json = dict[str, Any]  # Any: foreign JSON whose shape is checked where it enters

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Limits:
    """Telegram's published numbers; a test that is not about them may loosen one."""

    per_chat_seconds: float = 1.0  # 0 switches the limit off
    overall_per_second: int = 30  # 0 switches the limit off
    delete_hours: float = 48
    text_length: int = 4096
    caption_length: int = 1024
    photo_bytes: int = 10 * 2**20
    upload_bytes: int = 50 * 2**20
    download_bytes: int = 20 * 2**20
    file_link_seconds: float = HOUR
    close_after_seconds: float = 600
    webhook_timeout: float = 10
    webhook_backoff: tuple[float, ...] = (0.05, 0.1, 0.2, 0.5, 1.0)


class RefusalError(Exception):
    """What Telegram answers instead of a result."""

    def __init__(self, code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(code)  # not the description: it may quote a person's words
        self.code, self.description, self.retry_after = code, description, retry_after

    def body(self) -> Json:
        parameters = {} if self.retry_after is None else {"parameters": {"retry_after": self.retry_after}}
        return {"ok": False, "error_code": self.code, "description": self.description} | parameters


def bad(reason: str) -> RefusalError:
    return RefusalError(400, f"Bad Request: {reason}")


def too_many(seconds: float) -> RefusalError:
    wait = max(1, math.ceil(seconds))
    return RefusalError(429, f"Too Many Requests: retry after {wait}", wait)


class Flood:
    """Counts only messages that were accepted, in true time: moving the clock must not lift the limit."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._last_in_chat: dict[int, float] = {}
        self._recent: deque[float] = deque()

    def admit(self, chat_id: int) -> None:
        now = time.monotonic()
        wait = self._last_in_chat.get(chat_id, -math.inf) + self._limits.per_chat_seconds - now
        if wait > 0:
            raise too_many(wait)
        while self._recent and self._recent[0] <= now - 1:
            self._recent.popleft()
        if self._limits.overall_per_second and len(self._recent) >= self._limits.overall_per_second:
            raise too_many(1)
        self._last_in_chat[chat_id] = now
        self._recent.append(now)


def check_text(text: str, limits: Limits) -> None:
    if not text.strip():
        raise bad("message text is empty")
    if len(text) > limits.text_length:
        raise bad("message is too long")


def check_caption(caption: str, limits: Limits) -> None:
    if len(caption) > limits.caption_length:
        raise bad("message caption is too long")


def check_keyboard(markup: Json | None) -> None:
    rows = (markup or {}).get("inline_keyboard", [])
    for button in (button for row in rows for button in row):
        _check_button(button)


def _check_button(button: Json) -> None:
    if not button["text"].strip():
        raise bad("can't parse inline keyboard button: Button text must be non-empty")
    deeds = set(button) - {"text", "icon_custom_emoji_id", "style"}
    if not deeds:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(deeds) > 1:
        raise bad("stand-in: an inline keyboard button does exactly one thing")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button and not re.match(r"(https?|tg)://\S+$", button["url"]):
        raise bad("BUTTON_URL_INVALID")


def check_commands(commands: list[Json]) -> None:
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"].strip()) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")


def check_language(code: str) -> None:
    """Two letters or none: "zh-hans", which clients do report, is refused here as Telegram does."""
    if not re.fullmatch(r"([a-z]{2})?", code):
        raise bad("invalid language code specified")


def check_deletable(sent: int, now: float, limits: Limits) -> None:
    if now - sent > limits.delete_hours * HOUR:
        raise bad("message can't be deleted for everyone")


def check_webhook(url: str, secret: str, connections: int) -> None:
    if not re.match(r"https://[^/\s]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/|$)", url):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
        raise bad("secret token contains unallowed characters" if len(secret) <= 256 else "secret token is too long")
    if not 1 <= connections <= 100:
        raise bad("stand-in: max_connections is 1-100")
