"""How well the language functions do on public data: `nlu_data/.venv/bin/python bench/language.py`.

Prints tables for Zawgyi (detection, conversion, false alarms) and language identification. The data is not
part of the project; what is absent is skipped, with a line that says so.
"""

from __future__ import annotations

import argparse
import sys
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "nlu_data"))

from components.identify import Guess, LatinModel, identify, train
from components.latin import plain, read_examples
from components.marks import order_burmese
from components.normalise import normalise
from components.zawgyi import is_zawgyi, unicode_to_zawgyi, zawgyi_to_unicode

ROOT = Path(__file__).resolve().parents[1]
# How the data sets name what we call a language; yue is written Chinese.
OURS = {
    "tha_Thai": "th",
    "vie_Latn": "vi",
    "khm_Khmr": "km",
    "mya_Mymr": "my",
    "lao_Laoo": "lo",
    "eng_Latn": "en",
    "zho_Hans": "zh",
    "zho_Hant": "zh",
    "yue_Hant": "zh",
    "zh-Hans": "zh",
    "zh-Hant": "zh",
    "yue": "zh",
    **{code: code for code in ("en", "th", "vi", "km", "my", "lo")},
}


def rows(path: Path) -> Iterator[list[str]]:
    """Tab-separated fields of each line; the odd broken byte of a data set is no reason to stop."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")


def present(path: Path) -> bool:
    if not path.exists():
        print(f"skipped: {path.name} is not in {path.parent}")
    return path.exists()


def percent(part: int, whole: int) -> str:
    return f"{part:>5}/{whole:<5} {100 * part / whole:6.2f} %" if whole else "    0/0"


def conversion(path: Path) -> None:
    """Source, pairs converted as published, pairs whose Unicode survives the way to Zawgyi and back."""
    right: Counter[str] = Counter()
    back: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for source, zawgyi, expected in rows(path):
        wanted = normalise(expected)
        total[source] += 1
        right[source] += normalise(zawgyi) == wanted
        ordered = unicodedata.normalize("NFC", order_burmese(expected))
        back[source] += unicodedata.normalize("NFC", zawgyi_to_unicode(unicode_to_zawgyi(ordered))) == ordered
    print("\nZawgyi, normalised as the published Unicode / way there and back")
    for source in total:
        shares = percent(right[source], total[source]), percent(back[source], total[source])
        print(f"  {source:<12} {shares[0]}   {shares[1]}")


def detection(paths: list[Path]) -> None:
    """Label and number of consonants, texts taken for Zawgyi."""
    taken: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    for path in filter(present, paths):
        for label, text in rows(path):
            letters = sum("\u1000" <= char <= "\u1021" for char in text)
            key = label, "under 8" if letters < 8 else "8 to 14" if letters < 15 else "15 and more"
            total[key] += 1
            taken[key] += is_zawgyi(text)
    print("\nTexts taken for Zawgyi, by label and number of letters")
    for key in sorted(total):
        print(f"  {key[0]:<10} {key[1]:<12} {percent(taken[key], total[key])}")


def named(guess: Guess) -> str:
    return guess.language or "none"


def others(found: Counter[str], expected: str) -> str:
    """The wrong answers, the most frequent first."""
    return ", ".join(f"{name} {times}" for name, times in found.most_common() if name != expected)


def identification(path: Path, model: LatinModel) -> None:
    """For each label the share named rightly (our languages) or not named as ours (the others)."""
    answers: defaultdict[str, Counter[str]] = defaultdict(Counter)
    start, count = time.perf_counter(), 0
    for label, text in rows(path):
        answers[label][named(identify(normalise(text), model=model))] += 1
        if OURS.get(label) == "vi":
            answers[f"{label} (bare)"][named(identify(normalise(plain(text)), model=model))] += 1
        count += 1
    micro = 1e6 * (time.perf_counter() - start) / max(count, 1)
    print(f"\n{path.stem}: {micro:.0f} us a text, normalising included")
    for label, found in answers.items():
        expected = OURS.get(label.split(" ")[0], "none")
        share = percent(found[expected], sum(found.values()))
        print(f"  {label:<16} {expected:<5} {share}   {others(found, expected)}")


def romanised(path: Path, model: LatinModel) -> None:
    """Single Khmer words in Latin letters: alone, on a Khmer telephone, and within a Khmer conversation."""
    words = [roman for source, _, roman in rows(path) if source == "colloquial"]
    print(f"\n{path.stem}: single words people write")
    for name, prior, hint in (("alone", None, None), ("hint km", None, "km"), ("prior km", "km", None)):
        found = Counter(named(identify(normalise(word), prior, hint, model)) for word in words)
        print(f"  {name:<10} {percent(found['km'], len(words))}   {others(found, 'km')}")


def held_out(folder: Path) -> None:
    """The project's own Latin-letter sentences: four fifths teach, every fifth is asked."""
    examples = read_examples(folder)
    taught = {label: [text for at, text in enumerate(texts) if at % 5] for label, texts in examples.items()}
    model = train(taught)
    print("\nthe project's own sentences in Latin letters, every fifth held out")
    for label, texts in examples.items():
        asked, expected = texts[::5], label.removesuffix("-Latn")
        found = Counter(named(identify(normalise(text), model=model)) for text in asked)
        if asked:
            print(f"  {label:<10} {percent(found[expected], len(asked))}   {others(found, expected)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT / ".." / "shared" / "data")
    data: Path = parser.parse_args().data.resolve()
    zawgyi, lid = data / "zawgyi", data / "lid"
    if present(zawgyi / "pairs.tsv"):
        conversion(zawgyi / "pairs.tsv")
    detection([zawgyi / name for name in ("detect_sentences.tsv", "other_shn_shan.tsv", "other_mnw_mon.tsv")])
    model = train(read_examples(ROOT / "nlu_data" / "nlu"))
    for name in ("short_terms", "udhr_paragraphs", "flores30_dev"):
        if present(lid / f"{name}.tsv"):
            identification(lid / f"{name}.tsv", model)
    if present(lid / "khmer_roman_words.tsv"):
        romanised(lid / "khmer_roman_words.tsv", model)
    held_out(ROOT / "nlu_data" / "nlu")
    return 0


if __name__ == "__main__":
    sys.exit(main())
