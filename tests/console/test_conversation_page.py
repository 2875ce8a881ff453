"""The conversation's page as an operator uses it, in a real browser.

With HELPLINE_SHOTS set to a folder, pictures of the page are taken on the way.
"""

from __future__ import annotations

import os
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect

from bot.core.conversation import Conversation
from bot.core.media import sniff
from bot.core.message import Author, Channel, Gloss, Kind, Line, Media
from bot.core.ports import Change
from tests.conftest import NOON
from tests.console.conftest import PASSWORD, wrote
from tests.console.open_desk import OpenDesk, opened
from tests.e2e.product import until

WIDE: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}
HOLD = 2500
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PHOTO, VOICE, PAPER, BROKEN = (Media(ref, name=name) for ref, name in
                               (("p", ""), ("v", ""), ("d", "contract.pdf"), ("b", "")))  # fmt: skip


def png(width: int = 320, height: int = 200) -> bytes:
    """A picture with two colours."""
    line = b"\0" + bytes([200, 80, 60]) * (width // 2) + bytes([40, 90, 160]) * (width - width // 2)
    rows = line * height

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


FILES = {
    PHOTO.key: (PHOTO, png()),
    VOICE.key: (VOICE, b"OggS" + bytes(4000)),
    PAPER.key: (PAPER, b"%PDF-1.7" + bytes(2000)),
    BROKEN.key: (BROKEN, b"\xff\xd8\xff" + bytes(40)),
}
WORDS = {"km": ("គេយកលិខិតឆ្លងដែនរបស់ខ្ញុំ", "ខ្ញុំខ្លាច"), "my": ("သူတို့က ကျွန်မရဲ့ ပတ်စပို့ကို ယူထားတယ်", "ကြောက်တယ်")}


def story(theirs: str) -> tuple[Line, ...]:
    """What was said, in the person's language where it is theirs."""
    first, second = WORDS[theirs]
    fear = replace(wrote(second, Gloss("emergency_danger", 0.93, theirs, "danger")), message="7")
    return (
        wrote(first, Gloss("passport_withheld", 0.87, theirs)),
        Line(0, NOON, Author.ASSISTANT, phrase="welcome.safety", locale=theirs),
        Line(0, NOON, Author.ASSISTANT, phrase="utter_passport_withheld", locale=theirs, part=0),
        wrote("intent:inform_country:TH", kind=Kind.BUTTON),
        fear,
        replace(fear, words=f"{second} {second}", kind=Kind.EDITED, gloss=None),
        replace(wrote("", kind=Kind.PHOTO), media=PHOTO),
        replace(wrote("", kind=Kind.PHOTO), media=BROKEN),
        replace(wrote("", kind=Kind.VOICE), media=VOICE),
        replace(wrote("", kind=Kind.DOCUMENT), media=PAPER),
        replace(wrote("", kind=Kind.LOCATION), media=Media(latitude=13.7563, longitude=100.5018, name="Gate 4")),
    )


async def arrive(desk: OpenDesk, id: str, theirs: str) -> None:
    """A person waits, and what they sent was fetched."""
    house = desk.house
    await house.waits(id, *story(theirs))
    house.world.addresses[id] = "42"
    house.world.handoffs[id] = replace(house.world.handoffs[id], indicators=("passport_withheld", "debt_bondage"))
    before = await house.desk.conversations.load(id, Channel.TELEGRAM)
    await house.desk.conversations.commit(Change(before, replace(before, chosen=theirs, country="TH")))
    for media, _ in FILES.values():
        await house.files.want(id, media)
    for wanted in await house.files.take("f", 0):
        data = FILES[wanted.media.key][1]
        await house.files.keep(wanted, sniff(data), data)


async def writes(desk: OpenDesk, id: str, words: str) -> None:
    """The person writes another line."""
    house = desk.house
    before: Conversation = await house.desk.conversations.load(id, Channel.TELEGRAM)
    line = replace(wrote(words), number=before.lines + 1)
    await house.desk.conversations.commit(Change(before, replace(before, lines=line.number), (line,)))
    await house.signals.tell(f"conversation:{id}")


@pytest.fixture
def desk() -> Iterator[OpenDesk]:
    """A console where one person waits."""
    with opened(HOLD) as found:
        found.do(arrive(found, "c1", "km"))
        yield found


def sit_down(browser: Browser, desk: OpenDesk, name: str, locale: str = "en", size: ViewportSize = WIDE) -> Page:
    """An operator's browser: signed in and on duty. The page must not complain."""
    desk.do(desk.house.hire(name, locale=locale))
    context = browser.new_context(viewport=size, locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(8000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    page.complaints = complaints  # type: ignore[attr-defined]  # to be looked at in the end
    page.goto(f"{desk.url}/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{desk.url}/")
    page.locator("form[action='/duty'] button").click()
    page.wait_for_load_state()
    return page


@pytest.fixture
def page(browser: Browser, desk: OpenDesk) -> Iterator[Page]:
    """Dara holds the conversation and looks at it."""
    found = sit_down(browser, desk, "dara")
    take(found, desk)
    yield found
    assert found.complaints == []  # type: ignore[attr-defined]  # put there above
    found.context.close()


def take(page: Page, desk: OpenDesk, id: str = "c1") -> None:
    """Take the conversation, and wait until the page is ready."""
    page.goto(f"{desk.url}/conversations/{id}")
    page.locator("form[action$='/claim'] button").click()
    page.locator("#reply").wait_for()
    page.wait_for_load_state()


def test_a_line_is_held_a_moment_then_sent(page: Page, desk: OpenDesk) -> None:
    page.fill("#reply", "I am here")
    page.press("#reply", "Control+Enter")
    line = page.locator(".line-operator").last
    expect(line).to_contain_text("Being sent")
    expect(line.locator("[data-left]")).to_have_text(re.compile(r"[123] s"))
    assert "I am here" not in desk.said
    expect(line).to_contain_text("✓")
    expect(line.get_by_role("button", name="Take back")).to_have_count(0)
    assert desk.said[-1] == "I am here"
    assert page.input_value("#reply") == ""


def test_a_line_that_is_taken_back_never_leaves_and_comes_into_the_box(page: Page, desk: OpenDesk) -> None:
    page.fill("#reply", "To the wrong person")
    page.press("#reply", "Control+Enter")
    page.get_by_role("button", name="Take back").click()
    expect(page.locator(".line-operator").last).to_contain_text("Taken back, never sent")
    expect(page.locator("#reply")).to_have_value("To the wrong person")
    page.fill("#reply", "After")
    page.press("#reply", "Control+Enter")
    expect(page.locator(".line-operator").last).to_contain_text("✓")
    assert "To the wrong person" not in desk.said
    assert desk.said[-1] == "After"


def test_a_draft_outlives_the_tab(page: Page, desk: OpenDesk) -> None:
    with page.expect_response("**/draft"):
        page.locator("#reply").press_sequentially("half a sen")
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("#reply")).to_have_value("half a sen")
    assert "half" not in other.evaluate("JSON.stringify([localStorage, sessionStorage])")
    page.locator("#reply").press_sequentially("tence")
    page.goto("about:blank")
    until(lambda: "half a sentence" in str(desk.house.world.drafts))
    other.reload()
    expect(other.locator("#reply")).to_have_value("half a sentence")


def test_words_of_an_earlier_claim_stay_in_the_box(page: Page, desk: OpenDesk) -> None:
    page.fill("#reply", "for the first time")
    other = page.context.new_page()
    other.goto(page.url)
    other.locator("summary", has_text="Back to the queue").click()
    other.get_by_role("button", name="Give back").click()
    other.wait_for_url("**/?told=given_back")
    take(other, desk)
    page.press("#reply", "Control+Enter")
    expect(page.locator("#alert")).to_contain_text("your words are still in the box")
    expect(page.locator("#reply")).to_have_value("for the first time")
    assert "for the first time" not in desk.said


def test_a_picture_is_blurred_until_somebody_wants_to_see_it_and_stays_so(page: Page, desk: OpenDesk) -> None:
    figure = page.locator("figure").first
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_class("veiled")
    shot(page, "files")
    figure.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(figure).not_to_have_class("veiled")
    assert figure.locator("img").evaluate("image => image.naturalWidth") == 320
    desk.do(writes(desk, "c1", "something new"))
    expect(page.locator("#lines")).to_contain_text("something new")
    expect(page.locator("figure").first).not_to_have_class("veiled")
    expect(page.locator("figure").first.get_by_role("button")).to_have_attribute("aria-pressed", "true")


def test_a_recording_plays_on_while_the_transcript_changes(page: Page, desk: OpenDesk) -> None:
    page.locator("audio").evaluate("player => { player.dataset.known = 'yes'; }")
    desk.do(writes(desk, "c1", "something new"))
    expect(page.locator("#lines")).to_contain_text("something new")
    expect(page.locator("audio")).to_have_attribute("data-known", "yes")


def test_a_broken_picture_is_said_so(page: Page) -> None:
    broken = page.locator("figure").nth(1)
    broken.scroll_into_view_if_needed()
    expect(broken).to_contain_text("This picture is broken.")


def test_a_file_is_downloaded_and_never_opened(page: Page) -> None:
    with page.expect_download() as waiting:
        page.locator("li", has_text="contract.pdf").get_by_role("link", name="Download").click()
    assert waiting.value.suggested_filename == f"C1-{PAPER.key[:6]}.pdf"


def test_nothing_is_loaded_from_elsewhere(page: Page, desk: OpenDesk) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.locator("figure button").first.click()
    page.locator("#reply").press_sequentially("x")
    assert len(asked) > 4
    assert [url for url in asked if not url.startswith((desk.url, "data:"))] == []


def test_the_person_at_the_keys_is_shown_until_the_words_come(page: Page, desk: OpenDesk) -> None:
    def told(topic: str) -> str:
        desk.do(desk.house.signals.tell(topic))
        return page.locator("#writing").inner_text()

    assert told("writing:c2") == ""
    until(lambda: told("writing:c1"))  # the page may not listen yet
    expect(page.locator("#writing")).to_have_text("The person is writing …")
    desk.do(writes(desk, "c1", "here they are"))
    expect(page.locator("#lines")).to_contain_text("here they are")
    expect(page.locator("#writing")).to_have_text("")


def test_a_phrase_is_found_in_one_language_and_sent_in_the_other(page: Page, desk: OpenDesk) -> None:
    page.keyboard.press("/")
    page.keyboard.type("papers with you")
    entry = page.locator("#phrases li:not(.subject)").first
    expect(entry).to_contain_text("Do you have your papers with you?")
    page.fill("#q", "")
    page.select_option("#subject", "numbers")
    expect(page.locator("#phrases .subject")).to_have_text(["Numbers to call"])
    page.fill("#q", "child")
    expect(page.locator("#phrases li:not(.subject)")).to_have_count(1)
    page.locator("#phrases button").click()
    expect(page.locator(".line-operator").last).to_contain_text("child-TH-km")
    expect(page.locator(".line-operator").last).to_contain_text("✓")
    assert "child-TH-km" in desk.said[-1]


def test_everything_can_be_done_with_the_keyboard(page: Page, desk: OpenDesk) -> None:
    for key, field in (("r", "#reply"), ("m", "#note"), ("/", "#q"), ("t", "#lines")):
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press(key)
        expect(page.locator(field)).to_be_focused()
    page.keyboard.press("r")
    page.keyboard.type("typed alone")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".line-operator").last).to_contain_text("✓")
    assert desk.said[-1] == "typed alone"


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "360"])
@pytest.mark.parametrize(("locale", "theirs"), [("en", "km"), ("my", "km"), ("km", "my"), ("zh_Hans", "km")])
def test_the_page_fits_and_axe_finds_nothing(
    browser: Browser, desk: OpenDesk, locale: str, theirs: str, size: ViewportSize
) -> None:
    desk.do(arrive(desk, "c7", theirs))
    page = sit_down(browser, desk, "thiri", locale, size)
    take(page, desk, "c7")
    page.fill("#reply", "Hello")
    page.press("#reply", "Control+Enter")
    expect(page.locator(".line-operator .delivery").last).to_be_visible()
    page.evaluate("document.fonts.ready")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        shot(page, f"conversation-{locale}-{size['width']}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert page.complaints == []  # type: ignore[attr-defined]  # put there by sit_down
    page.context.close()


@pytest.mark.parametrize("script", ["khmer", "myanmar", "lao", "thai"])
def test_fonts_come_from_this_machine_or_not_at_all(page: Page, desk: OpenDesk, script: str) -> None:
    answer = page.request.get(f"{desk.url}/fonts/{script}")
    assert answer.status in (200, 404)
    if answer.status == 200:
        assert answer.headers["content-type"].startswith("font/")
        assert "max-age" in answer.headers["cache-control"]
    for other in ("..%2f..%2fpasswd", "khmer.ttf", ""):
        assert page.request.get(f"{desk.url}/fonts/{other}").status == 404


def shot(page: Page, name: str) -> None:
    """Take a picture, where somebody asked for one."""
    if folder := os.environ.get("HELPLINE_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
