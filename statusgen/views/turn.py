"""What becomes true by the clock alone: a page holds it, so that it need not be built again.

Only what is announced is known beforehand, so that all turns come from windows of maintenance.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from statusgen.model import ComponentStatus, MaintenanceStatus
from statusgen.views import timeline
from statusgen.views.page import View
from statusgen.views.status import Overall, overall, status_at, worst

if TYPE_CHECKING:
    from collections.abc import Collection

    from statusgen.model import Component, Maintenance
    from statusgen.views.present import Present


class PhaseTurn(View, frozen=True, kw_only=True):
    """How far a maintenance has come from an instant on, while nobody says anything else."""

    at: datetime
    phase: MaintenanceStatus
    runs_over: bool


class StatusTurn(View, frozen=True, kw_only=True):
    """How a component, or the worst of a group, does from an instant on."""

    at: datetime
    status: ComponentStatus


class OverallTurn(View, frozen=True, kw_only=True):
    """How the service does as a whole from an instant on."""

    at: datetime
    overall: Overall


def phase_turns(present: Present, one: Maintenance) -> tuple[PhaseTurn, ...]:
    """Tell what the clock will make of a maintenance, in order."""
    if one.retracted:
        return ()
    held = timeline.phase(one, present.as_of), timeline.runs_over(one, present.as_of)
    found = []
    for at in timeline.window(one):
        phase, runs_over = then = timeline.phase(one, at), timeline.runs_over(one, at)
        if at > present.as_of and then != held:
            found.append(PhaseTurn(at=present.local(at), phase=phase, runs_over=runs_over))
            held = then
    return tuple(found)


def status_turns(present: Present, leaves: Collection[Component]) -> tuple[StatusTurn, ...]:
    """Tell what the clock will make of the worst status of these components, in order."""
    held = worst(present.status(leaf) for leaf in leaves)
    found = []
    for at in _instants(present, leaves):
        status = worst(status_at(present.spans[leaf.id], at) for leaf in leaves)
        if status != held:
            found.append(StatusTurn(at=present.local(at), status=status))
            held = status
    return tuple(found)


def overall_turns(
    present: Present, leaves: Collection[Component], *, has_open_incident: bool
) -> tuple[OverallTurn, ...]:
    """Tell what the clock will make of the banner, in order, by the rule that holds for it now."""

    def then(at: datetime) -> Overall:
        statuses = [status_at(present.spans[leaf.id], at) for leaf in leaves]
        return overall(statuses, has_open_incident=has_open_incident)

    held = then(present.as_of)
    found = []
    for at in _instants(present, leaves):
        if then(at) != held:
            held = then(at)
            found.append(OverallTurn(at=present.local(at), overall=held))
    return tuple(found)


def _instants(present: Present, leaves: Collection[Component]) -> list[datetime]:
    """Tell when the status of any of these components may change."""
    spans = (span for leaf in leaves for span in present.spans[leaf.id])
    edges = {at for span in spans for at in (span.start, span.end)}
    return sorted(at for at in edges if at and at > present.as_of)
