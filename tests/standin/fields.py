"""Why: every request is read against the published table, so a misspelt or invented field fails in a test."""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .limits import Json, RefusalError, bad

TABLE: Json = json.loads(Path(__file__).with_name("methods.json").read_text(encoding="utf-8"))

# Accepted by Telegram, without an equivalent here: refused aloud rather than ignored in silence.
NOT_CARRIED = frozenset(
    [
        "business_connection_id",
        "message_thread_id",
        "direct_messages_topic_id",
        "suggested_post_parameters",
        "rich_message",
        "inline_message_id",
        "allow_paid_broadcast",
        "certificate",
    ]
)
MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
}


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    mime_type: str
    content: bytes


class _WrongError(Exception):
    """A value that is not of its declared type; says where."""


def read_params(method: str, raw: Json) -> Json:
    """Turns a decoded JSON body, or a form whose values are all strings, into checked values."""
    facts: Json = TABLE["methods"][method]
    given = _attached(raw)
    for name in given:
        if name not in facts:
            raise bad(f'stand-in: "{name}" is no field of {method}')
        if name in NOT_CARRIED:
            raise bad(f'stand-in: "{name}" is not carried here')
    for name, fact in facts.items():
        if fact["required"] and given.get(name) in (None, "") and name != "url":
            raise bad(MISSING.get(name, f'stand-in: "{name}" is required'))
    try:
        return {name: _first_fit(facts[name]["types"], value, name, True) for name, value in given.items()}
    except _WrongError as wrong:
        raise bad(f"stand-in: can't parse {wrong}") from None


def _attached(raw: Json) -> Json:
    """A field may name another part of the same multipart body: attach://<part>."""
    uploads = {name: value for name, value in raw.items() if isinstance(value, Upload)}
    links = {n: v[len("attach://") :] for n, v in raw.items() if isinstance(v, str) and v.startswith("attach://")}
    named = {name: uploads[part] for name, part in links.items() if part in uploads}
    return {name: value for name, value in raw.items() if name not in links.values()} | named


def _first_fit(kinds: list[str], value: object, where: str, loose: bool) -> object:
    problem = _WrongError(where)
    for kind in kinds:
        try:
            return _convert(kind, _decode(kind, value, where) if loose else value, where)
        except _WrongError as wrong:
            problem = wrong
    raise problem


def _decode(kind: str, value: object, where: str) -> object:
    """Forms carry numbers, truth values and objects as JSON text."""
    if not isinstance(value, str) or kind in ("String", "InputFile"):
        return value
    try:
        decoded: object = json.loads(value.lower() if kind == "Boolean" else value)
    except ValueError:
        raise _WrongError(f"{where}: {kind} expected") from None
    return decoded


def _convert(kind: str, value: object, where: str) -> object:
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            raise _WrongError(f"{where}: a list expected")
        return [_convert(kind[len("Array of ") :], item, f"{where}[{at}]") for at, item in enumerate(value)]
    if kind in TABLE["types"]:
        return _convert_object(kind, value, where)
    if not _is_scalar(kind, value):
        raise _WrongError(f"{where}: {kind} expected")
    return value


def _is_scalar(kind: str, value: object) -> bool:
    match kind:
        case "String":
            return isinstance(value, str)
        case "Boolean":
            return isinstance(value, bool)
        case "Integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "Float":
            return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        case "InputFile":
            return isinstance(value, Upload)
    return False


def _convert_object(kind: str, value: object, where: str) -> Json:
    variants = TABLE["types"][kind].get("any_of")
    if variants:
        return _first_variant(variants, value, where)
    if not isinstance(value, dict):
        raise _WrongError(f"{where}: {kind} expected")
    facts: Json = TABLE["types"][kind]["fields"]
    for name, fact in facts.items():
        if fact["required"] and name not in value:
            raise _WrongError(f"{where}: {kind} needs {name}")
        if "const" in fact and value[name] != fact["const"]:
            raise _WrongError(f"{where}: no {kind}")
    unknown = sorted(set(value) - set(facts))
    if unknown:
        raise _WrongError(f"{where}: {unknown[0]} is no field of {kind}")
    return {name: _first_fit(facts[name]["types"], item, f"{where}.{name}", False) for name, item in value.items()}


def _first_variant(variants: list[str], value: object, where: str) -> Json:
    problem = _WrongError(where)
    for variant in variants:
        try:
            return _convert_object(variant, value, where)
        except _WrongError as wrong:
            problem = wrong
    raise problem


def printable(raw: Json) -> Json:
    """The call log keeps what a file was, not its bytes."""

    def shown(value: Any) -> Any:  # Any: a field's value, of any JSON type
        if isinstance(value, Upload):
            return {"file_name": value.name, "mime_type": value.mime_type, "file_size": len(value.content)}
        return value

    return {name: shown(value) for name, value in raw.items()}


def refuse_unknown_method(method: str) -> None:
    if method not in TABLE["methods"]:
        raise RefusalError(404, "Not Found: method not found")
