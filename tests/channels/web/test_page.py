"""The page as a person uses it, in a real browser on a phone's screen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.channels.web.guard import address_of
from bot.core.language import LOCALES
from tests.channels.web.running import ANSWER, Running, identify, in_thread, stored

KHMER = "គេយកលិខិតឆ្លងដែនរបស់ខ្ញុំ"
PHONE = {"width": 360, "height": 740}
# Nobody answers there, so that nothing leaves this machine; the browser shows a page of its own.
ELSEWHERE = "http://127.0.0.1:9/"


@pytest.fixture
def web() -> Iterator[Running]:
    """The product."""
    with in_thread() as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A phone that has never been here."""
    found = browser.new_context(viewport=PHONE, locale="km-KH", has_touch=True)  # type: ignore[arg-type]  # a TypedDict
    found.set_default_timeout(8000)
    yield found
    found.close()


@pytest.fixture
def page(context: BrowserContext, web: Running) -> Iterator[Page]:
    """The open page; it must not complain, least of all that its content policy was broken."""
    found = context.new_page()
    complaints: list[str] = []
    found.on("pageerror", lambda error: complaints.append(str(error)))
    found.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    found.goto(web.url)
    yield found
    assert complaints == []


def write(page: Page, text: str) -> None:
    """Write and send."""
    page.fill("#text", text)
    page.press("#text", "Enter")


def answered(page: Page) -> None:
    """Wait for the assistant's answer."""
    expect(page.locator(".bubble.assistant .words").last).to_have_text(ANSWER.english)


def wait_until(holds: Any) -> None:  # Any: a function without arguments, asked for its truth
    """Wait for what the browser does behind the page's back."""
    deadline = time.monotonic() + 5
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert holds()


def test_a_person_writes_sees_the_answer_and_sees_it_again_after_a_reload(page: Page, web: Running) -> None:
    write(page, KHMER)
    answered(page)
    expect(page.locator(".bubble.person[data-state=sent] .words")).to_have_text(KHMER)
    before = page.locator(".words").all_text_contents()
    page.reload()
    expect(page.locator(".words")).to_have_text(before)
    assert [i.text for i in stored(web.ports)] == []  # all of it was served
    assert page.title() == "Chat"


def test_words_carry_their_language(page: Page) -> None:
    write(page, KHMER)
    words = page.locator(".bubble.person .words")
    expect(words).to_have_attribute("lang", "km")
    expect(words).to_have_attribute("dir", "auto")
    assert page.locator("html").get_attribute("lang") == "km"


def test_a_pressed_button_is_heard_and_can_be_pressed_again(page: Page) -> None:
    write(page, KHMER)
    answered(page)
    button = page.locator("#log").get_by_role("button", name="A phone number").first
    button.tap()
    expect(button).to_be_disabled()
    expect(page.locator(".bubble.person .words")).to_have_text([KHMER, "A phone number"])
    expect(page.get_by_text(ANSWER.english)).to_have_count(2)
    expect(button).to_be_enabled()


def test_shift_and_enter_begins_a_line(page: Page) -> None:
    page.fill("#text", "one")
    page.press("#text", "Shift+Enter")
    page.keyboard.type("two")
    page.press("#text", "Enter")
    expect(page.locator(".bubble.person .words")).to_have_text("one\ntwo")


def test_markup_stays_text(page: Page) -> None:
    write(page, "<img src=x onerror=alert(1)><b>b</b>")
    answered(page)
    assert page.locator(".words img, .words b").count() == 0


@pytest.mark.parametrize("way", ["button", "escape"])
def test_the_quick_exit_leaves_nothing(context: BrowserContext, page: Page, web: Running, way: str) -> None:
    neutral = f"{web.url}/health"
    page.goto("about:blank")
    page.goto(web.url)
    write(page, KHMER)
    answered(page)
    page.evaluate("localStorage.a = sessionStorage.b = '1'")
    before = page.evaluate("history.length")
    if way == "button":
        page.tap("#exit")
    else:
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
    page.wait_for_url(neutral)
    assert page.evaluate("history.length") == before
    wait_until(lambda: context.cookies() == [])
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    page.go_back()
    assert page.url == "about:blank"
    page.goto(web.url)
    assert page.locator(".bubble").count() == 0


def test_one_escape_is_not_an_exit(page: Page, web: Running) -> None:
    page.keyboard.press("Escape")
    page.wait_for_timeout(1200)
    page.keyboard.press("Escape")
    assert page.url == f"{web.url}/"


def test_every_open_page_leaves(context: BrowserContext, page: Page, web: Running) -> None:
    twin = context.new_page()
    twin.goto(web.url)
    page.tap("#exit")
    twin.wait_for_url(f"{web.url}/health")


def test_the_quick_exit_works_while_the_server_is_down(browser: Browser) -> None:
    context = browser.new_context()
    with in_thread(ELSEWHERE) as web:
        page = context.new_page()
        page.goto(web.url)
        write(page, KHMER)
        answered(page)
        web.stop()
        page.click("#exit")
        page.wait_for_url("chrome-error://**")
        web.start()
        page.goto(web.url)
        wait_until(lambda: context.cookies() == [])
        assert page.locator(".bubble").count() == 0
    context.close()


def test_words_written_while_the_server_is_down_are_kept_and_sent_once(page: Page, web: Running) -> None:
    write(page, "one")
    answered(page)
    web.stop()
    write(page, "two")
    write(page, "three")
    expect(page.locator(".again")).to_have_count(2)
    expect(page.locator("#offline")).to_be_visible()
    web.start()
    expect(page.locator(".again")).to_have_count(0)
    expect(page.locator("#offline")).to_be_hidden()
    expect(page.get_by_text(ANSWER.english)).to_have_count(3)
    page.reload()
    expect(page.locator(".bubble.person .words")).to_have_text(["one", "two", "three"])


def test_a_tap_sends_again(page: Page, web: Running) -> None:
    page.route("**/messages", lambda route: route.abort())
    write(page, "one")
    again = page.locator(".again")
    expect(again).to_be_visible()
    page.unroute("**/messages")
    again.tap()
    answered(page)


def test_an_answer_lost_on_the_way_is_asked_for_again_with_the_same_id(page: Page, web: Running) -> None:
    write(page, "one")
    answered(page)

    def lose(route: Any) -> None:  # Any: playwright's Route; the server gets the message, the page no answer
        route.fetch()
        route.abort()

    page.route("**/messages", lose, times=1)
    write(page, "two")
    expect(page.locator(".bubble.person[data-state=sent]")).to_have_count(2)
    expect(page.get_by_text(ANSWER.english)).to_have_count(2)


def test_an_answer_can_be_listened_to(page: Page, web: Running, tmp_path: Path) -> None:
    sound = tmp_path / "utter_passport.any.ogg"
    sound.write_bytes(b"OggS" + bytes(50))
    web.book.recordings = {("km", "utter_passport/any"): sound}
    write(page, KHMER)
    page.get_by_role("button", name="Listen").click()
    player = page.locator(".bubble.assistant audio")
    expect(player).to_have_attribute("src", "/audio/km/utter_passport.any.ogg")
    served = page.request.get(f"{web.url}/audio/km/utter_passport.any.ogg")
    assert (served.headers["content-type"], served.body()) == ("audio/ogg", sound.read_bytes())
    for other in ("km/utter_passport.any", "km/..%2Futter_passport.any.ogg", "th/utter_passport.any.ogg"):
        assert page.request.get(f"{web.url}/audio/{other}").status == 404


def conversation_of(context: BrowserContext) -> str:
    """The conversation this browser's cookie leads to."""
    token = next(str(cookie["value"]) for cookie in context.cookies() if cookie["name"] == "chat")
    return identify(address_of(token))


def test_somebody_who_writes_is_three_dots_until_the_words_come(
    page: Page, web: Running, context: BrowserContext
) -> None:
    write(page, KHMER)
    answered(page)
    dots = page.locator(".bubble.typing")
    expect(dots).to_have_count(0)
    web.typing(conversation_of(context))
    expect(dots).to_have_text("…")
    expect(page.locator("#log > *").last).to_have_class("bubble typing")
    write(page, "again")
    expect(page.get_by_text(ANSWER.english)).to_have_count(2)
    expect(dots).to_have_count(0)


def test_the_person_at_the_keys_is_told_now_and_then(page: Page) -> None:
    told: list[str] = []
    page.on("request", lambda request: told.append(request.url) if request.url.endswith("/typing") else None)
    page.locator("#text").press_sequentially("before the first words nobody listens")
    assert told == []
    write(page, KHMER)
    answered(page)
    page.locator("#text").press_sequentially("many letters, one sign")
    wait_until(lambda: len(told) == 1)


def test_hidden_words_go_from_the_screen(page: Page) -> None:
    write(page, KHMER)
    answered(page)
    write(page, "/stop")
    expect(page.locator(".words")).to_have_text(["OK, see you later."])


def test_the_language_changes_and_nothing_written_is_lost(page: Page, web: Running) -> None:
    write(page, KHMER)
    answered(page)
    page.fill("#text", "a draft")
    page.select_option("#language", "my")
    expect(page.locator("html")).to_have_attribute("lang", "my")
    expect(page.locator(".words").last).to_have_attribute("lang", "my")
    assert page.input_value("#text") == "a draft"
    assert page.url == f"{web.url}/?lang=my"
    assert page.locator(".bubble.person").count() == 1


def test_a_text_too_long_is_not_sent(page: Page) -> None:
    write(page, "a" * 4097)
    assert page.locator(".bubble").count() == 0
    assert len(page.input_value("#text")) == 4097


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_fits_a_small_screen(page: Page, web: Running, locale: str, scheme: str) -> None:
    page.set_viewport_size({"width": 320, "height": 568})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a literal
    page.goto(f"{web.url}/?lang={locale}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    exit = page.locator("#exit").bounding_box()
    assert exit is not None and exit["x"] >= 0 and exit["x"] + exit["width"] <= 320 and exit["height"] >= 44


def test_lines_are_tall_enough_for_stacked_marks(page: Page) -> None:
    write(page, KHMER)
    ratio = page.evaluate(
        "() => { const s = getComputedStyle(document.querySelector('.bubble.person .words'));"
        " return parseFloat(s.lineHeight) / parseFloat(s.fontSize); }"
    )
    assert ratio >= 1.7
