"""Wrong numbers in circulation stand nowhere in the repository but in the list that forbids them."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.directory_file import load_directory
from bot.core.entry import digits

ROOT = Path(__file__).parents[1]
DIRECTORY = ROOT / "nlu_data" / "directory.yml"
MISPRINTS = load_directory(DIRECTORY).misprints
# Not part of the repository: environments, caches, trained models.
OUTSIDE = {"node_modules", "__pycache__", "models"}
WITHIN = {".ci", ".github", ".devcontainer"}


def pattern(number: str) -> re.Pattern[str]:
    """A number in whatever spacing, but not inside a longer number or a hash."""
    spaced = r"[ \t\u00a0\u2010-\u2015().+/*_-]{0,3}".join(digits(number))
    return re.compile(rf"(?<![0-9A-Za-z]){spaced}(?![0-9A-Za-z])")


def plain(text: str) -> str:
    """The text with the digits of every script as 0-9."""
    return "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in text)


def texts() -> Iterator[tuple[Path, str]]:
    """Every text file on disk, committed or not, so that the test also runs where git is missing."""
    for folder, inner, files in os.walk(ROOT):
        inner[:] = [name for name in inner if name not in OUTSIDE and (name[0] != "." or name in WITHIN)]
        for name in files:
            path = Path(folder, name)
            raw = path.read_bytes() if path.is_file() else b"\0"
            if b"\0" not in raw[:8192]:
                yield path, raw.decode("utf-8", "replace")


def without_the_list(text: str) -> str:
    """The directory without its own list of misprints."""
    return re.sub(r"^misprints:\n(?:[ #-].*\n|\n)*", "", text, flags=re.MULTILINE)


def test_no_misprint_stands_anywhere() -> None:
    wrong = [(misprint.number, pattern(misprint.number)) for misprint in MISPRINTS]
    found = []
    for path, whole in texts():
        text = plain(without_the_list(whole) if path == DIRECTORY else whole)
        found += [f"{path.relative_to(ROOT)}: {number}" for number, sought in wrong if sought.search(text)]
    assert found == []


def test_the_walk_sees_the_directory_and_only_its_list_is_left_out() -> None:
    whole = dict(texts())[DIRECTORY]
    left = without_the_list(whole)
    assert "misprints:" not in left.splitlines()
    assert whole.count("\n  - {number:") == whole.count("instead:") == len(MISPRINTS)
    assert all(f"\n  {entry.id}:" in left for entry in load_directory(DIRECTORY).entries)


@pytest.mark.parametrize("misprint", MISPRINTS, ids=lambda misprint: misprint.instead)
def test_a_misprint_is_found_in_other_clothes(misprint: object) -> None:
    number = getattr(misprint, "number", "")
    bare = digits(number)
    thai = bare.translate({ord("0") + n: ord("๐") + n for n in range(10)})
    disguises = [number, bare, "-".join(bare), f"โทร{bare}ได้", f"({bare[:3]}) {bare[3:]}", thai]
    assert all(pattern(number).search(plain(text)) for text in disguises)
    assert not pattern(number).search(f"{bare}0 a{bare}")


def test_the_right_numbers_are_not_taken_for_wrong_ones() -> None:
    right = [number.number for entry in load_directory(DIRECTORY).entries for number in entry.numbers]
    assert not [one for one in right if any(pattern(wrong.number).search(one) for wrong in MISPRINTS)]
