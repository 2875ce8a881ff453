"""How the trained assistant understands sentences: lines from standard input → JSON lines, without a server.

`echo "my boss took my passport" | python tools/parse.py`. The crisis is what the product would see: the lexicon's
finding in the words, or that of the intent.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HOME), str(HOME.parent)]

from components.archive import load_classifier
from components.classify import BadModel, Outcome, Understanding
from components.contract import harmless
from components.facts import country_named, parsed
from components.fingerprint import fingerprint, newest


def find_model(folder: Path) -> Path:
    """The archive of the present content, else the newest, with a word about it; raises FileNotFoundError."""
    exact = folder / f"{fingerprint()}.tar.gz"
    if exact.exists():
        return exact
    archives = newest(folder)
    if not archives:
        raise FileNotFoundError(f"there is no model in {folder}; run: make train")
    print(f"the content has changed since {archives[0].name} was trained; run: make train", file=sys.stderr)
    return archives[0]


# Says why a human must be reached, given the words and what was understood; None if no crisis is seen.
Crisis = Callable[[str, Understanding], str | None]


def crisis_finder() -> Crisis:
    """The product's own judgement; one that finds nothing where the product is not beside this folder."""
    try:
        from bot.core.decide import CRISIS_INTENTS
        from bot.core.safety import find
    except ImportError:
        return lambda text, understood: None

    def crisis(text: str, understood: Understanding) -> str | None:
        sure = understood.outcome is not Outcome.REFUSE
        reason = find(text) or (CRISIS_INTENTS.get(understood.intent) if sure else None)
        return reason.value if reason is not None else None

    return crisis


# Any: JSON values.
def line(text: str, understood: Understanding, crisis: str | None) -> dict[str, Any]:
    """The JSON line of a sentence."""
    return {
        "text": text,
        "normalised": understood.normalised,
        "language": understood.language,
        "script": understood.script,
        "intent": understood.intent,
        "confidence": round(understood.confidence, 4),
        "ranking": [[intent, round(share, 4)] for intent, share in understood.ranking],
        "outcome": understood.outcome.value,
        "crisis": crisis,
        "country": country_named(parsed(understood)) or None,
    }


def main() -> int:
    """0 when all lines are through; 1 with one line on standard error without a model."""
    parser = argparse.ArgumentParser(description="Lines from standard input to JSON lines.")
    parser.add_argument("--model", type=Path, help="an archive; the newest of models/ if left out")
    parser.add_argument("--prior", help="the language of the conversation so far")
    options = parser.parse_args()
    try:
        model = load_classifier(options.model or find_model(HOME / "models"))
    except (OSError, BadModel) as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 1
    crisis = crisis_finder()
    for text in map(str.rstrip, sys.stdin):
        understood = model.understand(harmless(text), options.prior)
        print(json.dumps(line(text, understood, crisis(text, understood)), ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
