"""Update text → safe HTML, and plain text for readers without it.

Python-Markdown reads, nh3 (ammonia) makes safe. Addresses in a text are relative to the site.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from statusgen.expression import expression
from statusgen.markdown.addresses import absolute, is_elsewhere
from statusgen.markdown.light import PLAIN, is_light, light_html, light_text, light_words
from statusgen.markdown.tags import ATTRIBUTE, ATTRIBUTES, GIVEN, SCHEMES, TAGS, TERMS, WORDS

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from nh3 import Cleaner

    from statusgen.markdown.reader import Reader

__all__ = [
    "ATTRIBUTES",
    "PLAIN",
    "SCHEMES",
    "TAGS",
    "WIDE",
    "Known",
    "know_texts",
    "read_texts",
    "to_fragment",
    "to_html",
    "to_text",
    "to_words",
]

_MANY = 2048
"""How many texts are known at once."""

WIDE = 1_000_000
"""A width at which no line is folded."""

_HEADING_TAG = expression(rf"<(/?)h([1-6]){GIVEN}>")
_IMAGE = expression(rf"<img{GIVEN}>")
_LINKED = expression(rf"<(a|img){GIVEN}>")
_WIDE = expression(r"<(pre|table)(?=[ >])")
"""What may be wider than the screen, and is then scrolled by itself."""
_TAG = expression(rf"</?([a-z0-9]+){GIVEN}>")
_INLINE = (WORDS | TERMS) - {"br", "img"}
_TASK = expression(r"(<li>(?:\s*<p>)?)\[([ xX])\] ")


Known = str | bool | None
"""What was read of a text: None of one that is plain, True of one that is light, else its HTML."""

_known: dict[str, Known] = {}


def read_texts(texts: Iterable[str]) -> list[Known]:
    """Read texts for those that know them later."""
    return [_read(text) for text in texts]


def know_texts(texts: Iterable[str], read: Iterable[Known]) -> None:
    """Take up what was read of texts, so that they are not looked at again."""
    if len(_known) > _MANY:
        _known.clear()
    _known.update(zip(texts, read, strict=True))


def to_html(text: str, *, root: str, page: str = "", heading: int = 2, base: str = "") -> Markup:
    """Turn a text into HTML that can do no harm.

    `root` leads from where it is shown to the site, or is the site's absolute address; `page` leads
    to the page that the text belongs to. `heading` is the level that the text's top headings get.
    `base` leads to the site's own files, where the pages of its languages lie below it.
    """
    html = _html(text)
    if "<h" in html:
        html = _outlined(html, heading)
    if "src=" in html or "href=" in html:
        html = _resolved(html, str(escape(root)), str(escape(page)), str(escape(base)))
    return Markup(html)  # noqa: S704 - nh3 has made it safe


def to_text(text: str, *, root: str, page: str = "", width: int = 72, base: str = "") -> str:
    """Turn a text into plain text as a mail would have it, with addresses written out."""
    known = _known_of(text)
    if known is None and len(text) <= width:
        return " ".join(text.split())
    if not isinstance(known, str):
        told = light_text(text, lambda address: absolute(address, root, page, base))
        if max(map(len, told.split("\n"))) <= width:
            return told
    from statusgen.markdown.writer import TextWriter  # noqa: PLC0415 - few texts need it

    return TextWriter(root, page, width, base).write(_html(text))


def to_fragment(text: str, *, root: str, page: str = "", base: str = "") -> Markup:
    """Turn a text into HTML that can be read as plain text nearly as well: lines, and no tags."""
    lines = to_text(text, root=root, page=page, width=WIDE, base=base)
    told = lines.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Markup(told.replace("\n", "<br />\n"))  # noqa: S704 - it was just escaped


def to_words(text: str) -> str:
    """Turn a text into the bare words that its HTML shows, for those who look for some of them."""
    known = _known_of(text)
    if not isinstance(known, str):
        return light_words(text) if known else text
    from html import unescape  # noqa: PLC0415 - few texts are read at all

    return " ".join(unescape(_TAG.sub(_gap, known)).split())


def _gap(found: re.Match[str]) -> str:
    """Part what stands in different blocks; words within a line stay as they are joined."""
    return "" if found[1] in _INLINE else " "


def _html(text: str) -> str:
    known = _known_of(text)
    if isinstance(known, str):
        return known
    return _light_html(text) if known else f"<p>{text}</p>"


_light_html = lru_cache(maxsize=_MANY)(light_html)
"""A page and a file tell of the same, one after the other."""


def _known_of(text: str) -> Known:
    known = _known.get(text, False)
    return _newly_read(text) if known is False else known


@lru_cache(maxsize=_MANY)
def _newly_read(text: str) -> Known:
    return _read(text)


def _read(text: str) -> Known:
    if PLAIN.fullmatch(text):
        return None
    return is_light(text) or _cleaned(text)


@lru_cache(maxsize=_MANY)
def _cleaned(text: str) -> str:
    """Read a text as HTML; an image of another host becomes a link, so that a page asks nobody."""
    reader, cleaner = _tools()
    html = cleaner.clean(reader.convert(text))
    # Where a browser does not let the keyboard reach what scrolls, no other key would move it.
    html = _WIDE.sub(r'<\1 tabindex="0"', html)
    html = _TASK.sub(lambda m: m[1] + ("☐ " if m[2] == " " else "☑ "), html)
    return _IMAGE.sub(_own_image, html)


@lru_cache(maxsize=1)
def _tools() -> tuple[Reader, Cleaner]:
    """Set up what reads a text and what makes it safe: 40 ms that light texts need not pay."""
    from nh3 import Cleaner  # noqa: PLC0415 - as above

    from statusgen.markdown.reader import Reader  # noqa: PLC0415 - as above

    cleaner = Cleaner(
        tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer"
    )
    return Reader(), cleaner


def _own_image(found: re.Match[str]) -> str:
    from html import unescape  # noqa: PLC0415 - few texts have images

    given = dict(ATTRIBUTE.findall(found[1]))
    source = given.get("src", "")
    if not is_elsewhere(unescape(source)):
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


def _resolved(html: str, root: str, page: str, base: str) -> str:
    """Let the addresses of a text lead where they mean to, wherever it is shown."""

    def attribute(found: re.Match[str]) -> str:
        name, value = found.groups()
        is_address = name in ("href", "src")
        return f' {name}="{absolute(value, root, page, base) if is_address else value}"'

    def tag(found: re.Match[str]) -> str:
        return f"<{found[1]}{ATTRIBUTE.sub(attribute, found[2])}>"

    return _LINKED.sub(tag, html)
