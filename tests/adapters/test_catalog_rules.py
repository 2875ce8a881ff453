"""What is refused in a translation, rule by rule, and what is not."""

from __future__ import annotations

import pytest

from bot.adapters.catalog_rules import LONGEST_MESSAGE, LONGEST_STRETCH, wrong

KHMER = "ខ្ញុំជួយអ្នកបាន"


@pytest.mark.parametrize(
    ("locale", "context", "english", "text", "why"),
    [
        ("km", "welcome", "I can help.", "", "not translated"),
        ("km", "welcome", "In {days} days.", KHMER, "placeholders"),
        ("km", "welcome", "In {days} days.", f"{KHMER} {{days}} {{hours}}", "placeholders"),
        ("km", "welcome", "I can help.", f"{KHMER} {{", "a brace"),
        ("km", "welcome", "Call.", f"{KHMER} 1300", "digits"),
        ("km", "welcome", "Call.", f"{KHMER} ១៣០០", "digits"),
        ("km", "welcome", "I can help.", "I can help.", "script"),
        ("lo", "welcome", "I can help.", KHMER, "script"),
        ("km", "utter_x", "One.\n\nTwo.", KHMER, "1 messages"),
        ("km", "utter_x", "One.", f"{KHMER} " * (LONGEST_MESSAGE // 10), "too long"),
        ("km", "button", "Yes", f"{KHMER} " * 20, "too long"),
        ("lo", "welcome", "I can help.", "ກ" * (LONGEST_STRETCH + 1), "place to break"),
        ("km", "utter_x", "One.", "ការជួញដូរមនុស្ស", "locked telephone"),
        ("th", "utter_x", "One.\n\nTwo.", "หนึ่ง\n\nตำรวจมา", "locked telephone"),
        ("vi", "welcome", "I can help.", "Nạn nhân có thể hỏi.", "locked telephone"),
        ("zh_Hant", "welcome", "I can help.", "警察可以幫你。", "locked telephone"),
    ],
)
def test_it_is_refused(locale: str, context: str, english: str, text: str, why: str) -> None:
    assert why in " ".join(wrong(locale, context, english, text))


@pytest.mark.parametrize(
    ("locale", "context", "english", "text"),
    [
        ("km", "welcome", "I can help.", KHMER),
        ("km", "utter_x", "One {numbers}.\n\nTwo.", f"{KHMER} {{numbers}}\n\n{KHMER}"),
        ("lo", "welcome", "I can help.", "ກ" * LONGEST_STRETCH + "\u200b" + "ກ" * LONGEST_STRETCH),
        ("th", "welcome", "I can help.", "ก" * (LONGEST_STRETCH + 1)),  # Thai is broken by every client we know
        ("zh_Hans", "intent.warning_signs", "Signs", "剥削的迹象"),  # a button; no notification shows it
        ("km", "utter_x", "One.", f"{KHMER} {KHMER} {KHMER} {KHMER} {KHMER}។\nការជួញដូរ"),  # late, beyond what shows
        ("vi", "console", "Police", "Công an 113"),  # the desk's own
        ("en", "welcome", "Call 12.", "Call 12."),
        ("km", "language.name", "{locale}", "{locale}"),
    ],
)
def test_it_is_fine(locale: str, context: str, english: str, text: str) -> None:
    assert list(wrong(locale, context, english, text)) == []
