"""Uptime by component and day: sums done by hand, and a slow count that knows no shortcuts."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen.model import ComponentStatus
from statusgen.views.timeline import Span
from statusgen.views.uptime import DAYS, Day, days, merge, months, uptime
from tests.views import incident, maintenance
from tests.worlds import Files, at, view

HOUR = 3600
OPERATIONAL, MAINTENANCE, DEGRADED, PARTIAL, MAJOR = ComponentStatus
ZONES = ["UTC", "Europe/Istanbul", "America/New_York", "Europe/Berlin", "Asia/Kolkata"]


def span(status: ComponentStatus, start: str, end: str | None) -> Span:
    """Write a span of a component."""
    return Span(component="api", status=status, start=at(start), end=at(end) if end else None)


def last_days(
    *spans: Span,
    last: str,
    zone: str = "UTC",
    as_of: str = "2027-01-01 00:00",
    since: str = "2020-01-01",
) -> tuple[Day, ...]:
    """Tell the days up to one."""
    return days(
        spans,
        last=date.fromisoformat(last),
        zone=ZoneInfo(zone),
        since=date.fromisoformat(since),
        as_of=at(as_of),
    )


@pytest.mark.parametrize(
    ("status", "share"),
    [
        (MAJOR, 1 - 6 / 24),
        (PARTIAL, 1 - 0.3 * 6 / 24),
        (DEGRADED, 1.0),
        (MAINTENANCE, 1.0),
    ],
)
def test_weights(status: ComponentStatus, share: float) -> None:
    """A major outage counts fully, a partial one by the weight, the rest not at all."""
    day = last_days(span(status, "2026-01-02 06:00", "2026-01-02 12:00"), last="2026-01-02")[-1]

    assert day.status == status
    assert day.uptime(0.3) == pytest.approx(share)


def test_overlap() -> None:
    """What overlaps counts once, by the worst: two hours partial, then two of major outage."""
    day = last_days(
        span(PARTIAL, "2026-01-02 06:00", "2026-01-02 10:00"),
        span(MAJOR, "2026-01-02 08:00", "2026-01-02 09:00"),
        span(MAJOR, "2026-01-02 08:30", "2026-01-02 10:00"),
        span(DEGRADED, "2026-01-02 00:00", "2026-01-03 00:00"),
        last="2026-01-02",
    )[-1]

    assert (day.major, day.partial) == (2 * HOUR, 2 * HOUR)
    assert day.uptime(0.5) == pytest.approx(1 - 3 / 24)


def test_one_incident_inside_another() -> None:
    """After the worse of two is over, the milder one counts on."""
    pieces = merge(
        [
            span(PARTIAL, "2026-01-02 06:00", "2026-01-02 12:00"),
            span(MAJOR, "2026-01-02 08:00", "2026-01-02 09:00"),
        ],
        at("2026-01-03 00:00"),
    )

    assert pieces == [
        (at("2026-01-02 06:00"), at("2026-01-02 08:00"), PARTIAL),
        (at("2026-01-02 08:00"), at("2026-01-02 09:00"), MAJOR),
        (at("2026-01-02 09:00"), at("2026-01-02 12:00"), PARTIAL),
    ]


def test_across_midnight() -> None:
    """An outage counts in each day with its part of it, across the year as well."""
    night = span(MAJOR, "2025-12-31 23:00", "2026-01-02 02:00")

    *_, old, new, next_ = last_days(night, last="2026-01-02")

    assert [day.major for day in (old, new, next_)] == [HOUR, 24 * HOUR, 2 * HOUR]
    assert new.uptime(0.3) == 0


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("Europe/Istanbul", "2026-03-29", 24),
        ("Asia/Kolkata", "2026-10-25", 24),
    ],
)
def test_length(zone: str, day: str, hours: int) -> None:
    """A day is as long as it is in the site's zone, 23 or 25 hours where the clocks change."""
    noon = span(MAJOR, f"{day} 12:00", f"{day} 13:00")

    found = last_days(noon, last=day, zone=zone)[-1]

    assert found.length == hours * HOUR
    assert found.uptime(0.3) == pytest.approx(1 - 1 / hours)


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("Europe/Istanbul", "2026-01-01 21:00"),
        ("America/New_York", "2026-01-02 05:00"),
        ("Europe/Berlin", "2026-01-01 23:00"),
        ("Asia/Kolkata", "2026-01-01 18:30"),
    ],
)
def test_day_of_the_zone(zone: str, begins: str) -> None:
    """A day begins at midnight of the site's zone: a second before it belongs to the day before."""
    midnight = at(begins)
    around = Span(
        component="api",
        status=MAJOR,
        start=midnight - timedelta(seconds=1),
        end=midnight + timedelta(seconds=2),
    )

    *_, before, day = last_days(around, last="2026-01-02", zone=zone)

    assert (before.major, day.major) == (1, 2)


def test_midnight_that_is_skipped() -> None:
    """Where the clocks skip midnight, the day begins with its first instant and has 23 hours."""
    *_, before, day = last_days(last="2026-04-24", zone="Africa/Cairo")

    assert (before.length, day.length) == (24 * HOUR, 23 * HOUR)


def test_unknown_is_not_operational() -> None:
    """Days before the record began are blank and count for nothing."""
    outage = span(MAJOR, "2026-01-01 00:00", "2026-01-01 12:00")

    found = last_days(outage, last="2026-01-02", since="2026-01-02")

    assert [day.status for day in found[-2:]] == [None, OPERATIONAL]
    assert found[-2].uptime(0.3) is None
    assert uptime(found, 0.3) == 1


def test_nothing_known() -> None:
    """A component of which no day is known has no uptime, rather than a perfect one."""
    assert uptime(last_days(last="2026-01-02", since="2026-02-01"), 0.3) is None


def test_no_record() -> None:
    """Without `since` anywhere and without an incident, nothing is known of any day."""
    files: Files = {"content/site.yml": "title: Example\nurl: https://status.example.com/\n"}

    component = view(files).components[0].component

    assert {day.status for day in component.days} == {None}
    assert component.uptime is None


def test_since() -> None:
    """A component's own `since` goes before the site's; what was said first stands in for both."""
    own: Files = {
        "content/components.yml": """
            - {id: api, name: API, since: 2026-01-02}
            - {id: db, name: Database}
        """,
    }
    unset: Files = {
        "content/site.yml": "title: Example\nurl: https://status.example.com/\n",
        "content/incidents/slow.md": incident(),
        "content/incidents/error.md": incident(
            "2026-01-01 17:00 resolved", started="2026-01-01 17:00 UTC", retracted="A slip."
        ),
    }

    def known(files: Files) -> list[int]:
        pages = view(files).components
        return [sum(day.status is not None for day in page.component.days) for page in pages]

    assert known(own) == [2, 3]
    assert known(unset) == [2, 2]


def test_today_counts_whole() -> None:
    """Today counts with its whole length, so that its figure waits for something to happen."""
    files: Files = {
        "content/incidents/slow.md": incident(
            "06:00 investigating",
            "12:00 resolved",
            started="2026-01-03 06:00 UTC",
            components="{api: major_outage}",
        )
    }

    noon = view(files, as_of="2026-01-03 12:00").components[0].component
    night = view(files, as_of="2026-01-03 23:59").components[0].component

    assert noon == night
    assert noon.days[-1].uptime(0.3) == pytest.approx(0.75)


def test_open_outage_counts_until_now() -> None:
    """What is not over counts until now, and not beyond."""
    day = last_days(
        span(MAJOR, "2026-01-02 06:00", None), last="2026-01-02", as_of="2026-01-02 09:00"
    )[-1]

    assert day.major == 3 * HOUR


@pytest.mark.parametrize("as_of", ["2026-01-02 17:00", "2026-01-03 00:00"])
def test_today_is_as_bad_as_now(as_of: str) -> None:
    """What began this very moment shows in today's bar, at the stroke of midnight too."""
    today = as_of[:10]

    day = last_days(span(MAJOR, "2026-01-02 17:00", None), last=today, as_of=as_of)[-1]

    assert (day.date.isoformat(), day.status) == (today, MAJOR)


def test_ninety_days() -> None:
    """The bars show 90 days, the last of them today in the site's zone."""
    files: Files = {
        "content/site.yml": """
            title: Example
            url: https://status.example.com/
            timezone: Europe/Istanbul
        """
    }

    found = view(files, as_of="2026-01-02 21:30").components[0].component.days

    assert len(found) == DAYS == 90
    assert (found[0].date, found[-1].date) == (date(2025, 10, 6), date(2026, 1, 3))


def test_retired_component() -> None:
    """The days of a retired component end with its last."""
    files: Files = {
        "content/components.yml": "- {id: api, name: API, retired: 2026-01-03}\n",
    }

    assert view(files).components[0].component.days[-1].date == date(2026, 1, 2)


def test_weight_of_the_site() -> None:
    """The site sets the weight of a partial outage, and the page is told which."""
    outage = incident(
        "18:00 resolved", started="2026-01-02 06:00 UTC", components="{api: partial_outage}"
    )
    site: Files = {
        "content/site.yml": """
            title: Example
            url: https://status.example.com/
            since: 2026-01-02
            uptime:
              partial_outage: 0.5
        """,
        "content/incidents/slow.md": outage,
    }

    found = view(site, as_of="2026-01-02 23:00")

    assert found.home.weight == 0.5
    assert found.components[0].component.uptime == pytest.approx(0.75)


def test_maintenance_does_not_count() -> None:
    """A maintenance colours its day and takes nothing from the uptime."""
    found = view({"content/maintenance/disks.md": maintenance()}, as_of="2026-01-03 14:00")

    database = found.components[1].component
    assert database.days[-1].status == MAINTENANCE
    assert database.uptime == 1


MINUTES = 4 * 24 * 60
START = datetime(2026, 3, 27, tzinfo=UTC)
"""Four days around the night in which Berlin loses an hour."""

minutes = st.integers(min_value=0, max_value=MINUTES)
spans = st.lists(
    st.builds(
        lambda status, start, length: Span(
            component="api",
            status=status,
            start=START + timedelta(minutes=start),
            end=START + timedelta(minutes=start + length) if length else None,
        ),
        st.sampled_from(list(ComponentStatus)[1:]),
        minutes,
        st.one_of(st.just(0), st.integers(min_value=1, max_value=3 * 24 * 60)),
    ),
    max_size=6,
)


def count(spans: list[Span], zone: ZoneInfo, as_of: datetime) -> dict[tuple[date, str], int]:
    """Count each minute by itself: the seconds of each day in each status, by the worst."""
    found: dict[tuple[date, str], int] = {}
    held = [(one, (one.start - START) // timedelta(minutes=1)) for one in spans]
    ends = [(one.end or as_of) - START for one in spans]
    lengths = [end // timedelta(minutes=1) for end in ends]
    for minute in range((as_of - START) // timedelta(minutes=1)):
        now = [
            one.status
            for (one, start), end in zip(held, lengths, strict=True)
            if start <= minute < end
        ]
        if now:
            worst = [status for status in ComponentStatus if status in now][-1]
            day = (START + timedelta(minutes=minute)).astimezone(zone).date()
            found[day, worst] = found.get((day, worst), 0) + 60
    return found


@given(spans, minutes, st.sampled_from(ZONES))
def test_agrees_with_a_count_of_every_minute(spans: list[Span], now: int, zone: str) -> None:
    """The days say the same as a count that looks at every minute by itself."""
    as_of = START + timedelta(minutes=now)
    local = ZoneInfo(zone)

    found = days(
        spans,
        last=as_of.astimezone(local).date(),
        zone=local,
        since=date(2020, 1, 1),
        as_of=as_of,
    )

    expected = count(spans, local, as_of)
    for day in found:
        assert day.major == expected.get((day.date, MAJOR), 0)
        assert day.partial == expected.get((day.date, PARTIAL), 0)


@given(spans, st.floats(min_value=0, max_value=1), st.sampled_from(ZONES))
def test_bounds_and_mean(spans: list[Span], weight: float, zone: str) -> None:
    """Uptime lies between 0 and 1; a period's is the mean of its days by their length."""
    found = days(
        spans,
        last=date(2026, 3, 31),
        zone=ZoneInfo(zone),
        since=date(2026, 3, 28),
        as_of=START + timedelta(days=4),
    )

    shares = [(day.length, share) for day in found if (share := day.uptime(weight)) is not None]
    assert len(shares) == 4
    assert all(0 <= share <= 1 for _, share in shares)
    whole = sum(length for length, _ in shares)
    mean = sum(length * share for length, share in shares) / whole
    total = uptime(found, weight)
    assert total is not None
    assert 0 <= total <= 1
    assert total == pytest.approx(mean)
    down = sum(day.major + weight * day.partial for day in found)
    assert total == pytest.approx(1 - down / whole)


@given(
    spans,
    st.floats(min_value=0, max_value=1),
    st.sampled_from(ZONES),
    st.dates(date(2026, 2, 20), date(2026, 4, 5)),
    st.integers(min_value=0, max_value=40),
)
def test_a_month_is_the_mean_of_its_days(
    spans: list[Span], weight: float, zone: str, since: date, length: int
) -> None:
    """A month says what its known days say together, whatever happened and from when to when."""
    as_of, until = START + timedelta(days=4), since + timedelta(days=length)
    each = days(spans, last=until, zone=ZoneInfo(zone), since=since, as_of=as_of, count=length + 20)

    found = months(
        spans,
        first=since,
        last=until,
        zone=ZoneInfo(zone),
        since=since,
        until=until,
        as_of=as_of,
    )

    assert found[0].month == since.replace(day=1)
    assert found[-1].month == until.replace(day=1)
    for month in found:
        own = [
            day for day in each if day.date.replace(day=1) == month.month and day.status is not None
        ]
        assert month.length == sum(day.length for day in own)
        assert month.major == sum(day.major for day in own)
        assert month.partial == sum(day.partial for day in own)
        assert uptime([month], weight) == pytest.approx(uptime(own, weight))


def test_months_of_nothing_known() -> None:
    """Without a first day nothing is known of any month, and that is not good."""
    (month,) = months(
        [span(MAJOR, "2026-01-02 06:00", "2026-01-02 12:00")],
        first=date(2026, 1, 1),
        last=date(2026, 1, 31),
        zone=ZoneInfo("UTC"),
        since=None,
        until=date(2026, 1, 31),
        as_of=at("2026-02-01 00:00"),
    )

    assert (month.length, month.major, month.uptime(0.3)) == (0, 0, None)


@given(spans, minutes, st.sampled_from(ZONES))
def test_longer_bars_say_the_same(spans: list[Span], now: int, zone: str) -> None:
    """A year's last days are the days of the bars."""
    as_of = START + timedelta(minutes=now)
    last = as_of.astimezone(ZoneInfo(zone)).date()

    def told(count: int) -> tuple[Day, ...]:
        since = date(2026, 1, 10)
        return days(spans, last=last, zone=ZoneInfo(zone), since=since, as_of=as_of, count=count)

    assert told(371)[-DAYS:] == told(DAYS)


def test_day_that_a_zone_skipped() -> None:
    """Where a zone crossed the date line, the day that it left out is not told."""
    zone = ZoneInfo("Pacific/Apia")
    as_of, last = at("2012-01-01 12:00"), date(2012, 1, 1)
    told = days((), last=last, zone=zone, since=date(2011, 1, 1), as_of=as_of)
    assert [day.date.day for day in told[-3:]] == [29, 31, 1]
