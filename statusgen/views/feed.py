"""What feeds tell: one entry per update, or one per incident with all that was said of it."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from heapq import heappop, heappush, nlargest
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from statusgen.model import IncidentStatus, MaintenanceStatus
from statusgen.views import timeline
from statusgen.views.incident import IncidentView, incident_view
from statusgen.views.maintenance import MaintenanceView
from statusgen.views.page import Promise, View
from statusgen.views.update import ChangeView, PlanView, UpdateView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from statusgen.model import Component, Maintenance
    from statusgen.views.present import Present
    from statusgen.views.summary import Summary

FEED_ENTRIES = 50
"""How many updates the feed of the site holds, and that of maintenance."""

PART_ENTRIES = 25
"""How many updates the feed of a component holds."""

ENDINGS = (".rss", ".atom", ".json")
"""What the files of a feed end in, one for each format."""

STORIES = 25
"""How many incidents and maintenances the feed of the history holds, as Statuspage's does."""

Told = IncidentView | MaintenanceView


class FeedEntryView(View, frozen=True, kw_only=True):
    """An update as an entry of a feed; of what was reported in error, `label` says so."""

    id: str
    title: str
    label: str
    status: IncidentStatus | MaintenanceStatus
    at: datetime
    changed: datetime
    url: str
    site_url: str
    body: str
    changes: tuple[ChangeView, ...]
    plan: PlanView | None
    said_in: str = ""


class StoryView(View, frozen=True, kw_only=True):
    """An incident or a maintenance as an entry of a feed, its updates newest first.

    `plan` is the window of a maintenance; `is_ahead` while that is not over.
    """

    id: str
    title: str
    label: str
    at: datetime
    changed: datetime
    url: str
    site_url: str
    updates: tuple[UpdateView, ...]
    plan: PlanView | None
    is_ahead: bool
    retracted: str
    said_in: str = ""


class AnyFeed(View, frozen=True, kw_only=True):
    """A feed; `updated` is when any of its entries was changed last.

    `name` is the path of its files but for their endings, `page` that of the page it belongs to.
    `subject` is what it is of, where it is not the whole site: a component, or empty and then it is
    of maintenance alone if it `is_work`. `hub` is told of what is new (WebSub); `marks_ends` where
    a maintenance tells its end by an element of Statuspage's own.
    """

    name: str
    title: str
    subject: str
    is_work: bool
    description: str
    language: str
    site_url: str
    page_url: str
    url: str
    host: str
    updated: datetime | None
    hub: str
    marks_ends: bool


class FeedView(AnyFeed, frozen=True, kw_only=True):
    """The newest updates, newest first."""

    entries: tuple[FeedEntryView, ...]


class HistoryFeed(AnyFeed, frozen=True, kw_only=True):
    """The incidents and maintenances of which something was said last, newest first."""

    entries: tuple[StoryView, ...]


class Feeds(NamedTuple):
    """The feeds of a site: that of all updates, and the others."""

    updates: FeedView
    others: tuple[Promise[FeedView] | Promise[HistoryFeed], ...]


def feeds(
    present: Present,
    incident: Callable[[str], IncidentView],
    maintenances: list[tuple[Maintenance, MaintenanceView]],
) -> Feeds:
    """Tell the newest updates, and promise the other feeds.

    `incident` tells one by its slug; those that only a component's feed asks for are not kept.
    """
    made = _Feeds(present, incident, maintenances)
    return Feeds(made.updates(), tuple(made.others()))


class _Feeds:
    """What the feeds of a site are made from."""

    def __init__(
        self,
        present: Present,
        incident: Callable[[str], IncidentView],
        maintenances: list[tuple[Maintenance, MaintenanceView]],
    ) -> None:
        self.present = present
        self.incident = incident
        self.works = maintenances

    def updates(self) -> FeedView:
        told = self.newest(self.incident)
        return self.feed("updates", "", self.entries([*told, *self.work_views()]))

    def others(self) -> Iterator[Promise[FeedView] | Promise[HistoryFeed]]:
        yield self.history()
        works = self.entries(self.work_views())
        work = self.feed("maintenance/updates", "maintenance/", works, is_work=True)
        yield Promise(path=work.name, make=lambda: work, made_from=lambda: work)
        for leaf in self.present.leaves.values():
            yield self.component(leaf)

    def history(self) -> Promise[HistoryFeed]:
        """Promise the feed of whole incidents."""
        newest = [one for one, _ in zip(self.summaries(), range(STORIES), strict=False)]
        works = nlargest(STORIES, self.work_views(), key=lambda one: one.updates[0].at)

        def make() -> HistoryFeed:
            told: list[Told] = [*(self.incident(one.slug) for one in newest), *works]
            told.sort(key=lambda one: one.updates[0].at, reverse=True)
            stories = tuple(map(self.story, told[:STORIES]))
            return HistoryFeed(**self.common("history", "history/", stories), entries=stories)

        make = cache(make)

        def made_from() -> object:
            known = [(one.slug, self.present.made_from(one.slug)) for one in newest]
            return self.present.surroundings, known, works

        return Promise(path="history", make=make, made_from=made_from)

    def component(self, leaf: Component) -> Promise[FeedView]:
        """Promise the feed of a component."""
        path = f"components/{leaf.id}/"
        works = [view for one, view in self.works if leaf.id in one.components]

        def make() -> FeedView:
            told = self.newest(self.briefly, leaf.id, PART_ENTRIES)
            entries = self.entries([*told, *works], PART_ENTRIES)
            return self.feed(f"{path}updates", path, entries, subject=leaf.name)

        make = cache(make)  # it is asked for once in each format

        def made_from() -> object:
            present = self.present
            tolls = [volume.outline.components.get(leaf.id) for volume in present.volumes]
            known = [(toll.digest, toll.told) for toll in tolls if toll]
            named = (one for one in present.site.incidents if leaf.id in timeline.named(one))
            own = [present.made_from(one.slug) for one in named]
            return present.surroundings, present.names, leaf, known, own, works

        return Promise(path=f"{path}updates", make=make, made_from=made_from)

    def briefly(self, slug: str) -> IncidentView:
        return incident_view(self.present, self.present.incident(slug))

    def work_views(self) -> list[MaintenanceView]:
        return [view for _, view in self.works]

    def newest(
        self,
        incident: Callable[[str], IncidentView],
        component: str = "",
        count: int = FEED_ENTRIES,
    ) -> list[IncidentView]:
        """Tell the incidents that the newest updates are of, that which began last first."""
        found: list[tuple[Summary, IncidentView]] = []
        times: list[datetime] = []
        for one in self.summaries(component):
            if len(times) >= count and one.newest < times[0]:
                break
            view = incident(one.slug)
            found.append((one, view))
            times = sorted([*times, *(update.at for update in view.updates)])[-count:]
        found.sort(key=lambda pair: (pair[0].started, pair[0].slug), reverse=True)
        return [view for _, view in found]

    def summaries(self, component: str = "") -> Iterator[Summary]:
        """Tell incidents by their newest updates, the newest first."""
        age = attrgetter("outline.newest")
        waiting: list[tuple[float, str, Summary]] = []
        for volume in sorted(self.present.volumes, key=age, reverse=True):
            if component and component not in volume.outline.components:
                continue
            while waiting and -waiting[0][0] >= volume.outline.newest.timestamp():
                yield heappop(waiting)[2]
            for one in volume.summaries:
                if not component or component in one.components:
                    heappush(waiting, (-one.newest.timestamp(), one.slug, one))
        while waiting:
            yield heappop(waiting)[2]

    def entries(self, told: Iterable[Told], count: int = FEED_ENTRIES) -> tuple[FeedEntryView, ...]:
        """Tell the newest updates, newest first."""
        config = self.present.config
        updates = [(update, view) for view in told for update in view.updates]
        # Stable: of two updates of one minute, the one that was said later stays first.
        updates.sort(key=lambda pair: pair[0].at, reverse=True)
        return tuple(
            FeedEntryView(
                id=self.id(update.id),
                title=view.title,
                label="retracted" if view.retracted else update.label,
                status=update.status,
                at=update.at,
                changed=_changed(view, update.at),
                url=f"{config.url}{view.path}#{update.id}",
                site_url=config.url,
                body=update.body,
                changes=update.changes,
                plan=update.plan,
                said_in=update.said_in,
            )
            for update, view in updates[:count]
        )

    def story(self, view: Told) -> StoryView:
        """Tell all that was said of something."""
        config = self.present.config
        plan = None
        is_ahead = False
        if isinstance(view, MaintenanceView):
            plan = PlanView(starts=view.starts, ends=view.ends)
            is_ahead = view.phase == MaintenanceStatus.SCHEDULED and not view.retracted
        return StoryView(
            id=self.id(view.path.rstrip("/")),
            title=view.title,
            label="retracted" if view.retracted else view.updates[0].status,
            at=view.updates[0].at,
            changed=_changed(view, view.updates[0].at),
            url=config.url + view.path,
            site_url=config.url,
            updates=view.updates,
            plan=plan,
            retracted=view.retracted,
            is_ahead=is_ahead,
            said_in=view.said_in,
        )

    def id(self, name: str) -> str:
        """Name an entry by a tag URI (RFC 4151): it stays when the site moves on its host.

        In another language it is another one, for readers of several feeds too.
        """
        config = self.present.config
        mark = f"{config.language}:" if self.present.tree else ""
        return f"tag:{config.host},2026:{mark}{name}"

    def feed(
        self,
        name: str,
        page: str,
        entries: tuple[FeedEntryView, ...],
        *,
        subject: str = "",
        is_work: bool = False,
    ) -> FeedView:
        common = self.common(name, page, entries, subject=subject, is_work=is_work)
        return FeedView(**common, entries=entries)

    def common(
        self,
        name: str,
        page: str,
        entries: Iterable[FeedEntryView | StoryView],
        *,
        subject: str = "",
        is_work: bool = False,
    ) -> dict[str, Any]:
        """Give what every feed has."""
        config = self.present.config
        return {
            "name": name,
            "title": config.title,
            "subject": subject,
            "is_work": is_work,
            "description": config.description,
            "language": config.language,
            "site_url": config.url,
            "page_url": config.url + ("" if is_work else page),
            "url": config.url + name,
            "host": config.host,
            "updated": max((one.changed for one in entries), default=None),
            "hub": config.hub,
            "marks_ends": config.marks_ends,
        }


def _changed(view: Told, at: datetime) -> datetime:
    """Tell when an entry was changed last."""
    return max(at, view.edited.at) if view.edited else at
