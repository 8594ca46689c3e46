"""A maintenance and its page."""

from tests.views import maintenance
from tests.worlds import Files, at, view

MOVED = (
    "2026-01-01 09:00 scheduled",
    "2026-01-02 09:00 scheduled; Starts: 2026-01-05 15:00 UTC; Ends: 2026-01-05 16:00 UTC",
)


def test_page() -> None:
    """A maintenance shows its window, its phase and the components that it touches."""
    text = maintenance(components="[db, api]")

    (page,) = view({"content/maintenance/disks.md": text}, as_of="2026-01-03 12:00").maintenances

    told = page.maintenance
    assert (told.path, told.title, told.phase) == ("maintenance/disks/", "New disks", "in_progress")
    assert (told.starts, told.ends) == (at("2026-01-03 12:00"), at("2026-01-03 13:00"))
    assert [each.title for each in told.components] == ["Database", "API"]


def test_rescheduled() -> None:
    """A maintenance that was put off shows the new window, from when that was said."""
    files: Files = {"content/maintenance/disks.md": maintenance(*MOVED)}

    def starts(as_of: str) -> str:
        told = view(files, as_of=as_of).maintenances[0].maintenance
        return f"{told.phase} {told.starts:%d %H:%M} {told.ends:%H:%M}"

    assert starts("2026-01-02 08:59") == "scheduled 03 12:00 13:00"
    assert starts("2026-01-03 12:30") == "scheduled 05 15:00 16:00"
    assert starts("2026-01-05 15:30") == "in_progress 05 15:00 16:00"


def test_order() -> None:
    """Pages of maintenance stand by their windows as last moved, the latest first."""
    files: Files = {
        "content/maintenance/moved.md": maintenance(*MOVED),
        "content/maintenance/stays.md": maintenance(
            starts="2026-01-04 12:00 UTC", ends="2026-01-04 13:00 UTC"
        ),
    }

    found = [page.maintenance.path for page in view(files).maintenances]

    assert found == ["maintenance/moved/", "maintenance/stays/"]


def test_cancelled_stays() -> None:
    """A cancelled maintenance leaves home and stays in the history of its month."""
    told = maintenance("2026-01-01 09:00 scheduled", "2026-01-02 09:00 cancelled")

    site = view({"content/maintenance/disks.md": told}, as_of="2026-01-03 12:30")

    assert site.home.under_way == site.home.upcoming == ()
    assert site.home.days[0].entries[0].status == "cancelled"
    assert site.months[0].entries[0].path == "maintenance/disks/"
    assert site.history.years[0].maintenances == 1
