"""The action server: ``python -m actions --port 5055``, on this machine alone unless told otherwise.

Rasa sends the whole conversation with each call, so nothing of a request is ever logged.
"""

from __future__ import annotations

import argparse
import logging
import sys
from types import ModuleType

import actions


def create(package: ModuleType = actions) -> object:
    """The application, with every action of the package registered."""
    from rasa_sdk.endpoint import create_app

    logging.getLogger("rasa_sdk").setLevel(logging.CRITICAL)  # it would log the request with the error
    return create_app(package, cors_origins=[])


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Serve the assistant's actions.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=5055)
    options = parser.parse_args()
    app = create()
    app.config.USE_UVLOOP = False  # type: ignore[attr-defined]  # rasa_sdk ships no types
    app.run(options.host, options.port, workers=1, access_log=False, motd=False)  # type: ignore[attr-defined]
    return 0


if __name__ == "__main__":
    sys.exit(main())
