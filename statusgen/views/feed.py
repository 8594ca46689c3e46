"""What the feed tells: one entry per update."""

from __future__ import annotations

from datetime import datetime
from heapq import nlargest
from operator import attrgetter
from typing import TYPE_CHECKING

from statusgen.model import IncidentStatus, MaintenanceStatus
from statusgen.views.page import View
from statusgen.views.update import ChangeView, PlanView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from statusgen.views.incident import IncidentView
    from statusgen.views.maintenance import MaintenanceView
    from statusgen.views.present import Present
    from statusgen.views.summary import Summary

FEED_ENTRIES = 50
"""How many updates the feed holds."""


class FeedEntryView(View, frozen=True, kw_only=True):
    """An update as an entry of a feed; of what was reported in error, `label` says so."""

    id: str
    title: str
    label: str
    status: IncidentStatus | MaintenanceStatus
    at: datetime
    url: str
    site_url: str
    body: str
    changes: tuple[ChangeView, ...]
    plan: PlanView | None
    said_in: str = ""


class FeedView(View, frozen=True, kw_only=True):
    """The newest updates of the site, newest first; `updated` is the time of the first."""

    title: str
    description: str
    language: str
    site_url: str
    url: str
    updated: datetime | None
    entries: tuple[FeedEntryView, ...]


def in_feed(present: Present) -> list[str]:
    """Tell the incidents of which the feed may hold an update: each has at least one."""
    newest: list[Summary] = []
    for volume in sorted(present.volumes, key=lambda one: one.outline.newest, reverse=True):
        if len(newest) == FEED_ENTRIES and volume.outline.newest < newest[-1].newest:
            break
        newest = nlargest(FEED_ENTRIES, [*newest, *volume.summaries], key=attrgetter("newest"))
    newest.sort(key=attrgetter("started", "slug"), reverse=True)
    return [one.slug for one in newest]


def feed_view(present: Present, told: Iterable[IncidentView | MaintenanceView]) -> FeedView:
    """Tell the newest updates, newest first."""
    config = present.config
    # An entry in another language is another one, for readers of several feeds too.
    mark = f"{config.language}:" if present.tree else ""
    updates = [(update, view) for view in told for update in view.updates]
    # Stable: of two updates of one minute, the one that was said later stays first.
    updates.sort(key=lambda pair: pair[0].at, reverse=True)
    entries = tuple(
        FeedEntryView(
            # A tag URI (RFC 4151): it stays when the site moves to another path of its host.
            id=f"tag:{config.host},2026:{mark}{update.id}",
            title=view.title,
            label="retracted" if view.retracted else update.label,
            status=update.status,
            at=update.at,
            url=f"{config.url}{view.path}#{update.id}",
            site_url=config.url,
            body=update.body,
            changes=update.changes,
            plan=update.plan,
            said_in=update.said_in,
        )
        for update, view in updates[:FEED_ENTRIES]
    )
    return FeedView(
        title=config.title,
        description=config.description,
        language=config.language,
        site_url=config.url,
        url=f"{config.url}updates.rss",
        updated=entries[0].at if entries else None,
        entries=entries,
    )
