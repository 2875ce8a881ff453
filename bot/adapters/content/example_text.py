"""The text of a file of training sentences, changed by lines: comments, order and quoting stay as they are.

A file holds blocks ``- intent: / metadata: / examples: |``; PyYAML says where each stands, the lines are ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.adapters.content.files import lines_of
from bot.core.content.sentences import HANT, LEARNER, Sentence, unseen
from bot.core.errors import Conflict, ContentError

HEAD = 'version: "3.1"\nnlu:\n'


@dataclass(frozen=True)
class Block:
    """The sentences of an intent, kind and script: (line counted from 0, text).

    `first` is the block's first line, `stop` the line after its last one, whichever key that belongs to.
    """

    intent: str
    kind: str
    script: str
    first: int
    stop: int
    column: int
    indent: str
    rows: tuple[tuple[int, str], ...]

    @property
    def end(self) -> int:
        """The line after the last sentence."""
        return self.rows[-1][0] + 1 if self.rows else self.first + 1

    def holds(self, sentence: Sentence) -> bool:
        """Whether a sentence belongs here."""
        return (self.intent, self.kind, self.script) == (sentence.intent, sentence.kind, sentence.script)


@dataclass(frozen=True)
class ExampleText:
    """One file; `path` is for errors and places, its folder is the language."""

    path: Path
    text: str
    blocks: tuple[Block, ...] = field(default=(), repr=False)

    @classmethod
    def parse(cls, path: Path, text: str) -> ExampleText:
        """Read a file's text; raises ContentError naming file and line."""
        return cls(path, text, tuple(_blocks(path, text, lines_of(text, path))))

    @property
    def language(self) -> str:
        """The language of the file."""
        return self.path.parent.name

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence with its file and line."""
        for block in self.blocks:
            for line, text in block.rows:
                yield Sentence(
                    text, block.intent, self.language, block.kind, block.script, f"{self.path.as_posix()}:{line + 1}"
                )

    def replace(self, old: Sentence, text: str) -> ExampleText:
        """Another wording at the same place; raises Conflict where the sentence is no longer there."""
        at, block = self._find(old)
        lines = lines_of(self.text, self.path)
        lines[at] = f"{block.indent}- {_line(text)}{_end(lines[at])}"
        return self._after(lines, [old], [_with(old, text)])

    def remove(self, old: Sentence) -> ExampleText:
        """Without a sentence; a block left empty goes too. Raises Conflict."""
        at, block = self._find(old)
        lines = lines_of(self.text, self.path)
        if len(block.rows) == 1:
            del lines[block.first : block.stop]
        else:
            del lines[at]
        return self._after(lines, [old], [])

    def add(self, new: Sequence[Sentence]) -> ExampleText:
        """With sentences of one intent, kind and script, at the end of their block, or in a new one."""
        lines = lines_of(self.text or HEAD, self.path)
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        own = [block for block in self.blocks if block.holds(new[0])]
        if own:
            at, added = own[-1].end, [f"{own[-1].indent}- {_line(s.text)}\n" for s in new]
        else:
            at, added = self._new_block(new, len(lines))
        return self._after([*lines[:at], *added, *lines[at:]], [], new)

    def _new_block(self, new: Sequence[Sentence], end: int) -> tuple[int, list[str]]:
        """Where a new block goes, after those of its intent or last, and its lines."""
        same = [block for block in self.blocks if block.intent == new[0].intent]
        # A block of an intent may be followed by comments of the next, so it goes right below its last sentence.
        at = same[-1].stop if same else self.blocks[-1].stop if self.blocks else end
        margin = " " * (self.blocks[0].column if self.blocks else 0)
        kind = LEARNER if (self.language, new[0].kind) == ("en", "latin") else new[0].kind
        head = [f"- intent: {new[0].intent}", "  metadata:", f"    kind: {kind}"]
        head += [f"    script: {HANT}"] if new[0].script else []
        return at, [f"{margin}{line}\n" for line in (*head, "  examples: |", *(f"    - {_line(s.text)}" for s in new))]

    def _find(self, old: Sentence) -> tuple[int, Block]:
        for block in self.blocks:
            for line, text in block.rows:
                if f"{self.path.as_posix()}:{line + 1}" == old.place and text == old.text and block.holds(old):
                    return line, block
        raise Conflict(f"{old.place}: the sentence is no longer there; load the page again")

    def _after(self, lines: list[str], gone: Sequence[Sentence], new: Sequence[Sentence]) -> ExampleText:
        """The changed file, read back: it holds what it held, without what went and with what came."""
        after = ExampleText.parse(self.path, "".join(lines))
        expected = Counter(map(_what, self.sentences())) - Counter(map(_what, gone)) + Counter(map(_what, new))
        if Counter(map(_what, after.sentences())) != expected:
            raise ContentError(f"{self.path}: can't be changed safely by lines; change it in an editor")
        return after


def _what(sentence: Sentence) -> tuple[str, str, str, str]:
    return sentence.intent, sentence.kind, sentence.script, sentence.text


def _with(old: Sentence, text: str) -> Sentence:
    return Sentence(text, old.intent, old.language, old.kind, old.script)


def _line(text: str) -> str:
    """A sentence that fits on a line; raises ContentError."""
    if not text or text != text.strip() or unseen(text):
        raise ContentError(f"{text[:40]!r} can't stand on a line: empty, space around it, or unseen characters")
    return text


def _end(line: str) -> str:
    return "\n" if line.endswith("\n") else ""


# Any: nodes of PyYAML, whose values are untyped.
def _blocks(path: Path, text: str, lines: list[str]) -> Iterator[Block]:
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else 1
        raise ContentError(f"{path}:{line}: not YAML: {exc.problem}") from exc
    except (yaml.YAMLError, RecursionError, ValueError) as exc:
        raise ContentError(f"{path}:1: cannot be read as YAML ({type(exc).__name__})") from exc
    nlu = _pairs(root).get("nlu")
    for node in nlu.value if isinstance(nlu, yaml.SequenceNode) else ():
        try:
            yield _block(node, lines)
        except (KeyError, TypeError, AttributeError, ValueError) as exc:
            raise ContentError(f"{path}:{node.start_mark.line + 1}: a block is not in its form: {exc}") from exc


def _block(node: Any, lines: list[str]) -> Block:
    fields = _pairs(node)
    metadata = _pairs(fields["metadata"])
    examples = fields["examples"]
    if not isinstance(examples, yaml.ScalarNode) or examples.style != "|":
        raise ValueError("`examples` must be a block of lines (|)")
    kind = str(metadata["kind"].value)
    indent, rows = _rows(examples, lines)
    return Block(
        intent=str(fields["intent"].value),
        kind="latin" if kind == LEARNER else kind,
        script=str(metadata["script"].value) if "script" in metadata else "",
        first=node.start_mark.line,
        stop=max([_last(value) + 1 for value in fields.values() if value is not examples] + [n + 1 for n, _ in rows]),
        column=max(0, node.start_mark.column - 2),
        indent=indent,
        rows=rows,
    )


def _last(node: Any) -> int:
    """The line a value ends on; the mark of a mapping in block style lies on what follows it."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return max(_last(value) for _, value in node.value)
    return int(node.end_mark.line)


def _rows(examples: Any, lines: list[str]) -> tuple[str, tuple[tuple[int, str], ...]]:
    """The indentation of a literal block and its lines, held against what YAML makes of them."""
    start = examples.start_mark.line + 1
    first = next((line for line in lines[start:] if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip(" "))]
    rows: list[tuple[int, str]] = []
    for number, line in enumerate(lines[start:], start):
        if line.strip() and not line.startswith(indent):
            break
        if line.strip():
            rows.append((number, line.strip()))
    if [text for _, text in rows] != [line.strip() for line in examples.value.split("\n") if line.strip()]:
        raise ValueError("its lines can't be told apart")
    for _, text in rows:
        if not text.startswith("- "):
            raise ValueError(f"a line does not start with a dash: {text[:40]}")
    return indent, tuple((number, text[2:].strip()) for number, text in rows)


def _pairs(node: Any) -> dict[str, Any]:
    return {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
