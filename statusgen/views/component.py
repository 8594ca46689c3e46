"""A component, its group and its page."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from statusgen.model import Component, ComponentGroup, ComponentStatus
from statusgen.views import uptime
from statusgen.views.entry import Entries, EntryView
from statusgen.views.page import Frame, View
from statusgen.views.status import worst
from statusgen.views.trouble import TroubleView, troubles
from statusgen.views.turn import StatusTurn, status_turns
from statusgen.views.uptime import Day

if TYPE_CHECKING:
    from statusgen.views.present import Present

COMPONENT_ENTRIES = 50
"""How many entries a component's page lists before it points to the history."""


LONG = 16
"""With how many components home begins to fold the groups in which nothing is wrong."""


class ComponentView(View, frozen=True, kw_only=True):
    """A component with its status, its days, and its uptime over them from 0 to 1."""

    id: str
    name: str
    path: str
    description: str
    link: str
    status: ComponentStatus
    turns: tuple[StatusTurn, ...]
    days: tuple[Day, ...]
    troubles: tuple[TroubleView, ...]
    uptime: float | None
    weight: float
    known: int
    troubled: int
    retired: date | None


class GroupView(View, frozen=True, kw_only=True):
    """Components that stand together; `status` is the worst of them.

    `is_folded` where nothing is wrong with any, and there are many groups and components.
    """

    id: str
    name: str
    status: ComponentStatus
    is_folded: bool
    components: tuple[ComponentView, ...]


class ComponentPage(View, frozen=True, kw_only=True):
    """The page of a component with its newest entries; `has_earlier` says that there are more."""

    frame: Frame
    component: ComponentView
    group: str
    upcoming: tuple[EntryView, ...]
    entries: tuple[EntryView, ...]
    has_earlier: bool


def component_view(present: Present, leaf: Component) -> ComponentView:
    """Tell a component; the days of a retired one end with its last."""
    weight = present.config.partial_outage_weight
    days = uptime.days(
        present.spans[leaf.id],
        last=present.last_day(leaf),
        zone=present.config.zone,
        since=leaf.since or present.since,
        as_of=present.as_of,
    )
    return ComponentView(
        id=leaf.id,
        name=leaf.name,
        path=f"components/{leaf.id}/",
        description=leaf.description,
        link=leaf.link,
        status=present.status(leaf),
        turns=status_turns(present, leaf),
        days=days,
        troubles=troubles(present, leaf, days),
        uptime=uptime.uptime(days, weight),
        weight=weight,
        known=sum(day.status is not None for day in days),
        troubled=sum(day.status not in (None, ComponentStatus.OPERATIONAL) for day in days),
        retired=leaf.retired if present.is_retired(leaf) else None,
    )


def rows(
    present: Present, views: dict[str, ComponentView]
) -> tuple[ComponentView | GroupView, ...]:
    """Tell the components as they stand on home: no retired ones, no empty groups."""
    found: list[ComponentView | GroupView] = []
    is_long = len(present.leaves) > LONG
    for entry in present.site.components:
        leaves = entry.components if isinstance(entry, ComponentGroup) else (entry,)
        living = [leaf for leaf in leaves if not present.is_retired(leaf)]
        shown = tuple(views[leaf.id] for leaf in living if not _is_hidden(present, leaf))
        if isinstance(entry, Component):
            found += shown
        elif shown:
            status = worst(present.status(leaf) for leaf in living)
            is_folded = is_long and status == ComponentStatus.OPERATIONAL
            found.append(
                GroupView(
                    id=entry.id,
                    name=entry.name,
                    status=status,
                    is_folded=is_folded,
                    components=shown,
                )
            )
    return tuple(found)


def component_page(
    present: Present, leaf: Component, view: ComponentView, entries: Entries
) -> ComponentPage:
    """Put a component on its page, with its newest entries."""
    link = present.component_link(leaf.id)
    past = entries.past_of(leaf.id, COMPONENT_ENTRIES + 1)
    return ComponentPage(
        frame=present.frame(view.path, is_current=True),
        component=view,
        group=_group_name(present, leaf),
        upcoming=tuple(one for one in entries.upcoming if link in one.components),
        entries=past[:COMPONENT_ENTRIES],
        has_earlier=len(past) > COMPONENT_ENTRIES,
    )


def _is_hidden(present: Present, leaf: Component) -> bool:
    return leaf.only_show_if_degraded and present.status(leaf) == ComponentStatus.OPERATIONAL


def _group_name(present: Present, leaf: Component) -> str:
    groups = (entry for entry in present.site.components if isinstance(entry, ComponentGroup))
    return next((group.name for group in groups if leaf in group.components), "")
