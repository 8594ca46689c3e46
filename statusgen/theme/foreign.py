"""How other languages than English put times, states and figures into words: as CLDR has it.

Hours are told from 0 to 23 in all of them, so that no reader takes one half of the day for the
other.
"""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from typing import TYPE_CHECKING

from babel import Locale, localedata
from babel.dates import format_date, format_skeleton
from babel.units import format_unit

from statusgen.theme.catalogue import locale_name
from statusgen.theme.words import Words, clock, language_name, zone

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime, timedelta

    from statusgen.theme.catalogue import Catalogue

_SPACE = "\N{NO-BREAK SPACE}"


@lru_cache(maxsize=64)
def _locale(name: str) -> Locale:
    """Find a language's own data.

    Babel lets languages share what they inherit, and writes into it what it resolves for the first
    that asks: a month alone would then be that of another language.
    """
    locale = Locale.parse(name)
    shared = localedata.load(str(locale))
    own = deepcopy(shared)
    shared.clear()
    shared.update(own)
    return locale


class ForeignWords(Words):
    """The words of a language by its catalogue, its dates and figures by CLDR."""

    def __init__(self, catalogue: Catalogue, tree: str = "") -> None:
        super().__init__(catalogue.say, tree)
        self.locale = _locale(locale_name(catalogue.code))
        self.direction = self.locale.text_direction
        self.glue = str(self.locale.datetime_formats["medium"]).replace("'", "")
        self.between = (
            self.locale.list_patterns["standard"]["middle"].replace("{0}", "").replace("{1}", "")
        )
        self.point = self.locale.number_symbols["latn"]["decimal"]
        self.day: Callable[[date], str] = lru_cache(maxsize=8192)(self._day)
        self.unit = lru_cache(maxsize=256)(self._unit)

    def _day(self, value: date) -> str:
        return str(format_date(value, "long", self.locale))

    def day_before(self, value: date, end: date) -> str:
        is_year_first = str(self.locale.date_formats["long"]).startswith("y")
        if value.year != end.year or is_year_first:
            return self.day(value)
        return str(format_skeleton("MMMMd", value, locale=self.locale))

    def weekday(self, value: date) -> str:
        return str(format_date(value, "EEEE", self.locale))

    def month(self, value: date) -> str:
        return str(format_skeleton("yMMMM", value, locale=self.locale))

    def month_name(self, value: date) -> str:
        return str(format_date(value, "LLLL", self.locale))

    def month_short(self, value: date) -> str:
        return str(format_date(value, "LLL", self.locale))

    def moment(self, value: datetime) -> str:
        told = self.glue.replace("{0}", f"{clock(value)} {zone(value)}")
        return told.replace("{1}", self.day(value.date()))

    def percent(self, share: float) -> str:
        return super().percent(share).replace(".", self.point)

    def _duration(self, value: timedelta | int) -> str:
        parts = self.parts(value)
        if not parts:
            return self.say("less than a minute")
        return _SPACE.join(self.unit(count, unit) for count, unit in parts)

    def _unit(self, count: int, unit: str) -> str:
        # Babel's short form of one hour is "1 horas" in Spanish and Portuguese.
        is_odd = unit == "hour" and self.locale.language in ("es", "pt")
        shown = 2 if is_odd else count
        told = str(format_unit(shown, f"duration-{unit}", length="short", locale=self.locale))
        return (told.replace("2", str(count), 1) if is_odd else told).replace(" ", _SPACE)

    def language(self, code: str) -> str:
        return language_name(code, str(self.locale).replace("_", "-"))
