"""The history by month, as months are in the site's zone."""

import pytest

from statusgen.views.history import PAGE
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


def test_years() -> None:
    """The history tells its years, newest first, and counts what each month holds, but no slips."""
    files: Files = {
        "content/incidents/a.md": resolved("2025-10-05 09:00"),
        "content/incidents/b.md": resolved("2026-01-02 09:00"),
        "content/incidents/c.md": incident(retracted="A slip."),
        "content/maintenance/d.md": maintenance(),
    }

    page = view(files, as_of="2026-01-04 12:00").history

    assert [(one.year, one.incidents, one.maintenances) for one in page.years] == [
        (2026, 1, 1),
        (2025, 1, 0),
    ]
    assert [
        (one.path, one.incidents, one.maintenances)
        for year in page.years
        for one in year.months
        if one.path
    ] == [("history/2026-01/", 1, 1), ("history/2025-10/", 1, 0)]
    assert page.most == 2


def test_months_of_a_year() -> None:
    """A year has twelve months; known are those from the record's first to now, quiet or not."""
    files: Files = {
        "content/site.yml": "title: T\nurl: https://status.example.com/\nsince: 2025-08-20\n",
        "content/incidents/a.md": resolved("2025-10-05 09:00"),
    }

    newest, oldest = view(files, as_of="2026-02-04 12:00").history.years

    assert [f"{one.month}" for one in oldest.months][:2] == ["2025-01-01", "2025-02-01"]
    assert len(newest.months) == len(oldest.months) == 12
    assert [one.month.month for one in oldest.months if one.is_known] == [8, 9, 10, 11, 12]
    assert [one.month.month for one in newest.months if one.is_known] == [1, 2]
    assert [one.month.month for one in oldest.months if one.path] == [10]


def test_before_the_record() -> None:
    """What began before the record does is in the history, and the months after it are known."""
    files: Files = {
        "content/site.yml": "title: T\nurl: https://status.example.com/\nsince: 2026-01-01\n",
        "content/incidents/a.md": resolved("2023-11-05 09:00"),
    }

    years = view(files, as_of="2026-01-04 12:00").history.years

    assert [(one.year, one.incidents) for one in years] == [
        (2026, 0),
        (2025, 0),
        (2024, 0),
        (2023, 1),
    ]
    assert [one.month.month for one in years[-1].months if one.is_known] == [11, 12]


def test_no_record() -> None:
    """Where nothing has ever happened and no beginning is told, there is no year."""
    files: Files = {"content/site.yml": "title: T\nurl: https://status.example.com/\n"}

    page = view(files).history

    assert (page.years, page.indexes, page.most) == ((), (), 0)


@pytest.mark.parametrize(
    ("count", "sizes"), [(PAGE, [PAGE]), (PAGE + 1, [PAGE, 1]), (3 * PAGE, [PAGE, PAGE, PAGE])]
)
def test_pages_of_a_month(count: int, sizes: list[int]) -> None:
    """A month with many entries goes on on further pages, which lead to one another."""
    files: Files = {
        f"content/incidents/{number}.md": resolved(f"2026-01-02 {number // 60:02}:{number % 60:02}")
        for number in range(count - 1)
    }
    files["content/maintenance/disks.md"] = maintenance()

    pages = view(files, as_of="2026-01-04 12:00").months

    paths = ["history/2026-01/", "history/2026-01/2/", "history/2026-01/3/"][: len(sizes)]
    assert [len(page.entries) for page in pages] == sizes
    assert [page.frame.path for page in pages] == paths
    assert [page.newer for page in pages] == ["", *paths[:-1]]
    assert [page.older for page in pages] == [*paths[1:], ""]
    assert [(page.number, page.pages) for page in pages] == [
        (number, len(sizes)) for number in range(1, len(sizes) + 1)
    ]
    listed = [one.path for page in pages for one in page.entries]
    assert listed[0] == "maintenance/disks/"
    assert len({*listed}) == count


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
