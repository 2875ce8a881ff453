"""What the classifier's benchmark measures on: the project's own sentences, and public sets outside of it.

Sets that are absent are skipped with a line that says so; nothing of them is ever copied into the project.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from components.examples import Example
from components.zawgyi import unicode_to_zawgyi

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "bench" / "golden"
SIB = {
    "eng_Latn": "en",
    "tha_Thai": "th",
    "vie_Latn": "vi",
    "khm_Khmr": "km",
    "mya_Mymr": "my",
    "lao_Laoo": "lo",
    "zho_Hans": "zh",
    "zho_Hant": "zh",
}


def labelled(path: Path, language: str, kind: str) -> list[Example]:
    """Lines of label<TAB>text; none, and a line of notice, where the file is absent."""
    if not path.exists():
        print(f"skipped: {path.name} is not in {path.parent}", flush=True)
        return []
    rows = (line.split("\t", 1) for line in path.read_text("utf-8").splitlines() if "\t" in line)
    return [Example(text, label, language, kind) for label, text in rows]


def texts(path: Path) -> list[str]:
    """Last column of a table; none, and a line of notice, where it is absent."""
    if not path.exists():
        print(f"skipped: {path.name} is not in {path.parent}", flush=True)
        return []
    return [line.split("\t")[-1] for line in path.read_text("utf-8").splitlines() if line.strip()]


def golden(folder: Path = GOLDEN) -> list[Example]:
    """Sentences by other authors: label<TAB>kind<TAB>text in `<language>.tsv`; none where there are none yet."""
    found = []
    for path in sorted(folder.glob("*.tsv")):
        for line in path.read_text("utf-8").splitlines():
            fields = line.split("\t")
            if len(fields) == 3 and not line.startswith("#"):
                found.append(Example(fields[2], fields[0], path.stem, fields[1]))
    return found


def in_zawgyi(examples: Sequence[Example]) -> list[Example]:
    """The Burmese ones of 15 letters and more as an old telephone sends them; shorter ones are ambiguous."""
    native = [e for e in examples if e.language == "my" and e.kind not in ("latin", "mixed") and len(e.text) >= 15]
    return [Example(unicode_to_zawgyi(e.text), e.intent, "my", "zawgyi") for e in native]


def sample(examples: Sequence[Example], each: int, seed: int = 3) -> list[Example]:
    """At most `each` of every language and intent, the kinds taken in turn."""
    cells: dict[tuple[str, str], dict[str, list[Example]]] = defaultdict(lambda: defaultdict(list))
    for example in examples:
        cells[example.language, example.intent][example.kind].append(example)
    rng = random.Random(seed)  # noqa: S311  no secret
    chosen: list[Example] = []
    for _, kinds in sorted(cells.items()):
        piles = [rng.sample(pile, len(pile)) for _, pile in sorted(kinds.items())]
        turns = [pile[turn] for turn in range(max(map(len, piles))) for pile in piles if turn < len(pile)]
        chosen += turns[:each]
    return chosen
