"""What is read off the pages where somebody sets up one-time codes, as a phone's app and a pencil would."""

from __future__ import annotations

import re

import pyotp

STEP = 30  # seconds


def offered(page: str, now: float) -> dict[str, str]:
    """The secret a page offers, sealed as its form carries it, and its code at `now`, seconds since 1970."""
    sealed = re.search(r'name="offer" value="([^"]+)"', page)
    key = re.search(r'<code class="key"[^>]*>([A-Z2-7 ]+)</code>', page)
    assert sealed and key, page
    return {"offer": sealed[1], "code": code_of(key[1], now)}


def code_of(key: str, now: float) -> str:
    """The code of a key as the page shows it."""
    return pyotp.TOTP(key.replace(" ", "")).generate_otp(int(now) // STEP)


def codes_on(page: str) -> list[str]:
    """The recovery codes a page shows."""
    return re.findall(r"<li><code>([a-z0-9-]+)</code></li>", page)
