"""What is published while a file of the content cannot be read: its last version that could.

A mistake in a push must not keep up the page of before it, which may be green in an outage.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from statusgen.errors import ContentErrors
from statusgen.git import History
from statusgen.model import Rescue
from statusgen.reading import read
from statusgen.seal import CONTENT, PLACES, read_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.model import Moment

_SETTINGS = tuple(f"{CONTENT}/{name}.yml" for name in ("components", "policy", "site"))
_TRIES = 200
"""How often content is read at most; each time at least one file goes back by a version."""


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
        attempt = _Attempt(root, copy, history)
        yield copy, attempt.mend(moment, error)


class _Attempt:
    """Files that go back, version by version, until all can be read."""

    def __init__(self, root: Path, copy: Path, history: History) -> None:
        self.root, self.copy, self.history = root, copy, history
        self.left: dict[str, list[str]] = {}
        self.old: set[str] = set()
        self.lost: set[str] = set()
        self.reset()

    def reset(self) -> None:
        """Begin again with the content as it is."""
        shutil.rmtree(self.copy / CONTENT, ignore_errors=True)
        shutil.copytree(
            self.root / CONTENT, self.copy / CONTENT, symlinks=True, ignore_dangling_symlinks=True
        )
        self.left, self.old, self.lost = {}, set(), set()

    def mend(self, moment: Moment, error: ContentErrors) -> Rescue:
        """Go back until all can be read."""
        found = self.gone_back(moment, error)
        # A file that never could be read may be right, and the settings that it is read by wrong.
        if self.lost and any(self.history.versions(path)[1:] for path in _SETTINGS):
            found = self.with_older_settings(moment, error) or found
        return found

    def gone_back(self, moment: Moment, error: ContentErrors) -> Rescue:
        """Let each file go back on which there is a problem."""
        for _ in range(_TRIES):
            for path in {one.path for one in error.problems}:
                self.go_back(path, error)
            try:
                read(self.copy, moment)
            except ContentErrors as other:
                error = other
            else:
                return self.gaps()
        raise error

    def with_older_settings(self, moment: Moment, error: ContentErrors) -> Rescue | None:
        """Try whether all others can be read by settings as they were; None if that is no use."""
        before = self.old, self.lost
        for path in _SETTINGS:
            for blob in self.history.versions(path)[1:]:
                self.reset()
                self.write(path, self.history.content(blob))
                self.old.add(path)
                try:
                    read(self.copy, moment)
                except ContentErrors:
                    continue
                return self.gaps()
        self.reset()
        self.old, self.lost = before
        return self.gone_back(moment, error)

    def go_back(self, path: str, error: ContentErrors) -> None:
        """Give a file what it held before; nothing, where it held nothing that is not tried."""
        if path == CONTENT:
            raise error
        if path not in self.left:
            now = _bytes(self.root / path)
            versions = self.history.versions(path)
            self.left[path] = [one for one in versions if self.history.content(one) != now]
        if self.left[path]:
            self.write(path, self.history.content(self.left[path].pop(0)))
            self.old.add(path)
        elif path in _SETTINGS[::2]:  # no site can go without
            raise error
        else:
            _remove(self.copy / path)
            self.old.discard(path)
            self.lost.add(path)

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
