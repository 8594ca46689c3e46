"""What lists tell of an incident, so that one that is long over need not be read again.

A summary is made from an incident's facts and the site's settings alone. Once all has happened that
the facts tell of, it stays the same at every later moment, so that it can be kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from statusgen.model import Impact, Incident, IncidentStatus
from statusgen.views import timeline
from statusgen.views.timeline import Span

if TYPE_CHECKING:
    from datetime import tzinfo

    from statusgen.config import Policy

_encode = msgspec.msgpack.Encoder().encode
_spans = msgspec.msgpack.Decoder(tuple[Span, ...]).decode


def incident_path(slug: str) -> str:
    """Tell where the page of an incident lies."""
    return f"incidents/{slug}/"


class Summary(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """An incident, as lists tell of it; times are in UTC.

    `ended` is None where it goes on, `seconds` how long it lasted in all. `newest` is the time of
    its newest update and `told` the day of that in the site's zone; `month` is that of its start.
    `encoded_spans` is read only where it is asked for.
    """

    slug: str
    title: str
    impact: Impact
    status: IncidentStatus
    started: datetime
    ended: datetime | None
    seconds: float | None
    newest: datetime
    told: date
    month: date
    components: tuple[str, ...]
    is_open: bool
    is_retracted: bool
    encoded_spans: msgspec.Raw

    @property
    def path(self) -> str:
        """Where its page lies."""
        return incident_path(self.slug)

    @property
    def spans(self) -> tuple[Span, ...]:
        """What each component suffered from it, and when."""
        return _spans(self.encoded_spans)


class Archive(Struct, frozen=True, kw_only=True):
    """Incidents of which all has happened: their summaries, and the facts of each on request.

    `digests` tell by slug what the facts came from; `internal` and `draft` count what is withheld.
    """

    summaries: tuple[Summary, ...] = ()
    digests: dict[str, bytes] = {}
    load: Callable[[str], Incident] = dict[str, Incident]().__getitem__
    internal: int = 0
    draft: int = 0


EMPTY = Archive()
"""Nothing is long over."""


def summarize(one: Incident, policy: Policy, zone: tzinfo) -> Summary:
    """Tell an incident that is cut at its moment, in brief."""
    resolved = timeline.resolved_at(one)
    newest = one.updates[-1].at
    lasted = timeline.lasted(timeline.episodes(one))
    named = dict.fromkeys(change.component for change in one.components)
    named |= dict.fromkeys(each.component for update in one.updates for each in update.components)
    return Summary(
        slug=one.slug,
        title=one.title,
        impact=timeline.impact_of(one, policy),
        status=one.updates[-1].status,
        started=one.started,
        # What was reported in error ends with its last word.
        ended=resolved or (newest if one.retracted else None),
        seconds=None if lasted is None else lasted.total_seconds(),
        newest=newest,
        told=newest.astimezone(zone).date(),
        month=one.started.astimezone(zone).date().replace(day=1),
        components=tuple(named),
        is_open=timeline.is_open(one),
        is_retracted=bool(one.retracted),
        encoded_spans=msgspec.Raw(_encode(timeline.spans(one))),
    )


def horizon(one: Incident) -> datetime:
    """Tell the last instant that an incident's facts tell of: from then on nothing changes it."""
    edited = (one.edited.at,) if one.edited else ()
    return max(one.started, *(update.at for update in one.updates), *edited)


def digest(summaries: list[Summary]) -> bytes:
    """Digest summaries, in their order."""
    return blake2b(_encode(summaries), digest_size=16).digest()
