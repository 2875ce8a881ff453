"""The assistant's answers as the domain file holds them: English text by phrase and variation, and button titles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.core.errors import ContentError
from bot.i18n import Answer


@dataclass(frozen=True)
class Source:
    """One text of the domain file with its line: an answer (``about`` is phrase or phrase/variation) or a button."""

    about: str
    english: str
    line: int
    note: str = ""


def read_answers(path: Path) -> list[Answer]:
    """All answers; raises ContentError naming file and line."""
    return [_answer(s) for s in read_sources(path) if s.about != "button"]


def read_sources(path: Path) -> list[Source]:
    """All texts to translate, buttons included, once each; raises ContentError."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as exc:
        raise ContentError(f"{path}: can't be read: {exc}") from exc
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        raise ContentError(f"{path}:{mark.line + 1 if mark else 1}: not YAML: {getattr(exc, 'problem', exc)}") from exc
    found: dict[tuple[str, str], Source] = {}
    for source in _sources(path, root):
        found.setdefault((source.about, source.english), source)
    return list(found.values())


def _answer(source: Source) -> Answer:
    phrase, _, variation = source.about.partition("/")
    return Answer(phrase, variation, source.english)


# Any: nodes of PyYAML, which has no types for them.
def _sources(path: Path, root: Any) -> Iterator[Source]:
    responses = _pairs(root).get("responses") if root is not None else None
    if responses is None:
        raise ContentError(f"{path}:1: has no `responses:`")
    for key, node in responses.value:
        for variation in node.value:
            yield from _variation(path, key.value, variation)


def _variation(path: Path, phrase: str, node: Any) -> Iterator[Source]:
    fields = _pairs(node)
    line = node.start_mark.line + 1
    text = fields.get("text")
    if text is None or not str(text.value).strip():
        raise ContentError(f"{path}:{line}: {phrase} has a variation without `text:`")
    name = f"{phrase}/{fields['id'].value}" if "id" in fields else phrase
    note = fields["note"].value if "note" in fields else ""
    yield Source(name, str(text.value).strip(), text.start_mark.line + 1, note)
    for button in fields["buttons"].value if "buttons" in fields else ():
        title = _pairs(button).get("title")
        if title is None:
            raise ContentError(f"{path}:{button.start_mark.line + 1}: a button of {phrase} has no `title:`")
        yield Source("button", str(title.value), title.start_mark.line + 1)


def _pairs(node: Any) -> dict[str, Any]:
    return {key.value: value for key, value in node.value} if isinstance(node.value, list) else {}
