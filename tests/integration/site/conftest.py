"""The site of the real installation, made once a module, and how its pages are opened."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from orchestration.bi.site import Site, build_site
from tests.browser import DESKTOP, watched_page
from tests.conftest import Installation


@pytest.fixture(scope="module")
def site(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Site:
    return build_site(installation.published, tmp_path_factory.mktemp("pages") / "site")


@contextmanager
def opened(
    browser: Browser, folder: Path, file: str, fragment: str = "", size: dict[str, int] = DESKTOP
) -> Iterator[Page]:
    """A page as it opens from disk; afterwards it must not have complained, nor asked for anything outside."""
    with watched_page(browser, size) as watched:
        address = (folder / file).as_uri() + (f"#{fragment}" if fragment else "")
        watched.page.goto(address)
        yield watched.page
        assert watched.complaints == []
        assert watched.outside == []
