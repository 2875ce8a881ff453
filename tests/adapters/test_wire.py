"""The stored form: round trips, old records, and clear refusals."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters import wire
from bot.core.errors import WireError
from bot.core.message import Author, Button, Channel, Deed, Gloss, Inbound, Kind, Line, Media, Note, Outbound
from bot.core.ports import Mail

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TIMES = st.integers(0, 2**53)
ARGS = st.dictionaries(TEXT, TEXT | st.integers(-(2**53), 2**53) | st.lists(TEXT, max_size=3).map(tuple), max_size=3)
MEDIA = st.none() | st.builds(Media, TEXT, TEXT, TIMES, st.floats(-90, 90), st.floats(-180, 180))
BUTTONS = st.lists(st.builds(Button, TEXT, TEXT, ARGS), max_size=3).map(tuple)
INBOUND = st.builds(
    Inbound, TEXT, st.sampled_from(Channel), TEXT, TIMES, st.sampled_from(Kind), TEXT, TEXT, TEXT, MEDIA
)
OUTBOUND = st.builds(
    Outbound, id=TEXT, conversation=TEXT, channel=st.sampled_from(Channel), at=TIMES, locale=TEXT,
    author=st.sampled_from(Author), deed=st.sampled_from(Deed), phrase=TEXT, variation=TEXT, args=ARGS, words=TEXT,
    buttons=BUTTONS, urgent=st.booleans(), line=TIMES,
)  # fmt: skip
GLOSS = st.none() | st.builds(Gloss, TEXT, st.floats(0, 1), TEXT, TEXT)
LINE = st.builds(
    Line, number=TIMES, at=TIMES, author=st.sampled_from(Author), kind=st.sampled_from(Kind), words=TEXT, phrase=TEXT,
    variation=TEXT, args=ARGS, buttons=BUTTONS, locale=TEXT, operator=TEXT, outbound=TEXT, gloss=GLOSS, media=MEDIA,
)  # fmt: skip
MAIL = st.builds(
    Mail, st.sampled_from(Author), TEXT, st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple), TEXT,
    st.sampled_from(Deed), TEXT,
)  # fmt: skip


@given(INBOUND)
def test_an_inbound_comes_back(inbound: Inbound) -> None:
    assert wire.inbound_in(wire.inbound_out(inbound)) == inbound


@given(OUTBOUND)
def test_an_outbound_comes_back(outbound: Outbound) -> None:
    assert wire.outbound_in(wire.outbound_out(outbound)) == outbound


@given(LINE)
def test_a_line_comes_back(line: Line) -> None:
    assert wire.line_in(wire.line_out(line)) == line


@given(MAIL)
def test_a_mail_comes_back(mail: Mail) -> None:
    assert wire.mail_in(wire.mail_out(mail)) == mail


@given(TIMES, TEXT, TEXT)
def test_a_note_comes_back(at: int, operator: str, words: str) -> None:
    assert wire.note_in(wire.note_out(Note(at, operator, words))) == Note(at, operator, words)


def test_a_record_of_the_first_version_is_still_read() -> None:
    old = (
        b'{"v":1,"k":"inbound","conversation":"c1","channel":"telegram","update":"7","at":1790000000000,'
        b'"kind":"text","text":"\xe1\x9e\x87\xe1\x9e\xbd\xe1\x9e\x99","hint":"km","message":"5"}'
    )
    assert wire.inbound_in(old) == Inbound("c1", Channel.TELEGRAM, "7", 1_790_000_000_000, Kind.TEXT, "ជួយ", "km", "5")


def test_a_field_of_a_later_version_is_ignored() -> None:
    later = json.loads(wire.note_out(Note(1, "dara", "x"))) | {"colour": "red"}
    assert wire.note_in(json.dumps(later).encode()) == Note(1, "dara", "x")


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]", b"null", b"\xff", b'{"v":1,"k":"outbound"}',
        b'{"v":99,"k":"inbound"}', b'{"v":1,"k":"inbound"}',
        b'{"v":1,"k":"inbound","conversation":"c","channel":"pigeon","update":"1","at":1,"kind":"text"}',
    ],
)  # fmt: skip
def test_a_malformed_record_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        wire.inbound_in(data)


@given(st.recursive(st.none() | st.integers() | TEXT, lambda x: st.lists(x) | st.dictionaries(TEXT, x), max_leaves=8))
def test_nothing_hostile_gets_through_as_another_error(value: Any) -> None:
    data = json.dumps({"v": 1, "k": "line", "number": 1, "at": 1, "author": "person", "args": value, "gloss": value})
    with contextlib.suppress(WireError):
        wire.line_in(data.encode())
