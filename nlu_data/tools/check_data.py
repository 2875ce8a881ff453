"""Check the training sentences: counts, duplicates, wrong script, Zawgyi, personal data. Names file and line.

    python tools/check_data.py

Prints a table of coverage and every problem; exits with 1 if there is one.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from components.zawgyi import is_zawgyi

from bot.core.content.sentences import KINDS, LANGUAGES, LEARNER, Sentence, all_wrong
from bot.core.intents import INTENTS

_BLOCK = re.compile(r"^- intent: (\w+)\s*$")
_META = re.compile(r"^\s+(kind|script): (\w+)\s*$")
_LINE = re.compile(r"^\s+- (.+)$")


def read(folder: Path) -> Iterator[Sentence]:
    """Every sentence with its file and line. The form itself is checked by components.examples when training."""
    for path in sorted(folder.glob("*/*.yml")):
        intent, meta = "", {}
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if found := _BLOCK.match(line):
                intent, meta = found[1], {}
            elif found := _META.match(line):
                meta[found[1]] = found[2]
            elif (found := _LINE.match(line)) and intent:
                kind = {LEARNER: "latin"}.get(meta.get("kind", ""), meta.get("kind", ""))
                place = f"{path.relative_to(folder.parent.parent)}:{number}"
                yield Sentence(found[1].strip(), intent, path.parent.name, kind, meta.get("script", ""), place)


def table(sentences: list[Sentence]) -> str:
    """Sentences by language and kind."""
    found = Counter((s.language, s.kind) for s in sentences)
    rows = [f"{'':8}" + "".join(f"{kind:>12}" for kind in KINDS) + f"{'all':>12}{'least':>8}"]
    for language in LANGUAGES:
        by_intent = Counter(s.intent for s in sentences if s.language == language)
        numbers = [found[language, kind] for kind in KINDS]
        least = min(by_intent[intent] for intent in INTENTS)
        rows.append(f"{language:8}" + "".join(f"{n:12}" for n in (*numbers, sum(numbers))) + f"{least:8}")
    return "\n".join(rows)


def main() -> int:
    """Check everything; returns the exit status."""
    parser = argparse.ArgumentParser(description="Check the training sentences.")
    parser.add_argument("--home", type=Path, default=HERE, help="the folder that holds nlu/")
    sentences = list(read(parser.parse_args().home.resolve() / "nlu"))
    problems = all_wrong(sentences, is_zawgyi)
    print(table(sentences))
    for problem in problems:
        print(problem)
    print(f"{len(sentences)} sentences, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
