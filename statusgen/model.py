"""The facts, frozen: what the content says, whatever the moment and whoever reads it.

Times are aware and in UTC, sequences are tuples, states are spelt as the public API spells them.
They are encoded by the order of their fields, which is quick, for whoever keeps them.
A question that needs the moment or other facts is a function in `views`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct

from statusgen.seal import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DIGITS = 8
"""How many digits tell which texts were translated."""

AHEAD = timedelta(minutes=10)
"""How far two clocks may differ before an update counts as one from the future."""


class Moment(Struct, frozen=True, kw_only=True):
    """The moment that the page speaks of: the clock's, or one that was named.

    By the clock, an update from further ahead than `AHEAD` is a mistake; at a named moment, what
    comes later has not happened yet.
    """

    as_of: datetime
    is_clock: bool = False

    @property
    def until(self) -> datetime:
        """The last instant whose updates have happened."""
        return self.as_of + AHEAD if self.is_clock else self.as_of


class Word(StrEnum):
    """A word of a closed list. It writes itself as briefly as any text: keys are made of that."""

    __repr__ = str.__repr__


class ComponentStatus(Word):
    """How a component does, from best to worst."""

    OPERATIONAL = "operational"
    UNDER_MAINTENANCE = "under_maintenance"
    DEGRADED_PERFORMANCE = "degraded_performance"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"

    @property
    def rank(self) -> int:
        """Where it stands between best (0) and worst (4)."""
        return _RANKS[self]


_RANKS = {status: rank for rank, status in enumerate(ComponentStatus)}


class Impact(Word):
    """How much an incident hurts, from least to most."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class Severity(Word):
    """How an incident is handled, by the severity policy; SEV-1 is the worst."""

    SEV_1 = "SEV-1"
    SEV_2 = "SEV-2"
    SEV_3 = "SEV-3"
    SEV_4 = "SEV-4"


class Visibility(Word):
    """Who may read it."""

    PUBLIC = "public"
    INTERNAL = "internal"


class IncidentStatus(Word):
    """How far an incident has come."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class MaintenanceStatus(Word):
    """How far a maintenance has come."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Notify(Word):
    """What an update asks of whoever sends messages."""

    YES = "yes"
    NO = "no"
    CORRECTION = "correction"


class Block(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """Texts that are translated together: `title`, `report`, `text`, or an update by its id.

    `translates` tells by its digest which original they were made from; `line` is where they stand.
    """

    key: str
    texts: tuple[str, ...]
    translates: str
    line: int

    def is_of(self, original: tuple[str, ...]) -> bool:
        """Whether it was made from an original as that is now."""
        return self.translates == digest_of_texts(original)


class Translation(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """What a file says in another language."""

    language: str
    path: str
    blocks: tuple[Block, ...]


def digest_of_texts(original: Iterable[str]) -> str:
    """Tell texts from all others, and from what they were before."""
    return digest_of("\0".join(original).encode()).hex()[:_DIGITS]


Translations = tuple[Translation, ...]
"""A fact in other languages.

What is spoken in one of them has `said_in`: the language of its texts where it is not that one,
since they were not translated, or have changed since.
"""


class Component(Struct, frozen=True, kw_only=True, array_like=True):
    """A part of the service that customers know by name."""

    id: str
    name: str
    description: str = ""
    link: str = ""
    since: date | None = None
    retired: date | None = None
    showcase: bool = True
    only_show_if_degraded: bool = False
    translations: Translations = ()
    said_in: str = ""


class ComponentGroup(Struct, frozen=True, kw_only=True, array_like=True):
    """Components that stand together on the page under one name."""

    id: str
    name: str
    components: tuple[Component, ...]
    translations: Translations = ()
    said_in: str = ""


class ComponentChange(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A component and the status it has from some moment on."""

    component: str
    status: ComponentStatus


S = TypeVar("S", bound=IncidentStatus | MaintenanceStatus)


class Update(Struct, Generic[S], frozen=True, kw_only=True, array_like=True, gc=False):
    """One word to the public: what is known at a moment, and what changes with it.

    `id` names it for ever: the anchor on its page, the feed entry and the mail.
    `starts` and `ends` move the window of a maintenance.
    """

    id: str
    status: S
    at: datetime
    body: str
    components: tuple[ComponentChange, ...] = ()
    severity: Severity | None = None
    next_update: datetime | None = None
    notify: Notify = Notify.YES
    starts: datetime | None = None
    ends: datetime | None = None
    said_in: str = ""


AnyUpdate = Update[IncidentStatus] | Update[MaintenanceStatus]


class Edit(Struct, frozen=True, kw_only=True, array_like=True):
    """What was changed after it was published, and when; readers see it."""

    at: datetime
    what: str


class Report(Struct, frozen=True, kw_only=True, array_like=True):
    """What the closing mail of an incident tells."""

    what_happened: tuple[str, ...] = ()
    impact: tuple[str, ...] = ()
    resolution: tuple[str, ...] = ()
    said_in: str = ""


class Incident(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """Something broke: how badly, what it touched, and every update about it.

    `impact` overrides what the severity gives; `internal`, `assignee` and `acknowledged` are
    never published.
    """

    slug: str
    title: str
    severity: Severity
    started: datetime
    visibility: Visibility
    updates: tuple[Update[IncidentStatus], ...]
    components: tuple[ComponentChange, ...] = ()
    draft: bool = False
    impact: Impact | None = None
    report: Report | None = None
    retracted: str = ""
    edited: Edit | None = None
    aliases: tuple[str, ...] = ()
    template: str = ""
    internal: tuple[str, ...] = ()
    assignee: str = ""
    acknowledged: datetime | None = None
    translations: Translations = ()
    said_in: str = ""


class Maintenance(Struct, frozen=True, kw_only=True, array_like=True):
    """Work that was announced: its window, what it touches, and every update about it."""

    slug: str
    title: str
    starts: datetime
    ends: datetime
    visibility: Visibility
    updates: tuple[Update[MaintenanceStatus], ...]
    components: tuple[str, ...] = ()
    draft: bool = False
    retracted: str = ""
    edited: Edit | None = None
    aliases: tuple[str, ...] = ()
    template: str = ""
    internal: tuple[str, ...] = ()
    assignee: str = ""
    translations: Translations = ()
    said_in: str = ""


class Postmortem(Struct, frozen=True, kw_only=True, array_like=True):
    """What was learnt from an incident; public from `published` on, else never."""

    incident: str
    title: str
    body: str
    published: datetime | None = None
    translations: Translations = ()
    said_in: str = ""


class Announcement(Struct, frozen=True, kw_only=True, array_like=True):
    """A notice without an incident, shown from `starts` until `ends`."""

    slug: str
    title: str
    body: str
    starts: datetime
    ends: datetime | None = None
    draft: bool = False
    translations: Translations = ()
    said_in: str = ""


class Page(Struct, frozen=True, kw_only=True, array_like=True):
    """A text of the site's own: an extra page, or a runbook for the team."""

    slug: str
    title: str
    body: str
    draft: bool = False
    translations: Translations = ()
    said_in: str = ""


Fact = Incident | Maintenance | Postmortem | Announcement | Page | Component | ComponentGroup
"""What can be said in several languages."""


def texts(one: Fact) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Tell the texts of a fact that are translated, by the keys of their blocks."""
    if isinstance(one, ComponentGroup):
        yield "text", (one.name,)
    elif isinstance(one, Component):
        yield "text", (one.name, one.description)
    elif isinstance(one, Incident | Maintenance):
        yield "title", (one.title, one.retracted, one.edited.what if one.edited else "")
        if isinstance(one, Incident) and one.report:
            lists = (one.report.what_happened, one.report.impact, one.report.resolution)
            yield "report", tuple("\n".join(each) for each in lists)
        for update in one.updates:
            yield update.id, (update.body,)
    else:
        yield "text", (one.title, one.body)


def bodies(one: Incident | Maintenance) -> Iterator[str]:
    """Tell what its updates say, in every language."""
    yield from (update.body for update in one.updates)
    ids = {update.id for update in one.updates}
    for block in (block for each in one.translations for block in each.blocks):
        if block.key in ids:
            yield from block.texts


class Asset(Struct, frozen=True, kw_only=True):
    """A file that is published as it is."""

    path: str
    data: bytes


class Rescue(Struct, frozen=True, kw_only=True):
    """What of the content could not be read: paths of files that are `old`, and that are `lost`.

    An old one is as it was when it last could be read; of a lost one nothing is known. In a clone
    that is shallow there may have been more.
    """

    old: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    is_shallow: bool = False

    @property
    def is_needed(self) -> bool:
        """Whether anything could not be read."""
        return bool(self.old or self.lost)

    @property
    def is_doubtful(self) -> bool:
        """Whether an incident may be open that is not told of: what cannot be read is not over."""
        reports = ("content", "content/incidents")
        return bool(self.lost) or any(
            path == reports[0] or path.startswith(f"{reports[1]}/") for path in self.old
        )


class Site(Struct, frozen=True, kw_only=True):
    """Everything that the content says, and what stands in for what could not be read."""

    components: tuple[Component | ComponentGroup, ...] = ()
    incidents: tuple[Incident, ...] = ()
    maintenances: tuple[Maintenance, ...] = ()
    postmortems: tuple[Postmortem, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    pages: tuple[Page, ...] = ()
    runbooks: tuple[Page, ...] = ()
    templates: tuple[Page, ...] = ()
    assets: tuple[Asset, ...] = ()
    rescue: Rescue = Rescue()

    @property
    def leaves(self) -> tuple[Component, ...]:
        """Every component in page order, those of groups among them."""
        return tuple(
            leaf
            for entry in self.components
            for leaf in (entry.components if isinstance(entry, ComponentGroup) else (entry,))
        )
