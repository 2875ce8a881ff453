"""Logs are events with bound context, as JSON lines; a person's words are never among them.

The clients' own loggers are set to warnings: httpx would print the Telegram token with every call.
"""

from __future__ import annotations

import json
import logging
import sys

import structlog

_LOUD = ("httpx", "httpcore", "telegram", "uvicorn.access", "uvicorn.error", "asyncio", "sse_starlette")


def set_up(process: str, level: str) -> None:
    """Send structlog and the standard library's logs to stderr as JSON lines."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _names(process),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Quiet())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)


class _Quiet(logging.Formatter):
    """A library's record without its message, which could hold a URL with a token or a person's words."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON line: who complains, how loud, where, and the kind of error."""
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        fields = {"library": record.name, "level": record.levelname.lower(), "line": record.lineno, "error": error}
        return json.dumps(fields)


def _names(process: str) -> structlog.typing.Processor:
    def add(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event["process"] = process
        return event

    return add
