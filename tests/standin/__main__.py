"""Why: a product tried as a whole, or by hand, needs the stand-in as a process of its own."""

import argparse
import asyncio
import json
import logging

from .limits import Limits
from .server import StandinServer, listen
from .standin import TOKEN, Standin


def main() -> None:
    """Prints one line when it is ready: where it is and its two tokens. Texts are never printed."""
    options = argparse.ArgumentParser(prog="python -m tests.standin")
    options.add_argument("--port", type=int, default=0, help="0 takes a free one")
    options.add_argument("--token", default=TOKEN, help="the bot's token")
    options.add_argument("--control-token", help="asked for by /control; made up when absent")
    options.add_argument("--per-chat-seconds", type=float, default=Limits().per_chat_seconds)
    options.add_argument("--overall-per-second", type=int, default=Limits().overall_per_second)
    chosen = options.parse_args()
    logging.basicConfig(level=logging.ERROR)
    limits = Limits(per_chat_seconds=chosen.per_chat_seconds, overall_per_second=chosen.overall_per_second)
    standin = Standin(chosen.token, limits, chosen.control_token)
    listener = listen(standin, chosen.port)
    ready = {"url": standin.url, "token": standin.token, "control_token": standin.control_token}
    server = StandinServer(standin, lambda: print(json.dumps(ready), flush=True))
    asyncio.run(server.serve([listener]))


if __name__ == "__main__":
    main()
