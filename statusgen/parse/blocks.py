"""Markdown with `[STATUS]` blocks → the same nodes that YAML gives.

A block begins with a header at the start of a line and ends at the next; the contiguous known
`Key: value` lines at its foot are its trailers.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from markdown.extensions.fenced_code import FencedBlockPreprocessor
from msgspec import Struct

from statusgen.parse.nodes import Mapping, Node, Place, Scalar, Sequence, read_yaml

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
}
"""The trailers, in small letters, and the keys that they stand for."""

LABELS = {key: trailer.capitalize() for trailer, key in TRAILERS.items()} | {"status": "header"}

_RULE = re.compile(r"^---[ \t]*$")
# [^\W\d] is a letter of any script, or an underscore.
_LETTERS = r"\[((?=[^\]]*[^\W\d_])(?:[^\W\d]|[ -]){3,})\]"
_HEADER = re.compile(_LETTERS + r"(?![(\[:])(.*)")
_WORD = re.compile(_LETTERS + r"(.?)")
# Anything that is no letter may be markup, an indent or an ornament before a hidden header.
_MARKUP = re.compile(r"(?:[^\w\[\\]|_|\d+[.)])+(?=\[)")
_KEYED = re.compile(r"([A-Za-z][A-Za-z _-]{0,20}?)[ \t]*:[ \t]*(.*)")
_FENCE_START = re.compile(r"`{3,}[^`]*$|~{3,}")
_ALIKE = 0.8
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
}


class Text(Struct, frozen=True, kw_only=True):
    """Lines of a file, and the number of the first."""

    lines: tuple[str, ...]
    first_line: int

    @property
    def body(self) -> str:
        """The text without blank lines around it."""
        return "\n".join(self.lines).strip("\n").rstrip()


def split_front_matter(text: str, place: Place) -> tuple[Node | None, Text]:
    """Part a Markdown file into its front matter, if there is one, and what follows."""
    lines = text.split("\n")
    if not _RULE.match(lines[0]):
        return None, Text(lines=tuple(lines), first_line=1)
    end = next((n for n, line in enumerate(lines[1:], 1) if _RULE.match(line)), None)
    if end is None:
        place.at("front matter").refuse(1, "is not closed: end it with a line `---`")
    rest = Text(lines=tuple(lines[end + 1 :]), first_line=end + 2)
    front = "\n".join(lines[1:end])
    if not re.sub(r"(?m)^\s*#.*$", "", front).strip():
        return Mapping(entries=(), line=1), rest
    return read_yaml(front, place.at("front matter"), first_line=2), rest


def read_blocks(text: Text, statuses: Collection[str], place: Place) -> Sequence:
    """Read the update blocks of a text as a list of mappings, like `updates:` in YAML."""
    lines = text.lines
    is_code = _code_lines(text, place)
    starts: list[int] = []
    for index, content in enumerate(lines):
        if is_code[index]:
            continue
        if _HEADER.match(content):
            starts.append(index)
        else:
            _refuse_hidden_header(content, statuses, text.first_line + index, place)
    lead = [n for n in range(starts[0] if starts else len(lines)) if lines[n].strip()]
    if lead:
        message = "text before the first [STATUS] would be lost: put a header in front of it"
        place.at("updates").tell(text.first_line + lead[0], message)
    _refuse_swallowed_headers(lines, is_code, statuses, text.first_line, place)
    ends = [*starts[1:], len(lines)]
    blocks = []
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        below = place.at("updates").item(number)
        block = _Block(lines, is_code, start, end, text.first_line, below)
        blocks.append(block.read())
    return Sequence(items=tuple(blocks), line=text.first_line)


class _Block:
    """One update: its header, its body and its trailers."""

    def __init__(  # noqa: PLR0913, PLR0917 - the block's own view of the text it lies in
        self,
        lines: tuple[str, ...],
        is_code: list[bool],
        start: int,
        end: int,
        first_line: int,
        place: Place,
    ) -> None:
        self.lines = lines
        self.is_code = is_code
        self.start = start
        self.end = end
        self.first_line = first_line
        self.place = place

    def read(self) -> Mapping:
        header = _HEADER.match(self.lines[self.start])
        assert header  # noqa: S101 - a block begins where a header was seen
        line = self.first_line + self.start
        foot = self.foot()
        entries = [self.entry("status", header[1], line)]
        body = [header[2], *self.lines[self.start + 1 : foot]]
        entries.append(self.entry("body", "\n".join(body).strip(), line))
        for index in range(foot, self.end):
            if keyed := _trailer(self.lines[index]):
                key, value = keyed
                entries.append(self.entry(key, value, self.first_line + index))
        self.refuse_strays(foot)
        return Mapping(entries=tuple(entries), line=line, labels=LABELS)

    def entry(self, key: str, value: str, line: int) -> tuple[Scalar, Node]:
        node: Node = Scalar(text=value, line=line, is_null=not value)
        if key == "components" and value:
            node = self.changes(value, line)
        return Scalar(text=key, line=line), node

    def changes(self, value: str, line: int) -> Node:
        entries: list[tuple[Scalar, Node]] = []
        for part in value.split(","):
            component, equals, status = (piece.strip() for piece in part.partition("="))
            if not (equals and component and status):
                self.place.at("Components").tell(
                    line, f"{part.strip()!r} names no status: write api=operational, db=…"
                )
                continue
            entries.append((Scalar(text=component, line=line), Scalar(text=status, line=line)))
        return Mapping(entries=tuple(entries), line=line)

    def foot(self) -> int:
        """Find where the trailers begin: the contiguous known lines at the end."""
        end = self.end
        while end > self.start + 1 and not self.lines[end - 1].strip():
            end -= 1
        foot = end
        while foot > self.start + 1 and self.is_trailer(foot - 1):
            foot -= 1
        return foot

    def is_trailer(self, index: int) -> bool:
        return not self.is_code[index] and _trailer(self.lines[index]) is not None

    def refuse_strays(self, foot: int) -> None:
        """Tell trailers that something follows, and lines that were meant to be trailers."""
        for index in range(self.start + 1, foot):
            keyed = None if self.is_code[index] else _KEYED.fullmatch(self.lines[index].strip())
            if not keyed:
                continue
            line = self.first_line + index
            label = keyed[1]
            if _spelt(label) in TRAILERS:
                message = "must stand with the other trailers at the very end of the update"
                self.place.at(label).tell(line, message)
            elif known := _meant(keyed[1], keyed[2], is_at_foot=index == foot - 1):
                message = f"unknown trailer; did you mean {known.capitalize()!r}?"
                self.place.at(label).tell(line, message)


def _refuse_hidden_header(content: str, statuses: Collection[str], line: int, place: Place) -> None:
    markup = _MARKUP.match(content)
    found = _WORD.match(content, markup.end() if markup else 0)
    if not found or _spelt(found[1]).replace(" ", "_") not in statuses:
        return
    below = place.at("updates")
    if markup and found[2] not in ("(", "["):
        message = f"[{found[1]}] stands behind {markup[0]!r}: a header begins its line"
        below.tell(line, f"{message}; if it is no header, write \\[{found[1]}]")
    elif not markup and found[2] == ":":
        message = f"[{found[1]}] is followed by a colon: remove it"
        below.tell(line, f"{message}; if it is no header, write \\[{found[1]}]")


def _refuse_swallowed_headers(
    lines: tuple[str, ...],
    is_code: list[bool],
    statuses: Collection[str],
    first_line: int,
    place: Place,
) -> None:
    """Tell a fence that was left open and runs, over trailers and a header, into the next one."""
    last_text = ""
    for index, content in enumerate(lines):
        header = _HEADER.match(content)
        if is_code[index] and header and _trailer(last_text):
            word = _spelt(header[1]).replace(" ", "_")
            if word in statuses:
                place.at("updates").tell(
                    first_line + index,
                    f"[{header[1]}] stands inside a fenced block that began in the update before "
                    "it: close the fence there",
                )
        if content.strip():
            last_text = content


def _code_lines(text: Text, place: Place) -> list[bool]:
    """Mark the lines inside fences, as Python-Markdown sees them in the body of each update."""
    headers = [_HEADER.match(line) for line in text.lines]
    lines = [
        header[2].lstrip() if header else line
        for header, line in zip(headers, text.lines, strict=True)
    ]
    whole = "\n".join(lines) + "\n"
    is_code = [False] * len(lines)
    position = 0
    while found := FencedBlockPreprocessor.FENCED_BLOCK_RE.search(whole, position):
        first = whole.count("\n", 0, found.start())
        last = first + found[0].count("\n")
        # A fence may open on the line of a header, which is a header all the same.
        opens = first + 1 if headers[first] else first
        is_code[opens : last + 1] = [True] * (last + 1 - opens)
        position = found.end()
    for index, content in enumerate(lines):
        opened = index + 1 < len(lines) and is_code[index + 1]
        if _FENCE_START.match(content) and not is_code[index] and not opened:
            message = f"the fence {content.strip()!r} is never closed"
            place.at("updates").tell(text.first_line + index, message)
            break
    return is_code


def _trailer(line: str) -> tuple[str, str] | None:
    """Take a line for a trailer: the key that it stands for, and its value."""
    keyed = _KEYED.fullmatch(line.rstrip())
    if not keyed or _spelt(keyed[1]) not in TRAILERS:
        return None
    return TRAILERS[_spelt(keyed[1])], keyed[2].strip()


def _meant(label: str, value: str, *, is_at_foot: bool) -> str | None:
    """Find the trailer that a line was meant to be, if it looks like one."""
    spelt = _spelt(label)
    for known, key in TRAILERS.items():
        is_alike = SequenceMatcher(None, spelt, known).ratio() >= _ALIKE
        if is_alike and (is_at_foot or re.match(_VALUES[key], value)):
            return known
    return None


def _spelt(word: str) -> str:
    return re.sub(r"[\s_-]+", " ", word.strip().lower())


def read_markdown(
    text: str, statuses: Collection[str], place: Place
) -> tuple[Mapping | None, Sequence]:
    """Read a Markdown file of update blocks: its front matter, and the list of its updates."""
    front, rest = split_front_matter(text, place)
    if front is not None and not isinstance(front, Mapping):
        place.at("front matter").refuse(front.line, "must be keys with values, like title: …")
    return front, read_blocks(rest, statuses, place)
