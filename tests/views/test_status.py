"""The roll-up: each component by the worst of what is open, and the page by the cascade."""

import pytest

from statusgen.model import ComponentStatus
from statusgen.views.status import Indicator, Overall, overall, worst
from tests.views import incident, maintenance, statuses
from tests.worlds import Files, at, view

OPERATIONAL, MAINTENANCE, DEGRADED, PARTIAL, MAJOR = ComponentStatus

CASCADE = [
    ([MAJOR, MAJOR], "critical", "Major System Outage"),
    ([MAJOR, PARTIAL, DEGRADED, MAINTENANCE, OPERATIONAL], "major", "Partial System Outage"),
    ([MAJOR, MAINTENANCE], "major", "Partial System Outage"),
    ([PARTIAL, PARTIAL], "minor", "Minor Service Outage"),
    ([PARTIAL, DEGRADED, MAINTENANCE, OPERATIONAL], "minor", "Minor Service Outage"),
    ([DEGRADED, DEGRADED], "minor", "Degraded System Service"),
    ([DEGRADED, MAINTENANCE], "minor", "Partially Degraded Service"),
    ([DEGRADED, OPERATIONAL], "minor", "Partially Degraded Service"),
    ([MAINTENANCE, MAINTENANCE], "maintenance", "Service Under Maintenance"),
    ([MAINTENANCE, OPERATIONAL], "maintenance", "Service Under Maintenance"),
    ([OPERATIONAL, OPERATIONAL], "none", "All Systems Operational"),
    ([], "none", "All Systems Operational"),
]
"""The public API's cascade: what the components have, the indicator, its sentence."""


@pytest.mark.parametrize(("components", "indicator", "description"), CASCADE)
def test_cascade(components: list[ComponentStatus], indicator: str, description: str) -> None:
    """The first line of the cascade that matches the components gives the page's word."""
    found = overall(components, has_open_incident=False)

    assert found == Overall(indicator=Indicator(indicator), description=description)


@pytest.mark.parametrize(("components", "indicator", "description"), CASCADE)
def test_floor(components: list[ComponentStatus], indicator: str, description: str) -> None:
    """While an incident is open the page says at least `Partially Degraded Service`."""
    found = overall(components, has_open_incident=True)

    if indicator in {"none", "maintenance"}:
        indicator, description = "minor", "Partially Degraded Service"
    assert found == Overall(indicator=Indicator(indicator), description=description)


def test_worst() -> None:
    """Statuses run from operational over maintenance and degraded to the outages."""
    ordered = [OPERATIONAL, MAINTENANCE, DEGRADED, PARTIAL, MAJOR]

    assert sorted(ComponentStatus, key=lambda status: status.rank) == ordered
    assert worst(ordered) == MAJOR
    assert worst(()) == OPERATIONAL


def test_overlap() -> None:
    """Of two open incidents the worse one counts, and the other once that is resolved."""
    files: Files = {
        "content/incidents/mild.md": incident(components="{api: degraded_performance}"),
        "content/incidents/grave.md": incident(
            "17:30 investigating", "18:00 resolved", components="{api: major_outage}"
        ),
    }

    assert statuses(view(files, as_of="2026-01-02 17:59"))["api"] == MAJOR
    assert statuses(view(files, as_of="2026-01-02 18:00"))["api"] == DEGRADED


def test_maintenance_under_incident() -> None:
    """A component is under maintenance in an open window if nothing worse holds."""
    window = maintenance(components="[api, db]")
    files: Files = {"content/maintenance/disks.md": window, "content/incidents/slow.md": incident()}

    found = statuses(view(files, as_of="2026-01-03 12:30"))

    assert found == {"api": PARTIAL, "db": MAINTENANCE}


def test_incident_that_says_operational() -> None:
    """An incident that gives a component `operational` does not end its maintenance."""
    files: Files = {
        "content/maintenance/disks.md": maintenance(),
        "content/incidents/slow.md": incident(components="{db: operational}"),
    }

    assert statuses(view(files, as_of="2026-01-03 12:30"))["db"] == MAINTENANCE


def test_open_incident_without_components() -> None:
    """An incident that names no component still keeps the banner from green."""
    site = view({"content/incidents/slow.md": incident(components="")})

    assert set(statuses(site).values()) == {OPERATIONAL}
    assert site.home.overall.description == "Partially Degraded Service"


def test_open_incident_on_a_site_without_components() -> None:
    """A page without components is green, and not green while an incident is open."""
    empty: Files = {"content/components.yml": "[]\n"}
    story: Files = {"content/incidents/slow.md": incident(components="")}

    assert view(empty).home.overall.indicator == Indicator.NONE
    assert view(empty | story).home.overall.indicator == Indicator.MINOR


def test_retired_component_in_the_roll_up() -> None:
    """A retired component neither worsens the page nor keeps it from `all are down`."""
    files: Files = {
        "content/components.yml": """
            - {id: api, name: API}
            - {id: fax, name: Fax, retired: 2026-01-03}
        """,
        "content/incidents/slow.md": incident(components="{api: major_outage}"),
        "content/incidents/fax.md": incident(components="{fax: degraded_performance}"),
    }

    before = view(files, as_of="2026-01-02 23:59").home.overall
    after = view(files, as_of="2026-01-03 00:00").home.overall

    assert before.description == "Partial System Outage"
    assert after.description == "Major System Outage"


@pytest.mark.parametrize("as_of", ["2026-01-02 17:04", "2026-01-02 17:05"])
def test_as_of(as_of: str) -> None:
    """What is said after the moment has not happened yet, what is said at it has."""
    site = view({"content/incidents/slow.md": incident()}, as_of=as_of)

    has_happened = at(as_of) >= at("2026-01-02 17:05")
    assert statuses(site)["api"] == (PARTIAL if has_happened else OPERATIONAL)
    assert len(site.incidents) == has_happened
