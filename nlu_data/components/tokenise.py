"""Words of a message, in any of the seven languages, with the place of each.

ICU's word breaker with its dictionaries for Thai, Lao, Khmer, Burmese and Chinese. Its own offsets count
UTF-16 units and are wrong after the first emoji, so the pieces are read and their lengths added up instead.
"""

from __future__ import annotations

import re
import unicodedata

from icu4py.breakers import WordBreaker

# The root locale: the dictionaries are chosen by script, not by locale, and one text may hold several
# scripts.
_LOCALE = "root"
_SURROGATE = re.compile("[\ud800-\udfff]")
# ICU joins a Latin word or a number to the Thai (Lao, …) word written right after it; here they part.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9ff\uaa60-\uaa7f"
_PARTS = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_WORD_CATEGORIES = frozenset("LNM")


def _is_word(piece: str) -> bool:
    """Letters, digits, marks and emoji; punctuation, spaces and lone symbols of layout are no words."""
    for char in piece:
        category = unicodedata.category(char)
        if category[0] in _WORD_CATEGORIES or category == "So" or (category == "Cn" and char >= "\U0001f000"):
            return True
    return False


def tokenise(text: str) -> list[tuple[str, int]]:
    """[(token, offset in code points)]; spaces and punctuation dropped, an emoji sequence is one token.

    `text[offset:offset + len(token)] == token` holds for every token. A lone surrogate, which ICU cannot
    take, is read as U+FFFD; `normalise` has removed it before in normal use.
    """
    tokens, offset = [], 0
    for piece in WordBreaker(_SURROGATE.sub("\ufffd", text), _LOCALE):
        for part in _PARTS.findall(piece):
            if _is_word(part):
                tokens.append((text[offset : offset + len(part)], offset))
            offset += len(part)
    return tokens
