"""All or nothing: what a build does to the disk, and how it is undone."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import ExitStack, contextmanager, suppress
from errno import EISDIR, ENOTDIR
from functools import partial
from typing import TYPE_CHECKING

from statusgen.errors import OutputError

if os.name == "posix":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

FILE_FOR_FOLDER = "a file stands where a folder belongs"
FOLDER_FOR_FILE = "a folder stands where a file belongs"
LINK_FOR_FOLDER = "a link stands where a folder belongs"


class Journal:
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
            # What another build has made since is a folder.
            if os.path.lexists(folder) and not folder.is_dir():
                raise NotADirectoryError(ENOTDIR, FILE_FOR_FOLDER, str(folder))
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
                raise IsADirectoryError(EISDIR, FOLDER_FOR_FILE, place)
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


@contextmanager
def all_or_nothing() -> Iterator[Journal]:
    """Undo everything if anything fails: the disk, a template, or the patience of the user."""
    journal = Journal()
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


def _cause(error: OSError, *, is_whole: bool) -> str:
    where = error.filename2 or error.filename
    after = (
        "what was published before is untouched"
        if is_whole
        else "and what was published before could not all be put back, so build again"
    )
    return f"cannot write {where}: {error.strerror or error}; {after}"
