"""What the web chat does not take: other sites, strange bodies and cookies, too much at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.channels.web.guard import Pace
from tests.channels.web.running import application, browser, message, stored
from tests.conftest import Ports


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ],
)
@pytest.mark.parametrize("path", ["/messages", "/leave"])
async def test_another_site_is_refused(memory: Ports, headers: dict[str, str], path: str) -> None:
    async with browser(application(memory)) as page:
        found = await page.post(path, json=message(), headers=headers)
    assert (found.status_code, found.json()) == (403, {"code": "foreign"})
    assert stored(memory) == []


async def test_a_form_is_refused(memory: Ports) -> None:
    async with browser(application(memory)) as page:
        found = await page.post("/messages", data={"text": "hello"})
    assert (found.status_code, found.json()) == (415, {"code": "not_json"})


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "malformed"),
        (b"[" * 60_000, 400, "malformed"),
        (b'{"text": "' + b"a" * 1_000_000 + b'"}', 413, "too_large"),
        (json.dumps(message("\ud800")).encode(), 400, "bad_text"),
        (json.dumps(message("a" * 4097)).encode(), 413, "too_long"),
        (json.dumps(message({"a": [1]})).encode(), 400, "malformed"),  # type: ignore[arg-type]  # a wrong type
    ],
)
async def test_hostile_bodies_are_refused_with_a_code(memory: Ports, content: bytes, status: int, code: str) -> None:
    async with browser(application(memory)) as page:
        found = await page.post("/messages", content=content, headers={"content-type": "application/json"})
    assert (found.status_code, found.json()) == (status, {"code": code})
    assert "set-cookie" not in found.headers
    assert stored(memory) == []


async def test_a_body_without_a_length_is_cut_off(memory: Ports) -> None:
    async def endless() -> Any:  # Any: an async generator, as httpx takes it
        while True:
            yield b" " * 16_384

    async with browser(application(memory)) as page:
        found = await page.post("/messages", content=endless(), headers={"content-type": "application/json"})
    assert found.status_code == 413


@pytest.mark.parametrize("cookie", ["", "x", "x" * 42, "x" * 44, "ก" * 43, "'; DROP" + "x" * 36])
async def test_a_strange_cookie_is_no_cookie(memory: Ports, cookie: str) -> None:
    headers = {b"cookie": f"chat={cookie}".encode()}
    async with browser(application(memory)) as page:
        assert (await page.get("/events", headers=headers)).status_code == 204
        assert "set-cookie" in (await page.post("/messages", json=message(), headers=headers)).headers


async def test_who_writes_too_fast_is_asked_to_wait(memory: Ports) -> None:
    async with browser(application(memory)) as page:
        codes = [(await page.post("/messages", json=message())).status_code for _ in range(22)]
        found = await page.post("/messages", json=message())
    assert codes[:20] == [202] * 20
    assert (found.status_code, found.json(), found.headers["retry-after"]) == (429, {"code": "too_fast"}, "2")


async def test_one_address_cannot_open_conversations_without_end(memory: Ports) -> None:
    app = application(memory)
    async with browser(app, "2001:db8::1") as page, browser(app, "2001:db8::2") as twin, browser(app) as other:
        for _ in range(320):
            page.cookies.clear()
            found = await page.post("/messages", json=message())
        assert found.status_code == 429
        assert (await twin.post("/messages", json=message())).status_code == 429
        assert (await other.post("/messages", json=message())).status_code == 202


def test_a_pace_refills_and_forgets_the_longest_silent() -> None:
    now = [0.0]
    pace = Pace(size=2, rate=0.5, now=lambda: now[0], keys=2)
    assert [pace.wait("a") for _ in range(3)] == [0, 0, 3]
    now[0] = 2.0
    assert [pace.wait("a"), pace.wait("a")] == [0, 3]
    assert [pace.wait("b"), pace.wait("c"), len(pace._left)] == [0, 0, 2]
