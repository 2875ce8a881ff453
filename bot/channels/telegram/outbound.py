"""From a rendered outbound to the arguments of Bot API calls: pure."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.i18n import Rendered

# Bot API, sendMessage: 1 to 4096 characters. Counted there in UTF-16 units, so a margin for emoji.
LIMIT = 4000


def split(text: str) -> list[str]:
    """Cut a text into messages Telegram takes, at line breaks or spaces where there are any."""
    parts = []
    rest = text.strip() or "…"
    while _length(rest) > LIMIT:
        cut = _cut(rest)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest]


def _length(text: str) -> int:
    """Length in UTF-16 units, as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cut(text: str) -> int:
    """Where to cut: the last paragraph, line, sentence or space within the limit, else the limit."""
    room = LIMIT // 2 if _length(text[:LIMIT]) > LIMIT else LIMIT
    for mark in ("\n\n", "\n", "။", "។", "。", ". ", " ", "\u200b"):
        at = text.rfind(mark, room // 2, room)
        if at > 0:
            return at + len(mark)
    return room


def keyboard(rendered: Rendered) -> InlineKeyboardMarkup | None:
    """The buttons below a message."""
    if not rendered.buttons:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(title, callback_data=data) for title, data in row] for row in rendered.rows()]
    )
