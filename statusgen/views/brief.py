"""How the service does, in a few words, for badges, widgets, shells and bots.

What they tell is what home tells: its sentence, its components and what is open there.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from statusgen.model import ComponentStatus, Impact, IncidentStatus, MaintenanceStatus
from statusgen.views import uptime
from statusgen.views.component import ComponentView, GroupView
from statusgen.views.page import Frame, View
from statusgen.views.status import Indicator, Overall
from statusgen.views.turn import OverallTurn, StatusTurn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from statusgen.views.home import HomePage
    from statusgen.views.present import Present

SPANS = (30, 90)
"""Over how many days badges tell uptime."""
WIDGET_PATH = "widget/"


class BriefComponent(View, frozen=True, kw_only=True):
    """A component as home shows it: uptime is over 30 and 90 days, from 0 to 1."""

    id: str
    name: str
    url: str
    status: ComponentStatus
    turns: tuple[StatusTurn, ...]
    uptime_30: float | None
    uptime_90: float | None


class BriefIncident(View, frozen=True, kw_only=True):
    """An incident that is open."""

    title: str
    url: str
    impact: Impact
    status: IncidentStatus
    started: datetime


class BriefMaintenance(View, frozen=True, kw_only=True):
    """A maintenance that is under way or planned."""

    title: str
    url: str
    phase: MaintenanceStatus
    starts: datetime
    ends: datetime


class BriefView(View, frozen=True, kw_only=True):
    """How the service does; `updated` is the time of the newest update.

    It is outdated or incomplete where content could not be read.
    """

    title: str
    description: str
    url: str
    overall: Overall
    turns: tuple[OverallTurn, ...]
    updated: datetime | None
    components: tuple[BriefComponent, ...]
    incidents: tuple[BriefIncident, ...]
    maintenances: tuple[BriefMaintenance, ...]
    is_outdated: bool = False
    is_incomplete: bool = False


class StateBadge(View, frozen=True, kw_only=True):
    """How the service or a component does; a retired component has no state any more."""

    path: str
    label: str
    state: Indicator | ComponentStatus | None
    sentence: str = ""


class UptimeBadge(View, frozen=True, kw_only=True):
    """Uptime over so many days, from 0 to 1; None where nothing is known of them."""

    path: str
    label: str
    days: int
    uptime: float | None


Badge = StateBadge | UptimeBadge


class WidgetPage(View, frozen=True, kw_only=True):
    """The page that other sites show in a frame."""

    frame: Frame
    overall: Overall
    turns: tuple[OverallTurn, ...]


class GuideView(View, frozen=True, kw_only=True):
    """What language models are told of a site: where everything is."""

    title: str
    description: str
    url: str
    formats: tuple[str, ...]


def brief_view(present: Present, home: HomePage) -> BriefView:
    """Tell in a few words what home tells."""
    config = present.config
    return BriefView(
        title=config.title,
        description=config.description,
        url=config.url,
        overall=home.overall,
        turns=home.turns,
        updated=home.frame.newest,
        components=tuple(
            BriefComponent(
                id=one.id,
                name=one.name,
                url=config.url + one.path,
                status=one.status,
                turns=one.turns,
                uptime_30=_uptime([one], SPANS[0]),
                uptime_90=_uptime([one], SPANS[1]),
            )
            for one in _leaves(home.components)
        ),
        incidents=tuple(
            BriefIncident(
                title=one.title,
                url=config.url + one.path,
                impact=one.impact,
                status=one.status,
                started=one.started,
            )
            for one in home.incidents
        ),
        maintenances=tuple(
            BriefMaintenance(
                title=one.title,
                url=config.url + one.path,
                phase=one.phase,
                starts=one.starts,
                ends=one.ends,
            )
            for one in (*home.under_way, *home.upcoming)
        ),
        is_outdated=home.is_outdated,
        is_incomplete=home.is_incomplete,
    )


def badges(
    present: Present, home: HomePage, components: dict[str, ComponentView]
) -> tuple[Badge, ...]:
    """Tell the badges of the page and of each component, also of one that home does not show."""
    living = [one for one in components.values() if not one.retired]
    title = present.config.title
    found: list[Badge] = [
        StateBadge(
            path="badge.svg",
            label=title,
            state=home.overall.indicator,
            sentence=home.overall.description,
        ),
        *_uptime_badges("badge", title, living),
    ]
    for one in components.values():
        state = None if one.retired else one.status
        found.append(StateBadge(path=f"badge/{one.id}.svg", label=one.name, state=state))
        found += _uptime_badges(f"badge/{one.id}", one.name, [one])
    return tuple(found)


def widget_page(present: Present, home: HomePage) -> WidgetPage:
    """Tell the page for frames."""
    return WidgetPage(frame=present.frame(WIDGET_PATH), overall=home.overall, turns=home.turns)


def guide_view(present: Present) -> GuideView:
    """Tell where everything is."""
    config = present.config
    return GuideView(
        title=config.title, description=config.description, url=config.url, formats=config.formats
    )


def _uptime_badges(place: str, label: str, components: list[ComponentView]) -> Iterator[Badge]:
    for count in SPANS:
        yield UptimeBadge(
            path=f"{place}.{count}d.svg",
            label=label,
            days=count,
            uptime=_uptime(components, count),
        )


def _uptime(components: Iterable[ComponentView], count: int) -> float | None:
    """The uptime of the last days of some components together."""
    views = tuple(components)
    days = [day for one in views for day in one.days[-count:]]
    return uptime.uptime(days, views[0].weight) if views else None


def _leaves(rows: Iterable[ComponentView | GroupView]) -> Iterator[ComponentView]:
    for row in rows:
        yield from row.components if isinstance(row, GroupView) else (row,)
