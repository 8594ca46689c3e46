"""What a reader's phone fetches for a page: its HTML and all that it asks for, compressed.

`python -m benchmarks.weight SITE…` builds each site and prints the bytes of its home page; where
Lighthouse is installed, also what that says of home, an incident and the history.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections import defaultdict
from datetime import UTC, datetime
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import click
from rich.console import Console
from rich.table import Table

from benchmarks.measure import PROJECT
from statusgen.build import Order, build
from statusgen.model import Moment
from statusgen.output import Output
from tests.tools.install import installed_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
KINDS = {".html": "HTML", ".css": "CSS", ".js": "JavaScript", ".svg": "icon", ".png": "picture"}
LIGHTHOUSE = shutil.which("lighthouse")
_ICON = "icon"


class _Fetched(HTMLParser):
    """Gathers what a browser fetches for a page before anybody touches it."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        relation = given.get("rel", "").split()
        if tag == "link" and {"stylesheet", _ICON} & set(relation):
            self.addresses.append(given["href"])
        elif tag in ("script", "img", "source") and "src" in given:
            self.addresses.append(given["src"])


def weight(public: Path, page: str = "index.html") -> dict[str, int]:
    """Tell the bytes of a page and of what it fetches, each compressed with gzip, by their kind."""
    parser = _Fetched()
    parser.feed((public / page).read_text(encoding="utf-8"))
    found: dict[str, int] = defaultdict(int)
    for address in (page, *dict.fromkeys(parser.addresses)):
        path = page if address == page else urlsplit(urljoin(f"/{page}", address)).path
        file = public / path.removeprefix("/")
        found[KINDS[file.suffix]] += len(gzip.compress(file.read_bytes(), mtime=0))
    return dict(found)


@click.command()
@click.argument("sites", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d %H:%M"]), required=True)
def main(sites: tuple[Path, ...], as_of: datetime) -> None:
    """Print what the pages of sites weigh; of the project's own example unless others are named."""
    console = Console(width=100)
    table = Table(title="Home, bytes compressed with gzip")
    for name in ("site", *dict.fromkeys(KINDS.values()), "all"):
        table.add_column(name, justify="left" if name == "site" else "right")
    scores = Table(title="Lighthouse on a phone")
    for name in ("page", *CATEGORIES, "first paint, s"):
        scores.add_column(name, justify="left" if name == "page" else "right")
    for site in sites or (PROJECT,):
        with tempfile.TemporaryDirectory() as folder:
            output = Output(public=Path(folder) / "public", outbox=Path(folder) / "outbox")
            build(site, output, Order(Moment(as_of=as_of.replace(tzinfo=UTC))))
            found = weight(output.public)
            kinds = [f"{found.get(kind, 0):,}" for kind in dict.fromkeys(KINDS.values())]
            table.add_row(site.name, *kinds, f"{sum(found.values()):,}")
            if LIGHTHOUSE:
                for row in _judged(output.public):
                    scores.add_row(*row)
    console.print(table)
    if scores.row_count:
        console.print(scores)
    else:
        console.print("Lighthouse is not installed, so that it was not asked.")


def _judged(public: Path) -> Iterator[tuple[str, ...]]:
    """Let Lighthouse judge home, the newest incident and the history, over HTTP."""
    incidents = sorted(place.name for place in (public / "incidents").iterdir())
    handler = partial(_Host, directory=str(public))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for page in ("", f"incidents/{incidents[-1]}/", "history/"):
            url = f"http://127.0.0.1:{server.server_port}/{page}"
            report = _lighthouse(url)
            paint = report["audits"]["first-contentful-paint"]["numericValue"] / 1000
            points = (round(report["categories"][each]["score"] * 100) for each in CATEGORIES)
            yield (page or "home", *map(str, points), f"{paint:.2f}")
        server.shutdown()


def _lighthouse(url: str) -> dict[str, dict[str, dict[str, float]]]:
    """Ask Lighthouse, as on a phone with slow 4G."""
    command = (
        LIGHTHOUSE or "",
        url,
        "--quiet",
        "--no-enable-error-reporting",
        "--output=json",
        f"--only-categories={','.join(CATEGORIES)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
    )
    environment = os.environ | {"CHROME_PATH": installed_chromium() or ""}
    done = subprocess.run(  # noqa: S603 - a tool that is asked for its opinion
        command, env=environment, capture_output=True, text=True, check=True
    )
    found: dict[str, dict[str, dict[str, float]]] = json.loads(done.stdout)
    return found


class _Host(SimpleHTTPRequestHandler):
    """Serves files compressed, as hosts do, and says nothing."""

    def do_GET(self) -> None:
        place = Path(self.translate_path(self.path))
        file = place / "index.html" if place.is_dir() else place
        if not file.is_file():
            self.send_error(404)
            return
        data = gzip.compress(file.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    main()
