"""Training sentences at the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bot.adapters.content import sentence_sheet
from bot.adapters.content.sentences import change, grid, read_sentences, weigh
from bot.content.work import Tasks, Work, of_a_tree, read_input, task
from bot.core.content.sentences import HANT, KINDS, LANGUAGES, Edit, Neighbours, Sentence, tidy
from bot.core.errors import AssistantUnavailable, ContentError
from bot.core.intents import INTENTS


def add(tasks: Tasks) -> None:
    """The tasks and their arguments."""
    of_a_tree(task(tasks, "grid", "sentences by intent and language, with the age of their files", _grid))
    listed = of_a_tree(task(tasks, "sentences", "the sentences of an intent in a language", _list))
    _slot(listed, kind=False)
    new = of_a_tree(task(tasks, "add", "add sentences, from the arguments or a line each from standard input", _add))
    _slot(new)
    new.add_argument("text", nargs="*")
    seen = of_a_tree(task(tasks, "try", "check a sentence and show how the live model reads it; changes nothing", _try))
    _slot(seen)
    seen.add_argument("text")
    for name, about, do in (
        ("edit", "word a sentence anew", _edit),
        ("move", "move a sentence to another intent", _move),
        ("remove", "delete a sentence", _remove),
    ):
        one = of_a_tree(task(tasks, name, about, do))
        one.add_argument("place", help="file and line, as `sentences` shows it")
        if name != "remove":
            one.add_argument("to", help="the new text, or the other intent")
    out = of_a_tree(task(tasks, "sentence-sheet", "write sentences as a sheet (.csv or .xlsx)", _sheet))
    out.add_argument("file", type=Path)
    out.add_argument("--language", action="append", choices=LANGUAGES)
    back = of_a_tree(task(tasks, "read-sentence-sheet", "take a sheet of sentences in", _read_sheet))
    back.add_argument("file", type=Path)


def _slot(parser: argparse.ArgumentParser, *, kind: bool = True) -> None:
    parser.add_argument("language", choices=LANGUAGES)
    parser.add_argument("intent", choices=INTENTS, metavar="intent")
    if kind:
        parser.add_argument("kind", choices=KINDS)
        parser.add_argument("--script", choices=(HANT,), default="", help="Chinese in traditional script")


def _grid(work: Work, options: argparse.Namespace) -> int:
    cells = {(cell.intent, cell.language): cell for cell in grid(work.root(options))}
    work.say(f"{'':26}" + "".join(f"{language:>6}" for language in LANGUAGES) + "  changed")
    for intent in INTENTS:
        row = [cells[intent, language] for language in LANGUAGES]
        day = max((cell.changed for cell in row if cell.changed), default=None)
        work.say(f"{intent:26}" + "".join(f"{cell.total:6}" for cell in row) + f"  {day or ''}")
    return 0


def _list(work: Work, options: argparse.Namespace) -> int:
    for one in read_sentences(work.root(options), options.language):
        if one.intent == options.intent:
            work.say(f"{one.place}  {one.kind}{' ' + one.script if one.script else ''}  {one.text}")
    return 0


def _new(options: argparse.Namespace, text: str) -> Sentence:
    return Sentence(tidy(text), options.intent, options.language, options.kind, options.script)


def _add(work: Work, options: argparse.Namespace) -> int:
    texts = options.text or [line for line in sys.stdin.read().split("\n") if line.strip()]
    edits = [Edit(None, _new(options, text)) for text in texts]
    return _change(work, options, edits, f"Add {len(edits)} sentences to {options.language} {options.intent}")


def _change(work: Work, options: argparse.Namespace, edits: Sequence[Edit], message: str) -> int:
    with work.changing(options, message) as root:
        for edit, finding in weigh(root, edits, work.zawgyi):
            if finding.hint and edit.after:
                work.say(f"note: {edit.after.text!r} {finding.why}")
        change(root, edits, work.zawgyi)
    work.say(f"{len(edits)} sentences changed")
    return 0


def _try(work: Work, options: argparse.Namespace) -> int:
    root, sentence = work.root(options), _new(options, options.text)
    found = weigh(root, [Edit(None, sentence)], work.zawgyi)
    for _, finding in found:
        work.say(("note: " if finding.hint else "wrong: ") + finding.why)
    near = Neighbours(read_sentences(root, options.language)).nearest(sentence)
    if near is not None:
        work.say(f"most alike in another intent: {near[0]:.0%} {near[1].intent} {near[1].text!r}")
    _read(work, sentence)
    return 1 if any(not finding.hint for _, finding in found) else 0


def _read(work: Work, sentence: Sentence) -> None:
    """How the live model reads a sentence; without a model the checks above hold all the same."""
    try:
        reading = work.reader.read(sentence.text)
    except AssistantUnavailable:
        work.say("the live model can't be asked; train it with: make train")
        return
    work.say(f"the live model reads: {reading.outcome} {reading.intent} {reading.confidence:.0%}")
    if (other := reading.other(sentence.intent)) is not None:
        work.say(f"likeliest other intent: {other[0]} {other[1]:.0%}")


def _at(root: Path, place: str) -> Sentence:
    found = next((one for one in read_sentences(root) if one.place == place), None)
    if found is None:
        raise ContentError(f"{place}: there is no sentence; `sentences` shows the places")
    return found


def _edit(work: Work, options: argparse.Namespace) -> int:
    old = _at(work.root(options), options.place)
    return _change(work, options, [Edit(old, replace(old, text=tidy(options.to)))], f"Word {old.place} anew")


def _move(work: Work, options: argparse.Namespace) -> int:
    old = _at(work.root(options), options.place)
    return _change(work, options, [Edit(old, replace(old, intent=options.to))], f"Move a sentence to {options.to}")


def _remove(work: Work, options: argparse.Namespace) -> int:
    old = _at(work.root(options), options.place)
    return _change(work, options, [Edit(old, None)], f"Remove a sentence of {old.intent}")


def _sheet(work: Work, options: argparse.Namespace) -> int:
    root, languages = work.root(options), options.language or LANGUAGES
    write = sentence_sheet.to_xlsx if options.file.suffix == ".xlsx" else sentence_sheet.to_csv
    options.file.write_bytes(write(root, languages))
    work.say(f"written to {options.file}")
    return 0


def _read_sheet(work: Work, options: argparse.Namespace) -> int:
    data = read_input(options.file)
    with work.changing(options, f"Take in {options.file.name}") as root:
        counts = sentence_sheet.take_in(root, options.file.name, data, work.zawgyi)
    work.say(", ".join(f"{counts[what]} {what}" for what in ("added", "changed", "deleted")))
    return 0
