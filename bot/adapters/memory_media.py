"""The memory twins of what people sent besides words, and of what operators have not sent yet."""

from __future__ import annotations

import asyncio
from collections import Counter

from bot.adapters.memory import World
from bot.core.media import MAX_BYTES, MAX_FILES, Index, Keeping, Kept, Wanted
from bot.core.message import Media


class MemoryMedia:
    """Files in memory."""

    def __init__(self, world: World, room: int = 1024 * 1024 * 1024) -> None:
        self._world = world
        self._room = room
        self._wanted: dict[str, Wanted] = {}
        self._taken: set[str] = set()
        self._refused: Counter[str] = Counter()

    async def want(self, conversation: str, media: Media) -> bool:
        """Put a file on the list, once."""
        files = self._world.media.setdefault(conversation, {})
        if media.key in files:
            return True
        if len(files) >= MAX_FILES:
            self._refused[conversation] += 1
            return False
        files[media.key] = Kept(Keeping.WAITING)
        entry = self._world.entry()
        self._wanted[entry] = Wanted(entry, conversation, media)
        return True

    async def take(self, fetcher: str, wait: int) -> list[Wanted]:
        """Take what is next to fetch."""
        found = [wanted for entry, wanted in self._wanted.items() if entry not in self._taken]
        self._taken.update(wanted.entry for wanted in found)
        if not found:
            await asyncio.sleep(min(wait, 5) / 1000)
        return [wanted for wanted in found if wanted.conversation in self._world.media]

    def lost(self) -> None:
        """The lead was lost."""
        self._taken.clear()

    async def keep(self, wanted: Wanted, type: str, data: bytes) -> bool:
        """Keep a file; False if there is no room, or nobody wants it any more."""
        kept = Kept(Keeping.KEPT, type, len(data))
        files = self._world.media.get(wanted.conversation, {})
        if len(data) > self._room or sum(file.size for file in files.values()) + len(data) > MAX_BYTES:
            kept = Kept(Keeping.FULL)
        if not self._finish(wanted, kept) or kept.state is Keeping.FULL:
            return False
        self._world.files[wanted.conversation, wanted.media.key] = data
        return True

    async def lack(self, wanted: Wanted, kept: Kept) -> None:
        """Note that a file will not come."""
        self._finish(wanted, kept)

    async def index(self, conversation: str) -> Index:
        """What became of each file."""
        return Index(dict(self._world.media.get(conversation, {})), self._refused[conversation])

    async def open(self, conversation: str, key: str) -> tuple[Kept, bytes] | None:
        """A file of this conversation."""
        data = self._world.files.get((conversation, key))
        return None if data is None else (self._world.media[conversation][key], data)

    def _finish(self, wanted: Wanted, kept: Kept) -> bool:
        self._wanted.pop(wanted.entry, None)
        self._taken.discard(wanted.entry)
        files = self._world.media.get(wanted.conversation, {})
        if files.get(wanted.media.key) != Kept(Keeping.WAITING):
            return False
        files[wanted.media.key] = kept
        return True


class MemoryDrafts:
    """Drafts in memory."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def keep(self, conversation: str, operator: str, field: str, claim: int, words: str) -> None:
        """Keep the words of a field."""
        self._world.drafts.setdefault(conversation, {})[operator, field] = (claim, words)

    async def read(self, conversation: str, operator: str, claim: int) -> dict[str, str]:
        """Words by field, of this claim alone."""
        kept = self._world.drafts.get(conversation, {}).items()
        return {field: words for (name, field), (of, words) in kept if name == operator and of == claim and words}

    async def drop(self, conversation: str, operator: str) -> None:
        """Forget all of them."""
        kept = self._world.drafts.get(conversation, {}).items()
        self._world.drafts[conversation] = {place: draft for place, draft in kept if place[0] != operator}
