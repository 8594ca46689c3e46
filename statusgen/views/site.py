"""Facts → what is true at a moment, for one audience: every page, the feed and every mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from statusgen.model import Asset, Moment, Site
from statusgen.views import timeline
from statusgen.views.audience import PUBLIC, Audience, Withheld, public
from statusgen.views.component import ComponentPage, component_page, component_view
from statusgen.views.entry import Entries
from statusgen.views.feed import FeedView, feed_view
from statusgen.views.history import HistoryPage, MonthPage, history
from statusgen.views.home import HomePage, home_page
from statusgen.views.incident import IncidentPage, IncidentView, incident_page, incident_view
from statusgen.views.mail import Mail, mails
from statusgen.views.maintenance import (
    MaintenancePage,
    MaintenanceView,
    maintenance_page,
    maintenance_view,
)
from statusgen.views.page import ExtraPage, NotFoundPage, RobotsView, SitemapView
from statusgen.views.present import Present

if TYPE_CHECKING:
    from statusgen.config import Config


class SiteView(Struct, frozen=True, kw_only=True):
    """Everything that is published, and how much is not."""

    home: HomePage
    incidents: tuple[IncidentPage, ...]
    maintenances: tuple[MaintenancePage, ...]
    components: tuple[ComponentPage, ...]
    history: HistoryPage
    months: tuple[MonthPage, ...]
    extra: tuple[ExtraPage, ...]
    not_found: NotFoundPage
    sitemap: SitemapView
    robots: RobotsView
    feed: FeedView
    mails: tuple[Mail, ...]
    assets: tuple[Asset, ...]
    withheld: Withheld


def derive(site: Site, config: Config, moment: Moment, audience: Audience = PUBLIC) -> SiteView:
    """Tell what is true at a moment, for the public unless another audience is named."""
    shown, withheld = public(site, moment.as_of, audience)
    if moment.is_clock:
        ahead = sum(one.updates[0].at > moment.until for one in shown.maintenances)
        withheld = replace(withheld, unannounced=ahead)
    shown = timeline.cut(shown, moment.until)
    present = Present(shown, config, timeline.settle(shown, moment.as_of))

    incidents = [(one, incident_view(present, one)) for one in present.incidents()]
    maintenances = [(one, maintenance_view(present, one)) for one in present.maintenances()]
    incident_views = [view for _, view in incidents]
    maintenance_views = [view for _, view in maintenances]
    entries = Entries(present, incident_views, maintenances)
    components = {leaf.id: component_view(present, leaf) for leaf in present.leaves.values()}
    postmortems = {one.incident: one for one in shown.postmortems}

    component_pages = tuple(
        component_page(present, leaf, components[leaf.id], entries)
        for leaf in present.leaves.values()
    )
    history_page, months = history(present, entries)
    extra = tuple(
        ExtraPage(frame=present.frame(f"{one.slug}/"), title=one.title, body=one.body)
        for one in present.pages()
    )
    return SiteView(
        home=home_page(present, incident_views, maintenances, components, entries),
        incidents=tuple(
            incident_page(present, view, postmortems.get(one.slug)) for one, view in incidents
        ),
        maintenances=tuple(maintenance_page(present, view) for view in maintenance_views),
        components=component_pages,
        history=history_page,
        months=months,
        extra=extra,
        not_found=NotFoundPage(frame=present.frame("404.html", is_anywhere=True)),
        sitemap=_sitemap(
            present,
            [*incident_views, *maintenance_views],
            [*component_pages, history_page, *months, *extra],
        ),
        robots=RobotsView(sitemap=f"{config.url}sitemap.xml"),
        feed=feed_view(present, [*incident_views, *maintenance_views]),
        mails=tuple(mails(present, incidents, maintenances)),
        assets=tuple(sorted(shown.assets, key=lambda one: one.path)),
        withheld=withheld,
    )


def _sitemap(
    present: Present,
    told: list[IncidentView | MaintenanceView],
    others: list[ComponentPage | HistoryPage | MonthPage | ExtraPage],
) -> SitemapView:
    """List every address, with the day of the newest update where a page has updates."""
    url = present.config.url
    return SitemapView(
        addresses=(
            (url, None),
            *((url + one.path, one.updates[0].at.date()) for one in told),
            *((page.frame.url, None) for page in others),
        )
    )
