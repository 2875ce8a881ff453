"""Calls git, with nothing of the machine's own settings: no hooks, no prompts, no signing, no mail address."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bot.core.errors import ContentError

# Nobody's address: a name under .invalid belongs to no host, ever.
MAIL = "content@helpline.invalid"
TIMEOUT = 60
Done = subprocess.CompletedProcess[bytes]
_FIXED = (
    "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false", "-c", "core.autocrlf=false",
    "-c", "commit.gpgSign=false", "-c", "gc.auto=0", "-c", "core.fsmonitor=false",
)  # fmt: skip


@dataclass(frozen=True)
class Commit:
    """A commit as people see it. `day` is a day of the author's calendar."""

    id: str
    author: str
    day: date
    subject: str


@dataclass(frozen=True)
class Git:
    """git in a folder: a checkout, a worktree, or a bare repository."""

    folder: Path
    program: str = field(default_factory=lambda: shutil.which("git") or "")

    def works(self) -> bool:
        """Whether the folder is in a git repository, and git is there."""
        return bool(self.program) and self.folder.is_dir() and self.try_("rev-parse", "--git-dir") is not None

    def run(self, *arguments: str, stdin: bytes = b"", more: Mapping[str, str] | None = None) -> bytes:
        """What a command prints; raises ContentError with git's own last line."""
        done = self._call(arguments, stdin, more or {})
        if done.returncode:
            raise ContentError(f"git {arguments[0]}: {_last_line(done.stderr)}")
        return done.stdout

    def try_(self, *arguments: str) -> bytes | None:
        """What a command prints; None where it fails."""
        done = self._call(arguments, b"", {})
        return None if done.returncode else done.stdout

    def text(self, *arguments: str) -> str:
        """What a command prints, as text without space around it."""
        return self.run(*arguments).decode("utf-8", "replace").strip()

    def _call(
        self, arguments: tuple[str, ...], stdin: bytes, more: Mapping[str, str]
    ) -> subprocess.CompletedProcess[bytes]:
        if not self.program:
            raise ContentError("git is not installed; drafts need it")
        try:
            return subprocess.run(  # noqa: S603  a list of our own words and checked names, no shell
                [self.program, *_FIXED, *arguments], cwd=self.folder, input=stdin, capture_output=True,
                env=_environment(self.program) | dict(more), timeout=TIMEOUT, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as exc:
            raise ContentError(f"git {arguments[0]} in {self.folder}: {type(exc).__name__}") from exc

    def head(self, branch: str) -> str:
        """The commit a branch stands at; raises ContentError for one that is not there."""
        return self.text("rev-parse", "--verify", "--end-of-options", f"refs/heads/{branch}^{{commit}}")

    def blob(self, commit: str, path: str) -> bytes | None:
        """A file in a commit; None where it is not there."""
        return self.try_("cat-file", "blob", f"{commit}:{path}")

    def file(self, commit: str, path: str) -> str | None:
        """A file's text in a commit; None where it is not there or no UTF-8."""
        raw = self.blob(commit, path)
        try:
            return None if raw is None else raw.decode("utf-8")
        except UnicodeDecodeError:
            return None

    def files(self, commit: str, under: str) -> list[str]:
        """The paths below a folder in a commit."""
        raw = self.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit, "--", under)
        return [name.decode("utf-8", "replace") for name in raw.split(b"\0") if name]

    def changed(self, before: str, after: str) -> list[str]:
        """The paths that differ between two commits."""
        raw = self.run("diff-tree", "-r", "-z", "--name-only", "--no-renames", before, after)
        return [name.decode("utf-8", "replace") for name in raw.split(b"\0") if name]

    def last_changes(self, under: str) -> dict[Path, date]:
        """The day each file below a folder last changed in git."""
        raw = self.run("log", "-z", "--format=%x01%cs", "--name-only", "--relative", "--", under)
        found: dict[Path, date] = {}
        day = date.min
        for part in re.split("[\0\n]", raw.decode("utf-8", "replace")):
            if part.startswith("\x01"):
                day = date.fromisoformat(part[1:])
            elif part:
                found.setdefault(Path(part), day)
        return found

    def commits(self, range_: str) -> list[Commit]:
        """The commits of a range, newest first."""
        lines = self.text("log", "--format=%H%x09%an%x09%as%x09%s", "--end-of-options", range_).splitlines()
        return [Commit(id, author, date.fromisoformat(day), subject) for id, author, day, subject in map(_four, lines)]


def _four(line: str) -> tuple[str, str, str, str]:
    id, author, day, subject = (line.split("\t", 3) + ["", "", ""])[:4]
    return id, author, day, subject


def identity(author: str) -> dict[str, str]:
    """The variables that make an account's name the author of a commit."""
    name = "".join(c for c in author if unicodedata.category(c)[0] != "C" and c not in "<>").strip() or "content"
    return {
        "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": MAIL, "GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": MAIL,
    }  # fmt: skip


def _environment(program: str) -> dict[str, str]:
    """All git gets to know of the machine."""
    return {
        "PATH": f"{Path(program).parent}:{os.defpath}", "LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0",
    } | identity("content")  # fmt: skip


def _last_line(raw: bytes) -> str:
    lines = raw.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "failed without a word"
