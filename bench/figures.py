"""Figures and tables of the benchmarks: macro-F1, shares, percentiles, Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence


def macro_f1(truth: Sequence[str], guesses: Sequence[str]) -> float:
    """Mean F1 over the labels that occur in `truth`; nan without any."""
    hits = Counter(t for t, g in zip(truth, guesses) if t == g)
    true, guessed = Counter(truth), Counter(guesses)
    scores = [2 * hits[label] / (true[label] + guessed[label]) for label in true]
    return sum(scores) / len(scores) if scores else float("nan")


def share(flags: Iterable[bool]) -> float:
    """Share of the true ones; nan without any."""
    values = list(flags)
    return sum(values) / len(values) if values else float("nan")


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which `part` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def cell(value: float | int | str) -> str:
    """A number short, anything else as it is; nothing for nan."""
    if isinstance(value, float):
        return "" if value != value else f"{value:.3f}" if abs(value) < 10 else f"{value:.0f}"
    return str(value)


def table(head: Sequence[str], rows: Iterable[Sequence[float | int | str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join("---" for _ in head) + "|"]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)
