"""Words in native letters and in Latin ones meet in how they sound."""

from __future__ import annotations

import pytest
from components.features import heard
from components.sounds import bones, sounds
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("native", "typed"),
    [
        ("เงินเดือน", "ngern duean"),
        ("เงินเดือน", "ngoen deuan"),
        ("ເງິນເດືອນ", "ngern deuan"),
        ("ប្រាក់ខែ", "brak khae"),
        ("លច", "loch"),
        ("လစာ", "la sar"),
        ("သူဌေး", "thu htay"),
        ("工资", "gongzi"),
        ("护照", "huzhao"),
        ("護照", "huzhao"),
        ("hộ chiếu", "ho chieu"),
    ],
)
def test_native_and_latin_letters_have_the_same_bones(native: str, typed: str) -> None:
    assert bones(sounds(native)) == bones(sounds(typed)) != ""


@pytest.mark.parametrize("text", ["", " ", "😀👍🏽", "12345", "\ud800\x00", "?!"])
def test_what_has_no_sound_has_no_features(text: str) -> None:
    assert (sounds(text), heard(text)) == ("", [])


def test_of_a_megabyte_the_beginning_is_heard() -> None:
    assert heard("ប្រាក់" * 200_000) == heard(("ប្រាក់" * 200_000)[:1000])


@given(st.text(st.characters(exclude_categories=()), max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_has_a_sound_of_plain_letters(text: str) -> None:
    assert set(sounds(text)) <= set("abcdefghijklmnopqrstuvwxyzŋ ")
