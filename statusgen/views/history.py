"""The history: a list of months, and a page for each."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from statusgen.views.entry import Entries, EntryView
from statusgen.views.page import Frame, Pages, Promise, View, key_of

if TYPE_CHECKING:
    from statusgen.views.present import Present


class MonthLink(View, frozen=True, kw_only=True):
    """A month of the history, and how much it holds."""

    month: date
    path: str
    incidents: int
    maintenances: int


class HistoryPage(View, frozen=True, kw_only=True):
    """The list of months, newest first."""

    frame: Frame
    months: tuple[MonthLink, ...]


class MonthPage(View, frozen=True, kw_only=True):
    """A month of the history, newest entry first."""

    frame: Frame
    month: date
    entries: tuple[EntryView, ...]
    earlier: MonthLink | None
    later: MonthLink | None


def history(present: Present, entries: Entries) -> tuple[HistoryPage, Pages[MonthPage]]:
    """Tell the list of months, newest first, and each month."""
    links = tuple(_link(month, entries) for month in entries.months)
    around = zip((None, *links), links, (*links[1:], None), strict=False)
    months = tuple(_month(present, entries, each) for each in around)
    return HistoryPage(frame=present.frame("history/"), months=links), Pages(lambda: months)


def _month(
    present: Present,
    entries: Entries,
    links: tuple[MonthLink | None, MonthLink, MonthLink | None],
) -> Promise[MonthPage]:
    """Promise a month's page."""
    later, link, earlier = links
    frame = present.frame(link.path)

    def make() -> MonthPage:
        return MonthPage(
            frame=frame,
            month=link.month,
            entries=tuple(entries.entry(one) for one in entries.past(link.month)),
            earlier=earlier,
            later=later,
        )

    names = [(leaf.id, leaf.name) for leaf in present.leaves.values()]
    volume, works = entries.volumes.get(link.month), entries.works.get(link.month, ())
    told = volume.outline.digest if volume else b""
    return Promise(path=link.path, make=make, key=key_of((frame, links, names, works)) + told)


def _link(month: date, entries: Entries) -> MonthLink:
    """Count a month; what was retracted counts for nothing."""
    volume, works = entries.volumes.get(month), entries.works.get(month, ())
    return MonthLink(
        month=month,
        path=f"history/{month:%Y-%m}/",
        incidents=volume.outline.count if volume else 0,
        maintenances=sum(not one.is_retracted for one in works),
    )
