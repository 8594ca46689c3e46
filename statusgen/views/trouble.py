"""The days on which a component had trouble, and what it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.model import ComponentStatus
from statusgen.views.page import Link, View
from statusgen.views.uptime import DAYS, Day, calendar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.model import Component
    from statusgen.views.present import Present

TROUBLED_DAYS = 7
"""Of how many days a component tells on home what they came from."""


class TroubleView(View, frozen=True, kw_only=True):
    """A day with trouble, and the incidents and maintenance that it came from, newest first."""

    day: Day
    causes: tuple[Link, ...]


def troubles(
    present: Present, leaf: Component, days: tuple[Day, ...], count: int = TROUBLED_DAYS
) -> tuple[TroubleView, ...]:
    """Tell the newest days with trouble of a component, so many at the most, newest first."""
    fine = (None, ComponentStatus.OPERATIONAL)
    troubled = [day for day in reversed(days) if day.status not in fine][:count]
    if not troubled:
        return ()
    edges = {
        each: (start, end)
        for each, start, end in calendar(present.last_day(leaf), present.config.zone, DAYS)
    }
    first = edges[troubled[-1].date][0]
    causes = [
        (span, cause)
        for span, cause in present.causes[leaf.id]
        if (span.end is None or span.end > first) and span.status not in fine
    ]

    def of(day: Day) -> Iterator[Link]:
        start, end = edges[day.date]
        for span, cause in causes:
            # What began this very moment has lasted for no second yet, and shows all the same.
            if span.start < end and (span.end is None or span.end > start):
                yield cause

    return tuple(TroubleView(day=day, causes=tuple(dict.fromkeys(of(day)))) for day in troubled)
