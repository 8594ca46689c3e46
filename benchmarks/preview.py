"""How long it takes from a file's save until the page in a browser shows it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.sites import AS_OF

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WARM_UPS = 2
_SHOWS = "word => document.querySelector('main').innerText.includes(word)"


def save_to_browser(site: Path, newest: Path, rounds: int) -> float | None:
    """Tell the seconds, the median of several; None where there is no Chromium to look with."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return None
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only this needs a browser

    text = newest.read_text(encoding="utf-8")
    seconds = []
    with _served(site) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium)
        page = browser.new_context(bypass_csp=True).new_page()  # it is asked by a script of ours
        page.goto(address)
        for number in range(_WARM_UPS + rounds):
            word = f"Round {number}:"
            changed = text.replace("[INVESTIGATING] ", f"[INVESTIGATING] {word} ")
            start = time.perf_counter()
            newest.write_text(changed, encoding="utf-8")
            page.wait_for_function(_SHOWS, arg=word, polling="raf")
            seconds.append(time.perf_counter() - start)
        browser.close()
    newest.write_text(text, encoding="utf-8")
    return median(seconds[_WARM_UPS:])


@contextmanager
def _served(site: Path) -> Iterator[str]:
    """Serve a site, and give its address."""
    moment = f"{AS_OF:%Y-%m-%d %H:%M} UTC"
    command: list[str | Path] = [sys.executable, "-m", "statusgen", "serve", site]
    command += ["--port", "0", "--as-of", moment]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        assert process.stdout  # noqa: S101 - a pipe was asked for
        said = process.stdout.readline()
        found = re.search(r"http://\S+", said)
        assert found, said  # noqa: S101 - it says where it is
        try:
            yield found[0].rstrip(".,")
        finally:
            process.terminate()
