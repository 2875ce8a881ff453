"""The file with the desk's hours."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.hours_file import load_hours
from bot.core.errors import ContentError

GOOD = """\
languages:
  km:
    zone: Asia/Phnom_Penh
    open: [Mon-Fri 09:00-12:00]
    closed: [2026-11-25]
"""


def test_hours_are_read(tmp_path: Path) -> None:
    path = tmp_path / "hours.yml"
    path.write_text(GOOD)
    rota = load_hours(path).rotas["km"]
    assert (rota.zone, len(rota.spans), [day.isoformat() for day in rota.closed]) == (
        "Asia/Phnom_Penh",
        1,
        ["2026-11-25"],
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (GOOD.replace("09:00-12:00", "9-12"), 4),
        (GOOD.replace("2026-11-25", "25 November"), 5),
        (GOOD.replace("km:", "tlh:"), 2),
        ("languages: [", 1),
        ("", 1),
    ],
)
def test_a_bad_entry_is_refused_by_file_and_line(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "hours.yml"
    path.write_text(text)
    with pytest.raises(ContentError, match=rf"hours\.yml:{line}:"):
        load_hours(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="cannot be opened"):
        load_hours(tmp_path / "none.yml")
