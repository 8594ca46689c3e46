"""Texts without updates: post-mortems, announcements, pages, runbooks and templates."""

from __future__ import annotations

import pytest

from statusgen.model import Announcement, Page, Postmortem
from statusgen.parse.texts import OWN_ADDRESSES
from tests.worlds import INCIDENT, Files, at, parse, problems

SLOW: Files = {"content/incidents/slow.md": INCIDENT}


def test_the_first_heading_is_the_title() -> None:
    """Where the front matter gives none."""
    text = "# Post-Mortem: Slow #\n\n## Summary\nMuch.\n"
    (found,) = parse(SLOW | {"content/postmortems/slow.md": text})[1].postmortems
    assert found == Postmortem(
        incident="slow", title="Post-Mortem: Slow", body="## Summary\nMuch.", published=None
    )


def test_the_front_matter_may_give_title_and_time() -> None:
    """A post-mortem is public from `published` on."""
    text = "---\ntitle: Slow\npublished: 2026-01-04 10:00 UTC\n---\n\n# Summary\nMuch.\n"
    (found,) = parse(SLOW | {"content/postmortems/slow.md": text})[1].postmortems
    assert (found.title, found.body) == ("Slow", "# Summary\nMuch.")
    assert found.published == at("2026-01-04 10:00")


def test_an_announcement_has_a_span() -> None:
    """The end may be left open, or be a bare time."""
    text = "---\nstarts: 2026-01-03 12:00 UTC\nends: 18:00 UTC\n---\n# New voices\n\nThree.\n"
    (found,) = parse({"content/announcements/new.md": text})[1].announcements
    assert found == Announcement(
        slug="new",
        title="New voices",
        body="Three.",
        starts=at("2026-01-03 12:00"),
        ends=at("2026-01-03 18:00"),
    )
    open_end = text.replace("ends: 18:00 UTC\n", "draft: true\n")
    (found,) = parse({"content/announcements/new.md": open_end})[1].announcements
    assert found.ends is None
    assert found.draft


def test_pages_runbooks_and_templates_are_texts() -> None:
    """Each in its own place."""
    text = "# Title\n\nText.\n"
    names = ("pages", "runbooks", "templates")
    _, site = parse({f"content/{name}/one.md": text for name in names})
    page = Page(slug="one", title="Title", body="Text.")
    assert site.pages == site.runbooks == site.templates == (page,)


@pytest.mark.parametrize("slug", sorted(OWN_ADDRESSES))
def test_no_page_takes_an_address_of_the_site(slug: str) -> None:
    """Two would write the same file."""
    path = f"content/pages/{slug}.md"
    message = f"the site itself lives at /{slug}/: call the page something else"
    assert problems({path: "# Title\n\nText.\n"}) == [f"{path}:1: file: {message}"]


def test_a_post_mortem_of_an_unreadable_incident_is_not_lonely() -> None:
    """The incident's own mistake is the only one."""
    files: Files = {
        "content/incidents/slow.md": b"\xff",
        "content/postmortems/slow.md": "# Title\n\nText.\n",
    }
    assert problems(files) == [
        "content/incidents/slow.md:1: file: is not UTF-8 (byte 0xFF): save it as UTF-8"
    ]
