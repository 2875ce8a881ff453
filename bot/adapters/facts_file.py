"""Reads nlu_data/facts.yml: the wages, hours, years and fines that answers name by placeholder.

A number of law stands in one place only, with its source and date, so that it can be checked, and goes into every
language unchanged. An answer has ``{fact_<id>}`` and ``{fact_<id>_year}``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.adapters.checked_file import read_lines
from bot.core.checked import Checked, Fields
from bot.core.entry import WORLD
from bot.core.intents import INTENTS

PREFIX = "fact_"
_FIELDS = ("place", "subject", "value", "year", "confidence", "sources", "checked", "valid_until", "note")
# A number with what may stand around it in any language: currency, sign, per cent, a range, the number of a law.
_VALUE = r"(?:[A-Z]{2,3} |[A-Z]{0,2}[$€¥£])?[0-9][0-9,.]*(?:–[0-9][0-9,.]*)?(?:/[0-9]+)?%?"
_YEAR = "(?:19|20)[0-9]{2}"


@dataclass(frozen=True)
class Fact:
    """One number of law. `year` is that of the rule or of its source, "" where the value itself is a year."""

    id: str
    place: str
    subject: str
    value: str
    year: str
    confidence: str
    sources: tuple[str, ...]
    checked: date
    valid_until: date


@dataclass(frozen=True)
class _Frame:
    """What all facts of a file share."""

    checked: date
    months: int
    sources: Collection[str]


def load_facts(path: Path) -> dict[str, str]:
    """What fills each placeholder; raises ContentError naming file and line."""
    return placeholders(read_facts(path))


def placeholders(facts: Sequence[Fact]) -> dict[str, str]:
    """The values by the placeholder that answers use."""
    found = {f"{PREFIX}{fact.id}": fact.value for fact in facts}
    return found | {f"{PREFIX}{fact.id}_year": fact.year for fact in facts if fact.year}


def read_facts(path: Path) -> tuple[Fact, ...]:
    """All facts in the order of the file; raises ContentError naming file and line."""
    data, lines = read_lines(path)
    top = Checked(data, lines.of).fields("defaults", "facts", "sources")
    defaults = top.need("defaults").fields("checked", "valid_months")
    sources = top.need("sources").items()
    for source in sources.values():
        source.text(most=120)
    frame = _Frame(
        checked=defaults.need("checked").date(),
        months=int(defaults.need("valid_months").text("[1-9]|1[0-9]|2[0-4]", "a number of months from 1 to 24")),
        sources=sources,
    )
    facts = tuple(_fact(id, item, frame) for id, item in top.need("facts").items().items())
    _refuse_unused(facts, sources)
    return facts


def _fact(id: str, given: Checked, frame: _Frame) -> Fact:
    # The end _year is what makes the placeholder of the year.
    if not re.fullmatch("[a-z][a-z_]{1,40}", id) or id.endswith("_year"):
        raise given.refuse("an id is small letters and underlines, and does not end in _year")
    fields = given.fields(*_FIELDS)
    checked, valid_until = _dates(fields, frame)
    confidence = fields.need("confidence").choice(("A", "B"))
    sources = fields.need("sources").choices(tuple(frame.sources))
    if confidence == "A" and len(sources) < 2:
        raise fields.need("confidence").refuse("A needs two independent sources; say B")
    fields.text("note", most=400)
    return Fact(
        id=id,
        place=fields.need("place").text(f"[A-Z]{{2}}|{WORLD}", f"a country code such as TH, or {WORLD}"),
        subject=fields.need("subject").choice(INTENTS),
        value=fields.need("value").text(_VALUE, "a number with its currency or sign, such as THB 400", 30),
        year=fields.text("year", _YEAR, "a year such as 2025"),
        confidence=confidence,
        sources=sources,
        checked=checked,
        valid_until=valid_until,
    )


def _dates(fields: Fields, frame: _Frame) -> tuple[date, date]:
    own, end = fields.get("checked"), fields.get("valid_until")
    checked = own.date() if own else frame.checked
    latest = _months_after(checked, 24)
    valid_until = end.date() if end else _months_after(checked, frame.months)
    if end and not checked < valid_until <= latest:
        raise end.refuse("must be after `checked`, by two years at most")
    return checked, valid_until


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, 28))


def _refuse_unused(facts: Sequence[Fact], sources: Mapping[str, Checked]) -> None:
    """A source nobody cites is most often a misspelt key."""
    cited = {key for fact in facts for key in fact.sources}
    for key, source in sources.items():
        if key not in cited:
            raise source.refuse("no fact cites this source")


def report_facts(facts: Sequence[Fact], today: date) -> list[str]:
    """What content staff must know: facts whose check is out of date, and how sure the facts are."""
    lines = [
        f"overdue: {fact.id} ({fact.place}, {fact.value}) was to be checked again by {fact.valid_until}"
        for fact in facts
        if fact.valid_until < today
    ]
    lines += [
        f"wrong date: {fact.id} says it was checked on {fact.checked}, which is still to come"
        for fact in facts
        if fact.checked > today
    ]
    sure = [fact.confidence for fact in facts]
    return [*lines, f"facts: {len(sure)}, confidence A: {sure.count('A')}, B: {sure.count('B')}"]
