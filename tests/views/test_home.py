"""The front page: what a customer wants to know first."""

import pytest

from tests.views import incident, maintenance
from tests.worlds import Files, view

ZONES = [
    ("UTC", "2026-01-03 00:00"),
    ("Europe/Istanbul", "2026-01-02 21:00"),
    ("America/New_York", "2026-01-03 05:00"),
    ("Europe/Berlin", "2026-01-02 23:00"),
    ("Asia/Kolkata", "2026-01-02 18:30"),
]
"""Where the third of January begins, in UTC."""


def zoned(zone: str) -> Files:
    """Set the site's zone."""
    return {
        "content/site.yml": f"""
            title: Example
            url: https://status.example.com/
            timezone: {zone}
            since: 2025-01-01
        """
    }


def test_open_incidents() -> None:
    """Home shows what is open, newest first, with all its updates."""
    files: Files = {
        "content/incidents/old.md": incident("17:05 investigating", "17:10 update"),
        "content/incidents/new.md": incident(
            "2026-01-03 09:05 investigating", started="2026-01-03 09:00 UTC"
        ),
        "content/incidents/done.md": incident("17:05 investigating", "17:30 resolved"),
    }

    found = view(files).home.incidents

    assert [one.path for one in found] == ["incidents/new/", "incidents/old/"]
    assert len(found[1].updates) == 2


def test_maintenance_ahead_and_under_way() -> None:
    """Maintenance is ahead until its window opens, then under way, then gone."""
    files: Files = {"content/maintenance/disks.md": maintenance()}

    def home(as_of: str) -> tuple[int, int]:
        found = view(files, as_of=as_of).home
        return len(found.upcoming), len(found.under_way)

    assert home("2026-01-03 11:59") == (1, 0)
    assert home("2026-01-03 12:00") == (0, 1)
    assert home("2026-01-03 13:00") == (0, 0)


def test_next_maintenance_first() -> None:
    """Of what is ahead, the next stands first."""
    files: Files = {
        "content/maintenance/later.md": maintenance(
            ends="2026-01-09 13:00 UTC", starts="2026-01-09 12:00 UTC"
        ),
        "content/maintenance/soon.md": maintenance(),
    }

    found = view(files, as_of="2026-01-02 12:00").home.upcoming

    assert [one.path for one in found] == ["maintenance/soon/", "maintenance/later/"]


@pytest.mark.parametrize(
    ("as_of", "shown"),
    [
        ("2026-01-02 08:59", []),
        ("2026-01-02 09:00", ["For ever"]),
        ("2026-01-02 10:00", ["For a while", "For ever"]),
        ("2026-01-02 10:59", ["For a while", "For ever"]),
        ("2026-01-02 11:00", ["For ever"]),
    ],
)
def test_announcements(as_of: str, shown: list[str]) -> None:
    """An announcement stands on home from its start until its end, the newest first."""
    files: Files = {
        "content/announcements/a.md": """
            ---
            title: For ever
            starts: 2026-01-02 09:00 UTC
            ---
            Text.
        """,
        "content/announcements/b.md": """
            ---
            title: For a while
            starts: 2026-01-02 10:00 UTC
            ends: 2026-01-02 11:00 UTC
            ---
            Text.
        """,
    }

    assert [one.title for one in view(files, as_of=as_of).home.announcements] == shown


@pytest.mark.parametrize(("zone", "begins"), ZONES)
def test_days(zone: str, begins: str) -> None:
    """Home tells of 15 days, today in the site's zone first; today begins at its midnight."""
    site = view(zoned(zone), as_of=begins)
    dates = [f"{day.date}" for day in site.home.days]

    assert len(dates) == 15
    assert (dates[0], dates[-1]) == ("2026-01-03", "2025-12-20")


@pytest.mark.parametrize(("zone", "begins"), ZONES)
def test_day_of_an_incident(zone: str, begins: str) -> None:
    """An incident that starts at midnight is of the day that begins, in the site's zone."""
    story = incident(f"{begins} resolved", started=f"{begins} UTC")

    site = view(zoned(zone) | {"content/incidents/slow.md": story})

    assert [f"{day.date}" for day in site.home.days if day.entries] == ["2026-01-03"]


def test_days_over_daylight_saving() -> None:
    """Where the clocks change, no day is left out and none is told twice."""
    dates = [day.date for day in view(zoned("Europe/Berlin"), as_of="2026-03-30 12:00").home.days]

    assert [date.day for date in dates] == [
        30,
        29,
        28,
        27,
        26,
        25,
        24,
        23,
        22,
        21,
        20,
        19,
        18,
        17,
        16,
    ]


def test_days_before_the_record() -> None:
    """Of days before the record began nothing is said, not even that nothing happened."""
    assert [f"{day.date}" for day in view({}, as_of="2026-01-02 12:00").home.days] == [
        "2026-01-02",
        "2026-01-01",
    ]
