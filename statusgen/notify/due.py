"""Which news are due: those that the ledger does not know, within a limit."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from statusgen.model import Notify
from statusgen.notify.book import Done, Known, Line, Opened
from statusgen.notify.news import Kind, News

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from statusgen.notify.book import Book

LIMIT = timedelta(hours=24)
"""How old news may be that are sent by themselves."""

_ALIKE: tuple[Callable[[News | Known], Hashable], ...] = (
    lambda one: (one.id, one.text),
    lambda one: (one.at, one.status, one.text),
    lambda one: one.id,
    lambda one: (one.at, one.status),
    lambda one: one.text,
)
"""What makes an update and an entry the same, the surest first.

What agrees in two ways goes before what agrees in one, so that an update that is put before another
one of its minute, and takes over its id by that, is still the new one of both.
"""


class Due(Struct, frozen=True, kw_only=True):
    """News that are due, under the key that the ledger knows them by from now on.

    `lines` are what it is to know of them once they are claimed.
    """

    news: News
    key: str
    lines: tuple[Known, ...] = ()
    is_correction: bool = False


class Verdict(Struct, frozen=True, kw_only=True):
    """What is due, and what the ledger should know of the rest."""

    due: tuple[Due, ...]
    lines: tuple[Line, ...]


def baseline(standing: Sequence[News], book: Book, now: datetime) -> tuple[Line, ...]:
    """Take all that stands there as known, and what was begun as done."""
    open_keys = (key for key in book.claims if book.is_open(key))
    unknown = (one for one, entry in pair(standing, book) if entry is None)
    keys = _Keys(book)
    opening = () if book.lines else (Opened(at=now),)
    return (
        *opening,
        *(_given_up(book, key, now) for key in open_keys),
        *(_known(one, keys.new(one.id)) for one in unknown),
    )


def decide(
    standing: Sequence[News],
    book: Book,
    now: datetime,
    reaches: Callable[[News], bool],
    limit: timedelta = LIMIT,
) -> Verdict:
    """Decide what is due. `reaches` tells whether the site tells anybody of such news at all.

    A book without a line is that of a site that never sent anything: all is taken as known.
    """
    if not book.lines:
        return Verdict(due=(), lines=baseline(standing, book, now))
    judge = _Judge(book, now, limit, reaches)
    for one, entry in pair(standing, book):
        judge.hear(one, entry)
    return Verdict(due=tuple(judge.due), lines=tuple(judge.lines))


class _Judge:
    """Hears news one after the other."""

    def __init__(
        self, book: Book, now: datetime, limit: timedelta, reaches: Callable[[News], bool]
    ) -> None:
        self.book, self.moment, self.reaches = book, now, reaches
        self.oldest = now - limit
        self.keys = _Keys(book)
        self.corrections: dict[str, list[Known]] = defaultdict(list)
        for entry in book.known.values():
            if entry.corrects and book.is_open(entry.key):
                self.corrections[entry.corrects].append(entry)
        self.due: list[Due] = []
        self.lines: list[Line] = []

    def hear(self, one: News, entry: Known | None) -> None:
        is_sent = one.notify != Notify.NO and self.reaches(one)
        is_old = one.at < self.oldest
        if entry:
            self.hear_again(one, entry, is_wanted=is_sent and not is_old)
        elif is_old:
            self.lines.append(_known(one, self.keys.new(one.id)))
        elif is_sent:
            key = self.keys.new(one.id)
            self.due.append(Due(news=one, key=key, lines=(_known(one, key),)))

    def hear_again(self, one: News, entry: Known, *, is_wanted: bool) -> None:
        """Go on with what was begun, and correct what its author wants corrected."""
        if self.book.is_open(entry.key):
            self.go_on(one, entry, is_wanted=is_wanted)
        is_corrected = one.notify == Notify.CORRECTION and entry.told != one.text and is_wanted
        for begun in self.corrections[entry.key]:
            self.go_on(one, begun, is_wanted=is_wanted and not is_corrected, is_correction=True)
        seen = _known(one, entry.key)
        if is_corrected:
            key = self.keys.new(f"{one.id}-correction-{one.text}")
            lines = (seen, replace(seen, key=key, corrects=entry.key))
            self.due.append(Due(news=one, key=key, lines=lines, is_correction=True))
        # The next change starts from what it is now.
        if (followed := replace(seen, told=entry.told)) != entry:
            self.lines.append(followed)

    def go_on(
        self, one: News, entry: Known, *, is_wanted: bool, is_correction: bool = False
    ) -> None:
        if is_wanted:
            self.due.append(Due(news=one, key=entry.key, is_correction=is_correction))
        else:
            self.lines.append(_given_up(self.book, entry.key, self.moment))


def pair(standing: Sequence[News], book: Book) -> Iterator[tuple[News, Known | None]]:
    """Pair news with what is known of them, within each incident, one to one and in order."""
    threads: dict[str, list[News]] = defaultdict(list)
    for one in standing:
        threads[one.thread].append(one)
    found: dict[str, Known] = {}
    for thread, several in threads.items():
        names = dict.fromkeys((thread, *several[0].also))
        entries = [entry for entry in book.of(names) if not entry.corrects]
        found |= _by_name(several, entries)
        # What the clock did has no text, and can be known by its name alone.
        updates = [one for one in several if one.kind == Kind.UPDATE]
        said = [one for one in entries if one.text and one.status != Kind.POSTMORTEM]
        found |= _by_likeness(updates, said)
    return ((one, found.get(one.id)) for one in standing)


def _by_name(several: list[News], entries: list[Known]) -> dict[str, Known]:
    names = {_unnamed(entry): entry for entry in entries}
    others = {one.id: _unnamed(one) for one in several if one.kind != Kind.UPDATE}
    return {name: names[key] for name, key in others.items() if key in names}


def _unnamed(one: News | Known) -> str:
    """Tell an id without the name of its incident or maintenance, which may have had another."""
    return one.id.replace(one.thread.partition("-")[2], "", 1)


def _by_likeness(updates: list[News], entries: list[Known]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for alike in _ALIKE:
        waiting: dict[Hashable, deque[Known]] = defaultdict(deque)
        for entry in entries:
            waiting[alike(entry)].append(entry)
        for one in updates:
            if queue := waiting.get(alike(one)):
                found[one.id] = queue.popleft()
        taken = {entry.key for entry in found.values()}
        entries = [entry for entry in entries if entry.key not in taken]
        updates = [one for one in updates if one.id not in found]
    return found


def _known(one: News, key: str) -> Known:
    return Known(
        key=key,
        thread=one.thread,
        id=one.id,
        at=one.at,
        status=one.status,
        text=one.text,
        told=one.text,
    )


def _given_up(book: Book, key: str, now: datetime) -> Done:
    told, refused = book.counts(key)
    return Done(key=key, at=now, told=told, refused=refused)


class _Keys:
    """Keys that no entry has."""

    def __init__(self, book: Book) -> None:
        self.taken = set(book.known)

    def new(self, name: str) -> str:
        key, count = name, 1
        while key in self.taken:
            count += 1
            key = f"{name}.{count}"
        self.taken.add(key)
        return key
