"""A small, strict stand-in for the Telegram Bot API over HTTP.

Why: what a person would lose by a crash, a repeated message or a refused one must be found by a test,
and no published package redelivers updates, breaks connections at an exact point and enforces the limits.
"""

from .faults import Hold
from .limits import Limits
from .people import Happened
from .server import Remote, as_process, in_thread
from .standin import Standin
from .world import Call

__all__ = ["Call", "Happened", "Hold", "Limits", "Remote", "Standin", "as_process", "in_thread"]
