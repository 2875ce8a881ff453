"""Accounts: invited, changed, reset, disabled; from the command line and on the administrator's pages."""

from __future__ import annotations

import re
from collections.abc import Mapping

import httpx
import pytest

from bot.__main__ import FIRST, first_links
from bot.console.accounts import BadAccount
from bot.console.entrance import INVITE_FOR
from bot.console.factors import STEP
from bot.core.account import Account, Role
from tests.console.conftest import HERE, PASSWORD, URL, Browser, House
from tests.invitation import codes_on, offered

DARA = Account("dara", "Dara", ("km",), Role.SUPERVISOR, "km")


def where(link: str) -> str:
    """The path of a link."""
    assert link.startswith(f"{URL}/invite/")
    return link.removeprefix(URL)


async def offer_of(browser: Browser, path: str) -> dict[str, str]:
    """What the page of a link, or of codes, offers."""
    return offered((await browser.get(path)).text, browser.house.clock.now() / 1000)


async def accept(browser: Browser, path: str, **other: str) -> httpx.Response:
    """Fill the page of a link in."""
    form: Mapping[str, str] = {"display": "Dara S.", "password": PASSWORD, "again": PASSWORD, "locale": "en"}
    offer = await offer_of(browser, path)
    return await browser.http.post(path, data={**form, "language": "km", **offer, **other}, headers=HERE)


async def test_an_invited_chooses_everything_and_is_in(strict: House) -> None:
    browser = await strict.browser()
    answer = await accept(browser, where(await strict.register.invite(DARA)))
    assert (answer.status_code, len(set(codes_on(answer.text)))) == (200, 10)
    assert (await browser.get("/")).status_code == 200
    account = await strict.accounts.find("dara")
    assert account is not None
    assert (account.display, account.role, account.locale, account.invite) == ("Dara S.", Role.SUPERVISOR, "en", "")
    assert account.digest.startswith("$argon2id$")
    assert strict.audited() == [
        ("invited", "command line", "dara"),
        ("invite_accepted", "dara", "dara"),
        ("signed_in", "dara", ""),
    ]


async def test_a_link_is_stored_as_a_hash_and_the_secret_of_codes_sealed(strict: House) -> None:
    path = where(await strict.register.invite(DARA))
    secret = path.rpartition("/")[2]
    assert secret not in repr(await strict.accounts.everyone())
    browser = await strict.browser()
    key = re.search(r'<code class="key"[^>]*>([A-Z2-7 ]+)</code>', (await browser.get(path)).text)
    assert key is not None
    codes = codes_on((await accept(browser, path)).text)
    kept = repr(await strict.accounts.everyone())
    assert [word for word in (key[1].replace(" ", ""), *codes) if word in kept] == []


async def test_a_link_works_once_and_then_says_so_plainly(strict: House) -> None:
    path = where(await strict.register.invite(DARA))
    await accept(await strict.browser(), path)
    second = await strict.browser()
    page = await second.get(path)
    assert (page.status_code, "used or is too old" in page.text) == (410, True)
    assert (await second.http.post(path, data={"password": PASSWORD}, headers=HERE)).status_code == 410
    assert (await second.http.post(f"{path}/options", headers=HERE)).status_code == 410


async def test_looking_at_a_link_does_not_use_it_up(strict: House) -> None:
    path = where(await strict.register.invite(DARA))
    for _ in range(3):
        assert (await (await strict.browser()).get(path)).status_code == 200


async def test_a_link_lapses(strict: House) -> None:
    path = where(await strict.register.invite(DARA))
    strict.clock.time += INVITE_FOR + 1
    assert (await (await strict.browser()).get(path)).status_code == 410


async def test_a_link_dies_with_a_newer_one_and_with_the_account(strict: House) -> None:
    first = where(await strict.register.invite(DARA))
    second = where(await strict.register.reset("dara"))
    browser = await strict.browser()
    assert [(await browser.get(path)).status_code for path in (first, second)] == [410, 200]
    await strict.register.disable("dara")
    await strict.register.enable("dara")
    assert (await browser.get(second)).status_code == 410


async def test_what_is_wrong_with_a_choice_leaves_the_link_good(strict: House) -> None:
    path = where(await strict.register.invite(DARA))
    browser = await strict.browser()
    for wrong in (
        {"code": "000000"},
        {"code": ""},
        {"password": "short", "again": "short"},
        {"again": "typed otherwise"},
        {"display": " "},
        {"display": "x" * 41},
        {"locale": "tlh"},
        {"credential": "{}"},
        {"credential": "not even that"},
        {"credential": '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30"}}'},
    ):
        assert (await accept(browser, path, **wrong)).status_code == 422, wrong
    assert (await accept(browser, path)).status_code == 200


async def test_a_page_that_came_back_shows_the_same_secret(strict: House) -> None:
    path = where(await strict.register.invite(DARA))
    browser = await strict.browser()
    offer = await offer_of(browser, path)
    form = {"display": "Dara", "password": "short", "again": "short", "offer": offer["offer"]}
    answer = await browser.http.post(path, data=form, headers=HERE)
    assert offer["offer"] in answer.text


async def test_a_secret_offered_to_another_is_not_taken(strict: House) -> None:
    """Or who was invited could make a colleague's app and their own the same."""
    offer = await offer_of(await strict.browser(), where(await strict.register.invite(DARA)))
    path = where(await strict.register.invite(Account("bopha", "Bopha")))
    assert (await accept(await strict.browser(), path, **offer)).status_code == 422


async def test_who_tries_many_links_has_to_wait(strict: House) -> None:
    browser = await strict.browser()
    codes = [(await browser.get(f"/invite/dara/{n}")).status_code for n in range(21)]
    assert codes == [410] * 20 + [429]
    path = where(await strict.register.invite(DARA))
    assert (await (await strict.browser("203.0.113.5")).get(path)).status_code == 200


async def test_codes_may_be_left_out_where_they_are_not_demanded(house: House) -> None:
    browser = await house.browser()
    answer = await accept(browser, where(await house.register.invite(DARA)), code="")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await (await house.browser()).sign_in("dara")).status_code == 303


@pytest.mark.parametrize(
    ("account", "wrong"),
    [
        (Account("d", "Dara"), "sign-in name"),
        (Account("da ra", "Dara"), "sign-in name"),
        (Account("dara", " "), "display name"),
        (Account("dara", "Da\nra"), "display name"),
        (Account("dara", "Dara", ("tlh",)), "unknown languages"),
        (Account("dara", "Dara", locale="tlh"), "unknown locale"),
        (Account("Taken", "Dara"), "is taken"),
    ],
)
async def test_invite_says_what_is_wrong(house: House, account: Account, wrong: str) -> None:
    await house.register.invite(Account("taken", "Somebody"))
    with pytest.raises(BadAccount, match=wrong):
        await house.register.invite(account)


async def test_disable_says_who_is_unknown(house: House) -> None:
    with pytest.raises(BadAccount, match="no account 'nobody'"):
        await house.register.disable("nobody")


async def test_disable_ends_sessions_and_gives_back_what_is_held(house: House) -> None:
    await house.waits("c1")
    browser = await house.operator("dara")
    await browser.post("/conversations/c1/claim")
    await house.register.disable("dara")
    assert (await browser.get("/")).headers["location"] == "/sign-in"
    assert [request.conversation for request in await house.desk.queue.waiting()] == ["c1"]
    assert await house.desk.duty.present(house.clock.now()) == []


async def test_reset_voids_every_way_in(strict: House) -> None:
    browser = await strict.operator("dara")
    await strict.register.reset("dara")
    assert (await browser.get("/")).headers["location"] == "/sign-in"
    strict.clock.time += STEP
    assert (await browser.sign_in("dara", code=strict.code())).status_code == 401


async def administrator(house: House) -> Browser:
    """A browser an administrator signed in with."""
    return await house.operator("admin", Role.ADMINISTRATOR, duty=False)


async def test_accounts_page_invites(strict: House) -> None:
    admin = await administrator(strict)
    answer = await admin.post("/accounts", name="Mya", display="Mya", role="supervisor", language="my", locale="my")
    link = re.search(r"https://desk.test(/invite/mya/[\w-]+)", answer.text)
    assert link is not None
    assert ("invited", "admin", "mya") in strict.audited()
    assert (await (await strict.browser()).get(link[1])).status_code == 200
    listed = (await admin.get("/accounts")).text
    assert "Mya" in listed and "Invited" in listed
    account = await strict.accounts.find("mya")
    assert account is not None
    assert (account.role, account.languages, account.locale) == (Role.SUPERVISOR, ("my",), "my")


async def test_accounts_page_says_what_is_wrong(house: House) -> None:
    admin = await administrator(house)
    for name, said in (("x", "does not work"), ("admin", "is taken")):
        answer = await admin.post("/accounts", name=name, display="Somebody", role="operator", locale="en")
        assert (answer.status_code, said in answer.text) == (422, True)


async def test_accounts_page_changes_role_and_languages(house: House) -> None:
    dara, admin = await house.operator("dara"), await administrator(house)
    await admin.post("/accounts/dara", role="operator", language="lo")
    assert (await dara.get("/")).status_code == 200
    await admin.post("/accounts/dara", role="content", language="lo")
    assert (await dara.get("/account")).headers["location"] == "/sign-in"
    account = await house.accounts.find("dara")
    assert account is not None
    assert (account.role, account.languages) == (Role.CONTENT, ("lo",))
    assert ("account_changed", "admin", "dara content") in house.audited()


async def test_accounts_page_disables_enables_and_resets(house: House) -> None:
    dara, admin = await house.operator("dara"), await administrator(house)
    await admin.post("/accounts/dara/disable")
    assert (await dara.get("/")).headers["location"] == "/sign-in"
    await admin.post("/accounts/dara/enable")
    assert (await dara.sign_in("dara")).status_code == 303
    answer = await admin.post("/accounts/dara/reset")
    assert "/invite/dara/" in answer.text
    assert (await dara.get("/")).headers["location"] == "/sign-in"


async def test_accounts_page_lists_sessions_and_ends_them(house: House) -> None:
    dara, admin = await house.operator("dara"), await administrator(house)
    digest = next(iter(await house.sessions.of("dara")))
    assert digest in (await admin.get("/accounts/dara")).text
    await admin.post("/accounts/dara/session/end", session=digest)
    assert (await dara.get("/")).headers["location"] == "/sign-in"
    assert await house.desk.duty.present(house.clock.now()) == []
    assert ("session_ended", "admin", "dara") in house.audited()


async def test_an_administrator_neither_shuts_out_nor_demotes_themselves(house: House) -> None:
    admin = await administrator(house)
    for path in ("/disable", "/reset", ""):
        assert (await admin.post(f"/accounts/admin{path}", role="operator")).status_code == 409
    assert (await admin.get("/accounts")).status_code == 200


async def test_accounts_are_an_administrators_alone(house: House) -> None:
    await house.hire("mya")
    for role in (Role.OPERATOR, Role.SUPERVISOR, Role.CONTENT):
        browser = await house.operator(role.value, role, duty=False)
        assert (await browser.get("/accounts")).status_code == 403
        assert (await browser.get("/accounts/mya")).status_code == 403
        for deed in ("disable", "reset", "enable", "session/end"):
            assert (await browser.post(f"/accounts/mya/{deed}", session="x")).status_code == 403
    assert not (await house.accounts.everyone())[0].disabled


async def test_an_unknown_account_is_not_there(house: House) -> None:
    admin = await administrator(house)
    assert (await admin.get("/accounts/nobody")).status_code == 404
    assert (await admin.post("/accounts/nobody/disable")).status_code == 404


async def test_the_first_two_get_new_links_until_they_have_come(house: House) -> None:
    first = await first_links(house.register)
    again = await first_links(house.register)
    assert [about for about, _ in first] == [about for about, _ in again] == list(FIRST)
    browser = await house.browser()
    assert [(await browser.get(where(link))).status_code for _, link in (*first, *again)] == [410, 410, 200, 200]
    assert (await accept(browser, where(again[0][1]), code="")).headers["location"] == "/"
    assert [about for about, _ in await first_links(house.register)] == [list(FIRST)[1]]


async def test_nobody_is_invited_to_a_console_that_has_accounts(house: House) -> None:
    await house.hire("dara")
    assert await first_links(house.register) == []
