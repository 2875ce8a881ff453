"""A git of its own for each test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.adapters.content.git import Git, identity


@pytest.fixture
def commit() -> Callable[[Path], None]:
    """Commits everything in a folder, which becomes a repository at the first call."""

    def do(folder: Path) -> None:
        git = Git(folder)
        if not (folder / ".git").exists():
            git.run("init", "--quiet", "--initial-branch=main")
        git.run("add", "--all")
        git.run("commit", "--quiet", "--message=Change", more=identity("Test"))

    return do
