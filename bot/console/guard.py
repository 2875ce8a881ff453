"""The console's outermost wall: no foreign page posts here, and no page runs or loads what isn't ours."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), geolocation=(), microphone=(), "
        "publickey-credentials-create=(self), publickey-credentials-get=(self)"
    ),
    "Cache-Control": "no-store",
}
# Fonts hold nothing of anybody, and are large.
FONTS, KEPT = "/fonts/", "private, max-age=604800"
# Two years, as browsers' preload lists ask for; only over TLS.
STRICT = "max-age=63072000"
_HARMLESS = frozenset({"GET", "HEAD"})


class Guard:
    """Refuses what comes from elsewhere and writes the security headers on every response."""

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self._app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                self._dress(headers)
                if scope["path"].startswith(FONTS) and message["status"] == 200:
                    headers["Cache-Control"] = KEPT
            await send(message)

        if scope["method"] not in _HARMLESS and not from_here(Headers(scope=scope)):
            refusal = PlainTextResponse("This request does not come from our own page.", 403)
            await refusal(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)

    def _dress(self, headers: MutableHeaders) -> None:
        headers.update(HEADERS)
        if self._secure:
            headers["Strict-Transport-Security"] = STRICT


def from_here(headers: Headers) -> bool:
    """Whether a browser says that our own page sent this; a browser that says nothing is not believed."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == headers.get("host")
