"""Components on home, in their groups, and on their own pages."""

from datetime import date

import pytest

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


@pytest.mark.parametrize("as_of", ["2026-01-03 12:00", "2026-01-04 12:00", "2026-01-05 12:00"])
def test_year(as_of: str) -> None:
    """A year's days begin with a Monday, and each stands in its week and its row."""
    year = view({}, as_of=as_of).components[0].year
    cells = [(half, cell) for half in year.halves for cell in half.cells]

    assert year.first.weekday() == 0
    assert 364 < len(cells) <= 371
    assert all(cell.weekday == cell.day.date.weekday() for _, cell in cells)
    assert [(cell.week, cell.weekday) for _, cell in cells[:8]] == [
        *((0, row) for row in range(7)),
        (1, 0),
    ]
    assert cells[27 * 7] == (year.halves[1], year.halves[1].cells[0])
    assert cells[-1][1].day.date == year.last
    assert max(cell.week for _, cell in cells) < year.weeks


def test_months_of_the_year() -> None:
    """A month is named above the week in which it begins, if there is room for its name."""
    first, second = view({}).components[0].year.halves

    assert [f"{month:%b} {week}" for week, month in first.months] == [
        "Jan 0", "Feb 4", "Mar 8", "Apr 13", "May 17", "Jun 21", "Jul 26",
    ][:6]  # fmt: skip
    assert [f"{month:%b}" for _, month in second.months] == ["Aug", "Sep", "Oct", "Nov", "Dec"]


def test_year_agrees_with_the_bars() -> None:
    """The last days of the year are those that the bars on home show."""
    files: Files = {
        "content/incidents/one.md": incident("17:30 resolved"),
        "content/maintenance/disks.md": maintenance(components="[api]"),
    }

    page = view(files, as_of="2026-01-03 14:00").components[0]

    days = [cell.day for half in page.year.halves for cell in half.cells]
    assert tuple(days[-90:]) == page.component.days
    assert [(f"{day.date}", str(day.status)) for day in page.year.troubled] == [
        ("2026-01-03", "under_maintenance"),
        ("2026-01-02", "partial_outage"),
    ]


def test_year_of_a_long_incident() -> None:
    """An incident that began before the year did still shows in it."""
    files: Files = {
        "content/site.yml": "title: Example\nurl: https://status.example.com/\nsince: 2020-01-01\n",
        "content/incidents/long.md": incident(
            "2024-05-01 10:00 investigating",
            "2025-02-01 00:00 resolved",
            started="2024-05-01 09:00 UTC",
        ),
    }

    year = view(files).components[0].year

    assert (year.troubled[0].date, year.troubled[-1].date) == (date(2025, 1, 31), year.first)


def test_months() -> None:
    """A component's page tells its last 12 months as far as they are known, the newest first."""
    old: Files = {
        "content/site.yml": "title: Example\nurl: https://status.example.com/\nsince: 2020-01-01\n"
    }

    def months(files: Files) -> list[str]:
        one: Files = {"content/incidents/one.md": incident("18:00 resolved")}
        page = view(one | files).components[0]
        return [f"{each.month:%Y-%m} {each.partial}" for each in page.months]

    assert months({}) == ["2026-01 3600"]
    assert months(old) == ["2026-01 3600", *(f"2025-{month:02} 0" for month in range(12, 1, -1))]


def test_what_makes_a_page_due() -> None:
    """What happens to another component does not make a page due, what happens to it does."""

    def keys(files: Files) -> tuple[bytes, ...]:
        return tuple(one.key for one in view(files).components.promises)

    before = keys({})
    api, database = keys({"content/incidents/one.md": incident("17:30 resolved")})
    assert api != before[0]
    assert database == before[1]


def test_another_name_makes_a_page_due() -> None:
    """Its entries name other components too."""
    names = "[{id: api, name: API}, {id: db, name: %s}]\n"
    page, renamed = (
        view({"content/components.yml": names % name}).components.promises[0]
        for name in ("DB", "Store")
    )
    assert page.key != renamed.key
