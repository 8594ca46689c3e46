"""An incident and its page."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from statusgen.model import ComponentStatus, Impact, Incident, IncidentStatus, Postmortem
from statusgen.views import timeline
from statusgen.views.page import Frame, View
from statusgen.views.status import worst
from statusgen.views.summary import incident_path
from statusgen.views.update import ChangeView, EditView, UpdateView, edit_view, updates_view

if TYPE_CHECKING:
    from statusgen.views.present import Present


class IncidentView(View, frozen=True, kw_only=True):
    """An incident, its updates newest first; `components` have the worst that each suffered.

    `lasted` is how long it was open in all, None while it is.
    """

    title: str
    path: str
    impact: Impact
    status: IncidentStatus
    is_open: bool
    started: datetime
    resolved: datetime | None
    lasted: timedelta | None
    components: tuple[ChangeView, ...]
    updates: tuple[UpdateView, ...]
    retracted: str
    edited: EditView | None


class PostmortemView(View, frozen=True, kw_only=True):
    """What was learnt."""

    title: str
    published: datetime
    body: str


class IncidentPage(View, frozen=True, kw_only=True):
    """The page of an incident."""

    frame: Frame
    incident: IncidentView
    postmortem: PostmortemView | None


def incident_view(present: Present, one: Incident) -> IncidentView:
    """Tell an incident."""
    resolved = timeline.resolved_at(one)
    return IncidentView(
        title=one.title,
        path=incident_path(one.slug),
        impact=timeline.impact_of(one, present.config.policy),
        status=IncidentStatus(one.updates[-1].status),
        is_open=timeline.is_open(one),
        started=present.local(one.started),
        resolved=present.local(resolved) if resolved else None,
        lasted=timeline.lasted(timeline.episodes(one)),
        components=_suffered(present, one),
        updates=updates_view(present, one.updates, given=one.components),
        retracted=one.retracted,
        edited=edit_view(present, one.edited),
    )


def incident_page(
    present: Present, view: IncidentView, postmortem: Postmortem | None
) -> IncidentPage:
    """Put an incident on its page, with what was learnt from it."""
    told = None
    if postmortem and postmortem.published:
        told = PostmortemView(
            title=postmortem.title,
            published=present.local(postmortem.published),
            body=postmortem.body,
        )
    return IncidentPage(frame=present.frame(view.path), incident=view, postmortem=told)


def _suffered(present: Present, one: Incident) -> tuple[ChangeView, ...]:
    """Tell the components that an incident names, each with the worst that it was given."""
    suffered: dict[str, list[ComponentStatus]] = defaultdict(list)
    for change in (
        *one.components,
        *(each for update in one.updates for each in update.components),
    ):
        suffered[change.component].append(change.status)
    return tuple(
        ChangeView(component=present.component_link(name), status=worst(suffered[name]))
        for name in present.leaves
        if name in suffered
    )
