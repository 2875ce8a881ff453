"""What an operator writes before it is sent: kept on the server, so that a tab that crashes loses nothing, and told
to the person as "…" while it is written.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from bot.console.conversation import MAX_NOTE, BadText, Conversing, claim_of
from bot.core.errors import NotYours, Stale
from bot.flow.handoff import MAX_REPLY

FIELDS = {"reply": MAX_REPLY, "note": MAX_NOTE}


@dataclass(frozen=True)
class Writing:
    """What the page tells by itself while the operator writes. Only who holds the conversation can."""

    conversing: Conversing

    async def keep(self, request: Request) -> Response:
        """Keep what stands in a field; raises NotYours or Stale where the claim is over."""
        visit, sight = await self.conversing.sight(request)
        if not sight.mine:
            raise NotYours
        claim = await claim_of(request)
        if claim != sight.conversation.claim:
            raise Stale
        form = await request.form()
        field, words = str(form.get("field", "")), str(form.get("words", "")).replace("\r\n", "\n")
        if len(words) > FIELDS.get(field, -1):
            raise BadText
        await self.conversing.drafts.keep(sight.id, visit.account.name, field, claim, words)
        return Response(status_code=204)

    async def typing(self, request: Request) -> Response:
        """The operator is at the keys."""
        visit, sight = await self.conversing.sight(request)
        await self.conversing.desk.typing(visit.operator, sight.id)
        return Response(status_code=204)
