"""What git does with a file of the content: commits it alone, pushes it, knows what it held."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from statusgen.content import unpack, write_file
from statusgen.errors import GitError, StatusgenError
from statusgen.seal import read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_TRIES = 5
"""How often a push may be overtaken by others."""
_PATIENCE = 120
"""Seconds that git may take to speak to the other side."""


class Repository:
    """The repository that a folder lies in."""

    def __init__(self, folder: Path) -> None:
        """Find it. Raises GitError where there is none."""
        self.folder = folder
        self.top = Path(self._git("rev-parse", "--show-toplevel").rstrip("\n"))

    def commit(self, paths: Sequence[Path], message: str) -> str:
        """Commit these files and nothing else, whatever is staged beside them; give the commit."""
        names = [str(path.resolve()) for path in paths]
        self._git("add", "--", *names)  # in a file that it does not know it sees nothing to commit
        self._git("commit", "--quiet", "--only", "--message", message, "--", *names)
        return self.head()

    def head(self) -> str:
        """Tell the newest commit, as briefly as it can still be found."""
        return self._git("rev-parse", "--short", "HEAD").strip()

    def push(self, path: Path, again: Callable[[bytes], bytes]) -> list[str]:
        """Push; where others were quicker, the commit is put upon theirs, and pushed again.

        If they have changed the same lines of the file, `again` does to theirs what was done to
        ours. Give the files whose changes, not committed, now conflict with what others pushed:
        git has kept them in its stash. Raises GitError, and then the commit stays as it is.
        """
        branch = self._branch()
        for _ in range(_TRIES):
            done = self._run("push", "--quiet")
            if not done.returncode:
                return self._conflicts()
            if self._run("rev-parse", "--quiet", "--verify", "@{upstream}").returncode:
                told = f"git push: {branch} has no upstream; the commit is made: git push -u origin"
                message = f"{told} {branch}"
                raise GitError(message)
            self._git("fetch", "--quiet")
            behind = self._run("merge-base", "--is-ancestor", "@{upstream}", "HEAD").returncode
            if behind != 1:
                raise _failure(done, "push")  # nobody was quicker
            self._rebase(path, again)
        message = "git push: others push all the time; the commit is made, push it later: git push"
        raise GitError(message)

    def _branch(self) -> str:
        """Tell the branch. Raises GitError where HEAD is on none, as while a rebase goes on."""
        branch = self._run("symbolic-ref", "--quiet", "--short", "HEAD").stdout.decode().strip()
        if not branch:
            message = (
                "git push: HEAD is on no branch; the commit is made: finish what is under way, "
                "or git switch to a branch, then push it"
            )
            raise GitError(message)
        return branch

    def _rebase(self, path: Path, again: Callable[[bytes], bytes]) -> None:
        """Put what is not pushed upon what others pushed; what is not committed stays as it is."""
        done = self._run("rebase", "--quiet", "--autostash", "@{upstream}")
        name = path.resolve().relative_to(self.top.resolve()).as_posix()
        while done.returncode:
            conflicts = self._conflicts()
            theirs = self._run("show", f":2:{name}")  # none if they have removed it
            if conflicts != [name] or theirs.returncode:
                self._run("rebase", "--abort")
                raise _failure(done, "rebase")
            try:
                write_file(str(path), again(theirs.stdout), read_file(str(path)))
            except (OSError, StatusgenError):
                self._run("rebase", "--abort")
                raise
            self._git("add", "--", str(path.resolve()))
            # Else rebase would ask for the message, and would leave its remarks on conflicts in it.
            self._run("commit", "--quiet", "--no-edit", "--cleanup=strip")
            done = self._run("rebase", "--continue")

    def _conflicts(self) -> list[str]:
        return self._git("diff", "--name-only", "--diff-filter=U", "-z").split("\0")[:-1]

    def _git(self, *words: str) -> str:
        return _asked(self.folder, *words)

    def _run(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        return run(self.folder, *words)


_NEXT = {
    "commit": "; the file is written: commit it by hand",
    "fetch": "; the commit is made: git pull --rebase, then git push",
    "push": "; the commit is made: put it right, then git push",
    "rebase": "; the commit is made: git pull --rebase, then git push",
}
"""What is to be done where it fails: what was written is never lost."""


def _failure(done: subprocess.CompletedProcess[bytes], what: str) -> GitError:
    said = done.stderr.decode(errors="replace").strip().splitlines()
    told = [line for line in said if line.startswith(("fatal:", "error:"))] or said
    reason = told[0].partition(": ")[2] or told[0] if told else "it said nothing"
    return GitError(f"git {what}: {reason}{_NEXT.get(what, '')}")


def run(folder: Path, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder. Raises GitError where there is no git, or it never ends."""
    try:
        return subprocess.run(  # noqa: S603 - our own words, and no shell
            ["git", "-C", str(folder), *words],  # noqa: S607 - the user's git
            input=given,
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"git: {error}"
        raise GitError(message) from None


class History:
    """What git keeps of the files below a folder: each as it was published, the newest first."""

    def __init__(self, folder: Path, below: str) -> None:
        """Ask once for all files. Raises GitError where there is no repository, or no commit."""
        top = _asked(folder, "rev-parse", "--show-prefix", "--is-shallow-repository").split("\n")
        self.folder, self.prefix, self.is_shallow = folder, top[0], top[1] == "true"
        self._blobs: dict[str, list[str]] = {}
        self._before: dict[str, str] = {}
        # By the first parents alone: what a branch held before it was merged was never published.
        words = ("--first-parent", "--diff-merges=first-parent", "--raw", "--no-abbrev", "-z", "-M")
        told = _asked(folder, "log", "--format=", *words, "--", below)
        self._read(iter(told.split("\0")))

    def versions(self, path: str) -> list[tuple[str, str]]:
        """Name what a file held, and where it lay then: here, or under a name it had before."""
        found: list[tuple[str, str]] = []
        seen: set[str] = set()
        while path and path not in seen:
            seen.add(path)
            found += ((path, blob) for blob in self._blobs.get(path, ()))
            path = self._before.get(path, "")
        return list(dict.fromkeys(found))

    def commits(self, path: str) -> list[str]:
        """Name the commits that changed a folder, the newest first."""
        return _asked(self.folder, "log", "--first-parent", "--format=%H", "--", path).split()

    def holds(self, commit: str, path: str) -> bool:
        """Whether anything of a folder was there once a commit was made."""
        return bool(_asked(self.folder, "ls-tree", "--name-only", commit, "--", path).strip())

    def content(self, blob: str) -> bytes:
        """Give what a version holds. Raises GitError."""
        done = run(self.folder, "cat-file", "blob", blob)
        if done.returncode:
            raise _failure(done, "cat-file")
        return done.stdout

    def _read(self, words: Iterator[str]) -> None:
        """Read what `log --raw -z` says: `:mode mode blob blob KIND`, a path, a second if moved."""
        for told in words:
            if not told.startswith(":"):
                continue
            _, _, old, new, kind = told.split(" ")
            path = self._own(next(words))
            before = path
            if kind.startswith("R"):
                path = self._own(next(words))
                self._before.setdefault(path, before)
            for name, blob in ((path, new), (before, old)):
                if blob.strip("0"):
                    self._blobs.setdefault(name, []).append(blob)

    def _own(self, path: str) -> str:
        return path.removeprefix(self.prefix)


def _asked(folder: Path, *words: str) -> str:
    done = run(folder, *words)
    if done.returncode:
        raise _failure(done, words[0])
    return done.stdout.decode(errors="surrogateescape")


def place_of(folder: Path) -> str:
    """Tell where a folder lies in its repository, `status/`; empty for its top, or without one."""
    try:
        return _asked(folder, "rev-parse", "--show-prefix").rstrip("\n")
    except GitError:
        return ""


def extract(folder: Path, revision: str, places: Sequence[str], into: Path) -> None:
    """Write what a revision holds of these places below a folder.

    Raises GitError where there is no such revision.
    """
    found = run(
        folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    if found.returncode:
        _asked(folder, "rev-parse", "--show-prefix")  # else there is no repository
        is_shallow = _asked(folder, "rev-parse", "--is-shallow-repository").strip() == "true"
        hint = "; the clone is shallow: fetch it first" if is_shallow else ""
        message = f"{revision!r} is no revision of this repository{hint}"
        raise GitError(message)
    commit = found.stdout.decode().strip()
    there = _asked(folder, "ls-tree", "--name-only", commit, "--", *places).split("\n")
    held = [name for name in there if name]
    if held:
        done = run(folder, "archive", "--format=tar", commit, "--", *held)
        if done.returncode:
            raise _failure(done, "archive")
        unpack(done.stdout, str(into))
