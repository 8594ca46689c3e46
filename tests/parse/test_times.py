"""Written times: what is read, what is refused, and the instants that a clock shows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from statusgen.parse.times import (
    FAR,
    TimeError,
    read_any_time,
    read_date,
    read_span,
    read_time,
    read_usual_time,
    read_zone,
    spell,
    spell_duration,
)
from tests.worlds import at

# Zones whose clocks change in each odd way: by half an hour, a day, at midnight, in Ramadan.
ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Berlin",
        "Europe/Istanbul",
        "America/New_York",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Africa/Casablanca",
        "Pacific/Apia",
        "America/St_Johns",
    ]
).map(ZoneInfo)
MINUTES = st.datetimes(datetime(1990, 1, 2), datetime(2037, 12, 30)).map(  # noqa: DTZ001 - UTC is put on below
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC)
)


def refusal(text: str, after: datetime | None = None) -> str:
    """What is said of a time that is wrong."""
    with pytest.raises(TimeError) as caught:
        read_time(text).instant(ZoneInfo("Europe/Berlin"), after=after)
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-02 17:05 UTC",
        "2026-01-02T17:05Z",
        "2026-01-02T17:05:00+00:00",
        "2026-01-02 17:05:00.000 GMT",
        "2026-01-02 20:05 +03:00",
        "2026-01-02 20:05 +03",
        "2026-01-02 20:05+0300",
        "2026-01-02 20:05 Europe/Istanbul",
        "2026-01-02  18:05",
    ],
)
def test_one_instant_has_many_spellings(text: str) -> None:
    """A time without an offset is one of the site's zone, here of Berlin."""
    assert read_time(text).instant(ZoneInfo("Europe/Berlin")) == at("2026-01-02 17:05")


@pytest.mark.parametrize("text", ["17:05 UTC", "18:05", "18:05 Europe/Berlin", "9:05 -08:00"])
def test_a_bare_time_gets_its_date_from_what_comes_before(text: str) -> None:
    """It is the first instant at or after it that reads so."""
    found = read_time(text).instant(ZoneInfo("Europe/Berlin"), after=at("2026-01-02 17:05"))
    assert found == at("2026-01-02 17:05")


def test_a_bare_time_crosses_midnight_by_its_own_clock() -> None:
    """Half past midnight in Berlin is before midnight in UTC."""
    found = read_time("00:30").instant(ZoneInfo("Europe/Berlin"), after=at("2026-01-02 22:45"))
    assert found == at("2026-01-02 23:30")


def test_a_minute_is_said_of_all_its_seconds() -> None:
    """17:05 after 17:05:30 is that same minute, not tomorrow."""
    after = at("2026-01-02 17:05:30")
    assert read_time("17:05 UTC").instant(UTC, after=after) == after
    assert read_time("2026-01-02 17:05 UTC").instant(UTC, after=after) == after


REFUSED = {
    "2026-02-30 17:05 UTC": "2026-02-30 is not a day of the calendar: look at its month and day",
    "2026-01-02 25:00 UTC": "'25:00' is not a time of day: it must lie from 00:00 to 23:59",
    "2026-01-02 24:00 UTC": "'24:00' is not a time of day: it must lie from 00:00 to 23:59",
    "1026-01-02 17:05 UTC": "1026-01-02 is not within reason: the year must lie from 1990 to 2199",
    "2026-01-02": "'2026-01-02' is a date without a time: write it like 2026-01-02 17:05 UTC",
    "02.01.2026 17:05": "'02.01.2026 17:05' is not a time: write it like 2026-01-02 17:05 UTC",
    "5 pm": "'5 pm' is not a time: write the hour from 00 to 23, like 17:05 UTC",
    "5:05 PM": "'5:05 PM' is not a time: write the hour from 00 to 23, like 17:05 UTC",
    "17:05 UTC": "'17:05 UTC' has no date: write it like 2026-01-02 17:05 UTC",
    "2026-01-02 17:05 CET": "CET is no zone for sure: write Europe/Berlin or an offset like +01:00",
    "2026-01-02 17:05 est": "est is no zone for sure: write America/New_York or an offset like "
    "-05:00",
    "2026-01-02 17:05 TRT": "TRT is no zone for sure: write Europe/Istanbul or an offset like "
    "+03:00",
    "2026-01-02 17:05 +15:00": "'+15:00' is not an offset from UTC: it must lie from -14:00 to "
    "+14:00",
    "2026-01-02 17:05 Europe/Istambul": "no time zone is called 'Europe/Istambul'; did you mean "
    "'Europe/Istanbul'?",
    "2026-01-02 17:05 UTC+3": "no time zone is called 'UTC+3'; write the offset alone: +03:00",
    "2026-01-02 17:05 utc-03": "no time zone is called 'utc-03'; write the offset alone: -03:00",
    "2026-01-02 17:05 GMT+3": "no time zone is called 'GMT+3'; write the offset alone: +03:00",
    "2026-01-02 17:05 UTC+15": "no time zone is called 'UTC+15'; write UTC, +03:00 or Area/City",
    "17:05 UTC+05:30": "no time zone is called 'UTC+05:30'; write the offset alone: +05:30",
    "2026-01-02 17:05 Singapore": "'Singapore' is no Area/City: write Asia/Singapore",
    "2026-01-02 17:05 Turkey": "'Turkey' is no Area/City: write one like Europe/Istanbul",
    "2026-01-02 17:05 EST5EDT": "'EST5EDT' is no Area/City: write one like Europe/Istanbul",
    "2026-01-02 17:05 Kolkatta": "no time zone is called 'Kolkatta'; did you mean 'Asia/Kolkata'?",
    "2026-01-02 17:05 XYZ": "no time zone is called 'XYZ'; write UTC, +03:00 or Area/City",
    "2026-03-29 02:30": "2026-03-29 02:30 is a time that Europe/Berlin never shows as daylight "
    "saving changes: write 2026-03-29 01:30 +01:00 or 2026-03-29 03:30 +02:00",
    "2026-10-25 02:30": "2026-10-25 02:30 is a time that Europe/Berlin shows twice as daylight "
    "saving changes: write 2026-10-25 02:30 +02:00 or 2026-10-25 02:30 +01:00",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_time_is_told_with_what_would_be(text: str) -> None:
    """The cause, and a spelling that could be pasted."""
    assert refusal(text) == REFUSED[text]


def test_a_bare_time_far_ahead_is_told_with_both_dates() -> None:
    """More than twelve hours ahead is a slip more often than a long silence."""
    assert refusal("06:00 UTC", after=at("2026-01-02 17:05")) == (
        "'06:00 UTC' reads earlier than what comes before it, 2026-01-02 17:05 UTC: put the two in "
        "order, or write the date: 2026-01-02 06:00 UTC or 2026-01-03 06:00 UTC"
    )
    assert refusal("20:00", after=at("2026-01-02 00:30")) == (
        "'20:00' lies 18 h 30 min ahead of what comes before it, 2026-01-02 01:30 +01:00: put the "
        "two in order, or write the date: 2026-01-01 20:00 +01:00 or 2026-01-02 20:00 +01:00"
    )
    assert read_time("05:05 UTC").instant(UTC, after=at("2026-01-02 17:05")) == at(
        "2026-01-03 05:05"
    )


def test_a_bare_time_that_a_clock_shows_again_is_told() -> None:
    """Between the two, and before both, it could mean either; after both it is tomorrow's."""
    assert "shows twice" in refusal("02:30", after=at("2026-10-25 00:00"))
    assert "shows twice" in refusal("02:30", after=at("2026-10-25 00:45"))
    found = read_time("02:30").instant(ZoneInfo("Europe/Berlin"), after=at("2026-10-25 14:00"))
    assert found == at("2026-10-26 01:30")


def test_no_old_name_of_a_zone_is_suggested_by_itself() -> None:
    """Turkey, EST5EDT and their like are refused for what they are, or by an Area/City."""
    for name in {each for each in available_timezones() if "/" not in each} - {"UTC", "GMT"}:
        with pytest.raises(TimeError) as caught:
            read_zone(name)
        assert "did you mean" not in str(caught.value)


@given(MINUTES, ZONES)
@example(at("2026-10-25 00:30"), ZoneInfo("Europe/Berlin"))
@example(at("2026-10-25 01:30"), ZoneInfo("Europe/Berlin"))
def test_what_is_spelt_reads_back_to_the_same_instant(instant: datetime, zone: ZoneInfo) -> None:
    """What a message says can be pasted into a file, on the days of daylight saving too."""
    assert read_time(spell(instant, zone)).instant(UTC) == instant


@given(MINUTES, ZONES)
def test_a_local_time_is_its_instant_or_told(instant: datetime, zone: ZoneInfo) -> None:
    """Without an offset a time is read only where the clock shows it once."""
    local = f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"
    try:
        found = read_time(local).instant(zone)
    except TimeError as error:
        assert spell(instant, zone) in str(error)  # noqa: PT017 - either outcome is right
    else:
        assert found == instant


@given(MINUTES, ZONES, st.integers(0, 12 * 60))
@example(at("2026-10-25 12:00"), ZoneInfo("Europe/Berlin"), 12 * 60)
def test_a_bare_time_is_the_first_instant_at_or_after(
    after: datetime, zone: ZoneInfo, minutes: int
) -> None:
    """Within twelve hours, each instant can be said without its date."""
    instant = after + timedelta(minutes=minutes)
    clock = f"{instant.astimezone(zone):%H:%M}"
    shown = [
        moment
        for moment in (after + timedelta(minutes=n) for n in range(minutes + 1))
        if f"{moment.astimezone(zone):%H:%M}" == clock
    ]
    try:
        found = read_time(clock).instant(zone, after=after)
    except TimeError as error:
        assert "daylight saving" in str(error)  # noqa: PT017 - the one excuse that there is
    else:
        assert found == shown[0]


@given(MINUTES, ZONES, st.times())
def test_a_bare_time_is_never_before_nor_far_after(
    after: datetime, zone: ZoneInfo, clock: object
) -> None:
    """It lies within twelve hours, or it is told."""
    text = f"{clock:%H:%M}"
    try:
        found = read_time(text).instant(zone, after=after)
    except TimeError:
        assume(False)  # noqa: FBT003 - hypothesis' own form
    assert after <= found <= after + FAR
    assert f"{found.astimezone(zone):%H:%M}" == text


@given(st.text())
def test_any_other_text_is_no_time(text: str) -> None:
    """Nothing but a TimeError is ever raised."""
    for read in (read_time, read_date, read_zone, read_span):
        try:
            read(text)
        except TimeError:
            continue


@given(
    MINUTES.map(lambda moment: f"{moment:%Y-%m-%d %H:%M} UTC")
    | st.from_regex(r"[0-9]{4}-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-6][0-9] UTC", fullmatch=True)
    | st.from_regex(r"\d{4}-\d\d-\d\d[ T]\d{1,2}:\d\d( UTC)?", fullmatch=True)
)
def test_the_usual_time_is_read_as_any_other(text: str) -> None:
    """The short way gives what the long one does, and leaves to it what is wrong."""
    usual = read_usual_time(text)
    if usual:
        assert usual == read_any_time(text)


def test_a_usual_time_goes_the_short_way() -> None:
    """Else it would be slow, and nobody would see why."""
    assert read_usual_time("2026-01-02 17:05 UTC")


def test_zones_are_read_by_name_and_offset() -> None:
    """UTC has three names, any case; offsets go to fourteen hours."""
    assert read_zone("utc") is read_zone("GMT") is read_zone("Z") is UTC
    assert read_zone("-03:30").utcoffset(None) == timedelta(hours=-3, minutes=-30)
    assert read_zone("Asia/Tokyo") == ZoneInfo("Asia/Tokyo")


def test_spans_are_read_and_spelt() -> None:
    """As the policy says them."""
    assert read_span("5 min") == timedelta(minutes=5)
    assert read_span("48h") == timedelta(hours=48)
    assert read_span("2 weeks") == timedelta(weeks=2)
    assert spell_duration(timedelta(minutes=65)) == "1 h 5 min"
    assert spell_duration(timedelta(seconds=59)) == "0 min"
    assert spell_duration(timedelta(hours=47)) == "47 h"
    assert spell_duration(timedelta(hours=60)) == "2 days"
    assert read_date("2026-01-02") == date(2026, 1, 2)
