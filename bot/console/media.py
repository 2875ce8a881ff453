"""Files people sent, for who may open their conversation, and nobody else.

A file is named by its conversation and its key there; both are looked up, neither is ever a path. What it is served
as was found in its bytes; what a page can't show safely is only ever downloaded.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.conversation import Conversing
from bot.core.media import ENDINGS, OTHER, Kept


@dataclass(frozen=True)
class Media:
    """Serves files."""

    conversing: Conversing

    async def show(self, request: Request) -> Response:
        """One file, opened; 404 for one that is not kept. A supervisor's look is audited."""
        visit, sight = await self.conversing.sight(request)
        found = await self.conversing.files.open(sight.id, str(request.path_params["key"]))
        if found is None:
            raise HTTPException(404)
        await self.conversing.note_look(visit, sight)
        kept, data = found
        inline = kept.look != "file" and request.query_params.get("download") != "1"
        name = f"{sight.code}-{str(request.path_params['key'])[:6]}.{ENDINGS.get(kept.type, 'bin')}"
        headers = {"Content-Disposition": f'{"inline" if inline else "attachment"}; filename="{name}"'}
        return _part(request, kept, data, headers)


def _part(request: Request, kept: Kept, data: bytes, headers: dict[str, str]) -> Response:
    """The bytes, or the one range a player asks for when somebody moves through a recording."""
    type = kept.type if kept.type in ENDINGS else OTHER
    headers["Accept-Ranges"] = "bytes"
    start, _, end = request.headers.get("range", "").removeprefix("bytes=").partition("-")
    if not (start.isascii() and start.isdigit() and (end == "" or (end.isascii() and end.isdigit()))):
        return Response(data, media_type=type, headers=headers)
    first, last = int(start[:12]), min(int(end[:12] or len(data)), len(data) - 1)
    if first > last:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{len(data)}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    return Response(data[first : last + 1], 206, headers, type)
