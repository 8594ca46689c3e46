"""How the team did by its policy: counted by hand, and as it is told."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from hypothesis import given

from statusgen.cli import cli
from statusgen.config import Config
from statusgen.model import Severity
from statusgen.views import timeline
from statusgen.views.review import Review, Tempo, review
from tests.folders import new_folder
from tests.strategies import sites, times
from tests.views import incident
from tests.worlds import MINIMAL, Files, at, parse, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from statusgen.model import Site

AS_OF = "2026-02-10 12:00"
SITE: Files = {
    "content/incidents/one.md": incident(
        "17:05 investigating", "17:20 identified", "17:30 monitoring", "18:00 resolved"
    ),
    "content/incidents/two.md": incident(
        "2026-01-20 10:10 investigating", "10:50 identified", "12:00 resolved",
        started="2026-01-20 10:00 UTC", acknowledged="2026-01-20 10:02 UTC",
    ),
    "content/incidents/three.md": incident(
        "2026-02-01 08:00 monitoring", "2026-02-01 08:30 resolved; Severity: SEV-2",
        started="2026-02-01 08:00 UTC", severity="SEV-3",
    ),
    "content/incidents/open.md": incident(
        "2026-02-10 11:00 investigating",
        started="2026-02-10 10:30 UTC", severity="SEV-4",
        components="{db: degraded_performance}",
    ),
    "content/incidents/wrong.md": incident(
        "2026-01-20 10:10 investigating", started="2026-01-20 09:00 UTC", retracted="A false alarm"
    ),
    "content/incidents/early.md": incident(
        "2026-01-20 10:10 investigating", started="2026-01-20 09:00 UTC", draft="true"
    ),
    "content/postmortems/one.md": "---\npublished: 2026-01-04 18:00 UTC\n---\n# One\n\nLearnt.\n",
    "content/postmortems/two.md": "---\npublished: 2026-01-22 12:01 UTC\n---\n# Two\n\nLearnt.\n",
}  # fmt: skip


def reviewed(files: Files, month: date | None = None) -> Review:
    """Review a site."""
    config, site = parse(files, as_of=AS_OF)
    return review(timeline.cut(site, at(AS_OF)), config, at(AS_OF), month)


def tempo(median: int, slowest: int) -> Tempo:
    """A tempo in minutes."""
    return Tempo(median=timedelta(minutes=median), slowest=timedelta(minutes=slowest))


def test_counted_by_hand() -> None:
    """Steps count from the start; an incident counts by the worst severity that it had."""
    high, low, everything = reviewed(SITE).rows
    assert (high.severity, high.count) == (Severity.SEV_2, 3)
    assert high.acknowledged == tempo(2, 5)
    assert high.identified == tempo(20, 50)
    assert high.resolved == tempo(60, 120)
    assert high.silence == tempo(30, 70)
    assert (low.severity, low.count) == (Severity.SEV_4, 1)
    assert low.acknowledged == tempo(30, 30)
    assert low.identified is low.resolved is low.silence is None
    assert (everything.severity, everything.count) == (None, 4)


def test_lessons() -> None:
    """A post-mortem is late by a minute, or if nobody has published it when it is due."""
    told = {one.slug: (one.is_late, one.published is not None) for one in reviewed(SITE).lessons}
    assert told == {"one": (False, True), "two": (True, True), "three": (True, False)}
    assert reviewed(SITE).late == 2


def test_month() -> None:
    """A month has what began in it, in the site's zone, and its own uptime."""
    january = reviewed(SITE, date(2026, 1, 1))
    assert january.rows[-1].count == 2
    zone: Files = {
        "content/site.yml": "title: Example\nurl: https://status.example.com/\n"
        "timezone: Europe/Istanbul\n",
        "content/incidents/night.md": incident(
            "2026-01-31 22:05 investigating", "22:10 resolved", started="2026-01-31 22:00 UTC"
        ),
    }
    assert reviewed(zone, date(2026, 1, 1)).rows[-1].count == 0
    assert reviewed(zone, date(2026, 2, 1)).rows[-1].count == 1
    api = next(one for one in january.uptime if one.name == "API")
    # A partial outage of an hour, and one of two, each by a weight of 0.3.
    assert api.uptime == pytest.approx(1 - 3 * 3600 * 0.3 / (31 * 86400))


def test_midnight() -> None:
    """What begins as a month ends belongs to the next, and to no two."""
    files: Files = {
        "content/incidents/night.md": incident(
            "2026-02-01 00:05 investigating", "00:10 resolved", started="2026-02-01 00:00 UTC"
        )
    }
    assert reviewed(files, date(2026, 1, 1)).rows[-1].count == 0
    assert reviewed(files, date(2026, 2, 1)).rows[-1].count == 1


@pytest.mark.parametrize(("day", "is_told"), [("2026-02-10", False), ("2026-02-11", True)])
def test_retired(day: str, *, is_told: bool) -> None:
    """A component has an uptime until the day on which it is retired."""
    files: Files = {"content/components.yml": f"- id: api\n  name: API\n  retired: {day}\n"}
    assert bool(reviewed(files).uptime) == is_told


def test_acknowledged_before_the_start() -> None:
    """An alarm may come before it is known since when: then it was taken up at once."""
    early = incident(acknowledged="2026-01-02 16:50 UTC")
    assert reviewed({"content/incidents/early.md": early}).rows[-1].acknowledged == tempo(0, 0)


def test_nothing() -> None:
    """A site without incidents has a row of nothing."""
    (row,) = reviewed({}).rows
    assert (row.count, row.resolved) == (0, None)


@given(sites(), times)
def test_any_site(site: Site, as_of: datetime) -> None:
    """Months add up to all, and no tempo has a median beyond the slowest."""
    config = Config(title="Example", url="https://status.example.com/")
    site = timeline.cut(site, as_of)
    found = review(site, config, as_of)
    begun = {one.started.astimezone(UTC).date().replace(day=1) for one in site.incidents}
    months = [review(site, config, as_of, month) for month in begun]
    assert sum(one.rows[-1].count for one in months) >= found.rows[-1].count
    assert sum(row.count for row in found.rows[:-1]) == found.rows[-1].count
    for row in found.rows:
        for each in (row.acknowledged, row.identified, row.resolved, row.silence):
            assert each is None or each.median <= each.slowest


class TestCommand:
    """`statusgen report`."""

    @pytest.fixture
    def root(self) -> Iterator[Path]:
        with new_folder() as folder:
            yield write(folder, MINIMAL | SITE)

    def say(self, root: Path, *words: str) -> Result:
        return CliRunner().invoke(
            cli, ["report", str(root), "--as-of", f"{AS_OF} UTC", *words], prog_name="statusgen"
        )

    def test_text(self, root: Path) -> None:
        """A table that fits a terminal of 80 columns."""
        result = self.say(root)
        assert (result.exit_code, result.stderr) == (0, "")
        lines = result.stdout.splitlines()
        assert lines[:5] == [
            "All incidents",
            "",
            "Severity  Incidents  Taken up    Identified  Resolved  Silence",
            "SEV-2     3          2 min       20 min      1 h       30 min",
            "                     max 5 min   max 50 min  max 2 h   max 1 h 10 min",
        ]
        assert "3 post-mortems asked for, 2 late" in lines
        assert max(map(len, lines)) <= 80

    def test_markdown(self, root: Path) -> None:
        """A title from the content cannot break a table."""
        path = root / "content/incidents/three.md"
        path.write_text(path.read_text().replace("The API is slow", "'A | B'"))
        told = self.say(root, "--format", "markdown", "--month", "2026-02").stdout
        assert told.startswith("# Incidents of February 2026\n\n| Severity | Incidents |")
        assert "| A \\| B | 2026-02-03 08:30 UTC | not yet |" in told

    def test_csv(self, root: Path) -> None:
        """Seconds, a row for each severity and one for all."""
        rows = [*csv.DictReader(io.StringIO(self.say(root, "--format", "csv").stdout))]
        assert [row["severity"] for row in rows] == ["SEV-2", "SEV-4", "all"]
        assert rows[0]["resolved_slowest"] == "7200"
        assert rows[1]["resolved_slowest"] == ""

    def test_json(self, root: Path) -> None:
        """Everything, for a program."""
        told = json.loads(self.say(root, "--format", "json").stdout)
        assert told["rows"][0]["resolved"] == {"median": "PT3600S", "slowest": "PT7200S"}
        assert [one["slug"] for one in told["lessons"]] == ["one", "three", "two"]

    @pytest.mark.parametrize("month", ["2026-13", "January", "2026-1", "0000-01", "9999-12"])
    def test_no_month(self, root: Path, month: str) -> None:
        """What is no month is refused, with one that is."""
        result = self.say(root, "--month", month)
        assert result.exit_code == 2
        assert result.stderr.splitlines()[-1] == (
            f"Error: Invalid value for '--month': {month!r} is no month: write it like 2026-01"
        )
