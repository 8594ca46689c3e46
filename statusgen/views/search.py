"""What is searched: every title and text of a year."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from statusgen.model import IncidentStatus, MaintenanceStatus
from statusgen.views.page import Pages, Promise, View, key_of
from statusgen.views.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from statusgen.views.entry import Entries, EntryView, Told
    from statusgen.views.maintenance import MaintenanceView
    from statusgen.views.present import Present


class Findable(View, frozen=True, kw_only=True):
    """An incident or a maintenance as it is found: by its title, and by what was said of it.

    `bodies` are the texts of its updates as they were written, newest first.
    """

    title: str
    path: str
    day: date
    status: IncidentStatus | MaintenanceStatus
    is_retracted: bool
    components: tuple[str, ...]
    bodies: tuple[str, ...]


class SearchIndex(View, frozen=True, kw_only=True):
    """What can be found of a year, newest first."""

    entries: tuple[Findable, ...]


def search(
    present: Present, entries: Entries, maintenances: Iterable[MaintenanceView]
) -> Pages[SearchIndex]:
    """Promise what can be found, a year each, the newest first."""
    works = {one.path: tuple(update.body for update in one.updates) for one in maintenances}
    ahead = [one for one in entries.upcoming if one.started > present.as_of]
    years = {one.year for one in entries.months} | {one.started.year for one in ahead}
    names = [(leaf.id, leaf.name) for leaf in present.leaves.values()]

    def promise(year: int) -> Promise[SearchIndex]:
        months = [one for one in entries.months if one.year == year]
        planned = [one for one in reversed(ahead) if one.started.year == year]
        shown = [*planned, *(one for month in months for one in entries.works.get(month, ()))]
        volumes = [entries.volumes[month] for month in months if month in entries.volumes]
        texts = [works[one.path] for one in shown]
        keys = [(one.outline.digest, one.key) for one in volumes]
        is_known = all(one.key for one in volumes)
        return Promise(
            path=f"search/{year}.json",
            make=partial(make, months, planned),
            key=key_of((names, keys, shown, texts)) if is_known else b"",
        )

    def make(months: list[date], planned: list[EntryView]) -> SearchIndex:
        past = (one for month in months for one in entries.past(month))
        return SearchIndex(entries=tuple(findable(one) for one in (*planned, *past)))

    def findable(one: Told) -> Findable:
        # Many are told one after the other: no entry of theirs is made, or kept, for it.
        if isinstance(one, Summary):
            updates = present.incident(one.slug).updates
            return Findable(
                title=one.title,
                path=one.path,
                day=present.local(one.started).date(),
                status=one.status,
                is_retracted=one.is_retracted,
                components=tuple(name for id_, name in names if id_ in one.components),
                bodies=tuple(update.body for update in reversed(updates)),
            )
        return Findable(
            title=one.title,
            path=one.path,
            day=one.started.date(),
            status=one.status,
            is_retracted=one.is_retracted,
            components=tuple(link.title for link in one.components),
            bodies=works[one.path],
        )

    promises = tuple(promise(year) for year in sorted(years, reverse=True))
    return Pages(lambda: promises)
