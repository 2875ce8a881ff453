"""Whether Burmese was typed for the Zawgyi font: lines from standard input → JSON lines, for the content desk.

The detector needs no model, so it answers before anything is trained.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HOME), str(HOME.parent)]

from components.zawgyi import is_zawgyi


def main() -> int:
    """0 when all lines are through."""
    argparse.ArgumentParser(description="Lines from standard input to JSON lines.").parse_args()
    for text in (line.removesuffix("\n") for line in sys.stdin):
        print(json.dumps({"text": text, "zawgyi": is_zawgyi(text)}, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
