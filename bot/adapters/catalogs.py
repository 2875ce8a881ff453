"""The translators' side of the book: extract, update, compile, check, and sheets for reviewers.

The files are ordinary gettext (``locales/<language>/LC_MESSAGES/messages.po``), so Poedit and Weblate work with
them as they are. The phrase's id is the message's context.
"""

from __future__ import annotations

import gettext
import io
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po
from jinja2.ext import babel_extract

from bot.adapters.answers import read_sources
from bot.adapters.catalog_rules import wrong
from bot.adapters.content.files import write
from bot.adapters.content.translation_sheet import to_csv
from bot.adapters.directory_file import names
from bot.core.errors import CatalogError
from bot.core.language import LOCALES
from bot.i18n import DOMAIN

SOURCE = "en"
_BEGINNING = datetime(2026, 11, 24, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Text:
    """One text to translate: its context, the English, where it is from, and notes for the translator."""

    context: str
    english: str
    place: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Coverage:
    """How far a language is: all texts, translated ones, and those a native reviewer has cleared."""

    locale: str
    total: int
    translated: int
    reviewed: int


def extract(root: Path) -> Catalog:
    """The template: every text of phrases, answers, console and directory, in the order of the files."""
    catalog = Catalog(
        domain=DOMAIN, project="helpline", charset="utf-8", creation_date=_BEGINNING, header_comment=_HEADER
    )
    for text in _texts(root):
        catalog.add(text.english, context=text.context, locations=[(text.place, 1)], auto_comments=text.notes)
    return catalog


_HEADER = """\
# Texts of the helpline.
# Every machine-drafted translation is marked fuzzy until a named native reviewer clears it."""


def _texts(root: Path) -> Iterator[Text]:
    for name in ("phrases", "desk_phrases", "intents"):
        yield from _phrases(root, f"bot/core/{name}.py")
    yield from _answers(root, "nlu_data/domain.yml")
    yield from _names_of(root, "nlu_data/directory.yml")
    for page in sorted((root / "bot" / "console" / "templates").rglob("*.html")):
        yield from _page(root, page)
    for module in sorted((root / "bot" / "console").glob("*.py")):
        yield from _module(root, module)


def _answers(root: Path, place: str) -> Iterator[Text]:
    """The assistant's answers and their buttons."""
    for source in read_sources(root / place):
        yield Text(source.about, source.english, place, (source.note,) if source.note else ())


def _names_of(root: Path, place: str) -> Iterator[Text]:
    """The names in the directory."""
    for _, english, note in names(root / place):
        yield Text("directory", english, place, (note,) if note else ())


def _phrases(root: Path, place: str) -> Iterator[Text]:
    """The ``P(id, english)`` marks of a module."""
    found = extract_from_file("python", root / place, keywords={"P": ((1, "c"), 2)}, comment_tags=("Translators:",))
    for _, message, comments, context in found:
        if isinstance(message, str) and context:
            yield Text(
                context, message, place, tuple(" ".join(comments).removeprefix("Translators:").strip().splitlines())
            )


def _page(root: Path, page: Path) -> Iterator[Text]:
    """The ``_("…")`` marks of a template."""
    with page.open("rb") as file:
        for _, _, message, _ in babel_extract(file, ("_",), ("Translators:",), {"silent": "false"}):
            if isinstance(message, str):
                yield Text("console", message, page.relative_to(root).as_posix())


def _module(root: Path, module: Path) -> Iterator[Text]:
    """The ``_("…")`` marks of a module of the console."""
    for _, message, _, _ in extract_from_file("python", module, keywords={"_": None, "N_": None}):
        if isinstance(message, str):
            yield Text("console", message, module.relative_to(root).as_posix())


def update(root: Path) -> None:
    """Write the template and bring every catalog up to it; translations are kept, new texts come in empty."""
    template = extract(root)
    _write(root / "locales" / f"{DOMAIN}.pot", template)
    for locale in LOCALES:
        if locale == SOURCE:
            continue
        path = _path(root, locale)
        known = _read(path, locale) if path.exists() else _new(locale)
        # A copy, for the catalog keeps the template's own messages, and a translation must not reach other languages.
        known.update(deepcopy(template), no_fuzzy_matching=True, update_header_comment=True, keep_user_comments=True)
        _carry_over(known)
        known.obsolete.clear()
        _write(path, known)
    source = _new(SOURCE)
    source.update(template, no_fuzzy_matching=True)
    for message in source:
        if message.id:
            message.string = message.id
    _write(_path(root, SOURCE), source)


def _carry_over(catalog: Catalog) -> None:
    """A text whose English changed keeps its translation, to be read again: half an answer is better than none."""
    # Contexts such as "console" hold many texts, so only one that stands alone in its context is known again.
    times = Counter(message.context for message in (*catalog, *catalog.obsolete.values()) if message.id)
    old = {message.context: message for message in catalog.obsolete.values() if times[message.context] == 2}
    for message in catalog:
        before = old.get(message.context)
        if message.id and not message.string and before is not None and before.string:
            message.string, message.user_comments = before.string, before.user_comments
            message.flags.add("fuzzy")


def _new(locale: str) -> Catalog:
    return Catalog(
        locale, DOMAIN, project="helpline", charset="utf-8", fuzzy=False, creation_date=_BEGINNING,
        revision_date=_BEGINNING, header_comment=_HEADER, last_translator="none yet", language_team=locale,
    )  # fmt: skip


def _path(root: Path, locale: str) -> Path:
    return root / "locales" / locale / "LC_MESSAGES" / f"{DOMAIN}.po"


def _read(path: Path, locale: str) -> Catalog:
    try:
        with path.open("rb") as file:
            return read_po(file, locale=locale, domain=DOMAIN, abort_invalid=True)
    except (OSError, PoFileError, ValueError, LookupError) as exc:
        raise CatalogError(f"catalog {path} is broken: {exc}; mend it or restore it from git") from exc


def _write(path: Path, catalog: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog.revision_date = _BEGINNING
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=0, include_lineno=False, ignore_obsolete=True)
    path.write_bytes(buffer.getvalue())


def compile_all(root: Path) -> None:
    """Compile every catalog, machine drafts included; whether a language is offered is decided at the start."""
    for locale in LOCALES:
        path = _path(root, locale)
        catalog = _read(path, locale)
        buffer = io.BytesIO()
        write_mo(buffer, catalog, use_fuzzy=True)
        target = path.with_suffix(".mo")
        if not target.exists() or target.read_bytes() != buffer.getvalue():
            target.write_bytes(buffer.getvalue())


def translations(root: Path, locale: str) -> gettext.NullTranslations:
    """A language's texts as the product reads them, compiled in memory."""
    buffer = io.BytesIO()
    write_mo(buffer, _read(_path(root, locale), locale), use_fuzzy=True)
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)


def coverage(root: Path) -> list[Coverage]:
    """How far each language is."""
    found = []
    for locale in LOCALES:
        messages = [m for m in _read(_path(root, locale), locale) if m.id]
        done = [m for m in messages if m.string]
        reviewed = len(messages) if locale == SOURCE else sum(not m.fuzzy for m in done)
        found.append(Coverage(locale, len(messages), len(done), reviewed))
    return found


def texts(root: Path, locale: str) -> dict[str, str]:
    """The translations by context, of those that stand alone in theirs; untranslated ones are left out."""
    return {m.context: str(m.string) for m in _read(_path(root, locale), locale) if m.context and m.id and m.string}


def check(root: Path) -> list[str]:
    """What is wrong with the catalogs, each line naming file, context and what to do."""
    problems = []
    template = {(m.context, m.id) for m in extract(root) if m.id}
    for locale in LOCALES:
        path = _path(root, locale)
        if not path.exists():
            problems.append(f"{path}: missing; run: make locales")
            continue
        catalog = _read(path, locale)
        known = {(m.context, m.id) for m in catalog if m.id}
        problems += [f"{path}: no entry for {c!r}; run: make locales" for c, _ in sorted(template - known)]
        for message in catalog:
            if message.id:
                about, text = message.context or "", str(message.string or "")
                problems += [f"{path}: {about}: {why}" for why in wrong(locale, about, str(message.id), text)]
    return problems


SHEETS = Path("docs") / "review"


def write_sheets(root: Path) -> None:
    """Bring the reviewers' sheets of all languages up to date."""
    for locale in LOCALES:
        if locale != SOURCE:
            write(root / SHEETS / f"{locale}.csv", to_csv(root, locale, dated=False).decode("utf-8"))


# What pybabel calls by locales/babel.cfg: (line, function, (context, message), comments) for each text.
# Any: Babel hands over the open file and its options untyped.
Found = Iterator[tuple[int, str, tuple[str, str], list[str]]]


def _found(texts: Iterator[Text]) -> Found:
    for text in texts:
        yield 1, "pgettext", (text.context, text.english), list(text.notes)


def babel_phrases(file: Any, keywords: Any, tags: Any, options: Any) -> Found:
    """The product's phrases."""
    yield from _found(_phrases(Path(), _name(file)))


def babel_answers(file: Any, keywords: Any, tags: Any, options: Any) -> Found:
    """The assistant's answers."""
    yield from _found(_answers(Path(), _name(file)))


def babel_names(file: Any, keywords: Any, tags: Any, options: Any) -> Found:
    """The directory's names."""
    yield from _found(_names_of(Path(), _name(file)))


def babel_page(file: Any, keywords: Any, tags: Any, options: Any) -> Found:
    """The console's templates."""
    yield from _found(_page(Path(), Path(_name(file))))


def babel_module(file: Any, keywords: Any, tags: Any, options: Any) -> Found:
    """The console's modules."""
    yield from _found(_module(Path(), Path(_name(file))))


def _name(file: Any) -> str:
    return Path(str(file.name)).resolve().relative_to(Path.cwd()).as_posix()
