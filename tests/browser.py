"""Debian's Chromium, driven by Playwright: pages as people see them, and what they complain of or ask for elsewhere."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

PHONE = {"width": 375, "height": 812}
DESKTOP = {"width": 1280, "height": 900}
# without these Chromium asks hosts of its own; a name that is not loopback resolves to nothing
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_AT_HOME = ("file", "data", "blob", "about")


@dataclass
class Watched:
    """A page with what it complained of (console errors, exceptions, failed requests) and asked outside for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _AT_HOME and parts.hostname != "127.0.0.1":
            self.outside.append(url)


@contextmanager
def watched_page(browser: Browser, size: dict[str, int], locale: str = "vi-VN") -> Iterator[Watched]:
    """A page in a context of its own, as wide as `size` says; a phone has touch."""
    context = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        has_touch=size is PHONE,
        is_mobile=size is PHONE,
        locale=locale,
        accept_downloads=True,
    )
    watched = Watched(context.new_page())
    page = watched.page
    page.on("console", lambda told: watched.complaints.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    page.on("requestfailed", lambda request: watched.complaints.append(f"{request.failure} {request.url}"))
    page.on("request", lambda request: watched.asked(request.url))
    page.on("websocket", lambda socket: watched.asked(socket.url))
    try:
        yield watched
    finally:
        context.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """One headless Chromium for the tests of a module."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.fail("There is no Chromium to look at pages with. Install it: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()
