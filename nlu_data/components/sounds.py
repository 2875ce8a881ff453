"""How a message sounds, roughly: one spelling for native letters and for the same words in Latin letters.

People write Thai, Lao, Khmer, Burmese and Vietnamese in Latin letters as they hear them, each in their own way, and
misspell native letters by sound. `sounds` brings both to consonants of ten kinds and vowels of three, so that
"ngern duean", "ngoen deuan" and the native word meet, and a sentence in native letters teaches its Latin form.
Letter values follow RTGS (Thai), the BGN/PCGN tables (Lao, Khmer) and chat habit more than MLCTS (Burmese);
no rule here need be right, only the same on both sides.
"""

from __future__ import annotations

import re

from .han import pinyin
from .latin import plain


def _table(pairs: str) -> dict[str, str]:
    """ "ก k ข kh" to a dictionary; "-" stands for silence."""
    parts = pairs.split()
    return {parts[at]: parts[at + 1].replace("-", "") for at in range(0, len(parts), 2)}


_THAI = _table("""
ก k ข k ฃ k ค k ฅ k ฆ k ง ŋ จ c ฉ c ช c ซ s ฌ c ญ y ฎ t ฏ t ฐ t ฑ t ฒ t ณ n ด t ต t ถ t ท t ธ t น n บ p ป p ผ p
ฝ p พ p ฟ p ภ p ม m ย y ร l ล l ว w ศ s ษ s ส s ห h ฬ l อ o ฮ h ฤ lu ะ a ั a า a ำ am ิ i ี i ึ u ื u ุ u ู u
เ i แ i โ u ใ ai ไ ai ๅ a""")
_LAO = _table("""
ກ k ຂ k ຄ k ງ ŋ ຈ c ສ s ຊ s ຍ y ດ t ຕ t ຖ t ທ t ນ n ບ p ປ p ຜ p ຝ p ພ p ຟ p ມ m ຢ y ຣ l ລ l ວ w ຫ h ອ o ຮ h ໜ n
ໝ m ຼ l ະ a ັ a າ a ຳ am ິ i ີ i ຶ u ື u ຸ u ູ u ົ u ໍ o ຽ ia ເ i ແ i ໂ u ໃ ai ໄ ai""")
_KHMER = _table("""
ក k ខ k គ k ឃ k ង ŋ ច c ឆ c ជ c ឈ c ញ n ដ t ឋ t ឌ t ឍ t ណ n ត t ថ t ទ t ធ t ន n ប p ផ p ព p ភ p ម m យ y រ l
ល l វ w ស s ហ h ឡ l អ - ឥ i ឦ i ឧ u ឩ u ឪ u ឫ lu ឬ lu ឭ lu ឮ lu ឯ i ឰ ai ឱ ao ឲ ao ឳ ao ា a ិ i ី i ឹ u ឺ u
ុ u ូ u ួ u ើ i ឿ u ៀ i េ i ែ i ៃ ai ោ ao ៅ ow ំ m ះ h""")
_BURMESE = _table("""
က k ခ k ဂ k ဃ k င ŋ စ s ဆ s ဇ c ဈ c ဉ n ည n ဋ t ဌ t ဍ t ဎ t ဏ n တ t ထ t ဒ t ဓ t န n ပ p ဖ p ဗ p ဘ p မ m
ယ y ရ y လ l ဝ w သ t ဿ t ဟ h ဠ l အ a ဣ i ဤ i ဥ u ဦ u ဧ i ဩ o ဪ o ျ y ြ y ွ w ှ h ာ a ါ a ိ i ီ i ု u ူ u ေ i
ဲ il ံ n ၌ nay ၍ yui ၎ l ၏ i""")
_LETTERS = {**_THAI, **_LAO, **_KHMER, **_BURMESE}

# Thai and Lao, tone marks gone: the vowel written first is spoken second, some are written around the consonant; a
# silenced letter; the high h that only carries a tone; consonants that change at the end of a syllable.
_TONES = re.compile("[\u0e47-\u0e4b\u0e4e\u0ec8-\u0ecb\u17cb\u17d0]")
_CONSONANT = "(?:[\u0e01-\u0e2e\u0e81-\u0eae][\u0e23\u0e25\u0ea3\u0ea5\u0ebc]?|[\u0edc\u0edd])"
_AROUND = re.compile(
    f"[\u0e40\u0ec0]({_CONSONANT})(?:([\u0e35\u0eb5]\u0e22|\u0ebd)|([\u0e37\u0eb7]\u0e2d?\u0ead?|[\u0e2d\u0ead\u0e34\u0eb4])"
    "|([\u0e32\u0eb2]))"
)
_LEADING = re.compile(
    f"([\u0e40-\u0e44\u0ec0-\u0ec4])({_CONSONANT}(?=[\u0e30-\u0e39\u0eb0-\u0ebb])|[\u0e01-\u0e2e\u0e81-\u0eae\u0edc\u0edd])"
)
_SILENCED = re.compile("[\u0e01-\u0e2e][\u0e34\u0e38]?\u0e4c|[\u1780-\u17a2]\u17cd|[\u0e81-\u0eae]\u0ecc")
_HIGH_H = re.compile(
    "[\u0e2b\u0eab](?=[\u0e07\u0e0d\u0e19\u0e21\u0e22\u0e23\u0e25\u0e27\u0e87\u0e8d\u0e99\u0ea1\u0ea5\u0ea7\u0ebc])"
)
_VOWEL_BEFORE = "(?<=[\u0e30-\u0e3a\u0e45a-z])"
_NO_VOWEL_AFTER = "(?![\u0e30-\u0e3aa-z])"
_END_STOP = re.compile(f"{_VOWEL_BEFORE}[\u0e08\u0e0a\u0e0b\u0e28\u0e29\u0e2a]{_NO_VOWEL_AFTER}")
_END_N = re.compile(f"{_VOWEL_BEFORE}[\u0e23\u0e25\u0e0d\u0e2c]{_NO_VOWEL_AFTER}")
# Burmese: a killed letter closes the syllable with a stop, a nasal or nothing.
_KILLED = re.compile("([\u1000-\u1021])[\u1037\u1038]*\u103a")
_KILLED_SOUND = {"က": "t", "စ": "t", "တ": "t", "ပ": "t", "င": "n", "ဉ": "n", "ည": "i", "န": "n", "မ": "n", "ယ": "l"}
_NG = re.compile("(\u102c|\u102d\u102f)\u1004[\u1037\u1038]*\u103a")  # aung, aing; any other is in
_K = re.compile("(\u1031[\u102c\u102b])\u1000\u103a")
_SH = re.compile("\u101b\u103e")
_CH = re.compile("[\u1001\u1002][\u103b\u103c]")
_INHERENT = re.compile("([\u1000-\u1021][\u103b-\u103e]*)(?![\u102b-\u1032\u1036\u103a-\u103e])")
_STACKED = re.compile("\u1004\u103a\u1039|\u1039")

_DIGRAPHS = re.compile("ng|kh|gh|ph|bh|th|ht|dh|ch|jh|sh|hs|zh|nh|ny|gn|ck|qu|wh|hm|hn|hl|hw|hp|hk")
_DIGRAPH_SOUND = {
    "ng": "ŋ",
    "kh": "k",
    "gh": "k",
    "ph": "p",
    "bh": "p",
    "th": "t",
    "ht": "t",
    "dh": "t",
    "ch": "c",
    "jh": "c",
    "sh": "s",
    "hs": "s",
    "zh": "c",
    "nh": "n",
    "ny": "n",
    "gn": "n",
    "ck": "k",
    "qu": "kw",
    "wh": "w",
    "hm": "m",
    "hn": "n",
    "hl": "l",
    "hw": "w",
    "hp": "p",
    "hk": "k",
}
_LETTER_SOUND = str.maketrans(
    {"g": "k", "q": "c", "d": "t", "b": "p", "f": "p", "v": "w", "j": "c", "z": "c", "x": "s", "r": "l"}
)
_VOWELS = re.compile("(?:[aeiou]|y(?![aeiou]))+")  # y before a vowel is a consonant
_NOT_SOUND = re.compile("[^a-zŋ]+")
_DOUBLE = re.compile(r"(.)\1+")
_SILENT = re.compile("h(?![aeiou])|(?<=[aeiou])r(?![aeiou])")


def _vowel(found: re.Match[str]) -> str:
    """One of a, i, u for a run of vowels."""
    run = found[0]
    if run.startswith(("eu", "oe", "ue", "oo", "ou")):
        return "u"
    if run.startswith(("ae", "ai", "ay")):
        return "i" if run.startswith("ae") else "ai"
    return {"a": "a", "e": "i", "i": "i", "y": "i"}.get(run[0], "u")


def _around(found: re.Match[str]) -> str:
    consonant, ia, u, _ = found.groups()
    return consonant + ("ia" if ia else "u" if u else "ao")


def latin_letters(text: str) -> str:
    """Native letters of four scripts as rough Latin ones; everything else stays."""
    text = _TONES.sub("", _SILENCED.sub("", text))
    text = _LEADING.sub(r"\2\1", _AROUND.sub(_around, _HIGH_H.sub("", text)))
    text = _END_N.sub("\u0e19", _END_STOP.sub("\u0e14", text))
    text = _STACKED.sub(lambda m: "n" if len(m[0]) > 1 else "", text)
    text = _CH.sub("c", _SH.sub("s", _K.sub(r"\1k", _NG.sub("\\1ŋ", text))))
    text = _INHERENT.sub(r"\1a", _KILLED.sub(lambda m: _KILLED_SOUND.get(m[1], ""), text))
    return "".join(_LETTERS.get(char, char) for char in text)


def sounds(text: str) -> str:
    """The message as words of rough sounds, parted by spaces; empty where no letter is known.

    For example "ngern duean" and "เงินเดือน" both hold "ŋin tun"-like strings (not always equal, often close).
    """
    text = plain(latin_letters(pinyin(text.casefold())))
    text = _SILENT.sub("", _DIGRAPHS.sub(lambda m: _DIGRAPH_SOUND[m[0]], text)).translate(_LETTER_SOUND)
    text = _VOWELS.sub(_vowel, text)
    return _NOT_SOUND.sub(" ", _DOUBLE.sub(r"\1", text)).strip()


_NOT_BONES = re.compile("[^ŋkctnpmlswhy]")


def bones(sound: str) -> str:
    """The consonants of `sounds`, without any space: what survives every way of writing the vowels."""
    return _DOUBLE.sub(r"\1", _NOT_BONES.sub("", sound))
