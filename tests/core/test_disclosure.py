"""Small numbers stay hidden from whoever reckons: every attack here lists all tables that could have been."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.disclosure import Cell, Grid, Hidden, Margin, one, protect, protect_grid

LEAST = 3
numbers = st.integers(0, 6)


def bounds(cell: Cell, most: int) -> range:
    """What a reader must think possible of one cell."""
    if cell is Hidden.FEW:
        return range(1, LEAST)
    return range(LEAST, most + 1) if cell is Hidden.WITHHELD else range(cell, cell + 1)


def possible(margin: Margin) -> list[dict[str, int]]:
    """All numbers that a margin's reader can't rule out."""
    assert isinstance(margin.total, int)
    names, total = list(margin.cells), margin.total
    found = []
    for values in itertools.product(*(bounds(margin.cells[name], total) for name in names)):
        if sum(values) == total:
            found.append(dict(zip(names, values, strict=True)))
    return found


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, Hidden.FEW), (4, Hidden.FEW), (5, 5)])
def test_a_count_below_five_is_few(count: int, shown: Cell) -> None:
    assert one(count, 5) == shown


def test_a_total_minus_the_shown_does_not_give_the_small_one_away() -> None:
    margin = protect({"km": 30, "my": 12, "lo": 2}, 5)
    assert margin == Margin(44, {"km": 30, "my": Hidden.WITHHELD, "lo": Hidden.FEW})


def test_numbers_that_are_all_large_are_all_shown() -> None:
    assert protect({"km": 30, "my": 12}, 5) == Margin(42, {"km": 30, "my": 12})


def test_few_in_all_are_not_broken_down() -> None:
    assert protect({"km": 2, "my": 1}, 5) == Margin(Hidden.FEW)


def test_a_small_one_that_nothing_can_hide_costs_the_whole_breakdown() -> None:
    assert protect({"km": 5, "lo": 1}, 5) == Margin(6)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abcde"), numbers))
def test_every_few_of_a_margin_can_still_be_any(counts: dict[str, int]) -> None:
    margin = protect(counts, LEAST)
    assert all(margin.cells[name] in (counts[name], Hidden.FEW, Hidden.WITHHELD) for name in margin.cells)
    if not isinstance(margin.total, int) or not margin.cells:
        return
    every = possible(margin)
    for name, cell in margin.cells.items():
        assert (cell is Hidden.FEW) == (0 < counts[name] < LEAST)
        if cell is Hidden.FEW:
            assert {found[name] for found in every} == set(range(1, LEAST))


def grid(counts: Mapping[tuple[str, str], int], least: int) -> Grid:
    """A grid with its margins, as a report makes it."""
    rows: dict[str, int] = {}
    columns: dict[str, int] = {}
    for (row, column), count in counts.items():
        rows[row] = rows.get(row, 0) + count
        columns[column] = columns.get(column, 0) + count
    return protect_grid(counts, protect(rows, least), protect(columns, least), least)


def tables(shown: Grid, names: tuple[str, ...], columns: tuple[str, ...]) -> Iterator[dict[tuple[str, str], int]]:
    """All tables of two rows or three that the reader of a grid can't rule out."""
    total = shown.rows.total
    assert isinstance(total, int)
    rows = (
        possible(shown.rows)
        if shown.rows.cells
        else [dict(zip(names, v, strict=True)) for v in _sums(len(names), total)]
    )
    for sums in rows:
        fillings = [list(_row(shown, row, columns, sums.get(row, 0))) for row in names]
        for filled in itertools.product(*fillings):
            table = {
                (r, c): n for r, line in zip(names, filled, strict=True) for c, n in zip(columns, line, strict=True)
            }
            if _fits(shown.columns, table, columns):
                yield table


def _sums(parts: int, total: int) -> Iterator[tuple[int, ...]]:
    return (v for v in itertools.product(range(total + 1), repeat=parts) if sum(v) == total)


def _row(shown: Grid, row: str, columns: tuple[str, ...], total: int) -> Iterator[tuple[int, ...]]:
    known = shown.rows.shown(row) and bool(shown.cells)
    limits = [
        bounds(shown.at(row, c), total) if known and shown.columns.shown(c) else range(total + 1) for c in columns
    ]
    return (values for values in itertools.product(*limits) if sum(values) == total)


def _fits(margin: Margin, table: Mapping[tuple[str, str], int], columns: tuple[str, ...]) -> bool:
    """Whether a table's columns are what the margin says."""
    if not margin.cells:
        return True
    sums = {column: sum(n for (_, c), n in table.items() if c == column) for column in columns}
    return all(sums[name] in bounds(cell, 99) for name, cell in margin.cells.items() if name in sums)


ROWS, COLUMNS = ("a", "b", "c"), ("x", "y")


@settings(max_examples=150, deadline=None)
@given(st.tuples(*[numbers] * 6))
def test_every_few_of_a_grid_can_still_be_any(values: tuple[int, ...]) -> None:
    counts = dict(zip(itertools.product(ROWS, COLUMNS), values, strict=True))
    shown = grid(counts, LEAST)
    if not isinstance(shown.rows.total, int):
        return
    every = list(tables(shown, ROWS, COLUMNS))
    assert counts in every
    for place in counts:
        if shown.at(*place) is Hidden.FEW:
            assert {table[place] for table in every} == set(range(1, LEAST))
        elif isinstance(shown.at(*place), int):
            assert shown.at(*place) == counts[place]
    for name, cell in shown.rows.cells.items():
        if cell is Hidden.FEW:
            assert {sum(table[name, c] for c in COLUMNS) for table in every} == set(range(1, LEAST))


def test_a_large_table_is_hidden_in_time_and_shows_most_of_its_large_numbers() -> None:
    counts = {(f"i{i}", f"l{j}"): (i * 7 + j * 13) % 40 for i in range(50) for j in range(8)}
    shown = grid(counts, 5)
    large = [place for place, count in counts.items() if count >= 5]
    assert sum(isinstance(shown.at(*place), int) for place in large) > len(large) * 0.7


def test_a_grid_with_a_small_number_withholds_a_ring() -> None:
    counts = {("a", "x"): 2, ("a", "y"): 9, ("b", "x"): 8, ("b", "y"): 30, ("c", "x"): 20, ("c", "y"): 40}
    shown = grid(counts, 5)
    assert shown.at("a", "x") is Hidden.FEW
    assert [shown.at(r, c) for r, c in (("a", "y"), ("b", "x"), ("b", "y"))] == [Hidden.WITHHELD] * 3
    assert [shown.at("c", c) for c in COLUMNS] == [20, 40]
