"""Serving: a caller's own address counts, also behind a proxy, and nobody else's word for it."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.parts import _hosts, serve
from bot.settings import Settings
from tests.conftest import free_port


async def address(request: Request) -> PlainTextResponse:
    """Who asks."""
    return PlainTextResponse(request.client.host if request.client else "")


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [("127.0.0.1", "203.0.113.5"), ("127.0.0.0/8", "203.0.113.5"), ("192.0.2.1", "127.0.0.1"), ("", "127.0.0.1")],
)
async def test_an_address_is_the_callers_behind_a_proxy_we_know(proxies: str, seen: str) -> None:
    stop, port = asyncio.Event(), free_port()
    app = Starlette(routes=[Route("/", address)])
    serving = asyncio.create_task(serve(app, "127.0.0.1", port, stop, proxies))
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(retries=8), trust_env=False) as client:
        answer = await client.get(f"http://127.0.0.1:{port}/", headers={"X-Forwarded-For": "198.51.100.9, 203.0.113.5"})
    stop.set()
    await serving
    assert answer.text == seen


def test_the_console_answers_to_its_public_name_where_it_has_one() -> None:
    assert _hosts(Settings(console_url="https://desk.example.org")) == ["desk.example.org", "localhost", "127.0.0.1"]
    assert _hosts(Settings()) == ["*"]
