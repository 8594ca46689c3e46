"""What the public may know: everything else is gone before anything is derived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from statusgen.model import Visibility
from statusgen.views.summary import EMPTY, Archive

if TYPE_CHECKING:
    from datetime import datetime

    from statusgen.model import Announcement, Incident, Maintenance, Page, Site


class Withheld(Struct, frozen=True, kw_only=True):
    """How many things the page does not show, by the reason."""

    internal: int = 0
    draft: int = 0
    unpublished: int = 0
    unannounced: int = 0

    def __str__(self) -> str:
        """Spell what there is: `2 internal, 1 draft`; nothing if all is shown."""
        counts = {
            "internal": self.internal,
            "draft" if self.draft == 1 else "drafts": self.draft,
            "unpublished": self.unpublished,
            "not announced yet": self.unannounced,
        }
        return ", ".join(f"{count} {reason}" for reason, count in counts.items() if count)


def public(site: Site, as_of: datetime, archive: Archive = EMPTY) -> tuple[Site, Withheld]:
    """Keep what is public, and of that nothing that is never published.

    The archive holds nothing else, and counts what was withheld from it.
    """
    incidents = tuple(bare_incident(one) for one in site.incidents if is_public(one))
    maintenances = tuple(bare_maintenance(one) for one in site.maintenances if is_public(one))
    slugs = {one.slug for one in incidents} | {one.slug for one in archive.summaries}
    postmortems = tuple(
        one
        for one in site.postmortems
        if one.incident in slugs and one.published and one.published <= as_of
    )
    texts: tuple[Announcement | Page, ...] = (*site.announcements, *site.pages)
    timelines: tuple[Incident | Maintenance, ...] = (*site.incidents, *site.maintenances)
    withheld = Withheld(
        internal=archive.internal + sum(not one.draft and not is_public(one) for one in timelines),
        draft=archive.draft + sum(one.draft for one in (*timelines, *texts)),
        unpublished=len(site.postmortems) - len(postmortems),
    )
    shown = replace(
        site,
        incidents=incidents,
        maintenances=maintenances,
        postmortems=postmortems,
        announcements=tuple(one for one in site.announcements if _is_ready(one)),
        pages=tuple(one for one in site.pages if _is_ready(one)),
        runbooks=(),
        templates=(),
    )
    return shown, withheld


def _is_ready(one: Announcement | Page) -> bool:
    return not one.draft


def is_public(one: Incident | Maintenance) -> bool:
    """Whether the public may know of it."""
    return one.visibility == Visibility.PUBLIC and not one.draft


def bare_incident(one: Incident) -> Incident:
    """Leave out what is never published of an incident."""
    return replace(one, internal=(), assignee="", template="", acknowledged=None)


def bare_maintenance(one: Maintenance) -> Maintenance:
    """Leave out what is never published of a maintenance."""
    return replace(one, internal=(), assignee="", template="")
