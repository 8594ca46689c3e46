"""The same work for many things, on all processors where there is enough of it."""

from __future__ import annotations

import gc
import marshal
import os
import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from statusgen.errors import StatusgenError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")
R = TypeVar("R")

ENOUGH = 50
"""How many things a process must have to do before it is worth its start."""

_TURNS = 2
"""What part of what is left each process takes in its turn: one of so many, so that the last shares
are small, and none waits long for another."""

_HEAD = 8
"""How many bytes tell the length of an answer."""

_KILLED = "a process that helped was killed, perhaps for want of memory; build again"


def spread(
    work: Callable[[T], R],
    things: Sequence[T],
    done: Callable[[int], None] = lambda _: None,
    *,
    meanwhile: Callable[[], object] = lambda: None,
    enough: int = ENOUGH,
) -> list[R]:
    """Do the same work for each thing, and give what came of it in the same order.

    This process does its part beside helpers that are copies of it; `meanwhile` is what it does
    first, as they begin. `done` is told how many things have been begun, and at last all. The work
    may not change anything here. What it raises is raised here; a helper that is killed is a
    StatusgenError.
    """
    count = min(_processors(), len(things) // enough)
    if count < 2:  # noqa: PLR2004 - one process is this one
        meanwhile()
        return _alone(work, things, done)
    shares = [*_shares(len(things), count)]
    asked_by = os.getpid()

    def begin(share: slice) -> list[R]:
        return [work(thing) for thing in _as_long_as_wanted(things[share], asked_by)]

    queue = _Queue(len(shares))
    gc.freeze()  # to look for garbage among what is there would copy its pages for each process
    helpers: list[_Helper] = []
    found: dict[int, list[R]] = {}
    try:
        with suppress(OSError):  # where no more processes may run, fewer do
            for _ in range(count - 1):
                helpers.append(_Helper(begin, shares, queue))  # noqa: PERF401 - those that began stay known
        meanwhile()
        for number in queue.take():
            done(shares[number].start)
            found[number] = begin(shares[number])
        for helper in helpers:
            found |= helper.end()
    finally:
        gc.unfreeze()
        queue.close()
        for helper in helpers:
            helper.stop()
    done(len(things))
    return [each for number in range(len(shares)) for each in found[number]]


def _as_long_as_wanted(things: Sequence[T], asked_by: int) -> Iterator[T]:
    """Give things one by one; a helper ends once nobody is left who asked for it."""
    for thing in things:
        if asked_by not in {os.getpid(), os.getppid()}:
            os._exit(1)
        yield thing


def _shares(things: int, processes: int) -> Iterator[slice]:
    """Cut some work into shares, each a part of what those before it leave."""
    start = 0
    while start < things:
        end = start + max(1, (things - start) // (_TURNS * processes))
        yield slice(start, end)
        start = end


def _alone(work: Callable[[T], R], things: Sequence[T], done: Callable[[int], None]) -> list[R]:
    found = []
    for number, thing in enumerate(things):
        done(number)
        found.append(work(thing))
    done(len(things))
    return found


def _processors() -> int:
    """Count the processors that may be used; 1 where processes cannot safely be copied."""
    # Only Linux has both, and of the systems that copy processes only it does so safely; a copy has
    # only the thread that made it, and what the others held is held for ever.
    is_linux = hasattr(os, "sched_getaffinity") and hasattr(os, "memfd_create")
    is_safe = is_linux and threading.active_count() == 1
    return len(os.sched_getaffinity(0)) if is_safe else 1


class _Queue:
    """Numbers that wait in a pipe: whoever is free takes the next, whichever process it is."""

    WIDTH = 4

    def __init__(self, count: int) -> None:
        self.reader, writer = os.pipe()
        # A pipe holds 64 KiB, far more than there are shares.
        os.write(writer, b"".join(number.to_bytes(self.WIDTH, "big") for number in range(count)))
        os.close(writer)

    def take(self) -> Iterator[int]:
        while data := os.read(self.reader, self.WIDTH):
            yield int.from_bytes(data, "big")

    def close(self) -> None:
        os.close(self.reader)


class _Helper:
    """A copy of this process that takes shares from a queue and writes down what came of each.

    It writes into memory that both have, so that neither waits for the other before the end.
    """

    def __init__(
        self, work: Callable[[slice], Any], shares: Sequence[slice], queue: _Queue
    ) -> None:
        self.answers = os.memfd_create("answers")
        try:
            self.pid = os.fork()
        except OSError:
            os.close(self.answers)
            raise
        if self.pid:
            return
        # From here on nothing may be raised: the copy would go on with what this process does.
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asked
            self.tell(_try(lambda number: self.tell((number, work(shares[number]))), queue))
        finally:
            os._exit(0)

    def tell(self, answer: Any) -> None:  # noqa: ANN401 - whatever the work gave
        """Write down what came of a share, or last of all what went wrong, if anything did."""
        packed = _packed(answer)
        data = memoryview(len(packed).to_bytes(_HEAD, "big") + packed)
        while data:
            data = data[os.write(self.answers, data) :]

    def end(self) -> dict[int, Any]:
        """Wait for what came of its shares, by their numbers."""
        os.waitpid(self.pid, 0)
        self.pid = 0
        try:
            *found, wrong = self.told()
        except (EOFError, ValueError) as error:
            raise StatusgenError(_KILLED) from error
        if isinstance(wrong, BaseException):
            raise wrong
        if wrong is not None:  # it is the answer of a share, and not the last word
            raise StatusgenError(_KILLED)
        return dict(found)

    def told(self) -> Iterator[Any]:
        """Read what was written down. Raises EOFError where it is cut off."""
        at = 0
        while head := os.pread(self.answers, _HEAD, at):
            size = int.from_bytes(head, "big")
            yield _unpacked(os.pread(self.answers, size, at + _HEAD))
            at += _HEAD + size

    def stop(self) -> None:
        """See it off, whatever it does."""
        os.close(self.answers)
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


def _try(work: Callable[[int], object], queue: _Queue) -> BaseException | None:
    """Work as long as there are shares; give what went wrong."""
    try:
        for number in queue.take():
            work(number)
    except BaseException as error:  # noqa: BLE001 - it is raised where the work was asked for
        return error
    return None


def _packed(found: Any) -> bytes:  # noqa: ANN401 - whatever the work gave
    """Write down what came of some work: what is plain without pickle, which is slow to import."""
    try:
        return marshal.dumps(found)
    except ValueError:
        import pickle  # noqa: PLC0415 - as above

        return marshal.dumps(pickle.dumps(found, pickle.HIGHEST_PROTOCOL))


def _unpacked(data: bytes) -> Any:  # noqa: ANN401 - as above
    """Read what was written down. Raises EOFError where it is cut off."""
    found = marshal.loads(data)  # noqa: S302 - from a copy of this process
    if not isinstance(found, bytes):
        return found
    import pickle  # noqa: PLC0415 - as above

    return pickle.loads(found)  # noqa: S301 - as above
