"""One spelling for what looks the same, whatever the input."""

from __future__ import annotations

import time

import pytest
from components.normalise import LIMIT, normalise
from hypothesis import given, settings
from hypothesis import strategies as st

# Letters and marks whose order matters, so that random strings are not all noise.
SOUP = (
    "กเแอ\u0e31\u0e34\u0e38\u0e48\u0e49\u0e4d\u0e32\u0e33\u0e45 "
    "ກຫນມລ\u0eb1\u0eb4\u0eb8\u0ec8\u0ecd\u0eb2\u0eb3\u0ec0\u0ebc"
    "\u1780\u178a\u178f\u179a\u17d2\u17b6\u17b8\u17c1\u17c6\u17c9\u17cc\u17dd"
    "\u1000\u1004\u1025\u102b\u102d\u102f\u1031\u1036\u1037"
    "\u1038\u1039\u103a\u103b\u103c\u103d\u103e\u1040\u1064\u108b\u1075"
    "quyoaOA\u0300\u0301\u0309\u0323\u031b!. \u200d\u200b\ufe0f\U0001f468\U0001f3fdＡ\u3000\ud800\x00\n"
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", ""),
        ("  a \t\n b ", "a b"),
        ("Hello   wooorld!!!", "Hello woorld!"),
        ("ｈｅｌｐ　ｍｅ！", "help me!"),
        ("a\u200bb\u00adc\ufeffd\u2060e\u202ef", "abcdef"),
        ("a\ud800b\x00c\x07", "abc"),
        ("1000 บาท 55555", "1000 บาท 55555"),
        ("https://example.org//a", "https://example.org//a"),
    ],
)
def test_normalise_cleans_the_encoding(written: str, expected: str) -> None:
    assert normalise(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("นํ้า", "น้ำ"),
        ("น้ํา", "น้ำ"),
        ("นำ้", "น้ำ"),
        ("ทํางาน", "ทำงาน"),
        ("เเม่", "แม่"),
        ("ที่ี่", "ที่"),
        ("ม่ี", "มี่"),
    ],
)
def test_normalise_orders_thai(written: str, expected: str) -> None:
    assert normalise(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ນໍ້າ", "ນ້ຳ"),
        ("ນ້ໍາ", "ນ້ຳ"),
        ("ເເມ່", "ແມ່"),
        ("ຫນຶ່ງ", "ໜຶ່ງ"),
        ("ຫມາ", "ໝາ"),
        ("ຫລວງ", "ຫຼວງ"),
        ("ນີ່ີ່", "ນີ່"),
    ],
)
def test_normalise_orders_lao(written: str, expected: str) -> None:
    assert normalise(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("\u1780\u17b6\u17d2\u179a", "\u1780\u17d2\u179a\u17b6"),  # vowel typed before the subscript
        ("\u1780\u17c6\u17bb", "\u1780\u17bb\u17c6"),  # sign typed before the vowel
        ("\u1780\u17c1\u17b6", "\u1780\u17c4"),  # a vowel in two halves
        ("\u179f\u17d2\u179a\u17d2\u178f\u17b8", "\u179f\u17d2\u178f\u17d2\u179a\u17b8"),
        # ro is the last subscript
        ("\u179f\u17d2\u178a\u17b8", "\u179f\u17d2\u178f\u17b8"),  # subscript da drawn like subscript ta
        ("ខ្ញុំ\u200bមាន", "ខ្ញុំមាន"),
    ],
)
def test_normalise_orders_khmer(written: str, expected: str) -> None:
    assert normalise(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("\u1019\u103c\u102d\u102f\u1037", "\u1019\u103c\u102d\u102f\u1037"),
        ("\u1019\u102f\u102d\u103c", "\u1019\u103c\u102d\u102f"),  # any order in, one order out
        ("\u1014\u103a\u1037", "\u1014\u1037\u103a"),  # dot below before asat, as NFC has it
        ("\u1040\u101a\u103a", "\u101d\u101a\u103a"),  # zero typed for wa
        ("\u1041\u1040", "\u1041\u1040"),  # ten stays ten
        ("ယောက်ျား", "ယောက်ျား"),  # the contraction keeps its early asat
        ("ေက်ာင္းသားေတြ", "ကျောင်းသားတွေ"),  # Zawgyi
    ],
)
def test_normalise_orders_burmese(written: str, expected: str) -> None:
    assert normalise(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("hoà", "hòa"),
        ("HOÀ", "HÒA"),
        ("thuý", "thúy"),
        ("khoẻ", "khỏe"),
        ("qúy", "quý"),
        ("quý", "quý"),
        ("hoàn", "hoàn"),
        ("ngoài", "ngoài"),
        ("Viê\u0323t", "Việt"),
        ("chu\u031b\u0303", "chữ"),
    ],
)
def test_normalise_places_vietnamese_tones(written: str, expected: str) -> None:
    assert normalise(written) == expected


@pytest.mark.parametrize("emoji", ["😀", "👍🏽", "👨\u200d👩\u200d👧", "🇹🇭", "🙏🙏🙏"])
def test_normalise_keeps_emoji(emoji: str) -> None:
    assert normalise(emoji) == emoji


def test_normalise_drops_variation_selectors_and_stray_joiners() -> None:
    assert normalise("❤️ a\u200db") == "❤ ab"


@given(st.text(st.characters(exclude_categories=()), max_size=80) | st.text(SOUP, max_size=40))
@settings(max_examples=600, deadline=None)
def test_normalise_is_idempotent_and_never_raises(text: str) -> None:
    done = normalise(text)
    assert normalise(done) == done
    assert len(done) <= LIMIT


@pytest.mark.parametrize("unit", ["a", "ก้ี", "ေက", "ក្រុំ", "\u0301\u0323", "\u1031", "\u200b", "!", "哈", "ha "])
def test_normalise_reads_a_megabyte_at_once(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    start = time.perf_counter()
    assert len(normalise(text)) <= LIMIT
    assert time.perf_counter() - start < 1
