"""An incident and its page."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from statusgen.model import ComponentStatus, Impact, Incident, IncidentStatus, Postmortem
from statusgen.views import timeline
from statusgen.views.page import Frame, Link, View
from statusgen.views.status import worst
from statusgen.views.summary import incident_path
from statusgen.views.team import TeamNotes
from statusgen.views.update import EditView, UpdateView, edit_view, is_foreign, updates_view

if TYPE_CHECKING:
    from statusgen.views.present import Present


_PASSING = 64
"""How many incidents are kept of those of which there are a great many."""


class SpanView(View, frozen=True, kw_only=True):
    """A status from when to when; without an end it still holds."""

    status: ComponentStatus
    start: datetime
    end: datetime | None


class SufferedView(View, frozen=True, kw_only=True):
    """A component, the worst that it was given, and each status that it suffered."""

    component: Link
    status: ComponentStatus
    spans: tuple[SpanView, ...]


class IncidentView(View, frozen=True, kw_only=True):
    """An incident, its updates newest first; `components` tell what each suffered, and when.

    `lasted` is how long it was open in all, None while it is. `next_update` is when the next one is
    due, while it is open: as its newest update says, or else the policy; `is_overdue` once that has
    passed. `said_in` is the language of the title and of what was changed since, if it is not the
    page's; `is_foreign` tells that all updates are in that too.
    """

    title: str
    path: str
    impact: Impact
    status: IncidentStatus
    is_open: bool
    started: datetime
    resolved: datetime | None
    lasted: timedelta | None
    next_update: datetime | None
    is_overdue: bool
    components: tuple[SufferedView, ...]
    updates: tuple[UpdateView, ...]
    retracted: str
    edited: EditView | None
    said_in: str = ""
    is_foreign: bool = False


class PostmortemView(View, frozen=True, kw_only=True):
    """What was learnt."""

    title: str
    published: datetime
    body: str
    said_in: str = ""


class IncidentPage(View, frozen=True, kw_only=True):
    """The page of an incident; `earlier` and `later` are the incidents that began next to it.

    `notes` are the team's, and on no public page.
    """

    frame: Frame
    incident: IncidentView
    postmortem: PostmortemView | None
    earlier: Link | None
    later: Link | None
    notes: TeamNotes | None = None


class Incidents(dict[str, IncidentView]):
    """Incidents by their slugs, each told once, when it is asked for."""

    def __init__(self, present: Present) -> None:
        super().__init__()
        self.present = present
        self.last: dict[str, IncidentView] = {}

    def __missing__(self, slug: str) -> IncidentView:
        self[slug] = incident_view(self.present, self.present.incident(slug))
        return self[slug]

    def passing(self, slug: str) -> IncidentView:
        """Tell one of a great many, of which only the last ones are kept."""
        found = self.get(slug) or self.last.get(slug)
        if found is None:
            if len(self.last) >= _PASSING:
                self.last.clear()
            found = self.last[slug] = incident_view(self.present, self.present.incident(slug))
        return found


def incident_view(present: Present, one: Incident) -> IncidentView:
    """Tell an incident."""
    resolved = timeline.resolved_at(one)
    due = timeline.due(one, present.config.policy)
    return IncidentView(
        title=one.title,
        path=incident_path(one.slug),
        impact=timeline.impact_of(one, present.config.policy),
        status=IncidentStatus(one.updates[-1].status),
        is_open=timeline.is_open(one),
        started=present.local(one.started),
        resolved=present.local(resolved) if resolved else None,
        lasted=timeline.lasted(timeline.episodes(one)),
        next_update=present.local(due) if due else None,
        is_overdue=due is not None and due <= present.as_of,
        components=_suffered(present, one),
        updates=updates_view(present, one.updates, given=one.components),
        retracted=one.retracted,
        edited=edit_view(present, one.edited),
        said_in=one.said_in,
        is_foreign=is_foreign(one),
    )


def incident_page(
    present: Present,
    view: IncidentView,
    postmortem: Postmortem | None,
    beside: tuple[Link | None, Link | None],
    notes: TeamNotes | None = None,
) -> IncidentPage:
    """Put an incident on its page, with what was learnt from it, and those that began beside it."""
    earlier, later = beside
    return IncidentPage(
        frame=present.frame(view.path),
        incident=view,
        postmortem=postmortem_view(present, postmortem),
        earlier=earlier,
        later=later,
        notes=notes,
    )


def postmortem_view(present: Present, one: Postmortem | None) -> PostmortemView | None:
    """Tell what was learnt, if it is published."""
    if one is None or one.published is None:
        return None
    return PostmortemView(
        title=one.title,
        published=present.local(one.published),
        body=one.body,
        said_in=one.said_in,
    )


def _suffered(present: Present, one: Incident) -> tuple[SufferedView, ...]:
    """Tell the components that an incident names, with all that it was given."""
    suffered: dict[str, list[ComponentStatus]] = defaultdict(list)
    for change in (
        *one.components,
        *(each for update in one.updates for each in update.components),
    ):
        suffered[change.component].append(change.status)
    spans: dict[str, list[SpanView]] = defaultdict(list)
    for span in timeline.spans(one):
        end = present.local(span.end) if span.end else None
        view = SpanView(status=span.status, start=present.local(span.start), end=end)
        spans[span.component].append(view)
    return tuple(
        SufferedView(
            component=present.component_link(name),
            status=worst(suffered[name]),
            spans=tuple(spans[name]),
        )
        for name in present.leaves
        if name in suffered
    )
