"""Facts → what is true at a moment, for the public: every page, the feed and every mail."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict, replace

from statusgen.model import (
    AHEAD,
    Announcement,
    Asset,
    Incident,
    Maintenance,
    Moment,
    Postmortem,
    Site,
)
from statusgen.views import timeline, uptime
from statusgen.views.agenda import AgendaView, agendas
from statusgen.views.api import Api, api
from statusgen.views.audience import PUBLIC, Audience, Withheld, public
from statusgen.views.brief import (
    Badge,
    BriefView,
    GuideView,
    WidgetPage,
    badges,
    brief_view,
    guide_view,
    widget_page,
)
from statusgen.views.component import ComponentPage, component_page, component_view
from statusgen.views.entry import Entries
from statusgen.views.feed import FeedView, HistoryFeed, feeds
from statusgen.views.history import HistoryPage, MonthPage, history
from statusgen.views.home import HomePage, home_page
from statusgen.views.incident import IncidentPage, Incidents, incident_page
from statusgen.views.mail import (
    Mail,
    incident_mails,
    mailed,
    mails_since,
    maintenance_mails,
)
from statusgen.views.maintenance import (
    MaintenancePage,
    MaintenanceView,
    maintenance_page,
    maintenance_view,
)
from statusgen.views.moved import MovedPage, MovedView, moved_pages, moved_view, old_addresses
from statusgen.views.page import (
    KEY,
    Batch,
    ExtraPage,
    Link,
    ManifestView,
    NotFoundPage,
    Pages,
    Promise,
    RobotsView,
    SitemapView,
    key_of,
)
from statusgen.views.present import Present
from statusgen.views.report import ReportPage, ReportTable, report
from statusgen.views.search import SearchIndex, search
from statusgen.views.statuspage import addresses
from statusgen.views.summary import EMPTY, Archive, Volume, incident_path
from statusgen.views.team import TeamPage, incident_notes, runbooks, team_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from statusgen.config import Config


Beside = tuple[Link | None, Link | None]
"""The incidents before and after one, where there are any."""


class TreeView(Struct, frozen=True, kw_only=True):
    """Everything that is published in one language; `path` is where it lies below the site.

    Only where the site is the team's own is there a page of the `team`, and are there `runbooks`.
    """

    language: str
    path: str
    home: HomePage
    incidents: Pages[IncidentPage]
    maintenances: tuple[MaintenancePage, ...]
    components: Pages[ComponentPage]
    report: Promise[ReportPage]
    history: HistoryPage
    months: Pages[MonthPage]
    search: Pages[SearchIndex]
    extra: tuple[ExtraPage, ...]
    not_found: NotFoundPage
    sitemap: Promise[SitemapView]
    manifest: ManifestView
    feed: FeedView
    feeds: tuple[Promise[FeedView] | Promise[HistoryFeed], ...]
    mails: Pages[Mail]
    team: TeamPage | None = None
    runbooks: tuple[ExtraPage, ...] = ()

    @property
    def feed_names(self) -> tuple[str, ...]:
        """The paths of all feeds below the tree, without their endings."""
        return (self.feed.name, *(one.path for one in self.feeds))


class SiteView(TreeView, frozen=True, kw_only=True):
    """Everything that is published, and how much is not.

    It is told in the site's first language, with what all languages share; `others` tell it in
    those beside that. It holds `until` then at least: at no instant before does anything that was
    told come to pass.
    """

    others: tuple[TreeView, ...]
    report_table: Promise[ReportTable]
    api: Api
    robots: RobotsView
    calendars: tuple[Promise[AgendaView], ...]
    badges: tuple[Badge, ...]
    brief: BriefView
    widget: WidgetPage
    guide: GuideView
    moved: tuple[Promise[MovedPage], ...]
    redirects: Promise[MovedView]
    assets: tuple[Asset, ...]
    withheld: Withheld
    until: datetime
    base_path: str
    formats: tuple[str, ...]

    @property
    def trees(self) -> tuple[TreeView, ...]:
        """What is told in each language, the first first."""
        return (self, *self.others)


def derive(
    site: Site,
    config: Config,
    moment: Moment,
    audience: Audience = PUBLIC,
    archive: Archive = EMPTY,
) -> SiteView:
    """Tell what is true at a moment, for the public, or for whoever else looks.

    The archive holds the incidents that are not in the site since they are long over.
    """
    shown, withheld = public(site, moment.as_of, audience, archive)
    own = {one.slug for one in shown.incidents}
    awaited = tuple(
        one for one in site.postmortems if one.incident in own or archive.find(one.incident)
    )
    if moment.is_clock:
        ahead = sum(one.updates[0].at > moment.until for one in shown.maintenances)
        withheld = replace(withheld, unannounced=ahead)
    if audience.team:  # who is told by mail is told what is public
        config = replace(config, without=(*config.without, "email"))
    lessons = _lessons(site, moment) if audience.team else None
    present = Present(timeline.cut(shown, moment.until), config, moment.as_of, archive, lessons)
    told = _Told(present)
    tree = _tree(told)
    others = tuple(_tree(_Told(present.speaking(language))) for language in config.others)
    named = addresses(present) if "api" in config.formats else ()
    moved = (*old_addresses(present), *named)
    return SiteView(
        **asdict(tree),
        others=others,
        report_table=report(present)[1],
        api=api(present, told.entries, told.incidents),
        robots=RobotsView(
            sitemaps=tuple(f"{config.url}{one.path}sitemap.xml" for one in present.trees)
        ),
        calendars=agendas(present),
        badges=badges(present, tree.home, told.components),
        brief=brief_view(present, tree.home),
        widget=widget_page(present, tree.home),
        guide=guide_view(present),
        moved=moved_pages(present, moved),
        redirects=moved_view(present, moved),
        assets=tuple(sorted(shown.assets, key=lambda one: one.path)),
        withheld=withheld,
        until=_until(shown, awaited, present, moment),
        base_path=config.base_path,
        formats=config.formats,
    )


def _lessons(site: Site, moment: Moment) -> dict[str, Postmortem]:
    """Tell the team's post-mortems; what is published later is not yet."""
    return {
        one.incident: one
        if one.published and one.published <= moment.as_of
        else replace(one, published=None)
        for one in site.postmortems
    }


class _Told:
    """What several parts of a tree are made from, told once."""

    def __init__(self, present: Present) -> None:
        self.present = present
        self.maintenances = [
            (one, maintenance_view(present, one)) for one in present.maintenances()
        ]
        self.incidents = Incidents(present)
        self.entries = Entries(present, self.maintenances)
        self.components = {
            leaf.id: component_view(present, leaf) for leaf in present.leaves.values()
        }


def _tree(told: _Told) -> TreeView:
    """Tell everything in the language of the present."""
    present, entries, components = told.present, told.entries, told.components
    config, maintenances = present.config, told.maintenances
    maintenance_views = [view for _, view in maintenances]
    incidents = told.incidents
    component_pages = tuple(
        component_page(present, leaf, components[leaf.id], entries)
        for leaf in present.leaves.values()
    )
    report_page, _ = report(present)
    indexes = search(present, entries, maintenance_views)
    history_page, months = history(
        present,
        entries,
        tuple(one.path for one in indexes.promises) if "search" in config.formats else (),
    )
    extra = tuple(
        ExtraPage(
            frame=present.frame(f"{one.slug}/"),
            title=one.title,
            body=one.body,
            said_in=one.said_in,
        )
        for one in present.pages()
    )
    open_incidents = tuple(incidents[one.slug] for one in present.open())
    feed = feeds(present, incidents.__getitem__, maintenances)
    return TreeView(
        language=config.language,
        path=present.tree,
        home=home_page(present, open_incidents, maintenances, components, entries),
        incidents=_incident_pages(present, incidents),
        maintenances=tuple(maintenance_page(present, *each) for each in maintenances),
        components=Pages(lambda: component_pages),
        report=report_page,
        history=history_page,
        months=months,
        search=indexes,
        extra=extra,
        not_found=NotFoundPage(frame=present.frame("404.html", is_anywhere=True)),
        sitemap=_sitemap(
            present,
            maintenance_views,
            [*(one.path for one in component_pages), report_page.path, history_page.frame.path],
            months,
            extra,
        ),
        manifest=ManifestView(
            name=config.title, description=config.description, language=config.language
        ),
        feed=feed.updates,
        feeds=feed.others,
        mails=_mails(present, incidents, maintenances),
        team=team_page(present),
        runbooks=runbooks(present),
    )


def _until(
    site: Site, awaited: tuple[Postmortem, ...], present: Present, moment: Moment
) -> datetime:
    """Find the next instant that public facts tell of, or at which a day begins.

    While an outage goes on the next instant is it, since it is counted by the second.
    """
    if any(uptime.counts(present.status(leaf)) for leaf in present.leaves.values()):
        return moment.as_of + timedelta.resolution
    zone = present.config.zone
    tomorrow = moment.as_of.astimezone(zone).date() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time(), tzinfo=zone).astimezone(UTC)
    published = (one.published for one in awaited)
    # What is promised now is so by the newest update that there is, whatever is said later.
    due = (timeline.due(one, present.config.policy) for one in present.site.incidents)
    instants = [midnight, *(at for at in (*_instants(site), *published, *due) if at)]
    if moment.is_clock:
        instants += [at - AHEAD for at in instants]
    return min(at for at in instants if at > moment.as_of)


def _instants(site: Site) -> Iterator[datetime | None]:
    """Tell every instant at which something may begin, end, or be said."""
    told: tuple[Incident | Maintenance, ...] = (*site.incidents, *site.maintenances)
    for one in told:
        yield one.edited.at if one.edited else None
        for update in one.updates:
            yield from (update.at, update.starts, update.ends, update.next_update)
    spans: tuple[Maintenance | Announcement, ...] = (*site.maintenances, *site.announcements)
    for span in spans:
        yield from (span.starts, span.ends)


def _mails(
    present: Present,
    incidents: Incidents,
    maintenances: list[tuple[Maintenance, MaintenanceView]],
) -> Pages[Mail]:
    """Promise the mails: those of an incident together, since all hang on its facts."""

    def of_incident(slug: str) -> Iterator[Promise[Mail]]:
        return promises(incident_mails(present, present.incident(slug), incidents[slug]))

    def promises(told: Iterable[Mail]) -> Iterator[Promise[Mail]]:
        for mail in told:
            yield Promise(path=f"{mail.id}.eml", make=partial(lambda one: one, mail))

    def parts() -> Iterator[Promise[Mail] | Batch[Mail]]:
        for volume in present.volumes:
            for one in mailed(present, volume):
                digest = volume.digests.get(one.slug)
                if digest:
                    yield Batch(
                        name=f"incident-{one.slug}",
                        promises=partial(of_incident, one.slug),
                        key=digest[:KEY] + key_of(mails_since(present, one)),
                        shared=present.surroundings,
                    )
                else:
                    yield from of_incident(one.slug)
        for work, view in maintenances:
            yield from promises(maintenance_mails(present, work, view))

    return Pages(parts)


def _incident_pages(present: Present, incidents: Incidents) -> Pages[IncidentPage]:
    """Promise the page of each incident, newest first, those of a month together."""
    postmortems = {one.incident: one for one in present.site.postmortems}
    is_team = present.lessons is not None

    def make(slug: str, postmortem: Postmortem | None, beside: Beside) -> IncidentPage:
        view = incidents.passing(slug)
        notes = incident_notes(present, present.incident(slug)) if is_team else None
        return incident_page(present, view, postmortem, beside, notes)

    def promise(slug: str, digest: bytes, beside: Beside) -> Promise[IncidentPage]:
        postmortem = postmortems.get(slug)
        return Promise(
            path=incident_path(slug),
            make=partial(make, slug, postmortem, beside),
            made_from=(lambda: (digest, beside, postmortem)) if digest else None,
            shared=surroundings,
        )

    def of_month(volume: Volume, beside: Beside) -> Iterator[Promise[IncidentPage]]:
        earlier, later = beside
        names = [later, *map(present.link, volume.summaries), earlier]
        for place, one in enumerate(volume.summaries):
            digest = volume.digests.get(one.slug, b"")
            yield promise(one.slug, digest, (names[place + 2], names[place]))

    def parts() -> Iterator[Promise[IncidentPage] | Batch[IncidentPage]]:
        outlines = [None, *(volume.outline for volume in present.volumes), None]
        for place, volume in enumerate(present.volumes):
            newer, older = outlines[place], outlines[place + 2]
            beside = (
                present.link(older.latest) if older else None,
                present.link(newer.earliest) if newer else None,
            )
            if volume.key:
                learnt = [one for slug, one in postmortems.items() if slug in volume.digests]
                yield Batch(
                    name=f"incidents-{volume.outline.month:%Y-%m}",
                    subject=f"{volume.outline.month:%Y-%m}",
                    size=volume.size,
                    promises=partial(of_month, volume, beside),
                    key=volume.key[:KEY] + key_of((beside, learnt)),
                    shared=surroundings,
                )
            else:
                yield from of_month(volume, beside)

    lessons = present.lessons and [*present.lessons.values()]
    surroundings = key_of((present.surroundings, present.extra, lessons))
    return Pages(parts)


def _sitemap(
    present: Present,
    maintenances: list[MaintenanceView],
    pages: list[str],
    months: Pages[MonthPage],
    extra: tuple[ExtraPage, ...],
) -> Promise[SitemapView]:
    """Promise every address, with the day of the newest update where a page has updates."""
    url = present.config.url

    def addresses() -> Iterator[tuple[str, date | None]]:
        yield url, None
        for incident in present.summaries():
            yield url + incident_path(incident.slug), incident.told
        for maintenance in maintenances:
            yield url + maintenance.path, maintenance.updates[0].at.date()
        for path in pages:
            yield url + path, None
        for month in months.promises:
            yield url + month.path, None
        for one in extra:
            yield one.frame.url, None

    def made_from() -> object:
        # What a month's page hangs on tells of each of its incidents.
        others = [*pages, *(page.frame.url for page in extra)]
        return url, maintenances, [month.key for month in months.promises], others

    return Promise(
        path="sitemap.xml",
        make=lambda: SitemapView(addresses=tuple(addresses())),
        made_from=made_from,
    )
