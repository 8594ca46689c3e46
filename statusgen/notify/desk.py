"""The desk from which news go out: claim, send, write down, one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct
from msgspec.structs import replace

from statusgen.errors import StatusgenError
from statusgen.notify.book import Book, Claim, Done, Told
from statusgen.notify.delivery import Outcome, deliver
from statusgen.notify.due import baseline, decide

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from statusgen.notify.book import Line
    from statusgen.notify.delivery import Clock, Finished, Pace, Parcel, Session
    from statusgen.notify.due import Due, Verdict
    from statusgen.notify.ledger import Ledger
    from statusgen.notify.news import News

LEASE = timedelta(minutes=15)
"""How long a claim holds unless it is renewed: as long a crash holds others up."""


class SupersededError(StatusgenError):
    """Somebody else has taken over what was being told: this one was too slow."""


class Route(Protocol):
    """A way to tell people: mail, webhooks, chats."""

    name: str

    def reaches(self, one: News) -> bool:
        """Whether anybody is told of such news by it."""

    def parcels(self, due: Due) -> Iterator[Parcel]:
        """Give what is sent to each reader."""

    def connect(self) -> Session:
        """Give a connection."""


class Voice(Struct, frozen=True, kw_only=True):
    """How a run speaks: of what it does, of what went wrong, and how far it has come."""

    say: Callable[[str], None]
    warn: Callable[[str], None]
    show: Callable[[int], None]


class Summary(Struct, frozen=True, kw_only=True):
    """What a run did: how many news it told, and what became of the messages.

    `busy` are the news that somebody else was telling.
    """

    news: int = 0
    taken: int = 0
    refused: int = 0
    unreached: int = 0
    busy: int = 0
    is_first: bool = False

    @property
    def is_good(self) -> bool:
        """Whether everybody was told."""
        return not self.refused and not self.unreached


class Desk:
    """Sends what is due; `by` tells this run from all others."""

    def __init__(  # noqa: PLR0913 - what is told, to whom, how fast, and where it is written down
        self,
        standing: Sequence[News],
        routes: Sequence[Route],
        ledger: Ledger,
        *,
        clock: Clock,
        pace: Pace,
        voice: Voice,
        by: str,
    ) -> None:
        self.standing, self.routes, self.ledger = standing, routes, ledger
        self.clock, self.voice, self.by = clock, voice, by
        self.pace = replace(pace, ahead=ledger.ahead)

    def reaches(self, one: News) -> bool:
        """Whether anybody is told of such news."""
        return any(route.reaches(one) for route in self.routes)

    def verdict(self, book: Book) -> Verdict:
        """Decide what is due by what a ledger says."""
        return decide(self.standing, book, self.clock.instant(), self.reaches)

    def accept(self) -> int:
        """Take all that stands there as known; count it."""
        before = len(self.ledger.read().known)
        book = self.ledger.write(lambda book: baseline(self.standing, book, self.clock.instant()))
        return len(book.known) - before

    def send(self) -> Summary:
        """Send all that is due."""
        is_first = not self.ledger.read().lines
        total: Counter[str] = Counter()
        tried: set[str] = set()
        while due := self._claim(tried):
            tried.add(due.key)
            total["news"] += 1
            total.update(self._tell(due))
        return Summary(
            news=total["news"],
            taken=total[Outcome.TAKEN],
            refused=total[Outcome.REFUSED],
            unreached=total[Outcome.LATER],
            busy=self._busy,
            is_first=is_first,
        )

    def _claim(self, tried: set[str]) -> Due | None:
        """Claim the first of what is due and nobody tells."""
        chosen: Due | None = None

        def choose(book: Book) -> Iterator[Line]:
            nonlocal chosen
            now = self.clock.instant()
            verdict = self.verdict(book)
            others = [due for due in verdict.due if due.key not in tried]
            free = [due for due in others if book.is_free(due.key, now)]
            self._busy = len(others) - len(free)
            chosen = next(iter(free), None)
            yield from verdict.lines
            if chosen:
                yield from chosen.lines
                yield Claim(key=chosen.key, by=self.by, until=now + LEASE)

        self._busy = 0
        self.ledger.write(choose)
        return chosen

    def _tell(self, due: Due) -> Counter[str]:
        """Tell news to everybody, by all routes, and write down who was told."""
        telling = _Telling(self, due)
        try:
            for route in self.routes:
                if route.reaches(due.news):
                    untold = telling.untold(route.parcels(due))
                    deliver(untold, route.connect, self.clock, self.pace, telling.finish)
        except SupersededError as error:
            self.voice.warn(str(error))
            return telling.counts
        except BaseException:
            telling.leave()
            raise
        telling.close()
        return telling.counts


class _Telling:
    """The telling of one piece of news."""

    def __init__(self, desk: Desk, due: Due) -> None:
        self.desk, self.due = desk, due
        self.book = desk.ledger.read()
        self.counts: Counter[str] = Counter()

    def untold(self, parcels: Iterator[Parcel]) -> Iterator[Parcel]:
        """Leave out who was told before a crash."""
        return (each for each in parcels if not self.book.was_told(self.due.key, each.mark))

    def finish(self, finished: list[Finished]) -> None:
        """Write down who was told, and renew the claim before it runs out."""
        told = tuple(each.mark for each, answer in finished if answer.outcome == Outcome.TAKEN)
        refused = tuple(each.mark for each, answer in finished if answer.outcome == Outcome.REFUSED)
        for parcel, answer in finished:
            self.counts[answer.outcome] += 1
            if answer.outcome != Outcome.TAKEN:
                what = "refused" if answer.outcome == Outcome.REFUSED else "not reached"
                self.desk.voice.warn(f"{parcel.label}: {what}: {answer.words}")
        is_new = bool(told or refused)
        if is_new or self.is_running_out(self.book):
            self.write(Told(key=self.due.key, to=told, refused=refused) if is_new else None)
        self.desk.voice.show(sum(self.counts.values()))

    def write(self, told: Told | None) -> None:
        key = self.due.key

        def lines(book: Book) -> Iterator[Line]:
            if told:
                yield told
            if book.is_held(key, self.desk.by) and self.is_running_out(book):
                yield self.claim(LEASE)

        self.book = self.desk.ledger.write(lines)
        if not self.book.is_held(key, self.desk.by):
            message = f"{key}: another run has taken over, since this one was too slow"
            raise SupersededError(message)

    def is_running_out(self, book: Book) -> bool:
        return book.claims[self.due.key].until - self.desk.clock.instant() < LEASE / 2

    def claim(self, lease: timedelta) -> Claim:
        return Claim(key=self.due.key, by=self.desk.by, until=self.desk.clock.instant() + lease)

    def close(self) -> None:
        """Write down that all were told; or leave it to the next run."""
        if self.counts[Outcome.LATER]:
            self.leave()
        else:
            self.end(lambda book: [self.done(book)])
        done = self.book.done.get(self.due.key)
        told, refused = (done.told, done.refused) if done else self.book.counts(self.due.key)
        words = [f"{told} told", *([f"{refused} refused"] if refused else [])]
        if self.counts[Outcome.LATER]:
            words.append(f"{self.counts[Outcome.LATER]} not reached")
        self.desk.voice.say(f"{self.due.key}: {', '.join(words)}")

    def leave(self) -> None:
        """Let others go on with it at once."""
        self.end(lambda _: [self.claim(timedelta())])

    def end(self, lines: Callable[[Book], Sequence[Line]]) -> None:
        key, by = self.due.key, self.desk.by
        self.book = self.desk.ledger.write(
            lambda book: lines(book) if book.is_held(key, by) else ()
        )

    def done(self, book: Book) -> Done:
        told, refused = book.counts(self.due.key)
        return Done(key=self.due.key, at=self.desk.clock.instant(), told=told, refused=refused)


def preview(desk: Desk, book: Book) -> Iterator[tuple[Due, list[tuple[str, int]]]]:
    """Tell what is due, and to how many by each route, without sending it."""
    for due in desk.verdict(book).due:
        yield (
            due,
            [
                (
                    route.name,
                    sum(not book.was_told(due.key, each.mark) for each in route.parcels(due)),
                )
                for route in desk.routes
                if route.reaches(due.news)
            ],
        )
