"""Incidents, in all three spellings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from statusgen.errors import nearest, one_of
from statusgen.model import (
    ComponentChange,
    ComponentStatus,
    Edit,
    Impact,
    Incident,
    IncidentStatus,
    Report,
    Severity,
    Visibility,
)
from statusgen.parse import shapes
from statusgen.parse.nodes import Place, Unreadable
from statusgen.parse.shapes import Key, Shape
from statusgen.parse.updates import KEEPS, Context, UpdateReader, check_component, outline

if TYPE_CHECKING:
    from statusgen.content import Document
    from statusgen.model import Update
    from statusgen.parse.nodes import Node

_SEVERITY_IN_TITLE = re.compile(r"\[(SEV[^\]]*)\]\s*(.*)", re.IGNORECASE)
_ALIAS = re.compile(r"/[^\s?#\\]*")


def alias(node: Node, place: Place) -> str:
    """Read an old address that leads here now: its path below the site."""
    value = shapes.word(node, place)
    if not _ALIAS.fullmatch(value) or ".." in value or value.startswith("//"):
        place.refuse(node.line, f"{value!r} is not a path: write it like /issues/old-name/")
    return value


EDIT: Shape = {
    "at": Key(read=shapes.stated, required=True),
    "what": Key(read=shapes.line, required=True),
}
REPORT: Shape = {
    "what_happened": Key(read=shapes.one_or_several(shapes.line)),
    "impact": Key(read=shapes.one_or_several(shapes.line)),
    "resolution": Key(read=shapes.one_or_several(shapes.line)),
}
COMMON: Shape = {
    "title": Key(read=shapes.line, required=True),
    "visibility": Key(read=shapes.visibility),
    "draft": Key(read=shapes.flag),
    "internal": Key(read=shapes.one_or_several(shapes.prose)),
    "assignee": Key(read=shapes.line),
    "retracted": Key(read=shapes.line),
    "edited": Key(read=shapes.mapping(EDIT)),
    "aliases": Key(read=shapes.one_or_several(alias)),
    "template": Key(read=shapes.name),
}
"""The keys that incidents and maintenance share."""

INCIDENT: Shape = {
    **COMMON,
    "severity": Key(read=shapes.severity),
    "started": Key(read=shapes.stated, required=True),
    "components": Key(read=shapes.components),
    "impact": Key(read=shapes.choice(Impact)),
    "report": Key(read=shapes.mapping(REPORT)),
    "acknowledged": Key(read=shapes.stated),
}


def parse_incident(document: Document, context: Context, place: Place) -> Incident | None:
    """Read one incident; None if it could not be, which the place was told."""
    try:
        nodes = outline(document, (*IncidentStatus, KEEPS), place)
        values = shapes.read_mapping(nodes.head, INCIDENT, place)
    except Unreadable:
        return None
    if "title" in values:
        values["title"] = _split_title(values, nodes.head.line, place)
    if "severity" not in values and nodes.head.get("severity") is None:
        place.at("severity").tell(
            nodes.head.line, "is missing: add severity: SEV-1 to SEV-4, or [SEV-2] to the title"
        )
    values |= common(values, context, place)
    if "started" in values:
        try:
            values["started"] = values["started"].instant(context.config.zone)
        except Unreadable:
            del values["started"]
    updates = UpdateReader("incident", document.slug, context).read(
        nodes, values.get("started"), place
    )
    if not shapes.holds(values, "title", "severity", "started"):
        return None
    values["components"] = _components(values, context)
    _refuse_unsaid_visibility(values, updates, context, nodes.head.line, place)
    policy = context.config.policy.of(values["severity"])
    return Incident(
        slug=document.slug,
        title=values["title"],
        severity=values["severity"],
        started=values["started"],
        visibility=values.get("visibility", policy.visibility),
        updates=updates,
        components=values["components"],
        draft=values.get("draft", False),
        impact=values.get("impact"),
        report=Report(**values["report"]) if "report" in values else None,
        retracted=values.get("retracted", ""),
        edited=values.get("edited"),
        aliases=values.get("aliases", ()),
        template=values.get("template", ""),
        internal=values.get("internal", ()),
        assignee=values.get("assignee", ""),
        acknowledged=values.get("acknowledged"),
    )


def common(values: dict[str, Any], context: Context, place: Place) -> dict[str, Any]:
    """Settle the shared keys that hang on the site: times get its zone, templates must be there."""
    settled: dict[str, Any] = {"edited": None}
    zone = context.config.zone
    edited = values.get("edited", {})
    try:
        if shapes.holds(edited, "at", "what"):
            settled["edited"] = Edit(at=edited["at"].instant(zone), what=edited["what"])
        if "acknowledged" in values:
            settled["acknowledged"] = values["acknowledged"].instant(zone)
    except Unreadable:
        pass  # it was told, and nothing else hangs on these two
    template = values.get("template")
    if template and template not in context.templates:
        hint = nearest(template, context.templates)
        place.at("template").tell(1, f"no template is called {template!r}{hint}")
    return settled


def _split_title(values: dict[str, Any], line: int, place: Place) -> str:
    """Take the severity off the front of the title."""
    title: str = values["title"]
    found = _SEVERITY_IN_TITLE.match(title)
    if not found:
        return title
    spelt = re.sub(r"[\s-]", "", found[1].upper()).replace("SEV", "SEV-")
    if spelt not in tuple(Severity):
        place.at("title").tell(line, f"[{found[1]}] is not {one_of(Severity)}")
    elif "severity" in values and values["severity"] != spelt:
        message = f"says {values['severity']}, but the title says {spelt}: keep one of them"
        place.at("severity").tell(line, message)
    else:
        values["severity"] = Severity(spelt)
    if not found[2]:
        place.at("title").tell(line, "says nothing but the severity")
    return found[2]


def _components(values: dict[str, Any], context: Context) -> tuple[ComponentChange, ...]:
    """Give each component its first status: its own, or what the severity gives."""
    given = context.config.policy.of(values["severity"]).status
    changes = []
    for named in values.get("components", ()):
        check_component(named, context, values["started"])
        changes.append(ComponentChange(component=named.component, status=named.status or given))
    return tuple(changes)


def _refuse_unsaid_visibility(
    values: dict[str, Any],
    updates: tuple[Update, ...],
    context: Context,
    line: int,
    place: Place,
) -> None:
    """Tell an outage that only its severity would hide: one typed digit must not turn it green."""
    severity = values["severity"]
    if "visibility" in values or context.config.policy.of(severity).visibility == Visibility.PUBLIC:
        return
    changes = (*values["components"], *(change for one in updates for change in one.components))
    hurt = next((c for c in changes if c.status != ComponentStatus.OPERATIONAL), None)
    if hurt:
        place.at("visibility").tell(
            line,
            f"{severity} is internal, yet {hurt.component} is {hurt.status.replace('_', ' ')}: "
            "write visibility: public or visibility: internal",
        )
