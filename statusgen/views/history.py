"""The history: its years at a glance, and the pages of each month."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from statusgen.views.entry import Entries, EntryView
from statusgen.views.page import Frame, Pages, Promise, View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from statusgen.views.present import Present

PAGE = 50
"""How many entries a page of a month lists."""


class MonthLink(View, frozen=True, kw_only=True):
    """A month of the history, and how much it holds."""

    month: date
    path: str
    incidents: int
    maintenances: int


class MonthCell(View, frozen=True, kw_only=True):
    """A month of a year at a glance.

    `path` is empty where it has no page, since nothing began in it. One that `is_known` lies in the
    record: of others, which are before it or to come, nothing can be said.
    """

    month: date
    path: str
    incidents: int
    maintenances: int
    is_known: bool


class YearView(View, frozen=True, kw_only=True):
    """A year at a glance: its twelve months, and how much they hold together."""

    year: int
    incidents: int
    maintenances: int
    months: tuple[MonthCell, ...]


class HistoryPage(View, frozen=True, kw_only=True):
    """The years, newest first.

    `most` is how much the fullest month holds, `indexes` the paths of what is searched, the newest
    year first.
    """

    frame: Frame
    years: tuple[YearView, ...]
    most: int
    indexes: tuple[str, ...]


class MonthPage(View, frozen=True, kw_only=True):
    """A month of the history, newest entry first, or one page of it.

    `number` tells which of so many `pages`; `newer` and `older` are the paths of those beside it,
    empty where there is none.
    """

    frame: Frame
    month: date
    entries: tuple[EntryView, ...]
    earlier: MonthLink | None
    later: MonthLink | None
    number: int
    pages: int
    newer: str
    older: str


def history(
    present: Present, entries: Entries, indexes: tuple[str, ...]
) -> tuple[HistoryPage, Pages[MonthPage]]:
    """Tell the years, newest first, and the pages of each month."""
    links = tuple(_link(month, entries) for month in entries.months)
    around = zip((None, *links), links, (*links[1:], None), strict=False)
    months = tuple(page for each in around for page in _pages(present, entries, each))
    page = HistoryPage(
        frame=present.frame("history/"),
        years=tuple(_years(present, links)),
        most=max((one.incidents + one.maintenances for one in links), default=0),
        indexes=indexes,
    )
    return page, Pages(lambda: months)


def _years(present: Present, links: Iterable[MonthLink]) -> Iterator[YearView]:
    """Tell each year of the record, whether anything began in it or not."""
    found = {one.month: one for one in links}
    if not found and present.since is None:
        return
    first, last = record(present, found)
    for year in range(last.year, first.year - 1, -1):
        cells = tuple(_cell(date(year, number, 1), found, first, last) for number in range(1, 13))
        yield YearView(
            year=year,
            incidents=sum(one.incidents for one in cells),
            maintenances=sum(one.maintenances for one in cells),
            months=cells,
        )


def record(present: Present, found: Iterable[date]) -> tuple[date, date]:
    """Tell the first and the last month of the record: what began before `since` counts too."""
    today = present.today.replace(day=1)
    since = (present.since or present.today).replace(day=1)
    months = [today, *found]
    return min([since, *months]), max(months)


def _cell(month: date, found: dict[date, MonthLink], first: date, last: date) -> MonthCell:
    one = found.get(month)
    return MonthCell(
        month=month,
        path=one.path if one else "",
        incidents=one.incidents if one else 0,
        maintenances=one.maintenances if one else 0,
        is_known=first <= month <= last,
    )


def _pages(
    present: Present,
    entries: Entries,
    links: tuple[MonthLink | None, MonthLink, MonthLink | None],
) -> Iterator[Promise[MonthPage]]:
    """Promise the pages of a month."""
    later, link, earlier = links
    volume, works = entries.volumes.get(link.month), entries.works.get(link.month, ())
    count = -(-((volume.size if volume else 0) + len(works)) // PAGE)
    names = present.names
    told = volume.outline.digest if volume else b""

    def promise(number: int) -> Promise[MonthPage]:
        frame = present.frame(_path(link.path, number))

        def make() -> MonthPage:
            past = entries.past(link.month)[(number - 1) * PAGE : number * PAGE]
            return MonthPage(
                frame=frame,
                month=link.month,
                entries=tuple(entries.entry(one) for one in past),
                earlier=earlier,
                later=later,
                number=number,
                pages=count,
                newer=_path(link.path, number - 1) if number > 1 else "",
                older=_path(link.path, number + 1) if number < count else "",
            )

        return Promise(
            path=frame.path,
            make=make,
            made_from=lambda: (frame, links, count, names, works, told),
        )

    return (promise(number) for number in range(1, count + 1))


def _path(month: str, number: int) -> str:
    """Tell where a page of a month lies: the first is the month's own."""
    return month if number == 1 else f"{month}{number}/"


def _link(month: date, entries: Entries) -> MonthLink:
    """Count a month; what was retracted counts for nothing."""
    volume, works = entries.volumes.get(month), entries.works.get(month, ())
    return MonthLink(
        month=month,
        path=f"history/{month:%Y-%m}/",
        incidents=volume.outline.count if volume else 0,
        maintenances=sum(not one.is_retracted for one in works),
    )
