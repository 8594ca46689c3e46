"""What the hosts are told: each configuration is read by the host's own tool or schema."""

import json
import re
import shlex
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import click
import pytest
import yaml
from playwright.sync_api import Route

from statusgen.cli import cli
from statusgen.model import IncidentStatus
from statusgen.writing.request import LABELS
from statusgen.writing.starter import starter
from tests.conftest import NewContext, missing
from tests.folders import new_folder
from tests.tools.install import MODULES, SCRIPTS, npm_tools_installed
from tests.worlds import INCIDENT, MINIMAL, Files, at, publish, tree, write

Config: TypeAlias = dict[str, Any]

ROOT = Path(__file__).parents[1]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted(GITHUB.glob("workflows/*.yml"))
YEAR = 31_536_000

KEPT = [".venv", ".statusgen", "public", "outbox"]
"""The folders that hosts keep between builds."""

PAGES = (
    "/",
    "/incidents/*",
    "/maintenance/*",
    "/components/*",
    "/history/*",
    "/uptime/*",
    "/about/*",
)
"""What stands in no frame of another site."""

BRIEF = (
    "/badge.svg",
    "/badge.30d.svg",
    "/badge.90d.svg",
    "/badge/*",
    "/status.json",
    "/status.txt",
)
"""What other sites may read, and keep for a minute."""

PATH = "/usr/bin:/bin"
"""Where a host's shell finds its commands, whatever this machine has besides."""


@pytest.fixture(scope="session")
def netlify() -> Config:
    """The configuration as Netlify's own reader resolves it, for the main branch."""
    return netlify_config()


def netlify_config(*words: str) -> Config:
    """Resolve the configuration, without asking the network."""
    if not npm_tools_installed():
        missing("@netlify/config", "npm could not install it")
    reader = (SCRIPTS / "node", MODULES / ".bin/netlify-config")
    with new_folder() as root:  # else it reads the redirects of a page that was built here, too
        shutil.copy(ROOT / "netlify.toml", root)
        shutil.copytree(ROOT / ".ci", root / ".ci")
        told = output(*reader, "--offline", "--repositoryRoot", root, *words)
    config: Config = json.loads(told.replace(str(root), str(ROOT)))["config"]
    return config


def output(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """What a command prints; a failure shows all that it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=env)
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
    """Every command that a host is told to run, one by one."""
    for script in scripts():
        for command in re.split(r"\n| && | \|\| |; ", script.strip()):
            yield command.strip("{} ")


def scripts() -> Iterator[str]:
    """Every script that a host is told to run."""
    netlify_toml = (ROOT / "netlify.toml").read_text()
    yield from re.findall(r'^command = "(.+)"$', netlify_toml, flags=re.MULTILINE)
    for workflow in WORKFLOWS:
        for job in yaml.safe_load(workflow.read_text())["jobs"].values():
            yield from (step["run"] for step in job["steps"] if "run" in step)
    gitlab = yaml.safe_load(gitlab_ci())
    yield from gitlab["default"]["before_script"]
    yield from gitlab["check"]["script"]
    yield from gitlab["pages"]["script"]
    yield from gitlab["complete"]["script"]


def jobs(workflow: str) -> Config:
    """The jobs of one of GitHub's workflows."""
    text = (GITHUB / f"workflows/{workflow}.yml").read_text()
    found: Config = yaml.safe_load(text)["jobs"]
    return found


def made(root: Path) -> dict[str, bytes]:
    """Every page and mail of a site, by its path."""
    return {
        f"{folder}/{path}": data
        for folder in ("public", "outbox")
        for path, data in tree(root / folder).items()
    }


def copies(job: Config) -> list[Config]:
    """What the steps of a job, in their order, tell the cache."""
    return [step["with"] for step in job["steps"] if "actions/cache" in step.get("uses", "")]


FEEDS = {"rss": "rss+xml", "atom": "atom+xml", "json": "feed+json"}
"""The endings of feeds, and their types."""


class TestNetlify:
    """`netlify.toml`, as `@netlify/config` reads it; unknown keys pass, so values are asserted."""

    def test_build(self, netlify: Config) -> None:
        """Netlify installs the repository with Python 3.11, builds it, and publishes `public/`."""
        build = netlify["build"]

        published = "sh .ci/install && { sh .ci/build --last-good || [ $? = 3 ]; }"
        assert build["command"] == published
        assert build["publish"] == str(ROOT / "public")
        assert build["environment"] == {"PYTHON_VERSION": "3.11"}

    @pytest.mark.parametrize("context", ["deploy-preview", "branch-deploy"])
    def test_strict(self, context: str) -> None:
        """What is not on the main branch yet is published without a mistake, or not at all."""
        build = netlify_config("--context", context)["build"]

        assert build["command"] == "sh .ci/install && sh .ci/build"

    def test_kept(self, netlify: Config) -> None:
        """What is kept, the plugin of this repository keeps, and there is no other plugin."""
        (plugin,) = netlify["plugins"]

        assert plugin["package"] == "./.ci/netlify"
        assert plugin["inputs"] == {"folders": KEPT}

    def test_headers(self, netlify: Config) -> None:
        """These headers are sent, and no others."""
        assert {rule["for"]: rule["values"] for rule in netlify["headers"]} == {
            "/*": {
                "Content-Security-Policy": (
                    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
                    "img-src 'self'; connect-src 'self'; manifest-src 'self'; "
                    "base-uri 'none'; form-action 'self'"
                ),
                "Permissions-Policy": (
                    "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
                ),
                "Referrer-Policy": "strict-origin-when-cross-origin",
                "Strict-Transport-Security": f"max-age={YEAR}",
                "X-Content-Type-Options": "nosniff",
            },
            **{path: {"X-Frame-Options": "DENY"} for path in PAGES},
            "/static/*": {"Cache-Control": f"public, max-age={YEAR}, immutable"},
            "/api/*": {"Access-Control-Allow-Origin": "*"},
            **{
                f"/{name}.{ending}": {
                    "Access-Control-Allow-Origin": "*",
                    "Content-Type": f"application/{kind}; charset=utf-8",
                }
                for name in ("updates", "history")
                for ending, kind in FEEDS.items()
            },
            "/:language/updates.rss": {
                "Access-Control-Allow-Origin": "*",
                "Content-Type": "application/rss+xml; charset=utf-8",
            },
            **{
                path: {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=60"}
                for path in BRIEF
            },
            "/maintenance.ics": {
                "Access-Control-Allow-Origin": "*",
                "Content-Type": "text/calendar; charset=utf-8",
            },
            "/widget.js": {
                "Access-Control-Allow-Origin": "*",
                "Cache-Control": "public, max-age=300",
            },
        }

    @pytest.mark.parametrize(
        "address",
        [
            "/",
            "/static/style.0123abcd.css",
            "/api/v2/summary.json",
            "/updates.rss",
            "/badge/api.svg",
            "/components/api/maintenance.ics",
            "/widget/",
        ],
    )
    def test_no_header_twice(self, netlify: Config, address: str) -> None:
        """No address takes one header from two rules, since hosts differ in what they then send."""
        names = [name for rule in matching_rules(netlify, address) for name in rule["values"]]

        assert len(names) == len(set(names))

    def test_redirects(self, netlify: Config) -> None:
        """The addresses where people look for a feed lead to it, for good."""
        rules = {rule["from"]: (rule["to"], rule["status"]) for rule in netlify["redirects"]}

        habits = ["/rss", "/rss.xml", "/feed", "/feed.xml"]
        assert rules == dict.fromkeys(habits, ("/updates.rss", 301))

    def test_pages_under_headers(
        self, netlify: Config, new_context: NewContext, tmp_path: Path
    ) -> None:
        """Every page shows whole under the headers, asks nothing of others, and is in no frame."""
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

        framed = [
            address
            for address in addresses
            if not any(
                "X-Frame-Options" in rule["values"]
                for rule in matching_rules(netlify, urlsplit(address).path)
            )
        ]
        assert framed == []
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

    def test_of_a_new_site(self, tmp_path: Path) -> None:
        """Those that `statusgen init` writes are what GitHub reads too, and as safe."""
        for path, data in starter("Example", "https://status.example.com/"):
            write(tmp_path, {path: data})
        for workflow in sorted((tmp_path / ".github/workflows").iterdir()):
            schema = "vendor.github-workflows"
            output(SCRIPTS / "check-jsonschema", "--builtin-schema", schema, workflow)
        report = output(
            *(SCRIPTS / "zizmor", "--offline", "--no-progress", "--persona=pedantic"),
            *("--format=json", "--strict-collection", tmp_path / ".github"),
        )

        assert json.loads(report) == []

    def test_issue_form(self) -> None:
        """The form asks for what `statusgen receive` knows, under the words that it reads."""
        form = yaml.safe_load((GITHUB / "ISSUE_TEMPLATE/incident.yml").read_text())

        asked = {one["attributes"]["label"].lower(): one["id"] for one in form["body"]}
        assert asked == LABELS
        statuses = next(one for one in form["body"] if one["id"] == "status")
        assert statuses["attributes"]["options"] == [*IncidentStatus, "update"]

    def test_kept(self) -> None:
        """What is kept is what hosts keep, and the check finds it by the names of the publisher."""
        publisher = copies(jobs("publish")["build"])

        assert [folder for copy in publisher for folder in copy["path"].split()] == KEPT
        assert copies(jobs("check")["content"]) == publisher

    def test_right_to_keep(self) -> None:
        """Only what publishes may keep: a pull request is checked, and leaves nothing behind."""
        for job in jobs("check").values():
            names = [step.get("uses", "").partition("@")[0] for step in job["steps"]]
            assert "actions/cache" not in names
            assert "actions/cache/save" not in names

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

    def test_kept(self) -> None:
        """It keeps what hosts keep."""
        assert yaml.safe_load(gitlab_ci())["default"]["cache"]["paths"] == KEPT


class TestPlugin:
    """Netlify's plugin, with Netlify's own cache."""

    FILES = ("a", "b/c")

    @staticmethod
    def at(event: str, clone: Path, cache: Path, *, local: bool = False) -> str:
        """What the plugin says at an event of a build."""
        if not npm_tools_installed():
            missing("@netlify/cache-utils", "npm could not install it")
        told = {
            "constants": {"IS_LOCAL": local, "PUBLISH_DIR": "public"},
            "inputs": {"folders": KEPT},
        }
        script = (
            f"const plugin = require({json.dumps(str(ROOT / '.ci/netlify'))});"
            f"import({json.dumps(str(MODULES / '@netlify/cache-utils/lib/main.js'))})"
            f".then(({{ bindOpts }}) => plugin.{event}({{ ...{json.dumps(told)},"
            f" utils: {{ cache: bindOpts({{ cacheDir: {json.dumps(str(cache))} }}) }} }}))"
        )
        return output(SCRIPTS / "node", "--eval", script, cwd=clone)

    @pytest.fixture
    def cache(self, tmp_path: Path) -> Path:
        """What a build has left, which was the first one and found nothing."""
        clone, cache = tmp_path / "first", tmp_path / "cache"
        clone.mkdir()
        assert self.at("onPreBuild", clone, cache) == ""
        assert tree(clone) == {}
        write(clone, {f"{folder}/{name}": name for folder in KEPT for name in self.FILES})
        assert self.at("onEnd", clone, cache) == ""
        assert (clone / "public").is_dir()
        return cache

    @pytest.fixture
    def clone(self, tmp_path: Path) -> Path:
        """A fresh clone, and something in it that is not ours to touch."""
        return write(tmp_path / "second", {"content/site.yml": "title: Example"})

    def test_restored(self, cache: Path, clone: Path) -> None:
        """The next build finds each folder as the last one left it."""
        assert self.at("onPreBuild", clone, cache) == ""
        assert set(tree(clone)) == {
            "content/site.yml",
            *(f"{folder}/{name}" for folder in KEPT for name in self.FILES),
        }

    def test_damaged(self, cache: Path, clone: Path) -> None:
        """A folder that cannot be restored is said and gone, and the others are there."""
        (cache / "cwd/.statusgen.netlify.cache.json").write_text("{")
        write(clone, {".statusgen/half": ""})

        said = self.at("onPreBuild", clone, cache)

        assert said.startswith(".statusgen is not restored: ")
        assert said.count("\n") == 1
        assert {path.name for path in clone.iterdir()} == {"content", *KEPT} - {".statusgen"}

    def test_no_room(self, cache: Path, clone: Path) -> None:
        """What cannot be kept is said, and costs nothing else."""
        shutil.rmtree(cache)
        cache.write_text("")
        write(clone, {f"{folder}/a": "a" for folder in KEPT})

        said = self.at("onEnd", clone, cache)

        assert [line.partition(": ")[0] for line in said.splitlines()] == [
            f"{folder} is not kept" for folder in KEPT
        ]
        assert {path.name for path in clone.iterdir()} == {"content", *KEPT}

    @pytest.mark.parametrize("word", ["outdated", "incomplete"])
    def test_degraded(self, tmp_path: Path, word: str) -> None:
        """A page that is published with something old in it is said once it is online."""
        state = {"outdated": False, "incomplete": False}
        page = write(tmp_path / "page", {"status.json": json.dumps({"page": state})})
        assert self.ended(page) == ""
        write(page, {"status.json": json.dumps({"page": state | {word: True}})})
        assert self.ended(page) == (
            "A file of content/ could not be read. The page says so: mend the file and push "
            "again.\n"
        )
        assert self.ended(tmp_path) == ""

    @staticmethod
    def ended(page: Path) -> str:
        """What the plugin says of a page that is online."""
        script = (
            f"const plugin = require({json.dumps(str(ROOT / '.ci/netlify'))});"
            f"plugin.onSuccess({{ constants: {{ PUBLISH_DIR: {json.dumps(str(page))} }},"
            " utils: { build: { failPlugin: console.log } } })"
        )
        return output(SCRIPTS / "node", "--eval", script)

    def test_local(self, cache: Path, clone: Path) -> None:
        """On one's own machine nothing is moved."""
        assert self.at("onPreBuild", clone, cache, local=True) == ""
        assert set(tree(clone)) == {"content/site.yml"}
        assert self.at("onEnd", clone, cache, local=True) == ""
        assert set(tree(clone)) == {"content/site.yml"}


PYTHON = """\
case "$*" in
  -VV) cat version ;;
  "-m venv --without-pip .venv")
    echo environment >>done
    mkdir -p .venv/bin && echo >.venv/bin/python && chmod +x .venv/bin/python ;;
  "-m pip --python .venv "*" --editable .")
    echo packages >>done
    [ -e online ] ;;
  *) exit 2 ;;
esac
"""
"""A Python that only says what it is asked to do, in a folder that holds what it answers."""


class TestInstall:
    """`.ci/install`, with a Python that installs nothing."""

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        """A clone on a host that is in one week, has one Python and reaches a package index."""
        files: Files = {
            "bin/python": PYTHON,
            "bin/date": "cat week",
            "version": "Python 3.11.9",
            "week": "2026-W01",
            "online": "",
            "pyproject.toml": "[project]\n",
        }
        root = write(tmp_path / "clone", files)
        for name in ("python", "date"):
            (root / "bin" / name).chmod(0o755)
        shutil.copytree(ROOT / ".ci", root / ".ci")
        return root

    @staticmethod
    def install(root: Path) -> list[str]:
        """What was made to install, in order."""
        (root / "done").unlink(missing_ok=True)
        output("sh", ".ci/install", cwd=root, env={"PATH": f"{root}/bin:{PATH}"})
        return (root / "done").read_text().split() if (root / "done").exists() else []

    def test_kept(self, root: Path) -> None:
        """The first build installs, and the next one finds what it needs, even without an index."""
        assert self.install(root) == ["environment", "packages"]
        (root / "online").unlink()
        assert self.install(root) == []

    @pytest.mark.parametrize(
        ("path", "more"),
        [
            pytest.param("version", "0", id="another-Python"),
            pytest.param("pyproject.toml", "name = 'new'", id="another-project"),
            pytest.param(".ci/install", "# new", id="made-otherwise"),
            pytest.param(".venv/made-for", "?", id="half-made"),
            pytest.param(".venv/bin/python", "exit 1", id="damaged"),
        ],
    )
    def test_stale(self, root: Path, path: str, more: str) -> None:
        """An environment for anything else, or one that does not work, is made anew."""
        self.install(root)
        with (root / path).open("a") as file:
            file.write(more)

        assert self.install(root) == ["environment", "packages"]
        assert self.install(root) == []

    def test_place(self, root: Path) -> None:
        """An environment of another place is made anew: its scripts name where they stand."""
        self.install(root)

        moved = root.rename(root.with_name("moved"))

        assert self.install(moved) == ["environment", "packages"]

    def test_week(self, root: Path) -> None:
        """In a new week the packages are renewed, once."""
        self.install(root)
        (root / "week").write_text("2026-W02")

        assert self.install(root) == ["packages"]
        assert self.install(root) == []

    def test_index_down(self, root: Path) -> None:
        """Packages that cannot be renewed go on as they are, until they can."""
        self.install(root)
        (root / "week").write_text("2026-W02")
        (root / "online").unlink()

        assert self.install(root) == ["packages"]
        (root / "online").touch()
        assert self.install(root) == ["packages"]
        assert self.install(root) == []

    def test_nothing_to_go_on_with(self, root: Path) -> None:
        """Without packages there is no build, and what was half made is made anew."""
        (root / "online").unlink()

        with pytest.raises(AssertionError):
            self.install(root)
        (root / "online").touch()
        assert self.install(root) == ["environment", "packages"]


Harm: TypeAlias = Callable[[Path], object]

THEN = "2026-01-03 12:00"
NOW = "2026-01-20 12:00"


def nothing(_root: Path) -> None:
    """Leave all as it was kept."""


def lose(*folders: str) -> Harm:
    """Lose folders, or files."""

    def harm(root: Path) -> None:
        for name in folders:
            path = root / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return harm


def put(path: str, text: str) -> Harm:
    """Put another text in a file's place."""
    return lambda root: (root / path).write_text(text)


def of_another_moment(*names: str) -> Harm:
    """Let what was kept be of two builds: all of an older one, but for these, of a newer one."""

    def harm(root: Path) -> None:
        newer = root.with_name("newer")
        shutil.copytree(root, newer)
        publish(newer, as_of="2026-01-19 12:00")
        for name in names:
            shutil.rmtree(root / name)
            shutil.copytree(newer / name, root / name)

    return harm


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with an incident, built, and the incident withdrawn."""
    root = write(
        tmp_path_factory.mktemp("earlier") / "site",
        MINIMAL | {f"content/incidents/{slug}.md": INCIDENT for slug in ("slow", "secret")},
    )
    publish(root, as_of=THEN)
    (root / "content/incidents/secret.md").unlink()
    (root / ".venv").mkdir()
    (root / ".venv/bin").symlink_to(SCRIPTS)
    shutil.copytree(ROOT / ".ci", root / ".ci")
    return root


@pytest.fixture(scope="module")
def clean(earlier: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a build makes of the content from nothing."""
    root = tmp_path_factory.mktemp("clean")
    shutil.copytree(earlier / "content", root / "content")
    publish(root, as_of=NOW)
    return made(root)


class TestBuild:
    """`.ci/build`, on what an earlier build has left of content that was withdrawn since."""

    @pytest.mark.parametrize(
        "harm",
        [
            pytest.param(nothing, id="whole"),
            pytest.param(lose("public", "outbox", ".statusgen"), id="all-lost"),
            pytest.param(lose(".statusgen"), id="manifests-lost"),
            pytest.param(lose(".statusgen/public.json"), id="the-manifest-of-pages-lost"),
            pytest.param(lose(".statusgen/outbox.json"), id="the-manifest-of-mails-lost"),
            pytest.param(lose("public"), id="pages-lost"),
            pytest.param(lose("outbox"), id="mails-lost"),
            pytest.param(lose("public/index.html"), id="a-page-lost"),
            pytest.param(put("public/index.html", "<p>All is well"), id="a-page-damaged"),
            pytest.param(put(".statusgen/public.json", "{"), id="a-manifest-damaged"),
            pytest.param(
                put(".statusgen/public.json", '{"version":0,"files":{}}'), id="another-version"
            ),
            pytest.param(of_another_moment("public", "outbox"), id="pages-of-another-moment"),
            pytest.param(of_another_moment(".statusgen"), id="manifests-of-another-moment"),
        ],
    )
    def test_same(self, earlier: Path, clean: dict[str, bytes], harm: Harm, tmp_path: Path) -> None:
        """Whatever was kept, the build gives what a clean one gives, byte for byte."""
        root = tmp_path / "site"
        shutil.copytree(earlier, root, symlinks=True)
        harm(root)

        epoch = str(int(at(NOW).timestamp()))
        said = output("sh", ".ci/build", cwd=root, env={"SOURCE_DATE_EPOCH": epoch, "PATH": PATH})

        assert said.startswith("Built public: ")
        assert made(root) == clean
        assert not any("secret" in path for path in clean)

    def test_kept(self, earlier: Path) -> None:
        """What hosts keep is all that a build leaves, and nothing else."""
        there = {path.name for path in earlier.iterdir()} - {"content", ".ci"}

        assert there == set(KEPT)

    def test_problem(self, earlier: Path, tmp_path: Path) -> None:
        """A problem of the content ends it, and leaves what there was."""
        root = tmp_path / "site"
        shutil.copytree(earlier, root, symlinks=True)
        before = made(root)
        write(root, {"content/site.yml": "titel: Example"})

        done = subprocess.run(
            ["/bin/sh", ".ci/build"], cwd=root, capture_output=True, text=True, check=False
        )

        assert done.returncode == 1
        assert "nothing was written" in done.stderr
        assert made(root) == before

    def test_last_good(self, earlier: Path, tmp_path: Path) -> None:
        """With --last-good what cannot be read stands as git knows it, and the status is 3."""
        root = tmp_path / "site"
        shutil.copytree(earlier, root, symlinks=True)
        write(root, {".gitignore": "/.venv\n/.statusgen\n/public\n/outbox\n"})
        git = ["git", "-C", str(root), "-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
        for words in (
            ["init", "--quiet"],
            ["add", "."],
            ["commit", "--quiet", "--message", "Good"],
        ):
            subprocess.run([*git, *words], check=True)
        (path,) = (root / "content/incidents").glob("*.md")
        path.write_text(path.read_text().replace("[INVESTIGATING]", "[INVESTIGATNG]"))

        done = subprocess.run(
            ["/bin/sh", ".ci/build", "--last-good"],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == 3, done.stderr
        assert done.stdout.startswith("Built public: ")
        assert "published as it was when it last could be read" in done.stderr
        assert "Something here may be out of date" in (root / "public/index.html").read_text()


def known(name: str, words: list[str]) -> None:
    """Read the words of a command as the command line does, and do nothing."""
    above = click.Context(cli, **cli.context_settings)
    command = cli.get_command(above, name)
    assert command
    command.make_context(name, words, parent=above)


def test_hook() -> None:
    """The hook for pre-commit runs a command that there is, for the files that can be wrong."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    _, name, *words = hook["entry"].split()
    known(name, words)
    assert hook["pass_filenames"] is False
    paths = ("content/incidents/slow.md", "sites/a/content/site.yml", "overrides/static/a.css")
    assert all(re.search(hook["files"], path) for path in paths)
    assert not re.search(hook["files"], "docs/content.md")
    assert f"id: {hook['id']}" in (ROOT / "docs/check.md").read_text()


class TestCommands:
    """What the hosts are told to run."""

    @pytest.mark.parametrize("command", sorted(set(commands())))
    def test_exists(self, command: str) -> None:
        """Every command is one that there is, with options that it knows."""
        match shlex.split(command):
            case ["sh", script, *words]:
                output("sh", "-n", script)
                assert words in ([], ["--last-good"])
            case ["echo", _, ">>", "$GITHUB_OUTPUT"] | ["echo", _] | ["exit", "1"]:
                pass
            case ["status=0"] | ["status=$?"] | ["[", _, "=", "0" | "3", "]"] | []:
                pass
            case ["make", target]:
                output("make", "--dry-run", "--directory", ROOT, target)
            case ["gh", "pr", "comment", "$NUMBER", "--body-file", "comment.md", *_]:
                pass
            case [*words, "|", "tee", "comment.md", ">>", "$GITHUB_STEP_SUMMARY"]:
                assert words[:2] == [".venv/bin/statusgen", "diff"]
                known("diff", words[2:])
            case ["gh", "workflow", "run", workflow]:
                assert workflow in {each.name for each in WORKFLOWS}
            case ["statusgen" | ".venv/bin/statusgen", name, *words] | [
                "printenv",
                _,
                "|",
                ".venv/bin/statusgen",
                name,
                *words,
            ]:
                known(name, words)
            case _:
                pytest.fail(f"no test knows `{command}`")
