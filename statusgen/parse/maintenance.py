"""Maintenance, in all three spellings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from statusgen.model import Maintenance, MaintenanceStatus, Visibility
from statusgen.parse import shapes
from statusgen.parse.incidents import COMMON, common
from statusgen.parse.nodes import Place, Unreadable
from statusgen.parse.shapes import Key, Shape
from statusgen.parse.times import spell
from statusgen.parse.updates import (
    KEEPS,
    UPDATES,
    Context,
    UpdateReader,
    check_component,
    outline,
)

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from statusgen.content import Document
    from statusgen.model import Update

MAINTENANCE: Shape = {
    **COMMON,
    "starts": Key(read=shapes.stated, required=True),
    "ends": Key(read=shapes.stated, required=True),
    "components": Key(read=shapes.component_names),
}


def parse_maintenance(document: Document, context: Context, place: Place) -> Maintenance | None:
    """Read one maintenance; None if it could not be, which the place was told."""
    try:
        nodes = outline(document, (*MaintenanceStatus, KEEPS), place)
    except Unreadable:
        return None
    reader = UpdateReader("maintenance", MaintenanceStatus, document.slug, context)
    updates = reader.read(nodes, None)
    if nodes.head is None:
        return None
    shape = MAINTENANCE | UPDATES if document.is_yaml else MAINTENANCE
    values = shapes.read_mapping(nodes.head, shape, place)
    values |= common(values, nodes.head, context, place)
    window = _window(values, context.zone)
    for named in values.get("components", ()):
        check_component(named, context, window and window[0])
    if window is None or "title" not in values:
        return None
    starts, ends = window
    _refuse_moves(window, updates, reader)
    return Maintenance(
        slug=document.slug,
        title=values["title"],
        starts=starts,
        ends=ends,
        visibility=values.get("visibility", Visibility.PUBLIC),
        updates=updates,
        components=tuple(named.component for named in values.get("components", ())),
        draft=values.get("draft", False),
        retracted=values.get("retracted", ""),
        edited=values.get("edited"),
        aliases=values.get("aliases", ()),
        template=values.get("template", ""),
        internal=values.get("internal", ()),
        assignee=values.get("assignee", ""),
    )


def _window(values: dict[str, Any], zone: tzinfo | None) -> tuple[datetime, datetime] | None:
    """Find when the work is to begin and to end; None where that could not be read."""
    if not shapes.holds(values, "starts", "ends"):
        return None
    try:
        starts: datetime = values["starts"].instant(zone)
        ends: datetime = values["ends"].instant(zone, after=starts)
        if ends <= starts:
            values["ends"].refuse(f"{spell(ends)} does not lie after the start, {spell(starts)}")
    except Unreadable:
        return None
    return starts, ends


def _refuse_moves(
    window: tuple[datetime, datetime],
    updates: tuple[Update[MaintenanceStatus], ...],
    reader: UpdateReader[MaintenanceStatus],
) -> None:
    """Tell an update that leaves the window without length."""
    for update in updates:
        starts, ends = window = update.starts or window[0], update.ends or window[1]
        if (update.starts or update.ends) and ends <= starts:
            message = f"the window would end, {spell(ends)}, before it starts, {spell(starts)}"
            reader.tell(update, "ends" if update.ends else "starts", message)
