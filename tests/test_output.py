"""Output changes whole or not at all, holds what a clean build holds, and loses nobody's files."""

from __future__ import annotations

import errno
import fcntl
import io
import json
import os
import shutil
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from statusgen import workers
from statusgen.artifact import Artifact, Bundle, Folder
from statusgen.errors import OutputError
from statusgen.output import Output, Published, publish
from statusgen.output.manifest import read_manifest
from statusgen.output.stage import PIECE, Stage
from statusgen.theme import Theme
from statusgen.views.page import Batch, Promise
from tests import worlds
from tests.folders import new_folder, without_rights
from tests.worlds import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Texts = dict[str, str]

WHOLE = "; what was published before is untouched"


class Text(Struct, frozen=True, kw_only=True):
    """The smallest view."""

    text: str


def render(view: Text, _theme: Theme) -> bytes:
    """Render the smallest view."""
    return view.text.encode()


THEME = Theme("none", {}, {})


def artifacts(pages: Texts, mails: Texts | None = None) -> list[Artifact]:
    """Make artifacts of paths and texts."""
    both = ((Folder.PUBLIC, pages), (Folder.OUTBOX, mails or {}))
    return [
        Artifact(path=path, view=Text(text=text), render=render, folder=folder)
        for folder, texts in both
        for path, text in texts.items()
    ]


def bundle(name: str, pages: Texts, *, is_known: bool = True, subject: str = "") -> Bundle:
    """Make a bundle of paths and texts, of which is known how many they are, or is not."""

    def promises() -> Iterator[Promise[Text]]:
        for path, text in pages.items():
            key = f"{path} {text}".encode()
            made_from = partial(bytes, key) if key else None
            yield Promise(path=path, make=partial(Text, text=text), made_from=made_from)

    return Bundle(
        batch=Batch(
            name=name,
            subject=subject,
            size=len(pages) if is_known else 0,
            promises=promises,
            key=repr(pages).encode(),
            shared=b"",
        ),
        place=str,
        render=render,
    )


def numbered(count: int, name: str = "") -> Texts:
    """Name so many pages by their numbers."""
    return {f"{name}{number}.html": f"{name}{number}" for number in range(count)}


def output(root: Path, *, clean: bool = False) -> Output:
    """Name the folders of a build as the command line does."""
    return Output(public=root / "public", outbox=root / "outbox", is_clean=clean)


def put(root: Path, pages: Texts, mails: Texts | None = None, *, clean: bool = False) -> Published:
    """Publish paths and texts."""
    return publish(artifacts(pages, mails), THEME, output(root, clean=clean))


def refusal(root: Path, pages: Texts, mails: Texts | None = None) -> str:
    """Tell why paths and texts cannot be published, and see that nothing has changed."""
    before = everything(root)
    with pytest.raises(OutputError) as error:
        put(root, pages, mails)
    assert everything(root) == before
    return str(error.value).replace(str(root), "ROOT")


def everything(root: Path) -> dict[str, bytes | str | None]:
    """Read all below a folder: files with their bytes, links with their ends, folders."""
    found: dict[str, bytes | str | None] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            found[name] = str(path.readlink())
        else:
            found[name] = path.read_bytes() if path.is_file() else None
    return found


@pytest.fixture(autouse=True)
def one_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one process do all: what happens to its steps is what a test wants to know."""
    monkeypatch.setattr(workers, "_processors", lambda: 1)


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder for a test that needs one."""
    with new_folder() as folder:
        yield folder


class TestPublish:
    """What a build writes, and how it counts."""

    def test_first_build(self, root: Path) -> None:
        """The first build writes everything, each file where it belongs."""
        published = put(root, {"index.html": "home", "a/b.html": "b"}, {"1.eml": "mail"})
        assert published == Published(written=3)
        assert tree(root / "public") == {"index.html": b"home", "a/b.html": b"b"}
        assert tree(root / "outbox") == {"1.eml": b"mail"}

    def test_second_build_writes_nothing(self, root: Path) -> None:
        """A build that changes nothing renders nothing and leaves every file as it is."""
        put(root, {"index.html": "home", "a/b.html": "b"}, {"1.eml": "mail"})
        before = stamps(root)
        published = put(root, {"index.html": "home", "a/b.html": "b"}, {"1.eml": "mail"})
        assert published == Published(unchanged=3)
        assert stamps(root) == before

    def test_only_what_changed_is_written(self, root: Path) -> None:
        """A file that stays the same keeps its inode and its time while others change."""
        put(root, {"same.html": "same", "old.html": "old", "changed.html": "1"})
        before = stamps(root)["public/same.html"]
        published = put(root, {"same.html": "same", "new.html": "new", "changed.html": "2"})
        assert published == Published(written=2, unchanged=1, removed=1)
        assert stamps(root)["public/same.html"] == before

    def test_clean_build_renders_everything(self, root: Path) -> None:
        """A clean build renders every file, and still rewrites none that comes out the same."""
        rendered = []

        def record(view: Text, theme: Theme) -> bytes:
            rendered.append(view.text)
            return render(view, theme)

        artifact = Artifact(path="index.html", view=Text(text="home"), render=record)
        publish([artifact], THEME, output(root))
        before = stamps(root)
        publish([artifact], THEME, output(root))
        assert rendered == ["home"]
        published = publish([artifact], THEME, output(root, clean=True))
        assert rendered == ["home", "home"]
        assert published == Published(unchanged=1)
        assert stamps(root) == before

    def test_progress(self, root: Path) -> None:
        """Who watches is told now and then how many are done, of how many."""
        told: list[tuple[int, int]] = []

        def show(done: int, total: int) -> None:
            told.append((done, total))

        watched = Output(public=root / "public", outbox=root / "outbox", progress=show)
        publish(artifacts({str(number): "a" for number in range(150)}), THEME, watched)
        assert told[0] == (0, 150)
        assert told[-1] == (150, 150)
        assert {done for done, _ in told} <= {*range(0, 150, 16), 150}
        assert told == sorted(told)

    def test_progress_of_bundles(self, root: Path) -> None:
        """Of a bundle that is new each file counts, before it is known which they are."""
        told: list[tuple[int, int]] = []
        watched = Output(
            public=root / "public",
            outbox=root / "outbox",
            progress=lambda done, total: told.append((done, total)),
        )
        many = bundle("many", numbered(150))
        plan: list[Artifact | Bundle] = [many, *artifacts({"a": "1"})]
        publish(plan, THEME, watched)
        assert told[0] == (0, 151)
        assert told[-1] == (151, 151)
        assert len(told) > 150 // PIECE
        assert told == sorted(told)

    def test_one_path_twice(self, root: Path) -> None:
        """Two artifacts with one path are refused by name."""
        twice = artifacts({"a.html": "1"}) + artifacts({"a.html": "2"})
        with pytest.raises(OutputError, match=r"^two things want to be public/a\.html$"):
            publish(twice, THEME, output(root))
        assert everything(root) == {}

    @pytest.mark.parametrize("paths", [("a", "a/b"), ("a/b", "a"), ("x/y", "a", "a/b")])
    def test_file_and_folder(self, root: Path, paths: Sequence[str]) -> None:
        """A file that would have to be the folder of another is refused, whichever comes first."""
        with pytest.raises(OutputError, match=r"^two things want to be public/a"):
            publish(artifacts(dict.fromkeys(paths, "1")), THEME, output(root))
        assert everything(root) == {}

    @pytest.mark.parametrize("is_known", [True, False], ids=["so many", "nobody knows"])
    @pytest.mark.parametrize(
        "also",
        [
            [Artifact(path="17.html", view=Text(text="17"), render=render)],
            [Artifact(path="17.html", view=Text(text="other"), render=render)],
            pytest.param("bundle", id="another bundle"),
        ],
    )
    def test_one_path_twice_in_bundles(
        self, root: Path, also: Sequence[Artifact] | str, *, is_known: bool
    ) -> None:
        """What is found out only when a bundle is rendered is refused as well, by name."""
        first = bundle("one", numbered(40), is_known=is_known)
        other = [bundle("other", {"17.html": "17"})] if isinstance(also, str) else also
        for twice in ([first, *other], [*other, first]):
            with pytest.raises(OutputError, match=r"^two things want to be public/17\.html$"):
                publish(twice, THEME, output(root))
            assert everything(root) == {}

    def test_folders_that_are_left_empty_go(self, root: Path) -> None:
        """With the last of several files their folders go too, up to the published one."""
        put(root, {"a/b/1": "1", "a/b/2": "2", "a/c/d/3": "3"})
        assert put(root, {}) == Published(removed=3)
        assert everything(root / "public") == {}

    def test_folders_of_files_that_others_removed_go(self, root: Path) -> None:
        """A folder goes whose file was removed by hand before it was stale."""
        put(root, {"a/b/1": "1", "c/2": "2"})
        (root / "public/a/b/1").unlink()
        shutil.rmtree(root / "public/c")
        assert put(root, {}) == Published()
        assert everything(root / "public") == {}

    def test_a_file_becomes_a_folder_and_back(self, root: Path) -> None:
        """A file may give way to a folder of its name, and the folder to a file."""
        put(root, {"a": "file"})
        assert put(root, {"a/b/c": "below"}) == Published(written=1, removed=1)
        assert everything(root / "public") == {"a": None, "a/b": None, "a/b/c": b"below"}
        assert put(root, {"a": "file"}) == Published(written=1, removed=1)
        assert everything(root / "public") == {"a": b"file"}

    @pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
    def test_modes(self, root: Path, mask: int) -> None:
        """Files and folders can be read by a web server, whatever the mask of the process."""
        before = os.umask(mask)
        try:
            put(root, {"a/b": "b"})
        finally:
            os.umask(before)
        public = root / "public"
        modes = [path.stat().st_mode & 0o777 for path in (public, public / "a", public / "a/b")]
        assert modes == [0o755, 0o755, 0o644]

    def test_a_damaged_file_is_mended(self, root: Path) -> None:
        """A file with other bytes than ours is written again, though size and time are right."""
        put(root, {"a": "fine", "b": "fine"})
        place = root / "public/a"
        time = place.stat().st_mtime_ns
        place.write_text("evil")
        os.utime(place, ns=(time, time))
        assert put(root, {"a": "fine", "b": "fine"}) == Published(written=1, unchanged=1)
        assert place.read_bytes() == b"fine"

    @pytest.mark.parametrize("end", ["elsewhere.txt", "nowhere", "folder", "."])
    def test_a_link_gives_way_to_a_file(self, root: Path, end: str) -> None:
        """A link that stands where a file belongs is replaced; what it leads to stays."""
        (root / "elsewhere.txt").write_text("fine")
        (root / "folder").mkdir()
        put(root, {"a": "fine"})
        (root / "public/a").unlink()
        (root / "public/a").symlink_to(root / end)
        assert put(root, {"a": "fine"}) == Published(written=1)
        assert everything(root / "public") == {"a": b"fine"}
        assert (root / "elsewhere.txt").read_text() == "fine"
        assert (root / "folder").is_dir()

    def test_a_link_gives_way_to_a_folder(self, root: Path) -> None:
        """A link in place of a file that became a folder is removed; what is behind it stays."""
        worlds.write(root, {"elsewhere/b": b"below"})
        put(root, {"a": "file"})
        (root / "public/a").unlink()
        (root / "public/a").symlink_to(root / "elsewhere")
        assert put(root, {"a/b": "below"}) == Published(written=1, removed=1)
        assert everything(root / "public") == {"a": None, "a/b": b"below"}
        assert everything(root / "elsewhere") == {"b": b"below"}

    def test_a_pipe_gives_way_to_a_file(self, root: Path) -> None:
        """A named pipe is not waited for but replaced."""
        put(root, {"a": "fine"})
        (root / "public/a").unlink()
        os.mkfifo(root / "public/a")
        assert put(root, {"a": "fine"}) == Published(written=1)
        assert (root / "public/a").read_bytes() == b"fine"

    def test_an_unreadable_file_is_mended(self, root: Path) -> None:
        """A file of ours that nobody may read any more is written again."""
        root.chmod(0o777)
        with without_rights():
            put(root, {"a": "fine"})
            (root / "public/a").chmod(0)
            assert put(root, {"a": "fine"}) == Published(written=1)
            assert (root / "public/a").read_bytes() == b"fine"


def stamps(root: Path) -> dict[str, tuple[int, int]]:
    """Take the inode and the time of every file and folder."""
    return {
        path.relative_to(root).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
    }


class TestPlaces:
    """Where folders may lie."""

    def test_manifests_lie_outside(self, root: Path) -> None:
        """The manifest of a folder lies beside it, in .statusgen, by the folder's name."""
        put(root, {"a": "a"}, {"1.eml": "mail"})
        names = [name for name in everything(root) if name.startswith(".statusgen/")]
        assert names == [".statusgen/outbox.json", ".statusgen/public.json"]

    @pytest.mark.parametrize("spelling", [".", "", "../public", "sub/.."])
    def test_manifest_of_the_current_folder(
        self, root: Path, spelling: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A folder named by dots has its manifest outside too: it must not be published."""
        (root / "public/sub").mkdir(parents=True)
        monkeypatch.chdir(root / "public")
        here = Output(public=Path(spelling), outbox=root / "outbox")
        publish(artifacts({"a": "a"}), THEME, here)
        assert everything(root / "public") == {"a": b"a", "sub": None}
        assert publish(artifacts({}), THEME, here) == Published(removed=1)

    def test_public_may_be_a_link(self, root: Path, tmp_path: Path) -> None:
        """A published folder that is a link, to another file system too, is written behind it."""
        (root / "public").symlink_to(tmp_path)
        put(root, {"a/b": "1", "c": "c"})
        put(root, {"a/b": "2"})
        assert (root / "public").is_symlink()
        assert tree(tmp_path) == {"a/b": b"2"}

    def test_link_to_another_release(self, root: Path) -> None:
        """When the link is led to an empty folder, everything is written there."""
        for name in ("1", "2"):
            (root / name).mkdir()
        (root / "public").symlink_to("1")
        put(root, {"a": "a"})
        (root / "public").unlink()
        (root / "public").symlink_to("2")
        assert put(root, {"a": "a"}) == Published(written=1)
        assert tree(root / "1") == tree(root / "2") == {"a": b"a"}

    def test_link_that_leads_nowhere(self, root: Path) -> None:
        """A published folder that is a link to nothing is refused."""
        (root / "public").symlink_to("nowhere")
        message = "cannot write ROOT/public: a file stands where a folder belongs"
        assert refusal(root, {"a": "a"}) == message + WHOLE

    def test_folders_far_from_each_other(self, root: Path) -> None:
        """Page and mails may lie in places that have to be made, each with its manifest beside."""
        far = Output(public=root / "x/y/site", outbox=root / "z/mail")
        publish(artifacts({"a": "a"}, {"1.eml": "m"}), THEME, far)
        files = [name for name, data in everything(root).items() if data is not None]
        assert files == [
            "x/y/.statusgen/site.json",
            "x/y/site/a",
            "z/.statusgen/mail.json",
            "z/mail/1.eml",
        ]

    def test_name_that_is_too_long(self, root: Path) -> None:
        """A name that the file system cannot hold is told, and nothing is written."""
        put(root, {"a": "1"})
        name = "n" * 300
        message = f"cannot write ROOT/public/{name}: File name too long"
        assert refusal(root, {"a": "2", name: "long"}) == message + WHOLE


class TestForeignFiles:
    """What others put beside the page is theirs."""

    def test_they_stay_and_are_counted(self, root: Path) -> None:
        """Files that we did not write survive every build, clean ones too, and are counted."""
        put(root, {"a/1": "1", "b": "b"})
        for name in ("CNAME", "a/notes.txt", "old/page.html", ".well-known/x", "a/.hidden"):
            place = root / "public" / name
            place.parent.mkdir(exist_ok=True)
            place.write_text("theirs")
        assert put(root, {}, clean=True) == Published(removed=2, foreign=3)
        assert list(tree(root / "public").values()) == [b"theirs"] * 5

    def test_empty_folders_stay(self, root: Path) -> None:
        """An empty folder that we did not make stays, inside one of ours too."""
        put(root, {"a/1": "1"})
        (root / "public/a/theirs").mkdir()
        put(root, {})
        assert everything(root / "public") == {"a": None, "a/theirs": None}

    def test_what_was_there_before_the_first_build(self, root: Path) -> None:
        """Without a manifest everything is foreign but what has our path now."""
        worlds.write(root, {"public/old.html": b"old", "public/a": b"not ours", "public/b": b"b"})
        assert put(root, {"a": "a", "b": "b"}) == Published(written=1, unchanged=1, foreign=1)
        assert tree(root / "public") == {"a": b"a", "b": b"b", "old.html": b"old"}

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(b"", id="empty"),
            pytest.param(b'{"files": {"a": [', id="cut"),
            pytest.param(b"\xff\xfe\x00", id="not text"),
            pytest.param(b'{"files": {"a": "x"}}', id="another shape"),
            pytest.param(b'{"version": 3, "files": {"a": ["x", "y"]}}', id="a later version"),
        ],
    )
    def test_damaged_manifest(self, root: Path, content: bytes) -> None:
        """With a damaged manifest nothing is removed, and everything of ours is as it should be."""
        put(root, {"a": "a", "b": "b"})
        (root / ".statusgen/public.json").write_bytes(content)
        (root / "public/b").write_text("damaged")
        assert put(root, {"b": "b"}) == Published(written=1, foreign=1)
        assert tree(root / "public") == {"a": b"a", "b": b"b"}

    @pytest.mark.parametrize(
        "path",
        ["../victim", "/ROOT/victim", "a/../../victim", "a//../../victim", "..", ".", "", "folder"],
    )
    def test_hostile_manifest(self, root: Path, path: str) -> None:
        """A manifest that names what lies outside, or a folder, removes nothing of it."""
        put(root, {"a/1": "1"})
        worlds.write(root, {"victim": b"theirs", "public/folder/file": b"theirs"})
        manifest = root / ".statusgen/public.json"
        content = json.loads(manifest.read_bytes())
        content["files"][path.replace("/ROOT", str(root))] = ["x", "y"]
        manifest.write_text(json.dumps(content))
        put(root, {"a/1": "2"})
        assert (root / "victim").read_bytes() == b"theirs"
        assert tree(root / "public") == {"a/1": b"2", "folder/file": b"theirs"}

    def test_nothing_is_removed_through_a_link(self, root: Path) -> None:
        """A file behind a link is not ours, though its path was."""
        put(root, {"a/1": "1", "b": "b"})
        shutil.rmtree(root / "public/a")
        worlds.write(root, {"elsewhere/1": b"theirs"})
        (root / "public/a").symlink_to(root / "elsewhere")
        assert put(root, {"b": "b"}) == Published(unchanged=1)
        assert tree(root / "elsewhere") == {"1": b"theirs"}

    def test_nothing_is_written_through_a_link(self, root: Path) -> None:
        """A link where a folder of ours belongs is refused, even if the same lies behind it."""
        put(root, {"a/1": "1"})
        (root / "public/a").rename(root / "elsewhere")
        (root / "public/a").symlink_to(root / "elsewhere")
        message = "cannot write ROOT/public/a: a link stands where a folder belongs"
        assert refusal(root, {"a/1": "1"}) == message + WHOLE
        assert refusal(root, {"a/1": "2"}) == message + WHOLE


PATHS = ("a", "a/b", "a/b/c", "a/b/d", "b", "c/d", "c/d/e", "c/f")


def is_plan(paths: set[str]) -> bool:
    """Whether all these can be files at once: none is a folder of another."""
    return not any(one != other and one.startswith(f"{other}/") for one in paths for other in paths)


PLANS = st.dictionaries(st.sampled_from(PATHS), st.sampled_from("123"), max_size=5).filter(
    lambda plan: is_plan(set(plan))
)
HARM = ("damage", "empty", "delete", "link")
HARMS = st.lists(st.tuples(st.sampled_from(HARM), st.integers(0, 9)))


def harm(folder: Path, kind: str, number: int, elsewhere: Path) -> None:
    """Do something to one of the files in a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    places = [path for path in files if not path.is_symlink()]
    if not places:
        return
    place = places[number % len(places)]
    if kind == "damage":
        place.write_bytes(place.read_bytes() + b"!")
    elif kind == "empty":
        place.write_bytes(b"")
    else:
        place.unlink()
    if kind == "link":
        place.symlink_to(elsewhere)


class TestIncrementalEqualsClean:
    """The promise of this room: what a build finds decides nothing about what it leaves."""

    @given(st.lists(st.tuples(PLANS, PLANS, HARMS, st.booleans()), min_size=1, max_size=6))
    @settings(max_examples=100)
    def test_any_plan_after_any_other(
        self, builds: list[tuple[Texts, Texts, list[tuple[str, int]], bool]]
    ) -> None:
        """After any builds and any damage, files and folders are those of the last plan alone."""
        with new_folder() as root:
            elsewhere = root / "elsewhere.txt"
            elsewhere.write_text("1")
            for pages, mails, harms, clean in builds:
                published = put(root, pages, mails, clean=clean)
                put(root / "fresh", pages, mails)
                for folder in ("public", "outbox"):
                    assert everything(root / folder) == everything(root / "fresh" / folder)
                assert published.written + published.unchanged == len(pages) + len(mails)
                assert published.foreign == 0
                shutil.rmtree(root / "fresh")
                for kind, number in harms:
                    harm(root / ("public", "outbox")[number % 2], kind, number // 2, elsewhere)
            assert elsewhere.read_text() == "1"


OLD = {"index.html": "old", "same.css": "same", "gone/x.html": "x", "a": "file", "b/c": "below"}
NEW = {"index.html": "new", "same.css": "same", "new/y.html": "y", "a/d": "below", "b": "file"}
OLD_MAILS, NEW_MAILS = {"1.eml": "1", "2.eml": "2"}, {"2.eml": "two", "3.eml": "3"}

CALLS = {
    os: ("replace", "link", "unlink", "mkdir", "rmdir", "chmod"),
    io: ("open",),
}
"""Everything that changes a folder, by the module whose function does it."""


class Disk:
    """A disk on which one of the steps of a build fails, or all from there on that need room."""

    def __init__(self, root: Path, *, fails_at: int = 0, stays_full: bool = False) -> None:
        """Count steps below a folder; none fails at 0."""
        self.root = root
        self.fails_at = fails_at
        self.stays_full = stays_full
        self.steps = 0

    @contextmanager
    def failing(self) -> Iterator[None]:
        """Put every call that changes a folder under this disk's control."""
        with pytest.MonkeyPatch.context() as patch:
            for module, names in CALLS.items():
                for name in names:
                    patch.setattr(module, name, self.guard(name, getattr(module, name)))
            yield

    def guard(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Fail before a call, or let it through."""

        def guarded(path: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - like those it stands for
            mode = str(args[0]) if args else ""
            is_step = str(path).startswith(str(self.root)) and (name != "open" or "w" in mode)
            self.steps += is_step
            is_late = self.stays_full and self.steps > self.fails_at and self.fails_at
            needs_room = name in ("open", "mkdir", "link")
            if is_step and (self.steps == self.fails_at or (is_late and needs_room)):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            return call(path, *args, **kwargs)

        return guarded


class TestBundles:
    """Files that stand and fall together."""

    @pytest.mark.parametrize("is_known", [True, False], ids=["so many", "nobody knows"])
    def test_new_one(self, root: Path, *, is_known: bool) -> None:
        """What a new bundle consists of is asked only when it is rendered, and all is published."""
        pages = numbered(40)
        published = publish([bundle("many", pages, is_known=is_known)], THEME, output(root))
        assert published == Published(written=40)
        assert tree(root / "public") == {path: text.encode() for path, text in pages.items()}

    @pytest.mark.parametrize("told", [1, PIECE, 39, 41, 5 * PIECE])
    def test_more_or_fewer_than_was_told(self, root: Path, told: int) -> None:
        """None is lost and none is made up, however many a bundle says that it has."""
        pages = numbered(40)
        one = bundle("many", pages)
        publish([replace(one, batch=replace(one.batch, size=told))], THEME, output(root))
        assert tree(root / "public") == {path: text.encode() for path, text in pages.items()}

    @pytest.mark.parametrize("clean", [True, False])
    def test_it_is_kept_as_any_other(self, root: Path, *, clean: bool) -> None:
        """A later build finds nothing to write, be it told each file or not."""
        plan: list[Artifact | Bundle] = [bundle("many", numbered(40)), *artifacts({"a": "1"})]
        publish(plan, THEME, output(root))
        before = everything(root)
        marks = stamps(root)
        assert publish(plan, THEME, output(root, clean=clean)) == Published(unchanged=41)
        assert (everything(root), stamps(root)) == (before, marks)

    def test_new_one_where_something_stands(self, root: Path) -> None:
        """A bundle that nobody knows of leaves alone what stands there and reads the same."""
        plan = [bundle("many", numbered(40))]
        publish(plan, THEME, output(root))
        shutil.rmtree(root / ".statusgen")
        before = stamps(root / "public")
        assert publish(plan, THEME, output(root)) == Published(unchanged=40)
        assert stamps(root / "public") == before

    def test_they_are_promised_once(self, root: Path) -> None:
        """However many parts they are rendered in, one process asks once what they consist of."""
        asked: list[str] = []

        def counted(one: Bundle) -> Bundle:
            def count() -> Iterable[Promise[Text]]:
                asked.append(one.name)
                return one.batch.promises()

            return replace(one, batch=replace(one.batch, promises=count))

        pages = numbered(5 * PIECE)
        others = numbered(5 * PIECE, "other ")
        both = bundle("one", pages, subject="s"), bundle("other", others, subject="s")
        publish([*map(counted, both)], THEME, output(root))
        assert sorted(asked) == ["one", "other"]

    def test_what_tells_of_the_same_is_rendered_together(self, root: Path) -> None:
        """Of bundles with one subject the same parts follow one another; others are as they are."""
        rendered = []

        def record(view: Text, theme: Theme) -> bytes:
            rendered.append(view.text)
            return render(view, theme)

        subjects = {"pages": "s", "apart": "", "files": "s"}
        plan = [
            replace(bundle(name, numbered(PIECE + 1, f"{name} "), subject=subject), render=record)
            for name, subject in subjects.items()
        ]
        publish(plan, THEME, output(root))
        # What is planned last is rendered first: so are the parts.
        order = [name for name, _ in groupby(each.split()[0] for each in rendered)]
        assert order == ["apart", "files", "pages", "files", "pages"]
        assert rendered[PIECE + 1 :][:2] == [f"files {PIECE}", f"pages {PIECE}"]


class TestFailure:
    """The last good page stays, whatever fails."""

    @pytest.mark.parametrize("stays_full", [False, True], ids=["one step", "all from there on"])
    @pytest.mark.parametrize("is_first", [False, True], ids=["second build", "first build"])
    def test_any_step(self, root: Path, *, stays_full: bool, is_first: bool) -> None:
        """A step that fails leaves everything as it was: all is new, or all is old."""
        if not is_first:
            put(root, OLD, OLD_MAILS)
        before = everything(root)
        counted = Disk(root)
        with counted.failing():
            put(root, NEW, NEW_MAILS)
        after = everything(root)
        failures = 0
        for step in range(1, counted.steps + 1):
            reset(root, OLD, OLD_MAILS, is_empty=is_first)
            message = ""
            with Disk(root, fails_at=step, stays_full=stays_full).failing():
                try:
                    put(root, NEW, NEW_MAILS)
                except OutputError as error:
                    message = str(error)
            if message:
                assert message.startswith(f"cannot write {root}")
                assert message.endswith(f": No space left on device{WHOLE}")
                assert "\n" not in message
                assert everything(root) == before, step
            else:
                put(root, NEW, NEW_MAILS)
                assert everything(root) == after, step
            failures += bool(message)
        # A second name for a file is no must, and so is taking away what is needed no more.
        assert failures > counted.steps // 2

    def test_manifest_meanwhile(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Until all is done, the manifest tells of what was there and of what will be."""
        put(root, {"a": "1", "old": "1"})
        told: set[str] = set()
        put_all = Stage.put_all

        def noting(stage: Stage) -> None:
            told.update(read_manifest(stage.manifest_path).files)
            put_all(stage)

        monkeypatch.setattr(Stage, "put_all", noting)
        put(root, {"a": "2", "new": "1"})
        assert told == {"a", "old", "new"}

    def test_file_system_without_links(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where files cannot have two names, they are copied, and a failure is undone as well."""

        def no_links(*_: object, **__: object) -> None:
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))

        monkeypatch.setattr(os, "link", no_links)
        put(root, OLD)
        (root / "public/stray").mkdir()
        assert refusal(root, NEW | {"stray": "file"}).startswith("cannot write ROOT/public/stray:")
        put(root, NEW)
        assert tree(root / "public") == {path: text.encode() for path, text in NEW.items()}

    def test_file_system_without_modes(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where files have no modes, the page is written nevertheless."""

        def no_modes(*_: object, **__: object) -> None:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

        monkeypatch.setattr(os, "chmod", no_modes)
        assert put(root, {"a/b": "b"}) == Published(written=1)

    def test_undoing_fails_too(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """If what was replaced cannot be put back, that is said, and the next build heals it."""
        put(root, {"a": "1", "z": "1"})
        (root / "public/y").mkdir()
        real = os.replace
        # The manifest, then a, and then a is to be put back.
        monkeypatch.setattr(os, "replace", first(real, real, no_room, then=real))
        with pytest.raises(OutputError) as error:
            put(root, {"a": "2", "y": "2"})
        assert str(error.value) == (
            f"cannot write {root}/public/y: a folder stands where a file belongs; "
            "and what was published before could not all be put back, so build again"
        )
        put(root, {"a": "2", "z": "2"})
        assert tree(root / "public") == {"a": b"2", "z": b"2"}

    def test_render_fails(self, root: Path) -> None:
        """Whatever a template raises, nothing has changed, not even folders that were made."""

        def fail(_view: Text, _theme: Theme) -> bytes:
            raise ZeroDivisionError

        broken = Artifact(path="z.html", view=Text(text=""), render=fail)
        with pytest.raises(ZeroDivisionError):
            publish([*artifacts(NEW), broken], THEME, output(root))
        assert everything(root) == {}
        put(root, OLD)
        before = everything(root)
        with pytest.raises(ZeroDivisionError):
            publish([*artifacts(NEW), broken], THEME, output(root))
        assert everything(root) == before

    def test_interrupted(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ctrl-C in the middle of replacing undoes what was replaced."""
        put(root, OLD)
        before = everything(root)
        real = os.replace
        # The manifest and one file are in place by then.
        monkeypatch.setattr(os, "replace", first(real, real, interrupt, then=real))
        with pytest.raises(KeyboardInterrupt):
            put(root, NEW)
        assert everything(root) == before

    def test_folder_where_a_file_belongs(self, root: Path) -> None:
        """A folder in the place of a file is not ours to remove, empty or not."""
        put(root, OLD)
        (root / "public/new.html").mkdir()
        message = "cannot write ROOT/public/new.html: a folder stands where a file belongs"
        assert refusal(root, {"new.html": "new"}) == message + WHOLE

    def test_file_where_a_folder_belongs(self, root: Path) -> None:
        """A file that is not ours in the place of a folder is not ours to remove."""
        put(root, OLD)
        (root / "public/incidents").write_text("theirs")
        message = "cannot write ROOT/public/incidents: a file stands where a folder belongs"
        assert refusal(root, {"incidents/x/index.html": "new"}) == message + WHOLE

    @pytest.mark.parametrize("place", ["public", "outbox", ".statusgen"])
    def test_file_where_all_belongs(self, root: Path, place: str) -> None:
        """A file in the place of one of the folders that we make is told."""
        (root / place).write_text("theirs")
        message = f"cannot write ROOT/{place}: a file stands where a folder belongs"
        assert refusal(root, OLD, OLD_MAILS) == message + WHOLE

    def test_folder_where_the_manifest_belongs(self, root: Path) -> None:
        """A folder in the place of the manifest is told."""
        (root / ".statusgen/public.json").mkdir(parents=True)
        message = "cannot write ROOT/.statusgen/public.json: a folder stands where a file belongs"
        assert refusal(root, OLD) == message + WHOLE

    @pytest.mark.parametrize(
        ("locked", "named"),
        [
            (".", ".statusgen"),
            ("public", "public"),
            ("public/b", "public/b"),
            ("outbox", "outbox"),
            (".statusgen", ".statusgen"),
        ],
    )
    def test_no_permission(self, root: Path, locked: str, named: str) -> None:
        """A folder that may not be written to is told, and nothing has changed anywhere."""
        root.chmod(0o777)
        with without_rights():
            if locked != ".":
                put(root, {"b/c": "1"}, OLD_MAILS)
        (root / locked).chmod(0o555)
        with without_rights():
            message = refusal(root, {"b/c": "2", "b/d": "2"}, NEW_MAILS)
        (root / locked).chmod(0o755)
        assert message.startswith(f"cannot write ROOT/{named}")
        assert message.endswith(f": Permission denied{WHOLE}")


def first(*calls: Callable[..., Any], then: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function that is these functions at first, one call each, and then another."""
    left = iter(calls)

    def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - like those it stands for
        return next(left, then)(*args, **kwargs)

    return call


def interrupt(*_: object, **__: object) -> None:
    """Fail as when somebody presses Ctrl-C."""
    raise KeyboardInterrupt


def in_use(*_: object) -> None:
    """Fail as a lock does that somebody else holds."""
    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))


def no_room(*_: object, **__: object) -> None:
    """Fail as a full disk does."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def reset(root: Path, pages: Texts, mails: Texts, *, is_empty: bool) -> None:
    """Bring a folder back to what it held before a build, or to nothing."""
    if not is_empty:
        put(root, pages, mails)
        return
    for each in root.iterdir():
        shutil.rmtree(each)


class TestTwoBuilds:
    """Two builds at once never mix."""

    def test_second_is_refused(self, root: Path) -> None:
        """A build that starts while another is at work is refused, and the first one succeeds."""
        said = []

        def build_again(view: Text, theme: Theme) -> bytes:
            with pytest.raises(OutputError) as error:
                put(root, {"index.html": "second"})
            said.append(str(error.value))
            return render(view, theme)

        first = Artifact(path="index.html", view=Text(text="first"), render=build_again)
        publish([first], THEME, output(root))
        assert said == [f"another build is at work in {root}; try again when it is done"]
        assert tree(root / "public") == {"index.html": b"first"}

    def test_second_undoes_nothing(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A build that is refused leaves the folder that it made: the other one has it now."""
        monkeypatch.setattr(fcntl, "flock", in_use)
        with pytest.raises(OutputError, match="another build is at work"):
            put(root, OLD)
        assert everything(root) == {".statusgen": None}

    def test_both_make_a_folder(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is no failure if the other build is quicker to make a folder."""
        real = os.mkdir

        def mkdir_twice(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - like what it stands for
            real(*args, **kwargs)
            real(*args, **kwargs)

        monkeypatch.setattr(os, "mkdir", first(mkdir_twice, then=real))
        assert put(root, OLD) == Published(written=len(OLD))

    def test_lock_ends_with_the_build(self, root: Path) -> None:
        """After a build, a failed one too, the next may come."""
        put(root, OLD)
        (root / "public/stray").mkdir()
        refusal(root, {"stray": "file"})
        assert put(root, OLD) == Published(unchanged=len(OLD))

    def test_file_system_without_locks(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where folders cannot be locked, the page is written nevertheless."""
        monkeypatch.setattr(fcntl, "flock", no_room)
        assert put(root, OLD) == Published(written=len(OLD))

    def test_one_place_by_two_names(self, root: Path) -> None:
        """A build does not lock itself out when its folders lie in one place by two names."""
        (root / "real").mkdir()
        (root / "link").symlink_to("real")
        both = Output(public=root / "real/public", outbox=root / "link/outbox")
        assert publish(artifacts(OLD, OLD_MAILS), THEME, both).written == 7
