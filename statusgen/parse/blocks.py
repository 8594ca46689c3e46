"""Markdown with `[STATUS]` blocks → the same nodes that YAML gives.

A block begins with a header at the start of a line and ends at the next; the contiguous known
`Key: value` lines at its foot are its trailers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from statusgen.errors import closest, nearest, one_of
from statusgen.expression import expression
from statusgen.model import ComponentStatus
from statusgen.parse.nodes import Mapping, Node, Place, Scalar, Unreadable, read_yaml

if TYPE_CHECKING:
    from collections.abc import Collection

TRAILERS = {
    "updated": "at",
    "components": "components",
    "severity": "severity",
    "next update": "next_update",
    "notify": "notify",
    "id": "id",
    "starts": "starts",
    "ends": "ends",
    "translates": "translates",
}
"""The trailers, in small letters, and the keys that they stand for."""

LABELS = {key: trailer.capitalize() for trailer, key in TRAILERS.items()} | {
    "status": "header",
    "body": "text",
}

_UPDATED = f"{LABELS['at']}:"
_RULE = expression(r"^---[ \t]*$")
# [^\W\d] is a letter of any script, or an underscore.
_LETTERS = r"\[((?=[^\]]{3})(?=[^\]]*[^\W\d_])(?:[^\W\d]++|[ -])++)\]"
_HEADER = expression(_LETTERS + r"(?![(\[:])(.*)")
_WORD = expression(_LETTERS + r"(.?)")
# Anything that is no letter may be markup, an indent or an ornament before a hidden header.
_MARKUP = expression(r"(?:[^\w\[\\]|_|\d+[.)])+(?=\[)")
_KEYED = expression(r"([A-Za-z][A-Za-z _-]{0,20}?)[ \t]*:[ \t]*(.*)")
_MARKED = expression(
    r"[\s>*_#`~+-]*([A-Za-z][A-Za-z _-]{0,20}?)[\s*_`~]*:[\s*_`~]*(.*?)[\s*_`~]*",
)
_FENCE_START = expression(r"`{3,}[^`]*$|~{3,}")
# A block in which nothing needs a second look: behind its header a sentence, more lines that begin
# with a letter and cannot be meant for trailers, then trailers to its end.
_PROSE = r"(?![A-Za-z \t*_`~-]+:)[^\W\d_][^\n=]*"
_KNOWN = rf"(?:{'|'.join(trailer.capitalize() for trailer in TRAILERS)}):[^\n]*"
_BLOCK = expression(
    rf"{_LETTERS} (?P<text>[^\W\d_][^\n=]*(?:\n{_PROSE})*?)"
    rf"\n(?P<trailers>{_KNOWN}(?:\n{_KNOWN})*)(?:\n+|\Z)"
)
_GAP = expression(r"[\s_-]+")
_ALIKE = 0.8
_GIVEN = expression(rf"(?<![\w=`-])[a-z0-9-]+\s*=\s*(?:{'|'.join(ComponentStatus)})\b")
# What the value of a trailer looks like: tells a misspelt trailer from a sentence with a colon.
_VALUES = {
    "at": r"\d",
    "next_update": r"\d",
    "starts": r"\d",
    "ends": r"\d",
    "components": r"[\w-]+\s*=",
    "severity": r"(?i)sev\b|sev-?\d",
    "notify": r"(?i)(no|yes|correction)\b",
    "id": r"[\w-]*\d{8}T\d{4}",
    "translates": r"[0-9a-f]{8}\b",
}
_ITEM = expression(r"\s*[-+*]\s")
_TOLD_IN_LISTS = ("starts", "ends", "next_update")
# A text may well list when a work starts and ends; the other trailers make no such sense.


class Text(Struct, frozen=True, kw_only=True):
    """Lines of a file, and the number of the first."""

    lines: tuple[str, ...]
    first_line: int

    @property
    def body(self) -> str:
        """The text without blank lines around it."""
        return "\n".join(self.lines).strip("\n").rstrip()


class _Trailer(Struct, frozen=True, kw_only=True):
    """A trailer, or a line that was meant to be one: then `flaw` says what is wrong with it.

    `is_sure` tells that not only its key but its value looks like a trailer's.
    """

    key: str
    label: str
    value: str
    flaw: str = ""
    is_sure: bool = True
    is_told: bool = False


class _Header(Struct, frozen=True, kw_only=True):
    """Where an update begins: the word in brackets, and the text behind it."""

    index: int
    word: str
    rest: str


def not_a_status(word: str, statuses: Collection[str], *, is_header: bool) -> str:
    """Say that a word is no status, and what was probably meant."""
    escape = f" (if it is no header, write \\[{word}])" if is_header else ""
    hint = nearest(_as_status(word), statuses)
    return f"{word!r} is not {one_of(statuses)}{escape}{hint}"


def split_front_matter(text: str, place: Place) -> tuple[Text | None, Text]:
    """Part a Markdown file into its front matter, if there is one, and what follows."""
    lines = text.split("\n")
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if not _RULE.match(lines[first]):
        return None, Text(lines=tuple(lines), first_line=1)
    if first:
        place.at("front matter").refuse(first + 1, "must begin on the first line of the file")
    end = next((n for n, line in enumerate(lines[1:], 1) if _RULE.match(line)), None)
    if end is None:
        place.at("front matter").refuse(1, "is not closed: end it with a line `---`")
    front = Text(lines=tuple(lines[1:end]), first_line=2)
    return front, Text(lines=tuple(lines[end + 1 :]), first_line=end + 2)


def read_front_matter(front: Text, place: Place) -> Mapping:
    """Read the keys of a front matter."""
    if all(not line.strip() or line.lstrip().startswith("#") for line in front.lines):
        return Mapping(entries=(), line=1)
    text = "\n".join(front.lines)
    node = read_yaml(text, place.at("front matter"), first_line=front.first_line)
    if not isinstance(node, Mapping):
        place.at("front matter").refuse(node.line, "must be keys with values, like title: …")
    return node


class UsualBlock(Struct, frozen=True, kw_only=True):
    """An update that says its status, its text and its time and no more, as nearly all do.

    It is a mapping for those who ask for more than that.
    """

    status: str
    body: str
    updated: str
    line: int
    mapping: Callable[[], Mapping]

    def line_of(self, key: str) -> int:
        """Tell on which line a key stands."""
        return self.mapping().line_of(key)

    def label(self, key: str) -> str:
        """Tell by which name the author knows a key."""
        return LABELS.get(key, key)


Blocks = tuple[Node | UsualBlock, ...]
"""The update blocks of a text."""


def read_markdown(
    text: str, statuses: Collection[str], place: Place
) -> tuple[Mapping | None, Blocks]:
    """Read a Markdown file of update blocks: its front matter, and the list of its updates.

    The front matter is None where it could not be read, which was told; the updates are read.
    """
    front, rest = split_front_matter(text, place)
    head = None
    if front is None:
        place.at("front matter").tell(1, "is missing: begin with `---`, title: and so on")
    else:
        with suppress(Unreadable):
            head = read_front_matter(front, place)
    return head, read_blocks(rest, statuses, place)


def read_blocks(text: Text, statuses: Collection[str], place: Place) -> Blocks:
    """Read the update blocks of a text as mappings, like those that `updates:` lists in YAML."""
    return read_usual_blocks(text, place) or read_any_blocks(text, statuses, place)


def read_usual_blocks(text: Text, place: Place) -> Blocks:
    """Read blocks of which each is as usual; none where one is not."""
    whole = "\n".join(text.lines)
    position = len(whole) - len(whole.lstrip("\n"))
    found: list[tuple[re.Match[str], int, Place]] = []
    below = place.at("updates")
    while block := _BLOCK.match(whole, position):
        line = text.first_line + whole.count("\n", 0, position)
        found.append((block, line, below.item(len(found))))
        position = block.end()
    if position != len(whole):
        return ()
    return tuple(_usual_block(*each) for each in found)


def _usual_block(block: re.Match[str], line: int, place: Place) -> Mapping | UsualBlock:
    status, text, trailers = block[1], block["text"], block["trailers"]
    first, _, more = text.partition("\n")
    body = f"{first.strip()}\n{more}".rstrip() if more else first.strip()
    if not trailers.startswith(_UPDATED) or "\n" in trailers:
        return _block_mapping(status, body, block, line, place)
    return UsualBlock(
        status=status,
        body=body,
        updated=trailers.removeprefix(_UPDATED).strip(),
        line=line,
        mapping=partial(_block_mapping, status, body, block, line, place),
    )


def _block_mapping(
    status: str, body: str, block: re.Match[str], line: int, place: Place
) -> Mapping:
    entries: list[tuple[Scalar, Node]] = [
        (Scalar(text="status", line=line), _scalar(status, line)),
        (Scalar(text="body", line=line), _scalar(body, line)),
    ]
    trailers = block["trailers"].split("\n")
    for at, written in enumerate(trailers, line + block["text"].count("\n") + 1):
        name, _, value = written.partition(":")
        key = TRAILERS[name.lower()]
        below = place.at(LABELS[key])
        entries.append((Scalar(text=key, line=at), _value(key, value.strip(), at, below)))
    return Mapping(entries=tuple(entries), line=line, labels=LABELS)


def read_any_blocks(text: Text, statuses: Collection[str], place: Place) -> Blocks:
    """Read blocks whatever they hold, and tell what is wrong with them."""
    return _BlockReader(text, statuses, place).read()


class _BlockReader:
    """Reads the updates of one text."""

    def __init__(self, text: Text, statuses: Collection[str], place: Place) -> None:
        self.lines = text.lines
        self.first_line = text.first_line
        self.statuses = statuses
        self.place = place
        self.told: set[int] = set()
        self.trailers = [_trailer(line) for line in text.lines]
        self.is_code, self.open_fence = code_lines(text.lines)

    def read(self) -> Blocks:
        headers = self.headers()
        self.refuse_lead(headers[0].index if headers else len(self.lines))
        is_swallowed = any(self.is_code) and self.refuse_swallowed_headers()
        if self.open_fence is not None and not is_swallowed:
            fence = self.lines[self.open_fence].strip()
            self.tell(self.open_fence, f"the fence {fence!r} is never closed")
        ends = [*(header.index for header in headers[1:]), len(self.lines)]
        return tuple(
            self.block(header, end, self.place.at("updates").item(number))
            # Without a header there is an end all the same.
            for number, (header, end) in enumerate(zip(headers, ends, strict=False))
        )

    def tell(self, index: int, message: str) -> None:
        self.place.at("updates").tell(self.first_line + index, message)

    def headers(self) -> list[_Header]:
        """Find where updates begin; what only looks so is told.

        An update may be expected at the beginning, and below the trailers of the one before: there
        even a flawed header begins one, so that one mistake does not become several.
        """
        headers = []
        is_expected = True
        for index, line in enumerate(self.lines):
            if self.is_code[index]:
                is_expected = False
                continue
            if "[" in line and (found := self.header(index, is_expected=is_expected)):
                headers.append(found)
            if line.strip():
                trailer = self.trailers[index]
                is_expected = trailer is not None and trailer.is_sure
        return headers

    def header(self, index: int, *, is_expected: bool) -> _Header | None:
        """Take a line for a header, or tell why it is none."""
        found = _HEADER.match(self.lines[index])
        if not found:
            flawed = self.flawed_header(index)
            return flawed if is_expected else None
        if is_expected or closest(_as_status(found[1]), self.statuses):
            return _Header(index=index, word=found[1], rest=found[2])
        self.tell(index, not_a_status(found[1], self.statuses, is_header=True))
        return None

    def flawed_header(self, index: int) -> _Header | None:
        """Tell a status word in brackets that something keeps from being a header."""
        line = self.lines[index]
        markup = _MARKUP.match(line)
        found = _WORD.match(line, markup.end() if markup else 0)
        if not found or _as_status(found[1]) not in self.statuses:
            return None
        escape = f"if it is no header, write \\[{found[1]}]"
        if markup and found[2] not in ("(", "["):
            flaw = f"[{found[1]}] stands behind {markup[0]!r}: a header begins its line"
        elif not markup and found[2] == ":":
            flaw = f"[{found[1]}] is followed by a colon: remove it"
        else:
            return None
        self.tell(index, f"{flaw}; {escape}")
        return _Header(index=index, word=found[1], rest=line[found.end() :])

    def refuse_lead(self, end: int) -> None:
        """Tell the text that belongs to no update."""
        lead = next((index for index in range(end) if self.lines[index].strip()), None)
        if lead is not None:
            status = next(iter(self.statuses)).upper()
            message = f"text before the first header would be lost: put one first, like [{status}]"
            self.tell(lead, message)

    def refuse_swallowed_headers(self) -> bool:
        """Tell a fence that was left open and runs, over trailers and a header, into the next."""
        last: _Trailer | None = None
        is_told = False
        for index, line in enumerate(self.lines):
            header = _HEADER.match(line) if self.is_code[index] else None
            is_below = last is not None and not last.flaw
            if header and is_below and _as_status(header[1]) in self.statuses:
                message = "stands inside a fenced block that began in the update before it"
                self.tell(index, f"[{header[1]}] {message}: close the fence there")
                is_told = True
            last = self.trailers[index] if line.strip() else last
        return is_told

    def block(self, header: _Header, end: int, place: Place) -> Mapping:
        """Read one update: its header, its text and its trailers."""
        line = self.first_line + header.index
        foot = self.foot(header.index + 1, end)
        trailers = [(n, found) for n in range(foot, end) if (found := self.trailers[n])]
        body = (header.rest.strip(), *self.lines[header.index + 1 : foot])
        entries = [
            (Scalar(text="status", line=line), _scalar(header.word, line)),
            (Scalar(text="body", line=line), _scalar(Text(lines=body, first_line=line).body, line)),
        ]
        stated = {found.key for _, found in trailers if not found.flaw}
        strays = self.strays(header.index + 1, foot)
        for index in range(header.index, foot):
            is_text = not self.is_code[index] and not self.trailers[index]
            if is_text and (lost := lost_in_text(self.lines[index])):
                place.at(LABELS["body"]).tell(self.first_line + index, lost)
        for index, found in [*strays, *trailers]:
            at = self.first_line + index
            if found.flaw and not found.is_told:
                place.at(found.label).tell(at, found.flaw)
            # What was meant is read as well, lest it be told as missing too.
            if not found.flaw or (found.is_sure and found.key not in stated):
                stated.add(found.key)
                below = place.at(found.label)
                entries.append(
                    (Scalar(text=found.key, line=at), _value(found.key, found.value, at, below))
                )
        return Mapping(entries=tuple(entries), line=line, labels=LABELS)

    def foot(self, start: int, end: int) -> int:
        """Find where the trailers begin: the contiguous lines at the end that are such."""
        while end > start and not self.lines[end - 1].strip():
            end -= 1
        while end > start and not self.is_code[end - 1] and self.trailers[end - 1]:
            end -= 1
        return end

    def strays(self, start: int, foot: int) -> list[tuple[int, _Trailer]]:
        """Find trailers that something follows, and lines that were meant to be trailers."""
        strays = []
        for index in range(start, foot):
            found = None if self.is_code[index] else self.trailers[index]
            if found and not found.flaw:
                flaw = "must stand with the other trailers at the very end of the update"
                is_told = self.tell_missed_header(index, foot)
                strays.append((index, replace(found, flaw=flaw, is_told=is_told)))
            elif found and found.is_sure:
                strays.append((index, found))
        return strays

    def tell_missed_header(self, index: int, foot: int) -> bool:
        """Tell the line below trailers that was meant for a header; whether there is one."""
        below = (n for n in range(index + 1, foot) if self.lines[n].strip())
        missed = next((n for n in below if not self.trailers[n]), None)
        if missed is None or self.is_code[missed]:
            return False
        line = self.lines[missed].strip()
        for status in self.statuses:
            word = status.replace("_", "[ _-]")
            if re.match(rf"(?:[\W_]|\d)*{word}(?![^\W_])", line, re.IGNORECASE):
                if missed not in self.told:
                    self.told.add(missed)
                    header = f"[{status.upper()}]"
                    self.tell(missed, f"{line[:40]!r} looks like a header: begin it with {header}")
                return True
        return False


def lost_in_text(line: str) -> str:
    """Say what in a line of an update's text would do nothing; nothing if all is well."""
    found = _GIVEN.search(line) if "=" in line else None
    if not found:
        return ""
    given = re.sub(r"\s", "", found[0])
    return f"{given!r} does nothing in a text: write `Components: {given}` below it"


def header_in_text(text: str, statuses: Collection[str]) -> str:
    """Find a status that a text in YAML holds as if it were Markdown."""
    for line in text.split("\n"):
        header = _HEADER.match(line)
        if header and _as_status(header[1]) in statuses:
            return header[1]
    return ""


def _scalar(text: str, line: int) -> Node:
    return Scalar(text=text, line=line, is_null=not text)


def _value(key: str, value: str, line: int, place: Place) -> Node:
    """Read what stands behind a trailer's colon."""
    if key != "components" or not value:
        return _scalar(value, line)
    entries: list[tuple[Scalar, Node]] = []
    for part in value.split(","):
        component, equals, status = (piece.strip() for piece in part.partition("="))
        if equals and component and status:
            entries.append((Scalar(text=component, line=line), Scalar(text=status, line=line)))
        else:
            message = f"{part.strip()!r} names no status: write api=operational, db=…"
            place.tell(line, message)
    return Mapping(entries=tuple(entries), line=line)


def code_lines(lines: tuple[str, ...]) -> tuple[list[bool], int | None]:
    """Mark the lines inside fences, and find a fence left open."""
    whole = "\n".join(lines)
    if "```" in whole or "~~~" in whole:
        return fenced_lines(lines)
    return [False] * len(lines), None


def fenced_lines(lines: tuple[str, ...]) -> tuple[list[bool], int | None]:
    """Mark the lines inside fences as Python-Markdown sees them."""
    # Few texts have a fence, and the import is a slow one.
    from markdown.extensions.fenced_code import FencedBlockPreprocessor  # noqa: PLC0415

    headers = [_HEADER.match(line) for line in lines]
    texts = [
        header[2].lstrip() if header else line for header, line in zip(headers, lines, strict=True)
    ]
    is_code = [False] * len(lines)
    is_closed = [False] * len(lines)
    position = 0
    while found := FencedBlockPreprocessor.FENCED_BLOCK_RE.search(
        "\n".join([*texts, ""]), position
    ):
        first = found.string.count("\n", 0, found.start())
        last = first + found[0].count("\n")
        if last > first and texts[last] != lines[last]:
            texts[last] = lines[last]  # what stands behind a header opens a fence, and closes none
            continue
        # A fence may open on the line of a header, which is a header all the same.
        opens = first + 1 if headers[first] else first
        is_code[opens : last + 1] = [True] * (last + 1 - opens)
        is_closed[first : last + 1] = [True] * (last + 1 - first)
        position = found.end()
    fences = (n for n, text in enumerate(texts) if _FENCE_START.match(text) and not is_closed[n])
    return is_code, next(fences, None)


def _trailer(line: str) -> _Trailer | None:
    """Take a line for a trailer, or for one that was meant."""
    if ":" not in line:
        return None
    if keyed := _KEYED.fullmatch(line.rstrip()):
        label, value = keyed[1], keyed[2].strip()
        if key := TRAILERS.get(_spelt(label)):
            return _Trailer(key=key, label=LABELS[key], value=value)
        if meant := _misspelt(label):
            flaw = f"unknown trailer; did you mean {LABELS[meant]!r}?"
            is_sure = re.match(_VALUES[meant], value) is not None
            return _Trailer(key=meant, label=label, value=value, flaw=flaw, is_sure=is_sure)
    if (marked := _MARKED.fullmatch(line)) and (key := TRAILERS.get(_spelt(marked[1]))):
        is_item = _ITEM.match(line) and key in _TOLD_IN_LISTS
        if not is_item and re.match(_VALUES[key], marked[2]):
            flaw = "must stand at the start of its line, with nothing around it"
            return _Trailer(key=key, label=LABELS[key], value=marked[2], flaw=flaw)
    return None


def _misspelt(label: str) -> str | None:
    """Find the trailer that a word was meant to be."""
    from difflib import SequenceMatcher  # noqa: PLC0415 - few texts have a line that needs it

    spelt = _spelt(label)
    alike = {
        known: SequenceMatcher(None, spelt, known).ratio() for known in TRAILERS if spelt != known
    }
    best = max(alike, key=lambda known: alike[known])
    return TRAILERS[best] if alike[best] >= _ALIKE else None


def _spelt(word: str) -> str:
    return _GAP.sub(" ", word.strip().lower())


def _as_status(word: str) -> str:
    return _spelt(word).replace(" ", "_")
