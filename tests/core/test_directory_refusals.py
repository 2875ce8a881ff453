"""What is wrong with the directory is refused with file and line, whatever it is."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.checked import Path
from bot.core.directory import parse
from bot.core.errors import ContentError
from tests.core.test_directory import RICH, Plain, content, directory, entry, line_of

BAD: list[tuple[Plain, str]] = [
    ({"country": "uk"}, "country"),
    ({"kinds": ["police", "police"]}, "twice"),
    ({"kinds": ["rescue"]}, "must be one of"),
    ({"kinds": []}, "1 to 20"),
    ({"name": "Call 1300"}, "without digits"),
    ({"name": "Call ๑๓๐๐"}, "without digits"),
    ({"own": {"th": "สายด่วน ๑"}}, "without digits"),
    ({"own": {"Thai": "สายด่วน"}}, "zh_Hant"),
    ({"numbers": [{"number": 1300}]}, "in quotes"),
    ({"numbers": [{"number": "1300 "}]}, "without space"),
    ({"numbers": [{"number": "๑๓๐๐"}]}, "exactly as its source"),
    ({"numbers": [{"number": "13\u202e00"}]}, "cannot be seen"),
    ({"numbers": [{"number": "call me"}]}, "exactly as its source"),
    ({"numbers": [{"number": "5550-100"}]}, "misprints"),
    ({"numbers": [{"number": "1300"}, {"number": "13 00"}]}, "second time"),
    ({"numbers": [{"number": "1300", "via": "pigeon"}]}, "must be one of"),
    ({"numbers": [{"number": "nobody", "via": "email"}]}, "email"),
    ({"numbers": []}, "1 to 6"),
    ({"confidence": "C"}, "one of: A, B"),
    ({"sources": ["T"]}, "no source has the key T"),
    ({"hours": "sometimes"}, "always"),
    ({"hours": {"zone": "Asia/Atlantis", "open": ["Mon 09:00-17:00"]}}, "no time zone"),
    ({"hours": {"zone": "Asia/Tokyo", "open": ["Mon 22:00-02:00"]}}, "over midnight as two"),
    ({"hours": {"zone": "Asia/Tokyo", "open": ["Monday 9-17"]}}, "days and times"),
    ({"hours": {"zone": "Asia/Tokyo", "open": ["Mon 09:60-17:00"]}}, "must end after"),
    ({"checked": "2026-02-30"}, "calendar"),
    ({"valid_until": "2026-11-01"}, "after `checked`"),
    ({"valid_until": "2062-05-01"}, "two years"),
    ({"nationals": "TH"}, "kind consular"),
    ({"country": "EU", "hours": {"zone": "Asia/Tokyo", "open": ["Mon 09:00-17:00"]}}, "more than one country"),
    ({"phone": "1300"}, "is not known here"),
]


@pytest.mark.parametrize(("change", "why"), BAD)
def test_a_bad_entry_is_refused_by_file_and_line(change: Plain, why: str) -> None:
    with pytest.raises(ContentError, match=r"^directory\.yml:\d+: entries\.th.*") as refused:
        directory(th=entry("TH", ["ngo"], "1300") | change)
    assert why in str(refused.value)


@pytest.mark.parametrize("key", ["country", "kinds", "name", "numbers", "confidence", "sources"])
def test_an_entry_without_what_it_needs_is_refused(key: str) -> None:
    item = entry("TH", ["ngo"], "1300")
    del item[key]
    with pytest.raises(ContentError, match=rf"^directory\.yml:3: entries\.th: {key} is missing$"):
        directory(th=item)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=4),
    max_leaves=8,
)


def places(value: object, path: Path = ()) -> list[Path]:
    """Every place in plain data."""
    found = [path]
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        found += places(item, (*path, key))
    return found


def put(data: Plain, path: Path, junk: object) -> object:
    """The data with something else in one place."""
    if not path:
        return junk
    whole: Any = copy.deepcopy(data)
    inner = whole
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = junk
    return whole


@settings(max_examples=300)
@given(st.sampled_from(places(content({"th": RICH}))), JUNK)
def test_whatever_stands_in_a_place_it_is_read_or_refused_by_line(path: Path, junk: object) -> None:
    try:
        parse(put(content({"th": RICH}), path, junk), line_of)
    except ContentError as exc:
        assert str(exc).startswith("directory.yml:")


@settings(max_examples=200)
@given(JUNK)
def test_junk_is_refused_by_line(junk: object) -> None:
    with pytest.raises(ContentError, match=r"^directory\.yml:\d+: "):
        parse(junk, line_of)
