"""Uptime by component and day, from the spans of its status.

A major outage counts fully, a partial one by a weight, the rest not at all. What overlaps counts
once, by the worst. A day counts with its whole length, so that a figure changes only when
something happened; a day before the record began is not known.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from statusgen.model import ComponentStatus
from statusgen.views.status import status_at, worst

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from statusgen.views.timeline import Span

DAYS = 90
"""How many days the bars show."""

OUTAGES = (ComponentStatus.PARTIAL_OUTAGE, ComponentStatus.MAJOR_OUTAGE)
"""What counts against uptime."""

_LATER = datetime.max.replace(tzinfo=UTC)
_NONE = dict.fromkeys(ComponentStatus, 0)


class Day(Struct, frozen=True, kw_only=True):
    """A component's day: its worst status, and the seconds of each kind of outage.

    `status` is None where nothing is known of the day. `length` is in seconds: a day on which
    daylight saving changes has 23 or 25 hours.
    """

    date: date
    length: int
    status: ComponentStatus | None
    major: int = 0
    partial: int = 0

    def uptime(self, weight: float) -> float | None:
        """The share of the day that the component was up, from 0 to 1."""
        if self.status is None:
            return None
        return 1 - (self.major + weight * self.partial) / self.length


class Month(Struct, frozen=True, kw_only=True):
    """A component's month: the seconds of each kind of outage, of the `length` that is known."""

    month: date
    length: int
    major: int
    partial: int

    def lost(self, weight: float) -> float:
        """How many seconds count as down."""
        return self.major + weight * self.partial

    def uptime(self, weight: float) -> float | None:
        """The share of what is known of the month that the component was up, from 0 to 1."""
        return 1 - self.lost(weight) / self.length if self.length else None


def days(  # noqa: PLR0913 - what a day hangs on
    spans: Iterable[Span],
    *,
    last: date,
    zone: ZoneInfo,
    since: date | None,
    as_of: datetime,
    count: int = DAYS,
) -> tuple[Day, ...]:
    """Tell so many days up to `last`; without `since` nothing is known of any."""
    spans = tuple(spans)
    # What is over says the same at every later moment, so that a preview need not count it again.
    is_over = all(span.end and span.end <= as_of for span in spans)
    return _days(spans, last, zone, since, _LATER if is_over else as_of, count)


@lru_cache(maxsize=256)
def _days(  # noqa: PLR0913, PLR0917 - as above
    spans: tuple[Span, ...],
    last: date,
    zone: ZoneInfo,
    since: date | None,
    as_of: datetime,
    count: int,
) -> tuple[Day, ...]:
    pieces, now = merge(spans, as_of), status_at(spans, as_of)
    starts, ends = [piece[0] for piece in pieces], [piece[1] for piece in pieces]
    found = []
    for each, start, end in calendar(last, zone, count):
        if since is None or each < since:
            found.append(Day(date=each, length=_seconds(end - start), status=None))
            continue
        first, after = bisect_right(ends, start), bisect_left(starts, end)
        # What began this very moment has lasted for no second yet, and shows all the same.
        least = now if start <= as_of < end else ComponentStatus.OPERATIONAL
        if first < after or least != ComponentStatus.OPERATIONAL:
            found.append(_day(each, start, end, pieces[first:after], least))
        else:
            found.append(Day(date=each, length=_seconds(end - start), status=least))
    return tuple(found)


def months(  # noqa: PLR0913 - as above
    spans: Iterable[Span],
    *,
    first: date,
    last: date,
    zone: ZoneInfo,
    since: date | None,
    until: date,
    as_of: datetime,
) -> tuple[Month, ...]:
    """Tell the months from that of `first` to that of `last`.

    Known are the days from `since` up to `until`; without `since` none is. A month says what its
    days say together, without a look at each.
    """
    dates = [first.replace(day=1)]
    while dates[-1] <= last:
        dates.append(month_before(dates[-1], -1))
    edges = [
        min(max(_midnight(each, zone), begin), end)
        for begin, end in [_known(since, until, zone)]
        for each in dates
    ]
    down = [_NONE.copy() for _ in dates]
    for start, end, status in merge((one for one in spans if counts(one.status)), as_of):
        place = max(bisect_right(edges, start) - 1, 0)
        while place < len(edges) - 1 and edges[place] < end:
            spent = min(end, edges[place + 1]) - max(start, edges[place])
            down[place][status] += max(_seconds(spent), 0)
            place += 1
    return tuple(
        Month(
            month=month,
            length=_seconds(end - start),
            major=seconds[ComponentStatus.MAJOR_OUTAGE],
            partial=seconds[ComponentStatus.PARTIAL_OUTAGE],
        )
        for (start, end), month, seconds in zip(
            itertools.pairwise(edges), dates, down[:-1], strict=False
        )
    )


def month_before(day: date, count: int) -> date:
    """Tell the first day of the month so many months before that of a day."""
    years, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    return date(years, month + 1, 1)


def _known(since: date | None, until: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Tell when what is known begins and ends."""
    end = _midnight(until + timedelta(days=1), zone)
    return (min(_midnight(since, zone), end) if since else end), end


def uptime(days_: Iterable[Day | Month], weight: float) -> float | None:
    """The mean of the days or months that are known, weighted by their length."""
    known = [(day.length, share) for day in days_ if (share := day.uptime(weight)) is not None]
    if not known:
        return None
    length = sum(each for each, _ in known)
    # The sum of floats may stray past its bounds by the last bit.
    return min(1.0, max(0.0, sum(each * share for each, share in known) / length))


def counts(status: ComponentStatus) -> bool:
    """Whether the seconds of a status are counted."""
    return status in OUTAGES


Piece = tuple[datetime, datetime, ComponentStatus]


def merge(spans: Iterable[Span], as_of: datetime) -> list[Piece]:
    """Make spans that overlap into pieces that do not, each with the worst status."""
    closed = [
        (span.start, min(span.end or as_of, as_of), span.status)
        for span in spans
        if span.start < min(span.end or as_of, as_of)
    ]
    edges = sorted({edge for start, end, _ in closed for edge in (start, end)})
    pieces: list[Piece] = []
    closed.sort(key=lambda piece: piece[0])
    active: list[Piece] = []
    position = 0
    for start, end in itertools.pairwise(edges):
        active = [piece for piece in active if piece[1] > start] if active else active
        while position < len(closed) and closed[position][0] <= start:
            active.append(closed[position])
            position += 1
        if len(active) == 1:
            pieces.append((start, end, active[0][2]))
        elif active:
            pieces.append((start, end, worst(piece[2] for piece in active)))
    return pieces


def _day(
    day: date,
    start: datetime,
    end: datetime,
    pieces: Sequence[Piece],
    least: ComponentStatus,
) -> Day:
    """Tell a day from its pieces; it was at least as bad as `least`."""
    seconds = _NONE.copy()
    for begin, finish, status in pieces:
        seconds[status] += _seconds(min(finish, end) - max(begin, start))
    suffered = [status for status, spent in seconds.items() if spent]
    return Day(
        date=day,
        length=_seconds(end - start),
        status=worst((*suffered, least)),
        major=seconds[ComponentStatus.MAJOR_OUTAGE],
        partial=seconds[ComponentStatus.PARTIAL_OUTAGE],
    )


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


@lru_cache(maxsize=8)
def calendar(last: date, zone: ZoneInfo, count: int) -> list[tuple[date, datetime, datetime]]:
    """Tell so many days up to `last`, when each begins and when it ends.

    A day that a zone skipped, as it crossed the date line, is not told.
    """
    dates = [last - timedelta(days=back) for back in range(count - 1, -1, -1)]
    edges = [_midnight(each, zone) for each in (*dates, last + timedelta(days=1))]
    spans = zip(dates, edges, edges[1:], strict=False)
    return [(each, start, end) for each, start, end in spans if start < end]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
