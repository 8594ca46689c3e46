"""On another site, under a strict policy, the widget says what home says, or nothing at all."""

from __future__ import annotations

import gzip
import re
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import html5lib
import pytest
from hypothesis import given, settings

from statusgen.renderers import widget
from tests import examples
from tests.formats import hard_sites, made, view
from tests.strategies import times
from tests.worlds import INCIDENT, MINIMAL, Files, publish, tree, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from playwright.sync_api import Page, Route

    from statusgen.model import Site
    from tests.conftest import NewContext
    from tests.examples import Example

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs/widget.md").read_text(encoding="utf-8")
LINK, FRAME = re.findall(r"^```html\n(.*?)^```", MANUAL, re.DOTALL | re.MULTILINE)
STATUS = "https://status.example.com"
FOREIGN = "https://app.example.org/"
POLICY = (
    f"default-src 'none'; script-src {STATUS}; connect-src {STATUS}; frame-src {STATUS}; "
    f"img-src {STATUS}; require-trusted-types-for 'script'; trusted-types 'none'"
)
WORK = """\
---
title: Larger disks
starts: 2026-01-03 14:00 UTC
ends: 2026-01-03 15:00 UTC
components: [db]
---

[SCHEDULED] Soon.
Updated: 2026-01-02 09:00 UTC
"""


class Foreign:
    """A page of another site that shows the widget; nothing but both sites can be reached."""

    def __init__(self, new_context: NewContext, root: Path, files: Files) -> None:
        publish(write(root, MINIMAL | files))
        self.files = tree(root / "public")
        self.rules = tomllib.loads((ROOT / "netlify.toml").read_text(encoding="utf-8"))["headers"]
        self.body = ""
        self.is_reached = True
        self.said: list[str] = []
        context = new_context()
        context.route("**/*", self.answer)
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def answer(self, route: Route) -> None:
        """Answer for the foreign page, and for the status page with the headers of its host."""
        parts = urlsplit(route.request.url)
        if parts.netloc == "app.example.org":
            headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html"}
            text = f'<!doctype html><html lang="en"><title>App</title><body>{self.body}'
            route.fulfill(body=text if parts.path == "/" else "", headers=headers)
            return
        path = parts.path.lstrip("/")
        data = self.files.get(path, self.files.get(f"{path}index.html"))
        if data is None or not self.is_reached:
            route.abort()
            return
        types = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
        headers = {"Content-Type": types.get(path.rpartition(".")[2], "text/html; charset=utf-8")}
        for rule in self.rules:
            if fnmatchcase(parts.path, rule["for"]):
                headers |= rule["values"]
        route.fulfill(body=data, headers=headers)

    def show(self, body: str) -> None:
        """Open the foreign page with this body, once all has been asked for."""
        self.body = body
        self.page.goto(FOREIGN, wait_until="networkidle")

    def link(self) -> str:
        """Give what the link says."""
        return self.page.inner_text("a").strip()


@pytest.fixture
def foreign(new_context: NewContext, tmp_path: Path) -> Callable[[Files], Foreign]:
    """A function that opens a page of another site, beside a status page of these files."""
    return lambda files: Foreign(new_context, tmp_path, files)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "All Systems Operational"),
        ({"content/incidents/a.md": INCIDENT}, "Minor Service Outage"),
    ],
    ids=["well", "outage"],
)
def test_link(foreign: Callable[[Files], Foreign], files: Files, said: str) -> None:
    """What the manual says to copy says what home says, and no policy is hurt."""
    reader = foreign(files)
    reader.show(LINK)
    assert reader.link() == said
    assert reader.page.locator("a svg[aria-hidden=true]").count() == 1
    assert reader.page.get_attribute("a", "href") == f"{STATUS}/"
    assert reader.said == []


def test_component(foreign: Callable[[Files], Foreign]) -> None:
    """A link may tell of one component; of one that is not there it tells nothing."""
    reader = foreign({"content/incidents/a.md": INCIDENT})
    reader.show(LINK.replace("data-status", 'data-status="api"'))
    assert reader.link() == "Partial outage"
    reader.show(LINK.replace("data-status", 'data-status="db"'))
    assert reader.link() == "Operational"
    reader.show(LINK.replace("data-status", 'data-status="gone"'))
    assert reader.link() == "Status"
    assert reader.said == []


def test_quiet(foreign: Callable[[Files], Foreign]) -> None:
    """A quiet link is there only while something is wrong."""
    reader = foreign({})
    reader.show(LINK.replace("data-status", "data-status data-quiet"))
    assert not reader.page.is_visible("a")
    reader = foreign({"content/incidents/a.md": INCIDENT})
    reader.show(LINK.replace("data-status", "data-status data-quiet"))
    assert reader.page.is_visible("a")
    assert reader.link() == "Minor Service Outage"


def test_out_of_reach(foreign: Callable[[Files], Foreign]) -> None:
    """Once nobody knows how the service does, the link reads as it was written, even if quiet."""
    reader = foreign({})
    reader.page.clock.install(time=1_767_441_600_000)
    reader.show(LINK.replace("data-status", "data-status data-quiet"))
    assert not reader.page.is_visible("a")
    reader.is_reached = False
    reader.page.clock.run_for(61_000)
    reader.page.wait_for_selector("a:visible")
    assert reader.link() == "Status"


def test_turns(foreign: Callable[[Files], Foreign]) -> None:
    """Maintenance begins and ends by the clock, without a build."""
    reader = foreign({"content/maintenance/disks.md": WORK})
    for hour, said in (
        ("13:59", "All Systems Operational"),
        ("14:00", "Service Under Maintenance"),
        ("15:00", "All Systems Operational"),
    ):
        reader.page.clock.set_fixed_time(f"2026-01-03T{hour}:00Z")
        reader.show(LINK)
        assert reader.link() == said


@pytest.mark.parametrize("page", ["widget/", ""], ids=["widget", "home"])
def test_frame(foreign: Callable[[Files], Foreign], page: str) -> None:
    """The frame that the manual says to copy shows the state; no other page may be framed."""
    reader = foreign({"content/incidents/a.md": INCIDENT})
    reader.show(FRAME.replace("widget/", page).replace(' loading="lazy"', ""))
    frame = reader.page.frames[1]
    if page:
        assert frame.inner_text(".state") == "Minor Service Outage"
        assert frame.evaluate("document.documentElement.scrollHeight <= innerHeight")
        assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert frame.get_attribute("a", "target") == "_blank"
        assert reader.said == []
    else:
        assert frame.url != f"{STATUS}/"
        assert any("X-Frame-Options" in text for text in reader.said)


@settings(max_examples=30)
@given(hard_sites(), times)
def test_page(site: Site, as_of: datetime) -> None:
    """The page for frames says home's own sentence, and what the clock will make of it."""
    page = view(site, as_of)
    found = made(page, widget.artifacts)["widget/index.html"]
    read = html5lib.HTMLParser(namespaceHTMLElements=False).parse(found)
    state = read.find(".//span[@class='state " + page.home.overall.indicator + "']")
    assert state is not None
    assert "".join(state.itertext()) == page.home.overall.description
    turns = [each.get("data-at") for each in read.iter("template")]
    assert len(turns) == len(page.home.turns)


def test_weight() -> None:
    """The script is less than 2 KB as hosts send it."""
    site = examples.own()
    assert len(gzip.compress((site.public / "widget.js").read_bytes())) < 2000


@pytest.mark.parametrize(
    "build",
    [examples.own, examples.hard, examples.terminal, examples.hard_terminal],
    ids=["own", "hard", "terminal", "hard terminal"],
)
def test_themes(new_context: NewContext, build: Callable[[], Example]) -> None:
    """In every theme the frame's page holds its words at any width."""
    site = build()
    files = {site.url + path: data for path, data in tree(site.public).items()}

    def answer(route: Route) -> None:
        url = route.request.url
        data = files.get(url, files.get(f"{url}index.html"))
        kind = "text/css" if url.endswith(".css") else "text/html"
        route.fulfill(body=data or b"", content_type=kind)

    context = new_context(java_script_enabled=False)
    context.route("**/*", answer)
    page = context.new_page()
    for width in (420, 220):
        page.set_viewport_size({"width": width, "height": 300})
        page.goto(f"{site.url}widget/")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
