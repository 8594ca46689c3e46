"""The feed tells the newest updates, as strict readers and the validator's rules want it."""

from __future__ import annotations

import re
from calendar import timegm
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import feedparser
import html5lib
import pytest

from statusgen.views.feed import FEED_ENTRIES
from tests import examples
from tests.worlds import INCIDENT, MINIMAL, Files, publish, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from statusgen.views.feed import FeedEntryView
    from tests.examples import Example

ATOM = "{http://www.w3.org/2005/Atom}"

both = pytest.mark.parametrize("build", [examples.own, examples.hard], ids=["own", "hard"])


@cache
def channel(path: Path) -> ET.Element:
    """Read a feed without mercy and give its channel."""
    root = ET.fromstring(path.read_bytes())  # noqa: S314 - we wrote it
    assert root.tag == "rss"
    assert root.get("version") == "2.0"
    (found,) = root
    assert found.tag == "channel"
    return found


def text(element: ET.Element, name: str) -> str:
    """Give the text of the one child of a name."""
    (child,) = element.findall(name)
    return child.text or ""


def items(build: Callable[[], Example]) -> list[tuple[ET.Element, FeedEntryView]]:
    """Give each entry of the feed beside the view that it tells."""
    site = build()
    found = channel(site.public / "updates.rss").findall("item")
    return list(zip(found, site.view.feed.entries, strict=True))


def feed(root: Path, files: Files) -> ET.Element:
    """Build the minimal site with these files and give its feed's channel."""
    publish(write(root, MINIMAL | files))
    channel.cache_clear()
    return channel(root / "public/updates.rss")


def guids(of: ET.Element) -> list[str]:
    """Give the guid of each entry."""
    return [text(item, "guid") for item in of.findall("item")]


@both
def test_readers(build: Callable[[], Example]) -> None:
    """A reader finds nothing to forgive, and every field as it was meant."""
    site = build()
    read = feedparser.parse((site.public / "updates.rss").read_bytes())
    assert not read.bozo
    assert read.version == "rss20"
    assert read.encoding.lower() == "utf-8"
    assert read.feed.link == site.url
    assert read.feed.language == "en"
    for got, view in zip(read.entries, site.view.feed.entries, strict=True):
        assert got.id == view.id
        assert got.link == view.url
        assert timegm(got.published_parsed) == view.at.timestamp()
        assert not got.guidislink


@both
def test_channel(build: Callable[[], Example]) -> None:
    """The feed says whose it is, where it is, and when something was last said."""
    site = build()
    view, found = site.view.feed, channel(site.public / "updates.rss")
    assert text(found, "title") == view.title == site.view.home.frame.site_title
    assert text(found, "description") == (view.description or f"Updates of {view.title}")
    assert text(found, "link") == site.url
    assert text(found, "language") == "en"
    assert text(found, "generator") == "statusgen"
    assert text(found, "docs") == "http://www.rssboard.org/rss-specification"
    newest = max(each.at for each in view.entries)
    assert parsedate_to_datetime(text(found, "lastBuildDate")) == newest
    (own,) = found.findall(f"{ATOM}link")
    assert dict(own.attrib) == {
        "href": f"{site.url}updates.rss",
        "rel": "self",
        "type": "application/rss+xml",
    }


@both
def test_elements(build: Callable[[], Example]) -> None:
    """The feed holds what RSS 2.0 knows, each once, and the entries at its end."""
    found = channel(build().public / "updates.rss")
    names = [str(each.tag) for each in found]
    heads = {"title", "link", "description", "docs", "generator", "language", "lastBuildDate"}
    assert sorted(names[: len(heads) + 1]) == sorted({*heads, f"{ATOM}link"})
    assert set(names[len(heads) + 1 :]) == {"item"}
    for item, _ in items(build):
        assert sorted(str(each.tag) for each in item) == [
            "description",
            "guid",
            "link",
            "pubDate",
            "title",
        ]


@both
def test_entries(build: Callable[[], Example]) -> None:
    """An entry has the state and the title as text, the update's own time, and its address."""
    for item, view in items(build):
        state = view.label.replace("_", " ").capitalize()
        assert text(item, "title") == f"{state}: {view.title}"
        assert text(item, "link") == view.url
        assert text(item, "guid") == view.id
        assert parsedate_to_datetime(text(item, "pubDate")) == view.at
        (guid,) = item.findall("guid")
        assert guid.get("isPermaLink") == "false"


@both
def test_dates(build: Callable[[], Example]) -> None:
    """Dates are spelt as RFC 822 has them, with four digits for the year."""
    found = channel(build().public / "updates.rss")
    for each in (*found.iter("pubDate"), *found.iter("lastBuildDate")):
        assert re.fullmatch(
            r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}",
            each.text or "",
        )


@both
def test_content(build: Callable[[], Example]) -> None:
    """An entry's content is HTML whose addresses are whole, without scripts or foreign pictures."""
    site = build()
    for item, view in items(build):
        html = html5lib.parseFragment(text(item, "description"), namespaceHTMLElements=False)
        assert isinstance(html, ET.Element)
        for each in html.iter():
            assert each.tag not in {"script", "style", "iframe"}
            for name in ("href", "src"):
                assert re.match(r"[a-z]+:|$", each.get(name, ""))
            assert each.get("src", site.url).startswith(site.url)
        told = "".join(html.itertext())
        for change in view.changes:
            assert f"{change.component.title}: " in told


@both
def test_guids(build: Callable[[], Example]) -> None:
    """No two entries have the same guid."""
    found = guids(channel(build().public / "updates.rss"))
    assert len(set(found)) == len(found)


def test_newest() -> None:
    """The newest 50 updates are told, newest first."""
    site = examples.hard().view
    told = [page.incident for page in site.incidents]
    updates = sorted((update.at for view in told for update in view.updates), reverse=True)
    assert len(updates) > FEED_ENTRIES
    found = [entry.at for _, entry in items(examples.hard)]
    assert len(found) == FEED_ENTRIES == 50
    assert found == sorted(found, reverse=True)
    works = [each.at for page in site.maintenances for each in page.maintenance.updates]
    assert found == sorted([*updates, *works], reverse=True)[:FEED_ENTRIES]


def test_titles_are_text() -> None:
    """A title comes out as it was written, whatever it looks like."""
    titles = {text(item, "title") for item, _ in items(examples.hard)}
    for title in examples.TITLES.values():
        assert f"Scheduled: {title}" in titles


def test_guid_is_for_ever(tmp_path: Path) -> None:
    """A guid stays when a title or a text is corrected, or the site is built again."""
    before = feed(tmp_path, {"content/incidents/api.md": INCIDENT})
    again = feed(tmp_path, {})
    title = feed(
        tmp_path, {"content/incidents/api.md": INCIDENT.replace("is slow", "does not answer")}
    )
    body = feed(
        tmp_path, {"content/incidents/api.md": INCIDENT.replace("looking", "still looking")}
    )
    assert guids(before) == ["tag:status.example.com,2026:incident-api-20260102T1705Z"]
    assert guids(before) == guids(again) == guids(title) == guids(body)
    assert text(title.findall("item")[0], "title") == "Investigating: The API does not answer"


def test_rebuild(tmp_path: Path) -> None:
    """An hour later the feed is the same, byte for byte."""
    root = write(tmp_path, {**MINIMAL, "content/incidents/api.md": INCIDENT})
    publish(root, as_of="2026-01-03 12:00", clean=True)
    before = (root / "public/updates.rss").read_bytes()
    publish(root, as_of="2026-01-03 13:00", clean=True)
    assert (root / "public/updates.rss").read_bytes() == before


def test_nothing_said(tmp_path: Path) -> None:
    """A feed in which nothing was ever said is a feed."""
    found = feed(tmp_path, {})
    assert found.findall("item") == []
    assert text(found, "description") == "Updates of Example"
    assert text(found, "lastBuildDate") == "Thu, 01 Jan 1970 00:00:00 +0000"
    assert not feedparser.parse((tmp_path / "public/updates.rss").read_bytes()).bozo
