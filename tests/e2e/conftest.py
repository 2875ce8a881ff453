"""One running product for the tests that leave it whole; those that break it start their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.product import ROOT, Product, running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Starting Rasa takes longer than other tests may."""
    for item in items:
        if Path(str(item.fspath)).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(400))


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """The product, whole."""
    assert list((ROOT / "nlu_data" / "models").glob("*.tar.gz")), "there is no trained model; run: make train"
    with running() as found:
        yield found
