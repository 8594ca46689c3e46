"""What mails tell: one message per update that is mailed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from statusgen.model import (
    Incident,
    IncidentStatus,
    Maintenance,
    MaintenanceStatus,
    Postmortem,
    Report,
)
from statusgen.views import timeline
from statusgen.views.page import View
from statusgen.views.update import ChangeView, UpdateView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.views.incident import IncidentView
    from statusgen.views.maintenance import MaintenanceView
    from statusgen.views.present import Present
    from statusgen.views.summary import Summary, Volume

OUTBOX_DAYS = 30
"""For how many days the mails of what is over are shown."""


class Letterhead(View, frozen=True, kw_only=True):
    """What stands on every mail of the site: who it is from, and where its reader goes on."""

    site_title: str
    site_url: str
    host: str
    language: str
    support: str
    sender: str
    reply_to: str
    unsubscribe: str


class MailView(View, frozen=True, kw_only=True):
    """What every mail has.

    `id` names the update, `message` and `thread` the message and what it belongs to among those of
    the host; `url` is the absolute address of the update. `said_in` is the language of the body, if
    it is not the mail's. `is_correction` where its readers were told otherwise before.
    """

    id: str
    message: str
    thread: str
    url: str
    title: str
    at: datetime
    letterhead: Letterhead
    said_in: str
    title_said_in: str
    is_correction: bool = False


class UpdateMail(MailView, frozen=True, kw_only=True):
    """The mail of an incident's update."""

    label: str
    status: IncidentStatus
    body: str
    changes: tuple[ChangeView, ...]
    next_update: datetime | None


class ClosingMail(MailView, frozen=True, kw_only=True):
    """The mail that closes an incident, in the house form.

    It tells from when to when it was open; `is_one_day` where one day and one zone say both.
    """

    body: str
    started: datetime
    resolved: datetime
    is_one_day: bool
    what_happened: tuple[str, ...]
    impact: tuple[str, ...]
    resolution: tuple[str, ...]
    report_said_in: str


class MaintenanceMail(MailView, frozen=True, kw_only=True):
    """The mail of a step of a maintenance; `starts` and `ends` are the window as of that step.

    `is_reminder` where nothing is new but that the window is near, `is_moved` where it was moved.
    """

    label: str
    status: MaintenanceStatus
    body: str
    starts: datetime
    ends: datetime
    components: tuple[str, ...]
    is_reminder: bool = False
    is_moved: bool = False


class PostmortemMail(MailView, frozen=True, kw_only=True):
    """The mail of what was learnt from an incident, once that is published."""

    incident: str
    body: str


Mail = UpdateMail | ClosingMail | MaintenanceMail | PostmortemMail


def mailed(present: Present, volume: Volume) -> Iterator[Summary]:
    """Tell the incidents of a month that may have mails that are shown: open or recent ones."""
    first = _first_day(present)
    is_recent = volume.outline.newest >= present.midnight(first)
    if is_recent or volume.outline.ended is None:
        yield from (one for one in volume.summaries if one.is_open or one.told >= first)


def mails_since(present: Present, one: Summary) -> date | None:
    """Tell the day before which nothing of an incident is shown any more; None if all of it is."""
    first = _first_day(present)
    is_whole = one.is_open or present.local(one.started).date() >= first
    return None if is_whole else first


def update_mail(
    present: Present, one: Incident, view: IncidentView, name: str
) -> UpdateMail | ClosingMail:
    """Tell an update, whatever its severity."""
    told = zip(one.updates, reversed(view.updates), strict=True)
    return next(
        _incident_mail(present, one, view, update, fact.next_update)
        for fact, update in told
        if update.id == name
    )


def incident_mails(
    present: Present, one: Incident, view: IncidentView
) -> Iterator[UpdateMail | ClosingMail]:
    """Tell each update that was mailed by the severity that held then; none of what was retracted.

    Whoever was told of an incident is told of its end, whatever severity that has.
    """
    if one.retracted:
        return
    is_known = False
    told = zip(one.updates, reversed(view.updates), timeline.severities(one), strict=True)
    for fact, update, severity in told:
        is_mailed = present.config.policy.of(severity).mail
        is_mailed |= is_known and update.label == IncidentStatus.RESOLVED
        is_known |= is_mailed
        if is_mailed and _is_shown(present, update.at, is_expected=view.is_open):
            yield _incident_mail(present, one, view, update, fact.next_update)


def _incident_mail(
    present: Present,
    one: Incident,
    view: IncidentView,
    update: UpdateView,
    promised: datetime | None,
) -> UpdateMail | ClosingMail:
    common = _common(present, view, update, f"incident-{one.slug}")
    if update.label != IncidentStatus.RESOLVED:
        return UpdateMail(
            **common,
            label=update.label,
            status=IncidentStatus(update.status),
            body=update.body,
            changes=update.changes,
            next_update=present.local(promised) if promised else None,
        )
    report = one.report or Report()
    opened = next(each.start for each in timeline.episodes(one) if each.end == update.at)
    started = present.local(opened)
    return ClosingMail(
        **common,
        body=update.body,
        started=started,
        resolved=update.at,
        is_one_day=started.date() == update.at.date() and started.tzname() == update.at.tzname(),
        what_happened=report.what_happened,
        impact=report.impact,
        resolution=report.resolution,
        report_said_in=report.said_in,
    )


def maintenance_mails(
    present: Present, one: Maintenance, view: MaintenanceView
) -> Iterator[MaintenanceMail]:
    """Tell each step of a maintenance; none of what was retracted."""
    if one.retracted:
        return
    is_expected = not timeline.is_over(one, present.as_of)
    for plan, update in zip(timeline.plans(one), reversed(view.updates), strict=True):
        if _is_shown(present, update.at, is_expected=is_expected):
            yield _maintenance_mail(present, one, view, update, plan)


def step_mail(
    present: Present, one: Maintenance, view: MaintenanceView, name: str
) -> MaintenanceMail:
    """Tell a step of a maintenance, however long ago it was."""
    told = zip(timeline.plans(one), reversed(view.updates), strict=True)
    return next(
        _maintenance_mail(present, one, view, update, plan)
        for plan, update in told
        if update.id == name
    )


def clock_mail(  # noqa: PLR0913 - what the clock did, when, and what it is called
    present: Present,
    one: Maintenance,
    view: MaintenanceView,
    *,
    name: str,
    at: datetime,
    status: MaintenanceStatus,
) -> MaintenanceMail:
    """Tell what the clock does to a maintenance, in the words of its last update."""
    update = view.updates[0]
    mail = _maintenance_mail(present, one, view, update, timeline.window(one))
    return replace(
        mail,
        id=name,
        message=_named(present, name),
        at=present.local(at),
        label=status,
        status=status,
        is_reminder=status == MaintenanceStatus.SCHEDULED,
        is_moved=False,
    )


def postmortem_mail(
    present: Present, one: Incident, lesson: Postmortem, view: IncidentView
) -> PostmortemMail:
    """Tell what was learnt from an incident."""
    name = f"postmortem-{one.slug}"
    return PostmortemMail(
        **_common(present, view, view.updates[0], f"incident-{one.slug}")
        | {
            "id": name,
            "message": _named(present, name),
            "url": f"{present.config.url}{view.path}#postmortem",
            "title": lesson.title,
            "at": present.local(lesson.published or view.updates[0].at),
            "said_in": lesson.said_in,
            "title_said_in": lesson.said_in,
        },
        incident=view.title,
        body=lesson.body,
    )


def _maintenance_mail(
    present: Present,
    one: Maintenance,
    view: MaintenanceView,
    update: UpdateView,
    plan: tuple[datetime, datetime],
) -> MaintenanceMail:
    starts, ends = plan
    is_ahead = update.status == MaintenanceStatus.SCHEDULED
    return MaintenanceMail(
        **_common(present, view, update, f"maintenance-{one.slug}"),
        label=update.label,
        status=MaintenanceStatus(update.status),
        body=update.body,
        starts=present.local(starts),
        ends=present.local(ends),
        components=tuple(each.title for each in view.components),
        is_moved=is_ahead and bool(update.starts or update.ends),
    )


def _common(
    present: Present, view: IncidentView | MaintenanceView, update: UpdateView, thread: str
) -> dict[str, Any]:
    """Give what every mail has."""
    return {
        "id": update.id,
        "message": _named(present, update.id),
        "thread": _named(present, thread),
        "url": f"{present.config.url}{view.path}#{update.id}",
        "title": view.title,
        "at": update.at,
        "letterhead": _letterhead(present),
        "said_in": update.said_in,
        "title_said_in": view.said_in,
    }


def _named(present: Present, name: str) -> str:
    """Name something among all of the host: another site may live there too."""
    return f"{name}{present.config.base_path.rstrip('/').replace('/', '.')}"


def _letterhead(present: Present) -> Letterhead:
    config = present.config
    return Letterhead(
        site_title=config.title,
        site_url=config.url,
        host=config.host,
        language=config.language,
        support=config.support,
        sender=config.mail.sender or f"{config.title} <status@{config.host}>",
        reply_to=config.mail.reply_to,
        unsubscribe=config.mail.unsubscribe,
    )


def _is_shown(present: Present, at: datetime, *, is_expected: bool) -> bool:
    return is_expected or at.date() >= _first_day(present)


def _first_day(present: Present) -> date:
    return present.today - timedelta(days=OUTBOX_DAYS)
