"""The uptime report as CSV, read back by Python's own reader."""

import csv
import io

from statusgen.renderers import tables
from tests.views import incident
from tests.worlds import Files, view

FILES: Files = {
    "content/components.yml": """
        - group: "Data, and more"
          components:
            - {id: db, name: 'The "big" database'}
            - {id: new, name: New, since: 2026-01-04}
    """,
    "content/incidents/down.md": incident("17:20 resolved", components="{db: partial_outage}"),
}


def table(files: Files) -> str:
    """Write the report of a site."""
    return tables.csv(view(files).report_table.make(), None).decode()  # type: ignore[arg-type]  # it asks for no theme


def test_lines() -> None:
    """Lines end as the standard has it, and quotes stand where they must."""
    assert table(FILES).split("\r\n") == [
        ",".join(tables.HEADER),
        '2026-01,db,"The ""big"" database","Data, and more",99.8611,0,1200,259200',
        '2026-01,new,New,"Data, and more",,,,0',
        "",
    ]


def test_read_back() -> None:
    """A reader of CSV finds in each column what was put there."""
    first, second = csv.DictReader(io.StringIO(table(FILES), newline=""), strict=True)

    assert (first["name"], first["group"]) == ('The "big" database', "Data, and more")
    assert (first["uptime_percent"], second["uptime_percent"]) == ("99.8611", "")


def test_never_rounded_up() -> None:
    """Full uptime is said only of a month without an outage."""
    second: Files = {
        "content/incidents/down.md": incident(
            "17:01 resolved", started="2026-01-02 17:00:59 UTC", components="{api: partial_outage}"
        )
    }

    assert table({}).count("100.0000") == 2
    assert "2026-01,api,API,,99.9998,0,1,259200" in table(second)
