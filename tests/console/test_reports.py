"""Reports, the board and the audit: who may see them, what they say, and how they look in a browser."""

from __future__ import annotations

import asyncio
import csv
import io
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bot.console.audit import PAGE
from bot.core import statistics as st
from bot.core.account import Role
from bot.core.handoff import Priority
from bot.core.ports import Audit
from bot.core.report import last_days
from bot.core.statistics import Ended, Helped, What
from bot.flow.handoff import Operator
from tests.conftest import NOON, free_port
from tests.console.conftest import PASSWORD, House

TODAY = "2026-09-21"
ADDRESSES = ("/reports", "/supervision", "/supervision/now", "/audit")


async def fill(house: House, people: int = 300, days: int = 30) -> None:
    """A month at the desk; three of them speak Lao."""
    chance = random.Random(1)
    for number in range(people):
        language = "lo" if number < 3 else chance.choice(["km", "km", "my", "th", "vi"])
        where = st.place(language, chance.choice(["TH", "MY", "KH", ""]), chance.randint(0, 23))
        intent = chance.choice(["ask_injury", "ask_shelter", "wages_withheld", "passport_withheld", "debt_bondage"])
        ended = chance.choice(list(Ended))
        tallies = [*st.conversation(where), *st.question(where, intent, ended)]
        if ended is Ended.HANDED:
            reason = chance.choice(["asked", "danger", "not_understood"])
            tallies += st.handoff(where, reason)
            tallies += st.wait(What.CLAIM, where, reason, chance.randint(20_000, 900_000))
            tallies += st.wait(What.REPLY, where, reason, chance.randint(60_000, 1_200_000))
            tallies += st.helped(where, "operator", chance.choice(list(Helped)))
        elif ended is Ended.ANSWERED:
            tallies += st.helped(where, intent, chance.choice([Helped.YES, Helped.NO]))
        await house.statistics.add(chance.choice(last_days(TODAY, days)), tallies)


@pytest.mark.parametrize("address", ADDRESSES)
async def test_only_supervisors_and_administrators_see_how_the_desk_does(house: House, address: str) -> None:
    assert (await (await house.browser()).get(address)).headers["location"] == "/sign-in"
    for role, status in (
        (Role.OPERATOR, 403), (Role.CONTENT, 403), (Role.SUPERVISOR, 200), (Role.ADMINISTRATOR, 200),
    ):  # fmt: skip
        browser = await house.operator(role.value, role, duty=False)
        assert (await browser.get(address)).status_code == status


async def test_an_operator_sees_no_way_there(house: House) -> None:
    operator, supervisor = await house.operator("dara"), await house.operator("sari", Role.SUPERVISOR)
    assert 'href="/reports"' not in (await operator.get("/")).text
    assert 'href="/reports"' in (await supervisor.get("/")).text


async def test_report_shows_names_and_numbers_and_hides_the_small(house: House) -> None:
    await fill(house)
    browser = await house.operator("sari", Role.SUPERVISOR)
    text = (await browser.get("/reports?days=30")).text
    for shown in (
        "2026-08-22 to 2026-09-20",
        "Khmer",
        "Thailand",
        "Hurt at work",
        "Asked for a person",
        "fewer than 5",
    ):
        assert shown in text
    assert "<svg" in text
    assert "<desc" in text


async def test_a_range_nobody_offers_is_a_month(house: House) -> None:
    browser = await house.operator("sari", Role.SUPERVISOR)
    assert "2026-08-22 to 2026-09-20" in (await browser.get("/reports?days=1")).text
    assert "2026-09-14 to 2026-09-20" in (await browser.get("/reports?days=7")).text


async def test_an_empty_desk_has_an_empty_report(house: House) -> None:
    browser = await house.operator("sari", Role.SUPERVISOR)
    assert "Nothing was counted" in (await browser.get("/reports")).text


async def test_only_who_confirms_takes_the_numbers_away(house: House) -> None:
    assert (await (await house.operator("dara")).get("/reports.csv")).status_code == 403
    browser = await house.operator("sari", Role.SUPERVISOR)
    house.clock.time += 6 * 60_000  # who has just signed in needs no other confirmation
    response = await browser.get("/reports.csv?days=7")
    assert response.headers["location"] == "/confirm?back=/reports%3Fdays%3D7"
    confirmed = await browser.post("/confirm", password=PASSWORD, code="", back="/reports?days=7")
    assert confirmed.headers["location"] == "/reports?days=7"
    assert (await browser.get("/reports.csv?days=7")).status_code == 200
    house.clock.time += 6 * 60_000
    assert (await browser.get("/reports.csv?days=7")).status_code == 303


async def test_csv_has_the_same_numbers_and_no_total_gives_a_small_one_away(house: House) -> None:
    await fill(house)
    browser = await house.operator("sari", Role.ADMINISTRATOR, duty=False)
    response = await browser.get("/reports.csv?days=30")
    assert response.headers["content-disposition"] == 'attachment; filename="report-2026-08-22-2026-09-20.csv"'
    rows = list(csv.DictReader(io.StringIO(response.text)))
    by = {(r["sheet"], r["name"], r["measure"]): r["value"] for r in rows}
    assert by["language", "lo", "conversations"] == "fewer than 5"
    total = int(by["total", "", "conversations"])
    assert total == 300
    for sheet in ("language", "country", "hour", "day"):
        shown = [v for (s, _, m), v in by.items() if (s, m) == (sheet, "conversations")]
        left = total - sum(int(v) for v in shown if v.isdigit())
        assert left == 0 or left >= 5
        assert not [v for v in shown if v.isdigit() and 0 < int(v) < 5]


async def test_a_download_is_in_the_audit(house: House) -> None:
    browser = await house.operator("sari", Role.SUPERVISOR)
    await browser.get("/reports.csv")
    assert [(e.what, e.operator) for e in house.world.audit][-1:] == [("exported", "sari")]


async def test_board_shows_loads_and_waits_without_words(house: House) -> None:
    await house.waits("aaaaaa1", priority=Priority.CRISIS)
    await house.waits("bbbbbb2")
    await house.desk.arrive(Operator("dara", "Dara", ("km",)))
    await house.desk.claim(Operator("dara", "Dara", ("km",)), "bbbbbb2")
    browser = await house.operator("sari", Role.SUPERVISOR)
    text = (await browser.get("/supervision")).text
    for shown in ("Khmer", "Dara", "Has one conversation", "BBBBBB", "One person in danger is waiting."):
        assert shown in text
    assert 'href="/conversations/bbbbbb2"' in text
    administrator = await house.operator("adam", Role.ADMINISTRATOR, duty=False)
    assert 'href="/conversations/' not in (await administrator.get("/supervision/now")).text


async def test_board_tells_who_holds_a_conversation_and_is_gone(house: House) -> None:
    await house.waits("bbbbbb2")
    await house.desk.claim(Operator("dara", "Dara", ("km",)), "bbbbbb2")
    browser = await house.operator("sari", Role.SUPERVISOR, duty=False)
    assert "the connection is lost" in (await browser.get("/supervision")).text


async def test_audit_is_newest_first_filtered_and_paged(house: House) -> None:
    for number in range(PAGE + 10):
        what = "claimed" if number % 2 else "closed"
        house.world.audit.append(Audit(NOON - 10**7 + number, what, f"c{number:05}xyz", "dara", "answered"))
    house.world.audit.append(Audit(NOON - 3 * 86_400_000, "read", "old", "mya"))
    browser = await house.operator("sari", Role.SUPERVISOR, duty=False)
    text = (await browser.get("/audit")).text
    assert text.index("C00059") < text.index("C00058")
    assert "Older entries" in text
    below = text.split("below=")[1].split('"')[0]
    older = (await browser.get(f"/audit?below={below}")).text
    assert "C00000" in older and "C00059" not in older
    closed = (await browser.get("/audit?what=closed&operator=dara")).text
    assert "C00058" in closed and "C00059" not in closed and "The question was answered" in closed
    assert "OLD" in (await browser.get("/audit?first=2026-09-18&last=2026-09-18")).text
    assert "No entry fits" in (await browser.get("/audit?first=2026-09-25")).text


async def test_audit_takes_any_nonsense_for_no_filter(house: House) -> None:
    browser = await house.operator("sari", Role.SUPERVISOR, duty=False)
    address = "/audit?below=x&first=yesterday&last=%00&what=<b>&operator=<script>"
    response = await browser.get(address)
    assert response.status_code == 200
    assert "<script>" not in response.text


async def test_audit_says_whether_its_chain_is_whole(house: House) -> None:
    browser = await house.operator("sari", Role.SUPERVISOR, duty=False)
    house.world.audit += [Audit(NOON, "claimed", f"c{number}", "dara") for number in range(3)]
    await house.trail.seal(NOON)
    assert "The chain is whole" in (await browser.get("/audit")).text
    del house.world.audit[1], house.world.seals[1]
    text = (await browser.get("/audit")).text
    assert "The chain is broken" in text
    assert "The chain is broken" not in (await browser.get("/audit?below=3")).text


@dataclass
class Served:
    """The console behind a real socket, in a thread."""

    house: House
    port: int
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve; returns when it does."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as found:
                if found.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError("the console did not start")

    def stop(self) -> None:
        """Stop, open streams or not."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(10)

    async def _serve(self) -> None:
        config = uvicorn.Config(self.house.app, "127.0.0.1", self.port, log_config=None, timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        await self._server.serve()


async def furnished(port: int) -> House:
    """A house with numbers, an audit, and a desk at work."""
    async with AsyncExitStack() as stack:
        house = House(stack, address=f"http://127.0.0.1:{port}")
        await fill(house)
        await house.hire("sari", Role.SUPERVISOR)
        await house.hire("mya")
        await house.waits("aaaaaa1", priority=Priority.CRISIS)
        for id in ("bbbbbb2", "cccccc3"):
            await house.waits(id)
        await house.desk.arrive(Operator("dara", "Dara", ("km", "my")))
        await house.desk.claim(Operator("dara", "Dara", ("km", "my")), "bbbbbb2")
        return house


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The console, running."""
    with_numbers: list[House] = []
    port = free_port()
    maker = threading.Thread(target=lambda: with_numbers.append(asyncio.run(furnished(port))))
    maker.start()
    maker.join()
    found = Served(with_numbers[0], port)
    found.start()
    yield found
    found.stop()


def sign_in(page: Page, served: Served, name: str) -> None:
    """Come in."""
    page.goto(f"{served.url}/sign-in")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    expect(page.locator("header.top")).to_be_visible()


@pytest.fixture(params=[(1280, "light"), (360, "dark")], ids=["wide", "phone at night"])
def page(request: pytest.FixtureRequest, browser: Browser, served: Served) -> Iterator[Page]:
    """A supervisor's browser; it must not complain, least of all that the content policy was broken."""
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    context.set_default_timeout(8000)
    found = context.new_page()
    complaints: list[str] = []
    found.on("pageerror", lambda error: complaints.append(str(error)))
    found.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    sign_in(found, served, "sari")
    yield found
    context.close()
    assert complaints == []


@pytest.mark.parametrize("address", ["/reports?days=30", "/supervision", "/audit"])
def test_page_is_accessible_and_fits(page: Page, served: Served, address: str) -> None:
    page.goto(served.url + address)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_ranges_are_links_and_plots_are_drawn(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/reports")
    page.get_by_role("link", name="90 days").click()
    expect(page.get_by_role("link", name="90 days")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("img", name="By language: Conversations")).to_be_visible()
    assert page.locator("#language svg rect").count() > 1


def test_the_table_of_a_plot_is_reached_by_keyboard(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/reports")
    summary = page.locator("#day summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#day table")).to_be_visible()


def test_board_is_live(page: Page, browser: Browser, served: Served) -> None:
    page.goto(f"{served.url}/supervision")
    expect(page.locator("#waits .count")).to_have_text("2")
    context = browser.new_context()
    operator = context.new_page()
    sign_in(operator, served, "mya")
    on_duty = operator.get_by_role("button", name="Go on duty")
    if on_duty.is_visible():
        on_duty.click()
    operator.locator(".row", has_text="CCCCCC").get_by_role("button", name="Take").click()
    expect(page.locator("#waits .count")).to_have_text("1")
    expect(page.locator(".loads")).to_contain_text("Mya")
    operator.get_by_text("Back to the queue", exact=True).click()
    operator.get_by_role("button", name="Give back").click()
    expect(page.locator("#waits .count")).to_have_text("2")
    context.close()
