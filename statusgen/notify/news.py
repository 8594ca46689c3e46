"""What a site has to tell at a moment: its updates, what the clock does to maintenance, lessons."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from statusgen.model import IncidentStatus, MaintenanceStatus, Notify, Severity, digest_of_texts
from statusgen.views import timeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from statusgen.config import Policy
    from statusgen.model import Incident, Maintenance, Postmortem
    from statusgen.views.present import Present

T = TypeVar("T")

REMINDER = timedelta(hours=1)
"""How long before a maintenance its readers are reminded of it."""

MEMORY = timedelta(days=7)
"""How long an incident is looked at of which nothing new is told: what was begun is over then."""

_MINUTE = "%Y%m%dT%H%MZ"


class Kind(StrEnum):
    """What it is that is told."""

    UPDATE = "update"
    REMINDER = "reminder"
    STARTED = "started"
    COMPLETED = "completed"
    POSTMORTEM = "postmortem"


class News(Struct, frozen=True, kw_only=True):
    """One thing that is told once.

    `thread` is the incident or maintenance that it belongs to, `also` are those that it was once
    called; `text` is a digest of what it says. `severities` is the one that holds, at the end all
    that held, since whoever was told of an incident is told of its end; a maintenance has none.
    `components` are all that it has touched so far.
    """

    kind: Kind
    thread: str
    id: str
    at: datetime
    status: str
    text: str
    notify: Notify = Notify.YES
    severities: tuple[Severity, ...] = ()
    components: tuple[str, ...] = ()
    is_mailed: bool = True
    also: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """The slug of the incident or maintenance."""
        return self.thread.partition("-")[2]

    @property
    def is_about_work(self) -> bool:
        """Whether it is about maintenance."""
        return self.thread.startswith("maintenance-")


def news(present: Present) -> tuple[News, ...]:
    """Tell what a public site has told until its moment, in order of time.

    An incident of which nothing was told for a week is left out: nothing of it could be sent.
    """
    found = [*_of_incidents(present), *_of_maintenances(present)]
    return tuple(
        sorted(found, key=lambda one: one.at)
    )  # what is said in one minute keeps its order


def _of_incidents(present: Present) -> Iterator[News]:
    policy = present.config.policy
    lessons = {one.incident: one for one in present.site.postmortems}
    oldest = present.as_of - MEMORY
    taught = {slug for slug, one in lessons.items() if one.published and one.published >= oldest}
    for one in present.told_since(oldest, taught):
        if one.retracted:
            continue
        yield from _of_incident(one, policy)
        if one.slug in lessons:
            yield from _of_postmortem(one, lessons[one.slug], policy)


def _of_incident(one: Incident, policy: Policy) -> Iterator[News]:
    components = [change.component for change in one.components]
    held: list[Severity] = []
    before: IncidentStatus | None = None
    for update, severity in zip(one.updates, timeline.severities(one), strict=True):
        components += [change.component for change in update.components]
        held.append(severity)
        is_end = update.status == IncidentStatus.RESOLVED != before
        before = update.status
        yield News(
            kind=Kind.UPDATE,
            thread=f"incident-{one.slug}",
            id=update.id,
            at=update.at,
            status=update.status,
            text=digest_of_texts((update.body,)),
            notify=update.notify,
            severities=_each(held if is_end else [severity]),
            components=_each(components),
            is_mailed=any(policy.of(each).mail for each in (held if is_end else [severity])),
            also=_also("incident", one.aliases),
        )


def _of_postmortem(one: Incident, lesson: Postmortem, policy: Policy) -> Iterator[News]:
    if lesson.published is None:
        return
    held = timeline.severities(one)
    changes = (*one.components, *(each for update in one.updates for each in update.components))
    yield News(
        kind=Kind.POSTMORTEM,
        thread=f"incident-{one.slug}",
        id=f"postmortem-{one.slug}",
        at=lesson.published,
        status=Kind.POSTMORTEM,
        text=digest_of_texts((lesson.title, lesson.body)),
        severities=_each(held),
        components=_each(change.component for change in changes),
        is_mailed=any(policy.of(each).mail for each in held),
        also=_also("incident", one.aliases),
    )


def _of_maintenances(present: Present) -> Iterator[News]:
    for one in present.site.maintenances:
        if one.retracted:
            continue
        for update in one.updates:
            yield _of_work(
                one,
                Kind.UPDATE,
                id=update.id,
                at=update.at,
                status=update.status,
                text=digest_of_texts((update.body,)),
                notify=update.notify,
            )
        yield from _by_the_clock(one, present.as_of)


def _by_the_clock(one: Maintenance, as_of: datetime) -> Iterator[News]:
    """Tell what the clock has done to a maintenance of which only `scheduled` was said.

    A reminder is for who was told before: what is announced later than that needs none.
    """
    if one.updates[-1].status != MaintenanceStatus.SCHEDULED:
        return
    starts, ends = timeline.window(one)
    reminded = starts - REMINDER
    if one.updates[-1].at < reminded <= as_of < starts:
        yield _of_clock(one, Kind.REMINDER, starts, reminded, MaintenanceStatus.SCHEDULED)
    if one.updates[-1].at < starts <= as_of:
        yield _of_clock(one, Kind.STARTED, starts, starts, MaintenanceStatus.IN_PROGRESS)
    if one.updates[-1].at < ends <= as_of:
        yield _of_clock(one, Kind.COMPLETED, ends, ends, MaintenanceStatus.COMPLETED)


def _of_clock(
    one: Maintenance, kind: Kind, instant: datetime, at: datetime, status: MaintenanceStatus
) -> News:
    """Name it by the instant that it is about: a window that is moved has another."""
    name = f"maintenance-{one.slug}-{kind}-{instant:{_MINUTE}}"
    return _of_work(one, kind, id=name, at=at, status=status, text="", notify=Notify.YES)


def _of_work(  # noqa: PLR0913 - a field each
    one: Maintenance,
    kind: Kind,
    *,
    id: str,  # noqa: A002 - the field's name
    at: datetime,
    status: str,
    text: str,
    notify: Notify,
) -> News:
    return News(
        kind=kind,
        thread=f"maintenance-{one.slug}",
        id=id,
        at=at,
        status=status,
        text=text,
        notify=notify,
        components=one.components,
        also=_also("maintenance", one.aliases),
    )


def _also(kind: str, aliases: tuple[str, ...]) -> tuple[str, ...]:
    """Tell the threads that an incident had at its old addresses."""
    return tuple(f"{kind}-{alias.strip('/').rpartition('/')[2]}" for alias in aliases)


def _each(names: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(names))
