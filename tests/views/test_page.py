"""The pages that hang on nothing else, and the files that tell of all."""

from datetime import date

from tests.views import incident, maintenance
from tests.worlds import Files, view

FILES: Files = {
    "content/incidents/slow.md": incident("17:05 investigating", "2026-01-03 09:00 resolved"),
    "content/incidents/quiet.md": incident(visibility="internal"),
    "content/maintenance/disks.md": maintenance(),
    "content/pages/about.md": "# About\n\nUs.\n",
}


def test_sitemap() -> None:
    """The sitemap lists every page but the one for no page, with the day of its newest update."""
    assert view(FILES).sitemap.make().addresses == (
        ("https://status.example.com/", None),
        ("https://status.example.com/incidents/slow/", date(2026, 1, 3)),
        ("https://status.example.com/maintenance/disks/", date(2026, 1, 1)),
        ("https://status.example.com/components/api/", None),
        ("https://status.example.com/components/db/", None),
        ("https://status.example.com/uptime/", None),
        ("https://status.example.com/history/", None),
        ("https://status.example.com/history/2026-01/", None),
        ("https://status.example.com/about/", None),
    )


def test_robots() -> None:
    """Crawlers are told where the sitemap is, that of each language."""
    spoken = "title: Example\nurl: https://status.example.com/\nlanguages: [en, tr]\n"
    assert view({}).robots.sitemaps == ("https://status.example.com/sitemap.xml",)
    assert view({"content/site.yml": spoken}).robots.sitemaps == (
        "https://status.example.com/sitemap.xml",
        "https://status.example.com/tr/sitemap.xml",
    )


def test_extra_page() -> None:
    """A page of the site's own has its title and its text; its heading stands once."""
    (page,) = view(FILES).extra

    assert (page.title, page.body.strip(), page.frame.path) == ("About", "Us.", "about/")
