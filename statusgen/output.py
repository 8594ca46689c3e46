"""Artifacts → files: render all, write what changed, remove what is no longer, or change nothing.

Everything is rendered and put down beside its place before the first file is replaced, and a
replacement that fails is taken back. What was written stands in a manifest outside the published
folder, so that only our own files are ever removed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from statusgen.artifact import Artifact, Folder, fingerprint
from statusgen.errors import OutputError

if TYPE_CHECKING:
    from statusgen.theme import Theme

RENDERING = ("Babel", "Jinja2", "Markdown", "css-inline", "feedgen", "nh3")
"""The packages whose version can change what is rendered."""

_STAGE = ".statusgen-"
_STATE = ".statusgen"
_READ = 1 << 16


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
    stages = [_Stage(folder, output) for folder in Folder]
    try:
        _render_all(artifacts, theme, output, {stage.folder: stage for stage in stages})
        for stage in stages:
            stage.put_down()
        _replace_all(stages)
        for stage in stages:
            stage.tidy()
    except OSError as error:
        raise OutputError(_cause(error)) from error
    finally:
        for stage in stages:
            stage.clear()
    return Published(
        written=sum(len(stage.changed) for stage in stages),
        unchanged=len(artifacts) - sum(len(stage.changed) for stage in stages),
        removed=sum(len(stage.stale) for stage in stages),
        foreign=stages[0].foreign(),
    )


@cache
def tool_digest() -> str:
    """Digest the program's own sources and the versions of what renders."""
    digest = blake2b(digest_size=16)
    package = Path(__file__).parent
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    for name in RENDERING:
        digest.update(f"{name} {version(name)}\0".encode())
    return digest.hexdigest()


class _Stage:
    """One folder on its way from what it holds to what it should hold."""

    def __init__(self, folder: Folder, output: Output) -> None:
        self.folder = folder
        self.target = output.folder(folder)
        self.manifest_path = self.target.parent / _STATE / f"{self.target.name}.json"
        self.old = _read_manifest(self.manifest_path)
        self.known = {} if output.is_clean else self.old.files
        self.files: dict[str, Entry] = {}
        self.changed: dict[str, bytes] = {}
        self.area: Path | None = None
        self.made: list[Path] = []

    def add(self, artifact: Artifact, theme: Theme) -> None:
        """Take an artifact up; it is rendered unless what stands there came of the same."""
        path = artifact.path
        if path in self.files:
            message = f"two things want to be {self.folder}/{path}"
            raise OutputError(message)
        current = fingerprint(artifact, theme, tool_digest())
        there = _read_file(self.target / path)
        known = self.known.get(path)
        if (
            there is not None
            and known is not None
            and known.fingerprint == current
            and known.digest == _digest(there)
        ):
            self.files[path] = known
            return
        data = artifact.render(artifact.view, theme)
        self.files[path] = Entry(current, _digest(data))
        if data != there:
            self.changed[path] = data

    @property
    def stale(self) -> list[str]:
        """Our own files that should not exist any more, those that are gone already left out."""
        gone = sorted(self.old.files.keys() - self.files.keys())
        return [path for path in gone if os.path.lexists(self.target / path)]

    def put_down(self) -> None:
        """Write what changed beside its place, where running out of room hurts nobody."""
        self.make(self.target)
        self.removals = self.stale
        if not self.changed and not self.removals:
            return
        for leftover in self.target.glob(f"{_STAGE}*"):
            shutil.rmtree(leftover)
        self.area = Path(tempfile.mkdtemp(prefix=_STAGE, dir=self.target))
        for number, (path, data) in enumerate(self.changed.items()):
            place = self.target / path
            self.make(place.parent)
            if place.is_dir():
                raise IsADirectoryError(21, "a folder stands where a file belongs", str(place))
            staged = self.area / str(number)
            staged.write_bytes(data)
            staged.chmod(0o644)
        # From here on anything of old or new may stand there: all of it is ours.
        _write_manifest(self.manifest_path, Manifest(files=self.old.files | self.files))

    def make(self, folder: Path) -> None:
        """Make a folder with those above it, and remember which, to take them back."""
        missing = []
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for each in reversed(missing):
            each.mkdir()
            self.made.append(each)

    def moves(self) -> Iterable[tuple[Path, Path | None]]:
        """Tell each place that changes, with what comes there; None is nothing any more."""
        assert self.area is not None or not self.changed  # noqa: S101 - put_down made it
        for number, path in enumerate(self.changed):
            yield self.target / path, (self.area or self.target) / str(number)
        for path in self.removals:
            yield self.target / path, None

    def tidy(self) -> None:
        """Remove folders that we left empty, and note what stands there now."""
        for path in self.removals:
            folder = (self.target / path).parent
            while folder != self.target and not any(folder.iterdir()):
                folder.rmdir()
                folder = folder.parent
        manifest = Manifest(files=self.files)
        if manifest != self.old:
            _write_manifest(self.manifest_path, manifest)
        self.made.clear()

    def clear(self) -> None:
        """Take away what was put down; after a failure, the folders that were made for it too."""
        if self.area:
            shutil.rmtree(self.area, ignore_errors=True)
        for folder in reversed(self.made):
            try:
                folder.rmdir()
            except OSError:
                break  # something else moved in; an empty folder more is no harm

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


def _render_all(
    artifacts: Sequence[Artifact], theme: Theme, output: Output, stages: dict[Folder, _Stage]
) -> None:
    for done, artifact in enumerate(artifacts):
        output.progress(done, len(artifacts))
        stages[artifact.folder].add(artifact, theme)
    output.progress(len(artifacts), len(artifacts))


def _replace_all(stages: Iterable[_Stage]) -> None:
    """Put every file in its place; if one cannot be, put back those that were replaced."""
    undo: list[tuple[Path, Path | None]] = []
    try:
        for stage in stages:
            for number, (place, staged) in enumerate(stage.moves()):
                kept = None
                if os.path.lexists(place) and stage.area:
                    kept = stage.area / f"old-{number}"
                    _keep(place, kept)
                undo.append((place, kept))
                if staged:
                    staged.replace(place)
                else:
                    place.unlink()
    except OSError:
        for place, kept in reversed(undo):
            if kept:
                kept.replace(place)
            else:
                place.unlink(missing_ok=True)
        raise


def _keep(place: Path, kept: Path) -> None:
    """Keep a file under a second name, so that its own is never without a file."""
    try:
        os.link(place, kept, follow_symlinks=False)
    except OSError:  # some file systems know no links
        shutil.copy2(place, kept, follow_symlinks=False)


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
    """Whether a path of the manifest stays below its folder: what leads out is not removed."""
    return not path.startswith("/") and ".." not in path.split("/")


def _write_manifest(path: Path, manifest: Manifest) -> None:
    path.parent.mkdir(exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_bytes(msgspec.json.encode(manifest, order="sorted"))
    beside.replace(path)


def _read_file(path: Path) -> bytes | None:
    """Read a file; None if there is none that could be left as it is."""
    try:
        if path.is_symlink():
            return None
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()


def _cause(error: OSError) -> str:
    where = error.filename2 or error.filename
    return f"cannot write {where}: {error.strerror}; what was published before is untouched"
