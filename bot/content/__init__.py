"""What content staff do at the command line: ``python -m bot content …``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from bot.adapters import catalogs, recordings
from bot.adapters.answer_report import coverage, coverage_table, language_lines, length_lines, reading_lines, readings
from bot.adapters.answer_rules import check_answers
from bot.adapters.clock import SystemClock
from bot.adapters.content import translation_sheet
from bot.adapters.directory_file import load_directory, report
from bot.adapters.facts_file import read_facts, report_facts
from bot.bootstrap import Product
from bot.core.language import LOCALES
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = ROOT / "nlu_data" / "domain.yml"
FACTS = ROOT / "nlu_data" / "facts.yml"
Say = Callable[[str], None]


def add_commands(parser: argparse.ArgumentParser) -> None:
    """The tasks and their arguments."""
    tasks = parser.add_subparsers(dest="task", required=True)
    tasks.add_parser("locales", help="extract, update, compile and check the catalogs; show coverage")
    tasks.add_parser("compile", help="compile the catalogs")
    tasks.add_parser("check", help="check catalogs, directory and answers")
    tasks.add_parser("report", help="what is answered where, how it reads, review state, age of numbers and facts")
    tasks.add_parser("directory", help="numbers that are overdue or missing")
    audio = tasks.add_parser("audio", help="which answers are recorded in a language, which are missing or outdated")
    audio.add_argument("locale", choices=list(LOCALES))
    audio.add_argument("--texts", action="store_true", help="write what is to be read, for a speaker")
    sheet = tasks.add_parser("sheet", help="write a reviewer's sheet (CSV) of a language")
    sheet.add_argument("locale", choices=[name for name in LOCALES if name != catalogs.SOURCE])
    sheet.add_argument("file", type=Path)
    back = tasks.add_parser("read-sheet", help="take a reviewer's sheet back in")
    back.add_argument("locale", choices=[name for name in LOCALES if name != catalogs.SOURCE])
    back.add_argument("file", type=Path)


def run(options: argparse.Namespace, settings: Settings, say: Say) -> int:
    """Do one task; returns the exit status."""
    tasks: dict[str, Callable[[argparse.Namespace, Settings, Say], int]] = {
        "locales": _locales,
        "compile": _compile,
        "check": _check,
        "directory": _directory,
        "report": _report,
        "audio": _audio,
        "sheet": _sheet,
        "read-sheet": _read_sheet,
    }
    return tasks[options.task](options, settings, say)


def _locales(options: argparse.Namespace, settings: Settings, say: Say) -> int:
    catalogs.update(ROOT)
    catalogs.write_sheets(ROOT)
    catalogs.compile_all(ROOT)
    _show_coverage(settings, say)
    return _problems(catalogs.check(ROOT), say)


def _compile(options: argparse.Namespace, settings: Settings, say: Say) -> int:
    catalogs.compile_all(ROOT)
    return 0


def _check(options: argparse.Namespace, settings: Settings, say: Say) -> int:
    _show_coverage(settings, say)
    load_directory(ROOT / "nlu_data" / "directory.yml")
    return _problems(check_answers(DOMAIN, FACTS) + catalogs.check(ROOT), say)


def _show_coverage(settings: Settings, say: Say) -> None:
    say(f"{'language':10} {'texts':>6} {'translated':>11} {'reviewed':>9}  offered in production")
    for row in catalogs.coverage(ROOT):
        share = 100 * row.reviewed // max(1, row.total)
        offered = "yes" if share >= settings.reviewed_share else f"no (needs {settings.reviewed_share} %)"
        say(f"{row.locale:10} {row.total:6} {row.translated:11} {row.reviewed:9}  {offered}")


def _problems(problems: list[str], say: Say) -> int:
    for problem in problems:
        say(problem)
    say(f"{len(problems)} problems")
    return 1 if problems else 0


def _directory(options: argparse.Namespace, settings: Settings, say: Say) -> int:
    for line in report(load_directory(ROOT / "nlu_data" / "directory.yml"), SystemClock().now()):
        say(line)
    return 0


def _report(options: argparse.Namespace, settings: Settings, say: Say) -> int:
    """The table of answers by intent, country and language, then reading, review, age of numbers and facts."""
    now = SystemClock().now()
    translated = {locale: catalogs.texts(ROOT, locale) for locale in LOCALES}
    for line in (*coverage_table(coverage(DOMAIN)), "", *language_lines(DOMAIN, translated), ""):
        say(line)
    for line in (*reading_lines(readings(DOMAIN)), *length_lines(DOMAIN, translated), ""):
        say(line)
    _show_coverage(settings, say)
    today = datetime.fromtimestamp(now / 1000, timezone.utc).date()
    directory = load_directory(ROOT / "nlu_data" / "directory.yml")
    for line in ("", *report(directory, now), "", *report_facts(read_facts(FACTS), today)):
        say(line)
    return 0


def _audio(options: argparse.Namespace, settings: Settings, say: Say) -> int:
    """Recordings of a language: counts, then each that is not as it should be."""
    book = Product(settings).book
    if options.texts:
        for path in recordings.write_texts(ROOT / "locales", options.locale, book):
            say(f"to read: {path.relative_to(ROOT)}")
        return 0
    found = recordings.survey(ROOT / "locales", options.locale, book)
    for state in recordings.State:
        say(f"{state.value}: {sum(one.state is state for one in found)}")
    for one in found:
        if one.state is not recordings.State.RECORDED:
            say(f"{one.state.value}: {one.name}")
    return 0


def _sheet(options: argparse.Namespace, settings: Settings, say: Say) -> int:
    options.file.write_bytes(translation_sheet.to_csv(ROOT, options.locale))
    say(f"written to {options.file}")
    return 0


def _read_sheet(options: argparse.Namespace, settings: Settings, say: Say) -> int:
    return 0
