"""The same work for many things, on all processors where there is enough of it."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, TypeVar

from statusgen.errors import StatusgenError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
R = TypeVar("R")

ENOUGH = 100
"""How many things a process must have to do before it is worth its start."""

_SHARES = 8
"""Into how many shares each process's part is cut, so that none waits long for another."""

_task: tuple[Callable[[Any], Any], Sequence[Any]]


def spread(
    work: Callable[[T], R], things: Sequence[T], done: Callable[[int], None] = lambda _: None
) -> list[R]:
    """Do the same work for each thing, and give what came of it in the same order.

    `done` is told how many are. The work may not change anything: it happens in copies of this
    process. What it raises is raised here; a process that is killed is a StatusgenError.
    """
    count = min(_processors(), len(things) // ENOUGH)
    if count < 2:  # noqa: PLR2004 - one process is this one
        return _alone(work, things, done)
    global _task  # noqa: PLW0603 - what is forked finds here what cannot be sent
    _task = (work, things)
    size = -(-len(things) // (count * _SHARES))
    shares = [range(start, min(start + size, len(things))) for start in range(0, len(things), size)]
    found: list[R] = []
    pool = ProcessPoolExecutor(count, get_context("fork"), _begin)
    try:
        for share in pool.map(_do, shares):
            found += share
            done(len(found))
    except BrokenProcessPool as error:
        message = "a process that helped was killed, perhaps for want of memory; build again"
        raise StatusgenError(message) from error
    finally:
        pool.shutdown(cancel_futures=True)
        _task = (work, ())
    return found


def _alone(work: Callable[[T], R], things: Sequence[T], done: Callable[[int], None]) -> list[R]:
    found = []
    for number, thing in enumerate(things):
        done(number)
        found.append(work(thing))
    done(len(things))
    return found


def _processors() -> int:
    """Count the processors that may be used; 1 where processes cannot safely be copied."""
    # Only Linux has this question, and of the systems that copy processes only it does so safely.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def _begin() -> None:
    """Leave Ctrl-C to the process that asked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _do(share: range) -> list[Any]:
    work, things = _task
    return [work(things[index]) for index in share]
