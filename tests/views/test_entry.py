"""Incidents and maintenance as lines of lists."""

from statusgen.views.entry import EntryView
from tests.views import days_of, incident, maintenance
from tests.worlds import Files, at, view


def listed(files: Files, as_of: str = "2026-01-03 12:00") -> dict[str, list[str]]:
    """Tell on which days home lists what."""
    days = days_of(view(files, as_of=as_of).home)
    return {day: [one.path for one in told] for day, told in days.items() if told}


def entry(files: Files, as_of: str = "2026-01-04 12:00") -> EntryView:
    """Find the one entry of a site."""
    (month,) = view(files, as_of=as_of).months
    (found,) = month.entries
    return found


def test_incident_over_days() -> None:
    """An incident is listed on every day that it was open."""
    text = incident(
        "2025-12-31 23:30 investigating",
        "2026-01-02 00:10 resolved",
        started="2025-12-31 23:00 UTC",
    )

    found = listed({"content/incidents/slow.md": text})

    assert list(found) == ["2026-01-02", "2026-01-01"]


def test_open_incident() -> None:
    """What is open is listed up to today."""
    assert list(listed({"content/incidents/slow.md": incident()})) == ["2026-01-03", "2026-01-02"]


def test_ends_at_midnight() -> None:
    """What ends at midnight is not of the day that begins then; what lasts for no time is."""
    ended = incident("17:05 investigating", "2026-01-03 00:00 resolved")
    brief = incident("2026-01-03 00:00 resolved", started="2026-01-03 00:00 UTC")

    assert list(listed({"content/incidents/slow.md": ended})) == ["2026-01-02"]
    assert list(listed({"content/incidents/slow.md": brief})) == ["2026-01-03"]


def test_retracted_incident() -> None:
    """What was reported in error ends with its last word, though nobody resolved it."""
    text = incident("17:05 investigating", "17:20 update", retracted="A probe was broken.")
    files: Files = {"content/incidents/slow.md": text}

    assert entry(files).is_retracted
    assert entry(files).ended == at("2026-01-02 17:20")
    assert list(listed(files)) == ["2026-01-02"]


def test_maintenance_as_it_was() -> None:
    """A maintenance is listed with when it really was under way."""
    text = maintenance(
        "2026-01-01 09:00 scheduled", "2026-01-03 11:40 in_progress", "2026-01-03 13:40 completed"
    )

    found = entry({"content/maintenance/disks.md": text})

    assert (found.started, found.ended) == (at("2026-01-03 11:40"), at("2026-01-03 13:40"))
    assert (found.status, found.impact) == ("completed", None)


def test_maintenance_that_never_was() -> None:
    """A cancelled maintenance is listed with when it would have been."""
    text = maintenance("2026-01-01 09:00 scheduled", "2026-01-02 09:00 cancelled")

    found = entry({"content/maintenance/disks.md": text})

    assert (found.started, found.ended) == (at("2026-01-03 12:00"), at("2026-01-03 13:00"))


def test_maintenance_under_way() -> None:
    """What goes on has no end, unless the clock knows it."""
    said = maintenance("2026-01-03 11:40 in_progress")

    assert entry({"content/maintenance/disks.md": said}, "2026-01-03 12:30").ended is None
    known = entry({"content/maintenance/disks.md": maintenance()}, "2026-01-03 12:30").ended
    assert known == at("2026-01-03 13:00")


def test_put_off_while_open() -> None:
    """A maintenance that is put off while it is open is ahead, at its new time."""
    text = maintenance(
        "2026-01-01 09:00 scheduled",
        "2026-01-03 12:10 scheduled; Starts: 2026-01-03 15:00 UTC; Ends: 2026-01-03 16:00 UTC",
    )

    site = view({"content/maintenance/disks.md": text}, as_of="2026-01-03 12:30")

    (ahead,) = site.components[1].upcoming
    assert (ahead.started, ahead.ended) == (at("2026-01-03 15:00"), at("2026-01-03 16:00"))
    assert site.months == ()


def test_retracted_maintenance() -> None:
    """A maintenance that was announced in error is not ahead."""
    files: Files = {"content/maintenance/disks.md": maintenance(retracted="Wrong page.")}

    assert view(files, as_of="2026-01-03 11:00").components[1].upcoming == ()


def test_nothing_ahead_is_past() -> None:
    """What lies ahead is in no list of days and in no month."""
    site = view({"content/maintenance/disks.md": maintenance()}, as_of="2026-01-03 11:00")

    assert not any(day.entries for day in site.home.days)
    assert site.months == ()


def test_called_off_before_it_began() -> None:
    """A cancelled maintenance is in the history at once, at its last word."""
    text = maintenance("2026-01-01 09:00 scheduled", "2026-01-02 10:00 cancelled")
    assert listed({"content/maintenance/a.md": text}, as_of="2026-01-02 12:00") == {
        "2026-01-02": ["maintenance/a/"]
    }
