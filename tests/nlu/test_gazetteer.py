"""Places in seven languages, and words that only look like places."""

from __future__ import annotations

import re
import time

import pytest
from components.gazetteer import Found, entries, find_countries
from components.normalise import normalise
from hypothesis import given, settings
from hypothesis import strategies as st


def codes(text: str) -> list[str]:
    return [found.code for found in find_countries(normalise(text))]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I work in Mae Sot", "TH"),
        ("held at KK Park", "MM"),
        ("job in Sihanoukville", "KH"),
        ("I'm in the UAE", "AE"),
        ("I am in US", "US"),
        ("HONG KONG", "HK"),
        ("ตอนนี้อยู่มหาชัยค่ะ", "TH"),
        ("อยู่ลาว", "LA"),
        ("ไปจีน", "CN"),
        ("นายจ้างไต้หวัน", "TW"),
        ("อยู่dubai", "AE"),
        ("em đang ở Đài Loan", "TW"),
        ("toi o dai loan", "TW"),
        ("ở Mỹ", "US"),
        ("nước Anh", "GB"),
        ("ខ្ញុំនៅថៃ", "TH"),
        ("ទៅប៉ោយប៉ែត", "KH"),
        ("នៅម៉ាឡេស៊ី", "MY"),
        ("ထိုင်းမှာ", "TH"),
        ("မလေးရှားမှာ", "MY"),
        ("ရွှေကုက္ကိုမှာ", "MM"),
        ("ျမန္မာျပည္", "MM"),
        ("ຂ້ອຍຢູ່ໄທ", "TH"),
        ("ຢູ່ວຽງຈັນ", "LA"),
        ("ຢູ່ຕົ້ນເຜິ້ງ", "LA"),
        ("我在妙瓦底", "MM"),
        ("人在西港", "KH"),
        ("我在韓國", "KR"),
        ("澳门", "MO"),
        ("wo zai taiguo", "TH"),
        ("Ansan", "KR"),
        ("Jordan", "JO"),
        ("🇰🇭", "KH"),
        ("im in kl rn", "MY"),
    ],
)
def test_places_are_found(text: str, code: str) -> None:
    assert codes(text) == [code]


@pytest.mark.parametrize(
    "text",
    [
        "woman",
        "the manager",
        "I speak Thai",
        "ภาษาลาว",
        "พูดไทยไม่ได้",
        "ขนมจีน",
        "tiếng Việt Nam",
        "em có thai",
        "mang thai",
        "chủ nhật",
        "anh ơi",
        "lao động",
        "lao ban bu gei qian",
        "ភាសាខ្មែរ",
        "မြန်မာစကား",
        "ພາສາລາວ",
        "ລາວບໍ່ຈ່າຍເງິນ",
        "你会说中国话吗",
        "今日本人",
        "增加纳税",
        "Chinese food",
        "help us",
        "my friend Jordan",
        "thái độ",
        "",
    ],
)
def test_words_that_look_like_places_are_not(text: str) -> None:
    assert codes(text) == []


def test_the_longest_name_wins_and_offsets_are_of_the_text() -> None:
    text = "😀 South Korea แล้วก็ปอยเปต"
    assert find_countries(text) == [Found("KR", 2, 13, "South Korea"), Found("KH", 20, 26, "ปอยเปต")]


def test_every_country_has_a_name_and_every_entry_is_found_alone() -> None:
    listed = list(entries())
    assert len({code for code, _ in listed}) >= 249
    missing = [name for code, name in listed if not find_countries(normalise(name.lstrip("~=")))]
    assert missing == []


def test_no_name_mixes_scripts() -> None:
    ranges = ("\u0e00-\u0e7f", "\u0e80-\u0eff", "\u1000-\u109f", "\u1780-\u17ff", "\u3400-\u9fff")
    scripts = [re.compile(f"[{letters}]") for letters in ranges]
    assert [name for _, name in entries() if sum(bool(script.search(name)) for script in scripts) > 1] == []


@given(st.text(st.characters(exclude_categories=()), max_size=80))
@settings(max_examples=200, deadline=None)
def test_find_countries_never_raises(text: str) -> None:
    assert all(text[found.start : found.end] == found.matched for found in find_countries(text))


def test_find_countries_is_quick_on_a_long_text() -> None:
    start = time.perf_counter()
    find_countries("ประเทศไทยอยู่ที่ไหน " * 50_000)
    assert time.perf_counter() - start < 1
