"""Finding and reading files: what is content, what is none, and that nothing is skipped."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from statusgen.content import (
    FOLDERS,
    SETTINGS,
    Documents,
    Oblivion,
    find_again,
    find_documents,
    read_documents,
)
from statusgen.errors import ContentErrors
from statusgen.model import Moment
from statusgen.parse import parse_site
from statusgen.seal import CONTENT, Digests, look
from tests.folders import new_folder
from tests.worlds import INCIDENT, MINIMAL, Files, at, parse, problems, write

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

SLOW = "content/incidents/slow.md"
HIDDEN = INCIDENT.replace("severity", "visibility: internal\nseverity")


def told(root: Path) -> list[str]:
    """What is said of the files of a folder."""
    return [str(problem) for problem in read_documents(root).problems]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + INCIDENT.encode(),
        INCIDENT.replace("\n", "\r\n").encode(),
        INCIDENT.replace("\n", "\r").encode(),
        INCIDENT.rstrip("\n").encode(),
        INCIDENT.encode() + b"\n\n\n",
        INCIDENT.replace("---\n", "--- \t\n").encode(),
    ],
    ids=["BOM", "CRLF", "CR", "no last line end", "blank lines", "blanks behind a rule"],
)
def test_how_an_editor_saves_a_file_is_no_mistake(content: bytes) -> None:
    """The facts are the same, byte order mark or not, whatever ends the lines."""
    assert parse({SLOW: content})[1].incidents == parse({SLOW: INCIDENT})[1].incidents


@pytest.mark.parametrize(
    "name",
    [".slow.md.swp", ".DS_Store", "slow.md~", "#slow.md#", "slow.md.bak", "slow.md.orig", ".git/x"],
)
def test_what_editors_leave_behind_is_not_content(name: str) -> None:
    """Backups and hidden files are passed over, in every folder."""
    files: Files = {f"content/{name}": b"\0", f"content/incidents/{name}": b"\0"}
    assert len(parse(files | {SLOW: INCIDENT})[1].incidents) == 1


def test_files_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    """Whatever order the file system gives."""
    names = ["b.md", "a.md", "c.yml", "a-b.md"]
    write(tmp_path, MINIMAL | {f"content/incidents/{name}": "text" for name in names})
    assert [one.slug for one in read_documents(tmp_path).of("incidents")] == ["a-b", "a", "b", "c"]


def test_assets_keep_their_bytes_and_folders(tmp_path: Path) -> None:
    """What lies in files/ is copied as it is."""
    write(tmp_path, MINIMAL | {"content/files/a/b.bin": b"\0\r\n\xff"})
    (asset,) = read_documents(tmp_path).assets
    assert (asset.path, asset.data) == ("files/a/b.bin", b"\0\r\n\xff")


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 200_000])
def test_a_file_is_read_to_its_end(tmp_path: Path, size: int) -> None:
    """Whatever its size: it is read in pieces."""
    data = (b"0123456789abcdef" * 12_500)[:size]
    write(tmp_path, MINIMAL | {"content/files/a.bin": data})
    (asset,) = read_documents(tmp_path).assets
    assert asset.data == data


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("slow", "a name without an ending is not read here: use one of .md, .yml, .yaml"),
        ("slow.", "a name without an ending is not read here: use one of .md, .yml, .yaml"),
        ("slow.md.txt", "the ending '.txt' is not read here: use one of .md, .yml, .yaml"),
        (
            "a.b.md",
            (
                "the name becomes an address, so it needs small letters, digits and single "
                "hyphens between them; call it 'a-b.md'"
            ),
        ),
    ],
)
def test_a_name_is_parted_at_its_last_dot(tmp_path: Path, name: str, message: str) -> None:
    """What stands behind it is the ending, unless nothing does."""
    write(tmp_path, MINIMAL | {f"content/incidents/{name}": "text"})
    assert told(tmp_path) == [f"content/incidents/{name}:1: file: {message}"]


def test_a_root_without_content_is_told(tmp_path: Path) -> None:
    """With what a site's root holds."""
    message = "not found: a site's root holds a folder content/ with site.yml and components.yml"
    assert told(tmp_path) == [f"content:1: file: {message} in it"]


@pytest.mark.parametrize("name", ["site.yml", "components.yml"])
def test_missing_settings_are_told(tmp_path: Path, name: str) -> None:
    """Only the severity policy may be left out."""
    write(tmp_path, {path: text for path, text in MINIMAL.items() if not path.endswith(name)})
    assert [str(one) for one in errors(tmp_path)] == [
        f"content/{name}:1: file: not found: a site needs it"
    ]


def test_settings_by_another_ending_are_told_once(tmp_path: Path) -> None:
    """That they are called wrongly, and not that they are missing as well."""
    write(tmp_path, MINIMAL)
    (tmp_path / "content" / "site.yml").rename(tmp_path / "content" / "site.yaml")
    message = "nothing in content/ is called 'site.yaml'; did you mean 'site.yml'?"
    assert [str(one) for one in errors(tmp_path)] == [f"content/site.yaml:1: file: {message}"]


def errors(root: Path) -> tuple[object, ...]:
    """Every problem of a site."""
    with pytest.raises(ContentErrors) as caught:
        parse_site(read_documents(root), Moment(as_of=at("2026-01-03")))
    return caught.value.problems


LEADS_OUT = "is a link that leads out of content/: put the file itself here"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("../../outside.md", LEADS_OUT),
        ("/etc/hostname", LEADS_OUT),
        ("nowhere.md", LEADS_OUT),
        ("link.md", LEADS_OUT),
        (".", "is a link to a folder, which might never end: copy what it holds"),
    ],
)
def test_a_link_that_leads_elsewhere_is_told(tmp_path: Path, target: str, message: str) -> None:
    """Out of content/ it might publish a secret; to itself it would never end."""
    write(tmp_path, MINIMAL | {"outside.md": "secret", SLOW: INCIDENT})
    (tmp_path / "content" / "incidents" / "link.md").symlink_to(target)
    assert told(tmp_path) == [f"content/incidents/link.md:1: file: {message}"]


def test_a_link_within_content_is_read(tmp_path: Path) -> None:
    """It says nothing that is not there already."""
    write(tmp_path, MINIMAL | {SLOW: INCIDENT})
    (tmp_path / "content" / "incidents" / "link.md").symlink_to("slow.md")
    assert len(read_documents(tmp_path).of("incidents")) == 2
    assert not told(tmp_path)


def test_a_pipe_is_told_and_not_waited_for(tmp_path: Path) -> None:
    """A read of it would wait for ever."""
    write(tmp_path, MINIMAL | {SLOW: INCIDENT})
    os.mkfifo(tmp_path / "content" / "incidents" / "pipe.md")
    message = "is neither a file nor a folder: remove it"
    assert told(tmp_path) == [f"content/incidents/pipe.md:1: file: {message}"]


def test_a_name_that_cannot_be_printed_is_told(tmp_path: Path) -> None:
    """In a way that can be."""
    write(tmp_path, MINIMAL | {"content/files/a.txt": "a"})
    (tmp_path / "content/files/a.txt").rename(tmp_path / os.fsdecode(b"content/files/\xff.txt"))
    message = "the name holds what cannot be printed: rename it"
    assert told(tmp_path) == [rf"content/files/\udcff.txt:1: file: {message}"]


PATHS = st.sampled_from(
    [
        *(f"content/{name}" for name in SETTINGS),
        *(f"content/{folder}/a{ending}" for folder, all_ in FOLDERS.items() for ending in all_),
        "content/incidents/a/incident.md",
        "content/incidents/a/1.yml",
    ]
)
# Bytes, and pieces of what belongs there, so that chance gets beyond the first look.
PIECES = st.lists(
    st.binary(max_size=12)
    | st.sampled_from(
        [
            b"---\n",
            b"title: x\n",
            b"started: 2026-01-02 17:00 UTC\n",
            b"starts: 17:00\n",
            b"ends: 2026-03-29 02:30 Europe/Berlin\n",
            b"severity: SEV-1\n",
            b"components:\n  api: major_outage\n",
            b"components: [api]\n",
            b"updates:\n- ",
            b"status: resolved\n",
            b"\n[RESOLVED] over\n",
            b"Updated: 17:05 UTC\n",
            b"Components: api=\n",
            b"```\n",
            b"- id: api\n  name: API\n",
            b"- group: x\n  components:\n  - id: y\n",
            b"# heading\n",
            b"timezone: Asia/Tokyo\n",
            b"url: http://[\n",
            b"mail: {from: '@'}\n",
            b"? ",
            b": ",
            b"&a ",
            b"[",
        ]
    ),
    max_size=12,
).map(b"".join)


@settings(max_examples=300)
@given(st.dictionaries(PATHS, PIECES, min_size=1, max_size=3))
def test_no_bytes_raise_anything_but_problems(files: dict[str, bytes]) -> None:
    """Whatever stands in any file: facts, or problems with a place, in the order of files."""
    told = problems(dict(files))
    assert len(set(told)) == len(told)
    assert [line.split(":")[0] for line in told] == sorted(line.split(":")[0] for line in told)
    for line in told:
        # An address may be a key of the content, and that may be a colon.
        found = re.fullmatch(r"(content/[^:]+):(\d+): (\S.*?): (\S.*)", line, re.DOTALL)
        assert found, line
        assert int(found[2]) >= 1


class Notes(Oblivion):
    """A memory of what stands in a folder: of all incidents, or of some.

    What is withheld is known as well, but is none of those that need not even be looked at.
    """

    def __init__(self, root: Path, slugs: Collection[str]) -> None:
        """Learn the incidents of these slugs."""
        seen = look(str(root), (CONTENT,))
        found = read_documents(root, seen)
        known = [one for one in found.of("incidents") if one.slug in slugs]
        self.known = {(one.folder, one.slug, one.digest) for one in known}
        self.plain = {
            one.slug: one.digest
            for one in known
            if one.path == f"content/incidents/{one.slug}.md" and not one.translations
            if one.text != HIDDEN
        }

    def is_known(self, folder: str, slug: str, digest: bytes, /) -> bool:
        """Whether it was learnt."""
        return (folder, slug, digest) in self.known

    def digests(self, folder: str, /) -> dict[str, bytes]:
        """Tell what was learnt of incidents in one file."""
        return self.plain if folder == "incidents" else {}


def seen_in(root: Path) -> Digests:
    """Look at the content."""
    return look(str(root), (CONTENT,))


def opened(found: Documents) -> Documents:
    """Read what was only found, as parsing does."""
    for one in found.of("incidents"):
        found.digests.update(found.open(one).digests)
    return found


def essence(found: Documents) -> object:
    """Tell what a build knows of documents before it reads those that were only found."""
    unread = {
        each.path for one in found.documents if one.is_found for each in (one, *one.translations)
    }
    digests = {path: digest for path, digest in found.digests.items() if path not in unread}
    return set(found.documents), found.known, digests, found.assets, found.problems


INCIDENTS = ("a", "b", "c", "d")
SPELT = "content/incidents/e.yml"
TEXTS = st.sampled_from([INCIDENT, INCIDENT.replace("looking", "searching"), HIDDEN, "\0"])
EDITS = st.dictionaries(
    st.sampled_from(
        [
            *(f"content/incidents/{slug}.md" for slug in INCIDENTS),
            "content/incidents/a.tr.md",
            "content/incidents/b/incident.md",
            "content/incidents/B.md",
            SPELT,
            "content/pages/a.md",
        ]
    ),
    st.none() | st.just("link") | TEXTS,
    max_size=3,
)


class TestAgain:
    """Of incidents that were edited, nothing but their files is looked at."""

    PLACE = "content/incidents/a.md"
    FILES: Files = MINIMAL | {f"content/incidents/{slug}.md": INCIDENT for slug in INCIDENTS}
    FILES |= {SPELT: INCIDENT}

    def edit(self, root: Path, edits: dict[str, str | None]) -> None:
        """Write files, remove them, or put links in their places."""
        for path, text in edits.items():
            (root / path).unlink(missing_ok=True)
            if text == "link":
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).symlink_to(root / "content/site.yml")
            elif text is not None:
                write(root, {path: text})

    @given(
        st.lists(
            st.tuples(EDITS, st.none() | st.sets(st.sampled_from([*INCIDENTS, "e"]))), max_size=4
        )
    )
    @example(
        [({f"content/incidents/a{end}": "link" for end in (".md", ".tr.md")}, None), ({}, set())]
    )
    @settings(max_examples=200, deadline=None)
    def test_any_edits(self, steps: list[tuple[dict[str, str | None], set[str] | None]]) -> None:
        """Whatever is edited, and whatever is known of it, it is as if all were looked at."""
        with new_folder() as root:
            write(root, self.FILES)
            memory = Notes(root, INCIDENTS[:2])
            before = opened(find_documents(root, seen_in(root), memory))
            for edits, learnt in steps:
                if learnt is not None:
                    memory = Notes(root, {*memory.plain, *learnt})
                self.edit(root, edits)
                seen = seen_in(root)
                found = find_documents(root, seen, memory)
                again = find_again(before, seen, memory, edits)
                if again is not None:
                    assert essence(again) == essence(found)
                before = opened(again or found)

    def test_other_spelling(self, tmp_path: Path) -> None:
        """An incident in YAML keeps its address while another is edited, and is found as well."""
        write(tmp_path, self.FILES)
        before = opened(find_documents(tmp_path, seen_in(tmp_path), Oblivion()))
        for path in (self.PLACE, SPELT):
            again = find_again(before, seen_in(tmp_path), Oblivion(), [path])
            assert again
            assert {one.slug for one in again.of("incidents")} == {*INCIDENTS, "e"}

    @pytest.mark.parametrize("slug", ["a", "d"], ids=["known", "not known"])
    def test_edit(self, tmp_path: Path, slug: str) -> None:
        """An incident that was edited is found again, known before or not."""
        write(tmp_path, self.FILES)
        memory = Notes(tmp_path, INCIDENTS[:2])
        before = opened(find_documents(tmp_path, seen_in(tmp_path), memory))
        path = f"content/incidents/{slug}.md"
        write(tmp_path, {path: INCIDENT + "\n"})
        again = find_again(before, seen_in(tmp_path), memory, [path])
        assert again
        assert path in {one.path for one in again.of("incidents") if one.is_found}
        assert again.known["incidents"] == {"a", "b"} - {slug}

    @pytest.mark.parametrize(
        "path",
        [
            "content/site.yml",
            "content/pages/a.md",
            "content/incidents/new.md",
            "content/incidents/a.tr.md",
            "content/incidents/b/incident.md",
        ],
    )
    def test_more_hangs_on_it(self, tmp_path: Path, path: str) -> None:
        """Where more hangs on what was edited, or it is new, all has to be looked at."""
        write(tmp_path, self.FILES)
        before = opened(find_documents(tmp_path, seen_in(tmp_path), Oblivion()))
        write(tmp_path, {path: INCIDENT + "\n"})
        assert find_again(before, seen_in(tmp_path), Oblivion(), [path]) is None

    def test_forgotten(self, tmp_path: Path) -> None:
        """So it is where something is no longer known, or was wrong before."""
        write(tmp_path, self.FILES)
        memory = Notes(tmp_path, INCIDENTS)
        seen = seen_in(tmp_path)
        known = opened(find_documents(tmp_path, seen, memory))
        assert find_again(known, seen, memory, [self.PLACE])
        assert find_again(known, seen, Notes(tmp_path, INCIDENTS[1:]), [self.PLACE]) is None
        write(tmp_path, {"content/incidents/B.md": INCIDENT})
        wrong = opened(find_documents(tmp_path, seen, memory))
        assert find_again(wrong, seen, memory, [self.PLACE]) is None
