"""Where it is kept what was told to whom, so that nobody is told twice.

There is one operation: read all, decide by it, and write what was decided, as if nobody else did
anything meanwhile.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from statusgen.notify.book import Book, LedgerError, read_lines, write_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from statusgen.notify.book import Line

    Decide = Callable[[Book], Iterable[Line]]


class Ledger(Protocol):
    """What every ledger can do; `ahead` messages may be under way before it is written."""

    ahead: int

    def read(self) -> Book:
        """Tell what it says now."""

    def write(self, decide: Decide) -> Book:
        """Write what is decided by what it says now; if others were quicker, decide again."""


class FileLedger:
    """A ledger in a file, for one machine.

    A line is on the disk before anything is done by it. A last line that was torn by a crash was
    never counted on, and is taken away.
    """

    ahead = 16

    def __init__(self, path: Path) -> None:
        self.path = path
        self._book = Book()
        self._size = 0
        self._lines = 0

    def read(self) -> Book:
        return self.write(lambda _: ())

    def write(self, decide: Decide) -> Book:
        try:
            return self._write(decide)
        except OSError as error:
            message = f"the ledger {self.path}: {error.strerror or error}"
            raise LedgerError(message) from None

    def _write(self, decide: Decide) -> Book:
        try:
            import fcntl  # noqa: PLC0415 - Windows has none
        except ImportError:
            message = f"the ledger {self.path}: a file needs Unix; use git:REMOTE/BRANCH here"
            raise LedgerError(message) from None

        is_new = not self.path.exists()
        with self.path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # until it is closed, or whoever holds it is dead
            self._catch_up(file.fileno())
            if lines := write_lines(decide(self._book)):
                # In one piece: what is torn is torn at the end.
                os.truncate(file.fileno(), self._size)
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
                self._take(lines)
        if is_new and lines:
            _keep_name(self.path)
        return self._book

    def _catch_up(self, descriptor: int) -> None:
        """Read what others have written since."""
        if os.fstat(descriptor).st_size < self._size:
            self._book, self._size, self._lines = Book(), 0, 0
        data = b""
        while piece := os.pread(descriptor, 1 << 20, self._size + len(data)):
            data += piece
        self._take(data[: data.rfind(b"\n") + 1])

    def _take(self, data: bytes) -> None:
        lines = list(read_lines(data, str(self.path), self._lines + 1))
        self._book.add(lines)
        self._size += len(data)
        self._lines += len(lines)


def _keep_name(path: Path) -> None:
    """See to it that a new file is found again after a crash of the machine."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
