"""Countries and places named in a message, in seven languages, written with spaces between words or without.

A trie over two data files: country names from CLDR (gazetteer_countries.yml) and hand-kept places and
spellings (gazetteer.yml). The longest name wins. Two guards keep words out that only look like a place: short
names must stand on word boundaries, and a name that says a language or a dish ("speak Thai", ภาษาลาว) is
none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from .latin import plain
from .normalise import LIMIT, normalise
from .tokenise import tokenise

_FILES = tuple(Path(__file__).with_name(name) for name in ("gazetteer_countries.yml", "gazetteer.yml"))
_CODE = re.compile(r'^"?([A-Z]{2})"?:$')
_PLACES = re.compile(r"^  [^:#]+: \[(.+)\]$")
_SHORT = {"han": 2, "other": 6}  # letters up to which a name in an unsegmented script must stand on its own
_BARE = 8
_HAN = re.compile("[\u3400-\u9fff]")
_UNSEGMENTED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3400-\u9fff]")


def _before(words: str, unspaced: str) -> re.Pattern[str]:
    """Whether a text ends in one of these words: whole ones for Latin letters, any ending else."""
    spaced = "|".join(map(re.escape, words.split()))
    return re.compile(rf"(?:\b(?:{spaced})\s+|(?:{'|'.join(unspaced.split())}))$", re.IGNORECASE)


# Words of place: after one of them an ambiguous name is a place.
_PLACE_BEFORE = _before(
    "in to at from near inside reach leave go visit country of nước nuoc sang qua bên ben ở o tại tai đi về "
    "tới đến den từ nov tov yu yoo pai ma nay zai qu dao hma srok prates prathet pathet mueang muang",
    "ประเทศ เมือง จังหวัด อยู่ ไป จาก ที่ ใน ถึง ປະເທດ ເມືອງ ແຂວງ ຢູ່ ໄປ ຈາກ ທີ່ ໃນ "
    "ប្រទេស ស្រុក ខេត្ត នៅ ទៅ ពី ក្នុង 在 去 到 来 來 从 從 往 回",
)
# What makes the name of a country the name of a language or a dish, or another word altogether: chủ nhật is
# Sunday,
# mang thai is pregnant, a lao ban is a boss.
_NOT_PLACE_BEFORE = _before(
    "speak speaking spoken speaks read write understand learn language tiếng tieng chữ chu chủ sinh mang có "
    "phá pha nghén trạng hình niyeay ches jes pheasa phasa pasa phut pood poot khien vao",
    "ภาษา พูด ขนม อาหาร ตัวหนังสือ นวด ພາສາ ປາກ ເວົ້າ ອາຫານ ໜັງສື ភាសា អក្សរ និយាយ អាន ចេះ ម្ហូប 说 說 讲 講 စော်",
)
_NOT_PLACE_AFTER = re.compile(
    r"\s+(?:language|food|restaurant|translation|version|please|alphabet|massage|script"
    r"|sản|san|nhi|kỳ|độ|động|dong|ban|shi|po|gong)\b"
    "|\\s?(?:စကား|ဘာသာ|လို(?![\u102c\u1021])|စာ(?!ရင်း)|အစားအစာ|语|語|文|话|話|字|菜|餐|ບ້ານ)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Found:
    """A place: ISO 3166-1 alpha-2 `code`, and where in the text (code points) its name stands."""

    code: str
    start: int
    end: int
    matched: str


@dataclass(frozen=True)
class _Name:
    code: str
    ambiguous: bool
    exact: str | None  # the only spelling accepted, capitals included


# letter -> Trie, and "" -> names that end here; Any because the two kinds of value share one dict
Trie = dict[str, Any]


def _fold(text: str) -> str:
    """Lower case without changing the length, so that places keep their offsets."""
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def entries() -> Iterator[tuple[str, str]]:
    """(code, name as written in the file, with its mark) of both files, the generated one first."""
    for path in _FILES:
        code = ""
        for line in path.read_text("utf-8").splitlines():
            if found := _CODE.match(line):
                code = found[1]
            elif found := _PLACES.match(line):
                yield from ((code, name) for name in found[1].split(", "))


@lru_cache(maxsize=1)
def _trie() -> Trie:
    root: Trie = {}
    for code, written in entries():
        name = normalise(written.lstrip("~="))
        exact = name if written.startswith("=") else None
        _insert(root, name, _Name(code, written.startswith("~"), exact))
        _insert(root, _flag(code), _Name(code, False, None))
        # Vietnamese without its diacritics, where the result is too long to be other words by chance.
        bare = plain(name)
        if bare != name and " " in name and len(name) >= _BARE and not written.startswith(("~", "=")):
            _insert(root, bare, _Name(code, False, None))
    return root


def _flag(code: str) -> str:
    """The emoji flag of a country: its two letters as regional indicators."""
    return "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in code)


def _insert(root: Trie, name: str, value: _Name) -> None:
    node = root
    for letter in _fold(name):
        node = node.setdefault(letter, {})
    node.setdefault("", []).append(value)


def _longest_first(folded: str, start: int) -> list[tuple[int, _Name]]:
    """(end, name) of every name that starts here, the longest first."""
    node, ends = _trie(), []
    for at in range(start, len(folded)):
        if folded[at] not in node:
            break
        node = node[folded[at]]
        ends += [(at + 1, name) for name in node.get("", ())]
    return ends[::-1]


def _latin(char: str) -> bool:
    return char.isalnum() and not _UNSEGMENTED.match(char)


def _runs_on(left: str, right: str) -> bool:
    return bool(left and right) and _latin(left) and _latin(right)


def _boundaries(text: str) -> set[int]:
    """Where a word starts or ends, by ICU's dictionaries."""
    return {place for token, at in tokenise(text) for place in (at, at + len(token))}


def _stands_alone(text: str, start: int, end: int, boundaries: set[int]) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    if _runs_on(before, text[start]) or _runs_on(text[end - 1], after):
        return False
    if not _UNSEGMENTED.match(text[start]):
        return True
    if after and (unicodedata.category(after)[0] == "M" or after == "\u17d2"):
        return False  # the last syllable goes on: another word
    limit = _SHORT["han"] if _HAN.match(text[start]) else _SHORT["other"]
    return end - start > limit or (start in boundaries and end in boundaries)


def _is_place(text: str, start: int, end: int, name: _Name) -> bool:
    before, after = text[max(0, start - 24) : start], text[end : end + 16]
    if name.exact is not None and text[start:end] != name.exact:
        return False
    if _NOT_PLACE_BEFORE.search(before) or _NOT_PLACE_AFTER.match(after):
        return False
    alone = not any(char.isalnum() for char in text[:start] + text[end:])
    return not name.ambiguous or alone or bool(_PLACE_BEFORE.search(before))


def find_countries(text: str) -> list[Found]:
    """The places a text names, from left to right, never overlapping.

    `text` should come from `normalise`; offsets are those of the text as given.
    """
    text = text[:LIMIT]
    folded, boundaries = _fold(text), _boundaries(text)
    found, at = [], 0
    while at < len(text):
        for end, name in _longest_first(folded, at):
            if _stands_alone(text, at, end, boundaries) and _is_place(text, at, end, name):
                found.append(Found(name.code, at, end, text[at:end]))
                at = end - 1
                break
        at += 1
    return found
