"""What is said to a person reaches the mailbox once, and can be taken back."""

from __future__ import annotations

import json

from bot.channels.web.outbound import WebSender, write
from bot.core.message import Author, Channel, Deed, Outbound
from bot.core.ports import Mail
from bot.i18n import Rendered
from tests.channels.web.running import identify
from tests.conftest import NOON, Ports

OUT = Outbound("7-0.1", identify("a"), Channel.WEB, NOON, "km", Author.OPERATOR, words="x")
RENDERED = Rendered("សួស្តី", (("Yes", "intent:affirm"),))


async def test_say_posts_a_mail_that_names_its_outbound(ports: Ports) -> None:
    id = await WebSender(ports.mailbox, identify).say("a", OUT, RENDERED)
    mail = Mail(Author.OPERATOR, "សួស្តី", (("Yes", "intent:affirm"),), "km", about="7-0.1")
    assert await ports.mailbox.read(identify("a"), "", 0) == [(id, mail)]


async def test_forget_empties_the_mailbox_and_tells_the_page(ports: Ports) -> None:
    sender = WebSender(ports.mailbox, identify)
    await sender.say("a", OUT, RENDERED)
    await sender.forget("a", [])
    [(_, mail)] = await ports.mailbox.read(identify("a"), "", 0)
    assert mail == Mail(Author.ASSISTANT, "", deed=Deed.FORGET)


def test_a_mail_is_one_line_of_json() -> None:
    written = write(Mail(Author.ASSISTANT, "a\nb", (("Yes", "y"),), "zh_Hant", about="7"))
    assert "\n" not in written
    assert json.loads(written) == {
        "author": "assistant", "text": "a\nb", "buttons": [{"title": "Yes", "data": "y"}], "lang": "zh-Hant",
        "deed": "say", "about": "7", "audio": "",
    }  # fmt: skip
