"""What the pages' forms carry."""

from __future__ import annotations

from starlette.requests import Request

from bot.core.errors import Conflict

_MOST = 18  # digits


def conversation_of(request: Request) -> str:
    """The conversation an address names."""
    return str(request.path_params["id"])


async def version_of(request: Request) -> int:
    """The version of the hand-off the operator saw; 0 where the form carries none. Raises Conflict for no number."""
    text = str((await request.form()).get("version", ""))
    if text and not (text.isascii() and text.isdigit() and len(text) <= _MOST):
        raise Conflict
    return int(text or 0)


async def words_of(request: Request, name: str, most: int) -> str:
    """What was written into a field that may be empty, cut at `most` characters; line ends as we keep them."""
    return str((await request.form()).get(name, "")).replace("\r\n", "\n").strip()[:most]
