"""What the page may say, and how everything else is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.inbound import MAX_BODY, Heard, Refusal, hear, spoken
from bot.core.message import MAX_TEXT, Channel, Inbound, Kind

ID = "0b6a3a52-6f64-4b7f-9f0e-0d7b0f3b9a11"
NOON = 1_790_000_000_000


# Any: whatever JSON can say.
def body(**fields: Any) -> bytes:
    """A message of the page, with fields changed."""
    return json.dumps({"id": ID, "kind": "text", "text": "hello"} | fields).encode()


def read(raw: bytes, languages: str = "", conversation: str = "c1") -> Heard | Refusal:
    """Hear it."""
    return hear(raw, conversation, NOON, languages)


def inbound(raw: bytes, languages: str = "") -> Inbound:
    """Hear it as an inbound."""
    heard = read(raw, languages)
    assert isinstance(heard, Heard)
    return heard.inbound


def test_text_becomes_an_inbound() -> None:
    found = inbound(body(text=" សួស្តី "), "km-KH")
    assert found == Inbound("c1", Channel.WEB, found.update, NOON, Kind.TEXT, "សួស្តី", hint="km-KH", message=ID)


def test_the_same_id_is_the_same_update_within_a_conversation_only() -> None:
    first, again, elsewhere = read(body()), read(body(text="b")), read(body(), conversation="c2")
    assert isinstance(first, Heard) and isinstance(again, Heard) and isinstance(elsewhere, Heard)
    assert first.inbound.update == again.inbound.update != elsewhere.inbound.update


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        ("/person", Kind.COMMAND, "person"),
        ("/START km", Kind.COMMAND, "start km"),
        ("/cancel", Kind.COMMAND, "cancel"),
        ("/unknown", Kind.TEXT, "/unknown"),
        ("/", Kind.TEXT, "/"),
        ("and/or", Kind.TEXT, "and/or"),
        ("a\x00b\x1b[31m\n\tc\x85", Kind.TEXT, "ab[31m\n\tc"),
        ("😀", Kind.TEXT, "😀"),
    ],
)
def test_typed_text_is_a_command_where_it_names_one(said: str, kind: Kind, text: str) -> None:
    found = inbound(body(text=said))
    assert (found.kind, found.text) == (kind, text)


def test_a_button_brings_its_data_and_shows_its_title() -> None:
    heard = read(body(kind="button", text="intent:inform_country:TH", title="ไทย"))
    assert isinstance(heard, Heard)
    assert (heard.inbound.kind, heard.inbound.text, heard.shown) == (Kind.BUTTON, "intent:inform_country:TH", "ไทย")


@pytest.mark.parametrize("name", ["start", "language", "help", "person", "delete", "stop", "cancel"])
def test_every_command_is_heard(name: str) -> None:
    assert inbound(body(kind="command", text=name)).text == name


@pytest.mark.parametrize(
    ("raw", "code", "status"),
    [
        (b"", "malformed", 400),
        (b"{", "malformed", 400),
        (b"[]", "malformed", 400),
        (b"null", "malformed", 400),
        (b"\xff\xfe{}", "malformed", 400),
        (b"[" * 60_000, "malformed", 400),
        (b'{"a":' * 10_000, "malformed", 400),
        (b'{"id": ' + b"9" * 10_000 + b"}", "malformed", 400),
        (b" " * (MAX_BODY + 1), "too_large", 413),
        (body(id=None), "bad_id", 400),
        (body(id=7), "bad_id", 400),
        (body(id="x" * 36), "bad_id", 400),
        (body(id=f"{{{ID[1:-1]}}}"), "bad_id", 400),
        (body(kind="photo"), "bad_kind", 400),
        (body(kind=["text"]), "bad_kind", 400),
        (body(text=7), "malformed", 400),
        (body(text={"a": 1}), "malformed", 400),
        (body(text=None), "malformed", 400),
        (body(title=[]), "malformed", 400),
        (body(text="\ud800"), "bad_text", 400),
        (body(kind="button", text="a", title="\udfff"), "bad_text", 400),
        (body(text=" \n\x00 "), "empty", 400),
        (body(text="a" * (MAX_TEXT + 1)), "too_long", 413),
        (body(kind="button", text=""), "bad_button", 400),
        (body(kind="button", text="ក" * 22), "bad_button", 400),
        (body(kind="command", text="reboot"), "unknown_command", 400),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_code(raw: bytes, code: str, status: int) -> None:
    assert read(raw) == Refusal(code, status)


def test_the_longest_text_fits_however_it_is_escaped() -> None:
    raw = body(text="😀" * MAX_TEXT)
    assert raw.count(b"\\u") == 2 * MAX_TEXT
    assert len(inbound(raw).text) == MAX_TEXT


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("km-KH,km;q=0.9,en;q=0.8", "km-KH"),
        ("fr-FR, lo;q=0.5, my;q=0.7", "my"),
        ("zh-TW", "zh-TW"),
        ("th;q=0, vi;q=0.1", "vi"),
        ("th;q=x, th;q=9, th;level=1, vi;q=0.1", "vi"),
        ("*", ""),
        ("", ""),
        (",;,;q=", ""),
    ],
)
def test_the_hint_is_the_first_tag_we_speak(header: str, tag: str) -> None:
    assert spoken(header) == tag


def test_the_language_of_the_page_goes_before_the_browser_s() -> None:
    assert inbound(body(locale="zh_Hant"), "km").hint == "zh_Hant"
    assert inbound(body(locale="xx"), "km").hint == "km"
    assert inbound(body(locale=7), "km").hint == "km"


@given(st.binary(max_size=300), st.text(max_size=100))
def test_no_bytes_are_an_exception(raw: bytes, languages: str) -> None:
    assert isinstance(read(raw, languages), Refusal)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.fixed_dictionaries({}, optional={name: JSON for name in ("id", "kind", "text", "title", "locale")}))
def test_no_json_is_an_exception_and_what_is_heard_can_be_stored(fields: dict[str, Any]) -> None:
    heard = read(json.dumps({"id": ID, "kind": "text"} | fields).encode())
    if isinstance(heard, Heard):
        assert heard.inbound.text.encode()
        assert len(heard.inbound.text) <= MAX_TEXT
