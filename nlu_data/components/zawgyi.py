"""Burmese typed for the Zawgyi font: find it, and write it in Unicode.

Half the phones of Myanmar wrote Zawgyi for a decade: the same code block, other meanings, visual order.
Nothing downstream knows it, so it is turned into Unicode first. The detector is Google's (myanmartools); the
rules are data, in zawgyi_rules.tsv, where their sources are named. Shan, Mon and Karen use some of the same
codes for letters of their own; text with their letters is never touched.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from myanmartools import ZawgyiDetector  # type: ignore[import-untyped]  # ships no types

from .marks import order_burmese

_RULES = Path(__file__).with_name("zawgyi_rules.tsv")
# The published detector is sure in both directions on anything longer than a word; its own advice is 0.95.
THRESHOLD = 0.95
# With proof in the spelling itself the detector need only not object.
EVEN = 0.5
# Below this many Myanmar letters the detector's answer is a guess: the spelling itself must prove it.
SHORT = 8

_CLASSES = {
    "C": "[\u1000-\u1021]",
    "B": "[\u1000-\u102a\u103f]",
    "D": "[\u1040-\u1049]",
    "M": "[\u103b-\u103e]",
    "V": "[\u102b-\u1030\u1032]",
    "P": "[\u1031\u103c]",  # in Zawgyi order before their letter
    "S": "[\u102b-\u1030\u1032\u1036\u1037\u103b\u103d\u103e]",  # marks that never start a word
    "W": " ",
}
# Zawgyi's stacked letters, kinzi and asat: what stays with its consonant.
_STACKED = "\u1060-\u1063\u1065-\u1069\u106c\u106d\u1070-\u107c\u1085\u1093\u1096"
_REVERSE_CLASSES = _CLASSES | {
    "G": f"[{_STACKED}\u1064\u108b-\u108d\u1039\u103a]",
    "L": f"[{_STACKED}\u1064\u108b-\u108d\u1039\u103a\u103c\u103d\u108a]",
    "W": "[\u1000\u1003\u1006\u100a\u100f-\u1011\u1018\u101a\u101c\u101e\u101f\u1021]",  # two bowls wide
    "U": "[\u102d\u102e\u1032\u1036]",
    "T": f"[\u102f\u1030\u103a\u103c\u103d\u1087-\u108a{_STACKED}]",
    "K": "[\u102d\u102e\u1032\u1036\u1039]",
}
_COUNTS = {"*": "{0,4}", "+": "{1,4}"}  # bounded, so that a run of marks costs linear time
_TOKEN = re.compile(r"(\(?)(\?<?[=!])?([0-9A-F]{4}|[A-Z])([*+]?)(\)?)$")

Pass = tuple["re.Pattern[str]", dict[int, tuple[str, int]]]


def _pattern(source: str, classes: dict[str, str]) -> str:
    parts = []
    for token in source.split():
        found = _TOKEN.match(token)
        if found is None:
            raise ValueError(f"zawgyi_rules.tsv: cannot read {token!r}")
        opening, look, name, count, closing = found.groups()
        body = classes[name] if len(name) == 1 else chr(int(name, 16))
        body += _COUNTS.get(count, "")
        parts.append(f"({look}{body})" if look else f"{opening}{body}{closing}")
    return "".join(parts)


def _template(source: str) -> str:
    return "".join(part if part[0] == "$" else chr(int(part, 16)) for part in source.split())


def _compile(rules: list[tuple[str, str]], classes: dict[str, str]) -> Pass:
    """One alternation for a pass; maps the number of a rule's outer group to its template and that number."""
    alternatives, templates, group = [], {}, 1
    for pattern, replacement in rules:
        body = _pattern(pattern, classes)
        templates[group] = (_template(replacement), group)
        alternatives.append(f"({body})")
        group += 1 + re.compile(body).groups
    return re.compile("|".join(alternatives)), templates


@lru_cache(maxsize=2)
def _passes(direction: str) -> tuple[Pass, ...]:
    classes = _CLASSES if direction == "z2u" else _REVERSE_CLASSES
    table: dict[str, list[tuple[str, str]]] = {}
    for line in _RULES.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            way, number, pattern, replacement = line.split("\t")
            if way == direction:
                table.setdefault(number, []).append((pattern, replacement))
    return tuple(_compile(rules, classes) for _, rules in sorted(table.items()))


def _run(text: str, passes: tuple[Pass, ...]) -> str:
    for pattern, templates in passes:

        def replace(match: re.Match[str], templates: dict[int, tuple[str, int]] = templates) -> str:
            # The outer group of the winning rule closes last, so lastindex names the rule.
            template, group = templates[match.lastindex or 0]
            return re.sub(r"\$(\d)", lambda found: match[group + int(found[1])] or "", template)

        text = pattern.sub(replace, text)
    return text


_LETTERS = re.compile("[\u1000-\u1021\u1023-\u102a\u103f\u104e]")
_SUSPECT = re.compile("[\u1031\u1033\u1034\u1039-\u103d\u105a\u1060-\u1097]")
# Letters of Shan, Mon, Karen, Palaung, Aiton and Khamti that Zawgyi never used.
_OTHER_LANGUAGES = re.compile("[\u1022\u1028\u1035\u1050-\u1059\u105b-\u105f\u1098-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f]")
# What Unicode spelling never has: an asat with nothing stacked below it, a code of the font's own after a
# consonant, and at the start of a word medial ra or one of the font's second shapes of a letter.
_PROOF = re.compile(
    "\u1039(?![\u1000-\u1021])|[\u1000-\u1021][\u1060-\u1097]"
    "|(?:^|[^\u1000-\u109f])(?:[\u103b\u107e-\u1084][\u1000-\u1021]|[\u106a\u106b\u108f\u1090])"
)
# Sign e before its letter, at the start of a word; a few Unicode keyboards store that too, so the detector
# decides.
_FIRST_E = re.compile("(?:^|[^\u1000-\u109f\uaa60-\uaa7f])\u1031[\u107e-\u1084\u103b]?[\u1000-\u1021]")
# Sequences that only Unicode spelling has: medial ha of its own, e before aa, asat after aa.
_UNICODE_PROOF = re.compile("\u103e|\u1031[\u102b\u102c]|\u102c\u103a")
_SLIPS = 5  # times as many proofs of Zawgyi make a Unicode sequence a slip of the finger
_CHUNK = re.compile(r"\S+")


@lru_cache(maxsize=1)
def _detector() -> ZawgyiDetector:
    return ZawgyiDetector()


def is_zawgyi(text: str) -> bool:
    """Whether the Myanmar letters of a text were typed for Zawgyi; False in any doubt."""
    if not _SUSPECT.search(text) or _OTHER_LANGUAGES.search(text):
        return False
    counter = len(_UNICODE_PROOF.findall(text))
    if counter and len(_PROOF.findall(text)) < _SLIPS * counter:
        return False
    probability = _detector().get_zawgyi_probability(text)
    if probability < THRESHOLD:
        return probability > EVEN and bool(_PROOF.search(text))
    return len(_LETTERS.findall(text)) >= SHORT or bool(_PROOF.search(text) or _FIRST_E.search(text))


def repair(text: str) -> str:
    """Unicode for whatever part of a text is Zawgyi: all of it, or, in a text of both kinds, word by word."""
    if not _SUSPECT.search(text) or _OTHER_LANGUAGES.search(text):
        return text
    if is_zawgyi(text):
        return zawgyi_to_unicode(text)
    if not _PROOF.search(text):
        return text
    return _CHUNK.sub(lambda m: zawgyi_to_unicode(m[0]) if is_zawgyi(m[0]) else m[0], text)


def zawgyi_to_unicode(text: str) -> str:
    """Zawgyi in, Unicode out, marks in canonical order; what is not Myanmar script is left alone."""
    return order_burmese(_run(text, _passes("z2u")))


def unicode_to_zawgyi(text: str) -> str:
    """The reverse, for training copies and tests: as a Zawgyi keyboard would have stored the text."""
    return _run(order_burmese(text), _passes("u2z"))
