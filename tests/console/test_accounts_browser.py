"""Accounts as people meet them, in a real browser: invited, signed in, confirmed, shut out; with a virtual passkey."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from bot.console.auth import FRESH
from bot.core.account import Account, Role
from tests.console.conftest import PASSWORD
from tests.console.running import WIDE, Running, flaws, in_thread
from tests.invitation import code_of

MYA = Account("mya", "Mya", ("my",), Role.SUPERVISOR)
# A phone that makes passkeys and knows its owner.
PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def desk() -> Iterator[Running]:
    with in_thread() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a browser of its own; it must not complain, least of all that its content policy was broken."""
    with_own = browser.new_context(viewport=WIDE, locale="en-GB")
    yield from watched(with_own)
    with_own.close()


@pytest.fixture
def other(browser: Browser) -> Iterator[Page]:
    """A second person's browser."""
    with_own = browser.new_context(viewport=WIDE, locale="en-GB")
    yield from watched(with_own)
    with_own.close()


def watched(context: BrowserContext) -> Iterator[Page]:
    """A page of this browser."""
    context.set_default_timeout(8000)
    found = context.new_page()
    complaints: list[str] = []
    found.on("pageerror", lambda error: complaints.append(str(error)))
    found.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    yield found
    assert complaints == []


@dataclass
class Authenticator:
    """A virtual passkey device in a browser."""

    session: CDPSession
    id: str

    @classmethod
    def of(cls, page: Page, **other: bool) -> Authenticator:
        """Plug one in."""
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        made = session.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE | other})
        return cls(session, made["authenticatorId"])

    def verified(self, yes: bool) -> None:
        """Whether the finger on it is its owner's."""
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": yes})

    def credentials(self) -> list[dict[str, object]]:
        """The passkeys it holds."""
        found: list[dict[str, object]] = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})[
            "credentials"
        ]
        return found

    def rewind(self) -> None:
        """Put an older copy of its passkey in place, as who has cloned it would have."""
        (kept,) = self.credentials()
        self.session.send(
            "WebAuthn.removeCredential", {"authenticatorId": self.id, "credentialId": kept["credentialId"]}
        )
        copy = {"authenticatorId": self.id, "credential": kept | {"signCount": 1}}
        self.session.send("WebAuthn.addCredential", copy)


def invited(desk: Running, page: Page, account: Account = MYA) -> None:
    """Open an invite link."""
    page.goto(desk.do(desk.house.register.invite(account)))
    expect(page.get_by_role("heading", name="Your invitation")).to_be_visible()


def with_passkey(desk: Running, page: Page, account: Account = MYA) -> Authenticator:
    """Accept an invitation with a passkey."""
    device = Authenticator.of(page)
    invited(desk, page, account)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/invite/" not in url)
    return device


def signs_in(desk: Running, page: Page, name: str, code: str = "") -> None:
    """Sign in by password and code."""
    page.goto(f"{desk.url}/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Code from your app").fill(code or desk.house.code())
    page.get_by_role("button", name="Sign in", exact=True).click()


def hired(desk: Running, page: Page, name: str, role: Role = Role.OPERATOR) -> None:
    """Somebody who has an account signs in."""
    desk.do(desk.house.hire(name, role))
    signs_in(desk, page, name)
    page.wait_for_url(lambda url: "/sign-in" not in url)


def test_an_invited_chooses_a_password_scans_and_writes_codes_down(desk: Running, page: Page, other: Page) -> None:
    invited(desk, page)
    assert flaws(page) == []
    key = page.locator(".key").inner_text()
    assert page.locator(".scan svg.qr path").count() == 1
    page.get_by_label("First name people are told").fill("Mya M.")
    page.get_by_label("Khmer").check()
    page.get_by_label("New password, at least").fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_label("The six digits").fill(code_of(key, desk.house.clock.now() / 1000))
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert flaws(page) == []
    codes = page.locator(".codes code").all_inner_texts()
    assert len(set(codes)) == 10
    page.get_by_role("link", name="I have written them down").click()
    page.get_by_role("button", name="Go on duty").click()
    expect(page.get_by_text("You are on duty.")).to_be_visible()

    signs_in(desk, other, "mya", codes[3])
    expect(
        other.get_by_role("button", name="Go off duty").or_(other.get_by_role("button", name="Go on duty"))
    ).to_be_visible()
    other.goto(f"{desk.url}/account")
    expect(other.get_by_text("9 recovery codes are left.")).to_be_visible()
    assert flaws(other) == []


def test_a_used_link_says_so_on_a_plain_page(desk: Running, page: Page, other: Page) -> None:
    with_passkey(desk, page)
    path = f"{desk.url}/invite/mya/{'x' * 43}"
    other.goto(path)
    expect(other.get_by_role("alert").filter(has_text="used or is too old")).to_be_visible()
    assert flaws(other) == []


def test_a_passkey_lets_in_without_a_name(desk: Running, page: Page) -> None:
    device = with_passkey(desk, page)
    assert len(device.credentials()) == 1
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    assert flaws(page) == []
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{desk.url}/")
    expect(page.get_by_role("button", name="Go on duty")).to_be_visible()
    (key,) = desk.do(desk.house.accounts.everyone())[0].passkeys
    assert key.count > 0


def test_a_passkey_without_its_owners_finger_opens_nothing(desk: Running, page: Page) -> None:
    device = with_passkey(desk, page)
    page.get_by_role("button", name="Sign out").click()
    device.verified(False)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert").filter(has_text="The passkey did not work")).to_be_visible()
    assert page.url == f"{desk.url}/sign-in"


def test_a_copied_passkey_is_noticed(desk: Running, page: Page) -> None:
    device = with_passkey(desk, page)
    for _ in range(2):
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url(f"{desk.url}/")
    page.get_by_role("button", name="Sign out").click()
    device.rewind()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert").filter(has_text="The passkey did not work")).to_be_visible()


def test_an_answer_of_a_passkey_cannot_be_sent_twice(desk: Running, page: Page, other: Page) -> None:
    with_passkey(desk, page)
    page.get_by_role("button", name="Sign out").click()
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.post_data or "") if asked.url.endswith("/passkey") else None)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{desk.url}/")
    other.goto(f"{desk.url}/sign-in")
    status = other.evaluate(
        "body => fetch('/sign-in/passkey', {method: 'POST', body: new URLSearchParams(body)}).then(r => r.status)",
        sent[-1],
    )
    assert (len(sent), status) == (1, 401)


def test_passkeys_can_be_added_and_all_but_the_last_removed(desk: Running, page: Page) -> None:
    hired(desk, page, "dara")
    Authenticator.of(page)
    page.goto(f"{desk.url}/account/passkey")
    assert flaws(page) == []
    page.get_by_label("What you call it").fill("my phone")
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/account")
    expect(page.get_by_text("my phone")).to_be_visible()
    assert flaws(page) == []
    page.get_by_role("button", name="Remove this passkey").click()
    expect(page.get_by_text("my phone")).to_have_count(0)


def test_the_only_way_in_is_not_removed(desk: Running, page: Page) -> None:
    with_passkey(desk, page)
    page.goto(f"{desk.url}/account")
    page.get_by_role("button", name="Remove this passkey").click()
    expect(page.get_by_role("alert").filter(has_text="your only way in")).to_be_visible()


def test_codes_and_password_are_set_up_by_who_has_a_passkey(desk: Running, page: Page) -> None:
    with_passkey(desk, page)
    page.goto(f"{desk.url}/password")
    assert flaws(page) == []
    page.get_by_label("New password, at least").fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_role("button", name="Save the password").click()
    expect(page.get_by_role("heading", name="Set up codes")).to_be_visible()
    assert flaws(page) == []
    key = page.locator(".key").inner_text()
    page.get_by_label("The six digits").fill(code_of(key, desk.house.clock.now() / 1000))
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".codes code")).to_have_count(10)


def test_an_administrator_invites_and_disables_who_is_signed_in(desk: Running, page: Page, other: Page) -> None:
    hired(desk, page, "admin", Role.ADMINISTRATOR)
    page.wait_for_url("**/accounts")
    assert flaws(page) == []
    page.get_by_label("Name for signing in").fill("mya")
    page.get_by_label("First name people are told").fill("Mya")
    page.get_by_label("Role").select_option("supervisor")
    page.get_by_label("Burmese").check()
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_label("The link").input_value()
    assert re.fullmatch(rf"{desk.url}/invite/mya/[\w-]{{43}}", link)
    assert flaws(page) == []

    Authenticator.of(other)
    other.goto(link)
    other.get_by_role("button", name="Use a passkey").click()
    other.get_by_role("button", name="Go on duty").click()
    expect(other.get_by_text("You are on duty.")).to_be_visible()

    page.goto(f"{desk.url}/accounts/mya")
    assert flaws(page) == []
    page.get_by_role("button", name="Disable the account").click()
    expect(page.get_by_text("Disabled")).to_be_visible()
    other.wait_for_url("**/sign-in")  # by itself, for its stream has ended


def test_what_is_dangerous_asks_again_and_comes_back(desk: Running, page: Page) -> None:
    hired(desk, page, "admin", Role.ADMINISTRATOR)
    desk.house.clock.time += FRESH + 1
    page.goto(f"{desk.url}/accounts/admin")
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    assert flaws(page) == []
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Code from your app").fill("000000")
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="not right")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Code from your app").fill(desk.house.code())
    page.get_by_role("button", name="Confirm", exact=True).click()
    page.wait_for_url("**/accounts/admin")


def test_a_passkey_confirms(desk: Running, page: Page) -> None:
    with_passkey(desk, page, Account("boss", "Boss", (), Role.ADMINISTRATOR))
    page.wait_for_url("**/accounts")
    desk.house.clock.time += FRESH + 1
    page.goto(f"{desk.url}/accounts")
    assert flaws(page) == []
    page.get_by_role("button", name="Confirm with a passkey").click()
    expect(page.get_by_role("heading", name="Invite somebody")).to_be_visible()


def test_a_passkey_is_not_offered_where_it_cannot_work(desk: Running, page: Page) -> None:
    page.goto(desk.url.replace("localhost", "127.0.0.1") + "/sign-in")
    assert page.get_by_role("button", name="Sign in with a passkey").count() == 0
