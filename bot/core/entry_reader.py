"""Reads entries of the directory from plain mappings, and refuses a bad one by file and line."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from bot.core.checked import Checked, Fields
from bot.core.entry import CHANNELS, EU, KINDS, WORLD, Entry, Misprint, Number, Source, digits
from bot.core.hours import Hours, parse_hours

FIELDS = (
    "country", "kinds", "nationals", "name", "own", "numbers", "channels", "hours", "languages", "interpreters",
    "cost", "confidence", "sources", "checked", "valid_until", "note",
)  # fmt: skip
_PHONES = {"call", "sms", "whatsapp", "viber", "tty"}
_PHONE = r"(?=(?:[^0-9]*[0-9]){3})\(?\+?[0-9][0-9 ()+-]*[0-9]"
_EMAIL = r"[A-Za-z0-9._-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
_PAGE = r"[a-z0-9-]+(\.[a-z0-9-]+)+(/[A-Za-z0-9._-]+)*"


@dataclass(frozen=True)
class Frame:
    """What all entries of a file share; `seen` holds (country, digits, extension) of the numbers read so far."""

    checked: date
    months: int
    sources: Mapping[str, Source]
    wrong: frozenset[str]
    seen: set[tuple[str, str, str]] = field(default_factory=set)


def read_entry(id: str, given: Checked, frame: Frame) -> Entry:
    """Read one entry; raises ContentError."""
    if not re.fullmatch("[a-z][a-z0-9-]{1,47}", id):
        raise given.refuse("an id is small letters, digits and hyphens")
    fields = given.fields(*FIELDS)
    checked, valid_until = _dates(fields, frame)
    country = fields.need("country").text(f"[A-Z]{{2}}|{WORLD}", f"a country code such as TH, {EU} or {WORLD}")
    interpreted, interpreters = _interpreters(fields.get("interpreters"))
    return Entry(
        id=id,
        country=country,
        kinds=fields.need("kinds").choices(KINDS),
        name=fields.need("name").text(r"\D+", "a name without digits", 70),
        numbers=tuple(_number(item, country, frame) for item in fields.need("numbers").list(6)),
        confidence=fields.need("confidence").choice(("A", "B")),
        sources=tuple(_cited(item, frame) for item in fields.need("sources").list()),
        checked=checked,
        valid_until=valid_until,
        own=_own(fields.get("own")),
        hours=_hours(fields.get("hours"), country),
        languages=_languages(fields.get("languages")),
        interpreted=interpreted,
        interpreters=interpreters,
        channels=fields.choices("channels", CHANNELS),
        cost=fields.choice("cost", ("free", "international")),
        nationals=_nationals(fields),
        note=fields.text("note", most=400),
    )


def _dates(fields: Fields, frame: Frame) -> tuple[date, date]:
    own = fields.get("checked")
    checked = own.date() if own else frame.checked
    end = fields.get("valid_until")
    valid_until = end.date() if end else _months_after(checked, frame.months)
    if end and not checked < valid_until <= _months_after(checked, 24):
        raise end.refuse("must be after `checked`, by two years at most")
    return checked, valid_until


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, 28))


def _nationals(fields: Fields) -> str:
    nationals = fields.text("nationals", "[A-Z]{2}", "a country code such as TH")
    if nationals and "consular" not in fields.need("kinds").choices(KINDS):
        raise fields.need("nationals").refuse("needs the kind consular")
    return nationals


def _hours(given: Checked | None, country: str) -> Hours | None:
    hours = parse_hours(given) if given else None
    if given and hours and not hours.always and country in (EU, WORLD):
        raise given.refuse("must be `always` for a line of more than one country")
    return hours


def _languages(given: Checked | None) -> tuple[str, ...]:
    items = given.list(30) if given else ()
    return tuple(item.text("[a-z]{2,3}", "a language code such as vi") for item in items)


def _interpreters(given: Checked | None) -> tuple[tuple[str, ...], Hours | None]:
    if given is None:
        return (), None
    fields = given.fields("languages", "hours")
    return _languages(fields.need("languages")), parse_hours(fields.need("hours"))


def _own(given: Checked | None) -> Mapping[str, str]:
    found = given.items() if given else {}
    for locale, name in found.items():
        if not re.fullmatch("[a-z]{2,3}(_[A-Z][a-z]{3})?", locale):
            raise name.refuse("a language is written as th or zh_Hant")
    return MappingProxyType({locale: name.text(r"\D+", "a name without digits", 70) for locale, name in found.items()})


def _number(given: Checked, country: str, frame: Frame) -> Number:
    fields = given.fields("number", "via", "reach", "label", "letters", "ext", "language")
    via = _via(fields.get("via"))
    number = Number(
        number=_dialled(fields.need("number"), via, frame),
        via=via,
        reach=fields.choice("reach", ("inside", "abroad")),
        label=fields.text("label", r"\D+", "words without digits", 50),
        letters=fields.text("letters", "[0-9-]*[A-Z]+", "the number in capital letters such as 800SAVE", 20),
        extension=fields.text("ext", "[0-9]{1,5}(-[0-9]{1,5})?", "an extension such as 12 or 1-10"),
        language=fields.text("language", "[a-z]{2,3}", "a language code such as vi"),
    )
    key = (country, digits(number.number) or number.number, number.extension)
    if key in frame.seen:
        raise given.refuse(f"stands in this country a second time: {number.number}")
    frame.seen.add(key)
    return number


def _via(given: Checked | None) -> tuple[str, ...]:
    if given is None:
        return ("call",)
    return (given.choice(CHANNELS),) if isinstance(given.value, str) else given.choices(CHANNELS)


def _dialled(given: Checked, via: tuple[str, ...], frame: Frame) -> str:
    """The number itself, letter for letter."""
    if not _PHONES.isdisjoint(via):
        number = given.text(_PHONE, "a phone number exactly as its source prints it", 24)
    elif "email" in via:
        number = given.text(_EMAIL, "an email address")
    elif "chat" in via:
        number = given.text(_PAGE, "a page without https://")
    else:
        number = given.text(r"\D+", "a name without digits", 50)
    if digits(number) in frame.wrong:
        raise given.refuse("is in the list of misprints: a wrong or retired number")
    return number


def _cited(given: Checked, frame: Frame) -> Source:
    key = given.text()
    if key not in frame.sources:
        raise given.refuse(f"no source has the key {key}; add it to `sources`")
    return frame.sources[key]


def read_source(given: Checked) -> Source:
    """Read a source; what a person sees of it is its site unless `short` says otherwise."""
    fields = given.fields("page", "short", "date")
    page = fields.need("page").text(most=120)
    return Source(page, fields.text("short", most=40) or re.split("[/ ]", page)[0], fields.text("date", most=40))


def read_misprint(given: Checked, entries: Collection[str]) -> Misprint:
    """Read a misprint; it must name the entry that has the right number."""
    fields = given.fields("number", "instead", "why")
    instead = fields.need("instead").text()
    if instead not in entries:
        raise fields.need("instead").refuse(f"there is no entry {instead}")
    number = fields.need("number").text(_PHONE, "a phone number", 24)
    return Misprint(number, instead, fields.need("why").text())
