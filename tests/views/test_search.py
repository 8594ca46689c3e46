"""What the search of the history finds: everything that is shown, in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.views.search import PART
from tests.views import incident, maintenance
from tests.worlds import view

if TYPE_CHECKING:
    from tests.worlds import Files

OVER = incident("17:05 investigating", "17:30 resolved")


def told(started: str) -> str:
    """Write an incident that was over at once."""
    return incident(f"{started} resolved", started=f"{started} UTC")


def test_order() -> None:
    """What can be found lies by years where these are small; the newest comes first."""
    files: Files = {
        "content/incidents/a.md": told("2024-10-05 09:00"),
        "content/incidents/b.md": told("2026-01-02 09:00"),
        "content/incidents/c.md": told("2026-01-02 10:00"),
        "content/maintenance/d.md": maintenance(),
    }

    site = view(files, as_of="2026-01-04 12:00")

    assert site.history.indexes == ("search/2026-01.json", "search/2024-10.json")
    assert [[one.path for one in index.entries] for index in site.search] == [
        ["maintenance/d/", "incidents/c/", "incidents/b/"],
        ["incidents/a/"],
    ]


def test_parts() -> None:
    """Months of a year lie together until they hold enough, so that no part is large for long."""
    files: Files = {"content/incidents/last.md": told("2024-12-31 09:00")}
    files |= {
        f"content/incidents/{month}-{number}.md": told(
            f"2025-{month}-05 {number // 60:02}:{number % 60:02}"
        )
        for month, count in (("02", 150), ("03", PART - 150), ("07", 2), ("11", 3))
        for number in range(count)
    }

    site = view(files, as_of="2026-01-04 12:00")

    assert [(one.path, len(one.make().entries)) for one in site.search.promises] == [
        ("search/2025-07.json", 5),
        ("search/2025-02.json", PART),
        ("search/2024-12.json", 1),
    ]


def test_year_of_the_zone() -> None:
    """A year begins when it does in the site's zone, as a month does."""
    files: Files = {
        "content/site.yml": """
            title: T
            url: https://status.example.com/
            timezone: Europe/Istanbul
        """,
        "content/incidents/new.md": told("2025-12-31 21:00"),
    }

    (index,) = view(files).search

    assert [f"{one.day}" for one in index.entries] == ["2026-01-01"]


def test_incident() -> None:
    """An incident is found by title, components and the texts of its updates, newest first."""
    (index,) = view({"content/incidents/slow.md": OVER}).search

    (one,) = index.entries
    assert (one.title, one.path, one.status) == ("The API is slow", "incidents/slow/", "resolved")
    assert (one.components, one.is_retracted) == (("API",), False)
    assert one.bodies == ("This is what we know.", "This is what we know.")


def test_postmortem() -> None:
    """An incident is found by what was learnt from it, once that is published."""
    files: Files = {
        "content/incidents/slow.md": OVER,
        "content/postmortems/slow.md": """
            ---
            title: What the pool taught us
            published: 2026-01-03 09:00 UTC
            ---

            The *pool* was small.
        """,
    }

    (early,) = view(files, as_of="2026-01-03 08:59").search
    (late,) = view(files, as_of="2026-01-03 09:00").search

    assert (early.entries[0].bodies, early.entries[0].learnt) == (
        ("This is what we know.",) * 2,
        "",
    )
    assert late.entries[0].bodies[2:] == ("The *pool* was small.",)
    assert late.entries[0].learnt == "What the pool taught us"


def test_order_of_texts() -> None:
    """The newest word on an incident comes first."""
    story = OVER.replace("[RESOLVED] This is what we know.", "[RESOLVED] All is well.")

    (index,) = view({"content/incidents/slow.md": story}).search

    assert index.entries[0].bodies == ("All is well.", "This is what we know.")


def test_maintenance_ahead() -> None:
    """A maintenance that is to come is found in the year in which it begins."""
    work = maintenance(starts="2027-02-03 12:00 UTC", ends="2027-02-03 13:00 UTC")

    (index,) = view({"content/maintenance/disks.md": work}).search

    assert index.entries[0].path == "maintenance/disks/"
    assert index.entries[0].bodies == ("This is what we know.",)
    assert f"{index.entries[0].day}" == "2027-02-03"


def test_what_is_withheld() -> None:
    """What is internal, a draft or not yet said cannot be found."""
    files: Files = {
        "content/incidents/internal.md": incident(visibility="internal"),
        "content/incidents/draft.md": incident(draft="true"),
        "content/incidents/future.md": told("2026-02-01 09:00"),
        "content/incidents/slow.md": OVER,
        "content/maintenance/internal.md": maintenance(visibility="internal"),
    }

    (index,) = view(files, as_of="2026-01-02 17:10").search

    assert [(one.path, len(one.bodies)) for one in index.entries] == [("incidents/slow/", 1)]
