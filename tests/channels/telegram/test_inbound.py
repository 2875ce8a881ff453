"""Telegram's updates, read; anything else is nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.inbound import hear
from bot.core.message import Channel, Inbound, Kind, Media

PERSON = {"id": 42, "is_bot": False, "first_name": "A", "language_code": "km"}
CHAT = {"id": 42, "type": "private"}


def message(**content: Any) -> dict[str, Any]:
    return {
        "update_id": 7,
        "message": {"message_id": 5, "date": 1_790_000_000, "chat": CHAT, "from": PERSON, **content},
    }


def read(payload: Any) -> Inbound | None:
    heard = hear(payload, lambda address: f"id-{address}")
    return heard.inbound if heard else None


def test_text_is_read() -> None:
    assert read(message(text="ជួយ")) == Inbound(
        "id-42", Channel.TELEGRAM, "7", 1_790_000_000_000, Kind.TEXT, "ជួយ", "km", "5"
    )


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("/start", Kind.COMMAND, "start"),
        ("/start km", Kind.COMMAND, "start km"),
        ("/person@helpline_bot", Kind.COMMAND, "person"),
        ("/DELETE", Kind.COMMAND, "delete"),
        ("/unknown", Kind.TEXT, "/unknown"),
        ("/passport_withheld{}", Kind.TEXT, "/passport_withheld{}"),
        ("x" * 5000, Kind.TEXT, "x" * 4096),
    ],
)
def test_commands_are_ours_or_words(text: str, kind: Kind, words: str) -> None:
    inbound = read(message(text=text))
    assert inbound is not None
    assert (inbound.kind, inbound.text) == (kind, words)


def test_media_is_read() -> None:
    sizes = [{"file_id": "s", "file_unique_id": "s", "width": 9, "height": 9}]
    photo = read(message(photo=[*sizes, {**sizes[0], "file_id": "big", "file_size": 99}], caption="look"))
    place = read(message(location={"latitude": 13.5, "longitude": 100.2}))
    voice = read(message(voice={"file_id": "v", "file_unique_id": "v", "duration": 3, "mime_type": "audio/ogg"}))
    assert photo is not None and (photo.kind, photo.text, photo.media) == (
        Kind.PHOTO,
        "look",
        Media("big", "image/jpeg", 99),
    )
    assert place is not None and place.media == Media(latitude=13.5, longitude=100.2)
    assert voice is not None and voice.kind is Kind.VOICE


def test_a_sticker_is_its_emoji_and_the_rest_is_unsupported() -> None:
    sticker = {
        "file_id": "s",
        "file_unique_id": "s",
        "width": 9,
        "height": 9,
        "type": "regular",
        "is_animated": False,
        "is_video": False,
    }
    assert (read(message(sticker={**sticker, "emoji": "😭"})) or Inbound).text == "😭"
    other = read(message(dice={"emoji": "🎲", "value": 3}))
    assert other is not None and other.kind is Kind.UNSUPPORTED


def test_an_edit_is_read() -> None:
    edited = {**message(text="new")["message"], "edit_date": 1_790_000_100}
    inbound = read({"update_id": 8, "edited_message": edited})
    assert inbound is not None
    assert (inbound.kind, inbound.text, inbound.at) == (Kind.EDITED, "new", 1_790_000_100_000)


def test_a_pressed_button_is_read_with_its_callback() -> None:
    query = {"id": "q1", "from": PERSON, "chat_instance": "x", "data": "command:person"}
    query["message"] = message(text="?")["message"]
    heard = hear({"update_id": 9, "callback_query": query}, str)
    assert heard is not None
    assert (heard.inbound.kind, heard.inbound.text, heard.callback, heard.address) == (
        Kind.BUTTON,
        "command:person",
        "q1",
        "42",
    )


@pytest.mark.parametrize(("status", "kind"), [("kicked", Kind.BLOCKED), ("member", Kind.UNBLOCKED)])
def test_blocking_is_heard(status: str, kind: Kind) -> None:
    bot = {"id": 1, "is_bot": True, "first_name": "B"}
    change = {
        "chat": CHAT, "from": PERSON, "date": 1_790_000_000, "old_chat_member": {"status": "member", "user": bot},
        "new_chat_member": {"status": status, "user": bot, "until_date": 0},
    }  # fmt: skip
    inbound = read({"update_id": 10, "my_chat_member": change})
    assert inbound is not None and inbound.kind is kind


@pytest.mark.parametrize(
    "payload",
    [
        None, 7, "x", [], {}, {"update_id": "x"}, {"update_id": 1}, {"update_id": 1, "message": None},
        {"update_id": 1, "message": {"text": "no chat"}}, {"update_id": 1, "poll": {}},
        {"update_id": 1, "message": {"message_id": 1, "date": "soon", "chat": CHAT, "text": "x"}},
        {"update_id": 1, "message": {"message_id": 1, "date": 10**30, "chat": CHAT, "text": "x"}},
    ],
)  # fmt: skip
def test_what_is_malformed_is_nothing(payload: Any) -> None:
    assert read(payload) is None


def test_a_group_is_not_heard() -> None:
    group = message(text="hello")
    group["message"]["chat"] = {"id": -5, "type": "group", "title": "G"}
    assert read(group) is None


KEYS = st.sampled_from(["update_id", "message", "chat", "id", "text", "date", "type", "from"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)


@given(JSON)
def test_nothing_hostile_raises(payload: Any) -> None:
    read(payload)
