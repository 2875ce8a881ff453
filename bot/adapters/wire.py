"""The stored form of the nouns: JSON with a version number; every process of every version reads it.

A field this version does not know is ignored, one that is missing takes its default, so that a rolling
update can read both ways; anything else is a WireError.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from bot.core.errors import WireError
from bot.core.message import (
    Arg,
    Author,
    Button,
    Channel,
    Deed,
    Gloss,
    Inbound,
    Kind,
    Line,
    Media,
    Note,
    Outbound,
)
from bot.core.ports import Mail

VERSION = 1

# Any: the values of decoded JSON.
Fields = dict[str, Any]


def _pack(kind: str, fields: Fields) -> bytes:
    return json.dumps({"v": VERSION, "k": kind, **fields}, ensure_ascii=False, separators=(",", ":")).encode()


def _unpack(kind: str, data: bytes) -> Fields:
    try:
        fields = json.loads(data)
    except ValueError as exc:
        raise WireError(f"stored {kind} is not JSON") from exc
    if not isinstance(fields, dict) or fields.get("k") != kind:
        raise WireError(f"stored record is not a {kind}")
    if fields.get("v") != VERSION:
        raise WireError(f"stored {kind} has version {fields.get('v')!r}, this product reads {VERSION}")
    return fields


def _plain(value: Any) -> Any:
    """Turn a noun into JSON values, leaving out what is at its default."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        told = ((f.name, getattr(value, f.name), f.default) for f in dataclasses.fields(value))
        return {name: _plain(item) for name, item, default in told if item != default and item is not None}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _known(cls: type, fields: Fields) -> Fields:
    """The fields a noun of this version has."""
    names = {f.name for f in dataclasses.fields(cls)}
    return {name: value for name, value in fields.items() if name in names}


def args_from(fields: Mapping[str, Any]) -> dict[str, Arg]:
    """Arguments of a phrase from JSON: lists become tuples."""
    return {name: tuple(map(str, v)) if isinstance(v, list) else v for name, v in fields.items()}


def _button(fields: Fields) -> Button:
    return Button(fields["title"], fields["data"], args_from(fields.get("args", {})))


def _rich(fields: Fields) -> Fields:
    """Give enums, nested nouns and tuples back their types."""
    readers: dict[str, Any] = {
        "channel": Channel,
        "kind": Kind,
        "author": Author,
        "deed": Deed,
        "args": args_from,
        "buttons": lambda items: tuple(_button(item) for item in items),
        "gloss": lambda item: Gloss(**_known(Gloss, item)),
        "media": lambda item: Media(**_known(Media, item)),
    }
    return {name: readers[name](value) if name in readers else value for name, value in fields.items()}


def _read[T](cls: type[T], kind: str, data: bytes) -> T:
    fields = _unpack(kind, data)
    try:
        return cls(**_rich(_known(cls, fields)))
    except (TypeError, ValueError, KeyError, AttributeError) as exc:
        raise WireError(f"stored {kind} is malformed: {type(exc).__name__}") from exc


def inbound_out(inbound: Inbound) -> bytes:
    """Write an Inbound."""
    return _pack("inbound", _plain(inbound))


def inbound_in(data: bytes) -> Inbound:
    """Read an Inbound; raises WireError."""
    return _read(Inbound, "inbound", data)


def outbound_out(outbound: Outbound) -> bytes:
    """Write an Outbound."""
    return _pack("outbound", _plain(outbound))


def outbound_in(data: bytes) -> Outbound:
    """Read an Outbound; raises WireError."""
    return _read(Outbound, "outbound", data)


def line_out(line: Line) -> bytes:
    """Write a transcript line."""
    return _pack("line", _plain(line))


def line_in(data: bytes) -> Line:
    """Read a transcript line; raises WireError."""
    return _read(Line, "line", data)


def media_out(media: Media) -> bytes:
    """Write a Media."""
    return _pack("media", _plain(media))


def media_in(data: bytes) -> Media:
    """Read a Media; raises WireError."""
    return _read(Media, "media", data)


def note_out(note: Note) -> bytes:
    """Write a note."""
    return _pack("note", _plain(note))


def note_in(data: bytes) -> Note:
    """Read a note; raises WireError."""
    return _read(Note, "note", data)


def mail_out(mail: Mail) -> bytes:
    """Write a mail."""
    return _pack("mail", _plain(mail))


def mail_in(data: bytes) -> Mail:
    """Read a mail; raises WireError."""
    fields = _unpack("mail", data)
    buttons = tuple((str(title), str(press)) for title, press in fields.get("buttons", []))
    try:
        return Mail(**{**_rich(_known(Mail, {**fields, "buttons": []})), "buttons": buttons})
    except (TypeError, ValueError, KeyError) as exc:
        raise WireError(f"stored mail is malformed: {type(exc).__name__}") from exc
