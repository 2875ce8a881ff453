"""English answers changed by lines, and answers as a person sees them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.adapters.content.english import DOMAIN, _changed, read_english, set_english
from bot.adapters.content.preview import Previews
from bot.core.errors import Conflict, ContentError
from tests.adapters.content.test_sentences import lines_that_differ
from tests.conftest import StillClock

ROOT = Path(__file__).parents[3]
SHIPPED = (ROOT / DOMAIN).read_text("utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "nlu_data").mkdir()
    for name in ("domain.yml", "facts.yml", "directory.yml"):
        shutil.copy(ROOT / "nlu_data" / name, tmp_path / "nlu_data" / name)
    return tmp_path


def held(root: Path) -> str:
    return (root / DOMAIN).read_text("utf-8")


def test_an_answer_is_worded_anew_and_nothing_else_changes(root: Path) -> None:
    text = "Take care. You can write at any time.\n\nIf someone may look at your phone, hide this chat."
    set_english(root, "utter_goodbye", text)
    assert {v.about: v.text for v in read_english(root)}["utter_goodbye"] == text
    gone, came = lines_that_differ(SHIPPED, held(root))
    assert len(gone) == 2
    assert sorted(came) == sorted(f"{' ' * 8}{line}" if line else "" for line in text.split("\n"))


def test_every_answer_can_be_put_as_it_stands(root: Path) -> None:
    for variation in read_english(root):
        assert _changed(SHIPPED, variation, variation.text) == SHIPPED
    set_english(root, "utter_goodbye", {v.about: v.text for v in read_english(root)}["utter_goodbye"])
    assert held(root) == SHIPPED


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("Call 1300 now.", "1300"),
        ("You will be safe.", "promise"),
        ("The police can help.", "locked telephone"),
        ("Take care. {nobody}", "nothing fills"),
        ("Take care. " * 60, "characters"),
        ("A.\n\nB.\n\nC.\n\nD.", "messages"),
        ("Take \u202ecare.", "cannot be seen"),
    ],
)
def test_what_breaks_a_rule_is_not_kept(root: Path, text: str, why: str) -> None:
    with pytest.raises(ContentError, match=why):
        set_english(root, "utter_goodbye", text)
    assert held(root) == SHIPPED


def test_a_page_out_of_date_changes_nothing(root: Path) -> None:
    with pytest.raises(Conflict, match="meanwhile"):
        set_english(root, "utter_goodbye", "Take care.", "What I saw.")
    with pytest.raises(ContentError, match="no answer"):
        set_english(root, "utter_nobody", "Take care.")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- text: |-\n        Take", "- text: |-\n        - Take"),
        ("utter_goodbye:\n    - text: |-", "utter_goodbye:\n    - text: >-"),
    ],
)
def test_other_forms_of_a_block_are_changed_too(root: Path, old: str, new: str) -> None:
    (root / DOMAIN).write_text(SHIPPED.replace(old, new, 1), "utf-8")
    set_english(root, "utter_goodbye", "Take care.")
    assert {v.about: v.text for v in read_english(root)}["utter_goodbye"] == "Take care."


@pytest.mark.parametrize("form", ["Take care then.", '"Take care then."', "'Take\n        care then.'"])
def test_a_text_on_the_line_of_its_key_becomes_a_block(root: Path, form: str) -> None:
    start = SHIPPED.index("- text: |-\n        Take care.")
    end = SHIPPED.index("      buttons:", start)
    (root / DOMAIN).write_text(f"{SHIPPED[:start]}- text: {form}\n{SHIPPED[end:]}", "utf-8")
    set_english(root, "utter_goodbye", "See you.")
    assert held(root) == f"{SHIPPED[:start]}- text: |-\n        See you.\n{SHIPPED[end:]}"


def test_a_comment_behind_a_text_is_not_lost(root: Path) -> None:
    start = SHIPPED.index("- text: |-\n        Take care.")
    end = SHIPPED.index("      buttons:", start)
    (root / DOMAIN).write_text(f"{SHIPPED[:start]}- text: Take care.  # why\n{SHIPPED[end:]}", "utf-8")
    with pytest.raises(ContentError, match="behind the text"):
        set_english(root, "utter_goodbye", "See you.")


@pytest.fixture(scope="module")
def previews() -> Previews:
    return Previews(ROOT, StillClock(), {"days": 30, "hours": "9–21"})


def test_an_answer_is_shown_message_by_message_with_its_buttons(previews: Previews) -> None:
    shown = previews.show("utter_goodbye", "en")
    assert [bubble.text.split(".")[0] for bubble in shown.bubbles] == ["Take care"]
    assert shown.titles == ("Stop and hide", "Erase everything", "Talk to a person")
    assert shown.bubbles[0].length == len(shown.bubbles[0].text) < shown.bubbles[0].most


def test_a_variation_is_shown_for_its_country_with_its_facts(previews: Previews) -> None:
    shown = previews.show("utter_ask_minimum_wage/TH", "en")
    assert shown.country == "TH" and "THB" in "".join(bubble.text for bubble in shown.bubbles)
    assert [v.about for v in previews.variations("utter_ask_minimum_wage")][:2] == [
        "utter_ask_minimum_wage",
        "utter_ask_minimum_wage/TH",
    ]


def test_numbers_come_from_the_directory_in_the_readers_language(previews: Previews) -> None:
    text = "".join(bubble.text for bubble in previews.show("utter_ask_hotline", "km", "TH").bubbles)
    assert "1300" in text and any("\u1780" <= char <= "\u17ff" for char in text)


def test_every_answer_can_be_shown_in_every_language(previews: Previews) -> None:
    for variation in read_english(ROOT):
        for locale in ("en", "my", "zh_Hant"):
            assert all(bubble.text for bubble in previews.show(variation.about, locale, "TH").bubbles)


def test_short_buttons_stand_two_in_a_row(previews: Previews) -> None:
    assert all(len(row) == 1 for row in previews.show("utter_goodbye", "en").rows)
    assert previews.show("utter_goodbye", "en", recorded=True).titles[-1] == "Listen"


def test_what_is_no_answer_is_not_shown(previews: Previews) -> None:
    with pytest.raises(ContentError, match="no answer"):
        previews.show("utter_nobody", "en")
