"""The site at one moment."""

from datetime import timedelta

import pytest

from statusgen.views.page import Frame
from tests.views import incident
from tests.worlds import Files, view

BELOW: Files = {"content/site.yml": "title: Example\nurl: https://example.com/status/\n"}


@pytest.mark.parametrize(
    ("path", "root"), [("", "./"), ("about/", "../"), ("components/api/", "../../")]
)
def test_root(path: str, root: str) -> None:
    """A page leads home by steps upwards, so that the site may lie below any path."""
    pages = _frames(BELOW | {"content/pages/about.md": "# About\n\nUs.\n"})

    assert pages[path].root == root
    assert pages[path].url == f"https://example.com/status/{path}"


def test_root_of_the_page_for_no_page() -> None:
    """What is shown at any address leads home from the top of its host."""
    assert view(BELOW).not_found.frame.root == "/status/"


def test_extra_pages() -> None:
    """Every page leads to the site's own pages, in the order of their names."""
    files: Files = {
        "content/pages/terms.md": "# Terms\n\nFair.\n",
        "content/pages/about.md": "# About us\n\nUs.\n",
        "content/incidents/slow.md": incident(),
    }

    for frame in _frames(files).values():
        assert [(one.title, one.path) for one in frame.pages] == [
            ("About us", "about/"),
            ("Terms", "terms/"),
        ]


def _frames(files: Files) -> dict[str, Frame]:
    site = view(files)
    frames = [site.home.frame, site.history.frame]
    frames += [page.frame for page in site.incidents]
    frames += [page.frame for page in site.components]
    frames += [page.frame for page in site.months]
    frames += [page.frame for page in site.extra]
    return {frame.path: frame for frame in frames}


def test_clocks_go_back() -> None:
    """When an hour comes twice, what lasted and what came first is told by time, not by clocks."""
    files: Files = {
        "content/site.yml": """
            title: Example
            url: https://example.com/
            timezone: Europe/Berlin
        """,
        "content/incidents/a.md": incident(
            "00:35 investigating", "01:15 resolved", started="2026-10-25 00:30 UTC"
        ),
    }
    site = view(files, as_of="2026-10-26 12:00")
    entry = site.home.days[1].entries[0]
    assert entry.ended
    assert f"{entry.started:%H:%M %Z} to {entry.ended:%H:%M %Z}" == "02:30 CEST to 02:15 CET"
    assert entry.ended - entry.started == timedelta(minutes=45)
    assert [one.label for one in site.feed.entries] == ["resolved", "investigating"]
