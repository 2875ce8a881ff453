"""One spelling for one message, before anything else reads it.

`normalise` is the only entrance: training sentences and live messages pass the same function, so the
classifier, the gazetteer and the safety lexicon never meet two encodings of one word. It never raises, is
idempotent, keeps upper and lower case, and looks at no more than LIMIT characters, so that a hostile message
costs what a long one costs.
"""

from __future__ import annotations

import re
import unicodedata

from .marks import order_burmese, order_khmer, order_lao, order_thai
from .zawgyi import repair

LIMIT = 4096
_PRE_CUT = 2 * LIMIT  # invisible characters removed later may make room; nobody needs more than as much again
_ROUNDS = 4

_WIDE = re.compile("[\u3000\uff01-\uffef]+")
_SPACE = re.compile(r"\s+")
# More than four combining marks on one letter is decoration ("zalgo"), and slow to sort.
_PILE = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_PICTOGRAPH = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_JOINER = re.compile(f"(?<![{_PICTOGRAPH}])\u200d|\u200d(?![{_PICTOGRAPH}])")
_TAGS = re.compile("(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,7}\U000e007f)|[\U000e0000-\U000e007f]")
# Letters that draw nothing though Unicode does not call them controls: grapheme joiner, Hangul fillers, the
# inherent vowels of Khmer, variation selectors.
_INVISIBLE_LETTERS = (
    0x034F,
    0x115F,
    0x1160,
    0x17B4,
    0x17B5,
    0x3164,
    0xFFA0,
    *range(0x180B, 0x1810),
    *range(0xFE00, 0xFE10),
)
_DROP = re.compile(
    "[\ud800-\udfff{}]+".format(
        "".join(
            re.escape(char)
            for char in map(chr, range(0x1E000))  # above lie only the tags, which _TAGS decides
            if (unicodedata.category(char) in ("Cc", "Cf") and not char.isspace() and char != "\u200d")
            or ord(char) in _INVISIBLE_LETTERS
        )
        + "\U000e0100-\U000e01ef"
    )
)

_REPEATED_LETTER = re.compile(r"([^\W\d_])\1{2,}")
_REPEATED_MARK = re.compile(r"([^\w\s/@#&$%\U0001f000-\U0001ffff\u2190-\u27bf\u2b00-\u2bff])\1+")

# Vietnamese puts the tone of oa, oe, uy on either letter; the first letter is the older and commoner habit.
# In "qu" the u belongs to the consonant, so the tone stands on the y.
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_VIET_SECOND = re.compile(
    f"(?<![qQ])([oO])([aAeE])([{_TONES}])(?![\u0300-\u036f\\w])|(?<![qQ])([uU])([yY])([{_TONES}])(?![\u0300-\u036f\\w])"
)
_VIET_QU = re.compile(f"([qQ][uU])([{_TONES}])([yY])(?![\u0300-\u036f\\w])")
_VIET_HINT = re.compile("[\u00e0-\u00ff\u00c0-\u00df\u0300-\u0323\u1ea0-\u1ef9]")


def _place_tones(text: str) -> str:
    if not _VIET_HINT.search(text):
        return text
    apart = unicodedata.normalize("NFD", text)
    apart = _VIET_SECOND.sub(lambda m: (m[1] or m[4]) + (m[3] or m[6]) + (m[2] or m[5]), apart)
    return unicodedata.normalize("NFC", _VIET_QU.sub(r"\1\3\2", apart))


def _clean(text: str) -> str:
    """Encoding level: width, composition, everything invisible, runs of spaces."""
    text = _WIDE.sub(lambda m: unicodedata.normalize("NFKC", m[0]), text)
    text = unicodedata.normalize("NFC", _PILE.sub(r"\1", text))
    text = _TAGS.sub(lambda m: m[1] or "", _DROP.sub("", text))
    text = _JOINER.sub("", text)
    return _SPACE.sub(" ", text).strip()


def _order(text: str) -> str:
    """Script level: marks in order, Vietnamese tones in place, long runs of one character shortened."""
    text = order_burmese(order_khmer(order_lao(order_thai(_place_tones(text)))))
    text = _REPEATED_MARK.sub(r"\1", _REPEATED_LETTER.sub(r"\1\1", text))
    return unicodedata.normalize("NFC", text)


def _step(text: str) -> str:
    text = repair(_clean(text)[:LIMIT].strip())
    return _order(text)[:LIMIT].strip()


def _settle(text: str) -> str | None:
    """The text no further step changes, or None where steps keep undoing each other (hostile input only)."""
    for _ in range(_ROUNDS):
        done = _step(text)
        if done == text:
            return text
        text = done
    return None


def normalise(text: str) -> str:
    """Text of at most LIMIT characters in the project's one spelling; see the module's first lines."""
    text = text[:_PRE_CUT]
    if text.isascii() and text.isprintable() and "  " not in text:
        text = _REPEATED_MARK.sub(r"\1", _REPEATED_LETTER.sub(r"\1\1", text[:LIMIT])).strip()
        return text
    settled = _settle(text)
    if settled is None:
        # Letters alone settle: without combining marks no rule has anything left to move.
        letters = "".join(char for char in _step(text) if unicodedata.category(char)[0] in "LNZ")
        settled = _settle(letters)
    return settled if settled is not None else ""
