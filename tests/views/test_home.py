"""The front page: what a customer wants to know first."""

import pytest

from statusgen.views.component import GroupView
from statusgen.views.home import RECENT_ENTRIES
from tests.views import days_of, incident, maintenance
from tests.worlds import Files, at, view

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


def test_what_was_before() -> None:
    """Home leads to what was before its days, if anything was."""
    files: Files = {"content/incidents/old.md": incident("17:05 resolved")}

    def has_earlier(as_of: str) -> bool:
        return view(files, as_of=as_of).home.has_earlier

    assert [has_earlier("2026-01-16 12:00"), has_earlier("2026-01-17 12:00")] == [False, True]
    assert not view({}).home.has_earlier


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
    dates = [*days_of(site.home)]

    assert len(dates) == 15
    assert (dates[0], dates[-1]) == ("2026-01-03", "2025-12-20")


@pytest.mark.parametrize(("zone", "begins"), ZONES)
def test_day_of_an_incident(zone: str, begins: str) -> None:
    """An incident that starts at midnight is of the day that begins, in the site's zone."""
    story = incident(f"{begins} resolved", started=f"{begins} UTC")

    site = view(zoned(zone) | {"content/incidents/slow.md": story})

    assert [day for day, told in days_of(site.home).items() if told] == ["2026-01-03"]


def test_days_over_daylight_saving() -> None:
    """Where the clocks change, no day is left out and none is told twice."""
    days = days_of(view(zoned("Europe/Berlin"), as_of="2026-03-30 12:00").home)

    assert [int(day[-2:]) for day in days] == [
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
    assert [*days_of(view({}, as_of="2026-01-02 12:00").home)] == [
        "2026-01-02",
        "2026-01-01",
    ]


@pytest.mark.parametrize(
    ("files", "since"),
    [
        ({}, None),
        ({"content/incidents/a.md": incident("17:05 investigating")}, "2026-01-02 17:00"),
        (
            {"content/incidents/a.md": incident("17:05 investigating", "17:30 resolved")},
            "2026-01-02 17:30",
        ),
        (
            {"content/incidents/a.md": incident("17:05 resolved", retracted="A false alarm")},
            None,
        ),
        ({"content/maintenance/a.md": maintenance()}, "2026-01-03 12:00"),
    ],
    ids=["nothing", "open", "over", "retracted", "maintenance"],
)
def test_since(files: Files, since: str | None) -> None:
    """The banner tells since when something is wrong, or when the last incident was over."""
    found = view(files, as_of="2026-01-03 12:30").home.since

    assert found == (at(since) if since else None)


@pytest.mark.parametrize(("count", "is_folded"), [(8, [False, False]), (9, [False, True])])
def test_folding(count: int, is_folded: list[bool]) -> None:
    """With many components, groups in which nothing is wrong are folded."""
    groups = "".join(
        f"- group: {name}\n  id: {name}\n  components:\n"
        + "".join(f"    - {{id: {name}-{number}, name: {number}}}\n" for number in range(count))
        for name in ("a", "b")
    )
    text = incident("17:05 investigating", components="{a-1: partial_outage}")

    home = view({"content/components.yml": groups, "content/incidents/a.md": text}).home

    assert [row.is_folded for row in home.components if isinstance(row, GroupView)] == is_folded


def test_quiet_days_stand_together() -> None:
    """Days in a row on which nothing happened are told as one."""
    text = incident("17:05 investigating", "17:30 resolved")

    days = view({"content/incidents/a.md": text}, as_of="2026-01-05 12:00").home.days

    assert [(f"{day.first:%d}", f"{day.last:%d}", len(day.entries)) for day in days] == [
        ("03", "05", 0),
        ("02", "02", 1),
        ("01", "01", 0),
    ]


def many(on: dict[str, int]) -> Files:
    """Write so many incidents that are over within a minute, on each of these days."""
    return {
        f"content/incidents/{day}-{number}.md": incident(
            "17:05 investigating", "17:06 resolved", started=f"{day} 17:00 UTC"
        )
        for day, count in on.items()
        for number in range(count)
    }


def test_much_is_told_by_fewer_days() -> None:
    """Days are told whole, as many as hold 50 entries at most; what is older is led to."""
    files = many({"2026-01-04": 20, "2026-01-02": 29, "2026-01-01": 2})

    home = view(files, as_of="2026-01-05 12:00").home
    told = [(day, len(some)) for day, some in days_of(home).items()]

    assert told == [("2026-01-05", 0), ("2026-01-04", 20), ("2026-01-03", 0), ("2026-01-02", 29)]
    assert home.has_earlier


def test_as_much_as_may_be() -> None:
    """As many entries as may be are told, and nothing is said to be older."""
    files = many({"2026-01-04": RECENT_ENTRIES - 1, "2026-01-01": 1})

    home = view(files, as_of="2026-01-05 12:00").home

    assert sum(len(some) for some in days_of(home).values()) == RECENT_ENTRIES
    assert not home.has_earlier


def test_today_is_told_whole() -> None:
    """However much is going on, home tells all of today."""
    files = many({"2026-01-04": 60, "2026-01-03": 1})

    home = view(files, as_of="2026-01-04 18:00").home

    assert {day: len(some) for day, some in days_of(home).items()} == {"2026-01-04": 60}
    assert home.has_earlier


@pytest.mark.parametrize(
    ("as_of", "paths"),
    [
        ("2026-01-02 17:20", []),
        ("2026-01-02 17:30", ["incidents/a/"]),
        ("2026-01-02 23:59", ["incidents/a/"]),
        ("2026-01-03 00:00", []),
    ],
)
def test_resolved_today(as_of: str, paths: list[str]) -> None:
    """What was over today is told near the top, until the day ends."""
    text = incident("17:05 investigating", "17:30 resolved")

    home = view({"content/incidents/a.md": text}, as_of=as_of).home

    assert [one.path for one in home.resolved] == paths


def test_what_was_no_incident_is_not_resolved() -> None:
    """Maintenance that ended is not, nor what was reported in error."""
    files: Files = {
        "content/incidents/a.md": incident(
            "17:05 investigating", "17:30 resolved", retracted="A false alarm"
        ),
        "content/maintenance/b.md": maintenance(),
    }

    assert view(files, as_of="2026-01-02 18:00").home.resolved == ()
    assert view(files, as_of="2026-01-03 14:00").home.resolved == ()
