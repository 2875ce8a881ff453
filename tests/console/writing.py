"""Content to change: a git repository with the product's own sentences, texts and numbers, and doors to it."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.adapters.content import doors
from bot.adapters.content.drafts import Drafts
from bot.adapters.content.english import derive
from bot.adapters.content.git import Git, identity
from bot.adapters.content.reader import MemoryReader, MemoryZawgyi
from bot.console.content_ports import ContentDoors
from bot.core.content.ports import Reading
from bot.core.ports import Clock

ROOT = Path(__file__).resolve().parents[2]
# Content, and the modules and pages whose texts stand in the catalogs.
FILES = (
    "nlu_data/nlu", "nlu_data/domain.yml", "nlu_data/directory.yml", "nlu_data/facts.yml", "locales", "bot/core",
    "bot/console",
)  # fmt: skip
# A sentence nobody has written yet, and how the live model reads it.
READ = "ນາຍຈ້າງຍຶດເອົາໜັງສືຜ່ານແດນຂ້ອຍໄວ້ຢູ່ຕູ້ເຊັບ"


def new_repository(folder: Path) -> Path:
    """A repository with a copy of the product's content, on a branch of its own."""
    for name in FILES:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.mo", "*.ogg", "__pycache__"))
        else:
            shutil.copy(source, target)
    derive(folder)
    git = Git(folder)
    git.run("init", "--quiet", "--initial-branch=main")
    commit(folder, "Begin")
    return folder


def commit(folder: Path, message: str) -> None:
    """Keep what stands in a repository, as another's change of the live content."""
    git = Git(folder)
    git.run("add", "--all")
    git.run("commit", "--quiet", f"--message={message}", more=identity("somebody"))


def content_doors(repository: Path, folder: Path, clock: Clock) -> ContentDoors:
    """Doors to a repository; `folder` holds the drafts."""
    drafts, zawgyi = Drafts(repository, folder), MemoryZawgyi()
    reader = MemoryReader({READ: Reading(READ, "lo", "passport_withheld", 0.93, "answer")})
    return ContentDoors(
        doors.DraftDoor(drafts, zawgyi),
        doors.SentenceDoor(drafts, zawgyi, reader),
        doors.TextDoor(drafts, clock, {"days": 30, "hours": "9-17"}),
        doors.NumberDoor(drafts, clock),
    )
