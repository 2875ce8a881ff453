"""Every content check over a tree, as `make check` makes them: sentences, answers, directory, facts, catalogs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from bot.adapters import catalogs
from bot.adapters.answer_rules import check_answers
from bot.adapters.content.sentences import Zawgyi, read_sentences
from bot.adapters.directory_file import load_directory
from bot.core.content.sentences import all_wrong
from bot.core.errors import CatalogError, ContentError


def check_tree(root: Path, zawgyi: Zawgyi) -> list[str]:
    """What is wrong with the content of a tree, each line naming a file below it; raises AssistantUnavailable."""
    nlu = root / "nlu_data"
    parts: tuple[Callable[[], list[str]], ...] = (
        lambda: all_wrong(read_sentences(root), zawgyi),
        lambda: check_answers(nlu / "domain.yml", nlu / "facts.yml"),
        lambda: [] if load_directory(nlu / "directory.yml") else [],
        lambda: catalogs.check(root),
    )
    return [problem.replace(f"{root}/", "") for part in parts for problem in _problems(part)]


def _problems(part: Callable[[], list[str]]) -> Iterator[str]:
    """What a check finds; a file so broken that it can't be checked, or missing, is a problem like another."""
    try:
        yield from part()
    except (ContentError, CatalogError) as exc:
        yield str(exc)
    except OSError as exc:
        yield f"{exc.filename}: can't be read: {exc.strerror}"
