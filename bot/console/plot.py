"""Plots as SVG in the page: no script, no picture to load, colours from the page's own style sheet.

Each has a title and a description for those who listen; its numbers also stand in a table beside it. What is hidden
has no mark at all, so that no length tells what a number does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

# All plots are as wide as a small screen and are scaled up no more than a little (console.css).
WIDTH = 360
_LINE = 40


@dataclass(frozen=True)
class Mark:
    """One number of a plot: its label, how it reads, and its value, None where it is hidden."""

    label: str
    reads: str
    value: int | None


@dataclass(frozen=True)
class Series:
    """A line or a row of columns: its name and its numbers."""

    name: str
    marks: Sequence[Mark]


def bars(id: str, title: str, about: str, marks: Sequence[Mark]) -> Markup:
    """A bar a line, its label above it: for names of any length in any script."""
    most = _most(marks)
    parts = []
    for number, mark in enumerate(marks):
        top = number * _LINE
        length = round((WIDTH - 90) * (mark.value or 0) / most, 1)
        parts.append(_text(0, top + 15, mark.label))
        parts.append(_rect(0, top + 21, length, 12, "first") if mark.value else Markup(""))
        parts.append(_text(length + 6, top + 32, mark.reads, "value"))
    return _svg(id, title, about, len(marks) * _LINE, parts)


def columns(id: str, title: str, about: str, series: Series) -> Markup:
    """A column a number, such as the hours of a day; every sixth is labelled."""
    marks, height, base = series.marks, 150, 120
    most, step = _most(marks), (WIDTH - 40) / max(len(marks), 1)
    parts = _scale(most, base)
    for number, mark in enumerate(marks):
        left, tall = round(36 + number * step, 1), round((base - 16) * (mark.value or 0) / most, 1)
        parts.append(_rect(left, base - tall, round(step - 2, 1), tall, "first") if mark.value else Markup(""))
        if number % 6 == 0:
            parts.append(_text(left, base + 18, mark.label))
    return _svg(id, title, about, height, parts)


def lines(id: str, title: str, about: str, series: Sequence[Series]) -> Markup:
    """A line a series, over days; it breaks where a number is hidden."""
    height, base = 190, 140
    most = _most([mark for one in series for mark in one.marks])
    parts = _scale(most, base)
    for number, one in enumerate(series):
        name = ("first", "second")[number % 2]
        for run in _runs(one.marks):
            points = [(_across(at, len(one.marks)), base - (base - 16) * value / most) for at, value in run]
            parts.append(_path(points, name))
        left = 36 + number * (WIDTH - 36) / 2
        parts += [_path([(left, 182), (left + 22, 182)], name), _text(left + 28, 186, one.name)]
    first, last = (series[0].marks[0].label, series[0].marks[-1].label) if series[0].marks else ("", "")
    parts += [_text(36, base + 18, first), _text(WIDTH, base + 18, last, "end")]
    return _svg(id, title, about, height, parts)


def _across(at: int, count: int) -> float:
    return 40 + (WIDTH - 48) * at / max(count - 1, 1)


def _runs(marks: Sequence[Mark]) -> Iterable[list[tuple[int, int]]]:
    """Stretches of known numbers."""
    run: list[tuple[int, int]] = []
    for at, mark in enumerate(marks):
        if mark.value is not None:
            run.append((at, mark.value))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _most(marks: Iterable[Mark]) -> int:
    return max((mark.value or 0 for mark in marks), default=0) or 1


def _scale(most: int, base: int) -> list[Markup]:
    """Nought and the most, with a line each."""
    return [
        Markup('<path class="grid" d="M36 16H{w}M36 {b}H{w}"/>').format(w=WIDTH, b=base),
        _text(30, 20, str(most), "end"),
        _text(30, base + 4, "0", "end"),
    ]


def _path(points: Sequence[tuple[float, float]], name: str) -> Markup:
    """A line through points; one alone is a dot."""
    if len(points) == 1:
        return Markup('<circle class="{} dot" cx="{:.1f}" cy="{:.1f}" r="3"/>').format(name, *points[0])
    return Markup('<path class="{} line" d="M{}"/>').format(name, "L".join(f"{x:.1f} {y:.1f}" for x, y in points))


def _rect(x: float, y: float, width: float, height: float, name: str) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(name, x, y, width, height)


def _text(x: float, y: float, text: str, name: str = "") -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}">{}</text>').format(name, x, y, text)


def _svg(id: str, title: str, about: str, height: int, parts: Iterable[Markup]) -> Markup:
    head = Markup(
        '<svg class="plot" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{id}-t {id}-d">'
        '<title id="{id}-t">{title}</title><desc id="{id}-d">{about}</desc>'
    ).format(w=WIDTH, h=height, id=id, title=title, about=about)
    return head + Markup("").join(parts) + Markup("</svg>")
