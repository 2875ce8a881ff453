"""Log lines as JSON on standard error, never with a person's words.

Our own events have names and fields. Of other people's lines only level, logger, place and the kind of error are
kept once people are being answered: their texts may hold anything, Rasa's hold messages and slots. While the
assistant starts, nobody has written yet, and their texts are shown.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import datetime, timezone
from typing import Any

_LOGGER = logging.getLogger("helpline")
_CHATTY = ("sanic.access", "apscheduler", "asyncio", "tensorflow", "matplotlib")


def where(error: BaseException) -> str:
    """The kind of an error and the place it was raised, without its text."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + place


class Lines(logging.Formatter):
    """One JSON object a line. `muted` hides the texts of foreign lines."""

    def __init__(self) -> None:
        super().__init__()
        self.muted = False

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
        }
        if record.name == _LOGGER.name:
            line |= {"event": record.msg, **getattr(record, "fields", {})}
        else:
            line |= {"event": "library", "logger": record.name, "place": f"{record.module}:{record.lineno}"}
            if not self.muted:
                line["text"] = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = where(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


_LINES = Lines()


def set_up() -> None:
    """Take over all logging of the process; before Rasa is imported."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_LINES)
    root = logging.getLogger()
    root.handlers, root.level = [handler], logging.WARNING
    _LOGGER.setLevel(logging.INFO)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    _silence_structlog()


def _silence_structlog() -> None:
    """Rasa sends slots and messages to structlog, whose default is to print them; nothing goes there at all."""
    import structlog

    # Any: structlog's own signature of a processor.
    def drop(logger: Any, method: str, fields: Any) -> Any:
        raise structlog.DropEvent

    structlog.configure(processors=[drop], wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def mute() -> None:
    """From now on people are answered: foreign texts are hidden."""
    _LINES.muted = True


# Any: values that JSON can hold; an error is told by kind and place.
def event(name: str, error: BaseException | None = None, **fields: Any) -> None:
    """Log an event of ours. Fields must never hold words of a person, nor a conversation's key."""
    if error is not None:
        fields["error"] = where(error)
    _LOGGER.log(logging.ERROR if error is not None else logging.INFO, name, extra={"fields": fields})
