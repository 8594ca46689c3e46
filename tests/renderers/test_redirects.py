"""Old addresses lead to their pages, with rules and without, below any path."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import html5lib
import pytest

from statusgen.renderers import plan
from statusgen.serve.hosting import answer, read_rules
from statusgen.serve.shelf import Shelf
from statusgen.views.moved import moved_pages, moved_view, old_addresses, place_of
from statusgen.views.present import Present
from statusgen.views.summary import EMPTY
from tests import examples
from tests.formats import theme
from tests.worlds import INCIDENT, MINIMAL, Files, at, parse, problems, publish, tree, view, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.examples import Example

SLOW = "content/incidents/slow.md"
WORK = """\
---
title: Larger disks
starts: 2026-01-10 22:00 UTC
ends: 2026-01-11 01:00 UTC
aliases: /planned/disks.html
---

[SCHEDULED] Soon.
Updated: 2026-01-02 09:00 UTC
"""


def with_aliases(*aliases: str) -> str:
    """Write an incident that has old addresses."""
    return INCIDENT.replace("severity:", f"aliases: [{', '.join(aliases)}]\nseverity:")


def page(path: Path) -> Element:
    """Read a page as browsers do."""
    found = html5lib.parse(path.read_bytes(), namespaceHTMLElements=False)
    assert isinstance(found, Element)
    return found


def present(files: Files | None = None) -> Present:
    """Find the site at its moment."""
    config, site = parse(files or {})
    return Present(site, config, at("2026-01-03 12:00"), EMPTY)


def refresh(read: Element) -> str:
    """Tell where a page leads on to."""
    (found,) = (one for one in read.iter("meta") if one.get("http-equiv") == "refresh")
    return re.sub(r"^0; url=", "", found.get("content", ""))


@pytest.mark.parametrize("base", ["/", "/status/"])
@pytest.mark.parametrize(
    ("alias", "place"),
    [
        ("/issues/17/", "issues/17/index.html"),
        ("/issues/17", "issues/17/index.html"),
        ("/old.html", "old.html"),
        ("/issue.php", "issue.php/index.html"),
        ("/a%20b/%C3%BC/", "a b/ü/index.html"),
        ("/incidents/k3w9x0q2m1z7", "incidents/k3w9x0q2m1z7/index.html"),
    ],
)
def test_page(tmp_path: Path, base: str, alias: str, place: str) -> None:
    """A page at the old address leads on at once, says where to, and is found by no search."""
    site = f"title: Example\nurl: https://example.com{base}\n"
    publish(write(tmp_path, {**MINIMAL, "content/site.yml": site, SLOW: with_aliases(alias)}))
    read = page(tmp_path / "public" / place)
    new = f"https://example.com{base}incidents/slow/"
    old = urljoin(f"https://example.com{base}", place.removesuffix("index.html"))
    assert urljoin(old, refresh(read)) == new
    (link,) = read.iter("a")
    assert urljoin(old, link.get("href", "")) == new
    found = {one.get("rel"): one.get("href") for one in read.iter("link")}
    assert found == {"canonical": new}
    (robots,) = (one for one in read.iter("meta") if one.get("name") == "robots")
    assert robots.get("content") == "noindex"


def test_rules(tmp_path: Path) -> None:
    """Rules answer each old address with the new one for good, as hosts read them."""
    files: Files = {SLOW: with_aliases("/issues/17/"), "content/maintenance/disks.md": WORK}
    publish(write(tmp_path, MINIMAL | files))
    rules = (tmp_path / "public/_redirects").read_text(encoding="utf-8").splitlines()
    assert [line for line in rules if line.startswith(("/issues/", "/planned/"))] == [
        "/issues/17/ /incidents/slow/ 301!",
        "/issues/17/ /incidents/slow/ 301",
        "/planned/disks.html /maintenance/disks/ 301!",
        "/planned/disks.html /maintenance/disks/ 301",
    ]


@pytest.mark.parametrize("base", ["/", "/status/"])
@pytest.mark.parametrize("asked", ["issues/17/", "issues/17"])
def test_host(tmp_path: Path, base: str, asked: str) -> None:
    """A host that reads the rules answers with the page's address, and the preview does as it."""
    site = f"title: Example\nurl: https://example.com{base}\n"
    files: Files = {"content/site.yml": site, SLOW: with_aliases("/issues/17/")}
    shelf = Shelf(plan(view(files), theme()), theme())
    found = answer(shelf, base, read_rules(tmp_path, shelf), f"{base}{asked}")
    assert (found.status, found.headers["location"]) == (301, f"{base}incidents/slow/")


def test_none(tmp_path: Path) -> None:
    """Where there is no old address there is no rule."""
    publish(write(tmp_path, MINIMAL))
    assert not (tmp_path / "public/_redirects").exists()


def test_addresses_of_the_api(tmp_path: Path) -> None:
    """What the API lists is found where Statuspage has it, by its id."""
    publish(write(tmp_path, MINIMAL | {SLOW: INCIDENT, "content/maintenance/disks.md": WORK}))
    listed = json.loads((tmp_path / "public/api/v2/incidents.json").read_bytes())["incidents"]
    works = json.loads((tmp_path / "public/api/v2/scheduled-maintenances.json").read_bytes())
    rules = (tmp_path / "public/_redirects").read_text(encoding="utf-8")
    for one, new in (
        (listed[0], "incidents/slow/"),
        (works["scheduled_maintenances"][0], "maintenance/disks/"),
    ):
        page = (tmp_path / f"public/incidents/{one['id']}/index.html").read_text(encoding="utf-8")
        assert f'href="../../{new}"' in page
        assert f"/incidents/{one['id']}/ /{new} 301" in rules


def test_below_a_file() -> None:
    """Where an old address lies below another that is a file, the file stands."""
    pages = moved_pages(present(), [("a.html", "history/"), ("a.html/b", "uptime/")])
    assert [one.path for one in pages] == ["a.html"]


def test_more_addresses() -> None:
    """The addresses are pairs of paths, so that others can add theirs to those of the content."""
    now = present({SLOW: with_aliases("/17")})
    more = [*old_addresses(now), ("incidents/k3w9x0q2m1z7", "incidents/slow/")]
    pages = moved_pages(now, more)
    assert [(one.path, one.make().to) for one in pages] == [
        ("17/index.html", "../incidents/slow/"),
        ("incidents/k3w9x0q2m1z7/index.html", "../../incidents/slow/"),
    ]
    assert moved_view(now, more).make().rules == (
        ("/17", "/incidents/slow/"),
        ("/incidents/k3w9x0q2m1z7", "/incidents/slow/"),
    )


@pytest.mark.parametrize("build", [examples.own, examples.hard], ids=["own", "hard"])
def test_own_files(build: Callable[[], Example]) -> None:
    """No old address may stand where a file of the site does, whatever format brings it."""
    paths = [path for path in tree(build().public) if "/" not in path and path != "index.html"]
    assert "status.json" in paths
    aliases = with_aliases(*(f"/{path}" for path in paths))
    told = [
        problem for problem in problems({SLOW: aliases}) if "an old address must be free" in problem
    ]
    assert len(told) == len(paths)


def test_one_change(tmp_path: Path) -> None:
    """A word on an incident rewrites neither the pages at its old addresses nor the rules."""
    publish(write(tmp_path, {**MINIMAL, SLOW: with_aliases("/issues/17/")}))
    before = tree(tmp_path / "public")
    more = with_aliases("/issues/17/") + "\n[RESOLVED] Over.\nUpdated: 18:00 UTC\n"
    published, _ = publish(write(tmp_path, {SLOW: more}))
    after = tree(tmp_path / "public")
    assert published.written
    assert after["_redirects"] == before["_redirects"]
    assert after["issues/17/index.html"] == before["issues/17/index.html"]


@pytest.mark.parametrize(
    ("old", "place"), [("a", "a/index.html"), ("a/", "a/index.html"), ("a.htm", "a.htm")]
)
def test_place(old: str, place: str) -> None:
    """An address is answered by the file that a host looks for there."""
    assert place_of(old) == place
