"""The console's own sentences: found by Babel, translated with their context, never a reason for a broken page."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

from babel.messages.extract import extract_from_dir

from bot.console import app as console
from bot.console.texts import count_out, fill, speaker
from bot.i18n import Book

TEMPLATES = Path(console.__file__).parent / "templates"


class Thai(gettext.NullTranslations):
    """A catalog with one sentence of the console, and its namesake elsewhere."""

    def pgettext(self, context: str, message: str) -> str:
        """The sentence, or the English."""
        return {("console", "Close"): "ปิด", ("other", "Close"): "ใกล้"}.get((context, message), message)


def test_speaker_translates_in_its_context_and_falls_back_to_english() -> None:
    book = Book({"th": Thai()}, (), lambda ids, locale: "", {})
    assert [speaker(book, locale)("Close") for locale in ("th", "my")] == ["ปิด", "Close"]


def test_fill_survives_a_broken_translation() -> None:
    assert fill("asked {time} ago", time=5) == "asked 5 ago"
    for broken in ("asked {zeit} ago", "asked {", "asked {time.real} ago", "asked {} ago"):
        assert fill(broken, time=5) == broken


def test_count_out_tells_one_from_many() -> None:
    assert [count_out("One waits.", "{count} wait.", n) for n in (0, 1, 2)] == ["0 wait.", "One waits.", "2 wait."]


def test_every_sentence_is_found_whole() -> None:
    found = extract_from_dir(
        TEMPLATES,
        method_map=[("**.html", "jinja2")],
        options_map={"**.html": {"silent": "false"}},
        keywords={"_": None},
    )
    messages = [message for _, _, message, _, _ in found]
    marks = sum(len(re.findall(r"\b_\(", page.read_text())) for page in TEMPLATES.glob("*.html"))
    assert len(messages) == marks
    assert all(isinstance(message, str) for message in messages)
    assert "{count} people are waiting." in messages
