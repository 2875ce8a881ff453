"""Derive the crisis words typed for the Zawgyi font from the Burmese ones: run it after every change of my.txt.

python tools/make_my_zawgyi.py
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HOME))

from components.zawgyi import unicode_to_zawgyi

CRISIS = HOME.parent / "bot" / "core" / "crisis"
_BURMESE = re.compile("[\u1000-\u109f]+")
HEAD = """\
# Burmese typed for the Zawgyi font: every Burmese word of the rules in my.txt, turned by unicode_to_zawgyi of
# nlu_data/components/zawgyi.py. Change my.txt and derive this again; the folds are there too.
window: 42
"""


def derive(source: str) -> str:
    """The rules with Burmese words, each word in Zawgyi; folds, windows and comments stay with the source."""
    kept = [
        line for line in source.split("\n") if _BURMESE.search(line) and not line.startswith(("#", "fold", "window"))
    ]
    return HEAD + "\n".join(_BURMESE.sub(lambda word: unicode_to_zawgyi(word[0]), line) for line in kept) + "\n"


if __name__ == "__main__":
    text = derive((CRISIS / "my.txt").read_text("utf-8"))
    (CRISIS / "my_zawgyi.txt").write_text(text, "utf-8")
