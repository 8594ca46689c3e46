"""Components on home, in their groups, and on their own pages."""

from statusgen.views.component import COMPONENT_ENTRIES, ComponentView, GroupView
from tests.views import incident, maintenance
from tests.worlds import Files, view

GROUPED: Files = {
    "content/components.yml": """
        - group: Data
          id: data
          components:
            - {id: db, name: Database}
            - {id: cache, name: Cache, only_show_if_degraded: true}
        - {id: api, name: API}
        - group: Old
          id: old
          components:
            - {id: fax, name: Fax, retired: 2026-01-03}
    """,
}


def rows(files: Files, as_of: str = "2026-01-03 12:00") -> list[str]:
    """Tell the rows of home: `group: status (members)`, or `component: status`."""
    found = []
    for row in view(GROUPED | files, as_of=as_of).home.components:
        members = row.components if isinstance(row, GroupView) else ()
        names = f" ({', '.join(one.id for one in members)})" if members else ""
        found.append(f"{row.id}: {row.status}{names}")
    return found


def test_page_order() -> None:
    """Components stand in the order of their file, groups and single ones mixed."""
    assert rows({}) == ["data: operational (db)", "api: operational"]


def test_group() -> None:
    """A group's status is the worst of its members."""
    files: Files = {
        "content/incidents/slow.md": incident(
            components="{db: degraded_performance, cache: major_outage}"
        )
    }

    assert rows(files) == ["data: major_outage (db, cache)", "api: operational"]


def test_only_show_if_degraded() -> None:
    """Such a component stands on home while anything is the matter with it, maintenance too."""
    files: Files = {"content/maintenance/cache.md": maintenance(components="[cache]")}

    assert rows(files, "2026-01-03 12:30")[0] == "data: under_maintenance (db, cache)"
    assert rows(files, "2026-01-03 13:00")[0] == "data: operational (db)"


def test_group_of_hidden_components() -> None:
    """A group whose members are all hidden is not shown."""
    hidden: Files = {
        "content/components.yml": """
            - group: Data
              id: data
              components:
                - {id: cache, name: Cache, only_show_if_degraded: true}
        """
    }

    assert view(hidden).home.components == ()


def test_retired() -> None:
    """A component leaves home on its day, its group with the last of its members."""
    assert rows({}, "2026-01-02 23:59")[-1] == "old: operational (fax)"
    assert rows({}, "2026-01-03 00:00")[-1] == "api: operational"


def test_group_of_a_retired_component() -> None:
    """What goes on with a retired member is no matter of its group any more."""
    files: Files = {
        "content/components.yml": """
            - group: Data
              id: data
              components:
                - {id: db, name: Database}
                - {id: fax, name: Fax, retired: 2026-01-03}
        """,
        "content/incidents/fax.md": incident(components="{fax: major_outage}"),
    }

    assert rows(files, "2026-01-02 23:59") == ["data: major_outage (db, fax)"]
    assert rows(files, "2026-01-03 00:00") == ["data: operational (db)"]


def test_page_of_a_retired_component() -> None:
    """A retired component keeps its page and its past."""
    files: Files = {"content/incidents/fax.md": incident(components="{fax: major_outage}")}

    pages = {page.component.id: page for page in view(GROUPED | files).components}

    assert f"{pages['fax'].component.retired}" == "2026-01-03"
    assert [one.path for one in pages["fax"].entries] == ["incidents/fax/"]
    assert pages["fax"].component.days[-1].status == "major_outage"
    assert pages["api"].component.retired is None


def test_to_be_retired() -> None:
    """Until its day comes, a component is not called retired."""
    pages = view(GROUPED, as_of="2026-01-02 12:00").components

    assert [page.component.retired for page in pages] == [None] * 4


def test_group_on_the_page() -> None:
    """A component's page names its group."""
    found = {page.component.id: page.group for page in view(GROUPED).components}

    assert found == {"db": "Data", "cache": "Data", "api": "", "fax": "Old"}


def test_entries() -> None:
    """A component's page lists what touched it, newest first, and what is to come."""
    files: Files = {
        "content/incidents/one.md": incident(),
        "content/incidents/two.md": incident("17:20 investigating; Components: db=major_outage"),
        "content/maintenance/ahead.md": maintenance(),
    }

    api, database = view(files, as_of="2026-01-03 11:00").components

    assert [one.path for one in api.entries] == ["incidents/two/", "incidents/one/"]
    assert [one.path for one in database.entries] == ["incidents/two/"]
    assert [one.path for one in database.upcoming] == ["maintenance/ahead/"]


def test_earlier_entries() -> None:
    """A page that would grow with the whole history stops, and says that there is more."""
    files: Files = {
        f"content/incidents/{number}.md": incident("17:30 resolved")
        for number in range(COMPONENT_ENTRIES + 1)
    }

    api, database = view(files).components

    assert (len(api.entries), api.has_earlier) == (COMPONENT_ENTRIES, True)
    assert (len(database.entries), database.has_earlier) == (0, False)


def test_details() -> None:
    """A component shows its description and its link."""
    files: Files = {
        "content/components.yml": """
            - {id: api, name: API, description: For apps., link: "https://api.example.com/"}
        """
    }

    (row,) = view(files).home.components

    assert isinstance(row, ComponentView)
    assert (row.description, row.link) == ("For apps.", "https://api.example.com/")
    assert row.path == "components/api/"
