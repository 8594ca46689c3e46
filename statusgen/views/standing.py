"""How things stand for the team: what is open, by whom, and what is due."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from statusgen.model import ComponentStatus, IncidentStatus, MaintenanceStatus, Severity, Visibility
from statusgen.views import timeline
from statusgen.views.duties import Duty, Task, duties, escalation
from statusgen.views.page import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.config import Policy
    from statusgen.model import Incident, Maintenance, Site


class Level(View, frozen=True, kw_only=True):
    """Whose turn it is, by the escalation path."""

    level: str
    who: str


class Going(View, frozen=True, kw_only=True):
    """An incident that is open; `minutes` it has been, and `silent` nobody has said a word."""

    slug: str
    title: str
    severity: Severity
    status: IncidentStatus
    visibility: Visibility
    draft: bool
    started: datetime
    minutes: int
    assignee: str
    escalation: Level | None
    said: datetime
    silent: int
    components: dict[str, ComponentStatus]
    duties: tuple[Duty, ...]


class Work(View, frozen=True, kw_only=True):
    """A maintenance that is ahead or under way."""

    slug: str
    title: str
    status: MaintenanceStatus
    starts: datetime
    ends: datetime
    runs_over: bool


class Lesson(View, frozen=True, kw_only=True):
    """An incident that is over, and of which a post-mortem is due."""

    slug: str
    title: str
    due: datetime


class Standing(View, frozen=True, kw_only=True):
    """How things stand at a moment: the worst first, and what is due next first."""

    at: datetime
    incidents: tuple[Going, ...]
    maintenances: tuple[Work, ...]
    postmortems: tuple[Lesson, ...]


def standing(site: Site, policy: Policy, at: datetime, until: datetime) -> Standing:
    """Tell how things stand; `until` is the last instant whose updates have happened."""
    told = timeline.cut(site, until)
    going = (_going(one, policy, at) for one in told.incidents if timeline.is_open(one))
    works = (
        one for one in told.maintenances if not timeline.is_over(one, at) and not one.retracted
    )
    return Standing(
        at=at,
        incidents=tuple(sorted(going, key=lambda one: (one.severity, one.started))),
        maintenances=tuple(sorted((_work(one, at) for one in works), key=lambda one: one.starts)),
        postmortems=tuple(sorted(_lessons(told, policy), key=lambda one: one.due)),
    )


def _going(one: Incident, policy: Policy, at: datetime) -> Going:
    step = escalation(one, policy, at)
    said = one.updates[-1].at
    return Going(
        slug=one.slug,
        title=one.title,
        severity=timeline.severities(one)[-1],
        status=one.updates[-1].status,
        visibility=one.visibility,
        draft=one.draft,
        started=one.started,
        minutes=_minutes(one.started, at),
        assignee=one.assignee,
        escalation=Level(level=step.level, who=step.who) if step else None,
        said=said,
        silent=_minutes(said, at),
        components=timeline.statuses(one)[-1],
        duties=duties(one, policy, None),
    )


def _work(one: Maintenance, at: datetime) -> Work:
    starts, ends = timeline.window(one)
    return Work(
        slug=one.slug,
        title=one.title,
        status=timeline.phase(one, at),
        starts=starts,
        ends=ends,
        runs_over=timeline.runs_over(one, at),
    )


def _lessons(site: Site, policy: Policy) -> Iterator[Lesson]:
    lessons = {one.incident: one for one in site.postmortems}
    for one in site.incidents:
        for duty in duties(one, policy, lessons.get(one.slug)):
            if duty.task == Task.POSTMORTEM:
                yield Lesson(slug=one.slug, title=one.title, due=duty.due)


def _minutes(since: datetime, at: datetime) -> int:
    return max(0, int((at - since).total_seconds()) // 60)
