"""Chosen, else detected, else the channel's hint, else the default."""

from __future__ import annotations

import pytest

from bot.core.language import LOCALES, guess_by_script, pick_locale, read_tag, speech


@pytest.mark.parametrize(
    ("chosen", "detected", "hint", "locale"),
    [
        ("km", "th", "vi", "km"),
        ("", "th", "vi", "th"),
        ("", "", "vi-VN", "vi"),
        ("", "", "fr", "en"),
        ("xx", "", "", "en"),
        ("", "", "zh-TW", "zh_Hant"),
        ("", "", "zh-hant-hk", "zh_Hant"),
        ("", "", "zh-CN", "zh_Hans"),
        ("", "", "zh", "zh_Hans"),
    ],
)
def test_locale_is_picked_in_order(chosen: str, detected: str, hint: str, locale: str) -> None:
    assert pick_locale(chosen, detected, hint) == locale


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("ช่วยด้วย", "th"), ("ຊ່ວຍແດ່", "lo"), ("ကူညီပါ", "my"), ("ជួយផង", "km"), ("救命", "zh_Hans"),
        ("help me", ""), ("😀", ""), ("", ""), ("ok ជួយ", "km"), ("\ud800", ""),
    ],
)  # fmt: skip
def test_script_names_its_language(text: str, locale: str) -> None:
    assert guess_by_script(text) == locale


def test_both_chinese_scripts_are_one_spoken_language() -> None:
    assert {speech(locale) for locale in LOCALES} == {"th", "vi", "km", "my", "lo", "zh", "en"}


def test_a_tag_we_do_not_speak_is_nothing() -> None:
    assert read_tag("") == read_tag("de-DE") == ""
