"""Settings: read once, typed, and a wrong one named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.errors import SettingsError
from bot.core.handoff import Rules
from bot.settings import Secret, Settings, read, table


def test_defaults_need_nothing() -> None:
    assert read({}) == Settings()


def test_values_have_their_types() -> None:
    settings = read(
        {
            "HELPLINE_WEB_PORT": "9000",
            "HELPLINE_SECURE": "0",
            "HELPLINE_DATA": "/x",
            "HELPLINE_ASSISTANT_TIMEOUT": "2.5",
        }
    )
    assert (settings.web_port, settings.secure, settings.data, settings.assistant_timeout) == (
        9000,
        False,
        Path("/x"),
        2.5,
    )


def test_a_secret_comes_from_a_file_and_prints_as_stars(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("123:abc\n")
    settings = read({"TELEGRAM_BOT_TOKEN_FILE": str(tmp_path / "token")})
    assert settings.telegram_token.reveal() == "123:abc"
    assert "123" not in repr(settings) + str(settings.telegram_token) + f"{settings.telegram_token}"


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"HELPLINE_WEB_PORT": "http"}, "HELPLINE_WEB_PORT"),
        ({"HELPLINE_WEB_PORT": "70000"}, "HELPLINE_WEB_PORT"),
        ({"HELPLINE_SECURE": "maybe"}, "HELPLINE_SECURE"),
        ({"HELPLINE_RETENTION_DAYS": "0"}, "HELPLINE_RETENTION_DAYS"),
        ({"HELPLINE_CAPACITY": "-1"}, "HELPLINE_CAPACITY"),
        ({"HELPLINE_FIRST_REPLY": "5"}, "HELPLINE_FIRST_REPLY"),
        ({"HELPLINE_OFFER": "0"}, "HELPLINE_OFFER"),
        ({"HELPLINE_AUDIT_DAYS": "0"}, "HELPLINE_AUDIT_DAYS"),
        ({"HELPLINE_REDIS_URL": "redis://x"}, "HELPLINE_KEYRING_URL"),
        ({"HELPLINE_WEBHOOK_URL": "https://x"}, "HELPLINE_WEBHOOK_SECRET"),
        ({"HELPLINE_CONSOLE_URL": "http://desk.example.org"}, "HELPLINE_CONSOLE_URL"),
        ({"HELPLINE_CONSOLE_URL": "desk.example.org"}, "HELPLINE_CONSOLE_URL"),
        ({"HELPLINE_CONSOLE_URL": "https://desk.example.org/console"}, "HELPLINE_CONSOLE_URL"),
        ({"HELPLINE_SECOND_FACTOR": "0"}, "HELPLINE_SECOND_FACTOR"),
        ({"HELPLINE_INVITE_HOURS": "0"}, "HELPLINE_INVITE_HOURS"),
        ({"HELPLINE_LOG_LEVEL": "loud"}, "HELPLINE_LOG_LEVEL"),
        ({"TELEGRAM_BOT_TOKEN_FILE": "/no/such/file"}, "TELEGRAM_BOT_TOKEN_FILE"),
    ],
)
def test_a_wrong_setting_is_named(environ: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        read(environ)


def test_the_console_is_found_where_it_is_said_to_be_or_on_localhost() -> None:
    assert read({"HELPLINE_CONSOLE_URL": "https://desk.example.org/"}).console_address == "https://desk.example.org"
    assert read({"HELPLINE_CONSOLE_PORT": "9000"}).console_address == "http://localhost:9000"


def test_codes_may_be_left_out_on_plain_http_alone() -> None:
    assert not read({"HELPLINE_SECURE": "0", "HELPLINE_SECOND_FACTOR": "0"}).second_factor


def test_rules_of_the_desk_are_in_milliseconds() -> None:
    rules = read({"HELPLINE_FIRST_REPLY": "60", "HELPLINE_FIRST_REPLY_CRISIS": "40", "HELPLINE_CAPACITY": "3"}).rules
    assert (rules.capacity, rules.first_reply, rules.first_reply_crisis, rules.warning) == (3, 60_000, 40_000, 20_000)
    assert read({}).rules == Rules()


def test_an_empty_secret_is_false() -> None:
    assert not Secret("")


def test_every_setting_says_what_it_is_for() -> None:
    assert all(variable.isupper() and about for variable, about, _ in table())
