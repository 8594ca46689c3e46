"""Many parcels on several connections: patient, paced, and never stopped by one of them."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

PAUSES = tuple(timedelta(seconds=each) for each in (1, 5, 30, 120, 300))
"""How long to wait before each repetition."""
_WAITING = 1000
"""How many parcels may wait to be tried again before no new one is begun."""


class Clock(Protocol):
    """The time, and how to let it pass."""

    def instant(self) -> datetime:
        """Tell the time."""

    def wait(self, seconds: float) -> None:
        """Wait."""


class Pace(Struct, frozen=True, kw_only=True):
    """How fast and how long: connections at once, parcels a minute (0: any), until when.

    `ahead` is how many parcels may be under way of which nothing is written down yet: a crash
    repeats these at most.
    """

    until: datetime
    connections: int = 4
    per_minute: int = 0
    ahead: int = 16
    pauses: tuple[timedelta, ...] = PAUSES


class Outcome(StrEnum):
    """What became of a parcel: taken, refused for good, or not taken yet."""

    TAKEN = "taken"
    REFUSED = "refused"
    LATER = "later"


class Answer(Struct, frozen=True):
    """What the other side said; `words` hold no address."""

    outcome: Outcome
    words: str = ""


class Parcel(Struct, frozen=True, kw_only=True):
    """Something for one reader: their mark in the ledger, and how output names them.

    It is written when it is sent, so that parcels that wait take no room.
    """

    mark: str
    label: str
    to: str
    write: Callable[[], bytes]


class Session(Protocol):
    """One connection, which is opened when it is needed, and again when it was lost."""

    def send(self, parcel: Parcel) -> Answer:
        """Send a parcel; raises StatusgenError if none at all can be sent."""

    def close(self) -> None:
        """Take leave."""


Finished = tuple[Parcel, Answer]
_Try = tuple[Parcel, int]


def deliver(
    parcels: Iterator[Parcel],
    connect: Callable[[], Session],
    clock: Clock,
    pace: Pace,
    finish: Callable[[list[Finished]], None],
) -> None:
    """Deliver parcels. `finish` is told what became of them, as it becomes known, and between.

    What is not taken is tried again after growing pauses, until the pauses or the time are used up.
    """
    depot = _Depot(parcels, clock, pace)
    crew = _Crew(connect, pace)
    try:
        while depot.fill(crew):
            finish(depot.take_back(crew.collect()))
            if crew.failure:
                raise crew.failure
        finish([(parcel, Answer(Outcome.LATER, "no time was left")) for parcel in depot.rest()])
    finally:
        # Whatever happened, what was taken was taken.
        if last := depot.take_back(crew.leave()):
            finish(last)


class _Depot:
    """What is to be sent, and when: what is new, and what waits to be tried again."""

    def __init__(self, parcels: Iterator[Parcel], clock: Clock, pace: Pace) -> None:
        self.parcels, self.clock, self.pace = parcels, clock, pace
        self.waiting: list[tuple[datetime, int, _Try]] = []
        self.numbers = count()
        self.next_at = clock.instant()
        self.gap = timedelta(minutes=1 / pace.per_minute if pace.per_minute else 0)

    def fill(self, crew: _Crew) -> bool:
        """Give the crew as much as it can take; False if there is nothing more to be done."""
        while crew.has_room and self.is_time():
            if one := self.next():
                crew.give(one)
                self.next_at = max(self.next_at, self.clock.instant()) + self.gap
            elif crew.busy or not self.waiting:
                break
            else:
                self.wait_until(self.waiting[0][0])
        return crew.busy > 0

    def next(self) -> _Try | None:
        """Give what is to be sent next: what has waited long enough, else what is new."""
        if self.waiting and self.waiting[0][0] <= self.clock.instant():
            return heapq.heappop(self.waiting)[2]
        if len(self.waiting) < _WAITING and (parcel := next(self.parcels, None)):
            return parcel, 0
        return None

    def is_time(self) -> bool:
        """Wait until the next may go out; False if there is no time left."""
        self.wait_until(self.next_at)
        return self.clock.instant() < self.pace.until

    def wait_until(self, at: datetime) -> None:
        seconds = (min(at, self.pace.until) - self.clock.instant()).total_seconds()
        if seconds > 0:
            self.clock.wait(seconds)

    def take_back(self, results: list[tuple[_Try, Answer]]) -> list[Finished]:
        """Take note of answers; a parcel that is tried again is not finished."""
        found = []
        for (parcel, tries), answer in results:
            if answer.outcome != Outcome.LATER or tries >= len(self.pace.pauses):
                found.append((parcel, answer))
            else:
                at = self.clock.instant() + self.pace.pauses[tries]
                heapq.heappush(self.waiting, (at, next(self.numbers), (parcel, tries + 1)))
        return found

    def rest(self) -> Iterator[Parcel]:
        """Tell what there was no time for."""
        yield from (parcel for _, _, (parcel, _) in self.waiting)
        yield from self.parcels


class _Crew:
    """Threads with a connection each: they wait for the network, not for the processor."""

    def __init__(self, connect: Callable[[], Session], pace: Pace) -> None:
        self.jobs: SimpleQueue[_Try | None] = SimpleQueue()
        self.results: SimpleQueue[tuple[_Try, Answer | Exception]] = SimpleQueue()
        self.failure: Exception | None = None
        self.busy = 0
        self.ahead = pace.ahead
        self.threads = [
            Thread(target=self._work, args=(connect(),), daemon=True)
            for _ in range(pace.connections)
        ]
        for thread in self.threads:
            thread.start()

    @property
    def has_room(self) -> bool:
        """Whether it can take one more."""
        return self.busy < self.ahead

    def give(self, one: _Try) -> None:
        self.busy += 1
        self.jobs.put(one)

    def collect(self) -> list[tuple[_Try, Answer]]:
        """Wait for an answer, and give all that are there."""
        return self._sorted([self.results.get()])

    def leave(self) -> list[tuple[_Try, Answer]]:
        """Let everybody finish what they are at, and go; give the last answers."""
        while not self.jobs.empty():
            with suppress(Empty):  # somebody has taken it meanwhile
                self.jobs.get_nowait()
        for _ in self.threads:
            self.jobs.put(None)
        for thread in self.threads:
            thread.join()
        return self._sorted([])

    def _sorted(self, found: list[tuple[_Try, Answer | Exception]]) -> list[tuple[_Try, Answer]]:
        while not self.results.empty():
            found.append(self.results.get())
        self.busy -= len(found)
        failures = [answer for _, answer in found if isinstance(answer, Exception)]
        self.failure = self.failure or next(iter(failures), None)
        return [(one, answer) for one, answer in found if isinstance(answer, Answer)]

    def _work(self, session: Session) -> None:
        while one := self.jobs.get():
            try:
                answer: Answer | Exception = session.send(one[0])
            except Exception as error:  # noqa: BLE001 - it is raised where it can be seen
                answer = error
            self.results.put((one, answer))
        session.close()
