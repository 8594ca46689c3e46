"""Filters: how templates put times, states and figures into words."""

from __future__ import annotations

import posixpath
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
from markupsafe import Markup

from statusgen.markdown import to_fragment, to_html, to_text
from statusgen.markdown.addresses import absolute
from statusgen.model import ComponentStatus, IncidentStatus, MaintenanceStatus
from statusgen.theme.templates import escaped, safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from enum import StrEnum

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


_NOTHING = safe("")
_encode = msgspec.json.Encoder().encode


class Words:
    """English words for times, states and figures; other languages say them in their own way."""

    direction = "ltr"
    between = ", "

    def __init__(self, say: Callable[[str], str] = str, tree: str = "") -> None:
        """Take what says a phrase, where a site says it in another way.

        `tree` is the path below the site at which pages lie that are not in its first language.
        """
        self.say = say
        self.tree = tree
        self.day: Callable[[date], str] = lru_cache(maxsize=8192)(self._day)
        self.words: Callable[[StrEnum | str], str] = lru_cache(maxsize=256)(self._words)
        self.duration: Callable[[timedelta | int], str] = lru_cache(maxsize=2048)(self._duration)

    def _day(self, value: date) -> str:
        return f"{value.day} {self.month(value)}"

    def day_before(self, value: date, end: date) -> str:
        """Tell the first of some days as briefly as the last allows: `19` to 31 December 2025."""
        if (value.year, value.month) == (end.year, end.month):
            return str(value.day)
        is_same_year = value.year == end.year
        return f"{value.day} {self.month_name(value)}" if is_same_year else self.day(value)

    def weekday(self, value: date) -> str:
        """Name the day of the week."""
        return _WEEKDAYS[value.weekday()]

    def month(self, value: date) -> str:
        """Name a month with its year."""
        return f"{_MONTHS[value.month - 1]} {value.year}"

    def month_name(self, value: date) -> str:
        """Name a month."""
        return _MONTHS[value.month - 1]

    def month_short(self, value: date) -> str:
        """Name a month where there is little room."""
        return _MONTHS[value.month - 1][:3]

    def moment(self, value: datetime) -> str:
        """Tell a time with its day and its zone."""
        return f"{self.day(value.date())}, {clock(value)} {zone(value)}"

    def until(self, end: datetime, start: datetime) -> str:
        """Tell the end of a span as briefly as its start allows."""
        if end.date() != start.date():
            return self.moment(end)
        return clock(end) if end.tzname() == start.tzname() else f"{clock(end)} {zone(end)}"

    def time(self, value: datetime, text: str | None = None, *, relative: bool = False) -> Markup:
        """Show a time, by a text of one's own if there is one, so that a script can show it anew.

        `data-clock` says that the text leaves out the day, as it is that of the time before it;
        `data-fixed` that the text is the theme's own, and stays; `data-relative` that it helps to
        tell how long ago or ahead it is.
        """
        moment = self.moment(value)
        kind = ""
        if text and text != moment:
            kind = " data-clock" if text.startswith(clock(value)) else " data-fixed"
        if relative:
            kind += " data-relative"
        shown = escaped(text or moment)
        return safe(f'<time datetime="{iso(value)}"{kind}>{shown}</time>')

    def _words(self, value: StrEnum | str) -> str:
        """Spell a state as a reader would: `degraded_performance` is "Degraded performance"."""
        return self.say(_spelt(value))

    def work(self, value: StrEnum | str) -> str:
        """Spell a step of a maintenance: `in_progress` is "Maintenance in progress"."""
        return self.say(_spelt_work(value))

    def phrase(self, value: str) -> str:
        """Say what the program says in whole sentences, such as how all does."""
        return self.say(value)

    def percent(self, share: float) -> str:
        """Write a share in percent with two places, never rounded up: 100 % means not a second."""
        hundredths = int(share * 10_000 + 1e-9)
        if hundredths == 10_000 and share >= 1:  # noqa: PLR2004 - of ten thousand
            return "100"
        return f"{min(hundredths, 9_999) / 100:.2f}"

    def _duration(self, value: timedelta | int) -> str:
        """Tell how long something takes, never more than it does."""
        parts = self.parts(value)
        units = {"day": "d", "hour": "h", "minute": "min"}
        told = (f"{count}\N{NO-BREAK SPACE}{units[unit]}" for count, unit in parts)
        return "\N{NO-BREAK SPACE}".join(told) or self.say("less than a minute")

    def parts(self, value: timedelta | int) -> list[tuple[int, str]]:
        """Part a span into days, hours and minutes, as far as there are any."""
        seconds = int(value.total_seconds()) if isinstance(value, timedelta) else value
        hours, minutes = divmod(seconds // 60, 60)
        days, hours = divmod(hours, 24)
        parts = ((days, "day"), (hours, "hour"), (minutes, "minute"))
        return [(count, unit) for count, unit in parts if count]

    def titles(self, links: Iterable[Link | str]) -> str:
        """List names, or what they lead to."""
        told = [link if isinstance(link, str) else _named(link) for link in links]
        # To join them as Markup keeps what marks a name, and escapes the others.
        is_marked = any(isinstance(each, Markup) for each in told)
        return safe(escaped(self.between)).join(told) if is_marked else self.between.join(told)

    def language(self, code: str) -> str:
        """Name a language, `tr`, in the language of the page: "Turkish"."""
        return language_name(code, "en")

    def markdown(self, text: str, root: str, page: str = "", heading: int = 2) -> Markup:
        """Show a text as HTML."""
        return to_html(text, root=root, page=page, heading=heading, base=self.base(root))

    def plain(self, text: str, root: str, page: str = "", width: int = 72) -> str:
        """Show a text without HTML."""
        return to_text(text, root=root, page=page, width=width, base=self.base(root))

    def lines(self, text: str, root: str, page: str = "") -> Markup:
        """Show a text as lines without other tags."""
        return to_fragment(text, root=root, page=page, base=self.base(root))

    def address(self, url: str, root: str) -> str:
        """Tell where an address of the settings leads, seen from a page from which `root` does."""
        return absolute(url, root, "", self.base(root))

    def base(self, root: str) -> str:
        """Tell what leads to the site's own files, where `root` leads to the pages of a tree."""
        if not self.tree:
            return ""
        is_path = root.endswith(f"/{self.tree}")
        return root.removesuffix(self.tree) if is_path else f"{root.removeprefix('./')}../"

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Give all filters, those that every language shares as well."""
        own = (
            "day", "day_before", "weekday", "month", "month_name", "month_short", "moment", "until",
            "time", "words", "work", "phrase", "percent", "duration", "titles", "language",
            "markdown", "plain", "lines", "address",
        )  # fmt: skip
        return SHARED | {name: getattr(self, name) for name in own}


def clock(value: datetime) -> str:
    """Tell the hours and minutes of a time."""
    return f"{_TWO[value.hour]}:{_TWO[value.minute]}"


def zone(value: datetime) -> str:
    """Name the zone of a time."""
    name = value.tzname() or "UTC"
    if name[0] not in "+-":
        return name
    return f"UTC{name[:3]}:{name[3:]}" if name[3:] else f"UTC{name}"


def iso(value: date | datetime) -> str:
    """Write a day or a time as RFC 3339 has it, to the second."""
    if isinstance(value, datetime) and value.microsecond:
        value = value.replace(microsecond=0)
    return _encode(value)[1:-1].decode()  # a seventh of the time that isoformat takes


@lru_cache(maxsize=256)
def _spelt(value: StrEnum | str) -> str:
    return str(value).replace("_", " ").capitalize()


@lru_cache(maxsize=256)
def _spelt_work(value: StrEnum | str) -> str:
    return f"Maintenance {str(value).replace('_', ' ')}"


@lru_cache(maxsize=256)
def _css(value: StrEnum | str) -> str:
    return str(value).replace("_", "-")


def _named(link: Link) -> str:
    """Name what a link leads to, marked where that is in another language than the page."""
    said_in = link.said_in
    return safe(f"<span{_lang(said_in)}>{escaped(link.title)}</span>") if said_in else link.title


@lru_cache(maxsize=256)
def language_name(code: str, language: str) -> str:
    """Name a language in another, as CLDR has it, or by its tag."""
    from babel import Locale  # noqa: PLC0415 - only a site in several languages needs it

    return Locale.parse(code, sep="-").get_display_name(Locale.parse(language, sep="-")) or code


def _endonym(code: str) -> str:
    """Name a language in itself, as the beginning of a line: `tr` is "Türkçe"."""
    name = language_name(code, code)
    return name[0].upper() + name[1:]


def _sentence(text: str) -> str:
    """Begin a sentence with a text."""
    begun = str.__getitem__(text, slice(1)).upper() + str.__getitem__(text, slice(1, None))
    return safe(begun) if isinstance(text, Markup) else begun  # which takes long to cut


def _lang(told: object) -> Markup:
    """Mark what is in another language than the page, a view or the language of its texts."""
    code = told if isinstance(told, str) else getattr(told, "said_in", "")
    return safe(f' lang="{code}" dir="{direction_of(code)}"') if code else _NOTHING


@lru_cache(maxsize=256)
def direction_of(code: str) -> str:
    """Tell in which direction a language is read."""
    from babel import Locale  # noqa: PLC0415 - as above

    return str(Locale.parse(code, sep="-").text_direction)


def _places(days: Iterable[Day], status: ComponentStatus | None) -> list[int]:
    """Tell at which places the days of a status stand."""
    return [place for place, day in enumerate(days) if day.status == status]


def _troubled(days: Iterable[Day]) -> list[tuple[int, Day]]:
    """Tell the days on which anything was wrong, each with its place."""
    fine = (None, ComponentStatus.OPERATIONAL)
    return [(place, day) for place, day in enumerate(days) if day.status not in fine]


_STATES = (*ComponentStatus, *IncidentStatus, *MaintenanceStatus, "update", "retracted")
_SENTENCES = (
    "All Systems Operational",
    "Service Under Maintenance",
    "Partially Degraded Service",
    "Degraded System Service",
    "Minor Service Outage",
    "Partial System Outage",
    "Major System Outage",
)
UPDATES_OF = "Updates of %(site)s"
HISTORY_OF = "%(site)s: history of incidents"
MAINTENANCE_OF = "%(site)s: maintenance"
"""What feeds say of themselves."""

OFFER = "Read this page in %(language)s"
"""How a page is offered in another language, in that language."""

_FIGURES = ("%(share)s %% uptime, %(days)s days", "No record yet", "Retired")
PHRASES = (
    UPDATES_OF,
    HISTORY_OF,
    MAINTENANCE_OF,
    OFFER,
    *dict.fromkeys(map(_spelt, _STATES)),
    *map(_spelt_work, (*MaintenanceStatus, "update")),
    *_SENTENCES,
    *_FIGURES,
    "less than a minute",
)
"""What filters say, beside what templates say themselves: all of it can be translated."""

SHARED: dict[str, Callable[..., Any]] = {
    "clock": clock,
    "zone": zone,
    "iso": iso,
    "css": _css,
    "lang": _lang,
    "endonym": _endonym,
    "sentence": _sentence,
    "basename": posixpath.basename,
    "places": _places,
    "troubled": _troubled,
}
"""The filters that are the same in every language."""

FILTERS = Words().filters()
"""The filters of English."""
