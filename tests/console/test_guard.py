"""The outermost wall: foreign posts are refused, and no page runs or loads what isn't ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.datastructures import Headers

from bot.console import app as console
from bot.console.guard import CSP, from_here
from tests.console.conftest import HERE, House

# Pages of who is not signed in, and has no token yet.
BEFORE = ("sign_in.html", "invitation.html")
CONSOLE = Path(console.__file__).parent


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://desk.test", "host": "desk.test"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "https://desk.test", "host": "desk.test"}, True),
        ({"origin": "https://evil.test", "host": "desk.test"}, False),
        ({"origin": "null", "host": "desk.test"}, False),
        ({"host": "desk.test"}, False),
    ],
)
def test_from_here_believes_only_our_own_page(headers: dict[str, str], ours: bool) -> None:
    assert from_here(Headers(headers)) is ours


async def test_post_from_elsewhere_is_refused_and_does_nothing(house: House) -> None:
    await house.waits("c1")
    browser = await house.operator("dara")
    form = {"token": await browser.token()}
    response = await browser.http.post("/conversations/c1/claim", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert len(await house.desk.queue.waiting()) == 1


@pytest.mark.parametrize("token", ["", "wrong", "ក"])
async def test_post_without_the_right_token_is_refused(house: House, token: str) -> None:
    await house.waits("c1")
    browser = await house.operator("dara")
    response = await browser.http.post("/conversations/c1/claim", data={"token": token}, headers=HERE)
    assert response.status_code == 403
    assert len(await house.desk.queue.waiting()) == 1


async def test_token_of_another_session_is_refused(house: House) -> None:
    await house.waits("c1")
    dara, bopha = await house.operator("dara"), await house.operator("bopha")
    form = {"token": await bopha.token()}
    assert (await dara.http.post("/conversations/c1/claim", data=form, headers=HERE)).status_code == 403


async def test_sign_in_from_elsewhere_is_refused(house: House) -> None:
    browser = await house.browser()
    response = await browser.http.post("/sign-in", data={"name": "x", "password": "y"})
    assert response.status_code == 403


async def test_every_action_is_a_post(house: House) -> None:
    browser = await house.operator("dara")
    for action in ("claim", "reply", "say", "withdraw", "note", "give-back", "transfer", "release", "close"):
        if action != "note":
            assert (await browser.get(f"/conversations/c1/{action}")).status_code == 405


async def test_headers_stand_on_every_response(house: House) -> None:
    await house.waits("c1")
    browser = await house.operator("dara")
    refused = await browser.http.post("/duty")
    pages = [await browser.get(path) for path in (
        "/", "/queue", "/conversations/c1", "/conversations/none", "/none", "/health", "/static/console.js",
    )]  # fmt: skip
    for response in (*pages, refused):
        assert response.headers["content-security-policy"] == CSP
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["cross-origin-opener-policy"] == "same-origin"


async def test_another_host_name_is_not_answered(house: House) -> None:
    browser = await house.browser()
    assert (await browser.http.get("/sign-in", headers={"Host": "evil.test"})).status_code == 400


async def test_a_huge_body_is_refused(house: House) -> None:
    browser = await house.operator("dara")
    assert (await browser.post("/conversations/c1/reply", words="x" * 100_000)).status_code == 413


def test_templates_hold_no_inline_script_or_style() -> None:
    for template in (CONSOLE / "templates").glob("*.html"):
        text = template.read_text()
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|hx-on|hx-vals=.js:|\|\s*safe", text), template.name
        assert not re.search(r"<script(?! src=\"/static/)", text), template.name


def test_nothing_is_loaded_from_elsewhere() -> None:
    for file in [*(CONSOLE / "templates").glob("*.html"), *(CONSOLE / "static").glob("console.*")]:
        assert not re.search(r"(src|href|url\()\W*https?:|@import", file.read_text()), file.name


def test_every_form_carries_the_token() -> None:
    for template in (CONSOLE / "templates").glob("*.html"):
        every = re.findall(r"<form.*?</form>", template.read_text(), re.DOTALL)
        forms = [form for form in every if not form.startswith('<form method="get"')]  # no token in an address
        before = r'action="(/sign-in|/sign-in/passkey|{{ where }})"' if template.name in BEFORE else "$^"
        bare = [form for form in forms if "words.token()" not in form and not re.search(before, form)]
        assert bare == [], template.name
