"""Our own JSON: an incident with all that is known of it, a component by day, a month by entry."""

from datetime import date, timedelta

from statusgen.views.api import Api, ComponentRecord, IncidentRecord, MonthRecord
from statusgen.views.statuspage import statuspage_id
from tests.views import incident, maintenance
from tests.worlds import Files, at, view


def told(files: Files, as_of: str = "2026-01-03 12:00") -> Api:
    """Tell what programs are told."""
    return view(files, as_of=as_of).api


def slow(*updates: str, **keys: str) -> IncidentRecord:
    """Tell one incident."""
    (one,) = told({"content/incidents/slow.md": incident(*updates, **keys)}).incidents
    return one


def component(files: Files, as_of: str = "2026-01-03 12:00") -> ComponentRecord:
    """Tell the component `api`."""
    records = {one.id: one for one in told(files, as_of).components}
    return records["api"]


def months(files: Files, as_of: str = "2026-01-03 12:00") -> dict[str, MonthRecord]:
    """Tell each month by its path."""
    return {one.path: one.make() for one in told(files, as_of).months.promises}


def test_incident() -> None:
    """An incident tells its times, how long it was open, and what each component suffered."""
    one = slow("17:05 investigating", "17:30 resolved")
    assert (one.id, one.statuspage_id) == ("slow", statuspage_id("incident", "slow"))
    assert one.url == "https://status.example.com/incidents/slow/"
    assert (one.started_at, one.resolved_at) == (at("2026-01-02 17:00"), at("2026-01-02 17:30"))
    assert (one.is_open, one.seconds, one.next_update_at) == (False, 1800, None)
    (suffered,) = one.components
    assert (suffered.id, suffered.name, suffered.status) == ("api", "API", "partial_outage")
    assert [(each.started_at, each.ended_at) for each in suffered.spans] == [
        (one.started_at, one.resolved_at)
    ]


def test_open_incident() -> None:
    """One that is open tells when the next word is due, and has no end."""
    one = slow("17:05 investigating; Next update: 18:00 UTC")
    assert (one.is_open, one.resolved_at, one.seconds) == (True, None, None)
    assert one.next_update_at == at("2026-01-02 18:00")


def test_updates() -> None:
    """Updates come newest first, each with its address and what it gave to components."""
    newest, first = slow(
        "17:05 investigating", "17:10 identified; Components: db=major_outage"
    ).updates
    assert newest.id == "incident-slow-20260102T1710Z"
    assert newest.url == f"https://status.example.com/incidents/slow/#{newest.id}"
    assert (newest.status, newest.at) == ("identified", at("2026-01-02 17:10"))
    assert [(one.id, one.name, one.status) for one in newest.components] == [
        ("db", "Database", "major_outage")
    ]
    assert [one.id for one in first.components] == ["api"]


def test_what_was_said_afterwards() -> None:
    """A post-mortem, a correction and the reason why it was retracted are told."""
    files: Files = {
        "content/incidents/slow.md": incident(
            "17:05 resolved",
            edited="{at: 2026-01-03 09:00 UTC, what: The start.}",
            retracted="A probe was broken.",
        ),
        "content/postmortems/slow.md": """
            ---
            published: 2026-01-03 10:00 UTC
            ---

            # Why

            So.
        """,
    }
    (one,) = told(files).incidents
    assert one.postmortem
    assert (one.postmortem.title, one.postmortem.published_at) == ("Why", at("2026-01-03 10:00"))
    assert one.edited
    assert (one.edited.what, one.edited.at) == ("The start.", at("2026-01-03 09:00"))
    assert (one.retracted, one.is_open) == ("A probe was broken.", False)
    (before,) = told(files, as_of="2026-01-03 08:00").incidents
    assert (before.postmortem, before.edited) == (None, None)


def test_component() -> None:
    """A component tells a year of days, the oldest first; what nobody knows is null."""
    files: Files = {"content/incidents/slow.md": incident("17:05 investigating", "18:00 resolved")}
    one = component(files)
    assert (one.id, one.name, one.group, one.status) == ("api", "API", None, "operational")
    assert one.url == "https://status.example.com/components/api/"
    assert (one.since, one.retired, one.weight) == (date(2026, 1, 1), None, 0.3)
    assert [day.date for day in one.days] == [
        date(2026, 1, 3) - timedelta(days=back) for back in range(364, -1, -1)
    ]
    assert {(day.status, day.uptime) for day in one.days[:-3]} == {(None, None)}
    assert [(day.status, day.uptime, day.partial_outage_seconds) for day in one.days[-3:]] == [
        ("operational", 1, 0),
        ("partial_outage", 1 - 0.3 / 24, 3600),
        ("operational", 1, 0),
    ]


def test_component_of_a_group() -> None:
    """It tells its group and what the site says of it; one that is retired has a file too."""
    files: Files = {
        "content/components.yml": """
            - group: Data
              id: data
              components:
                - id: api
                  name: API
                  description: For programs.
                  link: https://example.com/
                  retired: 2026-01-02
        """
    }
    one = component(files)
    assert (one.group, one.description, one.link) == (
        "Data",
        "For programs.",
        "https://example.com/",
    )
    assert (one.retired, one.days[-1].date) == (date(2026, 1, 2), date(2026, 1, 1))


def test_months() -> None:
    """Each month of the record has a file, whether anything began in it or not."""
    files: Files = {
        "content/site.yml": "title: E\nurl: https://e.com/\nsince: 2025-11-20\n",
        "content/incidents/slow.md": incident("17:05 investigating", "17:30 resolved"),
    }
    found = months(files)
    assert list(found) == [
        f"api/history/{month}.json" for month in ("2026-01", "2025-12", "2025-11")
    ]
    assert [len(one.incidents) for one in found.values()] == [1, 0, 0]


def test_month() -> None:
    """A month tells incidents and maintenance, newest first, and where the rest of each is."""
    files: Files = {
        "content/incidents/slow.md": incident("17:05 investigating", "17:30 resolved"),
        "content/incidents/wrong.md": incident(
            "18:05 investigating", started="2026-01-02 18:00 UTC", retracted="A slip."
        ),
        "content/maintenance/disks.md": maintenance("2026-01-01 09:00 scheduled"),
        "content/maintenance/later.md": maintenance(
            "2026-01-01 09:00 scheduled",
            starts="2026-01-20 09:00 UTC",
            ends="2026-01-20 10:00 UTC",
        ),
    }
    (month,) = months(files, as_of="2026-01-03 14:00").values()
    wrong, one = month.incidents
    assert (wrong.id, wrong.is_retracted) == ("wrong", True)
    assert (one.id, one.components, one.seconds) == ("slow", ("api",), 1800)
    assert one.api == "https://status.example.com/api/incidents/slow.json"
    (work,) = month.maintenances
    assert (work.id, work.status, work.seconds) == ("disks", "completed", 3600)
    assert (work.started_at, work.ended_at) == (at("2026-01-03 12:00"), at("2026-01-03 13:00"))


def test_zone() -> None:
    """Times have the offset of the site's zone."""
    files: Files = {
        "content/site.yml": "title: E\nurl: https://e.com/\ntimezone: Europe/Istanbul\n",
        "content/incidents/slow.md": incident(),
    }
    (one,) = told(files).incidents
    assert one.started_at.isoformat() == "2026-01-02T20:00:00+03:00"
