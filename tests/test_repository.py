"""The repository tests itself: settings, texts, containers and code keep the rules they state."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.core import decide
from bot.core.intents import INTENTS
from bot.core.phrases import PHRASES
from bot.settings import table

ROOT = Path(__file__).resolve().parent.parent
CODE = [p for folder in ("bot", "actions") for p in sorted((ROOT / folder).rglob("*.py"))]
ASSISTANT = sorted((ROOT / "nlu_data").glob("*.py")) + sorted((ROOT / "nlu_data" / "components").glob("*.py"))
LONGEST_FUNCTION, LONGEST_MODULE = 40, 350


@pytest.mark.parametrize("file", ["README.md", ".env.example"])
def test_every_setting_is_documented(file: str) -> None:
    text = (ROOT / file).read_text()
    assert [variable for variable, _, _ in table() if variable not in text] == []


def test_readme_shows_every_setting_as_it_is() -> None:
    block = (ROOT / "README.md").read_text().partition("<!-- settings -->")[2].partition("<!-- /settings -->")[0]
    for variable, about, default in table():
        assert f"| `{variable}` | {about} | {f'`{default}`' if default else ''} |" in block


def test_only_settings_reads_the_environment() -> None:
    readers = [p.name for p in CODE if re.search(r"\bos\.environ\b|\bgetenv\b", p.read_text())]
    assert readers == ["__main__.py"]  # which hands it to settings, and on to the parts it starts


def test_only_keys_builds_redis_keys() -> None:
    assert [p.name for p in CODE if "{helpline}" in p.read_text()] == ["keys.py"]


def test_no_pickle() -> None:
    found = [
        p.name
        for p in (*CODE, *ASSISTANT)
        if re.search(r"^\s*(import|from) (pickle|joblib|shelve)", p.read_text(), re.M)
    ]
    assert found == []


@pytest.mark.parametrize("path", [*CODE, *ASSISTANT], ids=lambda p: p.relative_to(ROOT).as_posix())
def test_functions_and_modules_are_short(path: Path) -> None:
    source = path.read_text()
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1})"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []
    assert source.count("\n") <= LONGEST_MODULE


def test_every_net_is_the_net_of_a_loop() -> None:
    nets = [p.relative_to(ROOT).as_posix() for p in CODE for _ in re.finditer(r"except Exception", p.read_text())]
    assert sorted(set(nets)) == sorted(set(nets) & {f"bot/flow/{name}.py" for name in ("receive", "deliver", "media")})


def test_nothing_is_mocked() -> None:
    found = [
        p.name
        for p in (ROOT / "tests").rglob("*.py")
        if p != Path(__file__) and re.search(r"\bMock\(|mock\.patch", p.read_text())
    ]
    assert found == []


def test_importing_everything_opens_no_socket() -> None:
    modules = ".".join
    names = [
        modules(p.relative_to(ROOT).with_suffix("").parts)
        for p in CODE
        if p.parts[-2] != "actions" and "actions" not in p.parts
    ]
    program = (
        "import socket\n"
        "def refuse(*a, **k): raise RuntimeError('a socket at import')\n"
        "real = socket.socket.connect; socket.socket.connect = refuse; socket.socket.bind = refuse\n"
        + "".join(f"import {name}\n" for name in names if not name.endswith("__main__"))
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_every_phrase_that_is_said_exists() -> None:
    source = "\n".join(p.read_text() for p in (ROOT / "bot").rglob("*.py") if "console" not in p.parts)
    said = set(re.findall(r'Say\(\s*"([a-z_.]+)"', source)) | set(decide.CRISIS_PHRASES.values())
    assert len(said) > 15
    assert said - PHRASES.keys() == set()


def test_every_intent_has_a_title() -> None:
    assert len(INTENTS) == len(set(INTENTS)) == 51
    assert all(f"intent.{name}" in PHRASES for name in INTENTS)


def test_no_notification_names_what_endangers() -> None:
    first_lines = {id: phrase.english.split(".")[0].lower() for id, phrase in PHRASES.items()}
    words = re.compile(r"traffick|slave|police|forced labour")
    assert [id for id, line in first_lines.items() if words.search(line)] == []


def test_no_phrase_holds_a_number() -> None:
    assert [id for id, phrase in PHRASES.items() if re.search(r"\d", phrase.english)] == []


COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
PARTS = ("worker", "telegram", "web", "console")


def test_compose_has_every_part() -> None:
    assert set(COMPOSE["services"]) == {"redis", "redis-keys", "assistant", "actions", *PARTS}


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_every_container_is_confined(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["user"].split(":")[0] not in ("0", "root")
    assert service["healthcheck"]["test"][0] == "CMD"


@pytest.mark.parametrize("name", ["redis", "redis-keys"])
def test_stores_lose_nothing_and_evict_nothing(name: str) -> None:
    command = COMPOSE["services"][name]["command"]
    assert "--appendonly yes" in command and "--appendfsync always" in command
    assert "--maxmemory-policy noeviction" in command
    assert "ports" not in COMPOSE["services"][name]


def test_containers_get_known_settings_and_secrets_from_files() -> None:
    known = {variable for variable, _, _ in table()}
    for name in PARTS:
        given = set(COMPOSE["services"][name]["environment"])
        assert {g.removesuffix("_FILE") for g in given} <= known, name
    for name, service in COMPOSE["services"].items():
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"]), name
    assert "address.keys" not in COMPOSE["services"]["assistant"].get("secrets", [])
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())


def test_only_loopback_is_published() -> None:
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]
    assert ports and all(port.startswith("127.0.0.1:") for port in ports)


def test_compose_fits_its_schema() -> None:
    from jsonschema import Draft202012Validator

    schema = yaml.safe_load((ROOT / "tests" / "compose-schema.yml").read_text())
    assert [e.message for e in Draft202012Validator(schema).iter_errors(COMPOSE)] == []


def test_core_runs_on_the_actions_python() -> None:
    python = ROOT / "nlu_data" / ".venv" / "bin" / "python"
    assert python.exists(), "the assistant's environment is missing; run: make setup"
    found = [p.relative_to(ROOT).with_suffix("") for p in sorted((ROOT / "bot" / "core").rglob("*.py"))]
    modules = "\n".join(f"import {'.'.join(path.parts)}" for path in found if path.stem != "__init__")
    done = subprocess.run([str(python), "-c", modules], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
