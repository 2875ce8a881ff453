"""All of the product on one machine: starts every part in its own process, restarts what dies, stops in order.

Nothing here is needed where containers run the parts (docker-compose.yml); this is `make run`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.adapters.embedded import Embedded, settle
from bot.adapters.vault import new_master, write_master
from bot.core.errors import SettingsError
from bot.settings import Settings, variable_of

ROOT = Path(__file__).resolve().parent.parent
NLU = ROOT / "nlu_data"
RESTART_AFTER = 0.5  # seconds
STOP_WITHIN = 15.0  # seconds a part may take to finish what it began


@dataclass
class Part:
    """One process: how to start it, and when it counts as up."""

    name: str
    command: list[str]
    environment: dict[str, str]
    folder: Path = ROOT
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def start(self, logs: Path) -> None:
        """Start it, its words going to its own log."""
        with (logs / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603, commands are ours
                self.command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.starts += 1

    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end."""
        if self.process is not None and self.alive():
            self.process.send_signal(number)


@dataclass
class Supervisor:
    """Runs the parts until told to stop. `say` prints to the person at the terminal."""

    settings: Settings
    model: Path
    environ: dict[str, str]
    say: Callable[[str], None]
    parts: list[Part] = field(default_factory=list)

    @property
    def logs(self) -> Path:
        """Where the parts' logs are."""
        return self.settings.data / "logs"

    async def run(self, stop: asyncio.Event, ready: Callable[[Settings], asyncio.Future[None] | None]) -> None:
        """Start everything, tell the person where it is, keep it running, stop it."""
        self._check_ports()
        self.logs.mkdir(parents=True, exist_ok=True)
        make_keys(self.settings.keys)
        settings = await self._stores(self.settings)
        self.parts += self._processes(settings)
        try:
            for part in self.parts:
                if not part.alive():
                    part.start(self.logs)
            self._write_pids()
            done = ready(settings)
            if done is not None:
                await done
            await self._watch(stop)
        finally:
            self._end()

    async def _stores(self, settings: Settings) -> Settings:
        """Embedded servers where none are given: one for the words, one for the keys."""
        if settings.redis_url:
            return settings
        sockets = self._socket_home()
        main = Embedded(settings.data / "redis", sockets / "main")
        keyring = Embedded(settings.data / "keyring", sockets / "keys")
        for name, server in (("redis", main), ("keyring", keyring)):
            part = Part(name, server.command(), self.environ)
            part.start(self.logs)
            self.parts.append(part)
            await settle(server.url)
        return replace(settings, redis_url=main.url, keyring_url=keyring.url)

    def _socket_home(self) -> Path:
        """The folder of the sockets: short, for a socket's path has at most 107 bytes; the same for the same data."""
        self.settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        marker = self.settings.data / "sockets"
        if marker.exists():
            home = Path(marker.read_text().strip())
            if _answers(home / "main"):
                raise SettingsError(f"the folder {self.settings.data} is in use by another run; stop that one first")
            return home
        home = Path(tempfile.mkdtemp(prefix="helpline-"))
        marker.write_text(str(home))
        return home

    def _processes(self, settings: Settings) -> list[Part]:
        """The parts in their order of start; they are stopped the other way round."""
        token = settings.assistant_token.reveal() or _kept_secret(settings.data / "assistant.token")
        environment = self.environ | {
            "HELPLINE_REDIS_URL": settings.redis_url,
            "HELPLINE_KEYRING_URL": settings.keyring_url,
            "HELPLINE_ASSISTANT_TOKEN": token,
            "HELPLINE_KEYS": str(settings.keys.resolve()),
            "HELPLINE_DATA": str(settings.data.resolve()),
        }
        python = str(NLU / ".venv" / "bin" / "python")
        port = settings.assistant_url.rpartition(":")[2].strip("/")
        actions = str(settings.actions_port)
        rasa = environment | {"HELPLINE_ACTIONS_URL": f"http://127.0.0.1:{actions}/webhook"}
        rasa["PYTHONPATH"] = f"{NLU}:{ROOT}"
        found = [
            Part("actions", [python, "-m", "actions", "--port", actions], rasa),
            Part("assistant", [python, "serve.py", "--model", str(self.model), "--port", port], rasa, NLU),
        ]
        names = ["worker", "web", "console", *(["telegram"] if settings.telegram_token else [])]
        found += [Part(name, [sys.executable, "-m", "bot", name], environment) for name in names]
        return found

    async def _watch(self, stop: asyncio.Event) -> None:
        """Restart what dies, with a growing pause for what keeps dying."""
        last: dict[str, float] = {}
        while not stop.is_set():
            for part in self.parts:
                if part.alive():
                    continue
                pause = min(RESTART_AFTER * max(1, part.starts - 1), 10.0)
                if time.monotonic() - last.get(part.name, 0.0) < pause:
                    continue
                last[part.name] = time.monotonic()
                self.say(f"{part.name} ended; starting it again ({self._last_words(part)})")
                part.start(self.logs)
                self._write_pids()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 0.2)

    def _last_words(self, part: Part) -> str:
        """What a part said last where that is meant for people, else where its log is."""
        log = self.logs / f"{part.name}.log"
        lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
        return lines[-1] if lines and lines[-1].startswith("error: ") else f"its log is {log}"

    def _write_pids(self) -> None:
        """Which process is which part, for whoever looks after the machine."""
        pids = {part.name: part.process.pid for part in self.parts if part.process is not None}
        (self.settings.data / "parts.json").write_text(json.dumps(pids))

    def _end(self) -> None:
        """Stop the last started first; the stores at the very end, when nobody writes any more."""
        for part in reversed(self.parts):
            if part.name in ("redis", "keyring"):
                self._wait([p for p in self.parts if p.name not in ("redis", "keyring")])
            part.stop()
        self._wait(self.parts)

    def _wait(self, parts: list[Part]) -> None:
        end = time.monotonic() + STOP_WITHIN
        for part in parts:
            if part.process is None:
                continue
            try:
                part.process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                part.process.kill()
                part.process.wait()

    def _check_ports(self) -> None:
        """A port that is taken is said before anything starts."""
        ports = {
            "web_port": (self.settings.web_host, self.settings.web_port),
            "console_port": (self.settings.console_host, self.settings.console_port),
            "actions_port": ("127.0.0.1", self.settings.actions_port),
            "assistant_url": ("127.0.0.1", int(self.settings.assistant_url.rpartition(":")[2].strip("/") or 5005)),
        }
        for name, (host, port) in ports.items():
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((host, port))
                except OSError as exc:
                    raise SettingsError(
                        f"port {port} is in use ({exc.strerror}); stop the other program or set {variable_of(name)}"
                    ) from exc


def newest_model() -> Path:
    """The model that was trained last; raises SettingsError where there is none."""
    found = sorted((NLU / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise SettingsError("there is no trained model in nlu_data/models; run: make train")
    return found[-1]


def make_keys(folder: Path) -> bool:
    """Make the key files and the pepper that are missing; returns whether any was."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = False
    for name in ("data.keys", "address.keys"):
        if not (folder / name).exists():
            write_master(folder / name, new_master())
            made = True
    if not (folder / "pepper").exists():
        _kept_secret(folder / "pepper")
        made = True
    return made


def _kept_secret(path: Path) -> str:
    """A random secret that stays the same from run to run, readable by its owner alone."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _answers(path: Path) -> bool:
    """Whether somebody listens on a socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True
