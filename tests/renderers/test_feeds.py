"""The feed tells the newest updates, as strict readers and the validator's rules want it."""

from __future__ import annotations

import json
import re
import threading
from calendar import timegm
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs
from xml.etree import ElementTree as ET

import feedparser
import html5lib
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from msgspec.structs import replace

from statusgen.cli import cli
from statusgen.config import ThemeChoice
from statusgen.model import Moment
from statusgen.renderers import feeds
from statusgen.renderers.feeds import EPOCH, atom, jsonfeed, rss
from statusgen.signs import without_controls
from statusgen.theme import Theme
from statusgen.views import derive
from statusgen.views.feed import FEED_ENTRIES
from statusgen.websub import topics
from tests import examples, formats
from tests.strategies import times
from tests.worlds import INCIDENT, MINIMAL, Files, at, parse, publish, write

if TYPE_CHECKING:
    import time
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from statusgen.model import Site
    from statusgen.views.feed import FeedEntryView, FeedView, HistoryFeed, StoryView
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


def stamp(parsed: time.struct_time) -> float:
    """Give the seconds of a time that a reader understood."""
    return timegm(parsed)


def every_feed(site: Example) -> Iterator[tuple[FeedView | HistoryFeed, str]]:
    """Give each feed of a site, with the path of its files but for the ending."""
    yield site.view.feed, "updates"
    for promise in site.view.feeds:
        yield promise.make(), promise.path


def told(view: FeedView | HistoryFeed) -> tuple[FeedEntryView | StoryView, ...]:
    """Give the entries of a feed of either kind."""
    return view.entries


class TestFormats:
    """A feed says the same as RSS, as Atom and as JSON."""

    @both
    def test_atom(self, build: Callable[[], Example]) -> None:
        """Atom has all that RFC 4287 asks for: ids, titles, an author, links, and times."""
        site = build()
        for view, path in every_feed(site):
            read = feedparser.parse((site.public / f"{path}.atom").read_bytes())
            assert not read.bozo, path
            assert read.version == "atom10"
            links = {link.rel: link.href for link in read.feed.links}
            assert links["self"] == f"{site.url}{path}.atom"
            assert links["alternate"] == view.page_url
            assert read.feed.id.startswith("tag:")
            assert read.feed.title
            assert read.feed.author
            newest = max((one.changed for one in view.entries), default=EPOCH)
            assert stamp(read.feed.updated_parsed) == newest.timestamp()
            for got, one in zip(read.entries, told(view), strict=True):
                assert (got.id, got.link) == (one.id, one.url)
                assert stamp(got.published_parsed) == one.at.timestamp()
                assert stamp(got.updated_parsed) == one.changed.timestamp()
                assert got.content[0].type == "text/html"

    @both
    def test_json(self, build: Callable[[], Example]) -> None:
        """JSON Feed has its version, its own address, and the same entries as the others."""
        site = build()
        for view, path in every_feed(site):
            read = json.loads((site.public / f"{path}.json").read_bytes())
            assert read["version"] == "https://jsonfeed.org/version/1.1"
            assert read["feed_url"] == f"{site.url}{path}.json"
            assert read["home_page_url"] == view.page_url
            assert read["language"] == "en"
            atom = feedparser.parse((site.public / f"{path}.atom").read_bytes())
            assert read["title"] == ET.fromstring(  # noqa: S314 - we wrote it
                (site.public / f"{path}.atom").read_bytes()
            ).findtext(f"{ATOM}title")
            assert [(one["id"], one["url"]) for one in read["items"]] == [
                (one.id, one.link) for one in atom.entries
            ]
            for got, one in zip(read["items"], told(view), strict=True):
                assert datetime.fromisoformat(got["date_published"]) == one.at
                assert datetime.fromisoformat(got["date_modified"]) == one.changed
                assert got["content_html"]

    @both
    def test_rss(self, build: Callable[[], Example]) -> None:
        """RSS has the same entries, and the channel's own address."""
        site = build()
        for view, path in every_feed(site):
            found = channel(site.public / f"{path}.rss")
            own = [link.get("href") for link in found.findall(f"{ATOM}link")]
            assert own == [f"{site.url}{path}.rss"]
            assert guids(found) == [one.id for one in view.entries]

    def test_control_characters(self) -> None:
        """What no feed can hold is left out, if it should ever come so far."""
        site = examples.own()
        theme = Theme.load(site.public, ThemeChoice())
        entry = replace(site.view.feed.entries[0], title="a\x00b\ufffe\x1fc", body="d\x08\uffffe")
        view = replace(site.view.feed, title="f\x0bg", description="", entries=(entry,))
        for render in (rss, atom):
            read = feedparser.parse(render(view, theme))
            assert not read.bozo
            assert read.entries[0].title.endswith("abc")
        read = json.loads(jsonfeed(view, theme))
        assert read["items"][0]["title"].endswith("abc")


class TestHistory:
    """The feed of whole incidents, as readers of Statuspage's know it."""

    def test_form(self, tmp_path: Path) -> None:
        """Each update is a paragraph with its time, its word and its text, the newest first."""
        (item,) = history(tmp_path, {"content/incidents/slow.md": INCIDENT + AGAIN}).findall("item")
        assert text(item, "title") == "The API is slow"
        assert text(item, "link") == "https://status.example.com/incidents/slow/"
        assert text(item, "description").split("\n")[:3] == [
            (
                "<p> <small>Jan <var data-var='date'> 3</var>, <var data-var='time'>09:00</var> UTC"
                "</small><br> <strong>Update</strong> - Still &lt;slow&gt;.<br />"
            ),
            "<br />",
            "All of it. </p>",
        ]
        assert "<strong>Investigating</strong> - We are looking into it. </p>" in text(
            item, "description"
        )
        assert text(item, "pubDate") == "Sat, 03 Jan 2026 09:00:00 +0000"

    def test_limit(self, tmp_path: Path) -> None:
        """It holds the 25 of which something was said last, whenever they began."""
        files: Files = {}
        for day in range(2, 31):
            began = INCIDENT.replace("2026-01-02", f"2025-10-{day:02}")
            files[f"content/incidents/day-{day:02}.md"] = began
        first = INCIDENT.replace("2026-01-02", "2025-10-01")
        files["content/incidents/day-01.md"] = first + AGAIN
        found = [text(item, "link")[-7:-1] for item in history(tmp_path, files).findall("item")]
        assert found == ["day-01", *(f"day-{day:02}" for day in range(30, 6, -1))]

    def test_order(self, tmp_path: Path) -> None:
        """What was said of one of an old month goes before all else, the rest of that does not."""
        dates = {"again": "2025-10-01", "newer": "2025-12-02"}
        dates |= {f"old-{number:02}": f"2025-10-{number:02}" for number in range(2, 28)}
        files: Files = {}
        for slug, day in dates.items():
            began = INCIDENT.replace("2026-01-02", day)
            files[f"content/incidents/{slug}.md"] = began + (AGAIN if slug == "again" else "")
        found = [text(item, "link")[-7:-1] for item in history(tmp_path, files).findall("item")]
        assert [each.strip("/") for each in found[:3]] == ["again", "newer", "old-27"]

    def test_maintenance(self, tmp_path: Path) -> None:
        """A maintenance begins with its window; its end is an element if the site asks for it."""
        plain = history(tmp_path, {"content/maintenance/move.md": MOVE})
        (item,) = plain.findall("item")
        assert text(item, "description").startswith(
            "<p><strong>THIS IS A SCHEDULED EVENT Jan <var data-var='date'>10</var>, "
            "<var data-var='time'>10:00</var> - <var data-var='time'>12:00</var> UTC</strong></p>"
        )
        assert item.find("maintenanceEndDate") is None
        assert text(item, "pubDate") == "Fri, 02 Jan 2026 09:00:00 +0000"
        (item,) = history(
            tmp_path,
            {
                "content/site.yml": f"{BARE}feeds: {{maintenance_end_date: yes}}\n",
                "content/maintenance/move.md": MOVE,
            },
        ).findall("item")
        assert text(item, "maintenanceEndDate") == "Sat, 10 Jan 2026 12:00:00 +0000"
        assert text(item, "pubDate") == "Sat, 10 Jan 2026 10:00:00 +0000"

    def test_stable_ids(self, tmp_path: Path) -> None:
        """Another title, another text and a later build change no id."""
        first = guids(history(tmp_path, {"content/incidents/slow.md": INCIDENT}))
        changed = INCIDENT.replace("The API", "All of it").replace("looking", "still looking")
        assert guids(history(tmp_path, {"content/incidents/slow.md": changed})) == first
        assert first == ["tag:status.example.com,2026:incidents/slow"]

    def test_edited(self, tmp_path: Path) -> None:
        """What was edited changes when that is known, and was published when it was."""
        edited = INCIDENT.replace(
            "severity", "edited: {at: 2026-01-03 08:00 UTC, what: A}\nseverity"
        )
        publish(write(tmp_path, MINIMAL | {"content/incidents/slow.md": edited}))
        for name in ("history", "updates"):
            (entry,) = feedparser.parse((tmp_path / f"public/{name}.atom").read_bytes()).entries
            assert entry.published == "2026-01-02T17:05:00+00:00"
            assert entry.updated == "2026-01-03T08:00:00+00:00"

    def test_edited_later(self, tmp_path: Path) -> None:
        """An edit that is named for later changes the entry once the clock is there."""
        when = "edited: {at: 2026-01-04 08:00 UTC, what: A}"
        edited = INCIDENT.replace("severity", f"{when}\nseverity")
        awaited = edited.replace("Updated", "Next update: 2026-01-09 12:00 UTC\nUpdated")
        write(tmp_path, MINIMAL | {"content/incidents/slow.md": awaited})
        told = []
        for moment in ("2026-01-03 12:00", "2026-01-04 12:00"):
            publish(tmp_path, as_of=moment)
            paths = ("history", "components/api/updates")
            told += [parsed(tmp_path, path).entries[0].updated[:10] for path in paths]
            listed = (tmp_path / "public/api/v2/incidents.json").read_bytes()
            told.append(json.loads(listed)["incidents"][0]["updated_at"][:10])
        assert told == ["2026-01-02"] * 3 + ["2026-01-04"] * 3


class TestParts:
    """Feeds of a part: of a component, and of maintenance."""

    def test_component(self, tmp_path: Path) -> None:
        """A component's feed has what names it, incidents and maintenance, and nothing else."""
        files: Files = {
            "content/incidents/slow.md": INCIDENT,
            "content/maintenance/move.md": MOVE,
        }
        publish(write(tmp_path, MINIMAL | files))
        site = "https://status.example.com"
        for name, link in (
            ("api", f"{site}/incidents/slow/#incident-slow-20260102T1705Z"),
            ("db", f"{site}/maintenance/move/#maintenance-move-20260102T0900Z"),
        ):
            read = parsed(tmp_path, f"components/{name}/updates")
            assert [one.link for one in read.entries] == [link]

    def test_corrected_text(self, tmp_path: Path) -> None:
        """A text that is corrected in an old month is corrected in its component's feed."""
        over = "\n[RESOLVED] Over.\nUpdated: 18:00 UTC\n"
        old = INCIDENT.replace("2026-01-02", "2025-10-02") + over
        write(tmp_path, MINIMAL | {"content/incidents/old.md": old})
        publish(tmp_path)
        publish(tmp_path)
        write(tmp_path, {"content/incidents/old.md": old.replace("Over.", "All over.")})
        publish(tmp_path)
        entries = parsed(tmp_path, "components/api/updates").entries
        assert "All over." in entries[0].content[0].value

    def test_maintenance(self, tmp_path: Path) -> None:
        """The feed of maintenance has no incident."""
        files: Files = {"content/incidents/slow.md": INCIDENT, "content/maintenance/move.md": MOVE}
        publish(write(tmp_path, MINIMAL | files))
        read = parsed(tmp_path, "maintenance/updates")
        assert [one.title for one in read.entries] == ["Scheduled: Move"]
        assert read.feed.title == "Example: maintenance"


def test_zone_that_changes(tmp_path: Path) -> None:
    """Feeds tell the times of their own zone, also where the same was just told in another."""
    moment = Moment(as_of=at("2026-01-03 12:00"))
    theme = Theme.load(tmp_path, ThemeChoice())

    def told(zone: str) -> list[str]:
        files: Files = {
            "content/site.yml": f"{BARE}timezone: {zone}\n",
            "content/incidents/slow.md": INCIDENT,
            "content/maintenance/move.md": MOVE,
        }
        config, site = parse(files)
        view = derive(site, config, moment).trees[0]
        made = [each.data(theme).decode() for each in feeds.artifacts(view, theme)]
        return [each for each in made if "17:05" in each or "02:05" in each]

    first, second = told("UTC"), told("Asia/Tokyo")
    assert len(first) == len(second) > 3
    assert not any("UTC" in each for each in second)


class TestHub:
    """Whoever follows a feed by a hub hears of what is new at once (WebSub)."""

    def test_links(self, tmp_path: Path) -> None:
        """Each format names the hub that the site names."""
        site = f"{BARE}feeds: {{hub: 'https://hub.example.com/'}}\n"
        publish(write(tmp_path, MINIMAL | {"content/site.yml": site}))
        for ending in (".rss", ".atom"):
            read = feedparser.parse((tmp_path / f"public/updates{ending}").read_bytes())
            hubs = [link.href for link in read.feed.links if link.rel == "hub"]
            assert hubs == ["https://hub.example.com/"]
        read = json.loads((tmp_path / "public/updates.json").read_bytes())
        assert read["hubs"] == [{"type": "WebSub", "url": "https://hub.example.com/"}]

    @pytest.mark.parametrize(("status", "code"), [(204, 0), (500, 1)])
    def test_ping(self, tmp_path: Path, status: int, code: int) -> None:
        """The hub is told every feed; one that does not take it is told, with status 1."""
        told: list[dict[str, list[str]]] = []

        class Hub(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                told.append(parse_qs(self.rfile.read(length).decode()))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        with HTTPServer(("127.0.0.1", 0), Hub) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.05,))
            thread.start()
            hub = f"http://127.0.0.1:{server.server_port}/"
            write(tmp_path, MINIMAL | {"content/site.yml": f"{BARE}feeds: {{hub: '{hub}'}}\n"})
            result = CliRunner().invoke(cli, ["ping", str(tmp_path)])
            server.shutdown()
            thread.join()
        assert result.exit_code == code
        assert told[0]["hub.mode"] == ["publish"]
        assert len(told[0]["hub.url"]) == 15
        assert "https://status.example.com/components/db/updates.json" in told[0]["hub.url"]
        said = f"Told {hub} of 15 feeds.\n"
        wrong = f"statusgen: {hub}: was not told: HTTP Error 500: Internal Server Error\n"
        assert result.output == (wrong if code else said)

    def test_languages(self) -> None:
        """A hub is told the feeds of each language."""
        spoken = f"{BARE}languages: [en, tr]\nfeeds: {{hub: 'https://hub.example.com/'}}\n"
        config, site = parse({"content/site.yml": spoken})
        told = topics(config, derive(site, config, Moment(as_of=at("2026-01-03 12:00"))))
        assert len(told) == 30
        assert "https://status.example.com/tr/updates.atom" in told

    def test_no_hub(self, tmp_path: Path) -> None:
        """Without a hub there is nobody to tell."""
        result = CliRunner().invoke(cli, ["ping", str(write(tmp_path, MINIMAL))])
        assert result.exit_code == 1
        assert result.output == (
            "statusgen: content/site.yml names no hub: add feeds: {hub: https://…}\n"
        )


BARE = "title: Example\nurl: https://status.example.com/\nsince: 2026-01-01\n"
AGAIN = "\n[UPDATE] Still <slow>.\n\n**All** of it.\nUpdated: 2026-01-03 09:00 UTC\n"
MOVE = """\
---
title: Move
components: [db]
starts: 2026-01-10 10:00 UTC
ends: 2026-01-10 12:00 UTC
---

[SCHEDULED] We move.
Updated: 2026-01-02 09:00 UTC
"""


def history(root: Path, files: Files) -> ET.Element:
    """Build the minimal site with these files and give the channel of its history."""
    publish(write(root, MINIMAL | files))
    channel.cache_clear()
    return channel(root / "public/history.rss")


def parsed(root: Path, name: str) -> feedparser.FeedParserDict:
    """Read a feed as a reader does."""
    return feedparser.parse((root / f"public/{name}.atom").read_bytes())


@given(formats.hard_sites(), times)
@settings(max_examples=40)
def test_any_site(site: Site, as_of: datetime) -> None:
    """Whatever a site tells, strict parsers read in all formats just the entries of the view."""
    page = formats.view(site, as_of)
    files = formats.made(page, feeds.artifacts)
    for each in (page.feed, *(one.make() for one in page.feeds)):
        path = each.url.removeprefix(page.home.frame.site_url)
        entries = [(one.id, without_controls(one.title)) for one in each.entries]
        found = ET.fromstring(files[f"{path}.rss"]).findall("channel/item")  # noqa: S314 - ours
        assert [text(one, "guid") for one in found] == [name for name, _ in entries]
        atoms = ET.fromstring(files[f"{path}.atom"]).findall(f"{ATOM}entry")  # noqa: S314 - ours
        assert [text(one, f"{ATOM}id") for one in atoms] == [name for name, _ in entries]
        items = json.loads(files[f"{path}.json"])["items"]
        assert [one["id"] for one in items] == [name for name, _ in entries]
        for some in (
            [text(one, "title") for one in found],
            [text(one, f"{ATOM}title") for one in atoms],
            [one["title"] for one in items],
        ):
            for told, (_, title) in zip(some, entries, strict=True):
                assert "".join(title.split()) in "".join(told.split())
        for one in atoms:
            assert text(one, f"{ATOM}content")
        assert not feedparser.parse(files[f"{path}.rss"]).bozo
        assert not feedparser.parse(files[f"{path}.atom"]).bozo
