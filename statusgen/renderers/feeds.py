"""The RSS feed of updates (RSS 2.0, with the channel's own address as RFC 4287 `atom:link`)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from statusgen import __version__
from statusgen.artifact import Artifact
from statusgen.theme.words import UPDATES_OF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.theme import Theme
    from statusgen.views import TreeView
    from statusgen.views.feed import FeedView

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The date of a feed in which nothing was ever said."""


def artifacts(view: TreeView, _theme: Theme) -> Iterator[Artifact]:
    """Tell the feed."""
    yield Artifact(path="updates.rss", view=view.feed, render=rss)


def rss(view: FeedView, theme: Theme) -> bytes:
    """Write the feed: an entry per update, newest first."""
    from feedgen.feed import FeedGenerator  # noqa: PLC0415 - 50 ms that only a changed feed pays

    feed = FeedGenerator()
    feed.title(view.title)
    named = theme.words.say(UPDATES_OF) % {"site": view.title}
    feed.description(view.description or named)
    feed.language(view.language)
    feed.generator("statusgen", version=__version__)
    # feedgen takes the last link for the channel's own.
    feed.link(href=view.url, rel="self", type="application/rss+xml")
    feed.link(href=view.site_url, rel="alternate")
    feed.lastBuildDate(view.updated or EPOCH)
    for each in view.entries:
        entry = feed.add_entry(order="append")
        entry.guid(each.id, permalink=False)
        entry.title(theme.render("templates/feed-entry.title.txt", each))
        entry.link(href=each.url)
        entry.published(each.at)
        entry.description(theme.render("templates/feed-entry.html", each))
    return bytes(feed.rss_str(pretty=True))
