"""A site does without what it does not want, and its pages link to nothing that is not there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest

from statusgen.config import ALWAYS, FORMATS
from statusgen.renderers import RENDERERS
from tests.worlds import INCIDENT, MINIMAL, Files, publish, tree, write

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://status.example.com/"
SITE = "title: Example\nurl: https://status.example.com/\nsince: 2026-01-01\n"
WORK = """\
---
title: Larger disks
starts: 2026-01-10 22:00 UTC
ends: 2026-01-11 01:00 UTC
components: [db]
---

[SCHEDULED] Soon.
Updated: 2026-01-02 09:00 UTC
"""
FILES: Files = {
    **MINIMAL,
    "content/incidents/api.md": INCIDENT.replace("severity", "aliases: /17/\nseverity"),
    "content/maintenance/disks.md": WORK,
}

GONE = {
    "feeds": r"(.*/)?(updates|history)\.(rss|atom|json)",
    "api": r"api/.*|incidents/[0-9a-z]{12}/index\.html",
    "search": r"search/.*",
    "tables": r"uptime\.csv",
    "calendar": r".*\.ics",
    "badge": r"badge.*",
    "widget": r"widget.*",
    "plain": r"status\.(txt|json)|llms\.txt",
    "redirects": r"_redirects|(17|incidents/[0-9a-z]{12})/index\.html",
    "email": r".*\.eml",
}
"""The files of each format."""


def published(root: Path, theme: str = "default", without: str = "[]") -> dict[str, bytes]:
    """Build the site without some formats, over what stands there."""
    files = FILES | {"content/site.yml": f"{SITE}theme: {theme}\nwithout: {without}\n"}
    publish(write(root, files))
    return tree(root / "public") | tree(root / "outbox")


def test_names() -> None:
    """What can be left out, and what cannot, is just what renders."""
    names = [one.__name__.rpartition(".")[2] for one in RENDERERS]
    assert sorted(names) == sorted([*FORMATS, *ALWAYS])
    assert set(GONE) == set(FORMATS)


@pytest.mark.parametrize("theme", ["default", "terminal"])
@pytest.mark.parametrize("name", FORMATS)
def test_without(tmp_path: Path, name: str, theme: str) -> None:
    """What a site does without is gone, all else is there, and no link leads to it."""
    whole = published(tmp_path, theme)

    rest = published(tmp_path, theme, name)

    gone = {path for path in whole if re.fullmatch(GONE[name], path)}
    assert gone
    assert whole.keys() - rest.keys() == gone
    assert rest.keys() <= whole.keys()
    for path, data in rest.items():
        if path.endswith((".html", ".txt", ".xml")):
            assert broken(path, data.decode(), rest) == [], path


def broken(path: str, text: str, files: dict[str, bytes]) -> list[str]:
    """Tell the links of a file that lead to nothing that is published."""
    found = [
        urljoin(URL + path, link) for link in re.findall(r'(?:href|src)="([^"#?]*)', text) if link
    ]
    found += re.findall(rf"{URL}[\w./-]*", text)
    for indexes in re.findall(r'data-indexes="([^"]*)', text):
        found += [URL + index for index in indexes.split()]
    places = [link.removeprefix(URL) for link in found if link.startswith(URL)]
    return [each for each in places if not {each, f"{each}index.html"} & files.keys()]


def test_everything_but_the_pages(tmp_path: Path) -> None:
    """A site may go without all of it: the pages and what they wear are left."""
    rest = published(tmp_path, without=f"[{', '.join(FORMATS)}]")
    names = {path for path in rest if not path.endswith(".html")}
    assert {path for path in names if not path.startswith("static/")} == {
        "robots.txt",
        "site.webmanifest",
        "sitemap.xml",
    }


def test_back_again(tmp_path: Path) -> None:
    """What is wanted again is there again, as it was."""
    whole = published(tmp_path)
    published(tmp_path, without="[calendar, badge, feeds]")
    assert published(tmp_path) == whole
