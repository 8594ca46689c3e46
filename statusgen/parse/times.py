"""Written times → instants in UTC; what a clock shows twice or never is said, not guessed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import msgspec
from msgspec import Struct

from statusgen.errors import nearest
from statusgen.expression import expression

FAR = timedelta(hours=12)
"""A bare time further ahead than this is a slip more often than a long silence."""

YEARS = range(1990, 2200)
"""A year outside is a slip of the keys, and would make a history of centuries."""

_MINUTE = timedelta(minutes=1)
_DATE = r"(?P<date>\d{4}-\d{2}-\d{2})"
_CLOCK = r"(?P<clock>\d{1,2}:\d{2}(?P<second>:\d{2}(?P<fraction>[.,]\d{1,9})?)?)"
_ZONE = r"(?P<zone>[A-Za-z][A-Za-z0-9_+\-/]*(?::\d{2})?|[+\-]\d{2}:?\d{2}|[+\-]\d{2})"
_WRITTEN = expression(rf"(?:{_DATE}(?:[Tt]|\s+))?{_CLOCK}(?:\s*{_ZONE})?")
_USUAL = expression(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9] ([01][0-9]|2[0-3]):[0-5][0-9] UTC")
_OFFSET = expression(r"([+-])(\d{2}):?(\d{2})?")
_SPAN = expression(r"(\d+)\s*(min|minutes?|h|hours?|d|days?|weeks?)")
_encode = msgspec.json.Encoder().encode
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_FROM_UTC = expression(r"(?:UTC|GMT)([+-])(0?\d|1[0-4])(?::?(\d{2}))?", re.IGNORECASE)
_ABBREVIATIONS = {
    "CET": ("Europe/Berlin", "+01:00"),
    "CEST": ("Europe/Berlin", "+02:00"),
    "BST": ("Europe/London", "+01:00"),
    "EST": ("America/New_York", "-05:00"),
    "EDT": ("America/New_York", "-04:00"),
    "CST": ("America/Chicago", "-06:00"),
    "CDT": ("America/Chicago", "-05:00"),
    "MST": ("America/Denver", "-07:00"),
    "MDT": ("America/Denver", "-06:00"),
    "PST": ("America/Los_Angeles", "-08:00"),
    "PDT": ("America/Los_Angeles", "-07:00"),
    "EET": ("Europe/Helsinki", "+02:00"),
    "EEST": ("Europe/Helsinki", "+03:00"),
    "TRT": ("Europe/Istanbul", "+03:00"),
    "MSK": ("Europe/Moscow", "+03:00"),
    "IST": ("Asia/Kolkata", "+05:30"),
    "JST": ("Asia/Tokyo", "+09:00"),
}


class TimeError(ValueError):
    """A text is no time that can be read; the message says why and what would be."""


class WrittenTime(Struct, frozen=True, kw_only=True):
    """A time as its author wrote it: the date and the zone may be left to the context."""

    text: str
    date: date | None
    clock: time
    zone: tzinfo | None
    has_seconds: bool

    def instant(self, zone: tzinfo, *, after: datetime | None = None) -> datetime:
        """Find the instant in UTC, with `zone` where none was written.

        A time without a date is the first one at or after `after` that reads so.
        """
        zone = self.zone or zone
        if self.date is not None:
            found = _on_clock(self.date, self.clock, zone)
        elif after is None:
            message = f"{self.text!r} has no date: write it like 2026-01-02 17:05 UTC"
            raise TimeError(message)
        else:
            found = self._first(zone, after)
        # 17:05 is said of the whole minute: of an update at 17:05:30 too.
        if after and found < after and not self.has_seconds and after - found < _MINUTE:
            return after
        return found

    def _first(self, zone: tzinfo, after: datetime) -> datetime:
        start = after if self.has_seconds else after.replace(second=0, microsecond=0)
        local = datetime.combine(start.astimezone(zone).date(), self.clock)
        if max(_meanings(local, zone)) < start:
            local += timedelta(days=1)
        found = _on_clock(local.date(), self.clock, zone)
        earlier = min(_meanings(local - timedelta(days=1), zone))
        if found - start > FAR:
            ahead = f"lies {spell_duration(found - start)} ahead of"
            is_next_day = found.astimezone(zone).date() > start.astimezone(zone).date()
            reads = "reads earlier than" if is_next_day else ahead
            message = (
                f"{self.text!r} {reads} what comes before it, {spell(after, zone)}: put the two in "
                f"order, or write the date: {spell(earlier, zone)} or {spell(found, zone)}"
            )
            raise TimeError(message)
        return found


def read_time(text: str) -> WrittenTime:
    """Read `2026-01-02 17:05 UTC`, ISO 8601, or a bare `17:05 UTC`."""
    return read_usual_time(text) or read_any_time(text)


def read_usual_time(text: str) -> WrittenTime | None:
    """Read a time of the first kind, as nearly all are; None where it is not one or not right."""
    found = read_usual_instant(text)
    if found is None:
        return None
    return WrittenTime(
        text=text, date=found.date(), clock=found.time(), zone=UTC, has_seconds=False
    )


def read_usual_instant(text: str) -> datetime | None:
    """Read the instant of such a time, which hangs on nothing else."""
    if not _USUAL.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(f"{text[:16]}+00:00")
    except ValueError:
        return None
    return found if found.year in YEARS else None


def read_any_time(text: str) -> WrittenTime:
    """Read a time of whichever kind, or say why it is none."""
    found = _WRITTEN.fullmatch(text)
    if not found:
        raise TimeError(_why_not(text))
    day, clock, second, zone = found.group("date", "clock", "second", "zone")
    if zone and zone.lower() in ("am", "pm"):
        raise TimeError(_why_not(text))
    return WrittenTime(
        text=text,
        date=_day(day) if day else None,
        clock=_clock(clock.replace(",", ".")),
        zone=read_zone(zone) if zone else None,
        has_seconds=second is not None,
    )


def read_date(text: str) -> date:
    """Read a day, `2026-01-02`."""
    if not re.fullmatch(_DATE, text):
        message = f"{text!r} is not a date: write it like 2026-01-02"
        raise TimeError(message)
    return _day(text)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        message = f"{text} is not a day of the calendar: look at its month and day"
        raise TimeError(message) from None
    if day.year not in YEARS:
        message = f"{text} is not within reason: the year must lie from 1990 to 2199"
        raise TimeError(message)
    return day


def read_zone(text: str) -> tzinfo:
    """Read a zone: UTC, GMT, Z, an offset, or Area/City."""
    if text.upper() in ("UTC", "GMT", "Z"):
        return UTC
    if found := _OFFSET.fullmatch(text):
        hours, minutes = int(found[2]), int(found[3] or 0)
        if hours > 14 or minutes > 59:  # noqa: PLR2004 - the widest offset on Earth is +14:00
            message = f"{text!r} is not an offset from UTC: it must lie from -14:00 to +14:00"
            raise TimeError(message)
        offset = timedelta(hours=hours, minutes=minutes)
        return timezone(-offset if found[1] == "-" else offset)
    if "/" in text:
        try:
            return ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass
    raise TimeError(_why_no_zone(text))


def read_span(text: str) -> timedelta:
    """Read how long something takes: `5 min`, `2 h`, `48 hours`, `3 days`."""
    found = _SPAN.fullmatch(text)
    if not found or len(found[1]) > 4:  # noqa: PLR2004 - a year has 8,760 hours
        message = f"{text!r} is not a span of time: write it like 15 min, 2 h or 3 days"
        raise TimeError(message)
    return timedelta(**{_UNITS[found[2][0]]: int(found[1])})


def spell(instant: datetime, zone: tzinfo = UTC) -> str:
    """Write an instant so that it could be pasted into a file."""
    local = instant.astimezone(zone)
    offset = local.utcoffset() or timedelta()
    name = "UTC" if not offset else f"{local:%z}"[:3] + ":" + f"{local:%z}"[3:5]
    return f"{local:%Y-%m-%d %H:%M} {name}"


def spell_minute(instant: datetime) -> str:
    """Write an instant in UTC for an address, `20260102T1705Z`."""
    # A fifth of the time of strftime, and every update asks for it.
    written = _encode(instant)[1:17]
    return f"{written.translate(None, b'-:').decode()}Z"


def spell_duration(span: timedelta) -> str:
    """Write a span in hours and minutes, a long one in days."""
    if span.days > 1:
        return f"{span.days} days"
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    if hours and not minutes:
        return f"{hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _clock(text: str) -> time:
    hour, minute, *second = text.split(":")
    try:
        if not second:
            return time(int(hour), int(minute))
        whole, _, fraction = second[0].partition(".")
        return time(int(hour), int(minute), int(whole), int(fraction[:6].ljust(6, "0") or 0))
    except ValueError:
        message = f"{text!r} is not a time of day: it must lie from 00:00 to 23:59"
        raise TimeError(message) from None


def _why_not(text: str) -> str:
    if re.fullmatch(_DATE, text):
        return f"{text!r} is a date without a time: write it like {text} 17:05 UTC"
    if re.search(r"\d\s*[ap]\.?m\b", text, re.IGNORECASE):
        return f"{text!r} is not a time: write the hour from 00 to 23, like 17:05 UTC"
    return f"{text!r} is not a time: write it like 2026-01-02 17:05 UTC"


def _why_no_zone(text: str) -> str:
    if found := _FROM_UTC.fullmatch(text):
        alone = f"{found[1]}{found[2]:0>2}:{found[3] or '00'}"
        return f"no time zone is called {text!r}; write the offset alone: {alone}"
    if text.upper() in _ABBREVIATIONS:
        city, offset = _ABBREVIATIONS[text.upper()]
        return f"{text} is no zone for sure: write {city} or an offset like {offset}"
    known = available_timezones()
    cities = sorted(name for name in known if "/" in name)
    if text in known:  # an old name, like Turkey or EST5EDT, that stands beside the areas
        meant = next((name for name in cities if name.endswith(f"/{text}")), None)
        return f"{text!r} is no Area/City: write {meant or 'one like Europe/Istanbul'}"
    hint = nearest(text, cities) or "; write UTC, +03:00 or Area/City"
    return f"no time zone is called {text!r}{hint}"


def _on_clock(day: date, clock: time, zone: tzinfo) -> datetime:
    """Turn what a clock shows into the instant, unless it shows it twice or never."""
    if isinstance(zone, timezone):  # an offset, by which nothing is shown twice or never
        return datetime.combine(day, clock, zone).astimezone(UTC)
    local = datetime.combine(day, clock)
    first, second = _meanings(local, zone)
    if first == second:
        return first
    how = "shows twice" if first < second else "never shows"
    one, other = sorted((first, second))
    message = (
        f"{local:%Y-%m-%d %H:%M} is a time that {zone} {how} as daylight saving changes: "
        f"write {spell(one, zone)} or {spell(other, zone)}"
    )
    raise TimeError(message)


def _meanings(local: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Find both instants at which a clock could show this: one and the same but on two days."""
    first = local.replace(tzinfo=zone).astimezone(UTC)
    return first, local.replace(tzinfo=zone, fold=1).astimezone(UTC)
