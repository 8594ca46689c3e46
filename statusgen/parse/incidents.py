"""Incidents, in all three spellings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from statusgen.config import DEFAULT_POLICY
from statusgen.errors import nearest, one_of
from statusgen.expression import expression
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
from statusgen.parse.updates import (
    KEEPS,
    UPDATES,
    Context,
    UpdateReader,
    check_component,
    outline,
)

if TYPE_CHECKING:
    from statusgen.config import SeverityPolicy
    from statusgen.content import Document
    from statusgen.model import Update
    from statusgen.parse.nodes import Mapping, Node

_STATUS_IN_TITLE = expression(r"\[([A-Za-z _-]+)\]")
SEVERITY_IN_TITLE = expression(r"\[(SEV[^\]]*)\]\s*(.*)", re.IGNORECASE)
_ALIAS = expression(r"(?!//)(/(?!:|\.\.?(/|$))[^\s?#\\/*\x00-\x1f\x7f]*)+")
"""A path; hosts would take `*` and `/:name` in it for more than one."""


def alias(node: Node, place: Place) -> str:
    """Read an old address that leads here now: its path below the site."""
    value = shapes.word(node, place)
    plain = unquote(value)
    if not (_ALIAS.fullmatch(value) and _ALIAS.fullmatch(plain.replace(" ", "_"))):
        place.refuse(node.line, f"{value!r} is not a path: write it like /issues/old-name/")
    return value


def reason(node: Node, place: Place) -> str:
    """Read why something was reported in error."""
    value = shapes.line(node, place)
    if value.lower() in ("true", "false", "yes", "no"):
        place.refuse(node.line, f"{value!r} is no reason: say why in a sentence, or leave it out")
    return value


EDIT: Shape = {
    "at": Key(read=shapes.stated, required=True),
    "what": Key(read=shapes.line, required=True),
}
REPORT: Shape = {
    "what_happened": Key(read=shapes.OneOrSeveral(shapes.line)),
    "impact": Key(read=shapes.OneOrSeveral(shapes.line)),
    "resolution": Key(read=shapes.OneOrSeveral(shapes.line)),
}
COMMON: Shape = {
    "title": Key(read=shapes.line, required=True),
    "visibility": Key(read=shapes.visibility),
    "draft": Key(read=shapes.flag),
    "internal": Key(read=shapes.OneOrSeveral(shapes.prose)),
    "assignee": Key(read=shapes.line),
    "retracted": Key(read=reason),
    "edited": Key(read=shapes.Keys(EDIT)),
    "aliases": Key(read=shapes.OneOrSeveral(alias)),
    "template": Key(read=shapes.name),
}
"""The keys that incidents and maintenance share."""

INCIDENT: Shape = {
    **COMMON,
    "severity": Key(read=shapes.severity),
    "started": Key(read=shapes.stated, required=True),
    "components": Key(read=shapes.components),
    "impact": Key(read=shapes.Choice(Impact)),
    "report": Key(read=shapes.Keys(REPORT)),
    "acknowledged": Key(read=shapes.stated),
}


def parse_incident(document: Document, context: Context, place: Place) -> Incident | None:
    """Read one incident; None if it could not be, which the place was told."""
    try:
        nodes = outline(document, (*IncidentStatus, KEEPS), place)
    except Unreadable:
        return None
    values = _head(document, nodes.head, context, place) if nodes.head else {}
    updates = UpdateReader("incident", IncidentStatus, document.slug, context).read(
        nodes, values.get("started")
    )
    for named in values.get("components", ()):
        check_component(named, context, values.get("started"))
    if nodes.head is None or not shapes.holds(values, "title", "severity", "started"):
        return None
    policy = (context.policy or DEFAULT_POLICY).of(values["severity"])
    values["components"] = _components(values, policy)
    if context.policy and "visibility" not in values:
        _refuse_unsaid_visibility(values, updates, policy, nodes.head, place)
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


def _head(document: Document, head: Mapping, context: Context, place: Place) -> dict[str, Any]:
    """Read the keys of an incident, as far as they can be."""
    shape = INCIDENT | UPDATES if document.is_yaml else INCIDENT
    values = shapes.read_mapping(head, shape, place)
    is_severity_told = shapes.is_named(head, "severity", shape)
    if "title" in values:
        is_severity_told |= SEVERITY_IN_TITLE.match(values["title"]) is not None
        values["title"] = _split_title(values, head, place)
    if not is_severity_told:
        place.at("severity").tell(
            head.line, "is missing: add severity: SEV-1 to SEV-4, or [SEV-2] to the title"
        )
    values |= common(values, head, context, place)
    if "started" in values:
        try:
            values["started"] = values["started"].instant(context.zone)
        except Unreadable:
            del values["started"]
    return values


def common(values: dict[str, Any], head: Mapping, context: Context, place: Place) -> dict[str, Any]:
    """Settle the shared keys that hang on the site: times get its zone, templates must be there."""
    settled: dict[str, Any] = {"edited": None, "acknowledged": None}
    zone = context.zone
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
        there = ", ".join(context.templates) or "none"
        hint = nearest(template, context.templates) or f": in content/templates/ there is {there}"
        message = f"no template is called {template!r}{hint}"
        place.at("template").tell(head.line_of("template"), message)
    return settled


def _split_title(values: dict[str, Any], head: Mapping, place: Place) -> str:
    """Take the severity off the front of the title."""
    line = head.line_of("title")
    title: str = values["title"]
    found = SEVERITY_IN_TITLE.match(title)
    if not found:
        _refuse_status(title, line, place)
        return title
    spelt = re.sub(r"[\s-]", "", found[1].upper()).replace("SEV", "SEV-")
    if spelt not in tuple(Severity):
        place.at("title").tell(line, f"[{found[1]}] is not {one_of(Severity)}")
    elif "severity" in values and values["severity"] != spelt:
        message = f"says {values['severity']}, but the title says {spelt}: keep one of them"
        place.at("severity").tell(head.line_of("severity"), message)
    else:
        values["severity"] = Severity(spelt)
    if not found[2]:
        place.at("title").tell(line, "says nothing but the severity")
    _refuse_status(found[2], line, place)
    return found[2]


def _refuse_status(title: str, line: int, place: Place) -> None:
    """Tell a status in the title, where it changes nothing and stays for ever."""
    found = _STATUS_IN_TITLE.match(title)
    if found and re.sub(r"[ -]", "_", found[1].lower()) in tuple(IncidentStatus):
        message = f"{found[0]} stands in the title, where it changes nothing: write it as an update"
        place.at("title").tell(line, message)


def _components(values: dict[str, Any], policy: SeverityPolicy) -> tuple[ComponentChange, ...]:
    """Give each component its first status: its own, or what the severity gives."""
    return tuple(
        ComponentChange(component=named.component, status=named.status or policy.status)
        for named in values.get("components", ())
    )


def _refuse_unsaid_visibility(
    values: dict[str, Any],
    updates: tuple[Update[IncidentStatus], ...],
    policy: SeverityPolicy,
    head: Mapping,
    place: Place,
) -> None:
    """Tell an outage that only its severity would hide: one typed digit must not turn it green."""
    if policy.visibility == Visibility.PUBLIC:
        return
    changes = (*values["components"], *(change for one in updates for change in one.components))
    hurt = next((c for c in changes if c.status != ComponentStatus.OPERATIONAL), None)
    if hurt:
        place.at("visibility").tell(
            head.line_of("severity" if head.get("severity") else "title"),
            f"{values['severity']} would keep this off the page, yet {hurt.component} is set to "
            f"{hurt.status}: write visibility: public or visibility: internal",
        )
