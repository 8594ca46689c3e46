"""What a change does to customers is seen before it does it: real histories of git."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from statusgen.cli import cli
from tests.folders import new_folder
from tests.repositories import git
from tests.test_rescue import Place
from tests.worlds import INCIDENT, MINIMAL, tree, write

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMENT = Path(__file__).parent / "sites/diff/comment.md"
PLACE = "content/incidents/slow.md"
RESOLVED = f"{INCIDENT}\n[RESOLVED] It is over.\nUpdated: 17:45 UTC\n"
SUBSCRIBERS = (
    "address,components\na@example.com,\nb@example.com,api\nc@example.com,db\nd@example.com,api\n"
)


@pytest.fixture
def place() -> Iterator[Place]:
    """A site in which nothing is wrong, and committed."""
    with new_folder() as folder:
        found = Place(folder)
        found.commit(MINIMAL | {"content/pages/about.md": "# About\n\nWho we are.\n"})
        yield found


def diff(place: Place, *words: str, as_of: str = "2026-01-02 18:00 UTC", env: str = "") -> Result:
    """Compare revisions."""
    said = ["diff", "--root", str(place.root), "--as-of", as_of, *words]
    return CliRunner().invoke(
        cli, said, prog_name="statusgen", env={"STATUSGEN_SUBSCRIBERS": env or None}
    )


def compared(place: Place, *words: str, env: str = "") -> dict[str, list[dict[str, object]]]:
    """Compare revisions, as a program reads it."""
    result = diff(place, *words, "--format", "json", env=env)
    assert (result.exit_code, result.stderr) == (0, "")
    found: dict[str, list[dict[str, object]]] = json.loads(result.stdout)
    return found


def test_the_comment_of_a_pull_request(place: Place) -> None:
    """An outage that is told: the banner, a mail with its text, entries, pages and files."""
    place.commit({PLACE: INCIDENT})
    result = diff(place, "HEAD~1", "HEAD", "--format", "markdown", env=SUBSCRIBERS)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == COMMENT.read_text(encoding="utf-8")


def test_nothing(place: Place) -> None:
    """A change that no customer sees is told as such."""
    place.commit({PLACE: INCIDENT.replace("severity:", "# a note\nseverity:")})
    place.commit({PLACE: INCIDENT.replace("severity:", "assignee: Ada\nseverity:")})
    assert diff(place, "HEAD~1").stdout == "Customers get the same as before.\n"
    assert diff(place, "HEAD", "HEAD").stdout == "Customers get the same as before.\n"


def test_what_is_not_committed(place: Place) -> None:
    """Without a second revision, what lies there now is compared."""
    write(place.root, {PLACE: INCIDENT})
    assert [one["what"] for one in compared(place, "HEAD")["turns"]] == ["Banner", "API"]


def test_correction(place: Place) -> None:
    """A typo that is mended changes pages and an entry, and mails nobody."""
    place.commit({PLACE: INCIDENT.replace("looking", "lookin")})
    place.commit({PLACE: INCIDENT})
    told = compared(place, "HEAD~1")
    assert told["letters"] == []
    assert [one["how"] for one in told["entries"]] == ["changed"]
    assert {"how": "changed", "what": "/incidents/slow/"} in told["pages"]


def test_gone(place: Place) -> None:
    """What is taken away is told with all that goes."""
    place.commit({PLACE: INCIDENT})
    place.commit({}, PLACE, "content/pages/about.md")
    told = compared(place, "HEAD~1")
    assert [one["how"] for one in told["entries"]] == ["gone"]
    assert {"how": "gone", "what": "/incidents/slow/"} in told["pages"]
    assert {"how": "gone", "what": "/about/"} in told["pages"]
    assert told["letters"] == []


def test_what_grows_too_old(place: Place) -> None:
    """An entry that the feed has no more room for is not gone, and one it has again is not new."""
    many = "".join(
        f"\n[UPDATE] Still {minute}.\nUpdated: 17:{minute} UTC\n" for minute in range(10, 59)
    )
    full = f"{INCIDENT}{many}"
    place.commit({PLACE: full})
    place.commit({PLACE: f"{full}\n[RESOLVED] It is over.\nUpdated: 17:59 UTC\n"})
    assert [one["how"] for one in compared(place, "HEAD~1")["entries"]] == ["new"]
    assert [one["how"] for one in compared(place, "HEAD", "HEAD~1")["entries"]] == ["gone"]


@pytest.mark.parametrize(("readers", "env"), [(None, ""), (3, SUBSCRIBERS)])
def test_readers(place: Place, readers: int | None, env: str) -> None:
    """Those who want to know of the component are counted; without a list nobody knows."""
    place.commit({PLACE: INCIDENT})
    place.commit({PLACE: RESOLVED})
    (letter,) = compared(place, "HEAD~1", env=env)["letters"]
    assert letter["readers"] == readers
    assert "example.com," not in json.dumps(letter)


def test_internal(place: Place) -> None:
    """What is internal reaches nobody, and no comment that anybody may read."""
    place.commit({PLACE: INCIDENT.replace("severity:", "visibility: internal\nseverity:")})
    result = diff(place, "HEAD~1")
    assert result.stdout == "Customers get the same as before.\n"


def test_writes_nothing(place: Place) -> None:
    """A comparison leaves no trace, in a site that was built and in one that was not."""
    place.commit({PLACE: INCIDENT})
    before = tree(place.folder)
    diff(place, "HEAD~1")
    assert tree(place.folder) == before
    CliRunner().invoke(cli, ["build", str(place.root), "--as-of", "2026-01-02 18:00 UTC"])
    before = tree(place.folder)
    told = diff(place, "HEAD~1").stdout
    assert tree(place.folder) == before
    assert "We are looking into it." in told


def test_below_a_folder(tmp_path: Path) -> None:
    """A site may lie somewhere in its repository."""
    place = Place(tmp_path, "sites/status")
    place.commit(MINIMAL)
    place.commit({PLACE: INCIDENT})
    assert compared(place, "HEAD~1")["turns"]


def test_from_a_folder_of_the_site(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stands in it need not name the site."""
    place.commit({PLACE: INCIDENT})
    monkeypatch.chdir(place.root / "content/incidents")
    result = CliRunner().invoke(cli, ["diff", "HEAD~1", "HEAD", "--as-of", "2026-01-02 18:00 UTC"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == diff(place, "HEAD~1", "HEAD").stdout


def test_theme(place: Place) -> None:
    """A change of an override is a change of pages."""
    place.commit({"overrides/templates/partials/footer.html": "<footer>Ours</footer>\n"})
    told = compared(place, "HEAD~1")
    assert {"how": "changed", "what": "/about/"} in told["pages"]
    assert told["entries"] == told["letters"] == []


def test_backquotes(place: Place) -> None:
    """What an author writes cannot leave its place in the comment."""
    text = "We ran `a` and\n\n```\n```` x\n```\n"
    place.commit(
        {
            PLACE: INCIDENT.replace("We are looking into it.", text).replace(
                "The API is slow", "'A ``b`` c'"
            )
        }
    )
    told = diff(place, "HEAD~1", "--format", "markdown").stdout
    assert "\n`````text\n" in told
    assert "- new ``` A ``b`` c (investigating) ```\n" in told


def test_base_that_cannot_be_read(place: Place) -> None:
    """A base with a mistake is told with it."""
    place.commit({PLACE: INCIDENT.replace("started", "strated")})
    place.commit({PLACE: INCIDENT})
    result = diff(place, "HEAD~1")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(
        f"statusgen: HEAD~1 cannot be compared with, since it cannot be read: {PLACE}:"
    )
    assert result.stderr.count("\n") == 1


def test_head_that_cannot_be_read(place: Place) -> None:
    """A mistake of the change itself is told as ever."""
    write(place.root, {PLACE: INCIDENT.replace("strated", "started").replace("SEV-2", "SEV-9")})
    result = diff(place, "HEAD")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1] == "1 problem."


@pytest.mark.parametrize("revision", ["nowhere", "--all", ""])
def test_no_revision(place: Place, revision: str) -> None:
    """A revision that is not there is one clear line."""
    result = diff(place, "--", revision)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"statusgen: {revision!r} is no revision of this repository\n"


def test_shallow(place: Place) -> None:
    """In a clone that does not hold it, it is said what is to be done."""
    place.commit({PLACE: INCIDENT})
    with new_folder() as folder:
        git(folder, "clone", "--quiet", "--depth=1", f"file://{place.folder}", str(folder / "c"))
        clone = object.__new__(Place)
        clone.folder = clone.root = folder / "c"
        assert diff(clone, "HEAD~1").stderr == (
            "statusgen: 'HEAD~1' is no revision of this repository; the clone is shallow: fetch it "
            "first\n"
        )


def test_no_repository(tmp_path: Path) -> None:
    """Without git there is nothing to compare with."""
    write(tmp_path, MINIMAL)
    result = CliRunner().invoke(cli, ["diff", "HEAD", "--root", str(tmp_path)])
    assert result.exit_code == 1
    assert "not a git repository" in result.stderr
    assert result.stderr.count("\n") == 1
