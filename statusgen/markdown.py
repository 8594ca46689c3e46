"""Update text → safe HTML, and plain text for readers without it.

Python-Markdown reads, nh3 (ammonia) makes safe. Addresses in a text are relative to the site.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import nh3
from markdown import Extension, Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.inlinepatterns import HTML_RE, HtmlInlineProcessor
from markupsafe import Markup, escape

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET

_WORDS = {"a", "em", "strong", "b", "i", "u", "s", "del", "ins", "sub", "sup", "small", "mark"}
_TERMS = {"abbr", "kbd", "samp", "var", "code", "q", "cite", "bdi", "bdo", "span", "img", "br"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = {"p", "hr", "pre", "blockquote", "div", "figure", "figcaption", "details", "summary"}
_LISTS = {"ul", "ol", "li", "dl", "dt", "dd"}
_TABLES = {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}
TAGS = _WORDS | _TERMS | _HEADINGS | _BLOCKS | _LISTS | _TABLES
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "th": {"align", "scope", "colspan", "rowspan"},
    "td": {"align", "colspan", "rowspan"},
    "ol": {"start", "type"},
    "abbr": {"title"},
    "*": {"lang", "dir"},
}
SCHEMES = {"http", "https", "mailto", "tel"}

PLAIN = re.compile(r"[^\W\d_](?:[a-zA-Z0-9 ,.;:?!%/()'\"$@\u2013-\u201d\u2026-]++|[^\W_])*+(?<! )")
"""A sentence in which nothing can mean anything to Markdown: it need not be read as such."""

# Tags as nh3 writes them: in texts and values it leaves neither a bare `<` nor a bare `"`.
_GIVEN = r'((?: [a-z]+="[^"]*")*)'
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_HEADING_TAG = re.compile(rf"<(/?)h([1-6]){_GIVEN}>")
_IMAGE = re.compile(rf"<img{_GIVEN}>")
_LINKED = re.compile(rf"<(a|img){_GIVEN}>")
_TASK = re.compile(r"(<li>(?:\s*<p>)?)\[([ xX])\] ")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
# Browsers read a backslash as a slash, and blanks inside an address not at all.
_OTHER_HOST = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|[/\\]{2}")
_UNREAD = re.compile(r"^[\x00- ]+|[\t\n\r]|[\x00- ]+$")


def to_html(text: str, *, root: str, page: str = "", heading: int = 2) -> Markup:
    """Turn a text into HTML that can do no harm.

    `root` leads from where it is shown to the site, or is the site's absolute address; `page` leads
    to the page that the text belongs to. `heading` is the level that the text's top headings get.
    """
    html = _safe_html(text)
    if "<h" in html:
        html = _outlined(html, heading)
    if "src=" in html or "href=" in html:
        html = _resolved(html, str(escape(root)), str(escape(page)))
    return Markup(html)  # noqa: S704 - nh3 has made it safe


def to_text(text: str, *, root: str, page: str = "", width: int = 72) -> str:
    """Turn a text into plain text as a mail would have it, with addresses written out."""
    writer = _TextWriter(root, page, width)
    writer.feed(_safe_html(text))
    writer.close()
    return writer.text()


@lru_cache(maxsize=4096)
def _safe_html(text: str) -> str:
    """Read a text; an image of another host becomes a link, so that a page asks nobody else."""
    if PLAIN.fullmatch(text):
        return f"<p>{text}</p>"
    return _read_html(text)


def _read_html(text: str) -> str:
    _markdown.reset()
    html = nh3.clean(
        _markdown.convert(text),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )
    html = _TASK.sub(lambda m: m[1] + ("☐ " if m[2] == " " else "☑ "), html)
    return _IMAGE.sub(_own_image, html)


def _own_image(found: re.Match[str]) -> str:
    given = dict(_ATTRIBUTE.findall(found[1]))
    source = given.get("src", "")
    if not _OTHER_HOST.match(_UNREAD.sub("", unescape(source))):
        return found[0]
    return f'<a href="{source}" rel="noopener noreferrer">{given.get("alt") or source}</a>'


def _outlined(html: str, top: int) -> str:
    """Let the headings of a text begin at a level and never skip one, whatever it wrote."""
    above: list[int] = []
    opened: list[int] = []

    def shifted(found: re.Match[str]) -> str:
        if found[1]:
            return f"</h{opened.pop()}>"
        level = int(found[2])
        above[:] = [each for each in above if each < level]
        opened.append(min(6, top + len(above)))
        above.append(level)
        return f"<h{opened[-1]}{found[3]}>"

    return _HEADING_TAG.sub(shifted, html)


def _resolved(html: str, root: str, page: str) -> str:
    """Let the addresses of a text lead where they mean to, wherever it is shown."""

    def attribute(found: re.Match[str]) -> str:
        name, value = found.groups()
        is_address = name in ("href", "src")
        return f' {name}="{_absolute(value, root, page) if is_address else value}"'

    def tag(found: re.Match[str]) -> str:
        return f"<{found[1]}{_ATTRIBUTE.sub(attribute, found[2])}>"

    return _LINKED.sub(tag, html)


def _absolute(address: str, root: str, page: str) -> str:
    """Tell where an address of a text leads, seen from where it is shown."""
    address = _UNREAD.sub("", address)
    if not address or _SCHEME.match(address):
        return address
    if address.startswith("#"):
        return page + address
    if address.startswith(("/", "\\")):
        base = urlsplit(root)
        host = f"{base.scheme}://{base.netloc}" if base.scheme else ""
        return (f"{base.scheme}:" if host and address.startswith("//") else host) + address
    return root + address.removeprefix("./")


class _Interruptions(BlockProcessor):
    """Lets a list or a table begin right after a line of text, as people write them elsewhere.

    As in CommonMark only a list that begins with 1 does: a line may well begin with a year.
    """

    ITEM = re.compile(r" {0,3}(?:[-+*]|1\.) +\S")
    RULE = re.compile(r"[ :-]*(?:-[ :]*\|[ :|-]*|\|[ :|-]*-[ :|-]*)")

    def test(self, parent: ET.Element, block: str) -> bool:  # noqa: ARG002 - as it is called
        return self.place(block.split("\n")) > 0

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        lines = blocks.pop(0).split("\n")
        place = self.place(lines)
        self.parser.parseBlocks(parent, ["\n".join(lines[:place])])
        blocks.insert(0, "\n".join(lines[place:]))

    def place(self, lines: list[str]) -> int:
        """Find the first line that begins something else; 0 if there is none."""
        for place in range(1, len(lines)):
            is_head = "|" in lines[place] and self.RULE.fullmatch("".join(lines[place + 1 :][:1]))
            if is_head or self.ITEM.match(lines[place]):
                return place
        return 0


class _KnownTags(HtmlInlineProcessor):
    """Takes for a tag only what may stay one: `<token>` in a sentence is a text."""

    GIVEN = r"[A-Za-z-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>=`]+)|open|reversed"
    TAG = re.compile(rf"</?([A-Za-z][A-Za-z0-9]*)(?:\s+(?:{GIVEN}))*\s*/?>")

    def handleMatch(  # type: ignore[override]  # noqa: N802 - as the base class has it
        self, m: re.Match[str], data: str
    ) -> tuple[ET.Element | str | None, int | None, int | None]:
        tag = self.TAG.fullmatch(m[1])
        if m[1].startswith("<!--") or (tag and tag[1].lower() in TAGS):
            return super().handleMatch(m, data)
        return None, None, None


class _Reading(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        md.inlinePatterns.register(_KnownTags(HTML_RE, md), "html", 90)
        # After all that can begin a block, and before what takes the rest for a paragraph (10).
        md.parser.blockprocessors.register(_Interruptions(md.parser), "interruptions", 12)


_markdown = Markdown(
    extensions=["fenced_code", "tables", "sane_lists", _Reading()], output_format="html"
)

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


class _TextWriter(HTMLParser):
    """Writes safe HTML as text: blocks parted by a blank line, items and quotes with a mark."""

    def __init__(self, root: str, page: str, width: int) -> None:
        super().__init__(convert_charrefs=True)
        self.root = root
        self.page = page
        self.width = width
        self.open = [_Block("div")]
        self.words = ""
        self.links: list[tuple[str, int]] = []
        self.written = ""
        self.is_tight = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
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
        elif tag not in _WORDS | _TERMS:
            self.end_block()
            self.open.append(self.block(tag, given.get("start", "")))
            if tag == "hr":
                self.words = "* * *"
                self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            address, start = self.links.pop()
            address = address.removeprefix("mailto:")
            if address and self.words[start:].strip() != address:
                self.words += f" ({address})"
        elif tag in _SIGNS:
            self.words += _SIGNS[tag][1]
        elif tag not in _WORDS | _TERMS | {"td", "th"}:
            self.end_block()
            self.open.pop()
            if tag in _GATHERING and self.open[-1].tag not in _TIGHT:
                self.is_tight = False

    def handle_data(self, data: str) -> None:
        if not self.is_preformatted:
            data = re.sub(r"[ \t\n\r\f]+", " ", data)
            data = data.lstrip(" ") if self.words.endswith((" ", "\n")) else data
        self.words += data

    @property
    def is_preformatted(self) -> bool:
        return any(each.tag == "pre" for each in self.open)

    def absolute(self, address: str) -> str:
        return _absolute(address, self.root, self.page)

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
        import textwrap  # noqa: PLC0415 - only mails need it

        lines = words.split("\n")
        if self.is_preformatted:
            return lines
        width = max(self.width - sum(len(each.first) for each in self.open), 20)
        return [
            part
            for line in lines
            for part in textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)
            or [""]
        ]

    def text(self) -> str:
        self.end_block()
        return self.written
