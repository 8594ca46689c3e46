"""A link to a page of the site, and an image of it, leads to something that is published."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from statusgen.config import Level
from statusgen.errors import nearest
from statusgen.expression import expression
from statusgen.findings.finding import Check, Look, Spot
from statusgen.markdown import to_html

if TYPE_CHECKING:
    from collections.abc import Iterator

_ADDRESS = expression(r"<(?:a|img)\b[^>]*?\b(?:href|src)=\"([^\"]*)\"")
_OLD = expression(r"incidents/[0-9a-z]{12}/")
"""Addresses by the ids of the API, which lead to pages and are nobody's to write."""

_HOST = "site://site"
"""The host of the site where its texts are read."""


def find(look: Look) -> Iterator[Spot]:
    """Find links and images inside the content that lead nowhere."""
    base = urlsplit(look.config.url).path
    for passage in look.passages:
        if not passage.is_markdown or ("[" not in passage.text and "<" not in passage.text):
            continue
        for address in _ADDRESS.findall(to_html(passage.text, root=_HOST + base)):
            told = unescape(address).replace(look.config.url, _HOST + base, 1)
            path = _own_path(told, base)
            if path is None or _is_there(path, look.addresses):
                continue
            hint = nearest(path, (each for each in look.addresses if not _OLD.fullmatch(each)))
            word = path.partition("#")[0]
            yield passage.spot(
                f"{path!r} is not on the site{hint or '.'}",
                "Addresses in a text are paths below the site, like incidents/slow/ or "
                "files/graph.png; what is internal or a draft has none.",
                word,
            )


def _own_path(address: str, base: str) -> str | None:
    """Tell which path of the site an address leads to; None where it leads elsewhere."""
    if not address.startswith(_HOST + base):
        return None
    path = address.removeprefix(_HOST + base)
    return unquote(path.partition("#")[0].partition("?")[0])


def _is_there(path: str, addresses: frozenset[str]) -> bool:
    """Whether hosts find something there: they complete a path that lacks its last slash."""
    return any(each in addresses for each in (path, path.removesuffix("index.html"), f"{path}/"))


CHECK = Check(
    code="broken-link",
    level=Level.ERROR,
    rule="A link to a page of the site, and an image of it, leads to something that is published.",
    about="Who follows a link during an outage and finds nothing takes the page for broken too.",
    find=find,
)
