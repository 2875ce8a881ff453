"""What stands between the open network and the web chat: headers, origin, size, pace, cookies."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "font-src 'self'; media-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}

# Set by the page itself on a quick exit, so that the exit holds although the server was out of reach.
LEFT = "left"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class SafeHeaders:
    """Puts HEADERS on every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with headers."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def is_own_page(request: Request) -> bool:
    """Whether our own page sent this; a browser says so by Sec-Fetch-Site, an older one by Origin."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(request.headers.get("origin", ""))
    return bool(origin.netloc) and origin.netloc == request.headers.get("host")


async def read_body(request: Request, limit: int) -> bytes | None:
    """The body; None once it is larger than `limit`, whatever its length header says."""
    chunks, size = [], 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                return None
            chunks.append(chunk)
    except ClientDisconnect:
        return b""
    return b"".join(chunks)


@dataclass(frozen=True)
class Cookie:
    """The cookie by which a conversation resumes; it dies with the browser."""

    secure: bool

    @property
    def name(self) -> str:
        """``__Host-`` forbids other hosts and paths to set it, where the browser can check that."""
        return "__Host-chat" if self.secure else "chat"

    def read(self, request: Request) -> str | None:
        """The token, if it is one of ours by its form."""
        token = request.cookies.get(self.name, "")
        return token if _TOKEN.fullmatch(token) else None

    def set(self, response: Response, token: str) -> None:
        """Without Max-Age and Expires it is gone when the browser closes."""
        response.set_cookie(self.name, token, path="/", secure=self.secure, httponly=True, samesite="strict")

    def expire(self, response: Response) -> None:
        """Leave nothing behind."""
        for name, hidden in ((self.name, True), (LEFT, False)):
            response.delete_cookie(name, path="/", secure=self.secure, httponly=hidden, samesite="strict")
        response.headers["clear-site-data"] = '"cache", "cookies", "storage"'


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def address_of(token: str) -> str:
    """The channel's address: a hash, so that what is stored opens no conversation."""
    return hashlib.sha256(token.encode()).hexdigest()


def neighbourhood(request: Request) -> str:
    """Who is counted as one sender: an IPv4 address, or the /64 that one IPv6 household owns."""
    host = request.client.host if request.client else ""
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    return str(found) if found.version == 4 else str(ipaddress.ip_network(f"{found}/64", strict=False))


@dataclass
class Pace:
    """A bucket of `size` messages for each key, refilled by `rate` a second; in memory, never logged."""

    size: float
    rate: float
    now: Callable[[], float] = time.monotonic
    keys: int = 20_000
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def wait(self, key: str) -> int:
        """Take one; 0 if there was one, else the whole seconds until there is."""
        now = self.now()
        left, since = self._left.pop(key, (self.size, now))
        left = min(self.size, left + (now - since) * self.rate)
        taken = left >= 1
        self._left[key] = (left - 1 if taken else left, now)
        if len(self._left) > self.keys:
            self._left.pop(next(iter(self._left)))  # the one unheard of longest
        return 0 if taken else int((1 - left) / self.rate) + 1
