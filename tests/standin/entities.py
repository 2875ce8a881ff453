"""Why: lengths are counted after mark-up is taken out, and broken mark-up must fail in a test, not live."""

import re
from html.parser import HTMLParser

from .limits import Json, bad

KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
}  # fmt: skip


def units(text: str) -> int:
    """Telegram counts offsets in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.entities: list[Json] = []
        self._open: list[tuple[str, Json]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = KINDS.get(tag)
        if kind is None:
            place = f"at byte offset {self.getpos()[1]}"
            raise bad(f'can\'t parse entities: Unsupported start tag "{tag}" {place}')
        entity: Json = {"type": kind, "offset": units(self.text), "length": 0}
        if kind == "text_link":
            entity["url"] = dict(attrs).get("href") or ""
        self.entities.append(entity)
        self._open.append((tag, entity))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            raise bad(f"can't parse entities: Unexpected end tag at byte offset {self.getpos()[1]}")
        entity = self._open.pop()[1]
        entity["length"] = units(self.text) - entity["offset"]

    def handle_data(self, data: str) -> None:
        self.text += data

    def finish(self) -> None:
        self.close()
        if self._open:
            tag = self._open[-1][0]
            raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{tag}\"")


def parse(text: str, parse_mode: str | None, given: list[Json] | None) -> tuple[str, list[Json]]:
    if not parse_mode:
        return _tidy(text), [*(given or []), *commands(text)]
    if parse_mode.upper() != "HTML":
        raise bad("stand-in: of the parse modes only HTML is carried here")
    if re.search(r"<(?!/?[A-Za-z])", text):
        raise bad('can\'t parse entities: Unsupported start tag "" at byte offset 0')
    reader = _Reader()
    reader.feed(text)
    reader.finish()
    return _tidy(reader.text), [entity for entity in reader.entities if entity["length"]]


def _tidy(text: str) -> str:
    """Blank lines before and white space after a message are dropped, as the real server does."""
    return re.sub(r"^(\s*\n)+", "", text.rstrip())


def commands(text: str) -> list[Json]:
    found = re.finditer(r"(?<!\S)/[A-Za-z0-9_]{1,64}(@\w+)?", text)
    return [{"type": "bot_command", "offset": units(text[: m.start()]), "length": units(m[0])} for m in found]
