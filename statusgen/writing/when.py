"""Times as people say them: `now`, `in 2 h`, `10 min ago`, `tomorrow 02:00`, `mon 14:00 UTC`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from statusgen.errors import WritingError
from statusgen.expression import expression
from statusgen.parse.times import TimeError, read_span, read_time

if TYPE_CHECKING:
    from datetime import tzinfo

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NEAR = {"today": 0, "tomorrow": 1, "yesterday": -1}
_DAY = expression(r"([a-z]+),?\s+(?:at\s+)?(\d.*)", re.IGNORECASE)
_SPAN = expression(r"(?:in\s+|\+)?(\d+)\s*([a-z]+)(\s+ago)?", re.IGNORECASE)
_SHORT = {"m": "min", "mins": "min", "hr": "h", "hrs": "h"}
_SHORTEST = 3
"""How many letters of a day's name tell it from the others."""


def read_when(
    text: str,
    now: datetime,
    zone: tzinfo,
    *,
    is_past: bool = False,
    after: datetime | None = None,
) -> datetime:
    """Find the instant that somebody means who says it `now`; `zone` is where none is said.

    A clock without a date, or on a day of the week, is its next showing, or its last one where it
    `is_past`. What ends counts from its start, `after`: a span, or such a clock. Raises
    WritingError.
    """
    said = " ".join(text.split())
    today = now
    now = after or now
    try:
        if said.lower() == "now":
            return today
        if span := _SPAN.fullmatch(said):
            unit = span[2].lower()
            length = read_span(f"{span[1]} {_SHORT.get(unit, unit)}")
            return now - length if span[3] else now + length
        if (named := _DAY.fullmatch(said)) and (days := _days_ahead(named[1].lower())) is not None:
            if isinstance(days, str):
                return _showing(named[2], now, zone, _DAYS.index(days), is_past=is_past)
            day = today.astimezone(read_time(named[2]).zone or zone).date()
            return read_time(f"{day + timedelta(days=days)} {named[2]}").instant(zone)
        return _on_clock(said, now, zone, is_past=is_past)
    except TimeError as error:
        raise WritingError(str(error)) from None


def _days_ahead(word: str) -> int | str | None:
    """Tell how many days ahead a day is, or which day of the week it is."""
    if word in _NEAR:
        return _NEAR[word]
    is_one = len(word) >= _SHORTEST
    return next((day for day in _DAYS if is_one and day.startswith(word)), None)


def _on_clock(said: str, now: datetime, zone: tzinfo, *, is_past: bool) -> datetime:
    written = read_time(said)
    if written.date is not None:
        return written.instant(zone)
    return _showing(said, now, zone, is_past=is_past)


def _showing(
    clock: str, now: datetime, zone: tzinfo, weekday: int | None = None, *, is_past: bool
) -> datetime:
    """Find a clock's next showing, or its last one: of any day, or of that day of the week."""
    day = now.astimezone(read_time(clock).zone or zone).date()
    period = timedelta(days=1)
    if weekday is not None:
        period = timedelta(days=7)
        day += timedelta(days=(weekday - day.weekday()) % 7)
    found = read_time(f"{day} {clock}").instant(zone)
    if is_past and found > now:
        return read_time(f"{day - period} {clock}").instant(zone)
    if not is_past and found < now.replace(second=0, microsecond=0):
        return read_time(f"{day + period} {clock}").instant(zone)
    return found
