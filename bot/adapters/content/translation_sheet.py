"""A language's translations as a sheet for reviewers, and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bot.adapters.catalog_rules import wrong
from bot.adapters.content.tables import Columns, csv_bytes, read_table, xlsx_bytes
from bot.adapters.content.translations import (
    Standing,
    Translation,
    Wording,
    approve,
    digest,
    read_translations,
    set_translations,
)
from bot.core.content.sheets import Problem, Row, SheetError

HEAD = ("id", "english", "translation", "reviewed", "note")
# What the translation was when the sheet was written: a sheet that is out of date undoes nobody's work.
WAS = "was"
COLUMNS = Columns(HEAD[:3], (*HEAD[3:], WAS))
_YES = ("yes", "y", "x", "1")


def to_csv(root: Path, locale: str, *, dated: bool = True) -> bytes:
    """All texts of a language as CSV; `dated` adds the column that tells a sheet out of date."""
    return csv_bytes(_head(dated), _rows(root, locale, dated))


def to_xlsx(root: Path, locale: str) -> bytes:
    """All texts of a language as XLSX."""
    return xlsx_bytes({locale: (_head(True), _rows(root, locale, True))})


def take_in(root: Path, locale: str, name: str, data: bytes, reviewer: str, day: date) -> Counter[str]:
    """Take a sheet's translations and reviews in, all or none; returns how many were changed and reviewed.

    `reviewer` may be "" for a sheet that reviews nothing new. Raises SheetError with everything that is wrong.
    """
    rows = read_table(name, data, COLUMNS)
    known = {(one.context, one.english): one for one in read_translations(root, locale)}
    times = Counter((row.cells["id"], row.cells["english"]) for row in rows)
    problems: list[Problem] = []
    wordings: list[Wording] = []
    seen: list[Wording] = []
    for row in rows:
        one = known.get((row.cells["id"], row.cells["english"]))
        found = _problems(row, one, times[row.cells["id"], row.cells["english"]], locale, reviewer)
        problems += found
        if one is not None and not found:
            text = _text(row, one)
            wordings += [Wording(one.context, one.english, text, one.text)] if text != one.text else []
            seen += [Wording(one.context, one.english, text)] if _newly(row, one) else []
    if problems:
        raise SheetError(problems)
    changed = set_translations(root, locale, wordings)
    reviewed = approve(root, locale, seen, reviewer, day) if reviewer else 0
    return Counter(changed=changed, reviewed=reviewed)


def _head(dated: bool) -> tuple[str, ...]:
    return (*HEAD, WAS) if dated else HEAD


def _rows(root: Path, locale: str, dated: bool) -> list[Sequence[str]]:
    return [_row(one, dated) for one in read_translations(root, locale)]


def _row(one: Translation, dated: bool) -> tuple[str, ...]:
    reviewed = "yes" if one.standing is Standing.REVIEWED else ""
    row = (one.context, one.english, one.text, reviewed, " ".join(one.hints))
    return (*row, digest(one.english, one.text)) if dated else row


def _text(row: Row, one: Translation) -> str:
    """The text a row wants: an empty cell, or one its writer left alone, changes nothing."""
    text = row.cells["translation"].strip()
    untouched = row.cells.get(WAS) == digest(one.english, row.cells["translation"])
    return one.text if not text or untouched or text == one.text.strip() else text


def _reviewed(row: Row) -> bool:
    return row.cells.get("reviewed", "").strip().lower() in _YES


def _newly(row: Row, one: Translation) -> bool:
    """Whether a row reviews what was not: who reviewed the others before stays their reviewer."""
    return _reviewed(row) and (one.standing is not Standing.REVIEWED or _text(row, one) != one.text)


def _problems(row: Row, one: Translation | None, times: int, locale: str, reviewer: str) -> list[Problem]:
    if one is None:
        return [row.problem("id", f"no text {row.cells['id']!r} with this English; run: make locales")]
    if times > 1:
        return [row.problem("id", f"{one.context} stands in {times} rows")]
    text, was = _text(row, one), row.cells.get(WAS, "")
    stale = was and was != digest(one.english, one.text)
    if stale and (text != one.text or _reviewed(row) and one.text != row.cells["translation"]):
        return [row.problem("translation", "somebody changed it since the sheet was written; write a new sheet")]
    newly = _newly(row, one)
    if newly and not reviewer:
        return [row.problem("reviewed", "who reviewed it? name the reviewer")]
    if text == one.text and not newly:
        return []
    return [row.problem("translation", why) for why in wrong(locale, one.context, one.english, text)]
