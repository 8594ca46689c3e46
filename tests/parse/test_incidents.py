"""Incidents: what the keys say, and what the severity says where they are silent."""

from __future__ import annotations

import pytest

from statusgen.model import ComponentStatus, Edit, Impact, Report, Severity, Visibility
from tests.worlds import INCIDENT, Files, at, parse, problems

SLOW = "content/incidents/slow.md"
UPDATE = "[INVESTIGATING] We are looking into it.\nUpdated: 17:05 UTC\n"


def text(*lines: str, severity: str = "SEV-2") -> str:
    """Write an incident with these lines in its front matter."""
    keys = ("title: Slow", f"severity: {severity}", "started: 2026-01-02 17:00 UTC", *lines)
    return "\n".join(["---", *keys, "---", "", UPDATE])


def test_every_key_is_a_fact() -> None:
    """Those whose effect is elsewhere are kept all the same."""
    written = text(
        "visibility: internal",
        "draft: yes",
        "impact: critical",
        "assignee: On-call engineer",
        "acknowledged: 2026-01-02 17:03 UTC",
        "internal: [Check the pool, Call the host]",
        "retracted: It was a test",
        "edited:\n  at: 2026-01-03 09:00 UTC\n  what: The number of customers",
        "aliases: [/issues/1/, /issues/one/]",
        "template: api-down",
        "report:\n  what_happened: It was slow\n  impact: [Some, Others]\n  resolution: [Mended]",
    )
    _, site = parse({SLOW: written, "content/templates/api-down.md": "# Down\n\nText.\n"})
    (found,) = site.incidents
    assert found.slug == "slow"
    assert found.visibility == Visibility.INTERNAL
    assert found.draft
    assert found.impact == Impact.CRITICAL
    assert found.assignee == "On-call engineer"
    assert found.acknowledged == at("2026-01-02 17:03")
    assert found.internal == ("Check the pool", "Call the host")
    assert found.retracted == "It was a test"
    assert found.edited == Edit(at=at("2026-01-03 09:00"), what="The number of customers")
    assert found.aliases == ("/issues/1/", "/issues/one/")
    assert found.template == "api-down"
    assert found.report == Report(
        what_happened=("It was slow",), impact=("Some", "Others"), resolution=("Mended",)
    )


@pytest.mark.parametrize("title", ["[SEV-1] Slow", "[sev1] Slow", "[SEV 1]  Slow"])
def test_a_severity_in_the_title_is_taken_off(title: str) -> None:
    """The title is shown without it."""
    written = text().replace("title: Slow", f'title: "{title}"').replace("severity: SEV-2\n", "")
    _, site = parse({SLOW: written})
    assert (site.incidents[0].title, site.incidents[0].severity) == ("Slow", Severity.SEV_1)


def test_a_severity_may_stand_in_both_places_if_they_agree() -> None:
    """At odds it is a mistake."""
    assert not problems({SLOW: text().replace("title: Slow", 'title: "[SEV-2] Slow"')})


@pytest.mark.parametrize(
    ("severity", "status"),
    [
        ("SEV-1", ComponentStatus.MAJOR_OUTAGE),
        ("SEV-2", ComponentStatus.PARTIAL_OUTAGE),
        ("SEV-3", ComponentStatus.DEGRADED_PERFORMANCE),
        ("SEV-4", ComponentStatus.OPERATIONAL),
    ],
)
def test_the_severity_gives_listed_components_their_status(
    severity: str, status: ComponentStatus
) -> None:
    """A map gives each its own."""
    listed = text("visibility: public", "components: [api]", severity=severity)
    (change,) = parse({SLOW: listed})[1].incidents[0].components
    assert change.status == status
    mapped = text("visibility: public", "components: {api: major outage}", severity=severity)
    (change,) = parse({SLOW: mapped})[1].incidents[0].components
    assert change.status == ComponentStatus.MAJOR_OUTAGE


@pytest.mark.parametrize(
    ("severity", "visibility"),
    [("SEV-1", "public"), ("SEV-2", "public"), ("SEV-3", "internal"), ("SEV-4", "internal")],
)
def test_the_severity_gives_the_visibility(severity: str, visibility: str) -> None:
    """Unless the incident says otherwise."""
    assert parse({SLOW: text(severity=severity)})[1].incidents[0].visibility == visibility
    said = text("visibility: public", severity=severity)
    assert parse({SLOW: said})[1].incidents[0].visibility == Visibility.PUBLIC


def test_one_typed_digit_never_hides_an_outage() -> None:
    """What only its severity makes internal must say so, if anything is broken."""
    outage = "components: {api: partial_outage}"
    assert problems({SLOW: text(outage, severity="SEV-3")})
    assert not problems({SLOW: text(outage, "visibility: internal", severity="SEV-3")})
    assert not problems({SLOW: text("components: {api: operational}", severity="SEV-3")})


def test_a_policy_of_the_site_s_own_is_heard() -> None:
    """What it makes public hides nothing."""
    files: Files = {
        "content/policy.yml": "severities: {SEV-3: {visibility: public, status: major_outage}}",
        SLOW: text("components: [api]", severity="SEV-3"),
    }
    (found,) = parse(files)[1].incidents
    assert found.visibility == Visibility.PUBLIC
    assert found.components[0].status == ComponentStatus.MAJOR_OUTAGE


def test_a_component_s_past_stays_valid_after_it_is_retired() -> None:
    """Only what began after it is a mistake."""
    retired = "- id: api\n  name: API\n  retired: 2026-01-02\n"
    told = problems({"content/components.yml": retired, SLOW: INCIDENT})
    message = "'api' was retired on 2026-01-02, before this began"
    assert told == [f"{SLOW}:6: components.api: {message}"]
    later = retired.replace("01-02", "01-03")
    assert not problems({"content/components.yml": later, SLOW: INCIDENT})


def test_a_component_is_checked_though_the_severity_is_wrong() -> None:
    """One mistake hides no other."""
    told = problems({SLOW: text("components: [apy]", severity="SEV-9")})
    assert [line.split(" ")[1] for line in told] == ["severity:", "components[0]:"]


RETIRED: Files = {
    "content/components.yml": """
        - {id: api, name: API}
        - {id: fax, name: Fax, retired: 2026-01-02}
    """
}


def test_a_component_that_was_retired_before_is_no_part_of_an_update() -> None:
    """It is off the page, where nobody would see what it suffers."""
    trailer = "Components: fax=major_outage\nUpdated"
    files = RETIRED | {"content/incidents/a.md": INCIDENT.replace("Updated", trailer)}
    message = "'fax' was retired on 2026-01-02, before this began"
    where = "content/incidents/a.md:10: updates[0].Components.fax"
    assert problems(files) == [f"{where}: {message}"]


def test_retirement_is_not_judged_without_a_zone() -> None:
    """Where the site's zone cannot be read, no day is known, least of all the machine's."""
    trailer = "Components: fax=major_outage\nUpdated"
    files = RETIRED | {"content/incidents/a.md": INCIDENT.replace("Updated", trailer)}
    site: Files = {"content/site.yml": "title: A\nurl: https://a.example/\ntimezone: Nowhere\n"}
    assert [each.split(": ")[1] for each in problems(files | site)] == ["timezone"]
