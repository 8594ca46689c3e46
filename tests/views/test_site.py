"""Facts → what is true at a moment."""

from tests.views import incident, maintenance
from tests.worlds import Files, view

FILES: Files = {
    "content/incidents/slow.md": incident("17:05 investigating", "17:45 resolved"),
    "content/incidents/open.md": incident("17:05 monitoring", components=""),
    "content/maintenance/disks.md": maintenance(),
    "content/files/logo.svg": "<svg/>\n",
    "content/files/a/deep.txt": "Deep.\n",
}


def test_every_fact_has_its_page() -> None:
    """Each incident, maintenance, component and month that is public has one page."""
    site = view(FILES)

    assert [page.frame.path for page in site.incidents] == ["incidents/slow/", "incidents/open/"]
    assert [page.frame.path for page in site.maintenances] == ["maintenance/disks/"]
    assert [page.frame.path for page in site.components] == ["components/api/", "components/db/"]
    assert [page.frame.path for page in site.months] == ["history/2026-01/"]


def test_an_hour_later() -> None:
    """An hour in which nothing happens changes no view, though an incident is open."""
    assert view(FILES, as_of="2026-01-03 10:00") == view(FILES, as_of="2026-01-03 11:00")


def test_the_hour_of_a_window() -> None:
    """An hour in which a window opens changes home."""
    before, within = view(FILES, as_of="2026-01-03 11:30"), view(FILES, as_of="2026-01-03 12:30")

    assert before.home != within.home
    assert before.incidents == within.incidents
    assert before.feed == within.feed


def test_assets() -> None:
    """The site's own files are published as they are."""
    assert [(one.path, one.data) for one in view(FILES).assets] == [
        ("files/a/deep.txt", b"Deep.\n"),
        ("files/logo.svg", b"<svg/>\n"),
    ]
