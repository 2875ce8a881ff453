"""Training sentences with what the classifier needs to know of each: its language and its kind.

Rasa's own reader drops the folder a sentence comes from and takes minutes over the whole set; this one keeps the
folder, is fast, and names file and intent where a file breaks the form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .identify import LANGUAGES

_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


class BadExamples(Exception):
    """A training file breaks the form; the text names the file and what to mend."""


@dataclass(frozen=True)
class Example:
    """One training sentence. `language` is one of LANGUAGES, `kind` says how it is written."""

    text: str
    intent: str
    language: str
    kind: str


def read(folder: Path) -> list[Example]:
    """Every sentence of `<folder>/<language>/*.yml`, files in order of name; raises BadExamples."""
    return [example for path in files(folder) for example in _read_file(path)]


def files(folder: Path) -> list[Path]:
    """The training files below `folder`."""
    return sorted(folder.glob("*/*.yml"))


def _read_file(path: Path) -> Iterator[Example]:
    language = path.parent.name
    if language not in LANGUAGES:
        raise BadExamples(f"{path}: no such language: {language}; the folder must be one of {', '.join(LANGUAGES)}")
    try:
        content = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
        blocks = content["nlu"] or []
    except (yaml.YAMLError, TypeError, KeyError) as exc:
        raise BadExamples(f"{path}: not a training file: {str(exc).splitlines()[0]}") from exc
    for block in blocks:
        yield from _read_block(path, language, block)


# Any: decoded YAML, narrowed here.
def _read_block(path: Path, language: str, block: Any) -> Iterator[Example]:
    try:
        intent, kind, lines = block["intent"], block["metadata"]["kind"], block["examples"].splitlines()
    except (KeyError, TypeError, AttributeError) as exc:
        raise BadExamples(f"{path}: a block has no intent, no metadata kind or no examples: {exc}") from exc
    if not isinstance(kind, str):
        raise BadExamples(f"{path}: {intent}: the kind must be one word, such as plain, misspelt, latin, mixed")
    for line in filter(None, map(str.strip, lines)):
        if not line.startswith("- "):
            raise BadExamples(f"{path}: {intent}: a line does not start with a dash: {line[:40]}")
        yield Example(_ENTITY.sub(r"\1", line[2:].strip()), intent, language, kind)
