"""Safe HTML → plain text, as a mail would have it."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from html import unescape

from statusgen.expression import expression
from statusgen.markdown.addresses import absolute
from statusgen.markdown.tags import ATTRIBUTE, GIVEN, TERMS, WORDS

# Safe HTML is all that is ever written as text: no parser for any HTML at all is needed.
_PIECE = expression(rf"<(/?)([a-z0-9]+){GIVEN}>|([^<]+)")
_BLANKS = expression(r"[ \t\n\r\f]+")

_SIGNS = {"br": ("\n", ""), "del": ("~~", "~~"), "s": ("~~", "~~"), "sup": ("^", ""), "q": '""'}
"""What plain text writes around words that would mean something else without it."""
_TIGHT = {"li", "dt", "dd", "tr"}
"""Blocks that follow one another without a blank line, inside of one of these:"""
_GATHERING = {"ul", "ol", "dl", "table"}


@dataclass
class _Block:
    """An element that is open: what its first line begins with, and what its other lines do."""

    tag: str
    first: str = ""
    rest: str = ""
    count: int = 0


class TextWriter:
    """Writes safe HTML as text: blocks parted by a blank line, items and quotes with a mark."""

    def __init__(self, root: str, page: str, width: int, base: str = "") -> None:
        self.root = root
        self.page = page
        self.base = base
        self.width = width
        self.open = [_Block("div")]
        self.words = ""
        self.links: list[tuple[str, int]] = []
        self.written = ""
        self.is_tight = False

    def write(self, html: str) -> str:
        """Write all of it, as nh3 spells it."""
        for end, tag, attributes, data in _PIECE.findall(html):
            if data:
                self.say(unescape(data) if "&" in data else data)
            elif end:
                self.end(tag)
            else:
                self.begin(tag, attributes)
        self.end_block()
        return self.written

    def begin(self, tag: str, attributes: str) -> None:
        given = {name: unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
        if tag == "a":
            self.links.append((self.absolute(given.get("href", "")), len(self.words)))
        elif tag == "img":
            alt = given.get("alt") or "image"
            self.words += f"[{alt}: {self.absolute(given.get('src', ''))}]"
        elif tag in _SIGNS:
            self.words += _SIGNS[tag][0]
        elif tag in ("td", "th"):
            self.words = self.words.rstrip(" ") + (" | " if self.open[-1].count else "")
            self.open[-1].count += 1
        elif tag not in WORDS | TERMS:
            self.end_block()
            self.open.append(self.block(tag, given.get("start", "")))
            if tag == "hr":
                self.words = "* * *"
                self.end(tag)

    def end(self, tag: str) -> None:
        if tag == "a":
            address, start = self.links.pop()
            address = address.removeprefix("mailto:")
            if address and self.words[start:].strip() != address:
                self.words += f" ({address})"
        elif tag in _SIGNS:
            self.words += _SIGNS[tag][1]
        elif tag not in WORDS | TERMS | {"td", "th"}:
            self.end_block()
            self.open.pop()
            if tag in _GATHERING and self.open[-1].tag not in _TIGHT:
                self.is_tight = False

    def say(self, data: str) -> None:
        if not self.is_preformatted:
            data = _BLANKS.sub(" ", data)
            data = data.lstrip(" ") if self.words.endswith((" ", "\n")) else data
        self.words += data

    @property
    def is_preformatted(self) -> bool:
        return any(each.tag == "pre" for each in self.open)

    def absolute(self, address: str) -> str:
        return absolute(address, self.root, self.page, self.base)

    def block(self, tag: str, start: str) -> _Block:
        """Open an element with the mark that its lines get."""
        if tag == "li" and self.open[-1].tag == "ol":
            self.open[-1].count += 1
            mark = f"{self.open[-1].count}. "
            return _Block(tag, mark, " " * len(mark))
        if tag == "ol" and re.fullmatch(r"[0-9]{1,9}", start):
            return _Block(tag, count=int(start) - 1)
        marks = {"li": ("- ", "  "), "blockquote": ("> ", "> "), "pre": ("    ", "    ")}
        return _Block(tag, *marks.get(tag, ("", "")))

    def end_block(self) -> None:
        """Write down the words that were gathered, if there are any."""
        words = self.words.strip("\n") if self.is_preformatted else self.words.strip()
        self.words = ""
        if not words.strip():
            return
        is_tight = self.open[-1].tag in _TIGHT
        if self.written:
            self.written += "\n" if is_tight and self.is_tight else "\n\n"
        self.written += "\n".join((self.mark() + line).rstrip() for line in self.lines(words))
        self.is_tight = is_tight

    def mark(self) -> str:
        """Give what the next line begins with."""
        mark = "".join(each.first for each in self.open)
        for each in self.open:
            each.first = each.rest
        return mark

    def lines(self, words: str) -> list[str]:
        """Break words at blanks; one that is longer than the line stays whole."""
        lines = words.split("\n")
        if self.is_preformatted:
            return lines
        width = max(self.width - sum(len(each.first) for each in self.open), 20)
        return [
            part
            for line in lines
            for part in (
                textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)
                if len(line) > width
                else [line]
            )
        ]
