"""The site at one moment: what several views need is found once."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from statusgen.views import timeline
from statusgen.views.page import Frame, Link
from statusgen.views.status import status_at

if TYPE_CHECKING:
    from datetime import date, datetime

    from statusgen.config import Config
    from statusgen.model import (
        Announcement,
        Component,
        ComponentStatus,
        Incident,
        Maintenance,
        Page,
        Site,
    )


class Present:
    """A public site that is cut at its moment, and the questions that views ask of it."""

    def __init__(self, site: Site, config: Config, as_of: datetime) -> None:
        self.site = site
        self.config = config
        self.as_of = as_of
        self.today = self.local(as_of).date()
        self.spans = timeline.all_spans(site)
        self.leaves = {leaf.id: leaf for leaf in site.leaves}
        self.since = config.since or self._first_record()
        self.extra = tuple(Link(title=one.title, path=f"{one.slug}/") for one in self.pages())

    def incidents(self) -> list[Incident]:
        """All incidents, newest first."""
        return sorted(self.site.incidents, key=lambda one: (one.started, one.slug), reverse=True)

    def maintenances(self) -> list[Maintenance]:
        """All maintenance, that with the latest window first."""
        return sorted(
            self.site.maintenances,
            key=lambda one: (timeline.window(one)[0], one.slug),
            reverse=True,
        )

    def pages(self) -> list[Page]:
        """All extra pages, by their names."""
        return sorted(self.site.pages, key=lambda one: one.slug)

    def announcements(self) -> list[Announcement]:
        """What is announced now, newest first."""
        return sorted(
            (
                one
                for one in self.site.announcements
                if one.starts <= self.as_of and (one.ends is None or self.as_of < one.ends)
            ),
            key=lambda one: (one.starts, one.slug),
            reverse=True,
        )

    def local(self, at: datetime) -> datetime:
        """Tell a time in the site's zone.

        It has the zone's offset and name of that moment, not the zone itself: between two times of
        one zone Python compares and subtracts what clocks show, and they go back once a year.
        """
        local = at.astimezone(self.config.zone)
        return at.astimezone(_offset(local.utcoffset(), local.tzname()))

    def status(self, leaf: Component) -> ComponentStatus:
        """Tell how a component does now."""
        return status_at(self.spans[leaf.id], self.as_of)

    def is_retired(self, leaf: Component) -> bool:
        """Whether a component is off the page for good."""
        return leaf.retired is not None and leaf.retired <= self.today

    def component_link(self, name: str) -> Link:
        """Link to a component's page."""
        return Link(title=self.leaves[name].name, path=f"components/{name}/")

    def frame(self, path: str, *, is_anywhere: bool = False) -> Frame:
        """Frame a page; one that is shown anywhere cannot lead home by steps upwards."""
        steps = "../" * path.count("/")
        return Frame(
            site_title=self.config.title,
            description=self.config.description,
            language=self.config.language,
            zone=self.config.timezone,
            support=self.config.support,
            pages=self.extra,
            root=self.config.base_path if is_anywhere else steps or "./",
            path=path,
            url=self.config.url + path,
        )

    def _first_record(self) -> date | None:
        """Tell the first day that anything is known of."""
        starts = [one.started for one in self.site.incidents if not one.retracted]
        starts += [one.updates[0].at for one in self.site.maintenances if not one.retracted]
        return self.local(min(starts)).date() if starts else None


@lru_cache(maxsize=64)
def _offset(offset: timedelta | None, name: str | None) -> tzinfo:
    return UTC if name == "UTC" else timezone(offset or timedelta(), name or "")
