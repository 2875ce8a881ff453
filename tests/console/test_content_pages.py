"""The content pages in a real browser: the story of an officer who has never seen YAML, on small screens too."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.adapters.content.git import Git
from bot.adapters.content.sentences import read_sentences
from bot.adapters.content.translations import Standing, read_translations
from bot.core.account import Role
from tests.console.running import WIDE, Running, flaws, in_thread
from tests.console.test_accounts_browser import signs_in, watched
from tests.console.writing import READ, new_repository

# Thirty ways of one subject, each different enough from the others and from what is there.
LAO = [
    f"{who}{what}{where}"
    for who in ("ນາຍຈ້າງໃໝ່", "ຜູ້ຄຸມຄົນງານ", "ເມຍເຈົ້າຂອງໂຮງງານ", "ຫົວໜ້າກຳມະກອນ", "ຄົນທີ່ພາຂ້ອຍມາ")
    for what in ("ເອົາພາສປອດຂ້ອຍໄປເຊື່ອງ", "ບໍ່ຍອມຄືນບັດປະຈຳຕົວໃຫ້ຂ້ອຍ")
    for where in ("ຢູ່ຫ້ອງການຊັ້ນເທິງ", "ຕັ້ງແຕ່ເດືອນກ່ອນພຸ້ນ", "ເພາະຢ້ານວ່າຂ້ອຍຊິໜີ")
]

# Milliseconds for what makes every catalog anew.
SLOW = 40_000
# An entry whose languages go through interpreters at certain hours.
INTERPRETED = "hk-labour-domestic"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_repository(tmp_path_factory.mktemp("content") / "repository")


@pytest.fixture
def desk(repository: Path, tmp_path: Path) -> Iterator[Running]:
    shutil.copytree(repository, tmp_path / "content")
    with in_thread(tmp_path / "content") as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with_own = browser.new_context(viewport=WIDE, locale="en-GB")
    yield from watched(with_own)
    with_own.close()


@pytest.fixture
def scriptless(browser: Browser) -> Iterator[Page]:
    """A browser that runs no script."""
    with_own = browser.new_context(viewport=WIDE, locale="en-GB", java_script_enabled=False)
    yield from watched(with_own)
    with_own.close()


def tree(desk: Running) -> Path:
    return desk.house.content.parent / "drafts" / "lao-november"


def officer(desk: Running, page: Page, *languages: str) -> None:
    """A content officer signs in and begins a draft."""

    async def hire() -> None:
        await desk.house.hire("noy", Role.CONTENT)
        account = await desk.house.accounts.find("noy")
        assert account is not None
        await desk.house.accounts.save(account, replace(account, languages=languages))

    desk.do(hire())
    signs_in(desk, page, "noy")
    page.wait_for_url("**/content")
    page.get_by_label("Name of the draft").fill("lao-november")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name="What this draft changes")).to_be_visible()


def opens(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="The draft").get_by_role("link", name=name, exact=True).click()


def lao(desk: Running) -> list[str]:
    return [s.text for s in read_sentences(tree(desk), "lo") if s.intent == "passport_withheld"]


def test_thirty_lao_sentences_are_pasted_checked_and_saved(desk: Running, page: Page) -> None:
    officer(desk, page, "lo")
    assert flaws(page) == []
    opens(page, "Sentences")
    assert flaws(page) == []
    page.get_by_role("link", name="passport_withheld, Lao:").click()
    assert flaws(page) == []
    before = lao(desk)
    assert len(LAO) == 30
    field = page.get_by_label("One sentence a line")
    field.fill("\n".join([*LAO[:29], before[0]]))
    page.get_by_role("button", name="Check and save").click()
    expect(page.get_by_role("alert").filter(has_text="Nothing was saved")).to_be_visible()
    wrong = page.locator(".weighed > li").filter(has_text="This sentence is there already.")
    expect(wrong).to_have_count(1)
    assert flaws(page) == []
    assert lao(desk) == before
    field.fill("\n".join(LAO))
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("They are not saved yet.")).to_be_visible()
    page.get_by_role("button", name="Check and save").click()
    expect(page.get_by_role("status").filter(has_text="The sentences were added")).to_be_visible()
    assert sorted(lao(desk)) == sorted([*before, *LAO])
    opens(page, "Changes")
    expect(page.locator("ins")).to_have_count(30)
    assert flaws(page) == []


def test_a_sentence_shows_how_the_live_model_reads_it(desk: Running, page: Page) -> None:
    officer(desk, page)
    opens(page, "Sentences")
    page.get_by_role("link", name="passport_withheld, Lao:").click()
    page.get_by_role("link", name=lao(desk)[0], exact=True).click()
    page.get_by_label("Sentence").fill(READ)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("The live model understands passport_withheld, 93 %.")).to_be_visible()
    expect(page.get_by_text("Most alike in another intent")).to_be_visible()
    assert flaws(page) == []
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Saved in the draft")).to_be_visible()
    assert READ in lao(desk)


def test_a_burmese_answer_is_mended_previewed_and_approved(desk: Running, page: Page) -> None:
    officer(desk, page, "my")
    opens(page, "Answers and phrases")
    assert flaws(page) == []
    page.get_by_role("link", name="Burmese", exact=True).click()
    page.get_by_label("With these words").fill("utter_ask_hotline")
    page.get_by_role("button", name="Find").click()
    assert flaws(page) == []
    page.get_by_role("link", name="utter_ask_hotline", exact=True).click()
    expect(page.get_by_role("heading", name="Telegram")).to_be_visible()  # by itself, with script
    assert flaws(page) == []
    field = page.get_by_label("Burmese", exact=True)
    text = field.input_value()
    field.fill(text.replace("{numbers}", "၁၃၀၀"))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="placeholders")).to_be_visible()
    field.fill(text + "\nသတိထားပါ။")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Saved in the draft")).to_be_visible()
    page.get_by_role("button", name="Approve the saved text").click()
    expect(page.get_by_role("status").filter(has_text="Approved")).to_be_visible()
    expect(page.get_by_text(re.compile("last reviewed by noy on"))).to_be_visible()
    expect(page.locator(".bubble.round").last).to_contain_text("သတိထားပါ။")
    page.get_by_label("For somebody in").select_option("TH")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".bubble").first).to_contain_text("1300")
    assert flaws(page) == []
    found = next(one for one in read_translations(tree(desk), "my") if one.context == "utter_ask_hotline")
    assert (found.standing, found.text.endswith("သတိထားပါ။")) == (Standing.REVIEWED, True)


def test_a_hotline_is_confirmed_and_an_untouched_form_changes_nothing(desk: Running, page: Page) -> None:
    officer(desk, page)
    desk.house.clock.time += 400 * 24 * 3600 * 1000
    signs_in(desk, page, "noy")
    page.goto(f"{desk.url}/content/lao-november/numbers")
    expect(page.get_by_text("entries are overdue")).to_be_visible()
    assert flaws(page) == []
    for entry in ("th-social-assistance", "th-protect-u", INTERPRETED):
        page.goto(f"{desk.url}/content/lao-november/numbers/{entry}")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("status").filter(has_text="Saved in the draft")).to_be_visible()
    assert Git(tree(desk)).text("log", "-1", "--format=%s") == "Open the draft lao-november"
    page.goto(f"{desk.url}/content/lao-november/numbers/th-social-assistance")
    assert flaws(page) == []
    page.get_by_label("The page you read the number on today").fill("https://www.m-society.go.th/1300")
    page.get_by_role("button", name=re.compile("Checked today")).click(timeout=SLOW)
    expect(page.get_by_role("status").filter(has_text="Marked as checked today")).to_be_visible()
    opens(page, "Changes")
    expect(page.locator("ins").filter(has_text="m-society").first).to_be_visible()


def test_a_new_entry_has_an_empty_form(desk: Running, page: Page) -> None:
    officer(desk, page)
    opens(page, "Directory")
    page.get_by_role("link", name="Add an entry").click()
    assert flaws(page) == []


def test_a_sheet_goes_home_and_comes_back_with_errors_by_row(desk: Running, page: Page, tmp_path: Path) -> None:
    officer(desk, page)
    opens(page, "Sheets")
    assert flaws(page) == []
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Lao, XLSX").first.click()
    waiting.value.save_as(tmp_path / "lao.xlsx")
    page.get_by_label("CSV or XLSX file").set_input_files(tmp_path / "lao.xlsx")
    page.get_by_role("button", name="Bring in").click()
    expect(page.get_by_role("status").filter(has_text="nothing was different")).to_be_visible()
    (tmp_path / "lao.csv").write_text("language,intent,kind,text\nlo,nonsense,plain,ສະບາຍດີ\n", "utf-8")
    page.get_by_label("CSV or XLSX file").set_input_files(tmp_path / "lao.csv")
    page.get_by_role("button", name="Bring in").click()
    expect(page.get_by_role("cell", name="intent", exact=True)).to_be_visible()
    assert flaws(page) == []


def test_checks_lead_to_the_sentence_and_conflicts_are_chosen(desk: Running, page: Page) -> None:
    officer(desk, page)
    old = next(s for s in read_sentences(tree(desk), "lo") if s.intent == "passport_withheld")
    for root, text in ((tree(desk), f"{old.text} www.example.org"), (desk.house.content, f"{old.text}ໆ")):
        path = root / old.place.rpartition(":")[0]
        path.write_text(path.read_text("utf-8").replace(old.text, text, 1), "utf-8")
        Git(root).run("commit", "--all", "--quiet", "--message=By hand")
    opens(page, "Check")
    assert flaws(page) == []
    page.get_by_role("link", name=re.compile("personal data")).click()
    expect(page.get_by_label("Sentence")).to_have_value(f"{old.text} www.example.org")
    opens(page, "Merge")
    assert flaws(page) == []
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("alert").filter(has_text="Somebody else changed the same")).to_be_visible()
    assert flaws(page) == []
    page.get_by_role("radio", name=re.compile("Live:")).check()
    page.get_by_role("button", name="Merge as chosen").click(timeout=SLOW)  # all catalogs are made anew
    expect(page.get_by_role("status").filter(has_text="everything the live content has")).to_be_visible()
    assert f"{old.text}ໆ" in lao(desk)


def test_all_works_without_script(desk: Running, scriptless: Page) -> None:
    page = scriptless
    officer(desk, page, "my")
    opens(page, "Answers and phrases")
    page.get_by_role("link", name="Burmese", exact=True).click()
    page.get_by_label("With these words").fill("utter_ask_hotline")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="utter_ask_hotline", exact=True).click()
    page.get_by_role("link", name="Show the saved text as a message").click()
    expect(page.get_by_role("heading", name="Telegram")).to_be_visible()
    opens(page, "Sentences")
    page.get_by_role("link", name="passport_withheld, Lao:").click()
    page.get_by_label("One sentence a line").fill(READ)
    page.get_by_role("button", name="Check and save").click()
    expect(page.get_by_role("status").filter(has_text="The sentences were added")).to_be_visible()
    assert READ in lao(desk)
