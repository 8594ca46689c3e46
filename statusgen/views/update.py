"""An update as pages, feeds and mails tell it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest
from typing import TYPE_CHECKING

from statusgen.model import (
    AnyUpdate,
    ComponentChange,
    ComponentStatus,
    Edit,
    Incident,
    IncidentStatus,
    Maintenance,
    MaintenanceStatus,
)
from statusgen.views.page import Link, View

if TYPE_CHECKING:
    from statusgen.views.present import Present


Plans = Sequence[tuple[datetime, datetime]]


class ChangeView(View, frozen=True, kw_only=True):
    """A component, and the status that it was given."""

    component: Link
    status: ComponentStatus


class PlanView(View, frozen=True, kw_only=True):
    """From when to when a maintenance is to be."""

    starts: datetime
    ends: datetime


class UpdateView(View, frozen=True, kw_only=True):
    """An update: `label` is its status, or `update` where that stayed the same.

    `is_overdue` where the next update was promised for a time that is past. `said_in` is the
    language of the body, if it is not the page's.
    """

    id: str
    label: str
    status: IncidentStatus | MaintenanceStatus
    at: datetime
    body: str
    changes: tuple[ChangeView, ...]
    next_update: datetime | None
    is_overdue: bool
    starts: datetime | None
    ends: datetime | None
    plan: PlanView | None
    said_in: str = ""


class EditView(View, frozen=True, kw_only=True):
    """What was changed after publishing."""

    at: datetime
    what: str


def updates_view(
    present: Present,
    updates: Sequence[AnyUpdate],
    *,
    plans: Plans = (),
    given: tuple[ComponentChange, ...] = (),
) -> tuple[UpdateView, ...]:
    """Tell updates newest first; when the next one comes, only the newest still says.

    `plans` are the windows of a maintenance as they stood at each update, `given` what an incident
    did to components from its start: its first update tells of it.
    """
    before = None
    views = []
    for one, plan in zip_longest(updates, plans):
        promised = one.next_update if one is updates[-1] else None
        views.append(
            UpdateView(
                id=one.id,
                label="update" if one.status == before else one.status,
                status=one.status,
                at=present.local(one.at),
                body=one.body,
                changes=_changes(present, (*(given if one is updates[0] else ()), *one.components)),
                next_update=present.local(promised) if promised else None,
                is_overdue=bool(promised and promised <= present.as_of),
                starts=present.local(one.starts) if one.starts else None,
                ends=present.local(one.ends) if one.ends else None,
                plan=_plan(present, plan),
                said_in=one.said_in,
            )
        )
        before = one.status
    return tuple(reversed(views))


def _changes(present: Present, changes: tuple[ComponentChange, ...]) -> tuple[ChangeView, ...]:
    """Tell changes in their order, each component once, with the last word on it."""
    last = {change.component: change.status for change in changes}
    return tuple(
        ChangeView(component=present.component_link(component), status=status)
        for component, status in last.items()
    )


def edit_view(present: Present, edited: Edit | None) -> EditView | None:
    """Tell what was changed after publishing, once it was."""
    if edited is None or edited.at > present.as_of:
        return None
    return EditView(at=present.local(edited.at), what=edited.what)


def is_foreign(one: Incident | Maintenance) -> bool:
    """Whether nothing that is told of something is in the language of the page."""
    return bool(one.said_in) and all(update.said_in for update in one.updates)


def _plan(present: Present, plan: tuple[datetime, datetime] | None) -> PlanView | None:
    return PlanView(starts=present.local(plan[0]), ends=present.local(plan[1])) if plan else None
