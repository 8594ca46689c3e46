"""What an audience may know: everything else is gone before anything is derived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from statusgen.model import Visibility
from statusgen.views.summary import EMPTY, Archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from statusgen.model import Announcement, Incident, Maintenance, Page, Postmortem, Site


class Audience(Struct, frozen=True, kw_only=True):
    """Who looks: the public, or whoever asked a preview for what is not public yet, or never.

    The team sees its own notes and runbooks as well.
    """

    drafts: bool = False
    internal: bool = False
    team: bool = False

    def sees(self, one: Incident | Maintenance) -> bool:
        """Whether something is shown to them."""
        is_open = one.visibility == Visibility.PUBLIC or self.internal
        return is_open and self.is_ready(draft=one.draft)

    def is_ready(self, *, draft: bool) -> bool:
        """Whether something is far enough for them."""
        return self.drafts or not draft

    def incident(self, one: Incident) -> Incident:
        """Leave out what they are never told of an incident, and mark what is not public."""
        title = _title(one)
        if self.team:
            return replace(one, title=title)
        return replace(one, title=title, internal=(), assignee="", template="", acknowledged=None)

    def maintenance(self, one: Maintenance) -> Maintenance:
        """Leave out what they are never told of a maintenance, and mark what is not public."""
        title = _title(one)
        if self.team:
            return replace(one, title=title)
        return replace(one, title=title, internal=(), assignee="", template="")


PUBLIC = Audience()
TEAM = Audience(drafts=True, internal=True, team=True)


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


def public(
    site: Site, as_of: datetime, audience: Audience = PUBLIC, archive: Archive = EMPTY
) -> tuple[Site, Withheld]:
    """Keep what an audience sees, and of that nothing that is never published.

    The archive holds nothing else, and counts what was withheld from it.
    """
    incidents = tuple(map(audience.incident, filter(audience.sees, site.incidents)))
    maintenances = tuple(map(audience.maintenance, filter(audience.sees, site.maintenances)))
    last = {one.slug: one.updates[-1].at for one in incidents}
    for slug in {one.incident for one in site.postmortems} - last.keys():
        if found := archive.find(slug):
            last[slug] = found.newest
    postmortems = tuple(_postmortems(site, last, as_of, audience))
    texts: tuple[Announcement | Page, ...] = (*site.announcements, *site.pages)
    timelines: tuple[Incident | Maintenance, ...] = (*site.incidents, *site.maintenances)
    is_early = [one.draft and not audience.drafts for one in (*timelines, *texts)]
    withheld = Withheld(
        internal=archive.internal
        + sum(not audience.sees(one) for one in timelines)
        - sum(is_early[: len(timelines)]),
        draft=archive.draft + sum(is_early),
        unpublished=len(site.postmortems) - len(postmortems),
    )
    shown = replace(
        site,
        incidents=incidents,
        maintenances=maintenances,
        postmortems=postmortems,
        announcements=tuple(
            replace(one, title=_marked(one.title, draft=one.draft))
            for one in site.announcements
            if audience.is_ready(draft=one.draft)
        ),
        pages=tuple(
            replace(one, title=_marked(one.title, draft=one.draft))
            for one in site.pages
            if audience.is_ready(draft=one.draft)
        ),
        runbooks=site.runbooks if audience.team else (),
        templates=(),
    )
    return shown, withheld


def _postmortems(
    site: Site, last: dict[str, datetime], as_of: datetime, audience: Audience
) -> Iterator[Postmortem]:
    """Keep the post-mortems of what is shown, once they are published; before that as drafts.

    A draft without a time gets one that stands still: that of the incident's last update, which
    `last` tells by slug.
    """
    for one in site.postmortems:
        is_draft = not one.published or one.published > as_of
        if one.incident in last and audience.is_ready(draft=is_draft):
            title = _marked(one.title, draft=is_draft)
            yield replace(one, title=title, published=one.published or last[one.incident])


def _marked(title: str, *, draft: bool, internal: bool = False) -> str:
    """Mark what the public does not see, so that nobody takes a preview for the page."""
    return "[Draft] " * draft + "[Internal] " * internal + title


def _title(one: Incident | Maintenance) -> str:
    return _marked(one.title, draft=one.draft, internal=one.visibility == Visibility.INTERNAL)
