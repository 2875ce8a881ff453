"""The directory's entries, changed by lines: comments and untouched fields stay, and the schema's checks decide.

A value here is what YAML knows: a text, a list, or a mapping of texts; nothing is a number or a date.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.adapters.content.english import derive
from bot.adapters.content.files import lines_of, read, write
from bot.adapters.directory_file import load_directory, parse_directory
from bot.core.entry import Entry
from bot.core.entry_reader import FIELDS
from bot.core.errors import ContentError

FILE = Path("nlu_data") / "directory.yml"
DAY = 24 * 3600 * 1000
# A text that YAML reads as itself wherever it stands.
_PLAIN = re.compile(r"[^\W\d_](?:[\w .'’()/+;–-]*[\w.)])?")
# Any: a value is text, list or mapping; what it must be, the schema says by file and line.
Value = Any


def overdue(root: Path, now: int, within: int = 0) -> list[Entry]:
    """Entries whose check is out of date, or will be in so many days; the oldest first. Raises ContentError."""
    entries = load_directory(root / FILE).overdue(now + within * DAY)
    return sorted(entries, key=lambda entry: entry.valid_until)


def read_fields(root: Path, id: str) -> dict[str, Value]:
    """An entry's fields as the file has them; raises ContentError for an id that is none."""
    found: dict[str, Value] = _plain(_entry(read(root / FILE), id))
    return found


def change_entry(root: Path, id: str, changes: Mapping[str, Value]) -> None:
    """Give an entry other fields; None takes one away. Raises ContentError naming the field that may not be so."""
    text = read(root / FILE)
    _keep(root, text, _changed(text, id, changes), id, changes)


def add_entry(root: Path, id: str, fields: Mapping[str, Value]) -> None:
    """A new entry, behind the last of its country. Raises ContentError."""
    text = read(root / FILE)
    if id in _entries(text):
        raise ContentError(f"{FILE}: there is an entry {id} already; an id is never used again")
    lines = lines_of(text, FILE)
    nodes = _entries(text)
    own = [node for node in nodes.values() if _plain(node).get("country") == fields.get("country")]
    at = _last((own or list(nodes.values()))[-1]) + 1
    body = [line for name in FIELDS if name in fields for line in _field(name, fields[name])]
    after = "".join([*lines[:at], f"  {id}:\n", *body, *lines[at:]])
    _keep(root, text, after, id, fields)


def checked(root: Path, id: str, day: date, source: str) -> None:
    """The number was checked on a day, on a source: the key of a known one, or a page without https://.

    Raises ContentError.
    """
    text = read(root / FILE)
    fields: dict[str, Value] = _plain(_entry(text, id))
    key, text_with_source = _source(text, fields, source.strip())
    cited = fields.get("sources") or []
    changes: dict[str, Value] = {"checked": day.isoformat()}
    if key not in cited:
        changes["sources"] = [key, *cited]
    if fields.get("valid_until", "9999") <= day.isoformat():
        changes["valid_until"] = None
    _keep(root, text, _changed(text_with_source, id, changes), id, changes, new_source=key)


def _source(text: str, fields: Mapping[str, Value], source: str) -> tuple[str, str]:
    """The key of a source, and the text that has it: a page nobody cited yet is added."""
    known: dict[str, Value] = _plain(_top(text)["sources"])
    if source in known:
        return source, text
    for key, about in known.items():
        if isinstance(about, dict) and about.get("page") == source:
            return key, text
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/[^\s\"\\]*)?", source):
        raise ContentError(f"{source!r} is neither the key of a source nor a page without https://")
    prefix = str(fields.get("country", "")).upper()
    numbers = [int(key[len(prefix) :]) for key in known if re.fullmatch(f"{prefix}[0-9]+", key)]
    key = f"{prefix}{max(numbers, default=0) + 1}"
    lines = lines_of(text, FILE)
    at = _last(_top(text)["sources"]) + 1
    added = f"  {key}: {_flow({'page': source})}\n"
    return key, "".join([*lines[:at], added, *lines[at:]])


def _changed(text: str, id: str, changes: Mapping[str, Value]) -> str:
    """The text with an entry's fields changed where they stand, new ones in the usual order."""
    lines = lines_of(text, FILE)
    node = _entry(text, id)
    spots = {key.value: (key.start_mark.line, value) for key, value in node.value}
    current: dict[str, Value] = _plain(node)
    order = [name for name in FIELDS if name in spots or changes.get(name) is not None]
    unknown = sorted(changes.keys() - set(FIELDS))
    if unknown:
        raise ContentError(f"{FILE}: {id}: no such field: {', '.join(unknown)}")
    blocks: dict[str, list[str]] = {}
    for name in spots:
        start, value = spots[name]
        own = lines[start : _last(value) + 1]
        if name in changes and changes[name] != current[name]:
            own = _with_comment(_field(name, changes[name]), own, value) if changes[name] is not None else []
        blocks[name] = own
    # Lines between the fields (comments) stay with the field above them.
    starts = sorted((start, name) for name, (start, _) in spots.items())
    for (_, name), (following, _) in zip(starts, [*starts[1:], (_last(node) + 1, "")], strict=True):
        blocks[name] += lines[_last(spots[name][1]) + 1 : following]
    listed = [name for _, name in starts]
    for name in (n for n in order if n not in spots):
        before = [n for n in listed if n in FIELDS and FIELDS.index(n) < FIELDS.index(name)]
        listed.insert(listed.index(before[-1]) + 1 if before else 0, name)
        blocks[name] = _field(name, changes[name])
    body = [line for name in listed for line in blocks[name]]
    return "".join([*lines[: starts[0][0]], *body, *lines[_last(node) + 1 :]])


def _keep(root: Path, before: str, after: str, id: str, changes: Mapping[str, Value], new_source: str = "") -> None:
    """Write the text if it says what was meant and nothing else, and the schema takes it."""
    parse_directory(FILE, after)
    old, new = _plain(_root(before)), _plain(_root(after))
    wanted = {**old["entries"].get(id, {}), **changes}
    entries = {**old["entries"], id: {name: value for name, value in wanted.items() if value is not None}}
    for part in ("entries", "sources"):
        new[part].pop(new_source if part == "sources" else "", None)
        old[part].pop(new_source if part == "sources" else "", None)
    if new != {**old, "entries": entries}:
        raise ContentError(f"{FILE}: {id} can't be changed safely by lines; change it in an editor")
    write(root / FILE, after)
    derive(root)


def _field(name: str, value: Value) -> list[str]:
    """A field's lines; several numbers stand a line each."""
    if name == "numbers" and isinstance(value, list) and len(value) > 1:
        return [f"    {name}:\n", *(f"      - {_flow(item)}\n" for item in value)]
    return [f"    {name}: {_flow(value)}\n"]


def _with_comment(new: list[str], old: list[str], value: Any) -> list[str]:
    """A field's new lines with the comment that stood behind its old one."""
    comment = old[-1][value.end_mark.column :].strip() if len(old) == 1 == len(new) else ""
    return [f"{new[0].rstrip()}  {comment}\n"] if comment.startswith("#") else new


def _flow(value: Value) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(str(key))}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(str(value))


def _scalar(text: str) -> str:
    """A text as YAML reads it back, in quotes unless it is plain words."""
    if _PLAIN.fullmatch(text) and "  " not in text:
        return text
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in quoted) + '"'


# Any: nodes of PyYAML, whose values are untyped.
def _root(text: str) -> Any:
    try:
        return yaml.compose(text, Loader=yaml.CBaseLoader)
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else 1
        raise ContentError(f"{FILE}:{line}: is no YAML: {exc.problem}") from exc


def _top(text: str) -> dict[str, Any]:
    return {key.value: value for key, value in _root(text).value}


def _entries(text: str) -> dict[str, Any]:
    return {key.value: value for key, value in _top(text)["entries"].value}


def _entry(text: str, id: str) -> Any:
    node = _entries(text).get(id)
    if node is None:
        raise ContentError(f"{FILE}: there is no entry {id}")
    if not isinstance(node, yaml.MappingNode) or node.flow_style or not node.value:
        raise ContentError(f"{FILE}:{node.start_mark.line + 1}: {id} is not a line a field; change it in an editor")
    return node


def _last(node: Any) -> int:
    """The line a value ends on; the mark of a block lies on what follows it."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return max(_last(value) for _, value in node.value)
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return max(_last(value) for value in node.value)
    end = node.end_mark
    return int(end.line) - int(end.column == 0 and end.line > node.start_mark.line)


def _plain(node: Any) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value}
    return [_plain(value) for value in node.value] if isinstance(node, yaml.SequenceNode) else node.value
