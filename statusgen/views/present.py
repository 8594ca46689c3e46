"""The site at one moment: what several views need is found once."""

from __future__ import annotations

from collections import defaultdict
from copy import copy
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from statusgen.model import ComponentStatus
from statusgen.views import timeline
from statusgen.views.language import Speech
from statusgen.views.page import Frame, Link, Tree, key_of, maintenance_path
from statusgen.views.status import Overall, overall, status_at
from statusgen.views.summary import (
    Archive,
    Headline,
    Outline,
    Summary,
    Toll,
    Volume,
    incident_path,
    summarize,
    volume_of,
)
from statusgen.views.timeline import Span
from statusgen.views.uptime import DAYS, OUTAGES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from statusgen.config import Config
    from statusgen.model import (
        Announcement,
        Component,
        Incident,
        Maintenance,
        Page,
        Postmortem,
        Site,
    )


class Present:
    """A public site that is cut at its moment, and the questions that views ask of it.

    `volumes` hold the summaries of all incidents, the newest month first: of the site's own, and of
    the archive's. `first` is the first day that anything is known of, `newest` is the time of the
    newest update, before which the moment never is. `tree` is the path below the site at which it
    is told, `trees` are those of all languages, and `site_url` is the site's own address. Only the
    team has `lessons`: its post-mortems by the slugs of incidents, whether they are published or
    not.
    """

    def __init__(
        self,
        site: Site,
        config: Config,
        as_of: datetime,
        archive: Archive,
        lessons: Mapping[str, Postmortem] | None = None,
    ) -> None:
        self.site = site
        self.lessons = lessons
        self.config = config
        self.archive = archive
        self.own = {one.slug: one for one in site.incidents}
        self.volumes = self._volumes()
        self.newest = self._newest()
        self.as_of = max(as_of, self.newest or as_of)
        self.today = self.local(self.as_of).date()
        self.leaves = {leaf.id: leaf for leaf in site.leaves}
        self.works = self._works()
        self.spans = self._spans()
        self.first = self._first_record()
        self.since = config.since or self.first
        self.speech: Speech | None = None
        self.tree = ""
        self.site_url, self.site_path = config.url, config.base_path
        others = (Tree(language=each, path=f"{each}/") for each in config.others)
        self.trees = (Tree(language=config.language, path=""), *others)
        self.extra = self._extra()

    def speaking(self, language: str) -> Present:
        """Tell the same in another language of the site."""
        other = copy(self)
        for known in ("causes", "_component_links", "surroundings"):  # they hold names
            other.__dict__.pop(known, None)
        other.speech = Speech(language=language, original=self.config.language)
        other.tree = other.speech.path
        other.config = other.speech.config(self.config)
        other.site = other.speech.site(self.site)
        other.leaves = {leaf.id: leaf for leaf in other.site.leaves}
        other.extra = other._extra()  # noqa: SLF001 - it is one of these
        return other

    @cached_property
    def surroundings(self) -> bytes:
        """Digest what nearly all pages hang on: the settings, and the components."""
        return key_of((self.config, self.site.components))

    def incident(self, slug: str) -> Incident:
        """Give the facts of an incident, as far as they are shown."""
        one = self.own.get(slug) or self.archive.load(slug)
        return self.speech.timeline(one) if self.speech else one

    def made_from(self, slug: str) -> object:
        """Tell what an incident is made from: the digest of that, where it is known.

        Of one that is known all has happened; else the clock decides whether its edit has.
        """
        known = next(filter(None, (volume.digests.get(slug) for volume in self.volumes)), None)
        if known:
            return known
        one = self.incident(slug)
        return one, one.edited is not None and one.edited.at <= self.as_of

    def link(self, one: Summary | Headline) -> Link:
        """Link to an incident."""
        path = incident_path(one.slug)
        if self.speech is None:
            return Link(title=one.title, path=path)
        said = one.titles.get(self.speech.language)
        said_in = "" if said else self.speech.original
        return Link(title=said or one.title, path=path, said_in=said_in)

    def summaries(self) -> Iterator[Summary]:
        """Tell all incidents in brief, newest first."""
        return chain.from_iterable(volume.summaries for volume in self.volumes)

    def going_on_since(self, start: datetime) -> Iterator[Summary]:
        """Tell the incidents that went on at an instant, or began later, newest first."""
        for volume in self.volumes:
            if _goes_on(volume.outline, start):
                yield from (one for one in volume.summaries if _goes_on(one, start))

    def tolls(self, component: str, start: datetime) -> Iterator[Toll]:
        """Tell what the months that went on at an instant, or began later, took of a component."""
        for volume in self.volumes:
            toll = volume.outline.components.get(component)
            if toll and _goes_on(volume.outline, start):
                yield toll

    def spans_since(self, component: str, start: datetime) -> list[Span]:
        """Tell what a component went through since an instant, and what else is known of it."""
        tolls = self.tolls(component, start)
        spans = [span for toll in tolls for span in toll.spans(component)]
        return [*spans, *self.works.get(component, ())]

    def suffered_since(self, component: str, start: datetime) -> tuple[object, ...]:
        """Tell what `spans_since` is made from, without reading it."""
        tolls = self.tolls(component, start)
        times = [(status, bytes(each)) for one in tolls for status, each in one.times.items()]
        return (*times, *self.works.get(component, ()))

    def spans_of_outages(self, component: str) -> Iterator[Span]:
        """Tell what counts against a component's uptime, since the record began."""
        for volume in self.volumes:
            toll = volume.outline.components.get(component)
            if toll:
                yield from toll.spans(component, OUTAGES)

    def outages(self, component: str) -> tuple[tuple[ComponentStatus, bytes], ...]:
        """Tell what `spans_of_outages` is made from, without reading it."""
        tolls = (one.outline.components.get(component) for one in self.volumes)
        return tuple(
            (status, bytes(toll.times[status]))
            for toll in tolls
            if toll
            for status in OUTAGES
            if status in toll.times
        )

    def open(self) -> Iterator[Summary]:
        """Tell the incidents that are not over, newest first."""
        going_on = (one for one in self.volumes if one.outline.ended is None)
        return (one for volume in going_on for one in volume.summaries if one.is_open)

    def told_since(self, start: datetime, also: Collection[str] = ()) -> Iterator[Incident]:
        """Tell the incidents of which something was said since an instant, and those named."""
        late = (one for one in self.volumes if one.outline.newest >= start)
        found = (one.slug for volume in late for one in volume.summaries if one.newest >= start)
        named = (slug for slug in also if slug in self.own or self.archive.find(slug))
        return map(self.incident, sorted({*found, *named}))

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
        if self.config.timezone == "UTC":
            return at  # as all facts are
        local = at.astimezone(self.config.zone)
        return at.astimezone(_offset(local.utcoffset(), local.tzname()))

    def status(self, leaf: Component) -> ComponentStatus:
        """Tell how a component does now."""
        return status_at(self.spans[leaf.id], self.as_of)

    @property
    def living(self) -> tuple[Component, ...]:
        """The components that are not off the page, in its order."""
        return tuple(leaf for leaf in self.leaves.values() if not self.is_retired(leaf))

    @cached_property
    def overall(self) -> Overall:
        """How the service does as a whole: every page and file says the same."""
        return overall(
            [self.status(leaf) for leaf in self.living], has_open_incident=self.has_trouble
        )

    @cached_property
    def has_trouble(self) -> bool:
        """Whether an incident is open, or may be: one that cannot be read is not over."""
        return any(self.open()) or self.site.rescue.is_doubtful

    def is_retired(self, leaf: Component) -> bool:
        """Whether a component is off the page for good."""
        return leaf.retired is not None and leaf.retired <= self.today

    def last_day(self, leaf: Component) -> date:
        """Tell the last day of a component's bars: today, or its own last."""
        if leaf.retired and self.is_retired(leaf):
            return leaf.retired - timedelta(days=1)
        return self.today

    def midnight(self, day: date) -> datetime:
        """Tell when a day begins."""
        return datetime.combine(day, time(), tzinfo=self.config.zone).astimezone(UTC)

    @property
    def names(self) -> list[tuple[str, str, str]]:
        """Tell the components by their ids and names, with the languages of the names."""
        return [(leaf.id, leaf.name, leaf.said_in) for leaf in self.leaves.values()]

    def component_link(self, name: str) -> Link:
        """Link to a component's page."""
        return self._component_links[name]

    @cached_property
    def _component_links(self) -> dict[str, Link]:
        return {
            name: Link(title=leaf.name, path=f"components/{name}/", said_in=leaf.said_in)
            for name, leaf in self.leaves.items()
        }

    def frame(self, path: str, *, is_anywhere: bool = False, is_current: bool = False) -> Frame:
        """Frame a page; one that is shown anywhere cannot lead home by steps upwards.

        One that is current tells how the service does now, so it tells how old that is.
        """
        steps = "../" * path.count("/")
        base = "../" * (path + self.tree).count("/")
        return Frame(
            site_title=self.config.title,
            description=self.config.description,
            language=self.config.language,
            zone=self.config.timezone,
            support=self.config.support,
            pages=self.extra,
            formats=self.config.formats,
            root=self.config.base_path if is_anywhere else steps or "./",
            base=self.site_path if is_anywhere else base or "./",
            path=path,
            url=self.config.url + path,
            site_url=self.site_url,
            trees=self.trees if len(self.trees) > 1 else (),
            said_in=self.config.said_in,
            newest=self.local(self.newest) if is_current and self.newest else None,
            is_team=self.lessons is not None,
        )

    def _extra(self) -> tuple[Link, ...]:
        return tuple(
            Link(title=one.title, path=f"{one.slug}/", said_in=one.said_in) for one in self.pages()
        )

    def _volumes(self) -> list[Volume]:
        """Gather all incidents by month, the newest first."""
        found = {volume.outline.month: volume for volume in self.archive.volumes}
        own: dict[date, list[Summary]] = defaultdict(list)
        for one in self.site.incidents:
            summary = summarize(one, self.config.policy, self.config.zone)
            own[summary.month].append(summary)
        for month, summaries in own.items():
            old = found.get(month)
            found[month] = old.joined(summaries) if old else volume_of(summaries)
        return [found[month] for month in sorted(found, reverse=True)]

    def _newest(self) -> datetime | None:
        """Find the newest update of all: what was said holds, whatever a clock lags."""
        told = [one.outline.newest for one in self.volumes]
        told += [one.updates[-1].at for one in self.site.maintenances]
        return max(told, default=None)

    def _spans(self) -> dict[str, list[Span]]:
        """Tell what each component went through, as far back as any bar shows."""
        return {name: self.spans_since(name, self._begin()) for name in self.leaves}

    @cached_property
    def causes(self) -> dict[str, list[tuple[Span, Link]]]:
        """What each component went through, as far back as any bar shows, and what it came from."""
        found: dict[str, list[tuple[Span, Link]]] = {name: [] for name in self.leaves}
        for one in self.going_on_since(self._begin()):
            link = self.link(one)
            for span in one.spans:
                found[span.component].append((span, link))
        for maintenance in self.site.maintenances:
            path = maintenance_path(maintenance.slug)
            link = Link(title=maintenance.title, path=path, said_in=maintenance.said_in)
            for span in _worked(maintenance):
                found[span.component].append((span, link))
        return found

    def _begin(self) -> datetime:
        """Tell the instant to which the bars go back that go back furthest."""
        first = min((self.last_day(leaf) for leaf in self.leaves.values()), default=self.today)
        return self.midnight(first - timedelta(days=DAYS))

    def _works(self) -> dict[str, list[Span]]:
        """Tell when there was maintenance of each component."""
        found: dict[str, list[Span]] = defaultdict(list)
        for maintenance in self.site.maintenances:
            for span in _worked(maintenance):
                found[span.component].append(span)
        return found

    def _first_record(self) -> date | None:
        """Tell the first day that anything is known of."""
        starts = [one.outline.first for one in self.volumes if one.outline.first]
        starts += [one.updates[0].at for one in self.site.maintenances if not one.retracted]
        return self.local(min(starts)).date() if starts else None


def _worked(maintenance: Maintenance) -> Iterator[Span]:
    """Tell when each component of a maintenance was under it."""
    for opened in timeline.windows(maintenance):
        for component in maintenance.components:
            yield Span(
                component=component,
                status=ComponentStatus.UNDER_MAINTENANCE,
                start=opened.start,
                end=opened.end,
            )


def _goes_on(one: Summary | Outline, start: datetime) -> bool:
    return one.ended is None or one.ended >= start


@lru_cache(maxsize=64)
def _offset(offset: timedelta | None, name: str | None) -> tzinfo:
    return UTC if name == "UTC" else timezone(offset or timedelta(), name or "")
