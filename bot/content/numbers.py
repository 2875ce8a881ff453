"""The directory at the command line."""

from __future__ import annotations

import argparse

import yaml

from bot.adapters.content.directory_text import add_entry, change_entry, checked, overdue, read_fields
from bot.content.work import Tasks, Work, of_a_tree, task
from bot.core.errors import ContentError


def add(tasks: Tasks) -> None:
    """The tasks and their arguments."""
    late = of_a_tree(task(tasks, "overdue", "numbers whose check is out of date, oldest first", _overdue))
    late.add_argument("--within", type=int, default=0, help="also those that will be in so many days")
    for name, about, do in (
        ("entry", "show an entry, or change its fields", _entry),
        ("new-entry", "add an entry", _new),
    ):
        one = of_a_tree(task(tasks, name, about, do))
        one.add_argument("id")
        one.add_argument("fields", nargs="*", help="field=value as in the file, such as cost=free; field= removes it")
    seen = of_a_tree(task(tasks, "checked", "a number was checked today on a page", _checked))
    seen.add_argument("id")
    seen.add_argument("--source", required=True, help="the key of a source, or a page without https://")


def _overdue(work: Work, options: argparse.Namespace) -> int:
    for entry in overdue(work.root(options), work.now, options.within):
        work.say(f"{entry.valid_until}  {entry.id}  {entry.name}")
    return 0


def _entry(work: Work, options: argparse.Namespace) -> int:
    if options.fields:
        with work.changing(options, f"Change {options.id} in the directory") as root:
            change_entry(root, options.id, _fields(options.fields))
    for name, value in read_fields(work.root(options), options.id).items():
        work.say(f"{name}: {value}")
    return 0


def _new(work: Work, options: argparse.Namespace) -> int:
    with work.changing(options, f"Add {options.id} to the directory") as root:
        add_entry(root, options.id, _fields(options.fields))
    work.say(f"{options.id} added")
    return 0


def _checked(work: Work, options: argparse.Namespace) -> int:
    with work.changing(options, f"Check {options.id}") as root:
        checked(root, options.id, work.day, options.source)
    work.say(f"{options.id} checked on {work.day}")
    return 0


def _fields(given: list[str]) -> dict[str, object]:
    """Fields by name; a value is read as the file's own YAML, without numbers and dates; raises ContentError."""
    found: dict[str, object] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals:
            raise ContentError(f"{item!r} must be field=value")
        try:
            found[name] = yaml.load(value, Loader=yaml.CBaseLoader) if value else None  # noqa: S506  texts only
        except yaml.YAMLError as exc:
            raise ContentError(f"{name}: is no YAML: {value!r}") from exc
    return found
