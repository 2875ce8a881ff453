"""Zawgyi is found and converted; Unicode, Shan and Mon are left alone."""

from __future__ import annotations

import unicodedata

import pytest
from components.marks import order_burmese
from components.zawgyi import is_zawgyi, repair, unicode_to_zawgyi, zawgyi_to_unicode
from hypothesis import given, settings
from hypothesis import strategies as st

AMBIGUOUS = "လခ မေပးဘူး"  # six letters that are also spelt right in Unicode
PAIRS = [
    ("ျမန္မာ", "မြန်မာ"),
    ("ေက်ာင္းသား", "ကျောင်းသား"),
    ("ႏိုင္ငံ", "နိုင်ငံ"),
    ("ကြၽန္ေတာ္", "ကျွန်တော်"),
    ("အလုပ္ရွင္", "အလုပ်ရှင်"),
    (AMBIGUOUS, "လခ မပေးဘူး"),
    ("အဂၤလိပ္", "အင်္ဂလိပ်"),
    ("ဝန္ႀကီး", "ဝန်ကြီး"),
    ("ပစၥည္း", "ပစ္စည်း"),
]
SENTENCES = [
    "အလုပ်ရှင်က ကျွန်တော့်ရဲ့ ပတ်စပို့ကို သိမ်းထားတယ်",
    "ကျွန်မ အိမ်ပြန်ချင်ပါတယ် ကူညီပေးပါ",
    "လစာ မရတာ သုံးလရှိပြီ",
    "သူတို့က ကျွန်တော်တို့ကို အပြင်ထွက်ခွင့်မပေးဘူး",
]


@pytest.mark.parametrize(("zawgyi", "expected"), PAIRS)
def test_zawgyi_is_converted(zawgyi: str, expected: str) -> None:
    assert unicodedata.normalize("NFC", zawgyi_to_unicode(zawgyi)) == unicodedata.normalize("NFC", expected)


@pytest.mark.parametrize("zawgyi", [zawgyi for zawgyi, _ in PAIRS if zawgyi != AMBIGUOUS])
def test_zawgyi_is_found_in_short_texts_that_prove_it(zawgyi: str) -> None:
    assert is_zawgyi(zawgyi)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_sentences_survive_the_way_to_zawgyi_and_back(sentence: str) -> None:
    zawgyi = unicode_to_zawgyi(sentence)
    assert zawgyi != sentence
    assert is_zawgyi(zawgyi)
    expected = unicodedata.normalize("NFC", order_burmese(sentence))
    assert unicodedata.normalize("NFC", repair(zawgyi)) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        *SENTENCES,
        "ဟုတ်",
        "မသိ",
        "နေ",
        "hello",
        "",
        "ၵဵဝ်ႇၵပ်းလွင်ႈၼႆႉ ၸုမ်းတူင်ႇဝူင်း",
        "မိူင်းတႆး",
        "ဘာသာမန် ဍုၚ်မန်",
        "ကညီကျိာ်",
    ],
)
def test_unicode_and_other_languages_are_left_alone(sentence: str) -> None:
    assert not is_zawgyi(sentence)
    assert repair(sentence) == sentence


def test_short_text_that_may_be_either_is_left_alone() -> None:
    assert repair(AMBIGUOUS) == AMBIGUOUS


def test_a_message_of_both_encodings_is_repaired_word_by_word() -> None:
    assert repair("ယောက်ျား ျမန္မာျပည္") == "ယောက်ျား မြန်မာပြည်"


@given(st.text(st.characters(min_codepoint=0x1000, max_codepoint=0x109F), max_size=60))
@settings(max_examples=300, deadline=None)
def test_conversion_never_raises(text: str) -> None:
    assert isinstance(repair(text) + zawgyi_to_unicode(text) + unicode_to_zawgyi(text), str)
