"""Times as people say them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from statusgen.errors import WritingError
from statusgen.writing.when import read_when
from tests.worlds import at

NOW = at("2026-01-14 09:40")  # a Wednesday
ISTANBUL = ZoneInfo("Europe/Istanbul")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("now", "2026-01-14 09:40"),
        ("30m", "2026-01-14 10:10"),
        ("+30 min", "2026-01-14 10:10"),
        ("in 2 h", "2026-01-14 11:40"),
        ("90 minutes", "2026-01-14 11:10"),
        ("10 min ago", "2026-01-14 09:30"),
        ("17:05", "2026-01-14 14:05"),
        ("17:05 UTC", "2026-01-14 17:05"),
        ("09:00 UTC", "2026-01-15 09:00"),
        ("tomorrow 02:00", "2026-01-14 23:00"),
        ("Tomorrow at 02:00 UTC", "2026-01-15 02:00"),
        ("today 23:00 UTC", "2026-01-14 23:00"),
        ("yesterday 23:00 UTC", "2026-01-13 23:00"),
        ("fri 14:00 UTC", "2026-01-16 14:00"),
        ("Monday, 14:00 UTC", "2026-01-19 14:00"),
        ("wed 09:40 UTC", "2026-01-14 09:40"),
        ("wed 09:39 UTC", "2026-01-21 09:39"),
        ("2026-02-01 10:00 Europe/Berlin", "2026-02-01 09:00"),
    ],
)
def test_a_time_is_what_somebody_means_who_says_it_now(said: str, meant: str) -> None:
    """Without a zone it is the site's, without a day its next showing."""
    assert read_when(said, NOW, ISTANBUL) == at(meant)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("09:00 UTC", "2026-01-14 09:00"),
        ("23:00 UTC", "2026-01-13 23:00"),
        ("fri 03:10 UTC", "2026-01-09 03:10"),
        ("wed 09:40 UTC", "2026-01-14 09:40"),
        ("wed 09:41 UTC", "2026-01-07 09:41"),
    ],
)
def test_a_clock_of_what_has_happened_is_its_last_showing(said: str, meant: str) -> None:
    """What began at 23:00 began last night, what began on Friday began on the last one."""
    assert read_when(said, NOW, ISTANBUL, is_past=True) == at(meant)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2h", "2026-01-16 23:30"),
        ("04:00 UTC", "2026-01-17 04:00"),
        ("sat 04:00 UTC", "2026-01-17 04:00"),
        ("thu 04:00 UTC", "2026-01-22 04:00"),
    ],
)
def test_an_end_counts_from_the_start(said: str, meant: str) -> None:
    """A window that starts on Friday ends after it, not after now."""
    assert read_when(said, NOW, ISTANBUL, after=at("2026-01-16 21:30")) == at(meant)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("soon", "'soon' is not a time: write it like 2026-01-02 17:05 UTC"),
        ("5 pm", "'5 pm' is not a span of time: write it like 15 min, 2 h or 3 days"),
        ("tomorrow 25:00", "'25:00' is not a time of day: it must lie from 00:00 to 23:59"),
        ("someday 10:00", "'someday 10:00' is not a time: write it like 2026-01-02 17:05 UTC"),
    ],
)
def test_what_is_no_time_is_refused_with_one_that_is(said: str, message: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(WritingError) as error:
        read_when(said, NOW, ISTANBUL)
    assert str(error.value) == message
