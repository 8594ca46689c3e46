"""Incidents and maintenance in one line per update, so that a test shows how they run."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from statusgen.model import ComponentStatus
    from statusgen.views import SiteView
    from statusgen.views.entry import EntryView
    from statusgen.views.home import HomePage

_UPDATE = re.compile(r"(?P<at>(\d+-\d+-\d+ )?\d+:\d+) (?P<status>\w+)(; )?(?P<trailers>.*)")


def incident(*updates: str, **keys: str) -> str:
    """Write an incident: `incident("17:05 investigating", "17:30 resolved", severity="SEV-1")`.

    An update is its time in UTC and its status, then its trailers, all parted by semicolons.
    """
    front = {
        "title": "The API is slow",
        "severity": "SEV-2",
        "visibility": "public",
        "started": "2026-01-02 17:00 UTC",
        "components": "{api: partial_outage}",
    }
    return _write(front | keys, updates or ("17:05 investigating",))


def maintenance(*updates: str, **keys: str) -> str:
    """Write a maintenance on 3 January from 12:00 to 13:00; its first update has its date."""
    front = {
        "title": "New disks",
        "starts": "2026-01-03 12:00 UTC",
        "ends": "2026-01-03 13:00 UTC",
        "components": "[db]",
    }
    return _write(front | keys, updates or ("2026-01-01 09:00 scheduled",))


def statuses(site: SiteView) -> dict[str, ComponentStatus]:
    """Tell the status of each component."""
    return {page.component.id: page.component.status for page in site.components}


def _write(front: dict[str, str], updates: tuple[str, ...]) -> str:
    head = "\n".join(f"{key}: {value}" for key, value in front.items() if value)
    blocks = "\n\n".join(_block(update) for update in updates)
    return f"---\n{head}\n---\n\n{blocks}\n"


def _block(update: str) -> str:
    found = _UPDATE.fullmatch(update)
    assert found, update
    trailers = [f"Updated: {found['at']} UTC", *filter(None, found["trailers"].split("; "))]
    return "\n".join([f"[{found['status'].upper()}] This is what we know.", *trailers])


def days_of(home: HomePage) -> dict[str, tuple[EntryView, ...]]:
    """Tell each day that home tells of, newest first, and what was going on in it."""
    found: dict[str, tuple[EntryView, ...]] = {}
    for told in home.days:
        for back in range((told.last - told.first).days + 1):
            day = f"{told.last - timedelta(days=back)}"
            assert day not in found
            found[day] = told.entries
    assert len(found) == home.count
    return found
