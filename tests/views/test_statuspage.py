"""Statuspage's API (v2): what each object tells, and which objects each file holds."""

import pytest

from statusgen.views.statuspage import (
    ComponentObject,
    IncidentObject,
    IncidentsFile,
    MaintenanceObject,
    MaintenancesFile,
    StatuspageFile,
    SummaryFile,
    UpdateObject,
    statuspage_id,
)
from tests.views import incident, maintenance
from tests.worlds import Files, view

GROUPED: Files = {
    "content/components.yml": """
        - {id: web, name: Web, description: What you see., showcase: no}
        - group: Data
          id: data
          components:
            - {id: db, name: Database, since: 2026-01-02}
            - {id: old, name: Old, retired: 2026-01-03}
            - {id: cache, name: Cache, only_show_if_degraded: yes}
        - {id: api, name: API}
    """
}


def told(files: Files, as_of: str = "2026-01-03 12:00") -> dict[str, StatuspageFile]:
    """Tell every file by its path below `api/v2/`."""
    promises = view(files, as_of=as_of).api.statuspage.promises
    return {one.path.removeprefix("api/v2/"): one.make() for one in promises}


def summary(files: Files, as_of: str = "2026-01-03 12:00") -> SummaryFile:
    """Tell how everything does."""
    found = told(files, as_of)["summary.json"]
    assert isinstance(found, SummaryFile)
    return found


def incidents(files: Files, as_of: str = "2026-01-03 12:00") -> tuple[IncidentObject, ...]:
    """Tell the newest incidents."""
    found = told(files, as_of)["incidents.json"]
    assert isinstance(found, IncidentsFile)
    return found.incidents


def works(
    files: Files, name: str = "scheduled-maintenances", as_of: str = "2026-01-03 12:00"
) -> tuple[MaintenanceObject, ...]:
    """Tell the maintenance of a file."""
    found = told(files, as_of)[f"{name}.json"]
    assert isinstance(found, MaintenancesFile)
    return found.scheduled_maintenances


def slow(*updates: str, **keys: str) -> IncidentObject:
    """Tell one incident."""
    (one,) = incidents({"content/incidents/slow.md": incident(*updates, **keys)})
    return one


def disks(*updates: str, as_of: str = "2026-01-03 12:00", **keys: str) -> MaintenanceObject:
    """Tell one maintenance."""
    files: Files = {"content/maintenance/disks.md": maintenance(*updates, **keys)}
    (one,) = works(files, as_of=as_of)
    return one


def affected(update: UpdateObject) -> list[str]:
    """Tell what an update made of components."""
    return [
        f"{one.name}: {one.old_status} > {one.new_status}"
        for one in update.affected_components or ()
    ]


class TestIds:
    """An id is for ever."""

    @pytest.mark.parametrize(
        ("kind", "name", "id_"),
        [
            ("page", "https://status.example.com/", "er3toq6fupj2"),
            ("component", "api", "kfi26xekb466"),
            ("group", "api", "nx97lrsnjm9n"),
            ("incident", "slow", "5p0krfkqx0qn"),
            ("maintenance", "slow", "gy5ae1w4qxab"),
            ("postmortem", "slow", "y0yalp4ilzmh"),
            ("update", "incident-slow-20260102T1705Z", "91rxkws7orxg"),
        ],
    )
    def test_written_down(self, kind: str, name: str, id_: str) -> None:
        """What was once an id of something is so in each later version."""
        assert statuspage_id(kind, name) == id_

    def test_corrections(self) -> None:
        """A title, a text, a severity or a start that is corrected changes no id."""
        one = slow("17:05 investigating")
        other = slow(
            "17:05 identified", title="Slow", severity="SEV-1", started="2026-01-02 16:00 UTC"
        )
        assert one != other
        assert one.id == other.id == statuspage_id("incident", "slow")
        assert one.incident_updates[0].id == other.incident_updates[0].id

    def test_kinds(self) -> None:
        """Things of different kinds with one name have different ids."""
        files: Files = {
            "content/components.yml": "[{group: A, id: a, components: [{id: b, name: B}]}]",
            "content/incidents/b.md": incident(components=""),
            "content/maintenance/b.md": maintenance(components=""),
        }
        found = summary(files)
        ids = [
            found.page.id,
            *(one.id for one in found.components),
            found.incidents[0].id,
            found.scheduled_maintenances[0].id,
        ]
        assert len(set(ids)) == len(ids) == 5


class TestPage:
    """The site."""

    def test_fields(self) -> None:
        """The page has its title, its address without a slash at the end, and its zone."""
        page = summary({}).page
        assert (page.name, page.url) == ("Example", "https://status.example.com")
        assert page.time_zone == "Etc/UTC"
        below = "title: Example\nurl: https://example.com/status/\ntimezone: Europe/Istanbul\n"
        page = summary({"content/site.yml": below}).page
        assert (page.url, page.time_zone) == ("https://example.com/status", "Europe/Istanbul")

    @pytest.mark.parametrize(
        ("as_of", "updated"),
        [
            ("2026-01-01 08:00", "2026-01-01T00:00:00.000Z"),
            ("2026-01-02 18:00", "2026-01-02T17:05:00.000Z"),
            ("2026-01-03 11:59", "2026-01-02T17:05:00.000Z"),
            ("2026-01-03 12:30", "2026-01-03T12:00:00.000Z"),
            ("2026-01-09 12:30", "2026-01-03T13:00:00.000Z"),
        ],
    )
    def test_updated(self, as_of: str, updated: str) -> None:
        """The page was updated when something was said, or a window opened or closed."""
        files: Files = {
            "content/incidents/slow.md": incident("17:05 investigating"),
            "content/maintenance/disks.md": maintenance("2026-01-01 09:00 scheduled"),
        }
        assert summary(files, as_of).page.updated_at == updated

    @pytest.mark.parametrize(
        ("zone", "since", "stamp"),
        [
            ("UTC", "2026-07-01", "2026-07-01T00:00:00.000Z"),
            ("Europe/London", "2026-01-01", "2026-01-01T00:00:00.000+00:00"),
            ("Europe/London", "2026-07-01", "2026-07-01T00:00:00.000+01:00"),
            ("America/St_Johns", "2026-01-01", "2026-01-01T00:00:00.000-03:30"),
        ],
    )
    def test_times(self, zone: str, since: str, stamp: str) -> None:
        """Times have milliseconds and the offset of the site's zone at that time; UTC has `Z`."""
        site = f"title: E\nurl: https://e.com/\ntimezone: {zone}\nsince: {since}\n"
        found = summary({"content/site.yml": site}, as_of="2026-08-01 12:00")
        assert found.page.updated_at == found.components[0].created_at == stamp


class TestComponents:
    """Components and groups."""

    def components(self, files: Files) -> dict[str, ComponentObject]:
        """Tell the components by their names."""
        return {one.name: one for one in summary({**GROUPED, **files}).components}

    def test_order(self) -> None:
        """Components stand by position, which counts at the top and in each group."""
        found = [(one.name, one.position) for one in self.components({}).values()]
        assert found == [("Web", 1), ("Database", 1), ("Data", 2), ("Cache", 2), ("API", 3)]

    def test_group(self) -> None:
        """A group is a component that names its own, and does as the worst of them."""
        found = self.components(
            {
                "content/incidents/a.md": incident(
                    components="{cache: partial_outage, db: operational}"
                )
            }
        )
        group = found["Data"]
        assert group.group
        assert group.components == (found["Database"].id, found["Cache"].id)
        assert found["Cache"].group_id == found["Database"].group_id == group.id
        assert (group.status, found["Database"].status) == ("partial_outage", "operational")
        assert (group.group_id, group.description, group.start_date) == (None, None, None)

    def test_fields(self) -> None:
        """A component tells what the site says of it."""
        found = self.components({})
        web, cache, db = found["Web"], found["Cache"], found["Database"]
        assert (web.description, web.showcase, web.group_id) == ("What you see.", False, None)
        assert (cache.description, cache.showcase, cache.only_show_if_degraded) == (
            None,
            True,
            True,
        )
        assert (f"{web.start_date}", f"{db.start_date}") == ("2026-01-01", "2026-01-02")
        assert db.created_at == "2026-01-02T00:00:00.000Z"

    def test_updated(self) -> None:
        """A component was updated when its status last changed."""
        changing = incident(
            "17:05 investigating",
            "17:20 update; Components: db=operational",
            "17:30 resolved",
            components="{api: partial_outage, db: degraded_performance}",
        )
        found = self.components({"content/incidents/a.md": changing})
        assert found["API"].updated_at == "2026-01-02T17:30:00.000Z"
        assert found["Database"].updated_at == "2026-01-02T17:20:00.000Z"
        assert found["Data"].updated_at == "2026-01-02T17:20:00.000Z"
        assert found["Web"].updated_at == found["Web"].created_at

    def test_updated_long_ago(self) -> None:
        """That may be long ago, further back than any bar shows."""
        years = incident(
            "2024-03-01 09:05 investigating", "10:00 resolved", started="2024-03-01 09:00 UTC"
        )
        site = "title: E\nurl: https://e.com/\nsince: 2024-01-01\n"
        found = self.components({"content/site.yml": site, "content/incidents/a.md": years})
        assert found["API"].updated_at == "2024-03-01T10:00:00.000Z"

    def test_retired(self) -> None:
        """A component that is off the page is no component; what was said of it stays."""
        one = incident(components="{old: major_outage, api: partial_outage}")
        files: Files = {**GROUPED, "content/incidents/slow.md": one}
        (found,) = incidents(files)
        assert "Old" not in self.components({})
        assert [each.name for each in found.components] == ["API"]
        assert affected(found.incident_updates[0]) == [
            "Data - Old: operational > major_outage",
            "API: operational > partial_outage",
        ]


class TestIncidents:
    """Incidents."""

    def test_fields(self) -> None:
        """An incident tells when it began, when it was told, and where its page is."""
        one = slow("17:05 investigating", "17:30 update")
        assert (one.name, one.status, one.impact) == ("The API is slow", "investigating", "major")
        assert one.started_at == "2026-01-02T17:00:00.000Z"
        assert one.created_at == "2026-01-02T17:05:00.000Z"
        assert one.updated_at == "2026-01-02T17:30:00.000Z"
        assert (one.monitoring_at, one.resolved_at) == (None, None)
        assert one.shortlink == "https://status.example.com/incidents/slow/"
        assert [(each.name, each.status) for each in one.components] == [("API", "partial_outage")]

    def test_resolved(self) -> None:
        """It tells when it was first watched, and when it was resolved."""
        one = slow(
            "17:05 investigating",
            "17:10 monitoring",
            "17:20 monitoring",
            "17:30 resolved",
            "17:40 update",
        )
        assert one.status == "resolved"
        assert one.monitoring_at == "2026-01-02T17:10:00.000Z"
        assert one.resolved_at == "2026-01-02T17:30:00.000Z"
        assert one.updated_at == "2026-01-02T17:40:00.000Z"

    def test_reopened(self) -> None:
        """One that is open again is not resolved."""
        one = slow("17:05 investigating", "17:30 resolved", "17:40 investigating")
        assert (one.status, one.resolved_at) == ("investigating", None)
        assert [affected(each) for each in one.incident_updates] == [
            ["API: operational > partial_outage"],
            ["API: partial_outage > operational"],
            ["API: operational > partial_outage"],
        ]

    def test_updates(self) -> None:
        """Updates come newest first, each with what it made of all that was named so far."""
        one = slow(
            "17:05 investigating",
            "17:10 identified; Components: db=major_outage",
            "17:20 update; Notify: no",
            "17:30 resolved",
        )
        found = one.incident_updates
        assert [each.status for each in found] == [
            "resolved",
            "identified",
            "identified",
            "investigating",
        ]
        assert [affected(each) for each in reversed(found)] == [
            ["API: operational > partial_outage"],
            ["API: partial_outage > partial_outage", "Database: operational > major_outage"],
            ["API: partial_outage > partial_outage", "Database: major_outage > major_outage"],
            ["API: partial_outage > operational", "Database: major_outage > operational"],
        ]
        assert [each.deliver_notifications for each in found] == [True, False, True, True]
        assert {each.display_at for each in found[:1]} == {"2026-01-02T17:30:00.000Z"}

    def test_no_component(self) -> None:
        """Where no component is named, none is affected: that is null, never an empty list."""
        assert slow(components="").incident_updates[0].affected_components is None

    def test_postmortem(self) -> None:
        """Once it is published, what was learnt is the newest update, and the status says so."""
        files: Files = {
            "content/incidents/slow.md": incident("17:05 investigating", "17:30 resolved"),
            "content/postmortems/slow.md": """
                ---
                title: What we learnt
                published: 2026-01-03 10:00 UTC
                ---

                Much.
            """,
        }
        (before,) = incidents(files, as_of="2026-01-03 09:59")
        (after,) = incidents(files, as_of="2026-01-03 10:00")
        assert (before.status, after.status) == ("resolved", "postmortem")
        assert after.incident_updates[0].status == "postmortem"
        assert after.incident_updates[0].body == "Much."
        assert after.updated_at == "2026-01-03T10:00:00.000Z"
        assert after.resolved_at == before.resolved_at == "2026-01-02T17:30:00.000Z"
        assert after.incident_updates[1:] == before.incident_updates

    def test_edited(self) -> None:
        """What was changed afterwards counts as an update of the whole."""
        one = slow(edited="{at: 2026-01-03 09:00 UTC, what: The start was wrong.}")
        assert one.updated_at == "2026-01-03T09:00:00.000Z"
        assert one.incident_updates[0].updated_at == "2026-01-02T17:05:00.000Z"

    def test_order(self) -> None:
        """What was told last stands first, though it began before."""
        files: Files = {
            "content/incidents/late.md": incident("2026-01-03 09:00 resolved", title="Late"),
            "content/incidents/soon.md": incident(
                "18:05 investigating", title="Soon", started="2026-01-02 18:00 UTC"
            ),
        }
        assert [one.name for one in incidents(files)] == ["Late", "Soon"]

    def test_retracted(self) -> None:
        """What was reported in error counts for nothing."""
        retracted = incident(retracted="A probe was broken.")
        assert incidents({"content/incidents/slow.md": retracted}) == ()


class TestMaintenance:
    """Maintenance."""

    def test_fields(self) -> None:
        """A maintenance tells its window; it is said to have started when it was announced."""
        one = disks("2026-01-01 09:00 scheduled", as_of="2026-01-02 12:00")
        assert (one.status, one.impact) == ("scheduled", "maintenance")
        assert one.scheduled_for == "2026-01-03T12:00:00.000Z"
        assert one.scheduled_until == "2026-01-03T13:00:00.000Z"
        assert one.started_at == one.created_at == "2026-01-01T09:00:00.000Z"
        assert (one.monitoring_at, one.resolved_at) == (None, None)
        assert one.shortlink == "https://status.example.com/maintenance/disks/"

    @pytest.mark.parametrize(
        ("as_of", "status", "resolved", "component"),
        [
            ("2026-01-03 11:59", "scheduled", None, "operational"),
            ("2026-01-03 12:00", "in_progress", None, "under_maintenance"),
            ("2026-01-03 13:00", "completed", "2026-01-03T13:00:00.000Z", "operational"),
        ],
    )
    def test_clock(self, as_of: str, status: str, resolved: str | None, component: str) -> None:
        """While only `scheduled` was said, the clock opens and closes it."""
        one = disks("2026-01-01 09:00 scheduled", as_of=as_of)
        assert (one.status, one.resolved_at) == (status, resolved)
        assert [each.status for each in one.components] == [component]

    def test_word(self) -> None:
        """What is said of it holds, and is told with what became of its components."""
        one = disks(
            "2026-01-01 09:00 scheduled",
            "2026-01-03 11:30 in_progress",
            "11:40 verifying",
            "11:50 completed",
        )
        assert (one.status, one.resolved_at) == ("completed", "2026-01-03T11:50:00.000Z")
        assert [(each.status, affected(each)) for each in reversed(one.incident_updates)] == [
            ("scheduled", ["Database: operational > operational"]),
            ("in_progress", ["Database: operational > under_maintenance"]),
            ("verifying", ["Database: under_maintenance > under_maintenance"]),
            ("completed", ["Database: under_maintenance > operational"]),
        ]

    def test_cancelled(self) -> None:
        """One that was called off is completed: there is no word for it."""
        one = disks("2026-01-01 09:00 scheduled", "2026-01-02 09:00 cancelled")
        assert (one.status, one.resolved_at) == ("completed", "2026-01-02T09:00:00.000Z")
        assert one.incident_updates[0].status == "completed"

    def test_retracted(self) -> None:
        """What was announced in error counts for nothing."""
        files: Files = {"content/maintenance/a.md": maintenance(retracted="It was a slip.")}
        assert works(files) == ()

    def test_files(self) -> None:
        """What is to come and what is under way have files of their own; the summary has both."""
        hours = [
            ("over", "2026-01-02 12:00"),
            ("later", "2026-01-09 12:00"),
            ("soon", "2026-01-04 12:00"),
            ("now", "2026-01-03 11:30"),
        ]
        files: Files = {
            f"content/maintenance/{name}.md": maintenance(
                f"2026-01-01 0{number}:00 scheduled",
                title=name,
                starts=f"{starts} UTC",
                ends=f"{starts[:11]}13:00 UTC",
            )
            for number, (name, starts) in enumerate(hours)
        }
        upcoming = [one.name for one in works(files, "scheduled-maintenances/upcoming")]
        active = [one.name for one in works(files, "scheduled-maintenances/active")]
        assert (upcoming, active) == (["soon", "later"], ["now"])
        found = [one.name for one in summary(files).scheduled_maintenances]
        assert found == ["soon", "later", "now"]
        assert [one.name for one in works(files)] == ["now", "soon", "later", "over"]
