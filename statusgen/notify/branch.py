"""A ledger on a branch of a git repository, for jobs that have no disk of their own.

Each writing is a commit that takes the place of the one that it was decided by, and of no other: of
two jobs that race, one is refused, reads again, and decides again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.errors import GitError
from statusgen.git import run
from statusgen.notify.book import Book, Done, LedgerError, Told, read_lines, write_lines

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

    from statusgen.notify.book import Line
    from statusgen.notify.ledger import Decide

FILE = "ledger.jsonl"
"""The file that the branch holds, alone."""
_TRIES = 20
"""How often a push may be overtaken: each time, another job has come on."""


class BranchLedger:
    """A ledger on a branch of a remote; `repository` is a folder of git that knows the remote.

    It holds no checkout and touches none: what is written goes to git's own store. The branch has
    one commit, never more, so that it does not grow, and nothing of who was told stays behind.
    """

    ahead = 200  # a push takes a second or two

    def __init__(self, repository: Path, remote: str, branch: str) -> None:
        self.repository, self.remote, self.ref = repository, remote, f"refs/heads/{branch}"
        self._tip = ""
        self._data = b""
        self._book = Book()

    def read(self) -> Book:
        self._catch_up()
        return self._book

    def write(self, decide: Decide) -> Book:
        for _ in range(_TRIES):
            self._catch_up()
            lines = list(decide(self._book))
            if not lines or self._push(lines):
                return self._book
        raise self._overtaken()

    def __str__(self) -> str:
        return f"{self.remote}/{self.ref.removeprefix('refs/heads/')}"

    def _catch_up(self) -> None:
        """Read the branch, if others have written since."""
        for _ in range(_TRIES):
            tip = self._find_tip()
            if tip == self._tip:
                return
            data = b""
            if tip:
                self._git(
                    "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", self.remote, self.ref
                )
                found = self._run("cat-file", "blob", f"{tip}:{FILE}")
                if found.returncode:  # what was fetched is newer already
                    continue
                data = found.stdout
            self._book = Book().add(read_lines(data, f"{self}:{FILE}"))
            self._tip, self._data = tip, data
            return
        raise self._overtaken()

    def _find_tip(self) -> str:
        """Ask the remote which commit the branch is at."""
        return self._git("ls-remote", self.remote, self.ref).decode().partition("\t")[0]

    def _push(self, lines: list[Line]) -> bool:
        """Push lines upon the commit that they were decided by; False if there is another now."""
        data = _shortened(self._data, lines) + write_lines(lines)
        blob = self._git("hash-object", "-w", "--stdin", given=data).decode().strip()
        entry = f"100644 blob {blob}\t{FILE}\n".encode()
        tree = self._git("mktree", given=entry).decode().strip()
        commit = self._git("commit-tree", tree, "-m", lines[-1].key).decode().strip()
        lease = f"--force-with-lease={self.ref}:{self._tip}"
        pushed = self._run("push", "--quiet", lease, self.remote, f"{commit}:{self.ref}")
        # What went wrong may have done so after it was taken.
        if pushed.returncode and (tip := self._find_tip()) != commit:
            if tip == self._tip:
                raise self._error(pushed)
            return False
        self._book.add(lines)
        self._tip, self._data = commit, data
        return True

    def _git(self, *words: str, given: bytes = b"") -> bytes:
        done = self._run(*words, given=given)
        if done.returncode:
            raise self._error(done)
        return done.stdout

    def _run(self, *words: str, given: bytes = b"") -> CompletedProcess[bytes]:
        # Whoever it runs as, a commit can be made; hooks of the checkout have no part in it.
        settings = (
            *("-c", "user.name=statusgen"),
            *("-c", "user.email=statusgen@localhost"),
            *("-c", "core.hooksPath=/dev/null"),
        )
        try:
            return run(self.repository, *settings, *words, given=given)
        except GitError as error:
            message = f"the ledger {self}: {error}"
            raise LedgerError(message) from None

    def _overtaken(self) -> LedgerError:
        return LedgerError(f"the ledger {self}: others write to it all the time")

    def _error(self, done: CompletedProcess[bytes]) -> LedgerError:
        said = done.stderr.decode(errors="replace").strip() or "git said nothing"
        return LedgerError(f"the ledger {self}: {said}")


def _shortened(data: bytes, lines: list[Line]) -> bytes:
    """Leave out who was told of what is done now: nobody asks again, and it is most of the file."""
    done = {line.key for line in lines if isinstance(line, Done)}
    if not done:
        return data
    kept = (
        line for line in read_lines(data, FILE) if not (isinstance(line, Told) and line.key in done)
    )
    return write_lines(kept)
