"""What fails in other generators of status pages from files, and holds here.

Each failure was seen in cState 6 or Statusfy 0.5 as they were run or read; the name of a test says
what is true here, its docstring what happens there.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import feedparser
import html5lib
import pytest

from statusgen.model import ComponentStatus
from statusgen.views.component import ComponentView
from statusgen.views.status import Indicator
from tests.views import days_of
from tests.worlds import INCIDENT, MINIMAL, Files, parse, problems, publish, tree, view, write

if TYPE_CHECKING:
    from pathlib import Path

    from statusgen.views import SiteView

SLOW = "content/incidents/slow.md"
RESOLVED = INCIDENT + "\n[RESOLVED] It is over.\nUpdated: 18:00 UTC\n"
FUTURE_WORK = """\
---
title: The database moves
starts: 2026-02-01 02:00 UTC
ends: 04:00 UTC
components: [db]
---

[SCHEDULED] We move the database.
Updated: 2026-01-02 12:00 UTC
"""


def statuses(site: SiteView) -> dict[str, ComponentStatus]:
    """The status of each component on the front page."""
    rows = [row for row in site.home.components if isinstance(row, ComponentView)]
    return {row.id: row.status for row in rows}


def texts(root: Path) -> dict[str, str]:
    """Every page as text."""
    pages = {path: data for path, data in tree(root / "public").items() if path.endswith(".html")}
    return {path: "".join(html5lib.parse(data).itertext()) for path, data in pages.items()}


def test_every_file_among_the_incidents_is_an_incident() -> None:
    """In cState a file without `section: issue` vanishes, and the page has no issues."""
    site = view({SLOW: INCIDENT})
    assert [one.title for one in site.home.incidents] == ["The API is slow"]


def test_a_misspelt_severity_never_leaves_the_page_green() -> None:
    """In cState a misspelt severity shows the incident under a green banner."""
    for severity in ("SEV2!", "major", "sev-22", "SEV-0", "dwon"):
        assert problems({SLOW: INCIDENT.replace("SEV-2", severity)})


def test_a_misspelt_component_never_leaves_it_green() -> None:
    """In cState a misspelt component turns the banner red with no component marked."""
    told = problems({SLOW: INCIDENT.replace("  api:", "  apii:")})
    assert told == [
        f"{SLOW}:6: components.apii: no component is called 'apii'; did you mean 'api'?"
    ]


def test_a_misspelt_status_never_leaves_a_component_green() -> None:
    """In Statusfy and cState what is no known status counts as operational."""
    assert problems({SLOW: INCIDENT.replace("partial_outage", "partial_outtage")})


def test_an_incident_is_open_until_an_update_resolves_it() -> None:
    """In cState an incident without `resolved` is over, and the page green."""
    site = view({SLOW: INCIDENT})
    assert site.home.overall.indicator == Indicator.MINOR
    assert statuses(site)["api"] == ComponentStatus.PARTIAL_OUTAGE
    assert view({SLOW: RESOLVED}).home.overall.indicator == Indicator.NONE


def test_what_is_resolved_has_a_time_after_its_start() -> None:
    """In cState an end without a time, or before the start, lasts minus two thousand years."""
    assert problems({SLOW: RESOLVED.replace("\nUpdated: 18:00 UTC", "")})
    assert problems({SLOW: RESOLVED.replace("18:00", "2026-01-01 18:00")})


def test_a_bad_date_is_one_clear_line() -> None:
    """In cState a bad date is one clear line and many of templates that fail after it."""
    told = problems({SLOW: INCIDENT.replace("2026-01-02", "2026-02-30")})
    message = "2026-02-30 is not a day of the calendar: look at its month and day"
    assert told == [f"{SLOW}:4: started: {message}"]


def test_a_quote_in_a_title_breaks_no_list(tmp_path: Path) -> None:
    r"""In cState a `"` in a title makes the JSON of every list invalid."""
    title = """It's "slow" & <late>, \\o/"""
    files: Files = {SLOW: INCIDENT.replace("The API is slow", json.dumps(title))}
    publish(write(tmp_path, MINIMAL | files))
    pages = texts(tmp_path)
    for path in ("index.html", "history/2026-01/index.html", "incidents/slow/index.html"):
        assert title in pages[path]
    feed = feedparser.parse((tmp_path / "public" / "updates.rss").read_bytes())
    assert not feed.bozo
    # Titles of RSS are plain text by the standard, which feedparser takes for HTML.
    (item,) = ET.parse(tmp_path / "public" / "updates.rss").iterfind("channel/item")  # noqa: S314 - our own feed
    assert title in (item.findtext("title") or "")


def test_the_feed_is_announced_at_its_own_address(tmp_path: Path) -> None:
    """In cState the link to subscribe has a double slash, and feeds fail the validator."""
    publish(write(tmp_path, MINIMAL | {SLOW: INCIDENT}))
    feed = feedparser.parse((tmp_path / "public" / "updates.rss").read_bytes())
    (self_link,) = [one.href for one in feed.feed.links if one.rel == "self"]
    assert self_link == "https://status.example.com/updates.rss"
    assert not feed.bozo


def test_a_feed_entry_appears_for_each_update(tmp_path: Path) -> None:
    """In both, a feed has one item per incident with its start for a date: updates never show."""
    publish(write(tmp_path, MINIMAL | {SLOW: RESOLVED}))
    feed = feedparser.parse((tmp_path / "public" / "updates.rss").read_bytes())
    assert [entry.published for entry in feed.entries] == [
        "Fri, 02 Jan 2026 18:00:00 +0000",
        "Fri, 02 Jan 2026 17:05:00 +0000",
    ]
    assert len({entry.id for entry in feed.entries}) == 2


def test_the_same_month_of_two_years_stays_apart() -> None:
    """In cState January 2024 and January 2025 share one heading if nothing lies between."""
    site = view({SLOW: RESOLVED, "content/incidents/old.md": RESOLVED.replace("2026-", "2025-")})
    months = {page.frame.path: [one.path for one in page.entries] for page in site.months}
    assert months["history/2026-01/"] == ["incidents/slow/"]
    assert months["history/2025-01/"] == ["incidents/old/"]


def test_a_local_time_is_read_in_its_own_zone() -> None:
    """In cState authors are told to write UTC only, since other zones go wrong."""
    local = INCIDENT.replace("2026-01-02 17:00 UTC", "2026-01-02 20:00 Europe/Istanbul")
    _, site = parse({SLOW: local.replace("17:05 UTC", "20:05 Europe/Istanbul")})
    assert f"{site.incidents[0].started:%H:%M}" == "17:00"
    assert f"{site.incidents[0].updates[0].at:%H:%M}" == "17:05"


def test_future_maintenance_changes_no_status_now() -> None:
    """In cState a maintenance that lies ahead turns the page at once."""
    site = view({"content/maintenance/move.md": FUTURE_WORK})
    assert site.home.overall.indicator == Indicator.NONE
    assert statuses(site)["db"] == ComponentStatus.OPERATIONAL
    assert [one.title for one in site.home.upcoming] == ["The database moves"]


def test_maintenance_opens_by_the_clock_alone() -> None:
    """In Statusfy what is scheduled becomes active only by hand."""
    site = view({"content/maintenance/move.md": FUTURE_WORK}, as_of="2026-02-01 03:00")
    assert site.home.overall.indicator == Indicator.MAINTENANCE


def test_upcoming_maintenance_is_in_the_feed() -> None:
    """In Statusfy the feed lacks it, though the manual promises it."""
    site = view({"content/maintenance/move.md": FUTURE_WORK})
    assert [entry.title for entry in site.feed.entries] == ["The database moves"]


def test_a_feed_is_as_old_as_its_newest_update() -> None:
    """In Statusfy a feed's date is that of the build, so each build looks like news."""
    for as_of in ("2026-01-03 12:00", "2026-01-09 12:00"):
        updated = view({SLOW: RESOLVED}, as_of=as_of).feed.updated
        assert updated
        assert f"{updated:%Y-%m-%d %H:%M}" == "2026-01-02 18:00"


@pytest.mark.parametrize("path", ["/status/", "/a/b/"])
def test_every_link_works_below_a_path(tmp_path: Path, path: str) -> None:
    """In cState a path breaks links again and again; Statusfy has lost the ability."""
    url = f"https://example.com{path}"
    files: Files = {"content/site.yml": f"title: Example\nurl: {url}\n", SLOW: RESOLVED}
    publish(write(tmp_path, MINIMAL | files))
    written = tree(tmp_path / "public")
    for page, data in written.items():
        if not page.endswith(".html"):
            continue
        here = "" if page == "404.html" else page.removesuffix("index.html")
        for element in html5lib.parse(data, namespaceHTMLElements=False).iter():
            link = element.get("href") or element.get("src") or ""
            assert not link.startswith("/") or link.startswith(path)
            if link and not link.startswith(("http:", "https:", "mailto:", "#", "data:", "/")):
                target = (tmp_path / "public" / here / link.partition("#")[0]).resolve()
                assert target.is_file() or (target / "index.html").is_file(), (page, link)


def test_no_page_asks_for_what_was_never_set_up(tmp_path: Path) -> None:
    """In cState each home page offers dialogs for mail and chat that do nothing."""
    publish(write(tmp_path, MINIMAL | {SLOW: INCIDENT}))
    for page, text in texts(tmp_path).items():
        assert not [word for word in ("YOUR_", "Discord", "Slack", "webhook") if word in text], page


def test_one_malformed_file_hides_no_other() -> None:
    """In Statusfy every file after a malformed one is dropped, and an outage reads operational."""
    told = problems(
        {
            "content/incidents/a.md": "---\ntitle: [\n---\n",
            SLOW: INCIDENT.replace("SEV-2", "SEV-9"),
            "content/incidents/z.md": INCIDENT.replace("17:05", "17:75"),
        }
    )
    assert [line.partition(":")[0].rpartition("/")[2] for line in told] == [
        "a.md",
        "slow.md",
        "z.md",
    ]


def test_a_file_without_front_matter_inherits_none() -> None:
    """In Statusfy it gets the title, date and severity of the file before it."""
    told = problems({SLOW: INCIDENT, "content/incidents/x.md": INCIDENT.partition("---\n\n")[2]})
    path = "content/incidents/x.md"
    assert told == [f"{path}:1: front matter: is missing: begin with `---`, title: and so on"]


def test_a_time_that_cannot_be_read_is_no_text() -> None:
    """In Statusfy an update with an odd date is shown as raw `:::` text."""
    assert problems({SLOW: INCIDENT.replace("17:05 UTC", "five past five")}) == [
        (
            f"{SLOW}:10: updates[0].Updated: 'five past five' is not a time: write it like "
            "2026-01-02 17:05 UTC"
        )
    ]


def test_maintenance_never_covers_an_outage() -> None:
    """In Statusfy under_maintenance outranks a major outage of the same component."""
    work = FUTURE_WORK.replace("2026-02-01", "2026-01-03").replace("[db]", "[api]")
    files: Files = {
        SLOW: INCIDENT.replace("partial_outage", "major_outage"),
        "content/maintenance/move.md": work,
    }
    site = view(files, as_of="2026-01-03 03:00")
    assert statuses(site)["api"] == ComponentStatus.MAJOR_OUTAGE


def test_an_incident_in_the_first_hour_after_midnight_stays_on_its_day() -> None:
    """In Statusfy the timeline puts it under the day before."""
    early = RESOLVED.replace("17:00", "00:05").replace("17:05", "00:10").replace("18:00", "00:40")
    days = days_of(view({SLOW: early}).home)
    assert [one.path for one in days["2026-01-02"]] == ["incidents/slow/"]
    assert not days["2026-01-01"]


def test_a_rebuild_tells_no_new_date_for_what_nobody_changed(tmp_path: Path) -> None:
    """In Statusfy `modified` is always now, so every rebuild changes every page."""
    write(tmp_path, MINIMAL | {SLOW: RESOLVED})
    publish(tmp_path, as_of="2026-01-03 12:00")
    before = tree(tmp_path / "public")
    published, _ = publish(tmp_path, as_of="2026-01-03 13:00")
    assert tree(tmp_path / "public") == before
    assert published.written == 0
