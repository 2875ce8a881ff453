"""What a phrase is, and the marker by which the extractor finds one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Phrase:
    """A sentence with an id. `english` is the source text; ``{names}`` in it are filled when it is sent."""

    id: str
    english: str


def P(id: str, english: str) -> Phrase:
    """Mark a phrase for extraction: the id becomes the catalog's context. Short, as gettext's _ is."""
    return Phrase(id, english)


def messages(text: str) -> tuple[str, ...]:
    """The messages a text is said in: a blank line begins a new one."""
    return tuple(part.strip("\n") for part in text.split("\n\n") if part.strip())
