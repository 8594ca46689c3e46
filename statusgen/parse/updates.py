"""The updates of an incident or a maintenance, from whichever spelling, in the order of time."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from statusgen.config import Config
from statusgen.errors import nearest, one_of
from statusgen.model import (
    Component,
    ComponentChange,
    ComponentStatus,
    IncidentStatus,
    MaintenanceStatus,
    Moment,
    Notify,
    Update,
)
from statusgen.parse import shapes
from statusgen.parse.blocks import read_blocks, read_markdown, split_front_matter
from statusgen.parse.nodes import Mapping, Node, Place, Scalar, Sequence, Unreadable, read_yaml
from statusgen.parse.shapes import Key, Named, Reader, Shape, Stated
from statusgen.parse.times import spell, spell_duration

if TYPE_CHECKING:
    from collections.abc import Collection

    from statusgen.content import Document

KEEPS = "update"
"""The status of an update that keeps the status before it."""

_ID = re.compile(r"([a-z0-9-]+-)?(\d{8}T\d{4}Z(-\d+)?)")

Status = IncidentStatus | MaintenanceStatus


class Context(Struct, frozen=True, kw_only=True):
    """What a file must be read against.

    `components` is None where they could not be read, so that one mistake there does not become
    one in every file.
    """

    config: Config
    components: dict[str, Component] | None
    templates: tuple[str, ...]
    moment: Moment


class Outline(Struct, frozen=True, kw_only=True):
    """A document by its nodes: its keys, and its updates with where each stands."""

    head: Mapping
    updates: tuple[tuple[Node, Place], ...]
    parts: tuple[tuple[Node, Place], ...]


def status_reader(kind: type[Status]) -> Reader[str]:
    """Make a reader of a status, or of the word that keeps the one before."""
    words = (*kind, KEEPS)

    def read(node: Node, place: Place) -> str:
        value = shapes.word(node, place)
        spelt = re.sub(r"[\s_-]+", "_", value.strip().lower())
        if spelt not in words:
            hint = nearest(spelt, words)
            is_header = place.address.endswith("header")
            escape = f"; if it is no header, write \\[{value}]" if is_header else ""
            place.refuse(node.line, f"{value!r} is not {one_of(words)}{hint}{escape}")
        return spelt

    return read


def body(node: Node, place: Place) -> str:
    """Read an update's text."""
    if isinstance(node, Scalar) and not node.text.strip():
        place.refuse(node.line, "the update has no text: say what is known")
    return shapes.prose(node, place)


def notify(node: Node, place: Place) -> Notify:
    """Read what an update asks of those who send messages."""
    value = shapes.word(node, place).lower()
    known = (Notify.NO.value, Notify.CORRECTION.value)
    if value not in known:
        place.refuse(node.line, f"{value!r} is not {one_of(known)}{nearest(value, known)}")
    return Notify(value)


def pinned_id(node: Node, place: Place) -> str:
    """Read the id that an update keeps when its time is corrected."""
    value = shapes.word(node, place)
    if not (found := _ID.fullmatch(value)):
        example = "20260102T1705Z, the end of its address on the page"
        place.refuse(node.line, f"{value!r} is not the id of an update: write it like {example}")
    return found[2]


_ANY_UPDATE: Shape = {
    "at": Key(read=shapes.stated, required=True),
    "body": Key(read=body, required=True),
    "next_update": Key(read=shapes.stated),
    "notify": Key(read=notify),
    "id": Key(read=pinned_id),
}
INCIDENT_UPDATE: Shape = {
    "status": Key(read=status_reader(IncidentStatus), required=True),
    **_ANY_UPDATE,
    "components": Key(read=shapes.component_changes),
    "severity": Key(read=shapes.severity),
}
MAINTENANCE_UPDATE: Shape = {
    "status": Key(read=status_reader(MaintenanceStatus), required=True),
    **_ANY_UPDATE,
    "starts": Key(read=shapes.stated),
    "ends": Key(read=shapes.stated),
}


def outline(document: Document, statuses: Collection[str], place: Place) -> Outline:
    """Bring any of the three spellings to the same nodes."""
    if document.is_yaml:
        head, updates = _split_updates(read_yaml(document.text, place), place)
    else:
        front, updates = read_markdown(document.text, statuses, place)
        if front is None:
            place.at("front matter").refuse(1, "is missing: begin with `---`, title: and so on")
        head = front
    listed = tuple(
        (item, place.at("updates").item(index)) for index, item in enumerate(updates.items)
    )
    parts = []
    for part in document.parts:
        below = Place(path=part.path, problems=place.problems)
        try:
            parts.append((_part(part, statuses, below), below.at("update")))
        except Unreadable:
            continue
    return Outline(head=head, updates=listed, parts=tuple(parts))


def _split_updates(node: Node, place: Place) -> tuple[Mapping, Sequence]:
    if not isinstance(node, Mapping):
        place.refuse(node.line, "must be keys with values, like title: …")
    updates = node.get("updates")
    if updates is None:
        return node, Sequence(items=(), line=node.line)
    if not isinstance(updates, Sequence):
        place.at("updates").refuse(updates.line, "must be a list: `- status: …` for each update")
    rest = tuple(entry for entry in node.entries if entry[1] is not updates)
    return Mapping(entries=rest, line=node.line), updates


def _part(part: Document, statuses: Collection[str], place: Place) -> Node:
    """Read an update that has a file of its own."""
    if part.is_yaml:
        return read_yaml(part.text, place)
    front, text = split_front_matter(part.text, place)
    if front is not None:
        place.at("front matter").refuse(1, "does not belong here: an update is just its block")
    blocks = read_blocks(text, statuses, place)
    if len(blocks.items) != 1:
        count = len(blocks.items) or "no"
        place.at("updates").refuse(1, f"the file holds {count} updates; it needs just one")
    return blocks.items[0]


class _Dated(Struct, kw_only=True):
    """An update on its way to becoming one."""

    at: datetime
    line: int
    place: Place
    values: dict[str, Any]
    status: Status | None = None


class UpdateReader:
    """Reads the updates of one incident or maintenance."""

    def __init__(self, kind: str, slug: str, context: Context) -> None:
        """Take what the ids are made of, and what the updates are read against."""
        self.kind = kind
        self.prefix = f"{kind}-{slug}-"
        self.context = context
        self.shape = INCIDENT_UPDATE if kind == "incident" else MAINTENANCE_UPDATE
        self.statuses: type[Status] = IncidentStatus if kind == "incident" else MaintenanceStatus

    def read(self, outline: Outline, start: datetime | None, place: Place) -> tuple[Update, ...]:
        """Read all updates; `start` is what the first one follows, where something does."""
        if not outline.updates and not outline.parts:
            place.at("updates").tell(
                outline.head.line, "is missing: an entry begins with its first update"
            )
        dated = self.dated(outline, start)
        self.settle_statuses(dated)
        ids = self.ids(dated)
        return tuple(
            self.update(each, ids[index])
            for index, each in enumerate(dated)
            if each.status is not None and "body" in each.values
        )

    def dated(self, outline: Outline, start: datetime | None) -> list[_Dated]:
        listed: list[_Dated] = []
        previous = start
        for node, place in outline.updates:
            if one := self.one(node, place, start, previous, is_part=False):
                previous = max(previous or one.at, one.at)
                listed.append(one)
        for node, place in outline.parts:
            if one := self.one(node, place, start, start, is_part=True):
                listed.append(one)
        return sorted(listed, key=lambda one: one.at) if outline.parts else listed

    def one(
        self,
        node: Node,
        place: Place,
        start: datetime | None,
        previous: datetime | None,
        *,
        is_part: bool,
    ) -> _Dated | None:
        """Read one update and find its instant."""
        try:
            values = shapes.read_mapping(node, self.shape, place)
        except Unreadable:
            return None
        stated: Stated | None = values.get("at")
        if stated is None:
            return None
        try:
            at = self.instant(stated, start, previous, is_part=is_part)
        except Unreadable:
            return None
        return _Dated(at=at, line=node.line, place=place, values=values)

    def instant(
        self, stated: Stated, start: datetime | None, previous: datetime | None, *, is_part: bool
    ) -> datetime:
        zone = self.context.config.zone
        if is_part and stated.written.date is None:
            example = "2026-01-02 17:05 UTC"
            stated.refuse(f"needs its date in a file of its own: write it like {example}")
        at = stated.instant(zone, after=previous)
        if previous and at < previous:
            what = "the start" if previous == start else "the update before it"
            stated.refuse(f"{spell(at)} lies before {what}, {spell(previous)}")
        moment = self.context.moment
        if self.kind == "incident" and moment.is_clock and at > moment.until:
            ahead = spell_duration(at - moment.as_of)
            stated.refuse(f"{spell(at)} lies {ahead} ahead of the clock: is it a local time?")
        return at

    def settle_statuses(self, dated: list[_Dated]) -> None:
        """Give each update its status: `update` keeps the one before it."""
        status: Status | None = None
        for one in dated:
            said = one.values.get("status")
            if said is None:
                continue
            if said != KEEPS:
                status = self.statuses(said)
            elif status is None:
                words = one_of(self.statuses)
                one.place.tell(one.line, f"the first update must say more than 'update': {words}")
            one.status = status

    def ids(self, dated: list[_Dated]) -> list[str]:
        """Name each update by its minute, those of the same minute by a counter as well."""
        taken: dict[str, int] = {}
        for index, one in enumerate(dated):
            if pinned := one.values.get("id"):
                if pinned in taken:
                    one.place.at("Id").tell(one.line, f"{pinned} names another update already")
                taken[pinned] = index
        named = {index: name for name, index in taken.items()}
        for index, one in enumerate(dated):
            if index in named:
                continue
            minute = f"{one.at:%Y%m%dT%H%MZ}"
            name, count = minute, 1
            while name in taken:
                count += 1
                name = f"{minute}-{count}"
            taken[name] = index
            named[index] = name
        return [self.prefix + named[index] for index in range(len(dated))]

    def update(self, one: _Dated, name: str) -> Update:
        values = one.values
        assert one.status is not None  # noqa: S101 - the caller leaves out those without
        changes = self.changes(values.get("components", ()), one)
        return Update(
            id=name,
            status=one.status,
            at=one.at,
            body=values["body"],
            components=changes,
            severity=values.get("severity"),
            next_update=self.later(values.get("next_update"), one.at),
            notify=values.get("notify", Notify.YES),
            starts=self.later(values.get("starts"), None),
            ends=self.later(values.get("ends"), None),
        )

    def later(self, stated: Stated | None, after: datetime | None) -> datetime | None:
        """Find an instant that an update names, which `after` precedes."""
        if stated is None:
            return None
        try:
            found = stated.instant(self.context.config.zone, after=after)
            if after and found < after:
                stated.refuse(f"{spell(found)} lies before the update itself, {spell(after)}")
        except Unreadable:
            return None
        return found

    def changes(self, named: tuple[Named, ...], one: _Dated) -> tuple[ComponentChange, ...]:
        changes = []
        for each in named:
            check_component(each, self.context)
            status = each.status or ComponentStatus.OPERATIONAL
            if one.status == IncidentStatus.RESOLVED and status != ComponentStatus.OPERATIONAL:
                message = (
                    "'resolved' returns all to operational: stay in monitoring until it is over"
                )
                each.place.tell(each.line, message)
            changes.append(ComponentChange(component=each.component, status=status))
        return tuple(changes)


def check_component(named: Named, context: Context, started: datetime | None = None) -> None:
    """Tell a component that is not known, or that was retired before it broke."""
    known, zone = context.components, context.config.zone
    if known is None:
        return
    component = known.get(named.component)
    if component is None:
        hint = nearest(named.component, known)
        named.place.tell(named.line, f"no component is called {named.component!r}{hint}")
    elif component.retired and started and component.retired <= started.astimezone(zone).date():
        message = f"{component.id!r} was retired on {component.retired}"
        named.place.tell(named.line, message)
