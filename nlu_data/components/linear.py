"""A sparse linear classifier for all languages at once, in which each language also has its own say.

Every feature has one weight shared by all languages and one for the language at hand (Daumé 2007, "Frustratingly
easy domain adaptation"), learnt together by a linear support vector machine (liblinear): Lao learns from Thai what
they share and still keeps its own. Answering is a sum over a few hundred rows and takes well under a millisecond.
Weights are kept as bytes with one scale a row: a quarter of the memory, and no answer changes.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .features import Floats, Sparse, Weights

_OWN = np.float32(0.7)  # how much a language's own weights count beside the shared ones
STRENGTH = 0.5  # inverse of the regularisation
_TOLERANCE = 1e-2


class BadModel(Exception):
    """A saved model is missing, broken or of another version; the text says which file."""


@dataclass(frozen=True)
class Packed:
    """A matrix with a row a feature and a column a label: bytes, and a scale a row."""

    rows: NDArray[np.int8]
    scale: Floats

    @classmethod
    def of(cls, matrix: Floats) -> Packed:
        scale = np.abs(matrix).max(axis=1) / 127
        safe = np.where(scale > 0, scale, 1)
        return cls(np.round(matrix / safe[:, None]).astype(np.int8), scale.astype(np.float32))

    def sum(self, places: NDArray[np.int64], values: Floats) -> Floats:
        """The sum of the rows at `places`, each times its value: one number a label."""
        total: Floats = (values * self.scale[places]) @ self.rows[places].astype(np.float32)
        return total


@dataclass(frozen=True)
class Line:
    """What a text gives to learn: its features in each view, its language, its label and how much it counts."""

    views: tuple[list[str], ...]
    language: str
    label: str
    weight: float = 1.0


class Linear:
    """Labels, the features of each view, shared weights, and each language's own on the rows it has."""

    def __init__(
        self,
        labels: tuple[str, ...],
        views: tuple[Weights, ...],
        bias: Floats,
        shared: Packed,
        own: Mapping[str, tuple[NDArray[np.int64], Packed]],
    ) -> None:
        """`own[language]` is the sorted rows the language uses and their weights."""
        self.labels, self.views, self.bias, self.shared, self.own = labels, views, bias, shared, dict(own)

    def vector(self, views: Sequence[list[str]]) -> Sparse:
        """Columns and values over all views, each of length one."""
        return _joined(self.views, views)

    def known(self, views: Sequence[list[str]]) -> bool:
        """Whether a feature of any view was seen in training."""
        return any(weights.known(features) for weights, features in zip(self.views, views))

    def scores(self, views: Sequence[list[str]], language: str | None) -> Floats:
        """One score a label, about -1 for no and +1 for yes."""
        columns, values = self.vector(views)
        total = self.shared.sum(columns, values) + self.bias
        if language in self.own and len(columns):
            rows, packed = self.own[language]
            places = np.minimum(np.searchsorted(rows, columns), len(rows) - 1)
            here = rows[places] == columns
            total = total + packed.sum(places[here], values[here])
        return total

    def save(self, folder: Path, name: str) -> None:
        """Write `<name>.npz` (arrays) and `<name>.json` (labels and features)."""
        arrays = {"bias": self.bias, "rows": self.shared.rows, "scale": self.shared.scale}
        for language, (rows, packed) in self.own.items():
            arrays.update(
                {f"{language}_places": rows, f"{language}_rows": packed.rows, f"{language}_scale": packed.scale}
            )
        for number, view in enumerate(self.views):
            arrays[f"idf{number}"] = view.idf
        np.savez_compressed(folder / f"{name}.npz", **arrays)
        content = {
            "labels": self.labels,
            "languages": list(self.own),
            "views": [sorted(view.places, key=lambda feature: view.places[feature]) for view in self.views],
        }
        (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, folder: Path, name: str) -> Linear:
        """What `save` wrote; raises BadModel."""
        try:
            content = json.loads((folder / f"{name}.json").read_text("utf-8"))
            # Opened here: numpy forgets to close what turns out to be no archive.
            with (folder / f"{name}.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                views = tuple(
                    Weights({f: place for place, f in enumerate(features)}, arrays[f"idf{number}"])
                    for number, features in enumerate(content["views"])
                )
                own = {
                    str(language): (
                        arrays[f"{language}_places"],
                        Packed(arrays[f"{language}_rows"], arrays[f"{language}_scale"]),
                    )
                    for language in content["languages"]
                }
                loaded = cls(
                    tuple(content["labels"]), views, arrays["bias"], Packed(arrays["rows"], arrays["scale"]), own
                )
        except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as exc:
            raise BadModel(f"{name}: {type(exc).__name__}: {exc}") from exc
        loaded._check(name)
        return loaded

    def _check(self, name: str) -> None:
        shape = (sum(len(view.places) for view in self.views), len(self.labels))
        fits = self.shared.rows.shape == shape and self.shared.scale.shape == shape[:1]
        fits = fits and self.bias.shape == shape[1:] and all(len(v.idf) == len(v.places) for v in self.views)
        for rows, packed in self.own.values():
            fits = fits and packed.rows.shape == (len(rows), shape[1]) and packed.scale.shape == rows.shape
            fits = fits and len(rows) > 0 and rows.min() >= 0 and rows.max() < shape[0]
        if not fits or min(shape) < 2:
            raise BadModel(f"{name}: its parts do not fit together")
        if not all(np.isfinite(part).all() for part in (self.bias, self.shared.scale)):
            raise BadModel(f"{name}: it holds numbers that make no sense")


def _joined(weights: Sequence[Weights], views: Sequence[list[str]]) -> Sparse:
    parts, start = [], 0
    for view, features in zip(weights, views):
        columns, values = view.vector(features)
        parts.append((columns + start, values))
        start += len(view.places)
    return np.concatenate([c for c, _ in parts]), np.concatenate([v for _, v in parts])


def fit(lines: Sequence[Line], strength: float = STRENGTH) -> Linear:
    """Learn from lines of at least two labels. Deterministic; about a minute for 20,000 lines on one core."""
    from sklearn.svm import LinearSVC

    views = tuple(Weights.fit([line.views[n] for line in lines if line.views[n]]) for n in range(len(lines[0].views)))
    matrix = _matrix(views, lines)
    languages = sorted({line.language for line in lines})
    spread = _spread(matrix, [line.language for line in lines], languages)
    learner = LinearSVC(C=strength, tol=_TOLERANCE, random_state=0)
    learner.fit(spread, [line.label for line in lines], sample_weight=[line.weight for line in lines])
    labels = tuple(map(str, learner.classes_))
    coef, bias = learner.coef_.T.astype(np.float32), learner.intercept_.astype(np.float32)
    if len(labels) == 2:  # scikit-learn gives two classes one column
        coef, bias = np.hstack([-coef, coef]), np.hstack([-bias, bias])
    return _unspread(labels, views, coef, bias, languages)


def _unspread(
    labels: tuple[str, ...], views: tuple[Weights, ...], coef: Floats, bias: Floats, languages: Sequence[str]
) -> Linear:
    """The learner's one tall matrix as shared and own weights."""
    width = sum(len(view.places) for view in views)
    own = {}
    for number, language in enumerate(languages, 1):
        block = coef[number * width : (number + 1) * width]
        rows = np.flatnonzero(np.abs(block).max(axis=1) > 0)
        if len(rows):
            own[language] = (rows, Packed.of(_OWN * block[rows]))
    return Linear(labels, views, bias, Packed.of(coef[:width]), own)


# Any: scipy ships no types.
def _matrix(weights: Sequence[Weights], lines: Sequence[Line]) -> Any:
    """A row a line, a column a feature."""
    from scipy.sparse import csr_matrix

    vectors = [_joined(weights, line.views) for line in lines]
    ends = np.cumsum([0] + [len(columns) for columns, _ in vectors])
    columns, values = (np.concatenate([vector[part] for vector in vectors]) for part in (0, 1))
    return csr_matrix((values, columns, ends), shape=(len(lines), sum(len(view.places) for view in weights)))


def _spread(matrix: Any, spoken: Sequence[str], languages: Sequence[str]) -> Any:
    """The matrix, and beside it once a language, where only the lines of that language are filled."""
    from scipy.sparse import diags, hstack

    blocks = [matrix]
    for language in languages:
        blocks.append(diags(np.asarray([_OWN * (one == language) for one in spoken], np.float32)) @ matrix)
    return hstack(blocks).tocsr()
