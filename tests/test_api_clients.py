"""Published readers of Statuspage's API run unmodified against a site that we built.

Two are from PyPI, two from npm; each gets its own process or browser, and a web server that knows
nothing but files and the headers of netlify.toml.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import tomllib
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from statusgen.views.statuspage import statuspage_id
from tests.conftest import missing
from tests.folders import new_folder
from tests.tools.install import MODULES, SCRIPTS, npm_tools_installed
from tests.worlds import INCIDENT, Files, publish, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import NewContext

ROOT = Path(__file__).parents[1]

SITE: Files = {
    "content/site.yml": """
        title: Example
        url: https://status.example.com/
        timezone: Europe/Istanbul
        since: 2026-01-01
    """,
    "content/components.yml": """
        - {id: web, name: Web}
        - group: Data
          id: data
          components:
            - {id: db, name: Database}
            - {id: cache, name: Cache}
        - {id: api, name: API}
    """,
    "content/incidents/slow.md": INCIDENT
    + "\n[IDENTIFIED] A query is slow & <old>.\nComponents: db=degraded_performance\n"
    "Updated: 17:20 UTC\n",
    "content/incidents/over.md": INCIDENT.replace("is slow", "was slow")
    + "\n[RESOLVED] It is over.\nUpdated: 17:30 UTC\n",
    "content/maintenance/disks.md": """
        ---
        title: New disks
        starts: 2026-01-03 11:00 UTC
        ends: 2026-01-03 13:00 UTC
        components: [cache]
        ---

        [SCHEDULED] We put in quicker disks.
        Updated: 2026-01-02 09:00 UTC
    """,
    "content/maintenance/move.md": """
        ---
        title: A new home
        starts: 2026-01-09 11:00 UTC
        ends: 2026-01-09 13:00 UTC
        components: [web]
        ---

        [SCHEDULED] We move.
        Updated: 2026-01-02 10:00 UTC
    """,
}


class Handler(SimpleHTTPRequestHandler):
    """Answers quietly, and lets other sites read what the site's headers let them."""

    def end_headers(self) -> None:
        """Send the headers of the API."""
        if self.path.startswith("/api/"):
            for name, value in api_headers().items():
                self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def api_headers() -> dict[str, str]:
    """Read what netlify.toml sends with the API."""
    host = tomllib.loads((ROOT / "netlify.toml").read_text(encoding="utf-8"))
    (values,) = (rule["values"] for rule in host["headers"] if rule["for"] == "/api/*")
    return dict(values)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder, and tell its address."""
    handler = partial(Handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of the site."""
    with new_folder() as folder:
        publish(write(folder, SITE))
        with served(folder / "public") as address:
            yield address


def run(*command: str | Path, **environment: str) -> str:
    """Run a client and give what it printed."""
    done = subprocess.run(
        command,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


AREZ = """
import asyncio, json, sys
from arez import StatusPage

async def main():
    async with StatusPage(sys.argv[1], loop=asyncio.get_running_loop()) as page:
        told = await page.get_status()
    print(json.dumps({
        "status": told.status,
        "impact": told.impact,
        "name": told.name,
        "updated": str(told.updated_at),
        "components": {one.name: one.status for one in told.components},
        "groups": {one.name: [one.status, [each.name for each in one.components]]
                   for one in told.groups},
        "incidents": [[one.name, one.status, one.impact, str(one.last_update),
                       [each.name for each in one.components]] for one in told.incidents],
        "maintenances": [[one.name, one.status, str(one.scheduled_for), str(one.scheduled_until)]
                         for one in told.maintenances],
    }))

asyncio.run(main())
"""


def test_arez(address: str) -> None:
    """AREZ, which reads strictly, finds everything as it was meant."""
    assert json.loads(run(sys.executable, "-c", AREZ, address)) == {
        "status": "Minor Service Outage",
        "impact": "Minor",
        "name": "Example",
        "updated": "2026-01-03 11:00:00",
        "components": {
            "Web": "Operational",
            "Database": "Degraded Performance",
            "Cache": "Under Maintenance",
            "API": "Partial Outage",
        },
        "groups": {"Data": ["Degraded Performance", ["Database", "Cache"]]},
        "incidents": [
            [
                "The API is slow",
                "Identified",
                "Major",
                "Identified: A query is slow &amp; &lt;old&gt;.",
                ["Database", "API"],
            ]
        ],
        "maintenances": [
            ["A new home", "Scheduled", "2026-01-09 11:00:00", "2026-01-09 13:00:00"],
            ["New disks", "In Progress", "2026-01-03 11:00:00", "2026-01-03 13:00:00"],
        ],
    }


def test_exporter(address: str, tmp_path: Path) -> None:
    """The exporter for Prometheus writes a gauge for each component, incident and maintenance."""
    services = {"example": {"name": "Example", "url": f"{address}/api/v2/summary.json"}}
    (tmp_path / "services.json").write_text(json.dumps(services), encoding="utf-8")
    metrics = tmp_path / "metrics.prom"
    subprocess.run(
        [SCRIPTS / "statuspage-prometheus-exporter"],
        cwd=tmp_path,
        env={**os.environ, "RUN_MODE": "once", "METRICS_TEXTFILE_PATH": str(metrics)},
        capture_output=True,
        timeout=60,
        check=True,
    )
    told = metrics.read_text(encoding="utf-8")
    gauges = dict(
        line.rsplit(" ", 1) for line in told.splitlines() if line.startswith("statuspage_")
    )
    prefix = 'statuspage_component_status{component_name="'
    components = {
        name.removeprefix(prefix).partition('"')[0]: float(value)
        for name, value in gauges.items()
        if name.startswith(prefix)
    }
    assert components == {"Web": 1, "Data": 0, "API": 0, "Database": 0, "Cache": 0}
    assert gauges['statuspage_probe_check{service_name="Example"}'] == "1.0"
    (incident,) = (name for name in gauges if name.startswith("statuspage_incident_info"))
    assert f'incident_id="{statuspage_id("incident", "slow")}"' in incident
    assert 'shortlink="https://status.example.com/incidents/slow/"' in incident
    assert 'started_at="2026-01-02T20:00:00+03:00"' in incident
    works = [name for name in gauges if name.startswith("statuspage_maintenance_info")]
    assert len(works) == 2


STATUSPAGE_JS = """
const { Statuspage } = require("statuspage.io");
const client = new Statuspage("example");
client.setApiUrl(process.argv[1]);
const { api } = client;
const requests = {
  summary: api.getSummary(),
  status: api.getStatus(),
  components: api.getComponents(),
  incidents: api.incidents.getAll(),
  unresolved: api.incidents.getUnresolved(),
  upcoming: api.scheduledMaintenances.getUpcoming(),
};
Promise.all(Object.values(requests)).then((answers) => {
  const names = Object.keys(requests);
  console.log(JSON.stringify(Object.fromEntries(names.map((name, i) => [name, answers[i]]))));
});
"""


def modules() -> Path:
    """Tell where the npm tools are."""
    if not npm_tools_installed():
        missing("statuspage.io", "npm could not install it")
    return MODULES


def test_statuspage_js(address: str) -> None:
    """The npm client `statuspage.io` gets an answer to whatever it asks.

    It asks for the maintenance to come when that under way, or all, is wanted of it too.
    """
    told: dict[str, Any] = json.loads(
        run(SCRIPTS / "node", "-e", STATUSPAGE_JS, address, NODE_PATH=str(modules()))
    )
    names = {
        key: [one["name"] for one in told[key].get(key2, [])]
        for key, key2 in {
            "components": "components",
            "incidents": "incidents",
            "unresolved": "incidents",
            "upcoming": "scheduled_maintenances",
        }.items()
    }
    assert told["status"]["status"]["description"] == "Minor Service Outage"
    assert told["summary"]["status"] == told["status"]["status"]
    assert names == {
        "components": ["Web", "Database", "Data", "Cache", "API"],
        "incidents": ["The API is slow", "The API was slow"],
        "unresolved": ["The API is slow"],
        "upcoming": ["A new home"],
    }


def test_status_widget(address: str, new_context: NewContext, tmp_path: Path) -> None:
    """Statuspage's own widget shows our banner on a page of another site."""
    script = modules() / "@statuspage/status-widget/dist/index.js"
    files: Files = {
        "index.html": f"""
            <!doctype html>
            <meta charset="utf-8">
            <statuspage-widget src="{address}"></statuspage-widget>
            <script src="widget.js"></script>
        """,
        "widget.js": script.read_bytes(),
    }
    page = new_context().new_page()
    with served(write(tmp_path, files)) as shop:
        page.goto(shop)
        widget = page.locator("statuspage-widget")
        expect(widget.locator(".status-text")).to_have_text("Minor Service Outage")
        expect(widget.locator(".status-indicator.minor")).to_have_count(1)
