"""The content of a commit: what differs from another's, and two merged unit by unit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.content.example_text import ExampleText
from bot.adapters.content.git import Git
from bot.adapters.content.sentences import FOLDER, edited
from bot.adapters.content.units import examples, is_derived, is_sentences, units
from bot.core.content.merging import Clash, merge_sentences, merge_units, sentence_edits, slot_name
from bot.core.content.sentences import Sentence


@dataclass(frozen=True)
class Change:
    """One unit that differs; `before` or `after` is "" where it was not there. A move has the same text twice."""

    path: str
    about: str
    before: str
    after: str


@dataclass(frozen=True)
class Tree:
    """The content of one commit."""

    git: Git
    commit: str

    def raw(self, path: str) -> bytes | None:
        """A file; None where it is not there."""
        return self.git.blob(self.commit, path)

    def text(self, path: str) -> str:
        """A file's text; "" where it is not there, and a name for one that is no text, such as a recording."""
        raw = self.raw(path) or b""
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return f"(a file of {len(raw)} bytes, {hashlib.sha256(raw).hexdigest()[:12]})\n"

    def examples(self) -> dict[Path, ExampleText]:
        """All files of training sentences by path; raises ContentError for one out of form."""
        paths = [path for path in self.git.files(self.commit, FOLDER.as_posix()) if is_sentences(path)]
        return {Path(path): examples(path, self.text(path)) for path in paths}

    def changes(self, after: Tree) -> list[Change]:
        """From this content to another: sentences first, then texts and entries; derived files left out."""
        paths = [path for path in self.git.changed(self.commit, after.commit) if not is_derived(path)]
        found = []
        if any(map(is_sentences, paths)):
            found += list(_sentence_changes(_sentences(self.examples()), _sentences(after.examples())))
        for path in paths:
            if not is_sentences(path):
                found += list(_unit_changes(path, self.text(path), after.text(path)))
        return found


def _sentences(files: Mapping[Path, ExampleText]) -> list[Sentence]:
    return [sentence for path in sorted(files) for sentence in files[path].sentences()]


def _sentence_changes(before: Sequence[Sentence], after: Sequence[Sentence]) -> Iterator[Change]:
    for edit in sentence_edits(before, after):
        names = dict.fromkeys(slot_name(s) for s in (edit.before, edit.after) if s)
        place = next(s.place for s in (edit.after, edit.before) if s)
        old, new = (s.text if s else "" for s in (edit.before, edit.after))
        yield Change(place.rpartition(":")[0], " → ".join(names), old, new)


def _unit_changes(path: str, before: str, after: str) -> Iterator[Change]:
    old, new = units(path, before), units(path, after)
    for key in dict.fromkeys([*old, *new]):
        if old.get(key, "") != new.get(key, ""):
            yield Change(path, " ".join(filter(None, key)), old.get(key, ""), new.get(key, ""))


# What to write over a tree, by path; None is a file to remove.
Files = dict[str, bytes | None]


def merge(base: Tree, live: Tree, draft: Tree, choices: Mapping[str, str]) -> tuple[Files, list[Clash]]:
    """The files to write over the live tree so that it has the draft's changes; and what is still to be chosen."""
    changed = base.git.changed(base.commit, draft.commit)
    both = set(changed) & set(base.git.changed(base.commit, live.commit))
    files: Files = {path: draft.raw(path) for path in changed if path not in both and not is_sentences(path)}
    open_: list[Clash] = []
    if any(map(is_sentences, changed)):
        merged, clashes = _merged_sentences(base, live, draft, choices)
        files |= {path: text.encode() for path, text in merged.items()}
        open_ += clashes
    # What is derived is made anew from the merged files; until then the live one will do.
    for path in sorted(path for path in both if not is_sentences(path) and not is_derived(path)):
        was, here, there = (units(path, tree.text(path)) for tree in (base, live, draft))
        text, clashes = merge_units(path, was, here, there, choices)
        open_ += clashes
        sides = {live.text(path): live.raw(path), draft.text(path): draft.raw(path)}
        files[path] = sides[text] if text in sides else text.encode()
    return files, open_


def _merged_sentences(
    base: Tree, live: Tree, draft: Tree, choices: Mapping[str, str]
) -> tuple[dict[str, str], list[Clash]]:
    files = live.examples()
    edits, clashes = merge_sentences(
        _sentences(base.examples()), _sentences(files), _sentences(draft.examples()), choices
    )
    return {path.as_posix(): text for path, text in edited(files, edits).items()}, clashes


def written(tree: Path, files: Files) -> None:
    """Write merged files into a tree."""
    for path, raw in files.items():
        target = tree / path
        if raw is None:
            target.unlink(missing_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(raw)
