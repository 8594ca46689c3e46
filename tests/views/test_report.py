"""The uptime report: months by hand, and what its page and its table hold."""

from datetime import date

import pytest

from statusgen.model import ComponentStatus
from tests.views import incident, maintenance
from tests.worlds import Files, view

HOUR = 3600
DAY = 24 * HOUR
GROUPED: Files = {
    "content/site.yml": """
        title: Example
        url: https://status.example.com/
        since: 2025-11-20
    """,
    "content/components.yml": """
        - {id: web, name: Website}
        - group: Data
          id: data
          components:
            - {id: db, name: Database, since: 2025-12-31}
            - {id: fax, name: Fax, retired: 2025-12-01}
        - {id: api, name: API}
    """,
}
OUTAGE: Files = {
    "content/incidents/new-year.md": incident(
        "2025-12-31 22:05 investigating",
        "2026-01-01 03:00 resolved",
        started="2025-12-31 22:00 UTC",
        components="{api: major_outage, db: partial_outage}",
    )
}


def lines(files: Files, as_of: str = "2026-01-03 12:00") -> list[str]:
    """Tell the table briefly: `month component major partial of known`."""
    records = view(GROUPED | files, as_of=as_of).report_table.make().records
    return [
        f"{one.month:%Y-%m} {one.component} {one.major} {one.partial} of {one.known // DAY} d"
        for one in records
    ]


def test_table() -> None:
    """Each month of each component has a record since the record began, and an outage its share."""
    assert lines(OUTAGE) == [
        "2025-11 web 0 0 of 11 d",
        "2025-11 db 0 0 of 0 d",
        "2025-11 fax 0 0 of 11 d",
        "2025-11 api 0 0 of 11 d",
        "2025-12 web 0 0 of 31 d",
        f"2025-12 db 0 {2 * HOUR} of 1 d",
        "2025-12 fax 0 0 of 0 d",
        f"2025-12 api {2 * HOUR} 0 of 31 d",
        "2026-01 web 0 0 of 3 d",
        f"2026-01 db 0 {3 * HOUR} of 3 d",
        "2026-01 fax 0 0 of 0 d",
        f"2026-01 api {3 * HOUR} 0 of 3 d",
    ]


def test_uptime_of_a_month() -> None:
    """A month's uptime is that of its known days; of one that is unknown there is none."""
    records = view(GROUPED | OUTAGE).report_table.make().records
    found = {(f"{one.month:%Y-%m}", one.component): one.uptime for one in records}

    assert found["2025-12", "api"] == pytest.approx(1 - 2 / (31 * 24))
    assert found["2026-01", "db"] == pytest.approx(1 - 0.3 * 3 / (3 * 24))
    assert found["2025-11", "db"] is None


def test_page() -> None:
    """The page has a row for each component in its group, the newest of 12 months first."""
    page = view(GROUPED | OUTAGE).report.make()

    names = [(group.name, [row.name for row in group.rows]) for group in page.groups]
    assert names == [("", ["Website"]), ("Data", ["Database", "Fax"]), ("", ["API"])]
    assert (page.months[0], page.months[-1]) == (date(2026, 1, 1), date(2025, 2, 1))
    (row,) = page.groups[2].rows
    assert [one.uptime is None for one in row.months] == [False] * 3 + [True] * 9
    assert row.uptime == pytest.approx(1 - 5 / (45 * 24))
    assert page.has_earlier is False


def test_bars() -> None:
    """A chart shows what counts as down, on one scale for all components."""
    page = view(GROUPED | OUTAGE).report.make()

    rows = {row.name: row for group in page.groups for row in group.rows}
    assert [one.lost for one in rows["API"].bars][-3:] == [0, 2 * HOUR, 3 * HOUR]
    assert [one.lost for one in rows["Database"].bars][-3:] == [None, 2160, 3240]
    worst = rows["API"].worst
    assert worst
    assert (worst.month, worst.lost) == (date(2026, 1, 1), 3 * HOUR)
    assert rows["Website"].worst is None
    assert page.most == 3 * HOUR


def test_long_record() -> None:
    """The table ends with 12 months and the charts with 36; the rest is in the CSV."""
    files: Files = {
        "content/site.yml": "title: Example\nurl: https://status.example.com/\nsince: 2020-05-01\n"
    }
    site = view(GROUPED | files)
    page = site.report.make()

    assert (len(page.months), len(page.charted)) == (12, 36)
    assert page.charted[0] == date(2023, 2, 1)
    assert page.has_earlier is True
    assert site.report_table.make().records[0].month == date(2020, 5, 1)


def test_long_retired() -> None:
    """A component of which nothing is known in the table's months is only in the CSV."""
    page = view(GROUPED, as_of="2027-01-03 12:00").report.make()

    names = [row.name for group in page.groups for row in group.rows]
    assert names == ["Website", "Database", "API"]


def test_no_components() -> None:
    """A site without components reports nothing."""
    site = view({"content/components.yml": "[]\n"})

    assert site.report.make().groups == ()
    assert site.report_table.make().records == ()


def test_what_is_not_yet() -> None:
    """A record that is to begin has no months yet."""
    files: Files = {
        "content/site.yml": "title: Example\nurl: https://status.example.com/\nsince: 2026-05-01\n",
        "content/components.yml": "- {id: api, name: API}\n",
    }

    records = view(files).report_table.make().records

    assert [(f"{one.month:%Y-%m}", one.uptime) for one in records] == [("2026-01", None)]


def test_what_is_due() -> None:
    """Only an outage makes the report due: no word about it does, and nothing milder."""
    before = view(GROUPED | OUTAGE)
    milder: Files = {
        "content/incidents/slow.md": incident(
            "17:30 resolved", components="{api: degraded_performance}"
        ),
        "content/maintenance/disks.md": maintenance(),
    }
    worse: Files = {
        "content/incidents/down.md": incident("17:30 resolved", components="{api: major_outage}")
    }

    assert view(GROUPED | OUTAGE | milder).report.key == before.report.key
    assert view(GROUPED | OUTAGE | worse).report.key != before.report.key
    assert view(GROUPED | OUTAGE | worse).report_table.key != before.report_table.key


def test_due_each_day() -> None:
    """A new day makes the report due, and while an outage goes on each moment."""
    goes_on: Files = {"content/incidents/slow.md": incident(components="{api: partial_outage}")}

    def key(files: Files, as_of: str) -> bytes:
        return view(GROUPED | files, as_of=as_of).report.key

    assert key({}, "2026-01-03 12:00") == key({}, "2026-01-03 13:00")
    assert key({}, "2026-01-03 12:00") != key({}, "2026-01-04 12:00")
    assert key(goes_on, "2026-01-03 12:00") != key(goes_on, "2026-01-03 13:00")


@pytest.mark.parametrize("status", ComponentStatus)
def test_agrees_with_the_component(status: ComponentStatus) -> None:
    """The report and the component's own page say the same of its months."""
    files: Files = {
        "content/incidents/one.md": incident("17:30 resolved", components=f"{{api: {status}}}")
    }
    site = view(GROUPED | files)
    own = {page.component.name: page.months for page in site.components}

    for group in site.report.make().groups:
        for row in group.rows:
            assert tuple(one for one in row.months if one.uptime is not None) == own[row.name][:3]
