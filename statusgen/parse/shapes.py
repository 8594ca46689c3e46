"""What a mapping may hold: a table of keys, each with the function that reads its value.

A reader takes a node and its place and returns the value; a mistake is told to the place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, tzinfo  # noqa: TC003 - msgspec reads the annotations
from enum import StrEnum
from typing import Any, Generic, NoReturn, TypeVar
from urllib.parse import urlsplit

from msgspec import Struct

from statusgen.errors import closest, nearest, one_of
from statusgen.expression import expression
from statusgen.model import ComponentStatus, Severity, Visibility
from statusgen.parse import times
from statusgen.parse.nodes import Mapping, Node, Place, Scalar, Sequence, Unreadable
from statusgen.parse.times import TimeError, WrittenTime
from statusgen.signs import find_control

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
Reader = Callable[[Node, Place], T]

NAME = expression(r"[a-z0-9]+(-[a-z0-9]+)*")
_SEVERITY = expression(r"SEV[- ]?([1-4])", re.IGNORECASE)
_GAP = expression(r"[\s-]+")
_OFFSET = expression(r"(UTC|GMT)?[+-]\d", re.IGNORECASE)
_LANGUAGE = expression(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


_MEANT = {
    "up": ComponentStatus.OPERATIONAL.value,
    "ok": ComponentStatus.OPERATIONAL.value,
    "green": ComponentStatus.OPERATIONAL.value,
    "maintenance": ComponentStatus.UNDER_MAINTENANCE.value,
    "degraded": ComponentStatus.DEGRADED_PERFORMANCE.value,
    "slow": ComponentStatus.DEGRADED_PERFORMANCE.value,
    "yellow": ComponentStatus.DEGRADED_PERFORMANCE.value,
    "partial": ComponentStatus.PARTIAL_OUTAGE.value,
    "major": ComponentStatus.MAJOR_OUTAGE.value,
    "outage": ComponentStatus.MAJOR_OUTAGE.value,
    "down": ComponentStatus.MAJOR_OUTAGE.value,
    "broken": ComponentStatus.MAJOR_OUTAGE.value,
    "red": ComponentStatus.MAJOR_OUTAGE.value,
}
"""What people call a component's status elsewhere."""


class Key(Struct, frozen=True, kw_only=True):
    """A key that a mapping may hold; `also` are the words that some write for it."""

    read: Reader[Any]
    required: bool = False
    also: str = ""


Shape = dict[str, Key]


class Stated(Struct, frozen=True, kw_only=True):
    """A time as it was stated, and where; it becomes an instant once its context is known."""

    written: WrittenTime
    line: int
    place: Place

    def instant(self, zone: tzinfo | None, *, after: datetime | None = None) -> datetime:
        """Find the instant, or tell why there is none.

        `zone` is None where the site's could not be read, which was told where it stands.
        """
        zone = self.written.zone or zone
        if zone is None:
            raise Unreadable
        try:
            return self.written.instant(zone, after=after)
        except TimeError as error:
            self.refuse(str(error))

    def refuse(self, message: str) -> NoReturn:
        """Tell that the time is a mistake."""
        self.place.refuse(self.line, message)


class Named(Struct, frozen=True, kw_only=True):
    """A component that was named, with the status that was given to it, and where."""

    component: str
    status: ComponentStatus | None
    line: int
    place: Place


def read_mapping(node: Node, shape: Shape, place: Place) -> dict[str, Any]:
    """Read every key; unknown, repeated, missing and mistaken ones are told and left out."""
    if not isinstance(node, Mapping):
        place.refuse(node.line, f"must be keys with values: {', '.join(shape)}")
    values: dict[str, Any] = {}
    seen: dict[str, int] = {}
    for key, value in node.entries:
        said = key.text
        below = place.at(node.labels.get(said, said))
        if said in seen:
            below.tell(key.line, _again(key.line, seen[said]))
            continue
        seen[said] = key.line
        if said not in shape:
            below.tell(key.line, _not_here(said, shape, node))
            continue
        try:
            values[said] = shape[said].read(value, below)
        except Unreadable:
            continue
    for wanted, needed in shape.items():
        if needed.required and wanted not in seen and not is_named(node, wanted, shape):
            label = node.label(wanted)
            place.at(label).tell(node.line, f"is missing: add {label}:")
    return values


def _again(line: int, first: int) -> str:
    before = f", after line {first}" if first != line else ""
    return f"stands a second time{before}: keep one"


def is_named(node: Mapping, key: str, shape: Shape) -> bool:
    """Whether a key stands there, or a misspelt one that was told on its own."""
    names = [name.text for name, _ in node.entries]
    return key in names or any(_meant(name, shape) == key for name in names)


def _meant(key: str, shape: Shape) -> str | None:
    """Find the key that an unknown one was meant to be."""
    if key in shape:
        return None
    words = {also: name for name, each in shape.items() for also in each.also.split()}
    words |= dict(zip(shape, shape, strict=True))
    found = closest(key, words)
    return words[found] if found else None


def _not_here(key: str, shape: Shape, node: Mapping) -> str:
    if node.labels:
        takes = ", ".join(node.label(each) for each in shape)
        return f"does not belong to this update, which may hold {takes}"
    if known := _meant(key, shape):
        return f"unknown key {key!r}; did you mean {known!r}?"
    return f"unknown key {key!r}: the keys here are {', '.join(shape)}"


def holds(values: dict[str, Any], *keys: str) -> bool:
    """Whether all these keys could be read."""
    return all(key in values for key in keys)


def text(node: Node, place: Place) -> str:
    """Read a text of any length."""
    if not isinstance(node, Scalar):
        found = "a list" if isinstance(node, Sequence) else "keys with values"
        place.refuse(node.line, f"must be a text, not {found}: put it in quotes if it is one")
    value = node.text.strip()
    if node.is_null or not value:
        place.refuse(node.line, "is empty: give it a value, or remove the line")
    if control := find_control(value):  # which quotes let one write
        sign = f"U+{ord(control[0]):04X}"
        place.refuse(node.line, f"holds an invisible control character, {sign}: remove it")
    return value


def prose(node: Node, place: Place) -> str:
    """Read a text from which YAML may have cut what it takes for a comment."""
    value = text(node, place)
    if isinstance(node, Scalar) and node.cut:
        place.refuse(node.line, f"YAML drops {node.cut!r} as a comment: put the text in quotes")
    return value


def line(node: Node, place: Place) -> str:
    """Read a text of one line: it goes into headers and headings."""
    value = prose(node, place)
    if len(value.splitlines()) != 1:
        place.refuse(node.line, "must be one line")
    return value


def word(node: Node, place: Place) -> str:
    """Read a single value that YAML comments may follow."""
    value = text(node, place)
    if len(value.splitlines()) != 1:
        place.refuse(node.line, "must be one line")
    return value


def name(node: Node, place: Place) -> str:
    """Read a name that becomes part of an address."""
    value = word(node, place)
    if not NAME.fullmatch(value):
        place.refuse(
            node.line,
            f"{value!r} is not a plain name: use small letters, digits and single hyphens",
        )
    return value


def flag(node: Node, place: Place) -> bool:
    """Read true or false; yes and no are understood."""
    value = word(node, place).lower()
    if value not in ("true", "false", "yes", "no"):
        place.refuse(node.line, f"{value!r} is not true or false")
    return value in ("true", "yes")


class Choice(Generic[E]):
    """A reader of one of an enumeration's words, in any case, blank or hyphen for `_`."""

    def __init__(self, kind: type[E]) -> None:
        self.words = {member.value: member for member in kind}

    def __call__(self, node: Node, place: Place) -> E:
        if isinstance(node, Scalar) and node.text in self.words:
            return self.words[node.text]
        value = word(node, place)
        words, spelt = self.words, _GAP.sub("_", value.lower())
        if spelt not in words:
            meant = _MEANT.get(spelt)
            hint = f"; did you mean {meant!r}?" if meant in words else nearest(spelt, words)
            place.refuse(node.line, f"{value!r} is not {one_of(words)}{hint}")
        return words[spelt]


_status = Choice(ComponentStatus)


def severity(node: Node, place: Place) -> Severity:
    """Read SEV-1 to SEV-4."""
    value = word(node, place)
    if not (found := _SEVERITY.fullmatch(value)):
        place.refuse(node.line, f"{value!r} is not {one_of(Severity)}")
    return Severity(f"SEV-{found[1]}")


visibility = Choice(Visibility)
"""Read who may read it."""


def day(node: Node, place: Place) -> Any:  # noqa: ANN401 - date would hide the module's name
    """Read a date."""
    try:
        return times.read_date(word(node, place))
    except TimeError as error:
        place.refuse(node.line, str(error))


def stated(node: Node, place: Place) -> Stated:
    """Read a time, whose date and zone the context may have to give."""
    try:
        written = times.read_time(word(node, place))
    except TimeError as error:
        place.refuse(node.line, str(error))
    return Stated(written=written, line=node.line, place=place)


def span(node: Node, place: Place) -> Any:  # noqa: ANN401 - as for day
    """Read how long something takes."""
    try:
        return times.read_span(word(node, place))
    except TimeError as error:
        place.refuse(node.line, str(error))


def zone(node: Node, place: Place) -> str:
    """Read a time zone that has a name."""
    value = word(node, place)
    if _OFFSET.match(value):
        place.refuse(node.line, f"{value!r} is an offset: name the zone, like Europe/Istanbul")
    try:
        known = times.read_zone(value)
    except TimeError as error:
        place.refuse(node.line, str(error))
    return "UTC" if "/" not in value else str(known)


def language(node: Node, place: Place) -> str:
    """Read a language tag (BCP 47)."""
    value = word(node, place)
    if not _LANGUAGE.fullmatch(value):
        place.refuse(node.line, f"{value!r} is not a language: write it like en or pt-BR")
    return value


def url(node: Node, place: Place) -> str:
    """Read an absolute address of the web."""
    value = word(node, place)
    try:
        parts = urlsplit(value)
        host = (parts.hostname or "").encode("idna")
        is_absolute = parts.scheme in ("http", "https") and bool(host) and parts.port != 0
    except ValueError:  # the port is no number, or the host no name
        is_absolute = False
    if not is_absolute or re.search(r"[\s<>\"]", value):
        place.refuse(node.line, f"{value!r} is not an address: write it like https://example.com/")
    return value


def fraction(node: Node, place: Place) -> float:
    """Read a number from 0 to 1."""
    value = word(node, place)
    if not re.fullmatch(r"0|1|[01]?\.\d{1,6}", value) or not 0 <= float(value) <= 1:
        place.refuse(node.line, f"{value!r} is not a number from 0 to 1, like 0.3")
    return float(value)


class Several(Generic[T]):
    """A reader of a list."""

    def __init__(self, read: Reader[T]) -> None:
        self.read = read

    def __call__(self, node: Node, place: Place) -> tuple[T, ...]:
        if not isinstance(node, Sequence):
            place.refuse(node.line, "must be a list: a line `- …` for each item")
        values = []
        for index, item in enumerate(node.items):
            try:
                values.append(self.read(item, place.item(index)))
            except Unreadable:
                continue
        if len(values) != len(node.items):
            raise Unreadable
        return tuple(values)


class OneOrSeveral(Several[T]):
    """A reader of a list that takes a single value for a list of one."""

    def __call__(self, node: Node, place: Place) -> tuple[T, ...]:
        if isinstance(node, Scalar):
            return (self.read(node, place),)
        return super().__call__(node, place)


class Keys:
    """A reader of keys with values."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape

    def __call__(self, node: Node, place: Place) -> dict[str, Any]:
        return read_mapping(node, self.shape, place)


def component_changes(node: Node, place: Place) -> tuple[Named, ...]:
    """Read components with their statuses, `api: degraded_performance`."""
    _refuse_hyphens(node, place)
    if not isinstance(node, Mapping):
        place.refuse(node.line, "must name a status for each component, like api: operational")
    named: dict[str, Named] = {}
    for key, value in node.entries:
        below = place.at(key.text)
        if key.text in named:
            below.tell(key.line, _again(key.line, named[key.text].line))
            continue
        try:
            status = _status(value, below)
        except Unreadable:
            continue
        named[key.text] = Named(component=key.text, status=status, line=key.line, place=below)
    if len(named) != len(node.entries):
        raise Unreadable
    return tuple(named.values())


def _refuse_hyphens(node: Node, place: Place) -> None:
    """Refuse a list of statuses, `- api: degraded_performance`: their names are keys."""
    for item in node.items if isinstance(node, Sequence) else ():
        if isinstance(item, Mapping) and item.entries:
            name, status = item.entries[0]
            said = status.text if isinstance(status, Scalar) else ""
            message = f"leave the hyphens out: {name.text}: {said or 'major_outage'}"
            place.refuse(item.line, message)


def component_names(node: Node, place: Place) -> tuple[Named, ...]:
    """Read a list of components, without a status."""
    if not isinstance(node, Sequence):
        place.refuse(node.line, "must be a list: a line `- …` for each component")
    named: dict[str, Named] = {}
    for index, item in enumerate(node.items):
        below = place.item(index)
        try:
            component = word(item, below)
        except Unreadable:
            continue
        if component in named:
            below.tell(item.line, f"{component!r} {_again(item.line, named[component].line)}")
            continue
        named[component] = Named(component=component, status=None, line=item.line, place=below)
    if len(named) != len(node.items):
        raise Unreadable
    return tuple(named.values())


def components(node: Node, place: Place) -> tuple[Named, ...]:
    """Read components as a map to statuses, or as a list whose status the severity gives."""
    _refuse_hyphens(node, place)
    if isinstance(node, Sequence):
        return component_names(node, place)
    if not isinstance(node, Mapping):
        place.refuse(node.line, "must be a list, or name statuses like api: major_outage")
    return component_changes(node, place)
