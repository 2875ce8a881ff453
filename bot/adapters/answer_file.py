"""The variations of every answer as nlu_data/domain.yml holds them, with everything Rasa reads of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.core.errors import ContentError


@dataclass(frozen=True)
class Variation:
    """One text of an answer. `conditions` are (slot, value); `numbers` the kinds of directory entries."""

    response: str
    id: str
    text: str
    line: int
    conditions: tuple[tuple[str, str], ...] = ()
    titles: tuple[str, ...] = ()
    payloads: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    # Where the text stands in the file: line and column of its beginning and end, counted from 0.
    span: tuple[int, int, int, int] = (0, 0, 0, 0)
    # For the translator; in the metadata, for Rasa's schema refuses it elsewhere.
    note: str = ""

    @property
    def about(self) -> str:
        """The catalog's context of the text."""
        return f"{self.response}/{self.id}" if self.id else self.response


def read_variations(path: Path) -> tuple[Variation, ...]:
    """All variations in the order of the file; raises ContentError naming file and line."""
    try:
        return parse_variations(path, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as exc:
        raise ContentError(f"{path}: can't be read: {exc}") from exc


def parse_variations(path: Path, text: str) -> tuple[Variation, ...]:
    """All variations of a file's text; `path` is for errors. Raises ContentError naming file and line."""
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        responses = _pairs(root).get("responses")
        if responses is None:
            raise ContentError(f"{path}:1: has no `responses:`")
        return tuple(_read(path, responses))
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else 1
        raise ContentError(f"{path}:{line}: not YAML: {exc.problem}") from exc


# Any: nodes of PyYAML, whose values are untyped.
def _read(path: Path, responses: Any) -> Iterator[Variation]:
    for key, listed in responses.value:
        for node in listed.value:
            try:
                yield _variation(str(key.value), node)
            except (KeyError, TypeError, AttributeError, ValueError) as exc:
                line = node.start_mark.line + 1
                raise ContentError(f"{path}:{line}: {key.value}: a variation lacks {exc}") from exc


def _variation(response: str, node: Any) -> Variation:
    fields = _pairs(node)
    buttons = [_pairs(button) for button in _items(fields.get("buttons"))]
    conditions = [_pairs(condition) for condition in _items(fields.get("condition"))]
    metadata = _pairs(fields.get("metadata"))
    return Variation(
        response=response,
        id=str(fields["id"].value) if "id" in fields else "",
        text=_text(fields["text"]),
        line=node.start_mark.line + 1,
        conditions=tuple((str(c["name"].value), str(c["value"].value)) for c in conditions),
        titles=tuple(str(b["title"].value) for b in buttons),
        payloads=tuple(str(b["payload"].value) for b in buttons),
        numbers=tuple(str(kind.value) for kind in _items(metadata.get("numbers"))),
        span=_span(fields["text"]),
        note=str(metadata["note"].value) if "note" in metadata else "",
    )


def _span(node: Any) -> tuple[int, int, int, int]:
    start, end = node.start_mark, node.end_mark
    return start.line, start.column, end.line, end.column


def _text(node: Any) -> str:
    text = str(node.value).strip()
    if not text:
        raise ValueError("its text")
    return text


def _pairs(node: Any) -> dict[str, Any]:
    return {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}


def _items(node: Any) -> list[Any]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
