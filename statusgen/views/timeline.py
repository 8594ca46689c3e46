"""How an incident and a maintenance run: from their updates to spans of time.

All functions here take facts that are cut at the moment (`cut`): the last update is the newest.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from statusgen.model import (
    ComponentStatus,
    Impact,
    IncidentStatus,
    MaintenanceStatus,
    Severity,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from statusgen.config import Policy
    from statusgen.model import Incident, Maintenance, Site, Update

_CLOSED = (MaintenanceStatus.COMPLETED, MaintenanceStatus.CANCELLED)
_UNDER_WAY = (MaintenanceStatus.IN_PROGRESS, MaintenanceStatus.VERIFYING)
_IMPACTS = tuple(Impact)

# Each incident asks for them dozens of times, and to look a member up takes three times as long.
_RESOLVED = IncidentStatus.RESOLVED
_OPERATIONAL = ComponentStatus.OPERATIONAL


class Span(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A component's status from `start` until `end`; without an end it still holds."""

    component: str
    status: ComponentStatus
    start: datetime
    end: datetime | None


class Window(Struct, frozen=True, kw_only=True):
    """A time during which a maintenance is under way; without an end it still is."""

    start: datetime
    end: datetime | None

    def is_open(self, at: datetime) -> bool:
        """Whether it is open at a moment."""
        return self.start <= at and (self.end is None or at < self.end)


def cut(site: Site, until: datetime) -> Site:
    """Leave out what has not happened by then."""
    incidents = (
        replace(one, updates=tuple(update for update in one.updates if update.at <= until))
        for one in site.incidents
    )
    maintenances = (
        replace(one, updates=tuple(update for update in one.updates if update.at <= until))
        for one in site.maintenances
    )
    return replace(
        site,
        incidents=tuple(one for one in incidents if one.updates),
        maintenances=tuple(one for one in maintenances if one.updates),
    )


def is_open(incident: Incident) -> bool:
    """Whether an incident is not over, and was not reported in error."""
    return incident.updates[-1].status != _RESOLVED and not incident.retracted


def due(incident: Incident, policy: Policy) -> datetime | None:
    """When the next update is due: as the newest one says, else by the policy; None once over."""
    if not is_open(incident):
        return None
    newest = incident.updates[-1]
    within = policy.of(severities(incident)[-1]).update
    return newest.next_update or (newest.at + within if within else None)


def resolved_at(incident: Incident) -> datetime | None:
    """When it was resolved for good; None while it is not."""
    at = None
    for update in incident.updates:
        if update.status != _RESOLVED:
            at = None
        elif at is None:
            at = update.at
    return at


def episodes(incident: Incident) -> tuple[Window, ...]:
    """When an incident was open: more than once if it was reopened."""
    found: list[Window] = []
    start: datetime | None = incident.started
    for update in incident.updates:
        is_resolved = update.status == _RESOLVED
        if is_resolved and start:
            found.append(Window(start=start, end=update.at))
            start = None
        elif not is_resolved and start is None:
            start = update.at
    return (*found, Window(start=start, end=None)) if start else tuple(found)


def lasted(windows: Iterable[Window]) -> timedelta | None:
    """Add up how long it lasted; None while it goes on."""
    total = timedelta()
    for each in windows:
        if each.end is None:
            return None
        total += each.end - each.start
    return total


def severities(incident: Incident) -> tuple[Severity, ...]:
    """The severity that holds at each update."""
    held = incident.severity
    found = []
    for update in incident.updates:
        held = update.severity or held
        found.append(held)
    return tuple(found)


def impact_of(incident: Incident, policy: Policy) -> Impact:
    """How much an incident hurt at its worst, unless it says so itself."""
    if incident.impact:
        return incident.impact
    held = [update.severity for update in incident.updates if update.severity]
    return max((policy.of(each).impact for each in (incident.severity, *held)), key=_IMPACTS.index)


def named(one: Incident) -> tuple[str, ...]:
    """Tell the components that an incident names, in the order in which it does."""
    found = dict.fromkeys(change.component for change in one.components)
    found |= dict.fromkeys(each.component for update in one.updates for each in update.components)
    return tuple(found)


def spans(incident: Incident) -> tuple[Span, ...]:
    """What each component suffers from an incident, and when; one that does well has no span."""
    if incident.retracted:
        return ()
    folding = _Folding(incident)
    for update in incident.updates:
        folding.take(update)
    return folding.done()


def statuses(incident: Incident) -> tuple[dict[str, ComponentStatus], ...]:
    """What an incident gives to components from each update on; what it does not name does well."""
    folding = _Folding(incident)
    found = []
    for update in incident.updates:
        folding.take(update)
        found.append({component: status for component, (status, _) in folding.current.items()})
    return tuple(found)


class _Folding:
    """The statuses that hold while one update follows the other."""

    def __init__(self, incident: Incident) -> None:
        self.spans: list[Span] = []
        self.current: dict[str, tuple[ComponentStatus, datetime]] = {}
        self.before: dict[str, ComponentStatus] = {}
        self.is_resolved = False
        for change in incident.components:
            self.set(change.component, change.status, incident.started)

    def take(self, update: Update[IncidentStatus]) -> None:
        is_resolved = update.status == _RESOLVED
        if is_resolved and not self.is_resolved:
            self.resolve(update.at)
        elif self.is_resolved and not is_resolved:
            self.reopen(update.at, restore=not update.components)
        for change in update.components:
            self.set(change.component, change.status, update.at)

    def set(self, component: str, status: ComponentStatus, at: datetime) -> None:
        held, since = self.current.get(component, (_OPERATIONAL, at))
        if held == status:
            return
        self.close(component, held, since, at)
        self.current[component] = (status, at)

    def close(
        self, component: str, status: ComponentStatus, start: datetime, end: datetime | None
    ) -> None:
        if status != _OPERATIONAL and start != end:
            self.spans.append(Span(component=component, status=status, start=start, end=end))

    def resolve(self, at: datetime) -> None:
        self.is_resolved = True
        self.before = {component: status for component, (status, _) in self.current.items()}
        for component in self.before:
            self.set(component, _OPERATIONAL, at)

    def reopen(self, at: datetime, *, restore: bool) -> None:
        self.is_resolved = False
        for component, status in self.before.items() if restore else ():
            self.set(component, status, at)

    def done(self) -> tuple[Span, ...]:
        for component, (status, since) in self.current.items():
            self.close(component, status, since, None)
        return tuple(self.spans)


def plans(maintenance: Maintenance) -> tuple[tuple[datetime, datetime], ...]:
    """The window as it stood at each update."""
    starts, ends = maintenance.starts, maintenance.ends
    found = []
    for update in maintenance.updates:
        starts, ends = update.starts or starts, update.ends or ends
        found.append((starts, ends))
    return tuple(found)


def window(maintenance: Maintenance) -> tuple[datetime, datetime]:
    """The window as it was last moved."""
    return plans(maintenance)[-1]


def windows(maintenance: Maintenance) -> tuple[Window, ...]:
    """When a maintenance is under way: by the clock while only `scheduled` was said, then by word.

    A window that is announced late began when it says; one that is moved begins no sooner than that
    was said.
    """
    if maintenance.retracted:
        return ()
    updates = maintenance.updates
    starts, ends = maintenance.starts, maintenance.ends
    found: list[Window] = []
    for index, (update, status) in enumerate(zip(updates, _phases(maintenance), strict=True)):
        starts, ends = update.starts or starts, update.ends or ends
        until = updates[index + 1].at if index + 1 < len(updates) else None
        if status in _UNDER_WAY:
            _add(found, update.at, until)
        elif status == MaintenanceStatus.SCHEDULED:
            start = max(starts, update.at) if index else starts
            _add(found, start, ends if until is None else min(ends, until))
    return tuple(found)


def _phases(maintenance: Maintenance) -> tuple[MaintenanceStatus, ...]:
    """What each update makes of it: once it is under way, `scheduled` does not close it."""
    held = MaintenanceStatus.SCHEDULED
    found = []
    for update in maintenance.updates:
        said = MaintenanceStatus(update.status)
        if held not in _UNDER_WAY or said != MaintenanceStatus.SCHEDULED:
            held = said
        found.append(held)
    return tuple(found)


def _add(found: list[Window], start: datetime, end: datetime | None) -> None:
    """Add a window, joined to the one before it where they touch."""
    if end is not None and end <= start:
        return
    if found and found[-1].end == start:
        start = found.pop().start
    found.append(Window(start=start, end=end))


def phase(maintenance: Maintenance, as_of: datetime) -> MaintenanceStatus:
    """How far a maintenance has come, by its word and by the clock."""
    said = _phases(maintenance)[-1]
    starts, ends = window(maintenance)
    if said != MaintenanceStatus.SCHEDULED or as_of < starts:
        return said
    return MaintenanceStatus.IN_PROGRESS if as_of < ends else MaintenanceStatus.COMPLETED


def is_over(maintenance: Maintenance, as_of: datetime) -> bool:
    """Whether nothing more is to be expected of it."""
    return bool(maintenance.retracted) or phase(maintenance, as_of) in _CLOSED


def over_at(maintenance: Maintenance, as_of: datetime) -> datetime | None:
    """When a maintenance was over, by its word or by the clock; None while it is not."""
    if phase(maintenance, as_of) not in _CLOSED:
        return None
    at = None
    for update, status in zip(maintenance.updates, _phases(maintenance), strict=True):
        if status not in _CLOSED:
            at = None
        elif at is None:
            at = update.at
    return at or window(maintenance)[1]


def runs_over(maintenance: Maintenance, as_of: datetime) -> bool:
    """Whether work goes on past the end that was announced."""
    is_under_way = phase(maintenance, as_of) in _UNDER_WAY
    return is_under_way and as_of >= window(maintenance)[1]
