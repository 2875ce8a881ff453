"""What is counted in a message, in each script, and how native and Latin letters meet."""

from __future__ import annotations

import numpy as np
import pytest
from components.examples import Example
from components.features import Weights, heard, letters
from components.han import pinyin, simplified
from components.holdout import hold_out, near_pairs
from components.sounds import bones, sounds

# A sentence in its own letters, and as people type it in Latin ones.
PAIRS = [
    ("นายจ้าง", "naijang"),
    ("เงินเดือน", "ngoen deuan"),
    ("เถ้าแก่", "thaokae"),
    ("ຂ້ອຍ", "khoy"),
    ("ນາຍຈ້າງບໍ່ຈ່າຍ", "nai jang bor jai"),
    ("ខ្ញុំមិនបាន", "khnhom min ban"),
    ("လခမပေးဘူး", "la kha ma pay bu"),
    ("老板扣了我的护照", "laoban kou le wo de huzhao"),
    ("老闆扣了我的護照", "laoban kou le wo de huzhao"),
    ("tôi bị đánh", "toi bi danh"),
]
# Anything a telephone may send.
ODD = [
    "",
    " ",
    "😀",
    "👩‍👩‍👧 🙏🏽",
    "\ud800",
    "a\ud800b",
    "\0\1\2",
    "ၵႃႈ",
    "မင်္ဂလာပါ 😀 ok",
    "์์์",
    "្្",
    "123",
    "\u200b\u200d",
]


@pytest.mark.parametrize(("native", "latin"), PAIRS)
def test_bones_meet_across_scripts(native: str, latin: str) -> None:
    assert bones(sounds(native)) == bones(sounds(latin))


@pytest.mark.parametrize("text", ODD)
def test_odd_text_is_counted_without_a_fall(text: str) -> None:
    assert isinstance(letters(text), list)
    assert isinstance(heard(text), list)


def test_a_megabyte_costs_what_a_thousand_letters_cost() -> None:
    assert len(letters("ก" * 1_000_000)) == len(letters("ก" * 1000))
    assert len(heard("ka" * 500_000)) == len(heard("ka" * 500))


def test_words_are_icu_words_after_an_emoji() -> None:
    assert "\tรู้สึก" in letters("😀รู้สึกเครียด")


def test_spelling_variants_of_one_language_meet() -> None:
    assert sounds("ngern duean") != ""
    assert bones(sounds("ngern duean")) == bones(sounds("ngoen deuan"))


def test_two_scripts_of_chinese_count_the_same() -> None:
    assert letters("護照") == letters("护照")
    assert simplified("我沒錢") == "我没钱"


def test_pinyin_is_right_for_common_characters() -> None:
    assert pinyin("老板没给钱") == "laobanmeigeiqian"
    assert pinyin("都还了着什") == "douhailezheshen"


def test_weights_make_vectors_of_length_one() -> None:
    weights = Weights.fit([["a", "b"], ["b", "c"], ["b", "c"]], at_least=2)
    columns, values = weights.vector(["b", "c", "unseen"])
    assert len(columns) == 2
    assert np.isclose(np.linalg.norm(values), 1)


def test_a_text_of_unknown_features_is_empty_and_unknown() -> None:
    weights = Weights.fit([letters("hello there")] * 2)
    columns, values = weights.vector(letters("ສະບາຍດີ"))
    assert len(columns) == len(values) == 0
    assert not weights.known(letters("ສະບາຍດີ"))
    assert not weights.known(["h"])


def test_near_copies_are_found() -> None:
    texts = ["my boss took my passport", "my boss took my passport!", "where is the hospital"]
    assert list(near_pairs(texts)) == [(0, 1)]


def test_near_copies_stay_on_one_side() -> None:
    texts = [f"{word} wants wages {word}" for word in ("alpha", "bravo", "carol", "delta", "ernst")] * 2
    examples = [Example(text, "wages_withheld", "en", "plain") for text in texts]
    back = hold_out(examples, texts, 0.2)
    assert all(back[n] == back[n + 5] for n in range(5))
    assert 0 < back.sum() < 10
