"""Texts as a whole: catalogs, checks, the report, recordings."""

from __future__ import annotations

import argparse
from datetime import datetime, timezone

from bot.adapters import catalogs, recordings
from bot.adapters.answer_report import coverage, coverage_table, language_lines, length_lines, reading_lines, readings
from bot.adapters.answer_rules import check_answers
from bot.adapters.clock import SystemClock
from bot.adapters.directory_file import load_directory, report
from bot.adapters.facts_file import read_facts, report_facts
from bot.bootstrap import Product
from bot.content.work import ROOT, Say, Tasks, Work, task
from bot.core.language import LOCALES

DOMAIN = ROOT / "nlu_data" / "domain.yml"
FACTS = ROOT / "nlu_data" / "facts.yml"


def add(tasks: Tasks) -> None:
    """The tasks and their arguments."""
    task(tasks, "locales", "extract, update, compile and check the catalogs; show coverage", _locales)
    task(tasks, "compile", "compile the catalogs", _compile)
    task(tasks, "check", "check catalogs, directory and answers", _check)
    task(tasks, "report", "what is answered where, how it reads, review state, age of numbers and facts", _report)
    task(tasks, "directory", "numbers that are overdue or missing", _directory)
    audio = task(tasks, "audio", "which answers are recorded in a language, which are missing or outdated", _audio)
    audio.add_argument("locale", choices=list(LOCALES))
    audio.add_argument("--texts", action="store_true", help="write what is to be read, for a speaker")


def _locales(work: Work, options: argparse.Namespace) -> int:
    catalogs.update(ROOT)
    catalogs.write_sheets(ROOT)
    catalogs.compile_all(ROOT)
    _show_coverage(work)
    return _problems(catalogs.check(ROOT), work.say)


def _compile(work: Work, options: argparse.Namespace) -> int:
    catalogs.compile_all(ROOT)
    return 0


def _check(work: Work, options: argparse.Namespace) -> int:
    _show_coverage(work)
    load_directory(ROOT / "nlu_data" / "directory.yml")
    return _problems(check_answers(DOMAIN, FACTS) + catalogs.check(ROOT), work.say)


def _show_coverage(work: Work) -> None:
    work.say(f"{'language':10} {'texts':>6} {'translated':>11} {'reviewed':>9}  offered in production")
    for row in catalogs.coverage(ROOT):
        share = 100 * row.reviewed // max(1, row.total)
        offered = "yes" if share >= work.settings.reviewed_share else f"no (needs {work.settings.reviewed_share} %)"
        work.say(f"{row.locale:10} {row.total:6} {row.translated:11} {row.reviewed:9}  {offered}")


def _problems(problems: list[str], say: Say) -> int:
    for problem in problems:
        say(problem)
    say(f"{len(problems)} problems")
    return 1 if problems else 0


def _directory(work: Work, options: argparse.Namespace) -> int:
    for line in report(load_directory(ROOT / "nlu_data" / "directory.yml"), SystemClock().now()):
        work.say(line)
    return 0


def _report(work: Work, options: argparse.Namespace) -> int:
    """The table of answers by intent, country and language, then reading, review, age of numbers and facts."""
    now = SystemClock().now()
    translated = {locale: catalogs.texts(ROOT, locale) for locale in LOCALES}
    for line in (*coverage_table(coverage(DOMAIN)), "", *language_lines(DOMAIN, translated), ""):
        work.say(line)
    for line in (*reading_lines(readings(DOMAIN)), *length_lines(DOMAIN, translated), ""):
        work.say(line)
    _show_coverage(work)
    today = datetime.fromtimestamp(now / 1000, timezone.utc).date()
    directory = load_directory(ROOT / "nlu_data" / "directory.yml")
    for line in ("", *report(directory, now), "", *report_facts(read_facts(FACTS), today)):
        work.say(line)
    return 0


def _audio(work: Work, options: argparse.Namespace) -> int:
    """Recordings of a language: counts, then each that is not as it should be."""
    book = Product(work.settings).book
    if options.texts:
        for path in recordings.write_texts(ROOT / "locales", options.locale, book):
            work.say(f"to read: {path.relative_to(ROOT)}")
        return 0
    found = recordings.survey(ROOT / "locales", options.locale, book)
    for state in recordings.State:
        work.say(f"{state.value}: {sum(one.state is state for one in found)}")
    for one in found:
        if one.state is not recordings.State.RECORDED:
            work.say(f"{one.state.value}: {one.name}")
    return 0
