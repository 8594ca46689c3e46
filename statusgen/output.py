"""Artifacts → files: render all, write what changed, remove what is no longer, or change nothing.

Everything is rendered and put down beside its place before the first file is replaced, and a
replacement that fails is taken back. What was written stands in a manifest outside the published
folder, so that only our own files are ever removed: `<name>.json` in a folder `.statusgen` beside
the folder of that name.
"""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from errno import EISDIR, ENOTDIR
from functools import cache, partial
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from statusgen.artifact import Artifact, Folder, fingerprint
from statusgen.errors import OutputError
from statusgen.workers import spread

if os.name == "posix":
    import fcntl

if TYPE_CHECKING:
    from statusgen.theme import Theme

RENDERING = (
    "Babel",
    "Jinja2",
    "Markdown",
    "MarkupSafe",
    "css-inline",
    "feedgen",
    "lxml",
    "nh3",
    "tzdata",
)
"""The packages whose version can change what is rendered."""

_STATE = ".statusgen"
_STAGED = ".statusgen-new"


class Output(Struct, frozen=True, kw_only=True):
    """Where a build goes; `is_clean` renders everything anew, whatever was there."""

    public: Path
    outbox: Path
    is_clean: bool = False
    progress: Callable[[int, int], None] = lambda _done, _of: None

    def folder(self, folder: Folder) -> Path:
        """Tell where a folder lies."""
        return self.public if folder == Folder.PUBLIC else self.outbox


class Published(Struct, frozen=True, kw_only=True):
    """What a build did, file by file; `foreign` are files in the published folder not ours."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0
    foreign: int = 0


class Entry(Struct, frozen=True, array_like=True):
    """What the manifest knows of a file: what it was made from, and what came of it."""

    fingerprint: str
    digest: str


class Manifest(Struct, frozen=True, kw_only=True):
    """The files of one folder that are ours."""

    version: int = 1
    files: dict[str, Entry] = {}


def publish(artifacts: Sequence[Artifact], theme: Theme, output: Output) -> Published:
    """Make the folders hold the artifacts and nothing else of ours.

    Raises OutputError or ThemeError, and then nothing has changed.
    """
    with _all_or_nothing() as journal:
        journal.lock({_manifest_path(output.folder(folder)).parent for folder in Folder})
        stages = [_Stage(folder, output) for folder in Folder]
        _render_all(artifacts, theme, output, {stage.folder: stage for stage in stages})
        for stage in stages:
            stage.put_down(journal)
        for stage in stages:
            stage.change(journal)
    for stage in stages:
        stage.tidy()
    written = sum(len(stage.changed) for stage in stages)
    return Published(
        written=written,
        unchanged=len(artifacts) - written,
        removed=sum(stage.removed for stage in stages),
        foreign=stages[0].foreign(),
    )


@cache
def tool_digest() -> str:
    """Digest the program's own sources and the versions of what renders."""
    digest = blake2b(platform.python_version().encode() + b"\0", digest_size=16)
    package = Path(__file__).parent
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    for name in RENDERING:
        digest.update(f"{name} {version(name)}\0".encode())
    return digest.hexdigest()


class _Journal:
    """What was done so far, so that it can be undone, the last first."""

    def __init__(self) -> None:
        self.undo: list[Callable[[], object]] = []
        self.locks = ExitStack()

    def lock(self, folders: Iterable[Path]) -> None:
        """Keep other builds out of these folders until this one is done."""
        for folder in folders:
            self.make(folder)
        for folder in sorted({folder.resolve() for folder in folders}):
            if not _lock(folder, self.locks):
                self.undo.clear()  # what was made just now, the other build has begun to use
                message = f"another build is at work in {folder.parent}; try again when it is done"
                raise OutputError(message)

    def make(self, folder: Path) -> None:
        """Make a folder with those above it, readable for whoever serves it."""
        missing = []
        while not folder.is_dir():
            if os.path.lexists(folder):
                raise NotADirectoryError(ENOTDIR, _FILE_FOR_FOLDER, str(folder))
            missing.append(folder)
            folder = folder.parent
        for each in reversed(missing):
            with suppress(FileExistsError):  # another build was quicker
                each.mkdir()
                self.undo.append(each.rmdir)
                _set_mode(each, 0o755)

    def stage(self, area: Path, contents: Iterable[bytes]) -> None:
        """Write contents into a folder of their own, by number."""
        self.undo.append(partial(shutil.rmtree, area, ignore_errors=True))
        try:
            area.mkdir()
            for number, data in enumerate(contents):
                staged = area / str(number)
                staged.write_bytes(data)
                _set_mode(staged, 0o644)
        except OSError as error:
            # The error of a full disk names no file, and the name of a staged one tells nothing.
            raise OSError(error.errno, error.strerror, str(area.parent)) from error

    def put(self, staged: Path, place: Path) -> None:
        """Put a staged file in its place, in one step."""
        if place.is_dir() and not place.is_symlink():
            raise IsADirectoryError(EISDIR, _FOLDER_FOR_FILE, str(place))
        if os.path.lexists(place):
            kept = staged.with_name(f"{staged.name}.old")
            _keep(place, kept)
            self.undo.append(partial(_put_back, kept, place))
        else:
            self.undo.append(partial(place.unlink, missing_ok=True))
        staged.replace(place)

    def remove(self, place: Path, kept: Path) -> None:
        """Take a file away, or an empty folder: to put it back needs no room on the disk."""
        self.undo.append(partial(_put_back, kept, place))
        place.replace(kept)

    def roll_back(self) -> bool:
        """Undo everything; tell whether all could be undone."""
        is_whole = True
        while self.undo:
            try:
                self.undo.pop()()
            except OSError:
                is_whole = False  # the rest may still be saved, and the user is told
        return is_whole


class _Stage:
    """One folder on its way from what it holds to what it should hold."""

    def __init__(self, folder: Folder, output: Output) -> None:
        self.folder = folder
        self.target = output.folder(folder)
        self.manifest_path = _manifest_path(self.target)
        self.old = _read_manifest(self.manifest_path)
        self.known = {} if output.is_clean else self.old.files
        self.files: dict[str, Entry] = {}
        self.changed: dict[str, bytes] = {}
        self.stale: list[str] = []
        self.removed = 0
        self.names = 0
        self.area = self.target / _STAGED
        self.desk = self.manifest_path.with_suffix(".new")

    def is_due(self, artifact: Artifact, theme: Theme) -> bool:
        """Take an artifact up; it is due unless what stands there came of the same."""
        path = artifact.path
        if path in self.files:
            message = f"two things want to be {self.folder}/{path}"
            raise OutputError(message)
        there = self.read(path)
        stands = Entry(
            fingerprint(artifact, theme, tool_digest()), _digest(there) if there is not None else ""
        )
        self.files[path] = stands
        return self.known.get(path) != stands

    def add(self, path: str, data: bytes) -> None:
        """Take up what was rendered; it is written unless it stands there already."""
        stands = self.files[path]
        self.files[path] = Entry(stands.fingerprint, _digest(data))
        if self.files[path] != stands:
            self.changed[path] = data

    def read(self, path: str) -> bytes | None:
        """Read what stands at a path; a link on the way is refused, unless it will be removed."""
        link = self.link_before(path)
        if link is None:
            return _read_file(self.target / path)
        if link not in self.old.files:
            raise NotADirectoryError(ENOTDIR, _LINK_FOR_FOLDER, str(self.target / link))
        return None

    def link_before(self, path: str) -> str | None:
        """Tell which folder above a path is a link, so that what lies behind it is not ours."""
        return next((each for each in _folders(path) if (self.target / each).is_symlink()), None)

    def put_down(self, journal: _Journal) -> None:
        """Write what is new beside its place, where running out of room hurts nobody."""
        journal.make(self.target)
        for leftover in (self.area, self.desk):
            if os.path.lexists(leftover):
                shutil.rmtree(leftover)  # of a build that was killed
        self.stale = self.find_stale()
        if self.is_as_it_was():
            return
        journal.stage(self.area, self.changed.values())
        # Until all is done anything of old or new may stand there: all of it is ours.
        manifests = (Manifest(files=self.old.files | self.files), Manifest(files=self.files))
        journal.stage(self.desk, (msgspec.json.encode(each, order="sorted") for each in manifests))

    def is_as_it_was(self) -> bool:
        """Whether there is nothing to write or to remove."""
        return not self.changed and self.old.files == self.files

    def find_stale(self) -> list[str]:
        """Find our own files that should not exist any more, whether they still do or not."""
        gone = sorted(self.old.files.keys() - self.files.keys())
        return [path for path in gone if self.link_before(path) is None]

    def change(self, journal: _Journal) -> None:
        """Put everything in its place; what is no longer goes last, unless it stands in the way."""
        if self.is_as_it_was():
            return
        journal.put(self.desk / "0", self.manifest_path)
        in_the_way = self.find_in_the_way()
        self.remove(journal, in_the_way)
        for number, path in enumerate(self.changed):
            journal.make((self.target / path).parent)
            journal.put(self.area / str(number), self.target / path)
        self.remove(journal, [path for path in self.stale if path not in in_the_way])
        journal.put(self.desk / "1", self.manifest_path)

    def find_in_the_way(self) -> list[str]:
        """Find what must go first: a file where a folder comes, or what lies below a new file."""
        folders = {each for path in self.changed for each in _folders(path)}
        return [
            path
            for path in self.stale
            if path in folders or any(each in self.changed for each in _folders(path))
        ]

    def remove(self, journal: _Journal, paths: Iterable[str]) -> None:
        """Remove files, and the folders that they leave empty."""
        for path in paths:
            place = self.target / path
            if place.is_symlink() or place.is_file():
                journal.remove(place, self.new_name())
                self.removed += 1
            for folder in _folders(path):
                if (self.target / folder).is_dir():
                    if any((self.target / folder).iterdir()):
                        break
                    journal.remove(self.target / folder, self.new_name())

    def new_name(self) -> Path:
        """Find a name for something that is taken away."""
        self.names += 1
        return self.area / f"removed-{self.names}"

    def tidy(self) -> None:
        """Take away what was put down; what cannot be taken away now, the next build will."""
        shutil.rmtree(self.area, ignore_errors=True)
        shutil.rmtree(self.desk, ignore_errors=True)

    def foreign(self) -> int:
        """Count the files that are not ours, but for hidden ones."""
        count = 0
        for folder, folders, names in os.walk(self.target):
            folders[:] = [name for name in folders if not name.startswith(".")]
            base = Path(folder).relative_to(self.target).as_posix().removeprefix(".")
            prefix = f"{base}/" if base else ""
            count += sum(
                not name.startswith(".") and f"{prefix}{name}" not in self.files for name in names
            )
        return count


@contextmanager
def _all_or_nothing() -> Iterator[_Journal]:
    """Undo everything if anything fails: the disk, a template, or the patience of the user."""
    journal = _Journal()
    with journal.locks:
        try:
            yield journal
        except OSError as error:
            raise OutputError(_cause(error, is_whole=journal.roll_back())) from error
        except BaseException:
            journal.roll_back()
            raise


def _lock(folder: Path, locks: ExitStack) -> bool:
    """Lock a folder; tell whether nobody else holds it. The lock dies with the process."""
    if os.name != "posix":
        return True
    descriptor = os.open(folder, os.O_RDONLY)
    locks.callback(os.close, descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass  # some file systems know no locks, and a page matters more
    return True


def _render_all(
    artifacts: Sequence[Artifact], theme: Theme, output: Output, stages: dict[Folder, _Stage]
) -> None:
    """Render what is not there as it should be."""

    def render(artifact: Artifact) -> bytes:
        return artifact.render(artifact.view, theme)

    due = [one for one in artifacts if stages[one.folder].is_due(one, theme)]
    rendered = spread(render, due, lambda done: output.progress(done, len(due)))
    for artifact, data in zip(due, rendered, strict=True):
        stages[artifact.folder].add(artifact.path, data)


def _keep(place: Path, kept: Path) -> None:
    """Keep a file under a second name, so that its own is never without a file."""
    try:
        os.link(place, kept, follow_symlinks=False)
    except OSError:  # some file systems know no links
        shutil.copy2(place, kept, follow_symlinks=False)


def _put_back(kept: Path, place: Path) -> None:
    if os.path.lexists(kept):
        kept.replace(place)


def _set_mode(path: Path, mode: int) -> None:
    """Let others read, whatever the mask of the process."""
    with suppress(PermissionError):  # some file systems know no modes
        path.chmod(mode)


def _manifest_path(target: Path) -> Path:
    """Tell where the manifest of a folder lies: beside it, by its name."""
    named = target if target.name not in ("", "..") else target.resolve()
    return named.parent / _STATE / f"{named.name}.json"


def _read_manifest(path: Path) -> Manifest:
    """Read what is ours; a manifest that is damaged or of another version counts as none."""
    data = _read_file(path)
    if data is None:
        return Manifest()
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Manifest()
    is_safe = all(_is_inside(each) for each in manifest.files)
    return manifest if manifest.version == Manifest().version and is_safe else Manifest()


def _is_inside(path: str) -> bool:
    """Whether a path of the manifest lies below its folder: what leads out is not removed."""
    return path == normpath(path) and not path.startswith(("/", "..")) and path != "."


def _folders(path: str) -> list[str]:
    """List the folders above a path, the nearest first."""
    return [str(each) for each in PurePosixPath(path).parents][:-1]


def _read_file(path: Path) -> bytes | None:
    """Read a file; None if there is none that could be left as it is."""
    if path.is_symlink() or not path.is_file():
        return None
    try:
        return path.read_bytes()
    except (FileNotFoundError, PermissionError):
        return None


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()


_FILE_FOR_FOLDER = "a file stands where a folder belongs"
_FOLDER_FOR_FILE = "a folder stands where a file belongs"
_LINK_FOR_FOLDER = "a link stands where a folder belongs"


def _cause(error: OSError, *, is_whole: bool) -> str:
    where = error.filename2 or error.filename
    after = (
        "what was published before is untouched"
        if is_whole
        else "and what was published before could not all be put back, so build again"
    )
    return f"cannot write {where}: {error.strerror or error}; {after}"
