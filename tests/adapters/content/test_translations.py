"""Translations: changed by entries, under the rules, approved by name and day; and sheets of them."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters import catalogs
from bot.adapters.content.po_text import PoText, marked
from bot.adapters.content.tables import csv_bytes
from bot.adapters.content.translation_sheet import HEAD, take_in, to_csv, to_xlsx
from bot.adapters.content.translations import (
    Standing,
    Translation,
    Wording,
    approve,
    read_translations,
    set_translations,
    side_by_side,
    since_review,
    standings,
)
from bot.core.content.difference import Fate, difference
from bot.core.content.sheets import SheetError
from bot.core.errors import Conflict, ContentError
from tests.adapters.content.writing import text

ROOT = Path(__file__).parents[3]
PO = Path("locales/lo/LC_MESSAGES/messages.po")
DAY = date(2026, 11, 24)
SMALL = """\
# Head.
msgid ""
msgstr ""
"Language: lo\\n"
"Content-Type: text/plain; charset=utf-8\\n"

#. for {name}
#: bot/core/phrases.py
#, fuzzy, python-brace-format
msgctxt "operator.joined"
msgid "{name} is here."
msgstr "{name} ຢູ່ນີ້ແລ້ວ."

# A note of Weblate's.
#: nlu_data/domain.yml
#, fuzzy
msgctxt "utter_greet"
msgid ""
"Hello.\\n"
"Write to me."
msgstr ""
"ສະບາຍດີ.\\n"
"ຂຽນຫາຂ້ອຍໄດ້."

#: bot/core/phrases.py
msgctxt "welcome"
msgid "Hello."
msgstr ""
"ສະບາຍ"
"ດີ."

#~ msgctxt "old"
#~ msgid "Old."
#~ msgstr "ເກົ່າ."
"""
GREET = ("utter_greet", "Hello.\nWrite to me.")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / PO).parent.mkdir(parents=True)
    (tmp_path / PO).write_text(SMALL, "utf-8")
    return tmp_path


def held(root: Path) -> str:
    return (root / PO).read_text("utf-8")


def greet(root: Path) -> Translation:
    return next(one for one in read_translations(root, "lo") if one.context == "utter_greet")


def put(root: Path, text: str, before: str | None = None) -> int:
    return set_translations(root, "lo", [Wording(*GREET, text, before)])


def read_and_approve(root: Path, name: str = "Dara") -> int:
    return approve(root, "lo", [Wording(*GREET, greet(root).text)], name, DAY)


def test_a_catalog_is_read_as_babel_reads_it() -> None:
    for locale in ("km", "my", "zh_Hant"):
        path = ROOT / "locales" / locale / "LC_MESSAGES" / "messages.po"
        theirs = read_po(io.BytesIO(path.read_bytes()), locale=locale)
        ours = PoText.parse(path, path.read_text("utf-8"))
        assert [(e.context, e.english, e.text, e.fuzzy) for e in ours.entries] == [
            (m.context or "", m.id, m.string, m.fuzzy) for m in theirs if m.id
        ]


def test_where_translations_stand(root: Path) -> None:
    assert [one.standing for one in read_translations(root, "lo")] == [
        Standing.DRAFT,
        Standing.DRAFT,
        Standing.REVIEWED,
    ]
    assert standings(read_translations(root, "lo"))[Standing.DRAFT] == 2
    assert greet(root).place == f"{PO.as_posix()}:14"


def test_a_changed_translation_is_a_draft_and_nothing_else_changes(root: Path) -> None:
    assert put(root, "ສະບາຍດີ.\nຂຽນຫາຂ້ອຍ.", greet(root).text) == 1
    assert held(root) == SMALL.replace("ຂຽນຫາຂ້ອຍໄດ້.", "ຂຽນຫາຂ້ອຍ.")
    assert put(root, "ສະບາຍດີ.\nຂຽນຫາຂ້ອຍ.") == 0


def test_a_review_keeps_name_and_day_and_tools_keep_the_review(root: Path) -> None:
    assert read_and_approve(root) == 1
    one = greet(root)
    assert one.standing is Standing.REVIEWED and one.review is not None
    assert (one.review.by, one.review.on) == ("Dara", DAY)
    assert "# A note of Weblate's.\n# reviewed: Dara, 2026-11-24, " in held(root)
    message = read_po(io.BytesIO(held(root).encode()), locale="lo").get(GREET[1], context=GREET[0])
    assert message is not None and not message.fuzzy and message.user_comments[-1].startswith("reviewed: Dara")
    assert read_and_approve(root, "Another") == 0


def test_a_text_changed_after_its_review_is_told_even_where_no_tool_marked_it(root: Path) -> None:
    read_and_approve(root)
    before = held(root)
    (root / PO).write_text(before.replace("ຂຽນຫາຂ້ອຍໄດ້.", "ຂຽນ."), "utf-8")
    assert greet(root).standing is Standing.CHANGED
    read_and_approve(root, "Noy")
    assert greet(root).standing is Standing.REVIEWED and held(root).count("reviewed: ") == 1


def test_going_back_to_the_reviewed_text_needs_no_new_review(root: Path) -> None:
    read_and_approve(root)
    before, words = held(root), greet(root).text
    put(root, "ສະບາຍດີ.\nຂຽນຫາຂ້ອຍ.")
    assert greet(root).standing is Standing.CHANGED
    put(root, words)
    assert held(root) == before


def test_a_reviewer_approves_what_they_read(root: Path) -> None:
    words = greet(root).text
    put(root, "ສະບາຍດີ.\nຂຽນຫາຂ້ອຍ.")
    with pytest.raises(Conflict, match="read it again"):
        approve(root, "lo", [Wording(*GREET, words)], "Dara", DAY)
    with pytest.raises(Conflict, match="meanwhile"):
        put(root, "ສະບາຍດີ.\nຂຽນ.", words)
    with pytest.raises(Conflict, match="English"):
        approve(root, "lo", [Wording("utter_greet", "Hi.", words)], "Dara", DAY)


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "a\u202eb"])
def test_a_review_needs_a_name(root: Path, name: str) -> None:
    with pytest.raises(ContentError, match="name"):
        read_and_approve(root, name)


@pytest.mark.parametrize(
    ("context", "english", "text", "why"),
    [
        ("operator.joined", "{name} is here.", "ຢູ່ນີ້ແລ້ວ.", "placeholders"),
        ("operator.joined", "{name} is here.", "{name} {x} ຢູ່ນີ້ແລ້ວ.", "placeholders"),
        ("operator.joined", "{name} is here.", "{name ຢູ່ນີ້ແລ້ວ.", "brace"),
        (*GREET, "ໂທຫາ 1300 ໄດ້.", "digits"),
        (*GREET, "Hello. Write to me.", "script"),
        (*GREET, "ຕຳຫຼວດຢູ່ນີ້.", "locked telephone"),
        (*GREET, "ສະບາຍດີ. " * 80, "too long"),
        (*GREET, "ສະບາຍດີ.\n\nຂຽນຫາຂ້ອຍ.", "messages"),
        (*GREET, "", "not translated"),
    ],
)
def test_what_breaks_a_rule_is_not_kept(root: Path, context: str, english: str, text: str, why: str) -> None:
    with pytest.raises(ContentError, match=why):
        set_translations(root, "lo", [Wording(context, english, text)])
    assert held(root) == SMALL


@pytest.mark.parametrize("locale", ["en", "xx", "../lo"])
def test_only_languages_are_translated(root: Path, locale: str) -> None:
    with pytest.raises(ContentError, match="no language"):
        read_translations(root, locale)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('msgid "Hello."', "msgid Hello.", 27),
        ('msgstr "{name} ຢູ່ນີ້ແລ້ວ."\n\n', 'msgstr "{name} ຢູ່ນີ້ແລ້ວ."\n', 16),
        ('msgctxt "welcome"\nmsgid "Hello."', 'msgctxt "operator.joined"\nmsgid "{name} is here."', 25),
        ('msgid "Hello."\n', "", 25),
        ('"ສະບາຍ"', '"ສະ\u2028ບາຍ"', 29),
    ],
)
def test_a_broken_catalog_is_refused_by_line(root: Path, old: str, new: str, line: int) -> None:
    (root / PO).write_text(SMALL.replace(old, new, 1), "utf-8")
    with pytest.raises(ContentError, match=f"messages.po:{line}: "):
        read_translations(root, "lo")


def test_plural_forms_are_left_to_other_tools(root: Path) -> None:
    (root / PO).write_text(
        SMALL.replace('msgid "Hello."\nmsgstr ', 'msgid "Hello."\nmsgid_plural "x"\nmsgstr[0] '), "utf-8"
    )
    with pytest.raises(ContentError, match="plural"):
        set_translations(root, "lo", [Wording("welcome", "Hello.", "ສະບາຍດີ.")])


def test_side_by_side_in_every_language() -> None:
    phrase = next(one for one in read_translations(ROOT, "km") if one.context == "welcome")
    assert len(side_by_side(ROOT, "welcome", phrase.english)) == 7


def test_what_changed_since_the_review_comes_from_git(root: Path, commit: Callable[[Path], None]) -> None:
    read_and_approve(root)
    words = greet(root).text
    commit(root)
    put(root, "ສະບາຍດີ.\nຂຽນຫາຂ້ອຍ.")
    commit(root)
    assert since_review(root, greet(root)) == (GREET[1], words)
    (root / PO).write_text(held(root).replace('"Write to me."', '"Write to us."'), "utf-8")
    changed = next(one for one in read_translations(root, "lo") if one.context == "utter_greet")
    assert changed.standing is Standing.CHANGED and since_review(root, changed) == (GREET[1], words)


def test_without_git_nobody_knows_what_was_reviewed(root: Path) -> None:
    read_and_approve(root)
    assert since_review(root, greet(root)) is None


@pytest.mark.parametrize(
    ("before", "after", "gone", "new"),
    [
        ("You can leave now.", "You can leave today.", "now", "today"),
        ("ເຈົ້າໄປໄດ້", "ເຈົ້າຢູ່ໄດ້", "ໄປ", "ຢູ່"),
        ("ខ្ញុំទៅ", "ខ្ញុំមក", "ទៅ", "មក"),
        ("", "a", "", "a"),
    ],
)
def test_a_difference_shows_what_went_and_came(before: str, after: str, gone: str, new: str) -> None:
    pieces = difference(before, after)
    assert "".join(p.text for p in pieces if p.fate is Fate.GONE) == gone
    assert "".join(p.text for p in pieces if p.fate is Fate.NEW) == new


@given(text(), text())
def test_a_difference_loses_nothing(before: str, after: str) -> None:
    pieces = difference(before, after)
    assert "".join(p.text for p in pieces if p.fate is not Fate.NEW) == before
    assert "".join(p.text for p in pieces if p.fate is not Fate.GONE) == after


@settings(max_examples=200)
@given(st.lists(text(), min_size=3, max_size=3), st.booleans())
def test_any_text_in_any_script_comes_back_from_a_catalog(texts: list[str], fuzzy: bool) -> None:
    catalog = PoText.parse(PO, SMALL)
    pairs = zip(catalog.entries, texts, strict=True)
    after = catalog.put([marked(replace(entry, text=words), fuzzy) for entry, words in pairs])
    assert [entry.text for entry in after.entries] == texts
    theirs = read_po(io.BytesIO(after.text.encode()), locale="lo")
    assert [str(m.string) for m in theirs if m.id] == texts
    assert after.put(catalog.entries).text.replace('"ສະບາຍດີ."', '""\n"ສະບາຍ"\n"ດີ."') == SMALL


def test_a_sheet_comes_back_and_changes_nothing() -> None:
    for data in (to_csv(ROOT, "my"), to_xlsx(ROOT, "my"), to_csv(ROOT, "my", dated=False)):
        assert not +take_in(ROOT, "my", "s", data, "", DAY)


def sheet(*rows: tuple[str, ...]) -> bytes:
    return csv_bytes(HEAD, rows)


def test_a_sheet_changes_and_reviews(root: Path) -> None:
    data = sheet((*GREET, "ສະບາຍດີ.\nຂຽນຫາຂ້ອຍ.", "yes", ""), ("welcome", "Hello.", "", "", ""))
    assert take_in(root, "lo", "s.csv", data, "Dara", DAY) == {"changed": 1, "reviewed": 1}
    one = greet(root)
    assert one.text.endswith("ຂ້ອຍ.") and one.review is not None and one.review.by == "Dara"


def test_a_sheet_out_of_date_undoes_nobodys_work(root: Path) -> None:
    old = to_csv(root, "lo")
    put(root, "ສະບາຍດີ.\nຂຽນຫາຂ້ອຍ.")
    assert not +take_in(root, "lo", "s.csv", old, "Dara", DAY)
    with pytest.raises(SheetError, match=r"row 3, translation: somebody changed it"):
        take_in(root, "lo", "s.csv", old.replace("ໄດ້.".encode(), "ເດີ.".encode()), "Dara", DAY)


def test_a_sheet_is_refused_by_row_and_column_and_changes_nothing(root: Path) -> None:
    data = sheet(
        (*GREET, "ໂທຫາ 1300 ໄດ້.", "", ""),
        ("operator.joined", "{name} is here.", "{name} ຢູ່ນີ້ແລ້ວ.", "yes", ""),
        ("welcome", "Hello.", "ສະບາຍດີເດີ.", "", ""),
        ("welcome", "Hello.", "ສະບາຍດີ.", "", ""),
        ("gone", "Gone.", "ໄປແລ້ວ.", "", ""),
    )
    with pytest.raises(SheetError) as caught:
        take_in(root, "lo", "s.csv", data, "", DAY)
    assert [(p.row, p.column, p.why.split()[0]) for p in caught.value.problems] == [
        (2, "translation", "digits"),
        (3, "reviewed", "who"),
        (4, "id", "welcome"),
        (5, "id", "welcome"),
        (6, "id", "no"),
    ]
    assert held(root) == SMALL


def test_a_new_english_text_keeps_the_translation_to_be_read_again(tmp_path: Path) -> None:
    for name in ("bot", "nlu_data/domain.yml", "nlu_data/directory.yml", "locales"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-r", ROOT / name, tmp_path / name], check=True)
    catalogs.update(tmp_path)
    before = {one.context: one for one in read_translations(tmp_path, "km")}["utter_goodbye"]
    domain = tmp_path / "nlu_data" / "domain.yml"
    domain.write_text(domain.read_text().replace("Take care. You can write", "Take care. You may write"))
    catalogs.update(tmp_path)
    after = {one.context: one for one in read_translations(tmp_path, "km")}["utter_goodbye"]
    others = side_by_side(tmp_path, after.context, after.english)
    texts = [one.text for one in others.values() if one.text]
    assert len(set(texts)) == len(texts) >= 1  # nobody got another language's
    assert "may write" in after.english and after.text == before.text and after.standing is Standing.DRAFT
