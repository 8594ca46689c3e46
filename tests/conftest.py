"""What all tests share: hypothesis' settings, a real browser, a loud word where one is missing."""

import os
from collections.abc import Callable, Iterator
from typing import NoReturn, TypeAlias

import hypothesis
import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.tools.install import installed_chromium

NewContext: TypeAlias = Callable[..., BrowserContext]

IN_CI = bool(os.environ.get("CI"))
MISSING = "MISSING TOOL: "

# A slow machine is no bug, so no example has a deadline.
# "ci" is hypothesis' own and says so too; it tries the same examples each time.
hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.load_profile("ci" if IN_CI else "local")

# Nothing that a test opens may look for updates, sign in or speak to another host.
QUIET_BROWSER = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def missing(tool: str, why: str) -> NoReturn:
    """End a test that has no tool: a failure in CI, elsewhere a skip that the summary shouts."""
    reason = f"{MISSING}{tool}: {why}"
    if IN_CI:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The installed Chromium or Chrome, else the one that Playwright has downloaded."""
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=installed_chromium(), args=QUIET_BROWSER
            )
        except PlaywrightError as error:
            missing("Chromium", error.message.splitlines()[0])
        yield browser
        browser.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[NewContext]:
    """A function that opens a fresh context, with Playwright's own options (viewport=…, …)."""
    contexts: list[BrowserContext] = []

    def open_context(**options: object) -> BrowserContext:
        contexts.append(browser.new_context(**options))  # type: ignore[arg-type]  # its own names
        return contexts[-1]

    yield open_context
    for context in contexts:
        context.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for the browser, so that nobody has to remember to."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in red which tests did not run for want of a tool."""
    skipped = terminalreporter.getreports("skipped")
    silent = [report.nodeid for report in skipped if MISSING in str(report.longrepr)]
    if silent:
        terminalreporter.section("TESTS THAT DID NOT RUN", red=True, bold=True)
        terminalreporter.line(f"{len(silent)} found no tool to run with; `make test` installs it:")
        for nodeid in silent:
            terminalreporter.line(f"  {nodeid}", red=True)
