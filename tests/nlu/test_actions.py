"""The custom actions: what they say for which history, and how their server behaves."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT, environment
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.country import ActionCountry
from actions.directory import FITTING, USUAL, ActionDirectory
from actions.handoff import ActionHandoff
from bot.core.entry import KINDS
from bot.core.intents import INTENTS


# Any: events and messages are rasa_sdk's plain dicts.
def run(action: Action, *intents: str, entities: list[dict[str, Any]] | None = None, domain: Any = None,
        **slots: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:  # fmt: skip
    """What an action says and which events it gives, after these intents, oldest first."""
    events = [{"event": "user", "parse_data": {"intent": {"name": intent}}} for intent in intents]
    latest = {"intent": {"name": intents[-1] if intents else None}, "entities": entities or []}
    tracker = Tracker("c", slots, latest, events, False, None, {}, None)
    dispatcher = CollectingDispatcher()
    given = asyncio.run(action.run(dispatcher, tracker, domain or {}))
    return dispatcher.messages, given


def phrases(*arguments: Any, **named: Any) -> list[str]:
    return [message["response"] for message in run(*arguments, **named)[0] if message.get("response")]


def named(code: str) -> list[dict[str, Any]]:
    return [{"entity": "country", "value": code, "extractor": "message"}]


def test_a_person_is_handed_off() -> None:
    said, _ = run(ActionHandoff(), "talk_to_person")
    assert said[0]["response"] == "utter_talk_to_person"
    assert said[1]["custom"] == {"handoff": {"reason": "asked", "priority": 2, "indicators": []}}


def test_without_a_country_numbers_wait() -> None:
    assert phrases(ActionDirectory(), "ask_hotline") == ["utter_ask_country"]


@pytest.mark.parametrize(
    ("history", "kinds"),
    [
        (("ask_hotline",), USUAL),
        (("wages_withheld", "thank", "ask_hotline"), FITTING["wages_withheld"]),
        (("child_labour", "sexual_abuse", "ask_hotline"), FITTING["sexual_abuse"]),
    ],
)
def test_numbers_fit_what_was_talked_about(history: tuple[str, ...], kinds: tuple[str, ...]) -> None:
    said, _ = run(ActionDirectory(), *history, country="TH")
    assert (said[0]["response"], said[0]["numbers"]) == ("utter_numbers", list(kinds))


def test_who_is_at_sea_hears_of_lines_for_the_sea() -> None:
    said, _ = run(ActionDirectory(), "ask_hotline", country="TH", sector="fishing")
    assert said[0]["numbers"][0] == "seafarers"


def test_the_table_names_intents_and_kinds_there_are() -> None:
    assert set(FITTING) <= set(INTENTS)
    assert {kind for kinds in (USUAL, *FITTING.values()) for kind in kinds} <= set(KINDS)


def test_a_country_is_asked_for_where_none_was_named() -> None:
    assert phrases(ActionCountry(), "inform_country") == ["utter_ask_country"]
    known = [{"entity": "country", "value": "TH", "extractor": "conversation"}]
    assert phrases(ActionCountry(), "inform_country", entities=known, country="TH") == ["utter_ask_country"]


def test_a_named_country_is_thanked_for() -> None:
    said, _ = run(ActionCountry(), "greet", "inform_country", entities=named("TH"), country="TH")
    assert (said[0]["response"], said[0]["args"]) == ("utter_inform_country", {"country": "TH"})


def test_a_waiting_question_for_numbers_is_answered() -> None:
    assert phrases(ActionCountry(), "ask_hotline", "inform_country", entities=named("TH"), country="TH") == [
        "utter_numbers"
    ]


# Any: a decoded action call.
def call(port: int, body: Any) -> tuple[int, str]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/webhook", data, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_failing_call_tells_nothing_back(actions: int, folder: Path) -> None:
    broken = {"next_action": "action_handoff", "tracker": "bluebird"}
    for body in (broken, b'{"bluebird"', {"next_action": "action_bluebird", "tracker": {}}):
        status, text = call(actions, body)
        assert status >= 400 and ("bluebird" not in text or "action_bluebird" in text)
    lines = (folder / "actions.log").read_text().splitlines()
    assert not re.search("bluebird", "".join(lines))
    assert all(json.loads(line) for line in lines)


def test_the_server_listens_on_loopback_only(actions: int) -> None:
    lines = [line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()]
    ports = [fields[1] for fields in lines if fields[3] == "0A"]
    assert [place for place in ports if place.endswith(f":{actions:04X}")] == [f"0100007F:{actions:04X}"]


def test_a_taken_port_is_said_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "actions", "--port", port]
        done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.strip() == f"error: can't listen on 127.0.0.1 port {port}: Address already in use"


def test_actions_import_only_what_they_may() -> None:
    allowed = {"actions", "bot.core", "rasa_sdk", "sanic", *sys.stdlib_module_names}
    for path in (ROOT / "actions").glob("*.py"):
        for name in re.findall(r"^ *(?:from|import) ([a-z_.]+)", path.read_text("utf-8"), re.MULTILINE):
            assert name.partition(".")[0] in allowed or name.startswith("bot.core"), f"{path.name}: {name}"
