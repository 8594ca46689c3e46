"""Pages, and the files that tell crawlers and devices of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from statusgen.artifact import Artifact, Bundle
from statusgen.views.component import ComponentPage
from statusgen.views.history import HistoryPage, MonthPage
from statusgen.views.home import HomePage
from statusgen.views.incident import IncidentPage
from statusgen.views.maintenance import MaintenancePage
from statusgen.views.page import (
    Batch,
    ExtraPage,
    ManifestView,
    NotFoundPage,
    Promise,
    SitemapView,
    View,
)
from statusgen.views.report import ReportPage
from statusgen.views.team import TeamPage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.theme import Theme
    from statusgen.views import TreeView

Page = HomePage | MaintenancePage | HistoryPage | ExtraPage | TeamPage
"""A page that has an address of its own, and is made whether it is due or not."""

TEMPLATES: dict[type[View], str] = {
    HomePage: "home.html",
    IncidentPage: "incident.html",
    MaintenancePage: "maintenance.html",
    ComponentPage: "component.html",
    ReportPage: "uptime.html",
    HistoryPage: "history.html",
    MonthPage: "month.html",
    ExtraPage: "page.html",
    TeamPage: "team.html",
    NotFoundPage: "404.html",
    SitemapView: "sitemap.xml",
    ManifestView: "site.webmanifest",
}
"""The template of each kind of page."""


def artifacts(view: TreeView, _theme: Theme) -> Iterator[Artifact | Bundle]:
    """Tell the pages."""
    pages: tuple[Page, ...] = (
        view.home,
        *view.maintenances,
        view.history,
        *view.extra,
        *([view.team] if view.team else []),
        *view.runbooks,
    )
    parts: tuple[Promise[Any] | Batch[Any], ...] = (
        *view.incidents.parts,
        *view.components.parts,
        *view.months.parts,
        view.report,
    )
    for part in parts:
        if isinstance(part, Batch):
            yield Bundle(batch=part, place=_index, render=render)
        else:
            yield Artifact(path=_index(part.path), view=part, render=render)
    for page in pages:
        yield Artifact(path=_index(page.frame.path), view=page, render=render)
    yield Artifact(path="404.html", view=view.not_found, render=render)
    yield Artifact(path=view.sitemap.path, view=view.sitemap, render=render)
    yield Artifact(path="site.webmanifest", view=view.manifest, render=render)


def _index(path: str) -> str:
    return f"{path}index.html"


def render(view: View, theme: Theme) -> bytes:
    """Render a page by the template of its kind."""
    return theme.render(f"templates/{TEMPLATES[type(view)]}", view).encode()
