"""The command shows what would be sent, sends it when asked to, and shows no address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from statusgen.cli import cli
from tests.notify.places import KEY, SITE
from tests.notify.sink import Faults, sink
from tests.worlds import write

if TYPE_CHECKING:
    from pathlib import Path

LIST = "address\nada@example.com\ngone@example.com\nnobody\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A site with an incident that began five minutes ago."""
    start = f"{datetime.now(UTC) - timedelta(minutes=5):%Y-%m-%d %H:%M UTC}"
    incident = (
        f"---\ntitle: API is slow\nseverity: SEV-2\nstarted: {start}\ncomponents: [api]\n---\n\n"
        f"[INVESTIGATING] We look into it.\nUpdated: {start}\n"
    )
    return write(tmp_path / "site", SITE | {"content/incidents/api.md": incident})


def run(*words: object, given: str = LIST, **environment: str) -> Result:
    """Run the command, the list on standard input."""
    known = {"STATUSGEN_KEY": KEY} | environment
    arguments = ["notify", *map(str, words), "--subscribers", "-"]
    return CliRunner().invoke(cli, arguments, input=given, env=known)


def test_a_look(root: Path) -> None:
    """Without --send it is shown what would be sent, with previews, and nothing is."""
    shown = run(root)
    assert shown.exit_code == 0
    first, last = shown.stdout.splitlines()
    assert first.startswith("incident-api-")
    assert first.endswith(": mail to 2")
    assert last == f"1 due; nothing was sent. Previews are in {root / 'outbox' / 'due'}."
    assert shown.stderr == (
        "standard input:4: its address is none: write it like reader@example.com\n"
        "1 mistake; the rest of the list goes on.\n"
    )
    assert len(list((root / "outbox" / "due").glob("*.eml"))) == 1


def test_sending(root: Path, tmp_path: Path) -> None:
    """The first run takes what stands there as known; the next sends what is new, and tells."""
    ledger = ("--ledger", tmp_path / "ledger.jsonl")
    incident = root / "content" / "incidents" / "api.md"
    faults = Faults()
    with sink(faults) as port:
        send = (root, "--send", "--relay", f"smtp+insecure://127.0.0.1:{port}", *ledger)
        shown = run(root, *ledger)
        assert shown.stdout.startswith("The ledger is new: the first --send takes all")
        shown = run(*send)
        assert (shown.exit_code, faults.readers) == (0, [])
        assert shown.stdout.startswith("The ledger is new: all that stands there is known now")
        said = f"\n[MONITORING] Mended.\nUpdated: {datetime.now(UTC):%Y-%m-%d %H:%M UTC}\n"
        incident.write_text(incident.read_text(encoding="utf-8") + said, encoding="utf-8")
        shown = run(*send)
    assert (shown.exit_code, faults.readers) == (1, ["ada@example.com"])
    assert shown.stdout.splitlines()[1] == "1 told; 1 message taken; 1 refused."
    assert "standard input:3: refused: 550 5.1.1" in shown.stderr
    assert "@" not in shown.output.replace("reader@example.com", "")
    status = CliRunner().invoke(cli, ["notify", "status", str(root), *map(str, ledger)])
    assert ": 1 told, 1 refused, " in status.stdout
    assert status.stdout.endswith("2 updates known.\n")


def test_baseline(root: Path, tmp_path: Path) -> None:
    """What stands there can be taken as known."""
    ledger = ("--ledger", tmp_path / "ledger.jsonl")
    shown = run(root, "--baseline", *ledger)
    assert shown.stdout == "1 update taken as known; nothing was sent.\n"
    assert run(root, *ledger).stdout == "Nothing is due; nothing was sent.\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--send"], "--ledger is missing: where is it kept who was told?"),
        (
            ["--send", "--baseline", "--ledger", "x"],
            "status, --send and --baseline are one too many",
        ),
        (["status", ".", "more", "--ledger", "x"], "'more' is one word too many"),
    ],
)
def test_wrong_use(words: list[str], message: str) -> None:
    """What makes no sense is told, with status 2."""
    shown = run(*words)
    assert shown.exit_code == 2
    assert message in shown.stderr


def test_what_is_missing(root: Path, tmp_path: Path) -> None:
    """Without a key or a relay nothing is sent, and it is told what is missing."""
    words = (root, "--send", "--ledger", tmp_path / "ledger.jsonl")
    shown = run(*words, STATUSGEN_KEY="")
    assert shown.exit_code == 1
    assert "statusgen: STATUSGEN_KEY is missing or too short" in shown.stderr
    shown = run(*words)
    assert "statusgen: --relay is missing: by which server do mails go" in shown.stderr


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("", "statusgen: standard input is empty: even a list of nobody begins with the line"),
        ("address\nnobody\n", "1 mistake; nobody is left to be told.\n"),
    ],
)
def test_a_list_that_was_not_fetched_tells_nobody(
    root: Path, tmp_path: Path, given: str, message: str
) -> None:
    """What was then written down as told could never be sent again, so that nothing is."""
    ledger = ("--ledger", tmp_path / "ledger.jsonl")
    assert run(root, "--baseline", *ledger).exit_code == 0
    incident = root / "content" / "incidents" / "api.md"
    said = f"\n[MONITORING] Mended.\nUpdated: {datetime.now(UTC):%Y-%m-%d %H:%M UTC}\n"
    incident.write_text(incident.read_text(encoding="utf-8") + said, encoding="utf-8")
    known = (tmp_path / "ledger.jsonl").read_bytes()
    shown = run(root, "--send", "--relay", "smtp+insecure://localhost:9", *ledger, given=given)
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert message in shown.stderr
    assert (tmp_path / "ledger.jsonl").read_bytes() == known
    assert run(root, *ledger).stdout.splitlines()[0].endswith(": mail to 2")


def test_a_list_of_nobody_is_a_list(root: Path) -> None:
    """A site that nobody has subscribed to yet has one with the names of its columns."""
    shown = run(root, given="address,language\n")
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert shown.stdout.splitlines()[0].endswith(": mail to 0")


def test_nobody_to_tell(root: Path, tmp_path: Path) -> None:
    """Without any list there is nothing to send, which is not that nothing is due."""
    known = {"STATUSGEN_KEY": KEY}
    words = ["notify", str(root)]
    shown = CliRunner().invoke(cli, words, env=known)
    assert shown.stdout == (
        "There is nobody to tell: no subscribers, channels or webhooks are named; nothing was "
        "sent.\n"
    )
    ledger = tmp_path / "ledger.jsonl"
    shown = CliRunner().invoke(cli, [*words, "--send", "--ledger", str(ledger)], env=known)
    assert (shown.exit_code, shown.stdout, ledger.exists()) == (1, "", False)
    assert shown.stderr.startswith("statusgen: there is nobody to tell: name a list by --subscrib")
