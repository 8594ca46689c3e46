"""Run a program as a whole process, and tell what it cost."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from benchmarks.sites import AS_OF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PROJECT = Path(__file__).parents[1]
ENVIRONMENT = os.environ | {"SOURCE_DATE_EPOCH": str(int(AS_OF.timestamp()))}
"""The moment of every build is the same, so that each does the same work."""
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)  # else every run would compile all modules anew

_PAUSE = 0.005
"""Seconds between two looks at the memory."""

Kept = dict[Path, tuple[int, int, bytes]]
"""Files, their place on the disk, when they were written, and what they hold."""


class Cost(Struct, frozen=True, kw_only=True):
    """What a run took: seconds on the wall and of processors, those of descendants included."""

    wall: float
    cpu: float

    @classmethod
    def median(cls, costs: Iterable[Cost]) -> Cost:
        """Take the median of each figure."""
        runs = tuple(costs)
        return cls(wall=median(run.wall for run in runs), cpu=median(run.cpu for run in runs))


class Failed(Exception):  # noqa: N818 - what happened, in one word
    """A program that was to be measured did not do its work."""


def run(*command: str | Path, folder: Path = PROJECT) -> Cost:
    """Run a program to its end. Its descendants count, as far as it waits for them."""
    start = time.perf_counter()
    with _running(command, folder) as process:
        usage = _end(process)
        wall = time.perf_counter() - start
    return Cost(wall=wall, cpu=usage.ru_utime + usage.ru_stime)


def peak(*command: str | Path, folder: Path = PROJECT) -> float:
    """Tell the megabytes that a program and its descendants held at once, at most.

    To look at the memory holds a process up, so that a run is either watched or timed.
    """
    with _running(command, folder) as process:
        watch = _Watch(process.pid)
        usage = _end(process)
        seen = watch.end()
    # The system's own figure holds what this process had when it began the other: it comes last.
    largest: int = usage.ru_maxrss * 1024
    return (seen or largest) / 1e6


def in_turn(rounds: int, *runs: Callable[[int], Cost]) -> tuple[Cost, ...]:
    """Run several programs in turn, each once per round, every other round backwards.

    A machine that slows down for a while then slows all of them.
    """
    costs: list[list[Cost]] = [[] for _ in runs]
    for number in range(rounds):
        order = range(len(runs)) if number % 2 == 0 else reversed(range(len(runs)))
        for index in order:
            costs[index].append(runs[index](number))
    return tuple(Cost.median(each) for each in costs)


def kept(folder: Path) -> Kept:
    """Tell of every file below a folder what tells whether it was written again."""
    found: Kept = {}
    for path in folder.rglob("*"):
        if path.is_file():
            stat = path.stat()
            found[path] = (stat.st_ino, stat.st_mtime_ns, path.read_bytes())
    return found


def rewritten(before: Kept, after: Kept) -> int:
    """Count the files that were written again though they hold what they held."""
    both = before.keys() & after.keys()
    return sum(
        before[path][:2] != after[path][:2] and before[path][2] == after[path][2] for path in both
    )


@contextmanager
def _running(command: tuple[str | Path, ...], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program; at the end it must have done its work."""
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(  # noqa: S603 - our own program, or the one it is compared with
            command, cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=said
        ) as process:
            yield process
        if process.returncode:
            said.seek(0)
            words = said.read().decode(errors="replace").strip()
            message = f"{command[0]} ended with {process.returncode}: {words}"
            raise Failed(message)


# What it gives has no name on the systems that lack it.
def _end(process: subprocess.Popen[bytes]) -> Any:  # noqa: ANN401 - as above
    """Wait for the end of a program, and tell what it and its descendants used."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage


class _Watch:
    """Looks at the memory of a process and its descendants until it ends."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.peak = 0
        self.over = Event()
        self.thread = Thread(target=self.look, daemon=True)
        self.thread.start()

    def look(self) -> None:
        while not self.over.wait(_PAUSE):
            self.peak = max(self.peak, _memory(self.pid))

    def end(self) -> int:
        self.over.set()
        self.thread.join()
        return self.peak


def _memory(pid: int) -> int:
    """Add up the bytes of a process and its descendants; what they share counts once (PSS)."""
    total = 0
    with suppress(OSError, ValueError):  # it may end at any moment, and only Linux tells
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        total += next(int(line.split()[1]) * 1024 for line in rollup.splitlines() if "Pss:" in line)
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        total += sum(_memory(int(child)) for child in children.split())
    return total
