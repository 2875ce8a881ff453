"""Training sentences as a sheet, and back: a row with an id changes its sentence, one without an id is new.

A sentence that is not in the sheet stays; one is deleted only where the row says so.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bot.adapters.content.sentences import Zawgyi, change, read_sentences, weigh
from bot.adapters.content.tables import Columns, csv_bytes, read_table, xlsx_bytes
from bot.core.content.sentences import HANT, KINDS, LANGUAGES, LEARNER, Edit, Sentence, tidy
from bot.core.content.sheets import Problem, Row, SheetError
from bot.core.intents import INTENTS

HEAD = ("id", "language", "intent", "kind", "script", "text", "delete")
COLUMNS = Columns(("language", "intent", "kind", "text"), ("id", "script", "delete"))
_YES = ("yes", "y", "x", "1")


def to_csv(root: Path, languages: Iterable[str] = LANGUAGES) -> bytes:
    """All sentences of the languages as CSV."""
    return csv_bytes(HEAD, [row for language in languages for row in _rows(root, language)])


def to_xlsx(root: Path, languages: Iterable[str] = LANGUAGES) -> bytes:
    """All sentences of the languages, a sheet each."""
    return xlsx_bytes({language: (HEAD, _rows(root, language)) for language in languages})


def read_edits(root: Path, name: str, data: bytes) -> list[tuple[Row, Edit]]:
    """What a sheet changes, row by row; raises SheetError with everything that is wrong in its form."""
    known = {id: s for language in LANGUAGES for id, s in _ids(read_sentences(root, language))}
    rows = read_table(name, data, COLUMNS)
    problems: list[Problem] = []
    edits: list[tuple[Row, Edit]] = []
    times = Counter(row.cells.get("id", "").strip() for row in rows)
    for row in rows:
        id = row.cells.get("id", "").strip()
        found = [row.problem(column, why) for column, why in _faults(row)]
        if id and times[id] > 1:
            found.append(row.problem("id", f"{id} stands in {times[id]} rows; a new sentence has no id"))
        elif id and id not in known:
            found.append(row.problem("id", f"{id}: no such sentence; it changed since the sheet was written"))
        problems += found
        if not found:
            edits += [(row, edit) for edit in _edit(row, known.get(id))]
    if problems:
        raise SheetError(problems)
    return edits


def take_in(root: Path, name: str, data: bytes, zawgyi: Zawgyi) -> Counter[str]:
    """Make a sheet's changes, all or none; returns how many were added, changed and deleted. Raises SheetError."""
    rows = {id(edit): (row, edit) for row, edit in read_edits(root, name, data)}
    edits = [edit for _, edit in rows.values()]
    wrong = [
        rows[id(edit)][0].problem("text", finding.why)
        for edit, finding in weigh(root, edits, zawgyi)
        if not finding.hint
    ]
    if wrong:
        raise SheetError(wrong)
    change(root, edits, zawgyi)
    return Counter("added" if not e.before else "changed" if e.after else "deleted" for e in edits)


def _rows(root: Path, language: str) -> list[tuple[str, ...]]:
    return [(id, s.language, s.intent, s.kind, s.script, s.text, "") for id, s in _ids(read_sentences(root, language))]


def _ids(sentences: Iterable[Sentence]) -> list[tuple[str, Sentence]]:
    """Each sentence with an id that follows from what it is: a changed sentence has another one."""
    met: Counter[str] = Counter()
    found = []
    for s in sentences:
        whole = "\0".join((s.language, s.intent, s.kind, s.script, s.text))
        id = "s" + hashlib.sha256(whole.encode()).hexdigest()[:12]
        met[id] += 1
        found.append((id if met[id] == 1 else f"{id}-{met[id]}", s))
    return found


def _faults(row: Row) -> list[tuple[str, str]]:
    """(column, why) of what is wrong in a row by itself."""
    cells = {name: cell.strip() for name, cell in row.cells.items()}
    kind = "latin" if cells["kind"] == LEARNER else cells["kind"]
    return [
        (column, f"{cells.get(column, '')!r} is not known; one of {', '.join(filter(None, known))}")
        for column, value, known in (
            ("language", cells["language"], LANGUAGES),
            ("intent", cells["intent"], INTENTS),
            ("kind", kind, KINDS),
            ("script", cells.get("script", ""), ("", HANT)),
            ("delete", cells.get("delete", "").lower(), ("", *_YES)),
        )
        if value not in known
    ]  # fmt: skip


def _edit(row: Row, before: Sentence | None) -> list[Edit]:
    """What a row changes: nothing, or one edit."""
    cells = {name: cell.strip() for name, cell in row.cells.items()}
    if cells.get("delete"):
        return [Edit(before, None)] if before else []
    text = row.cells["text"]
    kind = "latin" if cells["kind"] == LEARNER else cells["kind"]
    after = Sentence(
        before.text if before and before.text == text else tidy(text), cells["intent"], cells["language"], kind,
        cells.get("script", ""), before.place if before else "",
    )  # fmt: skip
    return [] if after == before else [Edit(before, after)]
