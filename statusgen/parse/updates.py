"""The updates of an incident or a maintenance, from whichever spelling, in the order of time."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Generic

from msgspec import Struct

from statusgen.config import Policy
from statusgen.errors import nearest, one_of
from statusgen.expression import expression
from statusgen.model import (
    Component,
    ComponentChange,
    ComponentStatus,
    IncidentStatus,
    MaintenanceStatus,
    Moment,
    Notify,
    S,
    Update,
)
from statusgen.parse import shapes
from statusgen.parse.blocks import (
    LABELS,
    Blocks,
    UsualBlock,
    header_in_text,
    lost_in_text,
    not_a_status,
    read_blocks,
    read_markdown,
    split_front_matter,
)
from statusgen.parse.nodes import Mapping, Node, Place, Scalar, Sequence, Unreadable, read_yaml
from statusgen.parse.shapes import Key, Named, Shape, Stated
from statusgen.parse.times import read_usual_instant, spell, spell_duration, spell_minute

if TYPE_CHECKING:
    from collections.abc import Collection

    from statusgen.content import Document

KEEPS = "update"
"""The status of an update that keeps the status before it."""

_GAP = expression(r"[\s_-]+")
_ID = expression(r"([a-z0-9-]+-)?\d{8}T\d{4}Z(-\d+)?")

Status = IncidentStatus | MaintenanceStatus


class Context(Struct, frozen=True, kw_only=True):
    """What a file must be read against.

    The site's zone, its policy, its components and its languages, that of the content first, are
    None where they could not be read, so that one mistake there does not become one in every file.
    """

    zone: tzinfo | None
    policy: Policy | None
    components: dict[str, Component] | None
    templates: tuple[str, ...]
    moment: Moment
    languages: tuple[str, ...] | None = ()


class Outline(Struct, frozen=True, kw_only=True):
    """A document by its nodes: its keys, and its updates with where each stands.

    `head` is None where the front matter could not be read, which was told.
    """

    head: Mapping | None
    updates: tuple[tuple[Node | UsualBlock, Place], ...]
    parts: tuple[tuple[Node | UsualBlock, Place], ...]


class StatusReader:
    """A reader of a status, or of the word that keeps the one before."""

    def __init__(self, kind: type[Status]) -> None:
        self.words: dict[str, str] = {each.value: each for each in kind} | {KEEPS: KEEPS}
        self.usual = {each.upper(): read for each, read in self.words.items()}

    def __call__(self, node: Node, place: Place) -> str:
        if isinstance(node, Scalar) and node.text in self.usual:
            return self.usual[node.text]
        value = shapes.word(node, place)
        spelt = _GAP.sub("_", value.lower())
        if spelt not in self.words:
            is_header = place.address.endswith(f".{LABELS['status']}")
            place.refuse(node.line, not_a_status(value, self.words, is_header=is_header))
        return self.words[spelt]


def body(node: Node, place: Place) -> str:
    """Read an update's text."""
    if isinstance(node, Scalar) and not node.text.strip():
        place.refuse(node.line, "the update has no text: say what is known")
    value = shapes.prose(node, place)
    if place.step == ".body":
        _refuse_lost(value, node.line, place)
    return value


def _refuse_lost(text: str, line: int, place: Place) -> None:
    """Tell what a text in YAML holds in vain; in Markdown it is told where it stands."""
    for each in text.split("\n"):
        if lost := lost_in_text(each):
            place.tell(line, lost)
    if status := header_in_text(text, (*IncidentStatus, *MaintenanceStatus)):
        place.tell(line, f"[{status}] stands inside a text: make it an update of its own")


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
    if not _ID.fullmatch(value):
        example = "20260102T1705Z, the end of its address on the page"
        place.refuse(node.line, f"{value!r} is not the id of an update: write it like {example}")
    return value


_INCIDENT_STATUS = StatusReader(IncidentStatus)
_MAINTENANCE_STATUS = StatusReader(MaintenanceStatus)
_ANY_UPDATE: Shape = {
    "at": Key(read=shapes.stated, required=True, also="updated"),
    "body": Key(read=body, required=True),
    "next_update": Key(read=shapes.stated),
    "notify": Key(read=notify),
    "id": Key(read=pinned_id),
}
INCIDENT_UPDATE: Shape = {
    "status": Key(read=_INCIDENT_STATUS, required=True),
    **_ANY_UPDATE,
    "components": Key(read=shapes.component_changes),
    "severity": Key(read=shapes.severity),
}
MAINTENANCE_UPDATE: Shape = {
    "status": Key(read=_MAINTENANCE_STATUS, required=True),
    **_ANY_UPDATE,
    "starts": Key(read=shapes.stated),
    "ends": Key(read=shapes.stated),
}


_USUAL = {"incident": _INCIDENT_STATUS.usual, "maintenance": _MAINTENANCE_STATUS.usual}
"""How statuses are usually spelt, by what has them."""

UPDATES: Shape = {"updates": Key(read=lambda node, _: node)}
"""A key of YAML alone, whose value is read in a step of its own."""


def outline(
    document: Document, statuses: Collection[str], place: Place, *, needs_updates: bool = True
) -> Outline:
    """Bring any of the three spellings to the same nodes."""
    before = len(place.problems)
    head: Mapping | None
    if document.is_yaml:
        head = _head(read_yaml(document.text, place), place)
        updates: Blocks = _listed(head, place)
    else:
        head, updates = read_markdown(document.text, statuses, place)
    is_silent = needs_updates and not updates and not document.parts
    if is_silent and len(place.problems) == before:
        _refuse_silence(head, place)
    below = place.at("updates")
    listed = tuple((one, below.item(index)) for index, one in enumerate(updates))
    parts = []
    for part in document.parts:
        own = Place(path=part.path, problems=place.problems)
        try:
            parts.append((_part(part, statuses, own), own.at("update")))
        except Unreadable:
            continue
    return Outline(head=head, updates=listed, parts=tuple(parts))


def _refuse_silence(head: Mapping | None, place: Place) -> None:
    """Tell that there are no updates, unless their key is misspelt, which is told on its own."""
    is_misspelt = head and not head.get("updates") and shapes.is_named(head, "updates", UPDATES)
    if head and not is_misspelt:
        place.at("updates").tell(head.line_of("updates"), "there are none: write the first one")


def _head(node: Node, place: Place) -> Mapping:
    if not isinstance(node, Mapping):
        place.refuse(node.line, "must be keys with values, like title: …")
    return node


def _listed(head: Mapping, place: Place) -> tuple[Node, ...]:
    """Find the updates of a YAML file."""
    updates = head.get("updates")
    if updates is None:
        return ()
    if not isinstance(updates, Sequence):
        line = head.line_of("updates")
        place.at("updates").refuse(line, "must be a list: `- status: …` for each update")
    return updates.items


def _part(part: Document, statuses: Collection[str], place: Place) -> Node | UsualBlock:
    """Read an update that has a file of its own."""
    if part.is_yaml:
        return read_yaml(part.text, place)
    before = len(place.problems)
    front, text = split_front_matter(part.text, place)
    if front is not None:
        place.at("front matter").refuse(1, "does not belong here: an update is just its block")
    blocks = read_blocks(text, statuses, place)
    if not blocks and len(place.problems) > before:
        raise Unreadable
    if len(blocks) != 1:
        count = len(blocks) or "no"
        place.at("updates").refuse(1, f"the file holds {count} updates; it needs just one")
    return blocks[0]


class _Dated(Struct, Generic[S], kw_only=True):
    """An update on its way to becoming one."""

    at: datetime
    node: Mapping | UsualBlock
    place: Place
    values: dict[str, Any]
    status: S | None = None

    def tell(self, key: str, message: str) -> None:
        """Tell a mistake where a key stands, by the name that the author knows it by."""
        self.place.at(self.node.label(key)).tell(self.node.line_of(key), message)


class UpdateReader(Generic[S]):
    """Reads the updates of one incident or maintenance."""

    def __init__(self, kind: str, statuses: type[S], slug: str, context: Context) -> None:
        """Take what the ids are made of, and what the updates are read against."""
        self.kind = kind
        self.prefix = f"{kind}-{slug}-"
        self.context = context
        self.shape = INCIDENT_UPDATE if kind == "incident" else MAINTENANCE_UPDATE
        self.statuses: type[S] = statuses
        self.usual_statuses = _USUAL[kind]
        self.start: datetime | None = None
        self.named: dict[str, _Dated[S]] = {}

    def read(self, outline: Outline, start: datetime | None) -> tuple[Update[S], ...]:
        """Read all updates; `start` is what the first one follows, where something does."""
        self.start = start
        dated = self.dated(outline, start)
        self.settle_statuses(dated)
        ids = self.ids(dated)
        self.named = dict(zip(ids, dated, strict=True))
        return tuple(
            self.update(each, ids[index])
            for index, each in enumerate(dated)
            if each.status is not None and "body" in each.values
        )

    def tell(self, update: Update[S], key: str, message: str) -> None:
        """Tell a mistake of an update that was read, where a key of it stands."""
        self.named[update.id].tell(key, message)

    def dated(self, outline: Outline, start: datetime | None) -> list[_Dated[S]]:
        """Read the updates in turn: each follows the one before it.

        After a time that cannot be told, those without a date are not held to what came before.
        """
        listed: list[_Dated[S]] = []
        previous, is_lost = start, start is None and self.kind == "incident"
        for node, place in outline.updates:
            one = self.one(node, place, previous, is_lost=is_lost, is_part=False)
            is_lost = one is None
            if one:
                what = "the start" if not listed and previous == start else "the update before it"
                self.refuse_disorder(one, previous, what)
                previous = one.at
                listed.append(one)
        parts = [
            one
            for node, place in outline.parts
            if (one := self.one(node, place, None, is_lost=False, is_part=True))
        ]
        parts.sort(key=lambda one: one.at)
        if parts:
            self.refuse_disorder(parts[0], start, "the start")
        return sorted([*listed, *parts], key=lambda one: one.at) if parts else listed

    def usual(self, block: UsualBlock, place: Place, previous: datetime | None) -> _Dated[S] | None:
        """Read an update that is as usual; None where something has to be told, or weighed."""
        status, at = self.usual_statuses.get(block.status), read_usual_instant(block.updated)
        moment = self.context.moment
        if status is None or at is None or (previous and at < previous):
            return None
        if self.kind == "incident" and moment.is_clock and at > moment.until:
            return None
        return _Dated(at=at, node=block, place=place, values={"status": status, "body": block.body})

    def one(
        self,
        node: Node | UsualBlock,
        place: Place,
        previous: datetime | None,
        *,
        is_lost: bool,
        is_part: bool,
    ) -> _Dated[S] | None:
        """Read one update and find its instant."""
        if isinstance(node, UsualBlock):
            if one := self.usual(node, place, previous):
                return one
            node = node.mapping()
        try:
            values = shapes.read_mapping(node, self.shape, place)
            stated: Stated | None = values.get("at")
            if stated is None or (is_lost and stated.written.date is None):
                return None
            if is_part and stated.written.date is None:
                example = "2026-01-02 17:05 UTC"
                stated.refuse(f"needs its date in a file of its own: write it like {example}")
            at = stated.instant(self.context.zone, after=previous)
        except Unreadable:
            return None
        moment = self.context.moment
        if self.kind == "incident" and moment.is_clock and at > moment.until:
            ahead = at - moment.as_of
            is_slip = ahead > timedelta(days=1)
            named = repr(stated.written.text) if is_slip and stated.written.date else spell(at)
            hint = "look at the date" if is_slip else "write its own zone if it is a local time"
            message = f"{named} lies {spell_duration(ahead)} ahead of the clock: {hint}"
            stated.place.tell(stated.line, message)
        assert isinstance(node, Mapping)  # noqa: S101 - else it could not have been read
        return _Dated(at=at, node=node, place=place, values=values)

    def refuse_disorder(self, one: _Dated[S], previous: datetime | None, what: str) -> None:
        if previous and one.at < previous:
            message = f"lies before {what}, {spell(previous)}: one of them must be wrong"
            one.tell("at", f"{spell(one.at)} {message}")

    def settle_statuses(self, dated: list[_Dated[S]]) -> None:
        """Give each update its status: `update` keeps the one before it."""
        status: S | None = None
        for one in dated:
            said = one.values.get("status")
            if said is None:
                continue
            if said != KEEPS:
                status = said
            elif status is None:
                words = one_of(each.value for each in self.statuses)
                one.tell("status", f"'update' keeps the status before it: begin with {words}")
            one.status = status

    def ids(self, dated: list[_Dated[S]]) -> list[str]:
        """Name each update by its minute, those of the same minute by a counter as well."""
        taken: dict[str, int] = {}
        for index, one in enumerate(dated):
            if written := one.values.get("id"):
                pinned = written.removeprefix(self.prefix)
                if "T" not in pinned.partition("-")[0]:
                    one.tell("id", f"{written} names an update of something else: write its end")
                if pinned in taken:
                    one.tell("id", f"{pinned} names another update already: each has its own")
                taken[pinned] = index
        named = {index: name for name, index in taken.items()}
        for index, one in enumerate(dated):
            if index in named:
                continue
            minute = spell_minute(one.at)
            name, count = minute, 1
            while name in taken:
                count += 1
                name = f"{minute}-{count}"
            taken[name] = index
            named[index] = name
        return [self.prefix + named[index] for index in range(len(dated))]

    def update(self, one: _Dated[S], name: str) -> Update[S]:
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
            found = stated.instant(self.context.zone, after=after)
            if after and found < after:
                stated.refuse(f"{spell(found)} lies before the update itself, {spell(after)}")
        except Unreadable:
            return None
        return found

    def changes(self, named: tuple[Named, ...], one: _Dated[S]) -> tuple[ComponentChange, ...]:
        changes = []
        for each in named:
            check_component(each, self.context, self.start)
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
    known, zone = context.components, context.zone
    if known is None:
        return
    component = known.get(named.component)
    if component is None:
        named.place.tell(named.line, _not_known(named.component, known))
    elif component.retired and started and zone:
        day = started.astimezone(zone).date()
        if component.retired <= day:
            message = f"{component.id!r} was retired on {component.retired}, before this began"
            named.place.tell(named.line, message)


def _not_known(name: str, known: dict[str, Component]) -> str:
    for component in known.values():
        if component.name.lower() == name.lower():
            return f"{name!r} is the name of {component.id!r}: write {component.id}"
    hint = nearest(name, known) or f": there are {', '.join(known) or 'none'}"
    return f"no component is called {name!r}{hint}"
