"""Start the assistant: `python serve.py --model models/<name>.tar.gz --port 5005`.

What can be wrong is looked for before anything slow is done, and said in one line that names what to mend. Nothing
listens before the model is loaded, its parts are the right ones, and it understands a greeting in every language.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path

HOME = Path(__file__).resolve().parent
sys.path.insert(0, str(HOME))

from components import logs  # noqa: E402  the path comes first
from components.fingerprint import digest_file, digest_fits  # noqa: E402
from components.settings import ACTIONS_URL, REDIS_URL, BadSettings, Settings, prepare_environment  # noqa: E402


class CantStart(Exception):
    """Something must be mended first; the text is one line that says what."""


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Start the assistant.")
    parser.add_argument("--model", type=Path, required=True, help="archive made by tools/train.py")
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument("--host", default="127.0.0.1", help="only loopback or a private network")
    parser.add_argument("--whole", action="store_true", help="load TensorFlow too, which nothing here uses")
    return parser.parse_args(given)


def check_model(path: Path) -> Path:
    """The archive, followed through a link; raises CantStart if it is missing or not as it was trained."""
    model = path.resolve()
    if not model.is_file():
        raise CantStart(f"there is no model at {path}; run: make train")
    try:
        fits = digest_fits(model)
    except OSError as exc:
        raise CantStart(f"{digest_file(model)} can't be read, so the model can't be checked; run: make train") from exc
    if not fits:
        raise CantStart(f"{path} is not what was trained (its digest differs); delete it and run: make train")
    return model


def bind(host: str, port: int) -> socket.socket:
    """Take the port without listening yet; raises CantStart if it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as exc:
        listener.close()
        raise CantStart(
            f"can't listen on {host} port {port}: {exc.strerror}; stop what uses it or give --port"
        ) from exc
    return listener


def check_redis(url: str) -> None:
    """Raises CantStart if Redis does not answer; its address may hold a password and is not shown."""
    import redis

    try:
        client = redis.Redis.from_url(url, socket_timeout=3, socket_connect_timeout=3)
        client.ping()
        client.close()
    except (redis.RedisError, ValueError) as exc:
        raise CantStart(
            f"Redis does not answer at {REDIS_URL} ({type(exc).__name__}); start it or mend the URL"
        ) from exc


def run(options: argparse.Namespace) -> None:
    """Start and answer until told to stop; raises CantStart, BadSettings, or whatever a part of ours refuses."""
    began = time.monotonic()
    settings = Settings.read()
    model = check_model(options.model)
    listener = bind(options.host, options.port)
    check_redis(settings.redis_url)
    prepare_environment(settings)
    os.chdir(HOME)
    from components.lean import leave_out_tensorflow, seal

    if not options.whole:
        leave_out_tensorflow()
    from components.launch import build_agent, build_app, check_parts, serve

    agent = build_agent(model, HOME / "endpoints.yml")
    seal()
    check_parts(agent)
    app = build_app(agent, settings)
    logs.event(
        "ready",
        seconds=round(time.monotonic() - began, 1),
        model=model.name,
        host=options.host,
        port=options.port,
        actions=os.environ[ACTIONS_URL],
    )
    serve(app, listener)


def main(given: Sequence[str] | None = None) -> None:
    """Leave with 0 after an orderly stop, with 1 and one line on standard error if it can't start."""
    options = arguments(given)
    logs.set_up()
    try:
        run(options)
    except (CantStart, BadSettings) as exc:
        sys.exit(f"error: {exc}")
    except Exception as exc:  # the one net of the start: one line, not a page
        reason = str(exc).splitlines()[0] if str(exc) else "no reason given"
        sys.exit(f"error: the assistant can't start: {type(exc).__name__}: {reason} ({logs.where(exc)})")


if __name__ == "__main__":
    main()
