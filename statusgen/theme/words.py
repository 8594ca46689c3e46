"""Filters: how templates put times, states and figures into words."""

from __future__ import annotations

import posixpath
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from statusgen.markdown import to_html, to_text
from statusgen.markdown.addresses import absolute
from statusgen.model import ComponentStatus
from statusgen.theme.templates import escaped, safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from enum import StrEnum

    from markupsafe import Markup

    from statusgen.views.page import Link
    from statusgen.views.uptime import Day

# English whatever the machine's locale: to import Babel for them would cost a build 12 ms.
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


_TWO = [f"{number:02}" for number in range(60)]
"""The hours and the minutes as a clock shows them."""


@lru_cache(maxsize=8192)
def _day(value: date) -> str:
    return f"{value.day} {_month(value)}"


def _day_before(value: date, end: date) -> str:
    """Tell the first of some days as briefly as the last allows: `19` to 31 December 2025."""
    if (value.year, value.month) == (end.year, end.month):
        return str(value.day)
    return f"{value.day} {_MONTHS[value.month - 1]}" if value.year == end.year else _day(value)


def _weekday(value: date) -> str:
    return _WEEKDAYS[value.weekday()]


def _month(value: date) -> str:
    return f"{_MONTHS[value.month - 1]} {value.year}"


def _month_short(value: date) -> str:
    return _MONTHS[value.month - 1][:3]


def _month_name(value: date) -> str:
    return _MONTHS[value.month - 1]


def _clock(value: datetime) -> str:
    return f"{_TWO[value.hour]}:{_TWO[value.minute]}"


def _zone(value: datetime) -> str:
    name = value.tzname() or "UTC"
    return name if name[0] not in "+-" else f"UTC{name}"


def _moment(value: datetime) -> str:
    return f"{_day(value.date())}, {_clock(value)} {_zone(value)}"


def _until(end: datetime, start: datetime) -> str:
    """Tell the end of a span as briefly as its start allows."""
    if end.date() != start.date():
        return _moment(end)
    return _clock(end) if end.tzname() == start.tzname() else f"{_clock(end)} {_zone(end)}"


def _iso(value: date | datetime) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    text = value.isoformat(timespec="seconds")
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text


def _time_element(value: datetime, text: str | None = None, *, relative: bool = False) -> Markup:
    """Show a time, by a text of one's own if there is one, so that a script can show it anew.

    `data-clock` says that the text leaves out the day, as it is that of the time before it;
    `data-fixed` that the text is the theme's own, and stays; `data-relative` that it helps to tell
    how long ago or ahead it is.
    """
    moment = _moment(value)
    kind = ""
    if text and text != moment:
        kind = " data-clock" if text.startswith(_clock(value)) else " data-fixed"
    if relative:
        kind += " data-relative"
    shown = escaped(text or moment)
    return safe(f'<time datetime="{_iso(value)}"{kind}>{shown}</time>')


@lru_cache(maxsize=256)
def _words(value: StrEnum | str) -> str:
    """Spell a state as a reader would: `degraded_performance` is "Degraded performance"."""
    return str(value).replace("_", " ").capitalize()


@lru_cache(maxsize=256)
def _work(value: StrEnum | str) -> str:
    """Spell a step of a maintenance as one says it: `in_progress` is "Maintenance in progress"."""
    return f"Maintenance {str(value).replace('_', ' ')}"


def _phrase(value: str) -> str:
    """Say what the program says in whole sentences, such as how all does."""
    return value


@lru_cache(maxsize=256)
def _css(value: StrEnum | str) -> str:
    return str(value).replace("_", "-")


def _percent(share: float) -> str:
    """Write a share in percent with two places, never rounded up: 100 % means not a second."""
    hundredths = int(share * 10_000 + 1e-9)
    return "100" if hundredths == 10_000 and share >= 1 else f"{min(hundredths, 9_999) / 100:.2f}"  # noqa: PLR2004 - of ten thousand


def _duration(value: timedelta | int) -> str:
    seconds = int(value.total_seconds()) if isinstance(value, timedelta) else value
    if seconds < 60:  # noqa: PLR2004 - a minute
        return "less than a minute"
    hours, minutes = divmod(seconds // 60, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"))
    return "\N{NO-BREAK SPACE}".join(
        f"{count}\N{NO-BREAK SPACE}{unit}" for count, unit in parts if count
    )


def _titles(links: Iterable[Link | str]) -> str:
    """List names, or what they lead to."""
    return ", ".join([link if isinstance(link, str) else link.title for link in links])


def _address(url: str, root: str) -> str:
    """Tell where an address of the settings leads, seen from a page whose way home is `root`."""
    return absolute(url, root, "")


def _places(days: Iterable[Day], status: ComponentStatus | None) -> list[int]:
    """Tell at which places the days of a status stand."""
    return [place for place, day in enumerate(days) if day.status == status]


def _troubled(days: Iterable[Day]) -> list[tuple[int, Day]]:
    """Tell the days on which anything was wrong, each with its place."""
    fine = (None, ComponentStatus.OPERATIONAL)
    return [(place, day) for place, day in enumerate(days) if day.status not in fine]


FILTERS: dict[str, Callable[..., Any]] = {
    "markdown": to_html,
    "plain": to_text,
    "day": _day,
    "day_before": _day_before,
    "weekday": _weekday,
    "month": _month,
    "month_name": _month_name,
    "month_short": _month_short,
    "clock": _clock,
    "zone": _zone,
    "moment": _moment,
    "until": _until,
    "iso": _iso,
    "time": _time_element,
    "words": _words,
    "work": _work,
    "phrase": _phrase,
    "css": _css,
    "percent": _percent,
    "duration": _duration,
    "titles": _titles,
    "address": _address,
    "basename": posixpath.basename,
    "places": _places,
    "troubled": _troubled,
}
