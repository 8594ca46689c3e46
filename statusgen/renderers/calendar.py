"""Calendars of maintenance, to subscribe to or to take one event from (RFC 5545, RFC 7986).

An instant is told in UTC, so that no calendar has to know a zone. Nothing tells when a calendar was
made, so that it changes only when something was said.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from statusgen.artifact import Artifact
from statusgen.expression import expression
from statusgen.views.agenda import EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from icalendar import Component, Timezone

    from statusgen.theme import Theme
    from statusgen.views import SiteView
    from statusgen.views.agenda import AgendaView, EventView

REFRESH = timedelta(hours=1)
"""How often a calendar that is subscribed to is asked for."""
_CONTROLS = expression(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What no text of a calendar may hold, beside what readers take for the end of a line."""
_SPACES = expression(r"\s+")


def artifacts(view: SiteView, _theme: Theme) -> Iterator[Artifact]:
    """Tell the calendars."""
    for agenda in view.calendars:
        yield Artifact(path=agenda.path, view=agenda, render=ics)


def ics(view: AgendaView, theme: Theme) -> bytes:
    """Write a calendar: an event for each maintenance."""
    # 80 ms that only a changed calendar pays.
    from icalendar import Calendar, vDuration, vText, vUri  # noqa: PLC0415 - as above

    calendar = Calendar()
    title = _line(view.site_title)
    name = _line(f"{view.name} · {view.site_title}") if view.name else title
    calendar.add("prodid", "-//statusgen//statusgen//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", vText(name))
    calendar.add("x-wr-calname", vText(name))
    if view.description:
        calendar.add("description", vText(_line(view.description)))
        calendar.add("x-wr-caldesc", vText(_line(view.description)))
    calendar.add("x-wr-timezone", vText(view.zone))
    calendar.add("url", vUri(view.page))
    calendar.add("source", vUri(view.url, params={"VALUE": "URI"}))
    calendar.add("refresh-interval", vDuration(REFRESH, params={"VALUE": "DURATION"}))
    calendar.add("x-published-ttl", vDuration(REFRESH))
    if not view.events:  # a calendar holds at least one component, if only the zone of its times
        calendar.add_component(_utc())
    events = b"".join(_event(one, view.organizer, view.site_title, theme) for one in view.events)
    end = b"END:VCALENDAR\r\n"
    return _written(calendar).removesuffix(end) + events + end


@lru_cache(maxsize=EVENTS)
def _event(one: EventView, publisher: str, name: str, theme: Theme) -> bytes:
    """Write an event, which stands in the calendars of several components."""
    from icalendar import Event, vCalAddress, vText, vUri  # noqa: PLC0415 - as above

    event = Event()
    event.add("uid", vText(one.uid))
    event.add("dtstamp", one.changed)
    event.add("sequence", one.sequence)
    event.add("created", one.announced)
    event.add("last-modified", one.changed)
    event.add("dtstart", one.starts.astimezone(UTC))
    event.add("dtend", one.ends.astimezone(UTC))
    event.add("summary", vText(_line(theme.render("templates/event.title.txt", one))))
    event.add("description", vText(_text(theme.render("templates/event.txt", one))))
    event.add("url", vUri(one.url))
    event.add("status", "CANCELLED" if one.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # work of ours takes nobody's time
    event.add("class", "PUBLIC")
    if one.components:
        event.add("categories", [_line(each.title) for each in one.components])
    # RFC 5546 wants to know who publishes. A quote cannot stand in a parameter.
    organizer = vCalAddress(publisher)
    organizer.params["CN"] = _line(name).replace('"', "'")
    event.add("organizer", organizer)
    return _written(event)


def _utc() -> Timezone:
    from icalendar import Timezone, TimezoneStandard, vText  # noqa: PLC0415 - as above

    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", vText("UTC"))
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 - the zone is what it tells
    standard.add("tzoffsetfrom", timedelta())
    standard.add("tzoffsetto", timedelta())
    zone.add_component(standard)
    return zone


def _written(component: Component) -> bytes:
    written: bytes = component.to_ical()
    return written


def _line(text: str) -> str:
    """Make a text one line, without what would break it."""
    return _SPACES.sub(" ", _CONTROLS.sub(" ", text)).strip()


def _text(text: str) -> str:
    """Leave out of a text of several lines what would break it."""
    return _CONTROLS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
