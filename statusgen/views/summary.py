"""What lists tell of an incident, so that one that is long over need not be read again.

A summary is made from an incident's facts and the site's settings alone. Once all has happened that
the facts tell of, it stays the same at every later moment, so that it can be kept. So can what a
month's summaries have in common: most views need no more of a month that is long over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from hashlib import blake2b
from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from statusgen.model import ComponentStatus, Impact, Incident, IncidentStatus
from statusgen.views import timeline
from statusgen.views.language import titles
from statusgen.views.timeline import Span

if TYPE_CHECKING:
    from datetime import tzinfo

    from statusgen.config import Policy

_encode = msgspec.msgpack.Encoder().encode
_spans = msgspec.msgpack.Decoder(tuple[Span, ...]).decode
_times = msgspec.msgpack.Decoder(tuple[tuple[datetime, datetime | None], ...]).decode


def incident_path(slug: str) -> str:
    """Tell where the page of an incident lies."""
    return f"incidents/{slug}/"


class Summary(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """An incident, as lists tell of it; times are in UTC.

    `announced` is the time of its first update. `ended` is None where it goes on, `seconds` how
    long it lasted in all. `newest` is the time of its newest update and `told` the day of that in
    the site's zone; `month` is that of its start. `titles` are those in other languages.
    `encoded_spans` is read only where it is asked for.
    """

    slug: str
    title: str
    impact: Impact
    status: IncidentStatus
    started: datetime
    announced: datetime
    ended: datetime | None
    seconds: float | None
    newest: datetime
    told: date
    month: date
    components: tuple[str, ...]
    is_open: bool
    is_retracted: bool
    encoded_spans: msgspec.Raw
    titles: dict[str, str] = {}

    @property
    def path(self) -> str:
        """Where its page lies."""
        return incident_path(self.slug)

    @property
    def spans(self) -> tuple[Span, ...]:
        """What each component suffered from it, and when."""
        return _spans(self.encoded_spans)


class Headline(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """What leads to an incident: its slug, and its title in all languages that it is known in."""

    slug: str
    title: str
    titles: dict[str, str] = {}


class Toll(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """What the incidents of one month have to do with one component.

    `count` of them name it, `digest` is that of their summaries and `told` that of what their facts
    came from, as far as that is known. `times` are those that it spent in each status, encoded, and
    read only where they are asked for.
    """

    count: int
    digest: bytes
    told: bytes
    times: dict[ComponentStatus, msgspec.Raw]

    def spans(
        self, component: str, statuses: Iterable[ComponentStatus] = ComponentStatus
    ) -> Iterator[Span]:
        """Tell what the component suffered, and when; of these statuses."""
        for status in statuses:
            if status in self.times:
                for start, end in _times(self.times[status]):
                    yield Span(component=component, status=status, start=start, end=end)


class Outline(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """What the incidents that began in one month have in common; times are in UTC.

    `digest` is that of their summaries. `count` and `first`, the earliest start, leave out what was
    retracted; so does `quiet`, when the last of them was over. `newest` is the time of the newest
    update. `ended` is None where one goes on. `latest` and `earliest` are the headlines of the
    first and the last that lists tell.
    """

    month: date
    digest: bytes
    count: int
    first: datetime | None
    newest: datetime
    ended: datetime | None
    quiet: datetime | None
    latest: Headline
    earliest: Headline
    components: dict[str, Toll]


class Volume:
    """The incidents that began in one month, newest first.

    `digests` tell by slug what the facts came from, as far as that is known, and `key` digests all
    of them; it is empty where one is not known. Summaries are loaded whenever they are asked for.
    """

    def __init__(
        self,
        outline: Outline,
        load: Callable[[], Sequence[Summary]],
        digests: Mapping[str, bytes],
        key: bytes = b"",
    ) -> None:
        self.outline = outline
        self.digests = digests
        self.key = key
        self._load = load

    @property
    def summaries(self) -> Sequence[Summary]:
        """Its incidents."""
        return self._load()

    @property
    def size(self) -> int:
        """How many they are; where all are known, none is loaded to tell."""
        return len(self.digests) if self.key else len(self.summaries)

    def joined(self, others: Sequence[Summary]) -> Volume:
        """Add incidents of the same month, of which is not known what their facts came from."""
        return volume_of([*self.summaries, *others], self.digests)


class Archive(Struct, frozen=True, kw_only=True):
    """Incidents of which all has happened, by month, and the facts of each on request.

    `internal` and `draft` count what is withheld.
    """

    volumes: tuple[Volume, ...] = ()
    load: Callable[[str], Incident] = dict[str, Incident]().__getitem__
    internal: int = 0
    draft: int = 0

    def find(self, slug: str) -> Summary | None:
        """Find the summary of an incident, if it is here."""
        volume = next((one for one in self.volumes if slug in one.digests), None)
        summaries = volume.summaries if volume else ()
        return next((one for one in summaries if one.slug == slug), None)


EMPTY = Archive()
"""Nothing is long over."""

_age = attrgetter("started", "slug")


def volume_of(
    summaries: Iterable[Summary], digests: Mapping[str, bytes] = {}, key: bytes = b""
) -> Volume:
    """Gather the incidents of one month; there is at least one."""
    found = sorted(summaries, key=_age, reverse=True)
    encoded = [_encode(one) for one in found]
    ends = [one.ended for one in found]
    outline = Outline(
        month=found[0].month,
        digest=_digest(encoded),
        count=sum(not one.is_retracted for one in found),
        first=min((one.started for one in found if not one.is_retracted), default=None),
        newest=max(one.newest for one in found),
        ended=None if None in ends else max(end for end in ends if end),
        quiet=max((one.ended for one in found if one.ended and not one.is_retracted), default=None),
        latest=headline(found[0]),
        earliest=headline(found[-1]),
        components=_tolls(found, encoded, digests),
    )
    return Volume(outline, lambda: found, digests, key)


def headline(one: Summary) -> Headline:
    """Tell what leads to an incident."""
    return Headline(slug=one.slug, title=one.title, titles=one.titles)


def _tolls(
    summaries: Sequence[Summary], encoded: Sequence[bytes], digests: Mapping[str, bytes]
) -> dict[str, Toll]:
    """Tell by component what the incidents of a month have to do with it."""
    named: dict[str, list[bytes]] = defaultdict(list)
    facts: dict[str, list[bytes]] = defaultdict(list)
    times: dict[str, dict[ComponentStatus, list[tuple[datetime, datetime | None]]]] = {}
    for one, data in zip(summaries, encoded, strict=True):
        for component in one.components:
            named[component].append(data)
            facts[component].append(digests.get(one.slug, b""))
        for span in one.spans:
            held = times.setdefault(span.component, {})
            held.setdefault(span.status, []).append((span.start, span.end))
    return {
        component: Toll(
            count=len(data),
            digest=_digest(data),
            told=_digest(facts[component]),
            times={
                status: msgspec.Raw(_encode(each))
                for status, each in sorted(times.get(component, {}).items())
            },
        )
        for component, data in sorted(named.items())
    }


def _digest(encoded: Iterable[bytes]) -> bytes:
    return blake2b(b"".join(encoded), digest_size=16).digest()


def summarize(one: Incident, policy: Policy, zone: tzinfo) -> Summary:
    """Tell an incident that is cut at its moment, in brief."""
    resolved = timeline.resolved_at(one)
    newest = one.updates[-1].at
    lasted = timeline.lasted(timeline.episodes(one))
    return Summary(
        slug=one.slug,
        title=one.title,
        impact=timeline.impact_of(one, policy),
        status=one.updates[-1].status,
        started=one.started,
        announced=one.updates[0].at,
        # What was reported in error ends with its last word.
        ended=resolved or (newest if one.retracted else None),
        seconds=None if lasted is None else lasted.total_seconds(),
        newest=newest,
        told=newest.astimezone(zone).date(),
        month=one.started.astimezone(zone).date().replace(day=1),
        components=timeline.named(one),
        is_open=timeline.is_open(one),
        is_retracted=bool(one.retracted),
        encoded_spans=msgspec.Raw(_encode(timeline.spans(one))),
        titles=titles(one) if one.translations else {},
    )


def horizon(one: Incident, policy: Policy) -> datetime:
    """Tell the last instant that an incident's facts tell of: from then on nothing changes it."""
    due = timeline.due(one, policy)
    told = [update.at for update in one.updates]
    told += [update.next_update for update in one.updates if update.next_update]
    told += [at for at in (one.edited.at if one.edited else None, due) if at]
    return max(one.started, *told)
