"""Drafts at the command line: ``python -m bot content draft …``."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence

from bot.adapters.content.checks import check_tree
from bot.content.work import Tasks, Work, by_author, task
from bot.core.content.merging import Clash
from bot.core.errors import ContentError


def add(tasks: Tasks) -> None:
    """The tasks and their arguments."""
    parser = tasks.add_parser("draft", help="changes collected in a named draft")
    parts = parser.add_subparsers(dest="part", required=True)
    task(parts, "list", "all drafts", _list)
    for name, about, do in (
        ("open", "begin a draft at the live content", _open),
        ("show", "what a draft changes, sentence by sentence", _show),
        ("check", "every content check over a draft", _check),
        ("refresh", "bring the live content into a draft; asks where both changed the same", _refresh),
        ("merge", "bring up to date, check, and take into the live content", _merge),
        ("discard", "end a draft unused", _discard),
    ):
        one = by_author(task(parts, name, about, do))
        one.add_argument("name")
        if name in ("refresh", "merge"):
            one.add_argument("--choose", nargs="*", default=[], help="id=live, id=draft or id=both")
        if name == "merge":
            one.add_argument("--message", default="", help="what the change is, for the history")


def _list(work: Work, options: argparse.Namespace) -> int:
    for draft in work.drafts.all():
        behind = f", {draft.behind} live changes behind" if draft.behind else ""
        work.say(f"{draft.name}: {draft.author}, {draft.opened}, {len(draft.commits)} commits{behind}")
    return 0


def _open(work: Work, options: argparse.Namespace) -> int:
    work.say(f"draft {options.name} opened in {work.drafts.open(options.name, options.author)}")
    return 0


def _show(work: Work, options: argparse.Namespace) -> int:
    for one in work.drafts.changes(options.name):
        work.say(f"{one.path}: {one.about}")
        for mark, text in (("-", one.before), ("+", one.after)):
            for line in text.splitlines():
                work.say(f"  {mark} {line}")
    return 0


def _check(work: Work, options: argparse.Namespace) -> int:
    problems = check_tree(work.drafts.tree(options.name), work.zawgyi)
    for problem in (*problems, f"{len(problems)} problems"):
        work.say(problem)
    return 1 if problems else 0


def _refresh(work: Work, options: argparse.Namespace) -> int:
    clashes = work.drafts.refresh(options.name, options.author, _choices(options.choose))
    return _ask(work, clashes)


def _ask(work: Work, clashes: Sequence[Clash]) -> int:
    """Show what both changed, and how to choose; 1 where there is anything."""
    for clash in clashes:
        work.say(f"{clash.id}  {clash.about}")
        for name, text in (("before", clash.base), ("live", clash.live), ("draft", clash.draft)):
            work.say(f"  {name}: {text.rstrip() or '(taken away)'}")
        work.say(f"  choose with --choose {clash.id}=live or =draft{' or =both' if clash.both else ''}")
    return 1 if clashes else 0


def _merge(work: Work, options: argparse.Namespace) -> int:
    if _refresh(work, options) or _check(work, options):
        return 1
    message = options.message or f"Take in the draft {options.name}"
    work.say(f"taken in as {work.drafts.land(options.name, options.author, message)[:12]}")
    return 0


def _discard(work: Work, options: argparse.Namespace) -> int:
    work.say(f"discarded; its last commit was {work.drafts.discard(options.name)[:12]}")
    return 0


def _choices(given: Iterable[str]) -> dict[str, str]:
    found = dict(item.partition("=")[::2] for item in given)
    if not all(found.values()):
        raise ContentError("a choice is id=live, id=draft or id=both")
    return found
