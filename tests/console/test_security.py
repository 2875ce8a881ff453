"""The attacks of docs/threat-model.md that the console must withstand; each row of the table there is a test here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import Route

from bot.console.auth import FRESH
from bot.console.caller import Caller
from bot.console.gates import Refusal
from bot.console.guard import CSP, STRICT
from bot.core.account import Account, Role
from bot.core.conversation import State
from bot.core.message import Channel
from tests.console.conftest import HERE, PASSWORD, Browser, House, wrote
from tests.console.test_accounts import accept, where
from tests.console.test_factors import recovering

ROOT = Path(__file__).resolve().parent.parent.parent
# What may be asked for without a session; everything else leads to the sign-in page.
OPEN = (
    "/health",
    "/sign-in",
    "/sign-in/passkey",
    "/sign-in/passkey/options",
    "/invite/dara/x",
    "/invite/dara/x/options",
    "/fonts/x",
)


def paths(house: House, method: str) -> Iterator[str]:
    """Every address the console answers to this method, filled in."""
    values = {"id": "c1", "name": "dara", "secret": "x"}
    for route in house.app.routes:
        if isinstance(route, Route) and method in (route.methods or ()):
            yield re.sub(r"\{(\w+)(:\w+)?\}", lambda found: values.get(found[1], "x"), route.path)


async def held(house: House, by: str) -> Browser:
    """An operator who has taken the conversation c1."""
    await house.waits("c1", wrote("they keep my passport"))
    browser = await house.operator(by)
    await browser.post("/conversations/c1/claim")
    return browser


async def holder(house: House) -> str:
    """Who holds c1."""
    found = await house.desk.conversations.load("c1", Channel.TELEGRAM)
    return found.operator if found.state is State.OPERATOR else ""


async def test_a_form_of_another_site_does_nothing(house: House) -> None:
    browser = await held(house, "dara")
    before = (house.world.audit.copy(), await house.accounts.everyone())
    for path in paths(house, "POST"):
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.test"}, {}):
            form = {"token": await browser.token(), "words": "hello"}
            assert (await browser.http.post(path, data=form, headers=headers)).status_code == 403, path
    assert (house.world.audit, await house.accounts.everyone()) == before
    assert await holder(house) == "dara"


async def test_a_form_without_the_sessions_token_does_nothing(house: House) -> None:
    browser = await held(house, "dara")
    before = (house.world.audit.copy(), await house.accounts.everyone())
    for path in paths(house, "POST"):
        if path not in OPEN:
            answer = await browser.http.post(path, data={"token": "guessed", "words": "hello"}, headers=HERE)
            assert answer.status_code == 403, path
    assert (house.world.audit, await house.accounts.everyone()) == before


async def test_nothing_is_shown_or_done_without_a_session(house: House) -> None:
    await house.waits("c1", wrote("they keep my passport"))
    browser = await house.browser()
    for path in (*paths(house, "GET"), *paths(house, "POST")):
        if path not in OPEN:
            for answer in (await browser.get(path), await browser.http.post(path, headers=HERE)):
                assert answer.status_code in (303, 405), path
                assert answer.headers.get("location", "/sign-in") == "/sign-in", path
                assert "passport" not in answer.text


async def test_the_event_stream_wants_a_session(house: House) -> None:
    await held(house, "dara")
    stranger = await house.browser()
    for path in ("/events", "/events?conversation=c1"):
        assert (await stranger.get(path)).headers["location"] == "/sign-in"


async def test_another_operators_conversation_is_neither_read_nor_written_by_its_id(house: House) -> None:
    await held(house, "dara")
    thief = await house.operator("bopha")
    for path in ("", "/lines", "/notes", "/phrases"):
        answer = await thief.get(f"/conversations/c1{path}")
        assert (answer.status_code, "passport" in answer.text) == (403, False), path
    for action in ("reply", "say", "withdraw", "note", "give-back", "transfer", "release", "close", "claim"):
        form = {"words": "x", "phrase": "waiting.kept", "to": "dara", "reason": "other", "outbound": "x"}
        answer = await thief.http.post(
            f"/conversations/c1/{action}", data=form | {"token": await thief.token()}, headers=HERE
        )
        assert answer.status_code in (403, 409), action
    assert (await holder(house), house.outbox()) == ("dara", [])


async def test_a_one_time_link_does_not_work_twice(strict: House) -> None:
    path = where(await strict.register.invite(Account("dara", "Dara")))
    thief, browser = await strict.browser("198.51.100.9"), await strict.browser()
    assert (await thief.get(path)).status_code == 200  # seen on its way, not used
    assert (await accept(browser, path)).status_code == 200
    form = {"password": "a thief's own sentence", "again": "a thief's own sentence", "display": "Dara"}
    assert (await thief.http.post(path, data=form, headers=HERE)).status_code == 410
    assert (await browser.get("/")).status_code == 200


async def test_a_session_ends_with_its_account(house: House) -> None:
    dara = await held(house, "dara")
    admin = await house.operator("admin", Role.ADMINISTRATOR, duty=False)
    await admin.post("/accounts/dara/disable")
    for path in ("/", "/conversations/c1", "/events", "/account"):
        assert (await dara.get(path)).headers["location"] == "/sign-in"
    assert (await dara.http.post("/conversations/c1/reply", data={"words": "x"}, headers=HERE)).status_code == 303
    assert (house.outbox(), await holder(house)) == ([], "")
    assert (await dara.sign_in("dara")).status_code == 401


async def test_guessing_passwords_is_slowed_down_and_shuts_nobody_out(house: House) -> None:
    await house.hire("dara")
    await (await house.operator("bopha")).post("/sign-out")
    answers = [
        (await (await house.browser("198.51.100.9")).sign_in("dara", f"guess {n}")).status_code for n in range(9)
    ]
    assert answers == [401] * 5 + [429] * 4
    many = [(await (await house.browser("198.51.100.9")).sign_in(f"n{n}", "guess")).status_code for n in range(30)]
    assert 429 in many
    assert (await (await house.browser()).sign_in("bopha")).status_code == 303


@pytest.mark.parametrize("kind", ["code", "recovery"])
async def test_guessing_codes_with_a_stolen_password_is_slowed_down(strict: House, kind: str) -> None:
    await strict.hire("dara")
    (right, *_) = await recovering(strict, "dara")
    answers = []
    for n in range(12):
        thief = await strict.browser(f"198.51.100.{n}")
        answers.append((await thief.sign_in("dara", code=f"{n:06}" if kind == "code" else f"{right}x{n}")).status_code)
    assert answers == [401] * 5 + [429] * 7


async def test_guessing_links_and_asking_for_passkeys_without_end_is_slowed_down(strict: House) -> None:
    thief = await strict.browser("198.51.100.9")
    links = [(await thief.get(f"/invite/dara/{n}")).status_code for n in range(25)]
    asked = [(await thief.http.post("/sign-in/passkey/options", headers=HERE)).status_code for _ in range(25)]
    assert (links, asked) == ([410] * 20 + [429] * 5, [200] * 20 + [429] * 5)


async def test_a_code_seen_over_the_shoulder_does_not_work_again(strict: House) -> None:
    await strict.operator("dara")
    assert (await (await strict.browser()).sign_in("dara", code=strict.code())).status_code == 401


async def test_a_stolen_session_cannot_do_what_is_dangerous(strict: House) -> None:
    await strict.hire("dara")
    admin = await strict.operator("admin", Role.ADMINISTRATOR, duty=False)
    strict.clock.time += FRESH + 1
    before = await strict.accounts.everyone()
    guarded = ("/password", "/account/codes", "/account/recovery", "/account/passkey", "/account/passkey/remove")
    for path in (*guarded, "/accounts", "/accounts/dara", "/accounts/dara/disable", "/accounts/dara/reset"):
        form = {"token": await admin.token(), "password": PASSWORD, "again": PASSWORD, "role": "administrator"}
        answer = await admin.http.post(path, data=form, headers=HERE)
        assert answer.headers["location"].startswith("/confirm?back=/"), path
    assert await strict.accounts.everyone() == before


async def test_a_stolen_store_holds_no_password_code_link_or_cookie(strict: House) -> None:
    link = await strict.register.invite(Account("mya", "Mya"))
    browser = await strict.operator("dara")
    codes = await recovering(strict, "dara")
    kept = repr((await strict.accounts.everyone(), await strict.sessions.of("dara")))
    secrets = (PASSWORD, "JBSWY3DP", link.rpartition("/")[2], browser.http.cookies["__Host-helpline"], *codes)
    assert [secret for secret in secrets if secret in kept] == []


async def test_headers_stand_on_every_page(strict: House) -> None:
    await strict.waits("c1")
    dara = await strict.operator("dara")
    admin = await strict.operator("admin", Role.ADMINISTRATOR, duty=False)
    for path in set(paths(strict, "GET")) - {"/events"}:
        for browser in (dara, admin):
            headers = (await browser.get(path)).headers
            assert headers["content-security-policy"] == CSP
            assert headers["strict-transport-security"] == STRICT
            assert headers["cache-control"] == "no-store"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
    for word in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "script-src 'self';"):
        assert word in CSP
    assert "unsafe" not in CSP


async def test_the_cookie_is_bound_to_this_host_and_to_no_other_site(strict: House) -> None:
    await strict.hire("dara")
    cookie = (await (await strict.browser()).sign_in("dara", code=strict.code())).headers["set-cookie"]
    assert cookie.startswith("__Host-")
    assert {"httponly", "secure", "samesite=strict", "path=/"} == set(cookie.lower().split("; ")[1:])


async def test_every_row_of_the_threat_model_has_its_test() -> None:
    table = (ROOT / "docs" / "threat-model.md").read_text().partition("## Attacks on the console")[2]
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", table)
    assert len(named) >= 15
    assert [f"{file}::{test}" for file, test in named if f"def {test}(" not in (ROOT / file).read_text()] == []


async def test_a_sign_in_at_the_moment_of_a_reset_opens_nothing(house: House) -> None:
    """The password was checked before the reset, the session begins after it."""
    await house.hire("dara")
    account = await house.accounts.find("dara")
    assert account is not None
    for shut in (house.register.reset, house.register.disable):
        await shut("dara")
        with pytest.raises(Refusal):
            await house.door.begin(account, Caller("192.0.2.1", ""))
        assert await house.sessions.of("dara") == {}
