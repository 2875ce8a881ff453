"""Why: the stand-in is tried over its real socket by bare HTTP, so that no library softens its answers."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from . import Limits, Standin, in_thread

type Ask = Callable[..., Any]  # Any: the answer's JSON

PERSON = 501


@pytest.fixture
def standin() -> Iterator[Standin]:
    """Without limits of sending, which have tests of their own; the person has written once."""
    with in_thread(Standin(limits=Limits(per_chat_seconds=0, overall_per_second=0))) as running:
        running.person_writes(PERSON, "hello")
        yield running


@pytest.fixture
def ask(standin: Standin) -> Iterator[Ask]:
    """Calls a method with a JSON body and returns the answer's body."""
    with httpx.Client(base_url=f"{standin.base_url}{standin.token}", trust_env=False) as client:
        yield lambda method, **params: client.post(f"/{method}", json=params).json()
