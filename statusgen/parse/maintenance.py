"""Maintenance, in all three spellings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.model import Maintenance, MaintenanceStatus, Visibility
from statusgen.parse import shapes
from statusgen.parse.incidents import COMMON, common
from statusgen.parse.nodes import Place, Unreadable
from statusgen.parse.shapes import Key, Shape
from statusgen.parse.times import spell
from statusgen.parse.updates import KEEPS, Context, UpdateReader, check_component, outline

if TYPE_CHECKING:
    from statusgen.content import Document

MAINTENANCE: Shape = {
    **COMMON,
    "starts": Key(read=shapes.stated, required=True),
    "ends": Key(read=shapes.stated, required=True),
    "components": Key(read=shapes.component_names),
}


def parse_maintenance(document: Document, context: Context, place: Place) -> Maintenance | None:
    """Read one maintenance; None if it could not be, which the place was told."""
    zone = context.config.zone
    try:
        nodes = outline(document, (*MaintenanceStatus, KEEPS), place)
        values = shapes.read_mapping(nodes.head, MAINTENANCE, place)
        updates = UpdateReader("maintenance", document.slug, context).read(nodes, None, place)
        if not shapes.holds(values, "title", "starts", "ends"):
            return None
        starts = values["starts"].instant(zone)
        ends = values["ends"].instant(zone, after=starts)
        if ends <= starts:
            values["ends"].refuse(f"{spell(ends)} does not lie after the start, {spell(starts)}")
    except Unreadable:
        return None
    values |= common(values, context, place)
    window = starts, ends
    for index, update in enumerate(updates):
        window = update.starts or window[0], update.ends or window[1]
        if window[1] <= window[0]:
            message = f"moves the window so that it ends, {spell(window[1])}, before it starts"
            node = nodes.updates[index][0] if index < len(nodes.updates) else nodes.head
            place.at("updates").item(index).tell(node.line, message)
    for named in values.get("components", ()):
        check_component(named, context, starts)
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
