"""Update text → safe HTML, and plain text for readers without it.

Python-Markdown reads, nh3 (ammonia) makes safe. Addresses in a text are relative to the site.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser

import nh3
from markdown import Markdown
from markupsafe import Markup

EXTENSIONS = ("fenced_code", "tables", "sane_lists")
TAGS = frozenset(
    [
        "p",
        "br",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "a",
        "em",
        "strong",
        "b",
        "i",
        "u",
        "s",
        "del",
        "ins",
        "sub",
        "sup",
        "small",
        "mark",
        "abbr",
        "kbd",
        "samp",
        "var",
        "code",
        "pre",
        "blockquote",
        "q",
        "cite",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "img",
        "figure",
        "figcaption",
        "details",
        "summary",
        "bdi",
        "bdo",
        "span",
        "div",
    ]
)
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

_TASK = re.compile(r"(<li>(?:\s*<p>)?)\[([ xX])\] ")
_HEADING = re.compile(r"(</?h)([1-6])(?=[ >])")
_FOREIGN_IMAGE = re.compile(r'<img ([^>]*?)src="((?:https?:)?//[^"]*)"([^>]*)>')
_ALT = re.compile(r'alt="([^"]*)"')
_RELATIVE = re.compile(r'( (?:href|src)=")(?![a-zA-Z][a-zA-Z0-9+.-]*:|/|#|")(?:\./)?')
_markdown = Markdown(extensions=list(EXTENSIONS), output_format="html")


def to_html(text: str, *, root: str, heading: int = 1) -> Markup:
    """Turn a text into HTML that can do no harm.

    `root` leads from the page to the site, or is its absolute address; `heading` is the level that
    the text's top headings get. An image of another host becomes a link: a page asks nobody else.
    """
    html = _safe_html(text)
    if heading > 1 and "<h" in html:
        html = _HEADING.sub(lambda m: f"{m[1]}{min(6, int(m[2]) + heading - 1)}", html)
    if "src=" in html or "href=" in html:
        html = _RELATIVE.sub(lambda m: m[1] + root, html)
    return Markup(html)  # noqa: S704 - nh3 has made it safe


def to_text(text: str, *, root: str, width: int = 72) -> str:
    """Turn a text into plain text as a mail would have it, with addresses written out."""
    writer = _TextWriter(root, width)
    writer.feed(_safe_html(text))
    writer.close()
    return writer.text()


@lru_cache(maxsize=4096)
def _safe_html(text: str) -> str:
    _markdown.reset()
    html = nh3.clean(
        _markdown.convert(text),
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )
    html = _TASK.sub(lambda m: m[1] + ("☐ " if m[2] == " " else "☑ "), html)
    return _FOREIGN_IMAGE.sub(_link_to_image, html)


def _link_to_image(found: re.Match[str]) -> str:
    alt = _ALT.search(found[1] + found[3])
    words = alt[1] if alt and alt[1] else found[2]
    return f'<a href="{found[2]}" rel="noopener noreferrer">{words}</a>'


class _TextWriter(HTMLParser):
    """Writes safe HTML as text: paragraphs parted by a blank line, items with a mark."""

    def __init__(self, root: str, width: int) -> None:
        super().__init__(convert_charrefs=True)
        self.root = root
        self.width = width
        self.blocks: list[str] = []
        self.words = ""
        self.links: list[tuple[str, int]] = []
        self.lists: list[int | None] = []
        self.mark = ""
        self.is_preformatted = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self.links.append((given.get("href") or "", len(self.words)))
        elif tag == "img":
            self.words += (
                f"[{given.get('alt') or 'image'}: {self.absolute(given.get('src') or '')}]"
            )
        elif tag == "br":
            self.words += "\n"
        elif tag in ("ul", "ol"):
            self.end_block()
            start = given.get("start") or "1"
            self.lists.append(int(start) if tag == "ol" and start.isdigit() else None)
        elif tag == "li":
            self.end_block()
            self.mark = self.next_mark()
        elif tag in ("td", "th"):
            self.words += " | " if self.words else ""
        elif tag == "pre":
            self.end_block()
            self.is_preformatted = True
        elif tag not in _INLINE:
            self.end_block()

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.links:
            href, start = self.links.pop()
            address = self.absolute(href)
            if address and self.words[start:] not in (address, address.removeprefix("mailto:")):
                self.words += f" ({address})"
        elif tag in ("ul", "ol"):
            self.end_block()
            self.lists.pop()
        elif tag == "pre":
            self.end_block()
            self.is_preformatted = False
        elif tag not in _INLINE and tag not in ("td", "th"):
            self.end_block()

    def handle_data(self, data: str) -> None:
        if self.is_preformatted:
            self.words += data
        elif data.strip() or self.words:
            self.words += re.sub(r"\s+", " ", data)

    def absolute(self, address: str) -> str:
        is_relative = not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|/|#", address)
        return self.root + address if address and is_relative else address

    def next_mark(self) -> str:
        if not self.lists or self.lists[-1] is None:
            return "- "
        number = self.lists[-1]
        self.lists[-1] = number + 1
        return f"{number}. "

    def end_block(self) -> None:
        words = self.words.strip("\n") if self.is_preformatted else self.words.strip()
        self.words = ""
        if not words:
            return
        indent = "  " * max(len(self.lists) - 1, 0)
        first, rest = indent + self.mark, indent + " " * len(self.mark)
        if not self.mark and self.lists:
            first = rest = indent + "  "
        if self.is_preformatted:
            self.blocks.append("\n".join("    " + line for line in words.split("\n")))
        else:
            lines = [wrapped for line in words.split("\n") for wrapped in self.wrap(line, first)]
            self.blocks.append("\n".join([first + lines[0], *(rest + each for each in lines[1:])]))
        self.mark = ""

    def wrap(self, line: str, indent: str) -> list[str]:
        """Break a line at blanks; a word that is longer than the line stays whole."""
        import textwrap  # noqa: PLC0415 - only mails need it

        width = self.width - len(indent)
        return textwrap.wrap(
            line.strip(), width, break_long_words=False, break_on_hyphens=False
        ) or [""]

    def text(self) -> str:
        self.end_block()
        parts: list[str] = []
        for block in self.blocks:
            is_item = block.lstrip().startswith(("- ",)) or bool(re.match(r"\s*\d+\. ", block))
            was_item = bool(parts) and bool(re.match(r"\s*(- |\d+\. )", parts[-1]))
            parts += [("\n" if is_item and was_item else "\n\n") if parts else "", block]
        return "".join(parts)


_INLINE = frozenset(
    [
        "a",
        "em",
        "strong",
        "b",
        "i",
        "u",
        "s",
        "del",
        "ins",
        "sub",
        "sup",
        "small",
        "mark",
        "abbr",
        "kbd",
        "samp",
        "var",
        "code",
        "q",
        "cite",
        "bdi",
        "bdo",
        "span",
        "img",
        "br",
        "td",
        "th",
    ]
)
