"""What is appended to a file means what was said, and nothing else in it is another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from statusgen import content
from statusgen.errors import ContentErrors, StatusgenError, WritingError
from statusgen.model import Incident, Moment, Report
from statusgen.writing.desk import Desk
from statusgen.writing.spelling import Said
from tests.folders import new_folder, without_rights
from tests.worlds import INCIDENT, MINIMAL, Files, at, tree, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOMENT = Moment(as_of=at("2026-01-02 17:40"))
PLACE = "content/incidents/slow.md"
MARKDOWN = INCIDENT.encode()
YAML = b"""\
# Kept as it is.
title: The API is slow
severity: SEV-2
started: 2026-01-02 17:00 UTC
updates:
  - status: investigating
    at: 17:05 UTC   # as it was
    body: We are looking into it.
"""
YAML_AMID = YAML + b"\n# Of the team:\nassignee: Ada\n"
YAML_FLUSH = YAML.replace(b"\n  - ", b"\n- ").replace(b"\n    ", b"\n  ")
SPELLINGS = {
    "slow.md": MARKDOWN,
    "crlf.md": MARKDOWN.replace(b"\n", b"\r\n"),
    "bom.md": b"\xef\xbb\xbf" + MARKDOWN,
    "unended.md": MARKDOWN.rstrip(),
    "blanks.md": MARKDOWN + b"\n\n",
    "dated.md": MARKDOWN.replace(b"17:05", b"2026-01-02 17:05"),
    "local.md": MARKDOWN.replace(b"17:05 UTC", b"20:05 Europe/Istanbul"),
    "slow.yml": YAML,
    "crlf.yml": YAML.replace(b"\n", b"\r\n"),
    "amid.yml": YAML_AMID,
    "flush.yml": YAML_FLUSH,
    "unended.yml": YAML.rstrip(),
}
SAID = Said(status="identified", body="A *pool* is empty.", at=at("2026-01-02 17:40"))

TEXT = (
    st.lists(
        st.sampled_from(
            [*"abc [](){}:-#>|`~*_\\\n\"'&%@!?,é漢ı🎉\u00a0", "[RESOLVED]", "Updated:", "```"]
        ),
        min_size=1,
        max_size=40,
    )
    .map("".join)
    .map(lambda text: "\n".join(line.rstrip() for line in text.strip().splitlines()))
)


@pytest.fixture
def root() -> Iterator[Path]:
    """A small site with one open incident."""
    with new_folder() as folder:
        yield write(folder, MINIMAL | {PLACE: INCIDENT})


def desk(root: Path, name: str = "slow.md", data: bytes = MARKDOWN) -> Desk:
    """Write one incident in some spelling, and sit down before it."""
    for old in (root / "content/incidents").glob("*"):
        old.unlink()
    write(root, {f"content/incidents/{name}": data})
    return Desk(root, MOMENT)


class TestAppended:
    """`Desk.appended`."""

    @pytest.mark.parametrize("name", SPELLINGS)
    def test_nothing_else_is_touched(self, root: Path, name: str) -> None:
        """In each spelling the file is what it was, but for lines that are added."""
        before = SPELLINGS[name]
        room = desk(root, name, before)
        document, fact = room.find(name.rpartition(".")[0])

        page = room.appended(document, fact, SAID)

        assert page.data != before
        left = page.data.splitlines()
        kept = iter(left)
        assert all(line in kept for line in before.splitlines())
        if name.endswith(".md"):
            assert page.data.startswith(before)
        ends = {line[-1:] == b"\r" for line in page.data.rstrip(b"\n").split(b"\n")}
        assert len(ends | {b"\r\n" in before}) == 1 or name.startswith("crlf")
        assert (b"\r\n" in page.data) is (b"\r\n" in before)
        assert page.data.count(b"\n") == page.data.count(b"\r\n") or b"\r\n" not in before

    @pytest.mark.parametrize(
        ("name", "written"),
        [
            ("slow.md", b"\n\n[IDENTIFIED] A *pool* is empty.\nUpdated: 17:40 UTC\n"),
            ("dated.md", b"\n\n[IDENTIFIED] A *pool* is empty.\nUpdated: 2026-01-02 17:40 UTC\n"),
            ("local.md", b"\n\n[IDENTIFIED] A *pool* is empty.\nUpdated: 20:40 Europe/Istanbul\n"),
            ("blanks.md", b"UTC\n\n\n[IDENTIFIED] A *pool* is empty.\nUpdated: 17:40 UTC\n"),
            (
                "slow.yml",
                b"    at: 17:40 UTC\n    body: |-\n      A *pool* is empty.\n",
            ),
            (
                "amid.yml",
                b"    body: |-\n      A *pool* is empty.\n\n# Of the team:\nassignee: Ada\n",
            ),
        ],
    )
    def test_an_update_is_spelt_as_those_before_it(
        self, root: Path, name: str, written: bytes
    ) -> None:
        """Times are written as the file writes them, in its zone, with its date or without."""
        room = desk(root, name, SPELLINGS[name])
        document, fact = room.find(name.rpartition(".")[0])
        assert room.appended(document, fact, SAID).data.endswith(written)

    def test_a_folder_gets_a_file_more(self, root: Path) -> None:
        """Where each update has a file, the files that are there stay as they are."""
        head = INCIDENT.partition("\n[INV")[0] + "\n"
        part = "[INVESTIGATING] We look.\nUpdated: 2026-01-02 17:05 UTC\n"
        (root / PLACE).unlink()
        write(
            root,
            {
                "content/incidents/slow/incident.md": head,
                "content/incidents/slow/1.md": part,
            },
        )
        room = Desk(root, MOMENT)
        document, fact = room.find("slow")

        page = room.appended(document, fact, SAID)

        assert page.path == "content/incidents/slow/2026-01-02-1740-identified.md"
        assert page.data == b"[IDENTIFIED] A *pool* is empty.\nUpdated: 2026-01-02 17:40 UTC\n"
        room.write(page)
        assert len(Desk(root, MOMENT).find("slow")[1].updates) == 2

    @given(
        name=st.sampled_from(sorted(SPELLINGS)),
        body=TEXT.filter(bool),
        status=st.sampled_from(["investigating", "identified", "monitoring", "resolved", "update"]),
        components=st.dictionaries(
            st.sampled_from(["api", "db"]), st.sampled_from(["operational", "partial_outage"])
        ),
        minutes=st.integers(0, 3000),
    )
    @example("slow.md", "[RESOLVED] is a word", "update", {}, 0)
    @example("slow.yml", " indented\n  more", "update", {}, 0)
    @example("slow.md", "```\nopen", "update", {}, 0)
    @example("slow.md", "Updated: 17:05 UTC", "update", {}, 0)
    def test_any_text_is_read_as_it_was_said_or_refused(
        self, name: str, body: str, status: str, components: dict[str, str], minutes: int
    ) -> None:
        """Whatever somebody says: the file then says it, or nothing is written and it is told."""
        stamp = at("2026-01-02 17:40").timestamp() + 60 * minutes
        said = Said(
            status=status,
            body=body,
            at=at("2026-01-02 17:40").fromtimestamp(stamp, MOMENT.as_of.tzinfo),
            components=tuple(components.items()),
        )
        with new_folder() as folder:
            room = desk(write(folder, MINIMAL), name, SPELLINGS[name])
            document, before = room.find(name.rpartition(".")[0])
            try:
                page = room.appended(document, before, said)
            except (WritingError, ContentErrors):
                assert (folder / f"content/incidents/{name}").read_bytes() == SPELLINGS[name]
                return
            room.write(page)
            after = Desk(folder, MOMENT, is_whole=True).find(name.rpartition(".")[0])[1]
        assert after.updates[:-1] == before.updates
        newest = after.updates[-1]
        kept = before.updates[-1].status
        assert newest.status == (kept if status == "update" else status)
        assert (newest.body, newest.at) == (body, said.at)
        assert {one.component: one.status for one in newest.components} == components

    def test_a_text_that_would_mean_something_else_is_refused(self, root: Path) -> None:
        """A line that closes the update as a trailer does is no text."""
        room = desk(root)
        document, fact = room.find("slow")
        said = Said(status="update", body="As said.\nNotify: no", at=MOMENT.as_of)
        with pytest.raises(WritingError) as error:
            room.appended(document, fact, said)
        assert str(error.value) == (
            "content/incidents/slow.md: the text would be read otherwise than it is written; "
            "put it in other words, or write it into the file by hand"
        )

    def test_a_file_with_problems_is_never_edited(self, root: Path) -> None:
        """Its problems are shown instead."""
        room = desk(root, data=MARKDOWN.replace(b"INVESTIGATING", b"INVESTIGATNG"))
        with pytest.raises(
            ContentErrors, match=r"slow\.md:9: updates\[0\]\.header: 'INVESTIGATNG'"
        ):
            room.find("slow")

    def test_another_file_with_problems_keeps_nobody(self, root: Path) -> None:
        """What is wrong elsewhere is known, and an update can be written all the same."""
        write(root, {"content/incidents/bad.md": "---\ntitle: x\n---\n"})
        room = Desk(root, MOMENT)
        document, fact = room.find("slow")
        assert room.appended(document, fact, SAID).fact.updates[-1].body == SAID.body
        assert {problem.path for problem in room.problems} == {"content/incidents/bad.md"}

    def test_a_word_never_comes_before_the_last_one(self, root: Path) -> None:
        """A clock that lags behind another's writes the same minute."""
        room = desk(root)
        document, fact = room.find("slow")
        early = Said(status="update", body="Still.", at=at("2026-01-02 17:01"))
        assert room.appended(document, fact, early).fact.updates[-1].at == at("2026-01-02 17:05")


class TestReported:
    """`Desk.reported`."""

    @pytest.mark.parametrize("name", ["slow.md", "crlf.md", "bom.md", "slow.yml", "amid.yml"])
    @pytest.mark.parametrize("line", ["500 people", "no", "a: b # c", "\"'", "ödeme 🎉"])
    def test_the_closing_report_is_read_back(self, root: Path, name: str, line: str) -> None:
        """It stands among the keys, whatever its lines hold."""
        room = desk(root, name, SPELLINGS[name])
        document, _ = room.find(name.rpartition(".")[0])
        report = Report(what_happened=(line, "Two."), resolution=(line,))
        fact = room.reported(document, None, report).fact
        assert isinstance(fact, Incident)
        assert fact.report == report


class TestWrite:
    """`Desk.write`: whole, or not at all."""

    def written(self, root: Path) -> None:
        room = Desk(root, MOMENT)
        document, fact = room.find("slow")
        room.write(room.appended(document, fact, SAID))

    def test_a_full_disk_leaves_the_old_file(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nothing of the new one is left."""

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        before = tree(root)
        with pytest.raises(WritingError, match=r"slow\.md: cannot be written: No space left"):
            self.written(root)
        assert tree(root) == before

    def test_a_folder_without_rights_leaves_the_old_file(self, root: Path) -> None:
        """It is told which file cannot be written."""
        before = tree(root)
        with (
            without_rights(),
            pytest.raises(WritingError, match=r"slow\.md: cannot be written: Permission denied"),
        ):
            self.written(root)
        assert tree(root) == before

    def test_a_file_that_somebody_changed_meanwhile_is_left(self, root: Path) -> None:
        """What another has just written is not lost."""
        room = Desk(root, MOMENT)
        document, fact = room.find("slow")
        page = room.appended(document, fact, SAID)
        other = MARKDOWN + b"\n[MONITORING] Other.\nUpdated: 17:30 UTC\n"
        (root / PLACE).write_bytes(other)
        with pytest.raises(WritingError, match="somebody else has just changed it; do it again"):
            room.write(page)
        assert (root / PLACE).read_bytes() == other

    def test_a_new_file_takes_nobodys_place(self, root: Path) -> None:
        """Two who create the same incident at once: the second is told."""
        with pytest.raises(WritingError, match=r"slow\.md: is there already"):
            content.write_file(str(root / PLACE), b"x", None)
        assert (root / PLACE).read_bytes() == MARKDOWN

    def test_rights_and_links_stay(self, root: Path) -> None:
        """A link leads to the same file, which keeps its rights."""
        (root / "content/incidents/real.txt").write_bytes(MARKDOWN)
        (root / PLACE).unlink()
        real = root / "content/files/real.md"
        real.parent.mkdir()
        real.write_bytes(MARKDOWN)
        (root / "content/incidents/real.txt").unlink()
        real.chmod(0o640)
        (root / PLACE).symlink_to("../files/real.md")
        self.written(root)
        assert (root / PLACE).is_symlink()
        assert real.stat().st_mode & 0o777 == 0o640
        assert real.read_bytes().startswith(MARKDOWN)


class TestFind:
    """What is meant by a name."""

    def test_an_unknown_name_names_the_nearest(self, root: Path) -> None:
        """So it is with components; else it is told what there is."""
        room = Desk(root, MOMENT)
        for call, message in (
            (lambda: room.find("slwo"), "no incident is called 'slwo'; did you mean 'slow'?"),
            (lambda: room.find("x"), "no incident is called 'x'; open are slow"),
            (lambda: room.component("ap"), "no component is called 'ap'; did you mean 'api'?"),
            (lambda: room.component("x"), "no component is called 'x': there are api, db"),
        ):
            with pytest.raises(StatusgenError) as error:
                call()
            assert str(error.value) == message

    def test_a_component_may_be_named_as_customers_know_it(self, root: Path) -> None:
        """Its name stands for its id."""
        assert Desk(root, MOMENT).component("database") == "db"

    def test_what_is_over_need_not_be_read(self, root: Path) -> None:
        """Of all incidents those are parsed that may be open: each other is known by its end."""
        over = INCIDENT + "\n[Resolved] Over.\nUpdated: 17:30 UTC\n"
        files: Files = {f"content/incidents/over-{n}.md": over for n in range(3)}
        reopened = over + "\n[UPDATE] More.\nUpdated: 17:31 UTC\n"
        write(root, files | {"content/incidents/more.md": reopened})
        room = Desk(root, MOMENT)
        assert {one.slug for one in room.site.incidents} == {"slow", "more"}
        assert [one.slug for one in room.open()] == ["slow"]
        assert len(Desk(root, MOMENT, is_whole=True).site.incidents) == 5

    @pytest.mark.parametrize(
        ("title", "slug"),
        [
            ("Payments fail!", "2026-01-02-payments-fail"),
            ("Ödeme ışığı", "2026-01-02-odeme-isigi"),
            ("故障", "2026-01-02-incident"),
            ("a " * 60, "2026-01-02-" + "-".join("a" * 29)),
        ],
    )
    def test_a_slug_is_made_of_day_and_title(self, root: Path, title: str, slug: str) -> None:
        """It holds what an address can hold."""
        assert Desk(root, MOMENT).free_slug(title, MOMENT.as_of).startswith(slug)

    def test_a_slug_that_is_taken_gets_a_number(self, root: Path) -> None:
        """Two incidents of one day may have one title."""
        write(root, {"content/incidents/2026-01-02-slow.md": INCIDENT})
        assert Desk(root, MOMENT).free_slug("Slow", MOMENT.as_of) == "2026-01-02-slow-2"
