"""Every address of the content pages."""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.routing import Route

from bot.console.auth import Door
from bot.console.content_desk import ContentDesk
from bot.console.content_drafts import DraftPages
from bot.console.content_numbers import NumberPages
from bot.console.content_ports import ContentDoors
from bot.console.content_sentences import SentencePages
from bot.console.content_sheets import MAX_UPLOAD, SheetPages
from bot.console.content_texts import TextPages
from bot.console.pages import Pages


def content_routes(door: Door, pages: Pages, doors: ContentDoors) -> list[Route]:
    """The content pages, on top of these doors."""
    desk = ContentDesk(door, pages, doors)
    return [
        *_draft_routes(DraftPages(desk)),
        *_sentence_routes(SentencePages(desk)),
        *_sheet_routes(SheetPages(desk)),
        *_text_routes(TextPages(desk)),
        *_number_routes(NumberPages(desk)),
    ]


def _draft_routes(view: DraftPages) -> list[Route]:
    one = "/content/{draft:str}"
    return [
        Route("/content", view.list),
        Route("/content", view.open, methods=["POST"]),
        Route(one, view.show),
        Route(f"{one}/check", view.check),
        Route(f"{one}/merge", view.merge_form),
        Route(f"{one}/merge", view.merge, methods=["POST"]),
        Route(f"{one}/land", view.land, methods=["POST"]),
        Route(f"{one}/discard", view.discard, methods=["POST"]),
        Route(f"{one}/publish", view.publish),
    ]


def _sentence_routes(view: SentencePages) -> list[Route]:
    one = "/content/{draft:str}"
    listed = f"{one}/sentences/{{language:str}}/{{intent:str}}"
    return [
        Route(f"{one}/sentences", view.grid),
        Route(listed, view.list),
        Route(listed, view.paste, methods=["POST"]),
        Route(f"{one}/sentence", view.one),
        Route(f"{one}/sentence", view.save, methods=["POST"]),
    ]


def _sheet_routes(view: SheetPages) -> list[Route]:
    one = "/content/{draft:str}/sheets"
    # A sheet is larger than any other form; this limit takes the place of the console's own.
    larger = [Middleware(RequestBodyLimitMiddleware, max_body_size=MAX_UPLOAD)]
    return [
        Route(one, view.page),
        Route(one, view.upload, methods=["POST"], middleware=larger),
        Route(f"{one}/{{what:str}}/{{which:str}}.{{kind:str}}", view.download),
    ]


def _text_routes(view: TextPages) -> list[Route]:
    listed = "/content/{draft:str}/texts"
    one = f"{listed}/{{locale:str}}/{{id:str}}"
    return [
        Route(listed, view.coverage),
        Route(f"{listed}/{{locale:str}}", view.list),
        Route(one, view.one),
        Route(one, view.save, methods=["POST"]),
        Route(f"{one}/approve", view.approve, methods=["POST"]),
        Route(f"{one}/preview", view.preview),
    ]


def _number_routes(view: NumberPages) -> list[Route]:
    listed = "/content/{draft:str}/numbers"
    one = f"{listed}/{{id:str}}"
    return [
        Route(listed, view.list),
        Route(listed, view.add, methods=["POST"]),
        Route("/content/{draft:str}/new-number", view.new),
        Route(one, view.one),
        Route(one, view.save, methods=["POST"]),
        Route(f"{one}/checked", view.checked, methods=["POST"]),
    ]
