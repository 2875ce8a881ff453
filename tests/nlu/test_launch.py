"""How the assistant starts: what stops it, in one line that says what to mend; and that its short cut is sound."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from components import launch
from components.fingerprint import digest_fits, fingerprint, newest, remove, sources, write_digest
from components.settings import BadSettings, Settings
from components.smoke import SENTENCES
from helpers import HOME, TOKEN, Assistant, Redis, Server, environment, free_port


def start(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Start serve.py and wait for its end."""
    command = [sys.executable, str(HOME / "serve.py"), *arguments]
    return subprocess.run(command, env=environment(**settings), capture_output=True, text=True, timeout=100)


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """The one line it says."""
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1
    return lines[0]


@pytest.fixture
def settings(redis: Redis) -> dict[str, str]:
    """Everything a start needs."""
    return {"HELPLINE_ASSISTANT_TOKEN": TOKEN, "HELPLINE_REDIS_URL": redis.url}


@pytest.fixture
def copied(model: Path, tmp_path: Path) -> Path:
    """A copy of the model with its digest."""
    shutil.copy(f"{model}.sha256", tmp_path)
    return Path(shutil.copy(model, tmp_path))


def test_without_a_model(settings: dict[str, str]) -> None:
    assert complaint(start("--model", "nothing.tar.gz", **settings)) == (
        "error: there is no model at nothing.tar.gz; run: make train"
    )


def test_with_an_altered_model(copied: Path, settings: dict[str, str]) -> None:
    with copied.open("ab") as file:
        file.write(b"x")
    said = complaint(start("--model", str(copied), **settings))
    assert "is not what was trained" in said and "make train" in said


def test_with_a_model_nobody_vouches_for(copied: Path, settings: dict[str, str]) -> None:
    Path(f"{copied}.sha256").unlink()
    assert "can't be checked; run: make train" in complaint(start("--model", str(copied), **settings))


def test_without_a_token(model: Path, redis: Redis) -> None:
    said = complaint(start("--model", str(model), HELPLINE_REDIS_URL=redis.url))
    assert said.startswith("error: set HELPLINE_ASSISTANT_TOKEN or HELPLINE_ASSISTANT_TOKEN_FILE")


def test_without_redis(model: Path, folder: Path) -> None:
    url = f"unix://{folder}/nobody.sock"
    said = complaint(start("--model", str(model), HELPLINE_ASSISTANT_TOKEN=TOKEN, HELPLINE_REDIS_URL=url))
    assert said.startswith("error: Redis does not answer at HELPLINE_REDIS_URL")
    assert "nobody.sock" not in said


def test_on_a_taken_port(model: Path, settings: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = complaint(start("--model", str(model), "--port", port, **settings))
    assert said.startswith(f"error: can't listen on 127.0.0.1 port {port}: Address already in use")


def test_with_a_model_that_is_no_model(tmp_path: Path, settings: dict[str, str]) -> None:
    broken = tmp_path / "m.tar.gz"
    broken.write_bytes(b"nonsense")
    write_digest(broken)
    said = complaint(start("--model", str(broken), "--port", str(free_port()), **settings))
    assert said.startswith("error: the assistant can't start: ModelNotFound")


@pytest.fixture
def endpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> Iterator[Path]:
    """A copy of endpoints.yml to spoil."""
    for name, value in {**settings, "HELPLINE_ACTIONS_URL": "http://127.0.0.1:1/webhook"}.items():
        monkeypatch.setenv(name, value)
    yield Path(shutil.copy(HOME / "endpoints.yml", tmp_path))


def test_the_right_parts_pass(model: Path, endpoints: Path) -> None:
    launch.check_parts(launch.build_agent(model, endpoints))


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("components.phrases.PhraseGenerator", "response", "nlg in endpoints.yml gave Templated"),
        ("tracker_store:\n  type: components.tracker_store.HelplineTrackerStore", "", "gave InMemoryTrackerStore"),
        ("action_endpoint:", "other:", "action_endpoint is missing"),
    ],
)
def test_a_wrong_part_stops_the_start(model: Path, endpoints: Path, right: str, wrong: str, said: str) -> None:
    content = endpoints.read_text()
    assert right in content
    endpoints.write_text(content.replace(right, wrong))
    with pytest.raises(launch.WrongPart, match=said):
        launch.check_parts(launch.build_agent(model, endpoints))


def test_a_mistyped_tracker_store_stops_the_start(model: Path, endpoints: Path) -> None:
    endpoints.write_text(endpoints.read_text().replace("HelplineTrackerStore", "HelplineTrackerShop"))
    with pytest.raises((launch.WrongPart, UserWarning), match="InMemoryTrackerStore"):
        launch.check_parts(launch.build_agent(model, endpoints))


def test_with_and_without_tensorflow_it_answers_the_same(
    model: Path, settings: dict[str, str], assistant: Assistant, tmp_path: Path
) -> None:
    port = free_port()
    command = [sys.executable, str(HOME / "serve.py"), "--model", str(model), "--port", str(port), "--whole"]
    health = f"http://127.0.0.1:{port}/webhooks/helpline/health"
    server = Server(command, environment(**settings), tmp_path / "whole.log", health).start()
    try:
        for number, (text, _) in enumerate(SENTENCES.values()):
            assert Assistant(port).say(f"whole{number}", text) == assistant.say(f"lean{number}", text)
    finally:
        server.stop()


def test_settings_are_checked_and_do_not_show_their_secrets(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("0123456789abcdef\n")
    env = {"HELPLINE_ASSISTANT_TOKEN_FILE": str(tmp_path / "token"), "HELPLINE_REDIS_URL": "redis://:pw@host"}
    read = Settings.read(env)
    assert read.token == "0123456789abcdef"
    assert "0123" not in repr(read) and "pw" not in repr(read)
    for wrong in ({**env, "HELPLINE_REDIS_URL": ""}, {**env, "HELPLINE_ASSISTANT_TOKEN": "short"},
                  {**env, "HELPLINE_ASSISTANT_TOKEN_FILE": "nowhere"}):  # fmt: skip
        with pytest.raises(BadSettings):
            Settings.read(wrong)


def test_a_fingerprint_follows_its_sources(tmp_path: Path) -> None:
    for name in ("config.yml", "domain.yml"):
        (tmp_path / name).write_text(name)
    before = fingerprint(tmp_path)
    (tmp_path / "notes.txt").write_text("no part of it")
    assert fingerprint(tmp_path) == before
    (tmp_path / "domain.yml").write_text("changed")
    assert fingerprint(tmp_path) != before
    assert {path.name for path in sources()} >= {"config.yml", "domain.yml", "uv.lock", "classify.py", "intents.yml"}


def test_a_digest_tells_another_file(tmp_path: Path) -> None:
    model = tmp_path / "m.tar.gz"
    model.write_bytes(b"one")
    write_digest(model)
    assert digest_fits(model)
    model.write_bytes(b"two")
    assert not digest_fits(model)
    remove(newest(tmp_path))
    assert list(tmp_path.iterdir()) == []
