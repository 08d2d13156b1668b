"""Servers on a filled and on an empty database, a client, and a browser where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from storage.engine import open_database
from tests.web.site import fill, shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def filled_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that nobody writes into any more."""
    path = tmp_path_factory.mktemp("filled") / "watch.sqlite3"
    fill(path)
    return path


@pytest.fixture(scope="session")
def full(filled_path: Path) -> Iterator[str]:
    """The address of a site with something to show."""
    with shown(filled_path) as address:
        yield address


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site on an empty database."""
    path = tmp_path_factory.mktemp("bare") / "watch.sqlite3"
    open_database(f"sqlite:///{path}").dispose()
    with shown(path) as address:
        yield address


@pytest.fixture(scope="session")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=60, trust_env=False) as client:
        yield client


# The browser ends with its module: while it runs, nothing else in this process can have an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no Chromium here: Debian's package 'chromium' has it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(OPTIONS))
        yield browser
        browser.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A page of a fresh visitor on a wide screen. Errors of scripts and refusals of the CSP fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, timezone_id="America/Lima")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert faults == []
