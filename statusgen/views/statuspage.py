"""What Statuspage's public API tells (v2): its objects, with just its keys, in its order.

Whatever reads the market leader's pages reads these: some readers refuse a key more or less, or a
time that is spelt differently. So an object holds its times as they are spelt there; bodies are
still as they were written.
What was retracted counts for nothing here, as what is deleted there. A maintenance that was called
off is `completed`, as the API has no word for it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cached_property, lru_cache, partial
from hashlib import blake2b
from heapq import nlargest
from operator import attrgetter
from string import ascii_lowercase, digits
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from statusgen.model import (
    Component,
    ComponentGroup,
    ComponentStatus,
    Impact,
    Incident,
    IncidentStatus,
    Maintenance,
    MaintenanceStatus,
    Notify,
    Postmortem,
    Word,
)
from statusgen.views import timeline
from statusgen.views.page import Pages, Promise, View, maintenance_path
from statusgen.views.status import Indicator, worst
from statusgen.views.summary import incident_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from statusgen.model import AnyUpdate
    from statusgen.views.present import Present
    from statusgen.views.summary import Summary

FOLDER = "api/v2/"
"""Where the files lie."""
NEWEST = 50
"""How many incidents and maintenances are told at least, if there are that many."""

ID = 12
"""How many signs an id has."""
_SIGNS = digits + ascii_lowercase
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of what happened nobody knows when."""

Id = Annotated[str, Meta(pattern="^[a-z0-9]{12}$")]
Stamp = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$")]
Address = Annotated[str, Meta(pattern="^https?://")]
Name = Annotated[str, Meta(min_length=1)]
Description = Literal[
    "All Systems Operational",
    "Service Under Maintenance",
    "Partially Degraded Service",
    "Degraded System Service",
    "Minor Service Outage",
    "Partial System Outage",
    "Major System Outage",
]


class IncidentWord(Word):
    """How far an incident has come; at last what was learnt from it is published."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    POSTMORTEM = "postmortem"


class MaintenanceWord(Word):
    """How far a maintenance has come."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"


class UpdateWord(Word):
    """The status that an update tells: one of an incident's, or of a maintenance's."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    POSTMORTEM = "postmortem"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"


class ApiObject(View, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An object of the API: it has all of its keys, and no other."""


class PageObject(ApiObject, frozen=True, kw_only=True):
    """The site."""

    id: Id
    name: Name
    url: Address
    time_zone: Name
    updated_at: Stamp


class StatusObject(ApiObject, frozen=True, kw_only=True):
    """How the service does as a whole, as the banner of the page says it."""

    indicator: Indicator
    description: Description


class ComponentObject(ApiObject, frozen=True, kw_only=True):
    """A component, or a group of some; only a group has `components`, the ids of its own.

    `position` counts from 1 at the top and again in each group. `start_date` is the first day of
    which anything is known.
    """

    id: Id
    name: Name
    status: ComponentStatus
    created_at: Stamp
    updated_at: Stamp
    position: Annotated[int, Meta(ge=1)]
    description: str | None
    showcase: bool
    start_date: date | None
    group_id: Id | None
    page_id: Id
    group: bool
    only_show_if_degraded: bool
    components: tuple[Id, ...] | UnsetType = UNSET


class AffectedObject(ApiObject, frozen=True, kw_only=True):
    """What an update made of a component: `code` is the component's id."""

    code: Id
    name: Name
    old_status: ComponentStatus
    new_status: ComponentStatus


class UpdateObject(ApiObject, frozen=True, kw_only=True):
    """An update; its `body` is an HTML fragment, text with `<br />` where a line ends."""

    id: Id
    status: UpdateWord
    body: str
    incident_id: Id
    created_at: Stamp
    updated_at: Stamp
    display_at: Stamp
    affected_components: Annotated[tuple[AffectedObject, ...], Meta(min_length=1)] | None
    deliver_notifications: bool
    custom_tweet: None = None
    tweet_id: None = None


class IncidentObject(ApiObject, frozen=True, kw_only=True):
    """An incident: its updates newest first, and its components as they do now.

    `created_at` is the time of its first update, `started_at` when it began. It is `postmortem`
    once it is resolved and what was learnt from it is published.
    """

    id: Id
    name: Name
    status: IncidentWord
    created_at: Stamp
    updated_at: Stamp
    monitoring_at: Stamp | None
    resolved_at: Stamp | None
    impact: Impact
    shortlink: Address
    started_at: Stamp
    page_id: Id
    incident_updates: Annotated[tuple[UpdateObject, ...], Meta(min_length=1)]
    components: tuple[ComponentObject, ...]
    reminder_intervals: None = None


class MaintenanceObject(ApiObject, frozen=True, kw_only=True):
    """A maintenance: `started_at` is when it was announced, `scheduled_for` when it begins."""

    id: Id
    name: Name
    status: MaintenanceWord
    created_at: Stamp
    updated_at: Stamp
    monitoring_at: None = None
    resolved_at: Stamp | None
    impact: Literal["maintenance"] = "maintenance"
    shortlink: Address
    started_at: Stamp
    page_id: Id
    incident_updates: Annotated[tuple[UpdateObject, ...], Meta(min_length=1)]
    components: tuple[ComponentObject, ...]
    scheduled_for: Stamp
    scheduled_until: Stamp


class SummaryFile(ApiObject, frozen=True, kw_only=True):
    """How everything does now: unresolved incidents, upcoming and active maintenance."""

    page: PageObject
    components: tuple[ComponentObject, ...]
    incidents: tuple[IncidentObject, ...]
    scheduled_maintenances: tuple[MaintenanceObject, ...]
    status: StatusObject


class StatusFile(ApiObject, frozen=True, kw_only=True):
    """How the service does as a whole."""

    page: PageObject
    status: StatusObject


class ComponentsFile(ApiObject, frozen=True, kw_only=True):
    """The components, by position, groups and their own mixed."""

    page: PageObject
    components: tuple[ComponentObject, ...]


class IncidentsFile(ApiObject, frozen=True, kw_only=True):
    """Incidents, that which was told last first."""

    page: PageObject
    incidents: tuple[IncidentObject, ...]


class MaintenancesFile(ApiObject, frozen=True, kw_only=True):
    """Maintenance: that to come and that under way by when it begins, all by when it was told."""

    page: PageObject
    scheduled_maintenances: tuple[MaintenanceObject, ...]


StatuspageFile = SummaryFile | StatusFile | ComponentsFile | IncidentsFile | MaintenancesFile

FILES: dict[str, tuple[type[StatuspageFile], str]] = {
    "summary": (SummaryFile, "How everything does now."),
    "status": (StatusFile, "How the service does as a whole."),
    "components": (ComponentsFile, "How each component does."),
    "incidents": (IncidentsFile, "The 50 newest incidents, and all that are open."),
    "incidents/unresolved": (IncidentsFile, "The incidents that are open."),
    "scheduled-maintenances": (
        MaintenancesFile,
        "The 50 newest maintenances, and all that are not over.",
    ),
    "scheduled-maintenances/upcoming": (MaintenancesFile, "The maintenance that is to come."),
    "scheduled-maintenances/active": (MaintenancesFile, "The maintenance that is under way."),
}
"""The files by their names: what each holds, and what it is for."""


@lru_cache(maxsize=1024)  # each update of an incident tells of the same components
def statuspage_id(kind: str, name: str) -> str:
    """Tell the id of something for ever, from what never changes of it: `incident` and its slug.

    The others are `maintenance`, `component` and `group` by their slug or id, `update` by its id,
    `postmortem` by the slug of its incident, and `page` by its address.
    """
    digest = blake2b(f"{kind}/{name}".encode(), digest_size=10).digest()
    number = int.from_bytes(digest)
    signs = []
    for _ in range(ID):
        number, sign = divmod(number, len(_SIGNS))
        signs.append(_SIGNS[sign])
    return "".join(signs)


def statuspage(present: Present) -> Pages[StatuspageFile]:
    """Promise the files of the API."""
    return Pages(_Statuspage(present).files)


def objects(present: Present) -> _Statuspage:
    """Give what tells objects of the API one by one."""
    return _Statuspage(present)


def addresses(present: Present) -> Iterator[tuple[str, str]]:
    """Tell where the market leader's page has what the lists tell, and the path of ours.

    It has incidents and maintenance alike at `incidents/` with the id.
    """
    told = _Statuspage(present)
    for slug in told.newest_incidents():
        yield f"incidents/{statuspage_id('incident', slug)}/", incident_path(slug)
    for one in told.newest_maintenances():
        yield f"incidents/{statuspage_id('maintenance', one.slug)}/", maintenance_path(one.slug)


class _Statuspage:
    """The objects of the API, each made once."""

    def __init__(self, present: Present) -> None:
        self.present = present
        self.postmortems = {one.incident: one for one in present.site.postmortems if one.published}
        self.page_id = statuspage_id("page", present.config.url)

    def files(self) -> Iterator[Promise[StatuspageFile]]:
        """Promise the files; the incidents that are long over are read only if theirs is due."""
        page, components, status = self.page, tuple(self.components), self.status
        unresolved = tuple(self.incident(one) for one in self.unresolved())
        upcoming = tuple(self.maintenance(one) for one in self.upcoming())
        active = tuple(self.maintenance(one) for one in self.active())
        works = tuple(self.maintenance(one) for one in self.newest_maintenances())
        made: dict[str, StatuspageFile] = {
            "summary": SummaryFile(
                page=page,
                components=components,
                incidents=unresolved,
                scheduled_maintenances=(*upcoming, *active),
                status=status,
            ),
            "status": StatusFile(page=page, status=status),
            "components": ComponentsFile(page=page, components=components),
            "incidents/unresolved": IncidentsFile(page=page, incidents=unresolved),
            "scheduled-maintenances": MaintenancesFile(page=page, scheduled_maintenances=works),
            "scheduled-maintenances/upcoming": MaintenancesFile(
                page=page, scheduled_maintenances=upcoming
            ),
            "scheduled-maintenances/active": MaintenancesFile(
                page=page, scheduled_maintenances=active
            ),
        }
        for name, file in made.items():
            yield Promise(path=_path(name), make=partial(lambda one: one, file))
        yield self.incidents()

    def incidents(self) -> Promise[StatuspageFile]:
        """Promise the newest incidents."""
        present = self.present
        told = list(self.newest_incidents())

        def make() -> IncidentsFile:
            return IncidentsFile(
                page=self.page, incidents=tuple(self.incident(slug) for slug in told)
            )

        def made_from() -> object:
            known = (present.config, present.site.components, self.page, self.components)
            facts = [present.made_from(slug) for slug in told]
            learnt = [self.postmortems[slug] for slug in told if slug in self.postmortems]
            return known, told, facts, learnt

        return Promise(path=_path("incidents"), make=make, made_from=made_from)

    # Which are told.

    def newest_incidents(self) -> Iterator[str]:
        """Tell the newest incidents and all that are open, that which was told last first."""
        newest: list[Summary] = []
        for volume in sorted(
            self.present.volumes, key=lambda one: one.outline.newest, reverse=True
        ):
            if len(newest) == NEWEST and volume.outline.newest < newest[-1].announced:
                break
            told = (one for one in volume.summaries if not one.is_retracted)
            newest = nlargest(NEWEST, [*newest, *told], key=_AGE)
        found = {one.slug: one for one in (*newest, *self.present.open())}
        return (one.slug for one in sorted(found.values(), key=_AGE, reverse=True))

    def unresolved(self) -> Iterator[str]:
        """Tell the incidents that are open, that which was told last first."""
        return (one.slug for one in sorted(self.present.open(), key=_AGE, reverse=True))

    def upcoming(self) -> list[Maintenance]:
        """Tell the maintenance that is to come, the next first."""
        return [one for one in self.expected if self.phase(one) == MaintenanceStatus.SCHEDULED]

    def active(self) -> list[Maintenance]:
        """Tell the maintenance that is under way, the oldest first."""
        return [one for one in self.expected if self.phase(one) != MaintenanceStatus.SCHEDULED]

    def newest_maintenances(self) -> list[Maintenance]:
        """Tell the newest maintenance, and all that is not over, that which was told last first."""
        told = sorted(self.works, key=lambda one: (one.updates[0].at, one.slug), reverse=True)
        return [one for place, one in enumerate(told) if place < NEWEST or one in self.expected]

    @cached_property
    def works(self) -> list[Maintenance]:
        """All maintenance that counts."""
        return [one for one in self.present.maintenances() if not one.retracted]

    @cached_property
    def expected(self) -> list[Maintenance]:
        """The maintenance that is not over, by when it begins."""
        expected = (one for one in self.works if not timeline.is_over(one, self.present.as_of))
        return sorted(expected, key=lambda one: (timeline.window(one)[0], one.slug))

    def phase(self, one: Maintenance) -> MaintenanceStatus:
        """Tell how far a maintenance has come."""
        return timeline.phase(one, self.present.as_of)

    # What they are.

    @cached_property
    def page(self) -> PageObject:
        """The site; it was updated when anything that is shown last changed."""
        config = self.present.config
        return PageObject(
            id=self.page_id,
            name=config.title,
            url=config.url.rstrip("/"),
            time_zone="Etc/UTC" if config.timezone == "UTC" else config.timezone,
            updated_at=self.stamp(max(self._happened(), default=self._begin(None))),
        )

    @property
    def status(self) -> StatusObject:
        """The banner."""
        told = self.present.overall
        return StatusObject(indicator=told.indicator, description=told.description)  # type: ignore[arg-type] # the cascade knows no other words

    @cached_property
    def components(self) -> list[ComponentObject]:
        """All components that are on the page, by position."""
        found: list[ComponentObject] = []
        living = {leaf.id for leaf in self.present.living}
        entries = [
            (entry, leaves)
            for entry in self.present.site.components
            if (leaves := [leaf for leaf in _leaves(entry) if leaf.id in living])
        ]
        for position, (entry, leaves) in enumerate(entries, 1):
            if isinstance(entry, ComponentGroup):
                group_id = statuspage_id("group", entry.id)
                own = [self.leaf(one, place, group_id) for place, one in enumerate(leaves, 1)]
                found += [self.group(entry, position, leaves, own), *own]
            else:
                found.append(self.leaf(entry, position, None))
        return sorted(found, key=attrgetter("position"))

    @cached_property
    def by_id(self) -> dict[str, ComponentObject]:
        """The components that are on the page, by id."""
        return {one.id: one for one in self.components}

    def leaf(self, leaf: Component, position: int, group_id: str | None) -> ComponentObject:
        """Tell a component."""
        present = self.present
        since = leaf.since or present.since
        return ComponentObject(
            id=statuspage_id("component", leaf.id),
            name=leaf.name,
            status=present.status(leaf),
            created_at=self.stamp(self._begin(leaf)),
            updated_at=self.stamp(self._turned[leaf.id]),
            position=position,
            description=leaf.description or None,
            showcase=leaf.showcase,
            start_date=since,
            group_id=group_id,
            page_id=self.page_id,
            group=False,
            only_show_if_degraded=leaf.only_show_if_degraded,
        )

    def group(
        self,
        group: ComponentGroup,
        position: int,
        leaves: Iterable[Component],
        own: Iterable[ComponentObject],
    ) -> ComponentObject:
        """Tell a group: it does as the worst of its own does."""
        return ComponentObject(
            id=statuspage_id("group", group.id),
            name=group.name,
            status=worst(one.status for one in own),
            created_at=self.stamp(min(self._begin(leaf) for leaf in leaves)),
            updated_at=self.stamp(max(self._turned[leaf.id] for leaf in leaves)),
            position=position,
            description=None,
            showcase=False,
            start_date=None,
            group_id=None,
            page_id=self.page_id,
            group=True,
            only_show_if_degraded=False,
            components=tuple(one.id for one in own),
        )

    def incident(self, slug: str) -> IncidentObject:
        """Tell an incident."""
        present = self.present
        one = present.incident(slug)
        resolved = timeline.resolved_at(one)
        postmortem = self.postmortems.get(slug) if resolved else None
        updates = self.incident_updates(one, postmortem)
        edited = one.edited.at if one.edited and one.edited.at <= present.as_of else None
        monitored = (each.at for each in one.updates if each.status == IncidentStatus.MONITORING)
        monitoring = next(monitored, None)
        return IncidentObject(
            id=statuspage_id("incident", slug),
            name=one.title,
            status=IncidentWord("postmortem" if postmortem else one.updates[-1].status),
            created_at=self.stamp(one.updates[0].at),
            updated_at=self.stamp(max(_published(one, postmortem), edited or one.updates[-1].at)),
            monitoring_at=self.stamp(monitoring) if monitoring else None,
            resolved_at=self.stamp(resolved) if resolved else None,
            impact=timeline.impact_of(one, present.config.policy),
            shortlink=present.config.url + incident_path(slug),
            started_at=self.stamp(one.started),
            page_id=self.page_id,
            incident_updates=updates,
            components=self.named(timeline.named(one)),
        )

    def incident_updates(
        self, one: Incident, postmortem: Postmortem | None
    ) -> tuple[UpdateObject, ...]:
        """Tell the updates of an incident, newest first; the post-mortem is one of them."""
        incident_id = statuspage_id("incident", one.slug)
        named = dict.fromkeys(change.component for change in one.components)
        before: Mapping[str, ComponentStatus] = {}
        found = []
        for update, after in zip(one.updates, timeline.statuses(one), strict=True):
            named |= dict.fromkeys(change.component for change in update.components)
            affected = self.affected(named, before, after)
            found.append(self.update(update, incident_id, update.status, affected))
            before = after
        if postmortem:
            at = self.stamp(_published(one, postmortem))
            learnt = UpdateObject(
                id=statuspage_id("postmortem", one.slug),
                status=UpdateWord.POSTMORTEM,
                body=postmortem.body,
                incident_id=incident_id,
                created_at=at,
                updated_at=at,
                display_at=at,
                affected_components=None,
                deliver_notifications=False,
            )
            found.append(learnt)
        return tuple(reversed(found))

    def maintenance(self, one: Maintenance) -> MaintenanceObject:
        """Tell a maintenance."""
        present = self.present
        starts, ends = timeline.window(one)
        over = timeline.over_at(one, present.as_of)
        newest = one.updates[-1].at
        edited = one.edited.at if one.edited and one.edited.at <= present.as_of else newest
        return MaintenanceObject(
            id=statuspage_id("maintenance", one.slug),
            name=one.title,
            status=MaintenanceWord(_word(self.phase(one))),
            created_at=self.stamp(one.updates[0].at),
            updated_at=self.stamp(max(newest, edited)),
            resolved_at=self.stamp(over) if over else None,
            shortlink=present.config.url + maintenance_path(one.slug),
            started_at=self.stamp(one.updates[0].at),
            page_id=self.page_id,
            incident_updates=self.maintenance_updates(one),
            components=self.named(one.components),
            scheduled_for=self.stamp(starts),
            scheduled_until=self.stamp(ends),
        )

    def maintenance_updates(self, one: Maintenance) -> tuple[UpdateObject, ...]:
        """Tell the updates of a maintenance, newest first."""
        incident_id = statuspage_id("maintenance", one.slug)
        windows = timeline.windows(one)
        found = []
        for update in one.updates:
            was = any(
                w.start < update.at and (w.end is None or update.at <= w.end) for w in windows
            )
            before = _work(one, is_open=was)
            after = _work(one, is_open=any(each.is_open(update.at) for each in windows))
            affected = self.affected(one.components, before, after)
            found.append(self.update(update, incident_id, _word(update.status), affected))
        return tuple(reversed(found))

    def update(
        self,
        update: AnyUpdate,
        incident_id: str,
        status: str,
        affected: tuple[AffectedObject, ...],
    ) -> UpdateObject:
        """Tell an update."""
        at = self.stamp(update.at)
        return UpdateObject(
            id=statuspage_id("update", update.id),
            status=UpdateWord(status),
            body=update.body,
            incident_id=incident_id,
            created_at=at,
            updated_at=at,
            display_at=at,
            affected_components=affected or None,
            deliver_notifications=update.notify != Notify.NO,
        )

    def affected(
        self,
        named: Iterable[str],
        before: Mapping[str, ComponentStatus],
        after: Mapping[str, ComponentStatus],
    ) -> tuple[AffectedObject, ...]:
        """Tell what became of components; one that is not told of does well."""
        return tuple(
            AffectedObject(
                code=statuspage_id("component", name),
                name=self.names[name],
                old_status=before.get(name, ComponentStatus.OPERATIONAL),
                new_status=after.get(name, ComponentStatus.OPERATIONAL),
            )
            for name in named
        )

    @cached_property
    def names(self) -> dict[str, str]:
        """Every component's name, after that of its group."""
        return {
            leaf.id: f"{entry.name} - {leaf.name}"
            if isinstance(entry, ComponentGroup)
            else leaf.name
            for entry in self.present.site.components
            for leaf in _leaves(entry)
        }

    def named(self, names: Iterable[str]) -> tuple[ComponentObject, ...]:
        """Tell components as they do now, in page order; who is off the page is left out."""
        ids = {statuspage_id("component", name) for name in names}
        return tuple(one for id_, one in self.by_id.items() if id_ in ids)

    def stamp(self, at: datetime) -> str:
        """Spell a time: in the site's zone, with milliseconds, and as `Z` where that is UTC."""
        local = self.present.local(at)
        text = local.isoformat(timespec="milliseconds")
        return text.removesuffix("+00:00") + "Z" if local.tzinfo is UTC else text

    # When something changed.

    def _begin(self, leaf: Component | None) -> datetime:
        """Tell when the record of a component begins, or that of the site."""
        since = (leaf.since if leaf else None) or self.present.since
        return self.present.midnight(since) if since else EPOCH

    @cached_property
    def _turned(self) -> dict[str, datetime]:
        """When the status of each component last changed, as far as anything gave it one."""
        found: dict[str, datetime] = {
            leaf.id: max([self._begin(leaf), *self._edges(self.present.spans[leaf.id])])
            for leaf in self.present.living
        }
        for volume in self.present.volumes:
            ended = volume.outline.ended
            for name, toll in volume.outline.components.items():
                if name in found and (ended is None or ended > found[name]):
                    found[name] = max((found[name], *self._edges(toll.spans(name))))
        return found

    def _edges(self, spans: Iterable[timeline.Span]) -> Iterator[datetime]:
        """Tell when something began or ended, up to now."""
        edges = (at for span in spans for at in (span.start, span.end))
        return (at for at in edges if at and at <= self.present.as_of)

    def _happened(self) -> Iterator[datetime]:
        """Tell when anything changed."""
        told = [self.present.newest, *(one.published for one in self.postmortems.values())]
        for one in self.works:
            told += [at for opened in timeline.windows(one) for at in (opened.start, opened.end)]
        instants = (at for at in (*self._turned.values(), *told) if at)
        return (at for at in instants if at <= self.present.as_of)


_AGE = attrgetter("announced", "slug")


def _path(name: str) -> str:
    return f"{FOLDER}{name}.json"


def _leaves(entry: Component | ComponentGroup) -> tuple[Component, ...]:
    return entry.components if isinstance(entry, ComponentGroup) else (entry,)


def _published(one: Incident, postmortem: Postmortem | None) -> datetime:
    """Tell when the post-mortem was told: after all else, since it is what is said last."""
    newest = one.updates[-1].at
    return max(postmortem.published or newest, newest) if postmortem else newest


def _word(status: str) -> str:
    """Tell the API's word: it has none for what was called off."""
    return MaintenanceStatus.COMPLETED if status == MaintenanceStatus.CANCELLED else status


def _work(one: Maintenance, *, is_open: bool) -> dict[str, ComponentStatus]:
    """Tell what a maintenance makes of its components."""
    return dict.fromkeys(one.components, ComponentStatus.UNDER_MAINTENANCE) if is_open else {}
