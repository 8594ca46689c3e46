"""The team's own page: all that is internal, in no folder that is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from statusgen.cli import cli
from tests.folders import new_folder
from tests.test_leak import SECRET, SITE
from tests.worlds import INCIDENT, MINIMAL, tree, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AS_OF = ("--as-of", "2026-01-03 12:00 UTC")
NEVER = {
    "zqahead": "an update that has not happened yet",
    "zqbackup": "an editor's copy",
    "zqcomment": "a comment",
    "zqcomponents": "a comment",
    "zqfrontmatter": "a comment",
    "zqfuturebody": "an incident that has not begun",
    "zqfuturetitle": "an incident that has not begun",
    "zqfuture": "an incident that has not begun",
    "zqhappened": "the closing mail alone tells it",
    "zqimpact": "the closing mail alone tells it",
    "zqresolution": "the closing mail alone tells it",
    "zqnewsdraft": "a notice has no address of its own",
    "zqhidden": "a hidden file",
    "zqhiddenfile": "a hidden file",
    "zqnews": "a notice for later",
    "zqnewsbody": "a notice for later",
    "zqnewstitle": "a notice for later",
    "zqpagecomment": "a comment",
    "zqreference": "a comment",
    "zqsettings": "a comment",
    "zqseverity": "a definition of the policy",
    "zqdefinition": "a definition of the policy",
    "zqtemplate": "a text to begin with",
    "zqtemplatebody": "a text to begin with",
    "zqtemplatetitle": "a text to begin with",
}
"""What the team is not told either, and why."""


@pytest.fixture
def root() -> Iterator[Path]:
    """A site full of what is internal."""
    with new_folder() as folder:
        yield write(folder, SITE)


def build(root: Path, *words: str | Path) -> Result:
    """Build the team's own page."""
    said = ["build", str(root), *AS_OF, "--audience", "internal", *map(str, words)]
    return CliRunner().invoke(cli, said, prog_name="statusgen")


def words(folder: Path) -> set[str]:
    """Find the secret words in all files of a folder, and in their names."""
    found = {word for data in tree(folder).values() for word in SECRET.findall(data)}
    found |= {word for path in tree(folder) for word in SECRET.findall(path.encode())}
    return {word.decode() for word in found}


def test_all_is_there(root: Path) -> None:
    """The team reads all that the public must not, but for what nobody is told."""
    assert build(root).exit_code == 0
    everything = {
        word.decode()
        for path, text in SITE.items()
        for data in (path.encode(), text if isinstance(text, bytes) else text.encode())
        for word in SECRET.findall(data)
    }
    assert everything - words(root / "internal") == set(NEVER)


def test_public_build_beside_it(root: Path) -> None:
    """The public build of the same site holds none of it, whichever came first."""
    build(root)
    CliRunner().invoke(cli, ["build", str(root), *AS_OF])
    build(root)
    assert words(root / "public") == set()
    assert words(root / "outbox") == set()
    assert not any("team" in path or "runbooks" in path for path in tree(root / "public"))
    assert not any(b"team/" in data for data in tree(root / "public").values())
    assert b"noindex" not in (root / "public/index.html").read_bytes()


def test_no_mail(root: Path) -> None:
    """What is internal is in no mail, not even as a preview."""
    build(root)
    assert not list(root.rglob("*.eml"))


def test_not_where_the_public_looks(root: Path) -> None:
    """The folder that is published is refused, by whatever name."""
    for place in ("public", "content/../public", "public/team", "outbox"):
        result = build(root, "--out", root / place)
        assert result.exit_code == 2
        assert "lie in one another" in result.stderr
    assert not (root / "public").exists()


def test_own_folder(root: Path, tmp_path: Path) -> None:
    """It may lie elsewhere, and a public build in its place leaves nothing of it."""
    build(root, "--out", tmp_path / "team")
    assert words(tmp_path / "team")
    place = ("--out", str(tmp_path / "team"), "--outbox", str(tmp_path / "mails"))
    for _ in range(2):
        assert CliRunner().invoke(cli, ["build", str(root), *AS_OF, *place]).exit_code == 0
    assert words(tmp_path / "team") == set()
    build(root, "--out", tmp_path / "team")
    assert words(tmp_path / "team")


def test_again(root: Path) -> None:
    """A second build writes nothing, and tells the same as one from nothing."""
    build(root)
    before = tree(root / "internal")
    assert "Built" in (said := build(root).stdout)
    assert ": 0 written" in said
    assert build(root, "--clean").exit_code == 0
    assert tree(root / "internal") == before


def test_team_page() -> None:
    """What is open is told with whose turn it is and what is due, and runbooks are at hand."""
    mine = INCIDENT.replace(
        "components:", "assignee: Ada\ninternal: ['[ ] Call the host']\ncomponents:"
    )
    with new_folder() as root:
        write(root, MINIMAL | {"content/incidents/slow.md": mine})
        write(root, {"content/runbooks/db.md": "# The database\n\nRestart it.\n"})
        assert build(root).exit_code == 0
        team = (root / "internal/team/index.html").read_text()
        assert "The API is slow" in team
        assert "<b>L4</b> CTO" in team
        assert "Taken up by Ada" in team
        assert "Triage by" in team
        assert 'href="../runbooks/db/"' in team
        assert "Restart it." in (root / "internal/runbooks/db/index.html").read_text()
        page = (root / "internal/incidents/slow/index.html").read_text()
        assert "☐ Call the host" in page
        assert 'name="robots" content="noindex"' in page
        home = (root / "internal/index.html").read_text()
        assert 'href="./team/"' in home
