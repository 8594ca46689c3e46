"""Run a program as a whole process, and tell what it cost."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from statistics import median
from threading import Event, Thread
from typing import TYPE_CHECKING

from msgspec import Struct

from benchmarks.sites import AS_OF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_PAUSE = 0.005
"""Seconds between two looks at the memory."""


class Cost(Struct, frozen=True, kw_only=True):
    """What a run took: seconds on the wall and of processors, and megabytes of all processes."""

    wall: float
    cpu: float
    memory: float

    @classmethod
    def median(cls, costs: Iterable[Cost]) -> Cost:
        """Take the median of each figure."""
        runs = tuple(costs)
        return cls(
            wall=median(run.wall for run in runs),
            cpu=median(run.cpu for run in runs),
            memory=median(run.memory for run in runs),
        )


class Failed(Exception):  # noqa: N818 - what happened, in one word
    """A program that was to be measured did not do its work."""


def run(*command: str | Path, folder: Path | None = None) -> Cost:
    """Run a program to its end. Its descendants count, as far as it waits for them."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(int(AS_OF.timestamp()))}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # with it, each run compiles all modules anew
    start = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own program, or the one it is compared with
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        watch = _Watch(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        memory = watch.end()
        assert process.stderr  # noqa: S101 - a pipe was asked for
        said = process.stderr.read().decode(errors="replace")
    if process.returncode:
        message = f"{command[0]} ended with {process.returncode}: {said.strip()}"
        raise Failed(message)
    peak = max(memory, usage.ru_maxrss * 1024) / 1e6
    return Cost(wall=wall, cpu=usage.ru_utime + usage.ru_stime, memory=peak)


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
