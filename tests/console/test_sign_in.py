"""The door: who gets in, for how long, and who doesn't."""

from __future__ import annotations

from bot.console.auth import IDLE, WHOLE
from bot.console.gates import MINUTE
from bot.core.account import Role
from tests.console.conftest import PASSWORD, House


async def test_sign_in_opens_the_desk(house: House) -> None:
    await house.hire("dara")
    browser = await house.browser()
    response = await browser.sign_in("dara")
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert (await browser.get("/")).status_code == 200


async def test_sign_in_takes_the_name_however_typed(house: House) -> None:
    await house.hire("dara")
    browser = await house.browser()
    assert (await browser.sign_in(" Dara ")).status_code == 303


async def test_sign_in_cookie_is_strict_and_stored_as_a_hash(house: House) -> None:
    await house.hire("dara")
    response = await (await house.browser()).sign_in("dara")
    cookie = response.headers["set-cookie"]
    secret = cookie.split("=", 1)[1].split(";")[0]
    assert cookie.startswith("__Host-helpline=")
    assert sorted(cookie.lower().split("; ")[1:]) == ["httponly", "path=/", "samesite=strict", "secure"]
    assert secret not in repr(await house.sessions.of("dara"))


async def test_sign_in_refuses_a_wrong_password_and_a_stranger_alike(house: House) -> None:
    await house.hire("dara")
    browser = await house.browser()
    wrong, stranger = await browser.sign_in("dara", "not the password"), await browser.sign_in("stranger")
    assert wrong.status_code == stranger.status_code == 401
    assert wrong.text.replace("dara", "") == stranger.text.replace("stranger", "")


async def test_sign_in_slows_down_who_guesses(house: House) -> None:
    await house.hire("dara")
    guesser = await house.browser("198.51.100.9")
    codes = [(await guesser.sign_in("dara", "wrong")).status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]
    assert (await guesser.sign_in("dara")).headers["retry-after"] == "1"


async def test_sign_in_from_a_known_address_is_not_shut_out_by_a_stranger(house: House) -> None:
    await house.operator("dara")
    for n in range(12):
        await (await house.browser(f"198.51.100.{n}")).sign_in("dara", "wrong")
    assert (await (await house.browser("203.0.113.5")).sign_in("dara")).status_code == 429
    assert (await (await house.browser("192.0.2.1")).sign_in("dara")).status_code == 303


async def test_sign_in_goes_on_for_others_while_one_is_slowed(house: House) -> None:
    await house.hire("dara")
    await house.hire("bopha")
    browser = await house.browser()
    for _ in range(8):
        await browser.sign_in("dara", "wrong")
    assert (await browser.sign_in("bopha")).status_code == 303


async def test_pages_ask_who_is_not_signed_in_to_sign_in(house: House) -> None:
    browser = await house.browser()
    desk = ("/", "/queue", "/conversations/c1", "/conversations/c1/lines", "/events")
    for path in (*desk, "/password", "/account", "/account/codes", "/accounts", "/accounts/dara", "/confirm"):
        response = await browser.get(path)
        assert (response.status_code, response.headers["location"]) == (303, "/sign-in")


async def test_parts_send_the_whole_page_to_sign_in(house: House) -> None:
    response = await (await house.browser()).get("/queue", **{"HX-Request": "true"})
    assert (response.status_code, response.headers["hx-redirect"]) == (204, "/sign-in")


async def test_sign_out_ends_the_session_on_the_server(house: House) -> None:
    browser = await house.operator("dara")
    kept = dict(browser.http.cookies)
    response = await browser.post("/sign-out")
    assert response.headers["clear-site-data"] == '"cache", "storage"'
    browser.http.cookies.update(kept)
    assert (await browser.get("/")).headers["location"] == "/sign-in"


async def test_sign_out_gives_back_what_is_held(house: House) -> None:
    await house.waits("c1")
    browser = await house.operator("dara")
    await browser.post("/conversations/c1/claim")
    await browser.post("/sign-out")
    assert [request.conversation for request in await house.desk.queue.waiting()] == ["c1"]
    assert await house.desk.duty.present(house.clock.now()) == []


async def test_sign_out_keeps_the_desk_where_another_browser_is_on_duty(house: House) -> None:
    first = await house.operator("dara")
    second = await house.browser()
    await second.sign_in("dara")
    token = next(s.token for s in (await house.sessions.of("dara")).values() if not s.on_duty)
    await second.http.post("/sign-out", data={"token": token}, headers={"Sec-Fetch-Site": "same-origin"})
    assert [p.operator for p in await house.desk.duty.present(house.clock.now())] == ["dara"]
    assert (await first.get("/")).status_code == 200


async def test_session_ends_after_two_idle_hours(house: House) -> None:
    browser = await house.operator("dara")
    house.clock.time += IDLE
    assert (await browser.get("/")).status_code == 200
    house.clock.time += IDLE + 1
    assert (await browser.get("/")).headers["location"] == "/sign-in"


async def test_session_is_not_kept_alive_by_what_the_page_fetches_itself(house: House) -> None:
    browser = await house.operator("dara")
    for _ in range(4):
        house.clock.time += IDLE // 3
        await browser.get("/queue")
    assert (await browser.get("/")).headers["location"] == "/sign-in"


async def test_session_ends_after_twelve_hours_however_busy(house: House) -> None:
    browser = await house.operator("dara")
    for _ in range(WHOLE // (60 * MINUTE)):
        house.clock.time += 60 * MINUTE
        assert (await browser.get("/")).status_code == 200
    house.clock.time += 1
    assert (await browser.get("/")).headers["location"] == "/sign-in"


async def test_disabled_account_is_out_at_once_and_stays_out(house: House) -> None:
    browser = await house.operator("dara")
    await house.register.disable("dara")
    assert (await browser.get("/")).headers["location"] == "/sign-in"
    assert (await browser.sign_in("dara")).status_code == 401
    await house.register.enable("dara")
    assert (await browser.sign_in("dara")).status_code == 303


async def test_password_must_be_long_new_confirmed_and_not_easy(house: House) -> None:
    browser = await house.operator("dara")
    for new, again in (
        ("short", "short"),
        ("long enough, but", "typed otherwise"),
        (PASSWORD, PASSWORD),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa"),
        ("dara dara dara dara", "dara dara dara dara"),
    ):
        assert (await browser.post("/password", password=new, again=again)).status_code == 422


async def test_password_change_ends_other_sessions(house: House) -> None:
    other = await house.operator("dara")
    browser = await house.browser()
    await browser.sign_in("dara")
    token = next(s.token for s in (await house.sessions.of("dara")).values() if not s.on_duty)
    form = {"token": token, "password": "another plain sentence", "again": "another plain sentence"}
    await browser.http.post("/password", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert (await browser.get("/")).status_code == 200
    assert (await other.get("/")).headers["location"] == "/sign-in"


async def test_roles_without_a_desk_see_no_conversation(house: House) -> None:
    await house.waits("c1")
    for role in (Role.CONTENT, Role.ADMINISTRATOR):
        browser = await house.operator(role.value, role, duty=False)
        assert (await browser.get("/")).status_code == 403
        assert (await browser.get("/conversations/c1")).status_code == 403
        assert (await browser.get("/account")).status_code == 200


async def test_account_changes_the_language_of_the_console(house: House) -> None:
    browser = await house.operator("dara")
    await browser.post("/account", locale="my")
    assert "ထွက်မည်" in (await browser.get("/")).text
    await browser.post("/account", locale="klingon")
    assert '<html lang="my">' in (await browser.get("/")).text


async def test_health_asks_nobody_who_they_are(house: House) -> None:
    response = await (await house.browser()).get("/health")
    assert response.json() == {"status": "ok"}
