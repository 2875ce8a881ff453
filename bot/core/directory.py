"""The directory: whom to call. A number is said only from here, with its source and date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.checked import Checked, LineOf
from bot.core.entry import EU, KINDS, MANY, WORLD, digits, today
from bot.core.entry import Entry as Entry
from bot.core.entry import Misprint as Misprint
from bot.core.entry import Number as Number
from bot.core.entry_reader import Frame, read_entry, read_misprint, read_source
from bot.core.hours import Hours as Hours
from bot.core.language import speech

# What report() misses in a country: police and seafarers are extras.
EXPECTED = KINDS[:8]
# The members of the European Union.
_MEMBERS = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
# Where the speakers of a language are citizens, for lines that serve a country's own people abroad.
HOMES = {"th": "TH", "vi": "VN", "km": "KH", "my": "MM", "lo": "LA", "zh": "CN"}


@dataclass(frozen=True)
class Directory:
    """All entries, in the order of the file."""

    entries: tuple[Entry, ...]
    misprints: tuple[Misprint, ...] = ()

    def entry(self, id: str) -> Entry | None:
        """An entry by its id; None for one that was taken out."""
        return next((entry for entry in self.entries if entry.id == id), None)

    def has(self, country: str, kinds: Sequence[str]) -> bool:
        """Whether anyone in a country can be given a number of one of these kinds."""
        return bool(self.pick(kinds, country, "", 0, 1))

    def overdue(self, now: int) -> tuple[Entry, ...]:
        """The entries whose check is out of date."""
        return tuple(entry for entry in self.entries if entry.overdue(now))

    def pick(self, kinds: Sequence[str], country: str, language: str, now: int, limit: int = 4) -> tuple[str, ...]:
        """Entry ids that fit, none for a country without any; only world-wide ones where the country is "".

        Every kind gives its best before any gives its second, so that four police numbers don't crowd out the
        one line that speaks the person's language; shown in the order of the kinds.
        """
        queues = [self._ranked(kind, country.upper(), speech(language), now) for kind in dict.fromkeys(kinds)]
        chosen: list[list[str]] = [[] for _ in queues]
        taken: set[str] = set()
        for _ in range(limit):
            for queue, own in zip(queues, chosen, strict=True):
                best = next((id for id in queue if id not in taken), None)
                if best is not None and len(taken) < limit:
                    taken.add(best)
                    own.append(best)
        return tuple(id for own in chosen for id in own)

    def _ranked(self, kind: str, country: str, language: str, now: int) -> list[str]:
        ranks = []
        for entry in self.entries:
            place = _place(entry, country, language)
            if kind in entry.kinds and place is not None:
                rank = (place, *_fit(entry, language, now), entry.confidence, entry.kinds.index(kind))
                ranks.append((rank, entry.id))
        return [id for _, id in sorted(ranks, key=lambda pair: pair[0])]


def _place(entry: Entry, country: str, language: str) -> int | None:
    """How near a line is to a person: the country's own, their own country's for its people abroad, a region's."""
    if entry.country == WORLD:
        return 3
    if not country:
        return None
    if entry.nationals:
        at_home = entry.country == country
        if HOMES.get(language) == entry.nationals:
            return 1 if at_home or any(number.from_abroad for number in entry.numbers) else None
        # The speaker of another of these languages is no citizen; of an English speaker nothing is known.
        return 2 if at_home and entry.country != entry.nationals and language not in HOMES else None
    if entry.country == country:
        return 0
    return 3 if entry.country == EU and country in _MEMBERS else None


def _fit(entry: Entry, language: str, now: int) -> tuple[int, int]:
    """Speakers of the language first, then lines of many languages; then open before unknown before closed."""
    many = MANY in entry.languages or language in entry.interpreted
    spoken = 0 if entry.speaks(language, now) else 1 if many else 2
    return spoken, 1 if entry.hours is None else 0 if entry.hours.open_at(now) else 2


def parse(data: object, line_of: LineOf) -> Directory:
    """Read the directory from plain mappings; raises ContentError naming file and line (`line_of`)."""
    top = Checked(data, line_of).fields("defaults", "entries", "sources", "misprints")
    listed = top.need("entries").items()
    misprints = tuple(read_misprint(item, listed) for item in top.need("misprints").list(100))
    defaults = top.need("defaults").fields("checked", "valid_months")
    frame = Frame(
        checked=defaults.need("checked").date(),
        months=int(defaults.need("valid_months").text("[1-9]|1[0-9]|2[0-4]", "a number of months from 1 to 24")),
        sources={key: read_source(item) for key, item in top.need("sources").items().items()},
        wrong=frozenset(digits(misprint.number) for misprint in misprints),
    )
    return Directory(tuple(read_entry(id, item, frame) for id, item in listed.items()), misprints)


def report(directory: Directory, now: int) -> list[str]:
    """What content staff must know: checks out of date, how sure the entries are, which kinds a country lacks."""
    lines = [f"overdue: {entry.id} was to be checked again by {entry.valid_until}" for entry in directory.overdue(now)]
    lines += [
        f"wrong date: {entry.id} says it was checked on {entry.checked}, which is still to come"
        for entry in directory.entries
        if entry.checked > today(now)
    ]
    sure = [entry.confidence for entry in directory.entries]
    lines.append(f"entries: {len(sure)}, confidence A: {sure.count('A')}, B: {sure.count('B')}")
    countries = {entry.country for entry in directory.entries} | set(HOMES.values())
    for country in sorted(countries - {EU, WORLD}):
        missing = [kind for kind in EXPECTED if not directory.has(country, (kind,))]
        if missing:
            lines.append(f"{country}: nobody for {', '.join(missing)}")
    return lines
