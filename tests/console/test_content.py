"""The content pages' rules, without a browser: who may, what is kept, what is refused, what the audit says."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from starlette.datastructures import FormData

from bot.adapters.content.git import Git
from bot.adapters.content.sentences import read_sentences
from bot.adapters.content.translations import Standing, read_translations
from bot.console.auth import FRESH
from bot.console.content_drafts import link
from bot.console.content_entry import entry_fields
from bot.console.content_sheets import MANY, MAX_UPLOAD
from bot.console.gates import hashed
from bot.core.account import Role
from tests.console.conftest import HERE, Browser, House
from tests.console.writing import READ, commit, new_repository

LO = "/content/lao/sentences/lo/passport_withheld"


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_repository(tmp_path_factory.mktemp("content") / "repository")


@pytest.fixture
async def desk(repository: Path, tmp_path: Path) -> AsyncIterator[House]:
    """A console over content of its own."""
    shutil.copytree(repository, tmp_path / "content")
    async with AsyncExitStack() as stack:
        yield House(stack, content=tmp_path / "content")


async def noy(desk: House, *, draft: bool = True, languages: tuple[str, ...] = ("km",)) -> Browser:
    """A content officer with the draft lao."""
    browser = await desk.operator("noy", Role.CONTENT, duty=False)
    if draft:
        assert (await browser.post("/content", name="lao")).headers["location"] == "/content/lao"
    return browser


def tree(desk: House) -> Path:
    return desk.content.parent / "drafts" / "lao"


def lao(desk: House) -> list[str]:
    return [s.text for s in read_sentences(tree(desk), "lo") if s.intent == "passport_withheld"]


async def upload(browser: Browser, data: bytes, what: str = "sentences", name: str = "lao.csv") -> httpx.Response:
    form = {"token": await browser.token(), "what": what}
    return await browser.http.post("/content/lao/sheets", data=form, files={"sheet": (name, data)}, headers=HERE)


@pytest.mark.parametrize(("role", "status"), [(Role.OPERATOR, 403), (Role.SUPERVISOR, 403), (Role.ADMINISTRATOR, 200)])
async def test_content_is_for_who_looks_after_it(desk: House, role: Role, status: int) -> None:
    browser = await desk.operator("dara", role, duty=False)
    assert (await browser.get("/content")).status_code == status
    assert (await browser.post("/content", name="lao")).status_code == (303 if status == 200 else 403)


async def send(browser: Browser, path: str, form: dict[str, str]) -> httpx.Response:
    """Send a form whose names are not Python's."""
    return await browser.http.post(path, data={"token": await browser.token()} | form, headers=HERE)


async def test_an_officer_begins_at_the_content(desk: House) -> None:
    browser = await noy(desk, draft=False)
    assert (await browser.http.get("/")).status_code in (303, 403)
    assert 'class="home" href="/content"' in (await browser.get("/content")).text


async def test_without_a_repository_the_pages_say_so(house: House) -> None:
    browser = await house.operator("noy", Role.CONTENT, duty=False)
    answer = await browser.get("/content")
    assert (answer.status_code, "is no git repository" in answer.text) == (422, True)


async def test_lines_are_saved_all_or_none(desk: House) -> None:
    browser = await noy(desk)
    before = lao(desk)
    answer = await browser.post(LO, words=f"{READ}\n{before[0]}", kind="plain", deed="save")
    assert (answer.status_code, "This sentence is there already." in answer.text) == (422, True)
    assert READ in answer.text
    assert lao(desk) == before
    assert (await browser.post(LO, words=READ, kind="plain", deed="save")).status_code == 303
    assert sorted(lao(desk)) == sorted([*before, READ])


async def test_check_saves_nothing_and_says_how_the_live_model_reads_it(desk: House) -> None:
    browser = await noy(desk)
    before = lao(desk)
    answer = await browser.post(LO, words=READ, kind="plain", deed="check")
    assert "The live model understands passport_withheld, 93 %." in answer.text
    assert lao(desk) == before


async def test_markup_in_a_sentence_stays_words(desk: House) -> None:
    browser = await noy(desk)
    answer = await browser.post(LO, words="<script>x</script>", kind="plain", deed="check")
    assert "<script>x" not in answer.text


async def test_a_sentence_is_worded_anew_moved_and_deleted(desk: House) -> None:
    browser = await noy(desk)
    old = next(s for s in read_sentences(tree(desk), "lo") if s.intent == "passport_withheld")
    page = f"/content/lao/sentence?place={old.place}"
    form = {"was": old.text, "text": READ, "intent": old.intent, "kind": old.kind, "deed": "save"}
    assert (await send(browser, page, form)).status_code == 303
    assert (await send(browser, page, form)).status_code == 409  # the page is out of date
    form |= {"was": READ, "intent": "wages_withheld"}
    assert (await send(browser, page, form)).status_code == 303
    moved = next(s for s in read_sentences(tree(desk), "lo") if s.text == READ)
    assert moved.intent == "wages_withheld"
    page = f"/content/lao/sentence?place={moved.place}"
    assert (await send(browser, page, form | {"deed": "delete"})).status_code == 303
    assert READ not in [s.text for s in read_sentences(tree(desk), "lo")]


async def test_the_audit_has_no_words(desk: House) -> None:
    browser = await noy(desk)
    await browser.post(LO, words=READ, kind="plain", deed="save")
    assert desk.audited()[-2:] == [
        ("draft_opened", "noy", "lao"),
        ("sentences_added", "noy", "lao lo passport_withheld 1"),
    ]


async def test_an_officer_is_the_author_in_the_history(desk: House) -> None:
    browser = await noy(desk)
    await browser.post(LO, words=READ, kind="plain", deed="save")
    assert Git(tree(desk)).text("log", "-1", "--format=%an") == "noy"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_a_sheet_goes_out_and_comes_back_unchanged(desk: House, kind: str) -> None:
    browser = await noy(desk)
    sheet = await browser.get(f"/content/lao/sheets/sentences/lo.{kind}")
    assert f'filename="sentences-lo.{kind}"' in sheet.headers["content-disposition"]
    answer = await upload(browser, sheet.content, name=f"lao.{kind}")
    assert "nothing was different" in answer.text


async def test_a_wrong_sheet_is_named_by_row_and_column(desk: House) -> None:
    browser = await noy(desk)
    sheet = "language,intent,kind,text\nlo,passport_withheld,plain,ສະບາຍ\nlo,nonsense,plain,ສະບາຍດີເດີ\n"
    answer = await upload(browser, sheet.encode())
    assert answer.status_code == 422
    assert "<td>3</td><td>intent</td>" in answer.text
    assert Git(tree(desk)).text("log", "-1", "--format=%s") == "Open the draft lao"


async def test_a_sheet_of_many_asks_who_it_is(desk: House) -> None:
    browser = await noy(desk)
    desk.clock.time += FRESH + 1
    rows = "".join(f"lo,passport_withheld,mixed,{READ}{'ກ' * n}\n" for n in range(MANY + 1))
    sheet = f"language,intent,kind,text\n{rows}".encode()
    assert (await upload(browser, sheet)).headers["location"] == "/confirm?back=/content/lao/sheets"
    assert READ not in " ".join(lao(desk))


async def test_hostile_files_are_refused(desk: House) -> None:
    browser = await noy(desk)
    for data in (b"PK\x03\x04 no zip", b"\xff\xfe\x00", b"", b'language,intent,kind,text\nlo,thank,plain,"=1+1"\n'):
        answer = await upload(browser, data)
        assert answer.status_code == 422, data
    assert (await upload(browser, b"x" * MAX_UPLOAD)).status_code == 413


async def test_a_large_body_is_taken_on_the_upload_alone(desk: House) -> None:
    browser = await noy(desk)
    large = b"language,intent,kind,text\n" + b"\n" * 90_000
    assert (await upload(browser, large)).status_code == 200
    answer = await browser.post(LO, words="x" * 200_000, kind="plain", deed="check")
    assert answer.status_code == 413


def text_page(desk: House, locale: str, context: str) -> tuple[str, str]:
    """A text's page, and the text."""
    found = next(one for one in read_translations(tree(desk), locale) if one.context == context)
    return f"/content/lao/texts/{locale}/{hashed(found.context, found.english)[:16]}", found.text


async def test_a_translation_keeps_its_placeholders(desk: House) -> None:
    browser = await noy(desk)
    page, text = text_page(desk, "lo", "utter_ask_hotline")
    assert "{numbers}" in text
    answer = await browser.post(page, text=text.replace("{numbers}", ""), before=text)
    assert (answer.status_code, "placeholders" in answer.text) == (422, True)
    answer = await browser.post(page, text=text + "\n1300", before=text)
    assert (answer.status_code, "numbers come from the directory" in answer.text) == (422, True)
    assert "1300</textarea>" in answer.text  # what was typed is not lost


async def test_only_who_reads_a_language_approves_it_with_name_and_day(desk: House) -> None:
    browser = await noy(desk)  # reads Khmer
    page, text = text_page(desk, "lo", "utter_ask_hotline")
    assert (await browser.post(f"{page}/approve", before=text)).status_code == 403
    page, text = text_page(desk, "km", "utter_ask_hotline")
    assert (await browser.post(f"{page}/approve", before=text)).status_code == 303
    found = next(one for one in read_translations(tree(desk), "km") if one.context == "utter_ask_hotline")
    assert found.standing is Standing.REVIEWED
    assert found.review is not None
    assert found.review.by == "noy"
    assert desk.audited()[-1] == ("text_approved", "noy", "lao km utter_ask_hotline")


async def test_what_was_not_seen_is_not_approved(desk: House) -> None:
    browser = await noy(desk)
    page, _ = text_page(desk, "km", "utter_ask_hotline")
    answer = await browser.post(f"{page}/approve", before="another text")
    assert (answer.status_code, "read it again" in answer.text) == (422, True)


async def test_a_change_after_a_review_is_shown_as_a_difference(desk: House) -> None:
    browser = await noy(desk)
    page, text = text_page(desk, "km", "utter_ask_hotline")
    await browser.post(f"{page}/approve", before=text)
    assert (await browser.post(page, text=text.replace(" ", "  ", 1) + "។", before=text)).status_code == 303
    answer = await browser.get(page)
    assert "Changed since its review" in answer.text
    assert "<ins>" in answer.text


async def test_a_hotline_is_confirmed_with_its_source(desk: House) -> None:
    browser = await noy(desk)
    page = "/content/lao/numbers/th-social-assistance"
    answer = await browser.post(f"{page}/checked", source="https://www.m-society.go.th/1300/")
    assert answer.status_code == 303
    text = (tree(desk) / "nlu_data" / "directory.yml").read_text("utf-8")
    assert "page: www.m-society.go.th/1300" in text.replace('"', "")
    assert "is neither the key of a source" in (await browser.post(f"{page}/checked", source="a friend")).text


async def test_a_wrong_number_is_refused_by_the_schema_and_stays_on_the_page(desk: House) -> None:
    browser = await noy(desk)
    form = {"name": "A line", "country": "TH", "kind": "labour", "confidence": "B", "sources": "TH1"}
    answer = await send(browser, "/content/lao/numbers", form | {"id": "th-a-line", "number-0": "call us"})
    assert (answer.status_code, "a phone number exactly as its source prints it" in answer.text) == (422, True)
    assert 'value="call us"' in answer.text
    answer = await send(browser, "/content/lao/numbers", form | {"id": "th-a-line", "number-0": "1 234 567"})
    assert answer.headers["location"] == "/content/lao/numbers/th-a-line?ok=saved"
    assert 'value="1 234 567"' in (await browser.get("/content/lao/numbers/th-a-line")).text


async def test_two_who_changed_the_same_sentence_are_asked(desk: House) -> None:
    browser = await noy(desk)
    old = next(s for s in read_sentences(tree(desk), "lo") if s.intent == "passport_withheld")
    form = {"was": old.text, "text": READ, "intent": old.intent, "kind": old.kind, "deed": "save"}
    await send(browser, f"/content/lao/sentence?place={old.place}", form)
    path = desk.content / old.place.rpartition(":")[0]
    path.write_text(path.read_text("utf-8").replace(old.text, f"{old.text}ໆ", 1), "utf-8")
    commit(desk.content, "Another")
    answer = await browser.post("/content/lao/merge")
    assert answer.status_code == 409
    clash = answer.text.partition('name="choose-')[2].partition('"')[0]
    assert (await send(browser, "/content/lao/merge", {f"choose-{clash}": "draft"})).status_code == 200
    assert READ in lao(desk)
    assert f"{old.text}ໆ" not in lao(desk)


async def test_a_draft_is_discarded_by_its_name_alone(desk: House) -> None:
    browser = await noy(desk)
    assert (await browser.post("/content/lao/discard", again="loa")).status_code == 422
    assert (await browser.post("/content/lao/discard", again="lao")).status_code == 303
    assert (await browser.get("/content/lao")).status_code == 422


async def test_taking_a_draft_in_asks_who_it_is(desk: House) -> None:
    browser = await noy(desk)
    desk.clock.time += FRESH + 1
    assert (await browser.post("/content/lao/land")).headers["location"] == "/confirm?back=/content/lao/merge"


async def test_a_draft_with_faults_is_not_taken_in(desk: House) -> None:
    browser = await noy(desk)
    path = tree(desk) / "nlu_data/nlu/lo/conversation.yml"
    path.write_text(path.read_text("utf-8").replace("    - ", "    - https://example.org ", 1), "utf-8")
    Git(tree(desk)).run("commit", "--all", "--quiet", "--message=By hand", more={"GIT_AUTHOR_NAME": "x"})
    live = Git(desk.content).head("main")
    answer = await browser.post("/content/lao/land")
    assert (answer.status_code, "personal data" in answer.text) == (409, True)
    assert Git(desk.content).head("main") == live


@pytest.mark.parametrize(
    ("line", "page"),
    [
        ("nlu_data/nlu/lo/x.yml:12: is empty", "/content/a/sentence?place=nlu_data/nlu/lo/x.yml%3A12"),
        ("locales/lo/LC_MESSAGES/messages.po: utter_greet: not translated", "/content/a/texts/lo?q=utter_greet"),
        ("nlu_data/directory.yml:9: entries.th-one.name: must be text", "/content/a/numbers/th-one"),
        ("lo: thank has 3 sentences, it needs 30", ""),
    ],
)
def test_a_finding_leads_to_where_it_is_mended(line: str, page: str) -> None:
    assert link("a", line) == page


def test_an_empty_form_has_no_field() -> None:
    assert set(map(repr, entry_fields(FormData({}), {}).values())) == {"None"}
