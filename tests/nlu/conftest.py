"""Started once for all tests: a Redis, a small trained model, the action server and the assistant."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")  # Rasa's pinned SQLAlchemy announces its successor

from components.lean import leave_out_tensorflow

leave_out_tensorflow()

from helpers import HOME, TOKEN, Assistant, Redis, Server, environment, free_port, small_home, train  # noqa: E402


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder with a short name: a unix socket's path has at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="hl-") as name:
        yield Path(name)


@pytest.fixture(scope="session")
def redis(folder: Path) -> Iterator[Redis]:
    """A running Redis."""
    server = Redis(folder).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def model(folder: Path) -> Path:
    """The archive of a small model."""
    home = folder / "home"
    home.mkdir()
    # Kept between runs: its name says what it was trained from.
    return train(small_home(home), HOME / ".cache" / "small")


@pytest.fixture(scope="session")
def actions(folder: Path) -> Iterator[int]:
    """The port of a running action server."""
    port = free_port()
    command = [sys.executable, "-m", "actions", "--port", str(port)]
    server = Server(command, environment(), folder / "actions.log", f"http://127.0.0.1:{port}/health").start()
    yield port
    server.stop()


@pytest.fixture(scope="session")
def log(folder: Path) -> Path:
    """What the assistant wrote to its standard streams."""
    return folder / "assistant.log"


@pytest.fixture(scope="session")
def assistant(folder: Path, redis: Redis, model: Path, actions: int, log: Path) -> Iterator[Assistant]:
    """A running assistant with everything it needs."""
    port = free_port()
    env = environment(
        HELPLINE_ASSISTANT_TOKEN=TOKEN,
        HELPLINE_REDIS_URL=redis.url,
        HELPLINE_ACTIONS_URL=f"http://127.0.0.1:{actions}/webhook",
    )
    command = [sys.executable, str(HOME / "serve.py"), "--model", str(model), "--port", str(port)]
    server = Server(command, env, log, f"http://127.0.0.1:{port}/webhooks/helpline/health").start()
    yield Assistant(port)
    server.stop()


@pytest.fixture(scope="session")
def lonely(folder: Path, redis: Redis, model: Path) -> Iterator[Assistant]:
    """A running assistant whose action server is not there."""
    port = free_port()
    env = environment(
        HELPLINE_ASSISTANT_TOKEN=TOKEN,
        HELPLINE_REDIS_URL=redis.url,
        HELPLINE_ACTIONS_URL=f"http://127.0.0.1:{free_port()}/webhook",
    )
    command = [sys.executable, str(HOME / "serve.py"), "--model", str(model), "--port", str(port)]
    server = Server(command, env, folder / "lonely.log", f"http://127.0.0.1:{port}/webhooks/helpline/health").start()
    yield Assistant(port)
    server.stop()
