"""One side of the comparison, in a process of its own: `side.py train|parse stock|ours <folder>`; prints JSON.

<folder> holds `train.json` and `test.json`, lists of [text, intent, language, kind]. Both sides go through Rasa:
training by its own entry points, parsing by its agent in this process, one message after the other.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import shutil
import sys
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "nlu_data"
sys.path[:0] = [str(HOME), str(ROOT)]

# What `rasa init` writes (rasa 3.6): the default pipeline of config.yml, without entities' synonyms and responses.
STOCK = """
recipe: default.v1
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: DIETClassifier
    epochs: 100
    constrain_similarities: true
  - name: FallbackClassifier
    threshold: 0.3
    ambiguity_threshold: 0.1
"""


def rows(folder: Path, name: str) -> list[list[str]]:
    found: list[list[str]] = json.loads((folder / f"{name}.json").read_text("utf-8"))
    return found


def write_yaml(path: Path, lines: list[list[str]]) -> None:
    """Rasa's form, one block an intent and kind; JSON strings are YAML."""
    blocks: dict[tuple[str, str], list[str]] = defaultdict(list)
    for text, intent, _, kind in lines:
        blocks[intent, kind].append(" ".join(text.split()))
    path.parent.mkdir(parents=True, exist_ok=True)
    content = [
        {"intent": intent, "metadata": {"kind": kind}, "examples": "".join(f"- {text}\n" for text in texts)}
        for (intent, kind), texts in blocks.items()
    ]
    # Rasa takes a file for training data only where a line begins with the key.
    path.write_text(f'version: "3.1"\nnlu: {json.dumps(content, ensure_ascii=False)}\n', "utf-8")


def train_stock(folder: Path) -> Path:
    from rasa.model_training import train_nlu

    (folder / "config.yml").write_text(STOCK, "utf-8")
    write_yaml(folder / "stock" / "nlu.yml", rows(folder, "train"))
    archive = train_nlu(str(folder / "config.yml"), str(folder / "stock"), str(folder), fixed_model_name="stock")
    return Path(str(archive))


def train_ours(folder: Path) -> Path:
    sys.path.insert(0, str(HOME / "tools"))
    import train

    home = folder / "home"
    home.mkdir()
    for name in ("config.yml", "domain.yml"):
        shutil.copy(HOME / name, home / name)
    shutil.copytree(HOME / "rules", home / "rules")
    by_language: dict[str, list[list[str]]] = defaultdict(list)
    for row in rows(folder, "train"):
        by_language[row[2]].append(row)
    for language, lines in by_language.items():
        write_yaml(home / "nlu" / language / "nlu.yml", lines)
    os.chdir(home)
    return train.train(home, folder, "ours")


def parse(archive: Path, lines: list[list[str]]) -> tuple[list[str], list[float]]:
    """Intent, the fallback's included, and seconds of each message."""
    from rasa.core.agent import Agent

    agent = Agent.load(str(archive))
    guesses, seconds = [], []

    async def run() -> None:
        for text, *_ in lines:
            began = time.perf_counter()
            found = await agent.parse_message(text)
            seconds.append(time.perf_counter() - began)
            # Where it is unsure the likeliest intent is what is compared, on both sides.
            ranking = [one["name"] for one in found.get("intent_ranking") or [] if one["name"] != "nlu_fallback"]
            understanding = found.get("understanding") or {}
            guesses.append(understanding.get("intent") or (ranking or [found["intent"]["name"] or ""])[0])

    asyncio.run(run())
    return guesses, seconds


def main() -> None:
    """See the first line."""
    verb, side, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3]).resolve()
    sys.path.insert(0, str(HOME / "tools"))
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    if side == "ours":
        from components.lean import leave_out_tensorflow

        leave_out_tensorflow()
    began, answer = time.monotonic(), {}
    if verb == "train":
        archive = train_stock(folder) if side == "stock" else train_ours(folder)
        answer = {
            "seconds": time.monotonic() - began,
            "megabytes": archive.stat().st_size / 1e6,
            "archive": str(archive),
        }
    else:
        guesses, seconds = parse(folder / f"{side}.tar.gz", rows(folder, "test"))
        answer = {"guesses": guesses, "seconds": seconds}
    answer["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("\n" + json.dumps(answer))


if __name__ == "__main__":
    main()
