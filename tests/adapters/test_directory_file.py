"""The file of the directory: read as text, refused by line; and the one the product ships."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.checked_file import MAX_BYTES
from bot.adapters.directory_file import load_directory, names
from bot.core.entry import KINDS, digits
from bot.core.errors import ContentError

SHIPPED = Path(__file__).parents[2] / "nlu_data" / "directory.yml"
SMALL = """\
defaults: {checked: 2026-11-01, valid_months: 6}
entries:
  th-line:
    country: TH
    kinds: [ngo]
    name: Helpline
    own: {th: ศูนย์}
    numbers:
      - {number: 0800 1300, label: by day}
    confidence: B
    sources: [S]
    note: A note.
sources:
  S: {page: example.org/page}
misprints:
  - {number: 555 0100, instead: th-line, why: a digit off}
"""


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "directory.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_an_unquoted_number_keeps_its_zeros(tmp_path: Path) -> None:
    directory = load_directory(write(tmp_path, SMALL))
    assert directory.entries[0].numbers[0].number == "0800 1300"


def test_names_for_the_extractor_carry_line_and_note(tmp_path: Path) -> None:
    assert names(write(tmp_path, SMALL)) == [
        (6, "Helpline", "Name of a line to call in TH. Its own name, th: ศูนย์. A note."),
        (9, "by day", "Stands behind a number of: Helpline."),
    ]


BROKEN = [
    ("country: TH", "country: UK", 4),  # CLDR knows it under another code
    ("country: TH", "country: QX", 4),
    ("kinds: [ngo]", "kinds: [ngo, rescue]", 5),
    ("name: Helpline", "name: Helpline\n    name: Other", 7),
    ("name: Helpline", "name: &a Helpline\n    note: *a", 6),
    ("name: Helpline", "name: !!python/name:os.system", 6),
    ("name: Helpline", "name: !!int 5", 6),
    ("name: Helpline", "? [a, b]\n    : c", 6),
    ("name: Helpline", "name: 'Helpline", 17),
    ("name: Helpline", "name: \tHelp\x01line", 6),
    ("label: by day", "label: day 1", 9),
    ("number: 0800 1300", "number: 5550-100", 9),
    ("confidence: B", "confidence: C", 10),
    ("sources: [S]", "sources: [T]", 11),
    ("instead: th-line", "instead: gone", 16),
    ("note: A note.", "notes: A note.", 12),
]


@pytest.mark.parametrize(("old", "new", "line"), BROKEN)
def test_what_is_broken_is_refused_at_its_line(tmp_path: Path, old: str, new: str, line: int) -> None:
    path = write(tmp_path, SMALL.replace(old, new, 1))
    with pytest.raises(ContentError, match=rf"^{re.escape(str(path))}:{line}: "):
        load_directory(path)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", 1),
        (b"# nothing\n", 1),
        (b"a: b\n---\nc: d\n", 2),
        (b"a: 1\nb: \xff\n", 2),
        (b"[" * 5000, 1),
        (b'a: "\\UFFFFFFFF"\n', 1),
        (b"a: &a [*a]\n", 1),
        (b"a" * (MAX_BYTES + 1), 1),
    ],
)
def test_a_hostile_file_is_refused(tmp_path: Path, content: bytes, line: int) -> None:
    path = write(tmp_path, content)
    with pytest.raises(ContentError, match=rf"^{re.escape(str(path))}:{line}: "):
        load_directory(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="cannot be opened"):
        load_directory(tmp_path / "directory.yml")


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_is_read_or_refused_by_line(tmp_path: Path, data: st.DataObject) -> None:
    raw = SMALL.encode()
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 40)))
    junk = data.draw(st.binary(max_size=12) | st.text("[]{}:,&*!|>'\"%@`#-? \n\t\\0aU", max_size=12).map(str.encode))
    path = write(tmp_path, raw[:start] + junk + raw[end:])
    try:
        load_directory(path)
    except ContentError as exc:
        assert re.match(rf"{re.escape(str(path))}:[1-9]\d*: .", str(exc))


def test_the_shipped_directory_is_sound() -> None:
    directory = load_directory(SHIPPED)
    assert {kind for entry in directory.entries for kind in entry.kinds} == set(KINDS)
    assert all(entry.confidence in "AB" for entry in directory.entries)
    assert len(names(SHIPPED)) >= len(directory.entries)


def test_no_shipped_number_is_a_misprint() -> None:
    directory = load_directory(SHIPPED)
    said = {digits(number.number) for entry in directory.entries for number in entry.numbers}
    assert said.isdisjoint(digits(misprint.number) for misprint in directory.misprints)


@pytest.mark.parametrize(
    ("kinds", "country", "language", "picked"),
    [
        (("emergency", "trafficking"), "TH", "my", ("th-police", "th-issara-burmese")),
        (("emergency", "trafficking"), "MM", "th", ("th-thais-abroad",)),
        (("emergency", "trafficking"), "LA", "lo", ()),
        (("trafficking", "labour"), "TW", "vi", ("tw-migrant-workers", "tw-taipei-foreign-workers")),
        (("consular",), "JP", "zh_Hans", ("cn-consular",)),
        (("emergency",), "DE", "vi", ("eu-emergency",)),
        (("seafarers",), "", "km", ("world-seafarerhelp",)),
    ],
)
def test_people_are_given_the_line_that_fits(
    kinds: tuple[str, ...], country: str, language: str, picked: tuple[str, ...]
) -> None:
    assert load_directory(SHIPPED).pick(kinds, country, language, 1_793_600_000_000, 2) == picked
