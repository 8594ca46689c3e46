"""Artifacts → files: render all, write what changed, remove what is no longer, or change nothing.

Everything is rendered and put down beside its place before the first file is replaced, and a
replacement that fails is taken back. What was written stands in a manifest outside the published
folder, so that only our own files are ever removed: `<name>.json` in a folder `.statusgen` beside
the folder of that name.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from errno import EISDIR, ENAMETOOLONG, ENOTDIR
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Raw, Struct

from statusgen.artifact import Artifact, Bundle, Folder, Plan, bundle_fingerprint, fingerprint
from statusgen.errors import OutputError
from statusgen.seal import (
    NOTHING,
    Findings,
    Seal,
    lines,
    manifest_path,
    read_file,
    seal_path,
    tool_digest,
    write_seal,
)
from statusgen.workers import spread

if os.name == "posix":
    import fcntl

if TYPE_CHECKING:
    from statusgen.theme import Theme

_FEW = 2
"""How many files a process must have to render: the first of a kind brings what makes it."""

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)  # as it is, on Windows too
_STAGED = ".statusgen-new"
_READ = (1, 2)
"""The versions of manifests that are read: the first knew no bundles."""
_encode = msgspec.json.Encoder(order="sorted").encode
_ODD = re.compile(r"(?:^|/)\.{0,2}(?:/|$)")
"""A step of a path that leads nowhere, or out."""


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
    """What a build did, file by file.

    `foreign` are files in the published folder that are not ours. They are counted unless all of
    ours stand there as the last build left them.
    """

    written: int = 0
    unchanged: int = 0
    removed: int = 0
    foreign: int = 0


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """What the manifest knows of a file: what it was made from, and what came of it."""

    fingerprint: str
    digest: str


_files = msgspec.json.Decoder(dict[str, Entry]).decode


class Bundled(Struct, frozen=True, array_like=True):
    """What the manifest knows of a bundle: what it was made from, how many files, and each."""

    fingerprint: str
    count: int
    files: Raw


class Manifest(Struct, frozen=True, kw_only=True):
    """The files of one folder that are ours, those of bundles apart."""

    version: int = 2
    files: dict[str, Entry] = {}
    bundles: dict[str, Bundled] = {}


def publish(
    plan: Plan,
    theme: Theme,
    output: Output,
    found: Findings = NOTHING,
    seal: Seal | None = None,
) -> Published:
    """Make the folders hold what is planned and nothing else of ours.

    `found` tells what stands as the last build left it, so that it need not be read. `seal` seals
    what is left now. Raises OutputError or ThemeError, and then nothing has changed.
    """
    with _all_or_nothing() as journal:
        journal.lock({_manifest_path(output.folder(folder)).parent for folder in Folder})
        stages = {folder: _Stage(folder, output, found, journal) for folder in Folder}
        due = [each for one in plan for each in stages[one.folder].take(one, theme)]
        for stage in stages.values():
            stage.drop_bundles()
        if due or any(stage.has_stale() for stage in stages.values()):
            stages[Folder.PUBLIC].break_seal()
        _render_all(due, theme, output, stages)
        for stage in stages.values():
            stage.put_down_manifests()
        for stage in stages.values():
            stage.change()
        if seal:
            marks = {name: marks for one in stages.values() for name, marks in one.marks()}
            write_seal(seal._replace(marks=marks), str(output.public), str(output.outbox))
    for stage in stages.values():
        stage.tidy()
    written = sum(len(stage.changed) for stage in stages.values())
    return Published(
        written=written,
        unchanged=sum(stage.count() for stage in stages.values()) - written,
        removed=sum(stage.removed for stage in stages.values()),
        foreign=stages[Folder.PUBLIC].foreign(),
    )


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

    def clear(self, area: Path) -> None:
        """Begin with nothing at a place where things are put down, and leave nothing there."""
        if os.path.lexists(area):
            shutil.rmtree(area)  # of a build that was killed
        self.undo.append(partial(shutil.rmtree, area, ignore_errors=True))

    def put(self, staged: str, place: str) -> None:
        """Put a staged file in its place, in one step."""
        try:
            is_folder = stat.S_ISDIR(os.lstat(place).st_mode)
        except FileNotFoundError:
            self.undo.append(partial(_take_away, place))
        else:
            if is_folder:
                raise IsADirectoryError(EISDIR, _FOLDER_FOR_FILE, place)
            kept = f"{staged}.old"
            _keep(place, kept)
            self.undo.append(partial(_put_back, kept, place))
        os.replace(staged, place)

    def move(self, staged: str, place: str) -> None:
        """Put a whole staged folder where nothing is yet, in one step."""
        self.undo.append(partial(_put_back, place, staged))
        os.rename(staged, place)

    def remove(self, place: Path, kept: Path) -> None:
        """Take a file away, or an empty folder: to put it back needs no room on the disk."""
        self.undo.append(partial(_put_back, str(kept), str(place)))
        kept.parent.mkdir(exist_ok=True)
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

    def __init__(self, folder: Folder, output: Output, found: Findings, journal: _Journal) -> None:
        self.folder = folder
        self.prefix = f"{folder}/"
        self.tool = tool_digest()
        self.output = output
        self.sealed = found.marks
        self.gone = {place for place in found.gone if place.startswith(self.prefix)}
        self.journal = journal
        self.target = output.folder(folder)
        self.manifest_path = _manifest_path(self.target)
        self.old = _read_manifest(self.manifest_path)
        self.before = dict(self.old.files)
        self.files: dict[str, Entry] = {}
        self.kept: dict[str, Bundled] = {}
        self.bundles: dict[str, tuple[str, list[str]]] = {}
        self.new = Manifest()
        self.changed: list[str] = []
        self.stale: list[str] = []
        self.removed = 0
        self.names = 0
        self.is_new = not os.path.lexists(self.target)
        self.folders: dict[str, bool] = {}
        self.made: set[str] = set()
        journal.make(self.target)
        self.area = self.target / _STAGED
        self.desk = self.manifest_path.with_suffix(".new")
        for place in (self.area, self.desk):
            journal.clear(place)

    def take(self, one: Artifact | Bundle, theme: Theme) -> Iterator[Artifact]:
        """Take up what is planned, and tell what of it is due."""
        if isinstance(one, Artifact):
            if self.is_due(one, theme):
                yield one
            return
        mark = bundle_fingerprint(one, theme, self.tool)
        old = self.old.bundles.get(one.name)
        if old and self.stands(one.name, old, mark):
            self.kept[one.name] = old
            return
        self.before |= _entries(old)
        paths: list[str] = []
        self.bundles[one.name] = (mark, paths)
        for artifact in one.artifacts():
            paths.append(artifact.path)
            if self.is_due(artifact, theme):
                yield artifact

    def drop_bundles(self) -> None:
        """Find what belongs to bundles that were not planned again."""
        for name in self.old.bundles.keys() - self.kept.keys() - self.bundles.keys():
            self.before |= _entries(self.old.bundles[name])

    def stands(self, name: str, old: Bundled, mark: str) -> bool:
        """Whether all of a bundle is as it was left, and came of the same."""
        if self.output.is_clean or old.fingerprint != mark or self.prefix + name not in self.sealed:
            return False
        return not self.gone or self.gone.isdisjoint(self.prefix + path for path in _entries(old))

    def is_due(self, artifact: Artifact, theme: Theme) -> bool:
        """Take an artifact up; it is due unless what stands there came of the same."""
        path = artifact.path
        if path in self.files:
            message = f"two things want to be {self.folder}/{path}"
            raise OutputError(message)
        stands = Entry(fingerprint(artifact, theme, self.tool), self.there(path))
        self.files[path] = stands
        return self.output.is_clean or self.before.get(path) != stands

    def there(self, path: str) -> str:
        """Digest what stands at a path; nothing if there is nothing that could stay."""
        if self.is_new:
            return ""
        if path in self.before and self.is_intact(path):
            return self.before[path].digest
        data = self.read(path)
        return "" if data is None else _digest(data)

    def is_intact(self, path: str) -> bool:
        """Whether a file of ours is as it was left."""
        return bool(self.sealed) and self.prefix + path not in self.gone

    def put_down(self, artifact: Artifact, theme: Theme) -> str:
        """Render an artifact, put it down unless it stands there already, and give its digest."""
        data = artifact.data(theme)
        digest = _digest(data)
        if digest != self.files[artifact.path].digest:
            try:
                self.write(f"{self.area}/{artifact.path}", data)
            except OSError as error:
                # The error of a full disk names no file, and that of a staged one tells nothing.
                is_named = error.errno == ENAMETOOLONG
                place = f"{self.target}/{artifact.path}" if is_named else str(self.target)
                raise OSError(error.errno, error.strerror, place) from error
        return digest

    def write(self, place: str, data: bytes) -> None:
        """Write a new file, and the folders above it."""
        parent = place.rpartition("/")[0]
        if parent not in self.made:
            os.makedirs(parent, exist_ok=True)
            self.made.add(parent)
        descriptor = os.open(place, _NEW, 0o666)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        finally:
            os.close(descriptor)

    def add(self, path: str, digest: str) -> None:
        """Take up what was rendered; it is to be put in its place unless it stands there."""
        stands = self.files[path]
        self.files[path] = Entry(stands.fingerprint, digest)
        if digest != stands.digest:
            self.changed.append(path)

    def read(self, path: str) -> bytes | None:
        """Read what stands at a path; a link on the way is refused, unless it will be removed."""
        link = self.link_before(path)
        if link is None:
            return _read_file(f"{self.target}/{path}")
        if link not in self.before:
            raise NotADirectoryError(ENOTDIR, _LINK_FOR_FOLDER, str(self.target / link))
        return None

    def link_before(self, path: str) -> str | None:
        """Tell which folder above a path is a link, so that what lies behind it is not ours."""
        for each in _folders(path):
            if each not in self.folders:
                self.folders[each] = not os.path.islink(f"{self.target}/{each}")
            if not self.folders[each]:
                return each
        return None

    def put_down_manifests(self) -> None:
        """Write the manifests beside their place, where running out of room hurts nobody."""
        gone = sorted(self.before.keys() - self.files.keys())
        self.stale = [path for path in gone if self.link_before(path) is None]
        self.new = self.manifest()
        if self.is_as_it_was():
            return
        # Until all is done anything of old or new may stand there: all of it is ours.
        either = Manifest(files=self.before | self.files, bundles=self.kept)
        for number, manifest in enumerate((either, self.new)):
            data = _encode(manifest)
            try:
                self.write(f"{self.desk}/{number}", data)
            except OSError as error:
                raise OSError(error.errno, error.strerror, str(self.desk.parent)) from error

    def manifest(self) -> Manifest:
        """Tell what will be there."""
        bundled = {path for _, paths in self.bundles.values() for path in paths}
        bundles = {
            name: _bundled(mark, {path: self.files[path] for path in paths})
            for name, (mark, paths) in self.bundles.items()
        }
        return Manifest(
            files={path: entry for path, entry in self.files.items() if path not in bundled},
            bundles=self.kept | bundles,
        )

    def break_seal(self) -> None:
        """Take the seal away before anything is changed: if that is cut short, nobody trusts it."""
        seal = Path(seal_path(str(self.target)))
        if seal.exists():
            self.journal.remove(seal, self.desk / "seal")

    def has_stale(self) -> bool:
        """Whether something of ours stands there that should not exist any more."""
        return not self.before.keys() <= self.files.keys()

    def is_as_it_was(self) -> bool:
        """Whether there is nothing to write or to remove."""
        return not self.changed and self.old == self.new

    def change(self) -> None:
        """Put everything in its place; what is no longer goes last, unless it stands in the way."""
        if self.is_as_it_was():
            return
        self.journal.put(f"{self.desk}/0", str(self.manifest_path))
        in_the_way = self.find_in_the_way() if self.stale else []
        self.remove(in_the_way)
        self.put_all()
        self.remove([path for path in self.stale if path not in in_the_way])
        self.journal.put(f"{self.desk}/1", str(self.manifest_path))

    def put_all(self) -> None:
        """Put what was put down in its place; a folder that is not there yet comes as a whole."""
        is_whole: dict[str, bool] = {}
        for path in self.changed:
            for folder in reversed(_folders(path)):
                if folder not in is_whole:
                    is_whole[folder] = self.comes_whole(folder)
                if is_whole[folder]:
                    break
            else:
                self.journal.put(f"{self.area}/{path}", f"{self.target}/{path}")

    def comes_whole(self, folder: str) -> bool:
        """Put a folder in its place unless it is there; whether it was not."""
        place = f"{self.target}/{folder}"
        if os.path.islink(place):  # what lies behind it may be as it was left, and is not ours
            raise NotADirectoryError(ENOTDIR, _LINK_FOR_FOLDER, place)
        if os.path.isdir(place):
            return False
        if os.path.lexists(place):
            raise NotADirectoryError(ENOTDIR, _FILE_FOR_FOLDER, place)
        self.journal.move(f"{self.area}/{folder}", place)
        return True

    def find_in_the_way(self) -> list[str]:
        """Find what must go first: a file where a folder comes, or what lies below a new file."""
        changed = set(self.changed)
        folders = {each for path in self.changed for each in _folders(path)}
        return [
            path
            for path in self.stale
            if path in folders or any(each in changed for each in _folders(path))
        ]

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files, and the folders that they leave empty."""
        for path in paths:
            place = self.target / path
            if place.is_symlink() or place.is_file():
                self.journal.remove(place, self.new_name())
                self.removed += 1
            for folder in _folders(path):
                if (self.target / folder).is_dir():
                    if any((self.target / folder).iterdir()):
                        break
                    self.journal.remove(self.target / folder, self.new_name())

    def marks(self) -> Iterator[tuple[str, str]]:
        """Give the marks of all that stands, by groups; one that is not known is empty."""
        groups = {"": self.new.files, **{name: paths for name, (_, paths) in self.bundles.items()}}
        changed = set(self.changed)
        old = {
            place: mark
            for name, marks in self.sealed.items()
            if name.startswith(self.prefix) and name.removeprefix(self.prefix) not in self.kept
            for place, mark in lines(marks).items()
        }
        for name in self.kept:
            yield self.prefix + name, self.sealed[self.prefix + name]
        for name, paths in groups.items():
            places = (
                (self.prefix + path, path not in changed and self.is_intact(path)) for path in paths
            )
            known = (f"{old.get(place, '') if is_old else ''}\t{place}" for place, is_old in places)
            yield self.prefix + name, "\n".join(known)

    def count(self) -> int:
        """Count the files that should be there."""
        return len(self.files) + sum(one.count for one in self.kept.values())

    def new_name(self) -> Path:
        """Find a name for something that is taken away."""
        self.names += 1
        return self.area / f".removed-{self.names}"

    def tidy(self) -> None:
        """Take away what was put down; what cannot be taken away now, the next build will."""
        shutil.rmtree(self.area, ignore_errors=True)
        shutil.rmtree(self.desk, ignore_errors=True)

    def foreign(self) -> int:
        """Count the files that are not ours, but for hidden ones."""
        count = 0
        is_left = self.sealed and not self.gone
        if self.is_new or (is_left and not self.output.is_clean):
            return count
        ours = self.files.keys() | {path for one in self.kept.values() for path in _entries(one)}
        for folder, folders, names in os.walk(self.target):
            folders[:] = [name for name in folders if not name.startswith(".")]
            base = Path(folder).relative_to(self.target).as_posix().removeprefix(".")
            prefix = f"{base}/" if base else ""
            count += sum(
                not name.startswith(".") and f"{prefix}{name}" not in ours for name in names
            )
        return count


@contextmanager
def _all_or_nothing() -> Iterator[_Journal]:
    """Undo everything if anything fails: the disk, a template, or the patience of the user."""
    journal = _Journal()
    # What is made is for whoever serves it to read, whatever the user's mask.
    mask = os.umask(0o022)
    with journal.locks:
        journal.locks.callback(os.umask, mask)
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
    due: list[Artifact], theme: Theme, output: Output, stages: dict[Folder, _Stage]
) -> None:
    """Render what is not there as it should be, and put it down beside its place."""

    def render(artifact: Artifact) -> str:
        return stages[artifact.folder].put_down(artifact, theme)

    digests = spread(render, due, lambda done: output.progress(done, len(due)), enough=_FEW)
    for artifact, digest in zip(due, digests, strict=True):
        stages[artifact.folder].add(artifact.path, digest)


def _keep(place: str, kept: str) -> None:
    """Keep a file under a second name, so that its own is never without a file."""
    try:
        os.link(place, kept, follow_symlinks=False)
    except OSError:  # some file systems know no links
        shutil.copy2(place, kept, follow_symlinks=False)


def _put_back(kept: str, place: str) -> None:
    if os.path.lexists(kept):
        os.replace(kept, place)


def _take_away(place: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(place)


def _manifest_path(target: Path) -> Path:
    """Tell where the manifest of a folder lies."""
    return Path(manifest_path(str(target)))


def _read_manifest(path: Path) -> Manifest:
    """Read what is ours; a manifest that is damaged or of another version counts as none."""
    data = _read_file(str(path))
    if data is None:
        return Manifest()
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Manifest()
    is_safe = not any(map(_ODD.search, manifest.files))  # what leads out is not removed
    return manifest if manifest.version in _READ and is_safe else Manifest()


def _bundled(mark: str, files: dict[str, Entry]) -> Bundled:
    return Bundled(mark, len(files), Raw(_encode(files)))


def _entries(bundled: Bundled | None) -> dict[str, Entry]:
    """Read what the manifest knows of a bundle's files."""
    try:
        found = _files(bundled.files) if bundled else {}
    except msgspec.DecodeError:
        return {}
    return {path: entry for path, entry in found.items() if not _ODD.search(path)}


def _folders(path: str) -> list[str]:
    """List the folders above a path, the nearest first."""
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(len(parts) - 1, 0, -1)]


def _read_file(path: str) -> bytes | None:
    """Read a file; None if there is none that could be left as it is."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return None
        return read_file(path)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
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
