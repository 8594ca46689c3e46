"""The history as it reads without styles and scripts: years, months, and what each month held."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import html5lib

from statusgen.views.history import PAGE
from tests.views import incident, maintenance
from tests.worlds import MINIMAL, Files, publish, write

if TYPE_CHECKING:
    from pathlib import Path
    from xml.etree.ElementTree import Element


def over(day: str) -> str:
    """Write an incident that was over at once."""
    return incident(f"{day} resolved", started=f"{day} UTC")


def read(root: Path, path: str = "history/") -> Element:
    """Read a page."""
    html = (root / "public" / path / "index.html").read_bytes()
    page: Element = html5lib.parse(html, namespaceHTMLElements=False)
    return page


def words(element: Element) -> str:
    """Give an element's text."""
    return " ".join("".join(element.itertext()).split())


def test_year(tmp_path: Path) -> None:
    """A year is a list of its months: with counts and a link, quiet, or blank as none is known."""
    files: Files = {
        "content/incidents/a.md": over("2025-10-05 09:00"),
        "content/incidents/b.md": over("2025-12-05 09:00"),
        "content/incidents/c.md": over("2025-12-06 09:00"),
        "content/maintenance/d.md": maintenance("2025-12-01 09:00 scheduled").replace(
            "2026-01-03", "2025-12-30"
        ),
    }
    publish(write(tmp_path, MINIMAL | files))

    (years,) = read(tmp_path).findall(".//*[@id='years']")

    assert [words(each) for each in years.findall(".//h2")] == ["2026", "2025"]
    assert [words(each) for each in years.findall(".//p")] == [
        "quiet",
        "3 incidents, 1 maintenance",
    ]
    assert [words(each) for each in years.findall(".//li")][12:] == [
        *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
        "October 1 incident",
        "November quiet",
        "December 2 incidents, 1 maintenance",
    ]
    assert [each.get("href") for each in years.findall(".//a")] == [
        "../history/2025-10/",
        "../history/2025-12/",
    ]


def test_ten_years(tmp_path: Path) -> None:
    """Ten years in which something happened every month are a small page."""
    files: Files = {
        f"content/incidents/{year}-{month}.md": over(f"{year}-{month:02}-03 09:00")
        for year in range(2016, 2026)
        for month in range(1, 13)
    }
    publish(write(tmp_path, MINIMAL | files))

    page = (tmp_path / "public/history/index.html").read_bytes()

    assert page.count(b"<li>") >= 120
    assert len(gzip.compress(page, mtime=0)) < 4096


def test_nothing_yet(tmp_path: Path) -> None:
    """Where nothing is known there is nothing to search, and the page says so."""
    files: Files = {"content/site.yml": "title: T\nurl: https://status.example.com/\n"}
    publish(write(tmp_path, MINIMAL | files))

    page = read(tmp_path)

    assert "Nothing has happened yet." in words(page)
    assert page.findall(".//form") == page.findall(".//script") == []


def test_pages_of_a_month(tmp_path: Path) -> None:
    """A page of a month tells which it is, and leads to those beside it and to other months."""
    files: Files = {
        f"content/incidents/{number}.md": over(f"2026-01-02 {number // 60:02}:{number % 60:02}")
        for number in range(2 * PAGE + 1)
    }
    publish(
        write(tmp_path, MINIMAL | files | {"content/incidents/old.md": over("2025-12-05 09:00")})
    )

    page = read(tmp_path, "history/2026-01/2/")

    assert words(page.findall(".//title")[0]) == "January 2026, page 2 · Example"
    assert words(page.findall(".//main/header")[0]) == "January 2026 Page 2 of 3"
    assert {words(link): link.get("href") for link in page.findall(".//main/nav/a")} == {
        "Older in January 2026": "../../../history/2026-01/3/",
        "Newer in January 2026": "../../../history/2026-01/",
        "December 2025": "../../../history/2025-12/",
        "All months": "../../../history/",
    }
