"""What the public may know, and how much it does not."""

import pytest

from statusgen.model import Moment, Site
from statusgen.views import derive
from statusgen.views.audience import PUBLIC, Audience, Withheld, public
from tests.views import incident, maintenance, statuses
from tests.worlds import Files, at, parse, view

LEARNT = """
    ---
    published: 2026-01-04 09:00 UTC
    ---
    # What we learnt

    Pools need a bound.
"""


@pytest.mark.parametrize(
    ("severity", "is_shown"), [("SEV-1", True), ("SEV-2", True), ("SEV-3", False), ("SEV-4", False)]
)
def test_severity_says_who_reads_it(severity: str, *, is_shown: bool) -> None:
    """SEV-1 and SEV-2 are public, SEV-3 and SEV-4 internal, unless the incident says otherwise."""
    quiet = incident(severity=severity, visibility="", components="")

    assert bool(view({"content/incidents/slow.md": quiet}).incidents) == is_shown


@pytest.mark.parametrize("severity", ["SEV-1", "SEV-2", "SEV-3", "SEV-4"])
@pytest.mark.parametrize(("visibility", "is_shown"), [("public", True), ("internal", False)])
def test_visibility_overrides_severity(severity: str, visibility: str, *, is_shown: bool) -> None:
    """`visibility:` decides, whatever the severity."""
    story = incident(severity=severity, visibility=visibility)

    assert bool(view({"content/incidents/slow.md": story}).incidents) == is_shown


@pytest.mark.parametrize("later", ["SEV-1", "SEV-4"])
def test_changed_severity_keeps_visibility(later: str) -> None:
    """A severity that changes on the way moves nothing in or out of sight."""
    updates = ("17:05 investigating", f"17:10 update; Severity: {later}")
    shown = incident(*updates, severity="SEV-2", visibility="")
    hidden = incident(*updates, severity="SEV-3", visibility="", components="")

    site = view({"content/incidents/shown.md": shown, "content/incidents/hidden.md": hidden})

    assert [page.incident.path for page in site.incidents] == ["incidents/shown/"]


@pytest.mark.parametrize("key", [{"visibility": "internal"}, {"draft": "true"}])
@pytest.mark.parametrize("kind", ["incidents", "maintenance"])
def test_withheld_touches_nothing(kind: str, key: dict[str, str]) -> None:
    """What is internal or a draft touches no status, no uptime, no indicator and no page."""
    text = (
        incident(**key)
        if kind == "incidents"
        else maintenance("2026-01-02 17:05 in_progress", **key)
    )

    with_it, without = view({f"content/{kind}/one.md": text}), view({})

    assert str(with_it.withheld) == ("1 draft" if "draft" in key else "1 internal")
    assert with_it.home == without.home
    assert with_it.components == without.components
    assert with_it.sitemap.make() == without.sitemap.make()
    assert with_it.mails == ()


def test_withheld_is_counted() -> None:
    """Every build says how much it withheld and why: drafts once, whatever else they are."""
    files: Files = {
        "content/incidents/a.md": incident(visibility="internal"),
        "content/incidents/b.md": incident(draft="true", visibility="internal"),
        "content/incidents/c.md": incident(),
        "content/maintenance/d.md": maintenance(visibility="internal"),
        "content/pages/e.md": "---\ndraft: true\n---\n# About\n\nUs.\n",
        "content/announcements/f.md": """
            ---
            title: News
            starts: 2026-01-01 09:00 UTC
            draft: true
            ---
            Soon.
        """,
        "content/postmortems/a.md": "# Learnt\n\nMuch.\n",
    }

    assert str(view(files).withheld) == "2 internal, 3 drafts, 1 unpublished"


def test_nothing_withheld() -> None:
    """Where all is shown there is nothing to say."""
    assert str(Withheld()) == ""
    assert str(Withheld(internal=2, draft=1)) == "2 internal, 1 draft"


@pytest.mark.parametrize(
    ("as_of", "is_shown"), [("2026-01-04 08:59", False), ("2026-01-04 09:00", True)]
)
@pytest.mark.parametrize("clock", [False, True])
def test_postmortem(as_of: str, *, clock: bool, is_shown: bool) -> None:
    """A post-mortem is public from `published` on, by the clock not a minute sooner."""
    files: Files = {
        "content/incidents/slow.md": incident(),
        "content/postmortems/slow.md": LEARNT,
    }

    (page,) = view(files, as_of=as_of, clock=clock).incidents

    assert (page.postmortem is not None) == is_shown


def test_postmortem_without_published() -> None:
    """A post-mortem that does not say when it is published never is."""
    files: Files = {
        "content/incidents/slow.md": incident(),
        "content/postmortems/slow.md": "# What we learnt\n\nMuch.\n",
    }

    assert view(files, as_of="2036-01-01 00:00").incidents[0].postmortem is None


def test_postmortem_of_what_is_internal() -> None:
    """The post-mortem of an internal incident is as internal as that, published or not."""
    files: Files = {
        "content/incidents/slow.md": incident(visibility="internal"),
        "content/postmortems/slow.md": LEARNT,
    }

    site = view(files, as_of="2026-02-01 00:00")

    assert site.incidents == ()
    assert site.withheld == Withheld(internal=1, unpublished=1)


def test_never_published_keys() -> None:
    """Of what is public, the team's own notes are gone before anything is derived."""
    story = incident(
        assignee="Ada", acknowledged="2026-01-02 17:01 UTC", internal="[call Ada]", template="down"
    )
    work = maintenance(assignee="Ada", internal="[call Ada]", template="down")
    _, site = parse(
        {
            "content/incidents/slow.md": story,
            "content/maintenance/disks.md": work,
            "content/templates/down.md": "# Down\n\nText.\n",
            "content/runbooks/pool.md": "# Pool\n\nText.\n",
        }
    )

    shown, _ = public(site, at("2026-01-03 12:00"))

    assert (shown.runbooks, shown.templates) == ((), ())
    assert (shown.maintenances[0].assignee, shown.maintenances[0].internal) == ("", ())
    assert shown.maintenances[0].template == ""
    assert (shown.incidents[0].assignee, shown.incidents[0].internal) == ("", ())
    assert (shown.incidents[0].acknowledged, shown.incidents[0].template) == (None, "")


def test_retracted() -> None:
    """What was reported in error counts for nothing; its page stays and says so."""
    story = incident(retracted="A probe was broken.", components="{api: major_outage}")
    site = view({"content/incidents/slow.md": story})

    assert site.incidents[0].incident.retracted == "A probe was broken."
    assert set(statuses(site).values()) == {"operational"}
    assert site.home.overall.indicator == "none"
    assert site.home.incidents == ()
    assert site.components[0].component.uptime == 1
    assert site.history.years[0].incidents == 0
    assert site.mails == ()


def test_retracted_maintenance() -> None:
    """A maintenance announced in error opens no window and is not expected any more."""
    files: Files = {"content/maintenance/disks.md": maintenance(retracted="Wrong page.")}

    before, within = view(files, as_of="2026-01-03 11:00"), view(files, as_of="2026-01-03 12:30")

    assert before.home.upcoming == ()
    assert within.home.under_way == ()
    assert statuses(within)["db"] == "operational"
    assert within.maintenances[0].maintenance.retracted == "Wrong page."
    assert within.mails == ()


def test_empty_site() -> None:
    """A site of no facts has a home page that says so in green."""
    config, _ = parse({})

    site = derive(Site(), config, Moment(as_of=at("2026-01-03 12:00")))

    assert site.home.overall.indicator == "none"
    assert site.home.components == ()


def test_maintenance_that_nobody_announced_yet() -> None:
    """By the clock, a maintenance whose first word lies ahead is counted: it may be a slip."""
    files: Files = {"content/maintenance/a.md": maintenance("2026-01-02 09:00 scheduled")}
    assert str(view(files, as_of="2026-01-01 12:00", clock=True).withheld) == "1 not announced yet"
    assert str(view(files, as_of="2026-01-01 12:00").withheld) == ""


HIDDEN: Files = {
    "content/incidents/draft.md": incident(draft="true"),
    "content/incidents/inside.md": incident(visibility="internal"),
    "content/incidents/both.md": incident(draft="true", visibility="internal"),
    "content/maintenance/work.md": maintenance("2026-01-02 17:05 scheduled", draft="true"),
    "content/postmortems/draft.md": "# Learnt early\n\nMuch.\n",
    "content/postmortems/inside.md": LEARNT,
    "content/announcements/news.md": (
        "---\ntitle: News\nstarts: 2026-01-01 09:00 UTC\ndraft: true\n---\nSoon.\n"
    ),
    "content/pages/plan.md": "---\ndraft: true\n---\n# Plan\n\nSoon.\n",
}


@pytest.mark.parametrize(
    ("audience", "slugs", "withheld"),
    [
        (PUBLIC, [], Withheld(internal=1, draft=5, unpublished=2)),
        (Audience(drafts=True), ["draft"], Withheld(internal=2, unpublished=1)),
        (Audience(internal=True), ["inside"], Withheld(draft=5, unpublished=2)),
        (Audience(drafts=True, internal=True), ["both", "draft", "inside"], Withheld()),
    ],
    ids=["public", "drafts", "internal", "both"],
)
def test_an_audience_sees_what_it_asked_for(
    audience: Audience, slugs: list[str], withheld: Withheld
) -> None:
    """A preview shows drafts and internal things on request, and what it shows is not withheld."""
    _, site = parse(HIDDEN)

    shown, left = public(site, at("2026-01-03 12:00"), audience)

    assert sorted(one.slug for one in shown.incidents) == slugs
    assert left == withheld


def test_what_is_not_public_is_marked() -> None:
    """Each title says why the public does not see it."""
    _, site = parse(HIDDEN)

    shown, _ = public(site, at("2026-01-03 12:00"), Audience(drafts=True, internal=True))

    titles = {one.slug: one.title for one in shown.incidents}
    titles |= {one.slug: one.title for one in shown.maintenances}
    marks = {slug: title.rpartition("] ")[0] for slug, title in titles.items()}
    assert marks == {
        "both": "[Draft] [Internal",
        "draft": "[Draft",
        "inside": "[Internal",
        "work": "[Draft",
    }
    assert [one.title for one in shown.announcements] == ["[Draft] News"]
    assert [one.title for one in shown.pages] == ["[Draft] Plan"]
    assert [one.title for one in shown.postmortems] == [
        "[Draft] Learnt early",
        "[Draft] What we learnt",
    ]
    assert all(one.published for one in shown.postmortems)


def test_what_is_public_is_not_marked() -> None:
    """A public thing reads the same whoever looks."""
    _, site = parse({"content/incidents/slow.md": incident()})

    everything = Audience(drafts=True, internal=True)
    assert public(site, at("2026-01-03 12:00"), everything) == public(site, at("2026-01-03 12:00"))
