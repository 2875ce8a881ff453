"""What tests share: a real Valkey, the worlds both versions of a port live in, a clock that stands still."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis.asyncio as redis
from playwright.sync_api import Browser, sync_playwright

from bot.adapters.embedded import Embedded, wait_for
from bot.adapters.memory import MemoryConversations, MemoryInbox, MemoryOutbox, World
from bot.adapters.memory_desk import (
    MemoryAppointments,
    MemoryDuty,
    MemoryHandoff,
    MemoryKeyring,
    MemoryLeases,
    MemoryMailbox,
    MemorySignals,
)
from bot.adapters.memory_media import MemoryDrafts, MemoryMedia
from bot.adapters.memory_statistics import MemoryStatistics
from bot.adapters.redis_appointments import RedisAppointments
from bot.adapters.redis_client import connect
from bot.adapters.redis_conversations import RedisConversations
from bot.adapters.redis_drafts import RedisDrafts
from bot.adapters.redis_duty import RedisDuty, RedisKeyring, RedisSignals
from bot.adapters.redis_handoff import RedisHandoff
from bot.adapters.redis_inbox import RedisInbox
from bot.adapters.redis_mailbox import RedisMailbox
from bot.adapters.redis_media import RedisMedia
from bot.adapters.redis_outbox import RedisOutbox
from bot.adapters.redis_statistics import RedisStatistics
from bot.adapters.redis_streams import RedisLeases
from bot.adapters.vault import AddressSeal, EnvelopeVault, new_master
from bot.console.ports import Drafts
from bot.core.media import MediaFiles
from bot.core.message import Channel, Inbound, Kind
from bot.core.ports import (
    Appointments,
    Conversations,
    Duty,
    HandoffQueue,
    Inbox,
    Leases,
    Mailbox,
    Outbox,
    Signals,
    Vault,
)
from bot.core.statistics import Statistics
from tests.browser import ARGUMENTS, chromium

# python-telegram-bot then gives waits as timedelta, as its next version will, and does not warn.
os.environ.setdefault("PTB_TIMEDELTA", "1")

KEPT = 30 * 24 * 3600 * 1000
NOON = 1_790_000_000_000


@dataclass
class StillClock:
    """A clock that moves when a test says so; milliseconds."""

    time: int = NOON

    def now(self) -> int:
        """The time now."""
        return self.time


@dataclass
class Ports:
    """Every port of the product, over one store."""

    name: str
    inbox: Inbox
    outbox: Outbox
    conversations: Conversations
    queue: HandoffQueue
    duty: Duty
    leases: Leases
    signals: Signals
    mailbox: Mailbox
    vault: Vault
    appointments: Appointments
    files: MediaFiles
    drafts: Drafts
    statistics: Statistics
    clock: StillClock = field(default_factory=StillClock)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a module; closed before tests that need the event loop themselves."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """The URL of a Valkey with the product's own configuration."""
    folder = Path(tempfile.mkdtemp(prefix="helpline-"))
    server = Embedded(folder / "data", folder / "s")
    process = server.start()
    yield server.url
    process.terminate()
    process.wait(10)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str | None]:
    """The URL of the machine's own redis-server, where it has one; the embedded Valkey is always there."""
    binary = shutil.which("redis-server")
    if binary is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="helpline-"))
    command = [binary, "--port", "0", "--unixsocket", f"{folder}/s", "--dir", str(folder), "--appendonly", "yes"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    wait_for(f"unix://{folder}/s")
    yield f"unix://{folder}/s"
    process.terminate()
    process.wait(10)
    shutil.rmtree(folder, ignore_errors=True)


# Redis itself sits the exam too where it is installed; without it there is no such candidate, and nothing is skipped.
CANDIDATES = ["memory", "valkey", *(["redis"] if shutil.which("redis-server") else [])]


@pytest.fixture
async def client(valkey: str) -> AsyncIterator[redis.Redis]:
    """A clean Valkey."""
    async with connect(valkey) as found:
        await found.flushall()
        yield found


@pytest.fixture(params=CANDIDATES)
async def ports(request: pytest.FixtureRequest, valkey: str, redis_server: str | None) -> AsyncIterator[Ports]:
    """The ports over memory and over every server there is: the same exam for all."""
    if request.param == "memory":
        yield memory_ports()
        return
    url = valkey if request.param == "valkey" else str(redis_server)
    async with connect(url) as found:
        await found.flushall()
        yield redis_ports(found, request.param)


@pytest.fixture
def memory() -> Ports:
    """The ports over memory."""
    return memory_ports()


def memory_ports() -> Ports:
    """The ports over one memory world."""
    world = World()
    return Ports(
        "memory", MemoryInbox(world), MemoryOutbox(world), MemoryConversations(world), MemoryHandoff(world),
        MemoryDuty(), MemoryLeases(), MemorySignals(), MemoryMailbox(),
        EnvelopeVault(new_master(), MemoryKeyring()), MemoryAppointments(), MemoryMedia(world), MemoryDrafts(world),
        MemoryStatistics(),
    )  # fmt: skip


def redis_ports(found: redis.Redis, name: str = "valkey") -> Ports:
    """The ports over one server, which here is the keyring too."""
    vault = EnvelopeVault(new_master(), RedisKeyring(found, KEPT))
    seal = AddressSeal(new_master())
    return Ports(
        name, RedisInbox(found, vault, seal), RedisOutbox(found, vault, KEPT),
        RedisConversations(found, vault, seal, KEPT), RedisHandoff(found), RedisDuty(found), RedisLeases(found),
        RedisSignals(found), RedisMailbox(found, vault), vault, RedisAppointments(found),
        RedisMedia(found, vault, KEPT), RedisDrafts(found, vault), RedisStatistics(found, KEPT),
    )  # fmt: skip


def inbound(text: str = "hello", update: str = "1", conversation: str = "c1", kind: Kind = Kind.TEXT) -> Inbound:
    """One inbound."""
    return Inbound(conversation, Channel.TELEGRAM, update, NOON, kind, text)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
