"""What git does with what was written: real repositories, and people who write at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from statusgen.errors import one_of
from statusgen.model import Moment
from statusgen.writing.desk import Desk
from statusgen.writing.request import KEYS
from tests.folders import new_folder
from tests.repositories import git
from tests.worlds import INCIDENT, MINIMAL, at, tree, write

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]
PLACE = "content/incidents/slow.md"
AS_OF = "2026-01-02 17:40 UTC"


def say(place: Path, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run statusgen in a clone."""
    return subprocess.run(
        [sys.executable, "-m", "statusgen", *words],
        cwd=place,
        input=given,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )


def update(
    place: Path, text: str, *words: str, when: str = AS_OF
) -> subprocess.CompletedProcess[str]:
    """Append an update and push it."""
    return say(place, "update", "slow", "--text", text, "--push", "--as-of", when, *words)


@pytest.fixture
def clones(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """Two clones of a repository on a server, in which an incident is open."""
    with new_folder() as folder:
        server, first = folder / "server.git", folder / "first"
        git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(server))
        git(tmp_path, "clone", "--quiet", str(server), str(first))
        write(first, MINIMAL | {PLACE: INCIDENT, "content/incidents/other.md": INCIDENT})
        for clone in (first,):
            named(clone)
        git(first, "add", "--all")
        git(first, "commit", "--quiet", "--message", "Begin")
        git(first, "push", "--quiet", "--set-upstream", "origin", "HEAD:main")
        second = folder / "second"
        git(tmp_path, "clone", "--quiet", str(server), str(second))
        named(second)
        yield first, second


def named(clone: Path) -> None:
    """Give a clone a name of its own, whoever runs the tests."""
    git(clone, "config", "user.name", "Ada")
    git(clone, "config", "user.email", "ada@example.com")


def bodies(place: Path) -> list[str]:
    """Tell what the updates of the incident say, as statusgen reads them."""
    desk = Desk(place, Moment(as_of=at("2026-01-03 12:00")), is_whole=True)
    assert desk.problems == []
    return [one.body for one in desk.find("slow")[1].updates]


class TestCommit:
    """`--commit`."""

    def test_only_the_file_is_committed(self, clones: tuple[Path, Path]) -> None:
        """What somebody has staged or changed beside it stays theirs."""
        place, _ = clones
        write(place, {"staged.txt": "mine", "content/incidents/other.md": INCIDENT + "\n"})
        git(place, "add", "staged.txt")

        done = say(place, "update", "slow", "--text", "More.", "--commit", "--as-of", AS_OF)

        assert done.returncode == 0, done.stderr
        assert git(place, "show", "--format=%s", "--name-only").splitlines() == [
            "The API is slow: update",
            "",
            PLACE,
        ]
        assert git(place, "status", "--short").splitlines() == [
            "M content/incidents/other.md",
            "A  staged.txt",
        ]

    def test_without_a_repository_the_file_is_written(self, tmp_path: Path) -> None:
        """It is told that there is none, and the file stays."""
        write(tmp_path, MINIMAL | {PLACE: INCIDENT})
        done = say(tmp_path, "update", "slow", "--text", "More.", "--commit", "--as-of", AS_OF)
        assert done.returncode == 1
        assert done.stderr.startswith("statusgen: git rev-parse: not a git repository")
        assert done.stderr.endswith("; the file is written: commit it by hand\n")
        assert bodies(tmp_path) == ["We are looking into it.", "More."]


class TestPush:
    """`--push`."""

    def test_two_who_write_at_once_lose_no_line(self, clones: tuple[Path, Path]) -> None:
        """Both append to one incident: the second stands below the first."""
        first, second = clones
        assert update(first, "From Ada.").returncode == 0
        done = update(second, "From Bob.", "--status", "identified", when="2026-01-02 17:39 UTC")
        assert (done.returncode, done.stderr) == (0, "")
        git(first, "pull", "--quiet")
        expected = ["We are looking into it.", "From Ada.", "From Bob."]
        assert bodies(first) == bodies(second) == expected
        assert git(first, "log", "--format=%s", "-3").splitlines() == [
            "The API is slow: identified",
            "The API is slow: update",
            "Begin",
        ]
        assert git(first, "log", "--format=%b", "-1") == ""  # nor what git remarked

    def test_what_is_not_committed_stays(self, clones: tuple[Path, Path]) -> None:
        """Changes of other files are there afterwards, as they were."""
        first, second = clones
        assert update(first, "From Ada.").returncode == 0
        write(second, {"content/incidents/other.md": INCIDENT + "\n"})
        assert update(second, "From Bob.").returncode == 0
        assert git(second, "status", "--short") == "M content/incidents/other.md"

    def test_what_is_not_committed_and_conflicts_is_told(self, clones: tuple[Path, Path]) -> None:
        """The push is made, and whoever has begun something in such a file learns where it is."""
        first, second = clones
        other = "content/incidents/other.md"
        write(first, {other: INCIDENT.replace("slow", "slower")})
        git(first, "commit", "--quiet", "--all", "--message", "Theirs")
        git(first, "push", "--quiet")
        write(second, {other: INCIDENT.replace("slow", "slowest")})

        done = update(second, "From Bob.")

        assert done.returncode == 0
        assert done.stdout.endswith("Pushed.\n")
        assert done.stderr == (
            f"{other}: what you have not committed conflicts with what others pushed; "
            "yours is kept: git stash show -p\n"
        )
        assert "slowest" in git(second, "stash", "show", "-p")

    def test_who_was_late_is_told_what_readers_see_now(self, clones: tuple[Path, Path]) -> None:
        """Not what they would have seen: somebody else has resolved it meanwhile."""
        first, second = clones
        done = say(first, "resolve", "slow", "--text", "Over.", "--push", "--as-of", AS_OF)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("Readers see") == 1
        done = update(second, "We still look.", when="2026-01-02 17:50 UTC")
        assert (done.returncode, done.stderr) == (0, "")
        before, _, after = done.stdout.partition("\nOthers were quicker, so that it is ")
        assert "  Investigating  The API is slow\n" in before
        head = git(second, "rev-parse", "--short", "HEAD").strip()
        assert after.startswith(f"{head} now. With what they pushed:\n  ")
        assert after.splitlines()[1] == "  Resolved     The API is slow"
        assert after.endswith("\nPushed.\n")

    def test_the_same_words_of_one_minute_are_one_update(self, clones: tuple[Path, Path]) -> None:
        """Two monitors that say the same at once tell readers once."""
        first, second = clones
        assert update(first, "Still.").returncode == 0
        done = update(second, "Still.")
        assert done.returncode == 0, done.stderr
        assert bodies(second) == ["We are looking into it.", "Still."]

    def test_both_resolve(self, clones: tuple[Path, Path]) -> None:
        """A report that is there already is not written again."""
        first, second = clones
        words = ("resolve", "slow", "--resolution", "A restart", "--push", "--as-of", AS_OF)
        assert say(first, *words, "--text", "Over.").returncode == 0
        done = say(second, *words, "--text", "Done.")
        assert done.returncode == 0, done.stderr
        assert bodies(second) == ["We are looking into it.", "Over.", "Done."]
        assert (second / PLACE).read_text().count("resolution:") == 1

    def test_one_incident_made_twice_keeps_both(self, clones: tuple[Path, Path]) -> None:
        """The second is told, its commit stays, and nothing of the first is lost."""
        first, second = clones
        words = ("new", "Down", "--sev", "1", "--text", "x", "--push", "--as-of", AS_OF)
        assert say(first, *words).returncode == 0
        done = say(second, *words, "--component", "api")
        assert done.returncode == 1
        assert done.stderr == (
            "statusgen: content/incidents/2026-01-02-down.md: somebody else has made it; "
            "look at theirs: git fetch\n"
        )
        assert "- api" in (second / "content/incidents/2026-01-02-down.md").read_text()
        assert git(second, "log", "--format=%s", "-1") == "Down: investigating"
        assert git(second, "status", "--short") == ""

    def test_a_server_that_refuses_is_told(self, clones: tuple[Path, Path]) -> None:
        """A rule of the server is no race: it is not tried again, and the commit stays."""
        first, _ = clones
        hook = Path(git(first, "remote", "get-url", "origin")) / "hooks/pre-receive"
        hook.write_text("#!/bin/sh\necho protected >&2\nexit 1\n")
        hook.chmod(0o755)
        done = update(first, "More.")
        assert done.returncode == 1
        assert done.stderr.startswith("statusgen: git push: ")
        assert done.stderr.endswith("; the commit is made: put it right, then git push\n")
        assert git(first, "log", "--format=%s", "-1") == "The API is slow: update"

    def test_a_server_that_is_gone_is_told(self, clones: tuple[Path, Path]) -> None:
        """So is one that cannot be reached."""
        first, _ = clones
        git(first, "remote", "set-url", "origin", str(first.parent / "nowhere.git"))
        done = update(first, "More.")
        assert done.returncode == 1
        assert "the commit is made" in done.stderr
        assert bodies(first) == ["We are looking into it.", "More."]


class TestReceive:
    """`statusgen receive`, as the workflow calls it."""

    def test_no_shell_reads_what_was_sent(self, clones: tuple[Path, Path]) -> None:
        """The workflow's own line, with what would harm a shell that read it."""
        place, _ = clones
        workflow = yaml.safe_load((PROJECT / ".github/workflows/incident.yml").read_text())
        lines = [step.get("run", "") for step in workflow["jobs"]["write"]["steps"]]
        line = next(line for line in lines if "receive" in line)
        text = "$(touch harm) `touch harm`; touch harm\n'\"; touch harm #"
        form = (
            "### What is wrong\n\n--help $(touch harm)\n\n### Incident\n\n_No response_\n\n"
            "### Severity\n\nSEV-2\n\n### Components\n\napi=partial_outage db\n\n"
            f"### Status\n\ninvestigating\n\n### What readers are told\n\n{text}\n"
        )
        script = line.replace(".venv/bin/statusgen", f"{sys.executable} -m statusgen")
        before = tree(place)

        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],  # noqa: S607 - as the workflow does
            cwd=place,
            env=os.environ
            | {"PYTHONPATH": str(PROJECT), "REQUEST": form, "SOURCE_DATE_EPOCH": "1767375600"},
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == 0, done.stderr
        new = {path for path in tree(place).keys() - before.keys() if not path.startswith(".git/")}
        assert new == {"content/incidents/2026-01-02-help-touch-harm.md"}
        _, fact = Desk(place, Moment(as_of=at("2026-01-03 12:00")), is_whole=True).find(
            "2026-01-02-help-touch-harm"
        )
        assert (fact.title, fact.updates[0].body) == ("--help $(touch harm)", text)
        assert git(place, "rev-parse", "HEAD") == git(place, "rev-parse", "@{upstream}")

    def test_an_update_of_the_only_open_one(self, clones: tuple[Path, Path]) -> None:
        """Without a title it is an update."""
        place, _ = clones
        (place / "content/incidents/other.md").unlink()
        given = '{"status": "monitoring", "text": "We watch.", "components": ["api=operational"]}'
        done = say(place, "receive", given=given)
        assert done.returncode == 0, done.stderr
        assert bodies(place)[-1] == "We watch."

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ("hello", "what was sent is neither JSON nor the form of an incident"),
            (
                '{"titel": "x"}',
                f"'titel' is not {one_of(KEYS)}; did you mean 'title'?",
            ),
            ('{"title": 5}', "title is no text"),
            ('{"title": "x", "text": "y"}', "the request: severity is missing"),
            ('{"title": "x", "severity": "2"}', "the request: text is missing"),
            (
                '{"title": "x", "text": "y", "components": {"api": "major_outage"}}',
                "components are a list of ids, or one text of them: api, website",
            ),
            (
                '{"title": "x", "severity": "9", "text": "y"}',
                "'9' is no severity: it is one of SEV-1, SEV-2, SEV-3, SEV-4",
            ),
            (
                '{"title": "x", "severity": "2", "text": "y", "components": "ap"}',
                "no component is called 'ap'; did you mean 'api'?",
            ),
        ],
    )
    def test_what_is_wrong_is_told(
        self, clones: tuple[Path, Path], given: str, message: str
    ) -> None:
        """Nothing is written then."""
        place, _ = clones
        before = tree(place / "content")
        done = say(place, "receive", given=given)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", f"statusgen: {message}\n")
        assert tree(place / "content") == before


def test_a_rebase_that_is_under_way_is_left_alone(clones: tuple[Path, Path]) -> None:
    """What is written while somebody rebases stays committed there, and nothing is aborted."""
    first, _ = clones
    git(first, "commit", "--quiet", "--allow-empty", "--message", "Second")
    subprocess.run(
        ["git", "-C", str(first), "rebase", "--quiet", "--interactive", "HEAD~1"],  # noqa: S607 - the user's git
        env=os.environ | {"GIT_SEQUENCE_EDITOR": "sed -i s/pick/edit/"},
        check=True,
        capture_output=True,
    )
    done = update(first, "All is known.")
    assert done.returncode == 1
    assert "git push: HEAD is on no branch; the commit is made: finish what is" in done.stderr
    assert "All is known." in (first / PLACE).read_text()
    assert (first / ".git/rebase-merge").exists()


def test_a_branch_without_upstream(clones: tuple[Path, Path]) -> None:
    """It is told how to push such a branch."""
    first, _ = clones
    git(first, "switch", "--quiet", "--create", "mine")
    done = update(first, "All is known.")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "statusgen: git push: mine has no upstream; the commit is made: git push -u origin mine"
    )
