"""The history: a list of months, and a page for each."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from statusgen.views import summary
from statusgen.views.entry import Entries, EntryView, Told
from statusgen.views.page import Frame, Pages, Promise, View, key_of
from statusgen.views.summary import Summary

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
    by_month: dict[date, list[Told]] = defaultdict(list)
    for month, told in groupby(entries.past, key=_month_of):
        by_month[month] += told
    links = tuple(_link(month, by_month[month]) for month in sorted(by_month, reverse=True))
    around = zip((None, *links), links, (*links[1:], None), strict=False)
    months = tuple(_month(present, entries, by_month[each[1].month], each) for each in around)
    return HistoryPage(frame=present.frame("history/"), months=links), Pages(lambda: months)


def _month_of(one: Told) -> date:
    return one.month if isinstance(one, Summary) else one.started.date().replace(day=1)


def _month(
    present: Present,
    entries: Entries,
    told: list[Told],
    links: tuple[MonthLink | None, MonthLink, MonthLink | None],
) -> Promise[MonthPage]:
    """Promise a month's page."""
    later, link, earlier = links
    frame = present.frame(link.path)

    def make() -> MonthPage:
        return MonthPage(
            frame=frame,
            month=link.month,
            entries=tuple(entries.entry(one) for one in told),
            earlier=earlier,
            later=later,
        )

    names = [(leaf.id, leaf.name) for leaf in present.leaves.values()]
    works = [one for one in told if isinstance(one, EntryView)]
    digest = summary.digest([one for one in told if isinstance(one, Summary)])
    return Promise(path=link.path, make=make, key=key_of((frame, links, names, works)) + digest)


def _link(month: date, told: list[Told]) -> MonthLink:
    """Count a month; what was retracted counts for nothing."""
    counted = [one for one in told if not one.is_retracted]
    incidents = sum(isinstance(one, Summary) for one in counted)
    return MonthLink(
        month=month,
        path=f"history/{month:%Y-%m}/",
        incidents=incidents,
        maintenances=len(counted) - incidents,
    )
