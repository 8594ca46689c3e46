"""The uptime report: what every month took of every component, as a page and as a table."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from statusgen.model import Component, ComponentGroup
from statusgen.views import uptime
from statusgen.views.component import MONTHS, MonthView, month_view
from statusgen.views.page import Frame, Promise, View

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from statusgen.views.present import Present
    from statusgen.views.uptime import Month

PATH = "uptime/"
TABLE_PATH = "uptime.csv"
CHART_MONTHS = 36
"""How many months the charts show at most."""


class BarView(View, frozen=True, kw_only=True):
    """A month of a chart: the seconds that count as down; None where nothing is known of it."""

    month: date
    lost: int | None


class RowView(View, frozen=True, kw_only=True):
    """A component in the report.

    `months` are those of the table, the newest first, and `uptime` is that of all of them.
    `bars` are the months of the chart, the oldest first, and `worst` the longest of them, if any.
    """

    name: str
    path: str
    months: tuple[MonthView, ...]
    uptime: float | None
    bars: tuple[BarView, ...]
    worst: BarView | None
    said_in: str = ""


class ReportGroup(View, frozen=True, kw_only=True):
    """Components of a group, or such as stand alone: then it has no name."""

    name: str
    rows: tuple[RowView, ...]
    said_in: str = ""


class ReportPage(View, frozen=True, kw_only=True):
    """Uptime by month and component.

    `months` are those of the table, the newest first, `charted` those of the charts, the oldest
    first; `most` is the most that any month lost, in seconds.
    """

    frame: Frame
    months: tuple[date, ...]
    charted: tuple[date, ...]
    groups: tuple[ReportGroup, ...]
    most: int
    weight: float
    table: str
    has_earlier: bool


class Record(View, frozen=True, kw_only=True):
    """A month of a component: its uptime from 0 to 1, and of how many seconds anything is known."""

    month: date
    component: str
    name: str
    group: str
    uptime: float | None
    major: int
    partial: int
    known: int


class ReportTable(View, frozen=True, kw_only=True):
    """All months of all components since the record began, the oldest first."""

    records: tuple[Record, ...]


def report(present: Present) -> tuple[Promise[ReportPage], Promise[ReportTable]]:
    """Promise the page and the table. Only what counts as an outage can change them."""
    made = _Report(present)
    components = present.site.components
    weight = present.config.partial_outage_weight
    # What goes on is counted by the second.
    is_counted = any(uptime.counts(present.status(leaf)) for leaf in present.leaves.values())
    now = present.as_of if is_counted else present.today
    zone, since = present.config.timezone, present.since
    frame = present.frame(PATH)

    def told() -> object:
        outages = [(name, present.outages(name)) for name in present.leaves]
        return components, weight, zone, since, now, outages

    return (
        Promise(path=PATH, make=lambda: made.page(frame), made_from=lambda: (frame, told())),
        Promise(path=TABLE_PATH, make=made.table, made_from=told),
    )


class _Report:
    """The months of all components, counted once, when they are asked for."""

    def __init__(self, present: Present) -> None:
        self.present = present
        self.found: dict[str, tuple[Month, ...]] = {}

    def months(self, leaf: Component) -> tuple[Month, ...]:
        """Tell all months of the record, the oldest first."""
        present = self.present
        if leaf.id not in self.found:
            self.found[leaf.id] = uptime.months(
                present.spans_of_outages(leaf.id),
                first=self.first(),
                last=present.today,
                zone=present.config.zone,
                since=leaf.since or present.since,
                until=present.last_day(leaf),
                as_of=present.as_of,
            )
        return self.found[leaf.id]

    def first(self) -> date:
        """Tell the day with which the record of any component begins."""
        leaves = self.present.leaves.values()
        known = [leaf.since or self.present.since for leaf in leaves]
        return min([day for day in known if day] + [self.present.today])

    def page(self, frame: Frame) -> ReportPage:
        """Tell the newest months."""
        groups = tuple(group for group in self.groups() if group.rows)
        worst = [row.worst for group in groups for row in group.rows]
        counted = [uptime.month_before(self.present.today, back) for back in range(self.charted())]
        return ReportPage(
            frame=frame,
            months=tuple(counted[:MONTHS]),
            charted=tuple(reversed(counted)),
            groups=groups,
            most=max((one.lost or 0 for one in worst if one), default=0),
            weight=self.present.config.partial_outage_weight,
            table=TABLE_PATH if "tables" in frame.formats else "",
            has_earlier=self.first() < counted[:MONTHS][-1],
        )

    def charted(self) -> int:
        """Tell how many months the charts show: as many as there are, within bounds."""
        first, today = self.first(), self.present.today
        count = (today.year - first.year) * 12 + today.month - first.month + 1
        return min(max(count, MONTHS), CHART_MONTHS)

    def groups(self) -> Iterator[ReportGroup]:
        """Tell components in page order; those that stand alone come together."""
        alone: list[RowView] = []
        for entry in self.present.site.components:
            if isinstance(entry, ComponentGroup):
                yield ReportGroup(name="", rows=tuple(alone))
                alone = []
                rows = tuple(self.rows(entry.components))
                yield ReportGroup(name=entry.name, rows=rows, said_in=entry.said_in)
            else:
                alone += self.rows((entry,))
        yield ReportGroup(name="", rows=tuple(alone))

    def rows(self, leaves: Sequence[Component]) -> Iterator[RowView]:
        """Tell components; one of which nothing is known in these months is left out."""
        weight = self.present.config.partial_outage_weight
        count = self.charted()
        oldest = uptime.month_before(self.present.today, count - 1)
        for leaf in leaves:
            months = {one.month: one for one in self.months(leaf)}
            dates = [uptime.month_before(oldest, -step) for step in range(count)]
            newest = [months[each] for each in reversed(dates[-MONTHS:]) if each in months]
            if not self.present.is_retired(leaf) or any(one.length for one in newest):
                bars = tuple(
                    BarView(month=each, lost=_lost(months.get(each), weight)) for each in dates
                )
                down = [one for one in bars if one.lost]
                yield RowView(
                    name=leaf.name,
                    said_in=leaf.said_in,
                    path=self.present.component_link(leaf.id).path,
                    months=tuple(
                        month_view(months.get(each) or _unknown(each), weight)
                        for each in reversed(dates[-MONTHS:])
                    ),
                    uptime=uptime.uptime(newest, weight),
                    bars=bars,
                    worst=max(down, key=lambda one: (one.lost or 0, one.month), default=None),
                )

    def table(self) -> ReportTable:
        """Tell all months."""
        present = self.present
        weight = present.config.partial_outage_weight
        records = [
            Record(
                month=month.month,
                component=leaf.id,
                name=leaf.name,
                group=group,
                uptime=uptime.uptime([month], weight),
                major=month.major,
                partial=month.partial,
                known=month.length,
            )
            for leaf, group in grouped(present)
            for month in self.months(leaf)
        ]
        records.sort(key=lambda one: one.month)
        return ReportTable(records=tuple(records))


def grouped(present: Present) -> Iterator[tuple[Component, str]]:
    """Tell all components in page order, each with the name of its group."""
    for entry in present.site.components:
        if isinstance(entry, ComponentGroup):
            yield from ((leaf, entry.name) for leaf in entry.components)
        else:
            yield entry, ""


def _unknown(month: date) -> Month:
    return uptime.Month(month=month, length=0, major=0, partial=0)


def _lost(month: Month | None, weight: float) -> int | None:
    """Tell how many seconds of a month count as down: at least one, if it was down at all."""
    if month is None or not month.length:
        return None
    lost = month.lost(weight)
    return max(round(lost), 1) if lost else 0
