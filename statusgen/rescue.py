"""What is published while a file of the content cannot be read: its last version that could.

A mistake in a push must not keep up the page of before it, which may be green in an outage.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from statusgen.errors import ContentErrors
from statusgen.git import History, extract
from statusgen.model import Rescue
from statusgen.reading import read
from statusgen.seal import CONTENT, PLACES, read_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.errors import Problem
    from statusgen.model import Moment

_COMPONENTS = f"{CONTENT}/components.yml"
_NEEDED = (_COMPONENTS, f"{CONTENT}/site.yml")
"""Files that no site can go without."""

_SETTINGS = (*_NEEDED, f"{CONTENT}/policy.yml")
_TRIES = 200
"""How often content is read at most; each time at least one file goes back by a version."""
_FURTHEST = 5
"""How many older versions of the components are tried."""
_DEPTH = 3
"""How deep an incident lies that is a folder: content/incidents/slow."""

Step = Callable[[], bool]
"""Puts an older version in the place of a file; False where that is no use."""


@contextmanager
def rescued(root: Path, moment: Moment, error: ContentErrors) -> Iterator[tuple[Path, Rescue]]:
    """Make a copy of a site that can be read; tell what in it is old, and what is not there.

    `error` is why the site itself cannot be. Raises ContentErrors where that cannot be mended, and
    GitError where git does not know the site.
    """
    history = History(root, CONTENT)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for place in PLACES:
            if place != CONTENT and (root / place).exists():
                shutil.copytree(root / place, copy / place)
        yield copy, _Attempt(root, copy, history).mend(moment, error)


class _Attempt:
    """Files that go back, version by version, until all can be read."""

    def __init__(self, root: Path, copy: Path, history: History) -> None:
        self.root, self.copy, self.history = root, copy, history
        self.left: dict[str, list[Step]] = {}
        self.old: set[str] = set()
        self.lost: set[str] = set()

    def mend(self, moment: Moment, error: ContentErrors) -> Rescue:
        """Go back until all can be read, by the way on which the least is lost.

        A report may be right, and the components wrong that it is read by. Never the policy: what
        an older one would show may be meant for nobody.
        """
        ways = [""]
        others = (one for one in error.problems if one.path not in (*_SETTINGS, CONTENT))
        if any("component" in f"{one.address} {one.message}".lower() for one in others):
            now = _bytes(self.root / _COMPONENTS)
            blobs = (blob for _, blob in self.history.versions(_COMPONENTS))
            older = [blob for blob in blobs if self.history.content(blob) != now]
            ways += older[:_FURTHEST]
        found: dict[str, Rescue] = {}
        for way in ways:
            with suppress(ContentErrors):
                found[way] = self.gone(moment, error, way)
        if not found:
            raise error
        best = min(found, key=lambda way: _harm(found[way]))
        return self.gone(moment, error, best)

    def gone(self, moment: Moment, error: ContentErrors, components: str) -> Rescue:
        """Let each file go back on which there is a problem, with these components, or their own.

        Raises ContentErrors.
        """
        _remove(self.copy / CONTENT)
        if (self.root / CONTENT).is_dir():
            shutil.copytree(self.root / CONTENT, self.copy / CONTENT, symlinks=True)
        self.left, self.old, self.lost = {}, set(), set()
        problems: tuple[Problem, ...] = error.problems
        if components:
            self.write(_COMPONENTS, self.history.content(components))
            self.old.add(_COMPONENTS)
            problems = self.problems(moment)
        for _ in range(_TRIES):
            if not problems:
                return self.gaps()
            for path in sorted({one.path for one in problems}):
                self.go_back(path, error)
            problems = self.problems(moment)
        raise error

    def problems(self, moment: Moment) -> tuple[Problem, ...]:
        """Tell what is wrong with the content as it is now."""
        try:
            read(self.copy, moment)
        except ContentErrors as error:
            return error.problems
        return ()

    def go_back(self, path: str, error: ContentErrors) -> None:
        """Give a file what it held before; nothing, where it held nothing that is not tried."""
        if path not in self.left:
            self.left[path] = [*self.steps(path)]
        while self.left[path]:
            if self.left[path].pop(0)():
                self.old.add(path)
                return
        if path in (CONTENT, *_NEEDED):
            raise error
        _remove(self.copy / path)
        self.old.discard(path)
        self.lost.add(path)

    def steps(self, path: str) -> Iterator[Step]:
        """Tell what may be tried: what a file held, by an older name too; a folder as a whole."""
        if path == CONTENT or (self.root / path).is_dir():
            yield from self.layers(path)
            return
        now = _bytes(self.root / path)
        for where, blob in self.history.versions(path):
            if where != path or self.history.content(blob) != now:
                yield partial(self.put, path, where, blob)
        parent = path.rpartition("/")[0]
        if parent.count("/") == _DEPTH - 1:  # its other files may be what is missing
            yield from self.layers(parent)

    def layers(self, path: str) -> Iterator[Step]:
        return (partial(self.lay, path, commit) for commit in self.history.commits(path))

    def put(self, path: str, where: str, blob: str) -> bool:
        """Put a file where it was when it held that; another one that is there stays."""
        if where != path and os.path.lexists(self.copy / where):
            return False
        _remove(self.copy / path)
        self.write(where, self.history.content(blob))
        return True

    def lay(self, path: str, commit: str) -> bool:
        """Put a folder there as a commit left it."""
        if not self.history.holds(commit, path):
            return False
        _remove(self.copy / path)
        extract(self.root, commit, [path], self.copy)
        return True

    def write(self, path: str, data: bytes) -> None:
        place = self.copy / path
        _remove(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)

    def gaps(self) -> Rescue:
        return Rescue(
            old=tuple(sorted(self.old)),
            lost=tuple(sorted(self.lost)),
            is_shallow=self.history.is_shallow,
        )


def _harm(found: Rescue) -> tuple[int, int, int]:
    """Weigh what is not told: what is lost first, then reports that are old."""
    reports = sum(path not in _SETTINGS for path in found.old)
    return len(found.lost), reports, len(found.old)


def _bytes(place: Path) -> bytes | None:
    try:
        return read_file(str(place))
    except OSError:
        return None


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    elif os.path.lexists(place):
        place.unlink()
