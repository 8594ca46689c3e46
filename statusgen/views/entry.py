"""An incident or a maintenance as one line of a list."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING

from statusgen.model import Impact, IncidentStatus, Maintenance, MaintenanceStatus
from statusgen.views import timeline
from statusgen.views.page import Link, View
from statusgen.views.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from statusgen.views.maintenance import MaintenanceView
    from statusgen.views.present import Present


class EntryView(View, frozen=True, kw_only=True):
    """An incident or a maintenance, briefly.

    `impact` is None for a maintenance. `ended` is None where it goes on, until nobody knows when;
    `lasted` is how long it went on in all, where it did.
    """

    title: str
    path: str
    impact: Impact | None
    status: IncidentStatus | MaintenanceStatus
    started: datetime
    ended: datetime | None
    lasted: timedelta | None
    components: tuple[Link, ...]
    is_retracted: bool
    said_in: str = ""


class Entries:
    """All entries of the site: what lists of any kind are made of.

    Of incidents there are the summaries until a list needs the entry. `months` are those in which
    one began, the newest first.
    """

    def __init__(
        self, present: Present, maintenances: Iterable[tuple[Maintenance, MaintenanceView]]
    ) -> None:
        self.present = present
        works = [_maintenance_entry(present, one, view) for one, view in maintenances]
        self.volumes = {one.outline.month: one for one in present.volumes}
        self.works: dict[date, list[EntryView]] = defaultdict(list)
        for one in works:
            if one.started <= present.as_of:
                self.works[one.started.date().replace(day=1)].append(one)
        self.months = sorted(self.volumes.keys() | self.works.keys(), reverse=True)
        self.upcoming = tuple(
            one
            for one in sorted(works, key=attrgetter("started", "path"))
            if one.status == MaintenanceStatus.SCHEDULED and not one.is_retracted
        )

    def past(self, month: date) -> list[Told]:
        """Tell what began in a month, newest first."""
        volume, works = self.volumes.get(month), self.works.get(month, ())
        told: list[Told] = [*(volume.summaries if volume else ()), *works]
        if works:  # else they are in order already
            told.sort(key=attrgetter("started", "path"), reverse=True)
        return told

    def entry(self, one: Told) -> EntryView:
        """Tell an entry as lists show it."""
        return one if isinstance(one, EntryView) else _incident_entry(self.present, one)

    def past_of(self, component: str, count: int) -> tuple[EntryView, ...]:
        """Tell the newest entries of a component, so many at the most."""
        link = self.present.component_link(component)
        found = (
            one
            for month in self.months
            if self._touches(month, component)
            for one in self.past(month)
            if (component if isinstance(one, Summary) else link) in one.components
        )
        return tuple(self.entry(one) for one in islice(found, count))

    def newest_of(self, component: str, count: int) -> tuple[object, ...]:
        """Tell by digests what the newest entries of a component are made from."""
        link = self.present.component_link(component)
        found: list[object] = [*self.present.names]
        for month in self.months:
            volume = self.volumes.get(month)
            toll = volume.outline.components.get(component) if volume else None
            works = [one for one in self.works.get(month, ()) if link in one.components]
            found += [*((toll.digest,) if toll else ()), *works]
            count -= (toll.count if toll else 0) + len(works)
            if count <= 0:
                break
        return tuple(found)

    def on(self, days: Iterable[date]) -> dict[date, tuple[EntryView, ...]]:
        """Tell what was going on in each of these days."""
        days = tuple(days)
        # A day begins at most so much before or after that of UTC.
        start = min(days, default=self.present.today) - timedelta(days=1)
        earliest = datetime.combine(start, time(), UTC)
        recent = [self.entry(one) for one in self._going_on_since(earliest)]
        return {
            day: tuple(one for one in recent if one.started.date() <= day <= self._last_day(one))
            for day in days
        }

    def _touches(self, month: date, component: str) -> bool:
        """Whether a component may have entries in a month."""
        volume = self.volumes.get(month)
        return month in self.works or (volume and component in volume.outline.components) is True

    def _going_on_since(self, start: datetime) -> list[Told]:
        """Tell what went on at an instant, or began later, newest first."""
        works = (one for each in self.works.values() for one in each)
        told: list[Told] = [
            *self.present.going_on_since(start),
            *(one for one in works if one.ended is None or one.ended >= start),
        ]
        return sorted(told, key=attrgetter("started", "path"), reverse=True)

    def _last_day(self, one: EntryView) -> date:
        """Tell the last day that an entry touches: what ends at midnight ends with its day."""
        if one.ended is None:
            return self.present.today
        return max(one.started, one.ended - timedelta(microseconds=1)).date()


Told = Summary | EntryView
"""An entry, as far as it is made."""


def _incident_entry(present: Present, one: Summary) -> EntryView:
    """Tell when an incident was open."""
    link = present.link(one)
    return EntryView(
        title=link.title,
        path=link.path,
        said_in=link.said_in,
        impact=one.impact,
        status=one.status,
        started=present.local(one.started),
        ended=present.local(one.ended) if one.ended else None,
        lasted=None if one.seconds is None else timedelta(seconds=one.seconds),
        components=tuple(
            present.component_link(name) for name in present.leaves if name in one.components
        ),
        is_retracted=one.is_retracted,
    )


def _maintenance_entry(present: Present, one: Maintenance, view: MaintenanceView) -> EntryView:
    """Tell when a maintenance really was under way, or would have been, or is to be.

    One that will not be, as it was called off before, stands at its last word.
    """
    is_ahead = view.phase == MaintenanceStatus.SCHEDULED and not view.retracted
    opened = () if is_ahead else timeline.windows(one)
    started = present.local(opened[0].start) if opened else view.starts
    ended = opened[-1].end if opened else view.ends
    if not is_ahead and started > present.as_of:
        started = ended = view.updates[0].at
    return EntryView(
        title=view.title,
        path=view.path,
        impact=None,
        status=view.phase,
        started=started,
        ended=present.local(ended) if ended else None,
        lasted=timeline.lasted(opened) if opened else None,
        components=view.components,
        is_retracted=bool(view.retracted),
        said_in=view.said_in,
    )
