"""The pages of training sentences: the grid, the sentences of an intent in a language, one sentence, many pasted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.auth import Visit
from bot.console.content_desk import ContentDesk, Declined, ask
from bot.console.pages import go
from bot.console.sign_in import fields
from bot.core.content.ports import Reading
from bot.core.content.sentences import HANT, KINDS, LANGUAGES, LEAST_IN_ALL, Edit, Finding, Sentence, tidy
from bot.core.content.sentences import LEAST as FEWEST
from bot.core.intents import INTENTS

# So many lines are taken at once; more come as a sheet.
MOST_LINES = 100


@dataclass(frozen=True)
class Weighed:
    """One pasted line: what is wrong with it, and how the live model reads it."""

    sentence: Sentence
    findings: tuple[Finding, ...]
    reading: Reading | None = None

    @property
    def good(self) -> bool:
        """Whether it may be kept."""
        return all(finding.hint for finding in self.findings)


@dataclass(frozen=True)
class Sight:
    """What the page of an intent shows beside its sentences."""

    typed: str = ""
    kind: str = KINDS[0]
    script: str = ""
    weighed: tuple[Weighed, ...] = field(default=())


@dataclass(frozen=True)
class SentencePages:
    """Training sentences."""

    desk: ContentDesk

    async def grid(self, request: Request) -> Response:
        """Intent × language with counts and age."""
        _, draft = await self.desk.enter(request)
        cells = {(cell.intent, cell.language): cell for cell in await ask(self.desk.doors.sentences.grid, draft)}
        least = {intent: LEAST_IN_ALL.get(intent, FEWEST) for intent in INTENTS}
        return self.desk.show(
            request, "content_grid.html", at="sentences", cells=cells, intents=INTENTS, languages=LANGUAGES, least=least
        )

    async def list(self, request: Request) -> Response:
        """The sentences of an intent in a language, by kind."""
        await self.desk.enter(request)
        return await self._list(request)

    async def paste(self, request: Request) -> Response:
        """Check the lines that were typed; save them all where none is refused, else none."""
        visit, draft = await self.desk.enter(request)
        language, intent = _slot(request)
        words, kind, script, deed = await fields(request, "words", "kind", "script", "deed")
        texts = list(filter(None, map(tidy, words.splitlines())))
        new = [Sentence(text, intent, language, kind, script if script == HANT else "") for text in texts]
        if not new or len(new) > MOST_LINES:
            return await self._list(request, Sight(words, kind, script), 422, "lines_none" if not new else "lines_many")
        weighed = await self._weighed(draft, new)
        bad = not all(one.good for one in weighed)
        if deed != "save" or bad:
            sight = Sight(words, kind, script, weighed)
            return await self._list(request, sight, 422 if bad else 200, "lines_bad" if bad else "")
        edits = [Edit(None, one) for one in new]
        await self._change(visit, draft, edits, f"Add {len(new)} sentences to {language} {intent}", "sentences_added")
        return go(request, f"{_where(draft, language, intent)}?ok=added")

    async def one(self, request: Request) -> Response:
        """One sentence: to word anew, move, delete."""
        _, draft = await self.desk.enter(request)
        return await self._one(request, await self._at(request, draft))

    async def save(self, request: Request) -> Response:
        """Word a sentence anew or move it; or delete it."""
        visit, draft = await self.desk.enter(request)
        was, text, intent, kind, deed = await fields(request, "was", "text", "intent", "kind", "deed")
        old = await self._at(request, draft)
        if old.text != was:
            return await self._one(request, old, 409, "sentence_changed")
        after = None if deed == "delete" else replace(old, text=tidy(text), intent=intent, kind=kind)
        if after == old or deed == "check":
            return await self._one(request, old, typed=after)
        what = "sentence_deleted" if after is None else "sentence_changed"
        try:
            await self._change(visit, draft, [Edit(old, after)], f"Change a sentence of {old.intent}", what)
        except Declined as exc:
            return await self._one(request, old, 422, "", after, str(exc))
        target = after or old
        return go(request, f"{_where(draft, target.language, target.intent)}?ok=saved")

    async def _change(self, visit: Visit, draft: str, edits: Sequence[Edit], message: str, what: str) -> None:
        await ask(self.desk.doors.sentences.change, draft, visit.account.name, edits, message)
        slot = next(one for edit in edits for one in (edit.after, edit.before) if one)
        await self.desk.door.record(visit.account.name, what, f"{draft} {slot.language} {slot.intent} {len(edits)}")

    async def _weighed(self, draft: str, new: Sequence[Sentence]) -> tuple[Weighed, ...]:
        edits = [Edit(None, one) for one in new]
        found = await ask(self.desk.doors.sentences.weigh, draft, edits)
        readings = await ask(self.desk.doors.sentences.readings, [one.text for one in new])
        read = dict(zip(range(len(new)), readings, strict=False))
        return tuple(
            Weighed(one, tuple(finding for edit, finding in found if edit is edits[n]), read.get(n))
            for n, one in enumerate(new)
        )

    async def _list(self, request: Request, sight: Sight = Sight(), status: int = 200, code: str = "") -> Response:
        language, intent = _slot(request)
        draft = str(request.path_params["draft"])
        listed = await ask(self.desk.doors.sentences.of, draft, language, intent)
        by_kind = {kind: [one for one in listed if one.kind == kind] for kind in KINDS}
        ok = request.query_params.get("ok", "")
        return self.desk.show(
            request, "content_sentences.html", status, "sentences", spoken=language, intent=intent, by_kind=by_kind,
            count=len(listed), sight=sight, code=code, hant=HANT, ok=ok if ok in ("added", "saved") else "",
        )  # fmt: skip

    async def _at(self, request: Request, draft: str) -> Sentence:
        found = await ask(self.desk.doors.sentences.at, draft, request.query_params.get("place", ""))
        if found is None:
            raise HTTPException(404)
        return found

    async def _one(
        self, request: Request, old: Sentence, status: int = 200, code: str = "", typed: Sentence | None = None,
        why: str = "",
    ) -> Response:  # fmt: skip
        draft = str(request.path_params["draft"])
        shown = typed or old
        found = await ask(self.desk.doors.sentences.weigh, draft, [Edit(old, shown)])
        readings = await ask(self.desk.doors.sentences.readings, [shown.text])
        near = await ask(self.desk.doors.sentences.nearest, draft, shown)
        return self.desk.show(
            request, "content_sentence.html", status, "sentences", one=old, shown=shown, intents=INTENTS, kinds=KINDS,
            findings=[finding for _, finding in found], reading=next(iter(readings), None), near=near, code=code,
            why=why, place=quote(old.place),
        )  # fmt: skip


def _slot(request: Request) -> tuple[str, str]:
    language, intent = str(request.path_params["language"]), str(request.path_params["intent"])
    if language not in LANGUAGES or intent not in INTENTS:
        raise HTTPException(404)
    return language, intent


def _where(draft: str, language: str, intent: str) -> str:
    return f"/content/{draft}/sentences/{language}/{intent}"
