"""The command line: every wrong start is one line that says what to mend, and exit status 2."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.adapters.clock import SystemClock
from bot.adapters.keys import AUDIT, PREFIX
from bot.adapters.redis_accounts import RedisAccounts
from bot.adapters.redis_audit import RedisAudit
from bot.adapters.redis_client import connect
from bot.adapters.vault import audit_seals, read_master
from bot.core.account import Account
from bot.core.language import LOCALES
from bot.core.ports import Audit
from bot.supervisor import Supervisor, make_keys, newest_model
from tests.conftest import free_port

ROOT = Path(__file__).resolve().parent.parent


def bot(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command with these settings and no others."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("HELPLINE_", "TELEGRAM_"))}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments], cwd=ROOT, env=inherited | settings, capture_output=True, text=True,
        timeout=60,
    )  # fmt: skip


@pytest.fixture
def stores(valkey: str, tmp_path: Path) -> dict[str, str]:
    """Settings of a part that could run."""
    make_keys(tmp_path / "keys")
    return {"HELPLINE_REDIS_URL": valkey, "HELPLINE_KEYRING_URL": valkey, "HELPLINE_KEYS": str(tmp_path / "keys")}


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """It ended with one line that holds these words."""
    assert done.returncode == 2, done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("error: ")
    assert all(word in last for word in words), last
    assert "Traceback" not in done.stderr


def test_a_part_alone_asks_for_the_stores() -> None:
    refused(bot("worker"), "HELPLINE_REDIS_URL", "HELPLINE_KEYRING_URL")


def test_a_wrong_setting_is_named() -> None:
    refused(bot("web", HELPLINE_WEB_PORT="http"), "HELPLINE_WEB_PORT", "'http'")


def test_telegram_without_a_token_says_where_to_get_one(stores: dict[str, str]) -> None:
    refused(bot("telegram", **stores), "TELEGRAM_BOT_TOKEN", "@BotFather")


def test_missing_keys_say_how_to_make_them(stores: dict[str, str], tmp_path: Path) -> None:
    refused(bot("web", **stores | {"HELPLINE_KEYS": str(tmp_path / "none")}), "keys", "python -m bot keys new")


def test_a_wrong_key_file_is_named(stores: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "keys" / "data.keys"
    path.write_text("not a key file")
    refused(bot("web", **stores), str(path), "restore it")


def test_a_port_in_use_is_named(stores: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused(bot("console", **stores, HELPLINE_CONSOLE_PORT=port), port, "another program")


async def test_run_refuses_a_port_in_use_before_it_starts_anything(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        model = tmp_path / "model.tar.gz"
        done = bot(
            "run", "--model", str(model), HELPLINE_DATA=str(tmp_path / "data"),
            HELPLINE_WEB_PORT=str(taken.getsockname()[1]), HELPLINE_CONSOLE_PORT=str(free_port()),
            HELPLINE_ACTIONS_PORT=str(free_port()), HELPLINE_ASSISTANT_URL=f"http://127.0.0.1:{free_port()}",
        )  # fmt: skip
    refused(done, "HELPLINE_WEB_PORT", "stop the other program")
    assert not (tmp_path / "data" / "redis").exists()


def test_a_store_that_does_not_answer_fails_the_health_check() -> None:
    nobody = f"redis://127.0.0.1:{free_port()}"
    refused(bot("health", HELPLINE_REDIS_URL=nobody, HELPLINE_KEYRING_URL=nobody), "did not answer")


def test_keys_are_made_once(tmp_path: Path) -> None:
    assert "made in" in bot("keys", "new", str(tmp_path / "k")).stdout
    before = (tmp_path / "k" / "data.keys").read_bytes()
    assert "has all its keys" in bot("keys", "new", str(tmp_path / "k")).stdout
    assert (tmp_path / "k" / "data.keys").read_bytes() == before


async def test_rotating_the_master_key_loses_nothing(stores: dict[str, str]) -> None:
    async with connect(stores["HELPLINE_REDIS_URL"]) as client:
        await client.flushall()
    done = bot("keys", "rotate", **stores)
    assert (done.returncode, "0 conversation keys" in done.stdout) == (0, True), done.stderr


async def test_an_operator_is_added_and_disabled(stores: dict[str, str]) -> None:
    async with connect(stores["HELPLINE_REDIS_URL"]) as client:
        await client.flushall()
        added = bot("operators", "add", "dara", "--languages", "km,en", **stores)
        link = re.search(r"Invite link of dara, .*: http://localhost:8081/invite/dara/[\w-]{43}$", added.stdout.strip())
        assert link is not None, added.stdout
        assert [key async for key in client.scan_iter(match=f"{PREFIX}operator*")]
        refused(bot("operators", "add", "dara", **stores), "taken")
        refused(bot("operators", "add", "mya", "--languages", "klingon", **stores), "klingon")
        assert "signed out everywhere" in bot("operators", "disable", "dara", **stores).stdout


async def test_accounts_are_listed_let_in_again_and_reset(stores: dict[str, str]) -> None:
    async with connect(stores["HELPLINE_REDIS_URL"]) as client:
        await client.flushall()
        account = Account("dara", "Dara", ("km", "en"), digest="d", disabled=True)
        assert await RedisAccounts(client).add(account)
        assert "dara\toperator\tdisabled\tkm,en" in bot("operators", "list", **stores).stdout
        assert "can sign in again" in bot("operators", "enable", "dara", **stores).stdout
        assert "/invite/dara/" in bot("operators", "reset", "dara", **stores).stdout


def test_without_a_model_run_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from bot import supervisor
    from bot.core.errors import SettingsError

    monkeypatch.setattr(supervisor, "NLU", tmp_path)
    with pytest.raises(SettingsError, match="make train"):
        newest_model()
    assert Supervisor.__doc__


def test_the_report_tells_what_is_answered_where_in_every_language() -> None:
    done = bot("content", "report")
    assert done.returncode == 0, done.stderr
    answered = [line for line in done.stdout.splitlines() if line.endswith(" 0 missing")]
    assert {line.split()[0] for line in answered} >= set(LOCALES)
    assert done.stdout.count("sentence: median") == len(LOCALES)


async def test_audit_verify_tells_a_whole_chain_from_a_broken_one(stores: dict[str, str]) -> None:
    async with connect(stores["HELPLINE_REDIS_URL"]) as client:
        await client.flushall()
        trail = RedisAudit(client, audit_seals(read_master(Path(stores["HELPLINE_KEYS"]) / "data.keys")), 10**12)
        for number in range(3):
            await trail.record(Audit(SystemClock().now(), "read", f"c{number}", "dara"))
        await trail.seal(SystemClock().now())
        whole = await asyncio.to_thread(bot, "audit", "verify", **stores)
        await client.xtrim(AUDIT, maxlen=2, approximate=False)
    broken = await asyncio.to_thread(bot, "audit", "verify", **stores)
    assert whole.returncode == 0, whole.stderr
    assert "3 entries, 0 not chained yet" in whole.stdout
    assert broken.returncode == 1
    assert "the chain is broken" in broken.stdout


async def test_capacity_is_set_for_an_account(stores: dict[str, str]) -> None:
    async with connect(stores["HELPLINE_REDIS_URL"]) as client:
        await client.flushall()
        await asyncio.to_thread(bot, "operators", "add", "dara", "--languages", "km", "--capacity", "2", **stores)
        account = await RedisAccounts(client).find("dara")
        assert account is not None and account.capacity == 2
        said = await asyncio.to_thread(bot, "operators", "capacity", "dara", "4", **stores)
        account = await RedisAccounts(client).find("dara")
        assert account is not None and account.capacity == 4
        assert "dara holds 4 conversations" in said.stdout
    refused(await asyncio.to_thread(bot, "operators", "capacity", "dara", "101", **stores), "1 to 100")
    refused(await asyncio.to_thread(bot, "operators", "capacity", "nobody", "1", **stores), "nobody")


def test_a_bad_hours_file_stops_the_worker_with_its_line(stores: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "hours.yml"
    path.write_text("languages:\n  km:\n    zone: Mars/Base\n    open: [Mon 09:00-10:00]\n")
    refused(bot("worker", **stores, HELPLINE_HOURS_FILE=str(path)), "hours.yml:3", "time zone")
