"""One spelling for what looks the same: the order of vowel signs, tone marks and medials in four scripts.

A phone keyboard lets people type the marks of a syllable in any order and any number; fonts then draw the
same picture. A classifier sees different strings. Each function here rewrites runs of marks into the order
of the Unicode Standard, removes repeated marks and joins vowels that were typed in two halves. Each takes
and returns a plain string, touches only its own script, is idempotent and linear in the text.

Sources: The Unicode Standard, chapter 16 (Southeast Asia); Unicode Technical Note 11 (Burmese);
the Khmer cluster B {R|C} {S} V {O} of the same chapter; combining classes of UnicodeData.txt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

Replacement = Callable[["re.Match[str]"], str]


def _weights(groups: Iterable[str]) -> dict[str, int]:
    return {mark: place for place, group in enumerate(groups) for mark in group}


def _sorter(weights: dict[str, int]) -> Replacement:
    """A replacement function: the marks of a match in the order of `weights`, each mark once."""

    def replace(match: re.Match[str]) -> str:
        return "".join(sorted(dict.fromkeys(match[0]), key=lambda mark: weights.get(mark, 0)))

    return replace


# Thai: vowels and the short sign above or below, then the tone, then the silencer. In Unicode's classes only
# the vowels below sort before the tone; a vowel above typed after its tone stays wrong without this.
_THAI_RUN = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]{2,}")
_THAI_SORT = _sorter(
    _weights(
        [
            "\u0e3a",
            "\u0e38\u0e39",
            "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e47\u0e4d",
            "\u0e48\u0e49\u0e4a\u0e4b",
            "\u0e4c\u0e4e",
        ]
    )
)
_THAI_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32|([\u0e48-\u0e4b])\u0e4d\u0e32")
_THAI_AM_TONE = re.compile("\u0e33([\u0e48-\u0e4b])")


def order_thai(text: str) -> str:
    """Tones after vowels, nikhahit + aa as sara am, two e as ae, a lone lakkhang as aa."""
    text = _THAI_RUN.sub(_THAI_SORT, text)
    text = _THAI_AM.sub(lambda m: (m[1] or m[2] or "") + "\u0e33", text)
    text = _THAI_AM_TONE.sub("\\1\u0e33", text)
    text = re.sub("(?<![\u0e24\u0e26\u0e45])\u0e45+", "\u0e32", text)
    return text.replace("\u0e40\u0e40", "\u0e41")


_LAO_RUN = re.compile("[\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece]{2,}")
_LAO_SORT = _sorter(
    _weights(
        [
            "\u0eba",
            "\u0ebc",
            "\u0eb8\u0eb9",
            "\u0eb1\u0eb4\u0eb5\u0eb6\u0eb7\u0ebb\u0ecd",
            "\u0ec8\u0ec9\u0eca\u0ecb",
            "\u0ecc\u0ece",
        ]
    )
)
_LAO_AM = re.compile("\u0ecd([\u0ec8-\u0ecb]?)\u0eb2|([\u0ec8-\u0ecb])\u0ecd\u0eb2")
_LAO_AM_TONE = re.compile("\u0eb3([\u0ec8-\u0ecb])")
# ho + no, mo, lo are one initial written two ways; the joined form is the one dictionaries list.
_LAO_HO = (("\u0eab\u0e99", "\u0edc"), ("\u0eab\u0ea1", "\u0edd"), ("\u0eab\u0ea5", "\u0eab\u0ebc"))


def order_lao(text: str) -> str:
    """Tones after vowels, niggahita + aa as sign am, two e as ei, one form of the ho clusters."""
    for apart, joined in _LAO_HO:
        text = text.replace(apart, joined)
    text = _LAO_RUN.sub(_LAO_SORT, text)
    text = _LAO_AM.sub(lambda m: (m[1] or m[2] or "") + "\u0eb3", text)
    text = _LAO_AM_TONE.sub("\\1\u0eb3", text)
    return text.replace("\u0ec0\u0ec0", "\u0ec1")


_KHMER_RUN = re.compile("(?:\u17d2[\u1780-\u17b3]|[\u17b6-\u17d1\u17dd])+")
_KHMER_UNIT = re.compile("\u17d2[\u1780-\u17b3]|[\u17b6-\u17d1\u17dd]")
_KHMER_WEIGHT = _weights(
    [
        "\u17cc",
        "",
        "",
        "\u17c9\u17ca",
        "\u17c1",
        "\u17b6\u17b7\u17b8\u17b9\u17ba\u17bb\u17bc\u17bd\u17be\u17bf\u17c0\u17c2\u17c3\u17c4\u17c5",
        "\u17c6\u17c7\u17c8\u17cb\u17cd\u17ce\u17cf\u17d0\u17d1\u17dd",
    ]
)
_COENG_RO = "\u17d2\u179a"
# Two halves of one vowel, each drawn where the whole one would be.
_KHMER_HALVES = (("\u17c1\u17b6", "\u17c4"), ("\u17c1\u17b8", "\u17be"), ("\u17c1\u17ba", "\u17bf"))


def _order_khmer_run(match: re.Match[str]) -> str:
    # A subscript da is drawn exactly like a subscript ta; the second is the usual spelling.
    units: list[str] = _KHMER_UNIT.findall(match[0].replace("\u17d2\u178a", "\u17d2\u178f"))
    # A subscript ro, drawn to the left, is stored last of the subscripts.
    units.sort(key=lambda unit: (2 if unit == _COENG_RO else 1) if len(unit) == 2 else _KHMER_WEIGHT[unit])
    run = "".join(dict.fromkeys(units))
    for halves, whole in _KHMER_HALVES:
        run = run.replace(halves, whole)
    return "".join(dict.fromkeys(_KHMER_UNIT.findall(run)))


def order_khmer(text: str) -> str:
    """Robat, subscripts (ro last), shifter, vowel, signs; halved vowels joined; old letters replaced."""
    text = text.replace("\u17a3", "\u17a2").replace("\u17a4", "\u17a2\u17b6").replace("\u17d3", "\u17c6")
    text = re.sub("\u17d2{2,}", "\u17d2", text)
    return _KHMER_RUN.sub(_order_khmer_run, text)


# U+1039 (stacking) is no member: it binds the two consonants around it and is never moved.
_BURMESE_RUN = re.compile("[\u102b-\u1032\u1036-\u1038\u103a-\u103e]{2,}")
_BURMESE_WEIGHT = _weights(
    [
        "\u103b",
        "\u103c",
        "\u103d",
        "\u103e",
        "\u1031",
        "\u102d\u102e\u1032",
        "\u102f\u1030",
        "\u102b\u102c",
        "\u1036",
        "\u1037",
        "\u103a",
        "\u1038",
    ]
)
_BURMESE_SORT = _sorter(_BURMESE_WEIGHT)
_ASAT = "\u103a"
# The digit zero typed for the letter wa, which looks the same: next to a letter or mark and to no other
# digit.
_ZERO_FOR_WA = re.compile(
    "(?<![\u1040-\u1049.,])\u1040(?=[\u1000-\u103e])|(?<=[\u1000-\u103e])\u1040(?![\u1040-\u1049])"
)
_FOUR_FOR_SIGN = re.compile("\u1044(?=\u1004\u103a\u1038)")
# The letter u typed for nya, which looks the same before these.
_U_FOR_NYA = re.compile("\u1025(?=\u1037?\u103a|\u102c|\u1039)")


def _order_burmese_run(match: re.Match[str]) -> str:
    run = match[0]
    # Contractions write the asat before medial ya or a vowel (ယောက်ျား); there it stays first.
    if run.startswith((_ASAT, "\u103b\u103a")):
        rest = sorted(dict.fromkeys(run.replace(_ASAT, "")), key=_BURMESE_WEIGHT.__getitem__)
        if not rest or rest[0] != "\u1037":  # NFC itself puts an adjacent dot below before the asat
            return _ASAT + "".join(rest)
    return _BURMESE_SORT(match)


def order_burmese(text: str) -> str:
    """Medials y r w h, e, vowels above, below, aa, anusvara, dot, asat, visarga; look-alikes repaired."""
    text = re.sub("\u1039{2,}", "\u1039", text)
    text = _BURMESE_RUN.sub(_order_burmese_run, text)
    text = _ZERO_FOR_WA.sub("\u101d", text)
    text = _FOUR_FOR_SIGN.sub("\u104e", text)
    text = _U_FOR_NYA.sub("\u1009", text)
    return text.replace("\u1005\u103b", "\u1008")
