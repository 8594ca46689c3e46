"""What calendars tell of maintenance: each is one event for ever, however often it was moved."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from statusgen.model import Maintenance, MaintenanceStatus
from statusgen.views import timeline
from statusgen.views.page import Link, Promise, View, key_of, maintenance_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.views.present import Present

FILE = "maintenance.ics"
"""What each calendar is called, beside the page that it belongs to."""
EVENTS = 100
"""How many events a calendar holds, those with the latest windows."""


class EventView(View, frozen=True, kw_only=True):
    """A maintenance as calendars tell it; `body` is that of its newest update.

    The window is the one that was planned last. `sequence` counts what was said after the
    announcement, `announced` and `changed` are when it was said first and last; times are in UTC.
    """

    uid: str
    title: str
    url: str
    site_url: str
    starts: datetime
    ends: datetime
    announced: datetime
    changed: datetime
    sequence: int
    is_cancelled: bool
    body: str
    retracted: str
    components: tuple[Link, ...]


class AgendaView(View, frozen=True, kw_only=True):
    """A calendar: that of the site, of a component or of one maintenance, the latest window first.

    `name` is that of the component or the maintenance, empty for the site's own; `path` is where
    the calendar lies, `page` is the address of the page beside it.
    """

    site_title: str
    name: str
    description: str
    zone: str
    organizer: str
    path: str
    url: str
    page: str
    events: tuple[EventView, ...]


def agendas(present: Present) -> tuple[Promise[AgendaView], ...]:
    """Promise the calendar of the site, of each component, and of each maintenance."""
    works = present.maintenances()
    events = {one.slug: event_view(present, one) for one in works}
    config = present.config

    @cache
    def digest(slug: str) -> bytes:
        """Digest an event once for all its calendars."""
        return key_of(events[slug])

    def promise(folder: str, name: str, told: list[Maintenance]) -> Promise[AgendaView]:
        newest = told[:EVENTS]

        def make() -> AgendaView:
            return AgendaView(
                site_title=config.title,
                name=name,
                description=config.description,
                zone=config.timezone,
                organizer=f"mailto:{config.support}" if "@" in config.support else config.url,
                path=folder + FILE,
                url=f"{config.url}{folder}{FILE}",
                page=config.url + folder,
                events=tuple(events[one.slug] for one in newest),
            )

        head = (config.title, config.description, config.timezone, config.support, config.url, name)
        return Promise(
            path=folder + FILE,
            make=make,
            made_from=lambda: (head, [digest(one.slug) for one in newest]),
        )

    def parts() -> Iterator[Promise[AgendaView]]:
        yield promise("", "", works)
        for leaf in present.leaves.values():
            touching = [one for one in works if leaf.id in one.components]
            yield promise(present.component_link(leaf.id).path, leaf.name, touching)
        for one in works:
            yield promise(maintenance_path(one.slug), one.title, [one])

    return tuple(parts())


def event_view(present: Present, one: Maintenance) -> EventView:
    """Tell a maintenance as an event; what was announced in error is one that was called off."""
    starts, ends = timeline.window(one)
    newest = one.updates[-1]
    edited = one.edited if one.edited and one.edited.at <= present.as_of else None
    is_cancelled = newest.status == MaintenanceStatus.CANCELLED or bool(one.retracted)
    return EventView(
        uid=f"maintenance-{one.slug}@{present.config.host}",
        title=one.title,
        url=present.config.url + maintenance_path(one.slug),
        site_url=present.config.url,
        starts=starts,
        ends=ends,
        announced=one.updates[0].at,
        changed=max(newest.at, edited.at) if edited else newest.at,
        sequence=len(one.updates) - 1 + bool(one.retracted) + bool(edited),
        is_cancelled=is_cancelled,
        body=newest.body,
        retracted=one.retracted,
        components=tuple(present.component_link(name) for name in one.components),
    )
