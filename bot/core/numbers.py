"""Turns entries of the directory into the lines a person reads: at most two short ones for each."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.directory import Directory, Entry, Hours, Number
from bot.core.entry import MANY
from bot.core.language import speech
from bot.core.message import NO_ARGS, Arg
from bot.core.ports import Clock

# How each way is called everywhere; an address of mail, chat and app speaks for itself.
_WAYS = {"sms": "SMS", "whatsapp": "WhatsApp", "viber": "Viber", "line": "LINE", "telegram": "Telegram",
         "facebook": "Facebook", "tty": "TTY"}  # fmt: skip


# Fills a phrase: (locale, phrase, arguments) → text.
Text = Callable[[str, str, dict[str, Arg]], str]
# Translates a name or label of the directory, catalog context "directory": (locale, English) → text.
Name = Callable[[str, str], str]


def numbers_text(directory: Directory, clock: Clock, text: Text, name: Name) -> Callable[[Sequence[str], str], str]:
    """What fills ``{numbers}``: (entry ids, locale) → lines. An entry that was taken out is left out."""

    def numbers(ids: Sequence[str], locale: str) -> str:
        entries = [entry for id in ids if (entry := directory.entry(id)) is not None]
        return "\n".join(_Shown(entry, locale, clock.now(), text, name).lines() for entry in entries)

    return numbers


@dataclass(frozen=True)
class _Shown:
    """One entry for one reader."""

    entry: Entry
    locale: str
    now: int
    fill: Text
    name: Name

    def lines(self) -> str:
        """Whom to call and the number; below it what to know, and how sure it is."""
        first = f"{self._name()}: {', '.join(self._number(number) for number in self._numbers())}"
        if self.entry.overdue(self.now):
            first += f" ({self._text('numbers.unsure')})"
        known = {"date": self.entry.checked.isoformat(), "source": self.entry.sources[0].short}
        about = " · ".join(self._about())
        return f"{first}\n{about} ({self._text('numbers.checked', known)})".replace("\n (", "\n(")

    def _text(self, phrase: str, args: Mapping[str, Arg] = NO_ARGS) -> str:
        return self.fill(self.locale, phrase, dict(args))

    def _name(self) -> str:
        """The name; the line's own beside it where its script differs, so that it can be shown to others."""
        name = self.name(self.locale, self.entry.name)
        for locale, own in self.entry.own.items():
            if speech(locale) != speech(self.locale) and _script(own) != _script(name):
                return f"{name} ({own})"
        return name

    def _numbers(self) -> list[Number]:
        """The numbers for speakers of the reader's language, or all where none is."""
        spoken = speech(self.locale)
        fitting = [number for number in self.entry.numbers if number.language in ("", spoken)]
        return fitting or list(self.entry.numbers)

    def _number(self, number: Number) -> str:
        shown = number.number
        if number.extension:
            shown = self._text("numbers.extension", {"number": shown, "extension": number.extension})
        ways = ", ".join(_WAYS[via] for via in number.via if via in _WAYS)
        label = self.name(self.locale, number.label) if number.label else ""
        called = "call" in number.via
        behind = ", ".join(part for part in (ways if called else "", number.letters, label) if part)
        shown = (shown if called or not ways else f"{ways} {shown}") + (f" ({behind})" if behind else "")
        if number.reach == "abroad" and any(other.reach != "abroad" for other in self.entry.numbers):
            return self._text("numbers.abroad", {"number": shown})
        return shown

    def _about(self) -> list[str]:
        """What to know before calling; nothing about what no source says."""
        entry = self.entry
        about = [self._hours("numbers.hours", entry.hours)] if entry.hours else []
        if entry.hours and entry.hours.closed_on_holidays:
            about.append(self._text("numbers.holidays"))
        if entry.cost == "free":
            about.append(self._text("numbers.free"))
        if all(number.reach == "inside" for number in entry.numbers):
            about.append(self._text("numbers.inside"))
        return about + self._languages()

    def _languages(self) -> list[str]:
        entry, spoken = self.entry, speech(self.locale)
        if spoken in entry.languages:
            return [self._text("numbers.speaks")]
        if spoken in entry.interpreted and entry.interpreters:
            workdays = entry.interpreters.closed_on_holidays
            return [self._hours(f"numbers.speaks_{'workdays' if workdays else 'hours'}", entry.interpreters)]
        return [self._text("numbers.many")] if MANY in entry.languages else []

    def _hours(self, phrase: str, hours: Hours) -> str:
        if hours.always:
            return self._text("numbers.always" if phrase == "numbers.hours" else "numbers.speaks")
        spans = ", ".join(
            f"{self._days(span.days)}{_time(span.begins)}–{_time(span.ends)}".strip() for span in hours.spans
        )
        zone = hours.offset(self.now)
        return self._text(phrase, {"hours": spans, "country": self.entry.country, "zone": zone})

    def _days(self, ranges: Sequence[tuple[int, int]]) -> str:
        """Names of the days; none where it is every day."""
        if (0, 6) in ranges:
            return ""
        named = ([self._text("numbers.day", {"day": day}) for day in dict.fromkeys(pair)] for pair in ranges)
        return ", ".join("–".join(names) for names in named) + " "


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _script(name: str) -> str:
    """The script of a name by its first letter, as Unicode calls it: LATIN, THAI, CJK."""
    return next((unicodedata.name(char, "").split(" ")[0] for char in name if char.isalpha()), "")
