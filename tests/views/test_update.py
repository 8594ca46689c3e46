"""An update as pages, feeds and mails tell it."""

from statusgen.views.update import UpdateView
from tests.views import incident, maintenance
from tests.worlds import Files, at, view


def shown(*updates: str) -> tuple[UpdateView, ...]:
    """Show the updates of an incident."""
    return view({"content/incidents/slow.md": incident(*updates)}).incidents[0].incident.updates


def test_newest_first() -> None:
    """Updates stand newest first; of one minute, the later word stands first."""
    found = shown("17:05 investigating", "17:15 identified", "17:15 monitoring")

    assert [one.status for one in found] == ["monitoring", "identified", "investigating"]


def test_ids() -> None:
    """An id is the kind, the slug, the minute in UTC, and a counter within that minute."""
    found = shown("17:05 investigating", "17:15 identified", "17:15 monitoring")

    assert [one.id for one in found] == [
        "incident-slow-20260102T1715Z-2",
        "incident-slow-20260102T1715Z",
        "incident-slow-20260102T1705Z",
    ]


def test_pinned_id() -> None:
    """`Id:` keeps the id when the time is corrected."""
    (found,) = shown("17:07 investigating; Id: 20260102T1705Z")

    assert (found.id, found.at) == ("incident-slow-20260102T1705Z", at("2026-01-02 17:07"))


def test_one_slug_for_both_kinds() -> None:
    """An incident and a maintenance of one slug never collide."""
    files: Files = {
        "content/incidents/one.md": incident("2026-01-03 12:00 investigating"),
        "content/maintenance/one.md": maintenance("2026-01-03 12:00 in_progress"),
    }

    ids = [entry.id for entry in view(files).feed.entries]

    assert len(set(ids)) == 2


def test_label() -> None:
    """The label is the status, or `update` where the status stays as it was."""
    found = shown("17:05 investigating", "17:10 update", "17:15 investigating", "17:30 resolved")

    assert [one.label for one in found] == ["resolved", "update", "update", "investigating"]
    assert [one.status for one in found][1:] == ["investigating"] * 3


def test_changes() -> None:
    """An update tells what it changes, by the component's name and page."""
    newest, _ = shown("17:05 investigating", "17:10 identified; Components: db=major_outage")

    told = [(each.component.title, each.component.path, each.status) for each in newest.changes]
    assert told == [("Database", "components/db/", "major_outage")]


def test_first_changes() -> None:
    """The first update tells what the incident hurts from its start as well, the last word last."""
    (first,) = shown("17:05 investigating; Components: db=major_outage, api=operational")

    told = [(each.component.title, each.status) for each in first.changes]
    assert told == [("API", "operational"), ("Database", "major_outage")]


def test_next_update() -> None:
    """Only the newest update still says when the next one comes."""
    promised = "17:05 investigating; Next update: 17:30 UTC"

    assert shown(promised)[0].next_update == at("2026-01-02 17:30")
    assert shown(promised, "17:20 identified")[1].next_update is None


def test_moved_window() -> None:
    """An update that moves the window of a maintenance tells where to."""
    told = "2026-01-02 09:00 update; Starts: 2026-01-05 15:00 UTC; Ends: 2026-01-05 16:00 UTC"
    text = maintenance("2026-01-01 09:00 scheduled", told)

    newest, first = view({"content/maintenance/one.md": text}).maintenances[0].maintenance.updates

    assert (newest.starts, newest.ends) == (at("2026-01-05 15:00"), at("2026-01-05 16:00"))
    assert (first.starts, first.ends) == (None, None)
