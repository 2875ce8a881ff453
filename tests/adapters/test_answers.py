"""The domain file, read once for answers, catalogs and rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters import catalogs
from bot.adapters.answers import Source, read_answers, read_sources
from bot.core.errors import CatalogError, ContentError
from bot.i18n import Answer

DOMAIN = """\
responses:
  utter_a:
    - text: General.
      metadata: {note: Calm and short., numbers: [labour]}
      buttons:
        - {title: "More", payload: /help_menu}
    - id: TH
      text: In Thailand.
      condition: [{type: slot, name: country, value: TH}]
      buttons:
        - {title: "More", payload: /help_menu}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "domain.yml"
    path.write_text(text)
    return path


def test_answers_are_read_by_variation(tmp_path: Path) -> None:
    assert read_answers(written(tmp_path, DOMAIN)) == [
        Answer("utter_a", "", "General.", ("labour",)),
        Answer("utter_a", "TH", "In Thailand."),
    ]


def test_texts_come_once_with_the_translators_note(tmp_path: Path) -> None:
    assert read_sources(written(tmp_path, DOMAIN)) == [
        Source("utter_a", "General.", "Calm and short."),
        Source("button", "More"),
        Source("utter_a/TH", "In Thailand."),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (DOMAIN.replace("text: General.", "txt: General."), ":3:"),
        (DOMAIN.replace("text: General.", "text: ''"), ":3:"),
        (DOMAIN.replace('title: "More", payload', "payload", 1), ":3:"),
        ("answers: {}", ":1:"),
        (DOMAIN + "  - [", ":12:"),
    ],
)
def test_a_broken_file_is_named_with_its_line(tmp_path: Path, text: str, line: str) -> None:
    with pytest.raises(ContentError, match=f"domain.yml{line}"):
        read_sources(written(tmp_path, text))


@pytest.mark.parametrize("content", [b"rubbish here\n", b"\xff\xfe", b'msgid "a"\nmsgid_plural "b"\nmsgstr[x] "c"\n'])
def test_a_broken_catalog_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "messages.po"
    path.write_bytes(b'msgid ""\nmsgstr ""\n' + content)
    with pytest.raises(CatalogError, match="restore it from git"):
        catalogs._read(path, "km")
