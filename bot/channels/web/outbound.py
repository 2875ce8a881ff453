"""The way out to open web pages: a mailbox per conversation, which the page reads; and a mail as the page's JSON."""

from __future__ import annotations

import json
from collections.abc import Callable

from bot.core.language import LOCALES
from bot.core.message import Author, Deed, Outbound
from bot.core.ports import Mail, Mailbox
from bot.i18n import Rendered


class WebSender:
    """Says and takes back. `identify` turns an address into its conversation."""

    def __init__(self, mailbox: Mailbox, identify: Callable[[str], str]) -> None:
        self._mailbox = mailbox
        self._identify = identify

    async def say(self, address: str, out: Outbound, rendered: Rendered) -> str:
        """Put it into the mailbox; the page shows an outbound once, however often it is put there."""
        audio = f"/audio/{out.locale}/{rendered.recording.name}" if rendered.recording else ""
        mail = Mail(out.author, rendered.text, rendered.buttons, out.locale, about=out.id, audio=audio)
        return await self._mailbox.post(out.conversation, mail)

    async def forget(self, address: str, messages: list[str]) -> None:
        """Empty the mailbox and every open page; the person's own words go with ours."""
        await hide(self._mailbox, self._identify(address))


async def hide(mailbox: Mailbox, conversation: str) -> None:
    """Empty the mailbox, and tell open pages to empty themselves."""
    await mailbox.clear(conversation)
    await mailbox.post(conversation, Mail(Author.ASSISTANT, "", deed=Deed.FORGET))


def write(mail: Mail) -> str:
    """A mail as the page reads it."""
    return json.dumps(
        {
            "author": mail.author.value,
            "text": mail.text,
            "buttons": [{"title": title, "data": data} for title, data in mail.buttons],
            "lang": tag(mail.locale) if mail.locale in LOCALES else "",
            "deed": mail.deed.value,
            "about": mail.about,
            "audio": mail.audio,
        },
        ensure_ascii=False,
    )


def tag(locale: str) -> str:
    """A locale as HTML's lang attribute spells it (BCP 47)."""
    return locale.replace("_", "-")
