"""The roll-up: from open incidents and windows to one status each, and one for the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from statusgen.model import ComponentStatus, Word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from statusgen.views.timeline import Span

_rank = {status: status.rank for status in ComponentStatus}.__getitem__


class Indicator(Word):
    """How the service does as a whole, in the words of the public API."""

    NONE = "none"
    MAINTENANCE = "maintenance"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class Overall(Struct, frozen=True, kw_only=True):
    """The page's indicator and its sentence."""

    indicator: Indicator
    description: str


def worst(statuses: Iterable[ComponentStatus]) -> ComponentStatus:
    """Pick the worst status; all is well where there is none."""
    return max(statuses, key=_rank, default=ComponentStatus.OPERATIONAL)


def status_at(spans: Iterable[Span], at: datetime) -> ComponentStatus:
    """Tell a component's status: the worst that anything gives it at a moment."""
    return worst(
        span.status for span in spans if span.start <= at and (span.end is None or at < span.end)
    )


def overall(statuses: Collection[ComponentStatus], *, has_open_incident: bool) -> Overall:
    """Roll the components up: the public API's cascade, the first that matches.

    While a public incident is open the page is never better than `minor`.
    """
    present = set(statuses)
    if present == {ComponentStatus.MAJOR_OUTAGE}:
        found = (Indicator.CRITICAL, "Major System Outage")
    elif ComponentStatus.MAJOR_OUTAGE in present:
        found = (Indicator.MAJOR, "Partial System Outage")
    elif ComponentStatus.PARTIAL_OUTAGE in present:
        found = (Indicator.MINOR, "Minor Service Outage")
    elif present == {ComponentStatus.DEGRADED_PERFORMANCE}:
        found = (Indicator.MINOR, "Degraded System Service")
    elif ComponentStatus.DEGRADED_PERFORMANCE in present or has_open_incident:
        found = (Indicator.MINOR, "Partially Degraded Service")
    elif ComponentStatus.UNDER_MAINTENANCE in present:
        found = (Indicator.MAINTENANCE, "Service Under Maintenance")
    else:
        found = (Indicator.NONE, "All Systems Operational")
    return Overall(indicator=found[0], description=found[1])
