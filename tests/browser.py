"""Finds a Chromium for the tests, and gets one where there is none: the system's, else Debian's, else Playwright's.

Run as ``python tests/browser.py`` it makes sure there is one; ``chromium()`` says where it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-core", "fonts-noto-cjk")
# A sandboxed machine has no place for Chromium's own sandbox, and the tests need no network beyond this machine.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """The path of a Chromium; None lets Playwright use its own. Raises RuntimeError that says what to do."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    if _own().exists():
        return None
    raise RuntimeError("there is no Chromium for the tests; run: make browser")


def _own() -> Path:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def main() -> int:
    """Make sure that there is a browser."""
    try:
        chromium()
        return 0
    except RuntimeError:
        pass
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("installing Chromium and fonts from Debian …", flush=True)
        quiet = {"stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], check=True, **quiet)  # type: ignore[call-overload]
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES],
            check=True,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            **quiet,  # type: ignore[call-overload]
        )
        return 0
    print("installing Playwright's own Chromium …", flush=True)
    return subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"]).returncode


if __name__ == "__main__":
    sys.exit(main())
