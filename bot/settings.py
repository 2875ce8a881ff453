"""Every setting of the product, read once from the environment; nothing else reads it.

A wrong or missing setting stops the start with its name and what to do. Secrets print as stars and may come
from a file: for each secret NAME, the variable NAME_FILE names a file that holds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from bot.core.errors import SettingsError
from bot.core.handoff import HOUR, Rules


class Secret:
    """A value that never prints."""

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "***" if self._value else "''"

    __str__ = __repr__


def _s(variable: str, about: str, default: Any) -> Any:
    """A setting: its environment variable, what it is for, and its default. Any: dataclass fields are untyped."""
    return field(default=default, metadata={"variable": variable, "about": about})


@dataclass(frozen=True)
class Settings:
    """The product's settings. Times are in the unit their name says."""

    redis_url: str = _s("HELPLINE_REDIS_URL", "Redis or Valkey for queues and sealed words; empty: an embedded one", "")
    keyring_url: str = _s(
        "HELPLINE_KEYRING_URL", "a second Redis for the conversations' keys, left out of every backup", ""
    )
    data: Path = _s("HELPLINE_DATA", "folder of the embedded Redis, keys and logs", Path("data"))
    keys: Path = _s("HELPLINE_KEYS", "folder with data.keys, address.keys and pepper", Path("data/keys"))
    keys_private: bool = _s(
        "HELPLINE_KEYS_PRIVATE", "refuse key files that others can read (0 for container secrets)", True
    )
    assistant_url: str = _s("HELPLINE_ASSISTANT_URL", "where the assistant listens", "http://127.0.0.1:5005")
    assistant_token: Secret = _s("HELPLINE_ASSISTANT_TOKEN", "bearer token shared with the assistant", Secret(""))
    assistant_timeout: float = _s("HELPLINE_ASSISTANT_TIMEOUT", "seconds the assistant may take for an answer", 8.0)
    actions_port: int = _s("HELPLINE_ACTIONS_PORT", "port of the action server on one machine", 5055)
    telegram_token: Secret = _s("TELEGRAM_BOT_TOKEN", "token of the Telegram bot; empty: no Telegram", Secret(""))
    telegram_api: str = _s("HELPLINE_TELEGRAM_API", "the Bot API server", "https://api.telegram.org")
    webhook_url: str = _s(
        "HELPLINE_WEBHOOK_URL", "public https address for Telegram's webhook; empty: long polling", ""
    )
    webhook_secret: Secret = _s("HELPLINE_WEBHOOK_SECRET", "secret Telegram sends with each webhook call", Secret(""))
    webhook_host: str = _s("HELPLINE_WEBHOOK_HOST", "address the webhook listens on", "127.0.0.1")
    webhook_port: int = _s("HELPLINE_WEBHOOK_PORT", "port the webhook listens on", 8082)
    web_host: str = _s("HELPLINE_WEB_HOST", "address of the web chat", "127.0.0.1")
    web_port: int = _s("HELPLINE_WEB_PORT", "port of the web chat", 8080)
    console_host: str = _s("HELPLINE_CONSOLE_HOST", "address of the operator console", "127.0.0.1")
    console_port: int = _s("HELPLINE_CONSOLE_PORT", "port of the operator console", 8081)
    console_url: str = _s(
        "HELPLINE_CONSOLE_URL", "the console's public https address, to which passkeys are bound; empty: localhost", ""
    )
    second_factor: bool = _s(
        "HELPLINE_SECOND_FACTOR", "demand a passkey or codes at the console (0 with HELPLINE_SECURE=0 only)", True
    )
    invite_hours: int = _s("HELPLINE_INVITE_HOURS", "hours an invite link to the console is good", 72)
    proxies: str = _s(
        "HELPLINE_PROXIES",
        "reverse proxies whose X-Forwarded-For is believed, addresses or networks, by comma",
        "127.0.0.1",
    )
    secure: bool = _s("HELPLINE_SECURE", "cookies for https only (0 on plain http, one machine)", True)
    name: str = _s("HELPLINE_NAME", "neutral name people see; never the organisation's", "Chat")
    exit_url: str = _s("HELPLINE_EXIT_URL", "neutral site the quick exit leaves to", "https://www.wikipedia.org/")
    retention_days: int = _s("HELPLINE_RETENTION_DAYS", "days a conversation is kept after its last change", 30)
    hours: str = _s("HELPLINE_HOURS", "hours of the desk as people read them", "09:00–21:00 (Asia/Bangkok)")
    hours_file: str = _s("HELPLINE_HOURS_FILE", "YAML file with the desk's hours by language; empty: none", "")
    capacity: int = _s("HELPLINE_CAPACITY", "conversations an operator holds at once, where the account says none", 6)
    first_reply: int = _s("HELPLINE_FIRST_REPLY", "seconds after a claim until it returns without a first reply", 300)
    first_reply_crisis: int = _s("HELPLINE_FIRST_REPLY_CRISIS", "the same for somebody in danger", 120)
    offer: int = _s("HELPLINE_OFFER", "seconds a colleague has to accept a conversation", 120)
    reopen_hours: int = _s("HELPLINE_REOPEN_HOURS", "hours after a close in which a person is put back in line", 24)
    reserve: int = _s("HELPLINE_RESERVE", "seconds the place is then kept for the same operator", 600)
    audit_days: int = _s("HELPLINE_AUDIT_DAYS", "days an audit entry is kept", 365)
    hold: float = _s("HELPLINE_HOLD", "seconds an operator can take a line back before it is sent, 0 to 8", 4.0)
    statistics_days: int = _s("HELPLINE_STATISTICS_DAYS", "days the numbers for reports are kept", 400)
    least_count: int = _s("HELPLINE_LEAST_COUNT", "reports show a smaller count only as fewer than this", 5)
    zone: str = _s("HELPLINE_ZONE", "time zone of the desk's days and hours in reports", "Asia/Bangkok")
    worker: str = _s("HELPLINE_WORKER", "name of this worker or sender, stable over a restart", "1")
    reviewed_share: int = _s("HELPLINE_REVIEWED_SHARE", "percent of reviewed phrases a language needs to be offered", 0)
    content: str = _s("HELPLINE_CONTENT", "git repository of the content, or empty: this checkout", "")
    content_branch: str = _s("HELPLINE_CONTENT_BRANCH", "branch of the live content; empty: the repository's own", "")
    log_level: str = _s("HELPLINE_LOG_LEVEL", "debug, info, warning or error", "info")

    @property
    def console_address(self) -> str:
        """Where operators find the console; browsers allow passkeys on localhost, but on no bare IP address."""
        return self.console_url.rstrip("/") or f"http://localhost:{self.console_port}"

    @property
    def rules(self) -> Rules:
        """What the desk is set to."""
        return Rules(
            capacity=self.capacity,
            first_reply=self.first_reply * 1000,
            first_reply_crisis=self.first_reply_crisis * 1000,
            warning=min(self.first_reply, self.first_reply_crisis) * 1000 // 2,
            offer=self.offer * 1000,
            reopen=self.reopen_hours * HOUR,
            reserve=self.reserve * 1000,
        )


def read(environ: Mapping[str, str]) -> Settings:
    """Read all settings; raises SettingsError that names the variable and what to do."""
    values: dict[str, Any] = {}
    for item in fields(Settings):
        variable = item.metadata["variable"]
        raw = _raw(environ, variable, isinstance(item.default, Secret))
        if raw is not None:
            values[item.name] = _typed(variable, raw, item.default)
    settings = Settings(**values)
    _check(settings)
    return settings


def _raw(environ: Mapping[str, str], variable: str, secret: bool) -> str | None:
    """The text of a setting; a secret may stand in a file."""
    file = environ.get(f"{variable}_FILE") if secret else None
    if file is None:
        return environ.get(variable)
    try:
        return Path(file).read_text().strip()
    except OSError as exc:
        raise SettingsError(f"{variable}_FILE names {file}, which can't be read: {exc.strerror}") from exc


def _typed(variable: str, raw: str, default: Any) -> Any:
    """A setting's text as its type."""
    try:
        if isinstance(default, bool):
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[raw.lower()]
        return type(default)(raw)
    except (ValueError, KeyError) as exc:
        wanted = "1 or 0" if isinstance(default, bool) else f"a value like {default!r}"
        raise SettingsError(f"{variable} is {raw!r}, it must be {wanted}") from exc


# Numbers that make sense, first and last included.
_RANGES = (
    ("retention_days", 1, 3650),
    ("audit_days", 1, 3650),
    ("statistics_days", 1, 3650),
    ("least_count", 3, 100),
    ("capacity", 0, 100),
    ("first_reply", 30, 3600),
    ("first_reply_crisis", 30, 3600),
    ("offer", 10, 3600),
    ("reopen_hours", 0, 24 * 30),
    ("reserve", 0, 24 * 3600),
)


def _check(settings: Settings) -> None:
    """What can be said wrong before anything starts."""
    for name in ("web_port", "console_port", "webhook_port", "actions_port"):
        if not 1 <= getattr(settings, name) <= 65535:
            raise SettingsError(f"{variable_of(name)} is {getattr(settings, name)}, a port is 1 to 65535")
    if not 0 <= settings.hold <= 8:
        raise SettingsError("HELPLINE_HOLD must be 0 to 8")
    for name, least, most in _RANGES:
        if not least <= getattr(settings, name) <= most:
            raise SettingsError(f"{variable_of(name)} must be {least} to {most}")
    if settings.zone not in available_timezones():
        raise SettingsError(f"HELPLINE_ZONE is {settings.zone!r}, it must be a time zone such as Asia/Bangkok")
    if bool(settings.redis_url) != bool(settings.keyring_url):
        raise SettingsError("set HELPLINE_REDIS_URL and HELPLINE_KEYRING_URL together, or neither for embedded ones")
    if settings.webhook_url and not settings.webhook_secret:
        raise SettingsError("HELPLINE_WEBHOOK_URL needs HELPLINE_WEBHOOK_SECRET (1 to 256 letters, digits, _ or -)")
    _check_console(settings)
    if settings.log_level not in ("debug", "info", "warning", "error"):
        raise SettingsError(f"HELPLINE_LOG_LEVEL is {settings.log_level!r}, it must be debug, info, warning or error")


def _check_console(settings: Settings) -> None:
    """What would open the console wider than anybody meant."""
    address = urlsplit(settings.console_address)
    if (address.scheme != "https" and address.hostname != "localhost") or not address.hostname or address.path:
        raise SettingsError("HELPLINE_CONSOLE_URL must be like https://desk.example.org, without a path")
    if settings.secure and not settings.second_factor:
        raise SettingsError("HELPLINE_SECOND_FACTOR=0 is for one's own machine alone, with HELPLINE_SECURE=0")
    if not 1 <= settings.invite_hours <= 720:
        raise SettingsError("HELPLINE_INVITE_HOURS must be 1 to 720")


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    return str(next(f.metadata["variable"] for f in fields(Settings) if f.name == name))


def table() -> list[tuple[str, str, str]]:
    """(variable, what it is for, default) of every setting, for README and its test."""
    return [
        (f.metadata["variable"], f.metadata["about"], "" if isinstance(f.default, Secret) else str(f.default))
        for f in fields(Settings)
    ]
