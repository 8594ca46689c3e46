"""Work that is spread over processes."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen import workers
from statusgen.errors import StatusgenError, ThemeError
from statusgen.workers import ENOUGH, spread

PROJECT = Path(__file__).parents[1]
MANY = range(5 * ENOUGH)
PROCESSORS = workers._processors  # noqa: SLF001 - it decides about all of it


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be two processors, whatever the machine has."""
    monkeypatch.setattr(workers, "_processors", lambda: 2)


def where(_thing: int) -> int:
    """Tell in which process the work is done."""
    return os.getpid()


def fail(thing: int) -> int:
    """Do the work, but for one thing of which it cannot be done."""
    if thing == MANY[-1]:
        message = f"{thing} is broken"
        raise ThemeError(message)
    return thing


class Signal:
    """A word that one process waits for, and another says."""

    def __init__(self) -> None:
        """Make a pipe for it."""
        self.reader, self.writer = os.pipe()

    def wait(self) -> None:
        """Wait until it was said; from then on it is."""
        os.read(self.reader, 1)
        self.say()

    def say(self) -> None:
        """Say it."""
        os.write(self.writer, b"!")


def children() -> str:
    """List the processes that this one has started."""
    own = os.getpid()
    return Path(f"/proc/{own}/task/{own}/children").read_text(encoding="ascii")


def test_order() -> None:
    """What came of each thing stands where the thing stood."""
    assert spread(lambda thing: thing * 2, MANY) == [thing * 2 for thing in MANY]


@given(st.integers(0, 5000), st.integers(2, 16))
def test_shares(things: int, processes: int) -> None:
    """Shares hold everything once, in order, none is larger than the one before, the last is one.

    So the first leave enough for all others, and nobody waits long for who takes the last.
    """
    shares = [*workers._shares(things, processes)]  # noqa: SLF001 - no other part tells of them
    sizes = [share.stop - share.start for share in shares]
    assert [each for share in shares for each in range(things)[share]] == [*range(things)]
    assert sizes == sorted(sizes, reverse=True)
    assert all(size <= max(1, things / processes) for size in sizes)
    assert sizes[-1:] == [1][:things]


@given(
    st.lists(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.dates(),
            lambda inner: (
                st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner)
            ),
            max_leaves=5,
        ),
        min_size=2,
        max_size=4,
    )
)
def test_answers(answers: list[object]) -> None:
    """What a helper tells comes as it was, whether it is plain or not."""
    found = spread(answers.__getitem__, range(len(answers)), enough=1)
    assert found == answers
    assert [type(each) for each in found] == [type(each) for each in answers]


def test_processes() -> None:
    """Much work is done by this process and others, a little by this one alone."""
    begun, joined = Signal(), Signal()
    own = os.getpid()

    def work(_thing: int) -> int:
        if os.getpid() == own:
            joined.say()
        else:
            begun.say()
            joined.wait()
        return os.getpid()

    found = spread(work, MANY, meanwhile=begun.wait)
    assert len(set(found)) == 2
    assert set(spread(where, range(2 * ENOUGH - 1))) == {os.getpid()}
    assert spread(where, []) == []


def test_meanwhile() -> None:
    """What this process does first is done once, whether there are helpers or not."""
    done: list[int] = []
    for things in (MANY, MANY[:1], range(0)):
        spread(where, things, meanwhile=lambda: done.append(1))
    assert len(done) == 3


def test_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside another thread no process is copied: what that holds, a copy would hold for ever."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    stop = Event()
    thread = Thread(target=stop.wait)
    thread.start()
    try:
        assert PROCESSORS() == 1
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("count", [1, len(MANY)])
def test_failure(count: int) -> None:
    """What the work raises is raised here, wherever it was done."""
    with pytest.raises(ThemeError, match=r"^249 is broken$"):
        spread(fail, MANY[-count:])


def test_killed() -> None:
    """A helper that is killed ends the work with a word, and never hangs it."""
    begun = Signal()
    own = os.getpid()

    def work(thing: int) -> int:
        if os.getpid() != own:
            begun.say()
            os.kill(os.getpid(), signal.SIGKILL)
        return thing

    with pytest.raises(StatusgenError, match="was killed"):
        spread(work, MANY, meanwhile=begun.wait)


def test_no_helper_can_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no more processes may run, this one does all of the work."""

    def fork() -> int:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(os, "fork", fork)
    files = len([*Path("/proc/self/fd").iterdir()])
    assert set(spread(where, MANY)) == {os.getpid()}
    assert len([*Path("/proc/self/fd").iterdir()]) == files


ORPHANS = """
import os, signal, time
from statusgen import workers
own = os.getpid()

def work(number):
    if os.getpid() == own:
        os.kill(own, signal.SIGKILL)
    time.sleep(0.01)  # what is left of the work would take a helper minutes

workers._processors = lambda: 2
workers.spread(work, range(100_000))
"""


def test_who_asked_is_killed() -> None:
    """A helper ends as well, lest it hold for long what was locked."""
    command = [sys.executable, "-c", ORPHANS]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as process:
        process.communicate(timeout=20)  # it ends once no process has it any more
        assert process.returncode == -signal.SIGKILL


def test_no_helper_is_left() -> None:
    """However the work ends, no process is left of it."""
    before = children()
    spread(where, MANY)
    with pytest.raises(ThemeError):
        spread(fail, MANY)
    assert children() == before


def test_progress() -> None:
    """Who waits is told how much is done, never less than before."""
    told: list[int] = []
    spread(where, MANY, told.append)
    assert told == sorted(told)
    assert told[-1] == len(MANY)
