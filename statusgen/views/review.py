"""How the team did by its policy: how soon, how often and how well incidents were spoken of."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from statusgen.model import IncidentStatus, Severity
from statusgen.views import timeline, uptime
from statusgen.views.duties import Task, duties
from statusgen.views.page import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from statusgen.config import Config
    from statusgen.model import Incident, Postmortem, Site
    from statusgen.views.timeline import Span


class Tempo(View, frozen=True, kw_only=True):
    """How quick a step was in the middle of all incidents that came so far, and at the slowest."""

    median: timedelta
    slowest: timedelta


class ReviewRow(View, frozen=True, kw_only=True):
    """Incidents of one severity, the worst that each had, or of all: then it has none.

    A tempo is None where no incident came so far: `acknowledged`, `identified` and `resolved` count
    from the start, `silence` from one word to the next while it was open.
    """

    severity: Severity | None
    count: int
    acknowledged: Tempo | None
    identified: Tempo | None
    resolved: Tempo | None
    silence: Tempo | None


class ReviewLesson(View, frozen=True, kw_only=True):
    """A post-mortem that was asked for: when it was due, and when it was published, if it was."""

    slug: str
    title: str
    due: datetime
    published: datetime | None
    is_late: bool


class ReviewUptime(View, frozen=True, kw_only=True):
    """A component's uptime, from 0 to 1; None where nothing is known."""

    name: str
    uptime: float | None


class Review(View, frozen=True, kw_only=True):
    """A month, or all that is known: then it has none. The rows end with that of all severities."""

    month: date | None
    rows: tuple[ReviewRow, ...]
    lessons: tuple[ReviewLesson, ...]
    uptime: tuple[ReviewUptime, ...]

    @property
    def late(self) -> int:
        """How many post-mortems were late, or are."""
        return sum(one.is_late for one in self.lessons)


def review(site: Site, config: Config, as_of: datetime, month: date | None = None) -> Review:
    """Review the incidents that began in a month, or all; the site is cut at the moment."""
    begin, end = _bounds(config, as_of, month)
    own = [
        one
        for one in site.incidents
        if begin <= one.started < end and not one.retracted and not one.draft
    ]
    by_severity = {
        severity: [one for one in own if min(timeline.severities(one)) == severity]
        for severity in Severity
    }
    rows = [_row(severity, some) for severity, some in by_severity.items() if some]
    lessons = {one.incident: one for one in site.postmortems}
    return Review(
        month=month,
        rows=(*rows, _row(None, own)),
        lessons=tuple(_lessons(own, config, lessons, as_of)),
        uptime=tuple(_uptimes(site, config, as_of, begin, end)),
    )


def _bounds(config: Config, as_of: datetime, month: date | None) -> tuple[datetime, datetime]:
    if month is None:
        return datetime.min.replace(tzinfo=UTC), as_of + timedelta.resolution
    edges = (month, uptime.month_before(month, -1))
    begin, end = (datetime.combine(each, time(), tzinfo=config.zone) for each in edges)
    return begin.astimezone(UTC), end.astimezone(UTC)


def _row(severity: Severity | None, some: list[Incident]) -> ReviewRow:
    return ReviewRow(
        severity=severity,
        count=len(some),
        acknowledged=_tempo(map(_acknowledged, some)),
        identified=_tempo(map(_identified, some)),
        resolved=_tempo(timeline.lasted(timeline.episodes(one)) for one in some),
        silence=_tempo(itertools.chain.from_iterable(map(_silences, some))),
    )


def _tempo(spans: Iterable[timedelta | None]) -> Tempo | None:
    from statistics import median_low  # noqa: PLC0415 - 4 ms that only the team's page pays

    found = [span for span in spans if span is not None]
    return Tempo(median=median_low(found), slowest=max(found)) if found else None


def _acknowledged(one: Incident) -> timedelta:
    """Tell how soon somebody took it up: as it says, or else with the first word."""
    at = (
        one.acknowledged or one.updates[0].at
    )  # an alarm may be heard before it is known since when
    return max(at - one.started, timedelta())


def _identified(one: Incident) -> timedelta | None:
    known = (update.at for update in one.updates if update.status != IncidentStatus.INVESTIGATING)
    at = next(known, None)
    return None if at is None else at - one.started


def _silences(one: Incident) -> Iterator[timedelta]:
    for before, after in itertools.pairwise(one.updates):
        if before.status != IncidentStatus.RESOLVED:
            yield after.at - before.at


def _lessons(
    some: Iterable[Incident], config: Config, lessons: dict[str, Postmortem], as_of: datetime
) -> Iterator[ReviewLesson]:
    for one in some:
        lesson = lessons.get(one.slug)
        published = lesson.published if lesson else None
        if published and published > as_of:
            published = None
        for duty in duties(one, config.policy, None):
            if duty.task == Task.POSTMORTEM:
                yield ReviewLesson(
                    slug=one.slug,
                    title=one.title,
                    due=duty.due,
                    published=published,
                    is_late=(published or as_of) > duty.due,
                )


def _uptimes(
    site: Site, config: Config, as_of: datetime, begin: datetime, end: datetime
) -> Iterator[ReviewUptime]:
    """Tell the uptime of what is not retired, of the days of the period that are known."""
    today = as_of.astimezone(config.zone).date()
    spans: dict[str, list[Span]] = {}
    for one in site.incidents:
        for span in timeline.spans(one) if not one.retracted and not one.draft else ():
            spans.setdefault(span.component, []).append(span)
    starts = [one.started for one in site.incidents if not one.retracted]
    record = config.since or (min(starts).astimezone(config.zone).date() if starts else None)
    for leaf in site.leaves:
        since = leaf.since or record
        if leaf.retired and leaf.retired <= today:
            continue
        months = uptime.months(
            spans.get(leaf.id, ()),
            first=since or today,
            last=today,
            zone=config.zone,
            since=since,
            until=today,
            as_of=as_of,
        )
        wanted = [
            each
            for each in months
            if begin <= datetime.combine(each.month, time(), tzinfo=config.zone) < end
        ]
        yield ReviewUptime(
            name=leaf.name, uptime=uptime.uptime(wanted, config.partial_outage_weight)
        )
