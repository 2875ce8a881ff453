"""Open pages over a real socket: live, few for each conversation, and no obstacle to stopping."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx

from bot.channels.web.guard import address_of
from bot.channels.web.stream import PAGES_EACH
from tests.channels.web.running import identify, in_thread

COOKIE = {"cookie": f"chat={'x' * 43}"}
ID = "0b6a3a52-6f64-4b7f-9f0e-0d7b0f3b9a11"


@contextmanager
def opened(url: str) -> Iterator[httpx.Response]:
    """An open page."""
    with httpx.Client(base_url=url, headers=COOKIE, timeout=5) as client, client.stream("GET", "/events") as found:
        yield found


def test_what_is_written_on_one_page_shows_on_another_at_once() -> None:
    with in_thread() as web, opened(web.url) as page:
        lines = page.iter_lines()
        assert [next(lines), next(lines)] == [": open", "retry: 2000"]
        sent = {"id": ID, "kind": "text", "text": "hello"}
        httpx.post(f"{web.url}/messages", json=sent, headers=COOKIE | {"origin": web.url})
        began = time.monotonic()
        assert any("hello" in line for line in lines)
        assert time.monotonic() - began < 1.5


def test_one_conversation_has_few_open_pages_and_a_closed_one_makes_room() -> None:
    with in_thread() as web, ExitStack() as pages:
        read = [pages.enter_context(opened(web.url)).iter_lines() for _ in range(PAGES_EACH)]
        assert [next(lines) for lines in read] == [": open"] * PAGES_EACH
        with opened(web.url) as refused:
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
        pages.close()
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            with opened(web.url) as page:
                if page.status_code == 200:
                    return
            time.sleep(0.05)
        raise AssertionError("closed pages are still counted")


def test_open_pages_do_not_hold_up_the_end() -> None:
    with in_thread() as web, opened(web.url) as page:
        lines = page.iter_lines()
        next(lines)
        began = time.monotonic()
        web.stop()
        assert not [line for line in lines if line.startswith("data")]  # a whole answer, not a cut one
        assert time.monotonic() - began < 3


def test_a_conversation_is_found_by_the_hash_of_its_token() -> None:
    assert len(address_of("x" * 43)) == 64
    assert identify(address_of("x" * 43)) != identify("x" * 43)
