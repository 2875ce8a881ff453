"""The web chat over HTTP: durable before 2xx, once, resumable, and shut to everything strange."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.adapters.memory_desk import MemoryMailbox
from bot.adapters.redis_client import connect
from bot.channels.web.guard import HEADERS, address_of
from bot.core.errors import StoreUnavailable
from bot.core.message import Author, Deed, Kind
from bot.core.ports import Mail
from tests.channels.web.running import HOST, application, browser, identify, message, stored
from tests.conftest import Ports, redis_ports

ID = "0b6a3a52-6f64-4b7f-9f0e-0d7b0f3b9a11"


def conversation_of(page: httpx.AsyncClient) -> str:
    """The conversation the browser's cookie opens."""
    return identify(address_of(page.cookies["chat"]))


def mails(raw: str) -> list[dict[str, Any]]:
    """The mails of an event stream."""
    return [json.loads(line.removeprefix("data: ")) for line in raw.splitlines() if line.startswith("data: ")]


class MailboxAway(MemoryMailbox):
    """A mailbox that does not answer its first post."""

    away = True

    async def post(self, conversation: str, mail: Mail) -> str:
        """Fail once, then keep."""
        if self.away:
            self.away = False
            raise StoreUnavailable("away")
        return await super().post(conversation, mail)


# --- the page


async def test_the_page_sets_no_cookie_and_names_nothing(memory: Ports) -> None:
    async with browser(application(memory)) as page:
        found = await page.get("/")
    assert found.status_code == 200
    assert "set-cookie" not in found.headers
    assert "<title>Chat</title>" in found.text
    assert '<html lang="km"' in found.text


@pytest.mark.parametrize(("asked", "lang"), [("lo", "lo"), ("zh_Hant", "zh-Hant"), ("zh-TW", "zh-Hant"), ("x", "km")])
async def test_the_page_speaks_the_language_asked_for(memory: Ports, asked: str, lang: str) -> None:
    async with browser(application(memory)) as page:
        assert f'<html lang="{lang}"' in (await page.get("/", params={"lang": asked})).text


@pytest.mark.parametrize("path", ["/", "/health", "/static/chat.js", "/static/none", "/none", "/messages", "/events"])
async def test_every_response_has_the_safe_headers(memory: Ports, path: str) -> None:
    async with browser(application(memory)) as page:
        found = await page.get(path)
    assert {name: found.headers.get(name) for name in HEADERS} == HEADERS


async def test_the_page_asks_nothing_of_others(memory: Ports) -> None:
    async with browser(application(memory)) as page:
        raw = (await page.get("/")).text.replace("https://www.wikipedia.org/", "")
    assert "://" not in raw
    assert "<script>" not in raw and "style=" not in raw and "onclick" not in raw


async def test_a_fault_of_ours_is_plain_and_safe(memory: Ports) -> None:
    app = application(replace(memory, inbox=None))  # type: ignore[arg-type]  # a fault nobody thought of
    async with browser(app) as page:
        found = await page.post("/messages", json=message())
    assert (found.status_code, found.json()) == (500, {"code": "failed"})
    assert found.headers["content-security-policy"] == HEADERS["content-security-policy"]


# --- messages in


async def test_a_message_is_in_the_inbox_before_it_is_accepted(memory: Ports) -> None:
    async with browser(application(memory)) as page:
        found = await page.post("/messages", json=message("សួស្តី", id=ID))
        assert (found.status_code, found.json()) == (202, {"id": ID})
        [inbound] = stored(memory)
        assert (inbound.conversation, inbound.kind, inbound.text) == (conversation_of(page), Kind.TEXT, "សួស្តី")
        assert inbound.hint == "km-KH"


async def test_a_store_that_is_away_refuses_and_loses_nothing(memory: Ports) -> None:
    sent = message(id=ID)
    async with connect("unix:///nowhere.sock") as gone, browser(application(redis_ports(gone))) as page:
        found = await page.post("/messages", json=sent)
        assert (found.status_code, found.json(), found.headers["retry-after"]) == (503, {"code": "unavailable"}, "5")
        assert "set-cookie" not in found.headers
    async with browser(application(memory)) as page:
        assert (await page.post("/messages", json=sent)).status_code == 202
    assert [i.text for i in stored(memory)] == ["hello"]


async def test_a_message_comes_through_valkey(ports: Ports) -> None:
    async with browser(application(ports)) as page:
        assert (await page.post("/messages", json=message())).status_code == 202
        assert [m["text"] for m in mails((await page.get("/events")).text)] == ["hello"]
    assert await ports.inbox.counts() == {"waiting": 1, "dead": 0}


async def test_the_same_message_twice_has_one_effect(memory: Ports) -> None:
    sent = message()
    async with browser(application(memory)) as page:
        assert [(await page.post("/messages", json=sent)).status_code for _ in range(3)] == [202, 202, 202]
        assert len(mails((await page.get("/events")).text)) == 1
    assert len(stored(memory)) == 1


async def test_a_first_message_whose_answer_was_lost_is_heard_again(memory: Ports) -> None:
    sent = message()
    async with browser(application(memory)) as page:
        await page.post("/messages", json=sent)
        page.cookies.clear()
        await page.post("/messages", json=sent)
        assert stored(memory)[-1].conversation == conversation_of(page)
    assert len(stored(memory)) == 2


async def test_words_missing_from_the_page_are_made_up_for(memory: Ports) -> None:
    ports, sent = replace(memory, mailbox=MailboxAway()), message()
    app = application(ports)
    async with browser(app) as page:
        await page.get("/")
        page.cookies.set("chat", "x" * 43)
        assert [(await page.post("/messages", json=sent)).status_code for _ in range(2)] == [503, 202]
        assert [m["text"] for m in mails((await page.get("/events")).text)] == ["hello"]
    assert len(stored(ports)) == 1


async def test_the_cookie_dies_with_the_browser(memory: Ports) -> None:
    async with browser(application(memory)) as page:
        found = (await page.post("/messages", json=message())).headers["set-cookie"]
        name, _, rest = found.partition("=")
        assert name == "chat"
        assert rest.partition("; ")[2].lower() == "httponly; path=/; samesite=strict"
        assert "set-cookie" not in (await page.post("/messages", json=message())).headers


async def test_over_https_the_cookie_is_bound_to_this_host(memory: Ports) -> None:
    async with browser(application(memory, secure=True)) as page:
        found = (await page.post("/messages", json=message())).headers["set-cookie"]
    assert found.startswith("__Host-chat=")
    assert "secure" in found.lower()


async def test_a_button_shows_its_title(memory: Ports) -> None:
    async with browser(application(memory)) as page:
        await page.post("/messages", json=message("command:person", kind="button", title="Talk to a person"))
        assert [m["text"] for m in mails((await page.get("/events")).text)] == ["Talk to a person"]
    assert [(i.kind, i.text) for i in stored(memory)] == [(Kind.BUTTON, "command:person")]


# --- events out


async def test_without_a_conversation_there_are_no_events(memory: Ports) -> None:
    async with browser(application(memory)) as page:
        assert (await page.get("/events")).status_code == 204


async def test_a_page_resumes_where_it_was(memory: Ports) -> None:
    async with browser(application(memory)) as page:
        await page.post("/messages", json=message("one"))
        conversation = conversation_of(page)
        second = await memory.mailbox.post(conversation, Mail(Author.ASSISTANT, "two", locale="km"))
        await memory.mailbox.post(conversation, Mail(Author.OPERATOR, "three", locale="km"))
        resumed = await page.get("/events", headers={"last-event-id": second})
        restarted = await page.get("/events", params={"after": second})
        whole = await page.get("/events", headers={"last-event-id": "DROP TABLE"})
    assert resumed.headers["content-type"].startswith("text/event-stream")
    assert [m["text"] for m in mails(resumed.text)] == [m["text"] for m in mails(restarted.text)] == ["three"]
    assert [m["text"] for m in mails(whole.text)] == ["one", "two", "three"]


async def test_nobody_sees_another_s_events(memory: Ports) -> None:
    app = application(memory)
    async with browser(app) as one, browser(app) as other:
        await one.post("/messages", json=message("mine"))
        await other.post("/messages", json=message("yours"))
        assert [m["text"] for m in mails((await one.get("/events")).text)] == ["mine"]


async def test_a_mailbox_that_is_away_ends_the_stream_quietly(memory: Ports) -> None:
    async with connect("unix:///nowhere.sock") as gone:
        app = application(replace(memory, mailbox=redis_ports(gone).mailbox))
        async with browser(app) as page:
            found = await page.get("/events", headers={"cookie": f"chat={'x' * 43}"})
    assert (found.status_code, mails(found.text)) == (200, [])


# --- leaving


async def test_leaving_stops_hides_and_takes_the_cookie(memory: Ports) -> None:
    async with browser(application(memory)) as page:
        await page.post("/messages", json=message())
        conversation = conversation_of(page)
        found = await page.post("/leave")
        assert found.status_code == 204
        assert dict(page.cookies) == {}
        assert found.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    assert [(i.kind, i.text) for i in stored(memory)][1:] == [(Kind.COMMAND, "stop")]
    assert [m.deed for _, m in await memory.mailbox.read(conversation, "", 0)] == [Deed.FORGET]


async def test_leaving_without_a_conversation_stores_nothing(memory: Ports) -> None:
    async with browser(application(memory)) as page:
        assert (await page.post("/leave")).status_code == 204
    assert stored(memory) == []


async def test_the_cookie_goes_although_the_store_is_away() -> None:
    async with connect("unix:///nowhere.sock") as gone, browser(application(redis_ports(gone))) as page:
        page.cookies.set("chat", "x" * 43, domain="chat.test")
        found = await page.post("/leave")
        assert found.status_code == 503
        assert dict(page.cookies) == {}


async def test_an_exit_while_the_server_was_down_is_completed(memory: Ports) -> None:
    async with browser(application(memory)) as page:
        await page.post("/messages", json=message())
        page.cookies.set("left", "1", domain="chat.test")
        assert (await page.get("/events")).status_code == 204
        found = await page.get("/")
        assert 'data-resumes=""' in found.text
        assert dict(page.cookies) == {}
    assert stored(memory)[-1].text == "stop"


# --- what is never written down


async def test_no_log_holds_words_cookie_or_address(
    memory: Ports, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with connect("unix:///nowhere.sock") as gone, browser(application(memory), "10.9.8.7") as page:
        await page.post("/messages", json=message("zebra"))
        await page.post("/messages", content=b'{"text": "zebra', headers={"content-type": "application/json"})
        assert "zebra" in (await page.get("/events")).text
        cookie = page.cookies["chat"]
        async with browser(application(redis_ports(gone)), "10.9.8.7") as other:
            await other.post("/messages", json=message("zebra"))
    written = caplog.text.replace(HOST, "") + "".join(capsys.readouterr())
    assert "message_not_kept" in written
    assert not [word for word in ("zebra", cookie, address_of(cookie), "10.9.8.7") if word in written]


class Told:
    """Signals that were told."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.topics: list[str] = []
        self.fault = fault

    async def tell(self, topic: str) -> None:
        """Record, or fail."""
        if self.fault:
            raise self.fault
        self.topics.append(topic)


async def test_the_sign_of_writing_carries_an_id_and_is_kept_nowhere(memory: Ports) -> None:
    told = Told()
    async with browser(application(memory, signals=told)) as page:
        assert (await page.post("/typing")).status_code == 204
        assert told.topics == []  # nobody is here yet
        await page.post("/messages", json=message())
        for _ in range(9):
            assert (await page.post("/typing")).status_code == 204
    conversation = stored(memory)[0].conversation
    assert told.topics == [f"writing:{conversation}"] * 5  # no faster than it can be of use
    assert len(stored(memory)) == 1


async def test_the_sign_of_writing_comes_from_our_page_and_is_never_an_error(memory: Ports) -> None:
    told = Told(StoreUnavailable())
    async with browser(application(memory, signals=told)) as page:
        await page.post("/messages", json=message())
        assert (await page.post("/typing", headers={"sec-fetch-site": "cross-site"})).status_code == 403
        assert (await page.post("/typing")).status_code == 204
