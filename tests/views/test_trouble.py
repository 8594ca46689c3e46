"""The days on which a component had trouble, and what it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from statusgen.model import ComponentStatus
from tests.strategies import sites, times, zones
from tests.test_meaning import seen
from tests.views import incident, maintenance
from tests.worlds import Files, view

if TYPE_CHECKING:
    from datetime import datetime

    from statusgen.model import Site

Told = list[tuple[str, list[str]]]


def told(files: Files, component: str = "api", as_of: str = "2026-01-05 12:00") -> Told:
    """Tell the days with trouble of a component, and the titles of what each came from."""
    site = view(files, as_of=as_of)
    one = next(page.component for page in site.components if page.component.id == component)
    return [(f"{each.day.date}", [link.title for link in each.causes]) for each in one.troubles]


def test_over_midnight() -> None:
    """What goes on over midnight is a cause of both days, and of no other."""
    text = incident("2026-01-02 23:30 investigating", "2026-01-03 00:10 resolved")
    assert told({"content/incidents/slow.md": text}) == [
        ("2026-01-03", ["The API is slow"]),
        ("2026-01-02", ["The API is slow"]),
    ]


def test_ends_at_midnight() -> None:
    """What ends at midnight is a cause of the day that it ends."""
    text = incident("17:05 investigating", "2026-01-03 00:00 resolved")
    assert told({"content/incidents/slow.md": text}) == [("2026-01-02", ["The API is slow"])]


def test_day_after_midnight() -> None:
    """What ended with the day before is no cause of what came on the next."""
    files: Files = {
        "content/incidents/a.md": incident(
            "17:05 investigating", "2026-01-03 00:00 resolved", title="A"
        ),
        "content/incidents/b.md": incident(
            "2026-01-03 09:05 investigating",
            "09:30 resolved",
            title="B",
            started="2026-01-03 09:00 UTC",
        ),
    }
    assert told(files) == [("2026-01-03", ["B"]), ("2026-01-02", ["A"])]


def test_maintenance() -> None:
    """Maintenance is a cause for the components that it names, while its window is open."""
    files: Files = {"content/maintenance/disks.md": maintenance()}
    assert told(files, "db") == [("2026-01-03", ["New disks"])]
    assert told(files, "api") == []


def test_several() -> None:
    """Of a day with several causes each is told once, the newest first."""
    files: Files = {
        "content/incidents/a.md": incident(
            "10:05 investigating", "10:30 resolved", title="A"
        ).replace("17:00", "10:00"),
        "content/incidents/b.md": incident(
            "17:05 investigating",
            "17:30 resolved",
            "18:00 investigating",
            "18:30 resolved",
            title="B",
        ),
    }
    assert told(files) == [("2026-01-02", ["B", "A"])]


@pytest.mark.parametrize(("days", "count"), [(3, 3), (12, 7)])
def test_newest_days(days: int, count: int) -> None:
    """Only the newest days are told: how many there are in all, the component says."""
    files: Files = {
        f"content/incidents/x{day:02}.md": incident(
            "17:05 investigating", "17:30 resolved", started=f"2026-01-{day:02} 17:00 UTC"
        )
        for day in range(1, days + 1)
    }
    found = told(files, as_of="2026-01-20 12:00")
    assert len(found) == count
    assert found[0][0] == f"2026-01-{days:02}"


@given(sites(), times, zones)
def test_every_day_has_a_cause(site: Site, as_of: datetime, zone: str) -> None:
    """There is no trouble without a cause, and none that its day does not tell of."""
    derived = seen(site, as_of, zone)
    for page in derived.components:
        one = page.component
        fine = (None, ComponentStatus.OPERATIONAL)
        troubled = [day for day in reversed(one.days) if day.status not in fine]
        assert [each.day for each in one.troubles] == troubled[: len(one.troubles)]
        assert len(one.troubles) == min(7, one.troubled)
        assert all(each.causes for each in one.troubles)
