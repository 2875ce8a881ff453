"""Where a request comes from, as far as the console needs to know."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request


@dataclass(frozen=True)
class Caller:
    """Where a request comes from: the address, and the browser in a word or two."""

    address: str
    browser: str


def caller(request: Request) -> Caller:
    """Where a request comes from."""
    return Caller(request.client.host if request.client else "", browser_of(request.headers.get("user-agent", "")))


def browser_of(agent: str) -> str:
    """A browser in a word or two, enough to tell one's own sessions apart; "" for one unknown."""
    kinds = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
    systems = {
        "Android": "Android",
        "iPhone": "iPhone",
        "iPad": "iPad",
        "Windows": "Windows",
        "Mac OS": "macOS",
        "Linux": "Linux",
    }
    found = [next((name for mark, name in known.items() if mark in agent), "") for known in (kinds, systems)]
    return ", ".join(filter(None, found))
