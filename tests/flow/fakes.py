"""Twins for what the flows call outside: an assistant that answers what it was told to, a channel that records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.conversation import AssistantReply, Reply
from bot.core.errors import AssistantUnavailable
from bot.core.message import Outbound
from bot.core.ports import Question
from bot.i18n import Book, Rendered

ANSWER = AssistantReply("en", "greet", 0.99, replies=(Reply("welcome"),))


@dataclass
class ScriptedAssistant:
    """Answers with `reply`, or is down where it is None."""

    reply: AssistantReply | None = ANSWER
    asked: list[Question] = field(default_factory=list)
    meanwhile: Callable[[], object] | None = None

    async def ask(self, question: Question) -> AssistantReply:
        """Answer, or fail."""
        self.asked.append(question)
        if self.meanwhile is not None:
            await self.meanwhile()  # type: ignore[misc]  # a coroutine function
            self.meanwhile = None
        if self.reply is None:
            raise AssistantUnavailable("timeout")
        return self.reply


@dataclass
class RecordingSender:
    """Records what was said; raises what is next in `faults` instead, None meaning no fault."""

    faults: list[Exception | None] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)
    forgotten: list[list[str]] = field(default_factory=list)

    async def say(self, address: str, out: Outbound, rendered: Rendered) -> str:
        """Record, or fail."""
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        self.said.append((address, rendered.text))
        return str(len(self.said))

    async def forget(self, address: str, messages: list[str]) -> None:
        """Record."""
        self.forgotten.append(messages)


class NoDirectory:
    """A directory with one entry, whatever is asked."""

    def pick(self, kinds: Sequence[str], country: str, language: str, now: int, limit: int = 4) -> tuple[str, ...]:
        """The entry."""
        return (f"{country or 'world'}-{kinds[0]}",)


@dataclass(frozen=True)
class OnePart:
    """Every phrase in one message, but for those named; no recordings, but for those named."""

    several: Mapping[str, int] = field(default_factory=dict)
    recordings: frozenset[tuple[str, str, str]] = frozenset()

    def parts(self, phrase: str, variation: str) -> int:
        """How many messages."""
        return self.several.get(phrase, 1)

    def recorded(self, locale: str, phrase: str, variation: str) -> bool:
        """Whether there is a recording."""
        return (locale, phrase, variation) in self.recordings


def english_book() -> Book:
    """The book in English alone."""
    return Book({}, [], lambda ids, locale: "\n".join(ids), {"days": 30, "hours": "09:00–21:00"})
