"""Chinese characters for the classifier: traditional read as simplified, and each as it sounds.

`simplified` lets the two scripts share what they teach; `pinyin` lets lines in characters teach the same words in
Latin letters. Both read small tables (hant.txt, pinyin.txt) and leave what they don't know alone.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

_HERE = Path(__file__).parent
_LEVEL_ONE = (0xB0, 0xD7)  # rows of GB 2312 that are in order of sound
_COLUMNS = (0xA1, 0xFE)


def _lines(name: str) -> list[str]:
    lines = (_HERE / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@lru_cache(maxsize=1)
def _simplified_table() -> dict[int, str]:
    return {ord(pair[0]): pair[1] for line in _lines("hant.txt") for pair in line.split()}


def _level_one() -> str:
    codes = (
        bytes([row, column])
        for row in range(_LEVEL_ONE[0], _LEVEL_ONE[1] + 1)
        for column in range(_COLUMNS[0], _COLUMNS[1] + 1)
    )
    return "".join(code.decode("gb2312", errors="ignore") for code in codes)


@lru_cache(maxsize=1)
def _pinyin_table() -> dict[int, str]:
    """Every character from one syllable's first to the next one's has that syllable; then the exceptions."""
    ordered, exceptions = "\n".join(_lines("pinyin.txt")).split("---")
    table, syllable = {}, ""
    starts = {entry[-1]: entry[:-1] for entry in ordered.split()}
    for char in _level_one():
        syllable = starts.get(char, syllable)
        table[ord(char)] = syllable
    table.update({ord(entry[-1]): entry[:-1] for entry in exceptions.split()})
    return table


def simplified(text: str) -> str:
    """The text with traditional characters as simplified ones; for comparing, never for showing."""
    return text.translate(_simplified_table())


def pinyin(text: str) -> str:
    """The text with each known character as its syllable without tone; "老板" is "laoban"."""
    return simplified(text).translate(_pinyin_table())
