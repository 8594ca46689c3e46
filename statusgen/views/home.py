"""The front page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import accumulate, groupby
from typing import TYPE_CHECKING

from statusgen.model import Maintenance, MaintenanceStatus
from statusgen.views import timeline
from statusgen.views.component import ComponentView, GroupView, rows
from statusgen.views.entry import Entries, EntryView
from statusgen.views.incident import IncidentView
from statusgen.views.maintenance import MaintenanceView
from statusgen.views.page import Frame, View
from statusgen.views.status import Overall
from statusgen.views.turn import OverallTurn, overall_turns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from statusgen.views.present import Present

RECENT_DAYS = 15
"""How many days home tells of, at most."""

RECENT_ENTRIES = 50
"""How many entries its days may hold; today is told with however many it has."""


class DaysView(View, frozen=True, kw_only=True):
    """A day and what was going on in it, or days in a row in which nothing was."""

    first: date
    last: date
    entries: tuple[EntryView, ...]


class AnnouncementView(View, frozen=True, kw_only=True):
    """A notice that holds now."""

    title: str
    body: str
    said_in: str = ""


class HomePage(View, frozen=True, kw_only=True):
    """The front page.

    `since` tells from when on something is open or under way, and else when the last incident was
    over; None where there was none. `resolved` are the incidents that were over today. `days` tell
    the last `count` days, fewer where much was going on, `has_earlier` whether anything was before.
    `midnight` is when today ends. It is outdated or incomplete where content could not be read.
    """

    frame: Frame
    overall: Overall
    since: datetime | None
    turns: tuple[OverallTurn, ...]
    announcements: tuple[AnnouncementView, ...]
    incidents: tuple[IncidentView, ...]
    resolved: tuple[EntryView, ...]
    under_way: tuple[MaintenanceView, ...]
    upcoming: tuple[MaintenanceView, ...]
    components: tuple[ComponentView | GroupView, ...]
    days: tuple[DaysView, ...]
    count: int
    has_earlier: bool
    midnight: datetime
    weight: float
    is_outdated: bool = False
    is_incomplete: bool = False


def home_page(
    present: Present,
    open_incidents: tuple[IncidentView, ...],
    maintenances: Sequence[tuple[Maintenance, MaintenanceView]],
    components: dict[str, ComponentView],
    entries: Entries,
) -> HomePage:
    """Tell what a customer wants to know first."""
    expected = sorted(
        (view for one, view in maintenances if not timeline.is_over(one, present.as_of)),
        key=lambda view: (view.starts, view.path),
    )
    told = _told_days(present, entries)
    return HomePage(
        frame=present.frame("", is_current=True),
        overall=present.overall,
        since=_since(present, under_way=maintenances),
        turns=overall_turns(present, present.living, has_open_incident=present.has_trouble),
        announcements=tuple(
            AnnouncementView(title=one.title, body=one.body, said_in=one.said_in)
            for one in present.announcements()
        ),
        incidents=open_incidents,
        resolved=tuple(_resolved_today(present, entries)),
        under_way=tuple(one for one in expected if one.phase != MaintenanceStatus.SCHEDULED),
        upcoming=tuple(one for one in expected if one.phase == MaintenanceStatus.SCHEDULED),
        components=rows(present, components),
        days=tuple(_recent_days(told)),
        count=len(told),
        midnight=present.local(present.midnight(present.today + timedelta(days=1))),
        has_earlier=bool(told and present.first and present.first < min(told)),
        weight=present.config.partial_outage_weight,
        is_outdated=bool(present.site.rescue.old),
        is_incomplete=bool(present.site.rescue.lost),
    )


def _resolved_today(present: Present, entries: Entries) -> Iterator[EntryView]:
    """Tell the incidents that were over today: who comes late asks for them first."""
    for one in entries.on([present.today])[present.today]:
        is_incident = one.impact is not None and not one.is_retracted
        if is_incident and one.ended and one.ended.date() == present.today:
            yield one


def _since(
    present: Present, under_way: Iterable[tuple[Maintenance, MaintenanceView]]
) -> datetime | None:
    begun = [one.started for one in present.open()]
    begun += [
        opened.start
        for one, _ in under_way
        for opened in timeline.windows(one)
        if opened.is_open(present.as_of)
    ]
    over = [one.outline.quiet for one in present.volumes if one.outline.quiet]
    if begun:
        return present.local(min(begun))
    return present.local(max(over)) if over else None


def _told_days(present: Present, entries: Entries) -> dict[date, tuple[EntryView, ...]]:
    """Tell what was going on in the last days, newest first, in none before the record began.

    Each is told whole, so that who looks at a day misses nothing of it.
    """
    days = [present.today - timedelta(days=back) for back in range(RECENT_DAYS)]
    known = entries.on(day for day in days if present.since and day >= present.since)
    told = accumulate(len(some) for some in known.values())
    return {
        day: known[day]
        for day, count in zip(known, told, strict=True)
        if day == present.today or count <= RECENT_ENTRIES
    }


def _recent_days(told: dict[date, tuple[EntryView, ...]]) -> Iterator[DaysView]:
    """Tell days, newest first, those in a row in which nothing was going on together."""
    for is_quiet, each in groupby(told.items(), key=lambda each: not each[1]):
        if is_quiet:
            quiet = [day for day, _ in each]
            yield DaysView(first=quiet[-1], last=quiet[0], entries=())
        else:
            yield from (DaysView(first=day, last=day, entries=some) for day, some in each)
