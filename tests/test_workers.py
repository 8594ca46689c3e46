"""Work that is spread over processes."""

from __future__ import annotations

import os
import signal

import pytest

from statusgen import workers
from statusgen.errors import StatusgenError, ThemeError
from statusgen.workers import ENOUGH, spread

MANY = range(5 * ENOUGH)


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


def die(thing: int) -> int:
    """Do the work until somebody kills the process."""
    if thing == MANY[-1]:
        os.kill(os.getpid(), signal.SIGKILL)
    return thing


def test_order() -> None:
    """What came of each thing stands where the thing stood."""
    assert spread(lambda thing: thing * 2, MANY) == [thing * 2 for thing in MANY]


def test_processes() -> None:
    """Much work is done by others, a little by this process."""
    assert os.getpid() not in spread(where, MANY)
    assert set(spread(where, range(2 * ENOUGH - 1))) == {os.getpid()}
    assert spread(where, []) == []


@pytest.mark.parametrize("count", [1, len(MANY)])
def test_failure(count: int) -> None:
    """What the work raises is raised here, wherever it was done."""
    with pytest.raises(ThemeError, match=r"^499 is broken$"):
        spread(fail, MANY[-count:])


def test_killed() -> None:
    """A process that is killed ends the work with a word, and never hangs it."""
    with pytest.raises(StatusgenError, match="was killed"):
        spread(die, MANY)


def test_progress() -> None:
    """Who waits is told how much is done, never less than before."""
    told: list[int] = []
    spread(where, MANY, told.append)
    assert told == sorted(told)
    assert told[-1] == len(MANY)
