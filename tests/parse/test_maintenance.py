"""Maintenance: its window, and the updates that move it."""

from __future__ import annotations

from statusgen.model import MaintenanceStatus, Visibility
from tests.worlds import at, parse, problems

MOVE = "content/maintenance/move.md"
WORK = """\
---
title: The database moves
starts: 2026-01-10 23:00 UTC
ends: 01:00 UTC
components: [db]
---

[SCHEDULED] We move the database.
Updated: 2026-01-02 12:00 UTC
"""


def test_a_window_may_end_by_a_bare_time() -> None:
    """The first instant after the start that reads so."""
    (found,) = parse({MOVE: WORK})[1].maintenances
    assert (found.starts, found.ends) == (at("2026-01-10 23:00"), at("2026-01-11 01:00"))
    assert found.components == ("db",)
    assert found.visibility == Visibility.PUBLIC
    assert found.updates[0].id == "maintenance-move-20260102T1200Z"


def test_components_may_be_left_out() -> None:
    """Work may touch nothing that customers know by name."""
    assert parse({MOVE: WORK.replace("components: [db]\n", "")})[1].maintenances[0].components == ()


def test_an_update_moves_the_window() -> None:
    """By `Starts:` and `Ends:`, which the update keeps."""
    moved = "\n[UPDATE] Later.\nStarts: 2026-01-12 23:00 UTC\nEnds: 2026-01-13 01:00 UTC\n"
    (found,) = parse({MOVE: f"{WORK}{moved}Updated: 13:00 UTC\n"})[1].maintenances
    assert found.updates[1].starts == at("2026-01-12 23:00")
    assert found.updates[1].ends == at("2026-01-13 01:00")
    assert found.updates[1].status == MaintenanceStatus.SCHEDULED


def test_a_start_alone_that_passes_the_end_is_told() -> None:
    """The window would have no length."""
    moved = "\n[UPDATE] Later.\nStarts: 2026-01-12 23:00 UTC\nUpdated: 13:00 UTC\n"
    assert problems({MOVE: WORK + moved}) == [
        (
            f"{MOVE}:12: updates[1].Starts: the window would end, 2026-01-11 01:00 UTC, "
            "before it starts, 2026-01-12 23:00 UTC"
        )
    ]


def test_every_status_is_read_in_any_case() -> None:
    """With a blank or a hyphen for the underscore."""
    steps = "".join(
        f"\n[{word}] a\nUpdated: 2026-01-11 00:0{n} UTC\n"
        for n, word in enumerate(["In progress", "VERIFYING", "Completed"])
    )
    (found,) = parse({MOVE: WORK + steps})[1].maintenances
    assert [str(one.status) for one in found.updates] == [
        "scheduled",
        "in_progress",
        "verifying",
        "completed",
    ]


def test_maintenance_may_lie_ahead_of_the_clock() -> None:
    """And so may what is said of it."""
    assert not problems({MOVE: WORK}, as_of="2026-01-01 12:00", clock=True)


def test_incident_and_maintenance_of_one_slug_never_collide() -> None:
    """Each has ids of its own."""
    incident = "---\ntitle: a\nseverity: SEV-1\nstarted: 2026-01-02 11:00 UTC\n---\n"
    update = "[IDENTIFIED] a\nUpdated: 12:00 UTC\n"
    _, site = parse({MOVE: WORK, "content/incidents/move.md": incident + update})
    ids = {site.incidents[0].updates[0].id, site.maintenances[0].updates[0].id}
    assert ids == {"incident-move-20260102T1200Z", "maintenance-move-20260102T1200Z"}
