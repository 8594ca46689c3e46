"""One folder on its way from what it holds to what it should hold.

Everything is rendered and put down beside its place before the first file is replaced. What was
written stands in a manifest, so that only our own files are ever removed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from errno import ENAMETOOLONG, ENOTDIR
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from statusgen.artifact import Artifact, Bundle, Folder, bundle_fingerprint, fingerprint
from statusgen.errors import OutputError
from statusgen.output.journal import FILE_FOR_FOLDER, LINK_FOR_FOLDER
from statusgen.output.manifest import (
    Bundled,
    Entry,
    Manifest,
    encode,
    packed,
    place_of,
    read_manifest,
    read_regular,
    unpacked,
)
from statusgen.seal import digest_of, lines, seal_path, tool_digest

if TYPE_CHECKING:
    from statusgen.output.journal import Journal
    from statusgen.seal import Findings
    from statusgen.theme import Theme

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)  # as it is, on Windows too
_STAGED = ".statusgen-new"
_DIGEST = 16
"""How many bytes of a digest tell what a file holds."""


PIECE = 16
"""How many files of a kind of which there are more are rendered at once."""

Made = tuple[str, str, str]
"""What was rendered: its path, what it was made from, and a digest of what came of it."""

_NOTHING = Entry("", "")


class Output(Struct, frozen=True, kw_only=True):
    """Where a build goes; `is_clean` renders everything anew, whatever was there."""

    public: Path
    outbox: Path
    is_clean: bool = False
    progress: Callable[[int, int], None] = lambda _done, _of: None

    def folder(self, folder: Folder) -> Path:
        """Tell where a folder lies."""
        return self.public if folder == Folder.PUBLIC else self.outbox


class Stage:
    """One folder on its way from what it holds to what it should hold."""

    def __init__(self, folder: Folder, output: Output, found: Findings, journal: Journal) -> None:
        self.folder = folder
        self.prefix = f"{folder}/"
        self.tool = tool_digest()
        self.output = output
        self.sealed = found.marks
        self.gone = {place for place in found.gone if place.startswith(self.prefix)}
        self.journal = journal
        self.target = output.folder(folder)
        self.manifest_path = place_of(self.target)
        self.old = read_manifest(self.manifest_path)
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
        self.made = ""
        journal.make(self.target)
        self.area = self.target / _STAGED
        self.desk = self.manifest_path.with_suffix(".new")
        for place in (self.area, self.desk):
            journal.clear(place)

    def take(self, one: Artifact | Bundle, theme: Theme) -> Iterator[Artifact | Bundle]:
        """Take up what is planned, and tell what of it is due.

        Of a bundle that is new it is told only when it is rendered what it consists of.
        """
        if isinstance(one, Artifact):
            if self.is_due(one, theme):
                yield one
            return
        mark = bundle_fingerprint(one, theme, self.tool)
        old = self.old.bundles.get(one.name)
        if old and self.stands(one.name, old, mark):
            self.kept[one.name] = old
            return
        paths: list[str] = []
        self.bundles[one.name] = (mark, paths)
        if self.is_new and old is None:
            yield from one.parts(PIECE)
            return
        self.before |= unpacked(old)
        for artifact in one.artifacts():
            paths.append(artifact.path)
            if self.is_due(artifact, theme):
                yield artifact

    def drop_bundles(self) -> None:
        """Find what belongs to bundles that were not planned again."""
        for name in self.old.bundles.keys() - self.kept.keys() - self.bundles.keys():
            self.before |= unpacked(self.old.bundles[name])

    def stands(self, name: str, old: Bundled, mark: str) -> bool:
        """Whether all of a bundle is as it was left, and came of the same."""
        if self.output.is_clean or old.fingerprint != mark or self.prefix + name not in self.sealed:
            return False
        return not self.gone or self.gone.isdisjoint(self.prefix + path for path in unpacked(old))

    def is_due(self, artifact: Artifact, theme: Theme) -> bool:
        """Take an artifact up; it is due unless what stands there came of the same."""
        path = artifact.path
        if path in self.files:
            raise self.twice(path)
        stands = Entry(fingerprint(artifact, theme, self.tool), self.there(path))
        self.files[path] = stands
        return self.output.is_clean or self.before.get(path) != stands

    def twice(self, path: str) -> OutputError:
        """Say that there is a second artifact for one path."""
        return OutputError(f"two things want to be {self.folder}/{path}")

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

    def put_down(self, due: Artifact | Bundle, theme: Theme) -> list[Made]:
        """Render what is due, and put down what does not stand there already."""
        artifacts = due.artifacts() if isinstance(due, Bundle) else (due,)
        return [self.make(each, theme) for each in artifacts]

    def make(self, artifact: Artifact, theme: Theme) -> Made:
        """Render an artifact, and put it down unless it stands there already."""
        stands = self.files.get(artifact.path)
        if stands is None:  # it is of a new bundle
            stands = Entry(fingerprint(artifact, theme, self.tool), "")
        data = artifact.data(theme)
        digest = _digest(data)
        if digest != stands.digest:
            try:
                self.write(f"{self.area}/{artifact.path}", data)
            except FileExistsError as error:
                raise self.twice(artifact.path) from error
            except OSError as error:
                # The error of a full disk names no file, and that of a staged one tells nothing.
                is_named = error.errno == ENAMETOOLONG
                place = f"{self.target}/{artifact.path}" if is_named else str(self.target)
                raise OSError(error.errno, error.strerror, place) from error
        return artifact.path, stands.fingerprint, digest

    def write(self, place: str, data: bytes) -> None:
        """Write a new file, and the folders above it."""
        parent = place.rpartition("/")[0]
        if parent != self.made:
            try:
                os.mkdir(parent)
            except FileExistsError:
                if not os.path.isdir(parent):
                    raise
            except FileNotFoundError:
                os.makedirs(parent, exist_ok=True)
            self.made = parent
        descriptor = os.open(place, _NEW, 0o666)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        finally:
            os.close(descriptor)

    def add(self, due: Artifact | Bundle, made: list[Made]) -> None:
        """Take up what was rendered; it is to be put in its place unless it stands there."""
        if isinstance(due, Bundle):
            self.bundles[due.name][1].extend(path for path, _, _ in made)
        for path, mark, digest in made:
            stands = self.files.get(path, _NOTHING)
            if digest != stands.digest:
                self.changed.append(path)
            self.files[path] = Entry(mark, digest)

    def read(self, path: str) -> bytes | None:
        """Read what stands at a path; a link on the way is refused, unless it will be removed."""
        link = self.link_before(path)
        if link is None:
            return read_regular(f"{self.target}/{path}")
        if link not in self.before:
            raise NotADirectoryError(ENOTDIR, LINK_FOR_FOLDER, str(self.target / link))
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
        either = self.new
        if self.before:
            either = Manifest(files=self.before | self.files, bundles=self.kept)
        for number, manifest in enumerate((either, self.new)):
            data = encode(manifest)
            try:
                self.write(f"{self.desk}/{number}", data)
            except OSError as error:
                raise OSError(error.errno, error.strerror, str(self.desk.parent)) from error

    def manifest(self) -> Manifest:
        """Tell what will be there."""
        bundled = {path for _, paths in self.bundles.values() for path in paths}
        bundles = {
            name: packed(mark, {path: self.files[path] for path in paths})
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
            raise NotADirectoryError(ENOTDIR, LINK_FOR_FOLDER, place)
        if os.path.isdir(place):
            return False
        if os.path.lexists(place):
            raise NotADirectoryError(ENOTDIR, FILE_FOR_FOLDER, place)
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
        ours = self.files.keys() | {path for one in self.kept.values() for path in unpacked(one)}
        for folder, folders, names in os.walk(self.target):
            folders[:] = [name for name in folders if not name.startswith(".")]
            base = Path(folder).relative_to(self.target).as_posix().removeprefix(".")
            prefix = f"{base}/" if base else ""
            count += sum(
                not name.startswith(".") and f"{prefix}{name}" not in ours for name in names
            )
        return count


def _folders(path: str) -> list[str]:
    """List the folders above a path, the nearest first."""
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(len(parts) - 1, 0, -1)]


def _digest(data: bytes) -> str:
    return digest_of(data)[:_DIGEST].hex()
