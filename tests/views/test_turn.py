"""What becomes true by the clock alone, and what a page knows of it beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from statusgen.model import ComponentStatus, MaintenanceStatus
from tests.views import incident, maintenance
from tests.worlds import Files, at, view

if TYPE_CHECKING:
    from datetime import datetime

DISKS = "content/maintenance/disks.md"
SLOW = "content/incidents/slow.md"
STARTS, ENDS = at("2026-01-03 12:00"), at("2026-01-03 13:00")


def work(*updates: str, as_of: str, **keys: str) -> list[tuple[object, ...]]:
    """Tell the turns of a maintenance."""
    (found,) = view({DISKS: maintenance(*updates, **keys)}, as_of=as_of).maintenances
    return [(one.at, one.phase, one.runs_over) for one in found.maintenance.turns]


def test_scheduled() -> None:
    """The clock opens and closes a window of which only `scheduled` was said."""
    begun = (STARTS, MaintenanceStatus.IN_PROGRESS, False)
    over = (ENDS, MaintenanceStatus.COMPLETED, False)

    assert work(as_of="2026-01-03 11:59") == [begun, over]
    assert work(as_of="2026-01-03 12:00") == [over]
    assert work(as_of="2026-01-03 13:00") == []


def test_said_to_be_in_progress() -> None:
    """Only a word closes what was said to be in progress: the clock makes it take longer."""
    said = ("2026-01-01 09:00 scheduled", "2026-01-03 11:00 in_progress")

    assert work(*said, as_of="2026-01-03 11:30") == [(ENDS, MaintenanceStatus.IN_PROGRESS, True)]
    assert work(*said, as_of="2026-01-03 13:30") == []


def test_what_is_to_be_said_is_not_told() -> None:
    """What the file holds for later is no turn: nobody has said it yet."""
    said = ("2026-01-01 09:00 scheduled", "2026-01-03 12:30 cancelled")

    assert [at for at, *_ in work(*said, as_of="2026-01-03 10:00")] == [STARTS, ENDS]


@pytest.mark.parametrize(
    ("updates", "keys"),
    [
        (["2026-01-01 09:00 scheduled", "2026-01-02 09:00 cancelled"], {}),
        (["2026-01-01 09:00 scheduled"], {"retracted": "A mistake."}),
    ],
    ids=["cancelled", "retracted"],
)
def test_nothing_is_awaited(updates: list[str], keys: dict[str, str]) -> None:
    """What was called off or announced in error turns no more."""
    assert work(*updates, as_of="2026-01-03 10:00", **keys) == []


def test_component() -> None:
    """A component turns with the windows that touch it, and only where nothing worse holds."""
    longer = maintenance(starts="2026-01-03 12:30 UTC", ends="2026-01-03 14:00 UTC")
    files: Files = {DISKS: maintenance(), "content/maintenance/longer.md": longer}

    def turns(files: Files) -> dict[str, list[tuple[object, ...]]]:
        return {
            page.component.id: [(one.at, one.status) for one in page.component.turns]
            for page in view(files, as_of="2026-01-03 10:00").components
        }

    assert turns(files) == {
        "api": [],
        "db": [
            (STARTS, ComponentStatus.UNDER_MAINTENANCE),
            (at("2026-01-03 14:00"), ComponentStatus.OPERATIONAL),
        ],
    }
    worse = incident(components="{db: degraded_performance}")
    assert turns(files | {SLOW: worse})["db"] == []


def test_group() -> None:
    """A group turns with the worst of its components."""
    grouped = """
        - group: Backend
          id: backend
          components: [{id: api, name: API}, {id: db, name: Database}]
    """
    files: Files = {"content/components.yml": grouped, DISKS: maintenance()}

    def turns(files: Files) -> list[datetime]:
        (row,) = view(files, as_of="2026-01-03 10:00").home.components
        return [one.at for one in row.turns]

    assert turns(files) == [STARTS, ENDS]
    assert turns(files | {SLOW: incident()}) == []


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, ["Service Under Maintenance", "All Systems Operational"]),
        ({SLOW: incident()}, []),
        ({SLOW: incident(components="", severity="SEV-4")}, []),
    ],
    ids=["well", "outage", "open-incident"],
)
def test_banner(files: Files, told: list[str]) -> None:
    """The banner turns by the rule that it is told by: only where nothing worse holds."""
    home = view(files | {DISKS: maintenance()}, as_of="2026-01-03 10:00").home

    assert [one.overall.description for one in home.turns] == told


def test_same_as_built_then() -> None:
    """What a page knows beforehand is what a build says at that instant."""
    files: Files = {DISKS: maintenance(), SLOW: incident("17:05 investigating", "18:00 resolved")}
    home = view(files, as_of="2026-01-03 10:00").home

    for turn, moment in zip(home.turns, ("2026-01-03 12:00", "2026-01-03 13:00"), strict=True):
        assert turn.at == at(moment)
        assert turn.overall == view(files, as_of=moment).home.overall


def test_newest() -> None:
    """Home knows the newest update of all; no other page is written anew with each."""
    said = incident("17:05 investigating", "17:30 update")
    site = view({SLOW: said, DISKS: maintenance()}, as_of="2026-01-03 10:00")

    assert site.home.frame.newest == at("2026-01-02 17:30")
    frames = [page.frame for page in site.components]
    frames += [site.incidents[0].frame, site.maintenances[0].frame, site.history.frame]
    assert {frame.newest for frame in frames} == {None}
    later = view({SLOW: said, DISKS: maintenance("2026-01-03 09:00 scheduled")})
    assert later.home.frame.newest == at("2026-01-03 09:00")
    assert view({}).home.frame.newest is None


def test_overdue() -> None:
    """A promise that has passed is told as that, from its instant on."""
    files: Files = {SLOW: incident("17:05 investigating; Next update: 17:30 UTC")}

    def is_overdue(as_of: str) -> bool:
        return view(files, as_of=as_of).home.incidents[0].updates[0].is_overdue

    assert not is_overdue("2026-01-02 17:29")
    assert is_overdue("2026-01-02 17:30")
