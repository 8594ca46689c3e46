"""What shells, programs and bots are told is what home tells."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from statusgen.model import ComponentStatus, Site
from statusgen.renderers import plain
from statusgen.signs import without_controls
from statusgen.views.component import GroupView
from tests import examples
from tests.formats import CONFIG, NASTY, hard_sites, made, theme, view
from tests.strategies import times
from tests.worlds import INCIDENT, MINIMAL, Files, at, publish, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from statusgen.views.component import ComponentView
    from statusgen.views.home import HomePage
    from tests.examples import Example

both = pytest.mark.parametrize("build", [examples.own, examples.hard], ids=["own", "hard"])
CONTROLS = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]"


def leaves(home: HomePage) -> Iterator[ComponentView]:
    """Tell the components that home shows, in its order."""
    for row in home.components:
        yield from row.components if isinstance(row, GroupView) else (row,)


@settings(max_examples=60)
@given(hard_sites(), times)
def test_json(site: Site, as_of: datetime) -> None:
    """The JSON tells the sentence of home, its components, and what is open or planned there."""
    page = view(site, as_of)
    home = page.home

    told: dict[str, Any] = json.loads(made(page, plain.artifacts)["status.json"])

    assert told["status"]["indicator"] == home.overall.indicator
    assert told["status"]["description"] == home.overall.description
    assert [
        (one["id"], one["name"], one["status"], one["uptime_90_days"]) for one in told["components"]
    ] == [(one.id, without_controls(one.name), one.status, one.uptime) for one in leaves(home)]
    assert [one["name"] for one in told["incidents"]] == [
        without_controls(one.title) for one in home.incidents
    ]
    assert [(one["name"], one["status"]) for one in told["maintenance"]] == [
        (without_controls(one.title), one.phase) for one in (*home.under_way, *home.upcoming)
    ]
    assert [one["indicator"] for one in told["status"]["turns"]] == [
        one.overall.indicator for one in home.turns
    ]


@settings(max_examples=60)
@given(hard_sites(), times)
def test_text(site: Site, as_of: datetime) -> None:
    """The text has the indicator, the sentence, and a line for each part, whatever it is called."""
    page = view(site, as_of)
    home = page.home

    lines = made(page, plain.artifacts)["status.txt"].decode().split("\n")

    assert lines[:2] == [home.overall.indicator, home.overall.description]
    assert not any(re.search(CONTROLS, line) for line in lines)
    told = [line.split(" ")[0] for line in lines[3:] if line]
    assert told == [
        *(one.status for one in leaves(home)),
        *(one.status for one in home.incidents),
        *(one.phase for one in (*home.under_way, *home.upcoming)),
    ]


@both
def test_files(build: Callable[[], Example]) -> None:
    """A whole site's files say what its home says."""
    site = build()
    told = json.loads((site.public / "status.json").read_bytes())
    text = (site.public / "status.txt").read_text(encoding="utf-8")
    assert told["page"]["url"] == site.url
    assert told["status"]["indicator"] == site.view.home.overall.indicator == text.split("\n")[0]
    assert [one["status"] for one in told["components"]] == [
        one.status for one in leaves(site.view.home)
    ]


def test_turns(tmp_path: Path) -> None:
    """What the clock will make of a state is told beforehand, with the instant."""
    work = "---\ntitle: a\nstarts: 2026-01-03 14:00 UTC\nends: 15:00 UTC\ncomponents: [db]\n---\n"
    files: Files = {
        "content/maintenance/disks.md": f"{work}[SCHEDULED] Soon.\nUpdated: 2026-01-02 09:00 UTC\n"
    }
    publish(write(tmp_path, MINIMAL | files))
    told = json.loads((tmp_path / "public/status.json").read_bytes())
    assert told["status"]["turns"] == [
        {
            "at": "2026-01-03T14:00:00Z",
            "indicator": "maintenance",
            "description": "Service Under Maintenance",
        },
        {
            "at": "2026-01-03T15:00:00Z",
            "indicator": "none",
            "description": "All Systems Operational",
        },
    ]
    assert [one["status"] for one in told["components"][1]["turns"]] == [
        "under_maintenance",
        "operational",
    ]


def test_language(tmp_path: Path) -> None:
    """Sentences are those of the site's language, states those of the API."""
    publish(write(tmp_path, _in_german()))
    told = json.loads((tmp_path / "public/status.json").read_bytes())
    sentence = theme("de").words.phrase("Minor Service Outage")
    assert told["status"] == {"indicator": "minor", "description": sentence, "turns": []}
    assert told["components"][0]["status"] == ComponentStatus.PARTIAL_OUTAGE
    assert told["components"][0]["description"] == "Teilausfall"


def _in_german() -> Files:
    site = "title: Beispiel\nurl: https://status.example.com/\nlanguage: de\n"
    return {**MINIMAL, "content/site.yml": site, "content/incidents/api.md": INCIDENT}


@pytest.mark.parametrize(("is_open", "said"), [(True, "Something is wrong.\n"), (False, "")])
def test_shell(tmp_path: Path, *, is_open: bool, said: str) -> None:
    """The line for shells in the manual does what it says."""
    publish(write(tmp_path, MINIMAL | ({"content/incidents/a.md": INCIDENT} if is_open else {})))
    manual = Path(__file__).parents[2] / "docs/plain.md"
    line = re.findall(r"^test .*$", manual.read_text(encoding="utf-8"), re.MULTILINE)[0]
    place = tmp_path / "public/status.txt"
    script = line.replace("curl -fsS https://status.example.com/status.txt", f"cat {place}")
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == said


@pytest.mark.parametrize("text", NASTY)
def test_guide(text: str) -> None:
    """The guide begins with the name and the description, whatever they hold."""
    page = view(Site(), at("2026-01-01"), replace(CONFIG, description=text))
    guide = made(page, plain.artifacts)["llms.txt"].decode()
    title, _, about, *_ = guide.split("\n")
    told = " ".join(without_controls(re.sub(CONTROLS, " ", text)).split())
    shown = re.sub(r"\\(?=[\\`*_\[\]<>])", "", about)
    assert (title, " ".join(shown.split())) == ("# Example", f"> {told}")


def test_guide_links(tmp_path: Path) -> None:
    """The guide leads to files that are there."""
    publish(write(tmp_path, MINIMAL))
    guide = (tmp_path / "public/llms.txt").read_text(encoding="utf-8")
    links = re.findall(
        r"^- \[[^\]]+\]\(https://status.example.com/([^)]*)\): ", guide, re.MULTILINE
    )
    assert len(links) == 12
    for link in links:
        place = tmp_path / "public" / link
        assert place.is_file() or (place / "index.html").is_file()
