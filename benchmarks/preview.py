"""What passes from a save until a browser shows it: a real preview, and a real Chromium."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING

from msgspec import Struct
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

from benchmarks.measure import ENVIRONMENT, PROJECT, Failed
from tests.tools.install import installed_chromium

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

_ALONE = ["--no-first-run", "--disable-background-networking", "--disable-component-update"]
"""A browser that looks for updates meanwhile measures them too."""

_WARM_UP = 2
_ROUNDS = 9
_PATIENCE = 60.0
"""Seconds after which something is wrong."""

_SEEN = """word => new Promise(done => {
  const look = () => document.body?.textContent.includes(word) && done(true);
  const everything = {childList: true, subtree: true, characterData: true};
  new MutationObserver(look).observe(document, everything);
  setTimeout(done, 1000, false);
  look();
})"""


class Saves(Struct, frozen=True, kw_only=True):
    """Seconds from a save until a page shows it."""

    home: float
    incident: float


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """Start a browser for all that is measured; None where there is none."""
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=installed_chromium(), args=_ALONE)
        except PlaywrightError:
            yield None
            return
        yield browser
        browser.close()


def saves(browser: Browser, site: Path, slug: str, save: Callable[[str], None]) -> Saves:
    """Measure how long a save takes to be seen, on the home page and on the incident's own.

    `save` writes the incident's file with a word in it that the page has not shown yet.
    """
    with _preview(site) as url:
        return Saves(
            home=_seen(browser, url, "Home", save),
            incident=_seen(browser, f"{url}incidents/{slug}/", "Page", save),
        )


@contextmanager
def _preview(site: Path) -> Iterator[str]:
    """Run the preview as a process of its own, and give its address."""
    command = (sys.executable, "-m", "statusgen", "serve", site, "--port", "0")
    environment = ENVIRONMENT | {"TMPDIR": str(site.parent), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(  # noqa: S603 - our own program
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout  # noqa: S101 - a pipe was asked for
            found = re.search(r" at (http\S+),", process.stdout.readline())
            if found is None:
                message = "the preview does not tell its address"
                raise Failed(message)
            yield found[1]
        finally:
            process.send_signal(signal.SIGINT)


def _seen(browser: Browser, url: str, word: str, save: Callable[[str], None]) -> float:
    page = browser.new_page()
    with page.expect_request("**/.statusgen/events*"):
        page.goto(url)
    seconds = []
    for number in range(_WARM_UP + _ROUNDS):
        said = f"{word} {number:02}"
        start = time.perf_counter()
        save(said)
        _wait(page, said, start + _PATIENCE)
        seconds.append(time.perf_counter() - start)
    page.close()
    return median(seconds[_WARM_UP:])


def _wait(page: Page, word: str, end: float) -> None:
    """Wait until a page shows a word; it may be loaded anew meanwhile."""
    while time.perf_counter() < end:
        try:
            if page.evaluate(_SEEN, word):
                return
        except PlaywrightError:  # what was asked went with the page, so the next one is asked
            continue
    message = f"{page.url} does not show {word!r}, which was saved"
    raise Failed(message)
