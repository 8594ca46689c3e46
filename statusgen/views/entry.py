"""An incident or a maintenance as one line of a list."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from statusgen.model import Impact, IncidentStatus, Maintenance, MaintenanceStatus
from statusgen.views import timeline
from statusgen.views.page import Link, View

if TYPE_CHECKING:
    from collections.abc import Iterable

    from statusgen.views.incident import IncidentView
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


class Entries:
    """All entries of the site, newest first: what lists of any kind are made of.

    `past_of` holds those of each component, by the path of its page.
    """

    def __init__(
        self,
        present: Present,
        incidents: Iterable[IncidentView],
        maintenances: Iterable[tuple[Maintenance, MaintenanceView]],
    ) -> None:
        self.present = present
        entries = [_incident_entry(one) for one in incidents]
        entries += [_maintenance_entry(present, one, view) for one, view in maintenances]
        entries.sort(key=lambda one: (one.started, one.path), reverse=True)
        begun = [one for one in entries if one.started <= present.as_of]
        self.past = tuple(begun)
        self.past_of: dict[str, list[EntryView]] = defaultdict(list)
        for one in begun:
            for each in one.components:
                self.past_of[each.path].append(one)
        self.upcoming = tuple(
            one
            for one in reversed(entries)
            if one.status == MaintenanceStatus.SCHEDULED and not one.is_retracted
        )

    def on(self, day: date) -> tuple[EntryView, ...]:
        """Tell what was going on in a day."""
        return tuple(one for one in self.past if one.started.date() <= day <= self._last_day(one))

    def _last_day(self, one: EntryView) -> date:
        """Tell the last day that an entry touches: what ends at midnight ends with its day."""
        if one.ended is None:
            return self.present.today
        return max(one.started, one.ended - timedelta(microseconds=1)).date()


def _incident_entry(one: IncidentView) -> EntryView:
    """Tell when an incident was open; what was reported in error ends with its last word."""
    return EntryView(
        title=one.title,
        path=one.path,
        impact=one.impact,
        status=one.status,
        started=one.started,
        ended=one.resolved or (one.updates[0].at if one.retracted else None),
        lasted=one.lasted,
        components=tuple(each.component for each in one.components),
        is_retracted=bool(one.retracted),
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
    )
