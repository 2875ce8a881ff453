"""Button data, read."""

from __future__ import annotations

import pytest

from bot.core.conversation import ERASE, LANGUAGE, MENU, PERSON, language_buttons
from bot.core.intents import INTENTS
from bot.core.message import Press, PressKind, read_press


@pytest.mark.parametrize(
    ("data", "press"),
    [
        ("intent:ask_hotline", Press(PressKind.INTENT, "ask_hotline")),
        ("intent:inform_country:TH", Press(PressKind.INTENT, "inform_country", "TH")),
        ("command:person", Press(PressKind.COMMAND, "person")),
        ("language:zh_Hant", Press(PressKind.LANGUAGE, "zh_Hant")),
    ],
)
def test_press_is_read(data: str, press: Press) -> None:
    assert read_press(data) == press


@pytest.mark.parametrize(
    "data", ["", ":", "intent", "intent:", "intent:a:", "other:x", "intent:a b", "intent:ក", "a:b:c:d"]
)
def test_press_of_anything_else_is_none(data: str) -> None:
    assert read_press(data) is None


def test_every_button_fits_telegram() -> None:
    buttons = (PERSON, MENU, LANGUAGE, ERASE, *language_buttons())
    data = [button.data for button in buttons] + [f"intent:{name}" for name in INTENTS]
    assert max(len(item.encode()) for item in data) <= 64
    assert all(read_press(item) for item in data)
