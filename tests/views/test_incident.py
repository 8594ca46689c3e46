"""An incident and its page."""

import gc
import weakref

import pytest

from statusgen.model import Impact
from statusgen.views import incident as incidents
from statusgen.views.incident import Incidents, IncidentView
from statusgen.views.present import Present
from statusgen.views.summary import EMPTY
from tests.views import incident
from tests.worlds import Files, at, parse, view


def shown(text: str) -> IncidentView:
    """Show one incident."""
    return view({"content/incidents/slow.md": text}).incidents[0].incident


@pytest.mark.parametrize(
    ("severity", "impact"),
    [("SEV-1", "critical"), ("SEV-2", "major"), ("SEV-3", "minor"), ("SEV-4", "none")],
)
def test_impact(severity: str, impact: str) -> None:
    """The impact is what the severity gives."""
    assert shown(incident(severity=severity)).impact == impact


@pytest.mark.parametrize(
    ("before", "trailer", "impact"),
    [("SEV-3", "SEV-1", "critical"), ("SEV-1", "SEV-3", "critical"), ("SEV-4", "SEV-3", "minor")],
)
def test_impact_is_the_worst(before: str, trailer: str, impact: str) -> None:
    """A severity that changes on the way leaves the impact at the worst that held."""
    text = incident("17:05 investigating", f"17:10 update; Severity: {trailer}", severity=before)

    assert shown(text).impact == impact


def test_impact_before_the_first_word() -> None:
    """The severity of the front matter held too, though the first update lowers it."""
    text = incident("17:05 investigating; Severity: SEV-3", severity="SEV-1")

    assert shown(text).impact == Impact.CRITICAL


def test_impact_that_is_said() -> None:
    """`impact:` overrides what the severity gives, to `none` as well."""
    assert shown(incident(impact="none", severity="SEV-1")).impact == Impact.NONE


def test_components_with_their_worst() -> None:
    """The page names every component in page order, each with the worst that it was given."""
    text = incident(
        "17:05 investigating",
        "17:10 update; Components: api=degraded_performance, db=partial_outage",
        "17:20 update; Components: api=major_outage",
        "17:25 update; Components: api=degraded_performance",
        "17:30 resolved",
        components="{api: partial_outage}",
    )

    found = [(each.component.title, each.status) for each in shown(text).components]

    assert found == [("API", "major_outage"), ("Database", "partial_outage")]


def test_times() -> None:
    """The page tells when it started and when it was resolved for good, in the site's zone."""
    files: Files = {
        "content/site.yml": """
            title: Example
            url: https://status.example.com/
            timezone: Asia/Kolkata
        """,
        "content/incidents/slow.md": incident("17:05 investigating", "17:45 resolved"),
    }

    told = view(files).incidents[0].incident

    assert told.started.isoformat() == "2026-01-02T22:30:00+05:30"
    assert told.resolved is not None
    assert told.resolved.isoformat() == "2026-01-02T23:15:00+05:30"


def test_title_without_severity() -> None:
    """The title is shown without the severity that stands in front of it."""
    text = incident(title='"[SEV-2] The API is slow"', severity="")

    assert (shown(text).title, shown(text).impact) == ("The API is slow", "major")


def test_edited() -> None:
    """What was changed after publishing is told, with when."""
    told = shown(incident(edited="{at: 2026-01-02 18:00 UTC, what: The times were wrong.}")).edited

    assert told is not None
    assert (told.at, told.what) == (at("2026-01-02 18:00"), "The times were wrong.")


def test_edited_later() -> None:
    """What is to be changed has not been changed yet."""
    text = incident(edited="{at: 2026-03-01 18:00 UTC, what: The times were wrong.}")
    assert shown(text).edited is None


def test_postmortem() -> None:
    """What was learnt stands on the page of its incident and of no other."""
    files: Files = {
        "content/incidents/slow.md": incident(),
        "content/incidents/other.md": incident(),
        "content/postmortems/slow.md": """
            ---
            published: 2026-01-03 09:00 UTC
            ---
            # What we learnt

            Pools need a bound.
        """,
    }

    found = {page.incident.path: page.postmortem for page in view(files).incidents}

    assert found["incidents/other/"] is None
    told = found["incidents/slow/"]
    assert told is not None
    assert (told.title, told.body.strip()) == ("What we learnt", "Pools need a bound.")


def test_when_each_component_suffered() -> None:
    """Each component is told with each status that it had, from when to when."""
    text = incident(
        "17:05 investigating; Components: api=major_outage",
        "17:20 update; Components: api=degraded_performance",
        "17:30 resolved",
        components="{api: partial_outage}",
    )

    (found,) = shown(text).components

    assert [(each.status, f"{each.start:%H:%M}", f"{each.end:%H:%M}") for each in found.spans] == [
        ("partial_outage", "17:00", "17:05"),
        ("major_outage", "17:05", "17:20"),
        ("degraded_performance", "17:20", "17:30"),
    ]


def test_what_still_holds_has_no_end() -> None:
    """While an incident goes on, so does what its components suffer."""
    (found,) = shown(incident("17:05 investigating")).components

    assert [each.end for each in found.spans] == [None]


POLICY = "severities:\n  SEV-2:\n    update: 30 min\n"


@pytest.mark.parametrize(
    ("updates", "policy", "due"),
    [
        (("17:05 investigating",), "", None),
        (("17:05 investigating; Next update: 17:20",), "", "2026-01-02 17:20"),
        (("17:05 investigating",), POLICY, "2026-01-02 17:35"),
        (("17:05 investigating; Next update: 18:00",), POLICY, "2026-01-02 18:00"),
        (("17:05 investigating; Severity: SEV-1",), POLICY, None),
        (("17:05 investigating", "17:30 resolved"), POLICY, None),
    ],
)
def test_next_update(updates: tuple[str, ...], policy: str, due: str | None) -> None:
    """The next update is due when the newest says, else within what the policy promises."""
    files: Files = {"content/incidents/slow.md": incident(*updates)}
    if policy:
        files["content/policy.yml"] = policy

    found = view(files).incidents[0].incident.next_update

    assert found == (at(due) if due else None)


def test_beside() -> None:
    """A page leads to the incidents before and after it, over the month's end too."""
    files: Files = {
        f"content/incidents/{name}.md": incident(
            f"{day} 17:05 investigating", "17:30 resolved", started=f"{day} 17:00 UTC", title=name
        )
        for name, day in (("a", "2025-11-30"), ("b", "2025-12-30"), ("c", "2025-12-31"))
    }

    pages = {page.incident.title: page for page in view(files).incidents}
    beside = {
        name: tuple(one.path if one else None for one in (page.earlier, page.later))
        for name, page in pages.items()
    }

    assert beside == {
        "a": (None, "incidents/b/"),
        "b": ("incidents/a/", "incidents/c/"),
        "c": ("incidents/b/", None),
    }


class TestPassing:
    """One of a great many incidents, told for its page and for its file."""

    @pytest.fixture
    def present(self) -> Present:
        """A site of three incidents."""
        files: Files = {f"content/incidents/{slug}.md": incident() for slug in ("a", "b", "c")}
        config, site = parse(files)
        return Present(site, config, at("2026-01-03 12:00"), EMPTY)

    def test_once(self, present: Present) -> None:
        """It is told once for both."""
        told = Incidents(present)
        assert told.passing("a") is told.passing("a")
        assert told["b"] is told.passing("b")

    def test_only_the_last_are_kept(
        self, present: Present, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of those before nothing is held, and they are told again as they were."""
        monkeypatch.setattr(incidents, "_PASSING", 2)
        told = Incidents(present)
        first = told.passing("a")
        assert [told.passing(slug).path for slug in "bc"] == ["incidents/b/", "incidents/c/"]
        assert len(told.last) <= 2
        again = told.passing("a")
        assert again is not first
        assert again == first

    def test_nothing_is_left(self, present: Present) -> None:
        """It goes with the last who asks: a preview makes all anew with each save."""
        told = Incidents(present)
        told.passing("a")
        left = weakref.ref(told)
        gc.disable()
        try:
            del told
            assert left() is None
        finally:
            gc.enable()
