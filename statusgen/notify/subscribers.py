"""Who wants to be told of what: read from a list outside the site, never shown anywhere."""

from __future__ import annotations

import csv
import hmac
import json
import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from statusgen.errors import StatusgenError, nearest, one_of
from statusgen.expression import expression
from statusgen.model import Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from statusgen.notify.news import News

COLUMNS = ("address", "language", "components", "severities", "unsubscribe")
"""What a list may say of a subscriber: the columns of CSV, the keys of JSON."""
MARK = 32
"""How many digits of a keyed hash stand for a reader."""

_LOCAL = expression(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_HOST = expression(r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]*[A-Za-z0-9]")
_LONGEST_LOCAL = 64
_LONGEST = 254
"""How long an address may be (RFC 5321)."""


class SubscribersError(StatusgenError):
    """The list of subscribers cannot be read at all."""


class Subscriber(Struct, frozen=True, kw_only=True, gc=False):
    """A reader who is told by mail; without components or severities of all of them.

    `line` is where it stands, by which output names it. An address whose list server hands the mail
    on is one subscriber.
    """

    line: int
    address: str
    language: str = ""
    components: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    unsubscribe: str = ""

    def wants(self, one: News) -> bool:
        """Whether they are told of it; what names no component concerns everybody."""
        is_touched = not (self.components and one.components) or any(
            name in one.components for name in self.components
        )
        is_bad = not (self.severities and one.severities) or any(
            severity in one.severities for severity in self.severities
        )
        return one.is_mailed and is_touched and is_bad


class Mistake(Struct, frozen=True, kw_only=True):
    """What is wrong with a line of the list; it shows no address."""

    place: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.place}:{self.line}: {self.message}"


class Source(Struct, frozen=True, kw_only=True):
    """Where a list comes from; it is read anew each time, so that it need not be kept."""

    name: str
    lines: Callable[[], Iterable[str]]


def from_path(path: Path) -> Source:
    """Read a list from a file."""

    def lines() -> Iterator[str]:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                yield from file
        except (OSError, UnicodeDecodeError) as error:
            reason = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
            message = f"{path.name}: {reason}"
            raise SubscribersError(message) from None

    return Source(name=path.name, lines=lines)


def from_text(name: str, text: str) -> Source:
    """Read a list from a text, as standard input or the environment gives it."""
    return Source(name=name, lines=lambda: text.removeprefix("\ufeff").splitlines(keepends=True))


def mark_of(key: bytes, kind: str, address: str) -> str:
    """Tell a reader from others without telling who it is."""
    words = f"{kind}:{address.casefold()}".encode()
    return hmac.new(key, words, sha256).hexdigest()[:MARK]


def read_subscribers(source: Source, components: Collection[str]) -> Iterator[Subscriber | Mistake]:
    """Read a list, telling each mistake in its place; the rest goes on."""
    seen: dict[int, int] = {}
    for line, values in _rows(source):
        if isinstance(values, str):
            yield Mistake(place=source.name, line=line, message=values)
            continue
        reading = _Reading(line, values, components)
        one = reading.subscriber(seen)
        yield from (
            Mistake(place=source.name, line=line, message=each) for each in reading.mistakes
        )
        if one:
            yield one


Row = tuple[int, dict[str, Any] | str]
"""A line, and what it says; or what is wrong with it."""


def _rows(source: Source) -> Iterator[Row]:
    lines = iter(source.lines())
    first, blank = "", 0
    for first in lines:
        if first.strip():
            break
        blank += 1
    if first.lstrip().startswith("["):
        yield from _json_rows(source.name, "".join((first, *lines)), blank)
    elif first.strip():
        yield from _csv_rows(source.name, first, lines, blank)
    else:  # of nobody there would be the line of the columns: this is what failed to be fetched
        message = f"{source.name} is empty: even a list of nobody begins with the line `address`"
        raise SubscribersError(message)


def _csv_rows(name: str, first: str, lines: Iterator[str], blank: int) -> Iterator[Row]:
    def all_lines() -> Iterator[str]:
        yield first
        yield from lines

    table = csv.reader(all_lines(), strict=True)
    try:
        columns = [column.strip().lower() for column in next(table)]
        if "address" not in columns:
            message = f"{name}:{blank + 1}: has no column 'address'"
            raise SubscribersError(message)
        yield from ((blank + 1, _unknown(each)) for each in columns if each not in COLUMNS)
        for row in table:
            line = blank + table.line_num
            if len(row) > len(columns):
                yield line, f"has {len(row)} columns, and the first line {len(columns)}"
            elif row:
                yield line, dict(zip(columns, row, strict=False))
    except csv.Error as error:
        message = f"{name}:{blank + table.line_num}: {error}"
        raise SubscribersError(message) from None


def _json_rows(name: str, text: str, blank: int) -> Iterator[Row]:
    """Read a list of objects, each with the line on which it begins."""
    decoder = json.JSONDecoder()
    line, place = blank + 1, text.index("[") + 1
    counted = 0
    while True:
        place = _skip(text, place, " \t\r\n,")
        line += text.count("\n", counted, place)
        counted = place
        if text[place : place + 1] == "]":
            return
        try:
            value, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError as error:
            message = f"{name}:{blank + error.lineno}: {error.msg}"
            raise SubscribersError(message) from None
        if not isinstance(value, dict):
            yield line, "is not an object with an address"
            continue
        yield from ((line, _unknown(each)) for each in value if each not in COLUMNS)
        yield line, value


def _skip(text: str, place: int, blanks: str) -> int:
    while place < len(text) and text[place] in blanks:
        place += 1
    return place


def _unknown(column: str) -> str:
    shown = repr(column) if "@" not in column else "an address"
    return f"{shown} is not {one_of(COLUMNS)}{nearest(column, COLUMNS)}"


class _Reading:
    """One line, and what is wrong with it."""

    def __init__(self, line: int, values: dict[str, Any], components: Collection[str]) -> None:
        self.line, self.values, self.known = line, values, components
        self.mistakes: list[str] = []

    def subscriber(self, seen: dict[int, int]) -> Subscriber | None:
        address = self.address()
        if address is None:
            self.mistakes.append("its address is none: write it like reader@example.com")
            return None
        name = hash(address.casefold())
        if name in seen:
            self.mistakes.append(f"its address stands on line {seen[name]} already")
            return None
        seen[name] = self.line
        components = self.chosen("components", "component", self.known)
        severities = self.chosen("severities", "severity", tuple(Severity))
        unsubscribe = self.text("unsubscribe")
        if unsubscribe and not re.fullmatch(r"https://[!-~]+", unsubscribe):
            self.mistakes.append("its unsubscribe is no https:// address")
            unsubscribe = ""
        if components is None or severities is None:
            return None
        return Subscriber(
            line=self.line,
            address=address,
            language=self.text("language"),
            components=components,
            severities=severities,
            unsubscribe=unsubscribe,
        )

    def text(self, column: str) -> str:
        value = self.values.get(column)
        return value.strip() if isinstance(value, str) else ""

    def address(self) -> str | None:
        """Read the address, its host as the wire spells it."""
        local, _, host = self.text("address").rpartition("@")
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return None
        address = f"{local}@{host}"
        is_one = _LOCAL.fullmatch(local) and _HOST.fullmatch(host)
        is_short = len(local) <= _LONGEST_LOCAL and len(address) <= _LONGEST
        return address if is_one and is_short else None

    def chosen(self, column: str, noun: str, known: Collection[str]) -> tuple[str, ...] | None:
        """Read names that are known; None if all that were written are not."""
        value = self.values.get(column) or ""
        written = value if isinstance(value, list) else re.split(r"[\s,;]+", str(value).strip())
        names = [str(name) for name in written if name]
        for name in names:
            if name not in known:
                what = repr(name) if "@" not in name else "an address"
                self.mistakes.append(f"there is no {noun} {what}{nearest(name, known)}")
        found = tuple(name for name in names if name in known)
        return None if names and not found else found
