"""The commands that write, and `status`: what they say to whom, and what they leave."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest
import yaml
from click.testing import CliRunner, Result

from statusgen.cli import cli
from statusgen.parse.schema import schemas
from statusgen.writing.starter import TAKEN
from tests.folders import new_folder
from tests.worlds import INCIDENT, MINIMAL, Files, tree, write

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]
AS_OF = ("--as-of", "2026-01-02 17:40 UTC")
PLACE = "content/incidents/slow.md"


@pytest.fixture
def root() -> Iterator[Path]:
    """A small site with one open incident."""
    with new_folder() as folder:
        yield write(folder, MINIMAL | {PLACE: INCIDENT})


def call(root: Path, *words: str, given: str = "") -> Result:
    """Run a command that writes, as a script would."""
    line = [words[0], *words[1:], "--root", str(root), *AS_OF]
    return CliRunner().invoke(cli, line, input=given, prog_name="statusgen")


def at_a_terminal(root: Path, *words: str) -> tuple[subprocess.Popen[bytes], int]:
    """Run a command as a person does; what is read from the terminal is what they see."""
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "statusgen", *words],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(PROJECT), "TERM": "xterm"},
        stdin=end,
        stdout=end,
        stderr=end,
    )
    os.close(end)
    return process, terminal


class TestNew:
    """`statusgen new`."""

    def test_a_file_is_made_from_flags_alone(self, root: Path) -> None:
        """What readers will see, who is told and what is due are said."""
        done = call(root, "new", "Payments fail", "--sev", "1", "-c", "Database", "--text", "Down.")

        path = "content/incidents/2026-01-02-payments-fail.md"
        assert (done.exit_code, done.stderr) == (0, "")
        assert done.stdout == (
            f"{path}\n"
            "  Investigating  Payments fail\n"
            "  Readers see    Partial System Outage; Database: Major outage\n"
            "  Told           subscribers of Database, by mail\n"
            "  Due            acknowledge by 17:45 UTC; triage by 17:55 UTC\n"
        )
        assert (root / path).read_text() == (
            "---\ntitle: Payments fail\nseverity: SEV-1\nstarted: 2026-01-02 17:40 UTC\n"
            "components:\n  - db\n---\n\n[INVESTIGATING] Down.\nUpdated: 2026-01-02 17:40 UTC\n"
        )

    def test_a_status_of_its_own_gives_the_others_theirs(self, root: Path) -> None:
        """One component that does otherwise than the severity says makes a map of all."""
        call(root, "new", "x", "--sev", "2", "-c", "api=degraded", "--text", "Slow.")
        done = call(
            root, "new", "x", "--sev", "2", "-c", "api=degraded-performance", "-c", "db",
            "--text", "Slow.",
        )  # fmt: skip
        assert done.exit_code == 0
        text = (root / "content/incidents/2026-01-02-x.md").read_text()
        assert "components:\n  api: degraded_performance\n  db: partial_outage\n" in text

    def test_what_is_internal_is_said_to_be(self, root: Path) -> None:
        """Nobody outside sees it, and nobody is told."""
        done = call(root, "new", "Dull", "--sev", "4", "--text", "Grey.")
        assert (
            "  Readers see    nothing: SEV-4 is internal\n  Told           nobody\n" in done.stdout
        )

    def test_an_outage_that_its_severity_would_hide_must_say_so(self, root: Path) -> None:
        """A flag says whether it is on the page."""
        words = ("new", "Slow", "--sev", "3", "-c", "api", "--text", "Slow.")
        done = call(root, *words)
        assert done.exit_code == 1
        assert "write visibility: public or visibility: internal" in done.stderr
        assert not (root / "content/incidents/2026-01-02-slow.md").exists()
        assert call(root, *words, "--public").exit_code == 0

    def test_a_template_of_the_same_title_gives_the_text(self, root: Path) -> None:
        """It is named in the file; another can be asked for."""
        template = "---\ntitle: API is down\n---\n\n[INVESTIGATING] It does not answer.\n"
        write(root, {"content/templates/api-down.md": template})
        done = call(root, "new", "api is down", "--sev", "1")
        assert done.exit_code == 0, done.output
        text = (root / "content/incidents/2026-01-02-api-is-down.md").read_text()
        assert "template: api-down\n" in text
        assert "[INVESTIGATING] It does not answer.\n" in text

    def test_who_takes_it_up_has_acknowledged_it(self, root: Path) -> None:
        """Then only triage is due."""
        done = call(root, "new", "x", "--sev", "1", "--text", "y", "--assignee", "Ada: on call")
        assert done.stdout.splitlines()[-1].split("  ")[-1] == "triage by 17:55 UTC"
        text = (root / "content/incidents/2026-01-02-x.md").read_text()
        assert 'assignee: "Ada: on call"\nacknowledged: 2026-01-02 17:40 UTC\n' in text

    def test_standard_input_is_a_text(self, root: Path) -> None:
        """`--text -`, for what other programs say."""
        done = call(root, "new", "x", "--sev", "1", "--text", "-", given="One.\n\nTwo.\n\n")
        assert done.exit_code == 0
        assert (
            "[INVESTIGATING] One.\n\nTwo.\nUpdated"
            in (root / "content/incidents/2026-01-02-x.md").read_text()
        )

    @pytest.mark.parametrize(
        ("words", "status", "message"),
        [
            (("x", "--text", "y"), 2, "Error: --sev is missing"),
            (("x", "--sev", "1"), 2, "Error: --text is missing; --text - reads standard input"),
            (("--sev", "1"), 2, "Error: the title is missing"),
            (
                ("x", "--sev", "5", "--text", "y"),
                1,
                "statusgen: '5' is no severity: it is one of SEV-1, SEV-2, SEV-3, SEV-4",
            ),
            (
                ("x", "--sev", "1", "--text", "y", "-c", "apis"),
                1,
                "statusgen: no component is called 'apis'; did you mean 'api'?",
            ),
            (
                ("x", "--sev", "1", "--text", " "),
                1,
                "statusgen: the update has no text: say what is known",
            ),
            (
                ("x", "--sev", "1", "--text", "y", "--started", "3 days ago"),
                1,
                ("statusgen: 2025-12-30 17:40 UTC is 3 days ago. Did it begin then? "
                "Nothing was written; say --yes if it is right."),
            ),
            (
                ("x", "--sev", "1", "--text", "y", "--started", "2026-01-03 17:40 UTC"),
                1,
                "statusgen: 2026-01-03 17:40 UTC lies 24 h ahead: it cannot have begun yet",
            ),
        ],
    )  # fmt: skip
    def test_a_mistake_is_told_and_nothing_is_written(
        self, root: Path, words: tuple[str, ...], status: int, message: str
    ) -> None:
        """A script is told what is missing, and the nearest right word."""
        before = tree(root)
        done = call(root, "new", *words)
        assert (done.exit_code, done.stderr.splitlines()[-1]) == (status, message)
        assert tree(root) == before

    def test_yes_answers_what_would_be_asked(self, root: Path) -> None:
        """What began long ago can be written down."""
        done = call(root, "new", "x", "--sev", "1", "--text", "y", "--started", "3 days ago", "-y")
        assert done.exit_code == 0


class TestUpdate:
    """`statusgen update`."""

    def test_the_only_open_incident_is_meant(self, root: Path) -> None:
        """Without a name; the status stays unless it is said."""
        done = call(root, "update", "--text", "Still.", "--next-update", "30m")
        assert done.exit_code == 0, done.output
        assert (root / PLACE).read_text() == (
            INCIDENT + "\n[UPDATE] Still.\nNext update: 18:10 UTC\nUpdated: 17:40 UTC\n"
        )
        assert done.stdout.splitlines()[-1].endswith("update by 18:10 UTC")

    def test_one_of_several_must_be_named(self, root: Path) -> None:
        """A script is told which there are."""
        write(root, {"content/incidents/other.md": INCIDENT})
        done = call(root, "update", "--text", "x")
        assert done.stderr == "statusgen: 2 incidents are open, name one: slow, other\n"

    def test_none_is_open(self, root: Path) -> None:
        """What is over must be named."""
        (root / PLACE).unlink()
        done = call(root, "update", "--text", "x")
        assert done.stderr == "statusgen: no incident is open: name the one that is meant\n"

    def test_an_incident_may_be_opened_again(self, root: Path) -> None:
        """Its components are as they were before it was over."""
        call(root, "update", "--status", "resolved", "--text", "Over.")
        done = call(root, "update", "slow", "--status", "investigating", "--text", "Again.")
        assert "Readers see    Minor Service Outage; API: Partial outage" in done.stdout

    def test_a_maintenance_is_updated_too(self, root: Path) -> None:
        """With the statuses that it has, and a window that moves."""
        call(
            root,
            "maintenance",
            "Disks",
            "--starts",
            "tomorrow 02:00",
            "--ends",
            "2h",
            "--text",
            "x",
        )
        done = call(
            root, "update", "2026-01-03-disks", "--status", "scheduled", "--text", "Later.",
            "--starts", "2026-01-04 02:00", "--ends", "2026-01-04 04:00",
        )  # fmt: skip
        assert done.exit_code == 0, done.output
        text = (root / "content/maintenance/2026-01-03-disks.md").read_text()
        assert "Starts: 2026-01-04 02:00 UTC\nEnds: 2026-01-04 04:00 UTC\n" in text

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (
                ("--status", "fixd", "--text", "x"),
                (
                    "no status is called 'fixd': it is one of investigating, identified, "
                    "monitoring, resolved, update"
                ),
            ),
            (("-c", "api", "--text", "x"), "'api' has no status: write it like api=operational"),
            (
                ("-c", "api=down", "--text", "x"),
                (
                    "no status is called 'down': it is one of operational, under_maintenance, "
                    "degraded_performance, partial_outage, major_outage"
                ),
            ),
        ],
    )
    def test_a_mistake_names_what_is_right(
        self, root: Path, words: tuple[str, ...], message: str
    ) -> None:
        """The file stays as it was."""
        done = call(root, "update", *words)
        assert (done.exit_code, done.stderr) == (1, f"statusgen: {message}\n")
        assert (root / PLACE).read_text() == INCIDENT

    def test_problems_of_other_files_are_told_afterwards(self, root: Path) -> None:
        """The word is written: the page can be mended later."""
        write(root, {"content/incidents/bad.md": "---\ntitle: x\n---\n"})
        done = call(root, "update", "slow", "--text", "x")
        assert done.exit_code == 0
        assert done.stderr.splitlines()[-1] == "The page cannot be built until that is mended."
        assert "content/incidents/bad.md:" in done.stderr


class TestResolve:
    """`statusgen resolve`."""

    def test_the_checklist_comes_first_and_the_report_is_kept(self, root: Path) -> None:
        """What must hold is shown, what was said is appended."""
        done = call(
            root, "resolve", "--text", "Over.", "--what-happened", "The pool was empty",
            "--impact", "No data loss", "--resolution", "More connections",
        )  # fmt: skip
        assert done.exit_code == 0, done.output
        assert done.stderr.splitlines()[0] == "  [ ] Error rate back to normal"
        assert (root / PLACE).read_text() == INCIDENT.replace(
            "---\n\n",
            "report:\n  what_happened:\n    - The pool was empty\n  impact:\n    - No data loss\n"
            "  resolution:\n    - More connections\n---\n\n",
        ) + "\n[RESOLVED] Over.\nUpdated: 17:40 UTC\n"
        assert "post-mortem by 2026-01-04 17:40 UTC" in done.stdout

    def test_the_checklist_is_that_of_the_policy(self, root: Path) -> None:
        """A team has its own."""
        write(root, {"content/policy.yml": "verification: [Ada agrees]\n"})
        done = call(root, "resolve", "--text", "Over.")
        assert done.stderr == "  [ ] Ada agrees\n"

    def test_what_is_over_is_not_ended_twice(self, root: Path) -> None:
        """Nor is a maintenance resolved."""
        call(root, "resolve", "--text", "Over.")
        done = call(root, "resolve", "slow", "--text", "Over.")
        assert done.stderr == "statusgen: slow is resolved already\n"


class TestMaintenance:
    """`statusgen maintenance`."""

    def test_times_are_said_back_in_full(self, root: Path) -> None:
        """Before anything is written."""
        done = call(
            root, "maintenance", "New disks", "--starts", "tomorrow 02:00", "--ends", "2h",
            "-c", "db", "--text", "The database moves.",
        )  # fmt: skip
        assert done.stderr == (
            "From Saturday 2026-01-03 02:00 UTC, in 8 h 20 min, to 2026-01-03 04:00 UTC: 2 h.\n"
        )
        assert (root / "content/maintenance/2026-01-03-new-disks.md").read_text() == (
            "---\ntitle: New disks\nstarts: 2026-01-03 02:00 UTC\nends: 2026-01-03 04:00 UTC\n"
            "components:\n  - db\n---\n\n[SCHEDULED] The database moves.\n"
            "Updated: 2026-01-02 17:40 UTC\n"
        )

    def test_what_there_is_none_of_is_said_so(self, root: Path) -> None:
        """A list of nothing helps nobody."""
        done = call(root, "new", "T", "--sev", "2", "--text", "x", "--template", "slow")
        assert done.stderr == "statusgen: no template is called 'slow': there is none\n"

    def test_a_start_in_the_past_is_asked_about(self, root: Path) -> None:
        """A slip of the day is likelier than a maintenance that nobody announced."""
        done = call(
            root, "maintenance", "x", "--starts", "yesterday 02:00", "--ends", "2h", "--text", "y"
        )
        assert done.exit_code == 1
        assert done.stderr.endswith(
            "Does it start then? Nothing was written; say --yes if it is right.\n"
        )


def test_a_postmortem_begins_with_what_is_known(root: Path) -> None:
    """Timeline, duration and components are filled in, and nothing of it is published."""
    call(root, "resolve", "--text", "Over.", "--resolution", "More connections")
    done = call(root, "postmortem", "slow")
    assert (done.exit_code, done.stdout) == (0, "content/postmortems/slow.md\n")
    text = (root / "content/postmortems/slow.md").read_text()
    head, _, body = text.partition("\n---\n\n")
    assert head.endswith("\n# published: 2026-01-02 17:40 UTC")
    assert body.startswith("# Post-mortem: The API is slow\n")
    assert "- 2026-01-02 17:05 UTC: investigating, We are looking into it.\n" in text
    assert "- Duration: 40 min\n- Components: API\n" in text
    assert "## Resolution\n\n- More connections\n" in text
    build = ["build", str(root), *AS_OF]
    assert "withheld: 1 unpublished" in CliRunner().invoke(cli, build).stdout
    (root / "content/postmortems/slow.md").write_text(text.replace("# published:", "published:"))
    assert "withheld: nothing" in CliRunner().invoke(cli, build).stdout


class TestVisibility:
    """Who decides that an incident is on the page."""

    def say(self, root: Path, *words: str) -> Result:
        return call(root, "new", "T", "--sev", "2", "-c", "api", "--text", "x", *words)

    def test_what_is_hidden_by_a_flag_is_said_to_be(self, root: Path) -> None:
        """The severity is not blamed for it."""
        assert "Readers see    nothing: it is internal\n" in self.say(root, "--internal").stdout

    def test_flags_that_contradict_each_other_are_refused(self, root: Path) -> None:
        """Neither wins, lest an outage be hidden."""
        done = self.say(root, "--public", "--internal")
        assert done.exit_code == 2
        assert done.stderr.endswith("on the page, --internal keeps it off: choose one\n")


class TestStatus:
    """`statusgen status`."""

    def say(self, root: Path, *words: str, as_of: str = "2026-01-02 18:40 UTC") -> Result:
        return CliRunner().invoke(cli, ["status", str(root), "--as-of", as_of, *words])

    @pytest.mark.parametrize(
        ("as_of", "told"),
        [("17:29", "due by 17:30 UTC, in 1 min"), ("17:30", "overdue for 0 min, since 17:30 UTC")],
    )
    def test_what_falls_due_is_overdue_at_once(self, root: Path, as_of: str, told: str) -> None:
        """At the instant in which its time comes, as on pages."""
        assert f"triage {told}" in self.say(root, as_of=f"2026-01-02 {as_of}").stdout

    def test_what_is_open_tells_whose_turn_it_is_and_what_is_due(self, root: Path) -> None:
        """What is internal is shown too, the worst first."""
        internal = INCIDENT.replace("SEV-2", "SEV-3\nvisibility: internal").replace("slow", "odd")
        policy = "severities:\n  SEV-2:\n    update: 1 h\n"
        write(root, {"content/incidents/odd.md": internal, "content/policy.yml": policy})
        assert self.say(root).stdout.splitlines() == [
            "2 incidents are open, 2026-01-02 18:40 UTC",
            "",
            "  SEV-2  The API is slow",
            "         investigating for 1 h 40 min",
            "         api: partial outage",
            "         L3: Engineering manager",
            "         taken up by nobody yet",
            "         last word 1 h 35 min ago",
            "         acknowledge overdue for 1 h 25 min, since 17:15 UTC",
            "         triage overdue for 1 h 10 min, since 17:30 UTC",
            "         update overdue for 35 min, since 18:05 UTC",
            "         slow",
            "",
            "  SEV-3  The API is odd",
            "         investigating for 1 h 40 min, internal",
            "         api: partial outage",
            "         L3: Engineering manager",
            "         taken up by nobody yet",
            "         last word 1 h 35 min ago",
            "         acknowledge overdue for 40 min, since 18:00 UTC",
            "         triage due by 19:00 UTC, in 20 min",
            "         odd",
        ]

    def test_what_is_over_may_still_want_a_postmortem(self, root: Path) -> None:
        """It is told until it is published."""
        call(root, "resolve", "--text", "Over.")
        assert (
            self.say(root).stdout.splitlines()
            == [
                "No incident is open, 2026-01-02 18:40 UTC",
                "",
                "Post-mortems",
                "  The API is slow: due by 2026-01-04 17:40 UTC, in 47 h",
            ][:4]
        )

    def test_a_program_is_told_as_json(self, root: Path) -> None:
        """With whole minutes."""
        told = json.loads(self.say(root, "--json").stdout)
        (one,) = told["incidents"]
        assert (one["slug"], one["minutes"], one["silent"]) == ("slow", 100, 95)
        assert one["escalation"] == {"level": "L3", "who": "Engineering manager"}
        assert [duty["task"] for duty in one["duties"]] == ["acknowledge", "triage"]

    def test_who_watches_sees_mistakes_until_they_are_mended(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Neither a document nor a setting that cannot be read ends it, Ctrl-C does at any time."""
        settings = (root / "content/site.yml").read_text()
        saves: list[Files] = [
            {PLACE: INCIDENT.replace("INVESTIGATING", "INVESTIGATNG")},
            {PLACE: INCIDENT, "content/site.yml": f"titel: A\n{settings}"},
            {"content/site.yml": settings},
        ]

        def save(_seconds: float) -> None:
            if not saves:
                raise KeyboardInterrupt
            write(root, saves.pop(0))

        monkeypatch.setattr(time, "sleep", save)
        done = self.say(root, "--watch")
        assert (done.exit_code, done.stdout.count("1 incident is open")) == (0, 2)
        document, setting = done.stderr.splitlines()
        assert document.startswith(f"{PLACE}:9: ")
        assert "did you mean 'investigating'?" in document
        assert setting.startswith("content/site.yml:1: titel: ")

    def test_who_watches_a_terminal_is_told_of_a_mistake_after_it_is_cleared(
        self, root: Path
    ) -> None:
        """What is wrong stays on the screen; an interrupt ends it at once."""
        write(root, {PLACE: INCIDENT.replace("INVESTIGATING", "INVESTIGATNG")})
        process, terminal = at_a_terminal(root, "status", "--watch")
        shown = ""
        while "No incident is open" not in shown:
            shown += os.read(terminal, 4096).decode()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        os.close(terminal)
        assert "did you mean 'investigating'?" in shown.rpartition("\33[2J")[2]

    def test_watching_and_telling_a_program_exclude_each_other(self, root: Path) -> None:
        """It is one or the other."""
        assert self.say(root, "--watch", "--json").exit_code == 2


WORDS = [
    ("new", "T", "--sev", "2", "--text", "x"),
    ("update", "--text", "x"),
    ("resolve", "--text", "x"),
    ("maintenance", "T", "--starts", "tomorrow 02:00", "--ends", "2h", "--text", "x"),
    ("postmortem", "slow"),
]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "content:1: file: not found: a site's root holds a folder content/ with site.yml"),
        (MINIMAL | {"content/site.yml": "\n"}, "content/site.yml:1: file: is empty: "),
    ],
)
def test_where_no_settings_can_be_read_it_is_told(
    tmp_path: Path, files: Files, message: str
) -> None:
    """A folder that is no site, or whose settings are broken, is named by each command."""
    write(tmp_path, files)
    done = [call(tmp_path, *words) for words in WORDS]
    done.append(CliRunner().invoke(cli, ["status", str(tmp_path)]))
    for one in done:
        assert (one.exit_code, one.stdout) == (1, "")
        assert one.stderr.startswith(message)
        assert one.stderr.splitlines()[1:] == ["1 problem."]


class TestInit:
    """`statusgen init`."""

    def say(self, folder: Path, *words: str) -> Result:
        return CliRunner().invoke(cli, ["init", str(folder), *words], prog_name="statusgen")

    def test_the_first_build_and_check_pass_at_once(self, tmp_path: Path) -> None:
        """The repository holds content, and all that hosts need."""
        folder = tmp_path / "new"
        done = self.say(folder, "--title", "Ada's: status", "--url", "https://status.ada.example")
        assert done.exit_code == 0, done.output
        assert set(TAKEN) <= tree(folder).keys()
        assert len(tree(folder)["README.md"].splitlines()) <= 12
        for command in ("check", "build"):
            assert CliRunner().invoke(cli, [command, str(folder), *AS_OF]).exit_code == 0
        assert "<h1" in (folder / "public/index.html").read_text()

    def test_editors_find_the_schemas(self, tmp_path: Path) -> None:
        """Settings and new incidents name their schema, and are right by it."""
        self.say(tmp_path, "--title", "a", "--url", "https://a.example")
        slow = ("new", "The API is slow", "--sev", "2", "--component", "api")
        work = ("maintenance", "Work", "--starts", "tomorrow 02:00", "--ends", "2h")
        for words in (slow, work):
            done = call(tmp_path, *words, "--text", "We look.")
            assert done.exit_code == 0, done.output
        named = 0
        for path, data in tree(tmp_path / "content").items():
            first = data.decode().removeprefix("---\n")
            if found := re.match(r"# yaml-language-server: \$schema=(\S+)\n", first):
                schema = json.loads(((tmp_path / "content" / path).parent / found[1]).read_bytes())
                front = yaml.load(first.partition("\n---\n")[0], Loader=yaml.BaseLoader)  # noqa: S506 - it makes texts alone
                jsonschema.validate(front, schema)
                named += 1
        assert named == 4

    def test_schemas_belong_to_a_site(self, tmp_path: Path) -> None:
        """In a folder that is none nothing is begun."""
        done = CliRunner().invoke(cli, ["schemas", str(tmp_path)], prog_name="statusgen")
        assert (done.exit_code, tree(tmp_path)) == (1, {})
        assert done.stderr == (
            f"statusgen: {tmp_path} holds no folder content/: begin a site with statusgen init\n"
        )

    def test_schemas_are_written_again(self, tmp_path: Path) -> None:
        """A site that has none gets them, and one that has old ones new ones."""
        write(tmp_path, MINIMAL | {"content/.schemas/site.json": "{}"})
        for _ in range(2):
            done = CliRunner().invoke(cli, ["schemas", str(tmp_path)], prog_name="statusgen")
            assert done.stdout == f"Wrote 7 schemas into {tmp_path}/content/.schemas.\n"
        names = {path.stem for path in (tmp_path / "content/.schemas").iterdir()}
        assert names == set(schemas())
        assert json.loads((tmp_path / "content/.schemas/site.json").read_bytes())["title"]
        assert CliRunner().invoke(cli, ["check", str(tmp_path), *AS_OF]).exit_code == 0

    def test_nothing_of_a_checkout_is_left(self, tmp_path: Path) -> None:
        """Hosts install what requirements.txt names, and run no test of the project."""
        self.say(tmp_path, "--title", "a", "--url", "https://a.example")
        files = {path: data.decode() for path, data in tree(tmp_path).items()}
        hosts = [text for path, text in files.items() if path.startswith((".ci", ".github"))]
        for word in ("pyproject", "statusgen/**", "editable", "make check", "checkout of"):
            assert not any(word in text for text in hosts), word
        assert files["requirements.txt"].startswith("statusgen==")
        assert "--requirement requirements.txt" in files[".ci/install"]
        for script in (".ci/install", ".ci/build"):
            subprocess.run(["sh", "-n", script], cwd=tmp_path, check=True)  # noqa: S607 - any shell

    def test_nothing_that_is_there_is_written_over(self, tmp_path: Path) -> None:
        """Not one file is written then."""
        write(tmp_path, {"README.md": "mine"})
        done = self.say(tmp_path, "--title", "a", "--url", "https://a.example")
        assert done.exit_code == 1
        assert done.stderr == (
            f"statusgen: {tmp_path}/README.md is there already, so nothing was written\n"
        )
        assert tree(tmp_path) == {"README.md": b"mine"}

    def test_an_address_that_is_none_is_refused(self, tmp_path: Path) -> None:
        """With one that is."""
        done = self.say(tmp_path, "--title", "a", "--url", "status.example.com")
        assert done.stderr == (
            "statusgen: 'status.example.com' is no address: "
            "write it like https://status.example.com/\n"
        )
        for address in ("https://a.example/?x=1", "https://a.example/#x", "https://me@a.example"):
            done = self.say(tmp_path, "--title", "a", "--url", address)
            assert done.stderr == (
                f"statusgen: {address!r} has a query, a fragment or a user: leave them out\n"
            )
        assert tree(tmp_path) == {}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_how_to_complete(shell: str) -> None:
    """The script calls statusgen for what comes next."""
    done = CliRunner().invoke(cli, ["completion", shell], prog_name="statusgen")
    assert done.exit_code == 0
    assert f"_STATUSGEN_COMPLETE={shell}_complete" in done.stdout


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("statusgen upd", ["update"]),
        ("statusgen update s", ["slow"]),
        ("statusgen resolve ", ["slow"]),
        ("statusgen new x --component ", ["api", "db"]),
    ],
)
def test_names_of_the_content_are_completed(root: Path, line: str, offered: list[str]) -> None:
    """Commands, incidents and components, as the shell asks for them."""
    words = line.split(" ")
    done = subprocess.run(
        [sys.executable, "-m", "statusgen"],
        cwd=root,
        env=os.environ
        | {
            "PYTHONPATH": str(PROJECT),
            "_STATUSGEN_COMPLETE": "bash_complete",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert [each.partition(",")[2] for each in done.stdout.split()] == offered


def test_a_person_is_asked_for_what_is_missing(root: Path) -> None:
    """At a terminal: until each answer is right."""
    process, terminal = at_a_terminal(root, "new", "--text", "Down.", *AS_OF)
    shown = ""
    answers = [
        ("What is wrong:", "Payments fail"),
        ("Severity:", "9"),
        ("no severity", "1"),
        ("none if empty):", "ap"),
        ("did you mean 'api'", "api"),
    ]
    for question, answer in answers:
        until = time.monotonic() + 20
        while question not in shown.rpartition("\0")[2] and time.monotonic() < until:
            shown += os.read(terminal, 4096).decode()
        assert question in shown
        shown += "\0"
        os.write(terminal, f"{answer}\n".encode())
    while process.poll() is None:
        try:
            shown += os.read(terminal, 4096).decode()
        except OSError:  # the other end is closed
            break
    os.close(terminal)
    assert process.wait() == 0, shown
    text = (root / "content/incidents/2026-01-02-payments-fail.md").read_text()
    assert "severity: SEV-1\n" in text
    assert "components:\n  - api\n" in text


@pytest.mark.parametrize(
    ("editor", "reason"),
    [
        pytest.param("nano-of-mine", "nano-of-mine: Editing failed: [Errno 2]", id="none"),
        pytest.param("false", "false: Editing failed; say", id="failed"),
        pytest.param("'vi", "No closing quotation; say", id="misspelt"),
    ],
)
def test_an_editor_that_cannot_be_used_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch, editor: str, reason: str
) -> None:
    """With the way to do without one; nothing is written."""
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", editor)
    before = tree(root)
    process, terminal = at_a_terminal(root, "new", "Down", "--sev", "1", "-c", "api", *AS_OF)
    shown = ""
    with suppress(OSError):  # the other end is closed
        while said := os.read(terminal, 4096):
            shown += said.decode()
    os.close(terminal)
    assert process.wait() == 1
    assert shown.startswith(f"statusgen: the editor cannot be used: {reason}")
    assert shown.endswith("say what is known with --text '…'\r\n")
    assert tree(root) == before


@pytest.mark.parametrize("slug", ["Foo Bar", "a.b", "foo/bar", ".hid", "../../evil", "-x", "ü"])
def test_a_slug_that_is_no_address_is_refused(root: Path, slug: str) -> None:
    """Nothing is written then, inside the content or out of it."""
    before = tree(root)
    done = call(
        root, "new", "Slow", "--sev", "2", "-c", "api", "--text", "We look.", f"--slug={slug}"
    )
    assert done.exit_code == 1
    assert done.stderr == (
        f"statusgen: {slug!r} is not a plain name: use small letters, digits and single hyphens\n"
    )
    assert tree(root) == before


def test_paragraphs_in_yaml(root: Path) -> None:
    """A text with a blank line is one in every spelling."""
    head = "title: Y\nseverity: SEV-1\nstarted: 2026-01-02 10:00 UTC\nupdates:\n"
    first = "- status: investigating\n  at: 10:05 UTC\n  body: Hello\n"
    write(root, {"content/incidents/y.yml": head + first})
    text = "Again.\n\n- More.\n- Most."
    done = call(root, "update", "y", "--status", "identified", "--text", text)
    assert done.exit_code == 0, done.output
    written = (root / "content/incidents/y.yml").read_text()
    assert "    Again.\n\n    - More.\n    - Most.\n" in written


@pytest.mark.parametrize(
    ("words", "window"),
    [
        (("tomorrow 02:00", "tomorrow 04:00"), ("2026-01-03 02:00 UTC", "2026-01-03 04:00 UTC")),
        (("tomorrow 23:00", "01:00"), ("2026-01-03 23:00 UTC", "2026-01-04 01:00 UTC")),
        (("in 26h", "3h"), ("2026-01-03 19:40 UTC", "2026-01-03 22:40 UTC")),
    ],
)
def test_a_window_is_what_was_said(
    root: Path, words: tuple[str, str], window: tuple[str, str]
) -> None:
    """Days are counted from now, spans and bare clocks from the start; for a move as well."""
    when = ("--starts", words[0], "--ends", words[1])
    done = call(root, "maintenance", "Work", *when, "--text", "We work.", "--slug", "work")
    assert done.exit_code == 0, done.output
    place = root / "content/maintenance/work.md"
    text = place.read_text()
    assert f"starts: {window[0]}\nends: {window[1]}\n" in text
    text = text.replace(window[0], "2026-01-02 18:00 UTC")
    place.write_text(text.replace(window[1], "2026-01-02 19:00 UTC"))
    done = call(root, "update", "work", "--status", "scheduled", "--text", "Later.", *when)
    assert done.exit_code == 0, done.output
    assert f"Starts: {window[0]}\nEnds: {window[1]}\n" in place.read_text()


@pytest.mark.parametrize(
    "name",
    [
        "slow",
        "slow.md",
        "content/incidents/slow.md",
        "incidents/slow/",
        "https://status.example.com/incidents/slow/",
    ],
)
def test_an_incident_is_known_by_many_names(root: Path, name: str) -> None:
    """By its address, its file, and the end of either; never by that of a maintenance."""
    work = "---\ntitle: W\nstarts: 2026-01-03 01:00 UTC\nends: 2026-01-03 02:00 UTC\n---\n\n"
    text = f"{work}[SCHEDULED] Soon.\nUpdated: 2026-01-02 09:00 UTC\n"
    write(root, {"content/maintenance/slow.md": text})
    assert call(root, "update", name, "--text", "More.").exit_code == 0
    assert "More." in (root / PLACE).read_text()
    assert call(root, "update", "maintenance/slow", "--text", "Work.").exit_code == 0
    assert "Work." in (root / "content/maintenance/slow.md").read_text()


def test_a_link_is_no_header(root: Path) -> None:
    """An incident is open whatever its text links to."""
    text = INCIDENT.replace(
        "We are looking into it.", "We look.\n[resolved](https://a.example) or not."
    )
    write(root, {PLACE: text})
    assert call(root, "update", "--text", "More.").exit_code == 0


def test_input_that_is_no_text(root: Path) -> None:
    """It is refused in a line."""
    done = subprocess.run(
        [sys.executable, "-m", "statusgen", "update", "--text", "-", "--root", str(root), *AS_OF],
        input=b"\xff bad",
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"statusgen: standard input is not UTF-8\n")
