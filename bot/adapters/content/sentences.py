"""The training sentences of a tree: read, weighed, changed.

A sentence is named by its place and its text, so that a page that is out of date changes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.adapters.content.example_text import ExampleText
from bot.adapters.content.files import read, write
from bot.adapters.content.git import Git
from bot.core.content.sentences import KINDS, LANGUAGES, Edit, Fault, Finding, Neighbours, Sentence, alone, key, tidy
from bot.core.errors import Conflict, ContentError
from bot.core.intents import INTENTS

FOLDER = Path("nlu_data") / "nlu"
# Tells whether Burmese was typed for the Zawgyi font.
Zawgyi = Callable[[str], bool]


@dataclass(frozen=True)
class Cell:
    """What a language has of an intent: sentences by kind, and the day its files last changed (None: unknown)."""

    intent: str
    language: str
    kinds: dict[str, int]
    changed: date | None = None

    @property
    def total(self) -> int:
        """All sentences."""
        return sum(self.kinds.values())


def read_sentences(root: Path, language: str = "") -> tuple[Sentence, ...]:
    """Every sentence, or those of a language, in the order of the files; raises ContentError."""
    return tuple(s for file in _files(root, language) for s in file.sentences())


def grid(root: Path) -> tuple[Cell, ...]:
    """Intent × language, all cells, empty ones too; raises ContentError."""
    kinds: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    days: dict[tuple[str, str], list[date]] = defaultdict(list)
    changed = _changed(root)
    for file in _files(root):
        for sentence in file.sentences():
            kinds[sentence.intent, sentence.language][sentence.kind] += 1
        for intent in {block.intent for block in file.blocks}:
            days[intent, file.language] += [changed[file.path]] if file.path in changed else []
    return tuple(
        Cell(
            intent,
            language,
            {kind: kinds[intent, language][kind] for kind in KINDS},
            max(days[intent, language], default=None),
        )
        for intent in INTENTS
        for language in LANGUAGES
    )


def _changed(root: Path) -> dict[Path, date]:
    """The day git last saw a change of each file; none where the tree is not in git."""
    git = Git(root)
    return git.last_changes(FOLDER.as_posix()) if git.works() else {}


def weigh(root: Path, edits: Sequence[Edit], zawgyi: Zawgyi) -> list[tuple[Edit, Finding]]:
    """What is wrong with each new or changed sentence, beside the tree's and the other new ones."""
    found: list[tuple[Edit, Finding]] = []
    by_language: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        if edit.after is not None:
            by_language[edit.after.language].append(edit)
            found += [(edit, finding) for finding in alone(edit.after, zawgyi)]
    gone = {(e.before.place, e.before.text) for e in edits if e.before}
    for language, own in by_language.items():
        stay = [s for s in read_sentences(root, language) if (s.place, s.text) not in gone]
        neighbours, met = Neighbours(stay), dict[str, Sentence]()
        for edit in own:
            found += [(edit, finding) for finding in _beside(edit, neighbours, met)]
    return found


def _beside(edit: Edit, neighbours: Neighbours, met: dict[str, Sentence]) -> Iterator[Finding]:
    if edit.after is None or not edit.after.text:
        return
    yield from neighbours.findings(edit.after)
    first = met.setdefault(key(edit.after.text), edit.after)
    if first is not edit.after:
        yield Finding(Fault.SAME, first)


def change(root: Path, edits: Sequence[Edit], zawgyi: Zawgyi) -> None:
    """Make all edits or none; raises ContentError for a sentence that may not be, Conflict for one that is gone."""
    edits = [replace(e, after=replace(e.after, text=tidy(e.after.text)) if e.after else None) for e in edits]
    wrong = [f"{e.after.text[:60]!r} {f.why}" for e, f in weigh(root, edits, zawgyi) if e.after and not f.hint]
    if wrong:
        raise ContentError("; ".join(wrong))
    files = {file.path: file for file in _files(root)}
    for path, text in edited(files, edits).items():
        write(root / path, text)


def edited(given: Mapping[Path, ExampleText], edits: Sequence[Edit]) -> dict[Path, str]:
    """The new texts of the files that change, unweighed; `given` are all files of the tree."""
    files = dict(given)
    leaving: list[Sentence] = []
    coming: dict[tuple[str, ...], list[Sentence]] = defaultdict(list)
    for edit in edits:
        if edit.before and edit.after and edit.before.slot == edit.after.slot:
            file = _file(files, edit.before)
            files[file.path] = file.replace(edit.before, edit.after.text)
            continue
        leaving += [edit.before] if edit.before else []
        if edit.after:
            coming[edit.after.slot].append(edit.after)
    # From the last line up, so that the places above stay true.
    for old in sorted(leaving, key=_line_of, reverse=True):
        file = _file(files, old)
        files[file.path] = file.remove(old)
    for group in coming.values():
        path = _home(files, given, group[0])
        files[path] = files.get(path, ExampleText(path, "")).add(group)
    return {path: file.text for path, file in files.items() if path not in given or file.text != given[path].text}


def _file(files: dict[Path, ExampleText], old: Sentence) -> ExampleText:
    path = Path(old.place.rpartition(":")[0])
    if path not in files:
        raise Conflict(f"{old.place}: the sentence is no longer there; load the page again")
    return files[path]


def _line_of(sentence: Sentence) -> int:
    line = sentence.place.rpartition(":")[2]
    return int(line) if line.isdecimal() else 0


def _home(files: Mapping[Path, ExampleText], given: Mapping[Path, ExampleText], sentence: Sentence) -> Path:
    """The file a new sentence goes to: where its block is, else its intent, else where others have the intent."""
    own = [(file.path, block) for file in files.values() if file.language == sentence.language for block in file.blocks]
    exact = [path for path, block in own if block.holds(sentence)]
    same = [path for path, block in own if block.intent == sentence.intent]
    if exact or same:
        return (exact or same)[0]
    named = [path.name for path, file in given.items() if any(b.intent == sentence.intent for b in file.blocks)]
    return FOLDER / sentence.language / (named[0] if named else "situations.yml")


def _files(root: Path, language: str = "") -> Iterator[ExampleText]:
    """The files of a language, or all, with paths below the root."""
    for path in sorted((root / FOLDER).glob(f"{language or '*'}/*.yml")):
        yield ExampleText.parse(path.relative_to(root), read(path))
