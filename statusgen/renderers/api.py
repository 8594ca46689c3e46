"""What programs read: Statuspage's API (v2), our own, and the description of both (OpenAPI 3.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec.structs import replace

from statusgen.artifact import Artifact, Bundle
from statusgen.markdown import WIDE, to_fragment, to_html, to_text
from statusgen.views.api import ComponentRecord, IncidentRecord, MonthRecord
from statusgen.views.page import Batch
from statusgen.views.statuspage import (
    FILES,
    FOLDER,
    IncidentObject,
    IncidentsFile,
    MaintenanceObject,
    MaintenancesFile,
    StatuspageFile,
    SummaryFile,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.theme import Theme
    from statusgen.views import SiteView
    from statusgen.views.api import Document, PostmortemRecord, UpdateRecord


OWN: dict[str, tuple[type[msgspec.Struct], str]] = {
    "api/incidents/{id}": (IncidentRecord, "An incident, by the name that its address ends with."),
    "api/components/{id}": (ComponentRecord, "A component, with each day of a year."),
    "api/history/{month}": (MonthRecord, "What began in a month of the record, as in 2026-01."),
}
"""The files of our own API by their names: what each holds, and what it is for."""

SCHEMAS = "#/components/schemas/"

Event = TypeVar("Event", IncidentObject, MaintenanceObject)
Said = TypeVar("Said", "UpdateRecord", "PostmortemRecord")


def artifacts(view: SiteView, _theme: Theme) -> Iterator[Artifact | Bundle]:
    """Tell the files."""
    for file in view.api.statuspage.promises:
        yield Artifact(path=file.path, view=file, render=statuspage)
    for part in view.api.incidents.parts:
        if isinstance(part, Batch):
            yield Bundle(batch=part, place=str, render=incident)
        else:
            yield Artifact(path=part.path, view=part, render=incident)
    for component in view.api.components.promises:
        yield Artifact(path=component.path, view=component, render=record)
    for month in view.api.months.promises:
        yield Artifact(path=month.path, view=month, render=record)
    yield Artifact(path="api/openapi.json", view=view.api.document, render=description)


def statuspage(view: StatuspageFile, _theme: Theme) -> bytes:
    """Write a file of Statuspage's API."""
    url = f"{view.page.url}/"
    if isinstance(view, (SummaryFile, IncidentsFile)):
        view = replace(view, incidents=tuple(_event(one, url) for one in view.incidents))
    if isinstance(view, (SummaryFile, MaintenancesFile)):
        works = tuple(_event(one, url) for one in view.scheduled_maintenances)
        view = replace(view, scheduled_maintenances=works)
    return msgspec.json.encode(view)


def incident(view: IncidentRecord, _theme: Theme) -> bytes:
    """Write an incident."""
    page = view.url
    root = view.url.removesuffix(f"incidents/{view.id}/")
    learnt = _said(view.postmortem, root, page) if view.postmortem else None
    updates = tuple(_said(one, root, page) for one in view.updates)
    return msgspec.json.encode(replace(view, updates=updates, postmortem=learnt))


def record(view: ComponentRecord | MonthRecord, _theme: Theme) -> bytes:
    """Write what holds no text of an update."""
    return msgspec.json.encode(view)


def description(view: Document, _theme: Theme) -> bytes:
    """Describe every file, so that programs know what to expect."""
    files = {f"{FOLDER}{name}": told for name, told in FILES.items()} | OWN
    kinds = list(dict.fromkeys(kind for kind, _ in files.values()))
    _, schemas = msgspec.json.schema_components(kinds, ref_template=f"{SCHEMAS}{{name}}")
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": f"Status of {view.title}",
            "version": "1.0.0",
            "description": "Files that are written anew when something changes. Those below "
            "`/api/v2/` are what Statuspage's public API gives.",
        },
        "servers": [{"url": view.url.rstrip("/")}],
        "paths": {f"/{name}.json": _path(name, *told) for name, told in files.items()},
        "components": {"schemas": schemas},
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


def _path(name: str, kind: type[msgspec.Struct], told: str) -> dict[str, Any]:
    """Describe a file, or the files whose names are made by a template."""
    content = {"application/json": {"schema": {"$ref": f"{SCHEMAS}{kind.__name__}"}}}
    answers = {"200": {"description": told, "content": content}}
    parameters = [
        {"name": one, "in": "path", "required": True, "schema": {"type": "string"}}
        for one in re.findall(r"{(\w+)}", name)
    ]
    if parameters:
        answers["404"] = {"description": "There is none."}
    words = re.sub(r"\W+", " ", name).split()
    return {
        "get": {
            "operationId": "_".join(words),
            "summary": told,
            "parameters": parameters,
            "responses": answers,
        }
    }


def _event(one: Event, url: str) -> Event:
    updates = tuple(
        replace(update, body=str(to_fragment(update.body, root=url, page=one.shortlink)))
        for update in one.incident_updates
    )
    return replace(one, incident_updates=updates)


def _said(one: Said, root: str, page: str) -> Said:
    return replace(
        one,
        html=str(to_html(one.html, root=root, page=page)),
        text=to_text(one.text, root=root, page=page, width=WIDE),
    )
