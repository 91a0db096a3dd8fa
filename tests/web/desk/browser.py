"""A desk and a browser to look at it with: only the desk is asked, and nothing goes wrong."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--force-color-profile=srgb", "--font-render-hinting=none",
]  # fmt: skip
SLOW = 60_000
"""Milliseconds that a busy machine of two cores may take for one answer."""


def missing() -> str:
    """Why no browser can be had, or nothing."""
    try:
        import playwright  # noqa: F401
    except ModuleNotFoundError:
        return "playwright is not installed: NO PAGE OF THE DESK WAS TRIED IN A BROWSER"
    return "" if CHROMIUM else "no chromium on the path: NO PAGE OF THE DESK WAS TRIED IN A BROWSER"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a desk in a process of its own, with that work folder."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = "from surtax.cli import main; main()"
    options = ["serve", "--no-open", "--port", str(port), "--folder", str(folder)]
    desk = subprocess.Popen(
        [sys.executable, "-c", command, *options],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}/api/about", desk)
        yield address
    finally:
        desk.terminate()
        try:
            desk.wait(20)
        except subprocess.TimeoutExpired:
            desk.kill()
            desk.wait()


def _wait(address: str, desk: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + SLOW / 1000
    while True:
        try:
            with urllib.request.urlopen(address, timeout=SLOW / 1000):
                return
        except OSError:
            if desk.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.1)


@contextmanager
def launched() -> Iterator[Any]:
    """Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """A page of the desk in a browser, and what went wrong on it.

    Attributes:
        page: of playwright. wrong: errors on the console and requests beyond the desk.
        refusals: whether the server may refuse a question, of which browsers tell the console.
    """

    def __init__(self, browser: Any, address: str, **context: Any) -> None:
        self.address = address
        self.context = browser.new_context(
            **{"locale": "en-CA", "reduced_motion": "reduce", "service_workers": "block", **context}
        )
        self.context.set_default_timeout(SLOW)
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.refusals = False
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("request", self._request)

    def _console(self, message: Any) -> None:
        if self.refusals and "status of 422" in message.text:
            return
        if message.type in ("error", "warning"):
            self.wrong.append(f"{message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.wrong.append(f"request beyond the desk: {request.url}")

    def go(self, path: str) -> Any:
        """Open a page and wait until it has settled."""
        self.page.goto(self.address + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the room is mounted and nothing is under way."""
        self.page.wait_for_selector("main h1, main .notice, main [role=alert], main figure")
        self.page.wait_for_load_state("networkidle")

    def close(self) -> None:
        """Leave."""
        self.context.close()
