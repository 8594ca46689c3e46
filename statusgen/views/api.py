"""What the site tells programs: Statuspage's API as it is, and more than that in its own words.

An object holds what its file tells; a text is held as it was written, twice where it is told both
as `html` and as `text`. Times are in the site's zone.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from statusgen.model import ComponentStatus, Impact, IncidentStatus, MaintenanceStatus
from statusgen.views import uptime
from statusgen.views.history import record
from statusgen.views.incident import postmortem_view
from statusgen.views.page import KEY, Batch, Pages, Promise, View, key_of
from statusgen.views.report import grouped
from statusgen.views.statuspage import Address, StatuspageFile, statuspage, statuspage_id
from statusgen.views.summary import Summary, incident_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from statusgen.model import Component, Postmortem
    from statusgen.views.entry import Entries, EntryView
    from statusgen.views.incident import Incidents, IncidentView, PostmortemView, SufferedView
    from statusgen.views.page import Link
    from statusgen.views.present import Present
    from statusgen.views.summary import Volume
    from statusgen.views.timeline import Span
    from statusgen.views.update import ChangeView, UpdateView
    from statusgen.views.uptime import Day

DAYS = 365
"""How many days a component's file tells of."""

Share = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[int, Meta(ge=0)]


class Record(View, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An object of a file: it has all of its keys, and no other."""


class ChangeRecord(Record, frozen=True, kw_only=True):
    """A component, and the status that an update gave it."""

    id: str
    name: str
    status: ComponentStatus


class UpdateRecord(Record, frozen=True, kw_only=True):
    """An update, as HTML that can do no harm and as plain text."""

    id: str
    url: Address
    status: IncidentStatus
    at: datetime
    html: str
    text: str
    components: tuple[ChangeRecord, ...]


class SpanRecord(Record, frozen=True, kw_only=True):
    """A status from when to when; without an end it still holds."""

    status: ComponentStatus
    started_at: datetime
    ended_at: datetime | None


class SufferedRecord(Record, frozen=True, kw_only=True):
    """A component, the worst that an incident gave it, and each status that it suffered."""

    id: str
    name: str
    status: ComponentStatus
    spans: tuple[SpanRecord, ...]


class PostmortemRecord(Record, frozen=True, kw_only=True):
    """What was learnt from an incident."""

    title: str
    published_at: datetime
    html: str
    text: str


class EditRecord(Record, frozen=True, kw_only=True):
    """What was changed after it was published."""

    at: datetime
    what: str


class IncidentRecord(Record, frozen=True, kw_only=True):
    """An incident, with its updates, newest first.

    `statuspage_id` names it in `api/v2/`. `seconds` is how long it was open in all, null while it
    is. `retracted` tells why it was reported in error; then it counts for nothing.
    """

    id: str
    statuspage_id: str
    url: Address
    title: str
    impact: Impact
    status: IncidentStatus
    is_open: bool
    started_at: datetime
    resolved_at: datetime | None
    seconds: Seconds | None
    next_update_at: datetime | None
    components: tuple[SufferedRecord, ...]
    updates: tuple[UpdateRecord, ...]
    postmortem: PostmortemRecord | None
    retracted: str | None
    edited: EditRecord | None


class DayRecord(Record, frozen=True, kw_only=True):
    """A component's day: its worst status, null where nothing is known of it, and its uptime.

    The seconds are those of each kind of outage.
    """

    date: date
    status: ComponentStatus | None
    uptime: Share | None
    major_outage_seconds: Seconds
    partial_outage_seconds: Seconds


class ComponentRecord(Record, frozen=True, kw_only=True):
    """A component, with each day of a year, the oldest first, and the uptime of all of them.

    `weight` is what a partial outage counts, beside a major one.
    """

    id: str
    statuspage_id: str
    url: Address
    name: str
    group: str | None
    description: str | None
    link: str | None
    status: ComponentStatus
    since: date | None
    retired: date | None
    weight: Share
    uptime: Share | None
    days: tuple[DayRecord, ...]


class IncidentEntry(Record, frozen=True, kw_only=True):
    """An incident, briefly: `api` is the address of the rest, `components` are ids.

    One that is retracted ended with its last word.
    """

    id: str
    statuspage_id: str
    url: Address
    api: Address
    title: str
    impact: Impact
    status: IncidentStatus
    started_at: datetime
    ended_at: datetime | None
    seconds: Seconds | None
    components: tuple[str, ...]
    is_retracted: bool


class MaintenanceEntry(Record, frozen=True, kw_only=True):
    """A maintenance, briefly: when it really was, or is to be."""

    id: str
    statuspage_id: str
    url: Address
    title: str
    status: MaintenanceStatus
    started_at: datetime
    ended_at: datetime | None
    seconds: Seconds | None
    components: tuple[str, ...]
    is_retracted: bool


class MonthRecord(Record, frozen=True, kw_only=True):
    """What began in a month, newest first."""

    month: Annotated[str, Meta(pattern=r"^\d{4}-\d\d$")]
    incidents: tuple[IncidentEntry, ...]
    maintenances: tuple[MaintenanceEntry, ...]


class Document(View, frozen=True, kw_only=True):
    """What the description of all these files tells of the site."""

    title: str
    url: str


class Api(Struct, frozen=True, kw_only=True):
    """All that programs are told: each incident, component and month has a file of its own."""

    statuspage: Pages[StatuspageFile]
    incidents: Pages[IncidentRecord]
    components: Pages[ComponentRecord]
    months: Pages[MonthRecord]
    document: Document


def api(present: Present, entries: Entries, incidents: Incidents) -> Api:
    """Promise what programs are told, in the language of the present."""
    return Api(
        statuspage=statuspage(present),
        incidents=_incidents(present, incidents),
        components=Pages(partial(_components, present)),
        months=Pages(partial(_months, present, entries)),
        document=Document(title=present.config.title, url=present.config.url),
    )


def _incidents(present: Present, incidents: Incidents) -> Pages[IncidentRecord]:
    """Promise the file of each incident, newest first, those of a month together."""
    postmortems = {one.incident: one for one in present.site.postmortems}

    def make(slug: str, postmortem: Postmortem | None) -> IncidentRecord:
        learnt = postmortem_view(present, postmortem)
        return _incident(present, slug, incidents.passing(slug), learnt)

    def of_month(volume: Volume) -> Iterator[Promise[IncidentRecord]]:
        for one in volume.summaries:
            postmortem, digest = postmortems.get(one.slug), volume.digests.get(one.slug)
            yield Promise(
                path=_incident_path(one.slug),
                make=partial(make, one.slug, postmortem),
                made_from=partial(tuple, (digest, postmortem)) if digest else None,
                shared=present.surroundings,
            )

    def parts() -> Iterator[Promise[IncidentRecord] | Batch[IncidentRecord]]:
        for volume in present.volumes:
            if volume.key:
                learnt = [one for slug, one in postmortems.items() if slug in volume.digests]
                yield Batch(
                    name=f"api-incidents-{volume.outline.month:%Y-%m}",
                    subject=f"{volume.outline.month:%Y-%m}",
                    size=volume.size,
                    promises=partial(of_month, volume),
                    key=volume.key[:KEY] + key_of(learnt),
                    shared=present.surroundings,
                )
            else:
                yield from of_month(volume)

    return Pages(parts)


def _incident(
    present: Present, slug: str, view: IncidentView, learnt: PostmortemView | None
) -> IncidentRecord:
    url = present.config.url + view.path
    postmortem, edited = None, None
    if learnt:
        postmortem = PostmortemRecord(
            title=learnt.title, published_at=learnt.published, html=learnt.body, text=learnt.body
        )
    if view.edited:
        edited = EditRecord(at=view.edited.at, what=view.edited.what)
    return IncidentRecord(
        id=slug,
        statuspage_id=statuspage_id("incident", slug),
        url=url,
        title=view.title,
        impact=view.impact,
        status=view.status,
        is_open=view.is_open,
        started_at=view.started,
        resolved_at=view.resolved,
        seconds=_seconds(view.lasted),
        next_update_at=view.next_update,
        components=tuple(_suffered(one) for one in view.components),
        updates=tuple(_update(url, one) for one in view.updates),
        postmortem=postmortem,
        retracted=view.retracted or None,
        edited=edited,
    )


def _suffered(one: SufferedView) -> SufferedRecord:
    return SufferedRecord(
        id=_slug(one.component.path),
        name=one.component.title,
        status=one.status,
        spans=tuple(
            SpanRecord(status=span.status, started_at=span.start, ended_at=span.end)
            for span in one.spans
        ),
    )


def _update(url: str, one: UpdateView) -> UpdateRecord:
    return UpdateRecord(
        id=one.id,
        url=f"{url}#{one.id}",
        status=IncidentStatus(one.status),
        at=one.at,
        html=one.body,
        text=one.body,
        components=tuple(_change(each) for each in one.changes),
    )


def _change(one: ChangeView) -> ChangeRecord:
    return ChangeRecord(id=_slug(one.component.path), name=one.component.title, status=one.status)


def _components(present: Present) -> Iterator[Promise[ComponentRecord]]:
    """Promise the file of each component, the retired ones too, as each has a page."""

    def made_from(leaf: Component, group: str) -> object:
        status, last = present.status(leaf), present.last_day(leaf)
        suffered = present.suffered_since(leaf.id, _start(present, last))
        since = leaf.since or present.since
        # What has no end yet, or begins by the clock, shows in the days that home tells of too.
        newest = _days(present, leaf, present.spans[leaf.id], uptime.DAYS)
        return present.surroundings, leaf, group, status, last, since, suffered, newest

    for leaf, group in grouped(present):
        yield Promise(
            path=f"api/components/{leaf.id}.json",
            make=partial(_component, present, leaf, group),
            made_from=partial(made_from, leaf, group),
        )


def _component(present: Present, leaf: Component, group: str) -> ComponentRecord:
    weight = present.config.partial_outage_weight
    spans = present.spans_since(leaf.id, _start(present, present.last_day(leaf)))
    days = _days(present, leaf, spans, DAYS)
    return ComponentRecord(
        id=leaf.id,
        statuspage_id=statuspage_id("component", leaf.id),
        url=present.config.url + present.component_link(leaf.id).path,
        name=leaf.name,
        group=group or None,
        description=leaf.description or None,
        link=leaf.link or None,
        status=present.status(leaf),
        since=leaf.since or present.since,
        retired=leaf.retired if present.is_retired(leaf) else None,
        weight=weight,
        uptime=uptime.uptime(days, weight),
        days=tuple(
            DayRecord(
                date=day.date,
                status=day.status,
                uptime=day.uptime(weight),
                major_outage_seconds=day.major,
                partial_outage_seconds=day.partial,
            )
            for day in days
        ),
    )


def _start(present: Present, last: date) -> datetime:
    """Tell when the days begin that end with one."""
    return present.midnight(last - timedelta(days=DAYS))


def _days(present: Present, leaf: Component, spans: Iterable[Span], count: int) -> tuple[Day, ...]:
    return uptime.days(
        spans,
        last=present.last_day(leaf),
        zone=present.config.zone,
        since=leaf.since or present.since,
        as_of=present.as_of,
        count=count,
    )


def _months(present: Present, entries: Entries) -> Iterator[Promise[MonthRecord]]:
    """Promise a file for each month of the record, the newest first."""
    if not entries.months and present.since is None:
        return
    names, config = tuple(present.leaves), present.config
    first, month = record(present, entries.months)
    while month >= first:
        volume, works = entries.volumes.get(month), tuple(entries.works.get(month, ()))
        told = volume.outline.digest if volume else b""
        yield Promise(
            path=f"api/history/{month:%Y-%m}.json",
            make=partial(_month, present, month, volume, works),
            made_from=partial(tuple, (month, config.url, config.timezone, names, works, told)),
        )
        month = uptime.month_before(month, 1)


def _month(
    present: Present, month: date, volume: Volume | None, works: Iterable[EntryView]
) -> MonthRecord:
    newest = sorted(works, key=lambda one: (one.started, one.path), reverse=True)
    return MonthRecord(
        month=f"{month:%Y-%m}",
        incidents=tuple(
            _incident_entry(present, one) for one in (volume.summaries if volume else ())
        ),
        maintenances=tuple(_maintenance_entry(present.config.url, one) for one in newest),
    )


def _incident_entry(present: Present, one: Summary) -> IncidentEntry:
    url = present.config.url
    return IncidentEntry(
        id=one.slug,
        statuspage_id=statuspage_id("incident", one.slug),
        url=url + incident_path(one.slug),
        api=url + _incident_path(one.slug),
        title=one.title,
        impact=one.impact,
        status=one.status,
        started_at=present.local(one.started),
        ended_at=present.local(one.ended) if one.ended else None,
        seconds=None if one.seconds is None else int(one.seconds),
        components=tuple(name for name in present.leaves if name in one.components),
        is_retracted=one.is_retracted,
    )


def _maintenance_entry(url: str, one: EntryView) -> MaintenanceEntry:
    slug = _slug(one.path)
    return MaintenanceEntry(
        id=slug,
        statuspage_id=statuspage_id("maintenance", slug),
        url=url + one.path,
        title=one.title,
        status=MaintenanceStatus(one.status),
        started_at=one.started,
        ended_at=one.ended,
        seconds=_seconds(one.lasted),
        components=tuple(_component_id(link) for link in one.components),
        is_retracted=one.is_retracted,
    )


def _incident_path(slug: str) -> str:
    return f"api/incidents/{slug}.json"


def _component_id(link: Link) -> str:
    return _slug(link.path)


def _slug(path: str) -> str:
    """Tell the name of what has a page: `incidents/slow/` is that of `slow`."""
    return path.rstrip("/").rpartition("/")[2]


def _seconds(lasted: timedelta | None) -> int | None:
    return None if lasted is None else int(lasted.total_seconds())
