"""How an incident and a maintenance run: the spans, windows and phases that come of their words."""

import pytest

from statusgen.model import Incident, Maintenance, MaintenanceStatus, Moment, Site
from statusgen.views import timeline
from tests.views import incident, maintenance, statuses
from tests.worlds import Files, at, parse, view

Spans = list[tuple[str, str, str, str]]


def read(text: str) -> Incident:
    """Read an incident."""
    return parse({"content/incidents/slow.md": text})[1].incidents[0]


def read_work(text: str) -> Maintenance:
    """Read a maintenance."""
    return parse({"content/maintenance/disks.md": text})[1].maintenances[0]


def spans(text: str) -> Spans:
    """Tell the spans of an incident by their clock times; one that still holds ends nowhere."""
    return [
        (one.component, one.status, f"{one.start:%H:%M}", f"{one.end:%H:%M}" if one.end else "")
        for one in timeline.spans(read(text))
    ]


def windows(text: str, as_of: str = "2026-02-01 00:00") -> list[tuple[str, str]]:
    """Tell the windows of a maintenance by their clock times, as far as was said by a moment."""
    site = timeline.cut(Site(maintenances=(read_work(text),)), at(as_of))
    return [
        (f"{one.start:%H:%M}", f"{one.end:%H:%M}" if one.end else "")
        for one in timeline.windows(site.maintenances[0])
    ]


def phase(text: str, as_of: str) -> MaintenanceStatus:
    """Tell the phase of a maintenance at a moment."""
    site = timeline.cut(Site(maintenances=(read_work(text),)), at(as_of))
    return timeline.phase(site.maintenances[0], at(as_of))


def test_first_statuses_hold_from_the_start() -> None:
    """What the front matter gives a component holds from `started`, not from the first word."""
    assert spans(incident("17:05 investigating")) == [("api", "partial_outage", "17:00", "")]


def test_list_of_components() -> None:
    """A list of components takes their status from the severity."""
    found = [
        spans(incident(severity=severity, components="[api]"))
        for severity in ("SEV-1", "SEV-2", "SEV-3", "SEV-4")
    ]

    assert found == [
        [("api", "major_outage", "17:00", "")],
        [("api", "partial_outage", "17:00", "")],
        [("api", "degraded_performance", "17:00", "")],
        [],
    ]


def test_change() -> None:
    """`Components:` changes what it names from its update on; what it does not name stays."""
    text = incident(
        "17:05 investigating",
        "17:15 identified; Components: api=degraded_performance",
        components="{api: major_outage, db: partial_outage}",
    )

    assert spans(text) == [
        ("api", "major_outage", "17:00", "17:15"),
        ("api", "degraded_performance", "17:15", ""),
        ("db", "partial_outage", "17:00", ""),
    ]


def test_added_component() -> None:
    """An update may add a component, which suffers from then on."""
    text = incident("17:05 investigating", "17:15 update; Components: db=major_outage")

    assert ("db", "major_outage", "17:15", "") in spans(text)


def test_change_to_the_same() -> None:
    """To say a status again does not cut its span in two."""
    text = incident("17:05 investigating", "17:15 update; Components: api=partial_outage")

    assert spans(text) == [("api", "partial_outage", "17:00", "")]


def test_updates_of_one_minute() -> None:
    """Of two words at one time the later holds, and the earlier lasted for no time."""
    text = incident(
        "17:05 investigating; Components: db=major_outage",
        "17:05 identified; Components: db=degraded_performance",
    )

    assert spans(text) == [
        ("api", "partial_outage", "17:00", ""),
        ("db", "degraded_performance", "17:05", ""),
    ]


def test_resolving() -> None:
    """Resolving returns every component to operational, also those that an update added."""
    text = incident(
        "17:05 investigating; Components: db=major_outage",
        "17:45 resolved",
        "17:50 update",
    )

    assert spans(text) == [
        ("api", "partial_outage", "17:00", "17:45"),
        ("db", "major_outage", "17:05", "17:45"),
    ]


def test_resolved_names_operational() -> None:
    """A resolved update may say `operational` of a component, which changes nothing more."""
    told = incident("17:05 investigating", "17:45 resolved; Components: api=operational")

    assert spans(told) == spans(incident("17:05 investigating", "17:45 resolved"))


def test_told_when_it_was_over() -> None:
    """An incident whose first word is `resolved` lasted from its start until that word."""
    told = read(incident("17:45 resolved"))

    assert spans(incident("17:45 resolved")) == [("api", "partial_outage", "17:00", "17:45")]
    assert timeline.resolved_at(told) == at("2026-01-02 17:45")
    assert not timeline.is_open(told)


def test_reopened_without_components() -> None:
    """Reopening without `Components:` restores what held before it was resolved."""
    text = incident(
        "17:05 investigating; Components: api=operational, db=major_outage",
        "17:30 resolved",
        "18:00 investigating",
        "18:30 resolved",
    )

    assert spans(text) == [
        ("api", "partial_outage", "17:00", "17:05"),
        ("db", "major_outage", "17:05", "17:30"),
        ("db", "major_outage", "18:00", "18:30"),
    ]


def test_reopened_with_components() -> None:
    """Reopening with `Components:` gives just those; the rest stay operational."""
    text = incident(
        "17:05 investigating",
        "17:30 resolved",
        "18:00 identified; Components: db=degraded_performance",
    )

    assert spans(text) == [
        ("api", "partial_outage", "17:00", "17:30"),
        ("db", "degraded_performance", "18:00", ""),
    ]


def test_reopened_twice() -> None:
    """Each reopening restores what held when it was last resolved."""
    text = incident(
        "17:05 investigating",
        "17:10 resolved",
        "17:20 investigating; Components: db=major_outage",
        "17:30 resolved",
        "17:40 investigating",
    )

    assert [one for one in spans(text) if one[2] >= "17:20"] == [
        ("db", "major_outage", "17:20", "17:30"),
        ("db", "major_outage", "17:40", ""),
    ]


def test_reopened_after_an_update() -> None:
    """What is said after `resolved` does not make reopening forget what held before it."""
    text = incident(
        "17:05 investigating",
        "17:30 resolved",
        "17:40 update",
        "17:50 resolved",
        "18:00 identified",
    )

    assert spans(text) == [
        ("api", "partial_outage", "17:00", "17:30"),
        ("api", "partial_outage", "18:00", ""),
    ]


def test_reopened_is_open() -> None:
    """A reopened incident is open again, and was resolved only by its last resolution."""
    reopened = ("17:05 investigating", "17:30 resolved", "18:00 investigating")

    assert timeline.is_open(read(incident(*reopened)))
    assert timeline.resolved_at(read(incident(*reopened))) is None
    again = read(incident(*reopened, "18:30 resolved", "19:00 update"))
    assert timeline.resolved_at(again) == at("2026-01-02 18:30")
    assert not timeline.is_open(again)


def test_update_keeps_the_status() -> None:
    """`[UPDATE]` keeps the status before it; after `resolved` it stays resolved."""
    said = incident("17:05 identified", "17:10 update", "17:30 resolved", "17:40 update")

    found = [update.status for update in read(said).updates]

    assert found == ["identified", "identified", "resolved", "resolved"]


def test_severity_trailer() -> None:
    """`Severity:` holds from its own update on, the first one's from the first."""
    story = incident(
        "17:05 investigating; Severity: SEV-1", "17:10 update", "17:20 update; Severity: SEV-3"
    )

    assert timeline.severities(read(story)) == ("SEV-1", "SEV-1", "SEV-3")


def test_opened_by_the_clock() -> None:
    """While only `scheduled` was said, the clock opens the window and closes it."""
    assert windows(maintenance()) == [("12:00", "13:00")]
    assert phase(maintenance(), "2026-01-03 11:59") == "scheduled"
    assert phase(maintenance(), "2026-01-03 12:00") == "in_progress"
    assert phase(maintenance(), "2026-01-03 12:59") == "in_progress"
    assert phase(maintenance(), "2026-01-03 13:00") == "completed"


def test_opened_early() -> None:
    """`in_progress` opens the window before its time."""
    text = maintenance("2026-01-01 09:00 scheduled", "2026-01-03 11:40 in_progress")

    assert windows(text) == [("11:40", "")]
    assert phase(text, "2026-01-03 11:40") == "in_progress"


def test_runs_over() -> None:
    """Once work was said to go on, only a word closes the window, however late it comes."""
    text = maintenance(
        "2026-01-01 09:00 scheduled",
        "2026-01-03 12:05 in_progress",
        "2026-01-03 13:20 verifying",
        "2026-01-03 13:40 completed",
    )

    assert windows(text) == [("12:00", "13:40")]
    assert windows(text, "2026-01-03 13:10") == [("12:00", "")]
    assert phase(text, "2026-01-03 13:10") == "in_progress"
    assert phase(text, "2026-01-03 13:30") == "verifying"
    assert phase(text, "2026-01-03 13:40") == "completed"


@pytest.mark.parametrize(
    ("as_of", "runs_over"),
    [("2026-01-03 12:59", False), ("2026-01-03 13:00", True), ("2026-01-03 13:40", False)],
)
def test_says_that_it_runs_over(as_of: str, *, runs_over: bool) -> None:
    """The page says that a maintenance runs over from its end until it is completed."""
    text = maintenance("2026-01-03 12:00 in_progress", "2026-01-03 13:40 completed")

    (page,) = view({"content/maintenance/disks.md": text}, as_of=as_of).maintenances

    assert page.maintenance.runs_over == runs_over


def test_opened_again_by_word() -> None:
    """Work that goes on after the clock closed the window opens another."""
    text = maintenance("2026-01-01 09:00 scheduled", "2026-01-03 13:20 in_progress")

    assert windows(text) == [("12:00", "13:00"), ("13:20", "")]


def test_scheduled_does_not_end_work() -> None:
    """Once under way, `scheduled` does not turn the page green: only a closing word does."""
    text = maintenance(
        "2026-01-03 12:05 in_progress",
        "2026-01-03 12:30 scheduled; Starts: 2026-01-04 12:00 UTC; Ends: 2026-01-04 13:00 UTC",
        "2026-01-03 12:45 completed",
    )

    assert windows(text) == [("12:05", "12:45")]
    assert phase(text, "2026-01-03 12:40") == "in_progress"


def test_completed_early() -> None:
    """`completed` closes the window before its time, and an update after it changes nothing."""
    early = ("2026-01-01 09:00 scheduled", "2026-01-03 12:20 completed")

    assert windows(maintenance(*early)) == [("12:00", "12:20")]
    assert windows(maintenance(*early, "2026-01-03 12:30 update")) == [("12:00", "12:20")]
    assert phase(maintenance(*early, "2026-01-03 12:30 update"), "2026-01-03 12:40") == "completed"


def test_completed_before_it_began() -> None:
    """Work that turned out to be done already opens no window."""
    assert windows(maintenance("2026-01-01 09:00 scheduled", "2026-01-03 11:00 completed")) == []


def test_cancelled() -> None:
    """`cancelled` before the start opens no window, and in the middle closes it."""
    before = maintenance("2026-01-01 09:00 scheduled", "2026-01-02 09:00 cancelled")
    amid = maintenance("2026-01-03 12:00 in_progress", "2026-01-03 12:10 cancelled")

    assert windows(before) == []
    assert phase(before, "2026-01-03 12:30") == "cancelled"
    assert windows(amid) == [("12:00", "12:10")]


def test_rescheduled() -> None:
    """`Starts:` and `Ends:` move the window; only the last one opens."""
    text = maintenance(
        "2026-01-01 09:00 scheduled",
        "2026-01-02 09:00 scheduled; Starts: 2026-01-05 15:00 UTC; Ends: 2026-01-05 16:00 UTC",
    )

    assert windows(text) == [("15:00", "16:00")]
    assert windows(text, "2026-01-02 08:59") == [("12:00", "13:00")]
    assert phase(text, "2026-01-03 12:30") == "scheduled"


def test_rescheduled_by_one_end() -> None:
    """Either trailer alone moves its own end."""
    later = maintenance(
        "2026-01-01 09:00 scheduled", "2026-01-02 09:00 update; Starts: 2026-01-03 12:30 UTC"
    )
    longer = maintenance(
        "2026-01-01 09:00 scheduled", "2026-01-03 12:50 update; Ends: 2026-01-03 14:00 UTC"
    )

    assert windows(later) == [("12:30", "13:00")]
    assert windows(longer) == [("12:00", "14:00")]


def test_rescheduled_while_open() -> None:
    """A window that is put off while it is open closes then, and opens again at its new time."""
    text = maintenance(
        "2026-01-01 09:00 scheduled",
        "2026-01-03 12:10 scheduled; Starts: 2026-01-03 15:00 UTC; Ends: 2026-01-03 16:00 UTC",
    )

    assert windows(text) == [("12:00", "12:10"), ("15:00", "16:00")]


def test_moved_into_the_past() -> None:
    """A window that is moved to begin before that was said opens when it was said."""
    text = maintenance(
        "2026-01-01 09:00 scheduled", "2026-01-03 11:30 scheduled; Starts: 2026-01-03 11:00 UTC"
    )

    assert windows(text) == [("11:30", "13:00")]


def test_announced_late() -> None:
    """A window that is announced after its start still began at its start."""
    assert windows(maintenance("2026-01-03 12:30 scheduled")) == [("12:00", "13:00")]
    assert windows(maintenance("2026-01-03 14:00 scheduled")) == [("12:00", "13:00")]


@pytest.mark.parametrize(
    ("as_of", "status"),
    [
        ("2026-01-03 11:59", "operational"),
        ("2026-01-03 12:00", "under_maintenance"),
        ("2026-01-03 12:59", "under_maintenance"),
        ("2026-01-03 13:00", "operational"),
    ],
)
def test_component_in_the_window(as_of: str, status: str) -> None:
    """A component is under maintenance only while the window is open."""
    found = statuses(view({"content/maintenance/disks.md": maintenance()}, as_of=as_of))

    assert found == {"api": "operational", "db": status}


def test_maintenance_says_nothing_before_it_is_announced() -> None:
    """A maintenance is not there before its first word."""
    files: Files = {"content/maintenance/disks.md": maintenance()}

    assert view(files, as_of="2026-01-01 08:59").maintenances == ()
    assert len(view(files, as_of="2026-01-01 09:00").maintenances) == 1


@pytest.mark.parametrize(
    ("until", "count"), [("17:04", 0), ("17:05", 1), ("17:14", 1), ("17:15", 2)]
)
def test_cut(until: str, count: int) -> None:
    """What comes after a moment is left out; without a word there is no incident."""
    story = read(incident("17:05 investigating", "17:15 resolved"))

    found = timeline.cut(Site(incidents=(story,)), at(f"2026-01-02 {until}")).incidents

    assert sum(len(one.updates) for one in found) == count


def test_clock_that_lags() -> None:
    """By the clock, an update up to ten minutes ahead holds already, its components with it."""
    files: Files = {"content/incidents/slow.md": incident("17:05 investigating")}

    assert statuses(view(files, as_of="2026-01-02 16:55", clock=True))["api"] == "partial_outage"
    assert statuses(view(files, as_of="2026-01-02 16:55", clock=False))["api"] == "operational"


def test_clock_that_lags_behind_work() -> None:
    """The same goes for a maintenance: what the page calls under way is shown under maintenance."""
    begun = maintenance("2026-01-01 09:00 scheduled", "2026-01-03 11:50 in_progress")
    files: Files = {"content/maintenance/disks.md": begun}

    site = view(files, as_of="2026-01-03 11:45", clock=True)

    assert site.maintenances[0].maintenance.phase == "in_progress"
    assert statuses(site)["db"] == "under_maintenance"


def test_clock_and_maintenance_ahead() -> None:
    """By the clock, a step of a maintenance that lies further ahead has not happened yet."""
    told = maintenance("2026-01-01 09:00 scheduled", "2026-01-03 12:50 completed")

    site = view({"content/maintenance/disks.md": told}, as_of="2026-01-03 12:30", clock=True)

    assert site.maintenances[0].maintenance.phase == "in_progress"


def test_moment() -> None:
    """At a named moment nothing is early; by the clock ten minutes are."""
    named = Moment(as_of=at("2026-01-02 17:00"))
    told = Moment(as_of=at("2026-01-02 17:00"), is_clock=True)

    assert (named.until, told.until) == (at("2026-01-02 17:00"), at("2026-01-02 17:10"))
