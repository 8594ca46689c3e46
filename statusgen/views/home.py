"""The front page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from statusgen.model import Maintenance, MaintenanceStatus
from statusgen.views import timeline
from statusgen.views.component import ComponentView, GroupView, rows
from statusgen.views.entry import Entries, EntryView
from statusgen.views.incident import IncidentView
from statusgen.views.maintenance import MaintenanceView
from statusgen.views.page import Frame, View
from statusgen.views.status import Overall, overall
from statusgen.views.turn import OverallTurn, overall_turns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from statusgen.views.present import Present

RECENT_DAYS = 15
"""How many days home tells of."""


class DayView(View, frozen=True, kw_only=True):
    """A day and what was going on in it."""

    date: date
    entries: tuple[EntryView, ...]


class AnnouncementView(View, frozen=True, kw_only=True):
    """A notice that holds now."""

    title: str
    body: str


class HomePage(View, frozen=True, kw_only=True):
    """The front page."""

    frame: Frame
    overall: Overall
    turns: tuple[OverallTurn, ...]
    announcements: tuple[AnnouncementView, ...]
    incidents: tuple[IncidentView, ...]
    under_way: tuple[MaintenanceView, ...]
    upcoming: tuple[MaintenanceView, ...]
    components: tuple[ComponentView | GroupView, ...]
    days: tuple[DayView, ...]
    weight: float


def home_page(
    present: Present,
    open_incidents: tuple[IncidentView, ...],
    maintenances: Iterable[tuple[Maintenance, MaintenanceView]],
    components: dict[str, ComponentView],
    entries: Entries,
) -> HomePage:
    """Tell what a customer wants to know first."""
    expected = sorted(
        (view for one, view in maintenances if not timeline.is_over(one, present.as_of)),
        key=lambda view: (view.starts, view.path),
    )
    living = [leaf for leaf in present.leaves.values() if not present.is_retired(leaf)]
    return HomePage(
        frame=present.frame("", is_current=True),
        overall=overall(
            [present.status(leaf) for leaf in living], has_open_incident=bool(open_incidents)
        ),
        turns=overall_turns(present, living, has_open_incident=bool(open_incidents)),
        announcements=tuple(
            AnnouncementView(title=one.title, body=one.body) for one in present.announcements()
        ),
        incidents=open_incidents,
        under_way=tuple(one for one in expected if one.phase != MaintenanceStatus.SCHEDULED),
        upcoming=tuple(one for one in expected if one.phase == MaintenanceStatus.SCHEDULED),
        components=rows(present, components),
        days=_recent_days(present, entries),
        weight=present.config.partial_outage_weight,
    )


def _recent_days(present: Present, entries: Entries) -> tuple[DayView, ...]:
    """Tell the last days, newest first, none from before the record began."""
    days = [present.today - timedelta(days=back) for back in range(RECENT_DAYS)]
    known = [day for day in days if present.since and day >= present.since]
    return tuple(DayView(date=day, entries=told) for day, told in entries.on(known).items())
