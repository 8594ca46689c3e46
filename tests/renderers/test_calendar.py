"""Calendars tell each maintenance as one event, as two parsers of others read them back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import vobject
from hypothesis import given, settings
from icalendar import Calendar
from msgspec.structs import replace

from statusgen.model import Maintenance, MaintenanceStatus, Site, Visibility
from statusgen.renderers import calendar
from statusgen.views.agenda import EVENTS
from tests import examples
from tests.formats import CONFIG, NASTY, hard_sites, made, view
from tests.strategies import times
from tests.worlds import MINIMAL, Files, at, publish, tree, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from tests.examples import Example

WORK = """\
---
title: Larger disks
starts: 2026-01-10 22:00 UTC
ends: 2026-01-11 01:00 UTC
components: [db]
---

[SCHEDULED] The **database** moves, see [the plan](https://example.com/plan).
Updated: 2026-01-02 09:00 UTC
"""
MOVED = """
[SCHEDULED] It moves by a day.
Starts: 2026-01-11 22:00 UTC
Ends: 2026-01-12 02:00 UTC
Updated: 2026-01-03 09:00 UTC
"""
CANCELLED = """
[CANCELLED] Not this year.
Updated: 2026-01-04 09:00 UTC
"""

CONTROLS = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]"

both = pytest.mark.parametrize("build", [examples.own, examples.hard], ids=["own", "hard"])


def events(data: bytes) -> list[Any]:
    """Read the events of a calendar, by a parser that knows nothing of the one that wrote it."""
    read = vobject.readOne(data.decode())
    return [child for child in read.getChildren() if child.name == "VEVENT"]


def text(event: Any, name: str) -> str:  # noqa: ANN401 - vobject has no types
    """Give the text of a property."""
    return str(getattr(event, name).value)


def assert_sound(data: bytes) -> None:
    """Hold a calendar to the standard: folded lines, known values, at least one component."""
    assert data.endswith(b"\r\n")
    lines = data.removesuffix(b"\r\n").split(b"\r\n")
    for line in lines:
        assert len(line) <= 75
        assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", line.decode())
    read = Calendar.from_ical(data)
    assert isinstance(read, Calendar)
    assert [one.errors for one in read.walk() if one.errors] == []
    assert read.subcomponents
    assert read["METHOD"] == "PUBLISH"
    assert read["VERSION"] == "2.0"


def site_calendar(root: Path, files: Files, as_of: str = "2026-01-05 12:00") -> bytes:
    """Build the minimal site with these files and give its calendar."""
    publish(write(root, MINIMAL | files), as_of=as_of)
    return (root / "public/maintenance.ics").read_bytes()


def import_into(held: dict[str, Any], data: bytes) -> None:
    """Take events into a calendar as clients do: by UID, and never one that is older."""
    for event in events(data):
        known = held.get(text(event, "uid"))
        if known is None or int(text(event, "sequence")) >= int(text(known, "sequence")):
            held[text(event, "uid")] = event


def window(one: Maintenance) -> tuple[datetime, datetime]:
    """Find the window as it was last moved, in the facts."""
    starts, ends = one.starts, one.ends
    for update in one.updates:
        starts, ends = update.starts or starts, update.ends or ends
    return starts, ends


def shown(site: Site, as_of: datetime) -> dict[str, Maintenance]:
    """Find the maintenances that the public sees at a moment, with what was said by then."""
    cut = (
        replace(one, updates=tuple(each for each in one.updates if each.at <= as_of))
        for one in site.maintenances
        if one.visibility == Visibility.PUBLIC and not one.draft
    )
    return {f"maintenance-{one.slug}@status.example.com": one for one in cut if one.updates}


@settings(max_examples=60)
@given(hard_sites(), times)
def test_facts(site: Site, as_of: datetime) -> None:
    """The calendars hold each public maintenance once, with just what the facts say of it."""
    wanted = shown(site, as_of)

    files = made(view(site, as_of), calendar.artifacts)

    for data in files.values():
        assert_sound(data)
    found = events(files["maintenance.ics"])
    assert sorted(text(one, "uid") for one in found) == sorted(wanted)
    for event in found:
        fact = wanted[text(event, "uid")]
        starts, ends = window(fact)
        newest = fact.updates[-1]
        is_off = newest.status == MaintenanceStatus.CANCELLED or bool(fact.retracted)
        title = " ".join(re.sub(CONTROLS, " ", fact.title).split())
        assert event.dtstart.value == starts
        assert event.dtend.value == ends
        assert event.last_modified.value == event.dtstamp.value == newest.at
        assert int(text(event, "sequence")) == len(fact.updates) - 1 + bool(fact.retracted)
        assert text(event, "status") == ("CANCELLED" if is_off else "CONFIRMED")
        assert text(event, "summary").endswith(title)
        assert text(event, "url") == f"https://status.example.com/maintenance/{fact.slug}/"


@given(hard_sites(), times)
@settings(max_examples=30)
def test_components(site: Site, as_of: datetime) -> None:
    """A component's calendar holds just the maintenance that names it, and one's own just that."""
    wanted = shown(site, as_of)

    files = made(view(site, as_of), calendar.artifacts)

    for leaf in site.leaves:
        found = events(files[f"components/{leaf.id}/maintenance.ics"])
        touching = [uid for uid, one in wanted.items() if leaf.id in one.components]
        assert sorted(text(one, "uid") for one in found) == sorted(touching)
    for uid, one in wanted.items():
        (event,) = events(files[f"maintenance/{one.slug}/maintenance.ics"])
        assert text(event, "uid") == uid


@both
def test_examples(build: Callable[[], Example]) -> None:
    """All calendars of a whole site are sound, and that of the page tells what its pages tell."""
    site = build()
    files = {path: data for path, data in tree(site.public).items() if path.endswith(".ics")}

    for data in files.values():
        assert_sound(data)
    told = {page.frame.url: page.maintenance for page in site.view.maintenances}
    assert len(files) == 1 + len(told) + len(site.view.components)
    for event in events(files["maintenance.ics"]):
        page = told.pop(text(event, "url"))
        assert (event.dtstart.value, event.dtend.value) == (page.starts, page.ends)
    assert told == {}


def test_no_duplicates(tmp_path: Path) -> None:
    """Whoever takes every version of a calendar has one event, as it was said last."""
    held: dict[str, Any] = {}
    path = "content/maintenance/disks.md"
    first, moved, cancelled = (
        site_calendar(tmp_path, {path: content})
        for content in (WORK, WORK + MOVED, WORK + MOVED + CANCELLED)
    )
    for data in (first, moved):
        import_into(held, data)
    (event,) = held.values()
    assert event.dtstart.value == at("2026-01-11 22:00")
    assert event.dtend.value == at("2026-01-12 02:00")
    for data in (cancelled, first, moved):  # an old copy that comes late changes nothing
        import_into(held, data)
    (event,) = held.values()
    assert (text(event, "status"), text(event, "sequence")) == ("CANCELLED", "2")
    assert text(event, "summary") == "Cancelled: Larger disks"


def test_every_calendar_knows_an_event_by_one_name(tmp_path: Path) -> None:
    """Whoever takes the page's calendar and the event's own has one event."""
    held: dict[str, Any] = {}
    site_calendar(tmp_path, {"content/maintenance/disks.md": WORK})
    for path, data in tree(tmp_path / "public").items():
        if path.endswith(".ics"):
            import_into(held, data)
    assert list(held) == ["maintenance-disks@status.example.com"]


def test_description(tmp_path: Path) -> None:
    """An event tells the newest word as plain text, what it touches, and where to read on."""
    (event,) = events(site_calendar(tmp_path, {"content/maintenance/disks.md": WORK}))
    assert text(event, "description") == (
        "The database moves, see the plan (https://example.com/plan).\n\n"
        "Affected: Database\n\n"
        "https://status.example.com/maintenance/disks/"
    )
    assert text(event, "transp") == "TRANSPARENT"
    assert event.categories.value == ["Database"]


def test_retracted(tmp_path: Path) -> None:
    """What was announced in error is called off in every calendar that has it."""
    work = WORK.replace("components:", "retracted: It was another page's.\ncomponents:")
    (event,) = events(site_calendar(tmp_path, {"content/maintenance/disks.md": work}))
    assert (text(event, "status"), text(event, "sequence")) == ("CANCELLED", "1")
    assert text(event, "summary") == "Retracted: Larger disks"
    assert text(event, "description").startswith("Announced in error. It was another page's.")


@pytest.mark.parametrize(
    ("zone", "written", "instant"),
    [
        ("Europe/Istanbul", "2026-01-17 04:00", "2026-01-17 01:00"),
        ("Europe/Berlin", "2026-03-29 03:30", "2026-03-29 01:30"),  # an hour after none was
        ("America/New_York", "2026-11-01 03:00", "2026-11-01 08:00"),
    ],
)
def test_zones(tmp_path: Path, zone: str, written: str, instant: str) -> None:
    """A window that was written in the site's zone is told as the instant that it is."""
    settled = f"title: Example\nurl: https://status.example.com/\ntimezone: {zone}\n"
    work = WORK.replace("2026-01-10 22:00 UTC", written).replace("2026-01-11", "2026-12-01")
    data = site_calendar(
        tmp_path, {"content/site.yml": settled, "content/maintenance/disks.md": work}
    )
    (event,) = events(data)
    assert event.dtstart.value == at(instant)
    assert event.dtstart.value.tzinfo.utcoffset(event.dtstart.value) == timedelta()
    assert f"X-WR-TIMEZONE:{zone}\r\n".encode() in data


def test_clock(tmp_path: Path) -> None:
    """Days later, while nothing was said, every calendar is the same, byte for byte."""
    files: Files = {"content/maintenance/disks.md": WORK}
    before = site_calendar(tmp_path, files, "2026-01-05 12:00")
    within = site_calendar(tmp_path, files, "2026-01-10 23:00")
    after = site_calendar(tmp_path, files, "2026-02-01 12:00")
    assert before == within == after


def test_one_change(tmp_path: Path) -> None:
    """A word on one maintenance rewrites the calendars that hold it, and no other."""
    other = WORK.replace("[db]", "[api]")
    files: Files = {"content/maintenance/disks.md": WORK, "content/maintenance/other.md": other}
    publish(write(tmp_path, MINIMAL | files))
    before = tree(tmp_path / "public")
    publish(write(tmp_path, {"content/maintenance/disks.md": WORK + MOVED}))
    after = tree(tmp_path / "public")
    assert [path for path in after if path.endswith(".ics") and after[path] != before[path]] == [
        "components/db/maintenance.ics",
        "maintenance/disks/maintenance.ics",
        "maintenance.ics",
    ]


def test_nothing_planned(tmp_path: Path) -> None:
    """A calendar in which nothing was ever planned is one that can be subscribed to."""
    data = site_calendar(tmp_path, {})
    assert_sound(data)
    assert events(data) == []


def test_many(tmp_path: Path) -> None:
    """A calendar holds so many events, those with the latest windows."""
    files: Files = {
        f"content/maintenance/n{day}.md": WORK.replace("2026-01-10", f"{2026 + day // 300}-01-10")
        .replace("2026-01-11 01:00", "2099-01-01 00:00")
        .replace("22:00", f"{day // 60 % 24:02}:{day % 60:02}")
        for day in range(EVENTS + 3)
    }
    found = [text(one, "uid") for one in events(site_calendar(tmp_path, files))]
    assert len(found) == EVENTS == 100
    assert found[0] == "maintenance-n102@status.example.com"
    assert "maintenance-n2@status.example.com" not in found


def test_two_hundred_updates(tmp_path: Path) -> None:
    """However often something was said, it is one event, and its newest word."""
    said = "".join(
        f"\n[UPDATE] Word {number}: {NASTY[1]}\nUpdated: 2026-01-03 {number // 60:02}:"
        f"{number % 60:02} UTC\n"
        for number in range(200)
    )
    (event,) = events(site_calendar(tmp_path, {"content/maintenance/disks.md": WORK + said}))
    assert text(event, "sequence") == "200"
    assert text(event, "description").startswith(f"Word 199: {NASTY[1]}")


@pytest.mark.parametrize("title", NASTY)
def test_names(title: str) -> None:
    """Whatever a site is called, its name stays within its line."""
    data = made(
        view(Site(), at("2026-01-01"), replace(CONFIG, title=title, description=title)),
        calendar.artifacts,
    )["maintenance.ics"]
    assert_sound(data)
    assert vobject.readOne(data.decode()).x_wr_calname.value == " ".join(
        re.sub(CONTROLS, " ", title).split()
    )
