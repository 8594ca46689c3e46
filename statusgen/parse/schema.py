"""JSON Schemas (draft 2020-12) of the content's YAML, made from the tables that it is read by.

Editors complete keys and words by them, and mark what would be refused. They judge a file alone:
what hangs on other files, on the order of updates or on the clock is left to the reader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from statusgen.config import FORMATS
from statusgen.model import ComponentStatus, Notify, Severity
from statusgen.parse import incidents, settings, shapes, updates
from statusgen.parse.incidents import INCIDENT
from statusgen.parse.maintenance import MAINTENANCE
from statusgen.parse.settings import COMPONENT, GROUP, LINK, POLICY, SITE, THEME
from statusgen.parse.shapes import Choice, Keys, OneOrSeveral, Several
from statusgen.parse.updates import INCIDENT_UPDATE, MAINTENANCE_UPDATE, StatusReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from statusgen.parse.shapes import Shape

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]

_SCALAR = ["string", "number", "boolean"]
_EDGE = r"\s*"
_NAME = r"[a-z0-9]+(-[a-z0-9]+)*"
_DATE = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_CLOCK = r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d{1,9})?)?"
_ZONE = r"\s*([A-Za-z][A-Za-z0-9_+/-]*(:\d{2})?|[+-]\d{2}(:?\d{2})?)"
_TIME = rf"({_DATE}([Tt]|\s+))?{_CLOCK}({_ZONE})?"
_SPAN = r"\d+\s*(min|minutes?|h|hours?|d|days?|weeks?)"
_MAIL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
_URL = r"[Hh][Tt][Tt][Pp][Ss]?://[^\s<>\"/?#]+[^\s<>\"]*"
_PATH = r"/?[\w.~%@+-][\w./~%@+-]*(\?[\w./~%@+=&-]*)?(#[\w.~%-]*)?"
_UPDATE_ID = r"([a-z0-9-]+-)?\d{8}T\d{4}Z(-\d+)?"


def _fits(pattern: str, kinds: Iterable[str] = ("string",)) -> Schema:
    """Write a value that fits a pattern, with blanks around it; a number does so as it is typed."""
    return {"type": [*kinds], "pattern": f"^{_EDGE}(?:{pattern}){_EDGE}$"}


def _words(words: Iterable[str]) -> Schema:
    """Write one of some words: an editor offers them, and any case and hyphen is fine."""
    spelt = [*words]
    loose = ("".join(_loose(sign) for sign in word) for word in spelt)
    return {"anyOf": [{"enum": spelt}, _fits("|".join(loose))]}


def _loose(sign: str) -> str:
    if sign in "_- ":
        return r"[\s_-]+"
    return f"[{sign.upper()}{sign.lower()}]" if sign.isalpha() else sign


_TEXT: Schema = {"type": _SCALAR, "pattern": r"\S"}
_LINE: Schema = {"type": _SCALAR, "pattern": r"^\s*\S[^\n\r\u0085\u2028\u2029]*\s*$"}
_LISTED: Schema = {"type": "array", "items": _LINE}
_COMPONENT_MAP: Schema = {
    "type": "object",
    "additionalProperties": _words(ComponentStatus),
}
_LANGUAGE = _fits(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_FRACTION: Schema = {
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": 1},
        _fits(r"0|1|[01]?\.\d{1,6}"),
    ]
}

_READERS: dict[Callable[..., Any], Schema] = {
    shapes.text: _TEXT,
    shapes.prose: _TEXT,
    shapes.line: _LINE,
    shapes.word: _LINE,
    shapes.name: {**_fits(_NAME, ("string", "integer", "boolean")), "minimum": 0},
    shapes.flag: {"anyOf": [{"type": "boolean"}, _words(["true", "false", "yes", "no"])]},
    shapes.severity: {"anyOf": [{"enum": [*Severity]}, _fits(r"[Ss][Ee][Vv][- ]?[1-4]")]},
    shapes.day: _fits(_DATE),
    shapes.stated: _fits(_TIME),
    shapes.span: _fits(_SPAN),
    shapes.zone: _fits(r"[A-Za-z][A-Za-z0-9_+/-]*"),
    shapes.language: _LANGUAGE,
    shapes.url: _fits(_URL),
    shapes.fraction: _FRACTION,
    shapes.component_names: _LISTED,
    shapes.component_changes: _COMPONENT_MAP,
    shapes.components: {"anyOf": [_LISTED, _COMPONENT_MAP]},
    settings.mail_address: _fits(_MAIL),
    settings.mailbox: _fits(rf"[^<>@,;\"\\]+ <{_MAIL}>|{_MAIL}"),
    settings.contact: _fits(rf"{_URL}|{_MAIL}"),
    settings.unsubscribe: _fits(rf"https://[^\s<>\"/?#]+[^\s<>\"]*|mailto:{_MAIL}"),
    settings.target: _fits(rf"{_URL}|mailto:{_MAIL}|{_PATH}", ("string", "number", "boolean")),
    settings.site_url: _fits(r"[Hh][Tt][Tt][Pp][Ss]?://[^\s<>\"/?#@]+[^\s<>\"?#]*"),
    settings.duration: {"anyOf": [{"const": "none"}, _fits(_SPAN)]},
    settings.languages: {"type": "array", "items": _LANGUAGE, "minItems": 1},
    settings.format_name: {"enum": [*FORMATS]},
    settings.pattern: _TEXT,
    incidents.alias: _fits(r"(?!//)(/(?!:|\.\.?(/|$))[^\s?#\\/*]*)+"),
    incidents.reason: {
        **_LINE,
        "type": ["string", "number"],
        "not": _words(["true", "false", "yes", "no"]),
    },
    updates.body: _TEXT,
    updates.notify: _words([Notify.NO, Notify.CORRECTION]),
    updates.pinned_id: _fits(_UPDATE_ID),
}
"""What each reader of a value takes, as far as that can be told of the value alone."""


def _of(read: Callable[..., Any]) -> Schema:
    """Write what a reader takes."""
    match read:
        case Choice() | StatusReader():
            return _words(read.words)
        case OneOrSeveral():
            one = _of(read.read)
            return {"anyOf": [one, {"type": "array", "items": one}]}
        case Several():
            return {"type": "array", "items": _of(read.read)}
        case Keys():
            return _object(read.shape)
        case _:
            return _READERS[read]


def _object(shape: Shape, more: Mapping[str, Schema] = {}) -> Schema:
    """Write keys with values; `more` are those whose values the table leaves to others."""
    properties = {key: more[key] if key in more else _of(one.read) for key, one in shape.items()}
    required = [key for key, one in shape.items() if one.required]
    told: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**told, "required": required} if required else told


_READERS[settings.theme_options] = {
    "type": "object",
    "additionalProperties": {"anyOf": [_LINE, {"type": "array", "items": _object(LINK)}]},
}
_READERS[settings.theme] = {"anyOf": [_READERS[shapes.name], _object(THEME)]}


def _story(shape: Shape, update: Shape) -> Schema:
    """Write an incident or a maintenance: in Markdown its updates stand below the front matter."""
    told = _object(shape)
    told["properties"]["updates"] = {"type": "array", "items": _object(update)}
    return told


def _incident() -> Schema:
    """Write an incident, whose severity may stand in its title."""
    in_title = {"properties": {"title": {"pattern": r"^\s*\[[Ss][Ee][Vv]"}}}
    told = _story(INCIDENT, INCIDENT_UPDATE)
    return {**told, "anyOf": [{"required": ["severity"]}, in_title]}


def _components() -> Schema:
    """Write the list of components and groups."""
    leaf = _object(COMPONENT)
    group = _object(GROUP, {"components": {"type": "array", "items": leaf}})
    is_group = {"anyOf": [{"required": ["group"]}, {"required": ["components"]}]}
    return {"type": "array", "items": {"if": is_group, "then": group, "else": leaf}}


def schemas() -> dict[str, Schema]:
    """Tell the schema of each kind of file, by name."""
    found = {
        "site": _object(SITE),
        "components": _components(),
        "policy": _object(POLICY),
        "incident": _incident(),
        "maintenance": _story(MAINTENANCE, MAINTENANCE_UPDATE),
        "incident-update": _object(INCIDENT_UPDATE),
        "maintenance-update": _object(MAINTENANCE_UPDATE),
    }
    return {
        name: {"$schema": DIALECT, "title": f"statusgen: {name}", **told}
        for name, told in found.items()
    }
