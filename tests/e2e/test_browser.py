"""The same story through what people really see: the web chat on a phone, the console on a desk, in Chromium.

With HELPLINE_SHOTS set to a folder, the pictures of the manual are taken on the way.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.desk import PASSWORD
from tests.e2e.product import Product
from tests.e2e.test_story import STORIES, written_in
from tests.invitation import code_of

PHONE: ViewportSize = {"width": 360, "height": 740}
LOCALE = {"km": "km-KH", "my": "my-MM"}


@pytest.fixture(scope="module")
def console(product: Product, browser: Browser) -> Iterator[Page]:
    """An operator's browser: invited, a password and codes chosen, on duty."""
    path = product.invite("sokha", "km,my,en", "supervisor")
    context = browser.new_context(locale="en-GB", viewport={"width": 1180, "height": 820})
    page = context.new_page()
    page.goto(product.console + path)
    page.get_by_label("New password, at least").fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_label("The six digits").fill(code_of(page.locator(".key").inner_text(), time.time()))
    page.get_by_role("button", name="Save and sign in").click()
    page.get_by_role("link", name="I have written them down").click()
    page.get_by_role("button", name="Go on duty").click()
    expect(page.get_by_text("You are on duty.")).to_be_visible()
    yield page
    context.close()


def shot(page: Page, name: str) -> None:
    """Take a picture for the manual, where somebody asked for one."""
    if folder := os.environ.get("HELPLINE_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def says(page: Page, words: str) -> None:
    """The person writes."""
    page.locator("#text").fill(words)
    page.locator("#text").press("Enter")
    expect(page.locator("#log")).to_contain_text(words)


def close(console: Page) -> None:
    """The operator ends the conversation."""
    console.locator("summary").get_by_text("Close", exact=True).click()
    console.get_by_role("button", name="Close the conversation").click()
    console.wait_for_url("**/?told=closed")


@pytest.mark.parametrize("locale", LOCALE)
def test_the_main_job_in_the_web_chat(product: Product, browser: Browser, console: Page, locale: str) -> None:
    question, asks, tells, replies, thanks = STORIES[locale]
    context = browser.new_context(locale=LOCALE[locale], viewport=PHONE, device_scale_factor=2)
    person = context.new_page()
    person.goto(product.web)
    assert written_in(person.locator(".intro").inner_text(), locale)
    says(person, question)
    expect(person.locator("#log > *").nth(2)).to_be_visible(timeout=30_000)  # an answer is said in several messages
    assert written_in(person.locator("#log").inner_text(), locale)
    shot(person, f"web-{locale}")

    says(person, asks)
    console.goto(product.console)
    console.locator("a[data-row]").first.click()
    expect(console.locator("#lines")).to_contain_text(question)
    expect(console.locator("#lines")).to_contain_text("They keep my papers")
    console.get_by_role("button", name="Take this conversation").click()
    expect(person.locator("#log")).to_contain_text("sokha", timeout=20_000)

    says(person, tells)
    expect(console.locator("#lines")).to_contain_text(tells, timeout=20_000)
    console.locator("#reply").fill(replies)
    console.locator("#reply").press("Control+Enter")
    expect(person.locator("#log")).to_contain_text(replies, timeout=20_000)
    shot(console, f"console-{locale}")
    person.reload()
    expect(person.locator("#log")).to_contain_text(replies, timeout=20_000)

    close(console)
    before = person.locator("#log > *").count()
    says(person, thanks)
    expect(person.locator("#log > *")).not_to_have_count(before, timeout=20_000)
    context.close()


def test_leaving_quickly_leaves_nothing(product: Product, browser: Browser) -> None:
    context = browser.new_context(locale="en-GB", viewport=PHONE)
    page = context.new_page()
    context.route(
        "https://www.wikipedia.org/**",
        lambda route: route.fulfill(body="<title>elsewhere</title>", content_type="text/html"),
    )
    page.goto(product.web)
    says(page, "somebody is coming")
    page.locator("#exit").click()
    page.wait_for_url("https://www.wikipedia.org/**")
    page.go_back()
    assert not page.url.startswith(product.web)
    assert [c for c in context.cookies() if c["domain"] == "127.0.0.1"] == []
    context.close()


def test_the_links_the_start_prints_are_good(product: Product, browser: Browser) -> None:
    links = re.findall(r"http://localhost:\d+/invite/\S+", "\n".join(product.printed))
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    for name, link in zip(("first", "admin"), links, strict=True):
        page.goto(link)
        expect(page.get_by_text(f"Your name for signing in is {name}.")).to_be_visible()
        expect(page.get_by_role("button", name="Use a passkey")).to_be_visible()
    context.close()


def test_the_pages_load_nothing_from_elsewhere(product: Product, browser: Browser, console: Page) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for address in (product.web, product.console):
        page.goto(address)
    assert len(asked) >= 4
    assert [url for url in asked if not url.startswith("http://127.0.0.1:")] == []
    context.close()
