"""From the form of a directory entry to its fields. What may stand in them, the directory's schema says.

A field is None where the form leaves it empty. A list whose members stay as they were keeps its order, and a single
channel stays the word it was, so that saving an untouched form changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData

from bot.core.entry_reader import FIELDS

# Any: fields are text, list or mapping.
Fields = Mapping[str, Any]
MOST_NUMBERS = 6
_WORDS = ("country", "nationals", "name", "cost", "confidence", "checked", "valid_until", "note")
_PARTS = ("number", "via", "reach", "label", "letters", "ext", "language")


def entry_fields(form: FormData, before: Fields) -> dict[str, Any]:
    """Every field of the form."""
    found: dict[str, Any] = {name: _word(form, name) or None for name in _WORDS}
    found["kinds"] = _kinds(form, before.get("kinds") or [])
    found["channels"] = _chosen(form, "channels", before.get("channels") or [])
    found["languages"] = _listed(form, "languages")
    found["sources"] = _listed(form, "sources")
    found["own"] = _own(form)
    found["numbers"] = _numbers(form, before.get("numbers") or [])
    found["hours"] = _hours(form, "hours")
    interpreted = _listed(form, "interpreters-languages")
    hours = _hours(form, "interpreters-hours")
    found["interpreters"] = {"languages": interpreted, "hours": hours} if interpreted and hours else None
    return found


def shown(given: Fields) -> dict[str, Any]:
    """An entry as its form shows it: every field, "" where it has none, and a row more than it has numbers."""
    entry = {name: given.get(name) or "" for name in FIELDS}
    rows = [one for one in given.get("numbers") or [] if isinstance(one, Mapping)]
    entry["rows"] = [{part: one.get(part, "") for part in _PARTS} for one in [*rows, {}][:MOST_NUMBERS]]
    interpreters = given.get("interpreters") or {}
    entry["interpreted"] = interpreters.get("languages", [])
    entry["times"] = _times(given.get("hours"))
    entry["interpreters-times"] = _times(interpreters.get("hours"))
    return entry


def _times(hours: Any) -> dict[str, Any]:
    times = hours if isinstance(hours, Mapping) else {}
    mode = "times" if times else hours or ""
    return {"mode": mode, **{part: times.get(part, "") for part in ("zone", "open", "holidays")}}


def _word(form: FormData, name: str) -> str:
    return str(form.get(name, "")).strip()


def _listed(form: FormData, name: str) -> list[str] | None:
    """Words with commas between them."""
    return list(filter(None, (part.strip() for part in _word(form, name).split(",")))) or None


def _chosen(form: FormData, name: str, before: list[str]) -> list[str] | None:
    chosen = [str(value) for value in form.getlist(name)]
    return (before if set(chosen) == set(before) else chosen) or None


def _kinds(form: FormData, before: list[str]) -> list[str] | None:
    """The main kind first."""
    main = _word(form, "kind")
    chosen = [main, *(str(kind) for kind in form.getlist("kinds") if kind != main)]
    same = before[:1] == [main] and set(before) == set(chosen)
    return (before if same else list(filter(None, chosen))) or None


def _own(form: FormData) -> dict[str, str] | None:
    """Lines such as ``th: ...``."""
    lines = (line.partition(":") for line in _word(form, "own").splitlines())
    return {code.strip(): name.strip() for code, _, name in lines if code.strip()} or None


def _numbers(form: FormData, before: list[Any]) -> list[dict[str, Any]] | None:
    found = []
    for at in range(MOST_NUMBERS):
        parts: dict[str, Any] = {part: _word(form, f"{part}-{at}") for part in _PARTS}
        old = before[at] if at < len(before) and isinstance(before[at], Mapping) else {}
        parts["via"] = _via(str(parts["via"]), old.get("via"))
        if parts["number"]:
            found.append({part: value for part, value in parts.items() if value})
    return found or None


def _via(typed: str, before: Any) -> str | list[str]:
    given = list(filter(None, (part.strip() for part in typed.split(","))))
    return given[0] if len(given) == 1 and not isinstance(before, list) else given


def _hours(form: FormData, name: str) -> str | dict[str, Any] | None:
    """Always, at certain times, or not known."""
    mode = _word(form, name)
    if mode != "times":
        return mode or None
    found: dict[str, Any] = {
        "zone": _word(form, f"{name}-zone"),
        "open": [line.strip() for line in _word(form, f"{name}-open").splitlines() if line.strip()],
    }
    return found | ({"holidays": "closed"} if _word(form, f"{name}-holidays") else {})
