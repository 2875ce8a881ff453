"""What content staff do at the command line: ``python -m bot content …``.

The console's content pages call the same functions (bot.adapters.content).
"""

from __future__ import annotations

import argparse

from bot.content import answers, drafts, numbers, sentences, texts
from bot.content.work import Say, Work
from bot.settings import Settings


def add_commands(parser: argparse.ArgumentParser) -> None:
    """The tasks and their arguments."""
    tasks = parser.add_subparsers(dest="task", required=True)
    for part in (texts, sentences, answers, numbers, drafts):
        part.add(tasks)


def run(options: argparse.Namespace, settings: Settings, say: Say) -> int:
    """Do one task; returns the exit status."""
    work = Work(settings, say)
    try:
        return int(options.work(work, options))
    finally:
        work.close()
