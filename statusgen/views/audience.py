"""What the public may know: everything else is gone before anything is derived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from statusgen.model import Visibility

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


def public(site: Site, as_of: datetime) -> tuple[Site, Withheld]:
    """Keep what is public, and of that nothing that is never published."""
    incidents = tuple(_bare_incident(one) for one in site.incidents if _is_public(one))
    maintenances = tuple(_bare_maintenance(one) for one in site.maintenances if _is_public(one))
    slugs = {incident.slug for incident in incidents}
    postmortems = tuple(
        one
        for one in site.postmortems
        if one.incident in slugs and one.published and one.published <= as_of
    )
    texts: tuple[Announcement | Page, ...] = (*site.announcements, *site.pages)
    timelines: tuple[Incident | Maintenance, ...] = (*site.incidents, *site.maintenances)
    withheld = Withheld(
        internal=sum(not one.draft and not _is_public(one) for one in timelines),
        draft=sum(one.draft for one in (*timelines, *texts)),
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


def _is_public(one: Incident | Maintenance) -> bool:
    return one.visibility == Visibility.PUBLIC and not one.draft


def _bare_incident(one: Incident) -> Incident:
    return replace(one, internal=(), assignee="", template="", acknowledged=None)


def _bare_maintenance(one: Maintenance) -> Maintenance:
    return replace(one, internal=(), assignee="", template="")
