"""What only the team reads: how things stand, what is asked of it, its notes and its runbooks."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec.structs import replace

from statusgen.model import Severity
from statusgen.views import timeline
from statusgen.views.duties import Task, duties, escalation
from statusgen.views.page import ExtraPage, Frame, Link, View
from statusgen.views.review import Review, review
from statusgen.views.standing import Level
from statusgen.views.summary import incident_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from statusgen.model import Incident, Maintenance, Postmortem
    from statusgen.views.present import Present

PATH = "team/"


class DutyView(View, frozen=True, kw_only=True):
    """Something that is to be done, and by when."""

    task: Task
    due: datetime


class TeamNotes(View, frozen=True, kw_only=True):
    """What the team knows of an incident or a maintenance: a maintenance has no severity.

    `text` holds its notes and checklists; `duties` are what is still to be done.
    """

    severity: Severity | None
    assignee: str
    acknowledged: datetime | None
    text: str
    duties: tuple[DutyView, ...] = ()


class OpenIncident(View, frozen=True, kw_only=True):
    """An incident that is open; `level` tells whose turn it is, `said` when the last word was."""

    link: Link
    started: datetime
    said: datetime
    level: Level | None
    notes: TeamNotes


class OwedLesson(View, frozen=True, kw_only=True):
    """An incident whose post-mortem is not published, and when that is due."""

    link: Link
    due: datetime


class TeamPage(View, frozen=True, kw_only=True):
    """The team's own page: what is open, what is owed, runbooks, and how it did by its policy."""

    frame: Frame
    incidents: tuple[OpenIncident, ...]
    lessons: tuple[OwedLesson, ...]
    runbooks: tuple[Link, ...]
    review: Review


def incident_notes(present: Present, one: Incident) -> TeamNotes | None:
    """Tell what the team knows of an incident; the public is told nothing of it."""
    if present.lessons is None:
        return None
    found = duties(one, present.config.policy, present.lessons.get(one.slug))
    return TeamNotes(
        severity=timeline.severities(one)[-1],
        assignee=one.assignee,
        acknowledged=present.local(one.acknowledged) if one.acknowledged else None,
        text=_listed(one.internal),
        duties=tuple(DutyView(task=each.task, due=present.local(each.due)) for each in found),
    )


def maintenance_notes(present: Present, one: Maintenance) -> TeamNotes | None:
    """Tell what the team knows of a maintenance."""
    if present.lessons is None:
        return None
    return TeamNotes(
        severity=None, assignee=one.assignee, acknowledged=None, text=_listed(one.internal)
    )


def team_page(present: Present) -> TeamPage | None:
    """Tell how things stand for the team."""
    if present.lessons is None:
        return None
    incidents = tuple(present.incident(one.slug) for one in present.summaries())
    postmortems = tuple(present.lessons.values())
    site = replace(present.site, incidents=incidents, postmortems=postmortems)
    return TeamPage(
        frame=present.frame(PATH),
        incidents=tuple(_open(present, one.slug) for one in present.open()),
        lessons=tuple(_owed(present, incidents, present.lessons)),
        runbooks=tuple(Link(title=page.title, path=page.frame.path) for page in runbooks(present)),
        review=review(site, present.config, present.as_of),
    )


def runbooks(present: Present) -> tuple[ExtraPage, ...]:
    """Tell what to do when something breaks, by name."""
    return tuple(
        ExtraPage(frame=present.frame(f"runbooks/{one.slug}/"), title=one.title, body=one.body)
        for one in sorted(present.site.runbooks, key=lambda one: one.slug)
    )


def _listed(notes: Iterable[str]) -> str:
    """Write notes as one text: those of a line as a list, others as they are."""
    parts = []
    for is_long, group in groupby(notes, key=lambda note: "\n" in note):
        some = [*group]
        parts.append("\n\n".join(some) if is_long else "\n".join(f"- {note}" for note in some))
    return "\n\n".join(parts)


def _open(present: Present, slug: str) -> OpenIncident:
    one = present.incident(slug)
    step = escalation(one, present.config.policy, present.as_of)
    notes = incident_notes(present, one)
    assert notes is not None  # noqa: S101 - it is the team that is told
    return OpenIncident(
        link=Link(title=one.title, path=incident_path(slug)),
        started=present.local(one.started),
        said=present.local(one.updates[-1].at),
        level=Level(level=step.level, who=step.who) if step else None,
        notes=notes,
    )


def _owed(
    present: Present, incidents: Iterable[Incident], lessons: Mapping[str, Postmortem]
) -> list[OwedLesson]:
    """Tell the post-mortems that are not published, the first that is due first."""
    found = [
        OwedLesson(
            link=Link(title=one.title, path=incident_path(one.slug)), due=present.local(duty.due)
        )
        for one in incidents
        for duty in duties(one, present.config.policy, lessons.get(one.slug))
        if duty.task == Task.POSTMORTEM
    ]
    return sorted(found, key=lambda one: one.due)
