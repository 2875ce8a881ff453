"""The directory: whom to call. A number is said only from here, with its source and date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Directory(Protocol):
    """Chooses entries for a person."""

    def pick(self, kinds: Sequence[str], country: str, language: str, now: int, limit: int = 4) -> tuple[str, ...]:
        """Entry ids that fit: the person's country, their language, open now (`now` in ms), kinds in order."""
        ...
