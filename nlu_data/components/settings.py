"""The assistant's settings; the only reader of the environment in this part. Secrets print as stars."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

TOKEN = "HELPLINE_ASSISTANT_TOKEN"  # noqa: S105  a name, not a secret
TOKEN_FILE = "HELPLINE_ASSISTANT_TOKEN_FILE"  # noqa: S105
REDIS_URL = "HELPLINE_REDIS_URL"
ACTIONS_URL = "HELPLINE_ACTIONS_URL"
DEFAULT_ACTIONS_URL = "http://127.0.0.1:5055/webhook"

_SHORTEST_TOKEN = 16  # characters


class BadSettings(Exception):
    """A setting is missing or wrong; the text names it and says what to do."""


@dataclass(frozen=True)
class Settings:
    """`redis_url` may be redis://, rediss:// or unix://; `actions_url` is where the custom actions answer."""

    token: str = field(repr=False)
    redis_url: str = field(repr=False)
    actions_url: str = DEFAULT_ACTIONS_URL

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read and check; raises BadSettings."""
        env = os.environ if environment is None else environment
        redis_url = env.get(REDIS_URL, "")
        if not redis_url.startswith(("redis://", "rediss://", "unix://")):
            raise BadSettings(f"{REDIS_URL} must be set to redis://…, rediss://… or unix://…")
        return cls(_token(env), redis_url, env.get(ACTIONS_URL) or DEFAULT_ACTIONS_URL)


def _token(env: Mapping[str, str]) -> str:
    token = env.get(TOKEN, "")
    if not token and (path := env.get(TOKEN_FILE, "")):
        try:
            token = Path(path).read_text("utf-8").strip()
        except (OSError, ValueError) as exc:
            raise BadSettings(f"{TOKEN_FILE}: can't read {path}: {type(exc).__name__}") from exc
    if len(token) < _SHORTEST_TOKEN:
        raise BadSettings(f"set {TOKEN} or {TOKEN_FILE} to a secret of at least {_SHORTEST_TOKEN} characters")
    return token


def prepare_environment(settings: Settings) -> None:
    """What Rasa and the libraries below it only read from the environment; before any of them is imported."""
    os.environ.update(
        {
            "RASA_TELEMETRY_ENABLED": "false",
            "SANIC_WORKERS": "1",  # the in-memory lock store is right for one worker only
            "CUDA_VISIBLE_DEVICES": "",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "MALLOC_ARENA_MAX": "2",
            ACTIONS_URL: settings.actions_url,  # endpoints.yml names it
        }
    )
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
