"""Feeds, each as RSS 2.0, as Atom (RFC 4287) and as JSON Feed 1.1."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from statusgen import __version__
from statusgen.artifact import Artifact
from statusgen.signs import without_controls
from statusgen.theme.words import (
    HISTORY_OF,
    MAINTENANCE_OF,
    UPDATES_OF,
    iso,
)
from statusgen.views.feed import ENDINGS, FeedEntryView, FeedView, HistoryFeed, StoryView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from feedgen.feed import FeedGenerator

    from statusgen.theme import Theme
    from statusgen.views import TreeView

AnyFeedView = FeedView | HistoryFeed
EntryView = FeedEntryView | StoryView

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The date of a feed in which nothing was ever said."""

ATOM = "http://www.w3.org/2005/Atom"
TEMPLATES: dict[type[EntryView], str] = {
    FeedEntryView: "feed-entry.html",
    StoryView: "feed-story.html",
}
"""The template of each kind of entry."""


def artifacts(view: TreeView, _theme: Theme) -> Iterator[Artifact]:
    """Tell the feeds, three files of each."""
    for each, name in ((view.feed, view.feed.name), *((one, one.path) for one in view.feeds)):
        for ending, render in FORMATS.items():
            yield Artifact(path=f"{name}{ending}", view=each, render=render)


def rss(view: AnyFeedView, theme: Theme) -> bytes:
    """Write a feed as RSS 2.0, with the channel's own address as `atom:link`."""
    return bytes(_generated(view, theme, ".rss", "application/rss+xml").rss_str(pretty=True))


def atom(view: AnyFeedView, theme: Theme) -> bytes:
    """Write a feed as Atom."""
    return bytes(_generated(view, theme, ".atom", "application/atom+xml").atom_str(pretty=True))


def jsonfeed(view: AnyFeedView, theme: Theme) -> bytes:
    """Write a feed as JSON Feed 1.1 (jsonfeed.org)."""
    title, description = _titles(view, theme)
    told: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": view.page_url,
        "feed_url": f"{view.url}.json",
        "description": description,
        "language": view.language,
        "authors": [{"name": _clean(view.title), "url": view.site_url}],
    }
    if view.hub:
        told["hubs"] = [{"type": "WebSub", "url": view.hub}]
    told["items"] = [
        {
            "id": each.id,
            "url": each.url,
            "title": title,
            "content_html": content,
            "date_published": iso(each.at),
            "date_modified": iso(each.changed),
        }
        for each, title, content in _said(view, theme, _zone(view))
    ]
    return msgspec.json.encode(told)


FORMATS: dict[str, Callable[[Any, Theme], bytes]] = dict(
    zip(ENDINGS, (rss, atom, jsonfeed), strict=True)
)
"""The endings of the files, and what writes each."""


def _generated(view: AnyFeedView, theme: Theme, ending: str, kind: str) -> FeedGenerator:
    """Fill a feed, whose own address is that of one of its formats."""
    feed = _filled(view, theme, _zone(view))
    own, page = {"href": f"{view.url}{ending}", "rel": "self", "type": kind}, view.page_url
    hub = {"href": view.hub, "rel": "hub"}
    # feedgen takes the last link for the channel's own.
    feed.link([*([hub] if view.hub else []), own, {"href": page, "rel": "alternate"}], replace=True)
    return feed


def _zone(view: AnyFeedView) -> tzinfo | None:
    """Tell the zone of a feed's times: they are equal in any other, but are not told the same."""
    return view.entries[0].at.tzinfo if view.entries else None


@lru_cache(maxsize=1)
def _filled(view: AnyFeedView, theme: Theme, zone: tzinfo | None) -> FeedGenerator:
    """Fill a feed once for both formats that feedgen writes, which come one after another."""
    from feedgen.feed import FeedGenerator  # noqa: PLC0415 - 50 ms that only a changed feed pays

    title, description = _titles(view, theme)
    feed = FeedGenerator()
    if view.hub or view.marks_ends:  # each entry has to be told of it
        feed.register_extension("own", _feed_extension(view.hub), _end_extension(), atom=False)
    feed.id(f"tag:{view.host},2026:{view.language}:{view.name}")
    feed.title(title)
    feed.description(description)
    feed.language(view.language)
    feed.author(name=_clean(view.title), uri=view.site_url)
    feed.generator("statusgen", version=__version__)
    feed.lastBuildDate(view.updated or EPOCH)
    feed.updated(view.updated or EPOCH)
    for each, title, content in _said(view, theme, zone):
        entry = feed.add_entry(order="append")
        entry.guid(each.id, permalink=False)
        entry.title(title)
        entry.link(href=each.url)
        entry.published(each.at)
        entry.updated(each.changed)
        entry.content(content, type="html")  # RSS has it as its description
        if view.marks_ends and isinstance(each, StoryView) and each.plan:
            entry.own.ends(each.plan.ends)
            if each.is_ahead:
                entry.published(each.plan.starts)
    return feed


def _titles(view: AnyFeedView, theme: Theme) -> tuple[str, str]:
    """Tell what a feed is called, and what it says of itself."""
    say = theme.words.say
    site = {"site": view.title}
    updates = say(UPDATES_OF) % {"site": view.subject or view.title}
    if view.subject:
        return _clean(f"{view.title}: {view.subject}"), _clean(updates)
    if view.is_work:
        told = say(MAINTENANCE_OF) % site
        return _clean(told), _clean(told)
    if isinstance(view, HistoryFeed):
        told = say(HISTORY_OF) % site
        return _clean(told), _clean(told)
    return _clean(view.title), _clean(view.description or updates)


@lru_cache(maxsize=2)
def _said(view: AnyFeedView, theme: Theme, zone: tzinfo | None) -> list[tuple[EntryView, str, str]]:
    """Tell title and content of each entry, once for all formats, which come one after another."""
    entries: tuple[EntryView, ...] = view.entries
    return [(each, *_told(each, theme, zone)) for each in entries]


@lru_cache(maxsize=256)
def _told(each: EntryView, theme: Theme, _zone: tzinfo | None) -> tuple[str, str]:
    """Tell title and content of an entry, once for all feeds that it is in."""
    return _title(each, theme), _content(each, theme)


def _title(each: EntryView, theme: Theme) -> str:
    if isinstance(each, StoryView):
        return _clean(each.title)
    return _clean(theme.render("templates/feed-entry.title.txt", each))


def _content(each: EntryView, theme: Theme) -> str:
    return _clean(theme.render(f"templates/{TEMPLATES[type(each)]}", each))


def _clean(text: str) -> str:
    """Leave out what no feed can hold: feedgen refuses it."""
    return without_controls(text)


def _feed_extension(hub: str) -> type:
    """Make the part of an RSS feed that feedgen leaves out: who tells of what is new."""
    from feedgen.ext.base import BaseExtension  # noqa: PLC0415 - as above
    from feedgen.util import xml_elem  # noqa: PLC0415 - as above

    class Extension(BaseExtension):  # type: ignore[misc] # it has no types
        def extend_rss(self, feed: Any) -> Any:  # noqa: ANN401 - as above
            if hub:
                xml_elem(f"{{{ATOM}}}link", feed[0], href=hub, rel="hub")
            return feed

    return Extension


def _end_extension() -> type:
    """Make the element by which readers of Statuspage's feeds know the end of a maintenance."""
    from email.utils import format_datetime  # noqa: PLC0415 - as above

    from feedgen.ext.base import BaseEntryExtension  # noqa: PLC0415 - as above
    from feedgen.util import xml_elem  # noqa: PLC0415 - as above

    class Extension(BaseEntryExtension):  # type: ignore[misc] # as above
        end: datetime | None = None

        def ends(self, end: datetime) -> None:
            self.end = end

        def extend_rss(self, entry: Any) -> Any:  # noqa: ANN401 - as above
            if self.end:
                xml_elem("maintenanceEndDate", entry).text = format_datetime(self.end)
            return entry

    return Extension
