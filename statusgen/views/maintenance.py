"""A maintenance and its page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from statusgen.model import Maintenance, MaintenanceStatus
from statusgen.views import timeline
from statusgen.views.page import Frame, Link, View, maintenance_path
from statusgen.views.team import TeamNotes, maintenance_notes
from statusgen.views.turn import PhaseTurn, phase_turns
from statusgen.views.update import EditView, UpdateView, edit_view, is_foreign, updates_view

if TYPE_CHECKING:
    from statusgen.views.present import Present


class MaintenanceView(View, frozen=True, kw_only=True):
    """A maintenance, its updates newest first; `said_in` and `is_foreign` as for an incident."""

    title: str
    path: str
    phase: MaintenanceStatus
    starts: datetime
    ends: datetime
    runs_over: bool
    turns: tuple[PhaseTurn, ...]
    components: tuple[Link, ...]
    updates: tuple[UpdateView, ...]
    retracted: str
    edited: EditView | None
    said_in: str = ""
    is_foreign: bool = False


class MaintenancePage(View, frozen=True, kw_only=True):
    """The page of a maintenance; `notes` are the team's, and on no public page."""

    frame: Frame
    maintenance: MaintenanceView
    notes: TeamNotes | None = None


def maintenance_view(present: Present, one: Maintenance) -> MaintenanceView:
    """Tell a maintenance."""
    starts, ends = timeline.window(one)
    return MaintenanceView(
        title=one.title,
        path=maintenance_path(one.slug),
        phase=timeline.phase(one, present.as_of),
        starts=present.local(starts),
        ends=present.local(ends),
        runs_over=timeline.runs_over(one, present.as_of),
        turns=phase_turns(present, one),
        components=tuple(present.component_link(name) for name in one.components),
        updates=updates_view(present, one.updates, plans=timeline.plans(one)),
        retracted=one.retracted,
        edited=edit_view(present, one.edited),
        said_in=one.said_in,
        is_foreign=is_foreign(one),
    )


def maintenance_page(present: Present, one: Maintenance, view: MaintenanceView) -> MaintenancePage:
    """Put a maintenance on its page."""
    notes = maintenance_notes(present, one)
    return MaintenancePage(frame=present.frame(view.path), maintenance=view, notes=notes)
