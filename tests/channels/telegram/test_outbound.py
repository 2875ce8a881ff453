"""What goes out fits Telegram, in every script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.outbound import keyboard, split
from bot.i18n import Rendered


@given(st.text(min_size=1, max_size=6000))
def test_every_part_fits_and_nothing_is_lost(text: str) -> None:
    parts = split(text)
    assert all(1 <= len(part.encode("utf-16-le", "surrogatepass")) // 2 <= 4096 for part in parts)
    assert "".join("".join(parts).split()) == ("".join(text.split()) or "…")


@pytest.mark.parametrize("mark", ["။ ", "។ ", "。", "\n\n", " "])
def test_a_long_text_is_cut_at_its_own_marks(mark: str) -> None:
    parts = split(("ក" * 30 + mark) * 200)
    assert len(parts) == 2
    assert parts[0].endswith(mark.strip() or "ក")


def test_emoji_count_twice() -> None:
    assert len(split("😀" * 4000)) == 2


def test_short_buttons_stand_two_in_a_row() -> None:
    board = keyboard(Rendered("x", tuple((name, f"language:{name}") for name in ("th", "vi", "km", "my", "lo"))))
    assert board is not None
    assert [len(row) for row in board.inline_keyboard] == [2, 2, 1]


def test_no_buttons_no_keyboard() -> None:
    assert keyboard(Rendered("x")) is None
