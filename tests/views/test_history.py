"""The history by month, as months are in the site's zone."""

import pytest

from tests.views import incident, maintenance
from tests.worlds import Files, view


def resolved(started: str) -> str:
    """Write an incident that was over at once."""
    return incident(f"{started} resolved", started=f"{started} UTC")


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("UTC", "2026-01-01 00:00"),
        ("Europe/Istanbul", "2025-12-31 21:00"),
        ("America/New_York", "2026-01-01 05:00"),
        ("Europe/Berlin", "2025-12-31 23:00"),
        ("Asia/Kolkata", "2025-12-31 18:30"),
    ],
)
def test_year_of_the_zone(zone: str, begins: str) -> None:
    """What starts at the stroke of midnight is of the new year; a minute sooner, of the old."""
    hour, minute = begins[:-3], int(begins[-2:])
    before = f"{hour}:{minute - 1:02}" if minute else f"{_hour_before(hour)}:59"
    files: Files = {
        "content/site.yml": f"title: T\nurl: https://status.example.com/\ntimezone: {zone}\n",
        "content/incidents/old.md": resolved(before),
        "content/incidents/new.md": resolved(begins),
    }

    found = {page.frame.path: [one.path for one in page.entries] for page in view(files).months}

    assert found == {
        "history/2026-01/": ["incidents/new/"],
        "history/2025-12/": ["incidents/old/"],
    }


def _hour_before(hour: str) -> str:
    day, clock = hour.split()
    return f"{day} {int(clock) - 1:02}" if int(clock) else "2025-12-31 23"


def test_list_of_months() -> None:
    """The history lists the months that hold something, newest first, and counts what they hold."""
    files: Files = {
        "content/incidents/a.md": resolved("2025-10-05 09:00"),
        "content/incidents/b.md": resolved("2026-01-02 09:00"),
        "content/incidents/c.md": incident(retracted="A slip."),
        "content/maintenance/d.md": maintenance(),
    }

    found = view(files, as_of="2026-01-04 12:00").history.months

    assert [(one.path, one.incidents, one.maintenances) for one in found] == [
        ("history/2026-01/", 1, 1),
        ("history/2025-10/", 1, 0),
    ]


def test_entries_of_a_month() -> None:
    """A month lists its entries newest first, what was reported in error among them."""
    files: Files = {
        "content/incidents/a.md": resolved("2026-01-02 09:00"),
        "content/incidents/b.md": incident("17:05 investigating", retracted="A slip."),
        "content/incidents/c.md": resolved("2026-01-01 09:00"),
    }

    (month,) = view(files).months

    assert [(one.path, one.is_retracted) for one in month.entries] == [
        ("incidents/b/", True),
        ("incidents/a/", False),
        ("incidents/c/", False),
    ]


def test_neighbours() -> None:
    """A month leads to the months before and after it that hold something."""
    files: Files = {
        f"content/incidents/{month}.md": resolved(f"2025-{month}-02 09:00")
        for month in ("06", "09", "12")
    }

    newest, middle, oldest = view(files).months

    assert (newest.later, oldest.earlier) == (None, None)
    assert middle.later is not None
    assert middle.earlier is not None
    assert (middle.later.path, middle.earlier.path) == ("history/2025-12/", "history/2025-06/")
    assert f"{newest.earlier and newest.earlier.month}" == "2025-09-01"
    assert f"{oldest.later and oldest.later.month}" == "2025-09-01"
