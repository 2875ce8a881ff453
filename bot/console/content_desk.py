"""What all content pages share: who may come in, how a draft is asked, and what becomes of a refusal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from bot.console.auth import Door, Visit
from bot.console.content_ports import ContentDoors
from bot.console.pages import Pages
from bot.core.account import CONTENT_ROLES
from bot.core.content.sheets import SheetError
from bot.core.errors import CatalogError, Conflict, ContentError, HelplineError


class NotContent(HelplineError):
    """The account's role does not change content."""


class Declined(HelplineError):
    """The content functions refuse; the text says why, in English."""


@dataclass(frozen=True)
class ContentDesk:
    """Asks the doors, and shows pages."""

    door: Door
    pages: Pages
    doors: ContentDoors

    async def enter(self, request: Request) -> tuple[Visit, str]:
        """Who asks, and the draft the address names, "" for none. Raises NotContent."""
        visit = await self.door.enter(request)
        if visit.account.role not in CONTENT_ROLES:
            raise NotContent
        return visit, str(request.path_params.get("draft", ""))

    def show(self, request: Request, template: str, status: int = 200, at: str = "", **values: object) -> Response:
        """A page; `at` is its place in the menu of the draft."""
        draft = str(request.path_params.get("draft", ""))
        known = {"draft": draft, "where": f"/content/{draft}", "at": at, "why": "", "ok": ""} | values
        return self.pages.show(request, template, status, None, **known)


async def ask[T](deed: Callable[..., T], *given: object) -> T:
    """Call a content function outside the loop; raises Declined, SheetError, AssistantUnavailable."""
    try:
        return await asyncio.to_thread(deed, *given)
    except SheetError:
        raise
    except (ContentError, CatalogError, Conflict) as exc:
        raise Declined(str(exc)) from exc
