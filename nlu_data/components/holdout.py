"""Which training sentences to keep back for measuring: some of each intent and kind, and never one whose near copy
is learnt from.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from .examples import Example

_NEAR = 0.6  # Jaccard likeness of the runs of three letters above which two sentences are copies


class _Groups:
    """Numbers joined into groups."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def find(self, one: int) -> int:
        while self._parent[one] != one:
            self._parent[one] = self._parent[self._parent[one]]
            one = self._parent[one]
        return one

    def join(self, one: int, other: int) -> None:
        self._parent[self.find(one)] = self.find(other)


def _threes(text: str) -> set[str]:
    text = text.casefold()
    return {text[at : at + 3] for at in range(max(1, len(text) - 2))}


def near_pairs(texts: Sequence[str]) -> Iterable[tuple[int, int]]:
    """Pairs of places (first < second) of texts that are near copies."""
    from scipy.sparse import csr_matrix

    places: dict[str, int] = {}
    rows = [[places.setdefault(run, len(places)) for run in _threes(text)] for text in texts]
    ends = np.cumsum([0] + [len(row) for row in rows])
    matrix = csr_matrix(
        (np.ones(ends[-1], np.float32), [c for row in rows for c in row], ends), shape=(len(texts), max(len(places), 1))
    )
    shared, sizes = (matrix @ matrix.T).tocoo(), np.diff(ends)
    likeness = shared.data / (sizes[shared.row] + sizes[shared.col] - shared.data)
    for one, other in zip(shared.row[likeness > _NEAR], shared.col[likeness > _NEAR]):
        if one < other:
            yield int(one), int(other)


def hold_out(examples: Sequence[Example], texts: Sequence[str], share: float, seed: int = 1) -> NDArray[np.bool_]:
    """Whether each example is kept back: about `share` of every language, intent and kind."""
    groups = _Groups(len(examples))
    by_language: dict[str, list[int]] = defaultdict(list)
    for place, example in enumerate(examples):
        by_language[example.language].append(place)
    for members in by_language.values():
        for one, other in near_pairs([texts[place] for place in members]):
            groups.join(members[one], members[other])
    back = _choose(examples, groups, share, random.Random(seed))  # noqa: S311  no secret
    return np.asarray([back.get(groups.find(place), False) for place in range(len(examples))])


def _choose(examples: Sequence[Example], groups: _Groups, share: float, rng: random.Random) -> dict[int, bool]:
    """For every group whether it is kept back; a group belongs to the first cell that meets it."""
    cells: dict[tuple[str, str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for place, example in enumerate(examples):
        cells[example.language, example.intent, example.kind][groups.find(place)] += 1
    back: dict[int, bool] = {}
    for _, sizes in sorted(cells.items()):
        whole = sum(sizes.values())
        # Of one or two sentences mostly none is kept back, or small sets would have nothing left to learn from.
        wanted = max(1, round(whole * share)) if whole > 2 else int(rng.random() < whole * share)
        taken = sum(size for group, size in sizes.items() if back.get(group))
        order = list(sizes)
        rng.shuffle(order)
        for group in sorted(order, key=lambda one: sizes[one]):
            if group not in back:
                small = sizes[group] <= max(2, 0.3 * whole)
                back[group] = small and taken + sizes[group] <= wanted
                taken += sizes[group] * back[group]
    return back
