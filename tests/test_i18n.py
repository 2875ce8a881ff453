"""The book: filled, refused where something is missing, and the same in every catalog."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.adapters import catalogs
from bot.adapters.content.translation_sheet import to_csv
from bot.bootstrap import LOCALES as FOLDER
from bot.bootstrap import ROOT
from bot.core.errors import CatalogError
from bot.core.language import LOCALES
from bot.core.message import Button, Channel, Outbound
from bot.i18n import Answer, Book, Rendered, country_name, language_name, load
from tests.flow.fakes import english_book

OUT = Outbound("o", "c", Channel.WEB, 1, "en")


def test_a_phrase_is_filled() -> None:
    assert "30 days" in english_book().text("en", "handoff.privacy")
    assert english_book().text("en", "operator.joined", "", {"name": "Dara"}).startswith("Dara ")


def test_an_unknown_phrase_and_a_missing_argument_are_named() -> None:
    with pytest.raises(CatalogError, match="no.such"):
        english_book().text("en", "no.such")
    with pytest.raises(CatalogError, match="name"):
        english_book().text("en", "operator.joined")


def test_numbers_of_nobody_say_so() -> None:
    text = english_book().text("en", "crisis.danger", "", {"numbers": ()})
    assert "no checked number" in text
    assert "th-1" in english_book().text("en", "crisis.danger", "", {"numbers": ("th-1",)})


def test_an_operators_words_are_never_filled() -> None:
    out = Outbound("o", "c", Channel.WEB, 1, "en", words="{name} {0} %s")
    assert english_book().render(out).text == "{name} {0} %s"


def test_a_button_of_the_domain_and_one_of_the_product_have_titles() -> None:
    book = Book({}, [Answer("utter_x", "TH", "In Thailand")], lambda ids, locale: "", {})
    buttons = (
        Button("button.person", "command:person"),
        Button("Next", "intent:greet"),
        Button("language.name", "l", {"locale": "km"}),
    )
    out = Outbound("o", "c", Channel.WEB, 1, "en", phrase="utter_x", variation="TH", buttons=buttons)
    assert book.render(out) == Rendered(
        "In Thailand", (("Talk to a person", "command:person"), ("Next", "intent:greet"), ("ខ្មែរ", "l"))
    )


THREE = Book({}, [Answer("utter_x", "", "One {a}.\n\nTwo\nlines.\n\nThree.")], lambda ids, locale: "", {"a": 1})


@pytest.mark.parametrize(("part", "text"), [(1, "One 1."), (2, "Two\nlines."), (3, "Three.")])
def test_a_phrase_of_several_messages_is_said_a_message_at_a_time(part: int, text: str) -> None:
    assert THREE.parts("utter_x") == 3 and THREE.parts("welcome") == 1
    assert THREE.render(Outbound("o", "c", Channel.WEB, 1, "en", phrase="utter_x", part=part)).text == text
    assert text in THREE.text("en", "utter_x")


def test_signs_are_whole_sentences_a_line_each_and_an_unknown_one_is_left_out() -> None:
    book = Book(
        {}, [Answer("utter_x", "", "You said:\n{signs}"), Answer("utter_sign_a", "", "– A.")], lambda *_: "", {}
    )
    assert book.text("en", "utter_x", "", {"signs": ("utter_sign_a", "utter_sign_old", "utter_sign_a")}) == (
        "You said:\n– A.\n– A."
    )


def test_names_come_from_cldr() -> None:
    assert country_name("TH", "km") == "ថៃ"
    assert country_name("XX", "en") == "XX"
    assert language_name("zh_Hant", "vi") == "Tiếng Trung"


def test_every_locale_is_compiled_and_speaks() -> None:
    book = Book(load(FOLDER), [], lambda ids, locale: "", {"days": 30, "hours": "9"})
    texts = {locale: book.text(locale, "welcome") for locale in LOCALES}
    assert len(set(texts.values())) == len(LOCALES)


def test_a_shipped_language_that_is_not_compiled_stops_the_start(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "locales")
    (tmp_path / "locales" / "km" / "LC_MESSAGES" / "messages.mo").unlink()
    with pytest.raises(CatalogError, match="make locales"):
        load(tmp_path / "locales")


def test_a_broken_catalog_stops_the_start(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "locales")
    (tmp_path / "locales" / "km" / "LC_MESSAGES" / "messages.mo").write_bytes(b"not a catalog")
    with pytest.raises(CatalogError, match="broken"):
        load(tmp_path / "locales")


def test_the_template_is_what_the_sources_say() -> None:
    known = catalogs._read(FOLDER / "messages.pot", "en")
    assert {(m.context, m.id) for m in known} == {(m.context, m.id) for m in catalogs.extract(ROOT)}


@pytest.mark.parametrize("locale", [locale for locale in LOCALES if locale != catalogs.SOURCE])
def test_the_reviewers_sheets_are_up_to_date(locale: str) -> None:
    shipped = (ROOT / catalogs.SHEETS / f"{locale}.csv").read_bytes()
    assert to_csv(ROOT, locale, dated=False) == shipped


def test_the_catalogs_have_no_problem() -> None:
    assert catalogs.check(ROOT) == []


def test_babels_own_command_line_reads_the_mapping(tmp_path: Path) -> None:
    target = tmp_path / "found.pot"
    done = subprocess.run(
        [sys.executable, "-m", "babel.messages.frontend", "extract", "-F", "locales/babel.cfg", "-o", str(target), "."],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert 'msgctxt "welcome"' in target.read_text()
