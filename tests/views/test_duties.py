"""What an incident asks of the team, when, and of whom: the plan's tables, row by row."""

from __future__ import annotations

from datetime import timedelta

import pytest

from statusgen.config import DEFAULT_POLICY
from statusgen.model import Postmortem
from statusgen.views import timeline
from statusgen.views.duties import Duty, Task, duties, escalation
from statusgen.views.standing import standing
from tests.views import incident, maintenance
from tests.worlds import Files, at, parse


def told(text: str, as_of: str, lesson: Postmortem | None = None) -> list[tuple[str, str]]:
    """Tell the duties of an incident at a moment, by their names and times."""
    _, site = parse({"content/incidents/slow.md": text}, as_of=as_of)
    (one,) = timeline.cut(site, at(as_of)).incidents
    found = duties(one, DEFAULT_POLICY, lesson)
    return [(str(each.task), f"{each.due:%m-%d %H:%M}") for each in found]


@pytest.mark.parametrize(
    ("severity", "acknowledge", "triage"),
    [
        ("SEV-1", "01-02 17:05", "01-02 17:15"),
        ("SEV-2", "01-02 17:15", "01-02 17:30"),
        ("SEV-3", "01-02 18:00", "01-02 19:00"),
    ],
)
def test_first_steps(severity: str, acknowledge: str, triage: str) -> None:
    """A new incident wants to be acknowledged and triaged, as its severity says."""
    text = incident("17:02 investigating", severity=severity)
    assert told(text, "2026-01-02 17:03") == [("acknowledge", acknowledge), ("triage", triage)]


def test_lowest_severity() -> None:
    """What has no time to be triaged in is only acknowledged."""
    text = incident("17:02 investigating", severity="SEV-4")
    assert told(text, "2026-01-02 17:03") == [("acknowledge", "01-02 21:00")]


def test_what_is_done_is_due_no_more() -> None:
    """A second word acknowledges, a cause that is known triages, and so does whoever says so."""
    two = incident("17:02 investigating", "17:09 investigating")
    assert [task for task, _ in told(two, "2026-01-02 17:10")] == ["triage"]
    known = incident("17:02 investigating", "17:09 identified")
    assert told(known, "2026-01-02 17:10") == []
    taken = incident("17:02 investigating", acknowledged="2026-01-02 17:01 UTC")
    assert [task for task, _ in told(taken, "2026-01-02 17:10")] == ["triage"]


def test_overdue() -> None:
    """What falls due at an instant is overdue from then on, as it is on pages."""
    one = Duty(task=Task.UPDATE, due=at("2026-01-02 17:30"))
    assert not one.is_overdue(at("2026-01-02 17:29:59"))
    assert one.is_overdue(at("2026-01-02 17:30"))


def test_promise() -> None:
    """An update that was promised is due."""
    text = incident("17:02 investigating", "17:09 identified; Next update: 17:30 UTC")
    assert told(text, "2026-01-02 17:10") == [("update", "01-02 17:30")]


def test_postmortem() -> None:
    """After the end a post-mortem is due within 48 hours, until one is published."""
    over = incident("17:02 investigating", "17:45 resolved")
    assert told(over, "2026-01-02 18:00") == [("post-mortem", "01-04 17:45")]
    written = Postmortem(incident="slow", title="Slow", body="Learnt.")
    assert told(over, "2026-01-02 18:00", written) == [("post-mortem", "01-04 17:45")]
    published = Postmortem(incident="slow", title="S", body="L.", published=at("2026-01-03 12:00"))
    assert told(over, "2026-01-02 18:00", published) == []
    low = incident("17:02 investigating", "17:45 resolved", severity="SEV-3")
    assert told(low, "2026-01-02 18:00") == []


def test_retracted() -> None:
    """What was reported in error asks for nothing."""
    text = incident("17:02 investigating", "17:45 resolved", retracted="A false alarm")
    assert told(text, "2026-01-02 18:00") == []


@pytest.mark.parametrize(
    ("minutes", "level"),
    [(0, "L1"), (29, "L1"), (30, "L2"), (59, "L2"), (60, "L3"), (119, "L3"), (120, "L4")],
)
def test_escalation(minutes: int, level: str) -> None:
    """The path goes by how long it has lasted."""
    _, site = parse({"content/incidents/slow.md": incident()})
    step = escalation(
        site.incidents[0], DEFAULT_POLICY, at("2026-01-02 17:00") + timedelta(minutes=minutes)
    )
    assert step
    assert step.level == level


@pytest.mark.parametrize(
    ("keys", "level"),
    [({"severity": "SEV-1"}, "L4"), ({"impact": "critical"}, "L4"), ({"severity": "SEV-2"}, "L1")],
)
def test_severe_impact(keys: dict[str, str], level: str) -> None:
    """A critical impact is a matter for the last of the path at once."""
    _, site = parse({"content/incidents/slow.md": incident(**keys)})
    step = escalation(site.incidents[0], DEFAULT_POLICY, at("2026-01-02 17:06"))
    assert step
    assert step.level == level


def test_own_path() -> None:
    """A site's own path says from which impact on somebody is asked at once."""
    policy = """\
escalation:
  - {level: A, who: Ada, after: 0 min}
  - {level: B, who: Bo, after: 1 h, impact: major}
"""
    files: Files = {"content/policy.yml": policy, "content/incidents/slow.md": incident()}
    config, site = parse(files)
    step = escalation(site.incidents[0], config.policy, at("2026-01-02 17:06"))
    assert step
    assert step.who == "Bo"


def test_standing() -> None:
    """The worst is told first, then what has been open longest; what is over is told no more."""
    files: Files = {
        "content/incidents/a.md": incident(severity="SEV-3"),
        "content/incidents/b.md": incident("17:20 investigating", started="2026-01-02 17:10 UTC"),
        "content/incidents/c.md": incident(assignee="Ada"),
        "content/incidents/d.md": incident("17:05 investigating", "17:20 resolved"),
        "content/maintenance/disks.md": maintenance(),
    }
    config, site = parse(files, as_of="2026-01-02 18:00")
    moment = at("2026-01-02 18:00")
    found = standing(site, config.policy, moment, moment)
    assert [one.slug for one in found.incidents] == ["c", "b", "a"]
    first = found.incidents[0]
    assert (first.minutes, first.silent, first.assignee) == (60, 55, "Ada")
    assert first.escalation
    assert first.escalation.level == "L3"
    assert [one.slug for one in found.maintenances] == ["disks"]
    assert [(one.slug, one.due) for one in found.postmortems] == [("d", at("2026-01-04 17:20"))]
