"""What a ledger says: what is known, who tells it, and who was told.

A line is added, never changed; a book is what all lines say together. It holds no address, only
keyed hashes of them.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from statusgen.errors import StatusgenError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class LedgerError(StatusgenError):
    """The ledger cannot be read or written: nobody knows what was told, so nothing is sent."""


class Opened(Struct, frozen=True, kw_only=True, tag_field="is", tag="opened"):
    """The ledger begins: all that stood there then is known."""

    at: datetime
    key: str = "opened"


class Known(Struct, frozen=True, kw_only=True, tag_field="is", tag="known"):
    """An update that is known, as it was last seen; `told` digests the text that was sent.

    A correction has an entry of its own, which names the one that it `corrects`. A line with the
    same key takes the place of an earlier one.
    """

    key: str
    thread: str
    id: str
    at: datetime
    status: str
    text: str
    told: str
    corrects: str = ""


class Claim(Struct, frozen=True, kw_only=True, tag_field="is", tag="claim"):
    """Who tells it, and until when nobody else does."""

    key: str
    by: str
    until: datetime


class Told(Struct, frozen=True, kw_only=True, tag_field="is", tag="told"):
    """Who was told, by hashes; or who never can be, since their server refused."""

    key: str
    to: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


class Done(Struct, frozen=True, kw_only=True, tag_field="is", tag="done"):
    """All were told that could be, or it is too old to be told any more; when, and how many."""

    key: str
    at: datetime
    told: int
    refused: int = 0


Line = Opened | Known | Claim | Told | Done

_DECODER = msgspec.json.Decoder(Line)
_BITS = 16
"""How many digits of a hash tell readers apart."""


def write_lines(lines: Iterable[Line]) -> bytes:
    """Write lines, one object each."""
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)


def read_lines(data: bytes, place: str, first: int = 1) -> Iterator[Line]:
    """Read lines, or tell which of them is none."""
    for number, line in enumerate(data.splitlines(), first):
        try:
            yield _DECODER.decode(line)
        except msgspec.MsgspecError as error:
            message = f"{place}:{number}: is no line of a ledger: {error}"
            raise LedgerError(message) from None


class Book:
    """What all lines of a ledger say together."""

    def __init__(self) -> None:
        self.known: dict[str, Known] = {}
        self.threads: dict[str, list[str]] = defaultdict(list)
        self.claims: dict[str, Claim] = {}
        self.done: dict[str, Done] = {}
        self._told: dict[str, set[int]] = defaultdict(set)
        self._refused: dict[str, int] = defaultdict(int)
        self.lines = 0

    def add(self, lines: Iterable[Line]) -> Book:
        """Take more lines."""
        for line in lines:
            self.lines += 1
            match line:
                case Known():
                    self._know(line)
                case Claim():
                    self.claims[line.key] = line
                case Told():
                    self._told[line.key] |= {_number(mark) for mark in (*line.to, *line.refused)}
                    self._refused[line.key] += len(line.refused)
                case Done():
                    self.done[line.key] = line
                    self._told.pop(line.key, None)
        return self

    def _know(self, line: Known) -> None:
        before = self.known.get(line.key)
        if before is None:
            self.threads[line.thread].append(line.key)
        elif before.thread != line.thread:
            self.threads[before.thread].remove(line.key)
            self.threads[line.thread].append(line.key)
        self.known[line.key] = line

    def of(self, threads: Iterable[str]) -> list[Known]:
        """Tell what is known of an incident or maintenance, under any of its names, in order."""
        return [self.known[key] for thread in threads for key in self.threads.get(thread, ())]

    def is_open(self, key: str) -> bool:
        """Whether somebody began to tell it, and not everybody was told."""
        return key in self.claims and key not in self.done

    def is_free(self, key: str, now: datetime) -> bool:
        """Whether nobody is telling it."""
        claim = self.claims.get(key)
        return claim is None or claim.until <= now

    def is_held(self, key: str, by: str) -> bool:
        """Whether it is this one who tells it, and not done yet."""
        return self.is_open(key) and self.claims[key].by == by

    def was_told(self, key: str, mark: str) -> bool:
        """Whether somebody was told, or never can be."""
        return _number(mark) in self._told.get(key, ())

    def counts(self, key: str) -> tuple[int, int]:
        """Count who was told so far, and who never can be."""
        refused = self._refused.get(key, 0)
        return len(self._told.get(key, ())) - refused, refused


def _number(mark: str) -> int:
    """Keep a hash as a number, which takes a third of the memory."""
    return int(mark[:_BITS], 16)
