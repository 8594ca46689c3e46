"""Words on the command line: what they do, what is said to whom, and how a process ends."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner, Result

from statusgen import __version__
from statusgen.cli import cli
from tests.folders import new_folder
from tests.worlds import INCIDENT, MINIMAL, is_moved, tree, write

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[1]
AS_OF = ("--as-of", "2026-01-03 12:00 UTC")
MISSPELT = INCIDENT.replace("INVESTIGATING", "INVESTIGATNG")


@pytest.fixture
def root() -> Iterator[Path]:
    """A small site with one open incident."""
    with new_folder() as folder:
        yield write(folder, MINIMAL | {"content/incidents/slow.md": INCIDENT})


@pytest.fixture(autouse=True)
def no_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have set the moment; they do not."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


def commands() -> list[str]:
    """Tell the names of all commands."""
    return cli.list_commands(click.Context(cli))


def call(*words: str | Path) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(cli, [str(word) for word in words], prog_name="statusgen")


def run(
    *words: str | Path, code: str = "", cwd: Path = PROJECT
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own; `code` goes before it."""
    return subprocess.run(
        command(*words, code=code),
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )


def command(*words: str | Path, code: str = "") -> list[str | Path]:
    """Spell the command line, as a module or after some code."""
    start = ["-c", f"{dedent(code)}\nfrom statusgen.cli import main\nmain()"]
    return [sys.executable, *(start if code else ("-m", "statusgen")), *words]


def summary(text: str) -> str:
    """Take how long it took out of the last line."""
    return re.sub(r" \d+\.\d s$", " N s", text.splitlines()[-1])


class TestBuild:
    """`statusgen build`."""

    def test_says_what_it_did(self, root: Path) -> None:
        """The last line tells what was written, unchanged, removed and withheld, and how long."""
        result = call("build", root, *AS_OF)
        assert (result.exit_code, result.stderr) == (0, "")
        count = len(tree(root / "public")) + len(tree(root / "outbox"))
        assert result.stdout.count("\n") == 1
        assert summary(result.stdout) == (
            f"Built {root}/public: {count} written; 0 unchanged; 0 removed; withheld: nothing. N s"
        )

    def test_says_what_it_withheld(self, root: Path) -> None:
        """What is not shown is counted by reason, and so are files that are not ours."""
        hidden = INCIDENT.replace("severity", "visibility: internal\nseverity")
        draft = INCIDENT.replace("severity", "draft: yes\nseverity")
        write(root, {"content/incidents/a.md": hidden, "content/incidents/b.md": draft})
        (root / "public").mkdir()
        (root / "public/theirs.txt").touch()
        result = call("build", root, *AS_OF)
        assert re.fullmatch(
            r"Built \S+: \d+ written; \d+ unchanged; \d+ removed; "
            r"withheld: 1 internal, 1 draft; left alone: 1 not ours\. N s",
            summary(result.stdout),
        )

    def test_of_the_current_folder(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without ROOT the site is the one here."""
        monkeypatch.chdir(root)
        result = call("build", *AS_OF)
        assert result.stdout.startswith("Built public: ")
        assert (root / "public/index.html").is_file()

    def test_of_a_folder_of_the_site(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever stands in it need not name the site."""
        monkeypatch.chdir(root / "content/incidents")
        assert call("build", *AS_OF).stdout.startswith("Built ../../public: ")
        assert (root / "public/index.html").is_file()

    def test_a_site_that_lacks_something(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What one lacks is told: none above it is built in its place."""
        monkeypatch.chdir(write(root / "other", {"content/components.yml": "[]"}))
        result = call("build", *AS_OF)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("content/site.yml:1: ")

    def test_a_folder_that_is_named_is_the_site(self, root: Path) -> None:
        """Only where none is named is one looked for above."""
        result = call("build", root / "content/incidents", *AS_OF)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("content:1: file: not found: ")

    def test_folders_lie_in_root(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Unless named, the folders lie in ROOT, not in the current folder."""
        monkeypatch.chdir(root.parent)
        call("build", root.name, *AS_OF)
        assert (root / "public/index.html").is_file()
        assert len(tree(root / "outbox")) == 1

    def test_named_folders(
        self, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Folders that are named are relative to the current folder."""
        monkeypatch.chdir(tmp_path)
        result = call("build", root, *AS_OF, "--out", "x/site", "--outbox", tmp_path / "mails")
        assert result.stdout.startswith("Built x/site: ")
        assert (tmp_path / "x/site/index.html").is_file()
        assert len(tree(tmp_path / "mails")) == 1
        assert sorted(each.name for each in root.iterdir()) == ["content"]

    def test_clean(self, root: Path) -> None:
        """A clean build comes to the same, and writes nothing that is there already."""
        call("build", root, *AS_OF)
        result = call("build", root, *AS_OF, "--clean")
        assert "0 written; " in result.stdout

    def test_problems(self, root: Path) -> None:
        """Problems go to standard error, as an editor can read them, and nothing is written."""
        write(root, {"content/incidents/b.md": MISSPELT, "content/components.yml": "- id: api"})
        result = call("build", root, *AS_OF)
        assert (result.exit_code, result.stdout) == (1, "")
        *problems, last = result.stderr.splitlines()
        assert last == f"{len(problems)} problems; nothing was written."
        assert [line.split(": ")[0] for line in problems] == sorted(
            line.split(": ")[0] for line in problems
        )
        assert all(re.match(r"content/[a-z./]+:\d+: [^:]+: .+", line) for line in problems)
        assert any(line.startswith("content/incidents/b.md:9: ") for line in problems)
        assert sorted(each.name for each in root.iterdir()) == ["content"]

    def test_output_fails(self, root: Path) -> None:
        """What cannot be written is one line on standard error, and status 1."""
        (root / "public").write_text("theirs")
        result = call("build", root, *AS_OF)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == (
            f"statusgen: cannot write {root}/public: a file stands where a folder belongs; "
            "what was published before is untouched\n"
        )

    def test_template_fails(self, root: Path) -> None:
        """A template that is broken is one line on standard error, and status 1."""
        write(root, {"overrides/templates/home.html": "{{ page.nothing }}"})
        result = call("build", root, *AS_OF)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("statusgen: ")
        assert "overrides/templates/home.html:1: " in result.stderr
        assert result.stderr.count("\n") == 1


class TestCheck:
    """`statusgen check`."""

    def test_all_is_well(self, root: Path) -> None:
        """Content without a problem is counted."""
        result = call("check", root, *AS_OF)
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout == "No problems in 2 components, 1 incident, 0 maintenances.\n"

    def test_problems(self, root: Path) -> None:
        """Every problem is told on standard error, and the status is 1."""
        write(root, {"content/incidents/b.md": MISSPELT})
        result = call("check", root, *AS_OF)
        assert (result.exit_code, result.stdout) == (1, "")
        problem, last = result.stderr.splitlines()
        assert problem.startswith("content/incidents/b.md:9: ")
        assert "investigating" in problem
        assert last == "1 problem."

    @pytest.mark.parametrize(
        ("place", "template"),
        [
            ("templates/partials/footer.html", "{{ page.frame.nope }}"),
            ("templates/feed-entry.html", "{{ page.nope }}"),
            ("emails/update.txt", "{{ page.nope }}"),
        ],
    )
    def test_a_theme_that_cannot_be_built(self, root: Path, place: str, template: str) -> None:
        """What only rendering finds is found, for people and for programs, with its line."""
        write(root, {f"overrides/{place}": template})
        result = call("check", root, *AS_OF)
        assert (result.exit_code, result.stdout) == (1, "")
        assert f"overrides/{place}:1: " in result.stderr
        assert result.stderr.endswith("has no 'nope'\n")
        result = call("check", root, *AS_OF, "--format", "json")
        assert (result.exit_code, result.stderr) == (1, "")
        (one,) = json.loads(result.stdout)["findings"]
        assert (one["code"], one["line"]) == ("content", 1)
        assert one["path"] == f"overrides/{place}"
        assert one["cause"].startswith("theme: ")
        assert one["cause"].endswith("has no 'nope'")

    def test_writes_nothing(self, root: Path) -> None:
        """A check leaves no trace."""
        call("check", root, *AS_OF)
        assert sorted(each.name for each in root.iterdir()) == ["content"]


class TestMoment:
    """Which moment the page speaks of."""

    BEFORE = "1767312000"  # 2026-01-02 00:00 UTC
    AFTER = "1767441600"  # 2026-01-03 12:00 UTC

    def incidents(self, root: Path) -> list[Path]:
        """List the pages of incidents."""
        found = (root / "public/incidents").glob("*/index.html")
        return [path for path in found if not is_moved(path)]

    def test_epoch(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """SOURCE_DATE_EPOCH is the moment: what comes later has not happened yet."""
        monkeypatch.setenv("SOURCE_DATE_EPOCH", self.BEFORE)
        assert call("build", root).exit_code == 0
        assert self.incidents(root) == []
        monkeypatch.setenv("SOURCE_DATE_EPOCH", self.AFTER)
        assert call("build", root).exit_code == 0
        assert len(self.incidents(root)) == 1

    def test_as_of_beats_epoch(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A moment on the command line counts more than one in the environment."""
        monkeypatch.setenv("SOURCE_DATE_EPOCH", self.BEFORE)
        call("build", root, *AS_OF)
        assert len(self.incidents(root)) == 1

    def test_empty_epoch(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """An empty SOURCE_DATE_EPOCH is none."""
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "")
        assert call("build", root).exit_code == 0

    @pytest.mark.parametrize("epoch", ["0", "315532800", "9999999999"])
    def test_far_epoch(self, root: Path, monkeypatch: pytest.MonkeyPatch, epoch: str) -> None:
        """Moments long ago, as some build systems set them, and far ahead make a page too."""
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        assert call("build", root).exit_code == 0

    @pytest.mark.parametrize("epoch", ["now", "-1", "1_000", " 1", "1.5", "٣", "99999999999"])
    def test_bad_epoch(self, root: Path, monkeypatch: pytest.MonkeyPatch, epoch: str) -> None:
        """A SOURCE_DATE_EPOCH that is no number of seconds is refused, not guessed."""
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        for name in ("build", "check"):
            result = call(name, root)
            assert (result.exit_code, result.stdout) == (2, "")
            assert result.stderr.splitlines()[-1] == (
                f"Error: SOURCE_DATE_EPOCH is {epoch!r}; "
                "write whole seconds since 1970, like 1767373500"
            )
        assert call("build", root, *AS_OF).exit_code == 0

    def test_clock(self, root: Path) -> None:
        """Without a moment the clock counts: an update in the future is a problem."""
        write(root, {"content/incidents/slow.md": INCIDENT.replace("2026", "2199")})
        assert call("check", root, *AS_OF).exit_code == 0
        result = call("check", root)
        assert result.exit_code == 1
        assert "content/incidents/slow.md:10: " in result.stderr

    @pytest.mark.parametrize("text", ["2026-01-03T12:00:00Z", "2026-01-03 13:00 Europe/Berlin"])
    def test_spellings(self, root: Path, text: str) -> None:
        """A moment is written as in content."""
        call("build", root, *AS_OF)
        assert "0 written; " in call("build", root, "--as-of", text).stdout

    def test_bad_moment(self, root: Path) -> None:
        """A moment that cannot be read is wrong usage, with what would be right."""
        result = call("build", root, "--as-of", "yesterday")
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.splitlines()[-1] == (
            "Error: Invalid value for '--as-of': "
            "'yesterday' is not a time: write it like 2026-01-02 17:05 UTC"
        )


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("check", *AS_OF), id="check"),
        pytest.param(("status", *AS_OF), id="status"),
        pytest.param(("report", *AS_OF), id="report"),
        pytest.param(("notify", "--relay", "none"), id="notify"),
        pytest.param(("ping", *AS_OF), id="ping"),
        pytest.param(("schemas",), id="schemas"),
    ],
)
def test_the_site_is_found_from_below(
    root: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """Each command says in a folder of the site what it says of the site."""
    said = call(words[0], root, *words[1:])
    monkeypatch.chdir(root / "content/incidents")
    found = call(*words)
    assert found.exit_code == said.exit_code
    assert found.stdout.replace("../..", str(root)) == said.stdout
    assert found.stderr.replace("../..", str(root)) == said.stderr
    assert "not found" not in said.stderr


class TestUsage:
    """What is used wrongly is said, with status 2, and nothing is written."""

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (("biuld",), "No such command 'biuld'. Did you mean 'build'?"),
            (("build", "--cleen"), "No such option '--cleen'. Did you mean '--clean'?"),
            (("check", "--asof", "x"), "No such option '--asof'. Did you mean '--as-of'?"),
            (("build", "a", "b"), "Invalid value for '[ROOT]': Directory 'a' does not exist."),
            (
                ("build", "nowhere"),
                "Invalid value for '[ROOT]': Directory 'nowhere' does not exist.",
            ),
            (
                ("check", "nowhere"),
                "Invalid value for '[ROOT]': Directory 'nowhere' does not exist.",
            ),
        ],
    )
    def test_wrong_word(self, words: tuple[str, ...], message: str) -> None:
        """A word that is not known, or leads nowhere, is told with the nearest that is."""
        result = call(*words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.splitlines()[-1] == f"Error: {message}"

    def test_root_is_a_file(self, root: Path) -> None:
        """A file is no site."""
        result = call("build", root / "content/site.yml")
        assert result.exit_code == 2
        assert "is a file" in result.stderr

    @pytest.mark.parametrize("name", ["build", "check"])
    def test_root_without_content(self, tmp_path: Path, name: str) -> None:
        """A folder without content/ is a problem of the content, and what it needs is told."""
        result = call(name, tmp_path)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.splitlines()[0] == (
            "content:1: file: not found: a site's root holds a folder content/ with site.yml "
            "and components.yml in it"
        )

    @pytest.mark.parametrize(
        ("folders", "message"),
        [
            (("--out", "content"), "--out ROOT/content and ROOT/content lie in one another"),
            (("--out", "content/x"), "--out ROOT/content/x and ROOT/content lie in one another"),
            (("--out", "."), "--out ROOT and ROOT/content lie in one another"),
            (("--out", "x/.."), "--out ROOT and ROOT/content lie in one another"),
            (("--out", "link"), "--out ROOT/content and ROOT/content lie in one another"),
            (("--out", "overrides"), "--out ROOT/overrides and ROOT/overrides lie in one another"),
            (("--outbox", "themes/x"), "--outbox ROOT/themes/x and ROOT/themes lie in one another"),
            (
                ("--outbox", "public/mails"),
                "--out and --outbox lie in one another: mails would be published",
            ),
            (
                ("--out", "x", "--outbox", "x"),
                "--out and --outbox lie in one another: mails would be published",
            ),
        ],
    )
    def test_folders_in_one_another(
        self,
        root: Path,
        monkeypatch: pytest.MonkeyPatch,
        folders: tuple[str, ...],
        message: str,
    ) -> None:
        """Content is never built over, and mails are never published."""
        (root / "x").mkdir()
        (root / "link").symlink_to("content")
        monkeypatch.chdir(root)
        before = tree(root)
        result = call("build", ".", *folders, *AS_OF)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.splitlines()[-1].replace(str(root), "ROOT") == f"Error: {message}"
        assert tree(root) == before


class TestHelp:
    """Help that teaches, and fits a terminal."""

    def test_version(self) -> None:
        """The version is told with the name."""
        result = call("--version")
        assert (result.exit_code, result.stdout) == (0, f"statusgen {__version__}\n")

    @pytest.mark.parametrize("words", [(), *((name,) for name in commands())])
    def test_width(self, words: tuple[str, ...]) -> None:
        """Every help fits 80 columns, asked for by -h too, and shows no mark-up."""
        result = call(*words, "--help")
        assert result.exit_code == 0
        assert max(map(len, result.stdout.splitlines())) <= 80
        assert "\\b" not in result.stdout
        assert call(*words, "-h").stdout == result.stdout

    def test_commands(self) -> None:
        """Each command says in one whole sentence what it does."""
        commands = call("--help").stdout.partition("Commands:\n")[2].splitlines()
        assert commands == [
            "  build        Build the page: write what changed, remove what is gone.",
            "  check        Check content and theme: tell each mistake with its line.",
            "  completion   Print what a shell needs to complete words.",
            "  diff         Show what a change does to customers.",
            "  gallery      Build many sites in one theme, to see it in every state.",
            "  init         Begin a site: content, and what hosts need.",
            "  maintenance  Announce a maintenance.",
            "  new          Create an incident with its first update.",
            "  notify       Tell subscribers, chats and programs what is new, once.",
            "  ping         Tell the hub of the feeds of what is new (WebSub).",
            "  postmortem   Begin a post-mortem: what is known is filled in.",
            "  receive      Write what a form or a monitor asks for on standard input.",
            "  report       Report how soon incidents were taken up, understood and over.",
            "  resolve      Say that an INCIDENT is over, and what it was.",
            "  schemas      Write the JSON Schemas of the content, for editors.",
            "  serve        Show the page on this machine, anew with each save.",
            "  status       Show what is open, whose turn it is, and what is due.",
            "  update       Append an update to an INCIDENT, or to a maintenance.",
        ]

    def test_without_a_word(self) -> None:
        """Without a command the help is shown."""
        assert "Usage: statusgen [OPTIONS] COMMAND" in call().output

    def test_example(self, root: Path) -> None:
        """The incident that the help shows can be built as it stands there."""
        lines = call("--help").stdout.splitlines()
        indent = next(line.index("---") for line in lines if line.endswith(" ---"))
        example = [line[indent:] for line in lines if line.startswith(" " * indent)]
        write(root, {"content/incidents/2026-01-02-slow.md": "\n".join(example)})
        assert example[-1] == "Updated: 17:05 UTC"
        assert call("check", root, *AS_OF).exit_code == 0


class TestProcess:
    """What only a process of its own can show."""

    def test_module(self, root: Path) -> None:
        """`python -m statusgen` is the same command, and says nothing to standard error."""
        done = run("build", ".", *AS_OF, cwd=root)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("Built public: ")
        done = run("check", "nowhere")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("Usage: statusgen check ")

    def test_interrupted(self, root: Path) -> None:
        """Ctrl-C ends a build with status 130 and without a traceback; nothing is written."""
        code = """
            import os, signal
            import statusgen.theme
            render = statusgen.theme.Theme.render
            own = os.getpid()  # who helps it is not asked
            def interrupt(*args):
                os.kill(own, signal.SIGINT)
                return render(*args)
            statusgen.theme.Theme.render = interrupt
        """
        done = run("build", root, *AS_OF, code=code)
        assert (done.returncode, done.stdout, done.stderr) == (
            128 + signal.SIGINT,
            "",
            "statusgen: interrupted\n",
        )
        assert sorted(each.name for each in root.iterdir()) == ["content"]

    def test_interrupted_at_once(self, root: Path) -> None:
        """That is so from the first look on."""
        code = """
            import os, signal
            from statusgen import cli
            examine = cli.examine
            def interrupt(*args, **kwargs):
                os.kill(os.getpid(), signal.SIGINT)
                return examine(*args, **kwargs)
            cli.examine = interrupt
        """
        done = run("build", root, *AS_OF, code=code)
        assert (done.returncode, done.stdout, done.stderr) == (
            128 + signal.SIGINT,
            "",
            "statusgen: interrupted\n",
        )

    @pytest.mark.parametrize("words", [("build",), ("check",)])
    def test_nowhere_to_say_it(self, root: Path, words: tuple[str, ...]) -> None:
        """A disk that is too full for what is said is told, without a traceback."""
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                command(*words, root, *AS_OF),
                cwd=PROJECT,
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        told = "statusgen: cannot say what was done: No space left on device\n"
        assert (done.returncode, done.stderr) == (1, told)

    @pytest.mark.parametrize("words", [("build",), ("check",), ("--help",)])
    def test_broken_pipe(self, root: Path, words: tuple[str, ...]) -> None:
        """When nobody reads on, nothing more is said: no traceback."""
        reading, writing = os.pipe()
        os.close(reading)
        try:
            done = subprocess.run(
                command(*words, *(() if words == ("--help",) else (root, *AS_OF))),
                cwd=PROJECT,
                stdout=writing,
                stderr=subprocess.PIPE,
                check=False,
            )
        finally:
            os.close(writing)
        assert done.stderr == b""

    @pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
    def test_closed(self, root: Path, closed: str) -> None:
        """A build needs neither of the standard streams."""
        shell = ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *command("build", root, *AS_OF)]
        done = subprocess.run(shell, cwd=PROJECT, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert (root / "public/index.html").is_file()

    @pytest.mark.parametrize(("after", "is_shown"), [("0", True), ("float('inf')", False)])
    def test_progress(self, root: Path, after: str, *, is_shown: bool) -> None:
        """Who watches a build that takes long sees how far it is; a quick one shows nothing."""
        code = f"import statusgen.cli\nstatusgen.cli._WATCHED_AFTER = {after}"
        terminal, end = pty.openpty()
        done = subprocess.run(
            command("build", root, *AS_OF, code=code),
            cwd=PROJECT,
            env=os.environ | {"TERM": "xterm", "COLUMNS": "80"},
            stdout=subprocess.PIPE,
            stderr=end,
            check=False,
        )
        os.write(end, b".")  # so that there is something to read
        shown = os.read(terminal, 100_000)
        os.close(end)
        os.close(terminal)
        assert done.returncode == 0
        assert done.stdout.startswith(b"Built ")
        assert (b"Rendering" in shown) is is_shown
        assert (shown == b".") is not is_shown

    def test_two_at_once(self, root: Path) -> None:
        """Two builds at once leave one good page; one that comes too late is told so."""
        twins = [
            subprocess.Popen(
                command("build", root, *AS_OF), cwd=PROJECT, stderr=subprocess.PIPE, text=True
            )
            for _ in range(2)
        ]
        said = [twin.communicate()[1] for twin in twins]
        refused = f"statusgen: another build is at work in {root}; try again when it is done\n"
        assert {(twin.returncode, text) for twin, text in zip(twins, said, strict=True)} <= {
            (0, ""),
            (1, refused),
        }
        assert 0 in {twin.returncode for twin in twins}
        assert "0 written; " in call("build", root, *AS_OF, "--clean").stdout
