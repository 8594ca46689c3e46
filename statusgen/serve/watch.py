"""What changes on the disk: gathered while it comes in bursts, told once it is quiet."""

from __future__ import annotations

import errno
import threading
import time
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from msgspec import Struct
from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from statusgen.errors import PreviewError
from statusgen.seal import CONTENT, is_leftover
from statusgen.theme import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from watchdog.observers.api import ObservedWatch

QUIET = 0.01
"""Seconds without a further event after which a burst is over: what a save is made to wait."""

SHORT = 0.002
"""The same, where a single file was written to its end, or renamed."""

MANY = 500
"""How many files may change at once: of more the system may not tell all."""

LONGEST = 1.0
"""Seconds after which a burst that does not end is taken as it is."""

FOLDERS = (CONTENT, "themes", "overrides")
LIMITS = {
    errno.ENOSPC: "all programs together watch as many folders as they may; end one that watches, "
    "or allow more: `sysctl fs.inotify.max_user_watches` tells how many, with -w it sets it",
    errno.EMFILE: "as many programs watch folders as may; end one of them, "
    "or allow more: `sysctl fs.inotify.max_user_instances` tells how many, with -w it sets it",
}
"""What the limits of inotify mean, and how to be free of them."""

FILES = ("netlify.toml",)
"""What is looked at beside what lies in the folders."""

# That a file was opened or read is no change: a build reads all of them.
CHANGES: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]


class Changes(Struct, frozen=True, kw_only=True):
    """What has changed: files of the content by their paths below the site, and all else that has.

    Without `files` any of the content may have changed.
    """

    files: frozenset[str] | None
    is_theme: bool


ALL = Changes(files=None, is_theme=True)
"""Anything may have changed."""


class Watch:
    """A watch over a site's content, its themes and overrides, and the shipped themes.

    A folder that is not there yet is seen when it comes, one that is replaced is followed.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        with _telling(self.root):
            self._observer = Observer()
        self._watches: dict[Path, ObservedWatch] = {}
        self._is_moved = False
        self._content = self.root / CONTENT
        self._news = threading.Condition()
        self._last: float | None = None
        self._files: set[str] = set()
        self._is_whole = False
        self._is_theme = False
        self._is_written = False
        self.is_stopped = False

    def __enter__(self) -> Self:
        self._observer.start()
        try:
            self._schedule(self.root, _Handler(self._note_in_root), recursive=False)
            self.follow()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._observer.stop()
        self._observer.join()

    def follow(self) -> None:
        """Watch the folders that are there now, and no others."""
        with self._news:
            is_moved, self._is_moved = self._is_moved, False
        wanted = set(self._wanted())
        self._content = (self.root / CONTENT).resolve()
        # A folder of the same path may be another one now, which the old watch does not see.
        kept = set() if is_moved else wanted
        for folder in self._watches.keys() - kept:
            self._observer.unschedule(self._watches.pop(folder))
        for folder in sorted(wanted - self._watches.keys()):
            handler = _Handler(partial(self._note, folder))
            with suppress(FileNotFoundError):  # it went away meanwhile, which is seen as well
                self._watches[folder] = self._schedule(folder, handler, recursive=True)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing has changed since a burst was last waited for."""
        return self._last is None and not self.is_stopped

    def wait(self, seconds: float) -> Changes | None:
        """Wait for a burst of changes to come and to end; None if there was none in that time."""
        with self._news:
            if not self._news.wait_for(lambda: not self.is_quiet, seconds):
                return None
            latest = time.monotonic() + LONGEST
            while (rest := min(self._quiet_at(), latest) - time.monotonic()) > 0:
                self._news.wait(rest)
            self._last = None
            is_whole = self._is_whole or len(self._files) > MANY
            files = None if is_whole else frozenset(self._files)
            changes = Changes(files=files, is_theme=self._is_theme)
            self._files, self._is_whole, self._is_theme = set(), False, False
        if not self.is_stopped:
            self.follow()
        return changes

    def _quiet_at(self) -> float:
        """Tell when a burst is over, unless there is more of it."""
        if self._last is None:
            return 0
        is_single = len(self._files) == 1 and not (self._is_theme or self._is_whole)
        return self._last + (SHORT if is_single and self._is_written else QUIET)

    def stop(self) -> None:
        """Let nobody wait any longer."""
        with self._news:
            self.is_stopped = True
            self._news.notify_all()

    def _wanted(self) -> Iterator[Path]:
        """Tell the folders that are there, of links those that they lead to."""
        folders = [SHIPPED, *(self.root / name for name in FOLDERS)]
        themes = self.root / "themes"
        if themes.is_dir():
            folders += [each for each in themes.iterdir() if each.is_symlink()]
        for folder in folders:
            if folder.is_dir():
                yield folder.resolve()

    def _schedule(self, folder: Path, handler: _Handler, *, recursive: bool) -> ObservedWatch:
        with _telling(folder):
            return self._observer.schedule(
                handler, str(folder), recursive=recursive, event_filter=CHANGES
            )

    def _note_in_root(self, path: Path, _event: FileSystemEvent) -> None:
        if path.parent == self.root and path.name in (*FOLDERS, *FILES):
            with self._news:
                self._is_moved |= path.name in FOLDERS
                self._is_whole |= path.name in FOLDERS
                self._is_theme |= path.name in FOLDERS
            self._tell()

    def _note(self, folder: Path, path: Path, event: FileSystemEvent) -> None:
        """Take up a change, unless it is of a file that nobody reads."""
        inside = path.relative_to(folder).parts if path.is_relative_to(folder) else ()
        if any(is_leftover(part) for part in inside):
            return
        with self._news:
            if folder != self._content:
                self._is_theme = True
            elif event.is_directory or not inside:
                self._is_whole = True
            else:
                self._files.add("/".join((CONTENT, *inside)))
            self._is_written = isinstance(event, (FileClosedEvent, FileMovedEvent))
        self._tell()

    def _tell(self) -> None:
        with self._news:
            self._last = time.monotonic()
            self._news.notify_all()


class _Handler(FileSystemEventHandler):
    """Hands on the path of a change: of what is renamed both."""

    def __init__(self, note: Callable[[Path, FileSystemEvent], None]) -> None:
        self._note = note

    def on_any_event(self, event: FileSystemEvent) -> None:
        for path in (event.src_path, event.dest_path):
            if path:
                self._note(Path(str(path)), event)


@contextmanager
def _telling(folder: Path) -> Iterator[None]:
    """Tell why a folder cannot be watched; one that is gone is seen when it comes back."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        cause = LIMITS.get(error.errno or 0, error.strerror or str(error))
        message = f"cannot watch {folder}: {cause}"
        raise PreviewError(message) from error
