"""The history: a list of months, and a page for each."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

from statusgen.views.entry import Entries, EntryView
from statusgen.views.page import Frame, View

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


def history(present: Present, entries: Entries) -> tuple[HistoryPage, tuple[MonthPage, ...]]:
    """Tell the list of months, newest first, and each month."""
    by_month: dict[date, list[EntryView]] = defaultdict(list)
    for one in entries.past:
        by_month[one.started.date().replace(day=1)].append(one)
    links = tuple(_link(month, by_month[month]) for month in sorted(by_month, reverse=True))
    months = tuple(
        MonthPage(
            frame=present.frame(link.path),
            month=link.month,
            entries=tuple(by_month[link.month]),
            earlier=links[index + 1] if index + 1 < len(links) else None,
            later=links[index - 1] if index else None,
        )
        for index, link in enumerate(links)
    )
    return HistoryPage(frame=present.frame("history/"), months=links), months


def _link(month: date, entries: list[EntryView]) -> MonthLink:
    """Count a month; what was retracted counts for nothing."""
    counted = [one for one in entries if not one.is_retracted]
    maintenances = sum(one.impact is None for one in counted)
    return MonthLink(
        month=month,
        path=f"history/{month:%Y-%m}/",
        incidents=len(counted) - maintenances,
        maintenances=maintenances,
    )
