"""Whether anything is to be done at all: what a build hangs on, by content, and what it left.

A seal lies beside the manifest of the published folder. It names what the last build read, what it
left, and until when that holds. While all of it is so, a build would change nothing, and this is
known without any part that parses or renders.

What was read is compared by content. What stands in the output is compared by what the file system
keeps of each file, its times, size and place on the disk: a file that differs in any of these, or
was changed in the very moment of the seal, is read.
"""

from __future__ import annotations

import os
import platform
import sys
from contextlib import contextmanager, suppress
from functools import partial
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from statusgen.workers import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

CONTENT = "content"
THEMES = ("themes", "overrides")
PLACES = (CONTENT, *THEMES)
"""The folders of a site from which a build reads."""

PACKAGES = {
    "css_inline",
    "feedgen",
    "icalendar",
    "jinja2",
    "lxml",
    "markdown",
    "markupsafe",
    "msgspec",
    "nh3",
    "pyyaml",
    "tzdata",
}
"""The packages whose version can change what is read or rendered, as their records spell them."""

STATE = ".statusgen"
_LARGE = 1 << 20
"""How many bytes are read at once of a file that has shown to be large."""
_LEFTOVERS = ("~", ".bak", ".orig", ".rej", ".swp", ".swo", ".tmp")
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)  # Windows would end a file at a Ctrl-Z
_BLOCK = 1 << 16
"""How many bytes are read at once: much more would be mapped and unmapped for every file."""
_TICKS = 20_000
"""How often the file system's clock is asked whether it has moved on: some ten milliseconds."""
_MANY = 2_000
"""How many files must have been left before a helper is worth its start."""
_DIGEST = 32
"""How many bytes a digest has."""
ODD = b"odd"
"""What stands for the digest of what is no plain file of the site, which the build judges."""
EMPTY = b"empty"
"""What stands for the digest of a folder with nothing in it."""
_GONE = "gone"
_GROUP = "\n\f\n"
"""What stands between groups of marks: no name holds a form feed."""

_tool: list[str] = []
"""The digest of the program, once it is known: a helper may have found it."""

Digests = dict[str, bytes]
"""Files by their paths below the site, and what they hold."""
Marks = dict[str, str]
"""What the file system keeps of files, in groups by their names, a line each: mark, tab, place.

The place is `public/…` or `outbox/…`. Where no mark is known, it is empty.
"""


def is_leftover(name: str) -> bool:
    """Whether a name is that of a hidden file, or of one that an editor or a merge left."""
    return name[0] in ".#" or name.endswith(_LEFTOVERS)


def read_file(path: str, folder: int | None = None) -> bytes:
    """Read a file to its end, with as few calls as that takes. Raises OSError.

    `path` may start at an open folder.
    """
    descriptor = os.open(path, _READ, dir_fd=folder)
    try:
        data = os.read(descriptor, _BLOCK)
        # Some file systems give less than is there, so that only an empty piece is the end.
        if piece := os.read(descriptor, _BLOCK):
            rest = iter(partial(os.read, descriptor, _LARGE), b"")
            data = b"".join((data, piece, *rest))
        return data
    finally:
        os.close(descriptor)


def digest_of(data: bytes) -> bytes:
    """Digest what a file holds."""
    return sha256(data).digest()


def look(root: str, places: Iterable[str] = PLACES) -> Digests:
    """Digest every file from which a build reads; what cannot be read is left to the build.

    What editors leave is no content; in a theme it is a file like any other.
    """
    found: Digests = {}
    for place in places:
        _look(root, place, is_leftover if place == CONTENT else _is_hidden, found)
    return found


def look_again(root: str, before: Digests, paths: Iterable[str]) -> Digests:
    """Digest files again that may have changed, or come, or gone."""
    found = dict(before)
    for path in paths:
        found.pop(path, None)
        with suppress(OSError):
            if os.path.isfile(f"{root}/{path}"):
                found[path] = digest_of(read_file(f"{root}/{path}"))
    return found


def _is_hidden(name: str) -> bool:
    return name[0] == "."


class _Folder(NamedTuple):
    """A folder that is open: a file of it is `start` and its path there, seen from `descriptor`.

    It is found sooner than by its whole path (POSIX, `openat`). The descriptor is None where the
    system knows no such thing, or there is no such folder.
    """

    start: str
    descriptor: int | None


@contextmanager
def _opened(path: str) -> Iterator[_Folder]:
    descriptor = None
    if {os.open, os.stat} <= os.supports_dir_fd:
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield _Folder(f"{path}/" if descriptor is None else "", descriptor)
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _look(root: str, place: str, is_left_out: Callable[[str], bool], found: Digests) -> None:
    def is_own(entry: os.DirEntry[str]) -> bool:
        return not entry.is_symlink() or leads_inside(root, entry.path)

    is_free = place != CONTENT  # a theme may have links to wherever
    folders = [place]
    while folders:
        folder = folders.pop()
        path = f"{root}/{folder}"
        is_empty = True
        with suppress(OSError), _opened(path) as here, os.scandir(path) as entries:
            for entry in entries:
                name = entry.name
                if is_left_out(name):
                    continue
                is_empty = False
                if entry.is_dir(follow_symlinks=False):
                    folders.append(f"{folder}/{name}")
                elif entry.is_file() and (is_free or is_own(entry)):
                    data = read_file(here.start + name, here.descriptor)
                    found[f"{folder}/{name}"] = digest_of(data)
                else:
                    found[f"{folder}/{name}"] = ODD
            if is_empty:
                found[f"{folder}/"] = EMPTY


def site_of(folder: str) -> str:
    """Find the site that a folder belongs to: it, or the nearest above that holds one.

    A folder that holds content is a site of its own, whatever that lacks.
    """
    here = above = os.path.realpath(folder)
    if os.path.isdir(f"{here}/{CONTENT}"):
        return folder
    while not os.path.isfile(f"{above}/{CONTENT}/site.yml"):
        if above == os.path.dirname(above):
            return folder
        above = os.path.dirname(above)
    return os.path.join(folder, os.path.relpath(above, here))


def leads_inside(root: str, link: str) -> bool:
    """Whether a link ends at something inside the content."""
    try:
        end = os.path.realpath(link, strict=True)
    except OSError:  # it ends nowhere, or at itself
        return False
    inside = os.path.realpath(f"{root}/{CONTENT}")
    return end == inside or end.startswith(inside + os.sep)


def tool_digest() -> str:
    """Digest the program's own sources, its themes, and the versions of what reads and renders."""
    if not _tool:
        _tool.append(_digest_tool())
    return _tool[0]


def _digest_tool() -> str:
    digest = sha256(platform.python_version().encode())
    package = os.path.dirname(__file__)
    above, name = os.path.split(package)
    # The shipped themes lie inside the wheel's package, and beside that of a checkout.
    sources: Digests = {}
    for place in (name, "themes"):
        _look(above, place, _is_no_source, sources)
    for path, found in sorted(sources.items()):
        digest.update(path.encode() + b"\0" + found)
    for name in _installed():
        digest.update(name.encode() + b"\0")
    return digest.hexdigest()


def _is_no_source(name: str) -> bool:
    return _is_hidden(name) or name == "__pycache__"


def _installed() -> list[str]:
    """Tell the versions of what reads and renders, by the names of their records.

    A record's folder is named after the package and its version (the specification "Recording
    installed projects"); to list the folders costs a hundredth of what `importlib.metadata` does.
    """
    names = []
    for place in sys.path:
        with suppress(OSError):
            names += sorted(
                name
                for name in os.listdir(place or ".")
                if name.endswith(("-info", ".egg")) and name.partition("-")[0].lower() in PACKAGES
            )
    return names


class Seal(NamedTuple):
    """What a build left: `read` digests what it read, `marks` tell by place what stands there.

    `manifests` are the marks of the two manifests. It holds from `since` until `until`, in seconds
    since 1970; `told` is what the build said.
    """

    tool: str
    is_clock: bool
    since: float
    until: float
    read: str
    told: str
    manifests: str = ""
    marks: Marks = {}  # noqa: RUF012 - nobody changes it

    def holds(self, tool: str, moment: float, *, is_clock: bool) -> bool:
        """Whether nothing that lies outside the content has changed."""
        is_then = self.since <= moment < self.until and self.is_clock == is_clock
        return is_then and self.tool == tool


class Findings(NamedTuple):
    """What was found before a build: what there is to read, and what stands as it was left.

    `read` is empty where nothing was kept of an earlier build, so that all has to be read.
    `marks` are those of what was left, and `gone` the places at which something else stands now.
    That holds as long as the seal has the mark `seal`: whoever changes anything takes it away
    first. `is_done` tells that there is nothing to do, and then `told` is what the build said that
    left it so.
    """

    read: Digests = {}  # noqa: RUF012 - nobody changes it
    marks: Marks = {}  # noqa: RUF012 - as above
    gone: frozenset[str] = frozenset()
    seal: str = ""
    is_done: bool = False
    told: str = ""

    @property
    def standing(self) -> int:
        """How many files stand as they were left."""
        return sum(map(_count, self.marks.values())) - len(self.gone)


NOTHING = Findings()


def examine(  # noqa: PLR0913 - what a build knows when it begins
    root: Path,
    public: Path,
    outbox: Path,
    as_of: datetime,
    *,
    is_clock: bool,
    meanwhile: Callable[[], object] = lambda: None,
) -> Findings:
    """Look at what there is to read, and at what the last build left.

    `meanwhile` is done if there is something else to read, while a helper still looks.
    """
    mark = seal_mark(str(public))
    seal = _read(seal_path(str(public)))
    if seal is None:
        is_kept = os.path.isdir(cache_path(str(public)))
        return Findings(read=look(str(root))) if is_kept else NOTHING
    read: Digests = {}
    is_same = False

    def begin() -> None:
        nonlocal is_same
        read.update(look(str(root)))
        is_same = seal.read == whole(read)
        if not is_same:
            meanwhile()

    is_much = sum(map(_count, seal.marks.values())) >= _MANY
    with _opened(str(public)) as pages, _opened(str(outbox)) as mails:
        tasks: list[Callable[[], list[str]]] = [
            _tools,
            *(partial(_changed, *group, pages, mails) for group in seal.marks.items()),
        ]
        enough = 1 if is_much else len(tasks) + 1
        (tool,), *changed = spread(lambda task: task(), tasks, meanwhile=begin, enough=enough)
    _tool[:] = [tool]
    gone = frozenset(chain.from_iterable(changed))
    # A manifest that another build left does not tell what stands here.
    is_ours = seal.manifests == _manifests(str(public), str(outbox))
    holds = seal.holds(tool, as_of.timestamp(), is_clock=is_clock)
    return Findings(
        read=read,
        marks=seal.marks if is_ours else {},
        gone=gone if is_ours else frozenset(),
        seal=mark,
        is_done=is_ours and holds and not gone and is_same,
        told=seal.told,
    )


def _tools() -> list[str]:
    return [tool_digest()]


def whole(read: Digests) -> str:
    """Digest everything that was read, as one."""
    digest = sha256()
    for path in sorted(read):
        digest.update(path.encode(errors="surrogateescape") + b"\0" + read[path])
    return digest.hexdigest()


def seal_path(public: str) -> str:
    """Tell where the seal of a published folder lies."""
    return f"{state_path(public)}.seal"


def seal_mark(public: str) -> str:
    """Tell what the file system keeps of the seal of a published folder."""
    return _mark(seal_path(public))


def state_path(folder: str) -> str:
    """Tell where lies what is kept of a folder, but for the ending: beside it, by its name."""
    named = folder if os.path.basename(folder) not in ("", ".", "..") else os.path.realpath(folder)
    return os.path.join(os.path.dirname(named), STATE, os.path.basename(named))


def manifest_path(folder: str) -> str:
    """Tell where the manifest of a folder lies."""
    return f"{state_path(folder)}.json"


def cache_path(public: str) -> str:
    """Tell where the cache lies that belongs to a published folder."""
    return f"{state_path(public)}.cache"


def write_seal(seal: Seal, public: str, outbox: str) -> None:
    """Seal what a build left; a mark that is empty is taken now. What cannot be kept is not.

    The file system's clock ticks every few milliseconds. What is changed later than the next tick
    can be told from what is sealed; so that is waited for.
    """
    path = seal_path(public)
    staged = f"{path}.new"
    with suppress(OSError):
        try:
            with open(staged, "wb") as file:
                if not _has_ticked(file.fileno()):
                    return
                with _opened(public) as pages, _opened(outbox) as mails:
                    groups = [
                        f"{name}\n{_marked(name, marks, pages, mails)}"
                        for name, marks in seal.marks.items()
                    ]
                head = (seal.tool, str(seal.is_clock), str(seal.since), str(seal.until))
                left = (seal.read, seal.told, _manifests(public, outbox))
                data = _GROUP.join(("\n".join((*head, *left)), *groups)).encode()
                file.write(digest_of(data) + data)
            os.replace(staged, path)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(staged)


def _has_ticked(descriptor: int) -> bool:
    first = os.fstat(descriptor).st_mtime_ns
    for _ in range(_TICKS):
        os.utime(descriptor)
        if os.fstat(descriptor).st_mtime_ns > first:
            return True
    return False


def _read(path: str) -> Seal | None:
    """Read a seal; one that is damaged, or spelt in another way, counts as none."""
    try:
        data = read_file(path)
        if data[:_DIGEST] != digest_of(data[_DIGEST:]):
            return None
        head, *groups = data[_DIGEST:].decode().split(_GROUP)
        tool, is_clock, since, until, read, told, manifests = head.split("\n")
        return Seal(
            tool=tool,
            is_clock=is_clock == "True",
            since=float(since),
            until=float(until),
            read=read,
            told=told,
            manifests=manifests,
            marks={name: marks for name, _, marks in (each.partition("\n") for each in groups)},
        )
    except (OSError, ValueError):
        return None


def lines(marks: str) -> dict[str, str]:
    """Read a group of marks: by place the mark of each."""
    return {place: mark for mark, _, place in (line.partition("\t") for line in _lines(marks))}


def _lines(marks: str) -> list[str]:
    return marks.split("\n") if marks else []


def _count(marks: str) -> int:
    return marks.count("\n") + bool(marks)


def _marked(name: str, marks: str, pages: _Folder, mails: _Folder) -> str:
    """Take the marks of a group that are not known."""
    if "\n\t" not in f"\n{marks}":
        return marks
    folder, start = _below(name, pages, mails)
    return "\n".join(
        f"{mark or _mark(folder.start + place[start:], folder.descriptor)}\t{place}"
        for place, mark in lines(marks).items()
    )


def _changed(name: str, marks: str, pages: _Folder, mails: _Folder) -> list[str]:
    """Tell the places of a group at which no longer stands what was left there."""
    folder, start = _below(name, pages, mails)
    return [
        place
        for place, mark in lines(marks).items()
        if mark != _mark(folder.start + place[start:], folder.descriptor)
    ]


def _below(name: str, pages: _Folder, mails: _Folder) -> tuple[_Folder, int]:
    """Tell in which folder all places of a group are, and where in them the path there begins."""
    folder, _, _ = name.partition("/")
    return pages if folder == "public" else mails, len(folder) + 1


def _manifests(public: str, outbox: str) -> str:
    return " ".join(_mark(manifest_path(folder)) for folder in (public, outbox))


def _mark(path: str, folder: int | None = None) -> str:
    """Tell what the file system keeps of a file that nobody can change without changing that."""
    try:
        found = os.lstat(path, dir_fd=folder)
    except OSError:
        return _GONE
    return f"{found.st_ctime_ns} {found.st_mtime_ns} {found.st_size} {found.st_ino}"
