"""A component, its group and its page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from statusgen.model import Component, ComponentGroup, ComponentStatus
from statusgen.views import uptime
from statusgen.views.entry import Entries, EntryView
from statusgen.views.page import Frame, Promise, View
from statusgen.views.status import worst
from statusgen.views.trouble import TroubleView, troubles
from statusgen.views.turn import StatusTurn, status_turns
from statusgen.views.uptime import Day, Month

if TYPE_CHECKING:
    from collections.abc import Iterable

    from statusgen.views.present import Present
    from statusgen.views.timeline import Span

COMPONENT_ENTRIES = 50
"""How many entries a component's page lists before it points to the history."""

MONTHS = 12
"""How many months a component's page tells of, and the report's table."""
WEEKS = 53
"""How many weeks a year touches."""
_HALF = 27
_WEEK = 7


LONG = 16
"""With how many components home begins to fold the groups in which nothing is wrong."""


class ComponentView(View, frozen=True, kw_only=True):
    """A component with its status, its days, and its uptime over them from 0 to 1."""

    id: str
    name: str
    path: str
    description: str
    link: str
    status: ComponentStatus
    turns: tuple[StatusTurn, ...]
    days: tuple[Day, ...]
    troubles: tuple[TroubleView, ...]
    uptime: float | None
    weight: float
    known: int
    troubled: int
    retired: date | None
    said_in: str = ""


class GroupView(View, frozen=True, kw_only=True):
    """Components that stand together; `status` is the worst of them.

    `is_folded` where nothing is wrong with any, and there are many groups and components.
    """

    id: str
    name: str
    status: ComponentStatus
    turns: tuple[StatusTurn, ...]
    is_folded: bool
    components: tuple[ComponentView, ...]
    said_in: str = ""


class MonthView(View, frozen=True, kw_only=True):
    """A component's month: its uptime from 0 to 1, None where nothing is known of the month.

    `major` and `partial` are the seconds of each kind of outage.
    """

    month: date
    uptime: float | None
    major: int
    partial: int


class CellView(View, frozen=True, kw_only=True):
    """A day in its place: which week of its half of the year, and which day of the week."""

    week: int
    weekday: int
    day: Day


class HalfView(View, frozen=True, kw_only=True):
    """Half a year of days; each month with the week in which it begins."""

    months: tuple[tuple[int, date], ...]
    cells: tuple[CellView, ...]


class CalendarView(View, frozen=True, kw_only=True):
    """The days of a year, which ends with the week of the last; uptime is that of the known ones.

    `weeks` are so many as the longer of its halves has.
    `troubled` are the days on which anything was wrong, newest first.
    """

    first: date
    last: date
    weeks: int
    halves: tuple[HalfView, ...]
    uptime: float | None
    known: int
    troubled: tuple[Day, ...]


class ComponentPage(View, frozen=True, kw_only=True):
    """The page of a component: its year, its newest months and entries, the newest first.

    `has_earlier` says that there are more entries.
    """

    frame: Frame
    component: ComponentView
    group: str
    group_said_in: str
    year: CalendarView
    months: tuple[MonthView, ...]
    upcoming: tuple[EntryView, ...]
    entries: tuple[EntryView, ...]
    has_earlier: bool


def component_view(present: Present, leaf: Component) -> ComponentView:
    """Tell a component; the days of a retired one end with its last."""
    weight = present.config.partial_outage_weight
    days = uptime.days(
        present.spans[leaf.id],
        last=present.last_day(leaf),
        zone=present.config.zone,
        since=leaf.since or present.since,
        as_of=present.as_of,
    )
    return ComponentView(
        id=leaf.id,
        name=leaf.name,
        path=f"components/{leaf.id}/",
        description=leaf.description,
        link=leaf.link,
        status=present.status(leaf),
        turns=status_turns(present, [leaf]),
        days=days,
        troubles=troubles(present, leaf, days),
        uptime=uptime.uptime(days, weight),
        weight=weight,
        known=sum(day.status is not None for day in days),
        troubled=sum(day.status not in (None, ComponentStatus.OPERATIONAL) for day in days),
        retired=leaf.retired if present.is_retired(leaf) else None,
        said_in=leaf.said_in,
    )


def rows(
    present: Present, views: dict[str, ComponentView]
) -> tuple[ComponentView | GroupView, ...]:
    """Tell the components as they stand on home: no retired ones, no empty groups."""
    found: list[ComponentView | GroupView] = []
    is_long = len(present.leaves) > LONG
    for entry in present.site.components:
        leaves = entry.components if isinstance(entry, ComponentGroup) else (entry,)
        living = [leaf for leaf in leaves if not present.is_retired(leaf)]
        shown = tuple(views[leaf.id] for leaf in living if not _is_hidden(present, leaf))
        if isinstance(entry, Component):
            found += shown
        elif shown:
            status = worst(present.status(leaf) for leaf in living)
            is_folded = is_long and status == ComponentStatus.OPERATIONAL
            found.append(
                GroupView(
                    id=entry.id,
                    name=entry.name,
                    status=status,
                    turns=status_turns(present, living),
                    is_folded=is_folded,
                    components=shown,
                    said_in=entry.said_in,
                )
            )
    return tuple(found)


def component_page(
    present: Present, leaf: Component, view: ComponentView, entries: Entries
) -> Promise[ComponentPage]:
    """Promise a component's page, with its year and its newest entries."""
    link = present.component_link(leaf.id)
    frame, (group, group_said_in) = present.frame(view.path), _group(present, leaf)
    upcoming = tuple(one for one in entries.upcoming if link in one.components)
    last = present.last_day(leaf)
    start = present.midnight(min(_first_day(last), uptime.month_before(last, MONTHS - 1)))

    def make() -> ComponentPage:
        past = entries.past_of(leaf.id, COMPONENT_ENTRIES + 1)
        spans = present.spans_since(leaf.id, start)
        return ComponentPage(
            frame=frame,
            component=view,
            group=group,
            group_said_in=group_said_in,
            year=year(present, leaf, spans),
            months=_months(present, leaf, spans),
            upcoming=upcoming,
            entries=past[:COMPONENT_ENTRIES],
            has_earlier=len(past) > COMPONENT_ENTRIES,
        )

    def made_from() -> object:
        # What has no end yet is told by the view: its days end now.
        suffered = present.suffered_since(leaf.id, start)
        told = entries.newest_of(leaf.id, COMPONENT_ENTRIES + 1)
        since = leaf.since or present.since
        return frame, view, group, group_said_in, upcoming, last, since, suffered, told

    return Promise(path=view.path, make=make, made_from=made_from)


def year(present: Present, leaf: Component, spans: Iterable[Span]) -> CalendarView:
    """Tell a year of a component by day, from what it suffered since that began."""
    last = present.last_day(leaf)
    first = _first_day(last)
    days = uptime.days(
        spans,
        last=last,
        zone=present.config.zone,
        since=leaf.since or present.since,
        as_of=present.as_of,
        count=(last - first).days + 1,
    )
    fine = (None, ComponentStatus.OPERATIONAL)
    return CalendarView(
        first=first,
        last=last,
        weeks=_HALF,
        halves=(_half(days, first, 0, _HALF), _half(days, first, _HALF, WEEKS)),
        uptime=uptime.uptime(days, present.config.partial_outage_weight),
        known=sum(day.status is not None for day in days),
        troubled=tuple(day for day in reversed(days) if day.status not in fine),
    )


def month_view(month: Month, weight: float) -> MonthView:
    """Tell a month of a component."""
    return MonthView(
        month=month.month,
        uptime=uptime.uptime([month], weight),
        major=month.major,
        partial=month.partial,
    )


def _first_day(last: date) -> date:
    """Tell the Monday with which the year begins that ends with a day."""
    return last - timedelta(days=last.weekday() + (WEEKS - 1) * _WEEK)


def _half(days: Iterable[Day], first: date, begin: int, end: int) -> HalfView:
    """Put the days of some weeks in their places; a month is told if there is room for its name."""
    places = [(*divmod((day.date - first).days, _WEEK), day) for day in days]
    cells = tuple(
        CellView(week=week - begin, weekday=weekday, day=day)
        for week, weekday, day in places
        if begin <= week < end
    )
    starts = [(one.week, one.day.date) for one in cells if one.day.date.day == 1]
    return HalfView(
        months=tuple(each for each in starts if each[0] < end - begin - 1),
        cells=cells,
    )


def _months(present: Present, leaf: Component, spans: Iterable[Span]) -> tuple[MonthView, ...]:
    """Tell the newest months of a component, the newest first."""
    last = present.last_day(leaf)
    found = uptime.months(
        spans,
        first=uptime.month_before(last, MONTHS - 1),
        last=last,
        zone=present.config.zone,
        since=leaf.since or present.since,
        until=last,
        as_of=present.as_of,
    )
    weight = present.config.partial_outage_weight
    return tuple(month_view(one, weight) for one in reversed(found) if one.length)


def _is_hidden(present: Present, leaf: Component) -> bool:
    return leaf.only_show_if_degraded and present.status(leaf) == ComponentStatus.OPERATIONAL


def _group(present: Present, leaf: Component) -> tuple[str, str]:
    """Tell the name of a component's group, and its language; one that stands alone has none."""
    groups = (entry for entry in present.site.components if isinstance(entry, ComponentGroup))
    found = (group for group in groups if leaf in group.components)
    return next(((group.name, group.said_in) for group in found), ("", ""))
