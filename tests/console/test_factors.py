"""Codes beside the password: each works once, a wrong one costs time, and nothing dangerous goes without."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.console.auth import FRESH
from bot.console.caller import browser_of
from bot.console.factors import RECOVERY_CODES, STEP, plain_code, renew
from bot.console.gates import MINUTE
from bot.console.sign_in import local
from bot.core.account import Account, Role
from tests.console.conftest import PASSWORD, Browser, House
from tests.console.test_accounts import offer_of
from tests.invitation import codes_on


async def recovering(house: House, name: str) -> tuple[str, ...]:
    """Recovery codes of an account."""
    account = await house.accounts.find(name)
    assert account is not None
    changed, codes = renew(account)
    await house.accounts.save(account, changed)
    return codes


@pytest.mark.parametrize(("later", "status"), [(-2, 401), (-1, 303), (0, 303), (1, 303), (2, 401)])
async def test_a_code_of_this_half_minute_or_its_neighbours_opens(strict: House, later: int, status: int) -> None:
    await strict.hire("dara")
    assert (await (await strict.browser()).sign_in("dara", code=strict.code(later))).status_code == status


async def test_a_code_works_once(strict: House) -> None:
    await strict.hire("dara")
    first, second = await strict.browser(), await strict.browser()
    assert (await first.sign_in("dara", code=strict.code())).status_code == 303
    assert (await second.sign_in("dara", code=strict.code())).status_code == 401
    assert (await second.sign_in("dara", code=strict.code(-1))).status_code == 401
    assert (await second.sign_in("dara", code=strict.code(1))).status_code == 303


async def test_the_password_alone_is_not_enough_and_reads_like_a_wrong_one(strict: House) -> None:
    await strict.hire("dara")
    browser = await strict.browser()
    answers = [
        await browser.sign_in("dara", code=""),
        await browser.sign_in("dara", code="000000"),
        await browser.sign_in("dara", "wrong", strict.code()),
    ]
    assert [answer.status_code for answer in answers] == [401] * 3
    assert len({answer.text for answer in answers}) == 1


async def test_a_stranger_without_the_password_uses_no_code_up(strict: House) -> None:
    await strict.hire("dara")
    await (await strict.browser("198.51.100.9")).sign_in("dara", "wrong", strict.code())
    assert (await (await strict.browser()).sign_in("dara", code=strict.code())).status_code == 303


async def test_a_wrong_code_after_the_right_password_is_audited(strict: House) -> None:
    await strict.hire("dara")
    browser = await strict.browser()
    await browser.sign_in("dara", "wrong", "000000")
    assert strict.audited() == []
    await browser.sign_in("dara", code="000000")
    assert strict.audited() == [("code_refused", "dara", "")]


async def test_a_code_is_understood_however_typed(strict: House) -> None:
    await strict.hire("dara")
    khmer = "".join(chr(0x17E0 + int(digit)) for digit in strict.code())
    assert (await (await strict.browser()).sign_in("dara", code=f" {khmer[:3]} {khmer[3:]} ")).status_code == 303
    assert plain_code("AB-cd ef") == "abcdef"


async def test_each_recovery_code_works_once_in_place_of_a_code(strict: House) -> None:
    await strict.hire("dara")
    codes = await recovering(strict, "dara")
    assert len(set(codes)) == RECOVERY_CODES
    for code in codes:
        browser = await strict.browser()
        assert (await browser.sign_in("dara", code=code.upper())).status_code == 303
        assert (await browser.sign_in("dara", code=code)).status_code == 401
        strict.clock.time += 2 * MINUTE


async def test_a_recovery_code_of_another_account_opens_nothing(strict: House) -> None:
    await strict.hire("dara")
    await strict.hire("bopha")
    code = (await recovering(strict, "bopha"))[0]
    assert (await (await strict.browser()).sign_in("dara", code=code)).status_code == 401


async def test_who_guesses_codes_waits_ever_longer_up_to_an_hour(strict: House) -> None:
    await strict.hire("dara")
    guesser = await strict.browser("198.51.100.9")
    waits = []
    for _ in range(60):
        answer = await guesser.sign_in("dara", code="000000")
        if answer.status_code == 429:
            waits.append(int(answer.headers["retry-after"]))
            strict.clock.time += waits[-1] * 1000
    assert 3000 < max(waits) <= 3600


async def test_an_operator_at_a_known_address_is_not_shut_out_by_who_has_the_password(strict: House) -> None:
    await strict.operator("dara")
    strict.clock.time += STEP
    for n in range(12):
        await (await strict.browser(f"198.51.100.{n}")).sign_in("dara", code="000000")
    assert (await (await strict.browser("203.0.113.5")).sign_in("dara", code=strict.code())).status_code == 429
    assert (await (await strict.browser("192.0.2.1")).sign_in("dara", code=strict.code())).status_code == 303


async def test_an_account_without_a_second_factor_is_told_what_to_do(strict: House) -> None:
    await strict.hire("dara")
    account = await strict.accounts.find("dara")
    assert account is not None
    await strict.accounts.save(account, replace(account, totp=""))
    answer = await (await strict.browser()).sign_in("dara")
    assert (answer.status_code, "Ask an administrator" in answer.text) == (403, True)


async def test_what_is_dangerous_wants_a_fresh_confirmation(strict: House) -> None:
    await strict.hire("dara")
    admin = await strict.operator("admin", Role.ADMINISTRATOR, duty=False)
    assert (await admin.get("/accounts")).status_code == 200
    strict.clock.time += FRESH + 1
    assert (await admin.get("/accounts")).headers["location"] == "/confirm?back=/accounts"
    answer = await admin.post("/accounts/dara/disable")
    assert answer.headers["location"] == "/confirm?back=/accounts/dara"
    assert [account.disabled for account in await strict.accounts.everyone()] == [False, False]
    answer = await admin.post("/confirm", password=PASSWORD, code=strict.code(), back="/accounts/dara")
    assert answer.headers["location"] == "/accounts/dara"
    await admin.post("/accounts/dara/disable")
    assert [account.disabled for account in await strict.accounts.everyone()] == [False, True]
    assert ("confirmed", "admin", "") in strict.audited()


async def test_a_wrong_confirmation_confirms_nothing_and_slows_down(strict: House) -> None:
    admin = await strict.operator("admin", Role.ADMINISTRATOR, duty=False)
    strict.clock.time += FRESH + 1
    for password, code in ((PASSWORD, "000000"), ("wrong", strict.code()), (PASSWORD, "")):
        assert (await admin.post("/confirm", password=password, code=code)).status_code == 401
    assert (await admin.post("/confirm", credential="{}")).status_code == 401
    assert (await admin.get("/accounts")).headers["location"] == "/confirm?back=/accounts"
    codes = [(await admin.post("/confirm", password="wrong")).status_code for _ in range(3)]
    assert codes == [401, 429, 429]


@pytest.mark.parametrize(
    ("back", "kept"),
    [
        ("/accounts", "/accounts"),
        ("//evil.test", ""),
        ("/\\evil.test", ""),
        ("https://evil.test", ""),
        ("/\tx", ""),
        ("", ""),
    ],
)
def test_nobody_is_led_elsewhere(back: str, kept: str) -> None:
    assert local(back) == kept


async def test_own_password_needs_a_fresh_confirmation_and_ends_other_sessions(strict: House) -> None:
    browser = await strict.operator("dara")
    strict.clock.time += FRESH + 1
    answer = await browser.post("/password", password="another plain sentence", again="another plain sentence")
    assert answer.headers["location"] == "/confirm?back=/password"
    strict.clock.time += STEP
    assert (await browser.sign_in("dara", code=strict.code())).status_code == 303


async def set_up(browser: Browser, code: str = "") -> list[str]:
    """Set codes up on the own account's page; returns the recovery codes."""
    offer = await offer_of(browser, "/account/codes")
    return codes_on((await browser.post("/account/codes", offer=offer["offer"], code=code or offer["code"])).text)


async def test_own_codes_can_be_set_up_anew(strict: House) -> None:
    browser, other = await strict.operator("dara"), await strict.browser()
    await other.sign_in("dara", code=strict.code(1))
    token = next(s.token for s in (await strict.sessions.of("dara")).values() if s.on_duty)
    offer = await offer_of(browser, "/account/codes")
    wrong = await browser.http.post("/account/codes", data={"token": token, **offer, "code": "000000"},
                                    headers={"Sec-Fetch-Site": "same-origin"})  # fmt: skip
    assert (wrong.status_code, offer["offer"] in wrong.text) == (422, True)
    right = await browser.http.post("/account/codes", data={"token": token, **offer},
                                    headers={"Sec-Fetch-Site": "same-origin"})  # fmt: skip
    assert len(codes_on(right.text)) == RECOVERY_CODES
    assert (await browser.get("/")).status_code == 200
    assert (await other.get("/")).headers["location"] == "/sign-in"
    strict.clock.time += STEP
    assert (await other.sign_in("dara", code=strict.code())).status_code == 401
    assert (await other.sign_in("dara", code=codes_on(right.text)[0])).status_code == 303


async def test_own_recovery_codes_can_be_made_anew(strict: House) -> None:
    browser = await strict.operator("dara")
    old = await recovering(strict, "dara")
    new = codes_on((await browser.post("/account/recovery")).text)
    other = await strict.browser()
    assert (await other.sign_in("dara", code=old[0])).status_code == 401
    assert (await other.sign_in("dara", code=new[0])).status_code == 303
    assert "9 recovery codes are left" in (await other.get("/account")).text


async def test_own_sessions_are_listed_and_can_be_ended(house: House) -> None:
    browser, other = await house.operator("dara"), await house.browser()
    await other.http.post(
        "/sign-in",
        data={"name": "dara", "password": PASSWORD},
        headers={"Sec-Fetch-Site": "same-origin", "User-Agent": "Mozilla/5.0 (Android 15; Mobile) Firefox/130.0"},
    )
    assert "Firefox, Android" in (await browser.get("/account")).text
    digest = next(digest for digest, s in (await house.sessions.of("dara")).items() if s.browser)
    token = next(s.token for s in (await house.sessions.of("dara")).values() if s.on_duty)
    form = {"token": token, "session": digest}
    await browser.http.post("/account/session/end", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert (await other.get("/")).headers["location"] == "/sign-in"
    assert (await browser.get("/")).status_code == 200


async def test_another_operators_session_cannot_be_ended(house: House) -> None:
    dara, bopha = await house.operator("dara"), await house.operator("bopha")
    await bopha.post("/account/session/end", session=next(iter(await house.sessions.of("dara"))))
    assert (await dara.get("/")).status_code == 200


async def test_a_rotated_master_key_keeps_codes(strict: House) -> None:
    from bot.adapters.vault import AccountSeal, new_master
    from bot.console.factors import reseal

    await strict.hire("dara")
    sealed = (await strict.accounts.everyone())[0].totp
    await reseal(strict.accounts, strict.seal)
    assert (await strict.accounts.everyone())[0].totp != sealed
    assert (await (await strict.browser()).sign_in("dara", code=strict.code())).status_code == 303
    assert AccountSeal(new_master()) != strict.seal


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0 Safari/537.36 Edg/141.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("<script>", ""),
    ],
)  # fmt: skip
def test_a_browser_is_told_in_a_word_or_two(agent: str, name: str) -> None:
    assert browser_of(agent) == name


def test_an_account_is_there_once_a_way_in_was_chosen() -> None:
    assert not Account("dara", "Dara").arrived
    assert Account("dara", "Dara", digest="x").arrived
