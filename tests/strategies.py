"""Whole sites of facts, at random: everything that may stand in content, and nothing that may not.

Times lie on even hours of ten days that cross a year, so that much happens at once.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TypeVar

from hypothesis import strategies as st

from statusgen.model import (
    Announcement,
    Component,
    ComponentChange,
    ComponentGroup,
    ComponentStatus,
    Impact,
    Incident,
    IncidentStatus,
    Maintenance,
    MaintenanceStatus,
    Page,
    Postmortem,
    Severity,
    Site,
    Update,
    Visibility,
)

T = TypeVar("T")

FIRST = datetime(2025, 12, 28, tzinfo=UTC)
HOURS = 240
COMPONENTS = ("api", "db", "cache", "web")

hours = st.integers(min_value=0, max_value=HOURS // 2).map(lambda number: number * 2)
times = hours.map(lambda hour: FIRST + timedelta(hours=hour))
zones = st.sampled_from(
    ["UTC", "Europe/Istanbul", "America/New_York", "Europe/Berlin", "Asia/Kolkata"]
)
visibilities = st.sampled_from([Visibility.PUBLIC, Visibility.PUBLIC, Visibility.INTERNAL])
seldom = st.sampled_from([False, False, False, True])
reasons = seldom.map(lambda is_retracted: "A probe was broken." if is_retracted else "")
changes = st.dictionaries(
    st.sampled_from(COMPONENTS), st.sampled_from(ComponentStatus), max_size=3
).map(
    lambda given: tuple(
        ComponentChange(component=component, status=status) for component, status in given.items()
    )
)
severities = st.sampled_from(Severity)


def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    """Draw from a strategy, or nothing."""
    return st.none() | strategy


@st.composite
def components(draw: st.DrawFn) -> tuple[Component | ComponentGroup, ...]:
    """Draw four components, the first of them in a group, some of them retired."""
    leaves = [
        Component(
            id=name,
            name=name.upper(),
            since=draw(maybe(times.map(datetime.date))),
            retired=draw(maybe(times.map(datetime.date))) if draw(seldom) else None,
            only_show_if_degraded=draw(seldom),
        )
        for name in COMPONENTS
    ]
    size = draw(st.integers(min_value=0, max_value=len(leaves)))
    group = ComponentGroup(id="data", name="Data", components=tuple(leaves[:size]))
    return (group, *leaves[size:]) if size else tuple(leaves)


@st.composite
def incidents(draw: st.DrawFn, slug: str) -> Incident:
    """Draw an incident: resolved, reopened, changing, retracted, or told when it was over."""
    started, *said = sorted(draw(st.lists(times, min_size=2, max_size=6)))
    updates = []
    for number, at in enumerate(said):
        status = draw(st.sampled_from(IncidentStatus))
        is_resolved = status == IncidentStatus.RESOLVED
        updates.append(
            Update(
                id=f"incident-{slug}-{number}",
                status=status,
                at=at,
                body=f"What we know of {slug}.",
                components=() if is_resolved else draw(changes),
                severity=draw(maybe(severities)),
            )
        )
    return Incident(
        slug=slug,
        title=f"Incident {slug}",
        severity=draw(severities),
        started=started,
        visibility=draw(visibilities),
        updates=tuple(updates),
        components=draw(changes),
        draft=draw(seldom),
        impact=draw(maybe(st.sampled_from(Impact))),
        retracted=draw(reasons),
        internal=("Call Ada.",),
        assignee="Ada",
    )


@st.composite
def maintenances(draw: st.DrawFn, slug: str) -> Maintenance:
    """Draw a maintenance: by the clock, by word, moved, running over, cancelled, opened again."""
    starts, ends = draw(_windows)
    said = sorted(draw(st.lists(times, min_size=1, max_size=5)))
    updates = []
    for number, at in enumerate(said):
        moved = draw(maybe(_windows))
        updates.append(
            Update(
                id=f"maintenance-{slug}-{number}",
                status=draw(st.sampled_from(MaintenanceStatus)),
                at=at,
                body=f"What we do in {slug}.",
                starts=moved[0] if moved else None,
                ends=moved[1] if moved else None,
            )
        )
    return Maintenance(
        slug=slug,
        title=f"Maintenance {slug}",
        starts=starts,
        ends=ends,
        visibility=draw(visibilities),
        updates=tuple(updates),
        components=tuple(draw(st.lists(st.sampled_from(COMPONENTS), unique=True, max_size=2))),
        draft=draw(seldom),
        retracted=draw(reasons),
        assignee="Ada",
    )


_windows = st.tuples(times, hours).map(
    lambda drawn: (drawn[0], drawn[0] + timedelta(hours=drawn[1] + 2))
)


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """Draw a whole site."""
    told = [draw(incidents(name)) for name in ("a", "b", "c")[: draw(st.integers(0, 3))]]
    work = [draw(maintenances(name)) for name in ("a", "d")[: draw(st.integers(0, 2))]]
    return Site(
        components=draw(components()),
        incidents=tuple(told),
        maintenances=tuple(work),
        postmortems=tuple(
            Postmortem(
                incident=one.slug, title="Learnt", body="Much.", published=draw(maybe(times))
            )
            for one in told
            if draw(seldom)
        ),
        announcements=tuple(
            Announcement(
                slug=slug,
                title=slug,
                body="News.",
                starts=draw(times),
                ends=None,
                draft=draw(seldom),
            )
            for slug in ("news", "more-news")[: draw(st.integers(0, 2))]
        ),
        pages=tuple(
            Page(slug=slug, title=slug, body="Us.", draft=draw(seldom))
            for slug in ("about", "terms")[: draw(st.integers(0, 2))]
        ),
        runbooks=(Page(slug="pool", title="Pool", body="Restart it."),),
    )
