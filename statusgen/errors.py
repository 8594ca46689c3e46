"""What can go wrong, and where: errors know their place, never the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Problem(NamedTuple):
    """One mistake in the content: the file, its line, the place inside it, and the cause."""

    path: str
    line: int
    address: str
    message: str

    def __str__(self) -> str:
        """Spell it as compilers do, so that editors can jump to it."""
        return f"{self.path}:{self.line}: {self.address}: {self.message}"


class StatusgenError(Exception):
    """Anything that stops a build and that the user can mend."""

    def parted(self) -> tuple[str, int, str]:
        """Part it into the file and the line that it begins with, and the cause.

        Where it begins with none, the file is empty and the line is 0.
        """
        where, _, cause = str(self).partition(": ")
        path, _, line = where.rpartition(":")
        return (path, int(line), cause) if path and line.isdecimal() else ("", 0, str(self))


class ContentErrors(StatusgenError):  # noqa: N818 - it holds all of them
    """The content holds mistakes: all of them, of all files, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Put the problems in the order of files and lines, each told once."""
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


class ThemeError(StatusgenError):
    """A template or a theme's file is broken, or is not there: told as `path:line: cause`."""


class OutputError(StatusgenError):
    """The site cannot be written; what was published before is untouched."""


class GalleryError(StatusgenError):
    """A gallery cannot be made: there are no sites, or one has a name that it may not have."""


class WritingError(StatusgenError):
    """A file of the content cannot be written, or not so; what it held it still holds."""


class GitError(StatusgenError):
    """Git refuses; what was written to a file stays there."""


class CheckError(StatusgenError):
    """A check cannot come to an end."""


class DiffError(StatusgenError):
    """Two revisions cannot be compared."""


class HubError(StatusgenError):
    """A hub cannot be told that feeds have changed."""


class PreviewError(StatusgenError):
    """The preview cannot be shown: its port, its watch over the files, or the host's rules."""


def closest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word that was probably meant, if there is one."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it, and it is a slow one

    by_shape = {name.lower(): str(name) for name in known}
    found = get_close_matches(word.lower(), by_shape, n=1, cutoff=0.6)
    return by_shape[found[0]] if found else None


def nearest(word: str, known: Iterable[str]) -> str:
    """Suggest the known word that was probably meant, as the end of a sentence, or nothing."""
    found = closest(word, known)
    return f"; did you mean {found!r}?" if found else ""


def one_of(known: Iterable[str]) -> str:
    """Spell the words that would have been right."""
    words = tuple(known)
    return words[0] if len(words) == 1 else "one of " + ", ".join(words)
