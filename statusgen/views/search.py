"""What is searched: every title and text, in parts that are asked for one after the other."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from statusgen.model import IncidentStatus, MaintenanceStatus
from statusgen.views.page import Pages, Promise, View
from statusgen.views.summary import Summary
from statusgen.views.update import is_foreign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from statusgen.views.entry import Entries, EntryView, Told
    from statusgen.views.maintenance import MaintenanceView
    from statusgen.views.present import Present


PART = 200
"""How many entries make a part, if that many began in months of one year."""


class Findable(View, frozen=True, kw_only=True):
    """An incident or a maintenance as it is found: by its title, and by what was said of it.

    `bodies` are the texts of its updates as they were written, newest first, and that of its
    post-mortem, which is called `learnt`. `said_in` is the language of the title, if it is not the
    page's; `is_foreign` tells that all texts are in that too.
    """

    title: str
    path: str
    day: date
    status: IncidentStatus | MaintenanceStatus
    is_retracted: bool
    components: tuple[str, ...]
    bodies: tuple[str, ...]
    learnt: str = ""
    said_in: str = ""
    is_foreign: bool = False


class SearchIndex(View, frozen=True, kw_only=True):
    """What can be found in one part, newest first."""

    entries: tuple[Findable, ...]


def search(
    present: Present, entries: Entries, maintenances: Iterable[MaintenanceView]
) -> Pages[SearchIndex]:
    """Promise what can be found, in parts, the newest first."""
    texts = {
        one.path: (tuple(update.body for update in one.updates), one.is_foreign)
        for one in maintenances
    }
    ahead: dict[date, list[EntryView]] = defaultdict(list)
    for one in reversed(entries.upcoming):
        if one.started > present.as_of:
            ahead[one.started.date().replace(day=1)].append(one)
    postmortems = {one.incident: one for one in present.site.postmortems}
    names = present.names

    def works(month: date) -> list[EntryView]:
        return [*ahead.get(month, ()), *entries.works.get(month, ())]

    def size(month: date) -> int:
        volume = entries.volumes.get(month)
        return (volume.size if volume else 0) + len(works(month))

    def promise(months: tuple[date, ...]) -> Promise[SearchIndex]:
        volumes = [entries.volumes[month] for month in months if month in entries.volumes]

        def made_from() -> object:
            shown = [one for month in months for one in works(month)]
            keys = [(one.outline.digest, one.key) for one in volumes]
            slugs = [slug for slug in postmortems if any(slug in one.digests for one in volumes)]
            learnt = [postmortems[slug] for slug in slugs]
            return names, keys, learnt, shown, [texts[one.path] for one in shown]

        return Promise(
            path=f"search/{months[-1]:%Y-%m}.json",
            make=partial(make, months),
            made_from=made_from if all(one.key for one in volumes) else None,
        )

    def make(months: tuple[date, ...]) -> SearchIndex:
        told = (one for month in months for one in (*ahead.get(month, ()), *entries.past(month)))
        return SearchIndex(entries=tuple(findable(one) for one in told))

    def findable(one: Told) -> Findable:
        # Many are told one after the other: no entry of theirs is made, or kept, for it.
        if isinstance(one, Summary):
            incident = present.incident(one.slug)
            bodies = [update.body for update in reversed(incident.updates)]
            postmortem = postmortems.get(one.slug)
            link = present.link(one)
            return Findable(
                title=link.title,
                path=link.path,
                said_in=link.said_in,
                is_foreign=is_foreign(incident),
                day=present.local(one.started).date(),
                status=one.status,
                is_retracted=one.is_retracted,
                components=tuple(name for id_, name, _ in names if id_ in one.components),
                bodies=(*bodies, postmortem.body) if postmortem else tuple(bodies),
                learnt=postmortem.title if postmortem else "",
            )
        return Findable(
            title=one.title,
            path=one.path,
            day=one.started.date(),
            status=one.status,
            is_retracted=one.is_retracted,
            components=tuple(link.title for link in one.components),
            bodies=texts[one.path][0],
            said_in=one.said_in,
            is_foreign=texts[one.path][1],
        )

    parts = _parts({*entries.months, *ahead}, size)
    promises = tuple(promise(months) for months in parts)
    return Pages(lambda: promises)


def _parts(months: Iterable[date], size: Callable[[date], int]) -> list[tuple[date, ...]]:
    """Gather months of a year until they hold enough: each part newest first, as the parts are.

    They are gathered from the first on, so that what is added later changes no other part.
    """
    parts: list[list[date]] = []
    for _, year in groupby(sorted(months), attrgetter("year")):
        held = PART
        for month in year:
            if held >= PART:
                parts.append([])
                held = 0
            parts[-1].insert(0, month)
            held += size(month)
    return [tuple(part) for part in reversed(parts)]
