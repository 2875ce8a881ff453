"""Drafts: named branches of the content repository, each in a worktree of its own, each change a commit.

The live content is a branch too (the repository's own). A draft is brought up to date with it first, where both
changed the same somebody chooses, and then it is taken in whole: nothing is ever overwritten unseen.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from bot.adapters.content.draft_tree import Change, Tree, merge, written
from bot.adapters.content.english import derive
from bot.adapters.content.files import alone
from bot.adapters.content.git import Commit, Git, identity
from bot.adapters.content.translation_sheet import to_csv
from bot.core.content.merging import Clash
from bot.core.errors import Conflict, ContentError

PREFIX = "draft/"
# What a draft changes; whatever else stands in a tree is code, which no content officer touches.
CONTENT = (
    "nlu_data/nlu", "nlu_data/domain.yml", "nlu_data/directory.yml", "nlu_data/facts.yml", "locales", "docs/review",
)  # fmt: skip
_NAME = re.compile("[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_NOTHING = "0" * 40


@dataclass(frozen=True)
class Draft:
    """A draft: who opened it and when, its commits (newest first), and how many live ones it has not yet."""

    name: str
    author: str
    opened: date
    commits: tuple[Commit, ...]
    behind: int


@dataclass(frozen=True)
class Drafts:
    """All drafts of a repository. `folder` holds the worktrees; `branch` is the live one, "" the repository's own."""

    repository: Path
    folder: Path
    branch: str = ""

    @cached_property
    def _git(self) -> Git:
        git = Git(self.repository)
        if not git.works():
            raise ContentError(f"{self.repository} is no git repository; name one in HELPLINE_CONTENT")
        return git

    @cached_property
    def live(self) -> str:
        """The name of the live branch; raises ContentError where the repository stands on none."""
        found = self.branch or (self._git.try_("symbolic-ref", "--short", "HEAD") or b"").decode().strip()
        if not found or found.startswith(PREFIX):
            raise ContentError(f"{self.repository} stands on no branch; name it in HELPLINE_CONTENT_BRANCH")
        return found

    def all(self) -> list[Draft]:
        """Every draft, by name."""
        raw = self._git.text("for-each-ref", "--format=%(refname:lstrip=3)", f"refs/heads/{PREFIX}")
        return [self.find(name) for name in raw.splitlines()]

    def find(self, name: str) -> Draft:
        """One draft; raises ContentError for a name that is none."""
        head, live = self._head(name), self._git.head(self.live)
        commits = self._git.commits(f"{live}..{head}")
        behind = int(self._git.text("rev-list", "--count", f"{head}..{live}"))
        opened = commits[-1] if commits else self._git.commits(f"{head}^!")[0]
        return Draft(name, opened.author, opened.day, tuple(commits), behind)

    def open(self, name: str, author: str) -> Path:
        """Begin a draft at the live content; returns its tree. Raises Conflict for a name that is taken."""
        _check(name)
        with self._locked(name):
            live = self._git.head(self.live)
            first = self._commit(f"{live}^{{tree}}", [live], author, f"Open the draft {name}")
            if self._git.try_("update-ref", f"refs/heads/{PREFIX}{name}", first, _NOTHING) is None:
                raise Conflict(f"there is a draft {name} already")
            return self._tree(name)

    def tree(self, name: str) -> Path:
        """The folder a draft stands in, made again where it is gone; raises ContentError."""
        self._head(name)
        with self._locked(name):
            return self._tree(name)

    @contextlib.contextmanager
    def editing(self, name: str, author: str, message: str) -> Iterator[Path]:
        """Change a draft's tree: a commit at the end; after an error the tree is as it was."""
        self._head(name)
        with self._locked(name):
            tree = self._tree(name)
            git = Git(tree)
            _restore(git)
            try:
                yield tree
                self._keep(git, author, message)
            finally:
                _restore(git)

    def changes(self, name: str) -> list[Change]:
        """What a draft changes, sentence by sentence and text by text."""
        head = self._head(name)
        base = self._git.text("merge-base", head, self._git.head(self.live))
        return Tree(self._git, base).changes(Tree(self._git, head))

    def refresh(self, name: str, author: str, choices: Mapping[str, str]) -> list[Clash]:
        """Bring the live content into a draft; returns what must be chosen first, and then changes nothing.

        `choices` are by the clash's id: live, draft, or both.
        """
        head, live = self._head(name), self._git.head(self.live)
        base = self._git.text("merge-base", head, live)
        if base == live:
            return []
        files, open_ = merge(Tree(self._git, base), Tree(self._git, live), Tree(self._git, head), choices)
        if open_:
            return open_
        with self._locked(name):
            tree = self._tree(name)
            self._unchanged(name, head)
            git = Git(tree)
            try:
                git.run("read-tree", "--reset", "-u", live)
                written(tree, files)
                derive(tree)
                git.run("add", "--all")
                made = self._commit(git.text("write-tree"), [head, live], author, f"Bring {name} up to date")
                git.run("update-ref", f"refs/heads/{PREFIX}{name}", made, head)
            finally:
                _restore(git)
        return []

    def land(self, name: str, author: str, message: str) -> str:
        """Take a draft into the live content as one commit, and end it; returns the commit.

        Raises Conflict where the live content has changed since the draft was brought up to date and checked.
        """
        with self._locked(name):
            head, live = self._head(name), self._git.head(self.live)
            if self._git.text("merge-base", head, live) != live:
                raise Conflict(f"the live content has changed; bring {name} up to date and check it again")
            made = self._commit(f"{head}^{{tree}}", [live, head], author, message)
            self._advance(live, made)
            self._end(name)
            return made

    def discard(self, name: str) -> str:
        """End a draft unused; returns its last commit, which git keeps under refs/discarded."""
        with self._locked(name):
            head = self._head(name)
            self._git.run("update-ref", f"refs/discarded/{name}-{head[:12]}", head)
            self._end(name)
            return head

    def _head(self, name: str) -> str:
        _check(name)
        if self._git.try_("rev-parse", "--verify", "--quiet", f"refs/heads/{PREFIX}{name}") is None:
            raise ContentError(f"there is no draft {name}")
        return self._git.head(f"{PREFIX}{name}")

    def _unchanged(self, name: str, head: str) -> None:
        if self._git.head(f"{PREFIX}{name}") != head:
            raise Conflict(f"somebody changed the draft {name} meanwhile; try again")

    @contextlib.contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        _check(name)
        with alone(self.folder / f"{name}.lock"):
            yield

    def _tree(self, name: str) -> Path:
        path = (self.folder / name).resolve()
        if not (path / ".git").exists():
            self._git.run("worktree", "prune")
            self._git.run("worktree", "add", "--quiet", "--force", str(path), f"{PREFIX}{name}")
        return path

    def _index(self, git: Git) -> None:
        git.run("add", "--all", "--", *_there(git.folder))

    def _keep(self, git: Git, author: str, message: str) -> None:
        """Commit what changed, the reviewers' sheets with the catalogs they are made from."""
        self._index(git)
        changed = git.text("diff", "--cached", "--name-only").splitlines()
        for path in changed:
            sheet = git.folder / "docs" / "review" / f"{Path(path).parts[1]}.csv"
            if path.endswith(".po") and sheet.exists():
                sheet.write_bytes(to_csv(git.folder, Path(path).parts[1], dated=False))
        if changed:
            self._index(git)
            git.run("commit", "--quiet", "--no-verify", "--file=-", stdin=message.encode(), more=identity(author))

    def _commit(self, tree: str, parents: list[str], author: str, message: str) -> str:
        given = [word for parent in parents for word in ("-p", parent)]
        raw = self._git.run("commit-tree", tree, *given, stdin=message.encode(), more=identity(author))
        return raw.decode().strip()

    def _advance(self, live: str, made: str) -> None:
        """Move the live branch on; where it is checked out, its files move with it, or nothing does."""
        for block in self._git.text("worktree", "list", "--porcelain").split("\n\n"):
            lines = dict(line.partition(" ")[::2] for line in block.splitlines())
            if lines.get("branch") == f"refs/heads/{self.live}" and "bare" not in lines:
                Git(Path(lines["worktree"])).run("merge", "--quiet", "--ff-only", made)
                return
        self._git.run("update-ref", f"refs/heads/{self.live}", made, live)

    def _end(self, name: str) -> None:
        with contextlib.suppress(ContentError):
            self._git.run("worktree", "remove", "--force", str((self.folder / name).resolve()))
        self._git.run("worktree", "prune")
        self._git.run("update-ref", "-d", f"refs/heads/{PREFIX}{name}")


def _restore(git: Git) -> None:
    """The tree as its last commit has it."""
    git.run("reset", "--quiet", "--hard")
    git.run("clean", "--quiet", "-d", "--force")


def _there(tree: Path) -> list[str]:
    """The content paths a tree has."""
    return [path for path in CONTENT if (tree / path).exists()]


def _check(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ContentError(f"{name!r} can't name a draft; use 1 to 40 small letters, digits and hyphens")
