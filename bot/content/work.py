"""What every task of content staff shares: the tree it works on, and the tools it asks."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from bot.adapters.clock import SystemClock
from bot.adapters.content.drafts import Drafts
from bot.adapters.content.reader import ProcessReader, ProcessZawgyi
from bot.core.entry import today
from bot.core.errors import ContentError
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
Say = Callable[[str], None]
# What add_subparsers returns; argparse has no public name for it.
type Tasks = argparse._SubParsersAction[argparse.ArgumentParser]


@dataclass
class Work:
    """One task: settings, where to say what, and what it needs on the way."""

    settings: Settings
    say: Say

    @cached_property
    def drafts(self) -> Drafts:
        """The drafts of the content repository."""
        repository = Path(self.settings.content) if self.settings.content else ROOT
        return Drafts(repository.resolve(), self.settings.data / "content" / "drafts", self.settings.content_branch)

    @cached_property
    def zawgyi(self) -> ProcessZawgyi:
        """Tells Zawgyi; started when the first Burmese letter is asked about."""
        return ProcessZawgyi(ROOT / "nlu_data")

    @cached_property
    def reader(self) -> ProcessReader:
        """Reads sentences as the live model does; started at the first one."""
        return ProcessReader(ROOT / "nlu_data")

    @cached_property
    def clock(self) -> SystemClock:
        """The time."""
        return SystemClock()

    @property
    def now(self) -> int:
        """The time, ms since 1970."""
        return self.clock.now()

    @property
    def day(self) -> date:
        """The day (UTC)."""
        return today(self.now)

    def root(self, options: argparse.Namespace) -> Path:
        """The tree to read: a draft's, or this checkout."""
        return self.drafts.tree(options.draft) if options.draft else ROOT

    @contextlib.contextmanager
    def changing(self, options: argparse.Namespace, message: str) -> Iterator[Path]:
        """The tree to change: a draft's, which keeps the change as a commit, or this checkout, which does not."""
        if not options.draft:
            yield ROOT
            return
        with self.drafts.editing(options.draft, options.author, message) as tree:
            yield tree

    def close(self) -> None:
        """Stop what was started."""
        for name in ("zawgyi", "reader"):
            if name in self.__dict__:
                getattr(self, name).close()


def task(
    tasks: Tasks,
    name: str,
    about: str,
    do: Callable[[Work, argparse.Namespace], int],
) -> argparse.ArgumentParser:
    """Add a task; returns its parser."""
    parser: argparse.ArgumentParser = tasks.add_parser(name, help=about)
    parser.set_defaults(work=do)
    return parser


def of_a_tree(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The arguments of a task that reads or changes a tree."""
    parser.add_argument("--draft", default="", help="work on this draft instead of the checkout")
    by_author(parser)
    return parser


def by_author(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The argument that names who does it."""
    parser.add_argument("--author", default="content", help="who does it; stands in the history")
    return parser


def read_input(path: Path) -> bytes:
    """A file somebody named; raises ContentError."""
    try:
        return path.read_bytes()
    except OSError as exc:
        raise ContentError(f"{path} can't be read: {exc.strerror}") from exc
