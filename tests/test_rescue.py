"""A mistake in a push never keeps up the page of before it: real histories of git."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from statusgen.cli import cli
from tests.folders import new_folder
from tests.repositories import git
from tests.worlds import INCIDENT, MINIMAL, Files, tree, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLACE = "content/incidents/slow.md"
AS_OF = ("--as-of", "2026-01-02 18:00 UTC")
RESOLVED = f"{INCIDENT}\n[RESOLVED] It is over.\nUpdated: 17:45 UTC\n"
REOPENED = f"{RESOLVED}\n[INVESTIGATNG] It is back.\nUpdated: 17:50 UTC\n"
OUTDATED = "Something here may be out of date"
INCOMPLETE = "Something may be missing here"


class Place:
    """A repository of a site; `root` is where that lies in it."""

    def __init__(self, folder: Path, below: str = ".") -> None:
        self.folder, self.root = folder, folder / below
        git(folder, "init", "--quiet", "--initial-branch=main")

    def commit(self, files: Files, *gone: str) -> None:
        """Commit files, and that some are gone."""
        write(self.root, files)
        for path in gone:
            (self.root / path).unlink()
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--message", "Change")

    def build(self, *words: str) -> Result:
        """Build the last good page."""
        said = ["build", str(self.root), *AS_OF, "--last-good", *words]
        return CliRunner().invoke(cli, said, prog_name="statusgen")

    @property
    def home(self) -> str:
        return (self.root / "public/index.html").read_text()

    @property
    def state(self) -> dict[str, dict[str, object]]:
        found: dict[str, dict[str, object]] = json.loads(
            (self.root / "public/status.json").read_bytes()
        )
        return found

    @property
    def indicator(self) -> object:
        """What the public API says."""
        summary = json.loads((self.root / "public/api/v2/summary.json").read_bytes())
        assert summary["status"]["indicator"] == self.state["status"]["indicator"]
        return summary["status"]["indicator"]


@pytest.fixture
def place() -> Iterator[Place]:
    """A site that is all right, and committed."""
    with new_folder() as folder:
        (folder / ".gitignore").write_text("public/\noutbox/\n.statusgen/\n")
        found = Place(folder)
        found.commit(MINIMAL)
        yield found


def test_good(place: Place) -> None:
    """Where all can be read, the page is as ever, and needs no git."""
    assert place.build().exit_code == 0
    assert OUTDATED not in place.home
    assert place.state["page"]["outdated"] is place.state["page"]["incomplete"] is False


def test_good_broken_good(place: Place) -> None:
    """A report that cannot be read stands as it was, the page says so, and heals with the file."""
    place.commit({PLACE: INCIDENT})
    assert place.build().exit_code == 0
    place.commit({PLACE: REOPENED.replace(RESOLVED, INCIDENT)})
    result = place.build()
    assert result.exit_code == 3
    problem, *rest = result.stderr.splitlines()
    assert problem.startswith(f"{PLACE}:12: updates[1].header: 'INVESTIGATNG' is not one of ")
    assert rest == [
        f"{PLACE}: published as it was when it last could be read",
        "Published, but 1 file could not be read: mend what is above and push again.",
    ]
    assert result.stdout.startswith("Built ")
    assert "We are looking into it." in place.home
    assert OUTDATED in place.home
    assert INCOMPLETE not in place.home
    assert place.state["page"]["outdated"] is True
    assert str(place.indicator) == "minor"
    place.commit({PLACE: RESOLVED})
    assert place.build().exit_code == 0
    assert OUTDATED not in place.home
    assert place.indicator == "none"


def test_back_to_the_last_good_one(place: Place) -> None:
    """Whoever takes the mistake back gets the page of before, to the byte."""
    place.commit({PLACE: INCIDENT})
    place.build()
    before = tree(place.root / "public")
    place.commit({PLACE: REOPENED})
    assert place.build().exit_code == 3
    assert tree(place.root / "public") != before
    place.commit({PLACE: INCIDENT})
    assert place.build().exit_code == 0
    assert tree(place.root / "public") == before


def test_again(place: Place) -> None:
    """As long as the mistake is there, each build says so."""
    place.commit({PLACE: INCIDENT})
    place.commit({PLACE: REOPENED})
    assert [place.build().exit_code for _ in range(2)] == [3, 3]
    assert OUTDATED in place.home


def test_broken_from_the_first(place: Place) -> None:
    """A report that never could be read keeps the banner from being green, and the page says so."""
    place.commit({PLACE: REOPENED})
    result = place.build()
    assert result.exit_code == 3
    assert f"{PLACE}: left out, it never could be read; the page says so" in result.stderr
    assert INCOMPLETE in place.home
    assert OUTDATED not in place.home
    assert "Partially Degraded Service" in place.home
    assert "All Systems Operational" not in place.home
    assert place.indicator == "minor"
    assert place.state["page"]["incomplete"] is True
    text = (place.root / "public/status.txt").read_text()
    assert text.startswith(
        f"minor\nPartially Degraded Service\nhttps://status.example.com/\n{INCOMPLETE}\n"
    )


def test_several_versions(place: Place) -> None:
    """It goes back as far as it must: two mistakes in a row are both passed by."""
    place.commit({PLACE: INCIDENT})
    place.commit({PLACE: INCIDENT.replace("SEV-2", "SEV-9")})
    place.commit({PLACE: INCIDENT.replace("started", "strated")})
    assert place.build().exit_code == 3
    assert "We are looking into it." in place.home


def test_not_committed(place: Place) -> None:
    """What was not committed is passed by too."""
    place.commit({PLACE: INCIDENT})
    write(place.root, {PLACE: REOPENED})
    assert place.build().exit_code == 3
    assert "We are looking into it." in place.home


def test_others_are_new(place: Place) -> None:
    """One mistake takes nothing from the other files: what they say now is published."""
    place.commit({PLACE: INCIDENT, "content/incidents/other.md": INCIDENT})
    other = INCIDENT.replace("We are looking", "Somebody is looking")
    place.commit({PLACE: REOPENED, "content/incidents/other.md": other})
    assert place.build().exit_code == 3
    assert "Somebody is looking into it." in place.home


def test_renamed(place: Place) -> None:
    """A report that was renamed and broken at once stands where it was."""
    place.commit({PLACE: RESOLVED})
    place.commit({"content/incidents/outage.md": REOPENED}, PLACE)
    result = place.build()
    assert result.exit_code == 3
    assert "content/incidents/outage.md: published as it was" in result.stderr
    assert (place.root / "public/incidents/slow/index.html").exists()
    assert not (place.root / "public/incidents/outage").exists()
    assert place.indicator == "minor"


def test_a_name_that_is_taken(place: Place) -> None:
    """A report that was renamed and broken never takes the place of one that has its old name."""
    place.commit({PLACE: RESOLVED})
    place.commit({"content/incidents/outage.md": REOPENED}, PLACE)
    place.commit({PLACE: INCIDENT.replace("We are looking into it.", "Another outage.")})
    result = place.build()
    assert result.exit_code == 3
    assert "content/incidents/outage.md: left out" in result.stderr
    assert "Another outage." in place.home
    assert INCOMPLETE in place.home


def test_settings(place: Place) -> None:
    """A component that is taken away while reports name it is there again, and all of them stay."""
    place.commit({PLACE: INCIDENT})
    place.commit({PLACE: RESOLVED, "content/components.yml": "- id: db\n  name: Database\n"})
    result = place.build()
    assert result.exit_code == 3
    assert "content/components.yml: published as it was" in result.stderr
    assert f"{PLACE}: published" not in result.stderr
    assert "It is over." in (place.root / "public/incidents/slow/index.html").read_text()


@pytest.mark.parametrize("name", ["site", "components"])
def test_settings_that_are_gone(place: Place, name: str) -> None:
    """Settings without which there is no page are found again, even where the file is gone."""
    place.commit({PLACE: INCIDENT}, f"content/{name}.yml")
    assert place.build().exit_code == 3
    assert "We are looking into it." in place.home


def test_settings_that_never_were(tmp_path: Path) -> None:
    """Without settings that can be read nothing is published."""
    place = Place(tmp_path)
    place.commit(MINIMAL | {"content/site.yml": "titel: Example\n"})
    result = place.build()
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[0].startswith("content/site.yml:1: ")
    assert result.stderr.splitlines()[-1] == "2 problems; nothing was written."
    assert not (tmp_path / "public").exists()


def test_stray_file(place: Place) -> None:
    """A file that nobody expects may be a report all the same."""
    place.commit({"content/incidnets/slow.md": INCIDENT})
    assert place.build().exit_code == 3
    assert place.indicator == "minor"


def test_below_a_folder(tmp_path: Path) -> None:
    """A site may lie somewhere in its repository."""
    place = Place(tmp_path, "sites/status")
    place.commit(MINIMAL | {PLACE: INCIDENT})
    place.commit({PLACE: REOPENED})
    assert place.build().exit_code == 3
    assert "We are looking into it." in place.home


def test_merged(place: Place) -> None:
    """What a branch held before it was merged was never published, and is not now."""
    place.commit({PLACE: INCIDENT})
    git(place.folder, "switch", "--quiet", "--create", "fix")
    place.commit({PLACE: INCIDENT.replace("We are looking", "A draft is looking")})
    place.commit({PLACE: REOPENED})
    git(place.folder, "switch", "--quiet", "main")
    git(place.folder, "merge", "--quiet", "--no-ff", "--no-edit", "fix")
    assert place.build().exit_code == 3
    assert "We are looking into it." in place.home


def test_shallow(place: Place) -> None:
    """A clone that does not hold the last good version says how to get it."""
    place.commit({PLACE: INCIDENT})
    place.commit({PLACE: REOPENED})
    with new_folder() as folder:
        source = f"file://{place.folder}"
        git(folder, "clone", "--quiet", "--depth=1", source, str(folder / "clone"))
        shallow = object.__new__(Place)
        shallow.folder = shallow.root = folder / "clone"
        result = shallow.build()
        assert result.exit_code == 3
        assert result.stderr.splitlines()[-2] == (
            "The clone is shallow: git fetch --unshallow may bring versions that can be read."
        )
        assert INCOMPLETE in shallow.home
        git(shallow.folder, "fetch", "--quiet", "--unshallow")
        assert shallow.build().exit_code == 3
        assert "We are looking into it." in shallow.home


def test_no_repository(tmp_path: Path) -> None:
    """Without git nothing is known of before: that is one line, below the mistake."""
    write(tmp_path, MINIMAL | {PLACE: REOPENED})
    result = CliRunner().invoke(cli, ["build", str(tmp_path), *AS_OF, "--last-good"])
    assert (result.exit_code, result.stdout) == (1, "")
    *_, last = result.stderr.splitlines()
    assert last.startswith("statusgen: git ")
    assert "not a git repository" in last
    assert not (tmp_path / "public").exists()


def test_strict(place: Place) -> None:
    """Without the flag a mistake stays a mistake."""
    place.commit({PLACE: INCIDENT})
    place.commit({PLACE: REOPENED})
    result = CliRunner().invoke(cli, ["build", str(place.root), *AS_OF])
    assert result.exit_code == 1
    assert not (place.root / "public").exists()


@pytest.mark.parametrize("theme", ["default", "terminal"])
def test_themes(place: Place, theme: str) -> None:
    """Every theme that comes along says it."""
    site = "title: Example\nurl: https://status.example.com/\ntheme: {}\n"
    place.commit({"content/site.yml": site.format(theme), PLACE: REOPENED})
    assert place.build().exit_code == 3
    assert INCOMPLETE in place.home


HIDDEN = {
    "a draft": (INCIDENT.replace("severity:", "draft: true\nseverity:"), INCIDENT),
    "internal": (INCIDENT.replace("severity:", "visibility: internal\nseverity:"), INCIDENT),
    "over": (RESOLVED, f"{RESOLVED}\n[INVESTIGATING] All is down.\nUpdated: 17:50 UTC\n"),
    "retracted": (INCIDENT.replace("severity:", "retracted: A slip\nseverity:"), INCIDENT),
    "ahead": (INCIDENT.replace("2026-01-02", "2026-01-03"), INCIDENT),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_older_version_that_hides_the_outage(place: Place, name: str) -> None:
    """Where the last good version tells of no open incident, the banner is not green either."""
    before, after = HIDDEN[name]
    place.commit({PLACE: before})
    head, _, tail = after.rpartition("[INVESTIGATING]")
    place.commit({PLACE: f"{head}[INVESTIGATNG]{tail}"})
    assert place.build().exit_code == 3
    assert place.indicator != "none"
    assert "All Systems Operational" not in (place.root / "public/status.txt").read_text()
    assert "minor" in (place.root / "public/status.txt").read_text()


def test_policy_is_never_older(place: Place) -> None:
    """What the policy withholds now, no older one brings to light."""
    policy = "severities:\n  SEV-3:\n    visibility: {}\n"
    secret = INCIDENT.replace("SEV-2", "SEV-3").replace("The API is slow", "Nightfall")
    secret = secret.replace("partial_outage", "operational")
    place.commit({"content/policy.yml": policy.format("public")})
    place.commit({"content/policy.yml": policy.format("internal")})
    place.commit({"content/incidents/secret.md": secret})
    place.commit({PLACE: INCIDENT.replace("SEV-2", "SEV-3")})
    result = place.build()
    assert result.exit_code == 3
    assert "withheld: 1 internal" in result.stdout
    assert not any(b"Nightfall" in data for data in tree(place.root / "public").values())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("content/incidents/notes.txt", "hi\n"),
        ("content/incidents/other.md", INCIDENT.replace("INVESTIGATING", "INVESTIGATNG")),
    ],
)
def test_components_beside_another_mistake(place: Place, path: str, text: str) -> None:
    """A component that was renamed takes no report along, whatever else is wrong."""
    place.commit({PLACE: INCIDENT})
    renamed = "- id: api-v2\n  name: API\n- id: db\n  name: Database\n"
    place.commit({"content/components.yml": renamed, path: text})
    result = place.build()
    assert result.exit_code == 3
    assert f"{PLACE}:" not in result.stderr.partition("published as it was")[2]
    assert "We are looking into it." in place.home
    assert "content/components.yml: published as it was" in result.stderr


def test_no_update_goes_back_for_a_component(place: Place) -> None:
    """A report keeps its newest word where older components are all that it takes."""
    first = INCIDENT.replace("api: partial_outage", "db: partial_outage")
    more = "[IDENTIFIED] It is the API too.\nComponents: api=major_outage\nUpdated: 17:15 UTC\n"
    place.commit({PLACE: first})
    place.commit({PLACE: f"{first}\n{more}"})
    place.commit({"content/components.yml": "- id: db\n  name: Database\n"})
    assert place.build().exit_code == 3
    assert "It is the API too." in place.home


FOLDER: Files = {
    "content/incidents/big/incident.yml": "title: Big\nseverity: SEV-1\n"
    "started: 2026-01-02 17:00 UTC\ncomponents: [api]\n",
    "content/incidents/big/1.md": "[INVESTIGATING] A big one.\nUpdated: 2026-01-02 17:05 UTC\n",
}


@pytest.mark.parametrize("gone", ["incident.yml", "1.md"])
def test_folder_that_lacks_a_file(place: Place, gone: str) -> None:
    """An incident that is a folder stands as it was with all of its files."""
    place.commit(FOLDER)
    place.commit({}, f"content/incidents/big/{gone}")
    assert place.build().exit_code == 3
    assert "A big one." in place.home
    assert place.state["page"]["incomplete"] is False


def test_folder_with_two_heads(place: Place) -> None:
    """So it does where a file too many is there."""
    place.commit(FOLDER)
    place.commit({"content/incidents/big/incident.md": "---\ntitle: Big\n---\n"})
    assert place.build().exit_code == 3
    assert "A big one." in place.home


@pytest.mark.parametrize("name", ["Slow_API.md", "slow.txt"])
def test_bad_name(place: Place, name: str) -> None:
    """A report that was given a name that none may have stands under the one that it had."""
    place.commit({PLACE: INCIDENT})
    place.commit({f"content/incidents/{name}": INCIDENT}, PLACE)
    assert place.build().exit_code == 3
    assert "We are looking into it." in place.home
    assert place.state["page"]["outdated"] is True


def test_all_is_gone(place: Place) -> None:
    """Content that was removed as a whole is as git knows it."""
    place.commit({PLACE: INCIDENT})
    git(place.folder, "rm", "--quiet", "-r", "content")
    git(place.folder, "commit", "--quiet", "--message", "Slip")
    assert place.build().exit_code == 3
    assert "We are looking into it." in place.home


def test_mistake_is_told_without_git(tmp_path: Path) -> None:
    """Where git cannot help, what is wrong is told with its line all the same."""
    write(tmp_path, MINIMAL | {PLACE: REOPENED})
    result = CliRunner().invoke(cli, ["build", str(tmp_path), *AS_OF, "--last-good"])
    assert result.exit_code == 1
    assert f"{PLACE}:15: " in result.stderr
