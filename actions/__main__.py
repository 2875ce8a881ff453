"""Serve the actions: `python -m actions --port 5055`; on loopback unless told otherwise, without words in any log.

Rasa's own launcher listens on every address and logs whole requests when an action fails; this one does neither.
"""

from __future__ import annotations

import argparse
import json
import logging
import socket
import sys
import traceback
from datetime import datetime, timezone
from typing import Any

import actions


class Lines(logging.Formatter):
    """One JSON object a line: level, logger, place and kind of error; never a text, which may hold a message."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "place": f"{record.module}:{record.lineno}",
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            frames = traceback.extract_tb(error.__traceback__)
            line["error"] = f"{type(error).__name__} at {frames[-1].name if frames else '?'}"
        return json.dumps(line)


def set_up_logs() -> None:
    """Take over all logging of the process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers, root.level = [handler], logging.WARNING
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)


def bind(host: str, port: int) -> socket.socket:
    """Take the port; raises OSError."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    return listener


# Any: a Sanic application; sanic is rasa_sdk's dependency, not ours.
def build_app() -> Any:
    """rasa_sdk's application with our actions; a failing one answers with a code instead of the request."""
    from rasa_sdk.endpoint import create_app

    app = create_app(actions, cors_origins=[])
    app.error_handler.add(Exception, _failed)
    return app


# Any: Sanic's request.
def _failed(request: Any, error: Exception) -> Any:
    from sanic.response import json as reply

    status = getattr(error, "status_code", 500)
    if status >= 500:
        logging.getLogger("helpline.actions").error("failed", exc_info=error)
    return reply({"error": "failed"}, status=status)


def main() -> None:
    """Leave with 0 after an orderly stop, with 1 and one line on standard error if it can't start."""
    parser = argparse.ArgumentParser(prog="python -m actions", description="Serve the assistant's custom actions.")
    parser.add_argument("--host", default="127.0.0.1", help="only loopback or a private network")
    parser.add_argument("--port", type=int, default=5055)
    options = parser.parse_args()
    set_up_logs()
    try:
        listener = bind(options.host, options.port)
    except OSError as exc:
        sys.exit(f"error: can't listen on {options.host} port {options.port}: {exc.strerror}")
    build_app().run(sock=listener, workers=1, access_log=False, debug=False, motd=False)


if __name__ == "__main__":
    main()
