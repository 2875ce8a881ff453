"""The chain of the audit: each entry is sealed together with the seal of the one before.

A seal is an HMAC-SHA256, so who can write to the store but has no key can't make one: an entry that was changed,
removed, added or moved breaks the chain from there on. What was removed from the end shows by the counter, and
where that was set back too, by a head noted elsewhere (docs/architecture.md, decision 13).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.desk_ports import Audit, Sealed, Verdict

# An entry is chained within seconds; one that is not after this time (ms) is a flaw.
CHAINED_WITHIN = 5 * 60 * 1000
_FLAWS = 20


@dataclass(frozen=True)
class Seals:
    """Makes and checks seals. `keys` by id; `current` makes new ones. Prints as stars."""

    current: str
    keys: Mapping[str, bytes]

    def __repr__(self) -> str:
        return "Seals(***)"

    def make(self, before: str, number: int, audit: Audit) -> str:
        """The seal of an entry, as ``key:hex``."""
        return f"{self.current}:{_mac(self.keys[self.current], before, number, audit)}"

    def holds(self, seal: str, before: str, number: int, audit: Audit) -> bool:
        """Whether a seal fits."""
        name, _, mac = seal.partition(":")
        key = self.keys.get(name)
        return key is not None and hmac.compare_digest(mac.encode(), _mac(key, before, number, audit).encode())


def floor_of(last: Sealed) -> Audit:
    """What is sealed in place of all entries up to `last` when they are let go of."""
    return Audit(last.audit.at, "floor", "", "", f"{last.number}:{last.seal}")


@dataclass
class Checker:
    """Walks the chain from its beginning, or from a floor: the last entry that was let go of, with its seal."""

    seals: Seals
    now: int
    wanted: str = ""
    number: int = 0
    seal: str = ""
    checked: int = 0
    unsealed: int = 0
    flaws: list[str] = field(default_factory=list)

    def begin(self, floor: Sealed, seal: str) -> None:
        """Begin behind a floor."""
        self.number, self.seal = floor.number, floor.seal
        if not self.seals.holds(seal, "", 0, floor_of(floor)):
            self.flaws.append("the mark where the chain begins does not fit")
        self._meet()

    def add(self, entry: Sealed) -> None:
        """Check the next entry."""
        self.checked += 1
        if entry.number != self.number + 1:
            self.flaws.append(f"entries {self.number + 1} to {entry.number - 1} are missing")
        if not entry.seal:
            self._unsealed(entry)
        elif self.unsealed:
            self.flaws.append(f"entry {entry.number} is chained and the one before is not")
        elif not self.seals.holds(entry.seal, self.seal, entry.number, entry.audit):
            self.flaws.append(f"entry {entry.number} or the one before is not what was written")
        self.number = entry.number
        if entry.seal:
            self.seal = entry.seal
            self._meet()

    def end(self, count: int) -> Verdict:
        """The verdict; `count` is how many entries were ever written."""
        if count != self.number:
            self.flaws.append(f"{count} entries were written, the last one here is {self.number}")
        if self.wanted:
            self.flaws.append("the noted head is not in the chain")
        more = len(self.flaws) - _FLAWS
        told = (*self.flaws[:_FLAWS], f"and {more} more") if more > 0 else tuple(self.flaws)
        head = f"{self.number - self.unsealed}:{self.seal}" if self.seal else ""
        return Verdict(self.checked, self.unsealed, head, told)

    def _unsealed(self, entry: Sealed) -> None:
        self.unsealed += 1
        if entry.audit.at < self.now - CHAINED_WITHIN:
            self.flaws.append(f"entry {entry.number} is not chained; does a worker run?")

    def _meet(self) -> None:
        if self.wanted == f"{self.number}:{self.seal}":
            self.wanted = ""


def _mac(key: bytes, before: str, number: int, audit: Audit) -> str:
    row = [before, number, audit.at, audit.what, audit.conversation, audit.operator, audit.detail]
    return hmac.new(key, json.dumps(row).encode(), hashlib.sha256).hexdigest()
