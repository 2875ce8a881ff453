"""How well the assistant understands, in one run: `make bench-nlu`; writes docs/bench-nlu.md and docs/confusions.md.

Parts: against stock Rasa on the same part of the sentences, each side in processes of its own; our own held-out
sentences, with crisis, out-of-scope and language figures; the golden crises and near misses (bench/golden); public
sets. `--quick` takes small parts, to see that it runs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "nlu_data"), str(ROOT), str(ROOT / "bench")]

import measure  # noqa: E402  the path comes first
import sets  # noqa: E402
from components.classify import Model  # noqa: E402
from components.examples import Example, read  # noqa: E402
from components.holdout import hold_out  # noqa: E402
from components.normalise import normalise  # noqa: E402
from figures import macro_f1, percentile, share, table  # noqa: E402

KINDS = ("plain", "colloquial", "misspelt", "latin", "learner", "story", "mixed", "zawgyi")
LANGUAGES = ("en", "th", "vi", "km", "my", "lo", "zh")
PART = 6  # sentences an intent and language both sides learn from: stock Rasa takes its time

GOLDEN_NOTE = (
    "{} sentences, all crises or hard near misses, written before the crisis words of their language were looked at. "
    "The crisis words have been mended with them since; what they were worth before is in decisions/0007-classifier.md."
)


def split(examples: Sequence[Example], part: float, seed: int) -> tuple[list[Example], list[Example]]:
    """Sentences to learn from and to measure on; near copies never on both sides."""
    back = hold_out(examples, [normalise(example.text) for example in examples], part, seed)
    return [e for e, b in zip(examples, back) if not b], [e for e, b in zip(examples, back) if b]


# Any: decoded JSON.
def child(verb: str, side: str, folder: Path) -> dict[str, Any]:
    """Run side.py; raises RuntimeError with its last words."""
    command = [sys.executable, str(ROOT / "bench" / "side.py"), verb, side, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{verb} {side} failed:\n{done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def against_stock(train: Sequence[Example], test: Sequence[Example]) -> str:
    """Train both sides on the same sentences, then ask both the same; a section of the report."""
    trained, asked = {}, {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for which, examples in (("train", train), ("test", test)):
            rows = [[e.text, e.intent, e.language, e.kind] for e in examples]
            (folder / f"{which}.json").write_text(json.dumps(rows), "utf-8")
        for side in ("ours", "stock"):
            say(f"training {side} on {len(train)} sentences")
            trained[side] = child("train", side, folder)
            asked[side] = child("parse", side, folder)
    costs = [
        [
            side,
            trained[side]["seconds"],
            trained[side]["megabytes"],
            trained[side]["peak"],
            1e3 * percentile(asked[side]["seconds"], 0.5),
            1e3 * percentile(asked[side]["seconds"], 0.95),
            asked[side]["peak"],
        ]
        for side in trained
    ]
    head = ("side", "training s", "model MB", "training peak MB", "parse p50 ms", "parse p95 ms", "serving peak MB")
    scores = by_kind(test, [asked["stock"]["guesses"], asked["ours"]["guesses"]])
    return (
        f"## Against stock Rasa\n\nBoth sides learn from the same {len(train)} sentences and answer the same "
        f"{len(test)}, through Rasa's agent, in this one run on a machine others used too: compare the sides, not the "
        "seconds. Macro-F1 as stock → ours. Vectors of sentences met before come from "
        f"the cache in `nlu_data/.cache`.\n\n{table(head, costs)}\n\n{scores}\n"
    )


def by_kind(examples: Sequence[Example], sides: Sequence[Sequence[str]]) -> str:
    """Macro-F1 by language and kind, "a → b" for two sides."""
    kinds = [kind for kind in KINDS if any(example.kind == kind for example in examples)]
    rows = []
    for language in (*LANGUAGES, "all"):
        row: list[str] = [language]
        for kind in (*kinds, "all"):
            chosen = [n for n, e in enumerate(examples) if language in (e.language, "all") and kind in (e.kind, "all")]
            truth = [examples[n].intent for n in chosen]
            row.append(
                " → ".join(f"{macro_f1(truth, [side[n] for n in chosen]):.2f}" for side in sides) if chosen else ""
            )
        rows.append(row)
    return table(("language", *kinds, "all"), rows)


def held_out(model: Model, test: Sequence[Example], title: str, note: str) -> tuple[str, list[str]]:
    """Everything the report says about a model on sentences; a section, and the guesses."""
    told = [measure.told(model, example, prior=True) for example in test]
    alone = [measure.told(model, example, prior=False) for example in test]
    guesses = [one.intent for one in told]
    lines = [
        f"## {title}",
        "",
        note,
        "",
        by_kind(test, [guesses]),
        "",
        measure.language(test, alone, told),
        "",
        measure.crisis(test, told),
        "",
        measure.outside(test, told),
        "",
        measure.cost(told),
    ]
    return "\n".join(lines) + "\n", guesses


def public(data: Path, quick: bool) -> str:
    """Our classifier trained and measured on public sets."""
    each = 5 if quick else 20
    rows = []
    for name, train, dev in measure.public_sets(data, each):
        say(f"public set {name}: {len(train)} sentences")
        began = time.monotonic()
        model = Model.fit(train)
        guesses = [model.understand(e.text, e.language).intent for e in dev]
        right = share(e.intent == guess for e, guess in zip(dev, guesses))
        rows.append(
            [name, len(train), len(dev), right, macro_f1([e.intent for e in dev], guesses), time.monotonic() - began]
        )
    head = ("set", "learnt from", "measured on", "accuracy", "macro-F1", "s")
    note = f"At most {each} sentences an intent are learnt from, so figures are below published ones on full sets."
    return f"## Public sets\n\n{note}\n\n{table(head, rows)}\n"


def say(what: str) -> None:
    """A line of progress."""
    print(f"{time.strftime('%H:%M:%S')} {what}", flush=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure the assistant's understanding.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="folder of the public sets")
    parser.add_argument("--quick", action="store_true", help="small parts")
    parser.add_argument(
        "--skip", nargs="*", default=[], choices=("stock", "public", "outside"), help="parts to leave out"
    )
    parser.add_argument(
        "--model", type=Path, help="a folder Model.save wrote, learnt from the same split; not trained again"
    )
    options = parser.parse_args()
    began = time.monotonic()
    train, test = split(read(ROOT / "nlu_data" / "nlu"), 0.2, seed=7)
    report = ["# Understanding, measured", "", "Written by `make bench-nlu`; do not edit.", ""]
    if "stock" not in options.skip:
        report.append(
            against_stock(
                sets.sample(train, 2 if options.quick else PART), sets.sample(test, 2 if options.quick else 5)
            )
        )
    if options.quick:
        train, test = sets.sample(train, 8), sets.sample(test, 2)
    model, seconds = trained(train, options.model)
    note = (
        f"{len(test)} of {len(train) + len(test)} sentences kept back by language, intent and kind, near copies never "
        f"on both sides; training took {seconds:.0f} s. The safety lexicon was written with the training sentences "
        "in view, so its recall here is flattered."
    )
    test = [*test, *sets.in_zawgyi(test)]
    section, guesses = held_out(model, test, "Our held-out sentences", note)
    report.append(section)
    golden = sets.golden()
    if golden:
        report.append(held_out(model, golden, "Golden crises and near misses", GOLDEN_NOTE.format(len(golden)))[0])
    if "outside" not in options.skip:
        report.append(measure.foreign(model, options.data))
    if "public" not in options.skip:
        report.append(public(options.data, options.quick))
    report.append(f"The whole took {time.monotonic() - began:.0f} s.\n")
    (ROOT / "docs" / "bench-nlu.md").write_text("\n".join(report), "utf-8")
    (ROOT / "docs" / "confusions.md").write_text(measure.confusions(test, guesses), "utf-8")
    print("\n".join(report))


def trained(train: Sequence[Example], folder: Path | None) -> tuple[Model, float]:
    """The model, and how long it took to train."""
    if folder is not None:
        return Model.load(folder), 0.0
    say(f"training on {len(train)} sentences")
    began = time.monotonic()
    return Model.fit(train), time.monotonic() - began


if __name__ == "__main__":
    main()
