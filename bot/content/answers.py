"""Answers and their translations at the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.adapters.content import translation_sheet
from bot.adapters.content.english import set_english
from bot.adapters.content.preview import Previews
from bot.adapters.content.translations import (
    SOURCE,
    Standing,
    Translation,
    Wording,
    approve,
    read_translations,
    set_translations,
    since_review,
    standings,
)
from bot.content.work import Tasks, Work, of_a_tree, read_input, task
from bot.core.content.difference import Fate, difference
from bot.core.errors import ContentError
from bot.core.language import LOCALES
from bot.core.message import Arg

TARGETS = [name for name in LOCALES if name != SOURCE]
_MARKS = {Fate.SAME: ("", ""), Fate.GONE: ("[-", "-]"), Fate.NEW: ("{+", "+}")}


def add(tasks: Tasks) -> None:
    """The tasks and their arguments."""
    one = of_a_tree(task(tasks, "answer", "a text in every language, and where each translation stands", _answer))
    one.add_argument("context", help="as in the catalogs: utter_greet, utter_ask_minimum_wage/TH, crisis.danger")
    english = of_a_tree(task(tasks, "english", "word an answer anew in English; translations become drafts", _english))
    english.add_argument("context")
    english.add_argument("text")
    put = of_a_tree(task(tasks, "translate", "word a translation anew", _translate))
    put.add_argument("locale", choices=TARGETS)
    put.add_argument("context")
    put.add_argument("text")
    review = of_a_tree(task(tasks, "approve", "clear the mark of a translation, with the reviewer's name", _approve))
    review.add_argument("locale", choices=TARGETS)
    review.add_argument("context")
    review.add_argument("--reviewer", required=True)
    since = of_a_tree(task(tasks, "since-review", "what changed since the last review of a language", _since))
    since.add_argument("locale", choices=TARGETS)
    of_a_tree(task(tasks, "reviews", "how far each language is translated and reviewed", _reviews))
    shown = of_a_tree(task(tasks, "preview", "an answer as a person sees it", _preview))
    shown.add_argument("context")
    shown.add_argument("locale", choices=list(LOCALES))
    shown.add_argument("--country", default="", help="for the numbers: TH")
    _sheets(tasks)


def _sheets(tasks: Tasks) -> None:
    sheet = of_a_tree(task(tasks, "sheet", "write a reviewer's sheet (.csv or .xlsx) of a language", _sheet))
    back = of_a_tree(task(tasks, "read-sheet", "take a reviewer's sheet back in", _read_sheet))
    for parser in (sheet, back):
        parser.add_argument("locale", choices=TARGETS)
        parser.add_argument("file", type=Path)
    back.add_argument("--reviewer", default="", help="who reviewed; needed where a row says so")


def _find(root: Path, locale: str, context: str) -> Translation:
    found = [one for one in read_translations(root, locale) if one.context == context]
    if len(found) != 1:
        raise ContentError(f"{context!r} names {len(found)} texts in {locale}; use a sheet for those of one context")
    return found[0]


def _answer(work: Work, options: argparse.Namespace) -> int:
    root = work.root(options)
    for number, locale in enumerate(TARGETS):
        one = _find(root, locale, options.context)
        if not number:
            work.say(f"en\n{one.english}\n")
        by = f" by {one.review.by} on {one.review.on}" if one.review else ""
        work.say(f"{locale}: {one.standing.value}{by}\n{one.text}\n")
    return 0


def _english(work: Work, options: argparse.Namespace) -> int:
    with work.changing(options, f"Word {options.context} anew") as root:
        set_english(root, options.context, options.text.replace("\\n", "\n"))
    work.say(f"{options.context} changed; its translations are to be read again")
    return 0


def _translate(work: Work, options: argparse.Namespace) -> int:
    with work.changing(options, f"Translate {options.context} into {options.locale}") as root:
        one = _find(root, options.locale, options.context)
        text = options.text.replace("\\n", "\n")
        count = set_translations(root, options.locale, [Wording(one.context, one.english, text, one.text)])
    work.say(f"{count} translations changed")
    return 0


def _approve(work: Work, options: argparse.Namespace) -> int:
    with work.changing(options, f"Approve {options.context} in {options.locale}") as root:
        one = _find(root, options.locale, options.context)
        seen = [Wording(one.context, one.english, one.text)]
        count = approve(root, options.locale, seen, options.reviewer, work.day)
    work.say(f"{count} translations approved")
    return 0


def _since(work: Work, options: argparse.Namespace) -> int:
    """Each text that changed since its review: English and translation with what went and came."""
    root = work.root(options)
    for one in read_translations(root, options.locale):
        if one.standing is not Standing.CHANGED or one.review is None:
            continue
        work.say(f"{one.context}: reviewed by {one.review.by} on {one.review.on}")
        before = since_review(root, one)
        for old, new in zip(before, (one.english, one.text), strict=True) if before else ():
            work.say("  " + "".join(f"{_MARKS[p.fate][0]}{p.text}{_MARKS[p.fate][1]}" for p in difference(old, new)))
    return 0


def _reviews(work: Work, options: argparse.Namespace) -> int:
    root = work.root(options)
    work.say(f"{'language':10}" + "".join(f"{standing.name.lower():>10}" for standing in Standing) + "  first of all")
    for locale in TARGETS:
        found = read_translations(root, locale)
        counts = standings(found)
        first = standings(one for one in found if one.first)
        left = sum(first.values()) - first[Standing.REVIEWED]
        work.say(f"{locale:10}" + "".join(f"{counts[standing]:10}" for standing in Standing) + f"  {left} to review")
    return 0


def _preview(work: Work, options: argparse.Namespace) -> int:
    standing: dict[str, Arg] = {"days": work.settings.retention_days, "hours": work.settings.hours}
    shown = Previews(work.root(options), work.clock, standing).show(options.context, options.locale, options.country)
    for bubble in shown.bubbles:
        work.say(f"{bubble.text}\n({bubble.length} of {bubble.most} characters)\n")
    for row in shown.rows:
        work.say("  ".join(f"[ {title} ]" for title in row))
    return 0


def _sheet(work: Work, options: argparse.Namespace) -> int:
    write = translation_sheet.to_xlsx if options.file.suffix == ".xlsx" else translation_sheet.to_csv
    options.file.write_bytes(write(work.root(options), options.locale))
    work.say(f"written to {options.file}")
    return 0


def _read_sheet(work: Work, options: argparse.Namespace) -> int:
    data = read_input(options.file)
    with work.changing(options, f"Take in {options.file.name}") as root:
        counts = translation_sheet.take_in(root, options.locale, options.file.name, data, options.reviewer, work.day)
    work.say(f"{counts['changed']} translations changed, {counts['reviewed']} reviewed in {options.locale}")
    return 0
