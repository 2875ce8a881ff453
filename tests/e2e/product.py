"""The whole product as `make run` starts it, with a stand-in for Telegram; parts can be killed by name."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import redis

from tests.conftest import free_port
from tests.standin import Limits, Standin, in_thread

ROOT = Path(__file__).resolve().parent.parent.parent
READY_WITHIN = 180.0  # seconds; Rasa alone takes up to half a minute on a busy machine


@dataclass
class Product:
    """A running product."""

    data: Path
    telegram: Standin
    environment: dict[str, str]
    process: subprocess.Popen[str]
    printed: list[str] = field(default_factory=list)
    # What tests opened and the end closes.
    opened: ExitStack = field(default_factory=ExitStack)

    @property
    def web(self) -> str:
        """The web chat's address."""
        return f"http://127.0.0.1:{self.environment['HELPLINE_WEB_PORT']}"

    @property
    def console(self) -> str:
        """The console's address."""
        return f"http://127.0.0.1:{self.environment['HELPLINE_CONSOLE_PORT']}"

    def pid(self, part: str) -> int:
        """The process of a part."""
        return int(json.loads((self.data / "parts.json").read_text())[part])

    def kill(self, part: str) -> None:
        """Kill a part as a power cut would."""
        os.kill(self.pid(part), signal.SIGKILL)

    @contextmanager
    def frozen(self, part: str) -> Iterator[None]:
        """Keep a part from doing anything, without its knowing."""
        os.kill(self.pid(part), signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid(part), signal.SIGCONT)

    def log(self, part: str) -> list[dict[str, object]]:
        """A part's log events."""
        path = self.data / "logs" / f"{part}.log"
        lines = path.read_text(errors="replace").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines if line.startswith("{")]

    def redis(self, name: str = "main") -> redis.Redis:
        """A client of the embedded store (``main``) or the keyring (``keys``)."""
        home = (self.data / "sockets").read_text().strip()
        client = redis.Redis.from_url(f"unix://{home}/{name}")
        self.opened.callback(client.close)
        return client

    def command(self, *arguments: str) -> str:
        """Run an administrator's command; returns what it printed."""
        home = (self.data / "sockets").read_text().strip()
        stores = {"HELPLINE_REDIS_URL": f"unix://{home}/main", "HELPLINE_KEYRING_URL": f"unix://{home}/keys"}
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT, env=self.environment | stores, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        return done.stdout

    def invite(self, name: str, languages: str, role: str = "operator", locale: str = "en") -> str:
        """Add an account; returns the path of its link."""
        said = self.command("operators", "add", name, "--languages", languages, "--role", role, "--locale", locale)
        return urlsplit(said.strip().rpartition(" ")[2]).path

    def stop(self) -> int:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


def environment(data: Path, telegram: Standin) -> dict[str, str]:
    """Settings for one run, on free ports."""
    ports = {
        name: str(free_port())
        for name in ("HELPLINE_WEB_PORT", "HELPLINE_CONSOLE_PORT", "HELPLINE_ACTIONS_PORT", "HELPLINE_WEBHOOK_PORT")
    }
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("HELPLINE_", "TELEGRAM_"))}
    return inherited | ports | {
        "HELPLINE_DATA": str(data),
        "HELPLINE_KEYS": str(data / "keys"),
        "HELPLINE_ASSISTANT_URL": f"http://127.0.0.1:{free_port()}",
        "HELPLINE_SECURE": "0",
        "HELPLINE_TELEGRAM_API": telegram.url,
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "PYTHONUNBUFFERED": "1",
    }  # fmt: skip


@contextmanager
def running(limits: Limits | None = None) -> Iterator[Product]:
    """Start the product and wait until it says that it is ready; stop it at the end."""
    with in_thread(Standin(limits=limits or Limits())) as telegram, tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        settings = environment(data, telegram)
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=ROOT, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        product = Product(data, telegram, settings, process)
        try:
            _wait_until_ready(product)
            yield product
        finally:
            product.opened.close()
            if process.poll() is None:
                product.stop()
            if process.stdout:
                process.stdout.close()


def _wait_until_ready(product: Product) -> None:
    end = time.monotonic() + READY_WITHIN
    assert product.process.stdout is not None
    for line in product.process.stdout:
        product.printed.append(line.rstrip())
        if "Ready." in line:
            return
        if time.monotonic() > end:
            break
    logs = product.data / "logs"
    tails = {path.name: path.read_text(errors="replace")[-1500:] for path in sorted(logs.glob("*.log"))}
    raise AssertionError(f"the product did not get ready: {product.printed}\n{tails}")


def until[T](look: Callable[[], T], within: float = 20.0, every: float = 0.1) -> T:
    """Look until something true is there."""
    end = time.monotonic() + within
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"nothing within {within:g} s")
        time.sleep(every)
