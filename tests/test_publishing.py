"""What the hosts are told: each configuration is read by the host's own tool or schema."""

import json
import re
import shlex
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import pytest
import yaml
from playwright.sync_api import Route

from statusgen.cli import cli
from tests.conftest import NewContext, missing
from tests.tools.install import MODULES, SCRIPTS, npm_tools_installed

Config: TypeAlias = dict[str, Any]

ROOT = Path(__file__).parents[1]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted(GITHUB.glob("workflows/*.yml"))
YEAR = 31_536_000


@pytest.fixture(scope="session")
def netlify() -> Config:
    """The configuration as Netlify's own reader resolves it, without asking the network."""
    if not npm_tools_installed():
        missing("@netlify/config", "npm could not install it")
    reader = [SCRIPTS / "node", MODULES / ".bin/netlify-config"]
    config: Config = json.loads(output(*reader, "--offline", "--repositoryRoot", ROOT))["config"]
    return config


def output(*command: str | Path) -> str:
    """What a command prints; a failure shows all that it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def matching_rules(config: Config, address: str) -> list[Config]:
    """The header rules that hold for an address."""
    return [rule for rule in config["headers"] if fnmatchcase(address, rule["for"])]


def serve(route: Route, folder: Path, config: Config) -> None:
    """Answer a browser as Netlify would: the file, under every header that holds for it."""
    address = urlsplit(route.request.url).path
    file = folder / address.lstrip("/")
    if file.is_dir():
        file /= "index.html"
    headers = {
        name: value
        for rule in matching_rules(config, address)
        for name, value in rule["values"].items()
    }
    if file.is_file():
        route.fulfill(path=file, headers=headers)
    else:
        route.fulfill(status=404, headers=headers)


def gitlab_ci() -> str:
    """The GitLab configuration that the manual tells people to save."""
    manual = (ROOT / "docs/publishing.md").read_text()
    (block,) = re.findall(r"^```yaml\n(.*?)^```", manual, flags=re.MULTILINE | re.DOTALL)
    return str(block)


def commands() -> Iterator[str]:
    """Every command that a host is told to run."""
    netlify_toml = (ROOT / "netlify.toml").read_text()
    for line in re.findall(r'^command = "(.+)"$', netlify_toml, flags=re.MULTILINE):
        yield from line.split(" && ")
    for workflow in WORKFLOWS:
        for job in yaml.safe_load(workflow.read_text())["jobs"].values():
            yield from (step["run"] for step in job["steps"] if "run" in step)
    gitlab = yaml.safe_load(gitlab_ci())
    yield from gitlab["default"]["before_script"]
    yield from gitlab["check"]["script"]
    yield from gitlab["pages"]["script"]


class TestNetlify:
    """`netlify.toml`, as `@netlify/config` reads it; unknown keys pass, so values are asserted."""

    def test_build(self, netlify: Config) -> None:
        """Netlify installs the repository with Python 3.11, builds it, and publishes `public/`."""
        build = netlify["build"]

        assert build["command"] == "python -m pip install . && python -m statusgen build"
        assert build["publish"] == str(ROOT / "public")
        assert build["environment"] == {"PYTHON_VERSION": "3.11"}

    def test_headers(self, netlify: Config) -> None:
        """These headers are sent, and no others."""
        assert {rule["for"]: rule["values"] for rule in netlify["headers"]} == {
            "/*": {
                "Content-Security-Policy": (
                    "default-src 'none'; style-src 'self'; img-src 'self'; "
                    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                ),
                "Permissions-Policy": (
                    "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
                ),
                "Referrer-Policy": "strict-origin-when-cross-origin",
                "Strict-Transport-Security": f"max-age={YEAR}",
                "X-Content-Type-Options": "nosniff",
            },
            "/static/*": {"Cache-Control": f"public, max-age={YEAR}, immutable"},
            "/api/*": {"Access-Control-Allow-Origin": "*"},
            "/updates.rss": {
                "Access-Control-Allow-Origin": "*",
                "Content-Type": "application/rss+xml; charset=utf-8",
            },
        }

    @pytest.mark.parametrize(
        "address", ["/", "/static/style.0123abcd.css", "/api/v2/summary.json", "/updates.rss"]
    )
    def test_no_header_twice(self, netlify: Config, address: str) -> None:
        """No address takes one header from two rules, since hosts differ in what they then send."""
        names = [name for rule in matching_rules(netlify, address) for name in rule["values"]]

        assert len(names) == len(set(names))

    def test_redirects(self, netlify: Config) -> None:
        """The addresses where people look for a feed lead to it, for good."""
        rules = {rule["from"]: (rule["to"], rule["status"]) for rule in netlify["redirects"]}

        habits = ["/rss", "/rss.xml", "/feed", "/feed.xml", "/history.rss"]
        assert rules == dict.fromkeys(habits, ("/updates.rss", 301))

    def test_pages_under_headers(
        self, netlify: Config, new_context: NewContext, tmp_path: Path
    ) -> None:
        """Every page shows whole under the headers, and asks nothing of another host."""
        moment = ["--as-of", "2026-01-14 09:40 UTC"]
        public, outbox = str(tmp_path / "public"), str(tmp_path / "outbox")
        output(SCRIPTS / "statusgen", "build", ROOT, *moment, "--out", public, "--outbox", outbox)
        sitemap = ET.parse(tmp_path / "public/sitemap.xml")  # noqa: S314 - we wrote it
        addresses = [str(loc.text) for loc in sitemap.iterfind(".//{*}loc")]
        context = new_context()
        context.route("**/*", lambda route: serve(route, tmp_path / "public", netlify))
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}"))
        asked: set[str] = set()
        page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))

        for address in addresses:
            page.goto(address)

        assert len(addresses) > 1
        assert complaints == []
        assert asked == {urlsplit(addresses[0]).netloc}


class TestWorkflows:
    """GitHub's workflows."""

    @pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
    @pytest.mark.parametrize(
        "schema", ["vendor.github-workflows", "custom.github-workflows-require-timeout"]
    )
    def test_schema(self, workflow: Path, schema: str) -> None:
        """A workflow is what GitHub reads, and every job of it ends some time."""
        output(SCRIPTS / "check-jsonschema", "--builtin-schema", schema, workflow)

    def test_dependabot_schema(self) -> None:
        """The file that keeps the actions' commits new is what GitHub reads."""
        schema = ["--builtin-schema", "vendor.dependabot"]

        output(SCRIPTS / "check-jsonschema", *schema, GITHUB / "dependabot.yml")

    def test_security(self) -> None:
        """zizmor, asked for its strictest rules, finds nothing in any of them."""
        report = output(
            *(SCRIPTS / "zizmor", "--offline", "--no-progress"),
            *("--persona=pedantic", "--format=json", "--strict-collection", GITHUB),
        )

        assert json.loads(report) == []

    def test_right_to_publish(self) -> None:
        """Only the job that runs nothing of the repository may publish."""
        publish = yaml.safe_load((GITHUB / "workflows/publish.yml").read_text())
        deploy = publish["jobs"]["deploy"]

        assert publish["permissions"] == {}
        assert publish["jobs"]["build"]["permissions"] == {"contents": "read"}
        assert not any("run" in step for step in deploy["steps"])


class TestGitLab:
    """The file that the manual gives to users of GitLab."""

    def test_schema(self, tmp_path: Path) -> None:
        """It is what GitLab reads."""
        file = tmp_path / ".gitlab-ci.yml"
        file.write_text(gitlab_ci())

        output(SCRIPTS / "check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", file)


class TestCommands:
    """What the hosts are told to run."""

    @pytest.mark.parametrize("command", sorted(set(commands())))
    def test_exists(self, command: str) -> None:
        """Every command is one that there is, with options that it knows."""
        match shlex.split(command):
            case ["python", "-m", "pip", "install", "."]:
                assert (ROOT / "pyproject.toml").is_file()
            case ["make", target]:
                output("make", "--dry-run", "--directory", ROOT, target)
            case ["statusgen", name, *words] | ["python", "-m", "statusgen", name, *words]:
                cli.commands[name].make_context(name, words)
            case _:
                pytest.fail(f"no test knows `{command}`")
